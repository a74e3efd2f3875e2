"""Equivalence by two one-sided tests: whether a difference is too small to matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr

from cerm_nb.stats.weighting import student_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cerm_nb.stats.arrays import Floats

NONE = 1e-9  # up to which an error is rounding


@dataclass(frozen=True, eq=False)
class Equivalence:
    """Two one-sided tests of each difference against a margin.

    Parameters
    ----------
    p_above
        p of the difference being at or below −margin; small where it surely lies above.
    p_below
        p of the difference being at or above +margin; small where it surely lies below.
    p
        The larger of the two: small where the difference surely lies within the margin. NaN where there is
        nothing to test.
    low, high
        Interval of coverage 1 − 2·level that lies within the margin exactly where p is below the level.
    """

    p_above: Floats
    p_below: Floats
    p: Floats
    low: Floats
    high: Floats


def equivalence(
    difference: ArrayLike,
    error: ArrayLike,
    degrees: ArrayLike,
    margin: float,
    level: float = 0.05,
) -> Equivalence:
    """Test differences for being within a margin either way.

    Parameters
    ----------
    difference, error, degrees
        Estimates, their standard errors and degrees of freedom, of one shape.
    margin
        Largest difference that does not matter, above 0.
    level
        Level of each test, below 0.5; it sets the interval only.

    Raises
    ------
    ValueError
        For a margin of 0 or less.

    Notes
    -----
    Schuirmann 1987. Not finding a difference is no finding of parity: few answers leave p large. Nothing is
    tested where the error is 0 or there is less than one degree of freedom.
    """
    if not margin > 0:
        raise ValueError(f"the margin must be above 0, not {margin:g}")
    apart, spread = np.asarray(difference, dtype=float), np.asarray(error, dtype=float)
    free = np.asarray(degrees, dtype=float)
    tested = np.isfinite(apart) & (spread > NONE) & (free >= 1)
    scale, free = np.where(tested, spread, 1.0), np.where(tested, free, 1.0)
    above = np.where(tested, stdtr(free, -(apart + margin) / scale), np.nan)
    below = np.where(tested, stdtr(free, (apart - margin) / scale), np.nan)
    half = np.where(tested, student_quantile(1 - 2 * level, free) * scale, np.nan)
    return Equivalence(above, below, np.maximum(above, below), apart - half, apart + half)
