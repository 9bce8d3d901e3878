# ruff: noqa: E501 - a row of a table is one line
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.site.mdc.model import Context, Heading
from chalicelib.site.mdc.renderer import render, render_snippet
from tests.unit.site.mdc.support import body, messages, show


def test_page_hero_has_its_parts() -> None:
    source = (
        "::page-hero\n---\nfull-width: true\ntagline: Tag\nimage:\n  src: /i.png\n  alt: I\n  position: left\n---\n"
        "#title\nA *b*\n\n#description\nc\n\n#actions\n  ::button{to=/x}\n  Go\n  ::\n::"
    )
    assert body(source) == (
        '<div class="mdc-page-hero mdc-page-hero--full-width mdc-page-hero--image-left">'
        '<div class="mdc-page-hero__text"><div class="mdc-page-hero__tagline">Tag</div>'
        '<h1 class="mdc-page-hero__title">A <em>b</em></h1>'
        '<div class="mdc-page-hero__description"><p>c</p>\n</div>'
        '<div class="mdc-page-hero__actions">'
        '<a class="mdc-button mdc-button--primary mdc-button--medium" href="/x">Go</a></div></div>'
        '<div class="mdc-page-hero__image"><img src="/i.png" alt="I" loading="lazy"></div></div>'
    )
    assert show(source).title == "A b"


def test_the_tag_of_a_title_can_be_chosen_and_a_first_level_one_names_the_page() -> None:
    assert "<h3 class=" in body("::page-hero{title-tag=h3}\n#title\nA\n::")
    assert show("::page-header{title-tag=h2 title=A}\n::\n\n# B").title == "B"
    assert 'prop "title-tag" must be one of' in messages("::page-hero{title-tag=script title=A}\n::")[0]


def test_a_title_of_more_than_text_is_no_heading() -> None:
    html = body("::card\n#title\n- a\n- b\n::")
    assert '<div class="mdc-card__title"><ul>' in html
    assert "<h3" not in html


def test_a_sections_title_is_in_the_table_of_contents_and_can_be_linked() -> None:
    result = show("::page-section{title='The API'}\ntext\n::\n\n[x](#the-api)")
    assert [heading.id for heading in result.headings] == ["the-api"]
    assert '<h2 class="mdc-page-section__title" id="the-api">The API</h2>' in result.html
    assert '<a href="#the-api">x</a>' in result.html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("::page-section{tag=article}\na\n::", '<article class="mdc-page-section"><div class="mdc-page-section__content"><p>a</p>\n</div></article>'),
        ("::page-header{title=T description=D}\n::", '<header class="mdc-page-header"><div class="mdc-page-header__text"><h1 class="mdc-page-header__title">T</h1><div class="mdc-page-header__description">D</div></div></header>'),
        ("::alert{appearance=danger title=T message=M show-icon}\n*c*\n::", '<div class="mdc-alert mdc-alert--danger" role="note"><span class="mdc-alert__icon" aria-hidden="true"></span><div class="mdc-alert__text"><div class="mdc-alert__title">T</div><div class="mdc-alert__message">M</div><div class="mdc-alert__content"><p><em>c</em></p>\n</div></div></div>'),
        ("::badge{appearance=get}\nGET\n::", '<span class="mdc-badge mdc-badge--get">GET</span>'),
        ("::button{to=https://a.b external appearance=secondary size=large}\nA\n::", '<a class="mdc-button mdc-button--secondary mdc-button--large" href="https://a.b" rel="noopener noreferrer" target="_blank">A</a>'),
        ("::button\nA\n::", '<span class="mdc-button mdc-button--primary mdc-button--medium">A</span>'),
        ("::a{href=/x}\nA **b**\n::", '<a class="mdc-a" href="/x">A <strong>b</strong></a>'),
        ("::a{href=/x}\n::container\nb\n::\n::", '<a class="mdc-a" href="/x"><div class="mdc-container"><p>b</p>\n</div></a>'),
        ("::image{src=/a.png alt=A width=40 height=auto}\n::", None),
        ("::empty-state{title=T description=D}\n#action\n  ::button{to=/x}\n  Go\n  ::\n::", '<div class="mdc-empty-state"><h2 class="mdc-empty-state__title">T</h2><div class="mdc-empty-state__description">D</div><div class="mdc-empty-state__action"><a class="mdc-button mdc-button--primary mdc-button--medium" href="/x">Go</a></div></div>'),
        ("::tooltip{text=T}\nx\n::", '<span class="mdc-tooltip mdc-tooltip--top"><span class="mdc-tooltip__trigger" tabindex="0" aria-describedby="mdc-tooltip-1">x</span><span class="mdc-tooltip__text" role="tooltip" id="mdc-tooltip-1">T</span></span>'),
        ("::div{.a}\nb\n::", '<div class="a"><p>b</p>\n</div>'),
        ("::card{title=T to=/x}\n::", '<article class="mdc-card"><div class="mdc-card__header"><h3 class="mdc-card__title"><a href="/x">T</a></h3></div></article>'),
    ],
)  # fmt: skip
def test_content_components(source: str, html: str | None) -> None:
    result = show(source)
    assert result.problems == ()
    if html:
        assert result.html.strip() == html
    else:
        assert 'src="/a.png" alt="A" loading="lazy" width="40">' in result.html
        assert "height:auto" in result.css


