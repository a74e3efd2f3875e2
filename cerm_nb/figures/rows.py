"""Figures with one row per category: bars, and dots with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cerm_nb import palette
from cerm_nb.figures import scales
from cerm_nb.figures.canvas import INK, MUTED, RULE, Canvas, measure, wrap
from cerm_nb.figures.figure import Figure, Size, compose
from cerm_nb.figures.marks import as_list

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.figures.scales import Format
    from cerm_nb.words import Words

    Numbers = np.ndarray[Any, np.dtype[np.float64]]


class _Rows(NamedTuple):
    """Where the rows of a drawing stand, in pixels."""

    names: list[list[str]]
    left: float
    middles: list[float]
    height: float


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
        rows = _layout([words.label(name) for name in data[category]], size, 4)
        room = 12 + max(measure(text, size.text) for text in texts)
        before = room if limits[0] < 0 else 0.0
        canvas = Canvas(size.width, rows.height, left=rows.left + before, right=room, top=0, bottom=0)
        canvas.limits(limits, (rows.height, 0))
        thick = 18.0 if size.wide else 14.0
        canvas.axes.barh(rows.middles, np.nan_to_num(lengths), thick, color=colours, clip_on=False)
        if low and high:
            _whiskers(canvas, rows, *ends, INK, 1.4)
        _names(canvas, rows, size)
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
    numbers = [_with_interval(*three, value_format) for three in zip(dots, near, far, strict=True)]
    chosen = as_list(highlight)
    top = 26.0 if reference is not None and "reference" in words.labels else 6.0

    def draw(size: Size) -> Canvas:
        rows = _layout([words.label(name) for name in data[category]], size, top)
        beside = 24 + max(measure(text, size.text) for text in numbers) if size.wide else 12
        canvas = Canvas(
            size.width,
            rows.height + (48 if value in words.labels else 28),
            left=rows.left + 8,
            right=beside,
            top=0,
            bottom=48 if value in words.labels else 28,
        )
        slack = 0.03 * (limits[1] - limits[0])
        canvas.limits((limits[0] - slack, limits[1] + slack), (rows.height, 0))
        _scale(canvas, top, value, value_format, words, size)
        if reference is not None:
            _reference(canvas, reference, words, top, size)
        _whiskers(canvas, rows, near, far, palette.colour("own"), 2.6)
        for name, dot, y, text in zip(data[category], dots, rows.middles, numbers, strict=True):
            colour = palette.colour("highlight" if name in chosen else "own")
            canvas.axes.plot([dot], [y], "o", color=colour, markersize=9, clip_on=False)
            baseline = y + size.text * 0.35 if size.wide else y - 14
            canvas.write(text, size.width, baseline, size=size.text, anchor="end", bold=size.wide, halo=True)
        _names(canvas, rows, size)
        return canvas

    return compose(words, draw)


def _ends(data: pd.DataFrame, lengths: Numbers, low: str | None, high: str | None) -> tuple[Numbers, Numbers]:
    if low is None or high is None:
        return lengths, lengths
    return data[low].to_numpy(dtype=float), data[high].to_numpy(dtype=float)


def _layout(names: list[str], size: Size, top: float) -> _Rows:
    """Place the rows: names beside them in a wide column, above them on a phone."""
    room = 0.34 * size.width if size.wide else 0.56 * size.width
    broken = [wrap(name, room, size.text) for name in names]
    step = size.text + 4
    heights = [max(32, step * len(rows) + 12) if size.wide else step * len(rows) + 30 for rows in broken]
    bottoms = np.cumsum(heights) + top
    below = [height / 2 if size.wide else 13 for height in heights]
    left = 14 + max(measure(row, size.text) for rows in broken for row in rows) if size.wide else 0.0
    return _Rows(
        broken, left, [float(y) - half for y, half in zip(bottoms, below, strict=True)], float(bottoms[-1])
    )


def _names(canvas: Canvas, rows: _Rows, size: Size) -> None:
    step = size.text + 4
    for broken, y in zip(rows.names, rows.middles, strict=True):
        first = (
            y + size.text * 0.35 - step * (len(broken) - 1) / 2
            if size.wide
            else y - 14 - step * (len(broken) - 1)
        )
        for number, row in enumerate(broken):
            canvas.write(row, 0, first + step * number, size=size.text, halo=not size.wide)


def _whiskers(canvas: Canvas, rows: _Rows, near: Numbers, far: Numbers, colour: str, width: float) -> None:
    for low, high, y in zip(near, far, rows.middles, strict=True):
        canvas.axes.plot(
            [low, high], [y, y], color=colour, linewidth=width, solid_capstyle="butt", clip_on=False
        )


def _bar_text(canvas: Canvas, places: tuple[float, float, float], y: float, text: str, size: Size) -> None:
    known = [place for place in places if np.isfinite(place)] or [0.0]
    negative = known[0] < 0
    x, _ = canvas.at(min(known) if negative else max(known), y)
    place, anchor = (x - 7, "end") if negative else (x + 7, "start")
    canvas.write(text, place, y + size.text * 0.35, size=size.text, anchor=anchor, bold=True)


def _with_interval(value: float, low: float, high: float, write: Format) -> str:
    if not np.isfinite(value):
        return "–"
    return (
        f"{write(value)}  ({write(low)} – {write(high)})" if np.isfinite([low, high]).all() else write(value)
    )


def _scale(canvas: Canvas, top: float, value: str, write: Format, words: Words, size: Size) -> None:
    low, high = canvas.axes.get_xlim()
    for tick in scales.ticks(low, high, 5):
        x, _ = canvas.at(tick, 0)
        canvas.stroke([x, x], [top, canvas.bottom], colour=RULE, linewidth=1, zorder=0.5)
    scales.across_labels(canvas, low, high, write, size)
    if value in words.labels:
        y = canvas.bottom + 40
        canvas.write(words.label(value), canvas.right, y, size=size.text - 1, anchor="end", colour=MUTED)


def _reference(canvas: Canvas, reference: float, words: Words, top: float, size: Size) -> None:
    x, _ = canvas.at(reference, 0)
    canvas.stroke([x, x], [top - 6, canvas.bottom], colour=MUTED, linewidth=1.2, dashes=(3, 2.5))
    if "reference" in words.labels:
        text = words.label("reference")
        half = measure(text, size.text - 1) / 2
        middle = min(max(x, half), canvas.width - half)
        canvas.write(text, middle, 13, size=size.text - 1, anchor="middle", colour=MUTED)
