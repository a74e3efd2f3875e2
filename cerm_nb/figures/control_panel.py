"""One control chart of several: its line, its limits, its special causes, and where limits were set anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cerm_nb import palette
from cerm_nb.figures import control_data, keys, marks, scales, states
from cerm_nb.figures.canvas import INK, MUTED, RULE, measure, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cerm_nb.figures.canvas import Canvas
    from cerm_nb.figures.control_data import Chart, Numbers
    from cerm_nb.figures.figure import Size
    from cerm_nb.words import Words

# Special causes have the shapes of the states they speak for.
_SHAPES = {"improvement": "s", "concern": "D"}
_LINES: dict[str, dict[str, Any]] = {
    "mean": {"colour": MUTED, "linewidth": 1.2},
    "limits": {"colour": MUTED, "linewidth": 1.0, "dashes": (2, 2.2)},
    "target": {"colour": palette.colour("highlight"), "linewidth": 1.5, "dashes": (6, 3)},
}
_MOST_DOTS, _STROKE = 80, 0.2
_TITLE = 20.0  # room of the state's mark before a title


class Head(NamedTuple):
    """What stands above a plot: lines of the name, the state in words, notes at breaks; and its height."""

    title: list[str]
    word: str
    notes: list[tuple[float, list[str]]]
    height: float


class Place(NamedTuple):
    """Where one chart stands, in pixels: its upper left corner, its plot, and what stands above that."""

    x: float
    y: float
    left: float
    top: float
    right: float
    bottom: float
    head: Head

    def across(self, chart: Chart, times: Numbers) -> Numbers:
        """Turn times into pixels."""
        low, high = chart.span
        return self.left + (np.asarray(times) - low) / (high - low) * (self.right - self.left)

    def down(self, chart: Chart, values: Numbers) -> Numbers:
        """Turn values into pixels."""
        low, high = chart.limits
        return self.bottom - (np.asarray(values) - low) / (high - low) * (self.bottom - self.top)


def signs(charts: Sequence[Chart], words: Words) -> list[keys.Sign]:
    """Say what the key explains: the the special causes and the lines there are."""
    found = [
        keys.Sign(words.label(state), look=_dots(state))
        for state in _SHAPES
        if any((chart.causes == state).any() for chart in charts)
    ]
    there = {
        "mean": any(np.isfinite(chart.mean).any() for chart in charts),
        "limits": any(np.isfinite(chart.lower).any() for chart in charts),
        "target": any(np.isfinite(chart.target) for chart in charts),
    }
    return found + [keys.Sign(words.label(name), look=_LINES[name]) for name in _LINES if there[name]]


def level_room(chart: Chart, size: Size) -> float:
    """Find how much room the numbers at the left of a plot take."""
    return 8.0 + max(measure(scales.plain(value), size.text - 2) for value in _ticks(chart))


def end_room(chart: Chart, size: Size) -> float:
    """Find how much room the numbers at the ends of a lone chart's lines take."""
    texts = [text for text, _ in _ends(chart)] if chart.alone and size.wide else []
    return max((10.0 + measure(text, size.text - 1) for text in texts), default=4.0)


def head(chart: Chart, wide: float, size: Size) -> Head:
    """Lay out what stands above a plot of a chart of some width."""
    title = wrap(chart.name, wide - _TITLE, size.text, most=2)
    notes = [
        (at, wrap(text, 0.62 * wide, size.text - 1))
        for at, text in (chart.breaks if chart.alone else [])
        if text
    ]
    rows = len(title) + 1
    return Head(
        title, chart.word, notes, (size.text + 4.0) * (rows + sum(len(rows) for _, rows in notes)) + 10
    )


def draw(canvas: Canvas, chart: Chart, place: Place, size: Size, *, dated: bool) -> None:
    """Draw one chart; `dated`: with the dates below it."""
    _title(canvas, chart, place, size)
    _grid(canvas, chart, place, size, dated=dated)
    _limits(canvas, chart, place)
    _breaks(canvas, chart, place, size)
    if np.isfinite(chart.target):
        y = float(place.down(chart, np.array(chart.target)))
        canvas.axes.plot([place.left, place.right], [y, y], zorder=2, **keys.as_plotted(_LINES["target"]))
    _series(canvas, chart, place)
    if chart.alone and size.wide:
        _end_names(canvas, chart, place, size)


def _title(canvas: Canvas, chart: Chart, place: Place, size: Size) -> None:
    step = size.text + 4.0
    states.draw(canvas, chart.state, place.x + 7, place.y + 7, 6.5)
    for number, text in enumerate(place.head.title):
        canvas.write(text, place.x + _TITLE, place.y + 12 + step * number, size=size.text, bold=True)
    y = place.y + 12 + step * len(place.head.title)
    canvas.write(chart.word, place.x + _TITLE, y, size=size.text - 1, colour=MUTED)


