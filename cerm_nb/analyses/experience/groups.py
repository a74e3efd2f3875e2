"""The same levels for each target tier, segment or other group of respondents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.experience.levels import brand_levels
from cerm_nb.analyses.experience.suppression import blank
from cerm_nb.stats import benjamini_hochberg, unpaired
from cerm_nb.surveys import ITEM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Integers, Truths
    from cerm_nb.surveys import Survey

GAPS = ["gap", "gap_low", "gap_high"]
KEPT = ["importance_stated", "expectation", "experience", "experience_low", "experience_high", *GAPS]
COMPARED = ["difference", "low", "high", "p", "p_adjusted"]
LEVELS = ["n", "n_eff", "experience", "experience_low", "experience_high", *COMPARED]


def by_group(
    survey: Survey, groups: pd.Series[str], names: Sequence[str], hidden: Mapping[str, Truths], own: Params
) -> pd.DataFrame:
    """Tell our levels by group, each against all other respondents.

    Parameters
    ----------
    survey
        From `read_survey`.
    groups
        Group of each row of the survey.
    names
        Groups to tell of.
    hidden
        Cells kept back, by measure; see `Hidden`.
    own
        min_neff, clear_neff and confidence are used.

    Returns
    -------
    DataFrame
        group, touchpoint, attribute, n, n_eff, state, importance_stated, expectation, experience with
        interval, gap with interval, difference (experience less that of all others), low, high, p,
        p_adjusted (Benjamini–Hochberg over all groups and attributes). Numbers of cells kept back, n and
        n_eff too, are NaN, and so are comparisons with fewer than `min_neff` effective answers.
    """
    rows = survey.at()
    member = groups.iloc[rows].fillna("").to_numpy(dtype=object)
    parts = [_group(survey, name, rows[member == name], rows[member != name], own) for name in names]
    if not parts:
        return pd.DataFrame(columns=["group", *ITEM, "n", "n_eff", "state", *KEPT, *COMPARED])
    frame = pd.concat(parts, ignore_index=True)
    frame = frame.assign(p_adjusted=benjamini_hochberg(frame["p"]))
    return _told(frame, {name: cells.ravel() for name, cells in hidden.items()})


def _told(frame: pd.DataFrame, hidden: Mapping[str, Truths]) -> pd.DataFrame:
    """Blank what is kept back; without a level of experience nothing that rests on it is told."""
    stated = frame.assign(
        importance_stated=frame["importance_stated"].mask(hidden["importance"]),
        expectation=frame["expectation"].mask(hidden["expectation"]),
        **{name: frame[name].mask(hidden["gap"]) for name in GAPS},
    )
    return blank(stated, hidden["experience"], LEVELS)


def _group(survey: Survey, name: str, mine: Integers, others: Integers, own: Params) -> pd.DataFrame:
    told = brand_levels(survey, mine, own)[[*ITEM, "n", "n_eff", "state", *KEPT]]
    person = pd.factorize(survey.rows["respondent"])[0].astype(np.int64)
    values = survey.ratings["experience"]
    sides = [(values[rows], survey.weights[rows], person[rows]) for rows in (mine, others)]
    found = unpaired(sides[0], sides[1])
    low, high = found.interval(own.confidence)
    numbers = {"difference": found.difference, "low": low, "high": high, "p": found.p_values()}
    shown = found.n_eff >= own.min_neff
    told.insert(0, "group", name)
    return told.assign(**{key: np.where(shown, value, np.nan) for key, value in numbers.items()})
