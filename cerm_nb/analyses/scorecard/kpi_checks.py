"""Values of indicators that cannot be: two for one period, more than all, fewer than none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.measures import whole
from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.stats import Truths

NOT_NEGATIVE = ("count", "rate", "share")  # measures that count events
SLACK = 1e-9  # a share summed from its parts may pass the whole by rounding


def refuse_impossible(rows: pd.DataFrame, records: pd.DataFrame) -> None:
    """Refuse values that cannot be, of all indicators at once.

    Parameters
    ----------
    rows
        Columns indicator, period, value, denominator and series (position in records), without gaps; rows
        given twice stand once.
    records
        Columns unit and measure.

    Raises
    ------
    DataError
        With one problem for each indicator and kind.
    """
    problems = [
        *_told(rows, _not_finite(rows), "value", "a finite number", "mend the cell, or leave it empty"),
        *_conflicting(rows),
        *_beyond(rows, records),
        *_told(rows, (rows["denominator"] <= 0).to_numpy(), "denominator", "more than 0", _EMPTY),
    ]
    if problems:
        raise DataError(problems)


_EMPTY = "mend it, or leave the row out where nothing was counted"


def _not_finite(rows: pd.DataFrame) -> Truths:
    return np.asarray(np.isinf(rows["value"].to_numpy()) | np.isinf(rows["denominator"].to_numpy()))


def _beyond(rows: pd.DataFrame, records: pd.DataFrame) -> Iterator[Problem]:
    all_of_it = whole(records)[rows["series"].to_numpy()]
    counted = records["measure"].isin(NOT_NEGATIVE).to_numpy()[rows["series"].to_numpy()]
    value = rows["value"].to_numpy()
    for most, unit in ((100.0, "percent"), (1.0, "share")):
        over = (all_of_it == most) & (value > most * (1 + SLACK)) & np.isfinite(value)
        step = f"give the {unit} of its denominator; where it may be more, give it another unit"
        yield from _told(rows, over, "value", f"{most:g} at most, as it is a {unit}", step)
    below = counted & (value < 0) & np.isfinite(value)
    yield from _told(rows, below, "value", "0 or more, as it counts events", "mend it, or its measure")


def _told(rows: pd.DataFrame, wrong: Truths, column: str, expected: str, step: str) -> Iterator[Problem]:
    """Tell the first wrong row of each indicator, and how many there are."""
    for name, those in rows[wrong].groupby("indicator", sort=False):
        value, period = float(those[column].iloc[0]), pd.Timestamp(those["period"].iloc[0])
        got = f"got {value:g} in {period:%Y-%m-%d}{_more(len(those) - 1)}"
        yield Problem(f"data.kpis → {name} → {column}", got, expected, step)


def _conflicting(rows: pd.DataFrame) -> Iterator[Problem]:
    series, period = rows["series"].to_numpy(), rows["period"].to_numpy()
    near = np.flatnonzero((series[1:] == series[:-1]) & (period[1:] == period[:-1]))
    twice = rows.iloc[np.union1d(near, near + 1)]
    for name, those in twice.groupby("indicator", sort=False):
        first = pd.Timestamp(those["period"].iloc[0])
        here = those[those["period"] == first]
        column = "value" if not here["value"].duplicated().any() else "denominator"
        values = ", ".join(f"{one:g}" for one in here[column])
        got = f"got {values} for the same period {first:%Y-%m-%d}" + _more(those["period"].nunique() - 1)
        yield Problem(f"data.kpis → {name} → {column}", got, "one for each period", "leave the right one")


def _more(n: int) -> str:
    return f", and {n} more such period{'s' if n > 1 else ''}" if n else ""
