"""Where we stand against a competitor, and against the best of them, which is only known by looking."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.simultaneous import Simultaneous
    from cerm_nb.stats import Floats, Truths
    from cerm_nb.stats.equivalence import Equivalence

STANDINGS = ("ahead", "parity", "behind", "undetermined")


def against_best(found: Simultaneous, tested: Equivalence) -> dict[str, Floats]:
    """Our difference to the best competitor, whichever of them is the best.

    Parameters
    ----------
    found
        Differences to each competitor, shape (competitors, items).
    tested
        Their equivalence tests.

    Returns
    -------
    dict
        difference, diff_low, diff_high, p_adjusted and p_parity, each of shape (items,); NaN without
        competitors.

    Notes
    -----
    The difference to the best is the smallest of all. As the intervals hold all together, so does that from
    the smallest low end to the smallest high end, whoever is the best (Hsu 1996). We are ahead of the best
    where we are ahead of everybody, so p is the largest; behind where behind anybody, so p is the smallest.
    Within the margin: above −margin for every competitor (the largest p), below +margin for at least one
    (the smallest p, times their number).
    """
    known = np.isfinite(found.value)
    some = known.any(axis=0)
    ends = {"difference": found.value, "diff_low": found.low, "diff_high": found.high}
    smallest = {name: _smallest(end, known, np.inf) for name, end in ends.items()}
    anybody = _smallest(found.p_adjusted, known & (found.value < 0), 1.0)
    everybody = 1 - _smallest(1 - found.p_adjusted, known, 1.0)
    p = np.where(smallest["difference"] < 0, anybody, everybody)
    above = 1 - _smallest(1 - tested.p_above, known, 1.0)
    below = _smallest(tested.p_below, known & np.isfinite(tested.p_below), 1.0) * known.sum(axis=0)
    told = {**smallest, "p_adjusted": p, "p_parity": np.minimum(np.maximum(above, below), 1.0)}
    return {name: np.where(some, value, np.nan) for name, value in told.items()}


def _smallest(values: Floats, counted: Truths, otherwise: float) -> Floats:
    return np.asarray(np.where(counted, values, otherwise).min(axis=0, initial=otherwise))


def standings(low: Floats, high: Floats, p_parity: Floats, level: float) -> np.ndarray:
    """Name standings from the interval of the difference and the adjusted p of parity.

    Parameters
    ----------
    low, high, p_parity
        Of one shape; NaN where unknown, which leaves the standing empty.
    level
        Level of the test for parity.
    """
    rules = [~np.isfinite(low), p_parity < level, low > 0, high < 0]
    return np.asarray(np.select(rules, ["", "parity", "ahead", "behind"], "undetermined"), dtype=object)
