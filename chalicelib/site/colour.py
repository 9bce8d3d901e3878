"""What follows from a portal's one brand colour."""

from __future__ import annotations

DEFAULT = "#1d5fd6"


def _channels(colour: str) -> tuple[float, float, float]:
    text = colour.lstrip("#")
    if len(text) == 3:
        text = "".join(letter * 2 for letter in text)
    red, green, blue = (int(text[index : index + 2], 16) / 255 for index in (0, 2, 4))
    return red, green, blue


def luminance(colour: str) -> float:
    """Relative luminance of `#rgb` or `#rrggbb`, 0 to 1 (WCAG 2.2)."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def ink(brand: str) -> str:
    """Black or white: whichever reads better on the brand colour."""
    return "#fff" if contrast(brand, "#ffffff") >= contrast(brand, "#111111") else "#111"
