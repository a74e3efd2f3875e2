"""Several marks per row on one scale: ours, what was expected, and the competitors'."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cerm_nb import palette
from cerm_nb.figures import row_layout, scales, symbols
from cerm_nb.figures.canvas import RULE, Canvas
from cerm_nb.figures.figure import Figure, Size, compose

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cerm_nb.figures.scales import Format
    from cerm_nb.words import Words

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

MOST = 5
_EXPECTED = frozenset({"expectation", "expected", "target"})


def compare(
    data: pd.DataFrame,
    category: str,
    values: Sequence[str],
    *,
    words: Words,
    own: str | None = None,
    low: str | None = None,
    high: str | None = None,
    group: str | None = None,
    meanings: Sequence[str] | None = None,
    reference: float | None = None,
    scale: str = "",
    value_format: Format = scales.plain,
) -> Figure:
    """Draw one row per category with a mark for each series, ours emphasised and with its interval.

    Parameters
    ----------
    data
        One row per category, in the order to be shown.
    category
        Column of the name; ``words.labels`` gives the readers' names.
    values
        Columns of the series, five or fewer; their labels stand in the key above the plot.
    words
        The wording; a label for ``"reference"`` names the reference line, one for ``"missing"`` stands where
        our number is missing.
    own
        Which of `values` is ours, the first unless told; its numbers are written at the right.
    low, high
        Columns of the ends of our interval.
    group
        Column under whose values the rows are brought together, in the order these first come.
    meanings
        Meaning of each series, one of `palette.MEANINGS`; unless told ours is ``own``, an ``expectation``,
        ``expected`` or ``target`` is ``expected``, and others are ``competitor``, each of its own shape.
    reference
        Value to compare with, drawn as a line.
    scale
        Label that names the scale.
    value_format
        Value → text.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        Without alternative text, without a number to draw, for no series or more than five, where `own` is
        none of them, or for meanings that are unknown or not as many.
    """
    ours, looks = _series(values, own, meanings)
    data, heads = row_layout.groups(data, group, words)
    series = {name: data[name].to_numpy(dtype=float) for name in values}
    near, far = (
        data[name].to_numpy(dtype=float) if name else np.full(len(data), np.nan) for name in (low, high)
    )
    limits = scales.span(*series.values(), around=[*near, *far, reference])
    written = [
        row_layout.with_interval(*three, value_format, row_layout.missing(words))
        for three in zip(series[ours], near, far, strict=True)
    ]
    order = sorted(range(len(values)), key=lambda at: values[at] == ours)
    key = [words.label(name) for name in values]

    def draw(size: Size) -> Canvas:
        top = symbols.key_height(key, size) + row_layout.reference_room(reference, words)
        above = row_layout.top_scale(len(data))
        names = [words.called(category, name) for name in data[category]]
        rows = row_layout.lay_out(names, size, top + above, heads)
        canvas = row_layout.canvas(rows, written, scale, words, size)
        canvas.limits(limits, (rows.height, 0))
        row_layout.scale(canvas, top + above, scale, value_format, words, size)
        if above:
            scales.across_labels(canvas, *limits, value_format, size, above=top + 10)
        row_layout.reference(canvas, reference, words, top, size)
        _reaches(canvas, rows, np.stack(list(series.values())))
        row_layout.shades(canvas, rows, near, far, [palette.colour(looks[order[-1]].meaning)] * len(data))
        for at in order:
            symbols.put(canvas, series[values[at]], np.array(rows.middles), looks[at])
        symbols.key(canvas, key, looks, size)
        row_layout.beside(canvas, rows, written, np.isfinite(series[ours]), size)
        row_layout.names(canvas, rows, size)
        return canvas

    return compose(words, draw)


def _series(
    values: Sequence[str], own: str | None, meanings: Sequence[str] | None
) -> tuple[str, list[symbols.Symbol]]:
    """Say which series is ours and how each looks."""
    if not 1 <= len(values) <= MOST:
        raise ValueError(f"{len(values)} series in one comparison; draw 1 to {MOST}")
    ours = values[0] if own is None else own
    if ours not in values:
        raise ValueError(f"{ours!r} is not one of the series {list(values)}")
    meant = [_meaning(name, ours) for name in values] if meanings is None else list(meanings)
    if len(meant) != len(values):
        raise ValueError(f"{len(meant)} meanings for {len(values)} series; give one for each")
    return ours, symbols.symbols(meant)


def _meaning(name: str, ours: str) -> str:
    if name == ours:
        return "own"
    return "expected" if name in _EXPECTED else "competitor"


def _reaches(canvas: Canvas, rows: row_layout.Rows, series: Numbers) -> None:
    """Draw what each row reaches over, so that its marks are seen as one."""
    for column, y in zip(series.T, rows.middles, strict=True):
        known = column[np.isfinite(column)]
        if known.size > 1:
            canvas.axes.plot([known.min(), known.max()], [y, y], color=RULE, linewidth=2, clip_on=False)
