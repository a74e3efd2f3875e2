"""Whether what is unexpected in one series is followed by something unexpected in another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.whitening import Surprises
    from cerm_nb.stats import Floats, Integers

PAIRS = 8  # pairs of values a lag is tested on at the least
POWER = 0.8  # chance of being found from which finding nothing tells something
CHUNK = 4_000_000  # values worked on at a time, so that memory stays small
MOST = 1 - 1e-12  # largest correlation there is, so that its transform stays finite


@dataclass(frozen=True, eq=False)
class LeadLag:
    """The strongest relation of each pair of series over the lags, and how sure it is.

    Parameters
    ----------
    lag
        Periods from leader to follower, 0 where no lag could be tested.
    estimate, low, high
        Correlation of the leader's surprises with the follower's that many periods later, and its interval,
        simultaneous over the lags tested.
    effect, effect_low, effect_high
        Units of the follower on one unit more of the leader than was to be expected.
    n, lags
        Pairs of values behind it, and lags tested.
    free
        Pairs less what level, trend and season took.
    p
        Two-sided, times the lags tested (Bonferroni); NaN where none was.
    p_together
        The same of lag 0 alone.
    """

    lag: Integers
    estimate: Floats
    low: Floats
    high: Floats
    effect: Floats
    effect_low: Floats
    effect_high: Floats
    n: Integers
    lags: Integers
    free: Floats
    p: Floats
    p_together: Floats


def lead_lag(
    found: Surprises,
    leaders: Integers,
    followers: Integers,
    *,
    max_lag: int = 6,
    min_points: int = 12,
    confidence: float = 0.95,
) -> LeadLag:
    """Correlate each leader's surprises with its follower's one to `max_lag` periods later.

    Parameters
    ----------
    found
        From `cerm_nb.analyses.scorecard.whitening.surprises`.
    leaders, followers
        Rows of the series, shape (pairs,).
    max_lag
        Longest lag, periods.
    min_points
        Periods in which both have a surprise, from which a pair is tested.
    confidence
        Coverage of the intervals.

    Notes
    -----
    Both sides are pre-whitened, so correlations at different lags are those of independent values (Haugh
    1976); intervals and p by Fisher's transform, Bonferroni over lags. What moves in the same period does not
    tell which of the two leads, so lag 0 is no lag of a leading indicator.
    """
    size = max(1, CHUNK // max(found.values.shape[1], 1))
    cuts = range(0, max(len(leaders), 1), size)
    parts = [
        _lead_lag(found, leaders[at : at + size], followers[at : at + size], max_lag, min_points, confidence)
        for at in cuts
    ]
    names = LeadLag.__dataclass_fields__
    return LeadLag(*(np.concatenate([getattr(one, name) for one in parts]) for name in names))


def _lead_lag(
    found: Surprises, leaders: Integers, followers: Integers, max_lag: int, min_points: int, confidence: float
) -> LeadLag:
    a, b = found.values[leaders], found.values[followers]
    shared = np.minimum(found.fixed[leaders], found.fixed[followers]) - 1
    enough = (~np.isnan(a) & ~np.isnan(b)).sum(axis=1) >= min_points
    r, ratio, n = (
        np.stack(each) for each in zip(*(_correlation(a, b, k) for k in range(max_lag + 1)), strict=True)
    )
    free = n - shared - 3.0
    tested = enough & (n >= PAIRS) & (free > 0) & ~np.isnan(r)
    z = np.where(tested, np.arctanh(np.nan_to_num(r)) * np.sqrt(np.where(tested, free, 1.0)), np.nan)
    strength = np.where(tested[1:], np.abs(np.nan_to_num(z[1:])), -1.0)
    lag = strength.argmax(axis=0) + 1
    lags = tested[1:].sum(axis=0)
    told = lags > 0
    at = np.where(told, lag, 0), np.arange(len(lag))
    estimate = np.where(told, r[at], np.nan)
    half = -ndtri((1 - confidence) / 2 / np.maximum(lags, 1)) / np.sqrt(np.where(told, free[at], np.nan))
    low, high = np.tanh(np.arctanh(estimate) - half), np.tanh(np.arctanh(estimate) + half)
    return LeadLag(
        lag=at[0],
        estimate=estimate,
        low=low,
        high=high,
        effect=estimate * ratio[at],
        effect_low=low * ratio[at],
        effect_high=high * ratio[at],
        n=np.where(told, n[at], n[0]),
        lags=lags,
        free=np.where(told, free[at], np.nan),
        p=np.where(told, np.minimum(2 * ndtr(-np.abs(z[at])) * lags, 1.0), np.nan),
        p_together=2 * ndtr(-np.abs(z[0])),
    )


def _correlation(a: Floats, b: Floats, lag: int) -> tuple[Floats, Floats, Integers]:
    """Correlation at a lag, the follower's spread over the leader's, and pairs of values."""
    first, second = a[:, : max(a.shape[1] - lag, 0)], b[:, lag:]
    both = ~np.isnan(first) & ~np.isnan(second)
    n = both.sum(axis=1)
    x, y = (_centred(each, both, n) for each in (first, second))
    xx, yy, xy = (np.einsum("pt,pt->p", *each) for each in ((x, x), (y, y), (x, y)))
    moves = (xx > 0) & (yy > 0)
    r = np.clip(xy / np.sqrt(np.where(moves, xx * yy, np.nan)), -MOST, MOST)
    return r, np.sqrt(yy / np.where(moves, xx, np.nan)), n


def _centred(values: Floats, rows: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], n: Integers) -> Floats:
    held = np.where(rows, values, 0.0)
    return np.where(rows, held - (held.sum(axis=1) / np.maximum(n, 1))[:, None], 0.0)


def power(relation: float, free: Floats, tests: Floats, significance: float) -> Floats:
    """Chance of finding a relation of a given size among so many tests.

    Parameters
    ----------
    relation
        Correlation of surprises, above 0 and below 1.
    free
        From `LeadLag`, NaN where nothing was tested.
    tests
        Tests the significance is shared by: lags times pairs.
    significance
        Chance of any false finding.
    """
    return np.asarray(ndtr(np.arctanh(relation) * np.sqrt(free) - _limit(tests, significance)))


def detectable(free: Floats, tests: Floats, significance: float) -> Floats:
    """Smallest correlation of surprises that is found with a chance of `POWER`; as `power`."""
    return np.asarray(np.tanh((_limit(tests, significance) + ndtri(POWER)) / np.sqrt(free)))


def needed(relation: float, tests: Floats, significance: float) -> Floats:
    """`LeadLag.free` from which a relation of a given size is found with a chance of `POWER`; as `power`."""
    return np.asarray(((_limit(tests, significance) + ndtri(POWER)) / np.arctanh(relation)) ** 2)


def _limit(tests: Floats, significance: float) -> Floats:
    return np.asarray(-ndtri(significance / 2 / np.maximum(tests, 1)))
