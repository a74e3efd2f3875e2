"""Mixtures by EM from many starts at once, on weighted patterns, for the families of `families`.

Starts of latent classes go up in single precision, the best of them to its very end in double.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.segments.kmeans import extended, fitted, masks, seeds

if TYPE_CHECKING:
    from cerm_nb.analyses.segments.families import Family
    from cerm_nb.stats import Floats

BLOCK = 480_000  # class probabilities held at a time: many starts make one large product
STEPS, GAIN = 2000, 1e-7  # steps of a start at most, and the gain of three a unit that ends it
LAST_GAIN = 1e-11  # the same for the best start
LEAST_SHARE = 1e-30  # of a class, so that it has a logarithm
SAME = 1e-6  # log-likelihoods nearer to each other, relatively, are one optimum


@dataclass(frozen=True, eq=False)
class Ends:
    """Where starts have ended.

    Parameters
    ----------
    lines
        Shape (starts, k, features); the last feature's holds the classes' shares too.
    log_likelihood
        Shape (starts,).
    """

    lines: Floats
    log_likelihood: Floats

    def posteriors(self, features: Floats, start: int) -> Floats:
        """Probability of each class given a pattern, shape (k, patterns)."""
        held, total, _ = _shares(self.lines[start] @ features.T)
        return held / total


def run(
    family: Family,
    weights: Floats,
    k: int,
    random: np.random.Generator,
    *,
    steps: int = STEPS,
    gain: float = GAIN,
    tries: int = 0,
) -> Ends:
    """Run EM once for each row of weights.

    Parameters
    ----------
    family
        The mixture.
    weights
        Weight of each pattern, a start or a sample per row, shape (starts, patterns).
    k
        Number of classes.
    random
        Source of the starts.
    steps, gain
        A start ends after so many steps, or where a leap raises the log-likelihood per unit by less.
    tries
        Begin at the best of so many k-means of the features; at k patterns far apart where 0.
    """
    places = _standard(family.places if tries else family.features[:, :-1])
    both = _both_ways(family.features)
    step = max(1, BLOCK // (k * weights.shape[1]))
    parts = []
    for first in range(0, len(weights), step):
        drawn = weights[first : first + step].astype(family.features.dtype)
        sums = _sums(_first_held(places, drawn, k, random, tries), family.features)
        parts.append(_climb(family, both, drawn, sums, steps, gain))
    return Ends(*(np.concatenate([getattr(part, name) for part in parts]) for name in Ends.__annotations__))


def one_step(family: Family, held: Floats, weights: Floats) -> Ends:
    """Fit the classes to given members, and tell how well they fit all patterns.

    Parameters
    ----------
    held
        Weight of the members of each class among the patterns, shape (k, patterns).
    weights
        Weight of each pattern, shape (patterns,).
    """
    features = family.features.astype(float)
    lines = _maximised(family, _sums(held[None], features))
    return Ends(lines, _shares(lines @ features.T)[2] @ weights)


def best_of(family: Family, weights: Floats, ends: Ends) -> tuple[Ends, float]:
    """Bring the best start to its very end; tell the share of the starts that end as high.

    Parameters
    ----------
    family, weights
        The mixture, and the weight of each pattern.
    ends
        Starts with these weights, from `run`.

    Returns
    -------
    Ends
        One start.
    float
        Share of the starts.
    """
    levels = ends.log_likelihood
    best = int(levels.argmax())
    share = float((levels >= levels[best] - SAME * abs(levels[best])).mean())
    features = family.features.astype(float)
    sums = _sums(ends.posteriors(features, best)[None] * weights, features)
    return _climb(family, _both_ways(features), weights[None], sums, STEPS, LAST_GAIN), share


def _climb(
    family: Family, both: tuple[Floats, Floats], weights: Floats, sums: Floats, steps: int, gain: float
) -> Ends:
    """Go up by EM, leaping along the way it takes (squared extrapolation, Varadhan & Roland 2008).

    The sums of features are what is extrapolated: leaps leave their totals over the classes as they are. A
    leap that does not lead up is not made. A start ends where a step and a leap together gain little.
    """
    totals = weights.sum(axis=1, dtype=float)
    lines, levels = np.empty_like(sums), np.empty(len(sums))
    climbing = np.arange(len(sums))
    for _ in range(0, steps, 3):
        _, before, once = _stepped(family, both, weights, sums)
        held, told, twice = _stepped(family, both, weights, once)
        leapt, reached, after = _stepped(family, both, weights, _leap(sums, once, twice))
        up = reached > told
        sums = np.where(up[:, None, None], after, twice)
        lines[climbing] = np.where(up[:, None, None], leapt, held)
        levels[climbing] = np.maximum(reached, told)
        goes = levels[climbing] - before > gain * totals[climbing]
        if not goes.any():
            break
        if not goes.all():
            climbing, sums, weights = climbing[goes], sums[goes], weights[goes]
    return Ends(lines, levels)


def _leap(sums: Floats, once: Floats, twice: Floats) -> Floats:
    step = once - sums
    bend = twice - once - step
    length, bent = (np.sqrt(np.square(each).sum(axis=(1, 2), keepdims=True)) for each in (step, bend))
    far = np.maximum(length / np.where(bent > 0, bent, np.inf), 1)
    leapt = sums + 2 * far * step + far**2 * bend
    # no class may lose all it holds
    return np.where((leapt[..., -1:] > 0).all(axis=1, keepdims=True), leapt, twice)


def _stepped(
    family: Family, both: tuple[Floats, Floats], weights: Floats, sums: Floats
) -> tuple[Floats, Floats, Floats]:
    """Give the lines of the sums, how well they fit each start, and the sums one step of EM further."""
    lines = _maximised(family, sums)
    starts, k, width = lines.shape
    features, across = both
    held, total, levels = _shares((lines.reshape(-1, width) @ across).reshape(starts, k, -1))
    held *= weights[:, None] / total
    return lines, np.einsum("sp,sp->s", weights, levels, dtype=float), _sums(held, features)


def _standard(features: Floats) -> Floats:
    spread = features.std(axis=0)
    return np.asarray(features / np.where(spread > 0, spread, 1.0))


def _both_ways(features: Floats) -> tuple[Floats, Floats]:
    """Lay features out by pattern and by feature: products along either are much the quicker."""
    return features, np.ascontiguousarray(features.T)


def _first_held(places: Floats, weights: Floats, k: int, random: np.random.Generator, tries: int) -> Floats:
    """Begin at k patterns far apart, drawn anew for each start: a pattern belongs mostly to the nearest."""
    lines = extended(places)
    if tries:
        chosen = fitted(places, weights, k, random, tries=tries)
    else:
        chosen = seeds(lines, weights.astype(np.float32), k, random)
    nearest = np.stack([masks(lines, each) for each in chosen])
    loose = random.standard_exponential(nearest.shape, dtype=np.float32)
    # the loose half is shared out at random, any way as likely as any other (flat Dirichlet)
    loose *= (0.5 * weights / loose.sum(axis=1))[:, None]
    return np.asarray(loose + nearest * (0.5 * weights / nearest.sum(axis=1, dtype=weights.dtype))[:, None])


def _sums(weighed: Floats, features: Floats) -> Floats:
    starts, k, patterns = weighed.shape
    return (weighed.reshape(-1, patterns) @ features).reshape(starts, k, -1)


def _maximised(family: Family, sums: Floats) -> Floats:
    lines, mass = family.lines(sums), sums[..., -1]
    lines[..., -1] += np.log(np.maximum(mass / mass.sum(axis=1, keepdims=True), LEAST_SHARE))
    return lines


def _shares(logs: Floats) -> tuple[Floats, Floats, Floats]:
    """Turn log densities, classes on the last axis but one, into posteriors times a total, it, and all's log.

    They take the place of the log densities: fresh memory costs more than the sums themselves.
    """
    top = logs.max(axis=-2, keepdims=True)
    logs -= top
    np.exp(logs, out=logs)
    total = logs.sum(axis=-2, keepdims=True)
    return logs, total, (np.log(total) + top).squeeze(-2)
