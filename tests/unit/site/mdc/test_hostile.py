# ruff: noqa: E501 - a row of a table is one line
"""A corpus of hostile texts. Each is put wherever text can stand, and what comes out is read by another parser."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.unit.site.mdc.support import faults, show, tree

MARKDOWN = [
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))",
    "[a](java\tscript:alert(1))",
    "[a](<java\nscript:alert(1)>)",
    "[a](&#106;avascript:alert(1))",
    "[a](&#x6A&#x61vascript:alert(1))",
    "[a](javascript&colon;alert(1))",
    "[a](javascript&#58;alert(1))",
    "[a](\\javascript:alert(1))",
    "[a](\x01javascript:alert(1))",
    "[a]( javascript:alert(1))",
    "[a](java%0ascript:alert(1))",
    "[a](%6aavascript:alert(1))",
    "[a](vbscript:msgbox(1))",
    "[a](data:text/html,<script>alert(1)</script>)",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](file:///etc/passwd)",
    "[a](blob:https://a.b/x)",
    "[a](view-source:javascript:alert(1))",
    "[a](feed:javascript:alert(1))",
    "[a](java\u200bscript:alert(1))",
    "[a](\u202ejavascript:alert(1))",
    "[a][x]\n\n[x]: javascript:alert(1)",
    "[a][x]\n\n[x]: <data:text/html,x> 'y'",
    "![a](javascript:alert(1))",
    "![a](data:image/svg+xml,<svg onload=alert(1)>)",
    '!["onerror=alert(1) x="](/a)',
    '![a](/a"onerror="alert(1))',
    "![a](/a 'x\"onerror=\"alert(1)')",
    "[a](/b '\"onmouseover=\"alert(1)')",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "javascript://a.b/%0aalert(1)",
    'https://a.b/"onmouseover="alert(1)',
    "http://a.b/'><script>alert(1)</script>",
    '```"><script>alert(1)</script>\nx\n```',
    "`<script>alert(1)</script>`",
    "# <img src=x onerror=alert(1)>\n\n::page-toc\n::",
    '# "><script>alert(1)</script>\n\n[x](#"><script>alert(1)</script>)',
    "|<img src=x onerror=alert(1)>|\n|-|\n|<script>alert(1)</script>|",
    "[a]{onclick=alert(1)}",
    "[a](/b){onclick=alert(1) href=javascript:alert(1) style='x:expression(alert(1))'}",
    "**a**{onclick=alert(1)}",
    "`a`{srcdoc=x id='\"><script>'}",
    "![a](/b){src=javascript:alert(1) onerror=alert(1)}",
    "[a]{class='\"onclick=\"alert(1)'}",
    "[a]{style='background:url(javascript:alert(1))'}",
    '[a]{style="color:red;}</style><script>alert(1)</script>"}',
]

HTML = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<script\n>alert(1)</script\n>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "a <script>alert(1)</script> b",
    "<img src=x onerror=alert(1)>",
    '<img src=x onerror = "alert(1)" >',
    "<img/src=x/onerror=alert(1)>",
    "<img src='x'onerror='alert(1)'>",
    '<img src="javascript:alert(1)">',
    "<img srcset='javascript:alert(1) 1x, x 2x'>",
    "<a href='javascript:alert(1)'>a</a>",
    "<a href=' \x01javascript:alert(1)'>a</a>",
    "<a href='java&#10;script:alert(1)'>a</a>",
    "<a href='&#0000106avascript:alert(1)'>a</a>",
    "<a href='javascript&colon;alert(1)'>a</a>",
    "<a href='//evil.example' target=_blank ping='//evil.example'>a</a>",
    "<a href=x formaction=javascript:alert(1) onfocus=alert(1) autofocus>a</a>",
    "<div style='background:url(javascript:alert(1))'>a</div>",
    '<div style="width:expression(alert(1))">a</div>',
    "<div style='color:red;}body{display:none'>a</div>",
    "<style>@import '//evil.example/x.css';</style>",
    "<style><img src=x onerror=alert(1)></style>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href='//evil.example/'>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=javascript:alert(1)></object>",
    "<embed src=//evil.example/x.swf>",
    "<form action=javascript:alert(1)><input type=submit><button formaction=javascript:alert(1)>x</button></form>",
    "<input type=image src=x onerror=alert(1)><input type=text autofocus onfocus=alert(1)>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<title><img src=x onerror=alert(1)></title>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>',
    "<template><script>alert(1)</script></template>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)><summary onclick=alert(1)>a</summary></details>",
    "<video src=x onerror=alert(1)><source src=x onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)></audio>",
    "<marquee onstart=alert(1)>a</marquee>",
    "<body onload=alert(1)>",
    "<table background='javascript:alert(1)'><tr><td background=javascript:alert(1)>a</td></tr></table>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></table></mtext></math>",
    "<math><mi xlink:href='javascript:alert(1)'>a</mi></math>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml version='1.0'?><img src=x onerror=alert(1)>",
    "<!DOCTYPE html [<!ENTITY x '<script>'>]>",
    "<x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
    "<p id='location' name='cookie'>a</p><img name=getElementById><form id=x><input name=y></form>",
    "<a id='mdc-tooltip-1' name=body>a</a>",
    "<div is='x-evil' data-mdc-slot='0' data-island=x>a</div>",
    "<b <script>alert(1)</script>0",
    "<<img src=x onerror=alert(1)>>",
    "<img src=`x` onerror=alert(1)>",
    '<img src="x` `<script>alert(1)</script>"` `>',
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]

SVG = [
    "<svg onload=alert(1)></svg>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script href='data:,alert(1)'/></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>a</text></a></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
    "<svg><a><animate attributeName=href values=javascript:alert(1) /><text>a</text></a></svg>",
    "<svg><set attributeName=onmouseover to=alert(1)></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x><script>alert(1)</script></svg>#x'/></svg>",
    "<svg><use xlink:href='//evil.example/x.svg#a'/></svg>",
    "<svg><image href='javascript:alert(1)' xlink:href='//evil.example'/></svg>",
    "<svg><foreignObject><iframe src=javascript:alert(1)></iframe></foreignObject></svg>",
    "<svg><style>@import '//evil.example'; *{fill:url(javascript:alert(1))}</style></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<svg><title><img src=x onerror=alert(1)></title></svg>",
    "<svg><desc><script>alert(1)</script></desc></svg>",
    '<svg></p><style><a title="</style><img src=x onerror=alert(1)>"></svg>',
    "<svg><path fill='url(//evil.example)' filter='url(javascript:alert(1))' d='M0'/></svg>",
    "<svg><path style='fill:url(javascript:alert(1))' class='a\" onload=alert(1)'/></svg>",
    "<svg><handler type='text/javascript'>alert(1)</handler><feImage xlink:href='//evil.example'/></svg>",
    "<svg><g id='location'/><use href='#location'/></svg>",
]

PROPS = [
    "::button{to=javascript:alert(1)}\na\n::",
    "::button{to='java\tscript:alert(1)'}\na\n::",
    "::button{:to=\"'javascript:alert(1)'\"}\na\n::",
    "::button{to='{{ page.evil }}'}\na\n::",
    "::button{:to=page.evil}\na\n::",
    "::a\n---\nhref: javascript:alert(1)\nonclick: alert(1)\n---\na\n::",
    "::a\n---\nhref: \"java\\tscript:alert(1)\"\n---\na\n::",
    "::a{href=data:text/html,x target='\" onclick=alert(1)'}\na\n::",
    "::card{title='<script>alert(1)</script>' to='vbscript:x' image='javascript:alert(1)' image-alt='\" onerror=alert(1) \"'}\n::",
    "::image{src=javascript:alert(1) onerror=alert(1)}\n::",
    "::image{src=/a alt='\"><script>alert(1)</script>' width='\" onload=alert(1)'}\n::",
    "::iframe{src=javascript:alert(1)}\n::",
    "::iframe{src=https://a.b srcdoc='<script>alert(1)</script>' sandbox='allow-same-origin allow-scripts' onload=alert(1)}\n::",
    "::iframe{src='data:text/html,<script>alert(1)</script>'}\n::",
    "::video{src='javascript:alert(1)' poster=javascript:alert(1)}\n::",
    "::video{src='https://www.youtube.com/watch?v=\"onload=alert(1)'}\n::",
    "::container{class='\"><script>alert(1)</script>' id='\" onclick=\"alert(1)' onclick=alert(1) style='x'}\na\n::",
    "::container{styles='color:red}</style><script>alert(1)</script>'}\na\n::",
    "::container{background=\"url('javascript:alert(1)')\" color='red;behavior:url(x)'}\na\n::",
    "::container{role='\"onclick=alert(1)' aria-label='\"><img src=x onerror=alert(1)>' data-testid='\"x'}\na\n::",
    "::container{tag=script}\nalert(1)\n::",
    "::page-section{tag='img src=x onerror=alert(1)'}\na\n::",
    "::page-hero{title-tag='img/src=x/onerror=alert(1)'}\n#title\na\n::",
    "::page-hero\n---\nimage:\n  src: javascript:alert(1)\n  alt: '\" onerror=alert(1)'\n  position: '\"><script>'\n---\n::",
    "::alert{appearance='\"><script>alert(1)</script>' title='<img src=x onerror=alert(1)>'}\n::",
    "::badge{appearance='x\" onclick=alert(1)'}\na\n::",
    "::link-group\n---\nheader: <script>alert(1)</script>\nlinks:\n  - {text: <img src=x onerror=alert(1)>, href: 'javascript:alert(1)'}\n---\n::",
    "::page-navigation\n---\ngroups:\n  - header: \"\\\"><script>\"\n    links: [{text: a, href: 'data:text/html,x'}]\n---\n::",
    "::page-toc{title='\"><script>alert(1)</script>'}\n::\n\n## a",
    "::tooltip{text='<script>alert(1)</script>' placement='\"onclick=alert(1)'}\na\n::",
    "::accordion-panel{header='<script>alert(1)</script>' name='\"><script>'}\na\n::",
    "::script\nalert(1)\n::",
    "::iframe-evil{src=javascript:alert(1)}\na\n::",
    "::no-such{onclick=alert(1)}\n<img src=x onerror=alert(1)>\n::",
    ":a[x]{href=javascript:alert(1)}",
    ":button[<script>alert(1)</script>]{to=javascript:alert(1)}",
    ":no[<img src=x onerror=alert(1)>]{onclick=alert(1)}",
    "::<script>\n::",
    "::card{\"><script>alert(1)</script>\"}\n::",
    "::card\n---\n\"><script>alert(1)</script>\": 1\n---\n::",
    "::snippet{name='<script>alert(1)</script>'}\n::",
    "::display-wrapper{audience='<script>alert(1)</script>'}\n::",
]  # fmt: skip

DATA = [
    "{{ page.html }}",
    "<p>{{ page.html }}</p>",
    "<a href='{{ page.evil }}' title='{{ page.quote }}' onclick='{{ page.evil }}'>a</a>",
    "<img src='{{ page.evil }}' alt='{{ page.quote }}'>",
    "[a]({{ page.evil }})",
    "![{{ page.quote }}]({{ page.evil }} '{{ page.quote }}')",
    "[a]{class='{{ page.quote }}' id='{{ page.quote }}' title='{{ page.quote }}'}",
    "# {{ page.html }}\n\n::page-toc\n::",
    "::container{color='{{ page.css }}' styles='{{ page.css }}' class='{{ page.quote }}'}\n::",
    "::snippet\n---\nname: echo\ndata:\n  :evil: page.evil\n  html: '{{ page.html }}'\n---\n::",
    "{{ '<script>alert(1)</script>' }}",
    "{{ page.missing || '<img src=x onerror=alert(1)>' }}",
]

ALL = [*MARKDOWN, *HTML, *SVG, *PROPS, *DATA]

CONTEXT = {
    "page": {
        "evil": "javascript:alert(1)",
        "html": "<img src=x onerror=alert(1)><script>alert(1)</script>",
        "quote": "\"'><script>alert(1)</script> onclick=alert(1) ",
        "css": "red;}</style><script>alert(1)</script>{background:url(javascript:alert(1))",
    }
}
ECHO = "[a]({{ snippet.evil }}) {{ snippet.html }}\n\n::button{:to=snippet.evil}\n{{ snippet.html }}\n::"


def places(text: str) -> Iterator[str]:
    """The text wherever an author can put it."""
    line = " ".join(text.split())
    quoted = json.dumps(text)
    yield text
    yield f"# {line}\n\n::page-toc\n::"
    yield "- " + text.replace("\n", "\n  ")
    yield "> " + text.replace("\n", "\n> ")
    yield f"|a|\n|-|\n|{line}|"
    yield f"**{line}** [{line}](/x) [{line}]{{.y}} ![{line}](/z) :badge[{line}]"
    yield f"<div>\n\n{text}\n\n</div>\n\n<p>{line}"
    yield f"<svg>{line}</svg>\n\n<svg>\n{text}\n</svg>"
    yield f"<table><tr><td>\n{text}\n</td></tr>{line}</table>"
    yield f"::::card\n#title\n{text}\n\n#default\n{text}\n\n#footer\n{text}\n::::"
    yield f":::a{{href=/x}}\n{text}\n:::\n\n:::accordion-panel\n#header\n{text}\n:::\n\n:::tooltip\n{text}\n:::"
    yield f":::card\n---\ntitle: {quoted}\nto: {quoted}\nimage: {quoted}\nclass: {quoted}\ncolor: {quoted}\nstyles: {quoted}\n---\n:::"
    yield f"---\ntitle: {quoted}\nsnippet: {{html: {quoted}, evil: {quoted}}}\n---\n{{{{ page.title }}}}\n\n{ECHO}"
    yield "::snippet{name=body}\n::"


@pytest.mark.parametrize("text", ALL, ids=range(len(ALL)))
def test_nothing_hostile_survives(text: str) -> None:
    snippets = {"body": text, "echo": ECHO}
    for source in places(text):
        for preview in (False, True):
            result = show(source, preview=preview, snippet=snippets.get, data=CONTEXT)
            assert faults(result.html) == [], source
            assert not any(
                mark in result.css for mark in ("<", "\\", "javascript", "expression", "@import", "//evil")
            ), source


def test_the_corpus_is_large_enough() -> None:
    assert len(set(ALL)) >= 170


@pytest.mark.parametrize(
    "html",
    [
        "<script>1</script>",
        "<img src=x onerror=1>",
        "<a href='java\tscript:1'>x</a>",
        "<img src='data:image/svg+xml,x'>",
        "<p style='x'>x</p>",
        "<iframe src='https://a.b'></iframe>",
        "<svg><animate/></svg>",
        "<svg><use href='data:x'/></svg>",
        "<input>",
        "<form></form>",
        "<noscript><p title='</noscript><img src=x onerror=1>'></noscript>",
    ],
)
def test_the_judge_sees_what_is_hostile(html: str) -> None:
    assert faults(html)


def test_no_name_of_a_page_can_stand_for_one_of_the_sites() -> None:
    html = show(
        "<p id=main>a</p>\n\n[b]{#main}\n\n::container{#main}\n::\n\n`c`{#main} <svg><g id=main></g></svg>"
    ).html
    assert {element.get("id") for element in tree(html).iter() if element.get("id")} == {"user-main"}
