"""Deployed functions in the emulator's Lambda, called through its API Gateway: list-portals of the product as
`make deploy` deploys it, against a bare Chalice application that reads one item through boto3, its packages
chosen, compiled and packed in the same way.

Each cold start is a new environment: the emulator unpacks the archive, starts a process, imports and answers;
the least of the rounds, taken in turns. Unpacking is most of it, and is the emulator's own: the last line is
the part that AWS bills as initialisation and first request, in processor time, of a process that finds
nothing but the unpacked archive, with DynamoDB answered by a stub.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.figures import Figure, ratio
from infra.deploy import origin_secret, package
from infra.local import stack
from infra.local.emulator_process import Emulator

COLD, WARM, FIRST = 5, 60, 10
GOAL = 1.5
ROOT = package.ROOT
STAGE = "bench"
#: what boto3 needs of the lock file
BARE = ("boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3")
_PROGRAM = """
import runpy, sys
sys.path[:0] = [{archive!r}]
sys.path.append({root!r})
runpy.run_module({program!r})
"""


def measure() -> list[Figure]:
    with Emulator() as emulator, tempfile.TemporaryDirectory() as name:
        environment = _environment(emulator.url)
        folder = Path(name)
        token = _deploy_ours(environment)
        bare = _deploy_bare(folder / "bare", emulator.url, environment)
        ours = _caller(emulator.url, "portico", "/v3/portals", token)
        theirs = _caller(emulator.url, "bare", "/portals", "")
        cold = [
            (_cold(emulator.url, f"portico-{STAGE}", ours), _cold(emulator.url, "bare-dev", theirs))
            for _ in range(COLD + 1)
        ][1:]
        warm = [(_timed(ours), _timed(theirs)) for _ in range(WARM)]
        programs = {
            "cold_portico": _unpacked(package.WORK / STAGE, folder / "ours"),
            "cold_bare": _unpacked(bare, folder / "theirs"),
        }
        first = [[_processor(*one) for one in programs.items()] for _ in range(FIRST + 1)][1:]
    return [
        ratio("cold request, unpacking included", *_columns(cold), "ms", pick=min),
        ratio("warm request", *_columns(warm), "ms"),
        ratio("first answer, processor time", *_columns(first), "ms", GOAL, pick=min),
    ]


def _columns(pairs: list[Any]) -> tuple[list[float], list[float]]:
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _environment(endpoint: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PORTICO_"))}
    unproxied = {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost"}
    return {**kept, **stack.CREDENTIALS, **unproxied, "AWS_ENDPOINT_URL": endpoint}


def _deploy_ours(environment: dict[str, str]) -> str:
    """The product, deployed; its first token."""
    command = [sys.executable, "-m", "tests.deploy.emulated", "deploy", "--architecture", "x86_64"]
    done = subprocess.run(
        [*command, "--stage", STAGE], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return str(re.findall(r"ptc_\S+", done.stdout)[0])


def _deploy_bare(folder: Path, endpoint: str, environment: dict[str, str]) -> Path:
    (folder / ".chalice").mkdir(parents=True)
    shutil.copyfile(ROOT / "benchmarks" / "programs" / "bare_app.py", folder / "app.py")
    (folder / "requirements.txt").write_text("")
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    wanted = folder / "bare.txt"
    wanted.write_text("\n".join(line for line in lines if line.partition("==")[0] in BARE))
    package.install(folder / "vendor", "x86_64", wanted)
    package.leave_bytecode(folder / "vendor")
    package.add_chalice(folder / "vendor")
    (table,) = stack.client("dynamodb", endpoint).list_tables()["TableNames"]
    settings = {"environment_variables": {"PORTICO_TABLE": table}, "autogen_policy": False}
    config = {"version": "2.0", "app_name": "bare", "lambda_memory_size": 1024, "stages": {"dev": settings}}
    (folder / ".chalice" / "config.json").write_text(json.dumps(config))
    statement = {"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    (folder / ".chalice" / "policy-dev.json").write_text(json.dumps(policy))
    bridge = str(ROOT / "tests" / "deploy" / "bridge")
    subprocess.run(
        [Path(sys.executable).with_name("chalice"), "deploy"],
        cwd=folder,
        env={**environment, "PYTHONPATH": bridge},
        capture_output=True,
        check=True,
    )
    return folder


def _caller(endpoint: str, api: str, path: str, token: str) -> Callable[[], None]:
    """Calls a path of an API once."""
    apis = stack.client("apigateway", endpoint).get_rest_apis()["items"]
    (found,) = (one["id"] for one in apis if one["name"] == api)
    parameter = stack.client("ssm", endpoint).get_parameter(
        Name=origin_secret.name(STAGE), WithDecryption=True
    )
    distributions = stack.client("cloudfront", endpoint).list_distributions()["DistributionList"]["Items"]
    hosts = [one["DomainName"] for one in distributions]
    headers = {
        "Accept": "*/*",
        "x-portico-origin": parameter["Parameter"]["Value"],
        "Authorization": f"Bearer {token}",
    }
    address = f"{endpoint}/restapis/{found}/api/_user_request_{path}"

    def call() -> None:
        for host in list(hosts):
            request = urllib.request.Request(address, headers={**headers, "x-portico-host": host})
            try:
                with urllib.request.urlopen(request, timeout=60) as answer:
                    answer.read()
            except urllib.error.HTTPError:
                hosts.remove(host)  # the distribution of custom domains
            else:
                return
        raise RuntimeError(f"{api} does not answer")

    call()
    return call


def _timed(call: Callable[[], None]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def _cold(endpoint: str, function: str, call: Callable[[], None]) -> float:
    """Milliseconds of a request that meets no environment."""
    lambdas = stack.client("lambda", endpoint)
    before = lambdas.get_function_configuration(FunctionName=function)["Timeout"]
    lambdas.update_function_configuration(FunctionName=function, Timeout=before + 1)
    return _timed(call)


def _unpacked(copy: Path, folder: Path) -> Path:
    (archive,) = (copy / ".chalice" / "deployments").glob("*.zip")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder / "unpacked")
    return folder / "unpacked"


def _processor(program: str, archive: Path) -> float:
    """Milliseconds of processor time from the start of the interpreter to the first answer."""
    text = _PROGRAM.format(archive=str(archive), root=str(ROOT), program=f"benchmarks.programs.{program}")
    environment = {"PATH": "/usr/bin:/bin", "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1"}
    began = os.times()
    subprocess.run(
        [sys.executable, "-I", "-S", "-c", text],
        cwd=archive,
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    ended = os.times()
    used = ended.children_user + ended.children_system - began.children_user - began.children_system
    return used * 1000