def _grid(canvas: Canvas, chart: Chart, place: Place, size: Size, *, dated: bool) -> None:
    small = size.text - 2
    for value in _ticks(chart):
        y = float(place.down(chart, np.array(value)))
        canvas.stroke([place.left, place.right], [y, y], colour=RULE, linewidth=0.8, zorder=-1)
        text = scales.plain(value)
        canvas.write(text, place.left - 5, y + small * 0.35, size=small, anchor="end", colour=MUTED)
    room = place.right - place.left
    days, texts = control_data.dates(chart.span, int(min(7, room // (measure("0000-00-00", small) + 16))))
    for day, text in zip(days, texts, strict=True):
        x = float(place.across(chart, np.array(day)))
        canvas.stroke([x, x], [place.bottom, place.bottom + 4], colour=MUTED, linewidth=1)
        if dated:
            half = measure(text, small) / 2
            middle = min(max(x, place.x + half), canvas.width - half)
            canvas.write(text, middle, place.bottom + 6 + small, size=small, anchor="middle", colour=MUTED)


def _limits(canvas: Canvas, chart: Chart, place: Place) -> None:
    """Draw mean and limits of each phase: level or in steps, but those of residuals from point to point."""
    step = None if chart.moving else "mid"
    for phase in np.unique(chart.phases):
        mine = np.flatnonzero(chart.phases == phase)
        mine = mine[_turns(np.column_stack([chart.lower, chart.mean, chart.upper])[mine])]
        x = place.across(chart, chart.times[mine])
        low, middle, high = (place.down(chart, part[mine]) for part in (chart.lower, chart.mean, chart.upper))
        area: dict[str, Any] = {
            "color": palette.colour("neutral"),
            "alpha": 0.13,
            "linewidth": 0,
            "step": step,
        }
        canvas.axes.fill_between(x, low, high, zorder=0.6, **area)
        style = "default" if chart.moving else "steps-mid"
        for values, name in ((low, "limits"), (middle, "mean"), (high, "limits")):
            canvas.axes.plot(x, values, drawstyle=style, zorder=1.2, **keys.as_plotted(_LINES[name]))


def _turns(lines: Numbers) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell which places are needed to draw level lines: their ends, and both sides of every change."""
    changes = np.ones(len(lines) + 1, dtype=bool)
    before, after = lines[:-1], lines[1:]
    changes[1:-1] = ~((before == after) | (np.isnan(before) & np.isnan(after))).all(axis=1)
    return np.asarray(changes[:-1] | changes[1:])


def _breaks(canvas: Canvas, chart: Chart, place: Place, size: Size) -> None:
    """Draw where limits were set anew, and why: each break a line higher than the one after."""
    step, small = size.text + 4.0, size.text - 1
    y = place.top - 8.0 - step * sum(len(rows) for _, rows in place.head.notes)
    told = dict(place.head.notes)
    for at, _ in chart.breaks:
        x = float(place.across(chart, np.array(at)))
        rows = told.get(at, [])
        top = y + 4 if rows else place.top
        canvas.stroke([x, x], [top, place.bottom], colour=INK, linewidth=1, dashes=(2, 2), zorder=1.5)
        wide = max((measure(row, small) for row in rows), default=0.0)
        fits = x + 6 + wide <= canvas.width
        for row in rows:
            y += step
            canvas.write(
                row, x + 5 if fits else x - 5, y, size=small, anchor="start" if fits else "end", halo=True
            )


def _series(canvas: Canvas, chart: Chart, place: Place) -> None:
    x, y = place.across(chart, chart.times), place.down(chart, chart.values)
    colour = palette.colour("own")
    canvas.axes.plot(x, y, color=colour, linewidth=1.5, zorder=2.5, clip_on=False)
    if len(x) <= _MOST_DOTS:
        # Dots as the round ends of strokes too short to see: one path, where marks would be a shape each.
        across = np.column_stack([x, x + _STROKE, np.full(len(x), np.nan)]).ravel()
        canvas.axes.plot(
            across, np.repeat(y, 3), color=colour, solid_capstyle="round", linewidth=3.8, zorder=2.6
        )
    for state in _SHAPES:
        where = chart.causes == state
        canvas.axes.plot(x[where], y[where], zorder=3, clip_on=False, **keys.as_plotted(_dots(state)))


def _end_names(canvas: Canvas, chart: Chart, place: Place, size: Size) -> None:
    """Write the last mean, limits and the target at the ends of their lines."""
    found = _ends(chart)
    step = size.text + 3.0
    middles = [float(place.down(chart, np.array(value))) for _, value in found]
    placed = marks.apart(middles, [step] * len(found), place.top - 6, place.bottom + 6) if found else []
    for (text, _), y in zip(found, placed, strict=True):
        canvas.write(text, place.right + 8, y + size.text * 0.35, size=size.text - 1)


def _ends(chart: Chart) -> list[tuple[str, float]]:
    last = [(chart.ends[0], chart.upper), (chart.ends[1], chart.mean), (chart.ends[2], chart.lower)]
    found = [(name, float(part[np.isfinite(part)][-1])) for name, part in last if np.isfinite(part).any()]
    found += [(chart.ends[3], chart.target)] if np.isfinite(chart.target) else []
    return [(f"{name} {control_data.short(value)}", value) for name, value in found]


def _ticks(chart: Chart) -> list[float]:
    return scales.ticks(*chart.limits, 5 if chart.alone else 3)


def _dots(state: str) -> dict[str, Any]:
    colour = palette.colour(states.mark(state).meaning)
    size = {"markersize": 6.6 if state == "improvement" else 6.4, "markeredgewidth": 0}
    return {"colour": colour, "linestyle": "none", "marker": _SHAPES[state], **size}
