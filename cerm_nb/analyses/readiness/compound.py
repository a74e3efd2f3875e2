"""Interval of a sum whose number of terms is itself left to chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtri

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cerm_nb.stats import Floats


def compound_interval(values: ArrayLike, confidence: float, unseen: float = np.nan) -> tuple[float, float]:
    """Interval of the expected sum over customers, of whom more or fewer could have been won.

    Parameters
    ----------
    values
        What each customer brought, shape (n,); may be negative, and empty.
    confidence
        Coverage, above 0 and below 1.
    unseen
        What one more customer may bring, where that is more than the largest value; needed where none has
        brought anything yet.

    Returns
    -------
    tuple of float
        Low and high end. The high end is NaN where no value is above 0 and `unseen` is not known.

    Notes
    -----
    Assumptions: customers come by a Poisson process, and what one brings does not hang on the others. The sum
    is then a weighted sum of Poisson counts, and the gamma interval of Fay & Feuer 1997 applies, with
    the largest value as the weight of the one more customer that its high end allows for. Equal
    values of 1 give the exact Poisson interval (Garwood 1936). Customers who brought and customers who cost
    are independent parts of the process, so their intervals combine by the recovered variances
    (MOVER, Zou & Donner 2008).

    A percentile bootstrap with Poisson weights covers less: with skewed spend (log-normal, σ 1) and 10
    customers expected 85 % at a nominal 95 %, where this one covers 92 %; with 20, 89 % and 95 %; with 50,
    91 % and 96 %.
    """
    money = np.asarray(values, dtype=float)
    gains, losses = money[money > 0], -money[money < 0]
    low, high = _gamma_interval(gains, confidence, unseen)
    if not losses.size:
        return low, high
    lost, (lost_low, lost_high) = losses.sum(), _gamma_interval(losses, confidence, np.nan)
    gained = gains.sum()
    middle = gained - lost
    below = np.hypot(gained - low, lost_high - lost)
    above = np.hypot(high - gained, lost - lost_low)
    return float(middle - below), float(middle + above)


def _gamma_interval(positive: Floats, confidence: float, unseen: float) -> tuple[float, float]:
    tail = (1 - confidence) / 2
    if not positive.size:
        return 0.0, float(unseen / 2 * chdtri(2, tail))
    largest = float(np.fmax(positive.max(), unseen))
    scaled = positive / largest  # keeps the squares within what a float holds
    total, variance = scaled.sum(), np.square(scaled).sum()
    low = variance / (2 * total) * chdtri(2 * total**2 / variance, 1 - tail)
    more, wider = total + 1, variance + 1
    high = wider / (2 * more) * chdtri(2 * more**2 / wider, tail)
    return float(low * largest), float(high * largest)
