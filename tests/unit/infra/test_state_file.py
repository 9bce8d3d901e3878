"""The emulator's state on disk: complete at any moment, checked when read, one older copy to go back to."""

from __future__ import annotations

import itertools
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from infra.local.state_file import RESTORE, DamagedError, StateFile


@pytest.fixture
def file(tmp_path: Path) -> StateFile:
    return StateFile(tmp_path)


def test_an_empty_folder_has_no_state(file: StateFile) -> None:
    assert file.read() == []


def test_what_was_written_last_is_read(file: StateFile) -> None:
    file.write([b"1", b"2"])
    file.write([b"3", b"sha256 in a line", b""])
    assert file.read() == [b"3", b"sha256 in a line", b""]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda body: body[: len(body) // 2],
    "without its end": lambda body: body[:-20],
    "changed": lambda body: b"X" + body[1:],
    "emptied": lambda body: b"",
    "overwritten": lambda body: b"\0" * len(body),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_named_with_the_way_back(file: StateFile, damage: str) -> None:
    file.write([b"older"])
    file.write([b"newer"])
    file.path.write_bytes(DAMAGES[damage](file.path.read_bytes()))
    with pytest.raises(DamagedError) as caught:
        file.read()
    assert str(file.path) in str(caught.value)
    assert RESTORE in str(caught.value)

    file.restore()
    assert file.read() == [b"older"]
    assert len(list(file.path.parent.glob("state.damaged-*"))) == 1
    file.write([b"newest"])
    assert file.read() == [b"newest"]


def test_a_lost_file_is_damage_and_no_fresh_start(file: StateFile) -> None:
    file.write([b"1"])
    file.write([b"2"])
    file.path.unlink()
    with pytest.raises(DamagedError):
        file.read()
    file.restore()
    assert file.read() == [b"1"]


def test_damage_in_place_does_not_reach_the_older_copy(file: StateFile) -> None:
    file.write([b"same"])
    file.write([b"same"])
    with file.path.open("r+b") as opened:
        opened.truncate(3)
    file.restore()
    assert file.read() == [b"same"]


def test_without_an_older_copy_there_is_nothing_to_restore(file: StateFile) -> None:
    file.write([b"1"])
    with pytest.raises(FileNotFoundError):
        file.restore()
    assert file.read() == [b"1"]


def test_a_save_that_fails_leaves_what_was_there(file: StateFile) -> None:
    def failing() -> Iterator[bytes]:
        yield b"2"
        raise OSError("no space left")

    file.write([b"1"])
    with pytest.raises(OSError, match="no space"):
        file.write(failing())
    assert file.read() == [b"1"]


def test_killed_at_any_moment_a_complete_file_is_left(file: StateFile) -> None:
    file.write([b"0"] * 3)
    chance = random.Random(7)
    for _ in range(25):
        child = os.fork()
        if child == 0:
            for number in itertools.count():
                file.write([b"%d" % number * 1000] * 3)
        time.sleep(chance.uniform(0.001, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines = file.read()
        assert len(lines) == 3
        assert len(set(lines)) == 1, "lines of different moments"
