"""Records made up to see what the linking does: copies of real ones with real errors, and look-alikes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.readiness.identity.linkage import KEYS
from cerm_nb.analyses.readiness.identity.records import KNOWN
from cerm_nb.analyses.readiness.identity.spellings import whole_name

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from cerm_nb.analyses.readiness.identity.linkage import Linkage
    from cerm_nb.analyses.readiness.identity.persons import Persons
    from cerm_nb.stats import Floats, Integers

FIELDS = tuple(field for field in KNOWN if field != "whole")
KEY_PARTS = tuple(
    tuple(part for field in key for part in (("family", "given") if field == "whole" else (field,)))
    for key in KEYS
)
COPIES, LOOK_ALIKES = 2000, 1000
MISSING, CHANGED, MOST_EDITS = -1, 9, 3  # states of a field besides 0, the same, and a number of edits
LEAST_TIES = 30  # pairs from which the errors of a list can be known
ASSUMED = {0: 0.85, 1: 0.08, CHANGED: 0.04, MISSING: 0.03}
"""Share of fields the same, mistyped, changed and missing in a second record, where too few pairs tell it."""
LOOK_ALIKE: dict[str, tuple[str, ...]] = {
    "household": ("family", "phone", "address", "city", "postcode"),
    "namesake": ("family", "given"),
}
"""What two different persons may well have in common, by kind; the rest is another person's."""


@dataclass(frozen=True, eq=False)
class Planted:
    """What became of the planted records.

    Parameters
    ----------
    found
        Per copy, whether it was linked to its original's person. The first half of the copies repeat the
        errors of one pair, the second half mix those of several.
    merged
        Per kind of look-alike: planted, and linked to the person they only resemble.
    errors
        Where the errors of the copies come from: ``linked`` pairs, ``other_keys`` (for each field, pairs
        found without it), or ``assumed``.
    """

    states: Integers
    found: np.ndarray
    observed: Integers | None
    merged: dict[str, tuple[int, int]]
    errors: str


@dataclass(frozen=True, eq=False)
class Draft:
    """Copies to be written: their originals, the states of their fields, and how they may be found.

    ``reach`` is the share of the original's other records a copy may be found by.
    """

    originals: Integers
    states: Integers
    reach: Floats
    observed: Integers | None
    errors: str


def plant(
    connection: duckdb.DuckDBPyConnection, known: pd.DataFrame, persons: Persons, linkage: Linkage, seed: int
) -> Planted | None:
    """Plant copies and look-alikes, and link them in the way the records were linked.

    Parameters
    ----------
    connection
        Database with the table ``known``.
    known, persons
        Records in one spelling, and who they are.
    linkage
        How they were linked.
    seed
        Seed of all that is drawn.

    Returns
    -------
    Planted or None
        None where the errors in what the keys need cannot be known: every pair was found by them.
    """
    random = np.random.default_rng(seed)
    draft = _draft(connection, known, persons, linkage.method, random)
    if draft is None:
        return None
    copies = _written(known, draft.originals, draft.states, random)
    alike = {kind: _look_alikes(known, kind, random) for kind in LOOK_ALIKE}
    sheets = [copies, *(sheet for sheet, _ in alike.values())]
    bases = np.concatenate([draft.originals, *(base for _, base in alike.values())])
    links = _linked(connection, pd.concat(sheets, ignore_index=True), linkage.across)
    reach = np.concatenate([draft.reach, np.ones(len(bases) - COPIES)])
    hit = _hits(links, bases, reach, persons, random)
    ends = np.cumsum([len(base) for _, base in alike.values()])
    parts = np.split(hit[COPIES:], ends[:-1])
    merged = {kind: (len(part), int(part.sum())) for kind, part in zip(alike, parts, strict=True)}
    there = known[list(FIELDS)].notna().to_numpy()[draft.originals]
    return Planted(np.where(there, draft.states, MISSING), hit[:COPIES], draft.observed, merged, draft.errors)


