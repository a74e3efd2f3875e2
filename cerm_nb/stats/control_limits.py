"""Control limits of many series at once, and the points that chance alone does not explain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cerm_nb.stats.arrays import Floats, Integers, Truths

LIMIT = 2.66  # mean moving ranges from the mean to a limit: 3 / 1.128, the range of two normal values
SCREEN = 3.267  # mean moving ranges above which a range is a jump, not chance
RUN, WINDOW, NEAR = 7, 3, 2  # points of a run; how many of how many near a limit
SLACK = 1e-9  # relative distance up to which two values are the same


@dataclass(frozen=True, eq=False)
class ControlLimits:
    """Mean and limits at every point of every series.

    Parameters
    ----------
    mean, lower, upper
        Shape (series, periods); NaN where fewer than two values are there to make limits of.
    n
        Values they were made of, shape (series, periods).
    """

    mean: Floats
    lower: Floats
    upper: Floats
    n: Integers


@dataclass(frozen=True, eq=False)
class SpecialCauses:
    """Which points chance alone does not explain, by rule: 1 high or rising, -1 low or falling, 0 neither.

    Parameters
    ----------
    outside
        Beyond a limit.
    run
        One of seven or more in a row on one side of the mean.
    trend
        One of seven or more in a row, each above (or each below) the one before.
    near
        One of two among three in a row within the outer third of the same side, inside the limit.
    """

    outside: Integers
    run: Integers
    trend: Integers
    near: Integers

    @property
    def direction(self) -> Integers:
        """Sign of the first rule that holds, in the order above; 0 where none does."""
        found = self.outside
        for rule in (self.run, self.trend, self.near):
            found = np.where(found == 0, rule, found)
        return np.asarray(found)


def control_limits(
    values: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    basis: ArrayLike | None = None,
    screened: bool = True,
) -> ControlLimits:
    """Mean and natural process limits of individual values (XmR chart).

    Parameters
    ----------
    values
        Shape (periods,) or (series, periods), NaN for gaps, in the order of time.
    groups
        Whole numbers that rise where limits are to be made anew ("rebased"), shape (periods,) or that of
        values; one group where None.
    basis
        Truths of the same shape: values limits are made of, such as those before a change; all where None.
    screened
        Whether moving ranges beyond 3.267 mean ranges are left out of the mean range, once.

    Returns
    -------
    ControlLimits
        Always of shape (series, periods).

    Notes
    -----
    Mean ± 2.66 · mean moving range (Shewhart 1931; Wheeler 2000; NHS England "Making data count" screens the
    ranges). A gap is skipped: the values before and after it follow each other.
    """
    x, group = _arranged(values, groups)
    used = np.broadcast_to(True if basis is None else np.asarray(basis, dtype=bool), x.shape) & ~np.isnan(x)
    mean, lower, upper = (np.full(x.shape, np.nan) for _ in range(3))
    n = np.zeros(x.shape, dtype=np.int64)
    for each in np.unique(group):
        here = group == each
        middle, half, count = _of_one_group(x, used & here, screened=screened)
        for whole, part in ((mean, middle), (lower, middle - half), (upper, middle + half), (n, count)):
            np.copyto(whole, part[:, None], where=here, casting="same_kind")
    return ControlLimits(mean, lower, upper, n)


def special_causes(
    values: ArrayLike, limits: ControlLimits, *, groups: ArrayLike | None = None
) -> SpecialCauses:
    """Find the points that chance alone does not explain.

    Parameters
    ----------
    values, groups
        As given to `control_limits`.
    limits
        From `control_limits`.

    Returns
    -------
    SpecialCauses
        Each of shape (series, periods); 0 at gaps and where there are no limits.

    Notes
    -----
    The four rules of NHS England "Making data count". No run crosses from one group to the next; a gap
    neither adds to a run nor ends it; a value at the mean ends a run on one side.
    """
    x, group = _arranged(values, groups)
    order = np.argsort(np.isnan(x), axis=1, kind="stable")
    back = np.argsort(order, axis=1, kind="stable")
    packed, mean, lower, upper = (
        np.take_along_axis(each, order, axis=1) for each in (x, limits.mean, limits.lower, limits.upper)
    )
    segment = np.where(np.isnan(packed), -1, np.take_along_axis(group, order, axis=1))
    outside = _sign(packed - upper, upper).clip(min=0) + _sign(packed - lower, lower).clip(max=0)
    away = _sign(packed - mean, mean)
    limit = np.where(away > 0, upper, lower)
    outer = (away != 0) & (outside == 0) & (np.abs(packed - mean) > np.abs(limit - mean) * 2 / 3)
    rising = np.zeros_like(away)
    rising[:, 1:] = _sign(np.diff(packed, axis=1), packed[:, 1:])
    found = (
        outside,
        _both_sides(away, segment, RUN, RUN),
        _trending(rising, segment),
        _both_sides(np.where(outer, away, 0), segment, WINDOW, NEAR),
    )
    return SpecialCauses(*(np.take_along_axis(each, back, axis=1) for each in found))


def lag_one(values: ArrayLike) -> Floats:
    """Correlation of each series' values with the ones before, shape (series,); NaN below four pairs.

    Parameters
    ----------
    values
        Shape (periods,) or (series, periods), NaN for gaps; pairs across a gap are left out.

    Notes
    -----
    Limits hold for values that follow each other independently: with a correlation of .5 two to three times
    as many stable years show a special cause.
    """
    x = np.atleast_2d(np.asarray(values, dtype=float))
    known = ~np.isnan(x)
    n = known.sum(axis=1)
    away = np.where(known, x - (np.where(known, x, 0.0).sum(axis=1) / np.maximum(n, 1))[:, None], 0.0)
    total, pairs = (away**2).sum(axis=1), (known[:, 1:] & known[:, :-1]).sum(axis=1)
    told = (pairs >= 4) & (total > SLACK * np.abs(np.where(known, x, 0.0)).max(axis=1, initial=0.0) ** 2)
    return np.where(told, (away[:, 1:] * away[:, :-1]).sum(axis=1) / np.where(told, total, 1.0), np.nan)


def _arranged(values: ArrayLike, groups: ArrayLike | None) -> tuple[Floats, Integers]:
    x = np.atleast_2d(np.asarray(values, dtype=float))
    if np.isinf(x).any():
        raise ValueError("values must be finite, or NaN where there is a gap")
    group = np.broadcast_to(np.asarray(0 if groups is None else groups, dtype=np.int64), x.shape)
    if (np.diff(group, axis=1) < 0).any():
        raise ValueError("groups must not fall from one period to the next")
    return x, group


def _of_one_group(x: Floats, used: Truths, *, screened: bool) -> tuple[Floats, Floats, Integers]:
    """Mean, distance to the limits and n of each series over the values used."""
    order = np.argsort(~used, axis=1, kind="stable")
    packed = np.take_along_axis(np.where(used, x, np.nan), order, axis=1)
    n = used.sum(axis=1)
    mean = _mean(packed)
    ranges = np.abs(np.diff(packed, axis=1))
    usual = _mean(ranges)
    if screened:
        usual = _mean(np.where(ranges > SCREEN * usual[:, None], np.nan, ranges))
    return mean, LIMIT * usual, n


def _mean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    n = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def _sign(difference: Floats, scale: Floats) -> Integers:
    """Sign of a difference, 0 where it is rounding or unknown."""
    size = SLACK * np.maximum(np.abs(np.nan_to_num(scale)), 1e-300)
    known = np.nan_to_num(difference)
    up, down = known > size, known < -size
    return up.astype(np.int64) - down.astype(np.int64)


def _both_sides(side: Integers, segment: Integers, width: int, needed: int) -> Integers:
    """1 (or -1) where a point of that sign lies in a window holding `needed` such points."""
    high, low = (_in_window(side == sign, segment, width, needed) for sign in (1, -1))
    found: Integers = np.where(high & (side == 1), 1, 0) - np.where(low & (side == -1), 1, 0)
    return found


def _trending(rising: Integers, segment: Integers) -> Integers:
    """Six steps one way make seven points: the one before the first step belongs to them."""
    inside = np.zeros_like(segment)
    inside[:, 1:] = np.where(segment[:, 1:] == segment[:, :-1], rising[:, 1:], 0)
    found = _both_sides(inside, segment, RUN - 1, RUN - 1)
    started = np.zeros_like(found)
    started[:, :-1] = np.where(found[:, :-1] == 0, found[:, 1:], 0)
    return np.asarray(np.where(found == 0, started, found))


def _in_window(flag: Truths, segment: Integers, width: int, needed: int) -> Truths:
    """Whether a point lies in a window within one segment that holds enough flagged points."""
    periods = flag.shape[1]
    found = np.zeros(flag.shape, dtype=bool)
    if periods < width:
        return found
    total = np.cumsum(np.pad(flag, ((0, 0), (1, 0))), axis=1)
    whole = segment[:, width - 1 :] == segment[:, : periods - width + 1]
    enough = whole & (total[:, width:] - total[:, :-width] >= needed)
    for step in range(width):
        found[:, step : periods - width + 1 + step] |= enough
    return found
