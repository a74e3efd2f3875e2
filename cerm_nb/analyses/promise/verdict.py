"""The answer, its verdict and its caveats, all as numbers and keys: the wording lives elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.candidates import ENDS, PREFERENCE
from cerm_nb.analyses.promise.checks import floor_of
from cerm_nb.surveys import ITEM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.analyses.promise.value_curve import ValueCurve
    from cerm_nb.analyses.promise.weights import Weights
    from cerm_nb.surveys import Survey

Caveat = tuple[str, "Mapping[str, object]"]

SUGGESTED = [*ITEM, "mean", "low", "standing", "importance", "level"]
DECISIONS = {"credible": "go", "undetermined": "watch"}


@dataclass(frozen=True, eq=False)
class Answer:
    """Which promise to make.

    Parameters
    ----------
    value, low, high
        Rating today less the floor where the first candidate is weakest, points of the scale; without a
        promise, our difference to the best competitor on what could carry one best; NaN where unknown.
    n
        Respondents who rated it.
    n_eff
        Equal ones they are worth.
    verdict, reason
        ``go`` (a candidate is credible), ``watch``, ``stop`` or ``not_enough_data``, and why; see `answer`.
    candidate
        Name of the first candidate; empty where the params have none.
    touchpoint, attribute
        Where it is weakest, which is what to fix first; without a promise, what could carry one best.
    floor
        Rating below which an experience fails.
    candidates, credible
        Candidates, and how many of them are credible.
    preference, preference_low, preference_high
        What the first candidate adds to our share of preference; NaN where unknown.
    caveats
        (key, values) in the order to be shown.
    """

    value: float
    low: float
    high: float
    n: int
    n_eff: float
    verdict: str
    reason: str
    candidate: str
    touchpoint: str
    attribute: str
    floor: float
    candidates: int
    credible: int
    preference: float
    preference_low: float
    preference_high: float
    caveats: tuple[Caveat, ...]


def suggest(survey: Survey, table: pd.DataFrame, own: Params) -> pd.DataFrame:
    """Find what could carry a promise, for clients who have written none.

    Parameters
    ----------
    survey, table
        From `read_survey` and `value_curve_table`.
    own
        floor is used.

    Returns
    -------
    DataFrame
        touchpoint, attribute, mean, low, standing, importance and level (the least that would put us clear
        of every competitor, rounded up to a tenth, at most the end of the scale; today's where there is
        none): attributes that matter more than average, surely reach the floor, do not surely fall short of
        the level aimed at, and on which we are not behind; where we are ahead first, then by importance.
    """
    ours = table[table["brand"] == survey.own_brand]
    bearing = (ours["matters"] == "more") & (ours["low"] >= floor_of(survey, own)) & ~(ours["gap_low"] > 0)
    found = ours[bearing & (ours["standing"] != "behind")]
    others = table[table["brand"] != survey.own_brand].groupby(ITEM, sort=False)["high"].max()
    best = found[ITEM].join(others, on=ITEM)["high"].to_numpy(dtype=float)
    clear = np.ceil(np.fmax(best, found["mean"].to_numpy(dtype=float)) * 10 + 1e-9) / 10
    found = found.assign(level=np.minimum(clear, survey.scale[1]), ahead=found["standing"] == "ahead")
    ordered = found.sort_values(["ahead", "importance"], ascending=False, kind="stable")
    return ordered[SUGGESTED].reset_index(drop=True)


def answer(
    survey: Survey,
    curve: ValueCurve,
    table: pd.DataFrame,
    weights: Weights,
    judged: pd.DataFrame,
    own: Params,
    more: tuple[Caveat, ...] = (),
) -> Answer:
    """Put the answer together.

    Parameters
    ----------
    survey, curve, table, weights, judged
        From `read_survey`, `value_curve`, `value_curve_table`, `weigh_attributes` and `judge_promises`.
    own
        floor is used.
    more
        Caveats of the preference model.

    Notes
    -----
    Verdict and reason:

    - ``go``: the first candidate is credible, which says that customers prefer it, too;
    - ``watch`` with the reason of the first candidate where it is undetermined, ``no_promise`` where the
      params have none and something could carry one;
    - ``stop``: ``fix_first``, ``no_difference``, ``not_preferred`` or ``not_important`` of the first
      candidate, ``nothing_to_carry`` where the params have none and nothing could carry one;
    - ``not_enough_data``: ``too_few_answers`` where no rating of ours can be shown; ``importance_unknown``
      where the params have no promise and nobody knows what matters.
    """
    told = _nothing() | {"floor": floor_of(survey, own), "candidates": len(judged)}
    told["caveats"] = (*survey.caveats, *curve.caveats, *weights.caveats, *_caveats(judged), *more)
    told["credible"] = int((judged["verdict"] == "credible").sum())
    if not np.isfinite(curve.means[0, 0]).any():
        return Answer(**told | {"verdict": "not_enough_data", "reason": "too_few_answers"})
    return Answer(**told | (_without(survey, table, own) if judged.empty else _of_first(judged.iloc[0])))


def _nothing() -> dict[str, Any]:
    texts = dict.fromkeys(("candidate", *ITEM), "")
    numbers = dict.fromkeys(("value", "low", "high", *PREFERENCE), np.nan)
    return {**numbers, "n": 0, "n_eff": 0.0, **texts}


def _of_first(first: pd.Series[Any]) -> dict[str, Any]:
    """Say where the first candidate is weakest, and what follows."""
    ends = zip(("value", "low", "high"), ENDS, strict=True)
    told: dict[str, Any] = {end: float(first[f"credibility{tail}"]) for end, tail in ends}
    told |= {name: str(first[f"weakest_{name}"]) for name in ITEM}
    told |= {name: float(first[name]) for name in PREFERENCE}
    if first["carriers"]:
        told |= {"n": int(first["n"]), "n_eff": float(first["n_eff"])}
    verdict = DECISIONS.get(str(first["verdict"]), "stop")
    reason = "" if verdict == "go" else str(first["reason"] or first["verdict"])
    return {**told, "candidate": str(first["candidate"]), "verdict": verdict, "reason": reason}


def _without(survey: Survey, table: pd.DataFrame, own: Params) -> dict[str, Any]:
    """Say what can be said where no promise is written."""
    found = suggest(survey, table, own)
    n = {"n": survey.raters}
    if table["matters"].eq("").all():
        return {**n, "verdict": "not_enough_data", "reason": "importance_unknown"}
    if found.empty:
        return {**n, "verdict": "stop", "reason": "nothing_to_carry"}
    names = {name: str(found.iloc[0][name]) for name in ITEM}
    ours = table[table["brand"] == survey.own_brand]
    row = ours[(ours[list(names)] == list(names.values())).all(axis=1)].iloc[0]
    ends = {
        "value": row["difference"],
        "low": row["diff_low"],
        "high": row["diff_high"],
        "n_eff": row["n_eff"],
    }
    numbers = {name: float(value) for name, value in ends.items()}
    return {**numbers, "n": int(row["n"]), **names, "verdict": "watch", "reason": "no_promise"}


def _caveats(judged: pd.DataFrame) -> Iterator[Caveat]:
    if judged.empty:
        return
    first = judged.iloc[0]
    if first["consistency"] == "partial":
        missing = {
            name: tuple(filter(None, first[name].split(";")))
            for name in ("stages_missing", "dimensions_missing")
        }
        yield "promise_partial", {"candidate": first["candidate"], **missing}
    if first["derived_high"] < 1 < first["stated_low"] or first["stated_high"] < 1 < first["derived_low"]:
        yield "importance_contradicts", {name: float(first[name]) for name in ("derived", "stated")}
    elif first["stated_low"] > 1 and first["derived_low"] <= 1:
        yield (
            "importance_stated_alone",
            {
                "derived": float(first["derived"]),
                "derived_low": float(first["derived_low"]),
                "derived_high": float(first["derived_high"]),
                "stated": float(first["stated"]),
                "stated_low": float(first["stated_low"]),
                "stated_high": float(first["stated_high"]),
            },
        )
    yield from _preference(first)
    if pd.isna(first["feasibility"]):
        yield "feasibility_not_said", {"candidate": first["candidate"]}


def _preference(first: pd.Series[Any]) -> Iterator[Caveat]:
    """Tell that preference is not shown, where no other reason says so already."""
    told = first["preferred"] in ("yes", "no") or str(first["reason"]).startswith("preference")
    if told or not first["carriers"]:
        return
    yield (
        "preference_unproven" if first["preferred"] else "preference_unknown",
        {
            "preference": float(first["preference"]),
            "preference_low": float(first["preference_low"]),
            "preference_high": float(first["preference_high"]),
        },
    )
