"""Who wants what: respondents who want the same are one pattern, against which sets of items are held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.analyses.promise.redraws import Redraws
    from cerm_nb.stats import Floats, Integers, Truths

AT_ONCE = 4_000_000  # cells of patterns by sets held in memory


@dataclass(frozen=True, eq=False)
class Patterns:
    """What respondents want, each pattern once: wanted (patterns, items), weights (1 + redraws, patterns)."""

    wanted: Floats
    weights: Floats

    def hits(self, sets: Integers) -> Floats:
        """Count the items each pattern wants of each set (sets, size), shape (patterns, sets)."""
        member = np.zeros((self.wanted.shape[1], len(sets)))
        member[sets.T, np.arange(len(sets))] = 1.0
        return np.asarray(self.wanted @ member)

    def reach(self, sets: Integers) -> Floats:
        """Tell the share that wants an item of each set, shape (1 + redraws, sets)."""
        return np.hstack([self.weights @ (self.hits(some) > 0) for some in self._parts(sets)])

    def reach_of_sample(self, sets: Integers) -> Floats:
        """Tell the first row of `reach`, shape (sets,)."""
        return np.concatenate([self.weights[0] @ (self.hits(some) > 0) for some in self._parts(sets)])

    def frequency(self, sets: Integers) -> Floats:
        """Tell the mean number of items wanted of each set, shape (1 + redraws, sets)."""
        return np.asarray((self.weights @ self.wanted)[:, sets].sum(axis=2))

    def _parts(self, sets: Integers) -> Iterator[Integers]:
        step = max(1, AT_ONCE // len(self.wanted))
        return (sets[at : at + step] for at in range(0, len(sets), step))


def wanted(values: Floats, most: int = 3, threshold: float | None = None) -> Truths:
    """Tell which items each respondent wants.

    Parameters
    ----------
    values
        Part-worths or ratings, shape (..., items); NaN where an item was not judged.
    most
        The item is wanted where fewer than this many are strictly better. Who judges all alike wants none.
    threshold
        Instead of `most`: wanted from this value on.
    """
    if threshold is not None:
        return np.asarray(values >= threshold)
    given = np.where(np.isnan(values), -np.inf, values)
    ordered = np.sort(given, axis=-1)
    limit = ordered[..., [-min(most, given.shape[-1])]]
    least = np.nanmin(np.where(np.isnan(values), np.inf, values), axis=-1, keepdims=True)
    return np.asarray((given >= limit) & (given > least))


def patterns(want: Truths, drawn: Redraws) -> Patterns:
    """Collapse respondents, of all draws, who want the same.

    Parameters
    ----------
    want
        From `wanted`, shape (draws, respondents, items).
    drawn
        From `redraw`.
    """
    draws, people, size = want.shape
    packed = np.packbits(want.reshape(-1, size), axis=1)
    _, first, code = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    code = code.reshape(draws, people)
    count = len(first)
    sample = np.bincount(code.ravel(), np.tile(drawn.weights[0] / draws, draws), minlength=count)
    row = np.arange(len(drawn.draw))[:, None] * count
    flat = np.bincount(
        (row + code[drawn.draw]).ravel(), drawn.weights[1:].ravel(), minlength=len(drawn.draw) * count
    )
    weights = np.vstack([sample, flat.reshape(-1, count)])
    return Patterns(want.reshape(-1, size)[first].astype(float), weights)
