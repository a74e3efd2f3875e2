"""Steps that end where a normal approximation would have them, accepted by Metropolis and Hastings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Truths

ACCEPTED = 0.7


class Steps:
    """Proposals for any number of points at once.

    A point moves a part of the way to the mode a normal distribution of the given precision would have, and
    takes as much noise as keeps that distribution as it is; what differs from it is put right by acceptance.
    Were the target normal, every step would be taken (Cotter et al. 2013; Rossi, Allenby & McCulloch 2005,
    chapter 5, for the precision).

    Parameters
    ----------
    precision
        Broadcast against (…, columns, columns).
    points
        Shape of the points, (…).
    """

    def __init__(self, precision: Floats, points: tuple[int, ...]) -> None:
        self.length = np.full((*points, 1), 0.5)
        self.shape(precision)

    def shape(self, precision: Floats) -> None:
        """Take another precision: after burn-in, only one that does not depend on where the points are."""
        self.precision = precision
        self.covariance: Floats = np.asarray(np.linalg.inv(precision), dtype=np.float64)
        self.factor: Floats = np.asarray(
            np.linalg.cholesky((self.covariance + self.covariance.swapaxes(-1, -2)) / 2), dtype=np.float64
        )

    def tried(self, at: Floats, pull: Floats, noise: Floats) -> Floats:
        """Propose points from `at`, where the log-density's gradient is `pull`; all (…, columns)."""
        spread = np.sqrt(self.length * (2 - self.length))
        return np.asarray(self._centre(at, pull) + spread * _times(self.factor, noise), dtype=np.float64)

    def balance(self, at: Floats, tried: Floats, pull: Floats, noise: Floats) -> Floats:
        """Tell the log-density of the way back, where the gradient is `pull`, less that of the way there."""
        away = at - self._centre(tried, pull)
        spread = (self.length * (2 - self.length))[..., 0]
        back = (away * _times(self.precision, away)).sum(axis=-1) / spread
        return np.asarray((noise * noise).sum(axis=-1) - back) / 2

    def adapt(self, taken: Truths, rate: float) -> None:
        """Go further where steps are taken, less far where they are not; only during burn-in."""
        self.length = np.minimum(self.length * np.exp(rate * (taken[..., None] - ACCEPTED)), 1.0)

    def _centre(self, at: Floats, pull: Floats) -> Floats:
        return np.asarray(at + self.length * _times(self.covariance, pull))


def _times(matrices: Floats, vectors: Floats) -> Floats:
    return np.asarray(np.einsum("...ij,...j->...i", matrices, vectors))
