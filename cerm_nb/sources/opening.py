"""From an entry of the params to whoever reads it, and what is to be remembered about where it came from."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cerm_nb.sources.databases import DuckdbTable, SqliteTable
from cerm_nb.sources.engine import connect
from cerm_nb.sources.json_lines import JsonLinesSource
from cerm_nb.sources.mysql import MysqlTable
from cerm_nb.sources.parquet import ParquetSource
from cerm_nb.sources.paths import SourceFile, database_files, format_of, resolve
from cerm_nb.sources.postgres import PostgresReader
from cerm_nb.sources.readers import DuckdbReader
from cerm_nb.sources.sheets import SheetSource
from cerm_nb.sources.spark import SparkReader
from cerm_nb.sources.text import TextSource
from cerm_nb.sources.unpacking import is_packed, unpack
from cerm_nb.sources.urls import read_url

if TYPE_CHECKING:
    import duckdb

    from cerm_nb.sources.raw import Source
    from cerm_nb.sources.readers import Reader
    from cerm_nb.sources.spec import TableSpec

_SEPARATORS = {"csv": ",", "tsv": "\t", "fixed": ""}


def open_reader(spec: TableSpec, root: Path, *, label: str) -> tuple[Reader, list[dict[str, Any]]]:
    """Open what an entry names.

    Returns
    -------
    tuple
        Who reads it, and one record per file or table: path, bytes and SHA-256, or URL and table.

    Raises
    ------
    DataError
        If a file or table is missing or cannot be read.
    """
    if spec.table is not None:
        return _open_database(spec, spec.table, root, label)
    files = resolve(spec, root, label=label)
    connection = connect()
    source = _open_files(spec, _unpacked(files, connection), connection, label)
    return DuckdbReader(connection, source), [dict(file.fingerprint()) for file in files]


def column_names(spec: TableSpec, root: Path, *, label: str) -> list[str]:
    """List the columns of a source, as they are called there.

    Raises
    ------
    DataError
        When the source cannot be opened.
    """
    reader, _ = open_reader(spec, root, label=label)
    return list(reader.kinds)


def _unpacked(files: list[SourceFile], connection: duckdb.DuckDBPyConnection) -> list[SourceFile]:
    """Unpack what is packed into a folder that lives as long as the connection, which may read it."""
    if not any(map(is_packed, files)):
        return files
    folder = tempfile.mkdtemp(prefix="cerm-nb-")
    weakref.finalize(connection, shutil.rmtree, folder, ignore_errors=True)
    return unpack(files, Path(folder))


def _open_files(
    spec: TableSpec, files: list[SourceFile], connection: duckdb.DuckDBPyConnection, label: str
) -> Source:
    kind = format_of(spec, files, label=label)
    if kind == "parquet":
        return ParquetSource(connection, files)
    if kind == "jsonl":
        return JsonLinesSource(files, spec, label)
    if kind == "xlsx":
        return SheetSource(files, spec, label)
    separator = spec.delimiter or _SEPARATORS[kind]
    return TextSource(files, spec, label, separator if kind != "fixed" else "")


def _open_database(
    spec: TableSpec, table: str, root: Path, label: str
) -> tuple[Reader, list[dict[str, Any]]]:
    url = read_url(spec.locations[0], label=label)
    if url.backend == "postgres":
        return PostgresReader(url, table, label), [{"url": str(url), "table": table}]
    if url.backend == "mysql":
        return DuckdbReader(connect(), MysqlTable(url, table, label)), [{"url": str(url), "table": table}]
    if url.backend == "spark":
        return SparkReader(url, table, root, label), [{"url": str(url), "table": table}]
    files = database_files(url.path(root), root, label=label)
    file = files[0]
    connection = connect()
    source: Source
    if url.backend == "duckdb":
        source = DuckdbTable(connection, file.path, file.told, table, label)
    else:
        source = SqliteTable(file.path, file.told, table, label)
    return DuckdbReader(connection, source), [{**part.fingerprint(), "table": table} for part in files]
