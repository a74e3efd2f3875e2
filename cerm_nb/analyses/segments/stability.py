"""Whether segments come back: pairs of bootstrap samples, and segment by segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cerm_nb.analyses.segments.methods import Method
    from cerm_nb.stats import Floats, Integers


@dataclass(frozen=True, eq=False)
class Stability:
    """How alike the segments of resamples are.

    Parameters
    ----------
    ari
        Adjusted Rand index of each pair of resamples, over all units, shape (pairs,).
    jaccard
        Of each segment and resample, the overlap with the segment most like it: units in both over units in
        either, shape (2 · pairs, k).
    together
        Probability that two members of a segment are again in one segment, shape (2 · pairs, k); NaN for a
        segment of one unit.
    """

    ari: Floats
    jaccard: Floats
    together: Floats

    @property
    def median(self) -> float:
        """Median adjusted Rand index."""
        return float(np.median(self.ari))

    @property
    def q10(self) -> float:
        """Adjusted Rand index that nine of ten pairs exceed."""
        return float(np.quantile(self.ari, 0.1))

    @property
    def q90(self) -> float:
        """Adjusted Rand index that one of ten pairs exceeds."""
        return float(np.quantile(self.ari, 0.9))


def resamples(n: int, pairs: int, random: np.random.Generator) -> Integers:
    """Draw bootstrap samples, two to a pair: how often each unit is in each, shape (2 · pairs, n)."""
    return random.multinomial(n, np.full(n, 1 / n), size=2 * pairs)


def stability(
    method: Method,
    labels: Integers,
    k: int,
    counts: Integers,
    random: np.random.Generator,
    reached: float = 0.0,
) -> Stability:
    """Compare the segments of resamples with each other and with those of all units.

    Parameters
    ----------
    method
        How segments are found.
    labels
        Segments of all units, 0 … k − 1, shape (units,).
    k
        Number of segments.
    counts
        From `resamples`: one after the other make a pair.
    random
        Source of the starts.
    reached
        Share of the starts of all units that end in the best optimum: it tells how many starts a resample
        needs. All are random: starting from the segments themselves would make resamples more alike.

    Notes
    -----
    Dolnicar & Leisch 2010 (pairs of bootstrap samples, every unit assigned by both), Hennig 2007 and
    Dolnicar & Leisch 2017 (stability of a single segment), Hubert & Arabie 1985 (adjusted Rand index).
    """
    pair, same = np.empty((len(counts) // 2, k, k)), np.empty((len(counts), k, k))
    before = labels
    for at, found in enumerate(method.resampled(counts, k, random, reached)):
        same[at] = table(labels, found, k)
        if at % 2:
            pair[at // 2] = table(before, found, k)
        before = found
    return Stability(adjusted_rand(pair), _jaccard(same), _together(same))


def table(first: Integers, second: Integers, k: int) -> Integers:
    """Count the units in each segment of either, shape (k, k)."""
    return np.bincount(first * k + second, minlength=k * k).reshape(k, k)


def adjusted_rand(tables: Floats) -> Floats:
    """Take the adjusted Rand index of contingency tables.

    Parameters
    ----------
    tables
        Units in each pair of segments, shape (…, k, l).

    Returns
    -------
    ndarray
        1 where both divide alike, about 0 where they agree by chance; 1 where both leave all units together
        or all apart. Shape (…).
    """
    counts = np.asarray(tables, dtype=float)
    inside = _couples(counts).sum(axis=(-2, -1))
    rows, columns = _couples(counts.sum(-1)).sum(-1), _couples(counts.sum(-2)).sum(-1)
    all_couples = _couples(counts.sum(axis=(-2, -1)))
    chance = rows * columns / np.maximum(all_couples, 1)
    possible = (rows + columns) / 2 - chance
    index = (inside - chance) / np.where(possible > 0, possible, 1)
    return np.asarray(np.where(possible > 0, index, 1.0))


def _couples(counts: Floats) -> Floats:
    return counts * (counts - 1) / 2


def _jaccard(tables: Floats) -> Floats:
    rows, columns = tables.sum(axis=2, keepdims=True), tables.sum(axis=1, keepdims=True)
    return np.asarray((tables / np.maximum(rows + columns - tables, 1)).max(axis=2))


def _together(tables: Floats) -> Floats:
    couples = _couples(tables.sum(axis=2))
    share = _couples(tables).sum(axis=2) / np.where(couples > 0, couples, 1)
    return np.asarray(np.where(couples > 0, share, np.nan))
