"""Intervals that hold all together: the largest of the standardised deviations over draws of respondents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Truths

NONE = 1e-9  # up to which an error or a difference is rounding
FURTHEST = 37.0  # standard deviations from which the tail of the normal is no number


@dataclass(frozen=True, eq=False)
class Simultaneous:
    """A family of estimates.

    Parameters
    ----------
    value, error, degrees
        Estimates, their standard errors and degrees of freedom; NaN where unknown.
    low, high
        Intervals that all hold at once with the chance `confidence`.
    p_adjusted
        p of each estimate being 0, so that the chance of any false finding among all keeps its level;
        NaN where there is nothing to test.
    """

    value: Floats
    error: Floats
    degrees: Floats
    low: Floats
    high: Floats
    p_adjusted: Floats


def simultaneous(draws: Floats, n_eff: Floats, confidence: float) -> Simultaneous:
    """Take a family of estimates from their draws.

    Parameters
    ----------
    draws
        Estimates in the sample and in each draw of respondents, shape (1 + draws, …); NaN where unknown.
    n_eff
        Effective answers behind each, shape (…).
    confidence
        Chance that all intervals hold.

    Notes
    -----
    Max-t over bootstrap draws, single step (Westfall & Young 1993; Romano & Wolf 2005), so that estimates
    that go together, as all of one respondent's do, cost less than Bonferroni. The draws stand for normal
    deviations; each interval takes the same tail of Student's t, whose degrees of freedom are those of n_eff
    answers and of as many draws as the error is taken from (1/ν = 1/(n_eff − 1) + 1/(draws − 1)). Where
    nobody differs from the others, those not asked may, by one point each: the share of them that 0 of
    n_eff leaves open (Clopper & Pearson 1934).
    """
    value, drawn = draws[0], np.where(np.isfinite(draws[1:]), draws[1:], draws[0])
    known = np.isfinite(value) & (n_eff > 1)
    size = np.where(known, n_eff, 2.0)
    spread = np.where(known, drawn.std(axis=0), np.nan)
    varies = known & (spread > NONE)
    away = np.where(varies, drawn - np.where(varies, drawn, 0.0).mean(axis=0), 0.0)
    away = np.abs(away / np.where(varies, spread, np.inf)).reshape(len(drawn), -1)
    furthest = np.sort(away.max(axis=1, initial=0.0))
    error = spread * np.sqrt(size / (size - 1))
    degrees = np.where(known, 1 / (1 / (size - 1) + 1 / (len(drawn) - 1)), np.nan)
    half = _half(error, degrees, varies, size, furthest, confidence)
    p_values = np.where(varies, _adjusted(value, error, degrees, furthest), _alone(value, size))
    kept = [np.where(known, one, np.nan) for one in (value - half, value + half, p_values)]
    return Simultaneous(np.where(known, value, np.nan), error, degrees, *kept)


def _half(
    error: Floats, degrees: Floats, varies: Truths, size: Floats, furthest: Floats, confidence: float
) -> Floats:
    """Half the length of each interval."""
    at = min(int(np.ceil(confidence * (len(furthest) + 1))), len(furthest)) - 1
    tail = ndtr(-furthest[at])
    return np.asarray(np.where(varies, -stdtrit(degrees, tail) * error, 1 - tail ** (1 / size)))


def _adjusted(value: Floats, error: Floats, degrees: Floats, furthest: Floats) -> Floats:
    """Share of draws whose furthest deviation is at least as far as an estimate is from 0."""
    ratio = np.abs(value) / np.where(error > NONE, error, np.nan)
    far = np.minimum(-ndtri(np.maximum(stdtr(degrees, -ratio), 1e-300)), FURTHEST)
    beyond = len(furthest) - np.searchsorted(furthest, far, side="left")
    return np.asarray((1 + beyond) / (1 + len(furthest)))


def _alone(value: Floats, size: Floats) -> Floats:
    """Sign test of what nobody sees otherwise, times the number of estimates."""
    return np.asarray(np.where(np.abs(value) > NONE, np.minimum(2 * 0.5**size * value.size, 1.0), 1.0))