def test_links_do_not_nest() -> None:
    html = body("::a{href=/x}\n[b](/y) https://c.d <a href=/e>f</a>\n\n::button{to=/z}\ng\n::\n::")
    assert html.count("<a ") == 1
    assert "https://c.d" in html
    assert html.count("<a ") == body("[a https://b.c ![d](/e)](/f)").count("<a ")


def test_accordion_panels_of_a_group_exclude_each_other_unless_multiple() -> None:
    panels = "::accordion-panel{header=A}\na\n::\n::accordion-panel\n#header\nB\n\n#content\nb\n::\n"
    html = body(f"::accordion-group\n{panels}::")
    assert html.count('<details class="mdc-accordion-panel" name="mdc-accordion-1">') == 2
    assert '<summary class="mdc-accordion-panel__header"><span>B</span></summary>' in html
    assert " name=" not in body(f"::accordion-group{{multiple=true}}\n{panels}::")


def test_the_first_tab_is_open() -> None:
    html = body("::tab-group\n::tab-panel{header=A}\na\n::\n::tab-panel{header=B}\nb\n::\n::")
    assert html.count("<details ") == 2
    assert html.count(' open=""') == 1
    assert html.index(' open=""') < html.index("B</span>")


def test_a_panel_without_header_is_named_and_told() -> None:
    assert "<span>Panel</span>" in body("::accordion-panel\na\n::")
    assert "a panel needs a header" in messages("::accordion-panel\na\n::")[0]


def test_a_link_group_lists_links() -> None:
    source = (
        "::link-group\n---\nheader: H\ncollapsible: true\nexpanded: false\nlinks:\n  - text: A\n    href: /a\n    children:\n"
        "      - text: B\n        href: https://b.c\n        external: true\n  - text: C\n    href: javascript:x\n---\n::"
    )
    assert body(source) == (
        '<nav class="mdc-link-group" aria-label="H"><details><summary class="mdc-link-group__header">H</summary>'
        '<ul class="mdc-links"><li><a href="/a">A</a><ul class="mdc-links">'
        '<li><a href="https://b.c" rel="noopener noreferrer" target="_blank">B</a></li></ul></li>'
        "<li><span>C</span></li></ul></details></nav>"
    )


