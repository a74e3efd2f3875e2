"""Every indicator in one row: level, status, attainment, outlook, trend; measured or given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.attainment import attainment
from cerm_nb.analyses.scorecard.charts import Charts, charts, points
from cerm_nb.analyses.scorecard.focus import focus
from cerm_nb.analyses.scorecard.levels import Levels, levels, straightened
from cerm_nb.analyses.scorecard.outlook import outlook
from cerm_nb.analyses.scorecard.outlook_backtest import backtest
from cerm_nb.analyses.scorecard.outlook_forecasts import FORECASTS
from cerm_nb.analyses.scorecard.panels import Panel
from cerm_nb.analyses.scorecard.rebasing import check_rebase, proposals
from cerm_nb.analyses.scorecard.status import status
from cerm_nb.analyses.scorecard.trends import trends
from cerm_nb.stats import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cerm_nb.analyses.scorecard.links import Links
    from cerm_nb.analyses.scorecard.outlook import Outlook
    from cerm_nb.analyses.scorecard.outlook_backtest import Backtest
    from cerm_nb.analyses.scorecard.panels import Panels
    from cerm_nb.analyses.scorecard.parameters import Params

POINTS = ["indicator", "period", "value", "mean", "lower", "upper", "special_cause", "signal", "phase"]
POINTS += ["chart", "residual"]
TOLD = ["indicator", "name", "perspective", "kind", "unit", "direction", "source", "owner"]
AIMED = ["target", "target_date"]
SEEN = ["period", "latest", "chart", "mean", "lower", "upper", "special_cause", "signal"]
LEVEL = ["n", "level", "level_low", "level_high", "attainment", "attainment_low", "attainment_high"]
LEVEL += ["p_at_target", "attainment_reason"]
STATUS = ["variation", "variation_reason", "assurance", "assurance_reason"]
CHANCE = ["due", "expected", "expected_low", "expected_high", "p_hit", "p_hit_low", "p_hit_high", "hit_then"]
CHANCE += [
    "run_rate",
    "run_rate_low",
    "run_rate_high",
    "needed_rate",
    "pace",
    "due_now",
    "on_path",
    "p_hit_reason",
]
TREND = ["trend", "slope", "slope_low", "slope_high", "slope_p"]
FOCUS = ["score", "place", "in_focus", "chosen_for"]
COLUMNS = [*TOLD, *AIMED, *SEEN, *LEVEL, *STATUS, *CHANCE, *TREND, *FOCUS]
TEXTS = ["chart", "special_cause", *STATUS, "attainment_reason", "pace", "on_path", "p_hit_reason", "trend"]
RENAMED = {
    "outlook": {"low": "expected_low", "high": "expected_high", "reason": "p_hit_reason"},
    "trend": {"low": "slope_low", "high": "slope_high", "p_adjusted": "slope_p"},
}


@dataclass(frozen=True, eq=False)
class Measured:
    """What is known of all indicators.

    Parameters
    ----------
    frame
        One row per indicator in the order of the records, columns `COLUMNS` but for those of the focus.
    points
        One row per indicator and period: see `cerm_nb.analyses.scorecard.charts.points`.
    proposals
        Changes of level that could be accepted as new bases.
    forecasts
        What is expected of every indicator, to be kept.
    charts, outlooks, backtests
        One of each per panel.
    """

    frame: pd.DataFrame
    points: pd.DataFrame
    proposals: pd.DataFrame
    forecasts: pd.DataFrame
    charts: tuple[Charts, ...]
    outlooks: tuple[Outlook, ...]
    backtests: tuple[Backtest, ...]


def measure(
    found: Panels, records: pd.DataFrame, given: pd.DataFrame, as_of: pd.Timestamp, own: Params
) -> Measured:
    """Chart, judge and forecast every indicator.

    Parameters
    ----------
    found
        Series of the client: see `cerm_nb.analyses.scorecard.panels.panels`.
    records
        All indicators: see `cerm_nb.analyses.scorecard.records.records`.
    given
        What other questions found at each day: see `cerm_nb.analyses.scorecard.derived.derived`.
    as_of
        The last day that is seen.
    own
        rebase, min_points, simulations, seed, confidence and significance are used.

    Raises
    ------
    ParamsError
        For a rebase of what is no series, or outside its periods.
    """
    check_rebase(own.rebased, found)
    charted = tuple(
        charts(each, records, rebase=own.rebased, min_points=own.min_points, confidence=own.confidence)
        for each in found.panels
    )
    tested = tuple(
        backtest(straightened(each.panel, each.phase), min_points=own.min_points, confidence=own.confidence)
        for each in charted
    )
    now = [levels(each.panel, each.phase) for each in charted]
    ahead = tuple(
        outlook(
            chart.panel, chart.phase, records, level, held, as_of=as_of, draws=own.simulations,
            seed=own.seed, confidence=own.confidence, min_points=own.min_points,
        )
        for chart, level, held in zip(charted, now, tested, strict=True)
    )  # fmt: skip
    reached = [_reached(chart, level, records, as_of, own) for chart, level in zip(charted, now, strict=True)]
    ways = trends(
        found, min_points=own.min_points, confidence=own.confidence, draws=own.simulations, seed=own.seed
    )
    return Measured(
        frame=_frame(found, records, given, reached, ahead, ways, own),
        points=_joined([points(each) for each in charted], POINTS),
        proposals=proposals(charted, significance=own.significance),
        forecasts=_joined([each.forecasts for each in ahead], FORECASTS),
        charts=charted,
        outlooks=ahead,
        backtests=tested,
    )


def indicators(measured: Measured, linked: Links, own: Params) -> pd.DataFrame:
    """Add to each indicator whether it is in focus; see `cerm_nb.analyses.scorecard.focus.focus`.

    Parameters
    ----------
    measured, linked
        From `measure` and `cerm_nb.analyses.scorecard.links.links`.
    own
        importance and focus are used.

    Returns
    -------
    DataFrame
        One row per indicator, columns `COLUMNS`.
    """
    chosen = focus(measured.frame, linked.frame, own.importance, own.focus).set_index("indicator")
    told = measured.frame.join(chosen[FOCUS], on="indicator")
    return told.assign(in_focus=told["in_focus"].astype("boolean").fillna(value=False).astype(bool))[COLUMNS]


def _reached(
    charted: Charts, now: Levels, records: pd.DataFrame, as_of: pd.Timestamp, own: Params
) -> pd.DataFrame:
    reached = attainment(charted.panel, now, records, confidence=own.confidence)
    told = status(charted, records, as_of).rename(columns={"level": "latest"})
    both = told.drop(columns="n").merge(
        reached.rename(columns={"reason": "attainment_reason"}), on="indicator"
    )
    return both.drop(columns="target")


def _frame(
    found: Panels,
    records: pd.DataFrame,
    given: pd.DataFrame,
    reached: Sequence[pd.DataFrame],
    ahead: Sequence[Outlook],
    ways: pd.DataFrame,
    own: Params,
) -> pd.DataFrame:
    """Bring what each part has found into one row per indicator."""
    whole = records[[*TOLD, *AIMED]]
    rows = _joined([*reached, _given(given, records, own)])
    chance = _joined([each.frame.drop(columns="n").rename(columns=RENAMED["outlook"]) for each in ahead])
    slopes = ways.rename(columns=RENAMED["trend"])
    for part in (rows, chance, slopes):
        wanted = [name for name in COLUMNS if name in part and name not in whole]
        whole = whole.merge(part[["indicator", *wanted]], on="indicator", how="left") if len(part) else whole
    whole = whole.reindex(columns=[name for name in COLUMNS if name not in FOCUS])
    whole[TEXTS] = whole[TEXTS].astype(object).where(whole[TEXTS].notna(), "")
    told = [found.reasons.get(name, "too_few_points") for name in whole["indicator"]]
    why = pd.Series(told, whole.index, dtype=object).where(whole["source"] == "kpis", "few_runs")
    for name in ("variation", "assurance"):
        unknown = whole[name] == ""
        whole.loc[unknown, f"{name}_reason"] = why[unknown]
        whole.loc[unknown, name] = "undetermined"
    missing = whole["p_hit"].isna() & (whole["p_hit_reason"] == "")
    whole.loc[missing, "p_hit_reason"] = why[missing]
    return whole


def _given(seen: pd.DataFrame, records: pd.DataFrame, own: Params) -> pd.DataFrame:
    """Level and attainment of what other questions give, by the latest day and its own interval."""
    last = seen.sort_values("period").drop_duplicates("indicator", keep="last")
    last = last[last["indicator"].isin(records["indicator"])]
    if last.empty:
        return pd.DataFrame(columns=["indicator"])
    value, low, high, n = (last[name].to_numpy(dtype=float) for name in ("value", "low", "high", "n"))
    error = np.where(high > low, (high - low) / (2 * normal_quantile(own.confidence)), np.nan)
    counts = n.astype(np.int64)
    now = Levels(value, error, np.full(len(value), 1e6), counts, counts)
    empty = np.empty((len(last), 0))
    panel = Panel(tuple(last["indicator"]), pd.DatetimeIndex([]), empty, empty, pd.DateOffset(days=1), 0)
    reached = attainment(panel, now, records, confidence=own.confidence).drop(columns="target")
    reached["level_low"], reached["level_high"] = low, high  # theirs need not be symmetric
    reached["period"], reached["latest"] = last["period"].to_numpy(), value
    return reached.rename(columns={"reason": "attainment_reason"})


def _joined(frames: Sequence[pd.DataFrame], columns: object = ()) -> pd.DataFrame:
    full = [each for each in frames if len(each)]
    if full:
        return pd.concat(full, ignore_index=True)
    return frames[0] if frames else pd.DataFrame(columns=list(columns) or ["indicator"])  # type: ignore[call-overload]
