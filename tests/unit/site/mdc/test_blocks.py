# ruff: noqa: E501 - a row of a table is one line
from __future__ import annotations

import pytest

from tests.unit.site.mdc.support import body, messages, show


def box(content: str) -> str:
    return f'<div class="mdc-container">{content}</div>'


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("::container\na\n::", box("<p>a</p>\n")),
        ("::container\n\na\n\n::", box("<p>a</p>\n")),
        ("::Container\na\n::", box("<p>a</p>\n")),
        ("::container[a *b*]\n::", box("<p>a <em>b</em></p>\n")),
        (":::container\na\n:::", box("<p>a</p>\n")),
        ("::container\n::container\na\n::\n::", box(box("<p>a</p>\n"))),
        (":::container\n::container\na\n::\n:::", box(box("<p>a</p>\n"))),
        ("::container\n:::container\na\n:::\n::", box(box("<p>a</p>\n"))),
        ("::container\n  ::container\n  a\n  ::\n::", box(box("<p>a</p>\n"))),
        ("::container\n\t::container\n\ta\n\t::\n::", box(box("<p>a</p>\n"))),
        ("::container\n      ::container\n      # a\n      ::\n::", box(box('<h1 id="a">a</h1>\n'))),
        ("a\n::container\nb\n::\nc", "<p>a</p>\n" + box("<p>b</p>\n") + "<p>c</p>"),
        (
            "- a\n\n  ::container\n  b\n  ::\n- c",
            "<ul>\n<li><p>a</p>\n" + box("<p>b</p>\n") + "</li>\n<li><p>c</p>\n</li>\n</ul>",
        ),
        (
            "::container\n```\n::container\n::\n```\n::",
            box('<pre class="mdc-code" tabindex="0"><code>::container\n::\n</code></pre>\n'),
        ),
        (
            "- ```\n  ::container\n  ```\n",
            '<ul>\n<li><pre class="mdc-code" tabindex="0"><code>::container\n</code></pre>\n</li>\n</ul>',
        ),
        ("<!--\n::container\n::\n-->\na", "<p>a</p>"),
        ("<pre>\n::container\n</pre>", "<pre>::container\n</pre>"),
        ("std::vector", "<p>std::vector</p>"),
        ("::container and more", "<p>::container and more</p>"),
        (":::", "<p>:::</p>"),
        ("::\n", "<p>::</p>"),
        ("#title", "<p>#title</p>"),
    ],
)
def test_components_are_read_from_lines(source: str, html: str) -> None:
    result = show(source)
    assert (result.html.strip(), result.problems) == (html, ())


@pytest.mark.parametrize(
    "source",
    [
        '::card{title="T" .a .b #c}\nd\n::',
        "::card{title='T' class=\"a b\" id=c}\nd\n::",
        "::card\n---\ntitle: T\nclass: a b\nid: c\n---\nd\n::",
        "::card\n  ---\n  title: T\n  class: a b\n  id: c\n  ---\n  d\n::",
        '::card{.a}\n---\ntitle: T\nclass: a b\nid: "c"\n---\n#default\nd\n::',
        "::card{title=T .a .b #c}\nd\n::",
        '::card{\n  title="T"\n  .a .b\n  #c\n}\nd\n::',
    ],
)
def test_props_are_written_in_braces_or_in_yaml(source: str) -> None:
    result = show(source)
    assert result.html.strip() == (
        '<article class="mdc-card a b" id="user-c"><div class="mdc-card__header"><h3 class="mdc-card__title">T</h3></div>'
        '<div class="mdc-card__content"><p>d</p>\n</div></article>'
    )
    assert result.problems == ()


def test_camel_case_and_kebab_case_name_the_same_prop() -> None:
    assert (
        show('::container{backgroundColor="red"}\n::').css
        == show('::container{background-color="red"}\n::').css
    )


def test_slots_take_what_follows_their_name() -> None:
    html = body("::card\n#title\nA\n\n#default\nb\n\n#footer\nc\n::")
    assert '<h3 class="mdc-card__title">A</h3>' in html
    assert '<div class="mdc-card__content"><p>b</p>' in html
    assert '<div class="mdc-card__footer"><p>c</p>' in html


def test_a_slot_belongs_to_the_innermost_component() -> None:
    html = body("::card\n#title\nA\n\n#footer\n  ::card\n  #title\n  B\n  ::\n::")
    assert html.count("mdc-card__title") == 2
    assert html.index(">A<") < html.index("mdc-card__footer") < html.index(">B<")


