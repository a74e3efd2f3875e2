"""Difference between the treated and the control: of means by Welch, of shares by Newcombe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, stdtr

from cerm_nb.stats.intervals import wilson_interval
from cerm_nb.stats.weighting import student_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Effect:
    """Treated less control.

    Parameters
    ----------
    estimator
        ``ancova``, ``difference_in_differences``, ``difference_of_means`` or ``difference_of_proportions``.
    estimate, error, low, high, p, degrees
        Estimate, standard error, interval, two-sided p and degrees of freedom; NaN where undetermined.
    n_treated, n_control
        Units behind the estimate.
    clusters_treated, clusters_control
        What was assigned as a whole (units themselves, where there are no clusters).
    reason
        Why there is no interval; empty where there is one.
    """

    estimator: str
    estimate: float
    error: float
    low: float
    high: float
    p: float
    degrees: float
    n_treated: int
    n_control: int
    clusters_treated: int
    clusters_control: int
    reason: str = ""


def student_effect(
    estimator: str,
    found: tuple[float, float, float],
    counts: tuple[int, int, int, int],
    confidence: float,
    reason: str = "",
) -> Effect:
    """Put an effect together from estimate, standard error and degrees of freedom by Student's t.

    Parameters
    ----------
    estimator
        Its name, see `Effect`.
    found
        Estimate, standard error, degrees of freedom.
    counts
        Units treated and control, clusters treated and control.
    confidence
        Coverage of the interval.
    reason
        Why nothing can be told; found out here where the error is none or unknown.
    """
    estimate, error, degrees = found
    known = bool(np.isfinite(error) and degrees >= 1)
    reason = reason or ("too_few" if not known else "no_spread" if error <= 0 else "")
    if reason:
        return Effect(estimator, estimate, *(np.nan,) * 5, *counts, reason)
    half = student_quantile(confidence, degrees).item() * error
    p = float(2 * stdtr(degrees, -abs(estimate / error)))
    return Effect(estimator, estimate, error, estimate - half, estimate + half, p, degrees, *counts)


def difference_of_means(treated: ArrayLike, control: ArrayLike, confidence: float = 0.95) -> Effect:
    """Mean of the treated less mean of the control.

    Parameters
    ----------
    treated, control
        Values of units assigned one by one, shapes (n,) and (m,), NaN where there is none.
    confidence
        Coverage of the interval.

    Returns
    -------
    Effect
        With reason ``too_few`` below two units on a side, ``no_spread`` where all are equal.

    Notes
    -----
    Welch 1947.
    """
    sides = [x[~np.isnan(x)] for x in (np.asarray(side, dtype=float) for side in (treated, control))]
    sizes = len(sides[0]), len(sides[1])
    means = [side.mean() if len(side) else np.nan for side in sides]
    parts = [side.var(ddof=1) / len(side) if len(side) > 1 else np.nan for side in sides]
    total = parts[0] + parts[1]
    below = sum(part**2 / max(n - 1, 1) for part, n in zip(parts, sizes, strict=True))
    degrees = total**2 / below if below > 0 else min(sizes) - 1
    found = float(means[0] - means[1]), float(np.sqrt(total)), float(degrees)
    return student_effect("difference_of_means", found, (*sizes, *sizes), confidence)


def difference_of_proportions(
    treated: tuple[int, int], control: tuple[int, int], confidence: float = 0.95
) -> Effect:
    """Share of the treated less share of the control.

    Parameters
    ----------
    treated, control
        Successes and units, ``0 <= successes <= units``.
    confidence
        Coverage of the interval.

    Returns
    -------
    Effect
        Degrees of freedom are NaN, since none are used; reason ``too_few`` where a side has no unit.

    Raises
    ------
    ValueError
        For more successes than units, or negative ones.

    Notes
    -----
    Interval from two Wilson score intervals (Newcombe 1998, method 10), so it stays within −1 and 1; p of the
    score test, with the standard error that pooling gives.
    """
    for successes, units in (treated, control):
        if not 0 <= successes <= units:
            raise ValueError(f"{successes} successes among {units} units")
    counts = treated[1], control[1], treated[1], control[1]
    if min(treated[1], control[1]) == 0:
        return Effect("difference_of_proportions", *(np.nan,) * 6, *counts, "too_few")
    shares = [successes / units for successes, units in (treated, control)]
    ends = [wilson_interval(*side, confidence) for side in (treated, control)]
    estimate = shares[0] - shares[1]
    below = np.hypot(shares[0] - ends[0][0], ends[1][1] - shares[1])
    above = np.hypot(ends[0][1] - shares[0], shares[1] - ends[1][0])
    pooled = (treated[0] + control[0]) / (treated[1] + control[1])
    error = float(np.sqrt(pooled * (1 - pooled) * (1 / treated[1] + 1 / control[1])))
    p = float(2 * ndtr(-abs(estimate) / error)) if error > 0 else 1.0
    ends_told = float(estimate - below), float(estimate + above)
    return Effect("difference_of_proportions", estimate, error, *ends_told, p, np.nan, *counts)
