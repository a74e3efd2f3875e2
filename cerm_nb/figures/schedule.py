"""A plan over time: one bar per task, from its first day to its last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cerm_nb import palette
from cerm_nb.figures import row_layout, scales, symbols
from cerm_nb.figures.canvas import RULE, Canvas, measure
from cerm_nb.figures.figure import Figure, Size, compose

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.figures.scales import Format
    from cerm_nb.words import Words

_THICK = {True: 17.0, False: 13.0}


def schedule(
    data: pd.DataFrame,
    category: str,
    start: str,
    end: str,
    *,
    words: Words,
    meaning: str | None = None,
    group: str | None = None,
    note: str | None = None,
    date_format: Format = str,
) -> Figure:
    """Draw when tasks begin and end.

    Parameters
    ----------
    data
        One row per task; tasks without both days have no bar.
    category, start, end
        Columns of the name, the first and the last day (datetimes).
    words
        The wording; labels of the meanings used make the key above the plot.
    meaning
        Column of meanings, of `palette.MEANINGS`; unset: all are ``own``.
    group
        Column that brings tasks together, groups as they first come.
    note
        Column of what is written beside a bar.
    date_format
        Day → text on the scale.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        Without alternative text, without a bar to draw, or for an unknown meaning.
    """
    data, heads = row_layout.groups(data, group, words)
    begins, ends = (scales.numbers(data[name]) for name in (start, end))
    low, high = scales.span(begins, ends)
    meanings = [str(one) for one in data[meaning]] if meaning else ["own"] * len(data)
    texts = [str(one) for one in data[note]] if note else [""] * len(data)
    used = [one for one in dict.fromkeys(meanings) if one in words.labels]
    key = [words.label(one) for one in used]
    write = scales.date_format(data[start], date_format)

    def draw(size: Size) -> Canvas:
        top = symbols.key_height(key, size) + 6
        rows = row_layout.lay_out([words.called(category, name) for name in data[category]], size, top, heads)
        right = 16 + max(measure(text, size.text - 1) for text in texts) if size.wide else 12
        canvas = Canvas(size.width, rows.height + 28, left=rows.left + 8, right=right, top=0, bottom=28)
        canvas.limits((low, high), (rows.height, 0))
        _months(canvas, top, low, high, write, size)
        for row in zip(rows.middles, begins, ends, meanings, texts, strict=True):
            _bar(canvas, *row, size)
        row_layout.names(canvas, rows, size)
        symbols.key(canvas, key, [symbols.Symbol(one, "s") for one in used], size)
        return canvas

    return compose(words, draw)


def _months(canvas: Canvas, top: float, low: float, high: float, write: Format, size: Size) -> None:
    for day in scales.date_ticks(low, high, 6):
        x, _ = canvas.at(day, 0)
        canvas.stroke([x, x], [top, canvas.bottom], colour=RULE, linewidth=1, zorder=-1)
    scales.across_labels(canvas, low, high, write, size, dated=True)


def _bar(
    canvas: Canvas, middle: float, begin: float, end: float, meaning: str, text: str, size: Size
) -> None:
    if not np.isfinite([begin, end]).all():
        return
    look: dict[str, Any] = {"color": palette.colour(meaning), "clip_on": False}
    canvas.axes.barh([middle], [end - begin], _THICK[size.wide], left=[begin], **look)
    x, y = canvas.at(end, middle)
    if size.wide:
        canvas.write(text, x + 6, y + size.text * 0.35, size=size.text - 1, halo=True)
    else:
        canvas.write(text, size.width, y - 14, size=size.text - 1, anchor="end", halo=True)
