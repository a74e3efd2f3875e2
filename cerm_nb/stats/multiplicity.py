"""p-values of many tests at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cerm_nb.stats.arrays import Floats


def holm(p_values: ArrayLike) -> Floats:
    """Adjust p-values so that the chance of any false finding keeps its level.

    Parameters
    ----------
    p_values
        p-values, any shape; NaN where there was no test, which then counts as none.

    Returns
    -------
    ndarray
        Adjusted p-values of the same shape, NaN where they were.

    Notes
    -----
    Holm 1979, for a few planned contrasts.
    """
    p, order = _ascending(p_values)
    steps = np.arange(order.size, 0, -1)
    return _back(p, order, np.maximum.accumulate(p.ravel()[order] * steps))


def benjamini_hochberg(p_values: ArrayLike) -> Floats:
    """Adjust p-values so that the share of false findings among the findings keeps its level.

    Parameters
    ----------
    p_values
        p-values, any shape; NaN where there was no test, which then counts as none.

    Returns
    -------
    ndarray
        Adjusted p-values of the same shape, NaN where they were.

    Notes
    -----
    Benjamini & Hochberg 1995, for a whole grid of contrasts.
    """
    p, order = _ascending(p_values)
    scaled = p.ravel()[order] * order.size / np.arange(1, order.size + 1)
    return _back(p, order, np.minimum.accumulate(scaled[::-1])[::-1])


def _ascending(p_values: ArrayLike) -> tuple[Floats, np.ndarray[tuple[int, ...], np.dtype[np.intp]]]:
    p = np.asarray(p_values, dtype=float)
    known = np.flatnonzero(~np.isnan(p.ravel()))
    return p, known[np.argsort(p.ravel()[known], kind="stable")]


def _back(p: Floats, order: np.ndarray[tuple[int, ...], np.dtype[np.intp]], adjusted: Floats) -> Floats:
    found = np.full(p.size, np.nan)
    found[order] = np.minimum(adjusted, 1.0)
    return found.reshape(p.shape)
