"""How mature the customer information is in each dimension: what was measured counts, then what is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.readiness.parameters import DIMENSIONS, LOWEST
from cerm_nb.analyses.readiness.quality import SOURCES
from cerm_nb.analyses.readiness.questionnaire import declared
from cerm_nb.stats import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.analyses.readiness.acquisition import Acquisition
    from cerm_nb.analyses.readiness.parameters import Params
    from cerm_nb.analyses.readiness.quality import SourceScores
    from cerm_nb.stats import Floats

EVIDENCE = {
    "coverage": "data",
    "completeness": "data",
    "validity": "data",
    "agreement": "data",
    "linkability": "systems",
    "readability": "systems",
    "uniqueness": "process",
    "timeliness": "process",
    "used_share": "organisation",
    "value_known": "customer_strategy",
    "spend_measurable": "customer_strategy",
}
"""Which measured share speaks for which dimension."""

LEVELS = {0.0: 1, 0.5: 2, 0.7: 3, 0.85: 4, 0.95: 5}
"""Share → level of maturity; levels in between are interpolated, above 0.95 all are 5."""

MATURITY = [
    "dimension", "declared", "declared_low", "declared_high", "declared_n", "measured",
    "level", "low", "high", "n", "evidence", "share", "gap",
]  # fmt: skip
INSTEAD = {
    "level": "declared",
    "low": "declared_low",
    "high": "declared_high",
    "n": "declared_n",
    "evidence": "said",
}
"""What stands in where a dimension was not measured."""
MEASURED = ["dimension", "evidence", "share", "share_low", "share_high", "level", "low", "high", "n"]
Evidence = tuple[str, float, float, float, float]


@dataclass(frozen=True, eq=False)
class Maturity:
    """Maturity from 1 (lowest) to 5.

    Parameters
    ----------
    frame
        One row per dimension, columns `MATURITY`: the declared mean with interval and number of respondents;
        measured level (NaN where nothing was); level, the measured one where there is one, else the declared,
        with low and high; n behind it (rows, columns, customers, activities or respondents); evidence, the
        measured share that decided (its value in share), or ``declared``, or ``none``; gap, declared less
        measured level.
    evidence
        Every measured share with its level, columns `MEASURED`, the weakest of a dimension first.
    level, low, high
        Overall level: that of the weakest dimension. Where a dimension is unknown, low is 1.
    weakest
        The dimension that decides; empty where none is known.
    unknown
        Dimensions neither measured nor declared.
    """

    frame: pd.DataFrame
    evidence: pd.DataFrame
    level: float
    low: float
    high: float
    weakest: str
    unknown: tuple[str, ...]


def maturity(
    scores: SourceScores,
    answers: pd.DataFrame | None,
    own: Params,
    *,
    customers: pd.DataFrame | None = None,
    value: pd.DataFrame | None = None,
    activities: Acquisition | None = None,
) -> Maturity:
    """Judge the maturity of each dimension, and of all by the weakest.

    Parameters
    ----------
    scores
        From `score_sources`.
    answers
        Questionnaire: dimension, question, answer, respondent; None where there is none.
    own
        maturity (answers given in the params) and confidence are used.
    customers, value
        Persons known (customer_id), and those whose value is known (customer_id); None where unknown.
    activities
        From `acquisition`; None where there are no activities.

    Raises
    ------
    DataError
        With every answer that cannot be.

    Notes
    -----
    A dimension is as mature as the weakest evidence of it, and the whole as the weakest dimension, as the
    staged models of maturity have it (CMMI): a level is reached once all that belongs to it is. What was
    measured overrides what was answered; the difference is told as a gap. Coverage is the share of the seven
    sources that hold anything: what one source alone knows of customers does not show what they experience.
    Shares of sources count each source alike, for a large one does not mend a small one. The thresholds are
    `LEVELS`. The ends of an interval of a weakest part are the lowest of the parts' low ends and of their
    high ends.
    """
    evidence = _evidence(scores, own, customers, value, activities)
    told = declared(answers, own.maturity, own.confidence).set_index("dimension")
    frame = told.join(_weakest_evidence(evidence)).reindex(list(DIMENSIONS))
    is_measured = frame["measured"].notna()
    frame["said"] = np.where(frame["declared_n"] > 0, "declared", "none")
    for name, instead in INSTEAD.items():
        frame[name] = frame[name].where(is_measured, frame[instead])
    frame["gap"] = frame["declared"] - frame["measured"]
    frame = frame.reset_index()[MATURITY]
    return Maturity(frame, evidence, *_overall(frame))


def level_of(share: Floats | float) -> Floats:
    """Translate shares (0–1) into levels of maturity (1–5) by `LEVELS`."""
    return np.asarray(np.interp(share, list(LEVELS), list(LEVELS.values())))


def _evidence(
    scores: SourceScores,
    own: Params,
    customers: pd.DataFrame | None,
    value: pd.DataFrame | None,
    activities: Acquisition | None,
) -> pd.DataFrame:
    rows = [
        *_of_coverage(scores, own),
        *_of_sources(_with_unlinked(scores)),
        *_of_value(customers, value, own.confidence),
        *_of_spend(activities),
    ]
    frame = pd.DataFrame(rows, columns=["evidence", "share", "share_low", "share_high", "n"])
    frame["dimension"] = frame["evidence"].map(EVIDENCE)
    for name, share in (("level", "share"), ("low", "share_low"), ("high", "share_high")):
        frame[name] = level_of(frame[share].to_numpy(dtype=float))
    order = frame["dimension"].map({name: place for place, name in enumerate(DIMENSIONS)})
    frame = frame.assign(place=order).sort_values(["place", "share", "evidence"], ignore_index=True)
    return frame[MEASURED]


def _of_coverage(scores: SourceScores, own: Params) -> Iterator[Evidence]:
    """Share of the seven sources that hold more than a few rows: all are counted, so it has no width."""
    if scores.sources_there:
        share = float((scores.by_source["rows"] >= own.min_group).mean())
        yield "coverage", share, share, share, float(len(SOURCES))


def _with_unlinked(scores: SourceScores) -> pd.DataFrame:
    """Count a source in which nothing names a person as linked to nobody, not as unknown."""
    there = scores.by_source[(scores.by_source["rows"] > 0) & scores.by_source["linkability"].isna()]
    nobody = pd.DataFrame(
        {"source": there["source"], "share": 0.0, "low": 0.0, "high": 0.0, "n": there["rows"].astype(float)}
    ).assign(measure="linkability")
    return pd.concat([scores.source_scores, nobody]) if len(nobody) else scores.source_scores


def _of_sources(scores: pd.DataFrame) -> Iterator[Evidence]:
    """Means over the sources, each counting alike; the halves of the intervals add up as squares."""
    for name, each in scores[scores["measure"].isin(EVIDENCE)].groupby("measure"):
        mean = float(each["share"].mean())
        below, above = (
            float(np.hypot.reduce(each[end] - each["share"])) / len(each) for end in ("low", "high")
        )
        yield str(name), mean, max(mean - below, 0.0), min(mean + above, 1.0), float(each["n"].sum())


def _of_value(
    customers: pd.DataFrame | None, value: pd.DataFrame | None, confidence: float
) -> Iterator[Evidence]:
    if customers is None or value is None or not len(customers):
        return
    n, known = len(customers), int(customers["customer_id"].isin(value["customer_id"]).sum())
    yield "value_known", known / n, *wilson_interval(known, n, confidence), float(n)


def _of_spend(activities: Acquisition | None) -> Iterator[Evidence]:
    """All spend is counted, none drawn, so the share has no width."""
    if activities is None or np.isnan(activities.unmeasurable_share):
        return
    share = 1 - activities.unmeasurable_share
    yield "spend_measurable", share, share, share, float(len(activities.frame))


def _weakest_evidence(evidence: pd.DataFrame) -> pd.DataFrame:
    groups = evidence.groupby("dimension")  # the weakest stands first
    frame = groups[["evidence", "share", "n"]].first()
    return frame.assign(**groups[["level", "low", "high"]].min()).assign(measured=groups["level"].min())


def _overall(frame: pd.DataFrame) -> tuple[float, float, float, str, tuple[str, ...]]:
    unknown = tuple(frame.loc[frame["level"].isna(), "dimension"])
    if len(unknown) == len(frame):
        return np.nan, np.nan, np.nan, "", unknown
    weakest = frame.sort_values("level", kind="stable").iloc[0]
    low = float(LOWEST) if unknown else float(frame["low"].min())
    return float(weakest["level"]), low, float(frame["high"].min()), str(weakest["dimension"]), unknown
