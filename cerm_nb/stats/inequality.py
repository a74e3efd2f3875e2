"""How unevenly something is spread over units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cerm_nb.stats.arrays import Floats


def gini(values: ArrayLike, weights: ArrayLike) -> Floats:
    """Gini coefficient of weighted, ascending values.

    Parameters
    ----------
    values
        Values of 0 or more in ascending order, shape (groups,).
    weights
        Units with each value, shape (groups,) or (draws, groups).

    Returns
    -------
    ndarray
        0 (all equal) to 1 − 1/n (one holds all), shape () or (draws,); NaN where the sum is 0.
    """
    held = np.asarray(weights, dtype=float)
    mass = held * np.asarray(values, dtype=float)
    total = mass.sum(-1)
    area = (held * (2 * mass.cumsum(-1) - mass)).sum(-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(1 - area / (held.sum(-1) * total))


def captured(score: ArrayLike, outcome: ArrayLike, shares: ArrayLike) -> Floats:
    """Share of an outcome that falls on the units with the highest scores.

    Parameters
    ----------
    score
        What ranks the units, shape (n,).
    outcome
        What is counted, 0 or more, shape (n,), with a sum above 0.
    shares
        Shares of the units, counted from the highest score, 0–1.

    Returns
    -------
    ndarray
        Share of the outcome at each share of units, shape of `shares`. Units with equal scores are taken in
        proportion, so the result does not hang on the order of the rows.
    """
    numbers = np.asarray(score, dtype=float)
    levels, level = np.unique(-numbers, return_inverse=True)
    units = np.concatenate([[0.0], np.bincount(level, minlength=levels.size).cumsum()])
    held = np.concatenate([[0.0], np.bincount(level, np.asarray(outcome, dtype=float)).cumsum()])
    return np.asarray(np.interp(np.asarray(shares) * numbers.size, units, held / held[-1]))
