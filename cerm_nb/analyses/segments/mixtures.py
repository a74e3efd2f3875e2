"""Mixtures by EM from many starts at once, on weighted patterns: diagonal Gaussians and latent classes.

Both are exponential families, so one loop serves them: a pattern's log density in a class is a product of
the pattern's features with a line of the class, and the lines follow from weighted sums of the features.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from cerm_nb.analyses.segments.kmeans import extended, masks, seeds

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Integers

BLOCK = 60_000  # class probabilities held at a time: what a processor's cache holds
TINY = 1e-10
LEAST_VARIANCE = 0.05  # of a column's variance: a class may not shrink to a point, nor to one count
STEPS, GAIN = 2000, 1e-7  # steps of a start at most, and the gain in log-likelihood a unit that ends it
LAST_GAIN = 1e-11  # the same for the best start
SAME = 1e-6  # log-likelihoods nearer to each other, relatively, are one optimum


class Family(Protocol):
    """What tells one mixture from another."""

    features: Floats  # shape (patterns, features)

    def lines(self, sums: Floats, mass: Floats) -> tuple[Floats, Floats]:
        """Give each class's line and offset from its sums of features and its mass."""

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
        self.features = np.column_stack([points, points**2])
        middle = np.average(points, axis=0, weights=weights)
        variance = np.average((points - middle) ** 2, axis=0, weights=weights)
        self.least = np.maximum(LEAST_VARIANCE * variance, _rounding(points)) + TINY

    def lines(self, sums: Floats, mass: Floats) -> tuple[Floats, Floats]:
        """See `Family`."""
        moments = sums / np.maximum(mass, TINY)[..., None]
        mean, square = moments[..., : self.columns], moments[..., self.columns :]
        variance = np.maximum(square - mean**2, self.least)
        offset = -0.5 * (mean**2 / variance + np.log(2 * np.pi * variance)).sum(axis=-1)
        return np.concatenate([mean / variance, -0.5 / variance], axis=-1), offset

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
        self.features = (codes[:, owner] == level).astype(float)

    def lines(self, sums: Floats, mass: Floats) -> tuple[Floats, Floats]:
        """See `Family`."""
        totals = np.add.reduceat(sums, self.first, axis=-1)
        whole = np.repeat(totals + TINY * self.levels, self.levels, axis=-1)
        return np.log((sums + TINY) / whole), np.zeros_like(mass)

    def free(self, k: int) -> int:
        """See `Family`."""
        return int(k * (self.levels - 1).sum()) + k - 1


@dataclass(frozen=True, eq=False)
class Ends:
    """Where starts have ended.

    Parameters
    ----------
    lines, offsets
        Shapes (starts, k, features) and (starts, k); offsets hold the classes' shares.
    log_likelihood
        Shape (starts,).
    """

    lines: Floats
    offsets: Floats
    log_likelihood: Floats

    def posteriors(self, features: Floats, start: int) -> Floats:
        """Probability of each class given a pattern, shape (k, patterns)."""
        return _shared(self.lines[start] @ features.T + self.offsets[start][:, None])[0]


def run(
    family: Family,
    weights: Floats,
    k: int,
    random: np.random.Generator,
    *,
    steps: int = STEPS,
    gain: float = GAIN,
) -> Ends:
    """Run EM once for each row of weights.

    Parameters
    ----------
    family
        The mixture.
    weights
        Weight of each pattern, a start or a sample per row, shape (starts, patterns).
    k
        Number of classes.
    random
        Source of the starts.
    steps, gain
        A start ends after so many steps, or where a step raises the log-likelihood per unit by less.
    """
    step = max(1, BLOCK // (k * weights.shape[1]))
    parts = [
        _climb(family, each, _first_shares(family.features, each, k, random), steps, gain)
        for each in (weights[first : first + step] for first in range(0, len(weights), step))
    ]
    return Ends(*(np.concatenate([getattr(part, name) for part in parts]) for name in Ends.__annotations__))


def one_step(family: Family, held: Floats, weights: Floats) -> Ends:
    """Fit the classes to given members, and tell how well they fit all patterns.

    Parameters
    ----------
    held
        Weight of the members of each class among the patterns, shape (k, patterns).
    weights
        Weight of each pattern, shape (patterns,).
    """
    lines, offsets = _maximised(family, held[None])
    levels = _expected(family.features, lines, offsets)[1]
    return Ends(lines, offsets, levels @ weights)


def best_of(family: Family, weights: Floats, ends: Ends) -> tuple[Ends, float]:
    """Bring the best start to its very end; tell the share of the starts that end as high.

    Parameters
    ----------
    family, weights
        The mixture, and the weight of each pattern.
    ends
        Starts with these weights, from `run`.

    Returns
    -------
    Ends
        One start.
    float
        Share of the starts.
    """
    levels = ends.log_likelihood
    best = int(levels.argmax())
    share = float((levels >= levels[best] - SAME * abs(levels[best])).mean())
    held = ends.posteriors(family.features, best)
    return _climb(family, weights[None], held[None], STEPS, LAST_GAIN), share


def _climb(family: Family, weights: Floats, held: Floats, steps: int, gain: float) -> Ends:
    totals = weights.sum(axis=1)
    ends: list[Floats] = []
    climbing, before = np.arange(len(weights)), np.full(len(weights), -np.inf)
    for _ in range(steps):
        lines, offsets = _maximised(family, held * weights[climbing, None, :])
        held, levels = _expected(family.features, lines, offsets)
        told = (weights[climbing] * levels).sum(axis=1)
        if not ends:
            ends = [lines, offsets, told]
        else:
            for whole, part in zip(ends, (lines, offsets, told), strict=True):
                whole[climbing] = part
        goes = told - before[climbing] > gain * totals[climbing]
        before[climbing] = told
        if not goes.any():
            break
        climbing, held = climbing[goes], held if goes.all() else held[goes]
    return Ends(*ends)


def _first_shares(features: Floats, weights: Floats, k: int, random: np.random.Generator) -> Floats:
    """Begin at k patterns far apart, drawn anew for each start: a pattern belongs mostly to the nearest."""
    spread = features.std(axis=0)
    lines = extended(features / np.where(spread > 0, spread, 1.0))
    chosen = seeds(lines, weights.astype(np.float32), k, random)
    nearest = np.stack([masks(lines, each) for each in chosen])
    loose = random.dirichlet(np.ones(k), size=(len(weights), features.shape[0])).transpose(0, 2, 1)
    return np.asarray(0.5 * nearest / nearest.sum(axis=1, keepdims=True) + 0.5 * loose)


def _maximised(family: Family, weighed: Floats) -> tuple[Floats, Floats]:
    mass = weighed.sum(axis=2)
    sums = (weighed.reshape(-1, weighed.shape[2]) @ family.features).reshape(*mass.shape, -1)
    lines, offsets = family.lines(sums, mass)
    return lines, offsets + np.log(np.maximum(mass / mass.sum(axis=1, keepdims=True), TINY**3))


def _expected(features: Floats, lines: Floats, offsets: Floats) -> tuple[Floats, Floats]:
    logs = (lines.reshape(-1, lines.shape[2]) @ features.T).reshape(*offsets.shape, -1)
    return _shared(logs + offsets[..., None])


def _shared(logs: Floats) -> tuple[Floats, Floats]:
    """Turn log densities, classes on the last axis but one, into posteriors and log densities of all."""
    top = logs.max(axis=-2, keepdims=True)
    grown = np.exp(logs - top)
    total = grown.sum(axis=-2, keepdims=True)
    return grown / total, (np.log(total) + top).squeeze(-2)
