"""The working copy that Chalice deploys from: the product's files, its packages for the target, bytecode.

The checkout stays as it is. Chalice would fetch the packages by itself, and build what has no wheel with the
compiler of this machine; here they come as wheels of the target or not at all, and stand in `vendor/`, which
Chalice packs as it finds it. Bytecode goes along: the file system of a Lambda cannot be written to, so that
each cold start would compile all it imports again (docs/adr/0009-the-package.md).
"""

from __future__ import annotations

import hashlib
import inspect
import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra import asyncapi_schemas, web_build
from infra.deploy import say
from infra.deploy.errors import DeployError

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / ".build"
#: working copies, a folder for each stage
WORK = BUILD / "deploy"
#: packages, a folder for each lock file
VENDOR = BUILD / "vendor"
#: what a Lambda runs, of the checkout
PRODUCT = ("app.py", "chalicelib", ".chalice/config.json")
#: glibc of the runtimes: Amazon Linux 2 has 2.26, Amazon Linux 2023 (from Python 3.12 on) has 2.34
GLIBC_OLD, GLIBC_NEW = 26, 34
ARCHITECTURES = {"arm64": "aarch64", "x86_64": "x86_64"}
#: models of the services the product may call, by their folders in botocore's data; the other four hundred
#: are three quarters of botocore
SERVICES = (
    "acm",
    "cloudfront",
    "cloudwatch",
    "cognito-idp",
    "dynamodb",
    "kms",
    "logs",
    "route53",
    "s3",
    "sesv2",
    "sqs",
    "ssm",
    "sts",
)
#: installed along, used by nothing in the product
UNUSED = ("boto3", "s3transfer", "bin")


def working_copy(folder: Path, architecture: str = "arm64") -> Path:
    """Fill `folder` with what Chalice needs to package the product; the folder. Raises DeployError."""
    product_copy(folder)
    _copy_generated(folder)
    # everything it would name is in vendor/ already
    (folder / "requirements.txt").write_text("")
    shutil.copytree(vendor(architecture), folder / "vendor", symlinks=True)
    compile_all(folder / "chalicelib", "chalicelib/")
    return folder


def product_copy(folder: Path) -> Path:
    """Fill `folder` with the product's own files: as much as `chalice delete` needs."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in product_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    return folder


def product_files() -> list[str]:
    """Paths of the product's own files below the root of the checkout: what git knows or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *PRODUCT]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
        found = [name for name in done.stdout.split("\0") if name]
    except (OSError, subprocess.CalledProcessError):  # an unpacked archive
        found = [str(file.relative_to(ROOT)) for name in PRODUCT for file in _files(ROOT / name)]
    return sorted({name for name in found if (ROOT / name).is_file()})


def _files(path: Path) -> list[Path]:
    return [path] if path.is_file() else [file for file in path.rglob("*") if "__pycache__" not in file.parts]


def _copy_generated(folder: Path) -> None:
    """What the build makes and the product reads: names of the front end's files, schemas of AsyncAPI."""
    from chalicelib.site import assets

    try:
        manifest = web_build.build() / ".vite" / "manifest.json"
        schemas = asyncapi_schemas.install()
    except web_build.BuildError as error:
        raise DeployError(str(error)) from error
    shutil.copyfile(manifest, folder / assets.PACKAGED.relative_to(ROOT))
    shutil.copytree(schemas, folder / schemas.relative_to(ROOT), dirs_exist_ok=True)


def vendor(architecture: str) -> Path:
    """The folder of packages for this architecture and this Python, made once for each lock file."""
    import chalice

    requirements = (ROOT / "requirements.txt").read_bytes()
    text = f"{sys.version_info[:2]} {architecture} {chalice.__version__} {SERVICES} {UNUSED}"
    digest = hashlib.sha256(requirements + text.encode() + Path(__file__).read_bytes()).hexdigest()[:16]
    folder = VENDOR / digest
    if folder.exists():
        return folder
    say.detail(f"fetching the packages for Python {_version()} on {architecture} ...")
    VENDOR.mkdir(parents=True, exist_ok=True)
    fresh = VENDOR / f"{digest}.{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    install(fresh, architecture)
    _strip(fresh)
    leave_bytecode(fresh)
    add_chalice(fresh)
    try:
        fresh.rename(folder)
    except OSError:  # another command was quicker
        shutil.rmtree(fresh)
    return folder


def _version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def install(folder: Path, architecture: str, requirements: Path = ROOT / "requirements.txt") -> None:
    """The packages of a lock file, as wheels of the target. Raises DeployError."""
    machine = ARCHITECTURES[architecture]
    newest = GLIBC_NEW if sys.version_info >= (3, 12) else GLIBC_OLD
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, 16, -1)]
    platforms += [f"manylinux2014_{machine}"]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += [
        "--only-binary=:all:",
        "--no-compile",
        "--implementation",
        "cp",
        "--python-version",
        _version(),
    ]
    command += [word for platform in platforms for word in ("--platform", platform)]
    command += ["--target", str(folder), "--requirement", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - pip
    if done.returncode:
        raise DeployError(
            f"The packages for Python {_version()} on {architecture} could not be fetched. pip said:\n"
            + "\n".join(f"  {line}" for line in done.stderr.strip().splitlines()[-12:])
        )


def _strip(folder: Path) -> None:
    for name in UNUSED:
        shutil.rmtree(folder / name, ignore_errors=True)
    for entry in (folder / "botocore" / "data").iterdir():
        if entry.is_dir() and entry.name not in SERVICES:
            shutil.rmtree(entry)
    for info in folder.glob("*.dist-info"):
        # it lists files with hashes, those that were taken out too, and differs from one installer to another
        for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json"):
            (info / name).unlink(missing_ok=True)


def add_chalice(folder: Path) -> None:
    """Chalice packs its runtime, two files, without bytecode: that is put beside them."""
    import chalice
    import chalice.app

    source = folder / "chalice"
    source.mkdir()
    for module in (chalice, chalice.app):
        file = Path(inspect.getfile(module))
        shutil.copyfile(file, source / file.name)
    compile_all(source, "chalice/")
    for file in source.glob("*.py"):
        file.unlink()


def leave_bytecode(folder: Path) -> None:
    """Bytecode in the place of the modules: half of the files to send and unpack. Errors still tell lines."""
    compile_all(folder, beside=True)
    for file in folder.rglob("*.py"):
        if file.with_suffix(".pyc").exists():  # some packages bring templates that are no Python
            file.unlink()


def compile_all(folder: Path, within: str = "", *, beside: bool = False) -> None:
    """Bytecode for all modules, whatever their times will be. `within`: the folder in the archive. `beside`:
    not in `__pycache__`, but where it is found without the module."""
    command = [sys.executable, "-m", "compileall", "-qq", "--invalidation-mode", "unchecked-hash"]
    command += ["-b"] if beside else []
    command += ["-s", str(folder), "-p", f"/var/task/{within}", str(folder)]
    # hashes of text decide on the order of sets, and that on the bytes
    subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": "0"}, check=False)  # noqa: S603
