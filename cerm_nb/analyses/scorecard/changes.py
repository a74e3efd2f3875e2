"""What has changed since the last run: target customers, gaps, verdicts, indicators, and what is on lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd
from scipy.special import ndtr

from cerm_nb.analyses.scorecard.forecasts import Results, table, wave_of
from cerm_nb.analyses.scorecard.happened import SAME_CUSTOMERS
from cerm_nb.stats import holm, normal_quantile
from cerm_nb.surveys import item_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    Caveat = tuple[str, Mapping[str, object]]

TARGETS = ["group", "customers", "share", "value", "value_share", "state"]
GAPS = ["item", "then", "now", "difference", "low", "high", "n", "p", "p_adjusted", "change"]
VERDICTS = ["question", "then", "now", "change"]
STATUS = ["indicator", "aspect", "then", "now"]
LISTS = ["list", "entry", "change"]
FRAMES = (TARGETS, GAPS, VERDICTS, STATUS, LISTS)
PRESENT, PAST = ("entered", "new"), ("left", "gone")
ASPECTS = ("variation", "assurance")
KEYS = {"roadmap.initiatives": "initiative", "offers.rules": "rule"}  # published lists, and what names a row
SETTINGS = ("target_share", "horizon_months", "margin", "annual_discount")


class Answered(Results, Protocol):
    """Results with the verdicts of their questions."""

    def verdicts(self) -> dict[str, str]:
        """Give each question's verdict."""


@dataclass(frozen=True, eq=False)
class Changes:
    """What has changed since the last run.

    Parameters
    ----------
    since
        Its last day; None where there is none, and all frames are empty.
    targets
        group: ``stayed``, ``entered`` (known then, no target), ``new`` (not known then), ``left``, ``gone``
        (a target then, not known now); customers; share of the target customers of today (of then for
        ``left`` and ``gone``); value (lifetime value today, of then for ``left`` and ``gone``; NaN where none
        was told) and value_share of that of the target customers of the same day; state ``hidden`` where the
        group, or what it could be told from, is smaller than allowed: then its numbers are missing.
    gaps
        item, then, now, difference (now less then) with low and high, n (effective respondents of the smaller
        wave), p, p_adjusted (Holm) and change: ``closed`` (was below 0 for certain, is no longer), ``opened``
        (the reverse), ``smaller``, ``larger``, or "" where the difference is within error.
    verdicts
        question, then, now and change: ``better``, ``worse``, ``new``, ``gone``, ``told`` (there was not
        enough data), ``untold``, or ``same``.
    indicators
        indicator, aspect (``variation`` or ``assurance``), then, now: only what changed.
    lists
        list (a published table), entry, change: ``added`` or ``withdrawn``.
    caveats
        ``settings_changed`` (names: parameters of the value question that differ), ``customers_renumbered``,
        ``same_wave``: why less is told.
    """

    since: pd.Timestamp | None
    targets: pd.DataFrame
    gaps: pd.DataFrame
    verdicts: pd.DataFrame
    indicators: pd.DataFrame
    lists: pd.DataFrame
    caveats: tuple[Caveat, ...]


def changes(
    then: Answered | None,
    today: Answered,
    indicators: pd.DataFrame | None = None,
    *,
    confidence: float = 0.95,
    min_group: int = 10,
) -> Changes:
    """Tell what has changed since the last run.

    Parameters
    ----------
    then, today
        The last run, None where there is none, and this one.
    indicators
        Today's: indicator, variation, assurance.
    confidence
        Coverage of the intervals; differences count from an adjusted p below 1 − confidence on.
    min_group
        Smallest group of customers that is told.
    """
    if then is None:
        targets, gaps, verdicts, status, lists = (pd.DataFrame(columns=names) for names in FRAMES)
        return Changes(None, targets, gaps, verdicts, status, lists, ())
    targets, caveats = _targets(then, today, min_group)
    gaps, more = _gaps(then, today, confidence)
    return Changes(
        then.day,
        targets,
        gaps,
        _verdicts(then.verdicts(), today.verdicts()),
        _statuses(table(then, "scorecard.indicators"), indicators),
        _lists(then, today),
        (*caveats, *more),
    )


def _targets(then: Results, today: Results, min_group: int) -> tuple[pd.DataFrame, list[Caveat]]:
    before, now = table(then, "value.customers"), table(today, "value.customers")
    none = pd.DataFrame(columns=TARGETS)
    if before is None or now is None:
        return none, []
    if before["customer_id"].isin(now["customer_id"]).mean() < SAME_CUSTOMERS:
        return none, [("customers_renumbered", {})]
    columns = ["customer_id", "is_target", "clv"]
    both = before[columns].merge(
        now[columns], on="customer_id", how="outer", suffixes=("_then", "_now"), indicator="seen"
    )
    was, is_now = (both[f"is_target_{day}"].fillna(value=False).astype(bool) for day in ("then", "now"))
    groups = {
        "stayed": was & is_now,
        "entered": ~was & is_now & (both["seen"] == "both"),
        "new": is_now & (both["seen"] == "right_only"),
        "left": was & ~is_now & (both["seen"] == "both"),
        "gone": was & (both["seen"] == "left_only"),
    }
    rows = [
        _group(name, both[chosen], both[was], "clv_then")
        if name in PAST
        else _group(name, both[chosen], both[is_now], "clv_now")
        for name, chosen in groups.items()
    ]
    frame = pd.DataFrame(rows, columns=TARGETS)
    differing = [
        name for name in SETTINGS if then.params("value").get(name) != today.params("value").get(name)
    ]
    caveats: list[Caveat] = [("settings_changed", {"names": tuple(differing)})] if differing else []
    return _hidden(frame, min_group), caveats


