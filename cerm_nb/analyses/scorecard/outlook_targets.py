"""Which period each target is due in, and why no chance can be told of some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.ages import OLD, missing_since
from cerm_nb.analyses.scorecard.measures import whole
from cerm_nb.analyses.scorecard.outlook_backtest import HORIZONS
from cerm_nb.analyses.scorecard.predictive import scaled

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.panels import Panel
    from cerm_nb.stats import Floats, Integers

BOUNDED = ("count", "rate", "share")  # measures that cannot be negative


class Targets(NamedTuple):
    """What each series of a panel is to reach, each of shape (series,).

    Parameters
    ----------
    target, baseline
        NaN where none was told.
    sign
        1 where higher is better, -1 where lower is; NaN for an indicator without record.
    place, steps
        Position of the period that holds the target's day, and periods from the last of the panel to it; -1
        and 0 where there is no day.
    path
        ``linear``, ``step`` or "".
    unit
        Unit of the indicator.
    hit_then
        1 where the value of a period gone by met the target, 0 where not, NaN where that is unknown.
    least, most
        Ends of what is possible: 0 for counts, rates and shares, all of it for shares; else infinite.
    points
        Values known.
    bare
        Why nothing at all can be forecast: ``no_values``, ``too_few_points``, ``constant``; else "".
    reason
        Why no chance can be told; else "".
    """

    target: Floats
    baseline: Floats
    sign: Floats
    place: Integers
    steps: Integers
    path: np.ndarray[tuple[int, ...], np.dtype[np.object_]]
    unit: np.ndarray[tuple[int, ...], np.dtype[np.object_]]
    hit_then: Floats
    least: Floats
    most: Floats
    points: Integers
    bare: np.ndarray[tuple[int, ...], np.dtype[np.str_]]
    reason: np.ndarray[tuple[int, ...], np.dtype[np.str_]]

    def some(self, part: slice) -> Targets:
        """Those of some of the series."""
        taken: list[Any] = [each[part] for each in self]
        return Targets(*taken)


def calendar(panel: Panel) -> pd.DatetimeIndex:
    """First days of the panel's periods, of as many after them as may be forecast, and one more."""
    periods = len(panel.periods)
    return pd.date_range(panel.periods[0], periods=periods + max(periods, *HORIZONS) + 1, freq=panel.length)


def targets(panel: Panel, records: pd.DataFrame, as_of: pd.Timestamp, min_points: int) -> Targets:
    """Line up records with the series of a panel.

    Parameters
    ----------
    panel, records
        Series, and one row per indicator.
    as_of
        The last day that is seen: a target due by then is past.
    min_points
        Values a forecast needs.
    """
    told = records.drop_duplicates("indicator").set_index("indicator").reindex(panel.names)
    values = np.asarray(panel.values)
    known = ~np.isnan(values)
    points, last = known.sum(axis=1), len(panel.periods) - 1
    target, baseline = (told[name].to_numpy(dtype=float) for name in ("target", "baseline"))
    sign = np.asarray(told["direction"].map({"higher": 1.0, "lower": -1.0}), dtype=np.float64)
    day = pd.DatetimeIndex(pd.to_datetime(told["target_date"]))
    days = calendar(panel)
    place = np.where(day.isna(), -1, days.searchsorted(day.fillna(days[0]), side="right") - 1)
    there = np.clip(place, 0, last)
    then = np.where((place >= 0) & (place <= last), values[np.arange(len(there)), there], np.nan)
    past = day.notna() & ((day <= as_of) | ~np.isnan(then) | (place < last))
    constant = scaled(values)[2][:, 0] == 0
    bare = np.select(
        [points == 0, points < min_points, constant], ["no_values", "too_few_points", "constant"], ""
    )
    rules = {
        "no_record": np.isnan(sign),
        "no_values": points == 0,
        "no_target": np.isnan(target),
        "no_date": np.asarray(day.isna()),
        "target_past": np.asarray(past),
        "too_few_points": points < min_points,
        "constant": constant,
        "values_old": missing_since(panel, as_of, OLD),
        "target_too_far": place - last > points,
    }
    met = (sign * (then - target) >= 0).astype(float)
    return Targets(
        target=target,
        baseline=baseline,
        sign=sign,
        place=place,
        steps=np.where(day.isna(), 0, place - last),
        path=told["path"].fillna("").to_numpy(dtype=object),
        unit=told["unit"].fillna("").to_numpy(dtype=object),
        hit_then=np.where(past & ~np.isnan(then + target), met, np.nan),
        least=np.where(told["measure"].isin(BOUNDED), 0.0, -np.inf),
        most=np.where(told["measure"] == "share", whole(told), np.inf),
        points=points,
        bare=bare,
        reason=np.select(list(rules.values()), list(rules), ""),
    )
