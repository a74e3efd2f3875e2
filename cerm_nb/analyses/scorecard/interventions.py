"""What initiatives and campaigns did to the indicators they were to move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.stats import holm, intervention_effect

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping, Sequence
    from typing import Any

    from cerm_nb.analyses.scorecard.panels import Panel
    from cerm_nb.stats import Floats

    Places = Mapping[str, tuple[Panel, int]]  # panel and row of each indicator
    Events = Mapping[str, pd.DatetimeIndex]
    Words = np.ndarray[tuple[int, ...], np.dtype[np.object_]]

Caveat = tuple[str, "Mapping[str, object]"]

TOLD = ("expected", "effect", "low", "high", "p", "widened", "reason", "needed")
LIMITS = ("mean", "lower", "upper", "outside_after")  # made of the values before alone, by the roadmap
COLUMNS = [
    "kind",
    "id",
    "name",
    "indicator",
    "direction",
    "start",
    "end",
    *TOLD[:5],
    "p_adjusted",
    "points_before",
    "points_judged",
    *LIMITS,
    "widened",
    "needed",
    "verdict",
    "reason",
]


@dataclass(frozen=True, eq=False)
class Interventions:
    """What was done, and what its indicator did since.

    Parameters
    ----------
    frame
        One row per initiative and campaign with an indicator, columns `COLUMNS`.
    caveats
        (key, values): ``interventions_overlap`` (indicator, names: more than one changed it at the same time,
        so that the effect told is that of all), ``campaign_part_period`` (campaign, period: it began within
        it), ``events_left_out`` (campaign, n: periods of known events).
    """

    frame: pd.DataFrame
    caveats: tuple[Caveat, ...]


def interventions(
    panels: Sequence[Panel],
    records: pd.DataFrame,
    initiatives: pd.DataFrame | None,
    campaigns: pd.DataFrame | None,
    *,
    campaign_indicators: Mapping[str, str],
    known_events: Mapping[str, Sequence[str]] | None = None,
    confidence: float = 0.95,
) -> Interventions:
    """Tell what initiatives and campaigns did to the indicators they were to move.

    Parameters
    ----------
    panels, records
        Series of all frequencies, and one row per indicator.
    initiatives
        What the roadmap published of its initiatives (``roadmap.control``); None where it has not run.
    campaigns
        Client table ``campaigns``; None where there is none.
    campaign_indicators
        Indicator a campaign was to move, by campaign; others are left out.
    known_events
        Days of what else is known to have moved an indicator, by indicator.
    confidence
        Coverage of intervals.

    Returns
    -------
    Interventions
        Verdicts: ``worked`` and ``worsened`` (the calibrated interval of the mean effect lies on that side of
        0, and p adjusted by Holm over all rows agrees), ``not_started``, and ``undetermined`` with a reason:
        ``interval_holds_zero``, ``not_after_adjustment``, ``known_event`` (one fell into the periods judged),
        ``no_start``, ``campaign_unknown`` (not in the table), ``no_direction``, or what
        `cerm_nb.stats.intervention_effect` and the roadmap say: ``too_few_before`` (``needed`` says how many
        it takes), ``none_after``, ``constant_before``, ``no_values``, ``indicator_unknown``,
        ``conflicting_periods``.

    Notes
    -----
    Placebo-calibrated: see `cerm_nb.stats.intervention_effect`. Of initiatives the effect and the limits from
    before the change (mean, lower, upper; outside_after: values beyond them since) are the roadmap's; they
    are judged anew together with the campaigns, and undetermined where an event is known among the periods
    judged. A campaign is judged by the periods from the one it began in to the one it ended in; periods of
    known events count as gaps.
    """
    events = {
        name: pd.DatetimeIndex(pd.to_datetime(list(days))) for name, days in (known_events or {}).items()
    }
    places = {name: (panel, row) for panel in panels for row, name in enumerate(panel.names)}
    rows = [_of_roadmap(each, places, events) for each in _dicts(initiatives)]
    told = {str(each["campaign"]): each for each in _dicts(campaigns)}
    caveats: list[Caveat] = []
    for campaign, indicator in campaign_indicators.items():
        row: dict[str, object] = {
            "kind": "campaign",
            "id": campaign,
            "name": campaign,
            "indicator": indicator,
        }
        found, noted = _of_campaign(row, told.get(campaign), places, events, confidence)
        rows.append(found)
        caveats += noted
    frame = pd.DataFrame(rows).reindex(columns=COLUMNS)
    known = records.drop_duplicates("indicator").set_index("indicator")["direction"]
    frame["direction"] = frame["indicator"].map(known).fillna("")
    for day in ("start", "end"):
        frame[day] = pd.to_datetime(frame[day]).astype("datetime64[us]")
    frame["p_adjusted"] = holm(frame["p"].to_numpy(dtype=float))
    frame["verdict"], frame["reason"] = _verdicts(frame, confidence)
    return Interventions(frame, (*caveats, *_overlaps(frame)))


def _dicts(table: pd.DataFrame | None) -> list[dict[Hashable, Any]]:
    return [] if table is None else table.to_dict("records")


def _of_roadmap(given: Mapping[Hashable, Any], places: Places, events: Events) -> dict[str, object]:
    """Take an initiative as the roadmap judged it."""
    name, start = str(given["indicator"]), pd.Timestamp(given["start"])
    row: dict[str, object] = {
        each: given[each] for each in (*TOLD, *LIMITS, "points_before", "points_judged")
    }
    row |= {"kind": "initiative", "id": given["initiative"], "name": given["name"], "indicator": name}
    begun = pd.notna(start)
    row |= {"start": start, "reason": str(given["reason"] or "") if begun else "not_started"}
    if begun and not row["reason"] and name in places and name in events:
        panel, at = places[name]
        values = np.asarray(panel.values)[at]
        judged = panel.periods[(panel.periods >= start) & ~np.isnan(values)][: int(given["points_judged"])]
        until = judged[-1] + panel.length if len(judged) else start
        held = (events[name] >= start) & (events[name] < until)
        row |= {"reason": "known_event"} if held.any() else {}
    return row


def _of_campaign(
    row: dict[str, object],
    told: Mapping[Hashable, Any] | None,
    places: Places,
    events: Events,
    confidence: float,
) -> tuple[dict[str, object], list[Caveat]]:
    """Judge a campaign by the periods from the one it began in to the one it ended in."""
    campaign, indicator = str(row["id"]), str(row["indicator"])
    if told is None:
        return row | {"reason": "campaign_unknown"}, []
    start, end = pd.Timestamp(told["start"]), pd.Timestamp(told["end"])
    row |= {"name": told.get("name") or campaign, "start": start, "end": end}
    reason = "no_start" if pd.isna(start) else "no_values" if indicator not in places else ""
    if reason:
        return row | {"reason": reason}, []
    panel, at = places[indicator]
    values, left_out = _without(np.asarray(panel.values)[at].copy(), panel.periods, events.get(indicator))
    began = max(int(panel.periods.searchsorted(start, side="right")) - 1, 0)
    began = began if start < panel.periods[-1] + panel.length else len(values)
    stop = len(values) if pd.isna(end) else int(panel.periods.searchsorted(end, side="right"))
    values = values[: max(stop, began)]
    found = intervention_effect(values, began, season=panel.season, confidence=confidence)
    row |= {name: getattr(found, name) for name in TOLD}
    row |= {"points_before": found.before, "points_judged": found.judged}
    caveats: list[Caveat] = []
    if began < len(values) and panel.periods[began] < start:
        caveats.append(("campaign_part_period", {"campaign": row["name"], "period": panel.periods[began]}))
    if left_out:
        caveats.append(("events_left_out", {"campaign": row["name"], "n": left_out}))
    return row, caveats


def _without(values: Floats, periods: pd.DatetimeIndex, days: pd.DatetimeIndex | None) -> tuple[Floats, int]:
    """Make gaps of the periods that hold known events, and tell how many had a value."""
    if days is None:
        return values, 0
    at = np.unique(periods.searchsorted(days[days >= periods[0]], side="right") - 1)
    known = int((~np.isnan(values[at])).sum())
    values[at] = np.nan
    return values, known


def _verdicts(frame: pd.DataFrame, confidence: float) -> tuple[Words, Words]:
    low, high, p = (frame[name].to_numpy(dtype=float) for name in ("low", "high", "p_adjusted"))
    direction = frame["direction"].to_numpy(dtype=object)
    given = frame["reason"].fillna("").to_numpy(dtype=object)
    better = np.where(direction == "higher", low > 0, high < 0)
    unsure = [
        (given != "") & (given != "not_started"),
        (direction != "higher") & (direction != "lower"),
        (low <= 0) & (high >= 0),
        ~(p < 1 - confidence),
    ]
    why = np.select(unsure, [given, "no_direction", "interval_holds_zero", "not_after_adjustment"], "")
    begun = given != "not_started"
    verdict = np.where(why != "", "undetermined", np.where(better, "worked", "worsened"))
    return np.where(begun, verdict, "not_started"), np.where(begun, why, "")


def _overlaps(frame: pd.DataFrame) -> list[Caveat]:
    """Tell of indicators that more than one changed at the same time: the effect is that of all."""
    begun = frame.dropna(subset=["start"]).sort_values(["indicator", "start"], kind="stable")
    last = begun[["start", "end"]].max().max()  # what has no end has lasted to now
    until = begun["end"].fillna(last).groupby(begun["indicator"]).cummax()
    before = until.groupby(begun["indicator"]).shift()
    shared = begun.loc[begun["start"] <= before, "indicator"].unique()
    named = begun.groupby("indicator", sort=True)["name"].agg(list)
    return [
        ("interventions_overlap", {"indicator": name, "names": tuple(map(str, named[name]))})
        for name in shared
    ]
