"""Whether segments are clumps in the data or cuts through one cloud."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.segments import kmeans
from cerm_nb.analyses.segments.inputs import numbers_of, scaled, smeared
from cerm_nb.analyses.segments.unimodality import dip, one_peak
from cerm_nb.stats import effective_n

if TYPE_CHECKING:
    from cerm_nb.analyses.segments.inputs import Base
    from cerm_nb.analyses.segments.methods import Solution
    from cerm_nb.stats import Floats, Integers, Truths

CLOUDS = 39  # smallest p-value: 1 in 40
STARTS = 10
RIDGE = 1e-3  # added to the variances within, so that collinear columns have a line too
NATURAL = 0.05  # p up to which segments are clumps
SURE, DEEPER = 0.001, 1.5  # p of one peak, and times the deepest of the clouds: needs no other witness


@dataclass(frozen=True)
class Structure:
    """Comparison of the segments with what a division of data without any clumps would look like.

    Parameters
    ----------
    within
        Share of the variance that is left within the segments.
    cloud_low, cloud_high
        The same of k-means in clouds without clumps, the middle 95 % of them; NaN where not compared.
    cloud_p
        Share of clouds, the data counted among them, that are as well divided as the data.
    shuffled_p
        The same of the data's own columns, each shuffled for itself; NaN where not compared.
    valley_p
        How often there is as deep a valley between each two neighbours without any clumps.
    p
        The last where the valley is sure, else the largest of the three: small where segments are clumps;
        NaN where that was not tested or, of a method that looks for other shapes than clumps, cannot be told.
    """

    within: float
    cloud_low: float
    cloud_high: float
    cloud_p: float
    shuffled_p: float
    valley_p: float
    p: float


UNTESTED = Structure(*[np.nan] * 7)


def structure(base: Base, solution: Solution, random: np.random.Generator) -> Structure:
    """Compare segments with k-means of data that have no clumps.

    Parameters
    ----------
    base
        The units.
    solution
        Their segments.
    random
        Source of clouds, shuffles and starts.

    Returns
    -------
    Structure
        Untested with texts among the columns, or fewer than ten units to a segment; without a valley the
        other comparisons, which take longer, are not made.

    Notes
    -----
    k-means divides a cloud without any clumps too and, where the cloud is long, the same way again and again:
    stable segments need not be natural ones. (1) Gaussian clouds of the same covariance, after Liu, Hayes,
    Nobel & Marron 2008; what is left within the segments is set against what the best division leaves there,
    so the test is on the safe side for segments of another method. (2) Shuffled columns keep distributions
    that beat a Gaussian cloud without clumps: bounded, skewed, counts. (3) Neither tells long clouds of such
    columns from clumps: so between each two neighbouring segments there must be a valley, which is judged by
    the dip of their members on the line that tells them apart best (Hartigan & Hartigan 1985). All must
    agree, unless the valley is deeper than in any of 999 samples of the uniform and half as deep again as in
    any of the clouds: clumps that differ in one column among many are lost in the variance of the others, and
    come back when columns are shuffled.
    """
    base, k = _telling(base), solution.k
    if not _testable(base, k):
        return UNTESTED
    mine = left_within(base.numbers, base.weights, solution.labels, k)
    depth = _shallowest(smeared(base, random), base.weights, solution.labels, k)
    told = Structure(mine, np.nan, np.nan, np.nan, np.nan, one_peak(depth), one_peak(depth))
    if told.p <= NATURAL:
        clouds, depths = _clouds(base, k, random)
        sure = told.p <= SURE and depth > DEEPER * depths.max()
        low, high = (float(each) for each in np.quantile(clouds, [0.025, 0.975]))
        cloud_p = _share(clouds <= mine * (1 + kmeans.SAME))
        shuffled_p = np.nan if sure else independence(base, mine, k, random)
        valley_p = max(told.valley_p, _share(depths >= depth))
        p = valley_p if sure else max(cloud_p, shuffled_p, valley_p)
        told = Structure(mine, low, high, cloud_p, shuffled_p, valley_p, p)
    # otherwise one kind may lie within another, or be a pattern of answers: no clumps, and no cuts either
    return told if told.p <= NATURAL or solution.method == "kmeans" else UNTESTED


def _telling(base: Base) -> Base:
    """Take the columns whose clumps prove kinds of customers: of both kinds the answers.

    How often and how lately somebody buys are tied by construction: a gap there proves nothing.
    """
    if base.kind != "both":
        return base
    scales = {name: scale for name, scale in base.scales.items() if scale == "answer"}
    raw = base.raw[list(scales)]
    return replace(base, raw=raw, scales=scales, numbers=numbers_of(raw, base.weights, scales))


def _testable(base: Base, k: int) -> bool:
    return base.all_numeric and base.raw.shape[1] > 0 and base.n >= 10 * k


def _clouds(base: Base, k: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Divide Gaussian clouds of the same covariance: what is left within, and the valleys between."""
    middle = np.average(base.numbers, axis=0, weights=base.weights)
    centred = base.numbers - middle
    covariance = (centred * base.weights[:, None]).T @ centred / base.weights.sum()
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(values.clip(min=0))
    told = np.empty((2, CLOUDS))
    for at in range(CLOUDS):
        cloud = random.standard_normal(base.numbers.shape) @ root.T
        found = kmeans.k_means(cloud, base.weights, k, starts=STARTS, random=random)
        told[0, at] = left_within(cloud, base.weights, found.labels, k)
        told[1, at] = _shallowest(cloud, base.weights, found.labels, k)
    return told[0], told[1]


