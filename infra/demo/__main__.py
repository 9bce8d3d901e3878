"""`make demo`: fill a running installation with something to look at."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from infra.demo.client import Api, DemoError
from infra.demo.fill import fill

ROOT = Path(__file__).resolve().parents[2]
HELP = """\
environment:
  PORTICO_URL  address of the management API (default http://localhost:$PORT)
  PORT         its port on this machine (default 8000)
  ADMIN_TOKEN  an access token of the role admin: the one that `make run` showed on its first start

Run it again at any time: what it made and you changed is changed back, everything else stays."""
WITHOUT = """\
An access token is needed:  ADMIN_TOKEN=ptc_… make demo
`make run` shows one on its first start only. Lost it? Choose one yourself when starting:
  ADMIN_TOKEN=ptc_my-own-token make run"""


def main() -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.demo",
        description="Fill a running installation: three portals, APIs, documents, pages, icons.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    default = os.environ.get("PORTICO_URL") or f"http://localhost:{os.environ.get('PORT') or 8000}"
    parser.add_argument("--url", default=default, help="address of the management API (default %(default)s)")
    parser.add_argument("--token", default=os.environ.get("ADMIN_TOKEN"), help="access token, role admin")
    parser.add_argument(
        "--specs",
        type=Path,
        default=ROOT.parent / "shared" / "specs",
        help="folder of published specifications to take as well, where there is one",
    )
    arguments = parser.parse_args()
    if not arguments.token:
        print(WITHOUT, file=sys.stderr)
        return 2
    try:
        portals, done = fill(Api(arguments.url, arguments.token), arguments.specs, print)
    except DemoError as error:
        print(error, file=sys.stderr)
        return 1
    print(", ".join(f"{done[word]} {word}" for word in ("created", "updated", "unchanged")))
    scheme = arguments.url.partition("://")[0]
    for portal in portals:
        print(f"  {portal['display_name']:<20} {scheme}://{portal['default_domain']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
