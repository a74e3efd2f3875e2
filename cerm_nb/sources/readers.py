"""Who answers questions about a source's rows, and DuckDB as the one who does for files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import ibis

from cerm_nb.sources.engine import bound_table, engine_errors, quoted
from cerm_nb.sources.raw import RAW, create_empty, limited
from cerm_nb.sources.types import described, kind_of_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb

    from cerm_nb.sources.cells import Dialect
    from cerm_nb.sources.raw import Source
    from cerm_nb.sources.rewriting import ValueKind

_NO_ROWS = "raw_without_rows"


class Reader(Protocol):
    """Somebody who holds a source's rows and answers SQL about them."""

    dialect: Dialect

    @property
    def relation(self) -> str:
        """SQL of the rows, to stand behind FROM."""

    @property
    def kinds(self) -> Mapping[str, ValueKind]:
        """Source column → kind of its values."""

    def value_kind(self, sql: str, over: Callable[[str], str] = str) -> ValueKind:
        """Kind of an expression's values; no row is read. The engine's refusal is a `DataError`.

        ``over`` makes of the rows' relation the one whose columns the expression uses.
        """

    def load(self, used: Sequence[str], limit: int | None = None) -> None:
        """Read the used columns of all rows, or of so many first ones."""

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Run SQL and fetch every row."""

    def numbered(self, columns: Sequence[str]) -> str:
        """Write SQL of the rows with the column `ROW`."""

    def place(self, row: int) -> str:
        """Where a row lies, for people."""

    def publish(self, name: str, select: str, schema: Mapping[str, Any]) -> ibis.Table:
        """Make the canonical table of a SELECT."""


class DuckdbReader:
    """DuckDB in memory over a `Source`."""

    dialect: Dialect = "duckdb"
    relation = RAW

    def __init__(self, connection: duckdb.DuckDBPyConnection, source: Source) -> None:
        self._connection, self._source = connection, source
        self.kinds = source.columns
        self._limit: int | None = None
        if source.stays:
            source.load(connection, list(self.kinds))
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {_NO_ROWS} AS SELECT * FROM {RAW} LIMIT 0")  # noqa: S608
        else:
            create_empty(connection, self.kinds, self.kinds)

    def value_kind(self, sql: str, over: Callable[[str], str] = str) -> ValueKind:
        """Kind of an expression's values."""
        with engine_errors("", "DuckDB refuses it"):
            types = described(self._connection, f"SELECT {sql} AS value FROM {over(RAW)}")  # noqa: S608  # checked
            # a broken pattern is noticed only when the engine begins to work, here on no rows
            tried = _NO_ROWS if self._source.stays else RAW
            self._connection.execute(f"SELECT {sql} FROM {over(tried)}").fetchall()  # noqa: S608  # checked
        return kind_of_type(types["value"])

    def load(self, used: Sequence[str], limit: int | None = None) -> None:
        """Copy the used columns where rows do not stay; of a view, ask for the first rows only."""
        if not self._source.stays:
            self._source.load(self._connection, used or list(self.kinds)[:1], limit)
        elif limit is not None:
            self.relation = limited(RAW, limit)
            self._limit = limit

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Run SQL and fetch every row, since an unfetched answer blocks the connection."""
        return self._connection.execute(sql).fetchall()

    def numbered(self, columns: Sequence[str]) -> str:
        """Write SQL of the rows with the column `ROW`."""
        rows = self._source.numbered(columns)
        return rows if self._limit is None else f"SELECT * FROM {limited(f'({rows})', self._limit)}"  # noqa: S608

    def place(self, row: int) -> str:
        """Where a row lies, for people."""
        return self._source.place(row)

    def publish(self, name: str, select: str, schema: Mapping[str, Any]) -> ibis.Table:
        """Make a view where the rows stay, else a table, and then let go of what was read."""
        kind = "VIEW" if self._source.stays else "TABLE"
        self._connection.execute(f"CREATE TEMP {kind} {quoted(name)} AS {select}")
        if not self._source.stays:
            self._connection.execute(f"DROP TABLE {RAW}")
        return bound_table(ibis.duckdb.from_connection(self._connection), name, schema)
