"""The engine that answers: opening DuckDB, asking it, and turning its refusals into our errors."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import ibis
from ibis.common.exceptions import IbisError
from ibis.expr import operations

from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd

_LONGEST_REASON = 240
_DRIVER_ERRORS = (
    ("psycopg", "Error"),
    ("pymysql", "MySQLError"),
    ("pyspark.errors", "PySparkException"),
    ("py4j.protocol", "Py4JError"),
)


def connect() -> duckdb.DuckDBPyConnection:
    """Open an empty DuckDB in memory that fetches nothing and spills to the temporary folder."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "temp_directory": str(Path(tempfile.gettempdir()) / f"cerm-nb-{os.getpid()}"),
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    # in a notebook a slow question would leave a bar among the outputs, on a slow machine alone
    connection.execute("SET enable_progress_bar = false")
    # it would take a part that two expressions share out of their TRY, where a bad row stops the engine
    connection.execute("SET disabled_optimizers = 'common_subexpressions'")
    return connection


def quoted(name: str) -> str:
    """Write a name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Write a text as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def bound_table(backend: ibis.BaseBackend, name: str, schema: Mapping[str, Any]) -> ibis.Table:
    """Point at a table whose columns are already known, without asking the engine for them.

    ibis 12 would ask through a call that DuckDB 2.0 has deprecated.
    """
    return operations.DatabaseTable(
        name=name, schema=ibis.schema(dict(schema)), source=backend, namespace=operations.Namespace()
    ).to_expr()


def collect(expression: ibis.Table) -> pd.DataFrame:
    """Run an ibis expression and bring its rows into memory.

    Raises
    ------
    DataError
        If the engine refuses; told in short.
    """
    with engine_errors("data", "the database refused the question"):
        frame: pd.DataFrame = _arrow(expression).to_pandas()
    return frame


def _arrow(expression: ibis.Table) -> Any:
    backend = expression.get_backend()
    if backend.name == "pyspark":  # ibis would go by way of pandas, by calls that pandas has deprecated
        return backend.raw_sql(backend.compile(expression)).toArrow()
    return expression.to_pyarrow()


def reason(error: BaseException) -> str:
    """Say in one short line why an engine refused; of a path only the name, since pages may show it."""
    is_numbered = len(error.args) == 2 and isinstance(error.args[0], int) and not isinstance(error, OSError)
    told = str(error.args[1] if is_numbered else error)  # MySQL's driver puts a number before the text
    text = re.sub(r"^\s*[A-Za-z ]+ Error:\s*", "", told.strip())
    text = re.sub(r"\bfile:/\S*/|\.? SQLSTATE: .*", "", text)
    text = re.sub(r"""(["'])[^"'\n]*[/\\]([^"'/\\\n]+)\1""", r"\1\2\1", text)
    first = text.splitlines()[0].strip() if text else type(error).__name__
    return first if len(first) <= _LONGEST_REASON else first[:_LONGEST_REASON] + "…"


@contextmanager
def engine_errors(
    where: str, got: str, *, expected: str = "", next_step: str = "", secrets: Sequence[str] = ()
) -> Iterator[None]:
    """Turn what an engine raises into one `DataError`, without passwords.

    Parameters
    ----------
    where, got, expected, next_step
        As in `Problem`; the engine's own reason, which may quote a cell, is added as an example.
    secrets
        Texts that must not appear in the message.

    Raises
    ------
    DataError
        Instead of any error of DuckDB, ibis or another database driver.
    """
    try:
        yield
    except (duckdb.Error, IbisError, OSError, *_driver_errors()) as error:
        examples = (("", hide(reason(error), secrets)),)
        raise DataError(Problem(where, hide(got, secrets), expected, next_step, examples=examples)) from None


def hide(text: str, secrets: Sequence[str]) -> str:
    """Replace every secret in a text by asterisks, longest first."""
    for secret in sorted((secret for secret in secrets if secret), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _driver_errors() -> tuple[type[Exception], ...]:
    """Error classes of the optional database drivers that are in use: no other can have raised."""
    loaded = ((sys.modules.get(module), name) for module, name in _DRIVER_ERRORS)
    return tuple(getattr(module, name) for module, name in loaded if module is not None)
