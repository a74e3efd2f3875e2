"""Figures with one row per name: where the rows stand, their names, scale, reference line and intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from cerm_nb.figures import scales
from cerm_nb.figures.canvas import MUTED, RULE, Canvas, measure, shorten, wrap

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cerm_nb.figures.figure import Size
    from cerm_nb.figures.scales import Format
    from cerm_nb.words import Words

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

MISSING = "–"
_HEAD = 32.0
_MANY = 20  # rows from which on a reader would have to scroll to the scale


class Rows(NamedTuple):
    """Where the rows of a drawing stand, in pixels."""

    names: list[list[str]]
    left: float
    middles: list[float]
    height: float
    heads: list[tuple[str, float]]  # what stands above a group of rows, and its baseline


def lay_out(names: list[str], size: Size, top: float, heads: Sequence[str] = ()) -> Rows:
    """Place the rows: names beside them in a wide column, above them on a phone.

    Parameters
    ----------
    names
        Name of each row.
    size
        The room.
    top
        Room above the first row, in pixels.
    heads
        For each row what its group is called where the row opens a group, otherwise nothing.
    """
    room = 0.34 * size.width if size.wide else 0.56 * size.width
    broken = [wrap(name, room, size.text) for name in names]
    step = size.text + 4
    above = np.array([_HEAD if head else 0.0 for head in heads] or [0.0] * len(names))
    heights = [max(32, step * len(rows) + 12) if size.wide else step * len(rows) + 30 for rows in broken]
    bottoms = np.cumsum(heights + above) + top
    below = [height / 2 if size.wide else 13 for height in heights]
    widest = max((measure(row, size.text) for rows in broken for row in rows), default=0.0)
    baselines = bottoms - heights - 10
    return Rows(
        broken,
        14 + widest if size.wide else 0.0,
        [float(y) - half for y, half in zip(bottoms, below, strict=True)],
        float(bottoms[-1]),
        [(head, float(y)) for head, y in zip(heads, baselines, strict=bool(heads)) if head],
    )


def canvas(rows: Rows, numbers: Sequence[str], scale_name: str, words: Words, size: Size) -> Canvas:
    """Make the drawing: the names at its left, the numbers at its right, the scale below.

    Parameters
    ----------
    rows
        Where the rows stand.
    numbers
        What is written beside the rows.
    scale_name
        Label that names the scale, where there is one.
    words, size
        The wording and the room.
    """
    bottom = 48 if scale_name in words.labels else 28
    right = 24 + max(measure(text, size.text) for text in numbers) if size.wide else 12
    return Canvas(size.width, rows.height + bottom, left=rows.left + 8, right=right, top=0, bottom=bottom)


def groups(data: pd.DataFrame, column: str | None, words: Words) -> tuple[pd.DataFrame, list[str]]:
    """Bring the rows of each group together, groups as they first come, and name the row opening a group."""
    if column is None:
        return data, []
    codes, found = pd.factorize(data[column], use_na_sentinel=False)
    order = np.argsort(codes, kind="stable")
    sorted_codes = codes[order]
    opens = np.diff(sorted_codes, prepend=-1) != 0
    named = [MISSING if pd.isna(name) else words.label(name) or MISSING for name in found]
    told = [named[code] if first else "" for code, first in zip(sorted_codes, opens, strict=True)]
    return data.iloc[order], told


def names(canvas: Canvas, rows: Rows, size: Size, bold: Collection[int] = ()) -> None:
    """Write the name of each row, and of each group above its first; `bold` are positions of rows."""
    step = size.text + 4
    for at, (broken, y) in enumerate(zip(rows.names, rows.middles, strict=True)):
        first = (
            y + size.text * 0.35 - step * (len(broken) - 1) / 2
            if size.wide
            else y - 14 - step * (len(broken) - 1)
        )
        for number, row in enumerate(broken):
            canvas.write(row, 0, first + step * number, size=size.text, halo=not size.wide, bold=at in bold)
    for head, y in rows.heads:
        canvas.stroke([0, canvas.width], [y + 6, y + 6], colour=MUTED, linewidth=1, zorder=-1)
        canvas.write(shorten(head, size.width - 8, size.text), 0, y, size=size.text, bold=True, halo=True)


def whiskers(canvas: Canvas, rows: Rows, near: Numbers, far: Numbers, colour: str, width: float) -> None:
    """Draw the interval of each row."""
    for low, high, y in zip(near, far, rows.middles, strict=True):
        canvas.axes.plot(
            [low, high], [y, y], color=colour, linewidth=width, solid_capstyle="butt", clip_on=False
        )


def shades(canvas: Canvas, rows: Rows, near: Numbers, far: Numbers, colours: Sequence[str]) -> None:
    """Draw the interval of each row as a pale bar that marks can lie upon."""
    for low, high, y, colour in zip(near, far, rows.middles, colours, strict=True):
        if np.isfinite([low, high]).all():
            canvas.axes.plot(
                [low, high],
                [y, y],
                color=colour,
                linewidth=9,
                alpha=0.26,
                solid_capstyle="butt",
                clip_on=False,
            )


def beside(canvas: Canvas, rows: Rows, texts: Sequence[str], known: Sequence[bool], size: Size) -> None:
    """Write the number of each row at its right: beside the row, on a phone above it."""
    for text, y, told in zip(texts, rows.middles, known, strict=True):
        baseline = y + size.text * 0.35 if size.wide else y - 14
        look: dict[str, Any] = {"bold": size.wide} if told else {"colour": MUTED}
        canvas.write(text, size.width, baseline, size=size.text, anchor="end", halo=True, **look)


def missing(words: Words) -> str:
    """Say that a number is missing: by a label, or by a dash."""
    return shorten(words.labels.get("missing", MISSING), 120, 12)


def with_interval(value: float, low: float, high: float, write: Format, otherwise: str = MISSING) -> str:
    """Write an estimate and its interval, or that it is missing."""
    if not np.isfinite(value):
        return otherwise
    return (
        f"{write(value)}  ({write(low)} – {write(high)})" if np.isfinite([low, high]).all() else write(value)
    )


def top_scale(rows: int) -> float:
    """Find how much room the scale's numbers take above the rows too, where there are many, in pixels."""
    return 18.0 if rows > _MANY else 0.0


