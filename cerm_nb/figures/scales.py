"""Where the ticks of a drawing stand, and its gridlines and tick labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib import dates
from matplotlib.ticker import MaxNLocator

from cerm_nb.figures.canvas import MUTED, RULE, Canvas, measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cerm_nb.figures.figure import Size

    Format = Callable[[Any], str]

# matplotlib's dates carry no types.
_dates: Any = dates
_STEPS = [1, 2, 2.5, 5, 10]
# Weeks begin on Monday, as Korean and European calendars have it.
_DATE_STEPS = ("D", "2D", "W-MON", "2W-MON", "MS", "2MS", "3MS", "6MS", "YS", "2YS", "5YS", "10YS", "25YS")


def plain(value: float) -> str:
    """Write a number where the caller gave no format."""
    return f"{value:,.10g}"


def numbers(values: pd.Series[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Turn a column, dates too, into the numbers it is drawn at."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return np.asarray(_dates.date2num(values.to_numpy()), dtype=np.float64)
    return values.to_numpy(dtype=float)


def place(value: Any) -> float:
    """Turn one value, a date too, into the number it is drawn at."""
    return float(numbers(pd.Series([value]))[0])


def date_format(values: pd.Series[Any], write: Format) -> Format:
    """Let a format meant for dates be called with the number a date is drawn at."""
    if not pd.api.types.is_datetime64_any_dtype(values):
        return write
    return lambda value: write(_day(value))


def limits(*columns: Any, zero: bool = False) -> tuple[float, float]:
    """Find the range to draw: from zero where told, or where the data come near it anyway.

    Raises
    ------
    ValueError
        When there is no number to draw.
    """
    low, high = _ends(columns)
    if zero or 0 <= low < 0.6 * high:
        low, high = min(low, 0.0), max(high, 0.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def span(*columns: Any, around: Iterable[float | None] = ()) -> tuple[float, float]:
    """Find the range to draw for marks on a scale that has no natural zero, such as ratings, with some air.

    Parameters
    ----------
    *columns
        What is drawn.
    around
        Lines of reference that are to lie within it, where there are any.

    Raises
    ------
    ValueError
        When there is no number to draw.
    """
    low, high = _ends(columns)
    low, high = _ends([[low, high], [value for value in around if value is not None]])
    air = 0.03 * (high - low) or 0.5
    return low - air, high + air


def _ends(columns: Iterable[Any]) -> tuple[float, float]:
    flat = np.concatenate([np.ravel(np.asarray(column, dtype=float)) for column in columns])
    flat = flat[np.isfinite(flat)]
    if not flat.size:
        raise ValueError("nothing to draw: no row holds a number")
    return float(flat.min()), float(flat.max())


def ticks(low: float, high: float, most: int) -> list[float]:
    """Choose round tick values within a range."""
    found = MaxNLocator(nbins=most, steps=_STEPS).tick_values(low, high)
    slack = 1e-9 * (high - low)
    return [float(value) for value in found if low - slack <= value <= high + slack]


def rounded(low: float, high: float, most: int = 5) -> tuple[float, float]:
    """Widen a range to the round values around it."""
    found = MaxNLocator(nbins=most, steps=_STEPS).tick_values(low, high)
    return min(low, float(found[0])), max(high, float(found[-1]))


def level_lines(canvas: Canvas, low: float, high: float, write: Format, size: Size) -> None:
    """Draw horizontal gridlines with their labels in the left margin; the line at zero is stronger."""
    for value in ticks(low, high, 5):
        _, y = canvas.at(canvas.axes.get_xlim()[0], value)
        at_zero = value == 0
        canvas.stroke(
            [canvas.left, canvas.right], [y, y], colour=MUTED if at_zero else RULE, linewidth=1, zorder=0.5
        )
        canvas.write(
            write(value),
            canvas.left - 8,
            y + size.text * 0.35,
            size=size.text - 1,
            anchor="end",
            colour=MUTED,
        )


def level_room(low: float, high: float, write: Format, size: Size) -> float:
    """Find how much room the labels of the vertical axis take, in pixels."""
    return 12 + max(measure(write(value), size.text - 1) for value in ticks(low, high, 5))


def across_labels(
    canvas: Canvas,
    low: float,
    high: float,
    write: Format,
    size: Size,
    *,
    dated: bool = False,
    above: float | None = None,
) -> None:
    """Write the labels under the horizontal axis, as many as fit without touching, or at a height `above`."""
    places = _fitting(canvas, low, high, write, size, dated)
    for value, middle in zip(places, _middles(canvas, places, write, size), strict=True):
        x, _ = canvas.at(value, canvas.axes.get_ylim()[0])
        if above is None:
            canvas.stroke([x, x], [canvas.bottom, canvas.bottom + 4], colour=MUTED, linewidth=1)
        y = canvas.bottom + 6 + size.text if above is None else above
        canvas.write(write(value), middle, y, size=size.text - 1, anchor="middle", colour=MUTED)


def _fitting(canvas: Canvas, low: float, high: float, write: Format, size: Size, dated: bool) -> list[float]:
    for most in (7, 6, 5, 4, 3, 2):
        places = date_ticks(low, high, most) if dated else ticks(low, high, most)
        widest = max((measure(write(value), size.text - 1) for value in places), default=0.0)
        apart = (canvas.right - canvas.left) / max(1, len(places) - 1)
        if len(places) <= most + 1 and widest + 14 <= apart and _apart(canvas, places, write, size):
            return places
    return [low, high]


def _middles(canvas: Canvas, places: list[float], write: Format, size: Size) -> list[float]:
    """Find where labels are centred: at their ticks, but never so that an end is cut off."""
    halves = [measure(write(value), size.text - 1) / 2 for value in places]
    ticks = [canvas.at(value, canvas.axes.get_ylim()[0])[0] for value in places]
    return [min(max(x, half), canvas.width - half) for x, half in zip(ticks, halves, strict=True)]


def _apart(canvas: Canvas, places: list[float], write: Format, size: Size) -> bool:
    """Tell whether labels that were moved off an edge leave their neighbours alone."""
    widths = [measure(write(value), size.text - 1) for value in places]
    middles = _middles(canvas, places, write, size)
    ends = [middle + width / 2 for middle, width in zip(middles, widths, strict=True)]
    starts = [middle - width / 2 for middle, width in zip(middles, widths, strict=True)]
    return all(start - end >= 4 for end, start in zip(ends[:-1], starts[1:], strict=True))


def date_ticks(low: float, high: float, most: int) -> list[float]:
    """Choose days, months or years as ticks: the finest step that gives no more than `most`."""
    first, last = _day(low).ceil("D"), _day(high)
    for step in _DATE_STEPS:
        found = pd.date_range(first, last, freq=step)
        if len(found) <= most:
            break
    return [float(value) for value in _dates.date2num(found.to_numpy())] or [low]


def _day(number: float) -> pd.Timestamp:
    return pd.Timestamp(_dates.num2date(number)).tz_localize(None)
