"""Weights of respondents: given with the data, or raked to known margins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cerm_nb.errors import Problem
from cerm_nb.stats import rake

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cerm_nb.stats import Floats, Raked
    from cerm_nb.surveys.parameters import SurveyParams

Caveat = tuple[str, "Mapping[str, object]"]


def weigh(rows: pd.DataFrame, respondents: pd.DataFrame, own: SurveyParams) -> tuple[Floats, list[Caveat]]:
    """Weight the rows of a survey.

    Parameters
    ----------
    rows
        respondent, wave, brand.
    respondents
        respondent, and wave, weight and columns of margins where there are any.
    own
        margins are used.

    Returns
    -------
    weights : ndarray
        Mean 1 over the respondents of each wave, shape (rows,).
    caveats : list
        What went wrong in raking, respondents nothing is known about, and weights that are missing.

    Notes
    -----
    Who is not in the table, or has no weight there, counts with the mean weight of the wave.
    """
    people = rows[["respondent", "wave"]].drop_duplicates().reset_index(drop=True)
    known, caveats = _joined(people, respondents, own)
    weights = known["weight"].to_numpy(dtype=float, copy=True)
    for wave, at in people.groupby("wave", sort=True).indices.items():
        raked = rake(known.iloc[at], own.margins, weights[at])
        weights[at] = raked.weights
        caveats += list(_raking_caveats(str(wave), raked))
    keys = pd.MultiIndex.from_frame(people)
    found = keys.get_indexer(pd.MultiIndex.from_frame(rows[["respondent", "wave"]]))
    return weights[found], caveats


def _joined(
    people: pd.DataFrame, respondents: pd.DataFrame, own: SurveyParams
) -> tuple[pd.DataFrame, list[Caveat]]:
    if respondents.empty:
        return people.assign(weight=1.0), []
    keys = ["respondent", "wave"] if _knows_waves(respondents) else ["respondent"]
    columns = [name for name in ("weight", *own.margins) if name in respondents]
    told = respondents[[*keys, *columns]].drop_duplicates(keys)
    joined = people.merge(told.assign(told=True), on=keys, how="left")
    given = joined["weight"].astype(float) if "weight" in joined else pd.Series(1.0, joined.index)
    known = joined["told"].notna()
    unknown, missing = int((~known).sum()), int((known & given.isna()).sum())
    caveats: list[Caveat] = [("respondents_unknown", {"n": unknown})] if unknown else []
    caveats += [("weights_missing", {"n": missing})] if missing else []
    # the raw unit of weights is free: only a mean of them says how much one more respondent counts
    usual = given.groupby(joined["wave"]).transform("mean").fillna(given.mean())
    filled = given.fillna(usual).fillna(1.0)
    return joined.assign(weight=filled), caveats


def _knows_waves(respondents: pd.DataFrame) -> bool:
    return "wave" in respondents and bool(respondents["wave"].notna().any())


def wrong_weights(respondents: pd.DataFrame, own: SurveyParams) -> list[Problem]:
    """Tell of weights below 0, and of margins of columns that do not exist."""
    problems = [
        Problem(
            f"margins → {name}",
            "the respondents have no such column",
            "",
            f"one of {list(respondents.columns)}",
        )
        for name in own.margins
        if name not in respondents
    ]
    if "weight" in respondents:
        negative = int((respondents["weight"] < 0).sum())
        if negative:
            problems.append(Problem("respondents → weight", f"{negative} below 0", "0 or more"))
    return problems


def _raking_caveats(wave: str, raked: Raked) -> Iterator[Caveat]:
    if not raked.converged:
        yield "margins_not_met", {"wave": wave, "furthest": raked.furthest, "rounds": raked.rounds}
    for name, categories in raked.unreachable.items():
        yield "margin_unreachable", {"wave": wave, "margin": name, "categories": categories}
    for name, n in raked.unknown.items():
        yield "margin_unknown", {"wave": wave, "margin": name, "n": n}
