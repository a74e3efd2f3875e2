"""Define and measure: which moments decide, what is felt along the journey, and what is missing where."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.roadmap.aims import respondent_means
from cerm_nb.stats import benjamini_hochberg, paired, weighted_means

if TYPE_CHECKING:
    from cerm_nb.analyses.roadmap.aims import Aims
    from cerm_nb.analyses.roadmap.parameters import Params
    from cerm_nb.stats import Floats, Truths
    from cerm_nb.surveys import Survey

CELL = ["touchpoint", "dimension", "nature"]
STAGES = ("before", "at", "after")
SURE, UNLIKELY = 0.8, 0.2  # chance to be among the three largest from which it is one, and under which not
TOLD = ["experience", "experience_low", "experience_high", "gap", "gap_low", "gap_high", "p"]


def moments(survey: Survey, touchpoints: pd.DataFrame, aimed: Aims, own: Params) -> pd.DataFrame:
    """Measure what is missing by moment, dimension and nature.

    Parameters
    ----------
    survey, aimed
        From `read_survey` and `aims`.
    touchpoints
        Published table ``experience.touchpoints``.
    own
        min_neff, min_group and confidence are used.

    Returns
    -------
    DataFrame
        touchpoint, stage, dimension, nature (both empty: all of the touchpoint), attributes (number of
        them), gap_from, n, n_eff, state (``hidden`` under `min_neff` or `min_group`), experience with
        interval, gap (experience less the level aimed at, of those who gave both) with interval, p,
        p_adjusted (Benjamini–Hochberg over the cells), moment_of_truth, p_top3 and moment (see `standing`).
    """
    items = survey.items[CELL].fillna("")
    whole = items.assign(dimension="", nature="")
    cells = pd.concat([whole, items]).drop_duplicates(ignore_index=True)
    belongs = np.column_stack([_members(items, *cell) for cell in cells.to_numpy()])
    rows = survey.at()
    given = survey.ratings["experience"][rows]
    frame = cells.assign(attributes=belongs.sum(0), gap_from=[_origin(aimed, part) for part in belongs.T])
    frame = frame.assign(**_levels(given, aimed, belongs, survey.weights[rows], own))
    frame[TOLD] = frame[TOLD].mask(frame["state"] == "hidden")
    frame["p_adjusted"] = _adjusted(frame)
    stages = survey.items.groupby("touchpoint", sort=False)["stage"].first().fillna("")
    frame.insert(1, "stage", frame["touchpoint"].map(stages))
    known = touchpoints.set_index("touchpoint")[["moment_of_truth", "p_top3"]].astype(float)
    return _ordered(standing(frame.join(known, on="touchpoint")))


def _members(items: pd.DataFrame, touchpoint: str, dimension: str, nature: str) -> Truths:
    member = items["touchpoint"] == touchpoint
    if dimension or nature:
        member &= (items["dimension"] == dimension) & (items["nature"] == nature)
    return member.to_numpy()


def _origin(aimed: Aims, member: Truths) -> str:
    found = {one for one, there in zip(aimed.origin, member, strict=True) if there and one}
    return found.pop() if len(found) == 1 else ("mixed" if found else "")


def _levels(
    given: Floats, aimed: Aims, belongs: Truths, weights: Floats, own: Params
) -> dict[str, Floats | list[str]]:
    felt = weighted_means(respondent_means(given, belongs), weights)
    both = respondent_means(given - aimed.levels, belongs)
    gap = paired(both, np.zeros_like(both), weights)
    few = (felt.n_eff < own.min_neff) | (felt.n < own.min_group)
    low, high = felt.interval(own.confidence)
    gap_low, gap_high = gap.interval(own.confidence)
    compared = gap.n_eff >= own.min_neff
    numbers = {"gap": gap.difference, "gap_low": gap_low, "gap_high": gap_high, "p": gap.p_values()}
    return {
        "n": np.where(few, np.nan, felt.n),
        "n_eff": np.where(few, np.nan, felt.n_eff),
        "state": ["hidden" if one else "" for one in few],
        "experience": felt.mean,
        "experience_low": low,
        "experience_high": high,
        **{name: np.where(compared, value, np.nan) for name, value in numbers.items()},
    }


def _adjusted(frame: pd.DataFrame) -> Floats:
    """Adjust over the cells alone: a whole touchpoint is made of them and no test more."""
    cell = (frame["dimension"] != "") | (frame["nature"] != "")
    adjusted = np.full(len(frame), np.nan)
    for part in (cell.to_numpy(), ~cell.to_numpy()):
        adjusted[part] = benjamini_hochberg(frame["p"].to_numpy()[part])
    return adjusted


def standing(frame: pd.DataFrame) -> pd.DataFrame:
    """Say which touchpoints are moments of truth.

    Parameters
    ----------
    frame
        With moment_of_truth and p_top3 (missing where there are too few touchpoints to single out three).

    Returns
    -------
    DataFrame
        The same with moment: ``yes`` (among the three largest in `SURE` of the draws), ``possible``, ``no``,
        or ``unknown`` where too few rated it or there are too few touchpoints.
    """
    size, chance = frame["moment_of_truth"], frame["p_top3"]
    rules = [size.isna() | (chance.isna() & (size > 0)), (size <= 0) | (chance < UNLIKELY), chance < SURE]
    return frame.assign(moment=np.select(rules, ["unknown", "no", "possible"], "yes"))


def _ordered(frame: pd.DataFrame) -> pd.DataFrame:
    """Sort along the journey, touchpoints of a stage as the survey has them, the whole before its parts."""
    places = {name: at for at, name in enumerate(dict.fromkeys(frame["touchpoint"]))}
    keys = pd.DataFrame(
        {
            "stage": frame["stage"].map({name: at for at, name in enumerate(STAGES)}).fillna(len(STAGES)),
            "touchpoint": frame["touchpoint"].map(places),
            "dimension": frame["dimension"],
            "nature": frame["nature"],
        }
    )
    return frame.loc[keys.sort_values(list(keys.columns), kind="stable").index].reset_index(drop=True)


def journey(survey: Survey, found: pd.DataFrame, own: Params) -> pd.DataFrame:
    """Follow what is felt before, at and after the purchase.

    Parameters
    ----------
    survey
        From `read_survey`.
    found
        From `moments`.
    own
        min_neff, min_group and confidence are used.

    Returns
    -------
    DataFrame
        One row per touchpoint along the journey: touchpoint, stage, moment, n_eff, emotion (mean rating of
        its emotional attributes) with emotion_low and emotion_high, reason (that of its rational ones) with
        reason_low and reason_high; missing where nobody was asked or too few answered.
    """
    whole = found[(found["dimension"] == "") & (found["nature"] == "")].reset_index(drop=True)
    frame = whole[["touchpoint", "stage", "moment", "n_eff"]]
    rows = survey.at()
    for nature, name in (("emotional", "emotion"), ("rational", "reason")):
        wanted = (survey.items["nature"] == nature).to_numpy()
        places = survey.items["touchpoint"].to_numpy()[:, None] == frame["touchpoint"].to_numpy()
        belongs = places & wanted[:, None]
        means = respondent_means(survey.ratings["experience"][rows], belongs)
        felt = weighted_means(means, survey.weights[rows])
        shown = (felt.n_eff >= own.min_neff) & (felt.n >= own.min_group)
        low, high = felt.interval(own.confidence)
        told = {name: felt.mean, f"{name}_low": low, f"{name}_high": high}
        frame = frame.assign(**{key: np.where(shown, value, np.nan) for key, value in told.items()})
    return frame


def segment_moments(group_touchpoints: pd.DataFrame | None, sizes: pd.DataFrame | None) -> pd.DataFrame:
    """Tell the moments of truth of each segment.

    Parameters
    ----------
    group_touchpoints
        Published table ``experience.group_touchpoints``, in which few are kept back; None: none is told.
    sizes
        Published table ``segments.sizes``, for the segments' names; may be None.

    Returns
    -------
    DataFrame
        segment, name (empty where it has none), touchpoint, stage, moment_of_truth, moment_low, moment_high,
        n_eff, p_top3, moment.
    """
    columns = ["segment", "name", "touchpoint", "stage", "moment_of_truth", "moment_low", "moment_high"]
    columns += ["n_eff", "p_top3", "moment"]
    if group_touchpoints is None:
        return pd.DataFrame(columns=columns)
    mine = group_touchpoints[group_touchpoints["grouping"] == "segment"].rename(columns={"group": "segment"})
    named = segment_names(sizes)
    mine = mine.assign(name=mine["segment"].map(lambda one: named.get(one, "")).astype("str"))
    return standing(mine.reset_index(drop=True))[columns]


def segment_names(sizes: pd.DataFrame | None) -> dict[str, str]:
    """Names of segments by number; empty where none are told."""
    if sizes is None:
        return {}
    names = sizes["name"] if "name" in sizes else sizes["segment"]
    return dict(zip(sizes["segment"].astype("str"), names.astype("str"), strict=True))
