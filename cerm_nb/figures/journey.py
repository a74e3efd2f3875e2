"""The customer's journey: touchpoints in order, the estimate of each, and the line through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cerm_nb import palette
from cerm_nb.figures import row_layout, scales, symbols
from cerm_nb.figures.figure import Figure, Size, compose

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.figures.canvas import Canvas
    from cerm_nb.figures.scales import Format
    from cerm_nb.words import Words


def journey(
    data: pd.DataFrame,
    stage: str,
    place: str,
    value: str,
    low: str,
    high: str,
    *,
    words: Words,
    emphasis: str | None = None,
    reference: float | None = None,
    value_format: Format = scales.plain,
) -> Figure:
    """Draw the journey from top to bottom, touchpoints under their stages, as a line with its intervals.

    Parameters
    ----------
    data
        One row per touchpoint, in the journey's order; stages stand in the order they first come.
    stage, place
        Columns of the stage and of the touchpoint; ``words.labels`` gives the readers' names.
    value, low, high
        Columns of the estimate and the ends of its interval. Where the estimate is missing the line breaks.
    words
        The wording; a label for `value` names the scale, ``"reference"`` the reference line, ``"emphasis"``
        what is emphasised (a key above the plot), ``"missing"`` says that an estimate is missing.
    emphasis
        Column of truth values: the moments of truth, drawn in the highlight's colour and shape.
    reference
        Value to compare with, drawn as a line.
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
    data, heads = row_layout.groups(data, stage, words)
    dots, near, far = (data[name].to_numpy(dtype=float) for name in (value, low, high))
    limits = scales.span(dots, near, far, around=[reference])
    written = [
        row_layout.with_interval(*three, value_format, row_layout.missing(words))
        for three in zip(dots, near, far, strict=True)
    ]
    chosen = symbols.emphasised(data, emphasis)
    marks = [symbols.EMPHASISED if flag else symbols.OWN for flag in chosen]
    told = [words.label("emphasis")] if "emphasis" in words.labels and chosen.any() else []

    def draw(size: Size) -> Canvas:
        top = symbols.key_height(told, size) + row_layout.reference_room(reference, words)
        rows = row_layout.lay_out([words.label(name) for name in data[place]], size, top, heads)
        canvas = row_layout.canvas(rows, written, value, words, size)
        canvas.limits(limits, (rows.height, 0))
        row_layout.scale(canvas, top, value, value_format, words, size)
        row_layout.reference(canvas, reference, words, top, size)
        row_layout.shades(canvas, rows, near, far, [palette.colour(mark.meaning) for mark in marks])
        canvas.axes.plot(dots, rows.middles, color=palette.colour("own"), linewidth=2.25, clip_on=False)
        for mark, where in ((symbols.OWN, ~chosen), (symbols.EMPHASISED, chosen)):
            symbols.put(canvas, dots[where], np.array(rows.middles)[where], mark)
        symbols.key(canvas, told, [symbols.EMPHASISED] * len(told), size)
        row_layout.beside(canvas, rows, written, np.isfinite(dots), size)
        row_layout.names(canvas, rows, size, np.flatnonzero(chosen))
        return canvas

    return compose(words, draw)
