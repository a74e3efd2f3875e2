"""What lies under the points of a plane: ellipses of what is uncertain, and arrows of what moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cerm_nb import palette

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cerm_nb.figures.canvas import Canvas
    from cerm_nb.figures.symbols import Symbol

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

_TURN = np.linspace(0.0, 2 * np.pi, 49)
_HEAD = {"arrowstyle": "-|>,head_length=0.5,head_width=0.22", "shrinkA": 0.0, "shrinkB": 4.0}


def outlines(places: Numbers, data: pd.DataFrame, columns: Sequence[str] | None) -> Numbers:
    """Find the outlines of ellipses around points.

    Parameters
    ----------
    places
        Shape (n, 2): across, up.
    data
        One row per point.
    columns
        Columns of the two half axes and of the angle of the first one (radians, from across to up), all in
        units of the scales; unset: no ellipses.

    Returns
    -------
    ndarray
        Shape (n, 49, 2); NaN for points without an ellipse.
    """
    if columns is None:
        return np.full((len(places), len(_TURN), 2), np.nan)
    first, second, angle = data[list(columns)].to_numpy(dtype=float).T[:, :, None]
    along, beside = first * np.cos(_TURN), second * np.sin(_TURN)
    turned = np.stack(
        [along * np.cos(angle) - beside * np.sin(angle), along * np.sin(angle) + beside * np.cos(angle)],
        axis=2,
    )
    return np.asarray(places[:, None, :] + turned)


def starts(data: pd.DataFrame, columns: Sequence[str] | None) -> Numbers:
    """Read where the arrows to points begin, shape (n, 2); NaN where there is none."""
    if columns is None:
        return np.full((len(data), 2), np.nan)
    return data[list(columns)].to_numpy(dtype=float)


def draw(canvas: Canvas, places: Numbers, around: Numbers, begins: Numbers, marks: Sequence[Symbol]) -> None:
    """Draw ellipses and arrows in the colours of their points."""
    for place, outline, begin, mark in zip(places, around, begins, marks, strict=True):
        colour = palette.colour(mark.meaning)
        if np.isfinite(outline).all():
            canvas.axes.fill(*outline.T, facecolor=colour, alpha=0.14, linewidth=0, clip_on=False)
            canvas.axes.plot(*outline.T, color=colour, linewidth=1.2, alpha=0.7, clip_on=False)
        if np.isfinite(begin).all() and not np.allclose(begin, place):
            look = _HEAD | {"color": colour, "linewidth": 1.4}
            canvas.axes.annotate("", xy=place, xytext=begin, arrowprops=look, annotation_clip=False)
