"""How a promise is proved: who answers for what by which metric, and how often it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.stats import unpaired, weighted_means, wilson_interval
from cerm_nb.surveys import ITEM, said

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.analyses.promise.records import Carrier
    from cerm_nb.stats import Floats, Integers
    from cerm_nb.surveys import Survey

CELLS = ("proof", "metric", "owner")
MATRIX = ["promise", *ITEM, "stage", "level", *CELLS, "metric_name", "feasibility", "cost", "empty"]
SCORE = ["wave", "n", "n_eff", "kept", "low", "high", "before", "change", "change_low", "change_high", "p"]
KEPT = ["promise", "touchpoint", *SCORE]


@dataclass(frozen=True, eq=False)
class Proof:
    """Proof points, and how often they hold.

    Parameters
    ----------
    matrix
        One row per promise and carrier: promise, touchpoint, attribute, stage, level, proof, metric, owner,
        metric_name, feasibility and cost (NaN where not said), empty (names of the cells that are empty,
        separated by semicolons).
    kept
        One row per promise, touchpoint and wave: n, n_eff, kept (share of respondents whose ratings of all
        that carries the promise there reach the promised levels) with Wilson's low and high; before (the
        wave before in which it was rated), change with change_low, change_high and p; NaN where answers
        are too few.
    empty
        Cells of the matrix that are empty.
    """

    matrix: pd.DataFrame
    kept: pd.DataFrame
    empty: int


def prove(survey: Survey, indicators: pd.DataFrame | None, own: Params, lang: str = "en") -> Proof:
    """Lay out proof points and score how often promises are kept.

    Parameters
    ----------
    survey
        From `read_survey`.
    indicators
        The client table, for the names of metrics, or None.
    own
        promises, min_neff and confidence are used.
    lang
        Language of the proof points.
    """
    matrix = _matrix(survey, indicators, own, lang)
    parts = [
        _score(survey, promise.name, touchpoint, carriers, own)
        for promise in own.promises
        for touchpoint, carriers in _by_touchpoint(promise.carriers).items()
    ]
    there = [part.reindex(columns=KEPT) for part in parts if len(part)]
    kept = pd.concat(there, ignore_index=True) if there else pd.DataFrame(columns=KEPT, dtype=object)
    empty = int(matrix["empty"].str.count(r"\w+").sum()) if len(matrix) else 0
    return Proof(matrix, kept, empty)


def proof_table(found: Proof) -> pd.DataFrame:
    """Lay out proof points by wave; the score is that of the whole touchpoint.

    Parameters
    ----------
    found
        From `prove`.
    """
    return found.matrix.merge(found.kept, on=["promise", "touchpoint"], how="left")[[*MATRIX, *SCORE]]


def _matrix(survey: Survey, indicators: pd.DataFrame | None, own: Params, lang: str) -> pd.DataFrame:
    stages = survey.items.drop_duplicates("touchpoint").set_index("touchpoint")["stage"]
    names: dict[str, str] = {}
    if indicators is not None and "name" in indicators:
        names = dict(zip(indicators["indicator"].astype(str), indicators["name"].astype(str), strict=True))
    rows = []
    for promise in own.promises:
        for one in promise.carriers:
            told = one.model_dump() | {"proof": said(one.proof, lang), "promise": promise.name}
            told |= {"stage": stages[one.touchpoint], "metric_name": names.get(one.metric, one.metric)}
            told["empty"] = ";".join(name for name in CELLS if not str(told[name]).strip())
            rows.append(told)
    frame = pd.DataFrame(rows, columns=MATRIX)
    for name in ("feasibility", "cost"):  # 0 stands for what nobody said
        frame[name] = frame[name].astype(float).mask(frame[name] == 0)
    return frame


def _by_touchpoint(carriers: list[Carrier]) -> dict[str, list[Carrier]]:
    return {
        name: [one for one in carriers if one.touchpoint == name]
        for name in dict.fromkeys(one.touchpoint for one in carriers)
    }


def _score(
    survey: Survey, promise: str, touchpoint: str, carriers: list[Carrier], own: Params
) -> pd.DataFrame:
    items = [survey.find(one.touchpoint, one.attribute) for one in carriers]
    given = survey.ratings["experience"][:, items]
    rated = np.isfinite(given)
    reached = (~rated | (given >= np.array([one.level for one in carriers]))).all(axis=1)
    values = np.where(rated.any(axis=1), reached.astype(float), np.nan)[:, None]
    person = pd.factorize(survey.rows["respondent"])[0].astype(np.int64)
    rows, before = [], ""
    for wave in survey.waves:
        here = survey.at(wave=wave)
        if not np.isfinite(values[here]).any():
            continue
        told: dict[str, object] = {
            "promise": promise,
            "touchpoint": touchpoint,
            "wave": wave,
            "before": before,
        }
        told |= _share(values[here], survey.weights[here], own)
        if before:
            told |= _change(survey, values, person, here, survey.at(wave=before), own)
        rows.append(told)
        before = wave
    return pd.DataFrame(rows)


def _share(values: Floats, weights: Floats, own: Params) -> dict[str, float]:
    found = weighted_means(values, weights)
    share, n_eff = float(found.mean[0]), float(found.n_eff[0])
    told = {"n": float(found.n[0]), "n_eff": n_eff}
    if n_eff < own.min_neff:
        return {**told, "kept": np.nan, "low": np.nan, "high": np.nan}
    low, high = wilson_interval(share * n_eff, n_eff, own.confidence)
    return {**told, "kept": share, "low": min(low, share), "high": max(high, share)}


def _change(
    survey: Survey, values: Floats, person: Integers, now: Integers, then: Integers, own: Params
) -> dict[str, float]:
    """Change of the share since the wave before; respondents of both are counted for what they share."""
    sides = [(values[rows], survey.weights[rows], person[rows]) for rows in (now, then)]
    found = unpaired(sides[0], sides[1])
    if not float(found.n_eff[0]) >= own.min_neff:
        return {}
    low, high = found.interval(own.confidence)
    numbers = (found.difference, low, high, found.p_values())
    names = ("change", "change_low", "change_high", "p")
    return {name: float(number[0]) for name, number in zip(names, numbers, strict=True)}