def _group(name: str, chosen: pd.DataFrame, whole: pd.DataFrame, column: str) -> tuple[Any, ...]:
    value = float(chosen[column].sum()) if whole[column].notna().any() else np.nan
    total = float(whole[column].sum())
    share = len(chosen) / len(whole) if len(whole) else np.nan
    return name, float(len(chosen)), share, value, value / total if total else np.nan, ""


def _hidden(frame: pd.DataFrame, min_group: int) -> pd.DataFrame:
    """Blank groups that are too small, and the next where they would follow from the others.

    The number of each day's target customers stands on its page, so what is blank of a day is two groups at
    least and together no smaller than allowed. Where all others are blank or empty, an empty one goes as
    well: that nobody left would tell how many stayed.
    """
    number = frame["customers"]
    hidden = (number > 0) & (number < min_group)
    for names in 3 * (("stayed", *PRESENT), ("stayed", *PAST)):  # one day's may ask for the other's
        day = frame["group"].isin(names)
        blank = number[hidden & day]
        if len(blank) and (len(blank) == 1 or blank.sum() < min_group) and (day & ~hidden).any():
            left = number[day & ~hidden]
            hidden |= frame.index == left.where(left > 0, np.inf).idxmin()
    numbers = ["customers", "share", "value", "value_share"]
    blanked = {name: frame[name].mask(hidden) for name in numbers}
    return frame.assign(**blanked, state=np.where(hidden, "hidden", "").astype(object))


def _gaps(then: Results, today: Results, confidence: float) -> tuple[pd.DataFrame, list[Caveat]]:
    none = pd.DataFrame(columns=GAPS)
    told = [_own_gaps(run) for run in (then, today)]
    if told[0] is None or told[1] is None:
        return none, []
    waves = [wave_of(run) for run in (then, today)]
    if waves[0] == waves[1]:
        return none, [("same_wave", {"wave": waves[1] or ""})]
    both = told[0].reset_index().merge(told[1].reset_index(), on="item", suffixes=("_then", "_now"))
    difference = both["gap_now"] - both["gap_then"]
    error = np.hypot(both["error_then"], both["error_now"])
    p = 2 * ndtr(-np.abs(difference / error).to_numpy(dtype=float))
    half = normal_quantile(confidence) * error
    adjusted = holm(p)
    certain = adjusted < 1 - confidence
    short_then, short_now = both["gap_high_then"] < 0, both["gap_high_now"] < 0
    rules = {
        "closed": certain & short_then & ~short_now & (difference > 0),
        "opened": certain & ~short_then & short_now & (difference < 0),
        "smaller": certain & (difference > 0),
        "larger": certain & (difference < 0),
    }
    frame = pd.DataFrame(
        {
            "item": both["item"],
            "then": both["gap_then"],
            "now": both["gap_now"],
            "difference": difference,
            "low": difference - half,
            "high": difference + half,
            "n": both[["n_eff_then", "n_eff_now"]].min(axis=1),
            "p": p,
            "p_adjusted": adjusted,
            "change": np.select(list(rules.values()), list(rules), ""),
        }
    )
    order = frame.sort_values(["p_adjusted", "p", "item"], kind="stable", ignore_index=True)
    return order[GAPS], []


def _own_gaps(run: Results) -> pd.DataFrame | None:
    """Give our gaps by item: gap, gap_high, n_eff and the standard error behind the interval."""
    attributes = table(run, "experience.attributes")
    if attributes is None:
        return None
    ours = attributes[attributes["brand"] == attributes["brand"].iloc[0]]
    ours = ours.dropna(subset=["gap", "gap_low", "gap_high"])
    z = normal_quantile(float(run.params("experience").get("confidence", 0.95)))
    named = ours.assign(item=item_names(ours), error=(ours["gap_high"] - ours["gap_low"]) / (2 * z))
    found: pd.DataFrame = named.set_index("item")[["gap", "gap_high", "n_eff", "error"]].astype(float)
    return found


def _verdicts(then: Mapping[str, str], now: Mapping[str, str]) -> pd.DataFrame:
    rank = {"stop": 0, "watch": 1, "go": 2}
    rows = []
    for question in sorted(then.keys() | now.keys()):
        before, after = then.get(question, ""), now.get(question, "")
        rules = (
            ("same", before == after),
            ("new", not before),
            ("gone", not after),
            ("told", before not in rank),
            ("untold", after not in rank),
            ("better", rank.get(after, 0) > rank.get(before, 0)),
        )
        change = next((name for name, applies in rules if applies), "worse")
        rows.append((question, before, after, change))
    return pd.DataFrame(rows, columns=VERDICTS)


def _statuses(then: pd.DataFrame | None, now: pd.DataFrame | None) -> pd.DataFrame:
    if then is None or now is None:
        return pd.DataFrame(columns=STATUS)
    both = then.merge(now, on="indicator", suffixes=("_then", "_now"))
    frames = [
        both[["indicator"]].assign(aspect=aspect, then=both[f"{aspect}_then"], now=both[f"{aspect}_now"])
        for aspect in ASPECTS
    ]
    frame = pd.concat(frames, ignore_index=True)
    moved = frame[frame["then"] != frame["now"]]
    return moved.sort_values(["indicator", "aspect"], ignore_index=True)[STATUS]


def _lists(then: Results, today: Results) -> pd.DataFrame:
    rows = []
    for address, key in KEYS.items():
        before, now = table(then, address), table(today, address)
        if before is None or now is None or key not in before or key not in now:
            continue
        old, new = set(before[key].astype(str)), set(now[key].astype(str))
        rows += [(address, entry, "added") for entry in sorted(new - old)]
        rows += [(address, entry, "withdrawn") for entry in sorted(old - new)]
    return pd.DataFrame(rows, columns=LISTS)
