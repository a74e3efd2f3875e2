"""Spark: a table of its catalogue, or a folder of Parquet files, is asked where it is and never copied."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import ibis

from cerm_nb.errors import DataError, Problem
from cerm_nb.sources.databases import require_table
from cerm_nb.sources.engine import bound_table, engine_errors, quoted
from cerm_nb.sources.raw import RAW, ROW, limited
from cerm_nb.sources.spark_session import new_session
from cerm_nb.sources.types import kind_of_spark_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cerm_nb.sources.cells import Dialect
    from cerm_nb.sources.rewriting import ValueKind
    from cerm_nb.sources.urls import DatabaseUrl

_FILES = re.compile(r"(parquet|orc)\.`([^`]+)`")


class SparkReader:
    """Spark as the one who answers for its own table; nothing is written there.

    Parameters
    ----------
    url
        See `spark_session.new_session`.
    table
        Table of the catalogue, with its schema where that is not the default one, or ``parquet.`path```: a
        file, folder or pattern, relative to the project unless absolute or a URL.
    root
        The project's folder.
    label
        Place told in problems.
    """

    dialect: Dialect = "spark"

    def __init__(self, url: DatabaseUrl, table: str, root: Path, label: str) -> None:
        self._url, self._told, self._label = url, f"{url}, table {table}", label
        self.relation = quoted(RAW)
        self._session = new_session(url, label=label)
        files = _FILES.fullmatch(table)
        source = self._files(files[1], files[2], root) if files else self._catalogued(table)
        with self._errors("cannot be described"):
            # NaN is what it means in files written by pandas: no value
            types = self._session.sql(f"SELECT * FROM {source}").dtypes  # noqa: S608  # quoted
            listed = ", ".join(_readable(name, kind) for name, kind in types)
            self._session.sql(f"SELECT {listed} FROM {source}").createOrReplaceTempView(RAW)  # noqa: S608
        self.kinds: dict[str, ValueKind] = {name: kind_of_spark_type(kind) for name, kind in types}

    def value_kind(self, sql: str, over: Callable[[str], str] = str) -> ValueKind:
        """Kind of an expression's values."""
        with self._errors("Spark refuses it"):
            types = self._session.sql(f"SELECT {sql} AS value FROM {over(self.relation)}").dtypes  # noqa: S608
        return kind_of_spark_type(types[0][1])

    def load(self, used: Sequence[str], limit: int | None = None) -> None:
        """Read nothing: the rows stay where they are; with a limit, ask for the first of them only."""
        if limit is not None:
            self.relation = limited(self.relation, limit)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Run SQL and fetch every row."""
        with self._errors("Spark refused the question"):
            rows: list[tuple[Any, ...]] = self._session.sql(sql).collect()
        return rows

    def numbered(self, columns: Sequence[str]) -> str:
        """Write SQL of the rows, which have no number."""
        return f"SELECT {', '.join([*map(quoted, columns), f'0 AS {ROW}'])} FROM {self.relation}"  # noqa: S608

    def place(self, row: int) -> str:
        """Name of the table."""
        return self._told

    def publish(self, name: str, select: str, schema: Mapping[str, Any]) -> ibis.Table:
        """Ask by the SELECT each time: a view of this session alone."""
        with self._errors("Spark refused the question"):
            self._session.sql(select).createOrReplaceTempView(name)
        return bound_table(ibis.pyspark.connect(self._session), name, schema)

    def _catalogued(self, table: str) -> str:
        """Name a table of the catalogue, which must be there."""
        schema, _, _ = table.rpartition(".")
        place = f" IN {_parts(schema)}" if schema else ""
        with self._errors("cannot list its tables"):
            names = [row["tableName"] for row in self._session.sql(f"SHOW TABLES{place}").collect()]
        require_table(table, (f"{schema}.{known}" if schema else known for known in names), label=self._label)
        return _parts(table)

    def _files(self, kind: str, path: str, root: Path) -> str:
        """Name files, which must be there where this process can see for itself."""
        is_here = "://" not in path and urlsplit(self._url.full).hostname == "local"
        found = root / path  # an absolute path stays what it is
        if is_here and not (found.exists() or any(root.glob(path) if not Path(path).is_absolute() else ())):
            got, next_step = f"there is no file {path!r}", "paths are relative to the project's folder"
            raise DataError(Problem(f"{self._label}.table", got, next_step=next_step))
        told = str(found if is_here else path).replace("`", "``")
        return f"{kind}.`{told}`"

    def _errors(self, got: str) -> Any:
        return engine_errors(self._told, got, secrets=(*self._url.secrets, urlsplit(self._url.full).query))


def _parts(name: str) -> str:
    return ".".join(map(quoted, name.split(".")))


def _readable(name: str, kind: str) -> str:
    column = quoted(name)
    is_float = kind in ("float", "double")
    return f"CASE WHEN NOT isnan({column}) THEN {column} END AS {column}" if is_float else column
