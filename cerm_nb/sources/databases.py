"""Tables in DuckDB and SQLite files, and what the doors to servers share; nothing is ever written there."""

from __future__ import annotations

import sqlite3
from importlib import import_module
from typing import TYPE_CHECKING, Any

from cerm_nb.errors import DataError, Problem
from cerm_nb.schemas import nearest
from cerm_nb.sources.engine import connect, engine_errors, literal, quoted
from cerm_nb.sources.raw import RAW, ROW, append, create_empty, unique_names
from cerm_nb.sources.types import described, kind_of_type, readable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import duckdb

    from cerm_nb.sources.rewriting import ValueKind

_BATCH = 20_000
_EXACT = 1 << 53  # up to here a floating number is one whole number only


def require_table(wanted: str, names: Iterable[str], *, label: str) -> None:
    """Refuse a table that the database does not have, with the nearest name.

    Raises
    ------
    DataError
        If the table is not among the names.
    """
    known = sorted(names)
    if wanted not in known:
        told = ", ".join(known[:20]) or "no table at all"
        raise DataError(
            Problem(f"{label}.table", f"there is no table {wanted!r}", told, nearest(wanted, known))
        )


def optional(module: str, product: str, extra: str, *, label: str) -> Any:
    """Import the driver of an extra.

    Raises
    ------
    DataError
        If it is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        got, next_step = f"{product} needs an extra that is not installed", f"pip install 'cerm-nb[{extra}]'"
        raise DataError(Problem(f"{label}.from", got, next_step=f"install it: {next_step}")) from None


class DuckdbTable:
    """A table of a DuckDB file, attached read-only: a view, nothing is copied.

    Parameters
    ----------
    connection
        In-memory DuckDB the file is attached to.
    path, told
        The file, and how it is told to people.
    table
        Its name, with its schema where that is not ``main``.
    label
        Place told in problems.
    """

    stays = True

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, path: Path, told: str, table: str, label: str
    ) -> None:
        require_table(table, _attach(connection, path, told), label=label)
        self._name = ".".join(map(quoted, ["client", *_with_schema(table, "main")]))
        self._told = f"{told}, table {table}"
        with engine_errors(self._told, "cannot be described"):
            self._types = described(connection, f"SELECT * FROM {self._name}")  # noqa: S608  # quoted

    @property
    def columns(self) -> dict[str, ValueKind]:
        """Columns of the table."""
        return {name: kind_of_type(kind) for name, kind in self._types.items()}

    def load(
        self, connection: duckdb.DuckDBPyConnection, used: Sequence[str], limit: int | None = None
    ) -> None:
        """Make the view."""
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {RAW} AS SELECT {readable(self._types)} FROM {self._name}"  # noqa: S608
        )

    def numbered(self, used: Sequence[str]) -> str:
        """Write SQL of the rows; a database's rows have no number."""
        return f"SELECT {', '.join([*map(quoted, used), f'0 AS {ROW}'])} FROM {RAW}"  # noqa: S608  # quoted

    def place(self, row: int) -> str:
        """Name of the table."""
        return self._told


def is_view(path: Path, told: str, table: str) -> bool:
    """Whether a table of a DuckDB file is a view: it may read other files than the one it lies in.

    Raises
    ------
    DataError
        If the file is no DuckDB database.
    """
    with connect() as connection:
        return _attach(connection, path, told).get(table) == "VIEW"


def _attach(connection: duckdb.DuckDBPyConnection, path: Path, told: str) -> dict[str, str]:
    """Attach a DuckDB file as ``client`` and give its tables with their types."""
    with engine_errors(told, "cannot be opened as a DuckDB database"):
        connection.execute(f"ATTACH {literal(str(path))} AS client (READ_ONLY)")
        connection.execute("USE client")  # for views that name tables without their schema
        rows = connection.execute(
            "SELECT table_schema, table_name, table_type FROM information_schema.tables "
            "WHERE table_catalog = 'client'"
        ).fetchall()
    return {name if schema == "main" else f"{schema}.{name}": kind for schema, name, kind in rows}


class SqliteTable:
    """A table of a SQLite file, its used columns copied as text.

    SQLite has no dates and holds text in number columns, so that its own answers cannot be relied on: its
    rows are read like those of a text file.

    Parameters
    ----------
    path, told
        The file, and how it is told to people.
    table
        Its name.
    label
        Place told in problems.
    """

    stays = False

    def __init__(self, path: Path, told: str, table: str, label: str) -> None:
        self._path, self._table, self._told = path, table, told
        query = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
        require_table(table, (str(row[0]) for row in self._rows(query)), label=label)
        names = [row[1] for row in self._rows(f"PRAGMA table_info({quoted(table)})")]
        stripped = unique_names(names, where=f"{label}.table", told=told)
        self._columns = dict(zip(stripped, map(str, names), strict=True))

    @property
    def columns(self) -> dict[str, ValueKind]:
        """Columns of the table."""
        return dict.fromkeys(self._columns, "text")

    def load(
        self, connection: duckdb.DuckDBPyConnection, used: Sequence[str], limit: int | None = None
    ) -> None:
        """Copy the used columns."""
        create_empty(connection, used)
        # SQLite takes an unknown name in double quotes for a text, unless it stands behind its table's
        listed = ", ".join(f"source.{quoted(self._columns[name])}" for name in used)
        ending = "" if limit is None else f" LIMIT {limit}"
        rows = self._rows(f"SELECT {listed} FROM {quoted(self._table)} AS source{ending}")  # noqa: S608  # quoted
        append(connection, used, ([_written(cell) for cell in row] for row in rows))

    def numbered(self, used: Sequence[str]) -> str:
        """Write SQL of the rows with their number in reading order."""
        return f"SELECT {', '.join([*map(quoted, used), f'rowid AS {ROW}'])} FROM {RAW}"  # noqa: S608  # quoted

    def place(self, row: int) -> str:
        """Table and row in reading order."""
        return f"{self._told}, table {self._table}, row {row + 1}"

    def _rows(self, query: str) -> Iterator[tuple[object, ...]]:
        try:
            connection = sqlite3.connect(_read_only(self._path), uri=True)
            try:
                cursor = connection.execute(query)
                while rows := cursor.fetchmany(_BATCH):
                    yield from rows
            finally:
                connection.close()
        except sqlite3.Error as error:
            told = Problem(self._told, "cannot be read as a SQLite database", examples=(("", str(error)),))
            raise DataError(told) from None


def _read_only(path: Path) -> str:
    """Write the URI that leaves a file, and the folder it lies in, as they are.

    SQLite makes files beside a database with a write-ahead log (its header's byte 18 is 2) even to read it,
    unless it is told that nobody writes: so where no log lies there.
    """
    with path.open("rb") as stream:
        has_log = stream.read(20)[18:19] == b"\x02"
    is_still = has_log and not path.with_name(f"{path.name}-wal").exists()
    return f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if is_still else ''}"


def _written(cell: object) -> str | None:
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))  # customer 17850, not 17850.0: SQLite holds whole numbers in REAL columns so
    return None if cell is None else str(cell)


def _with_schema(table: str, default: str) -> tuple[str, str]:
    schema, _, name = table.rpartition(".")
    return schema or default, name
