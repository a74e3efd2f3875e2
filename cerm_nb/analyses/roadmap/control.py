"""What is handed to the scorecard: limits from before each initiative, and what its indicator did since."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.roadmap.names import readers_names
from cerm_nb.stats import control_limits, holm, intervention_effect, lag_one, special_causes
from cerm_nb.stats.calendar import calendar, first_days

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.stats import Floats, Intervention

COLUMNS = [
    "initiative",
    "name",
    "indicator",
    "direction",
    "start",
    "mean",
    "lower",
    "upper",
    "points_before",
    "points_after",
    "points_judged",
    "outside_after",
    "special_after",
    "first_special",
    "autocorrelation",
    "expected",
    "effect",
    "low",
    "high",
    "p",
    "p_adjusted",
    "widened",
    "verdict",
    "reason",
    "needed",
]
SHORT = 12  # values from which limits are trusted
RELATED = 0.3  # correlation with the value before from which limits raise false alarms

Caveat = tuple[str, "Mapping[str, object]"]


@dataclass(frozen=True, eq=False)
class Control:
    """Initiatives and the indicators they are to move.

    Parameters
    ----------
    frame
        One row per initiative with an indicator, columns `COLUMNS`.
    caveats
        (key, values): ``indicator_shared`` (indicator, initiatives), ``periods_repeated`` and
        ``periods_missing`` (indicator, n), ``change_within_period`` (initiative, period), ``limits_short``
        (initiative, n), ``limits_related`` (initiative, autocorrelation).
    """

    frame: pd.DataFrame
    caveats: tuple[Caveat, ...]


@dataclass(frozen=True, eq=False)
class _Series:
    """An indicator's values at every period from its first to its last, NaN for gaps."""

    repeated: int
    reason: str = ""
    periods: pd.DatetimeIndex = field(default_factory=lambda: pd.DatetimeIndex([]))
    levels: Floats = field(default_factory=lambda: np.empty(0))
    length: pd.DateOffset = field(default_factory=pd.DateOffset)
    season: int = 0

    def position(self, start: pd.Timestamp) -> tuple[int, bool]:
        """Position of the first period from the change on; whether the change fell into the one before."""
        at = int(self.periods.searchsorted(start))
        exact = at < len(self.periods) and self.periods[at] == start
        return at, bool(at > 0 and not exact and start < self.periods[at - 1] + self.length)


def control(
    initiatives: pd.DataFrame,
    indicators: pd.DataFrame,
    kpis: pd.DataFrame,
    *,
    confidence: float = 0.95,
) -> Control:
    """Tell limits from before each initiative and what changed after it.

    Parameters
    ----------
    initiatives, indicators, kpis
        The client tables.
    confidence
        Coverage of intervals.

    Returns
    -------
    Control
        Verdicts: ``worked`` and ``worsened`` (the calibrated interval of the mean effect is on that side of
        0, and p adjusted by Holm over initiatives agrees), ``not_started`` (limits of all values so far) and
        ``undetermined`` with a reason: ``interval_holds_zero``, ``not_after_adjustment``, ``too_few_before``
        (with ``needed``), ``none_after``, ``constant_before``, ``conflicting_periods`` (two values for one
        period), ``no_values``, ``indicator_unknown``.

    Notes
    -----
    The period a change falls into, where it is not its first day, counts to neither side. A period given
    twice with the same value counts once; missing periods stay gaps. See `cerm_nb.stats.control_limits` and
    `cerm_nb.stats.intervention_effect`.
    """
    aimed = initiatives.dropna(subset=["indicator"]).reset_index(drop=True)
    directions = indicators.set_index("indicator")["direction"].to_dict()
    series = {name: _series(kpis[kpis["indicator"] == name]) for name in aimed["indicator"].unique()}
    rows, caveats = [], [*_shared(aimed), *_of_series(series)]
    called = readers_names(aimed, "initiative")
    for each in aimed.to_dict("records"):
        name, start = str(each["indicator"]), pd.Timestamp(each["start"])
        row, told = _row(series[name], start, str(each["initiative"]), confidence)
        initiative = str(each["initiative"])
        row |= {"initiative": initiative, "name": called[initiative], "indicator": name, "start": start}
        row["direction"] = str(directions.get(name, ""))
        row |= {} if name in directions else {"reason": "indicator_unknown"}
        rows.append(row)
        caveats += told
    frame = pd.DataFrame(rows, columns=COLUMNS)
    frame["p_adjusted"] = holm(frame["p"].to_numpy(dtype=float))
    decided = [_verdict(row, confidence) for row in frame.to_dict("records")]
    frame["verdict"], frame["reason"] = [list(each) for each in zip(*decided, strict=True)] or ([], [])
    return Control(frame, tuple(caveats))


