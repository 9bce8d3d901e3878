"""`python -m infra.edge`: copies the function's code into the template, which CloudFormation wants whole."""

from __future__ import annotations

import re
import textwrap

from infra import edge, template

_CODE = re.compile(r"(?<=      FunctionCode: \|\n)(?:(?:        .*)?\n)+?(?=\n  [#A-Z])")


def main() -> None:
    """The command."""
    code = textwrap.indent(edge.VIEWER_REQUEST.read_text(encoding="utf-8"), " " * 8)
    text = template.EDGE.read_text(encoding="utf-8")
    template.EDGE.write_text(_CODE.sub(lambda _: code, text, count=1), encoding="utf-8")


if __name__ == "__main__":
    main()
