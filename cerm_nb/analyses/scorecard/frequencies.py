"""Series whose frequency changed, monthly first and quarterly later: the stretch since the last change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cerm_nb.stats import Integers, Truths

SETTLED = 3  # equal distances in a row that make a frequency
MONTHS = 1_000_000  # distances in months are told apart from those in days


@dataclass(frozen=True, eq=False)
class Stretches:
    """Which days to use of each series.

    Parameters
    ----------
    kept
        Days since the last change of frequency, shape (days,).
    series, at
        Series whose frequency changed, and the position of the first day since, shape (changes,).
    before, after
        Distances before and after the change: months, or days as negative numbers.
    """

    kept: Truths
    series: Integers
    at: Integers
    before: Integers
    after: Integers


def since_last_change(days: pd.DatetimeIndex, series: Integers) -> Stretches:
    """Find the last change of frequency of each series.

    Parameters
    ----------
    days, series
        As given to `cerm_nb.stats.calendar.first_days`.

    Notes
    -----
    Three equal distances in a row make a frequency. It changed where the last such distance is another than
    the one before it, every later distance is a multiple of it, and every earlier one a multiple of the
    other: single gaps, and distances that vary, are no change.
    """
    key, number, inside = _distances(days, series)
    settled = _settled(key, inside)
    n = int(series.max(initial=-1)) + 1
    at = np.arange(len(days))
    last = _last_of(series, settled, n)  # position of the last settled distance of each series
    new = np.where(last >= 0, key[last], 0)
    other = settled & (key != new[series])
    end = _last_of(series, other, n)  # of the last one of another frequency
    old = np.where(end >= 0, key[end], 0)
    since = settled & (at > end[series]) & (key == new[series])
    start = np.full(n, len(days))
    np.minimum.at(start, series[since], at[since])
    earlier = _last_of(series, settled & (at <= end[series]) & (key != old[series]), n)
    late, early = inside & (at >= start[series]), inside & (at > earlier[series]) & (at <= end[series])
    wrong = (late & ~_multiple(key, number, new[series])) | (early & ~_multiple(key, number, old[series]))
    again = (earlier >= 0) & (key[earlier] == new)  # as before: gaps that happened to be regular
    changed = (end >= 0) & ~again & (np.bincount(series[wrong], minlength=n) == 0)
    which = np.flatnonzero(changed)
    kept = ~changed[series] | (at >= start[series] - 1)  # the first distance begins at the day before it
    return Stretches(kept, which, start[which] - 1, _signed(old[which]), _signed(new[which]))


def _distances(days: pd.DatetimeIndex, series: Integers) -> tuple[Integers, Integers, Truths]:
    """Distance of each day from the one before: as a key, in days, and whether it lies in the series."""
    given = days.to_numpy()
    number = _apart(given.astype("datetime64[D]"))
    months = _apart(given.astype("datetime64[M]"))
    day, ends = np.asarray(days.day), np.asarray(days.is_month_end)
    alike = np.zeros(len(days), dtype=bool)
    alike[1:] = (day[1:] == day[:-1]) | (ends[1:] & ends[:-1])
    inside = np.diff(series, prepend=-1) == 0
    return np.where(alike & (months > 0), months * MONTHS, number), number, inside


def _apart(given: NDArray[np.datetime64]) -> Integers:
    count = given.astype(np.int64)
    return np.diff(count, prepend=count[:1])


def _settled(key: Integers, inside: Truths) -> Truths:
    """Whether a distance is one of three or more equal ones in a row."""
    same = inside.copy()
    same[1:] &= inside[:-1] & (key[1:] == key[:-1])
    run = np.cumsum(~same)
    return np.asarray(inside & (np.bincount(run, minlength=run.max(initial=0) + 1)[run] >= SETTLED))


def _last_of(series: Integers, flag: Truths, n: int) -> Integers:
    found = np.full(n, -1)
    np.maximum.at(found, series[flag], np.flatnonzero(flag))
    return found


def _multiple(key: Integers, number: Integers, of: Integers) -> Truths:
    """Whether a distance is a multiple of another: in months where that one is, else in days."""
    by_month = of >= MONTHS
    months = (key >= MONTHS) & (key % np.maximum(of, 1) == 0)
    return np.asarray(np.where(by_month, months, number % np.maximum(np.where(by_month, 1, of), 1) == 0))


def _signed(key: Integers) -> Integers:
    return np.where(key >= MONTHS, key // MONTHS, -key)
