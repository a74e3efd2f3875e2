"""Sets of promises that reach the most respondents: total unduplicated reach and frequency."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.reach import patterns, wanted
from cerm_nb.analyses.promise.redraws import redraw, spaced
from cerm_nb.errors import DataError, NotEnoughData, Problem
from cerm_nb.stats import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import ArrayLike

    from cerm_nb.analyses.promise.hierarchical import PartWorths
    from cerm_nb.analyses.promise.reach import Patterns
    from cerm_nb.analyses.promise.redraws import Redraws
    from cerm_nb.stats import Floats, Integers, Truths
    from cerm_nb.surveys import SurveyParams

MOST_SETS = 200_000  # of one size, up to which every set is tried
CANDIDATES = 1_000  # best sets of a size that are followed through the redraws
SHOWN = 10  # sets of a size that are told of
SAME = 1e-9  # up to which two reaches are one; frequency, scaled below it, decides between equal reaches


@dataclass(frozen=True, eq=False)
class Turf:
    """Reach of sets.

    Parameters
    ----------
    sets
        size, rank, items (joined by ' + '), reach (share of respondents with at least one item of the set
        among those they want), low, high, frequency (items of the set a respondent wants, mean),
        frequency_low, frequency_high, p_best (share of redraws in which it is the best of its size; NaN where
        not every set was tried); the best sets of each size.
    steps
        step, item, reach, low, high, marginal (reach it adds to the items before it), marginal_low,
        marginal_high: from the best single item on, each time the item that adds most.
    exact
        Whether every set up to the size asked for was tried; else the sizes with too many sets have the one
        of `steps`.
    tried
        Sets tried.
    n, n_eff
        Respondents, and equal ones they are worth.
    caveats
        (key, values).
    """

    sets: pd.DataFrame
    steps: pd.DataFrame
    exact: bool
    tried: int
    n: int
    n_eff: float
    caveats: tuple[tuple[str, Mapping[str, object]], ...]


def turf(
    values: ArrayLike,
    items: Sequence[str],
    size: int,
    own: SurveyParams,
    *,
    most: int = 3,
    threshold: float | None = None,
    weights: ArrayLike | None = None,
) -> Turf:
    """Find the sets of items that reach the most respondents.

    Parameters
    ----------
    values
        Individual part-worths or ratings, shape (respondents, items) or (draws, respondents, items).
    items
        Names of the items.
    size
        Largest size of a set, 1 to the number of items.
    own
        bootstrap, seed and confidence are used.
    most, threshold
        When an item is wanted: see `wanted`.
    weights
        Of respondents, 0 or more; 1 where unset.

    Raises
    ------
    DataError
        Where sizes, items or weights do not fit.
    NotEnoughData
        ``no_respondents`` where nobody judged anything.

    Notes
    -----
    Miaoulis, Parsons & Free 1990. Every set is tried where no size has more than 200,000; beyond that, items
    are added one at a time (greedy), which reaches at least 1 − 1/e of the best (Nemhauser, Wolsey & Fisher
    1978). Between sets of equal reach the higher frequency is better.
    """
    cube = np.asarray(values, dtype=float)
    cube = cube[None] if cube.ndim == 2 else cube
    held = np.ones(cube.shape[1]) if weights is None else np.asarray(weights, dtype=float)
    _check(cube, items, size, most, held)
    held = np.where(np.isfinite(cube).any(axis=(0, 2)), np.nan_to_num(held), 0.0)
    drawn = redraw(held, len(cube), own)
    want = wanted(cube, most, threshold)
    found = patterns(want, drawn)
    steps, chosen = _steps(found, items, size, drawn)
    every = {at: comb(len(items), at) for at in range(1, size + 1)}
    tables = [
        _best(_all_sets(len(items), at), found, items, drawn)
        if count <= MOST_SETS
        else _told(np.array([chosen[:at]]), found, items, drawn)
        for at, count in every.items()
    ]
    tried = sum(count for count in every.values() if count <= MOST_SETS)
    greedy = [at for at, count in every.items() if count > MOST_SETS]
    caveats = tuple(_caveats(want, held, greedy))
    sets = pd.concat(tables, ignore_index=True)
    return Turf(sets, steps, not greedy, tried, drawn.n, drawn.n_eff, caveats)


def turf_of_items(
    part_worths: PartWorths,
    size: int,
    own: SurveyParams,
    *,
    most: int = 3,
    weights: ArrayLike | None = None,
) -> Turf:
    """Find the sets of items of best–worst tasks that reach the most respondents.

    Parameters
    ----------
    part_worths
        Of items: one attribute, its levels.
    size, own, most, weights
        As in `turf`.
    """
    drawn = part_worths.draws[spaced(len(part_worths.draws))]
    items = [level for _, level in part_worths.coding.labels]
    return turf(part_worths.coding.to_levels(drawn), items, size, own, most=most, weights=weights)


def _check(cube: Floats, items: Sequence[str], size: int, most: int, weights: Floats) -> None:
    rules = (
        (
            cube.ndim != 3 or cube.shape[2] != len(items),
            "items",
            f"{cube.shape[-1]} columns",
            f"{len(items)}",
        ),
        (not 1 <= size <= len(items), "size of sets", str(size), f"1 to {len(items)}"),
        (most < 1, "most", str(most), "1 or more"),
        (len(weights) != cube.shape[1], "weights", str(len(weights)), f"one for each of {cube.shape[1]}"),
    )
    problems = [
        Problem(f"sets of promises → {where}", got, expected) for bad, where, got, expected in rules if bad
    ]
    if problems:
        raise DataError(problems)
    if not np.isfinite(cube).any():
        raise NotEnoughData("no_respondents", found=0)


def _all_sets(items: int, size: int) -> Integers:
    flat = np.fromiter(chain.from_iterable(combinations(range(items), size)), np.int64)
    return flat.reshape(-1, size)


def _score(reach: Floats, frequency: Floats, size: int) -> Floats:
    """Reach, and frequency among equal reaches."""
    return np.asarray(np.round(reach / SAME) * SAME + frequency / size * SAME / 2)


def _best(sets: Integers, held: Patterns, items: Sequence[str], drawn: Redraws) -> pd.DataFrame:
    """Rank all sets of a size in the sample, and follow the best through the redraws."""
    size = sets.shape[1]
    often = held.weights[0] @ held.wanted
    score = _score(held.reach_of_sample(sets), often[sets].sum(axis=1), size)
    first = sets[np.argsort(-score, kind="stable")[:CANDIDATES]]
    rank = _score(held.reach(first), held.frequency(first), size)[1:]
    leading = rank >= rank.max(axis=1, keepdims=True) - SAME / 1000
    p_best = (leading / leading.sum(axis=1, keepdims=True)).mean(axis=0)
    shown = first[:SHOWN]
    return _told(shown, held, items, drawn).assign(p_best=p_best[: len(shown)])


def _told(sets: Integers, held: Patterns, items: Sequence[str], drawn: Redraws) -> pd.DataFrame:
    reach, frequency = held.reach(sets), held.frequency(sets)
    low, high = _reach_interval(reach, drawn)
    often_low, often_high = drawn.interval(frequency)
    return pd.DataFrame(
        {
            "size": sets.shape[1],
            "rank": np.arange(1, len(sets) + 1),
            "items": [" + ".join(items[at] for at in one) for one in sets],
            "reach": reach[0],
            "low": low,
            "high": high,
            "frequency": frequency[0],
            "frequency_low": often_low,
            "frequency_high": often_high,
            "p_best": np.nan,
        }
    )


def _reach_interval(reach: Floats, drawn: Redraws) -> tuple[Floats, Floats]:
    """Interval of shares; where all or none of the sample are reached, others may not be (Wilson)."""
    low, high = drawn.interval(reach)
    if drawn.n > 1:
        none, every = reach[0] < SAME, reach[0] > 1 - SAME
        high = np.where(none, wilson_interval(0, drawn.n_eff, drawn.confidence)[1], high)
        low = np.where(every, wilson_interval(drawn.n_eff, drawn.n_eff, drawn.confidence)[0], low)
    return low, high


def _steps(held: Patterns, items: Sequence[str], size: int, drawn: Redraws) -> tuple[pd.DataFrame, list[int]]:
    """Add the item that adds most, one at a time."""
    often = held.weights[0] @ held.wanted
    chosen: list[int] = []
    reached = [np.zeros(len(held.weights))]
    left = np.ones(len(held.wanted))
    for _ in range(size):
        gain = (held.weights[0] * left) @ held.wanted
        score = _score(gain, often, len(items))
        score[chosen] = -1.0
        chosen.append(int(score.argmax()))
        left = left * (1 - held.wanted[:, chosen[-1]])
        reached.append(held.weights @ (1 - left))
    reach = np.column_stack(reached)
    marginal = np.diff(reach, axis=1)
    ends = (*_reach_interval(reach[:, 1:], drawn), marginal[0], *drawn.interval(marginal))
    names = ("low", "high", "marginal", "marginal_low", "marginal_high")
    frame = pd.DataFrame(
        {"step": range(1, size + 1), "item": [items[at] for at in chosen], "reach": reach[0, 1:]}
    )
    return frame.assign(**dict(zip(names, ends, strict=True))), chosen


def _caveats(want: Truths, held: Floats, greedy: Sequence[int]) -> Iterator[tuple[str, Mapping[str, object]]]:
    if greedy:
        yield "sets_greedy", {"sizes": list(greedy)}
    none = int((~want.any(axis=(0, 2)) & (held > 0)).sum())
    if none:
        yield "wants_none", {"n": none, "of": int((held > 0).sum())}
