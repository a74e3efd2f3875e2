"""Indicators that the other questions give: what they found at each day they were asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from cerm_nb.stats import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from cerm_nb.findings import Finding

POINTS = ["indicator", "period", "value", "low", "high", "n"]
GIVEN = ["indicator", "perspective", "kind", "unit", "direction", "source"]
YEAR = 52.18  # weeks
DECISIVE = ("yes", "possible")  # moments of truth, or such as may be one
Told = tuple[float, float, float, int]
UNTOLD: Told = (np.nan, np.nan, np.nan, 0)


class Results(Protocol):
    """What has been published for a client at one day."""

    @property
    def day(self) -> pd.Timestamp:
        """The last day it saw."""

    def has_published(self, address: str) -> bool:
        """Tell whether a table is there."""

    def published(self, address: str) -> pd.DataFrame:
        """Read one of its tables."""

    def findings(self, question: str) -> Sequence[Finding]:
        """Give what a question found; nothing where it was not asked."""


@dataclass(frozen=True)
class _Source:
    """An indicator and how it is read from what a question published."""

    indicator: str
    perspective: str
    kind: str
    unit: str
    direction: str
    question: str
    read: Callable[[Results], Told]


def derived(
    results: Iterable[Results], *, measured: Collection[str] = (), min_group: int = 10
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the indicators that other questions give, at every day they were asked.

    Parameters
    ----------
    results
        What stands published, the earliest first.
    measured
        Indicators the client measures itself: what other questions say of one of these is left out.
    min_group
        Smallest group whose number may be told.

    Returns
    -------
    given
        One row per indicator, columns `GIVEN`.
    points
        One row per indicator and day, columns `POINTS`: period is the day, n what the value rests on.

    Notes
    -----
    Where several estimates make up one (a mean over touchpoints), its interval is the mean of theirs. They
    were made of the same respondents: this is the widest it can be, as if they all erred the same way.
    """
    rows = []
    for result in results:
        for source in SOURCES:
            told = source.read(result)
            if source.indicator not in measured and not np.isnan(told[0]) and told[3] >= min_group:
                rows.append((source.indicator, result.day, *told))
    points = pd.DataFrame(rows, columns=POINTS).astype({"indicator": object})
    there = set(points["indicator"])
    given = [
        (each.indicator, each.perspective, each.kind, each.unit, each.direction, each.question)
        for each in SOURCES
        if each.indicator in there
    ]
    return pd.DataFrame(given, columns=GIVEN).astype(object), points


def _finding(question: str, name: str) -> Callable[[Results], Told]:
    def read(result: Results) -> Told:
        found = next((one for one in result.findings(question) if one.id == name), None)
        return UNTOLD if found is None else (found.value, found.low, found.high, found.n)

    return read


def _target_customers(result: Results) -> Told:
    """Count the target customers: a count of all there are has no interval."""
    frame = _table(result, "value.customers", ["is_target"])
    n = int(frame["is_target"].sum())
    return (float(n), float(n), float(n), n) if len(frame) else UNTOLD


def _retention(result: Results) -> Told:
    """Of the customers won more than a year ago, the share that has bought within the last year."""
    frame = _table(result, "value.customers", ["age", "recency"])
    won = frame[frame["age"].astype(float) > YEAR]
    if won.empty:
        return UNTOLD
    again = int((won["age"] - won["recency"] <= YEAR).sum())
    low, high = wilson_interval(again, len(won))
    return again / len(won), float(low), float(high), len(won)


def _gap(result: Results) -> Told:
    """Experience less the level aimed at, over the touchpoints that are, or may be, moments of truth."""
    columns = ["moment", "dimension", "nature", "gap", "gap_low", "gap_high", "n"]
    frame = _table(result, "roadmap.moments", columns)
    whole = (frame["dimension"] == "") & (frame["nature"] == "")
    return _mean(frame[whole & frame["moment"].isin(DECISIVE)], "gap", "gap_low", "gap_high")


def _kept(result: Results) -> Told:
    """Share of the customers who met what the leading promise says, over its touchpoints."""
    proof = _table(result, "promise.proof", ["promise", "kept", "low", "high", "n"])
    ranked = _table(result, "promise.promise", ["candidate", "rank"]).sort_values("rank")
    if ranked.empty:
        return UNTOLD
    return _mean(proof[proof["promise"] == ranked["candidate"].iloc[0]], "kept", "low", "high")


def _readiness(result: Results) -> Told:
    """Level of customer-information readiness, over its sides."""
    return _mean(_table(result, "readiness.maturity", ["level", "low", "high", "n"]), "level", "low", "high")


def _mean(frame: pd.DataFrame, value: str, low: str, high: str) -> Told:
    whole = frame.dropna(subset=[value, low, high])
    if whole.empty:
        return UNTOLD
    middle, lower, upper = whole[[value, low, high]].astype(float).mean()
    return float(middle), float(lower), float(upper), int(whole["n"].min())


def _table(result: Results, address: str, columns: list[str]) -> pd.DataFrame:
    """Read some columns of a table; without rows where it, or one of them, is not there."""
    frame = result.published(address) if result.has_published(address) else pd.DataFrame()
    there = set(columns) <= set(frame.columns)
    return frame[columns] if there else pd.DataFrame(columns=columns)


SOURCES = (
    _Source(
        "target_value", "financial", "lagging", "money", "higher", "value", _finding("value", "target_value")
    ),
    _Source("target_customers", "customer", "lagging", "customers", "higher", "value", _target_customers),
    _Source("customer_retention", "customer", "lagging", "share", "higher", "value", _retention),
    _Source("gap_at_moments", "customer", "leading", "points", "higher", "roadmap", _gap),
    _Source("kept_promise", "process", "leading", "share", "higher", "promise", _kept),
    _Source(
        "information_readiness", "people_information", "leading", "level", "higher", "readiness", _readiness
    ),
)
