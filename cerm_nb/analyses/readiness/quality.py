"""How good, how well linked and how much used the information of each source is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.readiness.measures import MEASURES, SCORES, Resolved, measure

if TYPE_CHECKING:
    from datetime import date

    from cerm_nb.analyses.readiness.parameters import Params

SOURCES = ("office", "internet", "press", "events", "operations", "cards", "call_centre")
PUBLISHED = ["source", "table", "rows", *MEASURES, "used_by", "used_share"]
STATES = ("missing", "empty", "unused", "unlinked", "weak", "good")
LINKED = 0.5  # a source of which less can be tied to a customer stands by itself
CUSTOMER_TABLES = ("transactions", "customers", "contacts")


@dataclass(frozen=True, eq=False)
class SourceScores:
    """Scores of the customer information, source by source.

    Parameters
    ----------
    reason
        Empty, ``no_tables``, or ``no_sources`` where no table comes from one of the seven.
    frame
        One row per entry of the params' data, columns `PUBLISHED`: the measures as shares 0–1, NaN where
        undetermined; used_by (the questions that read it) and used_share (share of the file's columns that
        they use).
    scores
        entry, measure, share, low, high, n: the measures of each entry with interval and n; beside the six
        ``readability``, and ``used_share``, which counts all columns and has no width.
    by_source
        One row per each of the seven `SOURCES`: source, entries, rows, the measures (means of its entries
        weighted by n), used_share, state (one of `STATES`).
    source_scores
        source, measure, share, low, high, n: the same of each source, and of each of the `CUSTOMER_TABLES`
        that is mapped to no source, under its entry's name. The ends are the weighted means of the entries'
        ends, which is too wide rather than too narrow.
    unused
        Entries with a source that no question reads: source, table, rows.
    columns
        entry, column, share: how often each column is filled, the emptiest first.
    later
        Events dated after the last day, which were not looked at.
    """

    reason: str
    frame: pd.DataFrame
    scores: pd.DataFrame
    by_source: pd.DataFrame
    source_scores: pd.DataFrame
    unused: pd.DataFrame
    columns: pd.DataFrame
    later: int

    @property
    def sources_there(self) -> int:
        """How many of the seven sources hold any row."""
        return int((self.by_source["rows"] > 0).sum())

    @property
    def good_sources(self) -> int:
        """How many of the seven sources are good in every measure."""
        return int((self.by_source["state"] == "good").sum())

    @property
    def unused_rows(self) -> int:
        """Rows nobody uses."""
        return int(self.unused["rows"].sum())

    @property
    def unused_share(self) -> float:
        """Share of the rows of all sources that nobody uses; NaN without rows."""
        rows = int(self.frame.loc[self.frame["source"].notna(), "rows"].sum())
        return self.unused_rows / rows if rows else np.nan

    @property
    def weakest(self) -> pd.Series[float]:
        """Lowest of the six measures of any source's entry: entry, measure, share, low, high, n; or empty."""
        of_source = set(self.frame.loc[self.frame["source"].notna(), "table"])
        told = self.scores["measure"].isin(MEASURES) & self.scores["entry"].isin(of_source)
        six = self.scores[told]
        return six.sort_values("share", kind="stable").iloc[0] if len(six) else pd.Series(dtype=float)


