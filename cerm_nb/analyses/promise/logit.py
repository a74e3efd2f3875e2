"""Multinomial logit of choices and of best-worst answers, by Newton steps.

McFadden 1974; best and worst in sequence: Marley & Louviere 2005; separation: Albert & Anderson 1984.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.logit_separation import separating
from cerm_nb.analyses.promise.logit_stages import Stages, shares
from cerm_nb.errors import NotEnoughData
from cerm_nb.stats import normal_quantile

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.coding import Coding
    from cerm_nb.stats import Floats, Integers

MOST_STEPS = 100
FLAT = 1e-9
"""Curvature of a direction, relative to the sharpest, below which the tasks do not tell it from others."""
RUN_OFF = 1e-5
"""Curvature at the estimate, relative to that without effects, below which separation is looked for."""
PROBED = 512
SETTLED = 1e-7
"""Gain of the last Newton step; what is left to gain after it is about the square of that."""


@dataclass(frozen=True, eq=False)
class Fit:
    """What the pooled model leaves.

    Parameters
    ----------
    outcome
        ``found``; or, without estimates, ``one_level`` (of every attribute), ``too_few_choices`` (not more
        than columns), ``collinear_levels`` (levels always shown together) or ``separated`` (some levels
        always, or never, win: the estimate is infinite).
    coefficients
        By column, in logits, shape (columns,); NaN unless found.
    covariance
        Inverse information, shape (columns, columns).
    robust
        Covariance robust to a respondent's choices being alike (clustered sandwich).
    log_likelihood, null_log_likelihood
        At the estimates, and where all alternatives are alike; weighted.
    respondents, choices
        Numbers behind the fit; a best-worst task is two choices.
    direction
        Combination of columns that cannot be told, or that runs off; zero where found.
    """

    outcome: str
    coefficients: Floats
    covariance: Floats
    robust: Floats
    log_likelihood: float
    null_log_likelihood: float
    respondents: int
    choices: int
    direction: Floats

    @property
    def mcfadden(self) -> float:
        """Share of the null log-likelihood that the model takes away: McFadden's R²."""
        return 1.0 - self.log_likelihood / self.null_log_likelihood if self.choices else np.nan

    def guilty(self, coding: Coding) -> list[str]:
        """Attributes that cannot be told or run off."""
        moves = np.abs(coding.to_levels(self.direction)) > 1e-6
        return list(dict.fromkeys(name for (name, _), it in zip(coding.labels, moves, strict=True) if it))

    def require(self, coding: Coding) -> Fit:
        """Return itself, or raise NotEnoughData with the outcome as its reason."""
        if self.outcome != "found":
            raise NotEnoughData(
                self.outcome, choices=self.choices, columns=coding.columns, attributes=self.guilty(coding)
            )
        return self

    def levels(self, coding: Coding, confidence: float = 0.95) -> pd.DataFrame:
        """Tell part-worths of levels: attribute, level, estimate, std_error (robust), low, high, n."""
        estimate = coding.to_levels(self.coefficients)
        error = np.sqrt(np.einsum("lk,kj,lj->l", coding.basis, self.robust, coding.basis))
        half = normal_quantile(confidence) * error
        told = pd.DataFrame(list(coding.labels), columns=["attribute", "level"])
        return told.assign(
            estimate=estimate, std_error=error, low=estimate - half, high=estimate + half, n=self.respondents
        )


class Surface(NamedTuple):
    """Log-likelihood, gradient (columns,), information (columns, columns) and scores (stages, columns)."""

    value: float
    gradient: Floats
    information: Floats
    scores: Floats


