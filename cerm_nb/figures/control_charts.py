"""Control charts as small multiples, and one alone: what is usual for an indicator, and what is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cerm_nb.figures import control_data, control_panel, keys
from cerm_nb.figures.control_panel import Place
from cerm_nb.figures.figure import Figure, Size, compose

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cerm_nb.figures.canvas import Canvas
    from cerm_nb.figures.control_data import Chart
    from cerm_nb.words import Words

MOST_CHARTS = 12
_APART = 30.0  # between panels, across
_ALONE = {True: 300.0, False: 210.0}
_AMONG = {True: 108.0, False: 120.0}


def control_charts(
    points: pd.DataFrame, panels: pd.DataFrame, *, words: Words, breaks: pd.DataFrame | None = None
) -> Figure:
    """Draw a control chart per indicator over the same time, two or three beside one another, or one alone.

    Parameters
    ----------
    points
        One row per indicator and period, in order: `indicator`, `period` (datetimes), `value`, `mean`,
        `lower`, `upper`, `special_cause` (empty where there is none), `signal` (+1 high, −1 low), `phase`
        and `chart` (the limits of a ``"residual"`` chart move with the series, all others are level or
        stepped).
    panels
        One row per chart, 12 at most, in the order drawn: `indicator`, `state` (its variation, one of
        `states.STATES`), `direction` (``"higher"`` or ``"lower"`` is better), and where there is one `name`
        and `target`.
    words
        The wording; labels name the states, ``"improvement"`` and ``"concern"`` also the special causes, and
        ``"mean"``, ``"limits"`` and ``"target"`` the lines.
    breaks
        `indicator`, `period` (the first of a phase) and `text`: what to say where limits were set anew. It is
        written on a chart alone; among others the break is drawn only.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        Without alternative text, without a chart or with too many, without a number to draw, or for an
        unknown state or direction.
    """
    if not 0 < len(panels) <= MOST_CHARTS:
        raise ValueError(f"{len(panels)} control charts in one figure; draw 1 to {MOST_CHARTS}")
    charts = control_data.charts(points, panels, breaks, words)
    signs = control_panel.signs(charts, words)

    def draw(size: Size) -> Canvas:
        places = _places(charts, size, keys.height(signs, size) + 14.0)
        canvas = keys.canvas(size.width, max(place.bottom for place in places) + 26)
        keys.draw(canvas, signs, size)
        last = len(charts) - _columns(charts, size)
        for number, (chart, place) in enumerate(zip(charts, places, strict=True)):
            control_panel.draw(canvas, chart, place, size, dated=number >= last or not size.wide)
        return canvas

    return compose(words, draw)


def _columns(charts: Sequence[Chart], size: Size) -> int:
    if len(charts) == 1 or not size.wide:
        return 1
    return 2 if len(charts) in {2, 4} else 3


def _places(charts: Sequence[Chart], size: Size, top: float) -> list[Place]:
    """Place the charts in rows, each row as high as its longest title, their plots under one another."""
    columns, alone = _columns(charts, size), len(charts) == 1
    wide = (size.width - _APART * (columns - 1)) / columns
    tall = (_ALONE if alone else _AMONG)[size.wide]
    before = max(control_panel.level_room(chart, size) for chart in charts)
    after = max(control_panel.end_room(chart, size) for chart in charts)
    found = []
    for first in range(0, len(charts), columns):
        row = charts[first : first + columns]
        heads = [control_panel.head(chart, wide, size) for chart in row]
        above = max(head.height for head in heads)
        for at, head in enumerate(heads):
            left = at * (wide + _APART)
            area = (left + before, top + above, left + wide - after, top + above + tall)
            found.append(Place(left, top, *area, head))
        top += above + tall + (34 if columns == 1 else 20)
    return found
