"""Differences of weighted means, down columns: paired where the same answer both, by parts otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr

from cerm_nb.stats.weighting import student_quantile, weighted_means

if TYPE_CHECKING:
    from cerm_nb.stats.arrays import Floats, Integers, Truths

NONE = 1e-9  # up to which an error or a difference is rounding


@dataclass(frozen=True, eq=False)
class Contrast:
    """Differences by column.

    Parameters
    ----------
    difference, error
        First less second, and its standard error; NaN where undetermined.
    spread
        Standard deviation of the paired differences; NaN where they are not paired.
    n, n_eff
        Answers behind the smaller side (pairs, where paired), and equal ones they are worth.
    degrees
        Degrees of freedom.
    """

    difference: Floats
    error: Floats
    spread: Floats
    n: Floats
    n_eff: Floats
    degrees: Floats

    def interval(self, confidence: float) -> tuple[Floats, Floats]:
        """Low and high end by Student's t.

        Where nobody differs from the others, those not asked may: as many as 0 of n_eff leaves open, by one
        point each (Clopper & Pearson 1934).
        """
        half = student_quantile(confidence, self.degrees) * self.error
        open_share = 1 - ((1 - confidence) / 2) ** (1 / np.maximum(self.n_eff, 1.0))
        half = np.where(self._unanimous, open_share, half)
        return self.difference - half, self.difference + half

    def p_values(self) -> Floats:
        """Two-sided p; NaN where there is nothing to test.

        Where nobody differs from the others and there is a difference, that of a sign test, 2 · ½ⁿ.
        """
        tested = (self.error > NONE) & (self.degrees >= 1)
        ratio = np.abs(self.difference) / np.where(tested, self.error, 1.0)
        found = np.where(tested, 2 * stdtr(np.where(tested, self.degrees, 1.0), -ratio), np.nan)
        apart = self._unanimous & (np.abs(self.difference) > NONE)
        return np.where(apart, np.minimum(2 * 0.5**self.n_eff, 1.0), found)

    @property
    def _unanimous(self) -> Truths:
        return np.asarray((self.error <= NONE) & (self.n_eff > 1))

    def better(self, other: Contrast, where: Truths) -> Contrast:
        """Take this contrast where told to, the other elsewhere."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__dataclass_fields__)
        return Contrast(*(np.where(where, mine, theirs) for mine, theirs in pairs))


def paired(first: Floats, second: Floats, weights: Floats) -> Contrast:
    """Mean of the differences of those who answered both.

    Parameters
    ----------
    first, second
        Answers of the same respondents, shape (n, columns), NaN where there is none.
    weights
        Shape (n,).
    """
    found = weighted_means(first - second, weights)
    return Contrast(found.mean, found.error, found.spread, found.n, found.n_eff, found.n_eff - 1)


def unpaired(first: tuple[Floats, Floats, Integers], second: tuple[Floats, Floats, Integers]) -> Contrast:
    """Difference of two means; respondents on both sides are counted for what they share.

    Parameters
    ----------
    first, second
        Answers (n, columns) with NaN where there is none, weights (n,), and respondents as numbers (n,).

    Notes
    -----
    Welch 1947 for degrees of freedom. The variance is that of what each respondent adds to the difference, so
    a part of the sample that is on both sides, such as a panel, lowers it by as much as it should.
    """
    people = int(max(first[2].max(initial=-1), second[2].max(initial=-1))) + 1
    ours, theirs = weighted_means(*first[:2]), weighted_means(*second[:2])
    parts = _influence(first, ours.mean, people) - _influence(second, theirs.mean, people)
    n = np.minimum(ours.n, theirs.n)
    several = np.where(n > 1, n / np.where(n > 1, n - 1, 1.0), np.nan)
    error = np.sqrt((parts**2).sum(axis=0) * several)
    squares = ours.error**2, theirs.error**2
    below = squares[0] ** 2 / np.maximum(ours.n_eff - 1, 1) + squares[1] ** 2 / np.maximum(
        theirs.n_eff - 1, 1
    )
    degrees = (squares[0] + squares[1]) ** 2 / np.where(below > 0, below, np.nan)
    n_eff = np.minimum(ours.n_eff, theirs.n_eff)
    return Contrast(ours.mean - theirs.mean, error, np.full_like(error, np.nan), n, n_eff, degrees)


def _influence(side: tuple[Floats, Floats, Integers], mean: Floats, people: int) -> Floats:
    values, weights, person = side
    given = ~np.isnan(values)
    held = np.where(given, weights[:, None], 0.0)
    total = held.sum(axis=0)
    parts = held * np.where(given, values - mean, 0.0) / np.where(total > 0, total, np.nan)
    found = np.zeros((people, values.shape[1]))
    np.add.at(found, person, np.nan_to_num(parts))
    return found
