"""`python -m infra.deploy COMMAND --stage STAGE`: what `make deploy` and its neighbours call."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from infra.deploy import account, say
from infra.deploy.certificate import WaitingError
from infra.deploy.errors import DeployError
from infra.deploy.package import ARCHITECTURES


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        chosen.stage = account.check_stage(chosen.stage)
        return int(chosen.work(chosen))
    except WaitingError as waiting:
        say.line(str(waiting))
        return 0
    except DeployError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again: it goes on from where it stopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m infra.deploy",
        description="An installation in your own AWS account, and the way back.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    deploy = _command(commands, "deploy", "make an installation, or bring one up to date", _deploy)
    deploy.add_argument("--domain", help="console and portals answer below this domain ('' takes it away)")
    deploy.add_argument(
        "--architecture",
        choices=sorted(ARCHITECTURES),
        default="arm64",
        help="of the functions (default arm64)",
    )
    deploy.add_argument(
        "--rotate-origin-secret", action="store_true", help="let CloudFront show a new secret to the API"
    )
    domain = _command(commands, "domain", "finish what a domain was waiting for", _deploy)
    domain.add_argument("--domain", help="the domain (default: the one the installation has)")
    domain.set_defaults(architecture="arm64", rotate_origin_secret=False)
    return parser


def _command(
    commands: argparse._SubParsersAction, name: str, text: str, work: object
) -> argparse.ArgumentParser:  # type: ignore[type-arg]
    made: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text.capitalize() + ".")
    made.add_argument("--stage", help="name of the installation")
    made.set_defaults(work=work)
    return made


def _deploy(chosen: argparse.Namespace) -> int:
    from infra.deploy import deploy

    deploy.run(
        account.find(),
        deploy.Options(chosen.stage, chosen.domain, chosen.architecture, chosen.rotate_origin_secret),
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
