"""The marks of figures with a horizontal scale: lines, bands, points and the names beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cerm_nb import palette
from cerm_nb.figures.canvas import INK, MUTED, Canvas, measure, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cerm_nb.figures.figure import Size
    from cerm_nb.figures.scales import Format
    from cerm_nb.words import Words

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

_ORDER = ("own", "expected", "highlight", "competitor", "improvement", "concern", "neutral")
_NAMED = {"actual": "own", "target": "highlight"}
# Told apart without colour too.
_DASH: dict[str, tuple[float, float]] = {"expected": (5, 3.5), "competitor": (2, 3), "neutral": (1, 3)}
_MOST_BAND_ROWS = 400


def meanings(names: Sequence[str]) -> list[str]:
    """Give each line its meaning: by its column's name, otherwise the first free one.

    Raises
    ------
    ValueError
        For more lines than there are meanings.
    """
    found = [_NAMED.get(name, name) for name in names]
    free = [meaning for meaning in _ORDER if meaning not in found]
    if sum(meaning not in _ORDER for meaning in found) > len(free):
        raise ValueError(f"{len(names)} lines are too many to tell apart; draw {len(_ORDER)} or fewer")
    return [meaning if meaning in _ORDER else free.pop(0) for meaning in found]


def as_list(value: object) -> list[object]:
    """Take one value, several or none as a list."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple, set, frozenset)) else [value]


def line(canvas: Canvas, across: Numbers, up: Numbers, meaning: str) -> None:
    """Draw one line in the colour and dash of its meaning."""
    look: dict[str, Any] = {"dashes": _DASH[meaning]} if meaning in _DASH else {"solid_capstyle": "round"}
    canvas.axes.plot(across, up, color=palette.colour(meaning), linewidth=2.25, clip_on=False, **look)


def band(canvas: Canvas, across: Numbers, low: Numbers, high: Numbers, meaning: str) -> None:
    """Draw an interval around a line."""
    # Filled shapes are not simplified by matplotlib; more points than pixels would only make the page heavy.
    kept = np.unique(np.linspace(0, len(across) - 1, min(len(across), _MOST_BAND_ROWS)).round().astype(int))
    canvas.axes.fill_between(
        across[kept],
        low[kept],
        high[kept],
        color=palette.colour(meaning),
        alpha=0.17,
        linewidth=0,
        clip_on=False,
    )


def axis_name(canvas: Canvas, words: Words, name: str, size: Size) -> None:
    """Write the name of the horizontal axis at its right end, where a label gives one."""
    if name in words.labels:
        canvas.write(
            words.label(name),
            canvas.right,
            canvas.bottom + 42,
            size=size.text - 1,
            anchor="end",
            colour=MUTED,
        )


def mark(canvas: Canvas, value: float, text: str, size: Size) -> None:
    """Draw the line that parts before from after, its text above it."""
    x, _ = canvas.at(value, canvas.axes.get_ylim()[0])
    canvas.stroke([x, x], [canvas.top - 8, canvas.bottom], colour=INK, linewidth=1, dashes=(2, 2))
    wide = measure(text, size.text - 1)
    # On the side where it has room.
    at_right = x + wide <= canvas.width
    place, anchor = (x, "start") if at_right else (min(x, canvas.width), "end")
    canvas.write(
        text, max(place, 0 if at_right else wide), canvas.top - 14, size=size.text - 1, anchor=anchor
    )


def end(across: Numbers, up: Numbers) -> tuple[float, float]:
    """Find where a line ends."""
    last = np.flatnonzero(np.isfinite(up))[-1] if np.isfinite(up).any() else -1
    return float(across[last]), float(np.nan_to_num(up[last]))


def end_names(
    canvas: Canvas, ends: list[tuple[float, float]], names: list[list[str]], meant: list[str], size: Size
) -> None:
    """Write each line's name at its end, moved apart where they would touch."""
    step = size.text + 3
    heights = [len(rows) * step for rows in names]
    middles = apart([canvas.at(*place)[1] for place in ends], heights, canvas.top, canvas.bottom)
    for rows, middle, height, meaning in zip(names, middles, heights, meant, strict=True):
        swatch(canvas, canvas.right + 6, middle, meaning, 8)
        for number, row in enumerate(rows):
            y = middle - height / 2 + step * (number + 0.78)
            canvas.write(row, canvas.right + 19, y, size=size.text, bold=True)


