"""Link records by the keys they declare, and choose between that and a model of probabilities."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.readiness.identity import conflicts, splinking
from cerm_nb.errors import ParamsError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from cerm_nb.analyses.readiness.identity.records import Records
    from cerm_nb.analyses.readiness.parameters import Params

Caveat = tuple[str, dict[str, object]]

DOUBTFUL = 0.2, 0.8  # between these probabilities a pair may be one person or two

KEYS: tuple[tuple[str, ...], ...] = (("email",), ("phone", "whole"), ("whole", "birth"))
"""Fields that together tell a person where no number is declared."""


@dataclass(frozen=True, eq=False)
class Linkage:
    """Links between records, and the same way of linking for records that come later.

    Parameters
    ----------
    method
        ``splink`` or ``keys``.
    links
        Pairs of rows taken for one person: left, right, weight (log2 odds).
    doubted
        The same had the threshold been the lower end of `DOUBTFUL`, and had it been the upper; empty where
        no threshold decides.
    across
        Links the rows of a further table of the database, laid out like ``known``, to those known already:
        returns left (row of that table), right, weight.
    caveats
        Why the method is not the one asked for.
    """

    method: str
    links: pd.DataFrame
    across: Callable[[str], pd.DataFrame]
    caveats: tuple[Caveat, ...] = ()
    doubted: tuple[pd.DataFrame, ...] = ()


def link(records: Records, own: Params) -> Linkage:
    """Link records by Splink where it is wanted, installed and has enough to learn from; else by keys.

    Raises
    ------
    ParamsError
        When Splink is asked for by name and is not installed.
    """
    connection = records.connection
    # Two rows that say the same teach and find what a thousand do; the others are tied by being alike.
    connection.execute(f"CREATE TABLE linkable AS SELECT * FROM known WHERE nth <= {splinking.MOST_ALIKE}")  # noqa: S608
    if own.identity_method == "keys":
        return by_keys(connection)
    if importlib.util.find_spec("splink") is None:
        if own.identity_method == "splink":
            raise ParamsError(_not_installed())
        return by_keys(connection, (("splink_not_installed", {}),))
    trained = splinking.train(connection, own.seed)
    if isinstance(trained, splinking.Untrained):
        return by_keys(connection, (("splink_not_used", {"reason": trained.reason, **trained.numbers}),))
    least = own.match_probability
    low, high = min(least, DOUBTFUL[0]), max(least, DOUBTFUL[1])
    found = splinking.pairs(connection, trained, low)
    loose, links, strict = (found[found["weight"] >= np.log2(p / (1 - p))] for p in (low, least, high))

    def across(table: str) -> pd.DataFrame:
        return splinking.pairs(connection, trained, least, table)

    return Linkage("splink", links, across, doubted=(loose, strict))


def _not_installed() -> Problem:
    return Problem(
        "identity_method",
        "splink, and Splink is not installed",
        "auto or keys without it",
        'install it with: pip install "cerm-nb[identity]"',
    )


def by_keys(connection: duckdb.DuckDBPyConnection, caveats: tuple[Caveat, ...] = ()) -> Linkage:
    """Link records that agree on a key (`KEYS`) and are not in conflict.

    The probability of a link is the share of the pairs its key finds that are not in conflict; of several
    keys the surest counts.
    """
    candidates = _agreeing(connection, "linkable l JOIN linkable r ON l.row < r.row AND ")
    weights = {key: _weight(candidates, key) for key in range(len(KEYS))}

    def weighted(pairs: pd.DataFrame) -> pd.DataFrame:
        kept = pairs[~pairs["conflict"]]
        links = kept.assign(weight=kept["key"].map(weights))[["left", "right", "weight"]]
        return links.groupby(["left", "right"], as_index=False, sort=True).max()

    def across(table: str) -> pd.DataFrame:
        return weighted(_agreeing(connection, f"{table} l JOIN linkable r ON "))

    return Linkage("keys", weighted(candidates), across, caveats)


def _agreeing(connection: duckdb.DuckDBPyConnection, joined: str) -> pd.DataFrame:
    """Find the pairs that agree on each key: left, right, key and whether they are in conflict."""
    rules = " UNION ALL ".join(
        f"SELECT l.row AS left, r.row AS right, {place} AS key, {conflicts.in_conflict()} AS conflict "  # noqa: S608
        f"FROM {joined}{' AND '.join(f'l.{field} = r.{field}' for field in key)}"
        for place, key in enumerate(KEYS)
    )
    return connection.execute(f"{rules} ORDER BY 1, 2, 3").df()


def _weight(pairs: pd.DataFrame, key: int) -> float:
    conflict = pairs.loc[pairs["key"] == key, "conflict"]
    bad = (conflict.sum() + 0.5) / (len(conflict) + 1)
    return float(np.round(np.log2((1 - bad) / bad), 4))


def probability(weight: pd.Series) -> pd.Series:
    """Turn log2 odds into a probability, to six places."""
    odds = np.exp2(-weight.to_numpy(dtype=float))
    return pd.Series(np.round(1 / (1 + odds), 6), index=weight.index)
