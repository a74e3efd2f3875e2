"""Matplotlib's SVG made small and ready for the page: no ids, no style attributes, text as text."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Tree

from cerm_nb import palette

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cerm_nb.figures.canvas import Text

PAPER = palette.SURFACES["paper"][0]
_SVG = "{http://www.w3.org/2000/svg}"
_HREF = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
_KEPT = (
    "fill",
    "fill-opacity",
    "stroke",
    "stroke-width",
    "stroke-opacity",
    "stroke-dasharray",
    "stroke-linecap",
)
# What belongs to the text and not to the data takes the reader's own text colour, lighter or stronger.
_READER = {"#000000": None, "#000001": "0.72", "#000002": "0.18"}
FONTS = (
    "Pretendard, 'Helvetica Neue', Inter, 'Segoe UI', Roboto, 'Apple SD Gothic Neo', 'Noto Sans KR', "
    "'Malgun Gothic', NanumBarunGothic, NanumGothic, 'Liberation Sans', Arial, sans-serif"
)


def compact(raw: str, width: int, height: int, texts: Iterable[Text], alt: str) -> str:
    """Rewrite a drawing for inline use.

    Parameters
    ----------
    raw
        SVG as matplotlib writes it, without any text.
    width, height
        Size in pixels.
    texts
        What to write, and where.
    alt
        Alternative text.

    Returns
    -------
    str
        One ``<svg role="img">``: every text escaped, places to a tenth of a pixel, colours as attributes.
    """
    root = Tree.fromstring(raw)  # noqa: S314  # our own drawing, which holds no text from outside
    shapes = {str(path.get("id")): path for path in root.iter(f"{_SVG}path") if path.get("id")}
    parts = [*_shapes(root, shapes), *(_text(text) for text in texts)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'font-family="{FONTS}" fill="none">{"".join(parts)}</svg>'
    )


def _shapes(element: Tree.Element, shapes: dict[str, Tree.Element]) -> Iterator[str]:
    for child in element:
        if child.tag == f"{_SVG}path":
            yield _path(child, child, "")
        elif child.tag == f"{_SVG}use":
            place = f' transform="translate({_short(child.get("x", "0"))} {_short(child.get("y", "0"))})"'
            yield _path(shapes[child.get(_HREF, "#")[1:]], child, place)
        elif child.tag == f"{_SVG}g":
            yield from _shapes(child, shapes)


def _path(shape: Tree.Element, styled: Tree.Element, place: str) -> str:
    style = dict(part.split(": ", 1) for part in styled.get("style", "").split("; ") if ": " in part)
    if "opacity" in style:
        style.setdefault("fill-opacity", style["opacity"])
        style.setdefault("stroke-opacity", style["opacity"])
    kept = [name for name in _KEPT if name in style and _painted(name, style)]
    attributes = "".join(_attribute(name, style[name]) for name in kept)
    steps = " ".join(_NUMBER.sub(lambda found: _short(found[0]), shape.get("d", "")).split())
    return f'<path d="{steps}"{attributes}{place}/>'


def _painted(name: str, style: dict[str, str]) -> bool:
    """Tell whether an attribute belongs to a fill or stroke that is there at all."""
    paint = style.get(name.split("-")[0], "none").rstrip(";")
    return name == "fill" or paint != "none"


def _attribute(name: str, value: str) -> str:
    value = value.rstrip(";")
    if value in _READER:
        strength = _READER[value]
        return f' {name}="currentColor"' + (f' {name}-opacity="{strength}"' if strength else "")
    if name in {"stroke-width", "stroke-dasharray"}:
        value = _NUMBER.sub(lambda found: _short(found[0]), value)
    return "" if (name, value) in {("fill", "none"), ("stroke", "none")} else f' {name}="{escape(value)}"'


def _text(text: Text) -> str:
    anchor = f' text-anchor="{text.anchor}"' if text.anchor != "start" else ""
    weight = ' font-weight="650"' if text.bold else ""
    halo = f' stroke="{PAPER}" stroke-width="4" paint-order="stroke"' if text.halo else ""
    place = f'x="{_short(str(text.x))}" y="{_short(str(text.y))}" font-size="{_short(str(text.size))}"'
    return (
        f"<text {place}{anchor}{weight}{_attribute('fill', text.colour)}{halo}>{escape(text.string)}</text>"
    )


def _short(number: str) -> str:
    # Adding zero turns minus zero into zero.
    return f"{round(float(number), 1) + 0.0:g}"
