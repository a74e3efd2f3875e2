"""Ratings conjoint: part-worths of each respondent, and of all together, by ordinary least squares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.coding import coding_of
from cerm_nb.analyses.promise.hierarchical import PartWorths
from cerm_nb.errors import DataError, NotEnoughData, Problem
from cerm_nb.stats import student_quantile, weighted_means

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cerm_nb.analyses.promise.choice_tasks import Tasks
    from cerm_nb.analyses.promise.coding import Coding
    from cerm_nb.stats import Floats, Integers, Means, Truths

FLAT = 1e-9  # up to which part-worths are all 0: the respondent rated everything alike


@dataclass(frozen=True, eq=False)
class RatingPartWorths(PartWorths):
    """Part-worths in points of the rating scale; `draws` has one entry, the estimates.

    Parameters
    ----------
    intercept
        Rating of the middle of all levels, shape (respondents,).
    r_squared
        Of each respondent's fit, shape (respondents,); NaN where all ratings are alike.
    base
        Mean of the intercepts, its standard error, low and high.
    pooled
        attribute, level, estimate, std_error, low, high, n from all ratings in one regression, the intercept
        first; errors count a respondent's ratings as one draw.
    caveats
        (key, values).
    """

    intercept: Floats
    r_squared: Floats
    base: tuple[float, ...]
    pooled: pd.DataFrame
    caveats: tuple[tuple[str, dict[str, object]], ...]


@dataclass(frozen=True, eq=False)
class _Rated:
    """Ratings by respondent, padded with zeros, and their designs, each once.

    design (designs, most ratings, 1 + columns), of (respondents,), rating (respondents, most ratings), there
    (respondents, most ratings).
    """

    design: Floats
    of: Integers
    rating: Floats
    there: Truths


def rate(tasks: Tasks, confidence: float = 0.95, weights: ArrayLike | None = None) -> RatingPartWorths:
    """Estimate part-worths from ratings of profiles.

    Parameters
    ----------
    tasks
        Rating tasks from `read_tasks`; those held out are not used.
    confidence
        Coverage of the intervals, which are over respondents.
    weights
        Of ``tasks.respondents``, 0 or more; 1 where unset.

    Returns
    -------
    RatingPartWorths
        Of the respondents whose ratings determine their part-worths.

    Raises
    ------
    DataError
        Where the tasks are no ratings.
    NotEnoughData
        ``one_level`` where no attribute varies, ``too_few_ratings`` where nobody's ratings determine the
        part-worths.

    Notes
    -----
    Green & Srinivasan 1978. Part-worths of an attribute sum to zero (effects coding). Importance is the mean
    of individual importances, not the importance of mean part-worths.
    """
    if tasks.method != "rating":
        raise DataError(Problem("choices → method", tasks.method, "rating"))
    coding = coding_of(tasks, linear_price=False)
    if not coding.columns:
        raise NotEnoughData("one_level", attributes=len(tasks.attributes))
    held = np.ones(len(tasks.respondents)) if weights is None else np.asarray(weights, dtype=float)
    rated = _rated(tasks.fitting, coding)
    rank = np.linalg.matrix_rank(rated.design)
    needed = coding.columns + 1
    kept = (rank == needed)[rated.of]
    if not kept.any():
        most = int(rated.there.sum(axis=1).max(initial=0))
        raise NotEnoughData("too_few_ratings", needed=needed, found=most)
    solved = np.linalg.pinv(rated.design)[rated.of[kept]] @ rated.rating[kept][..., None]
    estimates = solved[..., 0]
    spread = _spread(rated, kept)
    left = spread - _residuals(rated, kept, estimates)
    base = weighted_means(estimates[:, 0], held[kept])
    counted = {"ratings_left_out": int((~kept).sum()), "rated_all_alike": int((spread <= FLAT).sum())}
    return RatingPartWorths(
        coding=coding,
        respondents=tasks.respondents[kept],
        draws=estimates[None, :, 1:],
        population=np.average(estimates[:, 1:], axis=0, weights=held[kept])[None, None],
        levels=_levels(coding, weighted_means(coding.to_levels(estimates[:, 1:]), held[kept]), confidence),
        importance=_importance(coding, estimates[:, 1:], held[kept], confidence),
        diagnostics=pd.DataFrame(columns=["attribute", "level", "r_hat", "effective_draws"]),
        converged=True,
        intercept=estimates[:, 0],
        r_squared=np.where(spread > FLAT, left / np.where(spread > FLAT, spread, 1.0), np.nan),
        base=(float(base.mean), float(base.error), *(float(end) for end in base.interval(confidence))),
        pooled=_pooled(rated, coding, held, confidence),
        caveats=tuple((key, {"n": n}) for key, n in counted.items() if n),
    )


def _rated(tasks: Tasks, coding: Coding) -> _Rated:
    """Lay out ratings by respondent, each one's in the order of the profiles, so that equal designs meet."""
    task, place = np.nonzero(tasks.shown & ~tasks.none)
    rows = coding.rows(tasks)[task, place]
    person, rating = tasks.respondent[task], tasks.chosen[task, place]
    order = np.lexsort((*tasks.design[task, place].T, person))
    person, rows, rating = person[order], rows[order], rating[order]
    counts = np.bincount(person, minlength=len(tasks.respondents))
    at = np.arange(len(person)) - (np.cumsum(counts) - counts)[person]
    shape = len(counts), int(counts.max(initial=0))
    values, there = np.zeros(shape), np.zeros(shape, dtype=bool)
    design = np.zeros((*shape, 1 + coding.columns))
    design[person, at] = np.column_stack([np.ones(len(rows)), rows])
    values[person, at], there[person, at] = rating, True
    _, first, of = np.unique(design.reshape(len(counts), -1), axis=0, return_index=True, return_inverse=True)
    return _Rated(design[first], of.ravel(), values, there)


