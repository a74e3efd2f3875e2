"""How many units an experiment needs, and what the units at hand can show: planned before any result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.special import nctdtr, ndtr

from cerm_nb.stats.intervals import normal_quantile
from cerm_nb.stats.weighting import student_quantile

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

MOST = 1e9  # units beyond which nothing is planned
NORMAL = 1e6  # degrees of freedom from which t is normal


@dataclass(frozen=True)
class Plan:
    """Sizes of a two-armed experiment.

    Parameters
    ----------
    exact
        Units of the treated arm before rounding up.
    treated, control
        Units of each arm; whole clusters of units where clusters are assigned.
    clusters_treated, clusters_control
        Clusters of each arm; 0 where units are assigned one by one.
    power
        Power reached with these sizes.
    """

    exact: float
    treated: int
    control: int
    clusters_treated: int
    clusters_control: int
    power: float


def design_effect(cluster_size: float, intraclass: float) -> float:
    """Return how many times more units clusters take: 1 + (m − 1) · ρ.

    Parameters
    ----------
    cluster_size
        Units of a cluster, 1 or more.
    intraclass
        Intraclass correlation, 0 to 1.

    Notes
    -----
    Kish 1965; Donner, Birkett & Buck 1981.
    """
    if cluster_size < 1 or not 0 <= intraclass <= 1:
        raise ValueError("cluster_size must be 1 or more, intraclass from 0 to 1")
    return 1 + (cluster_size - 1) * intraclass


def size_for_means(
    effect: float,
    spread: float,
    *,
    power: float = 0.8,
    confidence: float = 0.95,
    allocation: float = 1.0,
    cluster_size: int = 0,
    intraclass: float = 0.0,
) -> Plan:
    """Plan an experiment on a mean.

    Parameters
    ----------
    effect, spread
        Smallest difference that matters, not 0, and standard deviation of units, above 0.
    power, confidence
        Chance to find the effect if it is there; 1 − two-sided level of the test.
    allocation
        Units (clusters) of the control for each of the treated, above 0.
    cluster_size
        Units of a cluster where clusters are assigned as a whole; 0 where units are.
    intraclass
        Intraclass correlation of units of a cluster.

    Returns
    -------
    Plan
        By the noncentral t; clusters are planned as that many means of units.

    Raises
    ------
    ValueError
        For values outside their range.
    """
    _checked(power, confidence, allocation)
    if not (effect and np.isfinite(effect) and spread > 0):
        raise ValueError("effect must not be 0 and spread must be above 0")
    inflation = design_effect(max(cluster_size, 1), intraclass) if cluster_size else 1.0
    each = spread * np.sqrt(inflation / max(cluster_size, 1))
    ratio = abs(effect) / each
    least = 2.0 + 1e-6 if allocation >= 1 else (2.0 + 1e-6) / allocation
    exact = _solved(lambda n: power_of_means(ratio, n, allocation * n, confidence), power, least)
    one, other = int(np.ceil(exact - 1e-9)), int(np.ceil(allocation * exact - 1e-9))
    size = max(cluster_size, 1)
    clusters = (one, other) if cluster_size else (0, 0)
    told = power_of_means(ratio, one, other, confidence)
    return Plan(exact * size, one * size, other * size, *clusters, told)


def size_for_proportions(
    base: float,
    changed: float,
    *,
    power: float = 0.8,
    confidence: float = 0.95,
    allocation: float = 1.0,
    cluster_size: int = 0,
    intraclass: float = 0.0,
) -> Plan:
    """Plan an experiment on a share.

    Parameters
    ----------
    base, changed
        Shares of the control and of the treated, above 0 and below 1, different.
    power, confidence, allocation, cluster_size, intraclass
        As in `size_for_means`.

    Returns
    -------
    Plan
        By the normal approximation without continuity correction, pooled under no difference (Fleiss 1981);
        times the design effect where clusters are assigned.

    Raises
    ------
    ValueError
        For values outside their range.
    """
    _checked(power, confidence, allocation)
    if not (0 < base < 1 and 0 < changed < 1) or base == changed:
        raise ValueError("base and changed must differ and lie between 0 and 1")
    inflation = design_effect(max(cluster_size, 1), intraclass) if cluster_size else 1.0
    shares = base, changed
    exact = _solved(lambda n: power_of_proportions(*shares, n, allocation * n, confidence), power, 1e-3)
    exact *= inflation
    size = max(cluster_size, 1)
    one, other = (int(np.ceil(n / size - 1e-9)) for n in (exact, allocation * exact))
    told = power_of_proportions(*shares, one * size / inflation, other * size / inflation, confidence)
    return Plan(exact, one * size, other * size, *((one, other) if cluster_size else (0, 0)), told)


def power_of_means(ratio: float, treated: float, control: float, confidence: float = 0.95) -> float:
    """Return the chance to find a difference of means by Student's t.

    Parameters
    ----------
    ratio
        Difference in standard deviations.
    treated, control
        Units of each arm, together above 2.
    confidence
        1 − two-sided level of the test.
    """
    return _power(abs(ratio) / np.sqrt(1 / treated + 1 / control), treated + control - 2, confidence)


def power_of_proportions(
    base: float, changed: float, treated: float, control: float, confidence: float = 0.95
) -> float:
    """Return the chance to find a difference of shares by the score test.

    Parameters
    ----------
    base, changed
        Shares of the control and of the treated.
    treated, control
        Units of each arm.
    confidence
        1 − two-sided level of the test; what the other tail would add is left out.
    """
    pooled = (treated * changed + control * base) / (treated + control)
    under_none = np.sqrt(pooled * (1 - pooled) * (1 / treated + 1 / control))
    error = np.sqrt(changed * (1 - changed) / treated + base * (1 - base) / control)
    return float(ndtr((abs(changed - base) - normal_quantile(confidence) * under_none) / error))


def detectable_effect(error: float, degrees: float, *, power: float = 0.8, confidence: float = 0.95) -> float:
    """Return the smallest effect an experiment of this standard error finds with that chance.

    Parameters
    ----------
    error, degrees
        Standard error of the effect, above 0, and its degrees of freedom; NaN for a normal test.
    power, confidence
        Chance to find it; 1 − two-sided level of the test.

    Returns
    -------
    float
        In the unit of the error; NaN where the error is none or unknown.
    """
    if not (np.isfinite(error) and error > 0):
        return np.nan
    _checked(power, confidence, 1.0)
    free = MOST if np.isnan(degrees) else degrees
    if free < 1:
        return np.nan
    return float(error * _solved(lambda ratio: _power(ratio, free, confidence), power, 0.0, 1e4))


def intraclass_correlation(values: ArrayLike, cluster: ArrayLike) -> float:
    """Correlation of two units of one cluster, from 0 to 1; NaN where it cannot be told.

    Parameters
    ----------
    values, cluster
        Shape (n,): values without gaps, and the cluster of each.

    Notes
    -----
    One-way analysis of variance (ICC(1) of Shrout & Fleiss 1979; Donner 1986 for unequal clusters), 0 where
    the estimate is negative.
    """
    table = pd.DataFrame({"value": np.asarray(values, dtype=float), "cluster": np.asarray(cluster)})
    found = table.groupby("cluster")["value"].agg(["size", "mean", "var"])
    n, clusters = len(table), len(found)
    if clusters < 2 or n <= clusters:
        return np.nan
    between = (found["size"] * (found["mean"] - table["value"].mean()) ** 2).sum() / (clusters - 1)
    within = ((found["size"] - 1) * found["var"].fillna(0.0)).sum() / (n - clusters)
    size = (n - (found["size"] ** 2).sum() / n) / (clusters - 1)
    total = between + (size - 1) * within
    return float(np.clip((between - within) / total, 0.0, 1.0)) if total > 0 else np.nan


def _power(ratio: float, degrees: float, confidence: float) -> float:
    limit = student_quantile(confidence, degrees).item()
    if degrees > NORMAL:
        return float(ndtr(ratio - limit) + ndtr(-ratio - limit))
    missed, reversed_sign = nctdtr(degrees, ratio, [limit, -limit])
    # Far in its tail the distribution function is too small to be told, and comes as NaN.
    return float(1 - np.nan_to_num(missed) + np.nan_to_num(reversed_sign))


def _solved(reached: Callable[[float], float], power: float, low: float, high: float = MOST) -> float:
    if reached(low) >= power:
        return low
    if reached(high) < power:
        raise ValueError(f"no size up to {high:g} reaches this power")
    return float(brentq(lambda at: reached(at) - power, low, high, xtol=1e-9))


def _checked(power: float, confidence: float, allocation: float) -> None:
    if not (0 < confidence < 1 and 1 - confidence < power < 1 and 0 < allocation < np.inf):
        raise ValueError("power must be above 1 - confidence and below 1, allocation above 0")
