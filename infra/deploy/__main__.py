"""`python -m infra.deploy COMMAND --stage STAGE`: what `make deploy` and its neighbours call."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy import account, admin
from infra.deploy.errors import DeployError
from infra.deploy.package import ARCHITECTURES


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; its exit code."""
    chosen = _parser().parse_args(arguments)
    try:
        chosen.stage = account.check_stage(chosen.stage)
        return int(chosen.work(chosen))
    except DeployError as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except (ClientError, BotoCoreError) as error:
        print(
            f"\nAWS refused: {error}\nMend that, then run the same command again.",
            file=sys.stderr,
            flush=True,
        )
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
    deploy.set_defaults(wait=False)
    deploy.add_argument("--alarm-email", help="who is told of alarms ('' for nobody)")
    deploy.add_argument("--web-acl", help="ARN of a web ACL of AWS WAF to put in front ('' for none)")
    domain = _command(commands, "domain", "finish what a domain was waiting for", _deploy)
    domain.add_argument("--domain", help="the domain (default: the one the installation has)")
    domain.set_defaults(
        architecture="arm64", rotate_origin_secret=False, wait=True, alarm_email=None, web_acl=None
    )

    person = _command(commands, "admin", "invite somebody to the console, or change a role there", _admin)
    person.epilog, person.formatter_class = admin.HELP, argparse.RawDescriptionHelpFormatter
    person.add_argument("--email", default="", help="whom it is about")
    person.add_argument("--role", default="", help="one of those below")
    person.add_argument("--resend", action="store_true", help="send an invitation that ran out once more")
    person.add_argument(
        "--show-password", action="store_true", help="show the first password here instead of mailing it"
    )
    destroy = _command(commands, "destroy", "take everything away; data is kept as a backup", _destroy)
    destroy.add_argument("--purge", action="store_true", help="without a backup")
    destroy.add_argument("--yes", action="store_true", help="do not ask")
    destroy.add_argument("--to", help="where the backup goes: a folder, or s3://bucket/prefix")
    backup = _command(commands, "backup", "write all that a stage stores into files", _backup)
    backup.add_argument("--to", help="a folder, or s3://bucket/prefix (default: a new folder in backups/)")
    restore = _command(commands, "restore", "bring a backup into a stage that is not used yet", _restore)
    restore.add_argument("--from", dest="source", required=True, help="a folder, or s3://bucket/prefix")
    restore.add_argument(
        "--without-secrets", action="store_true", help="go on where secrets of the backup cannot be opened"
    )
    return parser


def _command(commands: Any, name: str, text: str, work: object) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text.capitalize() + ".")
    made.add_argument("--stage", help="name of the installation")
    made.set_defaults(work=work)
    return made


def _deploy(chosen: argparse.Namespace) -> int:
    from infra.deploy import deploy

    deploy.run(
        account.find(),
        deploy.Options(
            chosen.stage,
            chosen.domain,
            chosen.architecture,
            chosen.rotate_origin_secret,
            chosen.wait,
            chosen.alarm_email,
            chosen.web_acl,
        ),
    )
    return 0


def _admin(chosen: argparse.Namespace) -> int:
    admin.run(
        admin.Wish(chosen.stage, chosen.email.strip(), chosen.role, chosen.resend, chosen.show_password)
    )
    return 0


def _destroy(chosen: argparse.Namespace) -> int:
    from infra.deploy import destroy

    destroy.run(account.find(), chosen.stage, purge=chosen.purge, yes=chosen.yes, where=chosen.to)
    return 0


def _backup(chosen: argparse.Namespace) -> int:
    from infra.deploy import backup

    backup.run(account.find(), chosen.stage, chosen.to or backup.default(chosen.stage))
    return 0


def _restore(chosen: argparse.Namespace) -> int:
    from infra.deploy import restore

    restore.run(account.find(), chosen.stage, chosen.source, without_secrets=chosen.without_secrets)
    return 0


if __name__ == "__main__":
    sys.exit(main())
