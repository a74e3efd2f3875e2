"""Weighted samples: how many units they are worth, means with intervals, raking to known margins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import stdtrit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from cerm_nb.stats.arrays import Floats

CONVERGED = 1e-6  # largest distance of a share from its margin
RAKING_ROUNDS = 200


def effective_n(weights: ArrayLike, axis: int = 0) -> Floats:
    """Units of equal weight that a weighted sample is worth: (Σw)² / Σw².

    Parameters
    ----------
    weights
        Weights of 0 or more; 0 where there is no answer.
    axis
        Axis of the units.

    Returns
    -------
    ndarray
        0 where all weights are 0.

    Notes
    -----
    Kish 1965.
    """
    held = np.asarray(weights, dtype=float)
    squares = (held**2).sum(axis)
    return np.asarray(np.where(squares > 0, held.sum(axis) ** 2 / np.where(squares > 0, squares, 1.0), 0.0))


@dataclass(frozen=True, eq=False)
class Means:
    """Weighted means of columns.

    Parameters
    ----------
    mean, error
        Mean and its standard error (linearised, so right for weights that go with the answers); NaN without
        answers, and the error below two.
    spread
        Weighted standard deviation.
    n, n_eff
        Answers, and equal ones they are worth.
    """

    mean: Floats
    error: Floats
    spread: Floats
    n: Floats
    n_eff: Floats

    def interval(self, confidence: float) -> tuple[Floats, Floats]:
        """Low and high end by Student's t with n_eff − 1 degrees of freedom."""
        half = student_quantile(confidence, self.n_eff - 1) * self.error
        return self.mean - half, self.mean + half


def student_quantile(confidence: float, degrees: ArrayLike) -> Floats:
    """Return t of a two-sided interval; NaN below one degree of freedom."""
    free = np.asarray(degrees, dtype=float)
    found = stdtrit(np.where(free >= 1, free, 1.0), 0.5 + confidence / 2)
    return np.asarray(np.where(free >= 1, found, np.nan))


def weighted_means(values: ArrayLike, weights: ArrayLike) -> Means:
    """Take weighted means down the columns.

    Parameters
    ----------
    values
        Shape (n,) or (n, columns); NaN where there is no answer.
    weights
        Shape (n,), 0 or more.

    Returns
    -------
    Means
        Each entry of shape () or (columns,).
    """
    x = np.asarray(values, dtype=float)
    given = ~np.isnan(x)
    held = np.where(given, np.asarray(weights, dtype=float).reshape((-1,) + (1,) * (x.ndim - 1)), 0.0)
    total, n, n_eff = held.sum(0), (held > 0).sum(0).astype(float), effective_n(held)
    some = np.where(total > 0, total, np.nan)
    mean = (held * np.where(given, x, 0.0)).sum(0) / some
    away = np.where(given, x - mean, 0.0)
    several = np.where(n > 1, n / np.where(n > 1, n - 1, 1.0), np.nan)
    error = np.sqrt(((held * away) ** 2).sum(0) * several) / some
    spread = np.sqrt((held * away**2).sum(0) * several / some)
    return Means(mean, error, spread, n, n_eff)


@dataclass(frozen=True, eq=False)
class Raked:
    """Weights after raking.

    Parameters
    ----------
    weights
        Mean 1, shape (n,).
    converged
        Whether every share met its margin.
    rounds
        Rounds it took.
    furthest
        Largest distance of a share from its margin that is left.
    unreachable
        Margin → categories asked for that nobody is in; the others share what they should have had.
    unknown
        Margin → units in no category of the margin; they keep their part.
    """

    weights: Floats
    converged: bool
    rounds: int
    furthest: float
    unreachable: Mapping[str, tuple[str, ...]]
    unknown: Mapping[str, int]


def rake(frame: pd.DataFrame, margins: Mapping[str, Mapping[str, float]], start: ArrayLike = 1.0) -> Raked:
    """Weight units so that each category has its known share.

    Parameters
    ----------
    frame
        One row per unit with a column for each margin.
    margins
        Column → category → share of the population, adding up to 1 in each column.
    start
        Weights before, 0 or more, shape (n,) or a number.

    Returns
    -------
    Raked
        Margins that cannot be met together leave `converged` false and tell how far off they are.

    Notes
    -----
    Iterative proportional fitting (Deming & Stephan 1940).
    """
    weights = np.broadcast_to(np.asarray(start, dtype=float), len(frame)).copy()
    plans = {name: _plan(frame[name], shares) for name, shares in margins.items()}
    furthest, rounds = (0.0, 0) if not plans or not weights.sum() > 0 else (np.inf, 0)
    while furthest > CONVERGED and rounds < RAKING_ROUNDS:
        before, rounds = weights, rounds + 1
        for codes, wanted, _ in plans.values():
            weights = weights * _factors(codes, wanted, weights)
        furthest = max(_distance(codes, wanted, weights) for codes, wanted, _ in plans.values())
        if np.allclose(before, weights, rtol=1e-12, atol=0):
            break
    mean = weights.mean() if weights.sum() > 0 else 1.0
    return Raked(
        weights / mean,
        furthest <= CONVERGED,
        rounds,
        furthest,
        {name: missing for name, (_, _, missing) in plans.items() if missing},
        {name: int((codes < 0).sum()) for name, (codes, _, _) in plans.items() if (codes < 0).any()},
    )


_Codes = np.ndarray[tuple[int, ...], np.dtype[np.intp]]


def _plan(column: pd.Series[str], shares: Mapping[str, float]) -> tuple[_Codes, Floats, tuple[str, ...]]:
    """Category of each unit, share wanted of each category that anybody is in, and those nobody is in."""
    there = set(column.dropna().astype(str))
    reached = [name for name in shares if name in there]
    wanted = np.array([shares[name] for name in reached], dtype=float)
    codes = pd.Categorical(column.astype("str"), categories=reached).codes.astype(np.intp)
    missing = tuple(name for name in shares if name not in there and shares[name] > 0)
    return codes, wanted / wanted.sum() if wanted.sum() > 0 else wanted, missing


def _held(codes: _Codes, size: int, weights: Floats) -> Floats:
    known = codes >= 0
    held = np.bincount(codes[known], weights[known], minlength=size)
    return np.asarray(held / held.sum() if held.sum() > 0 else held)


def _factors(codes: _Codes, wanted: Floats, weights: Floats) -> Floats:
    held = _held(codes, wanted.size, weights)
    ratio = np.where(held > 0, wanted / np.where(held > 0, held, 1.0), 1.0)
    return np.append(ratio, 1.0)[codes]  # code −1, in no category, takes the last


def _distance(codes: _Codes, wanted: Floats, weights: Floats) -> float:
    return float(np.abs(_held(codes, wanted.size, weights) - wanted).max(initial=0.0))
