"""The command that verifies a file of events: what it finds, and what it does not claim."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.audit import formats, signing, verify
from chalicelib.audit.entries import Entry, expand
from tests.unit.audit.test_formats import HOSTILE, line

FORMS = ["cef", "json", "cps"]


def make_signer(number: int) -> tuple[signing.Signer, dict[str, str]]:
    """A signer and its public key as a set has it."""
    private = bytes([number]) * 32
    public = Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()
    x = signing.encode(public)
    kid = signing.thumbprint(x)
    return signing.Signer(kid, signing.encode(private)), {"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": x}


SIGNER, PUBLIC = make_signer(1)
OLDER, OLDER_PUBLIC = make_signer(2)


def entry(number: int, process: str = "aaaa0000", **more: Any) -> Entry:
    given = {"number": number, "writer": process, "id": f"{process}-{number}", **more}
    (found,) = expand(line(["access"], **given), "an-org")
    return found


def check(tmp_path: Path, lines: list[str], *options: str, keys: Any = None) -> tuple[int, str]:
    """Exit code and output of the command."""
    file, key_file = tmp_path / "events.log", tmp_path / "keys.json"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    key_file.write_text(json.dumps({"keys": keys or [PUBLIC, OLDER_PUBLIC]}))
    ran = subprocess.run(
        [sys.executable, "-m", "chalicelib.audit.verify", "--keys", str(key_file), *options, str(file)],
        check=False,
        capture_output=True,
        text=True,
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_all_formats_and_keys_verify_in_one_file_doubles_included(tmp_path: Path) -> None:
    lines = [
        formats.render(entry(number, user_agent=HOSTILE), form, SIGNER if number % 2 else OLDER)
        for number, form in enumerate(FORMS * 2, 1)
    ]
    code, said = check(tmp_path, [*lines, lines[0], ""])
    assert said == "7 lines, 7 verified, 0 not; 1 doubles, 0 missing\n"
    assert code == 0


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "change", [("status", "999"), ("204", "500"), ("an-admin", "nobody"), ("/v3/", "/v4/")]
)
def test_a_changed_line_is_named(tmp_path: Path, form: str, change: tuple[str, str]) -> None:
    lines = [formats.render(entry(number), form, SIGNER) for number in (1, 2, 3)]
    lines[1] = lines[1].replace(*change)
    code, said = check(tmp_path, lines)
    assert code == 1
    assert "events.log:2: changed" in said
    assert "missing: 1 of process aaaa0000" in said, "a changed line is none"
    assert "3 lines, 2 verified, 1 not" in said


@pytest.mark.parametrize("form", FORMS)
def test_a_cut_signature_and_an_unsigned_line_are_named(tmp_path: Path, form: str) -> None:
    good = formats.render(entry(1), form, SIGNER)
    _, said = check(
        tmp_path, [good, good.replace(SIGNER.kid, "x" * 43), "free text", '{"event_id":"x"}', "{"]
    )
    assert "events.log:2: signed with a key that is not in the set" in said
    for number in (3, 4, 5):
        assert f"events.log:{number}: not a signed event" in said


def test_gaps_of_each_process_are_found_whatever_the_order(tmp_path: Path) -> None:
    numbers = {"aaaa0000": [5, 6, 9, 10], "bbbb0000": [1, 2, 3], "cccc0000": [100, 98]}
    lines = [formats.render(entry(n, process), "json", SIGNER) for process, ns in numbers.items() for n in ns]
    code, said = check(tmp_path, lines)
    assert code == 1
    assert "missing: 2 of process aaaa0000, between " in said
    assert "(number 6) and" in said
    assert "missing: 1 of process cccc0000" in said
    assert "bbbb0000" not in said
    assert "3 missing" in said


def test_a_selection_has_gaps_by_nature(tmp_path: Path) -> None:
    lines = [formats.render(entry(number), "cef", SIGNER) for number in (1, 5)]
    assert check(tmp_path, lines, "--no-gaps")[0] == 0
    assert check(tmp_path, lines)[0] == 1


def test_portals_of_one_process_are_numbered_apart(tmp_path: Path) -> None:
    lines = []
    for portal, number in (("portal-a", 1), ("portal-b", 1), ("portal-a", 2), ("portal-b", 3)):
        about: dict[str, Any] = {"portal_id": portal, "portal_number": number, "id": f"{portal}{number}"}
        (found,) = expand(line(["authentication", "basic", "success", "d"], **about), "an-org")
        lines.append(formats.render(found, "json", SIGNER, for_portal=True))
    _, said = check(tmp_path, lines)
    assert said.count("missing:") == 1
    assert "portal-b" in said


def test_cef_that_a_collector_put_its_own_head_before_still_verifies(tmp_path: Path) -> None:
    text = "<134>Jan 31 12:00:00 collector portico: " + formats.render(entry(1), "cef", SIGNER)
    assert check(tmp_path, [text])[0] == 0


@pytest.mark.parametrize("form", ["json", "cps"])
def test_json_that_a_receiver_wrote_anew_still_verifies(tmp_path: Path, form: str) -> None:
    found = json.loads(formats.render(entry(1, user_agent=HOSTILE), form, SIGNER))
    inner = found["event"] if form == "cps" else found
    mixed = dict(sorted(inner.items(), reverse=True))
    text = json.dumps({"event": mixed} if form == "cps" else mixed)
    assert check(tmp_path, [text])[0] == 0


def test_what_cannot_be_read_is_said_with_a_code_of_its_own(tmp_path: Path) -> None:
    assert verify.main(["--keys", str(tmp_path / "no"), str(tmp_path / "no")]) == 2
    (tmp_path / "keys").write_text("[]")
    assert verify.main(["--keys", str(tmp_path / "keys"), str(tmp_path / "no")]) == 2
    (tmp_path / "keys").write_text('{"keys":[]}')
    assert verify.main(["--keys", str(tmp_path / "keys"), str(tmp_path / "no")]) == 2
