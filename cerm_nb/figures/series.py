"""Figures with a horizontal scale: lines over time, curves with marked points, columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cerm_nb import palette
from cerm_nb.figures import marks, scales
from cerm_nb.figures.canvas import MUTED, Canvas, measure, wrap
from cerm_nb.figures.figure import Figure, Size, compose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from cerm_nb.figures.scales import Format
    from cerm_nb.words import Words


def lines(
    data: pd.DataFrame,
    x: str,
    y: Sequence[str],
    *,
    words: Words,
    band: tuple[str, str] | None = None,
    mark: tuple[Any, str] | None = None,
    meanings: Sequence[str] | None = None,
    x_format: Format = scales.plain,
    y_format: Format = scales.plain,
) -> Figure:
    """Draw lines with their names at their ends.

    Parameters
    ----------
    data
        One row per point of `x`, in order.
    x
        Column across: numbers, or dates (`x_format` is then called with a ``Timestamp``).
    y
        Columns drawn as lines; ``words.labels`` gives their names.
    words
        The wording; a label for `x` names the horizontal axis.
    band
        Columns of the lower and upper end of the interval of the last of `y`.
    mark
        A value of `x` that parts before from after, and what to say there.
    meanings
        Meaning of each line, one of `palette.MEANINGS`; a column called ``actual``, ``expected``,
        ``target`` or like a meaning takes that one, the others the first free ones.
    x_format, y_format
        Value → text on the axes.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        Without alternative text, without a number to draw, or for an unknown meaning.
    """
    across = scales.numbers(data[x])
    meant = list(meanings) if meanings else marks.meanings(y)
    values = [data[name].to_numpy(dtype=float) for name in [*y, *(band or ())]]
    low, high = scales.rounded(*scales.limits(*values))
    write_x = scales.date_format(data[x], x_format)
    dated = write_x is not x_format

    def draw(size: Size) -> Canvas:
        names = [wrap(words.label(name), 130, size.text) for name in y]
        right = 32 + max(measure(row, size.text) for rows in names for row in rows) if size.wide else 14
        keys = 0 if size.wide else marks.key_rows(names, size)
        top = (30 if mark else 12) + 20 * keys
        canvas = Canvas(
            size.width,
            size.height + 20 * keys,
            left=scales.level_room(low, high, y_format, size),
            right=right,
            top=top,
            bottom=50 if x in words.labels else 30,
        )
        canvas.limits(
            scales.limits(across) if len(across) > 1 else (across[0] - 1, across[0] + 1), (low, high)
        )
        scales.level_lines(canvas, low, high, y_format, size)
        scales.across_labels(canvas, *canvas.axes.get_xlim(), write_x, size, dated=dated)
        marks.axis_name(canvas, words, x, size)
        if band:
            marks.band(canvas, across, values[-2], values[-1], meant[-1])
        for name, meaning in zip(y, meant, strict=True):
            marks.line(canvas, across, data[name].to_numpy(dtype=float), meaning)
        if mark:
            marks.mark(canvas, scales.place(mark[0]), mark[1], size)
        ends = [marks.end(across, data[name].to_numpy(dtype=float)) for name in y]
        if size.wide:
            marks.end_names(canvas, ends, names, meant, size)
        else:
            marks.keys(canvas, names, meant, size)
        return canvas

    return compose(words, draw)


def curve(
    data: pd.DataFrame,
    x: str,
    y: str,
    *,
    words: Words,
    diagonal: bool = False,
    points: Iterable[tuple[float, float, str]] = (),
    x_format: Format = scales.plain,
    y_format: Format = scales.plain,
) -> Figure:
    """Draw one curve with the points the reader should look at: Lorenz, gains, what if.

    Parameters
    ----------
    data
        One row per point of the curve, in order.
    x, y
        Columns across and up; labels in `words` name the axes, one for ``"diagonal"`` names the diagonal.
    words
        The wording.
    diagonal
        Draw the line of equality from (0, 0) to (1, 1).
    points
        Points on the curve, each with what to say about it.
    x_format, y_format
        Value → text on the axes.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        Without alternative text or without a number to draw.
    """
    across, up = scales.numbers(data[x]), data[y].to_numpy(dtype=float)
    marked = list(points)
    x_limits = scales.limits(across, [0, 1] if diagonal else across)
    low, high = scales.rounded(*scales.limits(up, [0, 1] if diagonal else up))

    def draw(size: Size) -> Canvas:
        canvas = Canvas(
            size.width,
            size.height + 40,
            left=scales.level_room(low, high, y_format, size),
            right=24,
            top=34 if y in words.labels else 14,
            bottom=50 if x in words.labels else 30,
        )
        canvas.limits(x_limits, (low, high))
        scales.level_lines(canvas, low, high, y_format, size)
        scales.across_labels(canvas, *x_limits, x_format, size)
        marks.axis_name(canvas, words, x, size)
        if y in words.labels:
            canvas.write(words.label(y), 0, size.text + 1, size=size.text - 1, colour=MUTED)
        if diagonal:
            marks.diagonal(canvas, words, size)
        marks.line(canvas, across, up, "own")
        marks.points(canvas, marked, size)
        return canvas

    return compose(words, draw)


def columns(
    data: pd.DataFrame,
    x: str,
    value: str,
    *,
    words: Words,
    highlight: object = None,
    value_format: Format = scales.plain,
) -> Figure:
    """Draw upright columns in the order given: deciles, counts per class.

    Parameters
    ----------
    data
        One row per column.
    x
        Column of the class, whatever its type; ``words.labels`` gives the readers' names.
    value
        Column of the height; the scale starts at zero.
    words
        The wording.
    highlight
        A value of `x`, or a list of them, in the colour of the highlight.
    value_format
        Value → text above its column.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        Without alternative text or without a number to draw.
    """
    heights = data[value].to_numpy(dtype=float)
    low, high = scales.limits(heights, zero=True)
    chosen = marks.as_list(highlight)

    def draw(size: Size) -> Canvas:
        canvas = Canvas(
            size.width, size.height, left=2, right=2, top=26, bottom=52 if x in words.labels else 32
        )
        canvas.limits((-0.5, len(heights) - 0.5), (low, high))
        colours = [palette.colour("highlight" if name in chosen else "own") for name in data[x]]
        canvas.axes.bar(np.arange(len(heights)), np.nan_to_num(heights), 0.78, color=colours, clip_on=False)
        marks.column_texts(canvas, [words.label(name) for name in data[x]], heights, value_format, size)
        _, y = canvas.at(0, 0)
        canvas.stroke([canvas.left, canvas.right], [y, y], colour=MUTED, linewidth=1)
        marks.axis_name(canvas, words, x, size)
        return canvas

    return compose(words, draw)