def _draft(
    connection: duckdb.DuckDBPyConnection,
    known: pd.DataFrame,
    persons: Persons,
    method: str,
    random: np.random.Generator,
) -> Draft | None:
    if len(persons.ties) < LEAST_TIES:
        states = random.choice(list(ASSUMED), p=list(ASSUMED.values()), size=(COPIES, len(FIELDS)))
        return Draft(random.integers(0, len(known), COPIES), states, np.ones(COPIES), None, "assumed")
    if method == "keys":
        return _by_other_keys(connection, known, persons, random)
    return _like_the_linked(connection, known, persons, random)


def _like_the_linked(
    connection: duckdb.DuckDBPyConnection, known: pd.DataFrame, persons: Persons, random: np.random.Generator
) -> Draft:
    """Draw errors from the linked pairs.

    Half the copies repeat one pair, half have its fields filled and the errors of several: linked pairs are
    the easier ones, and the mixtures reach the harder ones they stand for.
    """
    ties = persons.ties.sort_values(["left", "right"]).reset_index(drop=True)
    observed = _states(connection, ties)
    half = COPIES // 2
    drawn = np.append(
        np.tile(random.integers(0, len(ties), half // 2), 2), random.integers(0, len(ties), half)
    )
    states = observed[drawn]
    for place in np.flatnonzero((observed != MISSING).any(axis=0)):
        compared = observed[observed[:, place] != MISSING, place]
        mixed = states[half:, place] != MISSING
        states[half:, place][mixed] = random.choice(compared, int(mixed.sum()))
    first = np.where(
        random.random(COPIES) < 0.5, ties["left"].to_numpy()[drawn], ties["right"].to_numpy()[drawn]
    )
    originals = _similar(known, first, random)
    return Draft(originals, states, _reach(persons, first, originals, random), observed, "linked")


def _by_other_keys(
    connection: duckdb.DuckDBPyConnection, known: pd.DataFrame, persons: Persons, random: np.random.Generator
) -> Draft | None:
    """Draw errors from pairs found without the keys: by a declared number; or, field by field, by another key.

    Pairs found by a key never err in it, so they cannot tell how often it errs.
    """
    first = pd.Series(np.arange(len(known))).groupby(persons.group).transform("min").to_numpy()
    alike = (
        known["twin"].to_numpy() == known["twin"].to_numpy()[first]
    )  # tied for being the same: no errors there
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
    originals = _similar(known, base, random)
    return Draft(originals, states, _reach(persons, base, originals, random), None, "other_keys")


def _told_by_others(
    connection: duckdb.DuckDBPyConnection,
    known: pd.DataFrame,
    ties: pd.DataFrame,
    field: str,
    random: np.random.Generator,
) -> Integers | None:
    """Draw what becomes of a field that is there, from pairs that agree on a key without it; None if they are few."""
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
        f'SELECT {compared} FROM pairs p JOIN known l ON l.row = p."left" JOIN known r ON r.row = p."right" '
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


def _similar(known: pd.DataFrame, rows: Integers, random: np.random.Generator) -> Integers:
    """Draw for each row one of the same list with the same fields filled."""
    filled = known[list(FIELDS)].notna().to_numpy() @ (1 << np.arange(len(FIELDS)))
    kind = pd.factorize(pd.Series(filled) + known["place"].to_numpy() * (1 << len(FIELDS)))[0]
    order = np.argsort(kind, kind="stable")
    start = np.searchsorted(kind[order], np.arange(kind.max() + 1))
    many = np.bincount(kind)
    return order[start[kind[rows]] + np.floor(random.random(len(rows)) * many[kind[rows]]).astype(np.int64)]


def _written(
    known: pd.DataFrame, originals: Integers, states: Integers, random: np.random.Generator
) -> pd.DataFrame:
    """Write the copies: each field the same, mistyped, another's, or left out."""
    copies = {}
    for place, field in enumerate(FIELDS):
        values = known[field].to_numpy(dtype=object)
        filled = values[known[field].notna().to_numpy()]
        own, state = values[originals], states[:, place]
        other = filled[random.integers(0, len(filled), len(own))] if len(filled) else own
        written = np.where(state == CHANGED, other, np.where(state == MISSING, None, own))
        edited = np.flatnonzero((state > 0) & (state != CHANGED) & known[field].notna().to_numpy()[originals])
        # Bounded by COPIES, however many records there are.
        written[edited] = [mistyped(own[i], other[i], int(state[i]), random) for i in edited]
        copies[field] = np.where(known[field].notna().to_numpy()[originals], written, None)
    return pd.DataFrame(copies, dtype=object)


def mistyped(text: str, letters: str, edits: int, random: np.random.Generator) -> str:
    """Mistype a text: replace, leave out or insert letters taken from another text; figures are replaced only."""
    for _ in range(edits):
        at, kind = int(random.integers(0, len(text))), int(random.integers(0, 3))
        letter = letters[int(random.integers(0, len(letters)))]
        if text.isdigit() or kind == 0 or len(text) == 1:
            text = text[:at] + letter + text[at + 1 :]
        else:
            text = text[:at] + (letter + text[at:] if kind == 1 else text[at + 1 :])
    return text


def _look_alikes(
    known: pd.DataFrame, kind: str, random: np.random.Generator
) -> tuple[pd.DataFrame, Integers]:
    """Make up persons who share the fields of `LOOK_ALIKE` with a real one and nothing else."""
    named = np.flatnonzero(known["given"].notna() & known["family"].notna())
    many = LOOK_ALIKES if len(named) > 1 else 0
    if not many:
        return pd.DataFrame(columns=list(FIELDS), dtype=object), np.array([], dtype=np.int64)
    base, other = (random.choice(named, many) for _ in range(2))
    fields = known[list(FIELDS)].to_numpy(dtype=object)
    shared = np.isin(FIELDS, LOOK_ALIKE[kind])
    sheet = pd.DataFrame(np.where(shared, fields[base], fields[other]), columns=list(FIELDS), dtype=object)
    apart = (known["given"].to_numpy()[base] != known["given"].to_numpy()[other]) | (kind == "namesake")
    distinct = apart & (known["twin"].to_numpy()[base] != known["twin"].to_numpy()[other])
    return sheet[distinct], base[distinct]


def _linked(
    connection: duckdb.DuckDBPyConnection, sheet: pd.DataFrame, across: Callable[[str], pd.DataFrame]
) -> pd.DataFrame:
    connection.register("sheet", sheet.assign(row=np.arange(len(sheet)), nth=1))
    columns = ", ".join(f"CAST({field} AS VARCHAR) AS {field}" for field in FIELDS)
    connection.execute("CREATE OR REPLACE TABLE planted AS SELECT * FROM known WHERE false")
    connection.execute(
        f"INSERT INTO planted BY NAME SELECT *, {whole_name('family', 'given')} AS whole "
        f"FROM (SELECT row, nth, {columns} FROM sheet)"
    )
    connection.unregister("sheet")
    return across("planted")


def _hits(
    links: pd.DataFrame, bases: Integers, reach: Floats, persons: Persons, random: np.random.Generator
) -> np.ndarray:
    """Tell which planted records were linked to the person they were made from."""
    left, right = (links[end].to_numpy(dtype=np.int64) for end in ("left", "right"))
    own = persons.person[right] == persons.person[bases[left]]
    near = (right == bases[left]) | (random.random(len(left)) < reach[left])
    hit = np.bincount(left[own & near], minlength=len(bases)) > 0
    best = links.sort_values(["left", "weight", "right"], ascending=[True, False, True]).drop_duplicates(
        "left"
    )
    mine = np.zeros(len(bases), dtype=bool)
    mine[best["left"]] = persons.person[best["right"]] == persons.person[bases[best["left"]]]
    return np.where(np.arange(len(bases)) < COPIES, hit, mine)