def test_page_navigation_lists_groups_or_asks_the_site_for_children() -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def part(name: str, props: Mapping[str, Any]) -> str:
        asked.append((name, dict(props)))
        return "<ul>pages</ul>"

    static = show(
        "::page-navigation\n---\ngroups:\n  - header: G\n    links:\n      - text: A\n        href: /a\n---\n::",
        part=part,
    )
    assert (
        '<p class="mdc-page-navigation__header">G</p><ul class="mdc-links"><li><a href="/a">A</a></li></ul>'
        in static.html
    )
    assert not static.has_dynamic
    assert not asked
    asking = show("::page-navigation{href=/guides header=H children=true}\n::", part=part)
    assert asking.html == (
        '<nav class="mdc-page-navigation" aria-label="H"><p class="mdc-page-navigation__header">H</p><ul>pages</ul></nav>'
    )
    assert asking.has_dynamic
    assert asked == [("page-navigation", {"href": "/guides", "header": "H", "children": True})]


def test_page_toc_lists_headings_also_those_that_follow() -> None:
    html = body("::page-toc{max-depth=2 title=Here}\n::\n\n# T\n\n## A & b\n\n### C\n\n#### D\n")
    assert html.startswith(
        '<nav class="mdc-page-toc" aria-label="Here"><p class="mdc-page-toc__title">Here</p><ul>'
        '<li class="mdc-page-toc__level-1"><a href="#a-b">A &amp; b</a></li>'
        '<li class="mdc-page-toc__level-2"><a href="#c">C</a></li></ul></nav>'
    )
    assert body("::page-toc\n::") == ""


def test_page_toc_in_a_layout_slot_lists_the_headings_of_the_page() -> None:
    html = body("::page-toc\n::", headings=[Heading(2, "x", "X")])
    assert '<a href="#x">X</a>' in html


def test_the_ids_of_a_layout_slot_have_its_prefix() -> None:
    assert 'id="left-a"' in body("## A", id_prefix="left-")


@pytest.mark.parametrize("name", ["apis-list", "form-login", "form-register"])
def test_what_only_the_site_can_render_is_asked_of_it(name: str) -> None:
    result = show(f"::{name}\n::", part=lambda asked, props: f"<b>{asked}</b>")
    assert result.html == f'<div class="mdc-{name}"><b>{name}</b></div>'
    assert result.has_dynamic
    assert body(f"::{name}\n::") == ""


def test_apis_list_hands_on_its_typed_props() -> None:
    asked: dict[str, Any] = {}

    def part(name: str, props: Mapping[str, Any]) -> str:
        asked.update(props)
        return "x"

    show(
        "::apis-list\n---\npage-size: 3\npagination: 'false'\ncta-text: View\nattributes: {env: [prod]}\npadding: 1px\nx: 1\n---\n::",
        part=part,
    )
    assert asked == {"page-size": 3, "pagination": False, "cta-text": "View", "attributes": {"env": ["prod"]}}


def test_a_video_is_a_player_or_a_file() -> None:
    html = body("::video{src='https://www.youtube.com/watch?v=abcdef12345' title=T}\n::")
    assert 'src="https://www.youtube-nocookie.com/embed/abcdef12345"' in html
    assert "sandbox=" in html
    assert 'src="https://player.vimeo.com/video/12345"' in body("::video{src=https://vimeo.com/12345}\n::")
    assert "<video " in body("::video{src=https://a.b/c.mp4}\n::")


@pytest.mark.parametrize(
    "src", ["http://a.b", "//a.b", "/a", "javascript:x", "data:text/html,x", "", "https:a"]
)
@pytest.mark.parametrize("name", ["video", "iframe"])
def test_what_is_embedded_is_of_an_https_address(name: str, src: str) -> None:
    result = show(f"::{name}{{src='{src}'}}\n::")
    assert result.html == ""
    assert "is no address that may be shown here" in result.problems[0].message


def test_an_iframe_is_in_a_sandbox_without_its_origin_and_takes_no_document() -> None:
    result = show("::iframe{src=https://a.b srcdoc='<script>'}\n::")
    assert 'sandbox="allow-scripts allow-forms allow-popups"' in result.html
    assert "srcdoc" not in result.html
    assert 'unknown prop "srcdoc"' in result.problems[0].message


