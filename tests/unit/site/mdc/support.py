"""Rendering for tests, and a parser of HTML that is not the one that sanitises."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import html5lib

from chalicelib.site.mdc.model import Context, Result
from chalicelib.site.mdc.renderer import render

SNIPPETS = {
    "hello": "Hello *there*",
    "titled": "---\ntitle: From the snippet\nlink: /own\n---\n{{ snippet.title }} at {{ snippet.link }}",
    "outer": "::snippet{name=inner}\n---\ndata:\n  other: 1\n---\n::\n",
    "inner": "[{{ snippet.word }}]",
    "loop": "a ::\n\n::snippet{name=loop}\n::\n",
}


def show(source: str, **context: Any) -> Result:
    """Render with the snippets above."""
    context.setdefault("snippet", SNIPPETS.get)
    return render(source, Context(**context))


def body(source: str, **context: Any) -> str:
    return show(source, **context).html.strip()


def messages(source: str, **context: Any) -> list[str]:
    return [f"{problem.line}: {problem.message}" for problem in show(source, **context).problems]


def tree(html: str, *, scripting: bool = True) -> Any:
    """The fragment as a browser's parser builds it, inside a <div>."""
    return html5lib.parseFragment(html, container="div", namespaceHTMLElements=False, scripting=scripting)


def elements(html: str, *, scripting: bool = True) -> Iterator[tuple[str, dict[str, str]]]:
    """Every element's local name and attributes."""
    for element in tree(html, scripting=scripting).iter():
        if isinstance(element.tag, str) and element.tag != "DOCUMENT_FRAGMENT":
            attributes = {_local(name): value for name, value in element.attrib.items()}
            yield _local(element.tag), attributes


def _local(name: str) -> str:
    return name.rsplit("}", 1)[-1]


def _write(element: Any) -> str:
    parts = [_text(element.text)]
    for child in element:
        if isinstance(child.tag, str):
            name = _local(child.tag)
            attributes = "".join(
                f' {_local(key)}="{_text(value, quote=True)}"' for key, value in sorted(child.attrib.items())
            )
            parts.append(f"<{name}{attributes}>{_write(child)}</{name}>{_text(child.tail)}")
        else:
            parts.append(f"<!--{child.text}-->{_text(child.tail)}")
    return "".join(parts)


def _text(text: str | None, *, quote: bool = False) -> str:
    text = (text or "").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;") if quote else text


_ALLOWED_ELEMENTS = frozenset(
    str.split(
        "a abbr address article aside b bdi bdo blockquote br caption center cite code col colgroup dd del "
        "details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i iframe img input "
        "ins kbd li mark nav ol p pre q rp rt ruby s samp section small span strike strong sub summary sup "
        "table tbody td tfoot th thead time tr u ul var video wbr "
        "svg circle clipPath defs desc ellipse g line linearGradient marker mask path pattern polygon "
        "polyline radialGradient rect stop symbol text title tspan use"
    )
)
_URLS = frozenset(
    {"href", "src", "action", "formaction", "data", "poster", "cite", "ping", "background", "srcset"}
)
_FORBIDDEN = frozenset(
    {"style", "srcdoc", "formaction", "action", "ping", "background", "srcset", "name", "is"}
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")


_HARMLESS = r"(?:alt|title|aria-[a-z]+)=.*|[a-z-]+=url\(#user-[\w.:-]+\)"


def faults(html: str) -> list[str]:
    """Everything in a fragment that could run, load or take over what it must not."""
    found = []
    for scripting in (True, False):
        for name, attributes in elements(html, scripting=scripting):
            if name not in _ALLOWED_ELEMENTS:
                found.append(f"element {name}")
            for key, value in attributes.items():
                found += _attribute_faults(name, key, value)
            if name == "iframe" and "sandbox" not in attributes:
                found.append("iframe without sandbox")
            if name == "input" and (attributes.get("type") != "checkbox" or "disabled" not in attributes):
                found.append("live input")
    return found


def _attribute_faults(element: str, key: str, value: str) -> Iterator[str]:
    if key.startswith("on") or (key in _FORBIDDEN and not (element == "details" and key == "name")):
        yield f"attribute {key}"
    if key in _URLS:
        seen = re.sub(r"[\x00-\x20\x7f-\x9f]", "", value)
        scheme = _SCHEME.match(seen)
        allowed = {"http", "https", "mailto", "tel"} if key == "href" else {"http", "https"}
        if scheme and scheme[1].lower() not in allowed:
            yield f"address {value}"
        if "script:" in unquote(re.split(r"[/?#]", seen)[0]).lower():
            yield f"address {value}"
    elif "url(" in value.lower() and not re.fullmatch(_HARMLESS, f"{key}={value}", re.DOTALL):
        yield f"url in {key}"
    if key == "id" and not re.fullmatch(r"[\w.:-]+", value):
        yield f"id {value}"


_VOID = frozenset({"br", "col", "hr", "img", "input", "wbr"})


class _Tokens(HTMLParser):
    """The tags and texts of some HTML as they are written, in the form of `_write`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = "".join(f' {name}="{_text(value, quote=True)}"' for name, value in sorted(attrs))
        self.parts.append(f"<{tag}{written}>" + (f"</{tag}>" if tag in _VOID else ""))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(_text(data))


def as_written(html: str) -> str:
    """The fragment's own tags, without a browser's repairs; comparable with `as_parsed`."""
    tokens = _Tokens()
    tokens.feed(html)
    tokens.close()
    return _squeeze("".join(tokens.parts))


def as_parsed(html: str) -> str:
    """The fragment after a browser's parser."""
    return _squeeze(_write(tree(html)))


def _squeeze(html: str) -> str:
    return re.sub(r"\s+", "", html).lower()
