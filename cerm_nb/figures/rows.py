"""Figures with one row per category: bars, and dots with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cerm_nb import palette
from cerm_nb.figures import row_layout, scales
from cerm_nb.figures.canvas import INK, MUTED, Canvas, measure
from cerm_nb.figures.figure import Figure, Size, compose
from cerm_nb.figures.marks import as_list

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.figures.scales import Format
    from cerm_nb.words import Words

    Numbers = np.ndarray[Any, np.dtype[np.float64]]


def bars(
    data: pd.DataFrame,
    category: str,
    value: str,
    *,
    words: Words,
    low: str | None = None,
    high: str | None = None,
    highlight: object = None,
    value_format: Format = scales.plain,
) -> Figure:
    """Draw bars lying down, in the order given, each with its value.

    Parameters
    ----------
    data
        One row per bar.
    category, value
        Column of the name (``words.labels`` gives the readers' names) and of the length; drawn from zero.
    words
        The wording.
    low, high
        Columns of the interval's ends.
    highlight
        A category, or a list of them, in the colour of the highlight.
    value_format
        Value → text at the end of its bar.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        Without alternative text or without a number to draw.
    """
    lengths = data[value].to_numpy(dtype=float)
    ends = _ends(data, lengths, low, high)
    limits = scales.limits(lengths, *ends, zero=True)
    texts = [value_format(length) if np.isfinite(length) else "–" for length in lengths]
    chosen = as_list(highlight)
    colours = [palette.colour("highlight" if name in chosen else "own") for name in data[category]]

    def draw(size: Size) -> Canvas:
        rows = row_layout.lay_out([words.called(category, name) for name in data[category]], size, 4)
        room = 12 + max(measure(text, size.text) for text in texts)
        before = room if limits[0] < 0 else 0.0
        canvas = Canvas(size.width, rows.height, left=rows.left + before, right=room, top=0, bottom=0)
        canvas.limits(limits, (rows.height, 0))
        thick = 18.0 if size.wide else 14.0
        canvas.axes.barh(rows.middles, np.nan_to_num(lengths), thick, color=colours, clip_on=False)
        if low and high:
            row_layout.whiskers(canvas, rows, *ends, INK, 1.4)
        row_layout.names(canvas, rows, size)
        for length, near, far, y, text in zip(lengths, *ends, rows.middles, texts, strict=True):
            _bar_text(canvas, (length, near, far), y, text, size)
        if limits[0] < 0:
            zero, _ = canvas.at(0, 0)
            canvas.stroke([zero, zero], [0, rows.height], colour=MUTED, linewidth=1)
        return canvas

    return compose(words, draw)


def intervals(
    data: pd.DataFrame,
    category: str,
    value: str,
    low: str,
    high: str,
    *,
    words: Words,
    reference: float | None = None,
    highlight: object = None,
    value_format: Format = scales.plain,
) -> Figure:
    """Draw one dot and its interval per row, in the order given, with the numbers beside it.

    Parameters
    ----------
    data
        One row per estimate.
    category, value, low, high
        Columns of the name, the estimate and the ends of its interval.
    words
        The wording; a label for `value` names the axis, one for ``"reference"`` the reference line.
    reference
        Value to compare with, drawn as a line.
    highlight
        A category, or a list of them, in the colour of the highlight.
    value_format
        Value → text.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        Without alternative text or without a number to draw.
    """
    dots, near, far = (data[name].to_numpy(dtype=float) for name in (value, low, high))
    limits = scales.limits(dots, near, far, [] if reference is None else [reference])
    numbers = [row_layout.with_interval(*three, value_format) for three in zip(dots, near, far, strict=True)]
    chosen = as_list(highlight)
    top = row_layout.reference_room(reference, words)

    def draw(size: Size) -> Canvas:
        rows = row_layout.lay_out([words.called(category, name) for name in data[category]], size, top)
        canvas = row_layout.canvas(rows, numbers, value, words, size)
        slack = 0.03 * (limits[1] - limits[0])
        canvas.limits((limits[0] - slack, limits[1] + slack), (rows.height, 0))
        row_layout.scale(canvas, top, value, value_format, words, size)
        row_layout.reference(canvas, reference, words, top, size)
        row_layout.whiskers(canvas, rows, near, far, palette.colour("own"), 2.6)
        for name, dot, y in zip(data[category], dots, rows.middles, strict=True):
            colour = palette.colour("highlight" if name in chosen else "own")
            canvas.axes.plot([dot], [y], "o", color=colour, markersize=9, clip_on=False)
        row_layout.beside(canvas, rows, numbers, [True] * len(numbers), size)
        row_layout.names(canvas, rows, size)
        return canvas

    return compose(words, draw)


def _ends(data: pd.DataFrame, lengths: Numbers, low: str | None, high: str | None) -> tuple[Numbers, Numbers]:
    if low is None or high is None:
        return lengths, lengths
    return data[low].to_numpy(dtype=float), data[high].to_numpy(dtype=float)


def _bar_text(canvas: Canvas, places: tuple[float, float, float], y: float, text: str, size: Size) -> None:
    known = [place for place in places if np.isfinite(place)] or [0.0]
    negative = known[0] < 0
    x, _ = canvas.at(min(known) if negative else max(known), y)
    place, anchor = (x - 7, "end") if negative else (x + 7, "start")
    canvas.write(text, place, y + size.text * 0.35, size=size.text, anchor=anchor, bold=True)