@pytest.mark.parametrize(
    ("audience", "anonymous", "developer", "dynamic"),
    [
        ("authenticated", False, True, True),
        ("unauthenticated", True, False, True),
        ("all", True, True, False),
        ("none", False, False, False),
        ("", False, False, False),
        ("everyone", False, False, False),
    ],
)
def test_display_wrapper_shows_its_content_to_its_audience(
    audience: str, anonymous: bool, developer: bool, dynamic: bool
) -> None:
    source = f"::display-wrapper{{audience='{audience}'}}\n# Secret\n\n::snippet{{name=hello}}\n::\n::"
    for authenticated, seen in ((False, anonymous), (True, developer)):
        result = show(source, authenticated=authenticated)
        assert ("Secret" in result.html) is seen
        assert bool(result.headings) is seen
        assert result.snippets_used == (frozenset({"hello"}) if seen else frozenset())
        if not seen:
            assert result.has_dynamic is dynamic


HIDDEN = [
    "::display-wrapper{audience=none}\nsecret\n::",
    "::display-wrapper\nsecret\n::",
    "::display-wrapper{audience=none}\n#other\nsecret\n::",
    "::display-wrapper\n---\naudience: [\n---\nsecret\n::",
    "::display-wrapper\n---\naudience: none\n\nsecret",
    "::display-wrapper{audience=none\nsecret\n::",
    "::display-wrapper{audience=none}\nsecret",
    "::display-wrapper{audience=none}\n::container\nsecret\n::",
    "::container\n" * 40 + "::display-wrapper{audience=none}\nsecret\n::",
    "::badge\n::\n" * 4_100 + "::display-wrapper{audience=none}\n::container\nsecret\n::\n::",
    ":display-wrapper[secret]{audience=none}",
    "a :display-wrapper[secret]{audience=authenticated} b",
    "a :display-wrapper[**secret** :badge[secret]]{audience=none} b",
    "- a\n\n  ::display-wrapper{audience=none}\n  secret\n  ::",
    "|a|\n|-|\n|:display-wrapper[secret]{audience=none}|",
    "# :display-wrapper[secret]{audience=none}",
    "# ![:display-wrapper[secret]{audience=none}](/a)",
    "![:display-wrapper[secret]{audience=none}](/a)",
    "[:display-wrapper[secret]{audience=none}](/a)",
    "[:display-wrapper[secret]{audience=none}]{.x}",
    "::card\n#title\n:display-wrapper[secret]{audience=none}\n::",
    "::page-section\n#title\n::display-wrapper{audience=none}\nsecret\n::\n::",
    "::DISPLAY-WRAPPER{audience=none}\nsecret\n::",
]


@pytest.mark.parametrize("source", HIDDEN)
def test_hidden_content_shows_nowhere(source: str) -> None:
    result = show(source)
    everything = (result.html, result.title, str(result.headings), result.css)
    assert not any("secret" in str(part) for part in everything)


# --- snippets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("::snippet{name=hello}\n::", "<p>Hello <em>there</em></p>"),
        ("::snippet{hello}\n::", "<p>Hello <em>there</em></p>"),
        (":snippet{name=hello}", "<p>Hello <em>there</em></p>"),
        ("::snippet\n---\nname: titled\n---\n::", "<p>From the snippet at /own</p>"),
        ("::snippet\n---\nname: titled\ndata:\n  title: Given\n---\n::", "<p>Given at /own</p>"),
        (
            "::snippet\n---\nname: titled\ndata:\n  :title: page.t\n  link: '{{ page.t }}!'\n---\n::",
            "<p>P at P!</p>",
        ),
        ("::snippet\n---\nname: outer\ndata: {word: w}\n---\n::", "<p>[]</p>"),
        ("::snippet\n---\nname: outer\ninheritData: true\ndata: {word: w}\n---\n::", "<p>[w]</p>"),
        ("::snippet{name=missing}\n::", ""),
        ("{{ snippet.title }}", "<p></p>"),
    ],
)
def test_snippets(source: str, html: str) -> None:
    assert body(source, data={"page": {"t": "P"}}) == html


