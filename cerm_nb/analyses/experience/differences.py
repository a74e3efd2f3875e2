"""Us against each competitor, and this wave against the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.stats import Contrast, benjamini_hochberg, holm, paired, unpaired, weighted_means
from cerm_nb.surveys import ITEM

if TYPE_CHECKING:
    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats, Integers
    from cerm_nb.surveys import Survey

COLUMNS = ["n", "n_eff", "difference", "low", "high", "p", "p_adjusted"]


def differences(survey: Survey, own: Params) -> pd.DataFrame:
    """Compare our experience with every competitor's, attribute by attribute.

    Parameters
    ----------
    survey
        From `read_survey`.
    own
        min_neff and confidence are used.

    Returns
    -------
    DataFrame
        touchpoint, attribute, competitor, method (``paired`` where enough respondents rate both, else
        ``welch``), n, n_eff, difference (ours less theirs), low, high, p, p_adjusted (Benjamini–Hochberg
        over the whole grid), is_best (whether the competitor is the attribute's best); numbers are NaN
        where n_eff is under `min_neff`.
    """
    parts = [_against(survey, brand, survey.ratings["experience"], own) for brand in survey.brands[1:]]
    if not parts:
        return pd.DataFrame(columns=[*ITEM, "competitor", "method", *COLUMNS, "is_best"])
    frame = pd.concat(parts, ignore_index=True)
    frame["p_adjusted"] = benjamini_hochberg(frame["p"])
    best = frame.groupby(ITEM, sort=False)["theirs"].transform("max")
    return frame.assign(is_best=frame["theirs"].notna() & (frame["theirs"] == best)).drop(columns="theirs")


def overall_differences(survey: Survey, own: Params) -> pd.DataFrame:
    """Compare overall judgements with every competitor's: few contrasts, planned.

    Parameters
    ----------
    survey
        From `read_survey`.
    own
        outcome, min_neff and confidence are used.

    Returns
    -------
    DataFrame
        competitor, method, n, n_eff, difference, low, high, p, p_adjusted (Holm).
    """
    judged = survey.outcomes.get((own.outcome, "overall"))
    if judged is None or len(survey.brands) < 2:
        return pd.DataFrame(columns=["competitor", "method", *COLUMNS])
    parts = [_against(survey, brand, judged[:, None], own) for brand in survey.brands[1:]]
    frame = pd.concat(parts, ignore_index=True)
    frame["p_adjusted"] = holm(frame["p"])
    return frame[["competitor", "method", *COLUMNS]]


def _against(survey: Survey, brand: str, values: Floats, own: Params) -> pd.DataFrame:
    ours, theirs = survey.at(), survey.at(brand)
    person = pd.factorize(survey.rows["respondent"])[0].astype(np.int64)
    both, mine, its = np.intersect1d(person[ours], person[theirs], return_indices=True)
    weights = survey.weights[ours[mine]] if both.size else np.zeros(0)
    together = paired(values[ours[mine]], values[theirs[its]], weights)
    apart = unpaired(_side(survey, values, ours, person), _side(survey, values, theirs, person))
    enough = together.n_eff >= own.min_neff
    found = together.better(apart, enough)
    level = weighted_means(values[theirs], survey.weights[theirs])
    frame = _told(found, own).assign(theirs=np.where(level.n_eff >= own.min_neff, level.mean, np.nan))
    frame.insert(0, "method", np.where(enough, "paired", "welch"))
    frame.insert(0, "competitor", brand)
    return survey.items[ITEM].join(frame) if len(frame) == len(survey.items) else frame


def _side(
    survey: Survey, values: Floats, rows: Integers, person: Integers
) -> tuple[Floats, Floats, Integers]:
    return values[rows], survey.weights[rows], person[rows]


def _told(found: Contrast, own: Params) -> pd.DataFrame:
    shown = found.n_eff >= own.min_neff
    low, high = found.interval(own.confidence)
    numbers = {"difference": found.difference, "low": low, "high": high, "p": found.p_values()}
    frame = pd.DataFrame({"n": found.n, "n_eff": found.n_eff})
    frame = frame.assign(**{name: np.where(shown, value, np.nan) for name, value in numbers.items()})
    return frame.assign(p_adjusted=np.nan)


def changes(survey: Survey, own: Params) -> pd.DataFrame:
    """Compare our experience in the wave told of with the last one before in which we were rated.

    Parameters
    ----------
    survey
        From `read_survey`.
    own
        min_neff and confidence are used.

    Returns
    -------
    DataFrame
        touchpoint, attribute, wave, before, n, n_eff (of the smaller wave), difference, low, high, p,
        p_adjusted (Benjamini–Hochberg); empty where there is no wave before. Respondents of both waves are
        counted for what they share.
    """
    values = survey.ratings["experience"]
    past = survey.waves[: survey.waves.index(survey.wave)]
    earlier = [wave for wave in past if np.isfinite(values[survey.at(wave=wave)]).any()]
    if not earlier:
        return pd.DataFrame(columns=[*ITEM, "wave", "before", *COLUMNS])
    person = pd.factorize(survey.rows["respondent"])[0].astype(np.int64)
    now, then = survey.at(), survey.at(wave=earlier[-1])
    found = unpaired(_side(survey, values, now, person), _side(survey, values, then, person))
    frame = survey.items[ITEM].assign(wave=survey.wave, before=earlier[-1]).join(_told(found, own))
    return frame.assign(p_adjusted=benjamini_hochberg(frame["p"]))
