"""From links between records to persons: certain ties first, then the rest, the strongest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from cerm_nb.analyses.readiness.identity.conflicts import conflicting_pairs

if TYPE_CHECKING:
    import duckdb

    from cerm_nb.stats import Integers

DECLARED = ("customer_id", "other_id")
MOST_RECORDS = 50  # records of one person from which a reader should look at them


@dataclass(frozen=True, eq=False)
class Persons:
    """Which records are one person.

    Parameters
    ----------
    person
        Per record, the number of its person: persons are numbered by their first record.
    group
        Per record, the number of its declared group: records tied by a declared number, or saying the same.
    ties
        Links beyond the declared ones that hold persons together, one for each two groups brought together:
        left, right (rows) and weight.
    cut
        Links given up because they would have made one person of two.
    """

    person: Integers
    group: Integers
    ties: pd.DataFrame
    cut: int

    @property
    def count(self) -> int:
        """Number of persons."""
        return int(self.person.max()) + 1


def gather(connection: duckdb.DuckDBPyConnection, known: pd.DataFrame, links: pd.DataFrame) -> Persons:
    """Gather records into persons.

    Parameters
    ----------
    connection
        Database with the table ``known``.
    known
        Records in one spelling, from `records.read`.
    links
        Pairs of rows with their weight.

    Notes
    -----
    Records with the same declared number, or saying exactly the same and enough, are one person for certain.
    Links add the rest along a maximum spanning forest, so each link in it is the strongest there is between
    the two parts it holds together. Where records of a person so made are in conflict (a household linked
    through a record without birthday), its weakest link is cut until they are apart.
    """
    group = _declared(known)
    ends = np.sort(group[links[["left", "right"]].to_numpy(dtype=np.int64)], axis=1)
    between = links.assign(low=ends[:, 0], high=ends[:, 1])[ends[:, 0] != ends[:, 1]]
    between = between.sort_values(["weight", "left", "right"], ascending=[False, True, True], kind="stable")
    ties = _forest(between.drop_duplicates(["low", "high"]), int(group.max()) + 1)
    person, kept = _without_conflicts(connection, group, ties)
    return Persons(
        person, group, ties[kept][["left", "right", "weight"]].reset_index(drop=True), int((~kept).sum())
    )


def _declared(known: pd.DataFrame) -> Integers:
    """Give a number to each group of records that are one person for certain."""
    rows = known["row"].to_numpy(dtype=np.int64)
    starts, ends = [], []
    for field in DECLARED:
        there = known[known[field].notna()]
        ends.append(there["row"].to_numpy(dtype=np.int64))
        starts.append(there.groupby(field)["row"].transform("min").to_numpy(dtype=np.int64))
    alike = known["identifiable"].to_numpy(dtype=bool)
    starts.append(known["twin"].to_numpy(dtype=np.int64)[alike])
    ends.append(rows[alike])
    return components(len(rows), np.concatenate(starts), np.concatenate(ends))


def components(n: int, left: Integers, right: Integers) -> Integers:
    """Give a number to each connected component of n nodes, by the first node of each."""
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n, n))
    label = connected_components(graph, directed=False)[1]
    return np.asarray(pd.factorize(label)[0], dtype=np.int64)


def _forest(between: pd.DataFrame, groups: int) -> pd.DataFrame:
    """Keep the links of the maximum spanning forest, in the order given: the strongest first."""
    order = np.arange(1, len(between) + 1, dtype=float)  # the place in the order leaves no ties to chance
    graph = coo_array((order, (between["low"], between["high"])), shape=(groups, groups)).tocsr()
    return between.iloc[np.sort(minimum_spanning_tree(graph).data).astype(np.int64) - 1]


def _without_conflicts(
    connection: duckdb.DuckDBPyConnection, group: Integers, ties: pd.DataFrame
) -> tuple[Integers, np.ndarray]:
    """Cut the weakest tie of each person in conflict until no conflict between declared groups is left."""
    groups = int(group.max()) + 1
    low, high = (ties[end].to_numpy(dtype=np.int64) for end in ("low", "high"))
    kept = np.ones(len(ties), dtype=bool)
    label = components(groups, low, high)
    several = np.bincount(label, minlength=groups)[label][group] > 2
    rows = np.flatnonzero(several)
    pairs = conflicting_pairs(connection, pd.DataFrame({"row": rows, "person": label[group[rows]]}))
    first, second = (group[pairs[end].to_numpy(dtype=np.int64)] for end in ("left", "right"))
    apart = first != second  # records with one declared number are one person, whatever else they say
    first, second = first[apart], second[apart]
    at = np.flatnonzero(np.isin(label[low], label[first]))  # the ties of persons in conflict: few
    while (torn := np.unique(label[first][label[first] == label[second]])).size:
        place = at[kept[at] & np.isin(label[low[at]], torn)]
        # Ties stand in order of strength, so the last one of each person is its weakest.
        last = pd.Series(place).groupby(label[low[place]]).max().to_numpy()
        kept[last] = False
        label = components(groups, low[kept], high[kept])
    return pd.factorize(label[group])[0].astype(np.int64), kept


def best_weight(persons: Persons, n: int) -> np.ndarray:
    """Per record, the weight of the strongest tie of its declared group; infinite where it needs none."""
    best = np.full(n, -np.inf)
    for end in ("left", "right"):
        np.maximum.at(best, persons.group[persons.ties[end].to_numpy()], persons.ties["weight"].to_numpy())
    own = best[persons.group]
    alone = np.bincount(persons.group)[persons.group] > 1
    return np.where(alone | np.isneginf(own), np.inf, own)
