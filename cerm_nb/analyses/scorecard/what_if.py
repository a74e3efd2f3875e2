"""One indicator's course, and what another target would mean for it: the view that has a twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.levels import levels
from cerm_nb.analyses.scorecard.outlook import outlook
from cerm_nb.analyses.scorecard.panels import Panel

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.charts import Charts
    from cerm_nb.analyses.scorecard.outlook_backtest import Backtest
    from cerm_nb.analyses.scorecard.parameters import Params
    from cerm_nb.analyses.scorecard.reading import Scorecard

SHOWN = 24  # periods of the past that are drawn


@dataclass(frozen=True, eq=False)
class Course:
    """One indicator and what is to be expected of it.

    Parameters
    ----------
    frame
        period, actual, expected, low, high and target; expected from the period after the last value on.
    name, unit
        As readers know it.
    target, due
        Level to be reached, and the last day of the period it is to be reached in.
    p_hit, p_hit_low, p_hit_high, n
        Chance of it with its interval, and the values it rests on.
    reason
        Why there is no chance, else "".
    """

    frame: pd.DataFrame
    name: str
    unit: str
    target: float
    due: pd.Timestamp
    p_hit: float
    p_hit_low: float
    p_hit_high: float
    n: int
    reason: str


def choices(card: Scorecard) -> dict[str, list[str] | tuple[float, float, float]]:
    """Give what can be chosen: indicators with a chance to tell, the months until the target, its size."""
    able = card.ranked[card.ranked["p_hit"].notna()]
    return {
        "indicator": [_called(card, name) for name in able["indicator"]],
        "months": (1, 24, 1),
        "target_percent": (50, 150, 5),
    }


def start(card: Scorecard) -> dict[str, object]:
    """Give where the twin begins: the first indicator in focus, its own target and date; else nothing."""
    told = card.ranked[card.ranked["p_hit"].notna()]
    if told.empty:
        return {}
    able = told.iloc[0]
    day = card.day
    months = (able["target_date"].year - day.year) * 12 + able["target_date"].month - day.month
    return {
        "indicator": _called(card, able["indicator"]),
        "months": max(int(months), 1),
        "target_percent": 100,
    }


def what_if(card: Scorecard, own: Params, *, indicator: str, months: int, target_percent: int) -> Course:
    """Forecast one indicator with another target or date.

    Parameters
    ----------
    card
        From `cerm_nb.analyses.scorecard.reading.read_scorecard`.
    own
        simulations, seed, confidence and min_points are used.
    indicator
        One of `choices`: the name readers know, or the identifier.
    months
        Months from the last day seen to the target's date, 1 or more.
    target_percent
        How far from the level it starts at (`floor`, else the baseline) to its target it is to go, per cent:
        100 is the target itself. Without such a level, per cent of the target.
    """
    indicator = next(name for name in card.records["indicator"] if indicator in (name, _called(card, name)))
    chart, held, row = _place(card, indicator)
    record = card.records.set_index("indicator", drop=False).loc[[indicator]]
    floor = float(record["floor"].fillna(record["baseline"]).iloc[0])
    base = 0.0 if np.isnan(floor) else floor
    target = base + (float(record["target"].iloc[0]) - base) * target_percent / 100
    date = card.day + pd.DateOffset(months=months)
    one, phase = _alone(chart, row)
    found = outlook(
        one, phase, record.assign(target=target, target_date=date), levels(one, phase), held, as_of=card.day,
        draws=own.simulations, seed=own.seed, confidence=own.confidence, min_points=own.min_points,
    )  # fmt: skip
    told = found.frame.iloc[0]
    ahead = found.forecasts[found.forecasts["quantity"] == "level"].sort_values("due")
    return Course(
        frame=_drawn(one, ahead, target),
        name=str(record["name"].iloc[0]),
        unit=str(record["unit"].iloc[0]),
        target=target,
        due=told["due"],
        p_hit=float(told["p_hit"]),
        p_hit_low=float(told["p_hit_low"]),
        p_hit_high=float(told["p_hit_high"]),
        n=int(told["n"]),
        reason=str(told["reason"]),
    )


def _called(card: Scorecard, indicator: str) -> str:
    """Name readers know; the identifier where two indicators have the same."""
    names = card.records.set_index("indicator")["name"]
    return str(names[indicator]) if (names == names[indicator]).sum() == 1 else indicator


def _place(card: Scorecard, indicator: str) -> tuple[Charts, Backtest, int]:
    for chart, held in zip(card.measured.charts, card.measured.backtests, strict=True):
        if indicator in chart.panel.names:
            row = chart.panel.names.index(indicator)
            return chart, type(held)(held.coverage, held.widening[[row]]), row
    raise KeyError(indicator)


def _alone(chart: Charts, row: int) -> tuple[Panel, np.ndarray[tuple[int, ...], np.dtype[np.int64]]]:
    whole = chart.panel
    values, denominators = np.asarray(whole.values)[[row]], np.asarray(whole.denominators)[[row]]
    one = Panel((whole.names[row],), whole.periods, values, denominators, whole.length, whole.season)
    return one, chart.phase[[row]]


def _drawn(one: Panel, ahead: pd.DataFrame, target: float) -> pd.DataFrame:
    """Lay out the last periods and those forecast, joined at the last value."""
    values = np.asarray(one.values)[0]
    ends = pd.DatetimeIndex([day + one.length - pd.Timedelta(days=1) for day in one.periods])
    past = pd.DataFrame({"period": ends, "actual": values}).tail(SHOWN)
    last = past.dropna().tail(1).index
    for name in ("expected", "low", "high"):
        past[name] = np.nan
        past.loc[last, name] = past.loc[last, "actual"]
    names = {"due": "period", "forecast": "expected"}
    coming = ahead.rename(columns=names)[["period", "expected", "low", "high"]].drop_duplicates("period")
    return pd.concat([past, coming.assign(actual=np.nan)], ignore_index=True).assign(target=target)
