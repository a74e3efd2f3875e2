"""Tables in databases: DuckDB and SQLite files, and PostgreSQL servers; nothing is ever written there."""

from __future__ import annotations

import os
import re
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from cerm_nb.errors import DataError, Problem
from cerm_nb.schemas import nearest
from cerm_nb.sources.engine import engine_errors, hide, literal, quoted
from cerm_nb.sources.raw import RAW, ROW, append, create_empty, unique_names
from cerm_nb.sources.types import described, kind_of_type, without_nan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import duckdb

    from cerm_nb.sources.rewriting import ValueKind

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_PASSWORD_PLACE = re.compile(
    r"((?<=://)[^/?#@:]*:|[?&;]\w*(?:password|passwd|pwd)=)\$\{(\w+)\}", re.IGNORECASE
)
_SCHEMES = {"duckdb": "duckdb", "sqlite": "sqlite", "postgres": "postgres", "postgresql": "postgres"}
_BATCH = 20_000


@dataclass(frozen=True)
class DatabaseUrl:
    """A database URL with its variables filled in; its `str` and `repr` show no password.

    Parameters
    ----------
    full
        With the password: for the driver alone.
    secrets
        Texts that must never be shown.
    """

    full: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    def __str__(self) -> str:
        scheme, _, rest = self.full.partition("://")
        login, at, place = rest.rpartition("@")
        if set(login) & set("?#"):
            return f"{scheme}://***"  # no telling where a password ends
        # a password may also stand in the query, so that none of it is shown
        host_and_path = re.split("[?#]", place, maxsplit=1)[0]
        return hide(f"{scheme}://{login.partition(':')[0]}{at}{host_and_path}", self.secrets)

    @property
    def backend(self) -> str:
        """``duckdb``, ``sqlite`` or ``postgres``."""
        return _SCHEMES[self.full.partition("://")[0]]

    def path(self, root: Path) -> Path:
        """File of a DuckDB or SQLite URL; relative to the project unless absolute."""
        text = self.full.partition("://")[2]
        absolute = Path(text)
        # sqlite:///shop.db is relative in SQLAlchemy's way of writing
        relative = root / text.lstrip("/")
        return relative if relative.exists() or not absolute.is_absolute() else absolute


def read_url(text: str, *, label: str) -> DatabaseUrl:
    """Fill a URL's ``${NAME}`` from the environment; a password stands there as it is, not encoded.

    Raises
    ------
    DataError
        If a variable is not set, the database is of another kind, or the URL cannot be taken apart.
    """
    names = _VARIABLE.findall(text)
    missing = [name for name in names if name not in os.environ]
    if missing:
        raise DataError(
            Problem(
                f"{label}.from",
                f"the environment variable {name} is not set",
                next_step=f"set it before the run: export {name}=…",
            )
            for name in missing
        )
    encoded = _PASSWORD_PLACE.sub(lambda found: found[1] + quote(os.environ[found[2]], safe=""), text)
    full = _VARIABLE.sub(lambda found: os.environ[found[1]], encoded)
    password = _password(full)
    secrets = {password, unquote(password)}
    if not re.fullmatch(r"\$\{\w+\}", text):
        secrets |= {os.environ[name] for name in names if _is_secret(name)}
    scheme = full.partition("://")[0]
    if scheme not in _SCHEMES:
        got = f"databases of kind {scheme!r} cannot be read" if "://" in full else "no database URL"
        raise DataError(Problem(f"{label}.from", got, "duckdb://…, sqlite://… or postgres://…"))
    if _SCHEMES[scheme] == "postgres" and not _is_whole(full):
        next_step = "give the password alone by its own ${NAME}; its signs are then encoded"
        got, expected = "the URL cannot be taken apart", "postgres://user:${NAME}@host:port/database"
        raise DataError(Problem(f"{label}.from", got, expected, next_step))
    return DatabaseUrl(full, tuple(sorted(secret for secret in secrets if secret)))


def _password(url: str) -> str:
    return url.partition("://")[2].rpartition("@")[0].partition(":")[2]


def _is_whole(url: str) -> bool:
    """Whether every reader of a URL sees the same parts in it: signs in a password can end it early."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return "@" not in parts.path + parts.query + parts.fragment and parts.netloc.count("@") <= 1


def _is_secret(name: str) -> bool:
    return not re.search(r"user|host|port|name$", name, flags=re.IGNORECASE)


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
        with engine_errors(told, "cannot be opened as a DuckDB database"):
            connection.execute(f"ATTACH {literal(str(path))} AS client (READ_ONLY)")
            connection.execute("USE client")  # for views that name tables without their schema
            rows = connection.execute(
                "SELECT table_schema, table_name FROM information_schema.tables "
                "WHERE table_catalog = 'client'"
            ).fetchall()
        names = {name if schema == "main" else f"{schema}.{name}" for schema, name in rows}
        require_table(table, names, label=label)
        self._name = ".".join(map(quoted, ["client", *_with_schema(table, "main")]))
        self._told = f"{told}, table {table}"
        with engine_errors(self._told, "cannot be described"):
            self._types = described(connection, f"SELECT * FROM {self._name}")  # noqa: S608  # quoted

    @property
    def columns(self) -> dict[str, ValueKind]:
        """Columns of the table."""
        return {name: kind_of_type(kind) for name, kind in self._types.items()}

    def load(self, connection: duckdb.DuckDBPyConnection, used: Sequence[str]) -> None:
        """Make the view."""
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {RAW} AS SELECT {without_nan(self._types)} FROM {self._name}"  # noqa: S608
        )

    def numbered(self, used: Sequence[str]) -> str:
        """Write SQL of the rows; a database's rows have no number."""
        return f"SELECT {', '.join([*map(quoted, used), f'0 AS {ROW}'])} FROM {RAW}"  # noqa: S608  # quoted

    def place(self, row: int) -> str:
        """Name of the table."""
        return self._told


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

    def load(self, connection: duckdb.DuckDBPyConnection, used: Sequence[str]) -> None:
        """Copy the used columns."""
        create_empty(connection, used)
        # SQLite takes an unknown name in double quotes for a text, unless it stands behind its table's
        listed = ", ".join(f"source.{quoted(self._columns[name])}" for name in used)
        rows = self._rows(f"SELECT {listed} FROM {quoted(self._table)} AS source")  # noqa: S608  # quoted
        append(connection, used, ([_written(cell) for cell in row] for row in rows))

    def numbered(self, used: Sequence[str]) -> str:
        """Write SQL of the rows with their number in reading order."""
        return f"SELECT {', '.join([*map(quoted, used), f'rowid AS {ROW}'])} FROM {RAW}"  # noqa: S608  # quoted

    def place(self, row: int) -> str:
        """Table and row in reading order."""
        return f"{self._told}, table {self._table}, row {row + 1}"

    def _rows(self, query: str) -> Iterator[tuple[object, ...]]:
        try:
            connection = sqlite3.connect(f"{self._path.resolve().as_uri()}?mode=ro", uri=True)
            try:
                cursor = connection.execute(query)
                while rows := cursor.fetchmany(_BATCH):
                    yield from rows
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise DataError(Problem(self._told, f"cannot be read as a SQLite database: {error}")) from None


def _written(cell: object) -> str | None:
    if isinstance(cell, bytes):
        return cell.decode("utf-8", errors="replace")
    return None if cell is None else str(cell)


def _with_schema(table: str, default: str) -> tuple[str, str]:
    schema, _, name = table.rpartition(".")
    return schema or default, name