def test_a_snippet_that_is_part_of_itself_stops_there() -> None:
    result = show("x\n\n::snippet{name=loop}\n::")
    assert result.html.count("a ::") == 1
    assert [(problem.line, problem.message) for problem in result.problems] == [
        (3, 'snippet "loop", line 3: snippet "loop" is part of itself')
    ]


def test_snippets_that_nest_stop_at_some_depth() -> None:
    result = show(
        "::snippet{name=0}\n::", snippet=lambda name: f"{name}\n\n::snippet{{name={int(name) + 1}}}\n::"
    )
    assert 5 < result.html.count("<p>") < 20
    assert result.problems


def test_what_snippets_bring_in_is_limited() -> None:
    wide = show("::snippet{name=a}\n::\n" * 1_000, snippet={"a": "x" * 10_000}.get)
    assert len(wide.html) < 2_000_000
    tree = {str(n): f"::snippet{{name={n + 1}}}\n::\n" * 30 for n in range(7)} | {"7": "x"}
    assert show("::snippet{name=0}\n::", snippet=tree.get).html.count("x") < 1_000


def test_a_snippet_that_this_viewer_may_not_see_is_nothing_but_was_asked_for() -> None:
    result = show("::snippet{name=private}\n::")
    assert result.html == ""
    assert result.snippets_used == frozenset({"private"})
    assert result.has_dynamic
    assert "there is no snippet" in result.problems[0].message


def test_a_page_with_public_snippets_is_the_same_for_all_anonymous_viewers() -> None:
    assert not show("::snippet{name=hello}\n::").has_dynamic
    assert show("::snippet{name=hello}\n::", authenticated=True).has_dynamic


def test_a_snippet_sees_the_page_and_its_own_references_only() -> None:
    snippets = {"a": "{{ page.t }} [x][r] {{ $doc.mine }}", "b": ""}
    source = "---\nmine: page\n---\n[r]: /r\n\n::snippet{name=a}\n::"
    assert body(source, snippet=snippets.get, data={"page": {"t": "T"}}) == "<p>T [x][r] </p>"


def test_a_snippet_can_be_rendered_alone() -> None:
    context = Context(snippet={"card": "---\na: own\n---\n{{ snippet.name }} {{ snippet.a }}"}.get)
    assert render_snippet("card", {"name": "API"}, context).html == "<p>API own</p>\n"
    assert render("{{ snippet.x }}", Context(data={"snippet": {"x": "y"}})).html == "<p>y</p>\n"


# --- ids and links -----------------------------------------------------------------------------------------


def test_an_authors_id_has_a_prefix_and_links_follow_it() -> None:
    html = body(
        '[a](#here) [b](#there) [c](#nowhere)\n\n<p id="here">x</p>\n\n## There\n\n<a href="#here">d</a>'
    )
    assert 'id="user-here"' in html
    assert '<a href="#user-here">a</a>' in html
    assert '<a href="#there">b</a>' in html
    assert '<a href="#nowhere">c</a>' in html
    assert '<a href="#user-here">d</a>' in html


def test_links_inside_the_portal_are_resolved_by_the_site() -> None:
    seen: list[str] = []

    def resolve(href: str) -> str:
        seen.append(href)
        return href.replace(".md", "")

    html = body(
        "[a](./b.md) [c](/d.md?e#f) [g](https://h.i/j.md) [k](#l) [m](mailto:n@o.p) <a href='q.md'>r</a>\n\n"
        "::button{to=s.md}\nt\n::",
        resolve_link=resolve,
    )
    assert seen == ["./b.md", "/d.md?e#f", "q.md", "s.md"]
    assert 'href="./b"' in html
    assert 'href="q"' in html
    assert 'href="s"' in html


def test_what_the_site_resolves_to_is_checked_too() -> None:
    assert "javascript" not in body("[a](b)", resolve_link=lambda href: "javascript:alert(1)")
