"""How quickly indicators move, how quickly they would have to, and where their path is by now."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cerm_nb.analyses.scorecard.predictive import SCALE, fit, structures
from cerm_nb.stats import student_quantile

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.memory_filter import Filtered
    from cerm_nb.stats import Floats, Integers, Truths


class Estimate(NamedTuple):
    """An estimate of each series with its interval, each of shape (series,)."""

    value: Floats
    low: Floats
    high: Floats


def run_rate(found: Filtered, season: int, confidence: float) -> Estimate:
    """Change per period over all values of each series, NaN where they are too few for a slope.

    Notes
    -----
    Generalised least squares, averaged over memories: in a series that moves by steps of its own, a slope is
    known much less well than a straight line through it would have it.
    """
    fitted = [fit(found, each, season) for each in structures(season) if each.slope]
    criterion = np.concatenate([each.criterion for each in fitted], axis=1)
    enough = np.isfinite(criterion).any(axis=1)
    top = np.where(enough, criterion.max(axis=1), 0.0)[:, None]
    weights = np.exp(criterion - top) * enough[:, None]
    weights = weights / np.where(enough, weights.sum(axis=1), np.nan)[:, None]
    each_slope = np.concatenate([each.coefficients[..., 1] for each in fitted], axis=1)
    spread = [each.variance * each.inverse[..., 1, 1][found.group] for each in fitted]
    slope = (weights * each_slope).sum(axis=1)
    inner = np.concatenate(spread, axis=1) + (each_slope - slope[:, None]) ** 2
    error = np.sqrt((weights * inner).sum(axis=1))
    degrees = np.concatenate(
        [np.broadcast_to(each.degrees[:, None], each.variance.shape) for each in fitted], axis=1
    )
    half = student_quantile(confidence, (weights * degrees).sum(axis=1)) * error
    return Estimate(slope / SCALE, (slope - half) / SCALE, (slope + half) / SCALE)


def needed_rate(level: Floats, target: Floats, steps: Integers) -> Floats:
    """Change per period that leads from the level now to the target in so many periods; NaN for none left."""
    left = np.where(steps > 0, steps, np.nan)
    return np.asarray((target - level) / left)


def pace(rate: Estimate, needed: Floats, sign: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.str_]]:
    """Judge the change so far by the change needed.

    Parameters
    ----------
    rate, needed
        From `run_rate` and `needed_rate`.
    sign
        1 where higher is better, -1 where lower is.

    Returns
    -------
    ndarray
        ``reached`` (the level meets the target already), ``enough``, ``too_slow``, ``undetermined`` (the
        interval holds what is needed), "" where either is unknown.
    """
    worst, best = np.where(sign > 0, rate.low, -rate.high), np.where(sign > 0, rate.high, -rate.low)
    wanted = sign * needed
    rules = [np.isnan(wanted + worst), wanted <= 0, worst >= wanted, best < wanted]
    return np.select(rules, ["", "reached", "enough", "too_slow"], "undetermined")


def due_now(
    baseline: Floats, target: Floats, elapsed: Floats, path: np.ndarray[tuple[int, ...], np.dtype[np.object_]]
) -> Floats:
    """Level the path asks for now.

    Parameters
    ----------
    baseline, target
        Both ends of the path.
    elapsed
        Share of the way from the series' first value to the target's period that has gone by; 1 or more once
        it is due.
    path
        ``linear`` (a straight line), ``step`` (the baseline until the target is due), or anything else where
        none was told.
    """
    share = np.where(path == "linear", np.clip(elapsed, 0, 1), (elapsed >= 1).astype(float))
    told: Truths = (path == "linear") | (path == "step")
    return np.where(told, baseline + share * (target - baseline), np.nan)


def on_path(level: Estimate, due: Floats, sign: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.str_]]:
    """Judge the level by what the path asks for.

    ``on`` or ``behind`` where the level's interval lies wholly there, else ``undetermined``; "" for no path.
    """
    worst, best = np.where(sign > 0, level.low, -level.high), np.where(sign > 0, level.high, -level.low)
    asked = sign * due
    return np.select(
        [np.isnan(asked + worst), worst >= asked, best < asked], ["", "on", "behind"], "undetermined"
    )
