"""What an attribute's level would do to satisfaction: the interactive twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.experience.slopes import cells, slopes, within
from cerm_nb.stats import weighted_means
from cerm_nb.surveys import find_item

if TYPE_CHECKING:
    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats
    from cerm_nb.surveys import Draws, Survey

STEPS = 25  # levels of the line


@dataclass(frozen=True, eq=False)
class Effects:
    """What a point of each rating goes with in the outcome; see `effects`.

    Parameters
    ----------
    reason
        Empty, or ``no_outcome`` or ``too_few_respondents``.
    slopes, performance
        In the sample and in each draw, shape (1 + draws, items); NaN for items with too few answers.
    outcome
        Mean of the outcome now.
    n
        Respondents' rows it rests on.
    """

    reason: str
    slopes: Floats
    performance: Floats
    outcome: float
    n: int


@dataclass(frozen=True, eq=False)
class WhatIf:
    """Outcome if an attribute were at another level.

    Parameters
    ----------
    reason
        Empty, or why it cannot be told: that of the effects, or ``too_few_answers`` for this attribute.
    item, level, performance
        What is changed, to what, from what.
    change, low, high
        Points of the outcome; NaN where it cannot be told.
    outcome
        Mean of the outcome now.
    n
        Respondents' rows it rests on.
    line
        level (over the scale of experience), outcome, low, high: the same for every level.
    """

    reason: str
    item: str
    level: float
    performance: float
    change: float
    low: float
    high: float
    outcome: float
    n: int
    line: pd.DataFrame

    @property
    def reached(self) -> float:
        """Mean of the outcome there would be."""
        return self.outcome + self.change


def effects(survey: Survey, draws: Draws, own: Params) -> Effects:
    """Estimate once what the twin asks for again and again.

    Parameters
    ----------
    survey, draws
        From `read_survey` and `draw_respondents`.
    own
        outcome and min_neff are used.
    """
    size = len(survey.items)
    unknown = np.full((len(draws.times), size), np.nan)
    outcome = survey.outcomes.get((own.outcome, "overall"))
    if outcome is None:
        return Effects("no_outcome", unknown, unknown, np.nan, 0)
    rows = np.flatnonzero(~np.isnan(outcome) & (survey.rows["brand"] == survey.own_brand).to_numpy())
    ratings, weights = survey.ratings["experience"][rows], survey.weights[rows]
    varies = np.nanmax(ratings, axis=0, initial=-np.inf) > np.nanmin(ratings, axis=0, initial=np.inf)
    enough = weighted_means(ratings, weights).n_eff >= own.min_neff
    used = varies & enough
    if enough.any() and not used.any():
        return Effects("ratings_constant", unknown, unknown, np.nan, len(rows))
    if not used.any() or survey.rows["respondent"].iloc[rows].nunique() < 2 * used.sum():
        return Effects("too_few_respondents", unknown, unknown, np.nan, len(rows))
    values = np.column_stack([ratings[:, used], outcome[rows]])
    found = unknown.copy()
    found[:, used] = slopes(within(values, weights, cells(survey, rows)), weights, rows, draws)
    now = survey.at()
    performance = draws.means(survey.ratings["experience"][now], survey.weights[now], now)
    level = weighted_means(outcome[now], survey.weights[now]).mean
    return Effects("", found, performance, float(level), len(rows))


def what_if(survey: Survey, found: Effects, item: str, level: float, own: Params) -> WhatIf:
    """Tell what the outcome would be if an attribute's mean were at a level and all others stayed.

    Parameters
    ----------
    survey, found
        From `read_survey` and `effects`.
    item, level
        What is changed, as 'touchpoint / attribute', and to what.
    own
        confidence is used.

    Raises
    ------
    DataError
        For an attribute the survey does not know, with the nearest names.
    """
    at = find_item(survey.items, item)
    performance, slope = found.performance[:, at], found.slopes[:, at]
    change, low, high = _changes(slope, performance, np.array([level]), own)
    levels = np.linspace(*survey.scale, STEPS)
    ends = _changes(slope, performance, levels, own)
    names = ("outcome", "low", "high")
    line = {name: found.outcome + each for name, each in zip(names, ends, strict=True)}
    unknown = "" if np.isfinite(change[0]) else "too_few_answers"
    told = (float(performance[0]), float(change[0]), float(low[0]), float(high[0]), found.outcome, found.n)
    return WhatIf(found.reason or unknown, item, level, *told, pd.DataFrame({"level": levels} | line))


def _changes(
    slope: Floats, performance: Floats, levels: Floats, own: Params
) -> tuple[Floats, Floats, Floats]:
    """Change of the outcome at each level in the sample, and its interval over the draws."""
    drawn = slope[:, None] * (levels - performance[:, None])
    rest = drawn[1:][np.isfinite(drawn[1:, 0])]
    if not len(rest) or not np.isfinite(drawn[0]).all():
        return (np.full(len(levels), np.nan),) * 3
    tails = [(1 - own.confidence) / 2, (1 + own.confidence) / 2]
    low, high = np.quantile(rest, tails, axis=0)
    return drawn[0], np.minimum(low, drawn[0]), np.maximum(high, drawn[0])
