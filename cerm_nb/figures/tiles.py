"""A grid of tiles with their numbers: two categories crossed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Rectangle

from cerm_nb import palette
from cerm_nb.figures import scales
from cerm_nb.figures.canvas import INK, MUTED, RULE, Canvas, measure, wrap
from cerm_nb.figures.figure import Figure, Size, compose

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.figures.scales import Format
    from cerm_nb.words import Words

# Strengths between half and four fifths are left out: no text colour reads well on them in light and dark.
STRENGTHS = (0.05, 0.13, 0.22, 0.32, 0.42, 0.8, 1.0)
_FIRST_STRONG = 0.6


def grid(
    data: pd.DataFrame,
    row: str,
    column: str,
    value: str,
    *,
    words: Words,
    value_format: Format = scales.plain,
) -> Figure:
    """Draw tiles, darker for more, each with its number; rows and columns in the order they first come.

    Parameters
    ----------
    data
        One row per tile; a combination that is missing is drawn empty.
    row, column
        Columns that say where a tile stands; labels in `words` for these names them, labels for their
        values name rows and columns.
    value
        Column of the number.
    words
        The wording.
    value_format
        Value → text in the tile.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        Without alternative text, without a number to draw, or when two rows claim one tile.
    """
    if data.duplicated([row, column]).any():
        raise ValueError(f"two rows claim the same tile of {row} × {column}; aggregate before drawing")
    downs, acrosses = list(data[row].unique()), list(data[column].unique())
    table = data.set_index([row, column])[value].to_dict()
    low, high = scales.limits(data[value])

    def draw(size: Size) -> Canvas:
        room = (0.26 if size.wide else 0.3) * size.width
        names = [wrap(words.label(name), room, size.text) for name in downs]
        titles = [row] if row in words.labels else []
        title = wrap(words.label(row), room, size.text - 1) if titles else []
        left = 12 + max(measure(part, size.text) for parts in [*names, title] for part in parts)
        wide = (size.width - left) / len(acrosses)
        tall = min(44.0, max(34.0, wide * 0.62)) if size.wide else 38.0
        heads, key = _head_texts([words.label(name) for name in acrosses], wide - 2, size)
        head = 8 + (size.text + 4) * (max(map(len, heads)) + len(key))
        top = head + (size.text + 6 if column in words.labels else 0)
        canvas = Canvas(size.width, top + tall * len(downs), left=left, right=0, top=top, bottom=0)
        canvas.limits((0, len(acrosses)), (len(downs), 0))
        for down, down_value in enumerate(downs):
            _row_name(canvas, names[down], top + tall * (down + 0.5), size)
            for across, across_value in enumerate(acrosses):
                number = float(table.get((down_value, across_value), np.nan))
                share = (number - low) / (high - low)
                _tile(canvas, across, down, share, value_format(number) if np.isfinite(number) else "–", size)
        _heads(canvas, heads, words, column, top, size, key)
        for line, part in enumerate(title):
            baseline = top - 8 - (size.text + 2) * (len(title) - 1 - line)
            canvas.write(part, 0, baseline, size=size.text - 1, colour=MUTED)
        return canvas

    return compose(words, draw)


def _tile(canvas: Canvas, across: int, down: int, share: float, text: str, size: Size) -> None:
    known = np.isfinite(share)
    strength = STRENGTHS[round(share * (len(STRENGTHS) - 1))] if known else 0.0
    gap_x, gap_y = 1.5 / abs(_pixel(canvas, 0)), 1.5 / abs(_pixel(canvas, 1))
    look = {"facecolor": palette.colour("own"), "alpha": strength} if known else {"facecolor": "none"}
    edge = "none" if known else RULE
    canvas.axes.add_patch(
        Rectangle(
            (across + gap_x, down + gap_y),
            1 - 2 * gap_x,
            1 - 2 * gap_y,
            edgecolor=edge,
            clip_on=False,
            **look,
        )
    )
    x, y = canvas.at(across + 0.5, down + 0.5)
    colour = palette.SURFACES["paper"][0] if strength > _FIRST_STRONG else INK
    room = abs(_pixel(canvas, 0)) - 6
    small = max(8.0, min(float(size.text), room / max(measure(text, 1.0), 0.1)))
    canvas.write(text, x, y + small * 0.35, size=small, anchor="middle", colour=colour)


def _pixel(canvas: Canvas, axis: int) -> float:
    """Find how many pixels one tile takes across (0) or down (1)."""
    return canvas.at(1, 1)[axis] - canvas.at(0, 0)[axis]


def _row_name(canvas: Canvas, parts: list[str], middle: float, size: Size) -> None:
    step = size.text + 3
    for number, part in enumerate(parts):
        y = middle + size.text * 0.35 + step * (number - (len(parts) - 1) / 2)
        canvas.write(part, 0, y, size=size.text)


def _head_texts(labels: list[str], room: float, size: Size) -> tuple[list[list[str]], list[str]]:
    """Lines over each column; where a name would be cut, numbers, with the lines of the key to them."""
    heads = [wrap(label, room, size.text, most=2) for label in labels]
    if all(" ".join(parts) == " ".join(label.split()) for parts, label in zip(heads, labels, strict=True)):
        return heads, []
    named = [f"{number}: {label}" for number, label in enumerate(labels, start=1)]
    key = [part for one in named for part in wrap(one, size.width, size.text)]
    return [[str(number)] for number in range(1, len(labels) + 1)], key


def _heads(
    canvas: Canvas,
    heads: list[list[str]],
    words: Words,
    column: str,
    top: float,
    size: Size,
    key: list[str],
) -> None:
    step = size.text + 4
    for number, parts in enumerate(heads):
        x, _ = canvas.at(number + 0.5, 0)
        for line, part in enumerate(parts):
            y = top - 8 - step * (len(parts) - 1 - line)
            canvas.write(part, x, y, size=size.text, anchor="middle")
    if column in words.labels:
        x = 0.0 if key else canvas.left + 2
        canvas.write(words.label(column), x, size.text, size=size.text - 1, colour=MUTED)
    for line, part in enumerate(key, start=int(column in words.labels)):
        canvas.write(part, 0, size.text + step * line, size=size.text)
