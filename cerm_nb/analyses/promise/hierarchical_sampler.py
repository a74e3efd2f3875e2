"""Gibbs sampling with Metropolis steps, all respondents of all chains at once (Train 2009, chapter 12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cerm_nb.analyses.promise.hierarchical_panel import Likelihood
from cerm_nb.analyses.promise.hierarchical_steps import Steps

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.hierarchical_panel import Panel
    from cerm_nb.analyses.promise.logit import Fit
    from cerm_nb.stats import Floats

FREEDOM, WIDTH = 2.0, 1.0
"""Degrees of freedom and scale, in logits, of the half-t priors of standard deviations."""
WIDE = 100.0
"""Prior variance of the population's mean, in squared logits."""
FARTHEST = 20.0
"""A stretch beyond this, on the log scale, is none: such a proposal is never taken."""
RESHAPED = 50
"""Sweeps between two looks, during burn-in, at the shape of the steps."""


class Draws(NamedTuple):
    """Means (chains, draws, columns) and respondents (kept, respondents, columns; float32)."""

    population: Floats
    individuals: np.ndarray


class Sampler:
    """State of all chains.

    Parameters
    ----------
    data
        From `panel`.
    pooled
        The pooled fit, around which chains start.
    chains
        Number of chains.
    random
        Source of randomness.
    """

    def __init__(self, data: Panel, pooled: Fit, chains: int, random: np.random.Generator) -> None:
        people, columns = data.information.shape[:2]
        self.data, self.random = data, random
        spread = random.normal(size=(chains, columns)) @ np.linalg.cholesky(pooled.robust).T
        self.mean = pooled.coefficients + 3 * spread  # wide apart, so that agreement means something
        self.worths = self.mean[:, None] + 0.5 * random.normal(size=(chains, people, columns))
        self.precision = np.broadcast_to(4 * np.eye(columns), (chains, columns, columns)).copy()
        self.scales = np.ones((chains, columns))
        self.freedom = FREEDOM + columns - 1
        self.now = data.likelihood(self.worths)
        self.information = data.information.mean(axis=0)
        self.one = Steps(self._tightness(), (chains, people))
        self.all = Steps(self._curvature(), (chains,))

    def sweep(self, adapt: float) -> None:
        """Draw everything once; during burn-in lengths of steps change by at most `adapt`, on log scale."""
        self._individuals(adapt)
        self._affine(adapt)
        self._mean()
        self._spread()

    def reshape(self) -> None:
        """Shape the common steps by where respondents are now, and have been."""
        self.all.shape((self.all.precision + self._curvature()) / 2)

    def _individuals(self, adapt: float) -> None:
        self.one.shape(self._tightness())
        noise = self.random.normal(size=self.worths.shape)
        value, pull = self._density(self.worths, self.now)
        tried = self.one.tried(self.worths, pull, noise)
        there = self.data.likelihood(tried)
        value_there, pull_there = self._density(tried, there)
        gain = value_there - value + self.one.balance(self.worths, tried, pull_there, noise)
        taken = np.log(self.random.random(gain.shape)) < gain
        self.worths = np.where(taken[..., None], tried, self.worths)
        self.now = Likelihood(
            np.where(taken, there.value, self.now.value),
            np.where(taken[..., None], there.gradient, self.now.gradient),
        )
        if adapt:
            self.one.adapt(taken, adapt)

    def _density(self, worths: Floats, told: Likelihood) -> tuple[Floats, Floats]:
        away = worths - self.mean[:, None]
        pulled = away @ self.precision
        return told.value - (pulled * away).sum(axis=-1) / 2, told.gradient - pulled

    def _affine(self, adapt: float) -> None:
        """Move the mean and stretch all respondents about it together, which alone they do but slowly.

        Coordinates are the mean and the logarithms of the standard deviations, respondents' places within the
        distribution held (Yu & Meng 2011, Liu & Sabatti 2000).
        """
        columns = self.mean.shape[1]
        away = self.worths - self.mean[:, None]
        start = np.concatenate([self.mean, np.zeros_like(self.mean)], axis=1)
        noise = self.random.normal(size=start.shape)
        value, pull = self._together(start, away, self.now)
        tried = self.all.tried(start, pull, noise)
        mean, stretch = tried[:, :columns], np.exp(np.clip(tried[:, columns:], -FARTHEST, FARTHEST))
        worths = mean[:, None] + away * stretch[:, None]
        there = self.data.likelihood(worths)
        value_there, pull_there = self._together(tried, away * stretch[:, None], there)
        gain = value_there - value + self.all.balance(start, tried, pull_there, noise)
        taken = np.log(self.random.random(len(gain))) < gain
        self.mean[taken], self.worths[taken] = mean[taken], worths[taken]
        self.precision[taken] /= (stretch[:, :, None] * stretch[:, None])[taken]
        self.now.value[taken], self.now.gradient[taken] = there.value[taken], there.gradient[taken]
        if adapt:
            self.all.adapt(taken, adapt)

    def _together(self, at: Floats, away: Floats, told: Likelihood) -> tuple[Floats, Floats]:
        """Tell log-density and gradient by mean and logarithms of the stretch since the sweep began."""
        columns = self.mean.shape[1]
        mean, stretch = at[:, :columns], np.clip(at[:, columns:], -FARTHEST, FARTHEST)
        bound = FREEDOM / self.scales * _diagonals(self.precision) * np.exp(-2 * stretch)
        prior = -(mean**2).sum(axis=1) / (2 * WIDE) - self.freedom * stretch.sum(axis=1) - bound.sum(axis=1)
        by_mean = told.gradient.sum(axis=1) - mean / WIDE
        by_stretch = (told.gradient * away).sum(axis=1) - self.freedom + 2 * bound
        return told.value.sum(axis=1) + prior, np.concatenate([by_mean, by_stretch], axis=1)

    def _tightness(self) -> Floats:
        """Approximate the precision of a respondent's part-worths, shape (chains, 1, columns, columns)."""
        return np.asarray((self.information + self.precision)[:, None])

    def _curvature(self) -> Floats:
        """Approximate the precision of mean and stretch together, shape (chains, 2 columns, 2 columns)."""
        away, information = self.worths - self.mean[:, None], self.data.information
        columns = self.mean.shape[1]
        across = np.einsum("nij,cnj->cij", information, away)
        stretch = np.einsum("cni,nij,cnj->cij", away, information, away)
        mean = np.broadcast_to(information.sum(axis=0), stretch.shape)
        whole = np.block([[mean, across], [across.swapaxes(1, 2), stretch]])
        return np.asarray(whole + np.diag(np.repeat([1 / WIDE, 2.0 * self.freedom], columns)))

    def _mean(self) -> None:
        people, columns = self.worths.shape[1:]
        covariance = np.linalg.inv(people * self.precision + np.eye(columns) / WIDE)
        pull = np.matmul(self.precision, self.worths.sum(axis=1)[..., None])
        noise = self.random.normal(size=(*self.mean.shape, 1))
        self.mean = (np.matmul(covariance, pull) + np.matmul(np.linalg.cholesky(covariance), noise))[..., 0]

    def _spread(self) -> None:
        """Draw the covariance: inverse Wishart, its scale drawn along (Huang & Wand 2013)."""
        chains, people, columns = self.worths.shape
        away = self.worths - self.mean[:, None]
        scale = away.swapaxes(1, 2) @ away + 2 * FREEDOM * np.eye(columns) / self.scales[:, None]
        on = np.arange(columns)
        triangle = np.tril(self.random.normal(size=(chains, columns, columns)), -1)
        triangle[:, on, on] = np.sqrt(
            self.random.chisquare(self.freedom + people - on, size=(chains, columns))
        )
        half = np.linalg.cholesky(np.linalg.inv(scale)) @ triangle  # Bartlett's decomposition
        self.precision = half @ half.swapaxes(1, 2)
        rate = FREEDOM * _diagonals(self.precision) + 1 / WIDTH**2
        self.scales = rate / self.random.gamma((FREEDOM + columns) / 2, size=rate.shape)


def sample(sampler: Sampler, burn_in: int, draws: int, thin: int) -> Draws:
    """Run the chains; every `thin`-th draw of respondents is kept, all of the mean.

    Parameters
    ----------
    sampler
        All chains at their start.
    burn_in, draws
        Sweeps of each chain before and after the steps are settled.
    thin
        Sweeps between two kept draws of respondents.
    """
    for at in range(burn_in):
        sampler.sweep((at + 1) ** -0.6)
        if at % RESHAPED == RESHAPED - 1:
            sampler.reshape()
    means, kept = [], []
    for at in range(draws):
        sampler.sweep(0.0)
        means.append(sampler.mean.copy())
        if at % thin == thin - 1:
            kept.append(sampler.worths.astype(np.float32))
    individuals = np.stack(kept, axis=1)
    return Draws(np.stack(means, axis=1), individuals.reshape(-1, *individuals.shape[2:]))


def _diagonals(matrices: Floats) -> Floats:
    return np.asarray(np.diagonal(matrices, axis1=-2, axis2=-1))
