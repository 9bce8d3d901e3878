"""What a cold start imports: its own request's modules, and no library that this request does not use."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache

import pytest

from tests.conftest import ROOT

_PROGRAM = """
import json, sys
import benchmarks.programs.cold_portico
print("\\n" + json.dumps(sorted(sys.modules)))
"""


@cache
def imported() -> tuple[str, ...]:
    """The modules of a process that has answered list-portals and nothing else."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return tuple(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    "unused",
    [
        "boto3",
        "aws_lambda_powertools",
        "pydantic.type_adapter",
        "jinja2",
        "markdown_it",
        "nh3",
        "yaml",
        "openapi_spec_validator",
        "jsonschema",
        "jose",
        "cryptography",
        "anyascii",
    ],
)
def test_list_portals_does_not_pay_for(unused: str) -> None:
    assert [name for name in imported() if name == unused or name.startswith(f"{unused}.")] == []


def test_only_the_modules_of_the_request_are_imported() -> None:
    ours = {name for name in imported() if name.startswith("chalicelib.")}
    subjects = {name.split(".")[1] for name in ours}
    assert subjects == {"access", "audit", "clock", "errors", "http", "portals", "settings", "storage"}
    assert {name for name in ours if name.endswith(".routes")} == {"chalicelib.portals.routes"}


def test_no_metadata_of_installed_packages_is_read() -> None:
    program = """
import importlib.metadata
def fail(**_): raise AssertionError("the metadata of every package is read")
importlib.metadata.entry_points = fail
import benchmarks.programs.cold_portico
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
