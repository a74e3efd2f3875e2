"""Us against each competitor, and this wave against the one before.

All of these take a survey from `read_survey`, use min_neff and confidence of the params, and give a frame
with n and n_eff (of the smaller side), difference (points, ours less theirs or now less then), low, high, p
and p_adjusted; numbers are NaN where n_eff is under `min_neff`.
"""

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

    Returns
    -------
    DataFrame
        touchpoint, attribute, competitor, method (``paired`` where enough respondents rate both, else
        ``welch``), the numbers, with p_adjusted by Benjamini–Hochberg over the whole grid, is_best (whether
        the competitor is the attribute's best; of several alike the first) and p_best (of the best alone:
        whether we are behind it, or ahead of it and so of all, adjusted for its choice and then by
        Benjamini–Hochberg over attributes).

    Notes
    -----
    The best competitor is picked by the same answers. To be behind it is to be behind one at least of k, so
    its p counts k times (Bonferroni); to be ahead of it is to be ahead of every one, so the largest p of all
    counts (Berger 1982, *Technometrics* 24).
    """
    parts = [_against(survey, brand, survey.ratings["experience"], own) for brand in survey.brands[1:]]
    if not parts:
        return pd.DataFrame(columns=[*ITEM, "competitor", "method", *COLUMNS, "is_best", "p_best"])
    frame = pd.concat(parts, ignore_index=True)
    frame["p_adjusted"] = benjamini_hochberg(frame["p"])
    frame["is_best"] = _best(frame)
    frame["p_best"] = benjamini_hochberg(_chosen(frame).where(frame["is_best"]))
    return frame.drop(columns="theirs")


def _best(frame: pd.DataFrame) -> pd.Series[bool]:
    """Whether a competitor is the best of its attribute; the first of several alike."""
    highest = frame["theirs"] == frame.groupby(ITEM, sort=False)["theirs"].transform("max")
    return highest & ~frame[highest].duplicated(ITEM).reindex(frame.index, fill_value=False)


def _chosen(frame: pd.DataFrame) -> pd.Series[float]:
    """Take the p of a contrast as that of its attribute's best competitor, adjusted for the choice."""
    ahead = frame["difference"] > 0
    told = frame[ITEM].assign(
        compared=frame["difference"].notna(),
        p=frame["p"].where(ahead, 1.0).where(frame["difference"].notna()),  # not ahead of one is not of all
    )
    of_item = told.groupby(ITEM, sort=False)
    behind = (frame["p"] * of_item["compared"].transform("sum")).clip(upper=1.0)
    return behind.mask(ahead, of_item["p"].transform("max"))


def overall_differences(survey: Survey, own: Params) -> pd.DataFrame:
    """Compare overall judgements with every competitor's: few contrasts, planned.

    Returns
    -------
    DataFrame
        competitor, method, the numbers with p_adjusted by Holm; empty where `outcome` was not asked.
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

    Returns
    -------
    DataFrame
        touchpoint, attribute, wave, before, the numbers with p_adjusted by Benjamini–Hochberg; empty where
        there is no wave before. Respondents of both waves are counted for what they share.
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
