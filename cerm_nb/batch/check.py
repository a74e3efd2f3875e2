"""Check a client's data without running a notebook."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cerm_nb import sources
from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.batch.run import Client
    from cerm_nb.project import Project


def check_data(client: Client, project: Project) -> Iterator[str]:
    """Open every table a client names.

    Parameters
    ----------
    client
        With checked params.
    project
        Where relative data paths begin.

    Yields
    ------
    str
        One line per table that is as it should be.

    Raises
    ------
    DataError
        With the problems of all tables, after the good ones have been told.
    """
    problems: list[Problem] = []
    as_of = date.fromisoformat(client.common.as_of)
    if not client.common.data:
        problems.append(
            Problem(f"{client.label} → data", "names no table", next_step="add data.transactions")
        )
    for name, spec in client.common.data.items():
        table, label = sources.table_of(name, spec), f"{client.label} → data.{name}"
        try:
            loaded = sources.open_table(table, spec, project.root, label=label)
            sources.check_as_of(loaded, as_of, where=f"{client.label} → as_of")
        except DataError as error:
            problems += error.problems
        else:
            yield _told(label, loaded.provenance)
    if problems:
        raise DataError(problems)


def _told(label: str, read: sources.Provenance) -> str:
    days = f", {read.first_day} to {read.last_day}" if read.first_day else ""
    left_out = f", {read.rows_left_out:,} left out by where" if read.rows_left_out else ""
    return f"{label}: {read.rows_kept:,} rows{left_out}{days}"
