"""Markup from a notebook made safe: only what prose, figures and tables need gets through.

A cell of a client's file may hold markup, and a notebook may show it unescaped (``to_html(escape=False)``,
pandas' Styler, ``display(Markdown(…))``). This is the first of two locks; the page's Content-Security-Policy
is the second.
"""

from __future__ import annotations

import re

import nh3

_PROSE = {
    *(
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "caption",
        "code",
        "col",
        "colgroup",
        "dd",
        "del",
        "details",
        "div",
    ),
    *("dl", "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd"),
    *("li", "mark", "ol", "p", "pre", "q", "s", "small", "span", "strong", "sub", "summary", "sup"),
    *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
}
_DRAWING = {
    "svg",
    "g",
    "path",
    "text",
    "tspan",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "title",
}
_PAINT = {
    *("fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray"),
    *("stroke-linecap", "stroke-linejoin", "opacity", "transform", "font-size", "font-weight", "font-family"),
    *("text-anchor", "paint-order"),
}
_PLACE = {
    "d",
    "x",
    "y",
    "dx",
    "dy",
    "x1",
    "x2",
    "y1",
    "y2",
    "cx",
    "cy",
    "r",
    "rx",
    "ry",
    "points",
    "width",
    "height",
}
_ATTRIBUTES = {
    "*": {"lang", "dir"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "col": {"span"},
    "ol": {"start"},
    "details": {"open"},
    "div": {"hidden", "tabindex"},
    **dict.fromkeys(_DRAWING, _PAINT | _PLACE),
    "svg": _PAINT | {"xmlns", "role", "aria-label", "viewBox", "width", "height"},
}
# Classes of our own figures and tables. The page's own (answer card, verdicts) are not among them: no client
# text can dress up as an answer.
_CLASSES = {
    "figure": {"cerm-figure"},
    "div": {
        *("cerm-wide", "cerm-narrow", "cerm-table", "cerm-scroll", "cerm-board", "cerm-board-sheet"),
        *("cerm-board-top", "cerm-board-body", "cerm-board-bands", "cerm-board-band", "cerm-board-side"),
    },
    "strong": {"cerm-title"},
    "span": {"cerm-title", "cerm-subtitle", "cerm-unbroken", "cerm-board-goal", "cerm-board-period"},
    "p": {
        *("cerm-note", "cerm-board-head", "cerm-board-name", "cerm-board-level", "cerm-board-attained"),
        "cerm-board-states",
    },
    "ul": {"cerm-board-tiles", "cerm-board-list", "cerm-board-said", "cerm-board-actions"},
    "li": {"cerm-board-tile"},
    "dl": {"cerm-board-facts"},
    "tr": {"cerm-highlight"},
    "th": {"cerm-number"},
    "td": {"cerm-number"},
}
_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp|svg\+xml);base64,[A-Za-z0-9+/=\s]+")
_REFERENCE = re.compile(r"url\s*\(|\\", re.IGNORECASE)
_TAG = re.compile(r'<(img|svg)((?:\s+[\w:-]+="[^"]*")*)\s*>')


def clean(markup: str, image: str) -> str:
    """Keep what prose, figures and tables need; drop what runs, styles or loads, and ids.

    Parameters
    ----------
    markup
        HTML fragment from anywhere.
    image
        Alternative text for an image or drawing that has none.

    Returns
    -------
    str
        HTML fragment without anything that runs or loads.
    """
    kept = nh3.clean(
        markup,
        tags=_PROSE | _DRAWING,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        attribute_filter=_harmless,
        clean_content_tags={"script", "style", "template", "noscript", "iframe", "textarea", "xmp"},
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
        strip_comments=True,
    )
    return _TAG.sub(lambda found: _named(found, image), kept)


def _harmless(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        return value if _IMAGE.fullmatch(value) else None
    if attribute == "href" and value.strip().lower().startswith("data:"):
        return None
    # A paint may point to a file (`url(…)`); ours are plain colours.
    return None if attribute in _PAINT and _REFERENCE.search(value) else value


def _named(found: re.Match[str], image: str) -> str:
    tag, attributes = found[1], found[2]
    wanted = "alt" if tag == "img" else "aria-label"
    if re.search(rf'\s{wanted}="[^"]+"', attributes):
        return found[0]
    attributes = re.sub(rf'\s(?:{wanted}|role)="[^"]*"', "", attributes)
    role = ' role="img"' if tag == "svg" else ""
    quoted = image.replace("&", "&amp;").replace('"', "&quot;")
    return f'<{tag}{attributes}{role} {wanted}="{quoted}">'
