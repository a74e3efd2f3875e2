"""What each attribute is measured against: the level aimed at, what was expected, or the best competitor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.stats import weighted_means
from cerm_nb.surveys import ITEM, find_item

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.roadmap.parameters import Params
    from cerm_nb.stats import Floats, Truths
    from cerm_nb.surveys import Survey


@dataclass(frozen=True, eq=False)
class Aims:
    """Levels aimed at by the own brand's respondents of the wave told of.

    Parameters
    ----------
    levels
        By respondent and item, shape (rows of ``survey.at()``, items); NaN where nothing is aimed at.
    origin
        By item: ``params``, ``expectation``, ``best_competitor``, or empty.
    """

    levels: Floats
    origin: tuple[str, ...]


def aims(survey: Survey, attributes: pd.DataFrame, own: Params) -> Aims:
    """Find the level aimed at of each attribute.

    Parameters
    ----------
    survey
        From `read_survey`.
    attributes
        Published table ``experience.attributes``; the best competitors' levels are taken from it.
    own
        target, targets and min_neff are used.
    """
    rows = survey.at()
    expected = survey.ratings["expectation"][rows]
    asked = weighted_means(expected, survey.weights[rows]).n_eff >= own.min_neff
    best = best_competitor(survey, attributes)
    levels = np.where(asked, expected, best)
    origin = np.where(asked, "expectation", np.where(np.isnan(best), "", "best_competitor")).astype(object)
    if own.target:
        levels[:], origin[:] = own.target, "params"
    for name, level in own.targets.items():
        at = find_item(survey.items, name)
        levels[:, at], origin[at] = level, "params"
    return Aims(levels, tuple(origin))


def best_competitor(survey: Survey, attributes: pd.DataFrame) -> Floats:
    """Mean experience of the best competitor by item; NaN where none is known."""
    rivals = attributes[attributes["brand"] != survey.own_brand]
    best = rivals.groupby(ITEM)["experience"].max()
    return survey.items[ITEM].join(best, on=ITEM)["experience"].to_numpy(dtype=float)


def floor_of(survey: Survey, own: Params) -> float:
    """Rating below which an experience fails."""
    return own.floor or sum(survey.scale) / 2


def respondent_means(values: Floats, belongs: Truths) -> Floats:
    """Mean of each respondent's answers by group of items.

    Parameters
    ----------
    values
        Shape (respondents, items), NaN where there is none.
    belongs
        Which items are in which group, shape (items, groups).

    Returns
    -------
    ndarray
        Shape (respondents, groups); NaN without an answer in the group.
    """
    groups = belongs.astype(float)
    n = (~np.isnan(values)).astype(float) @ groups
    return np.where(n > 0, np.nan_to_num(values) @ groups, np.nan) / np.where(n > 0, n, np.nan)
