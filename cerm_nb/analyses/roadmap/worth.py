"""What a point of each attribute is worth in the outcome, and what is missing of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.stats import normal_quantile, weighted_means
from cerm_nb.surveys import ITEM

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cerm_nb.analyses.roadmap.aims import Aims
    from cerm_nb.analyses.roadmap.parameters import Params
    from cerm_nb.stats import Floats, Integers
    from cerm_nb.surveys import Draws, Survey

Caveat = tuple[str, "Mapping[str, object]"]


@dataclass(frozen=True, eq=False)
class Worth:
    """By draw, the first the sample itself, and item; shapes (1 + draws, items).

    Parameters
    ----------
    reason
        Empty, or why it could not be told: ``no_outcome``, ``too_few_respondents``, ``outcome_constant``,
        ``importance_unknown``.
    points
        Points of the outcome, over all customers, for one point of the attribute at those who met it: share
        of importance × `slope` × reach. NaN where unknown.
    gap
        Level aimed at less performance; NaN where unknown.
    room
        Points from performance to the end of the scale; infinite where unknown.
    slope, slope_low, slope_high
        Points of the outcome for one point of every attribute at once.
    n
        Rows it rests on.
    caveats
        (key, values) in the order to be shown.
    """

    reason: str
    points: Floats
    gap: Floats
    room: Floats
    slope: float = np.nan
    slope_low: float = np.nan
    slope_high: float = np.nan
    n: int = 0
    caveats: tuple[Caveat, ...] = ()


def worth_of(survey: Survey, draws: Draws, attributes: pd.DataFrame, aimed: Aims, own: Params) -> Worth:
    """Tell what a point of each attribute is worth.

    Parameters
    ----------
    survey, draws, aimed
        From `read_survey`, `draw_respondents` and `aims`.
    attributes
        Published table ``experience.attributes``.
    own
        outcome, min_neff, confidence and seed are used.

    Notes
    -----
    The points the outcome rises by where all attributes rise by one are estimated from the survey, within
    waves, by how it goes with a respondent's mean rating. Published shares of importance divide them. That
    is steadier than a slope of each attribute, which with as many attributes as a survey has is mostly noise.
    """
    rows = survey.at()
    given, weights = survey.ratings["experience"][rows], survey.weights[rows]
    known = weighted_means(given, weights).n_eff >= own.min_neff
    level = draws.means(given, weights, rows)
    gap = np.where(known, draws.means(aimed.levels - given, weights, rows), np.nan)
    room = np.where(np.isnan(level), np.inf, np.maximum(survey.scale[1] - level, 0.0))
    share, source = _importance(survey, attributes, len(draws.times) - 1, own)
    slope, n, reason = _slope(survey, draws, own)
    reason = reason or ("" if source else "importance_unknown")
    if reason:
        return Worth(reason, np.full_like(level, np.nan), gap, room, n=n)
    points = np.where(known, share * slope[:, None] * _reach(survey, draws, rows), np.nan)
    low, high = np.quantile(slope[1:], [(1 - own.confidence) / 2, (1 + own.confidence) / 2])
    caveats: tuple[Caveat, ...] = (("importance_stated_only", {}),) if source == "stated" else ()
    ends = min(float(low), float(slope[0])), max(float(high), float(slope[0]))
    return Worth("", points, gap, room, float(slope[0]), *ends, n, caveats)


def _importance(survey: Survey, attributes: pd.DataFrame, draws: int, own: Params) -> tuple[Floats, str]:
    """Shares of importance as published and in draws from their intervals; stated where none are derived."""
    ours = attributes[attributes["brand"] == survey.own_brand].drop_duplicates(ITEM)
    told = survey.items[ITEM].join(ours.set_index(ITEM), on=ITEM)
    names = ("importance_derived", "low", "high", "importance_stated")
    share, low, high, stated = (told[name].to_numpy(dtype=float) for name in names)
    if not np.isfinite(share).any():
        some = np.isfinite(stated).any()
        flat = stated / np.nansum(stated) if some else stated
        return np.tile(flat, (1 + draws, 1)), "stated" if some else ""
    z = np.random.default_rng([own.seed, 61]).standard_normal((draws, len(share)))
    z /= normal_quantile(own.confidence)
    # the ends of the interval stay the quantiles of the draws, however lopsided it is
    drawn = share + np.where(z < 0, z * (share - low), z * (high - share))
    return np.vstack([share, np.maximum(drawn, 0.0)]), "derived"


def _slope(survey: Survey, draws: Draws, own: Params) -> tuple[Floats, int, str]:
    """Points of the outcome for one point of every attribute at once, by draw."""
    outcome = survey.outcomes.get((own.outcome, "overall"))
    if outcome is None:
        return np.full(len(draws.times), np.nan), 0, "no_outcome"
    index, felt = _index(survey), np.asarray(outcome, dtype=float)
    ours = (survey.rows["brand"] == survey.own_brand).to_numpy()
    rows = np.flatnonzero(ours & ~np.isnan(felt) & ~np.isnan(index))
    weights = survey.weights[rows]
    if weighted_means(felt[rows], weights).n_eff < own.min_neff:
        return np.full(len(draws.times), np.nan), len(rows), "too_few_respondents"
    x, y = (_within(survey, rows, values[rows], weights) for values in (index, felt))
    sums = draws.total(
        np.column_stack([weights, weights * x, weights * y, weights * x * x, weights * x * y]), rows
    )
    n, first, second, squares, products = sums.T
    variance = squares / n - (first / n) ** 2
    if not (np.ptp(y) > 0 and variance[0] > 1e-9):
        return np.full(len(draws.times), np.nan), len(rows), "outcome_constant"
    return (products / n - first * second / n**2) / np.maximum(variance, 1e-9), len(rows), ""


def _index(survey: Survey) -> Floats:
    """Each row's mean rating, about the attributes' means, so that which of them were met does not count."""
    given = survey.ratings["experience"]
    ours = (survey.rows["brand"] == survey.own_brand).to_numpy()
    away = given - weighted_means(given[ours], survey.weights[ours]).mean
    n = (~np.isnan(away)).sum(axis=1)
    return np.where(n > 0, np.nan_to_num(away).sum(axis=1), np.nan) / np.where(n > 0, n, 1)


def _within(survey: Survey, rows: Integers, values: Floats, weights: Floats) -> Floats:
    """Take the weighted mean of its wave from every value."""
    found = np.empty_like(values)
    for at in survey.rows.iloc[rows].reset_index(drop=True).groupby("wave", sort=True).indices.values():
        found[at] = values[at] - weighted_means(values[at], weights[at]).mean
    return found


def _reach(survey: Survey, draws: Draws, rows: Integers) -> Floats:
    """Share of those asked who met an attribute's touchpoint, by draw and item."""
    codes = np.asarray(survey.items["touchpoint"].factorize()[0])
    belongs = (codes[:, None] == np.arange(codes.max() + 1)).astype(float)
    answered = (~np.isnan(survey.ratings["experience"][rows])).astype(float)
    asked = (answered + survey.not_experienced[rows]) @ belongs > 0
    if not survey.not_experienced.any():  # a blank may mean either: count those who answered anything at all
        asked = answered.any(axis=1, keepdims=True)
    met = np.where(asked, (answered @ belongs > 0).astype(float), np.nan)
    return draws.means(met, survey.weights[rows], rows)[:, codes]
