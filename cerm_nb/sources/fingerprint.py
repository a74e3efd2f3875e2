"""What a table was read from, as hashes, without reading it as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cerm_nb.sources.paths import resolve
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
        File as told to people → SHA-256. A table in a database has its URL without the password, and
        ``DATABASE`` in place of a hash: what is in it may change at any time.

    Raises
    ------
    DataError
        When a file is missing or a URL cannot be read.
    """
    if spec.is_database:
        return {f"{read_url(spec.locations[0], label=label)} {spec.table}": DATABASE}
    return {file.told: str(file.fingerprint()["sha256"]) for file in resolve(spec, root, label=label)}
