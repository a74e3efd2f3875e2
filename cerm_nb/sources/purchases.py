"""Net purchases by customer and day, and what models need of them, in the engine that has the rows.

A customer's lines of one day are one. Money returned on a later day is taken from the customer's most
recent money first; what was returned with nothing earlier to take it from is dropped, and counted by
`money`. A day is a purchase where money is left, or where everything on it was free.

Amounts are added as decimals with six places, so that a sum does not depend on the order in which an engine's
threads arrive at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from cerm_nb.sources.engine import collect

if TYPE_CHECKING:
    from datetime import date

    from ibis.expr import types

_EXACT = "decimal(38, 6)"
_NO_MONEY = 1e-6  # what is left below this is rounding


@dataclass(frozen=True)
class Money:
    """What came in, what went back, and what could not be matched.

    Parameters
    ----------
    gross, returned
        Sums of the positive and, without its sign, of the negative amounts, in the client's currency.
    unmatched
        Part of ``returned`` with no earlier purchase to take it from: dropped.
    unmatched_days
        Customer-days on which that happened.
    lines, customers
        Lines, and customers with any line.
    """

    gross: float
    returned: float
    unmatched: float
    unmatched_days: int
    lines: int
    customers: int

    @property
    def returned_share(self) -> float:
        """Returned as a share of gross; 0 where nothing came in."""
        return self.returned / self.gross if self.gross else 0.0


def _day(day: date) -> types.Value:
    """Write a day as text to be cast: sqlglot may spell a date as Spark does once that has been loaded."""
    return ibis.literal(day.isoformat()).cast("date")


def purchase_days(transactions: ibis.Table, until: date) -> ibis.Table:
    """Net a customer's purchases by day.

    With S the running sum of a customer's daily nets and S' = S − min(0, running minimum of S) the same
    reflected at zero, what is left of day i is min over j ≥ i of S'_j − S'_{i−1}, but not below zero: returns
    take back the most recent money first.

    Parameters
    ----------
    transactions
        As declared in `schemas`: customer_id, date, amount.
    until
        Last day that is seen; later rows, returns among them, do not count.

    Returns
    -------
    ibis.Table
        customer_id, day, spend (what is left, float): one row per customer and purchase day.
    """
    stock = _stock(transactions, until)
    later = ibis.window(group_by="customer_id", order_by="day", preceding=0, following=None)
    zero = ibis.literal(0).cast(_EXACT)
    left = ibis.greatest(stock.level.min().over(later) - stock.level_before, zero).cast("float64")
    kept = stock.mutate(spend=left)
    kept = kept.filter((kept.spend > _NO_MONEY) | (kept.lines == kept.free_lines))
    return kept.select("customer_id", "day", "spend")


def summary(days: ibis.Table, until: date) -> pd.DataFrame:
    """Recency, frequency, age and money per customer, in one question to the engine.

    Parameters
    ----------
    days
        As given by `purchase_days` with the same ``until``.
    until
        End of the time a customer is observed.

    Returns
    -------
    pandas.DataFrame
        customer_id (str), first_day (datetime64), frequency (int64: purchase days after the first), recency
        (float: weeks from first to last), age (float: weeks from first to ``until``), monetary_value (float:
        mean spend of the days after the first; 0 where there are none), spend (float: total). Sorted by
        customer_id.
    """
    exact = days.mutate(spend=days.spend.cast(_EXACT))
    first = exact.day.min().over(ibis.window(group_by="customer_id"))
    dated = exact.mutate(first_day=first)
    zero = ibis.literal(0).cast(_EXACT)
    grouped = dated.group_by("customer_id").aggregate(
        first_day=dated.day.min(),
        last_day=dated.day.max(),
        frequency=dated.count() - 1,
        spend=dated.spend.sum().cast("float64"),
        repeat_spend=ibis.ifelse(dated.day > dated.first_day, dated.spend, zero).sum().cast("float64"),
    )
    return _in_weeks(collect(grouped), until)


def holdout(transactions: ibis.Table, calibration_end: date, as_of: date) -> pd.DataFrame:
    """Count what customers acquired in the calibration bought afterwards.

    Parameters
    ----------
    transactions
        As declared in `schemas`.
    calibration_end
        Last day of the calibration, whose netting does not see later returns.
    as_of
        Last day of the holdout, whose netting sees everything up to it.

    Returns
    -------
    pandas.DataFrame
        customer_id (str), actual (int64: purchase days), spend (float); customers who did not buy have zeros.
        Sorted by customer_id.
    """
    acquired = purchase_days(transactions, calibration_end).select("customer_id").distinct()
    bought = _between(transactions, calibration_end, as_of).rename(bought_by="customer_id")
    joined = acquired.left_join(bought, acquired.customer_id == bought.bought_by)
    frame = collect(joined.select("customer_id", "actual", "spend"))
    frame["actual"] = frame["actual"].fillna(0).astype(np.int64)
    frame["spend"] = frame["spend"].fillna(0.0)
    return frame.sort_values("customer_id", ignore_index=True)


def between(transactions: ibis.Table, start: date, end: date) -> pd.DataFrame:
    """Count what customers bought after one day and up to another, as a forecast made on the first counts.

    Parameters
    ----------
    transactions
        As declared in `schemas`.
    start, end
        The day after which purchases count, and the last that does, whose netting sees everything up to it.

    Returns
    -------
    pandas.DataFrame
        customer_id (str), purchases (int64: purchase days), revenue (float: what is left of them after
        returns); only customers who bought. Sorted by customer_id.
    """
    frame = collect(_between(transactions, start, end).rename(purchases="actual", revenue="spend"))
    frame = frame.astype({"purchases": np.int64, "revenue": np.float64})
    return frame[["customer_id", "purchases", "revenue"]].sort_values("customer_id", ignore_index=True)


def _between(transactions: ibis.Table, start: date, end: date) -> ibis.Table:
    days = purchase_days(transactions, end)
    later = days.filter(days.day > _day(start))
    return later.group_by("customer_id").aggregate(
        actual=later.count(), spend=later.spend.cast(_EXACT).sum().cast("float64")
    )


def weekly(days: ibis.Table, first_day: date, calibration_end: date) -> pd.DataFrame:
    """Count repeat purchases by week, of customers acquired within the calibration.

    Parameters
    ----------
    days
        As given by `purchase_days`, up to the end of the holdout.
    first_day
        First day of week 1; week k covers ``first_day`` + 7(k − 1) and the six days after it.
    calibration_end
        Customers whose first purchase lies after this day are left out.

    Returns
    -------
    pandas.DataFrame
        week (int64, from 1 without gaps), repeats (int64: purchase days that are not the customer's first).
    """
    dated = days.mutate(acquired=days.day.min().over(ibis.window(group_by="customer_id")))
    is_repeat = (dated.day > dated.acquired) & (dated.acquired <= _day(calibration_end))
    repeats = dated.filter(is_repeat)
    by_day = collect(repeats.group_by("day").aggregate(repeats=repeats.count()))
    passed = (pd.to_datetime(by_day["day"]) - pd.Timestamp(first_day)).dt.days
    by_week = by_day["repeats"].groupby(passed // 7 + 1).sum()
    last = int(by_week.index.max()) if len(by_week) else 0
    weeks = np.arange(1, last + 1, dtype=np.int64)
    counts = by_week.reindex(weeks, fill_value=0).to_numpy(dtype=np.int64)
    return pd.DataFrame({"week": weeks, "repeats": counts})


def money(transactions: ibis.Table, until: date) -> Money:
    """Tell what came in, what went back and what could not be matched, for the caveats.

    Parameters
    ----------
    transactions
        As declared in `schemas`.
    until
        Last day that is seen.
    """
    stock = _stock(transactions, until)
    dropped = stock.mutate(unmatched=stock.floor_before - stock.floor)
    found = collect(
        dropped.aggregate(
            gross=dropped.gross.sum().cast("float64"),
            returned=dropped.returned.sum().cast("float64"),
            unmatched=dropped.unmatched.sum().cast("float64"),
            unmatched_days=(dropped.unmatched > ibis.literal(0).cast(_EXACT)).sum(),
            lines=dropped.lines.sum(),
            customers=dropped.customer_id.nunique(),
        )
    ).fillna(0)
    row = found.iloc[0]
    return Money(
        gross=float(row["gross"]),
        returned=float(row["returned"]),
        unmatched=float(row["unmatched"]),
        unmatched_days=int(row["unmatched_days"]),
        lines=int(row["lines"]),
        customers=int(row["customers"]),
    )


def _stock(transactions: ibis.Table, until: date) -> ibis.Table:
    """Daily nets with the running sum S, its floor min(0, running minimum) and the reflected level S'.

    Each of floor and level also as it was before the day, so that no window stands inside another.
    """
    daily = _daily(transactions, until)
    so_far = ibis.window(group_by="customer_id", order_by="day", preceding=None, following=0)
    summed = daily.mutate(running=_exact_sum(daily.net).over(so_far))
    zero = ibis.literal(0).cast(_EXACT)
    floored = summed.mutate(floor=ibis.least(summed.running.min().over(so_far), zero))
    in_order = ibis.window(group_by="customer_id", order_by="day")
    before: Any = floored.floor.lag().over(in_order)
    leveled = floored.mutate(
        level=floored.running - floored.floor,
        floor_before=ibis.coalesce(before, zero),
    )
    level_before = leveled.running - leveled.net - leveled.floor_before
    return leveled.mutate(level_before=level_before)


def _daily(transactions: ibis.Table, until: date) -> ibis.Table:
    """Sum a customer's lines of one day."""
    seen = transactions.filter(transactions.date <= _day(until))
    seen = seen.select(seen.customer_id, day=seen.date, amount=seen.amount.cast(_EXACT))
    zero = ibis.literal(0).cast(_EXACT)
    return seen.group_by("customer_id", "day").aggregate(
        net=_exact_sum(seen.amount),
        gross=_exact_sum(ibis.greatest(seen.amount, zero)),
        returned=_exact_sum(-ibis.least(seen.amount, zero)),
        lines=seen.count(),
        free_lines=(seen.amount == zero).sum(),
    )


def _exact_sum(values: types.DecimalValue) -> types.DecimalValue:
    """Add decimals and keep their places, which some engines widen."""
    return values.sum().cast(_EXACT)


def _in_weeks(grouped: pd.DataFrame, until: date) -> pd.DataFrame:
    first, last = pd.to_datetime(grouped["first_day"]), pd.to_datetime(grouped["last_day"])
    week = timedelta(weeks=1)
    repeats = grouped["frequency"].to_numpy(dtype=np.int64)
    spent = grouped["repeat_spend"].to_numpy(dtype=np.float64)
    frame = pd.DataFrame(
        {
            "customer_id": grouped["customer_id"],
            "first_day": first,
            "frequency": repeats,
            "recency": (last - first) / week,
            "age": (pd.Timestamp(until) - first) / week,
            "monetary_value": np.divide(spent, repeats, out=np.zeros_like(spent), where=repeats > 0),
            "spend": grouped["spend"].to_numpy(dtype=np.float64),
        }
    )
    return frame.sort_values("customer_id", ignore_index=True)
