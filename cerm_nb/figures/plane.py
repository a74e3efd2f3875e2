"""Named points on two scales: stated against derived importance, a map of positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from cerm_nb import palette
from cerm_nb.figures import placing, plane_frame, plane_shapes, symbols
from cerm_nb.figures.canvas import MUTED, Canvas, measure, wrap
from cerm_nb.figures.figure import Figure, Size, compose
from cerm_nb.figures.name_list import name_list
from cerm_nb.figures.scales import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cerm_nb.figures.scales import Format
    from cerm_nb.words import Words

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

_FAR = {True: 62.0, False: 24.0}  # longest line to a name, in pixels


class _Points(NamedTuple):
    """What is drawn, the most important first."""

    places: Numbers  # (n, 2): across, up
    ends: Numbers  # (n, 4): of the intervals: x_low, x_high, y_low, y_high
    outlines: Numbers  # (n, 49, 2): of the ellipses
    starts: Numbers  # (n, 2): of the arrows
    marks: list[symbols.Symbol]
    names: list[str]  # of the first ones
    lost: list[str]  # names without a place


def plane(
    data: pd.DataFrame,
    x: str,
    y: str,
    label: str,
    *,
    words: Words,
    x_low: str | None = None,
    x_high: str | None = None,
    y_low: str | None = None,
    y_high: str | None = None,
    ellipse: Sequence[str] | None = None,
    start: Sequence[str] | None = None,
    x_reference: float | None = None,
    y_reference: float | None = None,
    emphasis: str | None = None,
    meaning: str | None = None,
    most: int = 25,
    x_format: Format = plain,
    y_format: Format = plain,
) -> Figure:
    """Draw points on two scales, their names beside them, none touching another.

    Where there is no room for all names beside their points, numbers stand there and the names below.

    Parameters
    ----------
    data
        One row per point, the most important first; points without both numbers are told below the plot.
    x, y, label
        Columns across, up and of the name; ``words.labels`` gives the readers' names, of the scales too.
    words
        The wording. Labels for ``"upper_left"``, ``"upper_right"``, ``"lower_left"`` and ``"lower_right"``
        are written into the corners, ``"x_reference"`` and ``"y_reference"`` at these lines, ``"emphasis"``
        above the plot as a key, ``"missing"`` before the points that have no place.
    x_low, x_high, y_low, y_high
        Columns of the ends of intervals, drawn as a cross.
    ellipse
        Columns of the half axes and the angle of an ellipse around the point: see `plane_shapes.outlines`.
    start
        Columns, across and up, of where an arrow to the point begins.
    x_reference, y_reference
        Where the lines between the quadrants stand.
    emphasis
        Column of truth values: points in the highlight's colour and shape, named before all others.
    meaning
        Column of meanings, of `palette.MEANINGS`; unless told all are ``own``.
    most
        How many points are named; the others are drawn pale.
    x_format, y_format
        Value → text on the axes.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        Without alternative text, without a point to draw, or for an unknown meaning.
    """
    chosen = symbols.emphasised(data, emphasis)
    points = _points(
        data, (x, y, label), (x_low, x_high, y_low, y_high), (ellipse, start), chosen, meaning, most, words
    )
    across, up = (
        plane_frame.axis(
            name,
            at,
            write,
            points.places[:, side],
            points.ends[:, 2 * side : 2 * side + 2],
            points.outlines[:, :, side],
            points.starts[:, side],
        )
        for side, (name, at, write) in enumerate([(x, x_reference, x_format), (y, y_reference, y_format)])
    )
    key = (
        [words.label("emphasis")] if symbols.EMPHASISED in points.marks and "emphasis" in words.labels else []
    )

    def draw(size: Size) -> Canvas:
        frame = plane_frame.Frame(across, up, words, size, symbols.key_height(key, size))
        canvas = frame.canvas(below=0)
        room = 150 if size.wide else 120
        texts = [wrap(name, room, size.text, most=2) for name in points.names]
        boxes = _boxes(canvas, frame, points, texts, size, far=_FAR[size.wide])
        direct = not np.isnan(boxes).any()
        if not direct:
            texts = [[str(at + 1)] for at in range(len(points.names))]
            boxes = _boxes(canvas, frame, points, texts, size)
        below = name_list([] if direct else points.names, points.lost, words, size)
        canvas = frame.canvas(below.height)
        frame.draw(canvas)
        plane_shapes.draw(canvas, points.places, points.outlines, points.starts, points.marks)
        _draw_points(canvas, points)
        _write_names(canvas, points, texts, boxes, size)
        below.write(canvas, size)
        symbols.key(canvas, key, [symbols.EMPHASISED] * len(key), size)
        return canvas

    return compose(words, draw)


def _points(
    data: pd.DataFrame,
    columns: tuple[str, str, str],
    ends: tuple[str | None, ...],
    shapes: tuple[Sequence[str] | None, Sequence[str] | None],
    chosen: np.ndarray[Any, np.dtype[np.bool_]],
    meaning: str | None,
    most: int,
    words: Words,
) -> _Points:
    places = data[list(columns[:2])].to_numpy(dtype=float)
    names = np.array([words.called(columns[2], name) for name in data[columns[2]]], dtype=object)
    bounds = [data[name].to_numpy(dtype=float) if name else np.full(len(data), np.nan) for name in ends]
    meanings = list(data[meaning]) if meaning else ["own"] * len(data)
    marks = np.empty(len(data), dtype=object)
    marks[:] = [
        symbols.EMPHASISED if flag else symbols.point(str(meant))
        for flag, meant in zip(chosen, meanings, strict=True)
    ]
    known = np.isfinite(places).all(axis=1)
    order = np.flatnonzero(known)[np.argsort(~chosen[known], kind="stable")]
    return _Points(
        places[order],
        np.column_stack(bounds)[order],
        plane_shapes.outlines(places, data, shapes[0])[order],
        plane_shapes.starts(data, shapes[1])[order],
        list(marks[order]),
        [str(name) for name in names[order[: max(0, most)]]],
        [str(name) for name in names[~known]],
    )


def _pixels(canvas: Canvas, points: _Points) -> Numbers:
    return np.array([canvas.at(float(x), float(y)) for x, y in points.places]).reshape(-1, 2)


def _along(canvas: Canvas, points: _Points) -> Numbers:
    """Find places along the arrows, in pixels, which names had better not cover."""
    known = np.isfinite(points.starts).all(axis=1)
    ends, begins = points.places[known, None], points.starts[known, None]
    places = (begins + (ends - begins) * np.linspace(0.0, 1.0, 9)[:, None]).reshape(-1, 2)
    return np.array([canvas.at(float(x), float(y)) for x, y in places]).reshape(-1, 2)


def _boxes(
    canvas: Canvas,
    frame: plane_frame.Frame,
    points: _Points,
    texts: list[list[str]],
    size: Size,
    far: float | None = None,
) -> Numbers:
    """Find places for the names, or for the numbers that stand for them: these however far."""
    at = _pixels(canvas, points)
    area = (canvas.left + 2.0, canvas.top + 2.0, canvas.right, canvas.bottom - 2.0)
    step = size.text + 2
    sizes = [
        (max((measure(row, size.text) for row in rows), default=0.0), step * len(rows)) for rows in texts
    ]
    obstacles = placing.Obstacles(area, np.vstack([at, _along(canvas, points)]), frame.taken(canvas))
    named = at[: len(texts)]
    boxes = np.array(sizes, dtype=float).reshape(-1, 2)
    if far is None:
        return placing.place(named, boxes, obstacles, crossing=True)
    return placing.place(named, boxes, obstacles, far)


def _draw_points(canvas: Canvas, points: _Points) -> None:
    for (x, y), (x_low, x_high, y_low, y_high), mark in zip(
        points.places, points.ends, points.marks, strict=True
    ):
        look: dict[str, Any] = {"color": palette.colour(mark.meaning), "linewidth": 1.4, "alpha": 0.4}
        for across, up in (([x_low, x_high], [y, y]), ([x, x], [y_low, y_high])):
            if np.isfinite([*across, *up]).all():
                canvas.axes.plot(across, up, solid_capstyle="butt", clip_on=False, **look)
    for at, (place, mark) in enumerate(zip(points.places, points.marks, strict=True)):
        pale = {} if at < len(points.names) else {"alpha": 0.45, "markersize": 6}
        canvas.axes.plot(*place[:, None], linestyle="none", clip_on=False, **mark.look | pale)


def _write_names(canvas: Canvas, points: _Points, texts: list[list[str]], boxes: Numbers, size: Size) -> None:
    step = size.text + 2
    for point, box, rows, mark in zip(_pixels(canvas, points), boxes, texts, points.marks, strict=False):
        if np.isnan(box).any():
            continue
        _lead(canvas, point, box)
        x, anchor = _side(point, box)
        for number, row in enumerate(rows):
            y = box[1] + step * number + size.text * 0.88
            bold = mark == symbols.EMPHASISED
            canvas.write(row, x, y, size=size.text, anchor=anchor, bold=bold, halo=True)


def _lead(canvas: Canvas, point: Numbers, box: Numbers) -> None:
    """Draw the line to a name that stands away from its point."""
    end = placing.leader(point, box)
    distance = float(np.linalg.norm(end - point))
    if distance > placing.LEADER:
        start = point + (end - point) * 5 / distance
        xs, ys = ([float(start[at]), float(end[at])] for at in (0, 1))
        canvas.stroke(xs, ys, colour=MUTED, linewidth=0.9, zorder=-0.5)


def _side(point: Numbers, box: Numbers) -> tuple[float, Literal["start", "middle", "end"]]:
    """Let a name begin or end at the side of its point, so that it lies close whatever the reader's font."""
    if box[0] > point[0]:
        return float(box[0]), "start"
    if box[2] < point[0]:
        return float(box[2]), "end"
    return float(box[0] + box[2]) / 2, "middle"
