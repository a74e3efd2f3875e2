"""One indicator on the board's page: level, course, what of the target is attained, and its two states."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from cerm_nb import palette
from cerm_nb.figures import states

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.words import Words

# Where the shots fell on the target: all inside, all outside, both, none known.
ASSURANCE: dict[str, tuple[str, tuple[tuple[float, float], ...]]] = {
    "passes": ("improvement", ((10, 10), (7.2, 8), (12.6, 7.6))),
    "fails": ("concern", ((2.6, 3), (17.4, 3.4), (16.8, 17.2))),
    "hit_and_miss": ("expected", ((10, 10), (2.8, 3.4), (17.2, 16.8))),
    "undetermined": ("neutral", ()),
}
_WIDE, _HIGH = 96, 12


def tile(row: Mapping[Any, Any], words: Words) -> str:
    """Write one tile; its columns are those of `board.board`."""
    small = " · ".join(f"{words.label(part)} {row[part]}" for part in ("level", "target") if row[part])
    when = f' <span class="cerm-board-period">· {escape(row["period"])}</span>' if row["period"] else ""
    return (
        f'<p class="cerm-board-name">{escape(str(row["name"]))}</p>'
        f'<p class="cerm-board-level"><strong>{escape(row["latest"])}{when}</strong>{row["trend"].svg}'
        f'<span class="cerm-board-goal">{escape(small)}</span></p>'
        f"{_attained(row, words)}"
        f'<p class="cerm-board-states"><span>{_state(row["variation"], "variation", words)}</span>'
        f"<span>{_state(row['assurance'], 'assurance', words)}</span></p>"
        f"{_facts(row, words)}"
    )


def _attained(row: Mapping[Any, Any], words: Words) -> str:
    """Draw how much of the way to the target is done, with its interval, and write it."""
    if not row["attained"]:
        return ""
    name = words.label("attainment")
    shapes = _bar(*(float(row[column]) for column in ("attainment", "attainment_low", "attainment_high")))
    drawing = states.drawing(f"{name}: {row['attained']}", shapes, _WIDE, _HIGH)
    text = f"{escape(name)} <b>{escape(row['attained'])}</b>"
    return f'<p class="cerm-board-attained">{drawing}<span>{text}</span></p>'


def _bar(share: float, low: float, high: float) -> str:
    colour = palette.colour("own")
    shapes = f'<rect x="0" y="3" width="{_WIDE}" height="6" fill="currentColor" fill-opacity="0.14"/>'
    if np.isfinite(share):
        shapes += f'<rect x="0" y="3" width="{_place(share)}" height="6" fill="{colour}"/>'
    if np.isfinite([low, high]).all():
        ends = f"M{_place(low)} 6H{_place(high)}M{_place(low)} 2V10M{_place(high)} 2V10"
        shapes += f'<path d="{ends}" stroke="currentColor" stroke-width="1.3"/>'
    return shapes


def _place(share: float) -> str:
    return f"{round(_WIDE * min(max(share, 0.0), 100.0) / 100, 1) + 0.0:g}"


def _state(state: str, kind: str, words: Words) -> str:
    """Draw a state and say it; the drawing is called what it is about, the word beside it says which."""
    name = words.label(kind)
    drawn = states.icon(state, name) if kind == "variation" else _target(state, name)
    return f"{drawn}{escape(words.label(state))}"


def _target(state: str, name: str) -> str:
    if state not in ASSURANCE:
        raise ValueError(f"assurance {state!r} is not one of {list(ASSURANCE)}")
    meaning, shots = ASSURANCE[state]
    colour = palette.colour(meaning)
    dash = "" if shots else ' stroke-dasharray="2 2"'
    ring = f'<circle cx="10" cy="10" r="6.2" stroke="{colour}" stroke-width="1.6"{dash}/>'
    dots = "".join(f'<circle cx="{x:g}" cy="{y:g}" r="1.9" fill="{colour}"/>' for x, y in shots)
    return states.drawing(name, ring + dots)


def _facts(row: Mapping[Any, Any], words: Words) -> str:
    told = [(words.label(name), str(row[name])) for name in ("p_hit", "owner") if row[name]]
    parts = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in told)
    return f'<dl class="cerm-board-facts">{parts}</dl>' if parts else ""
