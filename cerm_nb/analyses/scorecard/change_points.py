"""Where the level of a series changed for good: the best split, judged against series that remember."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.scorecard.steps import TWO_STEPS, best_split, less_step, line_through, slope
from cerm_nb.stats import student_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cerm_nb.analyses.scorecard.steps import Slope, Split
    from cerm_nb.stats import Floats, Integers, Truths

NEEDED = 18  # values of a series that is looked at
MEMORIES = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9])  # of the series without change
CAUTIOUS = 2.0  # standard errors by which the memory is taken larger than estimated
SIMULATED, SEED = 2000, 1931  # series without change for each memory
GROWTH = 1.15  # tables of how strong chance splits are stand at lengths so far apart


@dataclass(frozen=True, eq=False)
class Changes:
    """The strongest change of each series; NaN and -1 where a series is too short or constant.

    Parameters
    ----------
    at
        Column of the first value of the new level, shape (series,).
    before, after, low, high
        Means on either side, and the interval of their difference at that place.
    n_before, n_after
        Values they rest on.
    p
        Share of series that remember as this one does and never changed, whose best split is as strong.
    p_line
        The same for the slope of a straight line.
    step
        Whether steps tell the series better than a straight line does.
    expected
        Level of the step, or of the line where that is better, at each value, shape (series, periods).
    """

    at: Integers
    before: Floats
    after: Floats
    low: Floats
    high: Floats
    n_before: Integers
    n_after: Integers
    p: Floats
    p_line: Floats
    step: Truths
    expected: Floats


def changes(values: ArrayLike, *, confidence: float = 0.95) -> Changes:
    """Find the strongest change of level of each series.

    Parameters
    ----------
    values
        Shape (series, periods), NaN for gaps, which are skipped.
    confidence
        Coverage of the interval of the difference, given its place.

    Notes
    -----
    The statistic is the largest F of a step in the mean over all places with six values on either side, by
    generalised least squares with first-order autoregressive errors, whose correlation is estimated beside
    the best step of ordinary least squares (two of them from 36 values on) and corrected for its bias
    (Andrews 1993; Marriott and Pope 1954). Its distribution where nothing changed is simulated, at a
    correlation two standard errors above the estimate: of 4,000 simulated series of 18, 21, 24, 36, 60 or 120
    values with correlations of up to .6, 0.1 to 5.3 % had p of .05 or less.
    """
    x = np.atleast_2d(np.asarray(values, dtype=float))
    known = ~np.isnan(x)
    n = known.sum(axis=1)
    found = _empty(x)
    columns = np.argsort(~known, axis=1, kind="stable")
    moving = np.nanmax(np.where(known, x, -np.inf), axis=1, initial=-np.inf) > np.nanmin(
        np.where(known, x, np.inf), axis=1, initial=np.inf
    )
    for length in np.unique(n[(n >= NEEDED) & moving]):
        rows = np.flatnonzero((n == length) & moving)
        where = columns[rows, :length]
        _judge(found, np.take_along_axis(x[rows], where, axis=1), rows, where, confidence)
    return found


def _empty(x: Floats) -> Changes:
    series, step = len(x), np.zeros(len(x), dtype=bool)
    before, after, low, high, p, p_line = (np.full(series, np.nan) for _ in range(6))
    at, n_before, n_after = (np.full(series, value, dtype=np.int64) for value in (-1, 0, 0))
    expected = np.full(x.shape, np.nan)
    return Changes(at, before, after, low, high, n_before, n_after, p, p_line, step, expected)


def _judge(found: Changes, x: Floats, rows: Integers, where: Integers, confidence: float) -> None:
    """Write what is found in series of one length to their places."""
    n = x.shape[1]
    best = best_split(x)
    after = np.arange(n) >= best.at[:, None]
    first = (np.where(after, 0.0, x).sum(axis=1)) / best.at
    second = (np.where(after, x, 0.0).sum(axis=1)) / (n - best.at)
    stepped, line = np.where(after, second[:, None], first[:, None]), line_through(x)
    step = _told_by_steps(x, line)
    half = best.error * student_quantile(confidence, n - 3)
    found.at[rows] = where[np.arange(len(x)), best.at]
    found.before[rows], found.after[rows] = first, second
    found.low[rows], found.high[rows] = second - first - half, second - first + half
    found.n_before[rows], found.n_after[rows] = best.at, n - best.at
    chance = _by_chance(_tabled(n))
    found.p[rows] = _share_as_strong(best, chance[0], n)
    found.p_line[rows] = _share_as_strong(slope(x), chance[1], n)
    found.step[rows] = step
    found.expected[rows[:, None], where] = np.where(step[:, None], stepped, line)


def _told_by_steps(x: Floats, line: Floats) -> Truths:
    """Whether one step, or two in longer series, tell each series better than a line does, by BIC."""
    n, once = x.shape[1], less_step(x)
    size = np.log(n)
    told = [(x - line, 2), (once, 3), *([(less_step(once), 5)] if n >= TWO_STEPS else [])]
    criteria = [n * np.log(np.maximum((rest**2).sum(axis=1), 1e-300)) + size * count for rest, count in told]
    return np.asarray(np.min(criteria[1:], axis=0) < criteria[0])


def _share_as_strong(found: Split | Slope, table: Floats, n: int) -> Floats:
    """Tell p of each series, between the memories chance was simulated at."""
    shares = np.stack(
        [(1 + SIMULATED - np.searchsorted(row, found.strength)) / (1 + SIMULATED) for row in table]
    )
    error = np.sqrt((1 - found.memory**2) / n)
    cautious = np.minimum(found.memory + CAUTIOUS * error, MEMORIES[-1])
    above = np.clip(np.searchsorted(MEMORIES, cautious), 1, len(MEMORIES) - 1)
    weight = (cautious - MEMORIES[above - 1]) / (MEMORIES[above] - MEMORIES[above - 1])
    row = np.arange(len(cautious))
    return np.asarray((1 - weight) * shares[above - 1, row] + weight * shares[above, row])


def _tabled(n: int) -> int:
    """Give the nearest length below that is simulated."""
    steps = int(np.log(n / NEEDED) / np.log(GROWTH) + 1e-9)
    return int(NEEDED * GROWTH**steps)


@lru_cache(maxsize=64)
def _by_chance(n: int) -> Floats:
    """Strengths of splits and of lines where nothing changed, rising, shape (2, memories, simulated)."""
    noise = np.random.default_rng((SEED, n)).normal(size=(SIMULATED, n))
    found = np.empty((2, len(MEMORIES), SIMULATED))
    for at, memory in enumerate(MEMORIES):
        series = noise.copy()
        for period in range(1, n):
            series[:, period] = memory * series[:, period - 1] + np.sqrt(1 - memory**2) * noise[:, period]
        found[:, at] = np.sort([best_split(series).strength, slope(series).strength])
    return found
