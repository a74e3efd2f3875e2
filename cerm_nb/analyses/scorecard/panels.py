"""The series of all indicators, laid out by frequency: one row per indicator, one column per period."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.frequencies import since_last_change
from cerm_nb.analyses.scorecard.kpi_checks import refuse_impossible
from cerm_nb.stats.calendar import Spacing, evenly, first_days, spacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cerm_nb.stats import Floats, Integers, Truths

Caveat = tuple[str, "Mapping[str, object]"]

NAMED = 12  # names a caveat tells
SPARSE, LONG = 0.1, 60  # fewer values than this share of more periods than this have no frequency


@dataclass(frozen=True, eq=False)
class Panel:
    """Series of one frequency.

    Parameters
    ----------
    names
        Indicators, in the order of the records.
    periods
        First day of every period, evenly spaced.
    values, denominators
        Shape (indicators, periods); NaN for gaps: before a series begins, after it ends, between.
    length
        Length of one period.
    season
        Periods of a season: 12 for months, 4 for quarters, 7 for days; 0 where there is none.
    """

    names: tuple[str, ...]
    periods: pd.DatetimeIndex
    values: Floats
    denominators: Floats
    length: pd.DateOffset
    season: int


@dataclass(frozen=True, eq=False)
class Panels:
    """All series.

    Parameters
    ----------
    panels
        One per frequency.
    reasons
        Indicator → why it is in none: ``no_values``, or ``irregular`` (its days are so few and so uneven that
        they are no periods).
    caveats
        (key, values): ``unlisted`` and ``periods_unfinished`` (n, names: the first twelve),
        ``periods_repeated`` and ``periods_missing`` (indicator, n), ``frequency_changed`` (indicator, period,
        before, after: months of a period, or days as negative numbers).
    """

    panels: tuple[Panel, ...]
    reasons: dict[str, str] = field(default_factory=dict)
    caveats: tuple[Caveat, ...] = ()


def panels(kpis: pd.DataFrame, records: pd.DataFrame, as_of: pd.Timestamp) -> Panels:
    """Lay the values of all indicators out by frequency.

    Parameters
    ----------
    kpis
        Columns indicator, period, value and, where there are any, denominator; in any order.
    records
        Columns indicator, unit and measure; see `cerm_nb.analyses.scorecard.records.records`.
    as_of
        The last day that is seen. A period counts when it has ended by then: half a month is no month.

    Returns
    -------
    Panels
        A period given twice with the same value counts once. Of a series whose frequency changed, the
        stretch since the last change counts.

    Raises
    ------
    DataError
        For two values of one period, percent over 100, shares over 1, negative counts, and denominators that
        are not above 0, of all indicators at once.
    """
    rows, caveats = _rows(kpis, records, as_of)
    rows, changes = _of_one_frequency(rows)
    days = pd.DatetimeIndex(rows["period"])
    series, position = np.unique(rows["series"].to_numpy(), return_inverse=True)
    found = _spacing(days, position)
    ended = _ended(days, found.monthly[position], found.step[position], as_of)
    late = rows[~ended]
    if len(late):
        caveats.append(("periods_unfinished", _named(list(late["indicator"].unique()))))
    n, span = _extent(found.count, position, ended, len(series))
    length = span // found.step + 1
    uneven = (n > 0) & (length > LONG) & (n < SPARSE * length)
    used = (ended & ~uneven[position]) & (n > 0)[position]
    laid = tuple(_laid_out(rows[used], days[used], position[used], found, found.count[used]))
    reasons = dict.fromkeys(records["indicator"], "no_values")
    reasons |= dict.fromkeys(records["indicator"].iloc[series[uneven]], "irregular")
    for panel in laid:
        for name in panel.names:
            del reasons[name]
    return Panels(laid, reasons, (*caveats, *changes, *_gaps(laid)))


def _rows(
    kpis: pd.DataFrame, records: pd.DataFrame, as_of: pd.Timestamp
) -> tuple[pd.DataFrame, list[Caveat]]:
    """Bring what is told of listed indicators into order: rows of a series together, in order of time."""
    given = kpis.reindex(columns=["indicator", "period", "value", "denominator"])
    given = given.assign(series=pd.Index(records["indicator"]).get_indexer(given["indicator"]))
    others = sorted(given.loc[given["series"] < 0, "indicator"].dropna().unique())
    caveats: list[Caveat] = [("unlisted", _named(others))] if others else []
    kept = given["value"].notna() & (given["period"] <= as_of) & (given["series"] >= 0)
    told = given[kept].assign(period=pd.to_datetime(given.loc[kept, "period"]))
    told[["value", "denominator"]] = told[["value", "denominator"]].astype(float)
    told = told.iloc[np.lexsort((told["period"].to_numpy(), told["series"].to_numpy()))]
    again = _again(told)
    rows = told[~again].reset_index(drop=True)
    refuse_impossible(rows, records)
    for name, n in told.loc[again].groupby("indicator", sort=False).size().items():
        caveats.append(("periods_repeated", {"indicator": name, "n": int(n)}))
    return rows, caveats


def _again(told: pd.DataFrame) -> Truths:
    """Whether a row stands there already; looked for only where a period does."""
    series, period = told["series"].to_numpy(), told["period"].to_numpy()
    found = np.zeros(len(told), dtype=bool)
    near = np.flatnonzero((series[1:] == series[:-1]) & (period[1:] == period[:-1]))
    here = np.union1d(near, near + 1)
    columns = ["series", "period", "value", "denominator"]
    found[here] = told.iloc[here].duplicated(columns).to_numpy()
    return found


def _named(names: Sequence[str]) -> Mapping[str, object]:
    return {"n": len(names), "names": tuple(names[:NAMED])}


def _of_one_frequency(rows: pd.DataFrame) -> tuple[pd.DataFrame, list[Caveat]]:
    """Keep the stretch since the last change of frequency, with periods told by their first days."""
    position = np.unique(rows["series"].to_numpy(), return_inverse=True)[1]
    days = first_days(pd.DatetimeIndex(rows["period"]), position)
    found = since_last_change(days, position)
    caveats: list[Caveat] = [
        (
            "frequency_changed",
            {
                "indicator": rows["indicator"].iloc[at],
                "period": days[at],
                "before": int(before),
                "after": int(after),
            },
        )
        for at, before, after in zip(found.at, found.before, found.after, strict=True)
    ]
    kept = rows[found.kept]
    return kept.assign(period=first_days(days[found.kept], position[found.kept])), caveats


def _ended(days: pd.DatetimeIndex, monthly: Truths, step: Integers, as_of: pd.Timestamp) -> Truths:
    day = days.to_numpy().astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    by_month = (month + step).astype("datetime64[D]") + (day - month.astype("datetime64[D]"))
    after = np.where(monthly, by_month, day + step)
    return np.asarray(after <= np.datetime64(as_of.date()) + 1)


def _extent(count: Integers, position: Integers, used: Truths, n: int) -> tuple[Integers, Integers]:
    """Values of each series that are used, and the distance from the first to the last of them."""
    first, last = np.full(n, np.iinfo(np.int64).max), np.full(n, np.iinfo(np.int64).min)
    np.minimum.at(first, position[used], count[used])
    np.maximum.at(last, position[used], count[used])
    values = np.bincount(position[used], minlength=n)
    return values, np.where(values > 0, last - np.where(values > 0, first, 0), 0)


def _spacing(days: pd.DatetimeIndex, position: Integers) -> Spacing:
    """Tell how far apart periods are; a series of one value is as most are, where its day allows."""
    found = spacing(days, position)
    begins = np.flatnonzero(np.diff(position, prepend=-1))
    alone = np.bincount(position) == 1
    if alone.all() or not alone.any():
        return found
    keys = _keys(days, found, found.count, begins)
    which, n = np.unique(keys[~alone], axis=0, return_counts=True)
    monthly, step, phase, day = which[n.argmax()]
    first = days[begins].to_numpy().astype("datetime64[M]" if monthly else "datetime64[D]").astype(np.int64)
    fits = alone & (first % step == phase) & ((day == 0) | (np.asarray(days.day)[begins] == day))
    count = found.count.copy()
    count[begins[fits]] = first[fits]
    return Spacing(np.where(fits, bool(monthly), found.monthly), np.where(fits, step, found.step), count)


def _keys(days: pd.DatetimeIndex, found: Spacing, count: Integers, begins: Integers) -> Integers:
    """Tell what the series of one panel share: unit, length and beginning of their periods."""
    day = np.where(found.monthly, np.asarray(days.day)[begins], 0)
    return np.column_stack([found.monthly, found.step, count[begins] % found.step, day]).astype(np.int64)


def _laid_out(
    rows: pd.DataFrame, days: pd.DatetimeIndex, position: Integers, found: Spacing, count: Integers
) -> Iterator[Panel]:
    there, place = np.unique(position, return_inverse=True)
    begins = np.flatnonzero(np.diff(place, prepend=-1))
    names = rows["indicator"].to_numpy()[begins]
    own = Spacing(found.monthly[there], found.step[there], count)
    keys, group = np.unique(_keys(days, own, count, begins), axis=0, return_inverse=True)
    for at, (monthly, step, _, _) in enumerate(keys):
        here = group.ravel() == at
        mine = here[place]
        first = int(count[mine].argmin())
        column = (count[mine] - count[mine][first]) // step
        cells = (np.cumsum(here) - 1)[place[mine]], column
        values, denominators = np.full((2, int(here.sum()), int(column.max()) + 1), np.nan)
        values[cells] = rows["value"].to_numpy()[mine]
        denominators[cells] = rows["denominator"].to_numpy()[mine]
        every = evenly(days[mine][first], values.shape[1], int(step), monthly=bool(monthly))
        yield Panel(tuple(names[here]), every.periods, values, denominators, every.length, every.season)


def _gaps(laid: tuple[Panel, ...]) -> Iterator[Caveat]:
    """Tell of periods missing between the first and the last of a series."""
    for panel in laid:
        known = ~np.isnan(panel.values)
        inside = np.maximum.accumulate(known, axis=1)
        inside &= np.maximum.accumulate(known[:, ::-1], axis=1)[:, ::-1]
        missing = (inside & ~known).sum(axis=1)
        for at in np.flatnonzero(missing):
            yield "periods_missing", {"indicator": panel.names[at], "n": int(missing[at])}
