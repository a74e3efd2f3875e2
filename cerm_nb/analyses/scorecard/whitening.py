"""What a series' own past, trend, season and changes of level do not tell: its surprises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.scorecard.least_squares import SAME, Fit
from cerm_nb.analyses.scorecard.level_changes import EDGE, best_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.stats import Floats, Integers, Truths

ORDERS = 2  # values before that a series may depend on, at most
PER_ORDER = 12  # values needed for each of them
STEPS = 3  # changes of level that are looked for, at most
STEP_COST = 3.0  # log n's that a change of level must win: itself and its place (Zhang & Siegmund 2007)
CLEAR = 6.0  # criterion by which a season must win: six and more is strong evidence (Kass & Raftery 1995)
CLIP = 3.0  # robust standard deviations beyond which one value's surprise is cut off
MAD = 1.4826  # standard deviations of normal values in a median absolute deviation
CHUNK = 250_000  # values worked on at a time, so that memory stays small


@dataclass(frozen=True, eq=False)
class Surprises:
    """What each value adds to what could be known before it.

    Parameters
    ----------
    values
        In the unit of the series, shape (series, periods); NaN at gaps, behind gaps and changes of level (as
        many as the order), and where a series is too short or constant.
    fixed
        Columns of level, trend and season that were taken out, shape (series,).
    order
        Values before that a series depends on, shape (series,).
    steps
        First periods of new levels, or up to the order before them, shape (series, `STEPS`); -1 where there
        are fewer.
    """

    values: Floats
    fixed: Integers
    order: Integers
    steps: Integers


@dataclass(frozen=True, eq=False)
class _Choice:
    """What stands in the model of each series."""

    pairs: Integers
    order: Integers
    steps: Integers


def surprises(values: Floats, season: int) -> Surprises:
    """Take out of each series what is known beforehand.

    Parameters
    ----------
    values
        Shape (series, periods), NaN for gaps.
    season
        Periods of a season, 0 for none.

    Notes
    -----
    An autoregression of order 0 to 2 with level and slope, as many pairs of sine and cosine as clearly pay,
    and up to three changes of level, all chosen by the corrected Akaike criterion (Hurvich & Tsai 1989); a
    change of level must win 3 log n (Zhang & Siegmund 2007). So what an intervention did to a series, and a
    trend or season two series share, neither makes nor hides a relation between them; differencing would
    leave a peak at each change and a correlation of -.5 with the value before. Surprises beyond three robust
    standard deviations are cut off, so that one odd month makes no relation.
    """
    parts = [_surprises(part, season) for part in _chunks(values)]
    return Surprises(
        *(
            np.concatenate([getattr(one, name) for one in parts])
            for name in ("values", "fixed", "order", "steps")
        )
    )


def seasonal(values: Floats, season: int) -> Truths:
    """Tell which series have a season, by the same criterion, shape (series,).

    Parameters
    ----------
    values, season
        As in `surprises`.
    """
    parts = []
    for part in _chunks(values):
        y = _scaled(part)
        parts.append(_with_season(y, season, _Choice(*_nothing(len(y)))).pairs > 0)
    return np.concatenate(parts)


def _chunks(values: Floats) -> Iterator[Floats]:
    size = max(1, CHUNK // max(values.shape[1], 1))
    for start in range(0, max(len(values), 1), size):
        yield values[start : start + size]


def _surprises(values: Floats, season: int) -> Surprises:
    y = _scaled(values)
    choice = _Choice(*_nothing(len(y)))
    choice = _with_season(y, season, choice)
    choice = _with_order_and_steps(y, season, choice)
    fit = _fitted(y, season, choice, _rows(y, choice.order))
    enough = (fit.n - fit.rank >= EDGE) & (np.nanmax(np.abs(y), axis=1, initial=0.0, where=~np.isnan(y)) > 0)
    told = np.where(fit.rows & ~_crossing(y.shape[1], choice) & enough[:, None], fit.left, np.nan)
    fixed = np.minimum(2 + 2 * choice.pairs, max(season + 1, 2))
    return Surprises(_clipped(told) * _spread(values)[:, None], fixed, choice.order, choice.steps)


def _nothing(series: int) -> tuple[Integers, Integers, Integers]:
    zero = np.zeros(series, dtype=np.int64)
    return zero, zero.copy(), np.full((series, STEPS), -1, dtype=np.int64)


def _middle(values: Floats) -> Floats:
    known = ~np.isnan(values)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))


def _spread(values: Floats) -> Floats:
    away = np.abs(values - _middle(values)[:, None])
    size = np.nanmax(np.abs(values), axis=1, initial=0.0, where=~np.isnan(values))
    spread = np.sqrt(_middle(away**2))
    return np.asarray(np.where(spread > SAME * size, spread, 0.0))


def _scaled(values: Floats) -> Floats:
    """Subtract the mean and divide by the standard deviation; all 0 where a series never moves."""
    spread = _spread(values)
    away = values - _middle(values)[:, None]
    return np.where(spread[:, None] > 0, away / np.where(spread > 0, spread, 1.0)[:, None], away * 0.0)


def _lagged(y: Floats, lag: int) -> Floats:
    found = np.full_like(y, np.nan)
    found[:, lag:] = y[:, : y.shape[1] - lag]
    return found


def _rows(y: Floats, order: Integers) -> Truths:
    """Values whose needed values before are known too."""
    known = ~np.isnan(y)
    for lag in range(1, ORDERS + 1):
        known = known & ((order < lag)[:, None] | ~np.isnan(_lagged(y, lag)))
    return known


def _most_orders(y: Floats) -> Integers:
    return np.asarray(np.clip((~np.isnan(y)).sum(axis=1) // PER_ORDER, 1, ORDERS))


def _waves(periods: int, season: int) -> list[tuple[Floats, ...]]:
    """Sine and cosine of each harmonic; the last of an even season has a cosine only."""
    at = np.arange(periods, dtype=float)
    angles = [2 * np.pi * each * at / season for each in range(1, season // 2 + 1)]
    return [
        (np.cos(angle),) if 2 * each == season else (np.cos(angle), np.sin(angle))
        for each, angle in enumerate(angles, 1)
    ]


def _started(y: Floats, rows: Truths, order: Integers) -> Fit:
    """Level, slope and the values before."""
    fit = Fit(y, rows)
    fit.add(np.ones(y.shape[1]))
    fit.add(np.arange(y.shape[1], dtype=float))
    for lag in range(1, ORDERS + 1):
        fit.add(np.where((order >= lag)[:, None], np.nan_to_num(_lagged(y, lag)), 0.0))
    return fit


def _with_season(y: Floats, season: int, choice: _Choice) -> _Choice:
    """Choose the harmonics: the first ones up to where the criterion is smallest, where that is clear."""
    long_enough = (~np.isnan(y)).sum(axis=1) >= 2 * season
    if season < 2 or not long_enough.any():
        return choice
    most = _most_orders(y)
    fit = _started(y, _rows(y, most), most)
    best, pairs = fit.criterion - CLEAR, choice.pairs
    for each, waves in enumerate(_waves(y.shape[1], season), 1):
        for wave in waves:
            fit.add(wave)
        better = (fit.criterion < best) & long_enough
        best, pairs = np.where(better, fit.criterion, best), np.where(better, each, pairs)
    return _Choice(pairs, choice.order, choice.steps)


def _fitted(y: Floats, season: int, choice: _Choice, rows: Truths) -> Fit:
    fit = _started(y, rows, choice.order)
    for each, waves in enumerate(_waves(y.shape[1], season)[: int(choice.pairs.max(initial=0))], 1):
        for wave in waves:
            fit.add(np.where((choice.pairs >= each)[:, None], wave, 0.0))
    for step in choice.steps.T:
        _add_step(fit, step, choice.order)
    return fit


def _add_step(fit: Fit, step: Integers, order: Integers) -> None:
    """Add a change of level, and one column for each row that belongs to both levels."""
    since = np.where((step >= 0)[:, None], np.arange(fit.rows.shape[1]) - step[:, None], -1)
    fit.add((since >= 0).astype(float))
    for lag in range(ORDERS):
        fit.add(((since == lag) & (order > lag)[:, None]).astype(float))


def _crossing(periods: int, choice: _Choice) -> Truths:
    """Rows whose values before belong to another level."""
    since = np.arange(periods) - choice.steps[..., None]
    inside = (choice.steps[..., None] >= 0) & (since >= 0) & (since < choice.order[:, None, None])
    return np.asarray(inside.any(axis=1))


def _with_order_and_steps(y: Floats, season: int, choice: _Choice) -> _Choice:
    most = _most_orders(y)
    rows = _rows(y, most)  # the same for every order, so that criteria can be compared
    best = np.full(len(y), np.inf)
    order, steps = choice.order, choice.steps
    for each in range(ORDERS + 1):
        tried = _Choice(choice.pairs, np.minimum(each, most), np.full_like(choice.steps, -1))
        criterion, found = _with_steps(y, season, tried, rows)
        better = (criterion < best) & (each <= most)
        best, order = np.where(better, criterion, best), np.where(better, each, order)
        steps = np.where(better[:, None], found, steps)
    return _Choice(choice.pairs, order, steps)


def _with_steps(y: Floats, season: int, choice: _Choice, rows: Truths) -> tuple[Floats, Integers]:
    """Add changes of level one by one while they pay; the criterion and their first periods."""
    steps = choice.steps.copy()
    fit = _fitted(y, season, choice, rows)
    best = fit.criterion
    going = fit.n >= 2 * EDGE
    for each in range(STEPS):
        if not going.any():
            break
        at, gain = best_step(fit, choice.order, steps)
        cost = (STEP_COST + choice.order) * np.log(np.maximum(fit.n, 2))
        going &= gain > cost
        steps[:, each] = np.where(going, at, -1)
        best = np.where(going, best - gain + cost, best)
        _add_step(fit, steps[:, each], choice.order)
    return best, steps


def _clipped(values: Floats) -> Floats:
    """Cut surprises off beyond a few robust standard deviations."""
    if not values.size:
        return values
    size = np.where(np.isnan(values), np.inf, np.abs(values))
    known = np.isfinite(size).sum(axis=1)
    ranked = np.sort(size, axis=1)
    middle = np.take_along_axis(ranked, np.maximum(known - 1, 0)[:, None] // 2, axis=1)
    limit = np.where((known[:, None] > 0) & (middle > 0), CLIP * MAD * middle, np.inf)
    return np.asarray(np.clip(values, -limit, limit))
