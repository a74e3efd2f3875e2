"""Forecasts averaged over how a series may remember, and over a slope and a season where they are clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import stdtr

from cerm_nb.analyses.scorecard.memory_filter import LASTING, MEMORIES, MOVING

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.memory_filter import Filtered
    from cerm_nb.stats import Floats, Integers

FREE = 8  # values beyond its coefficients that a fit needs
SEASONS = 2  # seasons of values from which a season is looked for
STRONG = 6.0  # BIC by which a slope or a season must beat its absence for even odds (Kass & Raftery 1995)
SAME = 1e-12  # share of a series' spread up to which what is left of it is rounding
RIDGE = 1e-6  # keeps apart columns that the gaps of a series make equal
SCALE = 10.0  # periods per unit of the slope
# Weight of series whose level stays, moves by little steps, and is nothing but steps.
KINDS = np.digitize(MOVING, [1e-9, 1.0])
PRIOR = np.array([0.45, 0.35, 0.2])[KINDS] / np.bincount(KINDS)[KINDS]


class Structure(NamedTuple):
    """What stands beside the level, and where its columns are."""

    slope: bool
    harmonics: int
    columns: tuple[int, ...]


class Rows(NamedTuple):
    """What is forecast: fixed columns, what is left of the rest by then, and steps of the level until then.

    Parameters
    ----------
    columns
        Shape (rows, columns).
    carry
        Share of the autoregressive rest that is left, shape (rows, memories); 0 leaves it out.
    steps
        Periods ahead, shape (rows,).
    alone
        Whether the rest's own variance is left out: the level is told, not a value.
    """

    columns: Floats
    carry: Floats
    steps: Integers
    alone: bool = False


class Predictive(NamedTuple):
    """Forecasts under each component, a structure with a memory.

    Parameters
    ----------
    weights
        Of the components, shape (series, components).
    variance, degrees
        Of the series given the component, shape (series, components).
    mean
        Shape (series, components, rows).
    ahead, doubt
        Variance of what is to come, and of what is not known of state and coefficients, in units of the
        series' variance, shape (series, components, rows).
    """

    weights: Floats
    variance: Floats
    degrees: Floats
    mean: Floats
    ahead: Floats
    doubt: Floats

    def summary(self) -> tuple[Floats, Floats, Floats]:
        """Give mean and scale of Student's t, shape (series, rows), and degrees of freedom, (series, 1)."""
        weights = self.weights[..., None]
        mean = (weights * self.mean).sum(axis=1)
        inner = self.variance[..., None] * (self.ahead + self.doubt)
        scale = np.sqrt((weights * (inner + (self.mean - mean[:, None]) ** 2)).sum(axis=1))
        return mean, scale, (self.weights * self.degrees).sum(axis=1, keepdims=True)

    def below(self, levels: Floats, widened: Floats) -> Floats:
        """Tell the chance of a value below each level.

        Parameters
        ----------
        levels, widened
            Shape (series, rows, levels), and what the scale is widened by, shape (series, rows, 1).
        """
        scale = np.sqrt(self.variance[..., None] * (self.ahead + self.doubt))[..., None] * widened[:, None]
        away = (levels[:, None] - self.mean[..., None]) / np.maximum(scale, np.finfo(float).tiny)
        chance = stdtr(self.degrees[:, :, None, None], away)
        return np.asarray((self.weights[..., None, None] * chance).sum(axis=1))


