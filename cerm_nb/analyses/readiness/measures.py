"""The single quality measures of a source: shares with the n and interval behind each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from cerm_nb.stats import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from cerm_nb.analyses.readiness.parameters import Params

MEASURES = ("completeness", "validity", "uniqueness", "timeliness", "agreement", "linkability")
SCORES = ["entry", "measure", "share", "low", "high", "n"]
LIST = "customers"  # client table of which each row is a person
DAYS_A_MONTH = 365.25 / 12
OLDEST = pd.Timestamp("1950-01-01")  # a day before it is a mistake, and is counted as ancient


class Resolved(Protocol):
    """What is needed of the identity resolution."""

    @property
    def reason(self) -> str:
        """Empty, or why nothing was resolved."""

    @property
    def caveats(self) -> Sequence[tuple[str, Mapping[str, object]]]:
        """What must be known before using it: (key, values)."""

    @property
    def links(self) -> pd.DataFrame:
        """The person each record of a list belongs to: entry, customer_id and more."""

    @property
    def customers(self) -> pd.DataFrame:
        """One row per person: customer_id, customer_id_from (missing where no list has a number) and more."""

    @property
    def agreement(self) -> pd.DataFrame:
        """A list's values compared with the same person's in other sources: entry, field, pairs, agree."""


def measure(
    tables: pd.DataFrame,
    cells: pd.DataFrame,
    identity: Resolved,
    keys: pd.DataFrame,
    own: Params,
    as_of: date,
) -> pd.DataFrame:
    """Measure every entry; see `score_sources` for the arguments and the definitions.

    Returns
    -------
    DataFrame
        Columns `SCORES`, one row per entry and measure that could be determined; beside the six measures
        ``readability``, the share of the values given that can be read as what they are declared to be.
    """
    counted = [
        *_of_cells(cells),
        _uniqueness(tables, identity),
        _lists_fresh(tables),
        _agreement(identity),
        _linkability(tables, identity, keys),
    ]
    shares = pd.concat([_with_intervals(each, own.confidence) for each in counted], ignore_index=True)
    scores = pd.concat([shares, _logs_fresh(tables, own, as_of)], ignore_index=True)
    order = {entry: place for place, entry in enumerate(tables["entry"])}
    scores = scores[scores["entry"].isin(order)]
    place = scores.assign(place=scores["entry"].map(order)).sort_values(["place", "measure"], kind="stable")
    return place[SCORES].reset_index(drop=True)


def _counted(entry: pd.Series[str], name: str, good: pd.Series[float], n: pd.Series[float]) -> pd.DataFrame:
    frame = pd.DataFrame({"entry": entry, "measure": name, "good": good.astype(float), "n": n.astype(float)})
    return frame[frame["n"] > 0]


def _with_intervals(counted: pd.DataFrame, confidence: float) -> pd.DataFrame:
    ends = [
        wilson_interval(good, n, confidence) for good, n in zip(counted["good"], counted["n"], strict=True)
    ]
    frame = counted.assign(share=counted["good"] / counted["n"])
    frame[["low", "high"]] = np.array(ends).reshape(-1, 2)
    return frame[SCORES]


def _of_cells(cells: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
    """Completeness, validity, readability: of cells, but n counts rows.

    The cells of a row stand or fall together, so an interval over cells would be too narrow.
    """
    groups = cells.groupby("entry", sort=False)
    sums = groups[["rows", "filled", "unreadable", "invalid"]].sum()
    most = groups[["rows", "filled"]].max()
    wrong = sums["unreadable"] + sums["invalid"]
    per_row = most["filled"] / sums["filled"]
    entry = sums.index.to_series()
    valid = (sums["filled"] - wrong).clip(lower=0)
    return (
        _counted(entry, "completeness", sums["filled"] * most["rows"] / sums["rows"], most["rows"]),
        _counted(entry, "validity", valid * per_row, most["filled"]),
        _counted(entry, "readability", (sums["filled"] - sums["unreadable"]) * per_row, most["filled"]),
    )


def _uniqueness(tables: pd.DataFrame, identity: Resolved) -> pd.DataFrame:
    links = identity.links if not identity.reason else identity.links.iloc[:0]
    lists = links.groupby("entry")["customer_id"].agg(["nunique", "size"])
    other = tables[(tables["table"] != LIST) & tables["key_column"].notna()].set_index("entry")
    good = pd.concat([lists["nunique"], other["distinct_keys"]]).astype(float)
    n = pd.concat([lists["size"], other["keyed"]]).astype(float)
    return _counted(good.index.to_series(), "uniqueness", good, n)


def _lists_fresh(tables: pd.DataFrame) -> pd.DataFrame:
    lists = tables[tables["table"] == LIST]
    return _counted(lists["entry"], "timeliness", lists["recent"], lists["dated"] - lists["future"])


def _logs_fresh(tables: pd.DataFrame, own: Params, as_of: date) -> pd.DataFrame:
    """Timeliness of tables that grow: how much of the fresh time is left since the last row came in."""
    first, last = (pd.to_datetime(tables[name]) for name in ("first_day", "last_day"))
    rows = tables["dated"] - tables["future"] - tables["ancient"]
    late = (pd.Timestamp(as_of) - last).dt.days.astype(float)
    told = (tables["table"] != LIST) & (rows > 0) & (late >= 0)
    span = (last - first.mask(first < OLDEST, OLDEST)).dt.days.clip(lower=0) + 1.0
    # at its usual pace even a table that is fed to the day still waits this long for its next row
    wait = -np.log1p(-own.confidence) * span / rows.where(rows > 0)
    window = own.fresh_months * DAYS_A_MONTH
    share = 1 - (late / window).clip(upper=1)
    high = 1 - ((late - wait).clip(lower=0) / window).clip(upper=1)
    frame = {"entry": tables["entry"], "share": share, "low": share, "high": high, "n": rows.astype(float)}
    return pd.DataFrame(frame).assign(measure="timeliness").loc[told, SCORES]


def _agreement(identity: Resolved) -> pd.DataFrame:
    """Agreement of pairs of values; n counts pairs of records, for the fields of a pair go together."""
    groups = identity.agreement.groupby("entry", sort=False)
    sums, most = groups[["pairs", "agree"]].sum(), groups["pairs"].max()
    share = sums["agree"] / sums["pairs"].where(sums["pairs"] > 0)
    return _counted(sums.index.to_series(), "agreement", share * most, most)


def _linkability(tables: pd.DataFrame, identity: Resolved, keys: pd.DataFrame) -> pd.DataFrame:
    other = _counted(keys["entry"], "linkability", keys["linked"], keys["rows"])
    if identity.reason:
        return other
    links = identity.links[["entry", "customer_id"]]
    numbered = identity.customers.set_index("customer_id")["customer_id_from"].notna()
    if links["entry"].nunique() < 2 and not numbered.any():
        return other  # a single list without numbers has nothing it could be linked to
    known = links["customer_id"].map(numbered).fillna(False).astype(bool)
    shared = links.groupby("customer_id")["entry"].transform("nunique") > 1
    lists = pd.DataFrame({"entry": links["entry"], "good": known | shared}).groupby("entry")["good"]
    counts = lists.agg(["sum", "size"])
    own_lists = _counted(counts.index.to_series(), "linkability", counts["sum"], counts["size"])
    return pd.concat([own_lists, other[~other["entry"].isin(counts.index)]])
