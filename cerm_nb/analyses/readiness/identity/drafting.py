"""Which copies of real records are to be planted, and with which errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.readiness.identity.linkage import KEYS
from cerm_nb.analyses.readiness.identity.records import KNOWN

if TYPE_CHECKING:
    import duckdb

    from cerm_nb.analyses.readiness.identity.persons import Persons
    from cerm_nb.stats import Floats, Integers

FIELDS = tuple(field for field in KNOWN if field != "whole")
KEY_PARTS = tuple(
    tuple(part for field in key for part in (("family", "given") if field == "whole" else (field,)))
    for key in KEYS
)
COPIES = 2000
MISSING, CHANGED, MOST_EDITS = -1, 9, 3  # states of a field besides 0, the same, and a number of edits
LEAST_TIES = 30  # pairs from which the errors of a list can be known
ASSUMED = {0: 0.85, 1: 0.08, CHANGED: 0.04, MISSING: 0.03}
"""Share of fields the same, mistyped, changed and missing in a second record, where too few pairs tell it."""


@dataclass(frozen=True, eq=False)
class Draft:
    """Copies to be written: their originals, the states of their fields, and how they may be found.

    ``reach`` is the share of the original's other records a copy may be found by.
    """

    originals: Integers
    states: Integers
    reach: Floats
    errors: str


def draft(
    connection: duckdb.DuckDBPyConnection,
    known: pd.DataFrame,
    persons: Persons,
    method: str,
    random: np.random.Generator,
) -> Draft | None:
    """Draft the copies to be planted, with errors like those of the lists.

    Parameters
    ----------
    connection
        Database with the table ``known``.
    known, persons
        Records in one spelling, and who they are.
    method
        How they were linked: ``splink`` or ``keys``.
    random
        Source of all that is drawn.

    Returns
    -------
    Draft or None
        None where the errors in what the keys need cannot be known: every pair was found by them.
    """
    if len(persons.ties) < LEAST_TIES:
        states = random.choice(list(ASSUMED), p=list(ASSUMED.values()), size=(COPIES, len(FIELDS)))
        return Draft(random.integers(0, len(known), COPIES), states, np.ones(COPIES), "assumed")
    if method == "keys":
        return _by_other_keys(connection, known, persons, random)
    return _like_the_linked(connection, known, persons, random)


def _like_the_linked(
    connection: duckdb.DuckDBPyConnection, known: pd.DataFrame, persons: Persons, random: np.random.Generator
) -> Draft:
    """Draw errors from the linked pairs.

    Half the copies repeat a pair: the same fields filled, the same errors. Half are of any record of the one
    list, filled like any of the other, with the errors of several pairs: linked pairs are the easier ones.
    """
    ties = persons.ties.sort_values(["left", "right"]).reset_index(drop=True)
    observed = _states(connection, ties)
    drawn = random.integers(0, len(ties), COPIES)
    ends = ties[["left", "right"]].to_numpy(dtype=np.int64)[drawn]
    turned = random.random(COPIES) < 0.5
    first, second = np.where(turned, ends[:, 0], ends[:, 1]), np.where(turned, ends[:, 1], ends[:, 0])
    half, states, place = COPIES // 2, observed[drawn], known["place"].to_numpy(dtype=np.int64)
    alike = pd.factorize(_filled(known) + place * (1 << len(FIELDS)))[0]
    originals = _same_kind(alike, first, random)
    originals[half:] = _same_kind(place, first[half:], random)
    shape = known[list(FIELDS)].notna().to_numpy()[_same_kind(place, second[half:], random)]
    for column in range(len(FIELDS)):
        compared = observed[observed[:, column] != MISSING, column]
        errors = random.choice(compared, half) if len(compared) else MISSING
        states[half:, column] = np.where(shape[:, column], errors, MISSING)
    return Draft(originals, states, _reach(persons, first, originals, random), "linked")


def _by_other_keys(
    connection: duckdb.DuckDBPyConnection, known: pd.DataFrame, persons: Persons, random: np.random.Generator
) -> Draft | None:
    """Draw errors from pairs found without the keys: by a declared number, or by another key.

    Pairs found by a key never err in it, so they cannot tell how often it errs.
    """
    first = pd.Series(np.arange(len(known))).groupby(persons.group).transform("min").to_numpy()
    twin = known["twin"].to_numpy()
    alike = twin == twin[first]  # tied for being the same: no errors there
    rows = np.flatnonzero((first < np.arange(len(known))) & ~alike)
    if len(rows) >= LEAST_TIES:
        drawn = random.choice(rows, COPIES)
        states = _states(connection, pd.DataFrame({"left": first[drawn], "right": drawn}))
        base = first[drawn]
    else:
        base = random.choice(persons.ties[["left", "right"]].to_numpy().ravel(), COPIES)
        columns = [_told_by_others(connection, known, persons.ties, field, random) for field in FIELDS]
        if any(column is None for column in columns):
            return None
        states = np.column_stack([column for column in columns if column is not None])
    states[:, FIELDS.index("other_id")] = MISSING  # what is to be found are the pairs no number declares
    alike = pd.factorize(_filled(known) + known["place"].to_numpy() * (1 << len(FIELDS)))[0]
    originals = _same_kind(alike, base, random)
    return Draft(originals, states, _reach(persons, base, originals, random), "other_keys")


def _told_by_others(
    connection: duckdb.DuckDBPyConnection,
    known: pd.DataFrame,
    ties: pd.DataFrame,
    field: str,
    random: np.random.Generator,
) -> Integers | None:
    """Draw what becomes of a filled field, from pairs that agree on a key without it; None if few do."""
    there = known[field].notna().to_numpy()
    ends = ties[["left", "right"]].to_numpy(dtype=np.int64)
    ends = np.vstack([ends, ends[:, ::-1]])
    ends = ends[there[ends[:, 0]]]
    tied = _states(connection, pd.DataFrame(ends, columns=["left", "right"]))
    without = [[FIELDS.index(part) for part in key] for key in KEY_PARTS if field not in key]
    found = np.logical_or.reduce([(tied[:, key] == 0).all(axis=1) for key in without])
    if found.sum() >= LEAST_TIES:
        return random.choice(tied[found, FIELDS.index(field)], COPIES)
    needed = len(without) < len(KEY_PARTS) and bool(there.any())
    return None if needed else np.full(COPIES, MISSING)


def _reach(persons: Persons, first: Integers, originals: Integers, random: np.random.Generator) -> Floats:
    """Share of the original's other records that a copy may be found by.

    A person's records came together one by one: a tie in a person of three joined one record or two.
    """
    size = np.bincount(persons.person)
    joined = 1 + np.floor(random.random(COPIES) * np.maximum(size[persons.person[first]] - 1, 1))
    return (joined - 1) / np.maximum(size[persons.person[originals]] - 1, 1)


def _states(connection: duckdb.DuckDBPyConnection, pairs: pd.DataFrame) -> Integers:
    """Compare the two records of each pair, field by field, in the order given."""
    connection.register("pairs", pairs.assign(place=np.arange(len(pairs))))
    compared = ", ".join(f"{_state_sql(field)} AS {field}" for field in FIELDS)
    found = connection.execute(
        f'SELECT {compared} FROM pairs p JOIN known l ON l.row = p."left" JOIN known r ON r.row = p."right" '  # noqa: S608
        "ORDER BY p.place"
    ).df()
    connection.unregister("pairs")
    return np.array(found, dtype=np.int64)


def _state_sql(field: str) -> str:
    """Tell the state of a field: mistyped where at most half its letters differ, and no more than a few."""
    mine, yours = f"l.{field}", f"r.{field}"
    # DuckDB counts bytes, of which a Korean syllable has three.
    edits = f"ceil(damerau_levenshtein({mine}, {yours}) * length({mine}) / strlen({mine}))::INTEGER"
    return (
        f"CASE WHEN {mine} IS NULL OR {yours} IS NULL THEN {MISSING} WHEN {mine} = {yours} THEN 0 "
        f"WHEN {edits} <= least({MOST_EDITS}, length({mine}) // 2) THEN {edits} ELSE {CHANGED} END"
    )


def _filled(known: pd.DataFrame) -> Integers:
    """Give a number to each set of filled fields."""
    return np.asarray(known[list(FIELDS)].notna().to_numpy() @ (1 << np.arange(len(FIELDS))), dtype=np.int64)


def _same_kind(kind: Integers, rows: Integers, random: np.random.Generator) -> Integers:
    """Draw for each row any row of its kind."""
    order = np.argsort(kind, kind="stable")
    start = np.searchsorted(kind[order], np.arange(kind.max() + 1))
    many = np.bincount(kind)[kind[rows]]
    drawn = start[kind[rows]] + np.floor(random.random(len(rows)) * many).astype(np.int64)
    return np.asarray(order[drawn], dtype=np.int64)