def scaled(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Bring values near 0 and to spread 1, and give the middle and spread they had, shape (series, 1).

    The spread is 0 where nothing is known or all values are the same.
    """
    known = ~np.isnan(values)
    n = np.maximum(known.sum(axis=1, keepdims=True), 1)
    middle = np.where(known, values, 0.0).sum(axis=1, keepdims=True) / n
    away = np.where(known, values - middle, 0.0)
    spread = np.sqrt((away**2).sum(axis=1, keepdims=True) / n)
    spread[spread <= SAME * np.abs(middle)] = 0.0
    return np.where(known, away / np.where(spread > 0, spread, 1.0), np.nan), middle, spread


def structures(season: int) -> list[Structure]:
    """List level alone, with a season of one harmonic and of all, and each with a slope."""
    pairs = season // 2
    width = {each: 2 * each - (2 * each == season) for each in {0, min(1, pairs), pairs}}
    return [
        Structure(slope, each, (0, *([1] if slope else []), *range(2, 2 + columns)))
        for each, columns in sorted(width.items())
        for slope in (False, True)
    ]


def fixed_columns(at: Integers | Floats, season: int) -> Floats:
    """Give intercept, slope and harmonics at positions in time, shape (positions, columns)."""
    position = np.asarray(at, dtype=float)
    columns = [np.ones_like(position), position / SCALE]
    for each in range(1, season // 2 + 1):
        angle = 2 * np.pi * each * position / season
        columns += [np.cos(angle)] if 2 * each == season else [np.cos(angle), np.sin(angle)]
    return np.column_stack(columns)


def value_rows(at: int, steps: Integers, season: int) -> Rows:
    """Lay out values some periods after position `at`."""
    return Rows(fixed_columns(at + steps, season), LASTING ** steps[:, None].astype(float), steps)


def level_rows(at: int, season: int) -> Rows:
    """Lay out the level at position `at`, without season and rest."""
    columns = fixed_columns(np.array([at]), season)
    columns[:, 2:] = 0.0
    return Rows(columns, np.zeros((1, len(MEMORIES))), np.zeros(1, dtype=np.int64), alone=True)


class Fit(NamedTuple):
    """One structure fitted under each memory.

    Parameters
    ----------
    coefficients
        Shape (series, memories, columns).
    inverse
        Of the sums of products of whitened columns, shape (patterns, memories, columns, columns).
    variance
        Of the series, shape (series, memories); divided by degrees of freedom.
    degrees
        Degrees of freedom, shape (series,).
    criterion
        Log of likelihood and prior less BIC's penalty, shape (series, memories); -inf where the values cannot
        carry the structure.
    """

    coefficients: Floats
    inverse: Floats
    variance: Floats
    degrees: Floats
    criterion: Floats


def fit(found: Filtered, structure: Structure, season: int) -> Fit:
    """Fit one structure to the values seen, by the likelihood in which the first level is free."""
    chosen = list(structure.columns)
    k, group = len(chosen), found.group
    squares = found.squares[..., chosen, :][..., chosen]
    inverse: Floats = np.linalg.inv(squares + RIDGE * np.eye(k)).astype(np.float64, copy=False)
    products = found.products[..., chosen]
    coefficients = _times(products, inverse, group)
    rest = np.maximum(found.total - (coefficients * products).sum(axis=2), SAME)
    n = np.maximum(found.known, 2)[group, None].astype(float)
    degrees = np.maximum(n - k, 1.0)
    one = np.log(found.squares[..., 0, 0] + RIDGE)
    likelihood = (n - 1) * np.log(rest / (n - 1)) + (found.logs + one)[group]
    # A level that is nothing but steps drifts as likely as not: there a slope costs its coefficient alone.
    strong = STRONG * (structure.slope * (MOVING < 1) + (structure.harmonics > 0))
    criterion = -0.5 * (likelihood + (k - 1) * np.log(n) + strong) + np.log(PRIOR)
    least = max(FREE + k, SEASONS * season if structure.harmonics else 0)
    criterion = np.where((n >= least) | (k == 1), criterion, -np.inf)
    return Fit(coefficients, inverse, rest / degrees, degrees[:, 0], criterion)


def predictive(found: Filtered, rows: Rows, season: int) -> Predictive:
    """Forecast all rows from what the values up to one period tell.

    Notes
    -----
    Components are weighted by their likelihood, with the penalty of BIC for each coefficient and `STRONG`
    more for a slope and for a season, so that none is picked for sure from a few dozen values (Hoeting et al.
    1999). Forecasts under each are by generalised least squares (Harvey 1989).
    """
    each = [(structure, fit(found, structure, season)) for structure in structures(season)]
    criterion = np.concatenate([fitted.criterion for _, fitted in each], axis=1)
    weights = np.exp(criterion - criterion.max(axis=1, keepdims=True))
    told = [_rows(found, rows, structure, fitted) for structure, fitted in each]
    mean, ahead, doubt = (np.concatenate(part, axis=1) for part in zip(*told, strict=True))
    degrees = [np.broadcast_to(fitted.degrees[:, None], fitted.variance.shape) for _, fitted in each]
    return Predictive(
        weights=weights / weights.sum(axis=1, keepdims=True),
        variance=np.concatenate([fitted.variance for _, fitted in each], axis=1),
        degrees=np.concatenate(degrees, axis=1),
        mean=mean,
        ahead=ahead,
        doubt=doubt,
    )


def _rows(found: Filtered, rows: Rows, structure: Structure, fitted: Fit) -> tuple[Floats, Floats, Floats]:
    """Mean and both variances of every row under each memory, shape (series, memories, rows)."""
    chosen, carry = list(structure.columns), rows.carry.T
    of = found.level_of[..., None, :] + found.rest_of[..., None, :] * carry[..., None]
    away = (rows.columns - of)[..., chosen]  # (patterns, memories, rows, columns)
    of_level, of_rest, both = found.doubt[..., None]
    doubt = of_level + of_rest * carry**2 + 2 * both * carry
    doubt = doubt + ((away @ fitted.inverse) * away).sum(axis=-1)
    mean = found.level[..., None] + found.rest[..., None] * carry
    mean = mean + _times(fitted.coefficients, away.swapaxes(2, 3), found.group)
    come = rows.steps * MOVING[:, None] + ((1 - MOVING) * (1.0 - rows.alone))[:, None] * (1 - carry**2)
    return mean, np.broadcast_to(come, mean.shape), doubt[found.group]


def _times(vectors: Floats, matrices: Floats, group: Integers) -> Floats:
    """Vectors (series, memories, k) times the matrices of their patterns (patterns, memories, k, l)."""
    if len(matrices) == 1:
        return np.asarray((vectors.swapaxes(0, 1) @ matrices[0]).swapaxes(0, 1))
    return np.asarray((vectors[..., None, :] @ matrices[group])[..., 0, :])
