"""Whether values have one peak: Hartigan's dip."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import isotonic_regression

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Integers

DRAWS, SIZE = 999, 300  # samples of the uniform that a dip is compared with, and values in each


def dip(values: Floats, weights: Floats) -> float:
    """Tell how far values are from any distribution with one peak.

    Parameters
    ----------
    values
        Shape (n,), finite; at least one.
    weights
        Above 0, shape (n,).

    Returns
    -------
    float
        Largest distance between the distribution of the values and the nearest one whose density first rises
        and then falls: between 1 / (2 n) and 1 / 4.

    Notes
    -----
    Hartigan & Hartigan 1985, Annals of Statistics 13: the convex minorant and the concave majorant are drawn
    anew between the points where they are farthest apart, until that brings no larger distance.
    """
    places, at = np.unique(values, return_inverse=True)
    steps = np.bincount(at, weights) / weights.sum()
    upper = steps.cumsum()
    lower = upper - steps
    first, last, found = 0, len(places) - 1, float(steps.min())
    while last > first:
        part = slice(first, last + 1)
        below, low_ends = _minorant(places[part], lower[part])
        above, high_ends = _minorant(places[part], -upper[part])
        above = -above
        left, right, gap = _widest(above - below, low_ends, high_ends)
        if gap <= found:
            break
        outside = (upper[part] - below)[: left + 1], (above - lower[part])[right:]
        found = max(found, *(float(each.max()) for each in outside))
        first, last = first + left, first + right
    return found / 2


def _minorant(places: Floats, levels: Floats) -> tuple[Floats, Integers]:
    """Greatest convex curve below points, and the points where it bends: slopes that never fall."""
    width = np.diff(places)
    fitted = isotonic_regression(np.diff(levels) / width, weights=width)
    curve = levels[0] + np.concatenate([[0.0], (fitted.x * width).cumsum()])
    return curve, np.asarray(fitted.blocks)


def _widest(gap: Floats, low_ends: Integers, high_ends: Integers) -> tuple[int, int, float]:
    """Where the curves are farthest apart at a bend of either, and the next bend of the other."""
    low, high = gap[low_ends].argmax(), gap[high_ends].argmax()
    if gap[high_ends[high]] > gap[low_ends[low]]:
        right = int(high_ends[high])
        return int(low_ends[low_ends <= right][-1]), right, float(gap[right])
    left = int(low_ends[low])
    return left, int(high_ends[high_ends >= left][0]), float(gap[left])


@cache
def _uniform_dips() -> Floats:
    """Dips of samples of the uniform times √n, sorted: of all with one peak it dips most."""
    random = np.random.default_rng(1985)
    even = np.ones(SIZE)
    dips = np.array([dip(each, even) for each in random.random((DRAWS, SIZE))])
    return np.asarray(np.sort(dips) * np.sqrt(SIZE))


def one_peak(depth: float) -> float:
    """Tell how often so large a dip comes from values with one peak.

    Parameters
    ----------
    depth
        From `dip`, times the square root of the number of values.

    Returns
    -------
    float
        p: share of samples of the uniform, the values counted among them, that dip as much.
    """
    as_much = DRAWS - int(np.searchsorted(_uniform_dips(), depth))
    return (1 + as_much) / (DRAWS + 1)
