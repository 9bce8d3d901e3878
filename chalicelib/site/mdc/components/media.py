"""Images, videos and pages of others."""

from __future__ import annotations

import re

from chalicelib.site.mdc.components.base import FLAG, TEXT, Attributes, Block, Component, open_tag, tag
from chalicelib.site.mdc.links import IMAGE_SCHEMES, safe_url

_LENGTH = re.compile(r"\d{1,5}")
_RATIO = re.compile(r"(\d{1,4})\s*[:/]\s*(\d{1,4})")
_YOUTUBE = re.compile(
    r"https://(?:www\.|m\.)?(?:youtube\.com/(?:watch\?(?:[^#]*&)?v=|embed/)|youtu\.be/)([\w-]{6,20})"
)
_VIMEO = re.compile(r"https://(?:www\.|player\.)?vimeo\.com/(?:video/)?(\d{4,15})")


def image(block: Block) -> str:
    """An image; `width` and `height` without a unit are its size in pixels."""
    url = _source(block)
    if not url:
        return ""
    size: Attributes = {}
    for side in ("width", "height"):
        value = block.text(side)
        if _LENGTH.fullmatch(value):
            size[side] = value
        elif value:
            block.rules.declare(side, value)
    return open_tag(
        "img", block.attributes("mdc-image", src=url, alt=block.text("alt"), loading="lazy", **size)
    )


def _source(block: Block, *, https_only: bool = False) -> str | None:
    source = block.text("src")
    url = safe_url(source, IMAGE_SCHEMES) if source else None
    if not url or (https_only and not url.startswith("https://")):
        block.mistake(f'"{source[:60]}" is no address that may be shown here')
        return None
    return url


def video(block: Block) -> str:
    """A video file, or a video of YouTube or Vimeo in their player."""
    url = _source(block, https_only=True)
    if not url:
        return ""
    if ratio := _RATIO.fullmatch(block.text("aspect-ratio", "16:9")):
        block.rules.declare("aspect-ratio", f"{ratio[1]} / {ratio[2]}")
    title = block.text("title", "Video")
    player = _player(url)
    if player:
        return _frame(
            block,
            "mdc-video",
            player,
            title,
            "allow-scripts allow-same-origin allow-presentation allow-popups",
        )
    flags = {name: block.flag(name) for name in ("autoplay", "loop", "muted")}
    attributes = block.attributes("mdc-video", src=url, controls=True, preload="metadata", **flags)
    attributes["aria-label"] = title
    return tag("video", attributes)


def _player(url: str) -> str | None:
    if match := _YOUTUBE.match(url):
        return f"https://www.youtube-nocookie.com/embed/{match[1]}"
    if match := _VIMEO.match(url):
        return f"https://player.vimeo.com/video/{match[1]}"
    return None


def iframe(block: Block) -> str:
    """A page of another host, in a sandbox in which it has an origin of its own."""
    url = _source(block, https_only=True)
    if not url:
        return ""
    for side in ("width", "height"):
        if value := block.text(side):
            block.rules.declare(side, f"{value}px" if _LENGTH.fullmatch(value) else value)
    title = block.text("title", "Embedded page")
    return _frame(block, "mdc-iframe", url, title, "allow-scripts allow-forms allow-popups")


def _frame(block: Block, name: str, url: str, title: str, sandbox: str) -> str:
    attributes = block.attributes(
        name,
        src=url,
        title=title,
        sandbox=sandbox,
        loading="lazy",
        referrerpolicy="strict-origin-when-cross-origin",
    )
    attributes["allow"] = "fullscreen; picture-in-picture"
    return tag("iframe", attributes)


COMPONENTS = (
    Component("image", image, {"src": TEXT, "alt": TEXT, "width": TEXT, "height": TEXT}, inline=True),
    Component(
        "video",
        video,
        {"src": TEXT, "title": TEXT, "aspect-ratio": TEXT, "autoplay": FLAG, "loop": FLAG, "muted": FLAG},
    ),
    Component("iframe", iframe, {"src": TEXT, "title": TEXT, "width": TEXT, "height": TEXT}),
)
