"""What `chalice package` makes of the project: a template and an archive that runs on its own.

The first run takes most of a minute, because Chalice downloads and unpacks every dependency; it names the
result by a hash of requirements.txt, and that is kept in .build for the runs after it.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

MEGA = 1024 * 1024
#: of the archive, and of what it unpacks to (Lambda's own limits are 50 and 250 MB)
ZIPPED, UNZIPPED = 50 * MEGA, 150 * MEGA
KEPT = ROOT / ".build" / "chalice-deployments"
#: a stage's policies are written when it is deployed; the command wants one
POLICY = {"Version": "2012-10-17", "Statement": []}


@pytest.fixture(scope="module")
def tracked() -> list[str]:
    """The files of the project, as git knows them."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout: which files belong to the project is not known")
    return [name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def packaged(tracked: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with sam.json and deployment.zip that the real command made of a copy of the project."""
    project = tmp_path_factory.mktemp("project")
    for name in tracked:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, project / name)
    KEPT.mkdir(parents=True, exist_ok=True)
    (project / ".chalice" / "deployments").symlink_to(KEPT)
    policy = project / ".chalice" / "policy-dev.json"
    if not policy.exists():
        policy.write_text(json.dumps(POLICY))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    done = subprocess.run(
        [Path(sys.executable).with_name("chalice"), "package", "out"],
        cwd=project,
        env={**environment, "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return project / "out"


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
    functions: dict[str, Any] = {
        name: one["Properties"]
        for name, one in template["Resources"].items()
        if one["Type"] == "AWS::Serverless::Function"
    }
    handlers = {properties["Handler"] for properties in functions.values()}
    declared = re.findall(r"@app\.lambda_function.*\n(?:@.*\n)*def (\w+)", (ROOT / "app.py").read_text())
    assert handlers == {"app.app", *(f"app.{name}" for name in declared)}
    for properties in functions.values():
        assert properties["CodeUri"] == "./deployment.zip"
        assert properties["Runtime"] == f"python3.{sys.version_info.minor}"
    (api,) = (one for one in template["Resources"].values() if one["Type"] == "AWS::Serverless::Api")
    assert set(api["Properties"]["DefinitionBody"]["paths"]) == {"/", "/{path+}"}
    assert api["Properties"]["DefinitionBody"]["x-amazon-apigateway-binary-media-types"] == ["*/*"]


def test_the_product_is_in_with_its_data_and_nothing_else_of_the_project(
    tracked: list[str], unzipped: Path
) -> None:
    ours = {name for name in tracked if name == "app.py" or name.startswith("chalicelib/")}
    assert [name for name in sorted(ours) if not (unzipped / name).is_file()] == []
    folders = {name.partition("/")[0] for name in tracked} - {"chalicelib", "app.py"}
    assert [name for name in sorted(folders) if (unzipped / name).exists()] == []


def test_what_only_development_needs_is_out(unzipped: Path) -> None:
    strangers = (
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
    assert sorted(file.name for file in (unzipped / "chalice").iterdir()) == ["__init__.py", "app.py"]


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
event = {"httpMethod": "GET", "path": "/openapi.json", "headers": {"Host": "localhost"}}
answer = app.app(event, None)
assert answer["statusCode"] == 200, answer
print("\\n" + base64.b64decode(answer["body"]).decode())
"""
    document = json.loads(alone(unzipped, program).splitlines()[-1])
    assert document["openapi"].startswith("3.1")
    assert "/v3/portals" in document["paths"]
