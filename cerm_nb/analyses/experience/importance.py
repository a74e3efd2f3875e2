"""What drives an overall judgement: each attribute's share of the variance it explains."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.experience.shapley import lmg, nearest_correlation, relative_weights
from cerm_nb.analyses.experience.slopes import cells, within
from cerm_nb.stats import effective_n, percentile_interval, row_ranks, weighted_means
from cerm_nb.surveys import ITEM, pairwise

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats, Integers, Truths
    from cerm_nb.surveys import Draws, Survey

Caveat = tuple[str, "Mapping[str, object]"]

ENDS = ((np.min, np.inf), (np.max, -np.inf))
TOP = 3
SPARE = 10  # respondents there must be beyond the attributes
SAME = 0.999  # correlation from which two attributes are one
WORTH_TELLING = 0.05  # change of a correlation in mending them


@dataclass(frozen=True, eq=False)
class Importance:
    """Shares of importance.

    Parameters
    ----------
    reason
        Empty, or why importance could not be derived: ``no_outcome``, ``too_few_respondents``,
        ``more_attributes_than_respondents``, ``outcome_constant``, ``ratings_constant`` or
        ``nothing_explained``; then the rest is empty.
    method
        ``lmg`` or ``relative_weights``.
    frame
        touchpoint, attribute, share (of all attributes' R², 0–1), low, high, rank, rank_low, rank_high,
        p_top3, n_eff, in the order of the survey's items; NaN for those left out.
    shares
        Shares in the sample and in each draw, shape (1 + draws, items); NaN for those left out.
    r_squared, r_squared_low, r_squared_high
        Variance of the outcome explained by all together.
    n, n_eff
        Rows with an outcome, and equal ones they are worth.
    caveats
        (key, values) in the order to be shown.
    """

    reason: str
    method: str = ""
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    shares: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    r_squared: float = np.nan
    r_squared_low: float = np.nan
    r_squared_high: float = np.nan
    n: int = 0
    n_eff: float = 0.0
    caveats: tuple[Caveat, ...] = ()


def derive(survey: Survey, draws: Draws, own: Params) -> Importance:
    """Derive importance from how ratings go with an overall judgement.

    Parameters
    ----------
    survey, draws
        From `read_survey` and `draw_respondents`.
    own
        outcome, all_brands, exact_up_to, min_neff, confidence are used.

    Returns
    -------
    Importance
        With a reason where it could not be derived.

    Notes
    -----
    Ratings of all waves, about the mean of their wave and brand, so that a change everybody lives through
    does not pose as importance. Correlations are pairwise: "not experienced" takes a respondent out of that
    attribute alone.
    """
    outcome = survey.outcomes.get((own.outcome, "overall"))
    if outcome is None:
        asked = _measures(survey)
        return Importance("no_outcome", caveats=(("outcomes_known", {"outcomes": asked}),) if asked else ())
    rows = np.flatnonzero(~np.isnan(outcome) & ((survey.rows["brand"] == survey.own_brand) | own.all_brands))
    values = np.column_stack([survey.ratings["experience"][rows], outcome[rows]])
    weights = survey.weights[rows]
    n_eff = weighted_means(values, weights).n_eff[:-1]
    used, caveats = _usable(survey, values[:, :-1], n_eff, own)
    reason = _refusal(survey, rows, outcome[rows], used, own)
    if reason:
        return Importance(reason, n=len(rows), caveats=tuple(caveats))
    centred = within(values, weights, cells(survey, rows))[:, np.append(used, True)]
    found = _shares(survey, rows, centred, used, n_eff, draws, own)
    return replace(found, caveats=(*caveats, *found.caveats))


def _measures(survey: Survey) -> tuple[str, ...]:
    return tuple(sorted({measure for measure, _ in survey.outcomes}))


def _usable(survey: Survey, values: Floats, n_eff: Floats, own: Params) -> tuple[Truths, list[Caveat]]:
    """Attributes with answers enough that differ, and what to tell of the others."""
    low, high = (reduce(np.where(np.isnan(values), end, values), axis=0, initial=end) for reduce, end in ENDS)
    few, same = n_eff < own.min_neff, (n_eff >= own.min_neff) & ~(high > low)
    names = np.array(survey.names, dtype=object)
    told = (("items_too_few_answers", few), ("items_constant", same))
    caveats: list[Caveat] = [
        (key, {"items": tuple(names[at]), "n": int(at.sum())}) for key, at in told if at.any()
    ]
    return ~few & ~same, caveats


def _refusal(survey: Survey, rows: Integers, outcome: Floats, used: Truths, own: Params) -> str:
    """Why nothing can be derived; empty where it can."""
    respondents = survey.rows["respondent"].iloc[rows].nunique()
    rules = (
        ("too_few_respondents", float(effective_n(survey.weights[rows])) < own.min_neff),
        ("outcome_constant", len(rows) > 0 and np.ptp(outcome) == 0),
        ("ratings_constant", not used.any()),
        ("more_attributes_than_respondents", respondents < used.sum() + SPARE),
    )
    return next((reason for reason, applies in rules if applies), "")


def _shares(
    survey: Survey, rows: Integers, values: Floats, used: Truths, n_eff: Floats, draws: Draws, own: Params
) -> Importance:
    found = pairwise(values, survey.weights[rows], rows, draws)
    mended, moved = nearest_correlation(found.correlations)
    exact = int(used.sum()) <= own.exact_up_to
    parts = np.zeros((len(draws.times), len(used)))
    parts[:, used] = np.maximum(lmg(mended) if exact else relative_weights(mended), 0.0)
    explained = parts.sum(axis=1)
    n_eff_rows = float(effective_n(survey.weights[rows]))
    if not explained[0] > 0:
        return Importance("nothing_explained", n=len(rows), n_eff=n_eff_rows)
    shares = parts / np.where(explained > 0, explained, 1.0)[:, None]
    return Importance(
        "",
        "lmg" if exact else "relative_weights",
        _frame(survey, shares, used, n_eff, own),
        np.where(used, shares, np.nan),
        float(explained[0]),
        *_explained_interval(explained, own),
        len(rows),
        n_eff_rows,
        tuple(_matrix_caveats(survey, mended[0], moved[0], used)),
    )


def _explained_interval(explained: Floats, own: Params) -> tuple[float, float]:
    """Interval of R², less what R² of a resample is too high by: it fits the sample's chance once more."""
    low, high = percentile_interval(explained[1:], own.confidence)
    bias = float(explained[1:].mean() - explained[0])
    return max(0.0, min(low - bias, explained[0])), min(1.0, max(high - bias, explained[0]))


def _frame(survey: Survey, shares: Floats, used: Truths, n_eff: Floats, own: Params) -> pd.DataFrame:
    low, high = np.quantile(shares[1:], [(1 - own.confidence) / 2, (1 + own.confidence) / 2], axis=0)
    ranks = rank_draws(np.where(used, shares, -1.0))
    first, last = np.quantile(ranks[1:], [(1 - own.confidence) / 2, (1 + own.confidence) / 2], axis=0)
    columns = {
        "share": shares[0],
        "low": np.minimum(low, shares[0]),
        "high": np.maximum(high, shares[0]),
        "rank": ranks[0],
        "rank_low": first,
        "rank_high": last,
        "p_top3": among_first(ranks, int(used.sum())),
    }
    frame = survey.items[ITEM].assign(
        **{name: np.where(used, value, np.nan) for name, value in columns.items()}
    )
    return frame.assign(n_eff=n_eff)


def among_first(ranks: Floats, ranked: int, first: int = TOP) -> Floats:
    """Share of the draws in which each column is among the first, three unless told.

    NaN where these would be more than half of all that are ranked: to be one of them is no distinction then.
    """
    shares = (ranks[1:] <= first).mean(axis=0)
    return np.asarray(shares if 0 < 2 * first <= ranked else np.full(len(shares), np.nan))


def rank_draws(values: Floats) -> Floats:
    """Rank within each draw, 1 the largest; equal values share the mean of their ranks, NaN comes last."""
    return row_ranks(-np.nan_to_num(values, nan=-np.inf))


def _matrix_caveats(survey: Survey, correlations: Floats, moved: Floats, used: Truths) -> list[Caveat]:
    names = [name for name, there in zip(survey.names, used, strict=True) if there]
    caveats: list[Caveat] = []
    first, second = np.nonzero(np.triu(np.abs(correlations[:-1, :-1]) > SAME, 1))
    if first.size:
        pair = {"first": names[first[0]], "second": names[second[0]], "n": int(first.size)}
        caveats.append(("items_collinear", pair))
    if moved > WORTH_TELLING:
        caveats.append(("correlations_mended", {"moved": float(moved)}))
    return caveats
