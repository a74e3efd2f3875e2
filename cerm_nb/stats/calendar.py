"""How the periods of many series are spaced: months or days, and which are missing between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from cerm_nb.stats.arrays import Integers, Truths

MONTH = 25  # days: the least between days of two months, whichever day tells them
SEASONS = {True: {1: 12, 3: 4}, False: {1: 7}}  # periods of a season, by months or days of a period


class Calendar(NamedTuple):
    """Every period of a series from its first to its last.

    Parameters
    ----------
    periods
        First day of every period, evenly spaced, gaps included.
    length
        Length of one period.
    season
        Periods of a season: 12 for months, 4 for quarters, 7 for days; 0 where there is none.
    """

    periods: pd.DatetimeIndex
    length: pd.DateOffset
    season: int


@dataclass(frozen=True, eq=False)
class Spacing:
    """How far apart the periods of each series are.

    Parameters
    ----------
    monthly
        Whether periods are counted in months, shape (series,); else in days.
    step
        Months or days of one period, shape (series,); 1 where a series has fewer than two periods.
    count
        Months or days since 1970 of each day given, as its series counts, shape (days,).
    """

    monthly: Truths
    step: Integers
    count: Integers


def calendar(days: pd.DatetimeIndex | pd.Series) -> Calendar:
    """List every period from the first day given to the last.

    Parameters
    ----------
    days
        Days of one series in rising order, as `first_days` gives them.

    Notes
    -----
    Periods are months where all begin on the same day of the month, else days; a period is as long as the
    largest step that all distances are multiples of.
    """
    periods = pd.DatetimeIndex(days)
    if len(periods) < 2:
        return Calendar(periods, pd.DateOffset(days=1), 0)
    found = spacing(periods, np.zeros(len(periods), dtype=np.int64))
    monthly, step = bool(found.monthly[0]), int(found.step[0])
    n = int(found.count[-1] - found.count[0]) // step + 1
    return evenly(periods[0], n, step, monthly=monthly)


def evenly(first: pd.Timestamp, n: int, step: int, *, monthly: bool) -> Calendar:
    """List n periods of so many months or days from the first on."""
    length = pd.DateOffset(months=step) if monthly else pd.DateOffset(days=step)
    return Calendar(pd.date_range(first, periods=n, freq=length), length, SEASONS[monthly].get(step, 0))


def first_days(days: pd.DatetimeIndex, series: Integers | None = None) -> pd.DatetimeIndex:
    """Let months told by another day than their first begin on the first.

    Parameters
    ----------
    days
        Days of all series, those of a series together and rising.
    series
        Number of the series each day belongs to, 0, 1, …, shape (days,); one series where None.

    Returns
    -------
    DatetimeIndex
        Of the same shape. Days of one series that lie in different months, at least 25 days apart, are those
        of months, however they vary; where all are last days of months, a period of several months began as
        many before. Everything else stays as it is.
    """
    of = np.zeros(len(days), dtype=np.int64) if series is None else series
    if not len(days):
        return days
    months, starts = _months(days), _starts(of)
    last = np.logical_and.reduceat(np.asarray(days.is_month_end), starts)
    moved = _told_by_month(days, months, starts) & (last | ~_same_day(days, starts))
    step = _common_step(months, starts)
    each = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(days))))
    first = months - np.where(last, step - 1, 0)[each]
    given = days.to_numpy()
    return pd.DatetimeIndex(np.where(moved[each], first.astype("datetime64[M]").astype(given.dtype), given))


def spacing(days: pd.DatetimeIndex, series: Integers) -> Spacing:
    """Tell how far apart the periods of each series are.

    Parameters
    ----------
    days, series
        As given to `first_days`, no day twice in a series.
    """
    starts = _starts(series)
    monthly = _same_day(days, starts) & (np.diff(np.append(starts, len(days))) > 1)
    each = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(days))))
    number = days.to_numpy().astype("datetime64[D]").astype(np.int64)
    count = np.where(monthly[each], _months(days), number)
    return Spacing(monthly, _common_step(count, starts), count)


def _starts(series: Integers) -> Integers:
    """Position of the first day of each series."""
    return np.flatnonzero(np.diff(series, prepend=-1)).astype(np.int64)


def _months(days: pd.DatetimeIndex) -> Integers:
    return np.asarray(days.to_numpy().astype("datetime64[M]").astype(np.int64))


def _same_day(days: pd.DatetimeIndex, starts: Integers) -> Truths:
    day = np.asarray(days.day)
    return np.asarray(np.maximum.reduceat(day, starts) == np.minimum.reduceat(day, starts))


def _told_by_month(days: pd.DatetimeIndex, months: Integers, starts: Integers) -> Truths:
    """Whether all days of a series, three or more, lie in different months and far enough apart."""
    apart = np.diff(days.to_numpy().astype("datetime64[D]").astype(np.int64), prepend=0)
    enough = (np.diff(months, prepend=0) > 0) & (apart >= MONTH)
    enough[starts] = True
    return np.logical_and.reduceat(enough, starts) & (np.diff(np.append(starts, len(days))) > 2)


def _common_step(count: Integers, starts: Integers) -> Integers:
    """Largest step all distances of a series are multiples of, 1 where there is none."""
    apart = np.diff(count, prepend=0)
    apart[starts] = 0  # the first of a series has none before it, and gcd(0, x) is x
    return np.maximum(np.gcd.reduceat(apart, starts), 1)
