"""What a client's tables look like: the one declaration of their names, types and meaning.

Each table is a pandera schema. `sources` reads the canonical types from it, `cerm check` and the user guide
its wording, so that nothing about a column is written down twice.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandera.config

from cerm_nb.errors import DataError, Problem
from cerm_nb.schemas import customer_information, management, survey

if TYPE_CHECKING:
    from collections.abc import Iterable

    import ibis
    from pandera.ibis import Column, DataFrameSchema

Kind = Literal["text", "date", "number"]

_KINDS: dict[str, Kind] = {"string": "text", "date": "date", "float64": "number"}


@dataclass(frozen=True)
class ColumnMeaning:
    """One column of a client table, as a reader needs it.

    Parameters
    ----------
    name
        Canonical name, the key in the params' ``columns``.
    kind
        ``text``, ``date`` (a day without time) or ``number`` (finite).
    required
        Whether every row must have a value; a column that is not required may be absent or empty.
    meaning
        What it holds, in plain words.
    codes
        The only texts allowed; empty where any is.
    """

    name: str
    kind: Kind
    required: bool
    meaning: str
    codes: tuple[str, ...] = ()


SCHEMAS: dict[str, DataFrameSchema] = {
    str(declared.name): declared
    for declared in (*customer_information.TABLES, *survey.TABLES, *management.TABLES)
}
"""Every client table by its name."""

EVENTS = ("transactions", "contacts", "kpis")
"""Tables that grow by what happens: nothing in them later than the last day may be seen."""


def schema(table: str, *, where: str = "data") -> DataFrameSchema:
    """Give the declaration of a client table.

    Parameters
    ----------
    table
        Name of the table, as in the params' ``data``.
    where
        Place told in the error.

    Raises
    ------
    DataError
        If there is no such table; the nearest name is told.
    """
    if table in SCHEMAS:
        return SCHEMAS[table]
    next_step = nearest(table, SCHEMAS) or "state by `as` which of them the entry is read as"
    raise DataError(Problem(where, f"there is no table {table!r}", ", ".join(sorted(SCHEMAS)), next_step))


def describe(table: str, *, where: str = "data") -> list[ColumnMeaning]:
    """List the columns of a client table with their type, need and meaning, in reading order.

    Raises
    ------
    DataError
        If there is no such table.
    """
    return [
        ColumnMeaning(
            name=str(name),
            kind=_KINDS[str(column.dtype)],
            required=not column.nullable,
            meaning=str(column.description),
            codes=_codes(column),
        )
        for name, column in schema(table, where=where).columns.items()
    ]


def _codes(column: Column) -> tuple[str, ...]:
    allowed = (check.statistics.get("allowed_values", ()) for check in column.checks)
    return tuple(str(code) for values in allowed for code in values)


def conform(name: str, table: ibis.Table) -> ibis.Table:
    """Check names and types of a table against its declaration; no row is read.

    Raises
    ------
    pandera.errors.SchemaError
        If the table is not as declared: a fault of this package, since `sources` makes it so.
    """
    with pandera.config.config_context(validation_depth=pandera.config.ValidationDepth.SCHEMA_ONLY):
        return schema(name).validate(table)


def nearest(name: str, known: Iterable[str]) -> str:
    """Say "did you mean …?" with the nearest known name, or nothing where none is near."""
    names = list(known)
    lowered = {candidate.lower(): candidate for candidate in reversed(names)}
    found = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=0.6)
    return f"did you mean {lowered[found[0]]!r}?" if found else ""
