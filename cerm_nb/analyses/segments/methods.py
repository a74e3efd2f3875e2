"""Three ways of finding segments, with one face: k-means, Gaussian mixture, latent classes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from cerm_nb.analyses.segments import families, kmeans, mixtures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cerm_nb.analyses.segments.inputs import Base
    from cerm_nb.analyses.segments.parameters import Params
    from cerm_nb.stats import Floats, Integers

TRIES, MOST_TRIES = 5, 40  # starts of k-means of each resample
HOPELESS = 0.05  # share of the starts below which there is no one optimum to be found
MISSED = 0.005  # share of the resamples that may miss theirs
HARDER = 4  # how much more seldom a start finds the best optimum of a resample than that of all units
FAR = 2  # starts of a resample's mixture besides the one from k-means
QUICK_STEPS, QUICK_GAIN = 300, 1e-5  # a resample's mixture need not be told to the last digit


@dataclass(frozen=True, eq=False)
class Solution:
    """Segments found by one method, the largest first.

    Parameters
    ----------
    method, k
        How, and how many.
    labels
        Segment of each unit, 0 … k − 1, shape (units,).
    posteriors
        Probability of each segment, shape (units, k); under k-means by the distances, as if each segment were
        a round Gaussian cloud of one common width.
    log_likelihood
        Of weights with mean 1; NaN for k-means, which has none.
    bic
        −2 log-likelihood + parameters · ln n; NaN for k-means.
    entropy
        1 where everybody's segment is certain, 0 where nobody's is.
    best_restart_share
        Share of the starts that end in the best optimum.
    shares
        Weighted share of each segment, shape (k,).
    """

    method: str
    k: int
    labels: Integers
    posteriors: Floats
    log_likelihood: float
    bic: float
    entropy: float
    best_restart_share: float
    shares: Floats


class Method(Protocol):
    """A way of finding segments."""

    name: str
    patterns: int

    def solve(self, k: int, own: Params, random: np.random.Generator) -> Solution:
        """Find k segments of all units."""

    def resampled(
        self, counts: Integers, k: int, random: np.random.Generator, reached: float = 0.0
    ) -> Iterator[Integers]:
        """Find k segments of each resample, and tell the segment of every unit.

        `reached` is the share of the starts that end in the best optimum of all units.
        """

    def extended(self, sample: Solution, rows: Integers) -> Solution:
        """Give all units a segment, from the segments of those in `rows`."""


class KMeans:
    """k-means on `Base.numbers`."""

    name = "kmeans"

    def __init__(self, base: Base) -> None:
        self.points, self.inverse = np.unique(base.numbers, axis=0, return_inverse=True)
        self.patterns = len(self.points)
        self.units = base.weights
        self.weights = masses(self.inverse, base.weights, self.patterns)

    def solve(self, k: int, own: Params, random: np.random.Generator) -> Solution:
        """See `Method`."""
        found = kmeans.k_means(self.points, self.weights, k, starts=own.restarts, random=random)
        return self._told(found)

    def extended(self, sample: Solution, rows: Integers) -> Solution:
        """See `Method`."""
        held = np.zeros((sample.k, self.patterns))
        np.add.at(held, (sample.labels, self.inverse[rows]), self.units[rows])
        centres = held @ self.points / held.sum(axis=1, keepdims=True)
        ends = kmeans.settled(self.points, self.weights, centres)
        return self._told(kmeans.Clusters(*ends, sample.best_restart_share))

    def _told(self, found: kmeans.Clusters) -> Solution:
        distance = np.stack([np.square(self.points - centre).sum(axis=1) for centre in found.centres], axis=1)
        width = max(found.sse, 1e-12) / (self.weights.sum() * self.points.shape[1])
        shares = masses(found.labels, self.weights, len(found.centres)) / self.weights.sum()
        logs = np.log(np.maximum(shares, 1e-300)) - 0.5 * distance / width
        posteriors = np.exp(logs - logs.max(axis=1, keepdims=True))
        posteriors /= posteriors.sum(axis=1, keepdims=True)
        return _solution(self, found.labels, posteriors, (np.nan, np.nan, found.best_restart_share))

    def resampled(
        self, counts: Integers, k: int, random: np.random.Generator, reached: float = 0.0
    ) -> Iterator[Integers]:
        """See `Method`."""
        drawn = weights_of(counts, self.units, self.inverse, self.patterns)
        lines = kmeans.extended(self.points)
        for centres in kmeans.fitted(self.points, drawn, k, random, tries=tries_for(reached)):
            yield kmeans.masks(lines, centres).argmax(axis=0)[self.inverse]


class Mixture:
    """EM on a family of classes; what Gaussian mixture and latent classes have in common."""

    name: str
    family: families.Family

    def __init__(self, base: Base, inverse: Integers, patterns: int) -> None:
        self.inverse, self.patterns, self.units = inverse, patterns, base.weights
        self.weights = masses(inverse, base.weights, patterns)

    def solve(self, k: int, own: Params, random: np.random.Generator) -> Solution:
        """See `Method`."""
        starts = np.broadcast_to(self.weights, (own.latent_starts, self.patterns))
        ends = mixtures.run(self.family, starts, k, random)
        return self._told(*mixtures.best_of(self.family, self.weights, ends))

    def extended(self, sample: Solution, rows: Integers) -> Solution:
        """See `Method`."""
        held = np.zeros((self.patterns, sample.k))
        np.add.at(held, self.inverse[rows], sample.posteriors * self.units[rows, None])
        ends = mixtures.one_step(self.family, held.T, self.weights)
        return self._told(ends, sample.best_restart_share)

    def _told(self, ends: mixtures.Ends, share: float) -> Solution:
        posteriors = ends.posteriors(self.family.features, 0).T
        level = float(ends.log_likelihood[0])
        bic = self.family.free(posteriors.shape[1]) * np.log(self.units.size) - 2 * level
        return _solution(self, posteriors.argmax(axis=1), posteriors, (level, bic, share))

    def resampled(
        self, counts: Integers, k: int, random: np.random.Generator, reached: float = 0.0
    ) -> Iterator[Integers]:
        """See `Method`."""
        drawn = weights_of(counts, self.units, self.inverse, self.patterns)
        run = partial(mixtures.run, self.family, k=k, random=random, steps=QUICK_STEPS, gain=QUICK_GAIN)
        near, far = run(drawn, tries=tries_for(reached)), run(np.repeat(drawn, FAR, axis=0))
        levels = far.log_likelihood.reshape(-1, FAR)
        for at, best in enumerate(levels.argmax(axis=1)):
            farther = levels[at, best] > near.log_likelihood[at]
            ends, start = (far, at * FAR + int(best)) if farther else (near, at)
            yield ends.posteriors(self.family.features, start).argmax(axis=0)[self.inverse]


class GaussianMixture(Mixture):
    """Gaussian mixture on `Base.numbers`, a variance for each column and class."""

    name = "mixture"

    def __init__(self, base: Base) -> None:
        points, inverse = np.unique(base.numbers, axis=0, return_inverse=True)
        super().__init__(base, inverse, len(points))
        self.family = families.Gaussians(points, self.weights)


class LatentClasses(Mixture):
    """Latent classes on `Base.codes`; an empty cell tells nothing, and is not filled."""

    name = "latent_classes"

    def __init__(self, base: Base) -> None:
        codes, inverse = np.unique(base.codes, axis=0, return_inverse=True)
        super().__init__(base, inverse, len(codes))
        self.family = families.Classes(codes)


MAKERS: dict[str, Callable[[Base], Method]] = {
    "kmeans": KMeans,
    "mixture": GaussianMixture,
    "latent_classes": LatentClasses,
}


def tries_for(reached: float) -> int:
    """Tell how many starts of k-means a resample needs.

    Parameters
    ----------
    reached
        Share of the starts that end in the best optimum of all units. Where hardly any does there is no
        optimum to be found, and more starts would not pay.
    """
    if reached < HOPELESS:
        return TRIES
    return int(min(np.ceil(np.log(MISSED) / np.log1p(-reached / HARDER)), MOST_TRIES))


def masses(labels: Integers, weights: Floats, k: int) -> Floats:
    """Sum weights by label, shape (k,)."""
    return np.bincount(labels, weights, k).astype(float)


def weights_of(counts: Integers, units: Floats, inverse: Integers, patterns: int) -> Floats:
    """Weights of the patterns in resamples of units, shape (resamples, patterns).

    Parameters
    ----------
    counts
        How often each unit was drawn, shape (resamples, units).
    units
        Weight of each unit.
    inverse, patterns
        Pattern of each unit, and number of patterns.
    """
    return np.stack([masses(inverse, row * units, patterns) for row in counts])


def _solution(
    method: KMeans | Mixture, labels: Integers, posteriors: Floats, told: tuple[float, float, float]
) -> Solution:
    """Give every unit the segment of its pattern, the segments numbered by size."""
    k = posteriors.shape[1]
    held = masses(labels, method.weights, k)
    # classes of one size keep an order that hangs on what is in them, not on the start
    order = np.lexsort((method.weights @ posteriors, -np.round(held, 9)))
    place = np.empty(k, dtype=np.int64)
    place[order] = np.arange(k)
    level, bic, share = told
    return Solution(
        method=method.name,
        k=k,
        labels=place[labels][method.inverse],
        posteriors=posteriors[method.inverse][:, order],
        log_likelihood=level,
        bic=bic,
        entropy=_certainty(posteriors, method.weights),
        best_restart_share=share,
        shares=held[order] / held.sum(),
    )


def _certainty(posteriors: Floats, weights: Floats) -> float:
    if posteriors.shape[1] < 2:
        return 1.0
    logs = np.log(np.maximum(posteriors, 1e-300))
    unsure = float(weights @ -(posteriors * logs).sum(axis=1))
    return float(1 - unsure / (weights.sum() * np.log(posteriors.shape[1])))