def _series(part: pd.DataFrame) -> _Series:
    given = _from_first_days(part.dropna(subset=["value", "period"]))
    once = given.drop_duplicates(["period", "value"]).sort_values("period")
    repeated = len(given) - len(once)
    if once.empty:
        return _Series(repeated, "no_values")
    if once["period"].duplicated().any():
        return _Series(repeated, "conflicting_periods")
    every, length, season = calendar(once["period"])
    levels = once.set_index("period")["value"].astype(float).reindex(every)
    return _Series(repeated, "", every, np.asarray(levels, dtype=np.float64), length, season)


def _from_first_days(given: pd.DataFrame) -> pd.DataFrame:
    """Let periods told by another day than their first, such as their last, begin on the first."""
    days = pd.DatetimeIndex(given["period"].unique()).sort_values()
    return given.assign(period=given["period"].map(dict(zip(days, first_days(days), strict=True))))


def _row(
    series: _Series, start: pd.Timestamp, initiative: str, confidence: float
) -> tuple[dict[str, object], list[Caveat]]:
    """Limits, special causes and effect of one initiative; the verdict comes when all are known."""
    values, began = series.levels.copy(), bool(pd.notna(start))
    if series.reason:
        return {"reason": series.reason, "points_before": 0, "points_after": 0}, []
    at, within = series.position(start) if began else (len(values), False)
    caveats: list[Caveat] = []
    if within:
        values[at - 1] = np.nan  # the change fell into this period: it is neither before nor after
        caveats.append(("change_within_period", {"initiative": initiative, "period": series.periods[at - 1]}))
    before = np.arange(len(values)) < at
    limits = control_limits(values, basis=before)
    causes = special_causes(values, limits)
    special = np.flatnonzero(~before & (causes.direction[0] != 0))
    related, n = float(lag_one(values[before])[0]), int((before & ~np.isnan(values)).sum())
    told = {name: float(getattr(limits, name)[0, 0]) for name in ("mean", "lower", "upper")}
    row: dict[str, object] = {
        **told,
        "points_before": n,
        "points_after": int((~before & ~np.isnan(values)).sum()),
        "outside_after": int((causes.outside[0, ~before] != 0).sum()),
        "special_after": len(special),
        "first_special": series.periods[special[0]] if len(special) else pd.NaT,
        "autocorrelation": related,
        "reason": "" if began else "not_started",
    }
    caveats += [("limits_short", {"initiative": initiative, "n": n})] if n < SHORT else []
    if related >= RELATED:
        caveats.append(("limits_related", {"initiative": initiative, "autocorrelation": related}))
    return row | (_effect(values, at, series.season, confidence) if began else {}), caveats


def _effect(values: Floats, at: int, season: int, confidence: float) -> dict[str, object]:
    found: Intervention = intervention_effect(values, at, season=season, confidence=confidence)
    names = ("expected", "effect", "low", "high", "p", "widened", "reason", "needed")
    return {name: getattr(found, name) for name in names} | {"points_judged": found.judged}


def _verdict(row: Mapping[object, object], confidence: float) -> tuple[str, str]:
    if row["reason"]:
        name = str(row["reason"])
        return (name, "") if name == "not_started" else ("undetermined", name)
    low, high = float(str(row["low"])), float(str(row["high"]))
    if low <= 0 <= high:
        return "undetermined", "interval_holds_zero"
    if float(str(row["p_adjusted"])) >= 1 - confidence:
        return "undetermined", "not_after_adjustment"
    return ("worked" if (low > 0) == (row["direction"] == "higher") else "worsened"), ""


def _shared(aimed: pd.DataFrame) -> list[Caveat]:
    """Tell of indicators that more than one started initiative is to move: the effect is that of both."""
    begun = aimed.dropna(subset=["start"]).groupby("indicator", sort=True)["initiative"].agg(list)
    return [
        ("indicator_shared", {"indicator": name, "initiatives": tuple(map(str, names))})
        for name, names in begun.items()
        if len(names) > 1
    ]


def _of_series(series: Mapping[str, _Series]) -> list[Caveat]:
    gaps = {name: int(np.isnan(each.levels).sum()) for name, each in series.items()}
    found = [("periods_missing", {"indicator": name, "n": n}) for name, n in gaps.items() if n]
    again = [(name, each.repeated) for name, each in series.items() if each.repeated]
    return [*found, *(("periods_repeated", {"indicator": name, "n": n}) for name, n in again)]