def score_sources(
    tables: pd.DataFrame,
    cells: pd.DataFrame,
    identity: Resolved,
    keys: pd.DataFrame,
    own: Params,
    as_of: date,
) -> SourceScores:
    """Score every table of customer information.

    Parameters
    ----------
    tables
        One row per entry: entry, table (canonical), source (missing where not mapped), rows, columns_there,
        columns_used, dated, recent, future, ancient (rows), first_day, last_day, key_column, keyed,
        distinct_keys, used_by (tuple of questions).
    cells
        entry, column, rows, filled, unreadable, invalid (readable, and implausible all the same).
    identity
        From `resolve`; with a reason where there is no list.
    keys
        Tables with a person's key that are no lists: entry, rows, linked.
    own
        fresh_months, good_share and confidence are used.
    as_of
        Last day the analysis may see.

    Notes
    -----
    The names are those of DAMA UK 2013 (The six primary dimensions for data quality assessment) and
    ISO/IEC 25012, the definitions:

    1. completeness: cells filled over cells (ISO 25012 completeness).
    2. validity: cells filled that can be read as what they are and are plausible, over cells filled (DAMA
       validity).
    3. uniqueness: persons over records of a list, by identity resolution; distinct keys over keyed rows of
       any other table (DAMA uniqueness).
    4. timeliness: of a list, records confirmed within fresh_months over dated records; of a table that
       grows, 1 − days since its last row over the days of fresh_months (ISO 25012 currentness).
    5. agreement: pairs of values that agree, over pairs of values of the same person and field in this list
       and in another source (DAMA consistency).
    6. linkability: records whose person has a customer number or stands in another list, over records; of
       any other table, rows whose key is a known customer's, over rows (ISO 8000-115 calls for such
       identifiers).

    Intervals are Wilson's, as if the rows were drawn from all the source will ever hold. n counts rows, not
    cells, for the cells of a row go together. A growing table's timeliness is as low as seen at worst; its
    high end allows for the wait until the next row at the table's usual pace.
    """
    measured = measure(tables, cells, identity, keys, own, as_of)
    scores = pd.concat([measured, _use(tables)], ignore_index=True)
    frame = tables[["entry", "source", "rows"]].join(_wide(scores, "entry"), on="entry")
    frame = frame.rename(columns={"entry": "table"})
    frame["used_by"] = [", ".join(questions) for questions in tables["used_by"]]
    source_scores = _pooled(scores, tables)
    unused = frame[frame["source"].notna() & (frame["used_by"] == "")]
    return SourceScores(
        "no_tables" if tables.empty else "no_sources" if tables["source"].isna().all() else "",
        frame[PUBLISHED].reset_index(drop=True),
        scores,
        _by_source(frame, source_scores, own),
        source_scores,
        unused[["source", "table", "rows"]].reset_index(drop=True),
        _columns(cells),
        int(tables["future"].sum()),
    )


def _wide(scores: pd.DataFrame, key: str) -> pd.DataFrame:
    """One row per `key` and one column per measure."""
    names = (*MEASURES, "used_share")
    return pd.DataFrame({name: scores[scores["measure"] == name].set_index(key)["share"] for name in names})


def _use(tables: pd.DataFrame) -> pd.DataFrame:
    """Share of a file's columns that some question uses; all columns are counted, so there is no width."""
    n = tables["columns_there"].astype(float)
    share = (tables["columns_used"] / n).where(tables["used_by"].map(len) > 0, 0.0)
    use = {"entry": tables["entry"], "share": share, "low": share, "high": share, "n": n}
    return pd.DataFrame(use).assign(measure="used_share").loc[n > 0, SCORES]


def _pooled(scores: pd.DataFrame, tables: pd.DataFrame) -> pd.DataFrame:
    """Means by source and measure, weighted by n."""
    named = tables["entry"].where(tables["table"].isin(CUSTOMER_TABLES))
    source = tables["source"].where(tables["source"].notna(), named)
    owner = pd.Series(source.to_numpy(), tables["entry"])
    ends = ["share", "low", "high"]
    weighted = scores[ends].mul(scores["n"], axis=0).assign(n=scores["n"], measure=scores["measure"])
    weighted["source"] = scores["entry"].map(owner)
    sums = weighted.groupby(["source", "measure"])[[*ends, "n"]].sum().reset_index()
    return sums.assign(**{name: sums[name] / sums["n"] for name in ends})


def _by_source(frame: pd.DataFrame, pooled: pd.DataFrame, own: Params) -> pd.DataFrame:
    groups = frame.groupby("source")
    by = pd.DataFrame({"entries": groups.size(), "rows": groups["rows"].sum()})
    by = by.reindex(pd.Index(SOURCES, name="source"), fill_value=0)
    by = by.join(_wide(pooled, "source"))
    used = groups["used_by"].agg(lambda each: bool((each != "").any())).reindex(by.index)
    measured = by[list(MEASURES)]
    rules = {
        "missing": by["entries"] == 0,
        "empty": by["rows"] == 0,
        "unused": used.eq(False),
        "unlinked": ~(by["linkability"] >= LINKED),
        "weak": (measured < own.good_share).any(axis=1),
    }
    by["state"] = np.select(list(rules.values()), list(rules), default="good")
    return by.reset_index()


def _columns(cells: pd.DataFrame) -> pd.DataFrame:
    filled = cells[cells["rows"] > 0]
    shares = filled.assign(share=filled["filled"] / filled["rows"])[["entry", "column", "share"]]
    return shares.sort_values(["share", "entry", "column"], ignore_index=True)
