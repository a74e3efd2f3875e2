"""Maximum likelihood on the log scale by damped Newton steps, and what a fit leaves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self

import numpy as np

from cerm_nb.errors import NotEnoughData

if TYPE_CHECKING:
    from collections.abc import Callable

    from cerm_nb.stats import Floats

    Objective = Callable[[Floats], "Surface"]

MOST_STEPS = 200
LONGEST_STEP = 1.5  # on the log scale: a parameter changes at most 4.5-fold in one step
FARTHEST = np.log(1e4)  # a scale-free parameter beyond 1/10,000 or 10,000 has run off to its limit
FLATTEST = 0.04  # curvature of a parameter known to a factor of exp(5) only


class Surface(NamedTuple):
    """A log-likelihood at one point with its derivatives."""

    value: float
    gradient: Floats
    hessian: Floats


@dataclass(frozen=True, eq=False)
class Fit:
    """What a maximum-likelihood fit leaves.

    Parameters
    ----------
    estimates
        Parameters on their natural scale, in the order of `names`, shape (k,).
    covariance
        Covariance of the parameters' **logarithms**: inverse observed information, shape (k, k).
    log_likelihood
        At the estimates.
    n
        Customers behind the fit.
    """

    estimates: Floats
    covariance: Floats
    log_likelihood: float
    n: int

    name: ClassVar[str] = ""
    names: ClassVar[tuple[str, ...]] = ()

    @property
    def std_errors(self) -> Floats:
        """Standard errors on the natural scale by the delta method, shape (k,)."""
        return np.asarray(self.estimates * np.sqrt(np.diag(self.covariance)))

    def draw(self, draws: int, random: np.random.Generator) -> list[Self]:
        """Draw fits from the parameters' large-sample distribution, normal on the log scale."""
        logs = random.multivariate_normal(np.log(self.estimates), self.covariance, size=draws, method="eigh")
        return [type(self)(np.exp(row), self.covariance, self.log_likelihood, self.n) for row in logs]


def on_log_scale(value: float, gradient: Floats, hessian: Floats, parameters: Floats) -> Surface:
    """Turn derivatives by parameters into derivatives by their logarithms (chain rule)."""
    scaled = parameters * gradient
    return Surface(value, scaled, np.outer(parameters, parameters) * hessian + np.diag(scaled))


def maximise(objective: Objective, start: Floats, model: str) -> tuple[Floats, Floats, float]:
    """Climb to the maximum and take the covariance there.

    Parameters
    ----------
    objective
        Log-likelihood with gradient and Hessian at logarithms of parameters, shape (k,).
    start
        Logarithms to start from, shape (k,).
    model
        Name of the model, for the refusal.

    Returns
    -------
    tuple
        Logarithms at the maximum, their covariance, and the log-likelihood.

    Raises
    ------
    NotEnoughData
        ``model_not_identified``: no maximum inside the allowed range, or a flat one.
    """
    logs, surface = climb(objective, start)
    curvature = -surface.hessian
    eigenvalues = np.linalg.eigvalsh(curvature)
    sharp = eigenvalues[0] > max(FLATTEST, 1e-12 * eigenvalues[-1])
    if not sharp or np.abs(logs).max() > FARTHEST:
        raise NotEnoughData("model_not_identified", model=model)
    return logs, np.asarray(np.linalg.inv(curvature), dtype=np.float64), surface.value


def climb(objective: Objective, start: Floats) -> tuple[Floats, Surface]:
    """Newton steps with a line search until a step gains nothing, or until a parameter runs off."""
    logs, surface = start, objective(start)
    for _ in range(MOST_STEPS):
        step = _ascent(surface)
        gain = float(surface.gradient @ step)
        if gain < 1e-9 + 1e-14 * abs(surface.value) or np.abs(logs).max() > FARTHEST + 1:
            break
        found = _search(objective, logs, step, surface.value, gain)
        if found is None:
            break
        logs, surface = found
    return logs, surface


def _ascent(surface: Surface) -> Floats:
    # where the surface is not curved like a hill the curvature's sign is turned, so a step always climbs
    eigenvalues, vectors = np.linalg.eigh(-surface.hessian)
    floor = max(1e-12 * float(np.abs(eigenvalues).max()), 1e-300)
    step = vectors @ ((vectors.T @ surface.gradient) / np.maximum(np.abs(eigenvalues), floor))
    return np.asarray(step * min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), 1e-300)))


def _search(
    objective: Objective, logs: Floats, step: Floats, value: float, gain: float
) -> tuple[Floats, Surface] | None:
    length = 1.0
    while length > 1e-9:
        tried = objective(logs + length * step)
        if np.isfinite(tried.value) and tried.value >= value + 1e-4 * length * gain:
            return logs + length * step, tried
        length /= 2
    return None
