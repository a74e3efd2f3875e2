"""What to fix first, and for the sake of which question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.readiness.maturity import EVIDENCE, LEVELS, level_of

if TYPE_CHECKING:
    from cerm_nb.analyses.readiness.maturity import Maturity
    from cerm_nb.analyses.readiness.parameters import Params
    from cerm_nb.analyses.readiness.quality import SourceScores

READY, FIRST = 3.0, 2.0  # level from which all five questions, and from which questions 1–3, can be answered

QUESTIONS_OF = {
    "data": (1, 2, 3, 4, 5),
    "systems": (1, 2, 5),
    "process": (4, 5),
    "organisation": (4, 5),
    "customer_strategy": (1, 3, 5),
}
"""Which of the five questions rest on a dimension: 1 who are the target customers, 2 how do they experience
us, 3 what do we promise, 4 what must change inside, 5 is it working."""

TOLD = 3
GATES = ("stop", "watch", "later")
FIXES = [
    "rank", "gate", "kind", "where", "what", "column", "got", "low", "high", "needed", "n", "dimension",
    "questions", "used_by",
]  # fmt: skip


def fixes(scores: SourceScores, state: Maturity, own: Params) -> pd.DataFrame:
    """List what to fix, the most urgent first.

    Parameters
    ----------
    scores, state
        From `score_sources` and `maturity`.
    own
        good_share is used.

    Returns
    -------
    DataFrame
        Columns `FIXES`:

        - rank, from 1;
        - gate: ``stop`` where the evidence as a whole is below level 2, ``watch`` where it, or the low end of
          its interval, is below level 3, else ``later``;
        - kind: ``measure`` (a measure of an entry under good_share), ``evidence`` (a share of the whole not
          surely at level 3), ``declared`` (a dimension known by answers alone, not surely at level 3),
          ``unknown`` (a dimension neither measured nor answered), ``missing`` (a source that is not there) or
          ``unused`` (an entry that no question reads);
        - where: entry, source or dimension; what: measure, share or dimension; column: the emptiest
          column, for completeness;
        - got with low and high, needed, n: shares, levels of 1–5 for a dimension, rows for what is unused;
        - dimension, questions (of the five, as text) that rest on it, used_by (questions that read the
          entry).

        Within a gate the largest gap between got and needed comes first, in parts of what is needed; what is
        not there or not used comes last.
    """
    levels = state.evidence.set_index("evidence")[["level", "low"]]
    found = [
        _of_measures(scores, levels, own),
        _of_evidence(state.evidence),
        _of_dimensions(state.frame),
        _of_sources(scores),
    ]
    frame = pd.concat([each for each in found if len(each)] or [pd.DataFrame(columns=FIXES)])
    frame = frame.reindex(columns=FIXES)
    questions = {name: ", ".join(map(str, numbers)) for name, numbers in QUESTIONS_OF.items()}
    frame["questions"] = frame["dimension"].map(questions)
    gap = 1 - frame["got"].fillna(0).astype(float) / frame["needed"].astype(float)
    place = frame["gate"].map({name: order for order, name in enumerate(GATES)})
    absent = frame["kind"].isin(["missing", "unused"])
    order = frame.assign(place=place, absent=absent, gap=-gap)
    order = order.sort_values(["place", "absent", "gap", "where", "what"], kind="stable")
    return order.assign(rank=np.arange(1, len(frame) + 1))[FIXES].reset_index(drop=True)


def fix_list(frame: pd.DataFrame, most: int = 12) -> pd.DataFrame:
    """Give the most urgent fixes as a reader is told them: the tables that want the same thing together.

    Parameters
    ----------
    frame
        From `fixes`.
    most
        How many are told.

    Returns
    -------
    DataFrame
        gate, what (``missing``, ``unused``, ``unknown`` and ``declared`` besides the measures), where (the
        first `TOLD` tables, and how many more), got (the lowest) and needed (shares 0–1; NaN where the fix is
        no share), questions.
    """
    is_share = frame["kind"].isin(["measure", "evidence"])
    told = frame.assign(
        what=frame["what"].where(is_share, frame["kind"]),
        got=frame["got"].astype(float).where(is_share),
        needed=frame["needed"].astype(float).where(is_share),
        together=np.where(frame["kind"].isin(["measure", "unused"]), "", frame["where"]),
    )
    groups = told.groupby(["gate", "what", "together"], sort=False)
    rows = groups.agg(
        where=("where", _names),
        got=("got", "min"),
        needed=("needed", "first"),
        questions=("questions", "first"),
    )
    return rows.reset_index().drop(columns="together").head(most)


def _names(entries: pd.Series[str]) -> str:
    more = len(entries) - TOLD
    return ", ".join(entries.iloc[:TOLD]) + (f" (+{more})" if more > 0 else "")


def gate_of(level: pd.Series[float], low: pd.Series[float]) -> pd.Series[str]:
    """Tell which gate a level (1–5) does not pass: ``stop``, ``watch``, or ``later`` where it passes both."""
    names = np.select([level < FIRST, low < READY], list(GATES[:2]), default=GATES[2])
    return pd.Series(names, level.index, dtype="str")


def _of_measures(scores: SourceScores, levels: pd.DataFrame, own: Params) -> pd.DataFrame:
    """Measures of a source's entry under good_share; as urgent as the measure is weak over all sources."""
    of_source = set(scores.frame.loc[scores.frame["source"].notna(), "table"])
    judged = scores.scores["measure"].isin(levels.index) & (scores.scores["measure"] != "used_share")
    judged &= scores.scores["entry"].isin(of_source)
    low = scores.scores[judged & (scores.scores["share"] < own.good_share)]
    emptiest = scores.columns.groupby("entry")["column"].first()
    column = low["entry"].map(emptiest).where(low["measure"] == "completeness")
    frame = low.rename(columns={"entry": "where", "measure": "what", "share": "got"})
    used_by = frame["where"].map(scores.frame.set_index("table")["used_by"])
    # a table stands in the way only where it is too weak itself, and so is its measure over all sources
    own_level, own_low = (
        pd.Series(level_of(frame[end].to_numpy(float)), frame.index) for end in ("got", "low")
    )
    level, least = (frame["what"].map(levels[end]).astype(float) for end in ("level", "low"))
    gate = gate_of(level.where(level > own_level, own_level), least.where(least > own_low, own_low))
    needed = gate.map({name: _share_of(READY) for name in GATES[:2]}).fillna(own.good_share)
    frame = frame.assign(kind="measure", needed=needed, column=column, used_by=used_by, gate=gate)
    return frame.assign(dimension=frame["what"].map(EVIDENCE))