def logit(choices: Stages, weights: Floats | None = None) -> Fit:
    """Fit the pooled multinomial logit.

    Parameters
    ----------
    choices
        From `stages_of`.
    weights
        Weight of each respondent, shape (respondents,); 1 where not given.

    Notes
    -----
    The log-likelihood is concave, so Newton steps from 0, halved where one overshoots, end at its one maximum
    where that exists. Where curvature has all but vanished there, a linear programme tells whether it exists.
    """
    weight = np.ones(len(choices.respondent)) if weights is None else weights[choices.respondent]
    columns = choices.contrasts.shape[2]
    null = float(weight @ np.log(choices.chances))
    people = len(np.unique(choices.respondent))
    if columns == 0 or len(weight) <= columns:
        outcome = "too_few_choices" if columns else "one_level"
        return _without(outcome, null, people, len(weight), np.zeros(columns))
    held, each, pattern = collapse(choices, weight)
    start = surface(held, each, np.zeros(columns))
    curvature, vectors = np.linalg.eigh(start.information)
    if curvature[0] <= FLAT * curvature[-1]:
        return _without("collinear_levels", null, people, len(weight), vectors[:, 0])
    coefficients, found = climb(held, each, start)
    left = np.linalg.eigvalsh(_relative(start.information, found.information))
    if left.min() < RUN_OFF and (way := separating(held)) is not None:
        return _without("separated", null, people, len(weight), way)
    covariance: Floats = np.asarray(np.linalg.inv(found.information), dtype=np.float64)
    robust = covariance @ _meat(found.scores[pattern], weight, choices.respondent, people) @ covariance
    return Fit(
        "found", coefficients, covariance, robust, found.value, null, people, len(weight), np.zeros(columns)
    )


def surface(choices: Stages, weight: Floats, coefficients: Floats) -> Surface:
    """Tell the log-likelihood and its derivatives at some coefficients."""
    flat = choices.contrasts.reshape(-1, len(coefficients))
    told = shares((flat @ coefficients).reshape(choices.rivals.shape), choices.rivals)
    scores = -np.einsum("sr,srk->sk", told.rivals, choices.contrasts)
    heavy = (told.rivals * weight[:, None]).reshape(-1, 1)
    information = flat.T @ (flat * heavy) - scores.T @ (scores * weight[:, None])
    return Surface(float(weight @ told.log_chosen), weight @ scores, information, scores)


def climb(choices: Stages, weight: Floats, start: Surface) -> tuple[Floats, Surface]:
    """Take Newton steps from 0 until one gains nothing."""
    at, now = np.zeros(len(start.gradient)), start
    ridge = 1e-13 * np.trace(start.information) / len(at) * np.eye(len(at))
    for _ in range(MOST_STEPS):
        step = np.linalg.solve(now.information + ridge, now.gradient)
        gain = float(now.gradient @ step)
        tried = surface(choices, weight, at + step)
        while tried.value < now.value - 1e-9 * abs(now.value):
            step = step / 2
            tried = surface(choices, weight, at + step)
        at, now = at + step, tried
        if gain < SETTLED:
            break
    return at, now


def collapse(choices: Stages, weight: Floats) -> tuple[Stages, Floats, Integers]:
    """Put equal stages together, with the sum of their weights, where at most half of them are different."""
    apart = np.arange(len(weight))
    if _distinct(choices.contrasts[:: len(weight) // PROBED + 1])[0].size * 2 > min(len(weight), PROBED):
        return choices, weight, apart
    first, pattern = _distinct(choices.contrasts)
    alike = np.array_equal(choices.contrasts[first][pattern], choices.contrasts)
    if not alike or not np.array_equal(choices.rivals[first][pattern], choices.rivals):
        return choices, weight, apart  # two patterns fell on one number
    held = Stages(choices.contrasts[first], choices.rivals[first], choices.respondent[first])
    return held, np.bincount(pattern, weight).astype(np.float64), pattern


def _distinct(contrasts: Floats) -> tuple[Integers, Integers]:
    """Tell one stage of each pattern, and each stage's pattern, by a number made of all its values."""
    bits = np.ascontiguousarray(contrasts.reshape(len(contrasts), -1)).view(np.int64)
    odd = np.random.default_rng(0).integers(1 << 62, size=bits.shape[1]) | 1
    _, first, pattern = np.unique((bits ^ (bits >> 29)) @ odd, return_index=True, return_inverse=True)
    return first, pattern


def _relative(before: Floats, after: Floats) -> Floats:
    root = np.linalg.inv(np.linalg.cholesky(before))
    return root @ after @ root.T


def _meat(scores: Floats, weight: Floats, respondent: Integers, people: int) -> Floats:
    starts = np.flatnonzero(np.r_[True, np.diff(respondent) > 0])
    sums = np.add.reduceat(scores * weight[:, None], starts, axis=0)
    return np.asarray(sums.T @ sums * people / max(people - 1, 1))


def _without(outcome: str, null: float, people: int, choices: int, way: Floats) -> Fit:
    nothing = np.full((len(way), len(way)), np.nan)
    return Fit(outcome, np.full(len(way), np.nan), nothing, nothing, np.nan, null, people, choices, way)
