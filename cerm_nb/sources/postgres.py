"""PostgreSQL: the server answers for its own table, and nothing is written there."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import ibis

from cerm_nb.sources.databases import optional, require_table
from cerm_nb.sources.engine import engine_errors, quoted
from cerm_nb.sources.raw import ROW, limited
from cerm_nb.sources.types import kind_of_postgres_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cerm_nb.sources.cells import Dialect
    from cerm_nb.sources.rewriting import ValueKind
    from cerm_nb.sources.urls import DatabaseUrl


class PostgresReader:
    """A PostgreSQL server that answers for its own table; nothing is written there.

    Parameters
    ----------
    url
        Where the server is, with the password.
    table
        Its name, with its schema where that is not ``public``.
    label
        Place told in problems.
    """

    dialect: Dialect = "postgres"

    def __init__(self, url: DatabaseUrl, table: str, label: str) -> None:
        self._url, self._told, self._label = url, f"{url}, table {table}", label
        self._backend = self._connect()
        schema, _, name = table.rpartition(".")
        with self._errors("cannot list its tables"):
            names = self._backend.list_tables(database=schema or None)
        require_table(table, (f"{schema}.{known}" if schema else known for known in names), label=label)
        self.relation = ".".join(map(quoted, filter(None, [schema, name])))
        with self._errors("cannot be described"):
            self.kinds = self._kinds_of("*")

    def value_kind(self, sql: str, over: Callable[[str], str] = str) -> ValueKind:
        """Kind of an expression's values."""
        with self._errors("PostgreSQL refuses it"):
            return self._kinds_of(f"{sql} AS value", over)["value"]

    def load(self, used: Sequence[str], limit: int | None = None) -> None:
        """Read nothing: the rows stay where they are; with a limit, ask for the first of them only."""
        if limit is not None:
            self.relation = limited(self.relation, limit)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Run SQL and fetch every row."""
        with self._errors("the database refused the question"), self._backend.raw_sql(sql) as cursor:
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def numbered(self, columns: Sequence[str]) -> str:
        """Write SQL of the rows; a server's rows have no number."""
        listed = ", ".join([*map(quoted, columns), f"0 AS {ROW}"])
        return f"SELECT {listed} FROM {self.relation}"  # noqa: S608  # quoted

    def place(self, row: int) -> str:
        """Name of the table."""
        return self._told

    def publish(self, name: str, select: str, schema: Mapping[str, Any]) -> ibis.Table:
        """Ask by the SELECT each time: nothing is made on the server."""
        return self._backend.sql(select, schema=ibis.schema(dict(schema)), dialect="postgres")

    def _connect(self) -> Any:
        optional("psycopg", "PostgreSQL", "postgres", label=self._label)
        with self._errors("cannot be reached"):
            backend = ibis.connect(self._url.full)
            weakref.finalize(backend, backend.con.close)
            # every transaction from here on is read-only, so that nothing can be written by mistake
            backend.raw_sql("SET default_transaction_read_only = on").close()
            backend.raw_sql("SET TIME ZONE 'UTC'").close()
            backend.con.commit()
            return backend

    def _kinds_of(self, selected: str, over: Callable[[str], str] = str) -> dict[str, ValueKind]:
        """Kinds of what a SELECT gives; `Backend.sql` would make a view on the server to find out."""
        select = f"SELECT {selected} FROM {over(self.relation)} LIMIT 0"  # noqa: S608  # checked
        with self._backend.raw_sql(select) as cursor:
            types = self._backend.con.adapters.types
            known = [(column.name, types.get(column.type_code)) for column in cursor.description]
        return {name: kind_of_postgres_type(found.name if found else "") for name, found in known}

    def _errors(self, got: str) -> Any:
        secrets = (*self._url.secrets, self._url.full, urlsplit(self._url.full).query)
        return engine_errors(self._told, got, secrets=secrets)
