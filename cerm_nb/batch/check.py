"""Check a client's data without running a notebook."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from cerm_nb import schemas, sources
from cerm_nb.batch.yaml_lines import column_line, item_lines
from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.batch.run import Client
    from cerm_nb.project import Project

FIRST_ROWS = 100_000
"""Rows of a table that are looked at unless all are asked for: enough to show how it is written."""


def check_data(client: Client, project: Project, *, all_rows: bool = False) -> Iterator[str]:
    """Open every table a client names.

    Parameters
    ----------
    client
        With checked params.
    project
        Where relative data paths begin.
    all_rows
        Whether every row is read rather than the first `FIRST_ROWS`.

    Yields
    ------
    str
        One line per table that is as it should be; where more of its columns could be used, with the lines of
        params that would do so.

    Raises
    ------
    DataError
        With the problems of all tables, after the good ones have been told; those of a table end in the lines
        of params that are proposed for it.
    """
    problems: list[Problem] = []
    as_of = date.fromisoformat(client.common.as_of)
    if not client.common.data:
        problems.append(
            Problem(f"{client.label} → data", "names no table", next_step="add data.transactions")
        )
    for name, spec in client.common.data.items():
        table, label = sources.table_of(name, spec), f"{client.label} → data.{name}"
        sample = None if all_rows else FIRST_ROWS
        proposed = _proposed(table, spec, project, label)
        try:
            loaded = sources.open_table(table, spec, project.root, label=label, sample=sample)
            if table in schemas.EVENTS:  # a plan or a target may well lie later
                if loaded.provenance.rows_read == sample and _begins_after(as_of, loaded):
                    loaded = sources.open_table(table, spec, project.root, label=label)
                sources.check_as_of(loaded, as_of, where=f"{client.label} → as_of")
        except DataError as error:
            problems += error.problems
            problems += [Problem(f"{label}.columns", _hint(table), lines=proposed)] if proposed else []
        else:
            told = _told(label, loaded.provenance, sample)
            yield "\n".join([f"{told}; {_hint(table)}" if proposed else told, *proposed])
    if problems:
        raise DataError(problems)


def _begins_after(as_of: date, loaded: sources.Loaded) -> bool:
    """Whether the rows read are all later than the day; where they are a sample, earlier ones may follow."""
    first = loaded.provenance.first_day
    return first is not None and first > as_of


def _proposed(table: str, spec: sources.TableSpec, project: Project, label: str) -> tuple[str, ...]:
    """Write the lines of params that would fill more of a table."""
    items = sources.items_or_none(table, spec, project.root, label=label)
    found = sources.proposals_or_none(table, spec, project.root, label=label)
    lines = [column_line(proposal) for proposal in found if proposal.column != "value" or not items]
    return (*lines, *(item_lines(sources.WIDE[table], items) if items else ()))


def _hint(table: str) -> str:
    return f"unused columns could fill more of {table}; look through, then add:"


def _told(label: str, read: sources.Provenance, sample: int | None) -> str:
    days = f", {read.first_day} to {read.last_day}" if read.first_day else ""
    left_out = f", {read.rows_left_out:,} left out by where" if read.rows_left_out else ""
    if read.rows_undecided:
        columns = " or ".join(read.where_columns)
        left_out += f", {read.rows_undecided:,} of them because {columns} is empty"
    rows = f"{read.rows_kept:,} row{'s' if read.rows_kept != 1 else ''}"
    if read.rows_read == sample:
        rows += f" kept of the first {sample:,}" if read.rows_left_out else ", the first of the source"
        rows += " (--all checks every row)"
    return f"{label}: {rows}{left_out}{days}"
