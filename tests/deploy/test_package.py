"""What `chalice package` makes of the working copy: a template and an archive that runs on its own.

The packages are fetched once for each lock file, and kept in .build for the runs after it.
"""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import functions, package
from infra.deploy.account import Account
from infra.template import load
from tests.conftest import ROOT

MEGA = 1024 * 1024
#: of the archive, and of what it unpacks to (Lambda's own limits are 50 and 250 MB)
ZIPPED, UNZIPPED = 50 * MEGA, 150 * MEGA


def pack(folder: Path) -> Path:
    """The folder with sam.json and deployment.zip that the real command makes of a working copy."""
    package.working_copy(folder, "x86_64")
    outputs = {name: f"arn:aws:{name}" for name in load()["Outputs"]}
    account = Account("123456789012", "us-east-1", "aws", "")
    functions.configure(folder, "test", account, outputs, {"PORTICO_TABLE": "t"}, "x86_64")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [Path(sys.executable).with_name("chalice"), "package", "--stage", "test", "out"],
        cwd=folder,
        env={**environment, "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "out"


@pytest.fixture(scope="module")
def packaged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack(tmp_path_factory.mktemp("first") / "copy")


@pytest.fixture(scope="module")
def unzipped(packaged: Path) -> Path:
    folder = packaged / "unzipped"
    with zipfile.ZipFile(packaged / "deployment.zip") as archive:
        archive.extractall(folder)
    return folder


def alone(unzipped: Path, program: str, *arguments: str) -> str:
    """Run a program where nothing but the archive and the standard library can be imported."""
    start = f"import sys; sys.path.insert(0, {str(unzipped)!r})\n"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", start + program, *arguments],
        cwd=unzipped,
        env={"PATH": "/usr/bin:/bin", "AWS_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_template_has_a_function_for_every_handler(packaged: Path) -> None:
    template = json.loads((packaged / "sam.json").read_text())
    declared_functions: dict[str, Any] = {
        name: one["Properties"]
        for name, one in template["Resources"].items()
        if one["Type"] == "AWS::Serverless::Function"
    }
    handlers = {properties["Handler"] for properties in declared_functions.values()}
    declared = re.findall(r"@app\.lambda_function.*\n(?:@.*\n)*def (\w+)", (ROOT / "app.py").read_text())
    assert handlers == {"app.app", *(f"app.{name}" for name in declared)}
    assert len(declared_functions) == 5
    for properties in declared_functions.values():
        assert properties["CodeUri"] == "./deployment.zip"
        assert properties["Runtime"] == f"python3.{sys.version_info.minor}"
    (api,) = (one for one in template["Resources"].values() if one["Type"] == "AWS::Serverless::Api")
    assert set(api["Properties"]["DefinitionBody"]["paths"]) == {"/", "/{path+}"}
    assert api["Properties"]["DefinitionBody"]["x-amazon-apigateway-binary-media-types"] == ["*/*"]


def test_the_product_is_in_with_its_data_and_nothing_else_of_the_project(unzipped: Path) -> None:
    ours = [name for name in package.product_files() if not name.startswith(".chalice")]
    assert len(ours) > 100
    assert [name for name in ours if not (unzipped / name).is_file()] == []
    assert (unzipped / "chalicelib/site/manifest.json").is_file()
    assert (unzipped / "chalicelib/catalog/specification/asyncapi/3.0.0.json").is_file()
    others = {file.name for file in ROOT.iterdir()} - {"chalicelib", "app.py"}
    assert [name for name in sorted(others) if (unzipped / name).exists()] == []


def test_what_only_development_needs_is_out(unzipped: Path) -> None:
    strangers = (
        "boto3",
        "bin",
        "pip",
        "setuptools",
        "wheel",
        "inquirer",
        "click",
        "pytest",
        "mypy",
        "uvicorn",
        "schemathesis",
    )
    assert [name for name in strangers if (unzipped / name).exists()] == []
    chalice = sorted(file.name for file in (unzipped / "chalice").iterdir())
    assert chalice == ["__init__.py", "__pycache__", "app.py"]


def test_every_module_has_its_bytecode(unzipped: Path) -> None:
    """Nothing can be written where a function runs: each cold start would compile what it imports."""
    tag = sys.implementation.cache_tag
    for file in unzipped.rglob("*.py"):
        if file == unzipped / "app.py":
            continue
        within = file.relative_to(unzipped).parts[0]
        assert within in ("chalicelib", "chalice"), f"{file} was left uncompiled"
        assert (file.parent / "__pycache__" / f"{file.stem}.{tag}.pyc").exists()
    flags = {file.read_bytes()[4:8] for file in unzipped.rglob("*.pyc")}
    assert flags == {b"\x01\0\0\0"}, "bytecode that is compared with times of files is dropped"


def test_the_same_sources_give_the_same_archive(
    packaged: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    again = pack(tmp_path_factory.mktemp("second") / "elsewhere")
    assert contents(packaged / "deployment.zip") == contents(again / "deployment.zip")


def contents(archive: Path) -> dict[str, tuple[int, tuple[int, ...]]]:
    """Name → checksum and time of each file."""
    with zipfile.ZipFile(archive) as opened:
        return {entry.filename: (entry.CRC, entry.date_time) for entry in opened.infolist()}


def test_all_compiled_modules_are_for_the_target(unzipped: Path) -> None:
    """Wheels of the target's machine, none of this one's compiler."""
    libraries = list(unzipped.rglob("*.so"))
    assert libraries
    for file in libraries:
        assert file.read_bytes()[18:20] == b"\x3e\0", f"{file.name} is not for x86-64"


def test_the_archive_is_small(packaged: Path, record_property: Callable[[str, object], None]) -> None:
    archive = packaged / "deployment.zip"
    with zipfile.ZipFile(archive) as opened:
        unpacked = sum(entry.file_size for entry in opened.infolist())
    record_property("zipped_bytes", archive.stat().st_size)
    record_property("unzipped_bytes", unpacked)
    assert archive.stat().st_size < ZIPPED
    assert unpacked < UNZIPPED


def test_everything_the_product_imports_anywhere_is_in_the_archive(unzipped: Path) -> None:
    wanted = set()
    for file in [unzipped / "app.py", *(unzipped / "chalicelib").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                wanted |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                wanted.add(node.module)
    program = """
import importlib, sys
for name in sys.argv[1:]:
    module = importlib.import_module(name)
    file = getattr(module, "__file__", None) or ""
    assert name.partition(".")[0] in sys.stdlib_module_names or file.startswith(sys.path[0]), (name, file)
"""
    alone(unzipped, program, *sorted(wanted))


def test_the_archive_answers_by_itself(unzipped: Path) -> None:
    program = """
import app, base64, json
event = {"httpMethod": "GET", "path": "/openapi.json", "headers": {"Host": "localhost", "Accept": "*/*"}}
answer = app.app(event, None)
assert answer["statusCode"] == 200, answer
print("\\n" + base64.b64decode(answer["body"]).decode())
"""
    document = json.loads(alone(unzipped, program).splitlines()[-1])
    assert document["openapi"].startswith("3.1")
    assert "/v3/portals" in document["paths"]
