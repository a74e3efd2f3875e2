"""Whether segments are clumps in the data or cuts through one cloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.segments import kmeans
from cerm_nb.analyses.segments.inputs import base_of

if TYPE_CHECKING:
    from cerm_nb.analyses.segments.inputs import Base
    from cerm_nb.stats import Floats

CLOUDS = 39  # smallest p-value: 1 in 40
STARTS = 10
MOST_UNITS = 2500  # drawn at random where there are more


@dataclass(frozen=True)
class Structure:
    """Comparison of the data with one cloud of the same shape.

    Parameters
    ----------
    within
        Share of the variance that is left within the k clusters.
    cloud_low, cloud_high
        The same in clouds without clusters: the middle 95 % of them.
    p
        Share of clouds, the data counted among them, that are as well clustered as the data; NaN where it
        was not tested.
    """

    within: float
    cloud_low: float
    cloud_high: float
    p: float


UNTESTED = Structure(np.nan, np.nan, np.nan, np.nan)


def structure(points: Floats, weights: Floats, k: int, random: np.random.Generator) -> Structure:
    """Compare k-means of the data with k-means of Gaussian clouds of the same covariance.

    Parameters
    ----------
    points
        One row per unit, shape (units, columns).
    weights
        Shape (units,).
    k
        Number of clusters.
    random
        Source of clouds and starts.

    Returns
    -------
    Structure
        Untested where there are fewer than ten units to a cluster.

    Notes
    -----
    After Liu, Hayes, Nobel & Marron 2008. k-means divides a cloud without any clusters too, and, where the
    cloud is long, the same way again and again: stable segments need not be natural ones.
    """
    if len(points) < 10 * k:
        return UNTESTED
    mine = _within(points, weights, k, random)
    middle = np.average(points, axis=0, weights=weights)
    centred = points - middle
    covariance = (centred * weights[:, None]).T @ centred / weights.sum()
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(values.clip(min=0))
    clouds = np.array(
        [_within(random.standard_normal(points.shape) @ root.T, weights, k, random) for _ in range(CLOUDS)]
    )
    low, high = np.quantile(clouds, [0.025, 0.975])
    return Structure(mine, float(low), float(high), _share(clouds, mine))


def independence(base: Base, k: int, random: np.random.Generator) -> float:
    """Compare k-means of the data with k-means of the same columns, each shuffled for itself.

    Parameters
    ----------
    base
        The units, every column a number.
    k
        Number of clusters.
    random
        Source of shuffles and starts.

    Returns
    -------
    float
        Share of shuffled data, the data counted among them, that are as well clustered as the data: small
        where values go together in clumps. 1 for a single column, which has nothing to go with.

    Notes
    -----
    A Gaussian cloud is no measure for columns that are bounded, skewed or counts: k-means divides these
    better whether or not there are clumps. Shuffled columns keep their distributions, and empty cells their
    places; answers are taken less the person's mean after shuffling, as they are in the data.
    """
    if base.raw.shape[1] < 2:
        return 1.0
    if base.n > MOST_UNITS:
        base = base.part(np.sort(random.choice(base.n, MOST_UNITS, replace=False)))
    mine = _within_base(base, base.raw, k, random)
    shuffled = np.array([_within_base(base, _shuffled(base.raw, random), k, random) for _ in range(CLOUDS)])
    return _share(shuffled, mine)


def _share(references: Floats, mine: float) -> float:
    as_good = references <= mine * (1 + kmeans.SAME)
    return float((1 + as_good.sum()) / (len(references) + 1))


def _shuffled(raw: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    columns = {}
    for name in raw:
        values = raw[name].to_numpy(dtype=float, na_value=np.nan).copy()
        there = ~np.isnan(values)
        values[there] = random.permutation(values[there])
        columns[name] = values
    return pd.DataFrame(columns)


def _within_base(base: Base, raw: pd.DataFrame, k: int, random: np.random.Generator) -> float:
    seen = base_of(raw, pd.Series(base.weights), scales=base.scales)
    return _within(seen.numbers, seen.weights, k, random)


def _within(points: Floats, weights: Floats, k: int, random: np.random.Generator) -> float:
    found = kmeans.k_means(points, weights, k, starts=STARTS, random=random)
    middle = np.average(points, axis=0, weights=weights)
    return found.sse / float(weights @ np.square(points - middle).sum(axis=1))
