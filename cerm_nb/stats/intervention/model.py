"""A level, an autoregressive rest and fixed columns, forecast from any point of a series by one factor."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from cerm_nb.stats.arrays import Floats, Integers

# How a series remembers: share of a random walk in what moves it, and lag-one correlation of the rest.
# One half of the weight lies on series whose level stays.
MEMORIES = np.array(
    [(moving, lasting) for moving in (0.0, 0.02, 0.1, 0.4) for lasting in (0.0, 0.25, 0.5, 0.75, 0.9)]
)
WEIGHTS = np.where(MEMORIES[:, 0] == 0, 1 / 10, 1 / 30)
SAME = 1e-12  # share of a series' spread up to which what is left of it is rounding


class Model(NamedTuple):
    """A series and everything its fits share, under each memory (first axis).

    Whitening runs forward in time, so what belongs to the values before a cut are the first rows: one
    factor serves every placebo.
    """

    known: Floats  # values, shape (n,)
    fixed: Floats  # intercept, slope, harmonics and controls, shape (n, columns)
    lower: Floats  # Cholesky factor of the covariances, shape (memories, n, n)
    white: Floats  # fixed columns, whitened
    told: Floats  # values, whitened, shape (memories, n, 1)


class Fit(NamedTuple):
    """A fit under each memory: coefficients, their inverse, what is left, and log-likelihood."""

    coefficients: Floats
    inverse: Floats
    rest: Floats
    variance: Floats
    log_likelihood: Floats


class Forecast(NamedTuple):
    """Forecast of a mean, its standard error and degrees of freedom."""

    expected: float
    error: float
    degrees: int


def whitened(at: Integers, known: Floats, controls: Floats, season: int, harmonics: int) -> Model:
    """Lay out a series with every fixed column it may need, whitened under each memory."""
    columns = [np.ones(len(at)), at / 10.0]
    for each in range(1, harmonics + 1):
        angle = 2 * np.pi * each * at / season
        columns += [np.cos(angle)] if 2 * each == season else [np.cos(angle), np.sin(angle)]
    fixed = np.column_stack([*columns, controls])
    level = np.minimum(at[:, None], at[None, :]) + 1.0
    apart = np.abs(at[:, None] - at[None, :])
    moving, lasting = MEMORIES[:, 0, None, None], MEMORIES[:, 1, None, None]
    lower = np.linalg.cholesky(moving * level + (1 - moving) * lasting**apart)
    whole = np.column_stack([fixed, known])
    white = np.linalg.solve(lower, np.broadcast_to(whole, (len(lower), *whole.shape)))
    return Model(known, fixed, lower, white[..., :-1], white[..., -1:])


def mean_likelihood(found: Fit) -> float:
    """Log of the likelihood, averaged over memories."""
    top = found.log_likelihood.max()
    return float(top + np.log(WEIGHTS @ np.exp(found.log_likelihood - top)))


def fit(model: Model, columns: list[int], cut: int) -> Fit:
    """Fit values before a cut by the likelihood of their differences, in which the first level is not."""
    design, y = model.white[:, :cut][..., columns], model.told[:, :cut]
    basis, triangle = np.linalg.qr(design)
    along = basis.swapaxes(1, 2) @ y
    rest = (y - basis @ along)[..., 0]
    squares = np.maximum((rest**2).sum(axis=1), SAME**2 * (model.known[:cut] ** 2).sum())
    logs = np.log(np.diagonal(model.lower, axis1=1, axis2=2)[:, :cut]).sum(axis=1)
    ones = np.log((model.white[:, :cut, 0] ** 2).sum(axis=1))
    inverse = np.linalg.pinv(triangle)
    return Fit(
        coefficients=(inverse @ along)[..., 0],
        inverse=inverse @ inverse.swapaxes(1, 2),
        rest=rest,
        variance=squares / (cut - len(columns)),
        log_likelihood=-0.5 * ((cut - 1) * (np.log(2 * np.pi * squares / (cut - 1)) + 1) + 2 * logs + ones),
    )


def forecast(model: Model, columns: list[int], cut: int, judged: int) -> Forecast:
    """Forecast the mean of the values after a cut, over memories as the values before it speak for them."""
    found = fit(model, columns, cut)
    ahead = model.lower[:, cut : cut + judged].mean(axis=1)  # of past shocks, then of those to come
    shared, new = ahead[:, :cut], ahead[:, cut:]
    fixed = model.fixed[cut : cut + judged, columns].mean(axis=0)
    off = fixed - (model.white[:, :cut][..., columns] * shared[..., None]).sum(axis=1)
    spread = (new**2).sum(axis=1) + np.einsum("gi,gij,gj->g", off, found.inverse, off)
    each = found.coefficients @ fixed + (shared * found.rest).sum(axis=1)
    weight = WEIGHTS * np.exp(found.log_likelihood - found.log_likelihood.max())
    weight /= weight.sum()
    expected = float(weight @ each)
    error = np.sqrt(weight @ (spread * found.variance + (each - expected) ** 2))
    return Forecast(expected, float(error), cut - len(columns))
