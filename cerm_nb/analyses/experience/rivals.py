"""Us against the best competitor, which is not known beforehand: it is picked from the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.stats import Contrast, normal_quantile, weighted_means

if TYPE_CHECKING:
    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats
    from cerm_nb.surveys import Draws, Survey


def rival_means(survey: Survey, draws: Draws, best: Floats, own: Params) -> tuple[Floats, Floats]:
    """Mean experience of every competitor in the sample and in each draw.

    Parameters
    ----------
    survey, draws
        From `read_survey` and `draw_respondents`.
    best
        Mean of the best by item; where it is NaN no competitor counts.
    own
        min_neff is used.

    Returns
    -------
    means : ndarray
        Shape (rivals, 1 + draws, items), NaN where answers are too few.
    n_eff : ndarray
        Effective answers behind them, shape (rivals, items).
    """
    size = len(survey.items)
    means, counts = np.full((len(survey.brands) - 1, len(draws.times), size), np.nan), []
    for at, brand in enumerate(survey.brands[1:]):
        rows = survey.at(brand)
        given, weights = survey.ratings["experience"][rows], survey.weights[rows]
        counts.append(weighted_means(given, weights).n_eff)
        shown = (counts[-1] >= own.min_neff) & np.isfinite(best)
        means[at] = np.where(shown, draws.means(given, weights, rows), np.nan)
    return means, np.reshape(counts, (-1, size))


def redrawn_best(means: Floats) -> Floats:
    """Mean of the best competitor in the sample and in each draw, shape (1 + draws, items).

    Notes
    -----
    The best of several is too high by chance, and once more so in a draw: what the draws' mean is above the
    sample is taken off twice (Efron & Tibshirani 1993, ch. 10), once for the draw and once for the sample.
    The sample's own number stays as it was answered.
    """
    best = np.full(means.shape[1:], np.nan)
    for rival in means:
        best = np.fmax(best, rival)
    drawn = best[1:]
    known = np.isfinite(drawn)
    centre = np.where(known, drawn, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    best[1:] = drawn - 2 * np.maximum(centre - best[0], 0.0)
    return best


def behind(ours: Floats, means: Floats, n_eff: Floats, own: Params) -> tuple[Floats, Floats]:
    """Interval of our mean less the best competitor's, whichever of them is the best.

    Parameters
    ----------
    ours
        Our means in the sample and in each draw, shape (1 + draws, items).
    means, n_eff
        From `rival_means`; n_eff the smaller of theirs and ours.
    own
        confidence is used.

    Returns
    -------
    low, high : ndarray
        Shape (items,), NaN where there is no competitor.

    Notes
    -----
    We are behind the best where we are behind any. So the upper end is the lowest upper end of the
    differences to all competitors, each wide enough that all hold together (the largest of the standardised
    deviations over the draws, Westfall & Young 1993, and over all items, since the worst of them is told
    first); the lower end is the lowest lower end.
    """
    apart = ours - means
    known = np.isfinite(apart[:, :1])
    drawn = np.where(np.isfinite(apart[:, 1:]), apart[:, 1:], np.where(known, apart[:, :1], 0.0))
    now, known = np.where(known, apart[:, :1], 0.0)[:, 0], known[:, 0]
    error = drawn.std(axis=1) * np.sqrt(n_eff / np.maximum(n_eff - 1, 1.0))
    deviation = (now[:, None] - drawn) / np.where(known & (error > 0), error, np.inf)[:, None]
    together = np.quantile(deviation.max(axis=(0, 2), initial=0.0), (1 + own.confidence) / 2)
    alone = Contrast(now, error, np.full_like(error, np.nan), n_eff, n_eff, n_eff - 1)
    low, high = alone.interval(own.confidence)
    high = np.maximum(high, now + together * error)
    ends = (np.where(known, end, np.inf).min(axis=0, initial=np.inf) for end in (low, high))
    first, last = (np.where(known.any(axis=0), end, np.nan) for end in ends)
    return first, last


def worth_behind(weight: Floats, ours: Floats, means: Floats, own: Params) -> tuple[Floats, Floats]:
    """Interval of weight × (the best competitor's mean − ours), whichever of them is the best.

    Parameters
    ----------
    weight, ours
        Importance, and our means, in the sample and in each draw, shape (1 + draws, items).
    means
        From `rival_means`.
    own
        confidence is used.

    Returns
    -------
    low, high : ndarray
        Shape (items,), NaN where there is no competitor.

    Notes
    -----
    The best is at least as far ahead as any: so the lower end is the highest of the lower ends to all
    competitors, each so much lower that all hold together (the largest of an item's standardised deviations,
    Westfall & Young 1993); the upper end is the highest of the upper ends.
    """
    tail = (1 - own.confidence) / 2
    apart = means - ours
    known = np.isfinite(apart[:, :1])
    now = np.where(known, apart[:, :1], 0.0)
    away = np.where(known & np.isfinite(apart[:, 1:]), apart[:, 1:] - now, 0.0)
    spread = away.std(axis=1, keepdims=True)
    largest = (away / np.where(spread > 0, spread, np.inf)).max(axis=0, initial=0.0)
    together = np.maximum(np.quantile(largest, 1 - tail, axis=0) / normal_quantile(own.confidence), 1.0)
    held = np.where(np.isfinite(weight[1:]), weight[1:], weight[0])
    lows = np.quantile(held * (now + together * away), tail, axis=1)
    highs = np.quantile(held * (now + away), 1 - tail, axis=1)
    ends = (np.where(known[:, 0], end, -np.inf).max(axis=0, initial=-np.inf) for end in (lows, highs))
    low, high = (np.where(known.any(axis=(0, 1)), end, np.nan) for end in ends)
    return low, high
