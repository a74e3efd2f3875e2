"""How the state of an indicator looks, in drawings and beside texts: colour, outline and what is in it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, NamedTuple

from cerm_nb import palette
from cerm_nb.figures.svg import PAPER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cerm_nb.figures.canvas import Canvas

    Points = Sequence[tuple[float, float]]

# Lines inside a mark; the mark reaches from −1 to 1 across and, downward, from −1 to 1.
_CHECK: tuple[Points, ...] = (((-0.45, 0.02), (-0.12, 0.36), (0.46, -0.34)),)
_CALL: tuple[Points, ...] = (((0, -0.5), (0, 0.1)), ((0, 0.42), (0, 0.44)))
_DASH: tuple[Points, ...] = (((-0.42, 0), (0.42, 0)),)
_ASK: tuple[Points, ...] = (
    ((-0.28, -0.26), (-0.2, -0.46), (0.04, -0.54), (0.27, -0.4), (0.26, -0.16), (0.02, 0.02), (0, 0.18)),
    ((0, 0.46), (0, 0.48)),
)
_SQUARE: Points = ((-0.84, -0.84), (0.84, -0.84), (0.84, 0.84), (-0.84, 0.84))
_DIAMOND: Points = ((0, -1.12), (1.12, 0), (0, 1.12), (-1.12, 0))
_OCTAGON: Points = tuple(
    (0.92 * x, 0.92 * y)
    for x, y in (
        (-0.41, -1),
        (0.41, -1),
        (1, -0.41),
        (1, 0.41),
        (0.41, 1),
        (-0.41, 1),
        (-1, 0.41),
        (-1, -0.41),
    )
)


class Mark(NamedTuple):
    """One state: the meaning of its colour, its outline, whether it is filled, and the lines inside."""

    meaning: str
    outline: Points
    filled: bool
    lines: tuple[Points, ...]


STATES = {
    "improvement": Mark("improvement", _SQUARE, filled=True, lines=_CHECK),
    "concern": Mark("concern", _DIAMOND, filled=True, lines=_CALL),
    "common": Mark("neutral", _OCTAGON, filled=False, lines=_DASH),
    "undetermined": Mark("neutral", _OCTAGON, filled=False, lines=_ASK),
}


def mark(state: str) -> Mark:
    """Give the mark of a state.

    Raises
    ------
    ValueError
        For a state that has none.
    """
    if state not in STATES:
        raise ValueError(f"state {state!r} is not one of {list(STATES)}")
    return STATES[state]


def draw(canvas: Canvas, state: str, x: float, y: float, radius: float = 7.0) -> None:
    """Draw the mark of a state in a drawing whose values are its pixels."""
    from matplotlib.patches import Polygon

    found = mark(state)
    colour = palette.colour(found.meaning)
    outline = [(x + radius * across, y + radius * down) for across, down in found.outline]
    face, ink = (colour, PAPER) if found.filled else (PAPER, colour)
    canvas.axes.add_patch(
        Polygon(
            outline, closed=True, facecolor=face, edgecolor=colour, linewidth=1.2, clip_on=False, zorder=4
        )
    )
    for line in found.lines:
        xs = [x + radius * across for across, _ in line]
        ys = [y + radius * down for _, down in line]
        canvas.axes.plot(xs, ys, color=ink, linewidth=1.7, solid_capstyle="round", clip_on=False, zorder=5)


def icon(state: str, name: str) -> str:
    """Write the mark of a state as a small drawing to stand before its word.

    Parameters
    ----------
    state
        One of `STATES`.
    name
        Alternative text.
    """
    found = mark(state)
    colour = palette.colour(found.meaning)
    face, ink = (colour, PAPER) if found.filled else (PAPER, colour)
    outline = f'<path d="M{_steps(found.outline)}Z" fill="{face}" stroke="{colour}" stroke-width="1.3"/>'
    lines = "".join(f"M{_steps(line)}" for line in found.lines)
    return drawing(
        name, f'{outline}<path d="{lines}" stroke="{ink}" stroke-width="1.8" stroke-linecap="round"/>'
    )


def _steps(points: Points) -> str:
    return "L".join(f"{round(10 + 7.4 * x, 1):g} {round(10 + 7.4 * y, 1):g}" for x, y in points)


def drawing(name: str, shapes: str, width: int = 20, height: int = 20) -> str:
    """Write shapes as one small drawing with its alternative text."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(name)}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}" fill="none">{shapes}</svg>'
    )
