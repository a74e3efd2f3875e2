"""What a table was read from, as hashes, without reading it as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cerm_nb.sources.databases import is_view
from cerm_nb.sources.paths import database_files, resolve
from cerm_nb.sources.urls import read_url

if TYPE_CHECKING:
    from pathlib import Path

    from cerm_nb.sources.spec import TableSpec

DATABASE = "database"


def fingerprint(spec: TableSpec, root: Path, *, label: str) -> dict[str, str]:
    """Hash the files a table is read from.

    Returns
    -------
    dict
        File as told to people → SHA-256; a table in a DuckDB or SQLite file has those of the database's
        files. A table on a server has its URL without the password, and ``DATABASE`` in place of a hash:
        what is in it may change at any time. So has a view in a DuckDB file, which may read other files.

    Raises
    ------
    DataError
        When a file is missing or a URL cannot be read.
    """
    if not spec.is_database:
        files = resolve(spec, root, label=label)
    else:
        url = read_url(spec.locations[0], label=label)
        if not url.is_file:
            return {f"{url} {spec.table}": DATABASE}
        files = database_files(url.path(root), root, label=label)
        if url.backend == "duckdb" and is_view(files[0].path, files[0].told, str(spec.table)):
            return {f"{files[0].told} {spec.table}": DATABASE}
    return {file.told: str(file.fingerprint()["sha256"]) for file in files}
