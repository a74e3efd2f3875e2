"""Charts of values that remember the ones before: limits around what each value was expected to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.scorecard.steps import corrected
from cerm_nb.stats import lag_one, normal_quantile

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.change_points import Changes
    from cerm_nb.stats import Floats, Integers, Truths


@dataclass(frozen=True, eq=False)
class Memory:
    """How much each series remembers of the value before.

    Parameters
    ----------
    correlation
        With the value before, corrected for bias, 0 to .95, shape (series,).
    demands
        Whether it is too large for limits of independent values, shape (series,).
    """

    correlation: Floats
    demands: Truths


def memory(values: Floats, found: Changes, *, least: int, significance: float = 0.05) -> Memory:
    """Estimate how much each series remembers of the value before.

    Parameters
    ----------
    values
        Shape (series, periods), NaN for gaps.
    found
        Their `changes`.
    least
        Values from which a series is told to remember; one with fewer does not.
    significance
        Level of the one-sided test that it does.

    Notes
    -----
    A change of level, or a straight line, looks like memory. Where one is found at half this level, the
    correlation is that of the values less it: otherwise a residual chart would hide what it should show.
    """
    n = (~np.isnan(values)).sum(axis=1)
    changed = np.minimum(*np.nan_to_num([found.p, found.p_line], nan=1.0)) <= significance / 2
    means = np.where(changed, 2, 1)
    raw = np.where(
        changed, lag_one(values - np.where(changed[:, None], found.expected, 0.0)), lag_one(values)
    )
    plain, beside = (corrected(raw, n, means=count) for count in (1, 2))
    z = (np.nan_to_num(raw, nan=-1.0) + means / np.maximum(n, 1)) * np.sqrt(n)
    demands = (z > normal_quantile(1 - 2 * significance)) & (n >= least)
    return Memory(np.where(changed, beside, plain), demands)


@dataclass(frozen=True, eq=False)
class Expected:
    """What each value was expected to be from those before.

    Parameters
    ----------
    mean
        Of the phase, shape (series, periods).
    level
        The mean and what is remembered of the value before.
    residual
        Value less that, of equal spread everywhere.
    spread
        How many times the residual's spread the value's is around its level: more after a gap.
    """

    mean: Floats
    level: Floats
    residual: Floats
    spread: Floats


def expected(values: Floats, groups: Integers, correlation: Floats) -> Expected:
    """Tell what each value was expected to be from the one before it in its phase.

    Parameters
    ----------
    values
        Shape (series, periods), NaN for gaps.
    groups
        Phases, of the same shape: nothing is remembered from one to the next.
    correlation
        With the value before, shape (series, periods).

    Notes
    -----
    First-order autoregression around the mean of the phase; after a gap of k periods what is remembered is
    the k-th power of the correlation (Alwan and Roberts 1988; Montgomery and Mastrangelo 1991).
    """
    known = ~np.isnan(values)
    mean = _means(values, groups)
    before = _position_before(known)
    row = np.arange(len(values))[:, None]
    place = np.maximum(before, 0)
    same = (before >= 0) & (groups[row, place] == groups)
    apart = np.where(same, np.arange(values.shape[1]) - before, 0)
    kept = np.where(same, correlation**apart, 0.0)
    level = mean + kept * np.where(same, values[row, place] - mean, 0.0)
    spread = np.sqrt((1 - kept**2) / (1 - correlation**2))
    return Expected(mean, np.where(known, level, np.nan), (values - level) / spread, spread)


def _means(values: Floats, groups: Integers) -> Floats:
    known = ~np.isnan(values)
    found = np.full(values.shape, np.nan)
    for each in np.unique(groups):
        here = (groups == each) & known
        n = here.sum(axis=1)
        mean = np.where(here, values, 0.0).sum(axis=1) / np.maximum(n, 1)
        np.copyto(found, np.where(n > 0, mean, np.nan)[:, None], where=groups == each)
    return found


def _position_before(known: Truths) -> Integers:
    """Position of the last value before each period, -1 where there is none."""
    at = np.where(known, np.arange(known.shape[1]), -1)
    found = np.full(known.shape, -1, dtype=np.int64)
    found[:, 1:] = np.maximum.accumulate(at, axis=1)[:, :-1]
    return found
