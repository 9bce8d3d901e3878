"""A Markdown text as a tree of nodes, for programs that draw documents themselves.

    {"type": "document", "version": 1, "children": [
        {"type": "heading", "level": 1, "children": [{"type": "text", "text": "Hello"}]}, ...]}

Raw HTML is text here: whoever draws the nodes need not trust the author.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from markdown_it.token import Token

Node = dict[str, Any]

#: opening token → the node's type; `None`: its children stand in its place
_CONTAINERS: dict[str, str | None] = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "blockquote_open": "blockquote",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "list_item_open": "list_item",
    "table_open": "table",
    "thead_open": None,
    "tbody_open": None,
    "tr_open": "table_row",
    "th_open": "table_cell",
    "td_open": "table_cell",
    "em_open": "emphasis",
    "strong_open": "emphasis",
    "s_open": "strikethrough",
    "link_open": "link",
}


def of(markdown: str) -> Node:
    """The tree of a text, without its front matter."""
    from markdown_it import MarkdownIt

    from chalicelib.site.mdc.frontmatter import split_front_matter

    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    root: Node = {"type": "document", "version": 1, "children": []}
    _grow(root, parser.parse(split_front_matter(markdown)[1]))
    return root


def _grow(root: Node, tokens: list[Token]) -> None:
    """Hang what the tokens say under a node."""
    open_nodes = [root]
    for token in tokens:
        here = open_nodes[-1]
        if token.nesting == 1:
            node = _container(token, open_nodes)
            if node is not here:
                here["children"].append(node)
            open_nodes.append(node)
        elif token.nesting == -1:
            open_nodes.pop()
        elif token.type == "inline":
            _grow(here, token.children or [])
        elif token.type == "softbreak":
            # lines of one paragraph are texts of their own, with a space between them
            here["children"].append({"type": "text", "text": " "})
        elif token.type == "hardbreak":
            here["children"].append({"type": "break"})
        elif token.content or token.type != "text":
            here["children"].append(_leaf(token))


def _container(token: Token, open_nodes: list[Node]) -> Node:
    kind = _CONTAINERS[token.type]
    if kind is None:
        return open_nodes[-1]
    node: Node = {"type": kind, "children": []}
    match token.type:
        case "heading_open":
            node["level"] = int(token.tag[1:])
        case "paragraph_open" if token.hidden:  # of a list whose items stand close together
            node["type"] = "text_block"
        case "bullet_list_open" | "ordered_list_open":
            node["isOrdered"] = token.type == "ordered_list_open"
        case "em_open" | "strong_open":
            node["level"] = 1 if token.type == "em_open" else 2
        case "link_open":
            node["href"] = str(token.attrGet("href") or "")
            node["title"] = str(token.attrGet("title") or "")
        case "th_open" | "td_open":
            style = str(token.attrGet("style") or "")
            if style.startswith("text-align:"):
                node["align"] = style.removeprefix("text-align:")
            if token.type == "th_open":
                open_nodes[-1]["type"] = "table_header"
    return node


def _leaf(token: Token) -> Node:
    text: Node = {"type": "text", "text": token.content}
    match token.type:
        case "code_inline":
            return {"type": "code", "children": [text]}
        case "fence" | "code_block":
            language = token.info.split()[0] if token.info.strip() else "plain"
            return {"type": "code_block", "lang": language, "children": [text]}
        case "image":
            return {
                "type": "image",
                "url": str(token.attrGet("src") or ""),
                "alt": token.content,
                "title": str(token.attrGet("title") or ""),
            }
        case "hr":
            return {"type": "thematic_break"}
    return text
