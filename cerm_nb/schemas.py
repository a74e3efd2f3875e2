"""What a client's tables look like: the one declaration of their names, types and meaning.

Each table is a pandera schema. `sources` reads the canonical types from it, `cerm check` and the user guide
its wording, so that nothing about a column is written down twice.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandera.config
from ibis.expr import datatypes
from pandera.ibis import Column, DataFrameSchema

from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    import ibis

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
    """

    name: str
    kind: Kind
    required: bool
    meaning: str


TRANSACTIONS = DataFrameSchema(
    {
        "customer_id": Column(
            datatypes.String,
            nullable=False,
            description="Who bought: the customer's identifier, kept as text with its leading zeros",
        ),
        "order_id": Column(
            datatypes.String,
            nullable=True,
            required=False,
            description="Order or invoice the line belongs to",
        ),
        "date": Column(datatypes.Date, nullable=False, description="Day of the purchase or return"),
        "amount": Column(
            datatypes.Float64,
            nullable=False,
            description="Money of the line in the client's currency; negative for a return or cancellation",
        ),
    },
    name="transactions",
    description="One row per purchase line or return; several rows per order are fine.",
    strict=True,
)

SCHEMAS: dict[str, DataFrameSchema] = {"transactions": TRANSACTIONS}


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
    raise DataError(
        Problem(where, f"there is no table {table!r}", ", ".join(sorted(SCHEMAS)), nearest(table, SCHEMAS))
    )


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
        )
        for name, column in schema(table, where=where).columns.items()
    ]


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