def valley(base: Base, solution: Solution, random: np.random.Generator) -> float:
    """Tell how often values with one peak would dip as much as between the two segments least apart.

    Parameters
    ----------
    base
        The units.
    solution
        Their segments.
    random
        Source of what makes values of a scale or count continuous.

    Returns
    -------
    float
        p; NaN with texts among the columns or fewer than ten units to a segment.
    """
    base = _telling(base)
    if not _testable(base, solution.k):
        return np.nan
    return one_peak(_shallowest(smeared(base, random), base.weights, solution.labels, solution.k))


def independence(base: Base, mine: float, k: int, random: np.random.Generator) -> float:
    """Compare segments with k-means of the same columns, each shuffled for itself.

    Parameters
    ----------
    base
        The units, every column a number.
    mine
        Share of the variance that is left within the segments.
    k
        Number of segments.
    random
        Source of shuffles and starts.

    Returns
    -------
    float
        Share of shuffled data, the data counted among them, that are as well divided as the data: small
        where values go together in clumps. 1 for a single column, which has nothing to go with.

    Notes
    -----
    Empty cells keep their places; answers are taken less the person's mean after shuffling, as they are in
    the data.
    """
    if base.raw.shape[1] < 2:
        return 1.0
    left = np.empty(CLOUDS)
    for at in range(CLOUDS):
        points = numbers_of(_shuffled(base.raw, random), base.weights, base.scales)
        found = kmeans.k_means(points, base.weights, k, starts=STARTS, random=random)
        left[at] = left_within(points, base.weights, found.labels, k)
    return _share(left <= mine * (1 + kmeans.SAME))


def _share(as_good: Truths) -> float:
    return float((1 + as_good.sum()) / (as_good.size + 1))


def _shuffled(raw: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    columns = {}
    for name in raw:
        values = scaled(raw[name], "standard")[:, 0].copy()
        there = ~np.isnan(values)
        values[there] = random.permutation(values[there])
        columns[name] = values
    return pd.DataFrame(columns)


def _centres(points: Floats, weights: Floats, label: Integers, k: int) -> Floats:
    held = (label == np.arange(k)[:, None]) * weights
    return np.asarray(held @ points / np.maximum(held.sum(axis=1, keepdims=True), 1e-300))


def left_within(points: Floats, weights: Floats, label: Integers, k: int) -> float:
    """Tell the share of the variance of points that is left within segments.

    Parameters
    ----------
    points, weights, label
        Shapes (units, columns), (units,) and (units,); label is 0 … k − 1.
    k
        Number of segments.
    """
    away = points - _centres(points, weights, label, k)[label]
    middle = np.average(points, axis=0, weights=weights)
    total = float(weights @ np.square(points - middle).sum(axis=1))
    return float(weights @ np.square(away).sum(axis=1)) / total


def _shallowest(points: Floats, weights: Floats, label: Integers, k: int) -> float:
    """Least dip times √n between neighbours: segments with no third one's centre in the ball between them."""
    centres = _centres(points, weights, label, k)
    squares = np.square(centres[:, None] - centres).sum(axis=2)
    shallowest = np.inf
    for one, other in zip(*np.triu_indices(k, 1), strict=True):
        third = np.delete(squares[one] + squares[other], [one, other])
        if not (third < squares[one, other]).any():
            both = (label == one) | (label == other)
            shallowest = min(shallowest, _depth(points[both], weights[both], label[both] == one))
    return shallowest


def _depth(points: Floats, weights: Floats, first: Truths) -> float:
    """Dip times √n of two segments on the line that tells them apart best (Fisher 1936).

    The larger is taken only as far from the other's side as the other has members: what is cut off at an end
    has one peak as before, and a small clump is not lost beside a large one.
    """
    sides = np.array([np.average(points[part], axis=0, weights=weights[part]) for part in (first, ~first)])
    away = points - np.where(first[:, None], *sides)
    scatter = (away * weights[:, None]).T @ away / weights.sum()
    ridge = RIDGE * np.trace(scatter) / len(scatter) + 1e-12
    line = points @ np.linalg.solve(scatter + ridge * np.eye(len(scatter)), sides[1] - sides[0])
    least = min(weights[first].sum(), weights[~first].sum())
    order = np.argsort(line if weights[first].sum() == least else -line)
    kept = order[weights[order].cumsum() <= 2 * least * (1 + 1e-9)]
    return dip(line[kept], weights[kept]) * float(np.sqrt(effective_n(weights[kept])))
