"""MySQL and MariaDB: the used columns of a table are streamed into DuckDB, and nothing is written there.

By PyMySQL (MIT) rather than by ibis, whose MySQL backend needs mysqlclient, which is under the GPL.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from cerm_nb.errors import DataError, Problem
from cerm_nb.schemas import nearest
from cerm_nb.sources.databases import optional, require_table
from cerm_nb.sources.engine import engine_errors, quoted
from cerm_nb.sources.raw import RAW, ROW, append, create_empty, unique_names
from cerm_nb.sources.types import kind_of_mysql_type

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from cerm_nb.sources.rewriting import ValueKind
    from cerm_nb.sources.urls import DatabaseUrl

_PORT = 3306
_BATCH = 20_000
_CONNECT_SECONDS = 10
_DESCRIBE_SECONDS = 20
_READ_SECONDS = 3600  # a view may have to think before its first row
_WRONG_PASSWORD = 1045


class MysqlTable:
    """A table of a MySQL or MariaDB server, its used columns copied; a `Source`.

    A zero date (0000-00-00), which MySQL itself takes for no date, is an empty cell.

    Parameters
    ----------
    url
        Where the server is, with the password.
    table
        Its name, with its database where that is not the URL's.
    label
        Place told in problems.
    """

    stays = False

    def __init__(self, url: DatabaseUrl, table: str, label: str) -> None:
        self._url, self._label, self._told = url, label, f"{url}, table {table}"
        self._options = _options(url, label)
        with self._cursor(_DESCRIBE_SECONDS) as cursor, self._errors("cannot be described"):
            database, self._name = self._located(cursor, table)
            self._types = _described(cursor, database, self._name)
        self._relation = f"{_in_backticks(database)}.{_in_backticks(self._name)}"
        stripped = unique_names(self._types, where=f"{label}.table", told=self._told)
        self._names = dict(zip(stripped, self._types, strict=True))

    @property
    def columns(self) -> dict[str, ValueKind]:
        """Columns of the table."""
        return {name: kind_of_mysql_type(*self._types[found]) for name, found in self._names.items()}

    def load(
        self, connection: duckdb.DuckDBPyConnection, used: Sequence[str], limit: int | None = None
    ) -> None:
        """Copy the used columns, in batches."""
        self._refuse_binary(used)
        create_empty(connection, used, self.columns)
        listed = ", ".join(_selected(self._names[name], self._types[self._names[name]][0]) for name in used)
        ending = "" if limit is None else f" LIMIT {limit}"
        query = f"SELECT {listed} FROM {self._relation}{ending}"  # noqa: S608  # quoted
        with self._cursor(_READ_SECONDS) as cursor, self._errors("its rows cannot be read"):
            cursor.execute(query)
            append(connection, used, _fetched(cursor))

    def numbered(self, used: Sequence[str]) -> str:
        """Write SQL of the rows in reading order."""
        return f"SELECT {', '.join([*map(quoted, used), f'rowid AS {ROW}'])} FROM {RAW}"  # noqa: S608  # quoted

    def place(self, row: int) -> str:
        """Name of the table: a server's rows have no number."""
        return self._told

    def _refuse_binary(self, used: Sequence[str]) -> None:
        binary = {name: self._types[self._names[name]][0] for name in used if self.columns[name] == "other"}
        if binary:
            raise DataError(
                Problem(self._told, f"{name!r} is of type {kind}", "text, numbers or dates", "leave it out")
                for name, kind in binary.items()
            )

    def _located(self, cursor: Any, table: str) -> tuple[str, str]:
        """Find database and table, which both must be there."""
        stated, _, name = table.rpartition(".")
        database = stated or unquote(urlsplit(self._url.full).path.lstrip("/"))
        databases = [row[0] for row in _asked(cursor, "SELECT schema_name FROM information_schema.schemata")]
        if database not in databases:
            got = f"there is no database {database!r}" if database else "no database is named"
            told = ", ".join(sorted(databases))
            where = f"{self._label}.{'table' if stated else 'from'}"
            raise DataError(Problem(where, got, told, nearest(database, databases)))
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema = %s"
        names = [row[0] for row in _asked(cursor, query, database)]
        require_table(table, (f"{stated}.{known}" if stated else known for known in names), label=self._label)
        return database, name

    @contextmanager
    def _cursor(self, seconds: int) -> Iterator[Any]:
        """Open a connection for one thing; rows come one by one and as text, as the server sends them."""
        driver = optional("pymysql", "MySQL", "mysql", label=self._label)
        with self._errors("cannot be reached"):
            try:
                connection = driver.connect(
                    **self._options,
                    charset="utf8mb4",
                    autocommit=True,
                    connect_timeout=_CONNECT_SECONDS,
                    read_timeout=seconds,
                    conv=driver.converters.encoders,
                    cursorclass=driver.cursors.SSCursor,
                    init_command="SET SESSION TRANSACTION READ ONLY",
                )
            except RuntimeError as error:  # how PyMySQL asks for a package that a login needs
                raise DataError(Problem(self._told, f"cannot be reached: {error}")) from None
        with closing(connection):
            cursor = connection.cursor()
            try:
                cursor.execute("SET SESSION time_zone = '+00:00'")
                yield cursor
            finally:
                if cursor._result is not None:  # the driver would else read the rest from a closed connection
                    cursor._result.unbuffered_active = False

    def _errors(self, got: str) -> Any:
        return engine_errors(self._told, got, secrets=(*self._url.secrets, self._url.full))


def _options(url: DatabaseUrl, label: str) -> dict[str, Any]:
    """Take a URL apart into what the driver wants to know."""
    parts = urlsplit(url.full)
    stated = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = [name for name in stated if name != "ssl_ca"]
    if unknown:
        problems = [Problem(f"{label}.from", f"there is no option {name!r}", "ssl_ca") for name in unknown]
        raise DataError(problems)
    options: dict[str, Any] = {
        "host": parts.hostname,
        "port": parts.port or _PORT,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or "").encode(),  # the driver would refuse signs beyond Latin-1
    }
    if "ssl_ca" in stated:
        if not Path(stated["ssl_ca"]).is_file():
            raise DataError(Problem(f"{label}.from", "there is no file of that name", "ssl_ca: certificates"))
        options |= {"ssl_ca": stated["ssl_ca"], "ssl_verify_cert": True, "ssl_verify_identity": True}
    return options


def _described(cursor: Any, database: str, table: str) -> dict[str, tuple[str, int]]:
    """Column → name of its type, and decimal places."""
    query = (
        "SELECT column_name, data_type, numeric_scale FROM information_schema.columns "
        "WHERE table_schema = %s AND table_name = %s ORDER BY ordinal_position"
    )
    return {
        name: (kind.lower(), int(scale or 0)) for name, kind, scale in _asked(cursor, query, database, table)
    }


def _asked(cursor: Any, query: str, *values: str) -> list[tuple[Any, ...]]:
    cursor.execute(query, values)
    return list(cursor.fetchall())


def _selected(name: str, kind: str) -> str:
    column = _in_backticks(name)
    if kind in ("date", "datetime", "timestamp"):
        return f"IF(LEFT({column}, 10) = '0000-00-00', NULL, {column})"
    # a float would come rounded to six digits, and bits as bytes
    return f"{column} + {'0e0' if kind == 'float' else '0'}" if kind in ("float", "bit") else column


def _fetched(cursor: Any) -> Iterator[tuple[str | None, ...]]:
    while rows := cursor.fetchmany(_BATCH):
        yield from rows


def _in_backticks(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
