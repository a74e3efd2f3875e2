"""Intervals of shares, correlations and bootstrapped statistics."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from cerm_nb.stats.arrays import Floats, Integers


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
    # Rounding must not put the share itself outside where all trials, or none, succeed.
    return max(0.0, min(float(middle - half), share)), min(1.0, max(float(middle + half), share))


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
