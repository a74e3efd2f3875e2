"""The level each indicator has now, season and passing deviations taken out."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cerm_nb.analyses.scorecard.memory_filter import TOGETHER, filtered
from cerm_nb.analyses.scorecard.predictive import fixed_columns, level_rows, predictive, scaled
from cerm_nb.stats import student_quantile

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.panels import Panel
    from cerm_nb.analyses.scorecard.predictive import Predictive
    from cerm_nb.stats import Floats, Integers, Truths

LEAST = 3  # values a level with an interval takes


class Levels(NamedTuple):
    """Level of each series now, each of shape (series,).

    Parameters
    ----------
    mean, error, degrees
        Estimate, scale of its Student's t, and degrees of freedom; error NaN below `LEAST` values or where
        all of a phase are the same, and mean NaN without any.
    n, used
        Values known, and those of the latest phase.
    """

    mean: Floats
    error: Floats
    degrees: Floats
    n: Integers
    used: Integers

    def half(self, confidence: float) -> Floats:
        """Give half the width of the interval."""
        return np.asarray(student_quantile(confidence, self.degrees) * self.error)


def levels(panel: Panel, phase: Integers) -> Levels:
    """Estimate the level each series has in the last period.

    Parameters
    ----------
    panel
        Series of one frequency.
    phase
        Number of the phase each value belongs to, shape (series, periods).

    Notes
    -----
    A local level under the memories of `cerm_nb.analyses.scorecard.memory_filter`, averaged: the mean of the
    latest phase where the series stays where it is, its last values where it moves. The interval so holds the
    memory of the series and whether it moves at all. See `aligned` for phases.
    """
    columns = fixed_columns(np.arange(len(panel.periods)), panel.season)
    stop, parts = (
        np.array([len(panel.periods) - 1]),
        [_of_none(0 if len(panel.periods) else len(panel.names))],
    )
    for start in range(0, len(panel.names) if len(panel.periods) else 0, TOGETHER):
        values = np.asarray(panel.values)[start : start + TOGETHER]
        straight, share = aligned(values, phase[start : start + TOGETHER])
        y, middle, spread = scaled(straight)
        model = predictive(next(filtered(y, columns, stop)), level_rows(stop[0], panel.season), panel.season)
        mean, scale, degrees = shared_out(model, share).summary()
        n = (~np.isnan(values)).sum(axis=1)
        told = np.where((n >= LEAST) & (spread[:, 0] > 0), 1.0, np.nan)
        at = np.where(n > 0, (mean * spread + middle)[:, 0], np.nan)
        used = np.rint(n / share).astype(np.int64)
        parts.append(Levels(at, (scale * spread)[:, 0] * told, degrees[:, 0] * told, n, used))
    return Levels(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def aligned(values: Floats, phase: Integers) -> tuple[Floats, Floats]:
    """Shift earlier phases to the mean of the latest.

    They tell how a series varies and remembers, not where it is now: what is not known of its state and
    coefficients has a variance as many times larger as there are more values than those of the latest phase.

    Parameters
    ----------
    values, phase
        Shape (series, periods); NaN for gaps.

    Returns
    -------
    tuple of ndarray
        Values, of the same shape, and how many times larger, 1 or more, shape (series,).
    """
    known = ~np.isnan(values)
    last = np.where(known, phase, -1).max(axis=1, initial=-1)[:, None]
    mean, count = _means(values, known & (phase == last))
    straight = values.copy()
    for each in np.unique(phase):
        here = known & (phase == each) & (last != each)
        straight = np.where(here, values - _means(values, here)[0] + mean, straight)
    return straight, np.maximum(known.sum(axis=1) / np.maximum(count, 1), 1.0)


def straightened(panel: Panel, phase: Integers) -> Panel:
    """Give the panel with its values as `aligned`: a change of level that was accepted is no error."""
    return dataclasses.replace(panel, values=aligned(np.asarray(panel.values), phase)[0])


def shared_out(model: Predictive, share: Floats) -> Predictive:
    """Enlarge the variance of what is not known by the share `aligned` tells."""
    return model._replace(doubt=model.doubt * share[:, None, None])


def _of_none(series: int) -> Levels:
    none, zero = np.full(series, np.nan), np.zeros(series, dtype=np.int64)
    return Levels(none, none, none, zero, zero)


def _means(values: Floats, here: Truths) -> tuple[Floats, Integers]:
    count = here.sum(axis=1)
    total = np.where(here, values, 0.0).sum(axis=1)
    return (total / np.maximum(count, 1))[:, None], count