def _spread(rated: _Rated, kept: Truths) -> Floats:
    """Sum of squares of each respondent's ratings about their mean."""
    there, rating = rated.there[kept], rated.rating[kept]
    mean = rating.sum(axis=1) / there.sum(axis=1)
    return np.asarray((np.where(there, rating - mean[:, None], 0.0) ** 2).sum(axis=1))


def _residuals(rated: _Rated, kept: Truths, estimates: Floats) -> Floats:
    fitted = (rated.design[rated.of[kept]] @ estimates[..., None])[..., 0]
    return np.asarray(((rated.rating[kept] - fitted) ** 2).sum(axis=1))


def _levels(coding: Coding, found: Means, confidence: float) -> pd.DataFrame:
    low, high = found.interval(confidence)
    frame = pd.DataFrame(list(coding.labels), columns=["attribute", "level"])
    ends = {"low": low, "high": high, "n": found.n.astype(int)}
    return frame.assign(estimate=found.mean, std_error=found.error, **ends)


def _importance(coding: Coding, estimates: Floats, weights: Floats, confidence: float) -> pd.DataFrame:
    """Mean of individual importances, of those who rated not everything alike."""
    worth = coding.to_levels(estimates)
    ranges = np.column_stack([np.ptp(worth[:, part], axis=1) for part in coding.parts])
    total = ranges.sum(axis=1, keepdims=True)
    found = weighted_means(
        np.where(total > FLAT, ranges, np.nan) / np.where(total > FLAT, total, 1.0), weights
    )
    low, high = found.interval(confidence)
    told = {"importance": found.mean, "std_error": found.error, "low": low, "high": high}
    return pd.DataFrame({"attribute": list(coding.attributes)} | told | {"n": found.n.astype(int)})


def _pooled(rated: _Rated, coding: Coding, weights: Floats, confidence: float) -> pd.DataFrame:
    """Regress all ratings at once, with errors clustered by respondent (Liang & Zeger 1986)."""
    design, n = rated.design[rated.of], int((rated.there.any(axis=1) & (weights > 0)).sum())
    square = np.einsum("i,imp,imq->pq", weights, design, design, optimize=True)
    inverse = np.linalg.pinv(square, hermitian=True)
    estimate = inverse @ np.einsum("i,imp,im->p", weights, design, rated.rating, optimize=True)
    left = np.where(rated.there, rated.rating - design @ estimate, 0.0)
    score = weights[:, None] * np.einsum("imp,im->ip", design, left)
    spread = inverse @ (score.T @ score) @ inverse * (n / (n - 1) if n > 1 else np.nan)
    turn = np.zeros((1 + len(coding.labels), 1 + coding.columns))
    turn[0, 0], turn[1:, 1:] = 1.0, coding.basis
    worth, error = turn @ estimate, np.sqrt(np.maximum(np.einsum("lp,pq,lq->l", turn, spread, turn), 0.0))
    half = student_quantile(confidence, float(n - 1)) * error
    frame = pd.DataFrame([("intercept", ""), *coding.labels], columns=["attribute", "level"])
    return frame.assign(estimate=worth, std_error=error, low=worth - half, high=worth + half, n=n)
