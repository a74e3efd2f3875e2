"""The colours, one meaning each, shared by figures, tables and pages, and the style sheet that carries them.

Colours are told apart by lightness as well as hue, so that readers with deuteranopia or protanopia and a
black-and-white printer can tell them apart too (a test simulates both after Machado, Oliveira & Fernandes
2009, doi:10.1109/TVCG.2009.113).
"""

from __future__ import annotations

from importlib.resources import files
from types import MappingProxyType
from typing import Literal

# meaning → (on white paper and light screens, on dark screens)
MEANINGS = MappingProxyType(
    {
        "own": ("#0f4c81", "#63b3e8"),
        "expected": ("#c37f1b", "#f0bb62"),
        "highlight": ("#8a1042", "#f77bb0"),
        "competitor": ("#8e6cc9", "#8d7fe8"),
        "concern": ("#c2451e", "#ef6a48"),
        "improvement": ("#2a9870", "#7fe0b8"),
        "neutral": ("#7b7f8a", "#7f8693"),
    }
)
SURFACES = MappingProxyType(
    {
        "paper": ("#fffdf9", "#15181d"),
        "panel": ("#f6f2ea", "#1e2229"),
        "ink": ("#1d2430", "#e9e6e0"),
        "muted": ("#59616e", "#a9afba"),
        "rule": ("#dcd7cc", "#383e48"),
        "link": ("#0f4c81", "#8cc8f2"),
    }
)
# verdict → (sign, ground and text on light, ground and text on dark); the sign says it without the colour
VERDICTS = MappingProxyType(
    {
        "go": ("✓", ("#1c6b4a", "#ffffff"), ("#7fe0b8", "#0d2a1e")),
        "watch": ("!", ("#f3c65a", "#33240a"), ("#f0bb62", "#2e1f05")),
        "stop": ("✕", ("#a5281b", "#ffffff"), ("#ff9d8a", "#3a0d06")),
        "not_enough_data": ("?", ("#59616e", "#ffffff"), ("#a9afba", "#15181d")),
        "not_run": ("–", ("#e6e1d6", "#3d434d"), ("#383e48", "#d6d3cc")),
    }
)

_DRAWN = ".cerm-figure,.cerm-table,.cerm-board"  # what may hold a drawing


def colour(meaning: str) -> str:
    """Give a meaning's colour on paper, as ``#rrggbb``.

    Raises
    ------
    ValueError
        For a meaning that is not declared.
    """
    if meaning not in MEANINGS:
        raise ValueError(f"{meaning!r} is not one of {list(MEANINGS)}")
    return MEANINGS[meaning][0]


def css(place: Literal["page", "notebook"] = "page") -> str:
    """Write the style of figures and tables, with the colours as custom properties.

    Parameters
    ----------
    place
        ``"page"`` follows the reader's system between light and dark and prints light;
        ``"notebook"`` follows JupyterLab's theme.
    """
    light, dark = f":root{{{_properties(0)}}}", _properties(1)
    if place == "page":
        dark_rule = f"@media screen and (prefers-color-scheme:dark){{:root{{color-scheme:dark;{dark}}}}}"
    else:
        dark_rule = f'[data-jp-theme-light="false"]{{{dark}}}'
    sheets = [
        files("cerm_nb").joinpath(f"{name}.css").read_text(encoding="utf-8") for name in ("exhibits", "board")
    ]
    sheet = "\n".join([_figure_colours(), *sheets])
    # JupyterLab styles every table and paragraph itself; an id that nothing bears outweighs all its classes.
    scoped = sheet if place == "page" else f":is(:root,#cerm-outweighs){{{sheet}}}"
    return "\n".join([light, dark_rule, scoped])


def _properties(side: int) -> str:
    plain = {**MEANINGS, **SURFACES}
    rules = [f"--cerm-{name}:{pair[side]}" for name, pair in plain.items()]
    for name, (_, *grounds) in VERDICTS.items():
        ground, text = grounds[side]
        rules += [f"--cerm-{name}-ground:{ground}", f"--cerm-{name}-text:{text}"]
    return ";".join(rules)


def _figure_colours() -> str:
    # The drawing carries the paper colours as plain attributes, so it stands alone; where this sheet is
    # loaded, the same attributes are the hooks by which dark screens get theirs.
    return "\n".join(
        f':is({_DRAWN}) [{attribute}="{pair[0]}"]{{{attribute}:var(--cerm-{name})}}'
        for name, pair in [*MEANINGS.items(), ("paper", SURFACES["paper"])]
        for attribute in ("fill", "stroke")
    )
