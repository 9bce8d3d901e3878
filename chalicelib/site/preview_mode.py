"""/_preview-mode: an admin's preview of the portal, begun by the console's link and ended by the banner's."""

from __future__ import annotations

from chalicelib.access import previews
from chalicelib.access.principal import Viewer
from chalicelib.access.sessions import PREVIEW_COOKIE, cookie
from chalicelib.errors import Gone, NotFound
from chalicelib.http.answers import Answer
from chalicelib.http.operation import Public, operation
from chalicelib.http.request import Request
from chalicelib.settings import settings
from chalicelib.site import html, policy, state
from chalicelib.site.html import Head, View


@operation(
    "begin-preview",
    "GET",
    "/_preview-mode/{token}",
    allow=Public.GUEST,
    status=302,
    errors=(404, 410),
    media_type="text/html",
)
def begin_preview(token: str, viewer: Viewer) -> Answer:
    """Take a preview's one-time link"""
    try:
        text = previews.begin(viewer.portal_id, token)
    except (NotFound, Gone) as refused:
        return _refused(viewer, refused)
    return _to_front(_cookie(text, previews.SESSION_SECONDS))


@operation("leave-preview", "GET", "/_preview-mode/leave", allow=Public.GUEST, status=302, errors=())
def leave_preview(viewer: Viewer, request: Request) -> Answer:
    """Leave the preview"""
    text = cookie(request.headers.get("cookie", ""), PREVIEW_COOKIE)
    if text:
        previews.end(viewer.portal_id, text)
    return _to_front(_cookie("", 0))


def _to_front(set_cookie: str) -> Answer:
    return Answer(
        None,
        302,
        {"Location": "/", "Cache-Control": policy.PRIVATE, "Referrer-Policy": "no-referrer"},
        cookies=(set_cookie,),
    )


def _cookie(text: str, seconds: int) -> str:
    secure = "; Secure" if settings().scheme == "https" else ""
    return f"{PREVIEW_COOKIE}={text}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"


def _refused(viewer: Viewer, refused: NotFound | Gone) -> Answer:
    visit = state.visit(viewer)
    view = View(
        visit,
        "/_preview-mode",
        "missing.html",
        Head(title=f"Preview | {visit.site.portal.display_name}", og_title="Preview", index=False),
        {
            "code": None,
            "heading": "The preview did not begin",
            "text": f"{refused.detail} Open the portal from the console again.",
            "link": {"path": "/", "title": "Go to the front page"},
        },
        status=refused.status,
    )
    answer = html.answer(view)
    answer.headers.pop("Cache-Tag", None)
    answer.headers["Cache-Control"] = policy.PRIVATE
    return answer
