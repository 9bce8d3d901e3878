"""How long pages take to render. Each figure is the best of some runs, in processor time."""

from __future__ import annotations

import time
from collections.abc import Callable

from markdown_it import MarkdownIt

from chalicelib.site.mdc import Context, render, snippet_names

MEGA = 1_000_000
_SENTENCE = (
    "Some *text* with a [link](/guides/a), `code` and **more** of the words that a guide usually has. "
)
_SECTION = (
    f"## A heading\n\n{_SENTENCE * 4}\n\n- one thing\n- another `thing`\n\n"
    "| name | type | what it is |\n|---|---|---|\n| `id` | string | the identifier |\n"
    "| `name` | string | *optional* |\n\n"
    "```bash\ncurl -H 'Authorization: Bearer x' https://api.example.com/v1/things\n```\n\n"
)
_COMPONENTS = (
    "::page-section\n---\nfull-width: true\npadding: clamp(10px, 3vw, 50px) 0\n---\n  ::multi-column\n  ---\n"
    "  gap: 48px\n  columns-breakpoints:\n    mobile: 1\n    desktop: 3\n  ---\n"
    + "    ::card{to=/guides/a}\n    #title\n    A card\n\n    #default\n    Its *text*.\n    ::\n" * 3
    + "  ::\n::\n\n"
)


def _repeat(text: str, size: int) -> str:
    return text * (size // len(text))


def pages() -> dict[str, str]:
    """The texts that are measured, by name."""
    page = _COMPONENTS * 4 + _repeat(_SECTION, 48_000)
    return {
        "page of 50 KB": page,
        "1 MB of prose": _repeat(_SENTENCE * 5 + "\n\n", MEGA),
        "1 MB of sections": _repeat(_SECTION, MEGA),
        "1 MB of table": "| a | b | c |\n|---|---|---|\n"
        + _repeat("| one cell | **two** | three here |\n", MEGA),
        "1 MB in one paragraph": _repeat("word ", MEGA),
        "1 MB of nested lists": "".join("  " * (i % 8) + f"- item number {i}\n" for i in range(MEGA // 26)),
        "1 MB of HTML": _repeat(
            '<div class="a" style="color: red">\n\n*text* <b>x</b> and words\n\n</div>\n\n', MEGA
        ),
        "1 MB of short items": _repeat("- a\n", MEGA),
        "1 MB of quotes": _repeat("> > > > a\n", MEGA),
        "100k of :": ":" * 100_000,
        "100k of [": "[" * 100_000,
        "100k of `": "`" * 100_000,
        "100k of {": "{" * 100_000,
        "100k of ![": "![" * 50_000,
        "1 MB of [": "[" * MEGA,
        "1 MB of *a **a": _repeat("*a **a ", MEGA),
        "10k unclosed blocks": "::alert\ntext\n" * 10_000,
        "10k nested quotes": ">" * 10_000 + " a",
        "1 MB of open expressions": ("::card{:title='a" + " " * 7_000 + "\"'}\n::\n") * 140,
        "1 MB of unclosed <b>": _repeat("<b>", MEGA),
    }


def _best(work: Callable[[], object], runs: int) -> float:
    best = float("inf")
    for _ in range(runs):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def measure() -> list[tuple[str, float, str]]:
    """Name, value and unit of each figure; the last two are ratios, which do not depend on the machine."""
    context = Context()
    texts = pages()

    def seconds(text: str, runs: int) -> float:
        return _best(lambda: render(text, context), runs)

    page = texts["page of 50 KB"]
    seconds(page, 1)
    figures = [
        (f"mdc: {name}", seconds(text, 5 if text is page else 2) * 1000, "ms") for name, text in texts.items()
    ]
    names = _best(lambda: snippet_names(texts["1 MB of sections"] + "::snippet{name=a}\n::"), 3)
    figures.append(("mdc: names of snippets in 1 MB", names * 1000, "ms"))
    stock = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    sections = _repeat(_SECTION, MEGA // 4)
    short = seconds(sections, 3)
    alone = _best(lambda: stock.render(sections), 3)
    figures.append(("mdc: against markdown-it-py alone", short / alone, "times"))
    figures.append(
        ("mdc: 1 MB against 250 KB", seconds(texts["1 MB of sections"], 2) / short, "times (4 is linear)")
    )
    return figures
