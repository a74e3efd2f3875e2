"""Statistics that more than one room needs: intervals, tie-safe scores, weighted patterns, inequality."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def wilson_interval(successes: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Score interval of a proportion.

    Parameters
    ----------
    successes, n
        Successes among n trials, ``0 <= successes <= n``.
    confidence
        Coverage, above 0 and below 1.

    Returns
    -------
    tuple of float
        Low and high end; (0, 1) where n is 0.

    Notes
    -----
    Wilson 1927; good at small n and near 0 and 1, where the normal interval leaves the range.
    """
    if n <= 0:
        return 0.0, 1.0
    z = normal_quantile(confidence)
    share = successes / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def normal_quantile(confidence: float) -> float:
    """Return z of a two-sided normal interval: 1.96 at 0.95."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def correlation_interval(
    first: ArrayLike, second: ArrayLike, confidence: float = 0.95
) -> tuple[float, float, float]:
    """Pearson correlation with Fisher's interval.

    Parameters
    ----------
    first, second
        Paired values, shape (n,).
    confidence
        Coverage, above 0 and below 1.

    Returns
    -------
    tuple of float
        Correlation, low, high; all NaN below four pairs or where one side is constant.
    """
    x, y = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if x.size < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan, np.nan, np.nan
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -1 + 1e-12, 1 - 1e-12))
    half = normal_quantile(confidence) / np.sqrt(x.size - 3)
    low, high = np.tanh(np.arctanh(r) + np.array([-half, half]))
    return r, float(low), float(high)


def percentile_interval(draws: ArrayLike, confidence: float = 0.95) -> tuple[float, float]:
    """Cut the same share of draws off either end.

    Parameters
    ----------
    draws
        Draws of one quantity, shape (draws,).
    confidence
        Share of the draws kept.
    """
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.asarray(draws, dtype=float), [tail, 1 - tail])
    return float(low), float(high)


def bootstrap_interval(
    groups: Integers,
    statistic: Callable[[Integers], Floats],
    *,
    draws: int,
    confidence: float,
    seed: int,
) -> list[tuple[float, float]]:
    """Percentile bootstrap of statistics of a weighted sample.

    Resampling n units with replacement makes the weights multinomial, so only the weights are drawn
    and no unit is ever touched.

    Parameters
    ----------
    groups
        Units in each group of equal units, shape (groups,).
    statistic
        From drawn weights, shape (draws, groups), to statistics, shape (draws, statistics).
    draws, confidence, seed
        Number of resamples, coverage, and the seed that makes them repeatable.

    Returns
    -------
    list of tuple
        Low and high of each statistic.
    """
    n = int(groups.sum())
    weights = np.random.default_rng(seed).multinomial(n, groups / n, size=draws)
    return [percentile_interval(column, confidence) for column in statistic(weights).T]


def share_below(values: ArrayLike) -> Floats:
    """Share of units with a strictly smaller value; equal values get equal shares.

    Parameters
    ----------
    values
        Finite numbers, shape (n,).

    Returns
    -------
    ndarray
        Shares from 0 to (n − 1)/n, shape (n,).
    """
    numbers = np.asarray(values, dtype=float)
    return np.searchsorted(np.sort(numbers), numbers, side="left") / max(numbers.size, 1)


def quantile_scores(values: ArrayLike, bins: int) -> Integers:
    """Scores 1 … bins by rank, equal values always with equal scores.

    A unit scores k where at least a share (k − 1)/bins of all units lies strictly below it, so a column with
    few distinct values leaves scores out instead of parting equals.

    Parameters
    ----------
    values
        Finite numbers, shape (n,), the larger the better.
    bins
        Number of scores.
    """
    # the small addition undoes the rounding of a share such as 3/15 that is meant to be one fifth
    scores: Integers = np.floor(share_below(values) * bins + 1e-9).astype(np.int64) + 1
    return scores


def weighted_patterns(*columns: Integers) -> tuple[Integers, Integers, Integers]:
    """Collapse equal rows of whole numbers.

    Parameters
    ----------
    columns
        Whole numbers of 0 or more, each of shape (n,).

    Returns
    -------
    rows : ndarray
        Index of the first unit with each pattern, shape (patterns,).
    inverse : ndarray
        Pattern of each unit, shape (n,).
    weights : ndarray
        Units with each pattern, shape (patterns,).
    """
    key = columns[0]
    for column in columns[1:]:
        base = int(column.max(initial=0)) + 1
        if int(key.max(initial=0)) >= np.iinfo(np.int64).max // base:
            key = pd.factorize(key)[0].astype(np.int64)  # too large to pack: number the patterns so far
        key = key * base + column
    inverse, unique = pd.factorize(key)
    rows = np.empty(len(unique), dtype=np.int64)
    rows[inverse[::-1]] = np.arange(key.size - 1, -1, -1)
    return rows, inverse.astype(np.int64), np.bincount(inverse, minlength=len(unique)).astype(np.int64)


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


def suppress(groups: pd.DataFrame, count: str, smallest: int) -> pd.DataFrame:
    """Blank the numbers of groups too small to be spoken of.

    Parameters
    ----------
    groups
        One row per group.
    count
        Column with the group's size.
    smallest
        The smallest size that is shown.

    Returns
    -------
    DataFrame
        A copy in which every number of a smaller group is NaN, its size included. Where only one is too
        small the next larger is blanked with it, or the total would tell its size.
    """
    small = groups[count] < smallest
    if small.sum() == 1 and len(groups) > 1:
        small |= groups[count] == groups.loc[~small, count].min()
    numbers = groups.select_dtypes("number").columns
    return groups.assign(**{name: groups[name].astype(float).mask(small) for name in numbers})
