"""Shares of reason and feeling, of dimensions and of stages in satisfaction and loyalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cerm_nb.analyses.experience.shapley import lmg, nearest_correlation
from cerm_nb.analyses.experience.slopes import cells, within
from cerm_nb.stats import effective_n, percentile_interval, weighted_means
from cerm_nb.surveys import pairwise

if TYPE_CHECKING:
    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats, Integers
    from cerm_nb.surveys import Draws, Survey

NATURES = ("rational", "emotional")
GROUPINGS = ("nature", "dimension", "stage")
COLUMNS = ["outcome", "grouping", "group", "share", "low", "high", "n", "n_eff", "r_squared", "measured"]


@dataclass(frozen=True, eq=False)
class Drivers:
    """Shares of groups of attributes in overall judgements.

    Parameters
    ----------
    frame
        outcome (an overall judgement), grouping (``nature``, ``dimension`` or ``stage``), group, share (of
        the groups' R², 0–1), low, high, n, n_eff, r_squared, measured (``asked``: the respondent judged
        reason and feeling; ``composite``: mean of his ratings).
    feeling
        outcome, difference (share of feeling less share of reason), low, high, n, n_eff, p_feeling (share
        of the draws in which feeling weighs more).
    reliability
        grouping, group, items, alpha (Cronbach's, from pairwise correlations, standardised) of the
        composites.
    """

    frame: pd.DataFrame
    feeling: pd.DataFrame
    reliability: pd.DataFrame


def drivers(survey: Survey, draws: Draws, own: Params) -> Drivers:
    """Share out what explains satisfaction, loyalty and every other overall judgement.

    Parameters
    ----------
    survey, draws
        From `read_survey` and `draw_respondents`.
    own
        min_neff and confidence are used.

    Returns
    -------
    Drivers
        Empty frames where nobody gave an overall judgement or no grouping has two groups.
    """
    overall = {
        measure: values for (measure, nature), values in survey.outcomes.items() if nature == "overall"
    }
    rows = survey.rows["brand"].to_numpy() == survey.own_brand
    parts, gaps = [], []
    for outcome, values in overall.items():
        at = np.flatnonzero(rows & ~np.isnan(values))
        for grouping in GROUPINGS:
            names, scores, measured = composites(survey, at, grouping)
            found = _shares(survey, np.column_stack([scores, values[at]]), at, draws, own)
            if found is None:
                continue
            about: dict[str, Any] = {
                "outcome": outcome,
                "n": len(at),
                "n_eff": float(effective_n(survey.weights[at])),
            }
            parts.append(_told(found, names, own).assign(**about, grouping=grouping, measured=measured))
            if grouping == "nature" and set(names) == set(NATURES):
                gaps.append({**about, **_feeling(found[0], names, own)})
    frame = pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)
    feeling = ["outcome", "difference", "low", "high", "n", "n_eff", "p_feeling"]
    return Drivers(frame, pd.DataFrame(gaps, columns=feeling), reliability(survey))


def composites(survey: Survey, rows: Integers, grouping: str) -> tuple[list[str], Floats, str]:
    """Score groups of attributes: as respondents judged them where asked, else the mean of their ratings.

    Returns
    -------
    names : list of str
        Groups.
    scores : ndarray
        Shape (rows, groups), NaN where a respondent rated nothing in a group.
    measured : str
        ``asked`` or ``composite``.
    """
    asked = [name for name in NATURES if ("satisfaction", name) in survey.outcomes]
    if grouping == "nature" and len(asked) == len(NATURES):
        return (
            asked,
            np.column_stack([survey.outcomes["satisfaction", name][rows] for name in asked]),
            "asked",
        )
    kinds = survey.items[grouping]
    names = [str(name) for name in kinds.dropna().unique()]
    ratings = survey.ratings["experience"][rows]
    scores = [_row_means(ratings[:, (kinds == name).to_numpy()]) for name in names]
    return names, np.column_stack(scores) if scores else np.zeros((len(rows), 0)), "composite"


def _row_means(values: Floats) -> Floats:
    """Mean of each row's ratings about their columns' means: which were met does not matter."""
    centred = values - weighted_means(values, np.ones(len(values))).mean
    n = (~np.isnan(values)).sum(axis=1)
    return np.where(n > 0, np.nansum(centred, axis=1) / np.where(n > 0, n, 1), np.nan)


def _shares(
    survey: Survey, values: Floats, rows: Integers, draws: Draws, own: Params
) -> tuple[Floats, float] | None:
    """Shares in the sample and in each draw, and R²; None where the data do not bear them."""
    if values.shape[1] < 3 or float(effective_n(survey.weights[rows])) < own.min_neff:
        return None
    weights = survey.weights[rows]
    if (weighted_means(values, weights).n_eff < own.min_neff).any():
        return None
    found = pairwise(within(values, weights, cells(survey, rows)), weights, rows, draws)
    parts = np.maximum(lmg(nearest_correlation(found.correlations)[0]), 0.0)
    explained = parts.sum(axis=1, keepdims=True)
    if not explained[0, 0] > 0:
        return None
    return parts / np.where(explained > 0, explained, 1.0), float(explained[0, 0])


def _told(found: tuple[Floats, float], names: list[str], own: Params) -> pd.DataFrame:
    shares, explained = found
    ends = [percentile_interval(column, own.confidence) for column in shares[1:].T]
    frame = pd.DataFrame({"group": names, "share": shares[0], "r_squared": explained})
    low, high = np.array(ends).T
    return frame.assign(low=np.minimum(low, shares[0]), high=np.maximum(high, shares[0]))


def _feeling(shares: Floats, names: list[str], own: Params) -> dict[str, float]:
    apart = shares[:, names.index("emotional")] - shares[:, names.index("rational")]
    low, high = percentile_interval(apart[1:], own.confidence)
    ends = {"low": min(low, apart[0]), "high": max(high, apart[0])}
    return {"difference": float(apart[0]), **ends, "p_feeling": float((apart[1:] > 0).mean())}


def reliability(survey: Survey) -> pd.DataFrame:
    """Cronbach's alpha of each group of attributes, of the own brand's ratings in all waves."""
    rows = np.flatnonzero((survey.rows["brand"] == survey.own_brand).to_numpy())
    ratings = survey.ratings["experience"][rows]
    found = []
    for grouping in GROUPINGS:
        kinds = survey.items[grouping]
        for name in kinds.dropna().unique():
            chosen = ratings[:, (kinds == name).to_numpy()]
            alpha = cronbach_alpha(chosen, survey.weights[rows])
            found.append({"grouping": grouping, "group": name, "items": chosen.shape[1], "alpha": alpha})
    return pd.DataFrame(found, columns=["grouping", "group", "items", "alpha"])


def cronbach_alpha(values: Floats, weights: Floats) -> float:
    """Cronbach's alpha of a scale, from covariances of those who answered both of two items.

    Parameters
    ----------
    values, weights
        Shape (n, items) with NaN where there is no answer, and (n,).

    Returns
    -------
    float
        NaN below two items, where two have nobody in common, or where nothing varies.

    Notes
    -----
    Cronbach 1951: k/(k − 1) · (1 − Σ variances / Σ covariances).
    """
    size = values.shape[1]
    if size < 2 or len(values) < 2:
        return np.nan
    given = (~np.isnan(values)).astype(float)
    x = np.where(given > 0, values - weighted_means(values, weights).mean, 0.0)
    n = (given * weights[:, None]).T @ given
    if not (n > 0).all():
        return np.nan
    held = x * weights[:, None]
    covariances = held.T @ x / n - (held.T @ given) * (given.T @ held) / n**2
    total = float(covariances.sum())
    return float(size / (size - 1) * (1 - np.trace(covariances) / total)) if total > 0 else np.nan
