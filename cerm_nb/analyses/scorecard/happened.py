"""What happened of what was forecast, and why it cannot be known where it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.forecasts import GAP, LAST_WAVE, own_judgements, table, wave_of
from cerm_nb.surveys import item_names

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping
    from datetime import date
    from typing import Any

    from cerm_nb.analyses.scorecard.forecasts import Results
    from cerm_nb.analyses.scorecard.panels import Panel
    from cerm_nb.stats import Floats

    Bought = Mapping[tuple[date, date], pd.DataFrame]

SAME_CUSTOMERS = (
    0.95  # of those known then, the share that must be known now: their purchases are still there
)
QUIET = 31  # days without any transaction up to the end after which the data must be taken to stop
HIT = "hit"


def happened(
    kept: pd.DataFrame,
    earlier: Iterable[Results],
    today: Results,
    bought: Bought,
    panels: Iterable[Panel],
    records: pd.DataFrame,
) -> pd.DataFrame:
    """Look up what happened of every forecast that has come due.

    Parameters
    ----------
    kept
        From `forecasts.remembered`.
    earlier, today
        What was published when the forecasts were made, and what is now.
    bought
        By the stretches of `forecasts.to_count`: customer_id, purchases, revenue of who bought, and the last
        day with any transaction in ``attrs["last_day"]``.
    panels
        Indicators as they are known now.
    records
        indicator, direction and target, for forecasts that a target is met.

    Returns
    -------
    DataFrame
        `kept` where it has come due, with ``actual`` (of a forecast that something is met 1 or 0; NaN where
        it is not known) and ``reason``: ``not_answered`` (the question that tells it was not answered today
        or then), ``customers_renumbered`` (fewer than `SAME_CUSTOMERS` of those known then are known now),
        ``series_ended``, ``gap`` (no value for that period), ``no_series``, ``no_new_wave``, ``not_asked``
        (not in the new wave), ``no_record``; empty where it is known. A next wave comes due on the day of
        the first run that saw it, which ``due`` then tells; before, it is left out. Whether a target is met
        goes by the target of that day, where it was published.
    """
    then: dict[Hashable, Results] = {run.day: run for run in earlier}
    due = kept[(kept["due"] <= today.day) | kept["due"].isna()].reset_index(drop=True)
    found = due.assign(actual=np.nan, reason="no_series")
    of = {name: (due["question"] == name).to_numpy() for name in ("value", "experience", "roadmap")}
    for day, rows in due[of["value"]].groupby("made_at", sort=True):
        _put(found, rows, _purchases(rows, then.get(day), today, bought))
    surveyed = due[of["experience"] | of["roadmap"]]
    for _, rows in surveyed.groupby(["made_at", "due"], dropna=False, sort=True):
        made, end = rows["made_at"].iloc[0], rows["due"].iloc[0]
        seen = _first_new_wave(then.get(made), [*then.values(), today], end)
        _put(found, rows, _surveyed(rows, then.get(made), today, seen))
        if seen is not None and pd.isna(end):
            found.loc[rows.index.to_numpy(), "due"] = seen.day
    rows = due[~(of["value"] | of["experience"] | of["roadmap"])]
    aims = _aims(rows, then, records)
    for panel in (each for each in panels if len(each.periods)):
        mine = rows[rows["subject"].isin(panel.names)]
        _put(found, mine, _indicated(mine, panel, aims))
    waiting = (found["source"] == LAST_WAVE) & (found["reason"] == "no_new_wave")
    return found[~waiting].reset_index(drop=True)


def _put(found: pd.DataFrame, rows: pd.DataFrame, told: tuple[Floats, Any]) -> None:
    for name, values in zip(("actual", "reason"), told, strict=True):
        found.loc[rows.index.to_numpy(), name] = values


def _unknown(rows: pd.DataFrame, reason: str) -> tuple[Floats, Any]:
    return np.full(len(rows), np.nan), reason


def _purchases(
    rows: pd.DataFrame, then: Results | None, today: Results, bought: Bought
) -> tuple[Floats, Any]:
    """Add up what the groups of that day have bought since."""
    known = None if then is None else table(then, "value.customers")
    now = table(today, "value.customers")
    if then is None or known is None or now is None:
        return _unknown(rows, "not_answered")
    if known["customer_id"].isin(now["customer_id"]).mean() < SAME_CUSTOMERS:
        return _unknown(rows, "customers_renumbered")
    answered = then.params("value")
    rate, margin = float(answered.get("annual_discount", 0.0)), float(answered.get("margin", 1.0))
    sums: dict[pd.Timestamp, pd.DataFrame] = {}
    for due in sorted(rows["due"].unique()):
        frame = bought.get((then.day.date(), due.date()))
        if frame is not None and not _stopped(frame.attrs.get("last_day"), due):
            sums[due] = _by_group(known, frame)
    worth = _discounted(sums, then.day, rate)
    sums = {due: told.assign(clv=margin * worth[due]) for due, told in sums.items()}
    actual = [
        sums[due][quantity].get(subject, np.nan) if due in sums else np.nan
        for quantity, subject, due in rows[["quantity", "subject", "due"]].itertuples(index=False)
    ]
    return np.array(actual, dtype=float), np.where(np.isnan(actual), "series_ended", "")


def _stopped(last: date | None, due: pd.Timestamp) -> bool:
    return last is None or (due - pd.Timestamp(last)).days > QUIET


def _by_group(known: pd.DataFrame, bought: pd.DataFrame) -> pd.DataFrame:
    """Sum purchases and revenue by group of that day: target, all, and the tiers."""
    each = known[["customer_id", "is_target", "tier"]].merge(bought, on="customer_id", how="left")
    amounts = each[["purchases", "revenue"]].fillna(0.0)
    sums = amounts.groupby(each["tier"]).sum()
    sums.loc["target"] = amounts[each["is_target"].astype(bool)].sum()
    sums.loc["all"] = amounts.sum()
    return sums


def _discounted(
    sums: Mapping[pd.Timestamp, pd.DataFrame], made: pd.Timestamp, rate: float
) -> dict[pd.Timestamp, pd.Series[float]]:
    """Discount revenue, that of each stretch between ends as if it had come in its middle."""
    worth: dict[pd.Timestamp, pd.Series[float]] = {}
    before, so_far, total = made, pd.Series(dtype=float), pd.Series(dtype=float)
    for due, told in sums.items():
        years = ((before - made) + (due - made)).days / 2 / 365.25
        part = told["revenue"].sub(so_far, fill_value=0.0) * (1 + rate) ** -years
        total = total.add(part, fill_value=0.0)
        before, so_far = due, told["revenue"]
        worth[due] = total
    return worth


def _first_new_wave(then: Results | None, runs: Iterable[Results], end: pd.Timestamp) -> Results | None:
    """Find the first run, from some day on, that saw another wave than the one the forecast knew."""
    before = None if then is None else wave_of(then)
    for run in runs:
        is_later = then is not None and run.day > then.day and not run.day < end
        if is_later and before is not None and wave_of(run) not in (None, before):
            return run
    return None


def _surveyed(
    rows: pd.DataFrame, then: Results | None, today: Results, seen: Results | None
) -> tuple[Floats, Any]:
    """Look up judgements and gaps of a wave that is newer than the one the forecast knew."""
    if then is None or wave_of(then) is None or wave_of(today) is None:
        return _unknown(rows, "not_answered")
    if seen is None:
        return _unknown(rows, "no_new_wave")
    ours = own_judgements(seen.published("experience.loyalty"))
    judged = dict(zip(ours["measure"], ours["value"].astype(float), strict=True))
    attributes = table(seen, "experience.attributes")
    gaps: dict[str, float] = {}
    if attributes is not None:
        own = attributes[attributes["brand"] == attributes["brand"].iloc[0]]
        gaps = dict(zip(item_names(own), own["gap"].astype(float), strict=True))
    actual = np.array(
        [
            (gaps if quantity == GAP else judged).get(subject, np.nan)
            for quantity, subject in rows[["quantity", "subject"]].itertuples(index=False)
        ],
        dtype=float,
    )
    return actual, np.where(np.isnan(actual), "not_asked", "")


def _aims(rows: pd.DataFrame, then: Mapping[Hashable, Results], records: pd.DataFrame) -> pd.DataFrame:
    """Direction and target of every forecast of an indicator, by the rows' index."""
    told = records.drop_duplicates("indicator").set_index("indicator").reindex(rows["subject"])
    aims = pd.DataFrame(
        {"sign": told["direction"].map({"higher": 1.0, "lower": -1.0}), "target": told["target"]}, dtype=float
    ).set_index(rows.index)
    for day, mine in rows.groupby("made_at", sort=True):
        known = table(then[day], "scorecard.indicators") if day in then else None
        if known is not None:
            target = known.drop_duplicates("indicator").set_index("indicator")["target"].astype(float)
            told_then = target.reindex(mine["subject"]).set_axis(mine.index)
            aims["target"] = told_then.reindex(aims.index).fillna(aims["target"])
    return aims


def _indicated(rows: pd.DataFrame, panel: Panel, aims: pd.DataFrame) -> tuple[Floats, Any]:
    """Look up the values of the periods that the days due fall into, and whether they met the target."""
    values = np.asarray(panel.values)
    row = pd.Index(panel.names).get_indexer(pd.Index(rows["subject"]))
    place = panel.periods.searchsorted(pd.DatetimeIndex(rows["due"]), side="right") - 1
    inside = (place >= 0) & np.asarray(rows["due"] < panel.periods[-1] + panel.length)
    value = np.where(inside, values[row, np.maximum(place, 0)], np.nan)
    last = np.where(~np.isnan(values), np.arange(len(panel.periods)), -1).max(axis=1)
    reason = np.where(np.isnan(value), np.where(inside & (place < last[row]), "gap", "series_ended"), "")
    mine = aims.loc[rows.index]
    met = mine["sign"].to_numpy() * (value - mine["target"].to_numpy())
    is_hit = (rows["quantity"] == HIT).to_numpy()
    reason = np.where(is_hit & (reason == "") & np.isnan(met), "no_record", reason)
    hit = np.where(np.isnan(met), np.nan, (met >= 0).astype(float))
    return np.where(is_hit, hit, value), reason
