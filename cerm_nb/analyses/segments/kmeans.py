"""k-means from many starts at once, on weighted patterns: every start is a slice of the same products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Integers

Singles = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
Masks = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]

BLOCK = 30_000  # distances held at a time: what a processor's cache holds
STEPS, FEW_STEPS = 300, 15  # at most; and on few patterns, which only tell where to begin
SHIFT = 1e-4  # centres that move by less, over the mean variance of a column, stand still
SAMPLE = 600  # points on which a start is brought near its end before all points are used
SAME = 1e-6  # sums of squares nearer to each other, relatively, are one optimum


@dataclass(frozen=True, eq=False)
class Clusters:
    """The best of many starts.

    Parameters
    ----------
    centres
        Shape (k, columns).
    labels
        Cluster of each pattern, 0 … k − 1, shape (patterns,).
    sse
        Weighted sum of squared distances to the centres.
    best_restart_share
        Share of the starts that end in this optimum.
    """

    centres: Floats
    labels: Integers
    sse: float
    best_restart_share: float


def k_means(points: Floats, weights: Floats, k: int, *, starts: int, random: np.random.Generator) -> Clusters:
    """Cluster weighted patterns, keeping the best of many starts.

    Parameters
    ----------
    points
        Distinct patterns, shape (patterns, columns), finite.
    weights
        Weight of each pattern, above 0, shape (patterns,).
    k
        Number of clusters, at most the number of patterns.
    starts
        Starts by k-means++ (Arthur & Vassilvitskii 2007).
    random
        Source of the starts.

    Raises
    ------
    ValueError
        Where there are fewer patterns than clusters.

    Notes
    -----
    Lloyd's steps run in single precision over all starts; the best end is brought to its exact optimum in
    double precision, and so is told which starts end in it.
    """
    if not 1 <= k <= len(points):
        raise ValueError(f"{k} clusters of {len(points)} distinct patterns")
    ends = fitted(points, np.broadcast_to(weights, (starts, len(weights))), k, random)
    levels = np.array([_sse(points, weights, centres.astype(float))[1] for centres in ends])
    centres, labels, sse = settled(points, weights, ends[levels.argmin()].astype(float))
    # an end is the best optimum also where it stopped a hair before it
    reached = levels <= max(sse, float(levels.min())) * (1 + 1e-3 * SHIFT + SAME) + 1e-12
    return Clusters(centres, labels, sse, float(reached.mean()))


def fitted(
    points: Floats, weights: Floats, k: int, random: np.random.Generator, *, tries: int = 1
) -> Singles:
    """Run k-means once for each row of weights.

    Parameters
    ----------
    points
        Shape (patterns, columns).
    weights
        A sample of the patterns per row, 0 where a pattern is not in it, shape (samples, patterns).
    k, random
        As in `k_means`.
    tries
        Starts of each sample, of which the best goes on.

    Returns
    -------
    ndarray
        Centres, shape (samples, k, columns), single precision.
    """
    lines = extended(points)
    ends = np.empty((len(weights), k, points.shape[1]), dtype=np.float32)
    step = max(1, BLOCK // (k * len(points)))
    for first in range(0, len(weights), step):
        part = slice(first, first + step)
        drawn = np.asarray(weights[part], dtype=np.float32)
        ends[part] = _lloyd(lines, drawn, _begun(lines, drawn, k, random, tries))
    return ends


def extended(points: Floats) -> Singles:
    """Points as columns over a row of ones, shape (columns + 1, patterns), single precision."""
    return np.ascontiguousarray(np.column_stack([points, np.ones(len(points))]).T, dtype=np.float32)


def masks(lines: Singles, centres: Singles) -> Masks:
    """Tell which patterns each centre holds.

    Parameters
    ----------
    lines
        From `extended`.
    centres
        Shape (k, columns).

    Returns
    -------
    ndarray
        Shape (k, patterns).
    """
    nearness = _rows(centres) @ lines
    held: Masks = nearness == nearness.max(axis=0)
    return held


def seeds(lines: Singles, weights: Singles, k: int, random: np.random.Generator) -> Singles:
    """Choose patterns as centres by k-means++ (Arthur & Vassilvitskii 2007) in each sample.

    Parameters
    ----------
    lines
        From `extended`.
    weights
        Shape (samples, patterns).

    Returns
    -------
    ndarray
        Shape (samples, k, columns).
    """
    points = np.ascontiguousarray(lines[:-1].T)
    squares = np.square(points).sum(axis=1)
    chosen = np.empty((len(weights), k, points.shape[1]), dtype=np.float32)
    distance = np.full(weights.shape, np.inf, dtype=np.float32)
    odds = weights
    for at in range(k):
        drawn = _drawn(odds, random)
        chosen[:, at] = points[drawn]
        new = squares + squares[drawn, None] - 2 * (points[drawn] @ lines[:-1])
        np.minimum(distance, new.clip(min=0), out=distance)
        distance[np.arange(len(drawn)), drawn] = 0  # never the same pattern twice
        odds = weights * distance
    return chosen


def _drawn(odds: Singles, random: np.random.Generator) -> Integers:
    """Draw one column per row by odds; the last where a row has none."""
    sums = odds.cumsum(axis=1, dtype=np.float64)
    wanted = random.random(len(odds)) * sums[:, -1]
    drawn: Integers = np.minimum((sums <= wanted[:, None]).sum(axis=1), odds.shape[1] - 1)
    return drawn


def _begun(lines: Singles, weights: Singles, k: int, random: np.random.Generator, tries: int) -> Singles:
    """Bring each start near its end on few patterns (Bradley & Fayyad 1998): most steps are then cheap."""
    large = lines.shape[1] > 2 * SAMPLE
    if tries == 1 and not large:
        return seeds(lines, weights, k, random)
    begun, few = [], lines
    for row in weights:
        even = np.broadcast_to(row, (tries, row.size))
        if large:
            sums = row.cumsum(dtype=np.float64)
            few = np.ascontiguousarray(lines[:, np.searchsorted(sums, random.random(SAMPLE) * sums[-1])])
            even = np.ones((tries, SAMPLE), dtype=np.float32)
        ends = _lloyd(few, even, seeds(few, even, k, random), FEW_STEPS if large else STEPS)
        nearest = (_rows(ends) @ few).reshape(tries, k, -1).max(axis=1)
        begun.append(ends[(even * nearest).sum(axis=1).argmax()])
    return np.stack(begun)


def _lloyd(lines: Singles, weights: Singles, centres: Singles, steps: int = STEPS) -> Singles:
    """Move centres to the means of what they hold until they stand still.

    All products are written into the same two arrays: taking fresh memory for them costs more than the
    products themselves.
    """
    still = SHIFT * float(lines[:-1].var(axis=1).mean())
    samples, k, patterns = *centres.shape[:2], lines.shape[1]
    space = np.empty((2, samples * k, patterns), dtype=np.float32)
    ends, moving = centres.copy(), np.arange(samples)
    for _ in range(steps):
        size = (moving.size, k, patterns)
        nearness, held = (each[: moving.size * k] for each in space)
        np.matmul(_rows(ends[moving]), lines, out=nearness)
        cubes = nearness.reshape(size)
        holds = cubes == cubes.max(axis=1, keepdims=True)
        np.multiply(holds, weights[:, None], out=held.reshape(size))
        sums = (lines @ held.T).T.reshape(moving.size, k, -1)
        mass = sums[..., -1:]
        # a centre that holds nothing stays where it is
        moved = np.where(mass > 0, sums[..., :-1] / np.where(mass > 0, mass, 1), ends[moving])
        goes = np.square(moved - ends[moving]).sum(axis=(1, 2)) > still
        ends[moving] = moved
        if not goes.any():
            break
        moving, weights = moving[goes], weights if goes.all() else weights[goes]
    return ends


def _rows(centres: Singles) -> Singles:
    """Rows whose product with a pattern is c·x − c·c / 2: the nearer the centre the larger."""
    rows = np.concatenate([centres, -0.5 * np.square(centres).sum(-1, keepdims=True)], axis=-1)
    return np.asarray(rows.reshape(-1, rows.shape[-1]))


def _sse(points: Floats, weights: Floats, centres: Floats) -> tuple[Integers, float]:
    distance = np.stack([np.square(points - centre).sum(axis=1) for centre in centres])
    labels = distance.argmin(axis=0)
    return labels, float(weights @ distance.min(axis=0))


def settled(points: Floats, weights: Floats, centres: Floats) -> tuple[Floats, Integers, float]:
    """Bring centres to their exact optimum, in double precision, and tell what they hold.

    Parameters
    ----------
    points, weights
        Shapes (patterns, columns) and (patterns,).
    centres
        Where to begin, shape (k, columns).

    Returns
    -------
    ndarray
        Centres.
    ndarray
        Centre of each pattern, 0 … k − 1.
    float
        Weighted sum of squared distances.
    """
    labels = _sse(points, weights, centres)[0]
    for _ in range(STEPS):
        held = (labels == np.arange(len(centres))[:, None]) * weights
        mass = held.sum(axis=1, keepdims=True)
        centres = np.where(mass > 0, held @ points / np.where(mass > 0, mass, 1), centres)
        moved = _sse(points, weights, centres)[0]
        if (moved == labels).all():
            break
        labels = moved
    return centres, labels, _sse(points, weights, centres)[1]
