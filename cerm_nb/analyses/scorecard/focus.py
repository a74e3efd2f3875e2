"""Which few indicators to keep in sight: what matters, what is known, and what presses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.stats import Floats

LONG = 24  # values from which a series counts as long
STEPS = 6  # links that importance flows back through at the most
KEPT = 0.5  # share of an indicator's importance that one perfect link hands back
UNKNOWN = 0.5  # urgency where nothing is known: neither calm nor alarm
PRESSING = {"concern": 1.0, "common": 0.0, "improvement": 0.0}
MISSED = {"fails": 1.0, "hit_and_miss": 0.5, "passes": 0.0}
STATUS = {"variation": PRESSING, "assurance": MISSED}
COLUMNS = [
    "indicator",
    "perspective",
    "kind",
    "importance_own",
    "importance_flowed",
    "importance",
    "evidence_points",
    "evidence_status",
    "evidence_link",
    "evidence",
    "urgency_variation",
    "urgency_assurance",
    "urgency_chance",
    "urgency",
    "score",
    "place",
    "in_focus",
    "chosen_for",
]


def focus(
    indicators: pd.DataFrame, links: pd.DataFrame, importance: Mapping[str, float], at_most: int
) -> pd.DataFrame:
    """Choose the indicators to be kept in sight.

    Parameters
    ----------
    indicators
        One row per indicator: indicator, perspective, kind, n (values known), variation, assurance, p_hit.
    links
        From, to, estimate (a correlation), evidence.
    importance
        Weights of indicators, 1 where none is told.
    at_most
        Indicators in focus.

    Returns
    -------
    DataFrame
        One row per indicator, those in focus first and by score, columns `COLUMNS`. Every term lies between 0
        and 1, and score = importance · evidence · (1 + urgency) / 2.

        - importance: the own weight, and what flows back from the indicators it leads to through links the
          data support: at each of at most `STEPS` links half of the importance times the size of the
          correlation; in shares of the largest.
        - evidence: mean of how long the series is (1 from `LONG` values), how much of its status (variation,
          assurance) is known, and whether the data support one of its links.
        - urgency: mean of what is known of concern in variation (1), targets missed by assurance
          (``fails`` 1, ``hit_and_miss`` .5) and the chance of missing the target (1 − p_hit);
          `UNKNOWN` where none is known.

        ``chosen_for`` is ``kind`` for the best leading and the best lagging indicator, ``perspective`` for
        the best of each perspective not yet there, ``score`` for those that fill up, "" for the rest.
        Ties go by identifier.
    """
    found = indicators.sort_values("indicator", kind="stable").reset_index(drop=True)
    supported = links[links["evidence"] == "supported"]
    terms = pd.DataFrame({name: found[name] for name in ("indicator", "perspective", "kind")})
    terms = terms.assign(**_importance(found["indicator"], supported, importance))
    terms = terms.assign(**_evidence(found, supported), **_urgency(found))
    terms["score"] = terms["importance"] * terms["evidence"] * (1 + terms["urgency"]) / 2
    terms = terms.sort_values("score", ascending=False, kind="stable").reset_index(drop=True)
    terms["chosen_for"] = _chosen(terms, at_most)
    terms["in_focus"] = terms["chosen_for"] != ""
    terms = terms.sort_values("in_focus", ascending=False, kind="stable").reset_index(drop=True)
    return terms.assign(place=np.arange(1, len(terms) + 1))[COLUMNS]


def _importance(
    names: pd.Series[str], supported: pd.DataFrame, importance: Mapping[str, float]
) -> dict[str, Floats]:
    own = np.asarray(names.map(dict(importance)).fillna(1.0), dtype=np.float64)
    order = pd.Index(names)
    source, goal = (order.get_indexer(pd.Index(supported[end])) for end in ("from", "to"))
    drawn = (source >= 0) & (goal >= 0) & (source != goal)
    strength = KEPT * supported["estimate"].abs().clip(upper=1).fillna(0).to_numpy(dtype=float)
    flowed, step = np.zeros(len(own)), own
    for _ in range(STEPS):
        handed = np.zeros(len(own))
        np.add.at(handed, source[drawn], strength[drawn] * step[goal[drawn]])
        flowed, step = flowed + handed, handed
    top = max(float((own + flowed).max(initial=0.0)), np.finfo(float).tiny)
    return {
        "importance_own": own / top,
        "importance_flowed": flowed / top,
        "importance": (own + flowed) / top,
    }


def _evidence(found: pd.DataFrame, supported: pd.DataFrame) -> dict[str, Floats]:
    points = np.clip(found["n"].fillna(0).to_numpy(dtype=float) / LONG, 0, 1)
    known = [found[name].isin(list(words)) for name, words in STATUS.items()]
    status = np.mean([each.to_numpy(dtype=float) for each in known], axis=0)
    linked = found["indicator"].isin([*supported["from"], *supported["to"]]).to_numpy(dtype=float)
    evidence = (points + status + linked) / 3
    return {
        "evidence_points": points,
        "evidence_status": status,
        "evidence_link": linked,
        "evidence": evidence,
    }


def _urgency(found: pd.DataFrame) -> dict[str, Floats]:
    terms = {
        "urgency_variation": found["variation"].map(PRESSING).to_numpy(dtype=float),
        "urgency_assurance": found["assurance"].map(MISSED).to_numpy(dtype=float),
        "urgency_chance": 1 - found["p_hit"].to_numpy(dtype=float),
    }
    whole = np.array(list(terms.values()))
    n = (~np.isnan(whole)).sum(axis=0)
    return {**terms, "urgency": np.where(n > 0, np.nansum(whole, axis=0) / np.maximum(n, 1), UNKNOWN)}


def _chosen(terms: pd.DataFrame, at_most: int) -> list[str]:
    """Why each is chosen, in the order of the scores; "" where it is not."""
    reasons: dict[int, str] = {}
    for column, told in (("kind", "kind"), ("perspective", "perspective")):
        first = terms[terms[column].fillna("") != ""].drop_duplicates(column)
        there = set(terms.loc[list(reasons), column])
        for place, word in zip(first.index, first[column], strict=True):
            if len(reasons) < at_most and word not in there:
                reasons.setdefault(place, told)
    for place in terms.index:
        if len(reasons) < at_most:
            reasons.setdefault(place, "score")
    return [reasons.get(place, "") for place in terms.index]
