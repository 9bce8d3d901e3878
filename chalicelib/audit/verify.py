"""Verifies files of audit events: which lines were changed, and where some are missing.

    python -m chalicelib.audit.verify --keys https://portico.example.com/v2/audit-log-webhook/jwks.json FILE

A file has a line for each event, as CEF, JSON or CPS; `-` is standard input. What is said of missing events
rests on the numbers that every process of the product gives its events: a gap between two numbers of one
process is an event that is not there. Of events before a process's first and after its last nothing can be
said, and an export that was filtered has gaps by nature (`--no-gaps`).

It needs no access to an installation, only its public keys. Exit code: 0 all is well, 1 something is not, 2
it could not be verified.
"""

from __future__ import annotations

import argparse
import base64
import json
import re
import sys
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

#: how a line of CEF begins
_BEGIN = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z \S+ CEF:0\|")


class UnusableError(Exception):
    """Keys or files that cannot be read; the text says why."""


class Signed(NamedTuple):
    """What a line says: the texts that may have been signed (the first is the likely one), its signature, and
    what identifies it."""

    texts: tuple[str, ...]
    signature: str
    kid: str
    event_id: str
    seq: str


def read_line(line: str) -> Signed | None:
    """The parts of a line; None where it is no signed event."""
    if line.startswith("{"):
        return _read_json(line)
    text, mark, signature = line.rpartition(" sig=")
    begin = _BEGIN.search(text)
    if not mark or begin is None:
        return None
    text = text[begin.start() :]  # a collector may have put its own time and host before
    return Signed((text,), signature, _cef(text, "kid"), _cef(text, "event_id"), _cef(text, "seq"))


def _cef(text: str, name: str) -> str:
    # "=" is escaped inside values, so this cannot be part of one
    found = re.search(rf" {name}=(\S+)", text)
    return found.group(1) if found else ""


def _read_json(line: str) -> Signed | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    wrapped = isinstance(found.get("event"), dict)
    event: dict[str, Any] = found["event"] if wrapped else found
    signature = event.pop("sig", None)
    if not isinstance(signature, str):
        return None
    before, _, rest = line.rpartition(',"sig":"')
    as_sent = before + rest.partition('"')[2]
    # a receiver may have written the members anew; sorted and compact they are what was signed
    anew = json.dumps(event, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    texts = (as_sent, f'{{"event":{anew}}}' if wrapped else anew)
    return Signed(
        texts,
        signature,
        str(event.get("kid", "")),
        str(event.get("event_id", "")),
        str(event.get("seq", "")),
    )


def load_keys(source: str) -> dict[str, Ed25519PublicKey]:
    """The public keys of a JSON Web Key Set, from a file or an address. Raises UnusableError."""
    try:
        if re.match(r"https?://", source):
            with urllib.request.urlopen(source, timeout=20) as answer:  # noqa: S310 - http and https alone
                text = answer.read()
        else:
            text = Path(source).read_bytes()
        return {
            key["kid"]: Ed25519PublicKey.from_public_bytes(_bytes(key["x"]))
            for key in json.loads(text)["keys"]
            if key.get("crv") == "Ed25519"
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UnusableError(f"{source} is no set of keys: {error}") from error


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Report:
    """What was found. `problems` are lines for people."""

    lines: int = 0
    verified: int = 0
    doubles: int = 0
    missing: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        return not self.problems


def verify(
    lines: Iterable[tuple[str, str]], keys: dict[str, Ed25519PublicKey], *, gaps: bool = True
) -> Report:
    """Check lines, each with the place it stands at (`file:number`)."""
    report = Report()
    seen: set[str] = set()
    numbers: dict[str, dict[int, str]] = {}
    for at, line in lines:
        report.lines += 1
        signed = read_line(line)
        if signed is None:
            report.problems.append(f"{at}: not a signed event")
            continue
        wrong = _check(signed, keys)
        if wrong:
            report.problems.append(f"{at}: {wrong}")
            continue
        report.verified += 1
        if signed.event_id in seen:
            report.doubles += 1
            continue
        seen.add(signed.event_id)
        process, _, number = signed.seq.rpartition(".")
        if process and number.isdigit():
            numbers.setdefault(process, {})[int(number)] = at
    if gaps:
        for process, found in numbers.items():
            _find_gaps(process, found, report)
    return report


def _check(signed: Signed, keys: dict[str, Ed25519PublicKey]) -> str:
    """What is wrong with a line, empty if nothing is."""
    if signed.kid and signed.kid not in keys:
        return f"signed with a key that is not in the set ({signed.kid})"
    try:
        signature = _bytes(signed.signature)
    except ValueError:
        return "changed: the signature is none"
    for key in [keys[signed.kid]] if signed.kid else keys.values():
        for text in signed.texts:
            try:
                key.verify(signature, text.encode("utf-8", "replace"))
            except InvalidSignature:
                continue
            return ""
    return "changed: the signature does not fit"


def _find_gaps(process: str, found: dict[int, str], report: Report) -> None:
    for before, after in pairwise(sorted(found)):
        if after - before > 1:
            report.missing += after - before - 1
            report.problems.append(
                f"missing: {after - before - 1} of process {process}, between {found[before]} "
                f"(number {before}) and {found[after]} (number {after})"
            )


def _lines(files: Sequence[str]) -> Iterator[tuple[str, str]]:
    for name in files:
        try:
            with sys.stdin.buffer if name == "-" else Path(name).open("rb") as file:
                for number, raw in enumerate(file, 1):
                    line = raw.decode("utf-8", "replace").rstrip("\r\n")
                    if line.strip():
                        yield f"{name}:{number}", line
        except OSError as error:
            raise UnusableError(f"{name} cannot be read: {error.strerror}") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m chalicelib.audit.verify",
        description="Verify files of audit events: changed lines, and gaps where events are missing.",
        epilog="Exit code: 0 all is well, 1 something is not, 2 it could not be verified.",
    )
    parser.add_argument("--keys", required=True, help="JSON Web Key Set: a file, or the address it is at")
    parser.add_argument("--no-gaps", action="store_true", help="the files are a selection: look for no gaps")
    parser.add_argument("files", nargs="+", metavar="FILE", help="a line for each event; - is standard input")
    given = parser.parse_args(arguments)
    try:
        report = verify(_lines(given.files), load_keys(given.keys), gaps=not given.no_gaps)
    except UnusableError as error:
        print(error, file=sys.stderr)
        return 2
    for problem in report.problems:
        print(problem)
    print(
        f"{report.lines:,} lines, {report.verified:,} verified, {report.lines - report.verified:,} not; "
        f"{report.doubles:,} doubles, {report.missing:,} missing"
    )
    return 0 if report.good else 1


if __name__ == "__main__":
    sys.exit(main())
