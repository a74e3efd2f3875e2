"""Whether forecasts of the indicators would have held: the same forecasts from earlier periods."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import bdtr

from cerm_nb.analyses.scorecard.memory_filter import TOGETHER, filtered
from cerm_nb.analyses.scorecard.predictive import fixed_columns, predictive, scaled, value_rows
from cerm_nb.stats import student_quantile, wilson_interval

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.panels import Panel
    from cerm_nb.stats import Floats, Integers

HORIZONS = (1, 3, 6, 12)  # periods ahead
ORIGINS = 24  # periods forecast from at the most
TESTED = 500  # series forecast from earlier periods at the most; so many, evenly chosen, stand for more
ASTRAY = 3.0  # times the errors of the median series, from which a series tells nothing of the others
NOMINAL = 0.8  # coverage told beside that of the params
COVERAGE = ["horizon", "confidence", "covered", "low", "high", "n", "n_apart", "series", "widened", "held"]


@dataclass(frozen=True, eq=False)
class Backtest:
    """How forecasts from earlier periods did.

    Parameters
    ----------
    coverage
        One row per horizon and nominal confidence, columns `COVERAGE`: share of the values covered with
        Wilson's interval; n forecasts, n_apart of them worth (those that overlap tell the same), series; what
        intervals of that horizon are widened by in the median series, and the share covered once they are.
    widening
        What intervals of each series are widened by at each of `HORIZONS`, 1 or more, shape
        (series, horizons).
    """

    coverage: pd.DataFrame
    widening: Floats


def backtest(panel: Panel, *, min_points: int = 12, confidence: float = 0.95) -> Backtest:
    """Forecast every series from earlier periods and hold the intervals against what came.

    Parameters
    ----------
    panel
        Series of one length of period.
    min_points
        Values before the first forecast.
    confidence
        Coverage of the intervals.

    Notes
    -----
    Rolling origins (Tashman 2000), at most `ORIGINS`, each seeing only the values up to it. Where the values
    covered at a horizon, over all series, or those of one series one period ahead, are fewer than chance
    explains (binomial, one side of 1 - confidence), intervals are widened to the nominal share of the errors
    (split conformal: Vovk et al. 2005) and never made narrower. A series whose errors are more than `ASTRAY`
    times those of the median one, as beside a change of level, is widened by its own and not the others by
    them. Changes of level that were accepted are to be taken out before:
    see `cerm_nb.analyses.scorecard.levels.straightened`. Forecasts further ahead than one step overlap
    and count as so many fewer. Of more than `TESTED` series so many stand for all, and none has a widening of
    its own.
    """
    stops = origins(len(panel.periods), min_points)
    chosen, whole = evenly_chosen(len(panel.names), TESTED), np.asarray(panel.values)
    errors, degrees = (
        np.concatenate(part) for part in zip(*_errors(panel, whole[chosen], stops, min_points), strict=True)
    )
    apart = np.minimum(1.0, _spacing(stops) / np.array(HORIZONS))
    nominal = sorted({NOMINAL, confidence})
    ratios = [errors / student_quantile(each, degrees)[..., None] for each in nominal]
    alone = len(chosen) == len(panel.names)
    widening = _widening(ratios[nominal.index(confidence)], apart, confidence, alone=alone)
    rows = [
        {"horizon": horizon, "confidence": level} | _row(ratio[..., each], apart[each], widening[:, each])
        for each, horizon in enumerate(HORIZONS)
        for level, ratio in zip(nominal, ratios, strict=True)
    ]
    widening = widening if alone else np.repeat(widening[:1], len(panel.names), axis=0)
    return Backtest(pd.DataFrame(rows, columns=COVERAGE), widening)


def widening_at(widening: Floats, steps: Integers) -> Floats:
    """Widening (series, horizons) at other numbers of periods ahead, on straight lines, (series, steps)."""
    shares = [np.interp(steps, HORIZONS, alone) for alone in np.eye(len(HORIZONS))]
    return np.asarray(widening @ np.array(shares))


def evenly_chosen(series: int, at_most: int) -> Integers:
    """Series that are forecast from earlier periods."""
    return np.unique(np.linspace(0, max(series - 1, 0), min(series, at_most)).round().astype(np.int64))


def origins(periods: int, min_points: int) -> Integers:
    """Positions forecast from: evenly spaced, the last but one period the last."""
    first, last = min_points - 1, periods - 2
    if last < first:
        return np.empty(0, dtype=np.int64)
    count = min(ORIGINS, last - first + 1)
    return np.unique(np.linspace(first, last, count).round().astype(np.int64))


def actual(y: Floats, at: int) -> Floats:
    """Values at each horizon after a position, NaN beyond the last, shape (series, horizons)."""
    place = at + np.array(HORIZONS)
    found = y[:, np.minimum(place, y.shape[1] - 1)]
    return np.where(place < y.shape[1], found, np.nan)


def usable(y: Floats, at: int, min_points: int) -> Floats:
    """1 where a series has values enough up to a position, and not all the same; NaN elsewhere."""
    past = y[:, : at + 1]
    known = ~np.isnan(past)
    top, low = (np.where(known, past, end).T for end in (-np.inf, np.inf))
    moved = top.max(axis=0) - low.min(axis=0) > 0
    return np.where((known.sum(axis=1) >= min_points) & moved, 1.0, np.nan)


def _spacing(stops: Integers) -> float:
    return float(np.diff(stops).mean()) if len(stops) > 1 else float(HORIZONS[-1])


def _errors(panel: Panel, values: Floats, stops: Integers, min_points: int) -> list[tuple[Floats, Floats]]:
    """Errors in scales of their forecast (series, origins, horizons), and degrees of freedom."""
    columns = fixed_columns(np.arange(len(panel.periods)), panel.season)
    found: list[tuple[Floats, Floats]] = [
        (np.empty((0, len(stops), len(HORIZONS))), np.empty((0, len(stops))))
    ]
    for start in range(0, len(values), TOGETHER):
        y = scaled(values[start : start + TOGETHER])[0]
        errors, degrees = np.full((len(y), len(stops), len(HORIZONS)), np.nan), np.ones((len(y), len(stops)))
        for each, seen in enumerate(filtered(y, columns, stops)):
            rows = value_rows(seen.at, np.array(HORIZONS), panel.season)
            mean, scale, free = predictive(seen, rows, panel.season).summary()
            told = usable(y, seen.at, min_points)[:, None]
            errors[:, each] = told * np.abs(actual(y, seen.at) - mean) / scale
            degrees[:, each] = free[:, 0]
        found.append((errors, degrees))
    return found


def _widening(ratio: Floats, apart: Floats, confidence: float, *, alone: bool) -> Floats:
    """Widening by series and horizon: the horizon's or, where series have one, their own if larger."""
    by_horizon = ratio.transpose(2, 0, 1)
    reached = np.stack([_reached(np.sort(each, axis=1), confidence) for each in by_horizon])
    astray = reached > ASTRAY * _median(reached)
    others = np.where(astray[..., None], np.nan, by_horizon)
    common = _needed(others.reshape(len(HORIZONS), -1), apart, confidence)
    if not alone:
        return np.repeat(common[None], len(ratio), axis=0)
    own = _needed(ratio[..., 0], np.ones(1), confidence)
    return np.maximum(np.maximum(common, own[:, None]), np.where(astray, reached, 1.0).T)