def _share_of(level: float) -> float:
    """Share that reaches a level."""
    return next(share for share, reached in LEVELS.items() if reached == level)


def _of_evidence(evidence: pd.DataFrame) -> pd.DataFrame:
    """Shares that no single entry answers for."""
    needed = _share_of(READY)
    whole = evidence["evidence"].isin(["coverage", "used_share", "value_known", "spend_measurable"])
    low = evidence[whole & (evidence["low"] < READY)]
    return pd.DataFrame(
        {
            "kind": "evidence",
            "where": low["dimension"],
            "what": low["evidence"],
            "got": low["share"],
            "low": low["share_low"],
            "high": low["share_high"],
            "needed": needed,
            "n": low["n"],
            "dimension": low["dimension"],
            "gate": gate_of(low["level"], low["low"]),
        }
    )


def _of_dimensions(frame: pd.DataFrame) -> pd.DataFrame:
    said = frame[frame["measured"].isna() & ~(frame["low"] >= READY)]
    unknown = said["level"].isna()
    return pd.DataFrame(
        {
            "kind": np.where(unknown, "unknown", "declared"),
            "where": said["dimension"],
            "what": said["dimension"],
            "got": said["level"],
            "low": said["low"],
            "high": said["high"],
            "needed": READY,
            "n": said["n"],
            "dimension": said["dimension"],
            # what is not known keeps the whole from being ready, but shows nothing to be wrong
            "gate": gate_of(said["level"].fillna(FIRST), said["low"].fillna(FIRST)),
        }
    )


def _of_sources(scores: SourceScores) -> pd.DataFrame:
    there = scores.by_source
    missing = there[there["rows"] == 0]
    gone = {
        "kind": "missing",
        "where": missing["source"],
        "what": "rows",
        "got": 0.0,
        "needed": 1.0,
        "n": 0.0,
    }
    unused = scores.unused
    idle = {"kind": "unused", "where": unused["table"], "what": "rows", "got": 0.0, "n": unused["rows"]}
    idle["needed"] = unused["rows"].clip(lower=1).astype(float)
    frames = [
        pd.DataFrame(gone).assign(dimension="systems"),
        pd.DataFrame(idle).assign(dimension="organisation"),
    ]
    return pd.concat(frames).assign(gate=GATES[2])