@pytest.mark.parametrize(
    ("source", "kept", "message"),
    [
        ("::card\nhello", "hello", "1: ::card is not closed with a line of 2 colons"),
        ("::card\n::badge\nhello\n:::\n::\nafter", "after", "4: ::: closes nothing"),
        (":::card\n::badge\nhello\n:::\nafter", "hello", "2: ::badge is not closed"),
        ("::card\n---\na: [\n---\nhello\n::", "hello", "4: props of ::card"),
        ("::card\n---\ntitle: T\n\nhello", "hello", "2: the props of ::card are not closed"),
        ("::card\n---\n- a\n---\nhello\n::", "hello", "3: props of ::card: YAML here must be a mapping"),
        ("::card{title=}\nhello\n::", "hello", "1: ::card has props in braces that cannot be read"),
        ("::card{title\nhello\n::", "hello", "1: ::card has props in braces that cannot be read"),
        ("::card{colour=red}\nhello\n::", "hello", '1: ::card: unknown prop "colour"'),
        ("::alert{appearance=loud}\nhello\n::", "hello", '1: ::alert: prop "appearance" must be one of info'),
        ("::container{full-width=3}\nhello\n::", "hello", '1: ::container: prop "full-width" must be true or false'),
        ("::card\n#nowhere\nhello\n::", "hello", "1: ::card: there is no slot #nowhere"),
        ("a\n\n::no-such\nhello\n::", "hello", "3: there is no component ::no-such"),
        ("::no-such\n#x\nhello\n::", "hello", "1: there is no component ::no-such"),
        ("::container\n```\nhello\n::", "hello", "2: this code block is not closed"),
        ("hello\n<!-- a\nb", "hello", "2: this comment is not closed"),
        (":card[hello] there", "there", "1: ::card must stand on a line of its own"),
        ("---\nx: [\n---\nhello", "hello", "3: front matter"),
        ('::card{:title="page."}\nhello\n::', "hello", '1: ::card: "page." is no value'),
        ("hello\n[a](javascript:x)", "hello", '1: "javascript:x" is no address to link to'),
        ("hello ![a](data:x)", "hello", '1: "data:x" is no address of an image'),
        ("[a](javascript:x) ::button\n\n::button{to=javascript:x}\nhello\n::", "hello", "3: ::button: \"javascript:x\""),
    ],
)  # fmt: skip
def test_a_mistake_is_told_and_the_rest_stands(source: str, kept: str, message: str) -> None:
    live, preview = show(source), show(source, preview=True)
    assert kept in live.html
    assert kept in preview.html
    told = [f"{problem.line}: {problem.message}" for problem in live.problems]
    assert any(text.startswith(message) for text in told), told
    assert live.problems == preview.problems


def test_a_live_page_shows_no_message_and_a_preview_shows_it_in_place() -> None:
    source = "# a\n\n::card{colour=red}\nb\n::\n"
    assert "mdc-problem" not in show(source).html
    preview = show(source, preview=True).html
    assert (
        '<span class="mdc-problem" role="note"><strong>Line 3:</strong> ::card: unknown prop &quot;colour&quot;</span>'
        in preview
    )
    assert preview.index("</h1>") < preview.index("mdc-problem") < preview.index("mdc-card")


def test_lines_are_those_of_the_source_also_in_front_of_front_matter_and_inside_components() -> None:
    source = "---\ntitle: a\n---\n\n::container\n  ::container\n  ---\n  gap: 1px\n  ---\n  text\n  :badge[x]{y=1}\n  ::\n::\n"
    assert messages(source) == ['10: ::badge: unknown prop "y"']


def test_yaml_that_cannot_be_read_leaves_its_plain_lines() -> None:
    html = body("::card\n---\ntitle: T\nstyles: |\n  p {\ncolor: red;\n  }\n---\n::")
    assert '<h3 class="mdc-card__title">T</h3>' in html


def test_problems_are_limited() -> None:
    assert len(show("::a\n" * 1_000).problems) <= 200


@pytest.mark.parametrize(
    ("source", "html"),
    [
        (":badge[new]", '<p><span class="mdc-badge mdc-badge--info">new</span></p>'),
        (
            "a :badge[*b*]{appearance=success} c",
            '<p>a <span class="mdc-badge mdc-badge--success"><em>b</em></span> c</p>',
        ),
        (":badge{text=x}", '<p><span class="mdc-badge mdc-badge--info">x</span></p>'),
        ("[a]{.b #c}", '<p><span class="b" id="user-c">a</span></p>'),
        ("[a **b**]{.c}", '<p><span class="c">a <strong>b</strong></span></p>'),
        ("[a](/b){.c}", '<p><a href="/b" class="c">a</a></p>'),
        ("[a](/b){target=_blank}", '<p><a href="/b" target="_blank" rel="noopener noreferrer">a</a></p>'),
        ("![a](/b){width=20 .c}", '<p><img src="/b" alt="a" loading="lazy" width="20" class="c"></p>'),
        ("`a`{.b}", '<p><code class="b">a</code></p>'),
        ("**a**{.b} *c*{.d}", '<p><strong class="b">a</strong> <em class="d">c</em></p>'),
        (
            ":button[go]{to=/x}",
            '<p><a class="mdc-button mdc-button--primary mdc-button--medium" href="/x">go</a></p>',
        ),
        ("10:30 and a:b[c] and http://x:80", None),
        (":not-a-component stays", "<p>:not-a-component stays</p>"),
        ("{a} {.b} [c] { d }", "<p>{a} {.b} [c] { d }</p>"),
        ("::container\n:badge[a]\n::", box('<p><span class="mdc-badge mdc-badge--info">a</span></p>\n')),
    ],
)
def test_inline_components_spans_and_attributes(source: str, html: str | None) -> None:
    result = show(source)
    assert result.problems == ()
    if html is None:
        assert "mdc-" not in result.html
    else:
        assert result.html.strip() == html


def test_an_inline_block_component_alone_in_a_paragraph_is_a_block() -> None:
    assert body(":card[text]{title=T}").startswith('<article class="mdc-card">')