def _needed(ratio: Floats, apart: Floats, confidence: float) -> Floats:
    """Widening of each row of ratios of error to half interval; 1 where chance explains what was missed."""
    order = np.sort(ratio, axis=1)  # NaN last
    worth = np.floor((~np.isnan(order)).sum(axis=1) * apart + 1e-9)
    covered = np.floor((order <= 1).sum(axis=1) * apart + 1e-9)
    chance = bdtr(covered, np.maximum(worth, 1).astype(np.int64), confidence)
    failed = (worth > 0) & (chance < 1 - confidence)
    return np.where(failed, np.fmax(_reached(order, confidence), 1.0), 1.0)


def _reached(order: Floats, confidence: float) -> Floats:
    """Give what so large a share of each row in ascending order is no larger than; NaN where it is empty."""
    if not order.shape[1]:
        return np.full(len(order), np.nan)
    n = (~np.isnan(order)).sum(axis=1)
    place = np.clip(np.ceil(confidence * n - 1e-9).astype(np.int64) - 1, 0, None)
    return np.asarray(np.take_along_axis(order, place[:, None], axis=1)[:, 0])


def _median(rows: Floats) -> Floats:
    """Median of each row's known values, shape (rows, 1); NaN where there is none."""
    known = [row[~np.isnan(row)] for row in rows]
    return np.array([[np.median(one) if one.size else np.nan] for one in known])


def _row(ratio: Floats, apart: float, widening: Floats) -> dict[str, object]:
    known = ~np.isnan(ratio)
    n, covered = int(known.sum()), int((ratio <= 1).sum())
    low, high = wilson_interval(apart * covered, apart * n)
    return {
        "covered": covered / n if n else np.nan,
        "low": low,
        "high": high,
        "n": n,
        "n_apart": int(np.floor(apart * n + 1e-9)),
        "series": int(known.any(axis=1).sum()),
        "widened": float(np.median(widening)) if len(widening) else np.nan,
        "held": int((ratio <= widening[:, None]).sum()) / n if n else np.nan,
    }
