"""The best step and the best line through series of one length, where values remember the ones before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cerm_nb.stats import lag_one

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Integers

SIDE = 6  # values on either side of a change at the least
MOST = 0.95  # memory beyond which a series wanders rather than remembers
TWO_STEPS = 36  # values from which a second step may hide the first: both are taken out


class Split(NamedTuple):
    """The best step of each series.

    Parameters
    ----------
    strength
        Largest F over all places.
    memory
        Correlation with the value before, beside the step.
    at
        Column of the first value of the new level.
    error
        Standard error of the difference, given its place.
    """

    strength: Floats
    memory: Floats
    at: Integers
    error: Floats


class Slope(NamedTuple):
    """The straight line through each series.

    Parameters
    ----------
    strength
        F of its slope.
    memory
        Correlation with the value before, beside the line.
    """

    strength: Floats
    memory: Floats


def line_through(x: Floats) -> Floats:
    """Give the straight line of least squares through each series.

    Parameters
    ----------
    x
        Shape (series, periods), no gaps.
    """
    time = np.arange(x.shape[1]) - (x.shape[1] - 1) / 2
    slope = x @ time / (time @ time)
    return np.asarray(x.mean(axis=1)[:, None] + slope[:, None] * time)


def best_split(x: Floats) -> Split:
    """Find the step in the mean that tells each series best, with autoregressive errors.

    Parameters
    ----------
    x
        Shape (series, periods), no gaps.

    Notes
    -----
    Generalised least squares in closed form: after removing what is remembered, a series has a level (1 less
    its memory at every period) and a step (1 where it happens, 1 less the memory after).
    """
    n = x.shape[1]
    places = np.arange(SIDE, n - SIDE + 1)
    memory = _memory_beside_steps(x)
    left = 1 - memory
    y = _news(x, memory)
    later = y[:, ::-1].cumsum(axis=1)[:, ::-1]
    step_y = y[:, places] + left[:, None] * (later[:, places] - y[:, places])
    step_step = 1 + left[:, None] ** 2 * (n - 1 - places)
    level_step = left[:, None] + left[:, None] ** 2 * (n - 1 - places)
    level_level = 1 - memory**2 + (n - 1) * left**2
    level_y = np.sqrt(1 - memory**2) * y[:, 0] + left * later[:, 1]
    information = step_step - level_step**2 / level_level[:, None]
    gain = (step_y - level_step * (level_y / level_level)[:, None]) ** 2 / information
    rest = ((y**2).sum(axis=1) - level_y**2 / level_level)[:, None] - gain
    variance = np.maximum(rest, 1e-12 * gain) / (n - 3)
    ratio = gain / np.where(variance > 0, variance, 1.0)
    best, row = ratio.argmax(axis=1), np.arange(len(x))
    error = np.sqrt(variance[row, best] / information[row, best])
    return Split(ratio[row, best], memory, places[best], error)


def slope(x: Floats) -> Slope:
    """Tell how strong the slope of each series is, with autoregressive errors.

    Parameters
    ----------
    x
        Shape (series, periods), no gaps.
    """
    n = x.shape[1]
    memory = corrected(lag_one(x - line_through(x)), n, means=2)
    time = np.broadcast_to(np.arange(n) - (n - 1) / 2, x.shape)
    y, level, slope = (_news(one, memory) for one in (x, np.ones(x.shape), time))
    level /= np.sqrt((level**2).sum(axis=1))[:, None]
    y, slope = (one - (one * level).sum(axis=1)[:, None] * level for one in (y, slope))
    gain = (y * slope).sum(axis=1) ** 2 / (slope**2).sum(axis=1)
    rest = np.maximum((y**2).sum(axis=1) - gain, 1e-12 * gain)
    return Slope((n - 2) * gain / np.where(rest > 0, rest, 1.0), memory)


def _news(x: Floats, memory: Floats) -> Floats:
    """Values less what is remembered of the one before, all of equal spread."""
    found = x.astype(float)
    found[:, 1:] -= memory[:, None] * x[:, :-1]
    found[:, 0] *= np.sqrt(1 - memory**2)
    return found


def _memory_beside_steps(x: Floats) -> Floats:
    """Correlation with the value before, beside the steps that leave least: one, or two in longer series."""
    n = x.shape[1]
    away = less_step(x)
    if n < TWO_STEPS:
        return corrected(lag_one(away), n, means=2)
    return corrected(lag_one(less_step(away)), n, means=3)


def less_step(x: Floats) -> Floats:
    """Take from each series the step that leaves least.

    Parameters
    ----------
    x
        Shape (series, periods), no gaps.
    """
    n = x.shape[1]
    places = np.arange(SIDE, n - SIDE + 1)
    total = x.cumsum(axis=1)
    left, right = total[:, places - 1] / places, (total[:, -1:] - total[:, places - 1]) / (n - places)
    best = (places * (n - places) * (right - left) ** 2).argmax(axis=1)
    row = np.arange(len(x))
    after = np.arange(n) >= places[best][:, None]
    return np.asarray(x - np.where(after, right[row, best][:, None], left[row, best][:, None]))


def corrected(memory: Floats, n: Integers | int, *, means: int = 1) -> Floats:
    """Correct a correlation with the value before for the means that were estimated beside it.

    Parameters
    ----------
    memory
        From `cerm_nb.stats.lag_one`, shape (series,); NaN counts as 0.
    n
        Values, number or shape (series,).
    means
        Means estimated: 1, or 2 beside a step or a line.

    Notes
    -----
    The estimate is (1 + 4 · correlation) / n too small for each mean (Marriott and Pope 1954); 0 to .95.
    """
    size = np.maximum(np.asarray(n, dtype=float), 4 * means + 1)
    return np.asarray(np.clip((size * np.nan_to_num(memory) + means) / (size - 4 * means), 0.0, MOST))
