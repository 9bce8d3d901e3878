"""The emulator in a process of ours: what is stored outlives every end, and nothing stays behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local import stack
from infra.local.emulator_process import ROOT, Emulator, EmulatorError
from infra.local.state_file import RESTORE, StateFile
from tests.local.waiting import alive, until


def bucket(emulator: Emulator, name: str) -> None:
    stack.client("s3", emulator.url).create_bucket(Bucket=name)


def buckets(emulator: Emulator) -> list[str]:
    found = stack.client("s3", emulator.url).list_buckets()["Buckets"]
    return sorted(bucket["Name"] for bucket in found)


def test_in_memory_nothing_is_kept() -> None:
    with Emulator() as emulator:
        bucket(emulator, "gone")
    with Emulator() as emulator:
        assert buckets(emulator) == []


def test_it_listens_on_the_loopback_interface_alone() -> None:
    with Emulator() as emulator:
        listening = subprocess.run(
            [sys.executable, "-c", LISTENERS, str(emulator.pid)], capture_output=True, text=True, check=True
        ).stdout.split()
    assert listening == [emulator.url.removeprefix("http://")]


LISTENERS = """
import os, socket, sys
inodes = set()
for descriptor in os.listdir(f"/proc/{sys.argv[1]}/fd"):
    try:
        inodes.add(os.readlink(f"/proc/{sys.argv[1]}/fd/{descriptor}"))
    except OSError:
        pass
for table in ("tcp", "tcp6", "udp", "udp6"):
    for line in open(f"/proc/net/{table}").readlines()[1:]:
        local, state, inode = [line.split()[index] for index in (1, 3, 9)]
        if f"socket:[{inode}]" in inodes and (state == "0A" or table.startswith("udp")):
            address, port = local.split(":")
            print(socket.inet_ntoa(bytes.fromhex(address)[::-1]) + ":" + str(int(port, 16)))
"""


def test_an_orderly_stop_keeps_everything(tmp_path: Path) -> None:
    with Emulator(tmp_path) as emulator:
        bucket(emulator, "kept")
        stack.client("s3", emulator.url).put_object(Bucket="kept", Key="k", Body=b"\x00body")
        sqs = stack.client("sqs", emulator.url)
        sqs.send_message(QueueUrl=sqs.create_queue(QueueName="kept")["QueueUrl"], MessageBody="message")
        kms = stack.client("kms", emulator.url)
        sealed = kms.encrypt(KeyId=kms.create_key()["KeyMetadata"]["KeyId"], Plaintext=b"x")["CiphertextBlob"]
    with Emulator(tmp_path) as emulator:
        found = stack.client("s3", emulator.url).get_object(Bucket="kept", Key="k")
        assert found["Body"].read() == b"\x00body"
        sqs = stack.client("sqs", emulator.url)
        message = sqs.receive_message(QueueUrl=sqs.get_queue_url(QueueName="kept")["QueueUrl"])["Messages"][0]
        assert message["Body"] == "message"
        assert stack.client("kms", emulator.url).decrypt(CiphertextBlob=sealed)["Plaintext"] == b"x"


def test_kill_9_keeps_what_was_saved_after_the_last_writes(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path).start()
    bucket(emulator, "one")
    until((tmp_path / "state.json").exists, "the first save")
    emulator.kill()
    with Emulator(tmp_path) as again:
        assert buckets(again) == ["one"]


def test_kill_9_while_it_saves_leaves_neither_damage_nor_processes(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path).start()
    port = int(emulator.url.rpartition(":")[2])
    os.mkfifo(tmp_path / "state.unfinished")  # opening it for writing blocks: the save stays under way
    bucket(emulator, "one")
    children = Path(f"/proc/{emulator.pid}/task/{emulator.pid}/children")
    until(children.read_text, "a save under way")
    child = int(children.read_text())
    emulator.kill()
    until(lambda: not alive(child), "the end of the saving child")
    socket.create_server(("127.0.0.1", port)).close()
    (tmp_path / "state.unfinished").unlink()
    with Emulator(tmp_path):
        pass


def test_requests_go_on_while_a_save_is_under_way_and_a_stop_does_not_wait_for_it(tmp_path: Path) -> None:
    with Emulator(tmp_path) as emulator:
        os.mkfifo(tmp_path / "state.unfinished")
        bucket(emulator, "one")
        until(Path(f"/proc/{emulator.pid}/task/{emulator.pid}/children").read_text, "a save under way")
        bucket(emulator, "two")
        (tmp_path / "state.unfinished").unlink()
    with Emulator(tmp_path) as again:
        assert buckets(again) == ["one", "two"]


@pytest.mark.parametrize("sig", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_its_parent_and_saves_first(tmp_path: Path, sig: signal.Signals) -> None:
    program = (
        "import sys, time; from pathlib import Path; from infra.local.emulator_process import Emulator\n"
        "emulator = Emulator(Path(sys.argv[1])).start(); print(emulator.pid, emulator.url, flush=True)\n"
        "time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert parent.stdout
    pid, url = parent.stdout.readline().split()
    stack.client("s3", url).create_bucket(Bucket="last-moment")
    parent.send_signal(sig)
    parent.wait(10)
    parent.stdout.close()
    until(lambda: not alive(int(pid)), "the end of the emulator")
    with Emulator(tmp_path) as again:
        assert buckets(again) == ["last-moment"]


def test_a_damaged_state_is_refused_untouched_and_the_older_copy_can_be_had(tmp_path: Path) -> None:
    for name in ("first", "second"):
        with Emulator(tmp_path) as emulator:
            bucket(emulator, name)
    state = tmp_path / "state.json"
    damaged = state.read_bytes()[:-100]
    state.write_bytes(damaged)
    with pytest.raises(EmulatorError) as caught:
        Emulator(tmp_path).start()
    assert str(state) in str(caught.value)
    assert RESTORE in str(caught.value)
    assert state.read_bytes() == damaged
    StateFile(tmp_path).restore()
    with Emulator(tmp_path) as emulator:
        assert buckets(emulator) == ["first"]


def test_state_that_the_emulator_cannot_take_is_refused_untouched(tmp_path: Path) -> None:
    StateFile(tmp_path).write([b'["sqs", 2, [7]]'])
    before = (tmp_path / "state.json").read_bytes()
    with pytest.raises(EmulatorError, match="sqs"):
        Emulator(tmp_path).start()
    assert (tmp_path / "state.json").read_bytes() == before


def test_state_of_a_newer_emulator_is_refused(tmp_path: Path) -> None:
    StateFile(tmp_path).write([b'["sqs", 99, {}]'])
    with pytest.raises(EmulatorError, match="newer"):
        Emulator(tmp_path).start()


def test_nothing_of_the_users_environment_reaches_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH", "true")
    monkeypatch.setenv("SERVICES", "sqs")
    with Emulator() as emulator:
        assert buckets(emulator) == []


def test_a_missing_environment_says_who_makes_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("infra.local.emulator_process.PYTHON", tmp_path / "none")
    with pytest.raises(EmulatorError, match="make run"):
        Emulator().start()


def test_an_emulator_that_cannot_start_points_to_its_log(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("infra.local.emulator_process.PYTHON", Path("/bin/false"))
    with pytest.raises(EmulatorError, match=r"emulator\.log"):
        Emulator(log=tmp_path / "emulator.log").start()
