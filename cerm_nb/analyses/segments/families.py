"""What tells one mixture from another: diagonal Gaussians and latent classes.

Both are exponential families, so one loop serves them: a pattern's log density in a class is a product of
the pattern's features with a line of the class, and the lines follow from weighted sums of the features. The
last feature is 1: its sum is the mass of the class, its place in the line holds what does not hang on the
pattern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Integers

TINY = 1e-10
LEAST_VARIANCE = 0.05  # of a column's variance: a class may not shrink to a point, nor to one count


class Family(Protocol):
    """What tells one mixture from another."""

    features: Floats  # shape (patterns, features), the last of them 1; `run` works in their precision
    places: Floats  # where k-means sees the patterns, shape (patterns, …)

    def lines(self, sums: Floats) -> Floats:
        """Give each class's line from its sums of features, shape (…, features); shares do not count."""

    def free(self, k: int) -> int:
        """Count free parameters."""


class Gaussians:
    """Gaussian classes with a variance of their own for each column.

    Parameters
    ----------
    points
        Shape (patterns, columns).
    weights
        Shape (patterns,).
    """

    def __init__(self, points: Floats, weights: Floats) -> None:
        self.columns = points.shape[1]
        self.features = np.column_stack([points, points**2, np.ones(len(points))])
        self.places = points
        middle = np.average(points, axis=0, weights=weights)
        variance = np.average((points - middle) ** 2, axis=0, weights=weights)
        self.least = np.maximum(LEAST_VARIANCE * variance, _rounding(points)) + TINY

    def lines(self, sums: Floats) -> Floats:
        """See `Family`."""
        moments = sums[..., :-1] / np.maximum(sums[..., -1:], TINY)
        mean, square = moments[..., : self.columns], moments[..., self.columns :]
        variance = np.maximum(square - mean**2, self.least)
        offset = -0.5 * (mean**2 / variance + np.log(2 * np.pi * variance)).sum(axis=-1, keepdims=True)
        return np.concatenate([mean / variance, -0.5 / variance, offset], axis=-1)

    def free(self, k: int) -> int:
        """See `Family`."""
        return 2 * k * self.columns + k - 1


def _rounding(points: Floats) -> Floats:
    """Variance within one step of each column's values (Sheppard 1898): 0 where all are equal."""
    gaps = [np.diff(np.unique(column)) for column in points.T]
    return np.array([np.median(each) ** 2 / 12 if each.size else 0.0 for each in gaps])


class Classes:
    """Latent classes: columns independent within a class (Lazarsfeld & Henry 1968).

    Parameters
    ----------
    codes
        Levels 0, 1, …; −1 where empty, which then tells nothing; shape (patterns, columns).
    """

    def __init__(self, codes: Integers) -> None:
        self.levels = codes.max(axis=0) + 1
        self.first = np.concatenate([[0], self.levels.cumsum()[:-1]]).astype(np.int64)
        owner = np.repeat(np.arange(codes.shape[1]), self.levels)
        level = np.arange(owner.size) - self.first[owner]
        self.places = (codes[:, owner] == level).astype(np.float32)
        self.features = np.column_stack([self.places, np.ones(len(codes), dtype=np.float32)])

    def lines(self, sums: Floats) -> Floats:
        """See `Family`."""
        told = np.maximum(sums[..., :-1], 0) + TINY  # a leap may go below 0
        whole = np.repeat(np.add.reduceat(told, self.first, axis=-1), self.levels, axis=-1)
        return np.concatenate([np.log(told / whole), np.zeros_like(sums[..., -1:])], axis=-1)

    def free(self, k: int) -> int:
        """See `Family`."""
        return int(k * (self.levels - 1).sum()) + k - 1