def keys(canvas: Canvas, names: list[list[str]], meant: list[str], size: Size) -> None:
    """Write the lines' names above the plot, where a phone has no room beside it."""
    for (x, row), rows, meaning in zip(key_places(names, size), names, meant, strict=True):
        y = 10 + 20 * row
        swatch(canvas, x, y, meaning, 18)
        canvas.write(" ".join(rows), x + 24, y + size.text * 0.35, size=size.text, bold=True)


def key_rows(names: list[list[str]], size: Size) -> int:
    """Count the rows the names above the plot take."""
    return key_places(names, size)[-1][1] + 1


def key_places(names: list[list[str]], size: Size) -> list[tuple[float, int]]:
    """Find where the names above the plot stand: pixels from the left, and row."""
    places: list[tuple[float, int]] = []
    x, row = 0.0, 0
    for rows in names:
        wide = 24 + measure(" ".join(rows), size.text) + 14
        if x and x + wide > size.width:
            x, row = 0.0, row + 1
        places.append((x, row))
        x += wide
    return places


def swatch(canvas: Canvas, x: float, y: float, meaning: str, wide: float) -> None:
    """Draw a short piece of a line, as its key."""
    canvas.stroke([x, x + wide], [y, y], colour=palette.colour(meaning), linewidth=3, solid_capstyle="butt")


def diagonal(canvas: Canvas, words: Words, size: Size) -> None:
    """Draw the line of equality, with its name along the upper part where a label gives one."""
    (x0, y0), (x1, y1) = canvas.at(0, 0), canvas.at(1, 1)
    canvas.stroke([x0, x1], [y0, y1], colour=MUTED, linewidth=1, dashes=(3, 3))
    if "diagonal" in words.labels:
        x, y = canvas.at(0.62, 0.62)
        for number, row in enumerate(wrap(words.label("diagonal"), 0.36 * (x1 - x0), size.text - 1)):
            canvas.write(row, x + 10, y + size.text * (1.2 + 1.25 * number), size=size.text - 1, colour=MUTED)


def points(canvas: Canvas, marked: Sequence[tuple[float, float, str]], size: Size) -> None:
    """Draw the marked points of a curve, their texts beside them and apart from one another."""
    step = size.text + 4
    floor = 0.0
    for x_value, y_value, text in sorted(marked, key=lambda point: -point[1]):
        canvas.axes.plot(
            [x_value], [y_value], "o", color=palette.colour("highlight"), markersize=8, clip_on=False
        )
        x, y = canvas.at(x_value, y_value)
        at_right = x + 14 + min(measure(text, size.text), 170) <= canvas.width
        room = canvas.width - x - 14 if at_right else x - canvas.left - 14
        rows = wrap(text, min(room, 260), size.text)
        first = max(y + step, floor) if at_right else max(y - 10 - step * (len(rows) - 1), size.text)
        for number, row in enumerate(rows):
            place, anchor = (x + 12, "start") if at_right else (x - 10, "end")
            canvas.write(
                row, place, first + step * number, size=size.text, anchor=anchor, bold=True, halo=True
            )
        floor = first + step * len(rows)


def column_texts(canvas: Canvas, names: list[str], heights: Numbers, write: Format, size: Size) -> None:
    """Write the value above each column and its name below, smaller where they stand close."""
    apart = (canvas.right - canvas.left) / max(1, len(names))
    written = [write(height) if np.isfinite(height) else "–" for height in heights]
    widest = max(measure(text, 1.0) for text in [*written, *names])
    small = max(9.0, min(float(size.text), (apart - 3) / widest))
    for number, (name, text, height) in enumerate(zip(names, written, heights, strict=True)):
        x, y = canvas.at(number, max(0.0, float(np.nan_to_num(height))))
        canvas.write(text, x, y - 6, size=small, anchor="middle", bold=True)
        for row, part in enumerate(wrap(name, apart, small, most=2)):
            canvas.write(
                part, x, canvas.bottom + 17 + row * (small + 2), size=small, anchor="middle", colour=MUTED
            )


def apart(middles: list[float], heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Move texts down, then the whole stack up, until none touches another."""
    order = sorted(range(len(middles)), key=middles.__getitem__)
    placed = dict.fromkeys(order, 0.0)
    edge = top - heights[order[0]]
    for index in order:
        placed[index] = max(middles[index], edge + heights[index] / 2)
        edge = placed[index] + heights[index] / 2
    edge = bottom + heights[order[-1]]
    for index in reversed(order):
        placed[index] = min(placed[index], edge - heights[index] / 2)
        edge = placed[index] - heights[index] / 2
    return [placed[index] for index in range(len(middles))]
