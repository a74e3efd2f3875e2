"""What Mann-Kendall's S does by chance in series that remember but have no trend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Integers

PHI = np.array([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95])  # lag-one correlations drawn
# Standard errors from an estimated correlation, and their weights: three-point Gauss-Hermite quadrature.
NODES = ((-np.sqrt(3.0), 1 / 6), (0.0, 2 / 3), (np.sqrt(3.0), 1 / 6))
SAME = 1e-9  # relative distance up to which two sums are the same


def chance(
    values: Floats,
    s: Floats,
    pairs: Integers,
    phi: Floats,
    apart: int,
    confidence: float,
    draws: int,
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Chance of an S as far from 0 in a series without a trend, and the S reached with 1 - confidence.

    Parameters
    ----------
    values
        Shape (series, periods), NaN for gaps.
    s, pairs
        Shape (series,): S, NaN where it is not judged, and the pairs of values behind it.
    phi
        Lag-one correlation, within `PHI`.
    apart
        Periods apart of which pairs are multiples: 1, or those of a season.
    confidence, draws, rng
        Coverage, draws of each length and correlation, and their source.

    Notes
    -----
    Gaps inside a series make S more uncertain; that of the whole length is widened by the root of periods
    over values. The correlation is an estimate: chances are averaged over what it may be.
    """
    known = ~np.isnan(values)
    n = known.sum(axis=1)
    span = np.where(n > 0, values.shape[1] - known.argmax(axis=1) - known[:, ::-1].argmax(axis=1), 0)
    unit = pairs * np.sqrt(np.maximum(span, 1) / np.maximum(n, 1))
    weights = _weights(phi, n)
    p, limit = np.full(len(s), np.nan), np.full(len(s), np.nan)
    judged = ~np.isnan(s)
    for length in np.unique(span[judged]):
        here = np.flatnonzero(judged & (span == length))
        drawn = _drawn(int(length), apart, draws, rng)
        size = np.abs(s[here]) / unit[here] * (1 - SAME)
        beyond = np.stack([draws - np.searchsorted(row, size) for row in drawn], axis=1)
        p[here] = (weights[here] * (beyond + 1) / (draws + 1)).sum(axis=1)
        limit[here] = weights[here] @ np.quantile(drawn, confidence, axis=1)
    return p, limit * unit


def _weights(phi: Floats, n: Integers) -> Floats:
    """Share of each of `PHI` in a correlation known with error: mean and spread of the estimate.

    Shape (series, correlations). A correlation between two drawn ones is told by both.
    """
    found = np.zeros((len(phi), len(PHI)))
    rows = np.arange(len(phi))
    error = np.sqrt((1 - phi**2) / np.maximum(n, 1))
    for away, weight in NODES:
        at = np.clip(phi + away * error, PHI[0], PHI[-1])
        below = np.clip(np.searchsorted(PHI, at, side="right") - 1, 0, len(PHI) - 2)
        share = (at - PHI[below]) / (PHI[below + 1] - PHI[below])
        found[rows, below] += weight * (1 - share)
        found[rows, below + 1] += weight * share
    return found


def _drawn(periods: int, apart: int, draws: int, rng: np.random.Generator) -> Floats:
    """Draw |S| per pair under each correlation, in ascending order, shape (correlations, draws)."""
    noise = rng.standard_normal((periods, draws))
    course = np.empty((periods, len(PHI), draws))
    course[0] = noise[0]
    for at in range(1, periods):
        course[at] = PHI[:, None] * course[at - 1] + np.sqrt(1 - PHI**2)[:, None] * noise[at]
    total, pairs = np.zeros(course.shape[1:]), 0
    for lag in range(apart, periods, apart):
        later = course[lag:] > course[:-lag]
        total += 2 * later.sum(axis=0) - len(later)
        pairs += len(later)
    return np.asarray(np.sort(np.abs(total) / max(pairs, 1), axis=1))
