"""Records made up to see what the linking does: copies of real ones with real errors, and look-alikes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.readiness.identity.drafting import CHANGED, COPIES, FIELDS, MISSING, draft
from cerm_nb.analyses.readiness.identity.spellings import whole_name

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from cerm_nb.analyses.readiness.identity.linkage import Linkage
    from cerm_nb.analyses.readiness.identity.persons import Persons
    from cerm_nb.stats import Floats, Integers

LOOK_ALIKES = 1000  # of each kind
LOOK_ALIKE: dict[str, tuple[str, ...]] = {
    "household": ("family", "phone", "address", "city", "postcode"),
    "housemate": ("phone", "address", "city", "postcode"),
    "namesake": ("family", "given"),
}
"""What two different persons may well have in common, by kind; the rest is another person's."""


@dataclass(frozen=True, eq=False)
class Planted:
    """What became of the planted records.

    Parameters
    ----------
    found
        Per copy, whether it was linked to its original's person. The first half of the copies repeat a
        linked pair, the second half are filled like any record and mix errors.
    merged
        Per kind of look-alike: planted, and linked to the person they only resemble.
    errors
        Where the errors of the copies come from: ``linked`` pairs, ``other_keys`` (for each field, pairs
        found without it), or ``assumed``.
    """

    found: np.ndarray
    merged: dict[str, tuple[int, int]]
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
    drafted = draft(connection, known, persons, linkage.method, random)
    if drafted is None:
        return None
    copies = _written(known, drafted.originals, drafted.states, random)
    named = np.flatnonzero(known["given"].notna() & known["family"].notna())
    alike = {kind: _look_alikes(known, named, kind, random) for kind in LOOK_ALIKE}
    sheets = [copies, *(sheet for sheet, _ in alike.values())]
    bases = np.concatenate([drafted.originals, *(base for _, base in alike.values())])
    links = _linked(connection, pd.concat(sheets, ignore_index=True), linkage.across)
    reach = np.concatenate([drafted.reach, np.ones(len(bases) - COPIES)])
    hit = _hits(links, bases, reach, persons, random)
    ends = np.cumsum([len(base) for _, base in alike.values()])
    parts = np.split(hit[COPIES:], ends[:-1])
    merged = {kind: (len(part), int(part.sum())) for kind, part in zip(alike, parts, strict=True)}
    return Planted(hit[:COPIES], merged, drafted.errors)


def _written(
    known: pd.DataFrame, originals: Integers, states: Integers, random: np.random.Generator
) -> pd.DataFrame:
    """Write the copies: each field the same, mistyped, another's, or left out."""
    copies = {}
    for place, field in enumerate(FIELDS):
        values, state = known[field], states[:, place]
        filled = np.flatnonzero(values.notna())
        drawn = filled[random.integers(0, len(filled), len(originals))] if len(filled) else originals
        own, other = (values.iloc[rows].to_numpy(dtype=object) for rows in (originals, drawn))
        written = np.where(state == CHANGED, other, own)
        written[state == MISSING] = None
        there = ~pd.isna(own)
        edited = np.flatnonzero((state > 0) & (state != CHANGED) & there)
        # Bounded by COPIES, however many records there are.
        written[edited] = [mistyped(own[i], other[i], int(state[i]), random) for i in edited]
        written[~there] = None
        copies[field] = written
    return pd.DataFrame(copies, dtype=object)


def mistyped(text: str, letters: str, edits: int, random: np.random.Generator) -> str:
    """Replace, leave out or insert letters taken from another text; figures are replaced only."""
    for _ in range(edits):
        at, kind = int(random.integers(0, len(text))), int(random.integers(0, 3))
        letter = letters[int(random.integers(0, len(letters)))]
        if text.isdigit() or kind == 0 or len(text) == 1:
            text = text[:at] + letter + text[at + 1 :]
        else:
            text = text[:at] + (letter + text[at:] if kind == 1 else text[at + 1 :])
    return text


def _look_alikes(
    known: pd.DataFrame, named: Integers, kind: str, random: np.random.Generator
) -> tuple[pd.DataFrame, Integers]:
    """Make up persons who share the fields of `LOOK_ALIKE` with a real one and nothing else."""
    many = LOOK_ALIKES if len(named) > 1 else 0
    if not many:
        return pd.DataFrame(columns=list(FIELDS), dtype=object), np.array([], dtype=np.int64)
    base, other = (random.choice(named, many) for _ in range(2))
    mine, yours = (known.iloc[rows] for rows in (base, other))
    values = (person[list(FIELDS)].to_numpy(dtype=object) for person in (mine, yours))
    sheet = np.where(np.isin(FIELDS, LOOK_ALIKE[kind]), *values)
    apart = (mine["given"].to_numpy() != yours["given"].to_numpy()) | (kind == "namesake")
    distinct = apart & (mine["twin"].to_numpy() != yours["twin"].to_numpy())
    return pd.DataFrame(sheet[distinct], columns=list(FIELDS), dtype=object), base[distinct]


def _linked(
    connection: duckdb.DuckDBPyConnection, sheet: pd.DataFrame, across: Callable[[str], pd.DataFrame]
) -> pd.DataFrame:
    connection.register("sheet", sheet.assign(row=np.arange(len(sheet)), nth=1))
    columns = ", ".join(f"CAST({field} AS VARCHAR) AS {field}" for field in FIELDS)
    connection.execute("CREATE OR REPLACE TABLE planted AS SELECT * FROM known WHERE false")
    connection.execute(
        f"INSERT INTO planted BY NAME SELECT *, {whole_name('family', 'given')} AS whole "  # noqa: S608
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
