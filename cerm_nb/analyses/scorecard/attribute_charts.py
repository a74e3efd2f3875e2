"""Charts of counts, rates and shares: how far a value lies from the mean for what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammainc, gammaincc

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Integers, Truths

COUNT, RATE, SHARE = 1, 2, 3  # what is measured; 0 is a level


@dataclass(frozen=True, eq=False)
class Attribute:
    """Mean and spread of each value if events came by chance alone.

    Parameters
    ----------
    mean, spread
        Shape (series, periods); NaN for gaps.
    usable
        Whether all values of a phase have what they rest on, and are neither none nor all, of the same shape.
    fits
        Whether the values of a phase vary as chance alone would make them, of the same shape.
    """

    mean: Floats
    spread: Floats
    usable: Truths
    fits: Truths


def attribute(
    values: Floats,
    denominators: Floats,
    groups: Integers,
    measure: Integers,
    one_event: Floats,
    *,
    significance: float = 0.05,
) -> Attribute:
    """Tell how counts (Poisson), rates (Poisson) and shares (binomial) vary by chance alone.

    Parameters
    ----------
    values, denominators
        Shape (series, periods), NaN for gaps. Counts have no denominators.
    groups
        Phases, of the same shape.
    measure
        `COUNT`, `RATE` or `SHARE` of each series, shape (series,); 0 where neither.
    one_event
        What one event among one unit counts, shape (series,): 100 for percent.
    significance
        Level of the two-sided test that values vary more, or less, than that.

    Returns
    -------
    Attribute
        NaN and not usable where there is no measure.

    Notes
    -----
    c, u and p charts (Shewhart 1931; Montgomery 2019); the test is Pearson's dispersion against chi-squared.
    """
    counts = (measure == COUNT)[:, None]
    units = np.where(counts, 1.0, denominators)
    event = np.where(counts, 1.0, one_event[:, None])
    charted = ~np.isnan(values) & (measure > 0)[:, None]
    mean, spread = np.full((2, *values.shape), np.nan)
    usable, fits = np.zeros((2, *values.shape), dtype=bool)
    for each in np.unique(groups):
        phase = groups == each
        here = charted & phase
        share, size = (np.where(here, one, 0.0) for one in (values / event, units))
        total = size.sum(axis=1)
        middle = ((share * size).sum(axis=1) / np.where(total > 0, total, np.nan))[:, None]
        variance = middle * np.where((measure == SHARE)[:, None], 1 - middle, 1.0)
        told = ~np.isnan(total)[:, None] & (variance > 0)
        chance = np.sqrt(np.where(told, variance, np.nan) / np.where(here, size, np.nan))
        dispersion = np.where(here & told, ((share - middle) / chance) ** 2, 0.0).sum(axis=1)
        agrees = told & _agrees(dispersion, here.sum(axis=1), significance)[:, None]
        for whole, part in ((mean, middle * event), (spread, chance * event), (usable, told), (fits, agrees)):
            np.copyto(whole, part, where=phase)
    return Attribute(mean, spread, usable, fits)


def _agrees(dispersion: Floats, n: Integers, significance: float) -> Truths:
    """Whether dispersion is neither larger nor smaller than chance makes it."""
    half = np.maximum(n - 1, 1) / 2
    more, less = gammaincc(half, dispersion / 2), gammainc(half, dispersion / 2)
    return np.asarray((n > 1) & (np.minimum(more, less) > significance / 2))
