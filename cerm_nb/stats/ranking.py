"""Scores by rank that treat equal values alike, weighted patterns of equal rows, groups too small to show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cerm_nb.stats.arrays import Floats, Integers


def share_below(values: ArrayLike) -> Floats:
    """Share of units with a strictly smaller value; equal values get equal shares.

    Parameters
    ----------
    values
        Finite numbers, shape (n,).

    Returns
    -------
    ndarray
        Shares from 0 to (n − 1)/n, shape (n,).
    """
    numbers = np.asarray(values, dtype=float)
    return np.searchsorted(np.sort(numbers), numbers, side="left") / max(numbers.size, 1)


def quantile_scores(values: ArrayLike, bins: int) -> Integers:
    """Scores 1 … bins by rank, equal values always with equal scores.

    A unit scores k where at least a share (k − 1)/bins of all units lies strictly below it, so a column with
    few distinct values leaves scores out instead of parting equals.

    Parameters
    ----------
    values
        Finite numbers, shape (n,), the larger the better.
    bins
        Number of scores.
    """
    # the small addition undoes the rounding of a share such as 3/15 that is meant to be one fifth
    scores: Integers = np.floor(share_below(values) * bins + 1e-9).astype(np.int64) + 1
    return scores


def row_ranks(values: ArrayLike) -> Floats:
    """Rank the numbers of each row from the smallest up, equal ones with the mean of their ranks.

    Parameters
    ----------
    values
        Numbers without NaN, infinite ones too, shape (rows, n).

    Returns
    -------
    ndarray
        Ranks from 1 to n, shape (rows, n).
    """
    given = np.asarray(values, dtype=float)
    rows, n = given.shape
    order = given.argsort(axis=1, kind="stable")
    ordered = np.take_along_axis(given, order, axis=1)
    # the first of equals opens a group, and groups are numbered on from row to row
    opens = np.ones((rows, n), dtype=bool)
    opens[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    group = np.cumsum(opens.ravel()) - 1
    places = np.tile(np.arange(1.0, n + 1), rows)
    means = np.bincount(group, weights=places) / np.bincount(group)
    ranks = np.empty((rows, n))
    np.put_along_axis(ranks, order, means[group].reshape(rows, n), axis=1)
    return ranks


def weighted_patterns(*columns: Integers) -> tuple[Integers, Integers, Integers]:
    """Collapse equal rows of whole numbers.

    Parameters
    ----------
    columns
        Whole numbers of 0 or more, each of shape (n,).

    Returns
    -------
    rows : ndarray
        Index of the first unit with each pattern, shape (patterns,).
    inverse : ndarray
        Pattern of each unit, shape (n,).
    weights : ndarray
        Units with each pattern, shape (patterns,).
    """
    key = columns[0]
    for column in columns[1:]:
        base = int(column.max(initial=0)) + 1
        if int(key.max(initial=0)) >= np.iinfo(np.int64).max // base:
            key = pd.factorize(key)[0].astype(np.int64)  # too large to pack: number the patterns so far
        key = key * base + column
    inverse, unique = pd.factorize(key)
    rows = np.empty(len(unique), dtype=np.int64)
    rows[inverse[::-1]] = np.arange(key.size - 1, -1, -1)
    return rows, inverse.astype(np.int64), np.bincount(inverse, minlength=len(unique)).astype(np.int64)


def suppress(groups: pd.DataFrame, count: str, smallest: int) -> pd.DataFrame:
    """Blank the numbers of groups too small to be spoken of.

    Parameters
    ----------
    groups
        One row per group.
    count
        Column with the group's size.
    smallest
        The smallest size that is shown.

    Returns
    -------
    DataFrame
        A copy in which every number of a smaller group is NaN, its size included. Where only one is too
        small the next larger is blanked with it, or the total would tell its size.
    """
    small = groups[count] < smallest
    if small.sum() == 1 and len(groups) > 1:
        small |= groups[count] == groups.loc[~small, count].min()
    numbers = groups.select_dtypes("number").columns
    return groups.assign(**{name: groups[name].astype(float).mask(small) for name in numbers})
