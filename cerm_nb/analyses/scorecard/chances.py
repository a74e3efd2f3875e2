"""Chances that targets are met, drawn from what is not known of each series."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtr

from cerm_nb.stats import normal_quantile

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.predictive import Predictive
    from cerm_nb.stats import Floats, Integers


class Chances(NamedTuple):
    """Chance of each series with its interval, each of shape (series,)."""

    chance: Floats
    low: Floats
    high: Floats


def chances(
    told: Predictive,
    row: Integers,
    target: Floats,
    sign: Floats,
    widened: Floats,
    *,
    draws: int,
    seed: int,
    confidence: float,
) -> Chances:
    """Draw memory, structure, variance, state and coefficients of each series, and what comes given them.

    Parameters
    ----------
    told
        Forecasts by component.
    row
        Row of the target's period, shape (series,).
    target, sign, widened
        Level to be met, 1 where higher is better (-1 lower), and what the scale is widened by; shape
        (series,).
    draws, seed, confidence
        Number of draws, the seed that makes them repeatable, and coverage.

    Returns
    -------
    Chances
        Mean over the draws of the chance given each, which is the chance; and the percentiles of these
        chances, widened where the Monte Carlo error of the mean says so.

    Notes
    -----
    What comes after a draw is normal, so its chance is computed, not simulated, which takes its noise away
    (Rao-Blackwell). Components get their share of the draws, not random numbers of them; all series share
    one set of random numbers. Chi-squared by the cube of Wilson & Hilferty 1931.
    """
    random = np.random.default_rng(seed)
    shift, turn = random.standard_normal((2, draws))
    component = _shares(told.weights, draws)
    here = np.arange(len(row))
    at_row = (each[here, :, row] for each in (told.mean, told.ahead, told.doubt))
    mean, ahead, doubt, variance, degrees = (
        np.take_along_axis(each, component, axis=1) for each in (*at_row, told.variance, told.degrees)
    )
    part = 2 / (9 * degrees)
    drawn = np.maximum(1 - part + turn * np.sqrt(part), 0.05) ** 3  # chi-squared over its degrees of freedom
    scale = widened[:, None] * np.sqrt(variance / drawn)
    away = sign[:, None] * (mean + scale * np.sqrt(doubt) * shift - target[:, None])
    each = ndtr(away / np.maximum(scale * np.sqrt(ahead), np.finfo(float).tiny))
    chance = each.mean(axis=1)
    tail = (1 - confidence) / 2
    low, high = np.quantile(each, [tail, 1 - tail], axis=1)
    error = normal_quantile(confidence) * each.std(axis=1) / np.sqrt(draws)
    return Chances(
        chance,
        np.clip(np.minimum(low, chance - error), 0, 1),
        np.clip(np.maximum(high, chance + error), 0, 1),
    )


def _shares(weights: Floats, draws: int) -> Integers:
    """Component of each draw, shape (series, draws), in the order of the components."""
    upto = np.rint(np.cumsum(weights, axis=1) * draws).astype(np.int64)
    upto[:, -1] = draws
    counts = np.diff(upto, axis=1, prepend=0)
    names = np.broadcast_to(np.arange(weights.shape[1]), weights.shape)
    return np.repeat(names.ravel(), counts.ravel()).reshape(len(weights), draws)
