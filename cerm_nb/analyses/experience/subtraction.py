"""Which cells of groups are kept back, so that nothing of a few follows from what is told of others."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats, Integers, Truths

    Grouping = tuple[Integers, int]


def kept_back(values: Floats, weights: Floats, groupings: Sequence[Grouping], own: Params) -> list[Truths]:
    """Choose which groups' cells are not told.

    Parameters
    ----------
    values
        Answers of all the total rests on, shape (rows, cells), NaN where there is none.
    weights
        Shape (rows,).
    groupings
        Of each grouping, such as tiers and segments, the number of each row's group from 0 (−1 for a row of
        no group that is told of), shape (rows,), and how many groups there are.
    own
        min_neff and min_group are used.

    Returns
    -------
    list of ndarray
        For each grouping: True where a group's cell is kept back, shape (groups, cells).

    Notes
    -----
    A cell is kept back where it rests on fewer than `min_neff` effective answers or `min_group` respondents.
    The total of a cell is told elsewhere, so the total less the groups told tells those not told together,
    respondents of no group among them. While these are too few, the smallest group told is kept back with
    them (complementary suppression: Cox 1980, *Journal of the American Statistical Association* 75). Two
    groupings of the same respondents are then held against each other, see `_between`.
    """
    held = np.where(np.isnan(values), 0.0, weights[:, None])
    powers = np.stack([(held > 0).astype(float), held, held**2])
    hidden = [_within(powers, *grouping, own) for grouping in groupings]
    fewest_first = sorted(range(len(groupings)), key=lambda at: groupings[at][1])
    for one, other in combinations(fewest_first, 2):
        sums = _crossed(powers, groupings[one], groupings[other])
        for cell in range(values.shape[1]):
            _between(sums[..., cell], hidden[one][:, cell], hidden[other][:, cell], own)
    return hidden


def _within(powers: Floats, group: Integers, count: int, own: Params) -> Truths:
    """Keep back few, and the next smallest with them where the total would tell them."""
    member = (group[:, None] == np.append(np.arange(count), -1)).astype(float).T
    sums = member @ powers
    told, rest = sums[:, :-1], sums[:, -1]
    hidden = _few(told, own)
    for _ in range(count):
        left = rest + np.where(hidden, told, 0.0).sum(axis=1)
        open_cells = np.flatnonzero((left[0] > 0) & _few(left, own) & ~hidden.all(axis=0))
        if not len(open_cells):
            break
        smallest = np.where(hidden, np.inf, told[0]).argmin(axis=0)
        hidden[smallest[open_cells], open_cells] = True
    return hidden


def _crossed(powers: Floats, one: Grouping, other: Grouping) -> Floats:
    """Sum by group of one and of the other, respondents of none last; shape (3, groups, groups, cells)."""
    places = [np.where(group < 0, count, group) for group, count in (one, other)]
    found = np.zeros((len(powers), one[1] + 1, other[1] + 1, powers.shape[2]))
    for power, sums in zip(powers, found, strict=True):
        np.add.at(sums, tuple(places), power)
    return found


def _between(sums: Floats, one: Truths, other: Truths, own: Params) -> None:
    """Keep back more of one cell, in place, until two groupings together tell nothing of a few either.

    Notes
    -----
    What is not told of a grouping is known together, as the rest of the total, so both groupings are blocks
    that hold everybody. Sums of disjoint sets of respondents that follow from sums of blocks are all put
    together from differences S − T, of some blocks of the first grouping and some of the second that lie
    within them: for each S, the whole of what lies within it leaves the fewest. While one leaves a few, the
    smallest group told in it is kept back.
    """
    while True:
        first, second = _blocks(one), _blocks(other)
        together = np.einsum("ai,pij,bj->pab", first, sums, second)
        exposed = next((pair for pair in _nested(together[0]) if _exposes(together, *pair, own)), None)
        if exposed is None:
            return
        size = [
            np.where(hidden, np.inf, sums[0].sum(axis=1 - at)[:-1]) for at, hidden in enumerate((one, other))
        ]
        inside = [chosen @ blocks > 0 for chosen, blocks in zip(exposed, (first, second), strict=True)]
        near = [np.where(there[:-1], each, np.inf) for there, each in zip(inside, size, strict=True)]
        if not np.isfinite(np.concatenate(near)).any():
            near = size
        smallest = int(np.argmin([each.min(initial=np.inf) for each in near]))
        (one, other)[smallest][near[smallest].argmin()] = True


def _blocks(hidden: Truths) -> Floats:
    """Take groups told one by one, all others with respondents of no group as one; (blocks, groups + 1)."""
    told = np.flatnonzero(~hidden)
    alone = np.eye(len(hidden) + 1)[told]
    return np.vstack([alone, 1.0 - alone.sum(axis=0)])


def _nested(n: Floats) -> Iterator[tuple[Truths, Truths]]:
    """List sets of blocks of the first grouping, each with all blocks of the second that lie within it."""
    for number in range(1, 2 ** len(n)):
        chosen = (number >> np.arange(len(n)) & 1).astype(bool)
        within = (n[~chosen].sum(axis=0) == 0) & (n.sum(axis=0) > 0)
        if within.any():
            yield chosen, within


def _exposes(sums: Floats, chosen: Truths, within: Truths, own: Params) -> bool:
    """Whether some, but few, are left of the chosen blocks less those that lie within them."""
    left = sums[:, chosen][:, :, ~within].sum(axis=(1, 2))
    return bool(left[0] > 0 and _few(left, own))


def _few(sums: Floats, own: Params) -> Truths:
    """Whether answers counted, and sums of their weights and squared weights, are too few to be told."""
    n, once, twice = sums
    n_eff = np.where(twice > 0, once**2 / np.where(twice > 0, twice, 1.0), 0.0)
    return np.asarray((n_eff < own.min_neff) | (n < own.min_group))
