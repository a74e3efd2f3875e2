"""A source's rows as the engine holds them before any expression, and how one row is found again."""

from __future__ import annotations

import bisect
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import pyarrow as pa

from cerm_nb.errors import DataError, Problem
from cerm_nb.sources.engine import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import duckdb

    from cerm_nb.sources.rewriting import ValueKind

RAW = "raw"
"""Name of the relation that holds a source's rows."""

ROW = "__row"
"""Name of the column that finds a row again."""

_BATCH = 20_000
_TYPES: dict[ValueKind, str] = {
    "text": "VARCHAR",
    "whole": "BIGINT",
    "number": "DOUBLE",
    "date": "DATE",
    "time": "TIMESTAMP",
    "instant": "TIMESTAMPTZ",
    "boolean": "BOOLEAN",
    "other": "BLOB",
}


class Source(Protocol):
    """Something that has named columns and can be put into DuckDB as the relation `RAW`."""

    @property
    def columns(self) -> Mapping[str, ValueKind]:
        """Column → kind of its values."""

    @property
    def stays(self) -> bool:
        """Whether rows stay where they are (a view) rather than being copied."""

    def load(
        self, connection: duckdb.DuckDBPyConnection, used: Sequence[str], limit: int | None = None
    ) -> None:
        """Make the relation `RAW` with at least the used columns; rows that are copied, up to the limit."""

    def numbered(self, used: Sequence[str]) -> str:
        """Write SQL of `RAW` with the column `ROW`; rows are in the order of the source."""

    def place(self, row: int) -> str:
        """Where a row of `numbered` lies, for people."""


@dataclass
class Places:
    """Which part of a source (a file) holds the nth row read."""

    told: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)

    def add(self, told: str, start: int) -> None:
        """Note that the rows from ``start`` on come from this part."""
        self.told.append(told)
        self.starts.append(start)

    def find(self, row: int) -> tuple[int, int]:
        """Position of the part, and row within it counted from 1, of a row counted from 0."""
        part = bisect.bisect_right(self.starts, row) - 1
        return part, row - self.starts[part] + 1


def unique_names(cells: Iterable[object], *, where: str, told: str) -> list[str]:
    """Make a header's cells into column names; an empty cell is named by its position.

    Raises
    ------
    DataError
        If two columns have one name; case does not tell columns apart in the engine.
    """
    # a second byte order mark, left by joining files, is no part of a name either
    stripped = [str("" if cell is None else cell).strip().strip("\ufeff").strip() for cell in cells]
    names = [name or f"column_{position}" for position, name in enumerate(stripped, start=1)]
    counts = Counter(name.casefold() for name in names)
    doubles = sorted({name for name in names if counts[name.casefold()] > 1})
    if doubles:
        got = f"{told} has more than one column named {', '.join(map(repr, doubles))}"
        raise DataError(Problem(where, got, "each name once, whatever the case", "rename one in the file"))
    return names


def limited(relation: str, limit: int) -> str:
    """Write SQL of the first rows of a relation."""
    return f"(SELECT * FROM {relation} AS every_row LIMIT {limit}) AS first_rows"  # noqa: S608  # quoted


def create_empty(
    connection: duckdb.DuckDBPyConnection,
    columns: Iterable[str],
    kinds: Mapping[str, ValueKind] | None = None,
) -> None:
    """Make `RAW` anew as an empty table, of texts unless ``kinds`` says otherwise."""
    found = kinds or {}
    declared = ", ".join(f"{quoted(name)} {_TYPES[found.get(name, 'text')]}" for name in columns)
    connection.execute(f"DROP TABLE IF EXISTS {RAW}")
    connection.execute(f"CREATE TEMP TABLE {RAW} ({declared})")


def count_rows(connection: duckdb.DuckDBPyConnection) -> int:
    """Count the rows of `RAW`."""
    return int(connection.execute(f"SELECT count(*) FROM {RAW}").fetchall()[0][0])  # noqa: S608  # our own name


def append(
    connection: duckdb.DuckDBPyConnection, names: Sequence[str], rows: Iterable[Sequence[str | None]]
) -> None:
    """Add rows of texts to `RAW`, a batch at a time; names are in the order of the cells."""
    listed = ", ".join(map(quoted, names))
    for batch in _batches(rows):
        cells = [pa.array(column, pa.string()) for column in zip(*batch, strict=True)]
        connection.register("arriving", pa.Table.from_arrays(cells, names=list(names)))
        connection.execute(f"INSERT INTO {RAW} ({listed}) SELECT {listed} FROM arriving")  # noqa: S608  # quoted
        connection.unregister("arriving")


def _batches(rows: Iterable[Sequence[str | None]]) -> Iterator[list[Sequence[str | None]]]:
    batch: list[Sequence[str | None]] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