def scale(canvas: Canvas, top: float, value: str, write: Format, words: Words, size: Size) -> None:
    """Draw the upright gridlines with their numbers below, and the scale's name where a label gives one.

    Parameters
    ----------
    canvas
        The drawing.
    top
        Where the lines begin, in pixels.
    value
        Label that names the scale, where there is one.
    write, words, size
        Value → text, the wording and the room.
    """
    low, high = canvas.axes.get_xlim()
    for tick in scales.ticks(low, high, 5):
        x, _ = canvas.at(tick, 0)
        canvas.stroke([x, x], [top, canvas.bottom], colour=RULE, linewidth=1, zorder=0.5)
    scales.across_labels(canvas, low, high, write, size)
    if value in words.labels:
        y = canvas.bottom + 40
        canvas.write(words.label(value), canvas.right, y, size=size.text - 1, anchor="end", colour=MUTED)


def reference_room(value: float | None, words: Words) -> float:
    """Find how much room the name of the reference line takes above the rows, in pixels."""
    return 26.0 if value is not None and "reference" in words.labels else 6.0


def reference(canvas: Canvas, value: float | None, words: Words, top: float, size: Size) -> None:
    """Draw the line to compare with, if any, its name above it where a label gives one."""
    if value is None:
        return
    x, _ = canvas.at(value, 0)
    canvas.stroke([x, x], [top - 6, canvas.bottom], colour=MUTED, linewidth=1.2, dashes=(3, 2.5))
    if "reference" in words.labels:
        text = words.label("reference")
        half = measure(text, size.text - 1) / 2
        middle = min(max(x, half), canvas.width - half)
        canvas.write(text, middle, top - 13, size=size.text - 1, anchor="middle", colour=MUTED)
