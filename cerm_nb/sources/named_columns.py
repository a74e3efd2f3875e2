"""Read some columns of one file or table that is no client table, each cell checked like a client's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ibis

from cerm_nb.errors import DataError, Problem
from cerm_nb.sources.checks import count, problems
from cerm_nb.sources.engine import collect, engine_errors, quoted
from cerm_nb.sources.expressions import match, unknown_column
from cerm_nb.sources.mapping import Mapping, make
from cerm_nb.sources.opening import column_names, open_reader

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from cerm_nb.schemas import ColumnMeaning
    from cerm_nb.sources.checks import Rows
    from cerm_nb.sources.spec import TableSpec

_TYPES = {"text": "string", "date": "date", "number": "float64"}
_PUBLISHED = "named_columns"


def read_columns(spec: TableSpec, root: Path, columns: list[ColumnMeaning], *, told: str) -> pd.DataFrame:
    """Read columns by their names.

    Parameters
    ----------
    spec
        Where the rows come from; its ``columns`` may say which column of the source is meant.
    root
        Folder at which relative paths start.
    columns
        What is read; each must be there, and each row of it filled where it is required.
    told
        How errors name the file.

    Returns
    -------
    DataFrame
        One row per row of the source, in its order.

    Raises
    ------
    DataError
        With everything that is wrong: the file, its columns, cells that cannot be read.
    """
    try:
        reader, _ = open_reader(spec, root, label=told)
        mapping = make(spec, columns, reader, label=told)
        absent = [
            unknown_column(each.name, reader.kinds, told)
            for each in columns
            if each.name not in spec.columns and match(each.name, reader.kinds) is None
        ]
        found = [*(absent[:1] if any(map(_is_unsplit, absent)) else absent), *mapping.problems]
        if mapping.rows is not None and mapping.cells:
            found += _wrong_cells(mapping, mapping.rows, told)
    except DataError as error:
        raise DataError(_plain(problem, told) for problem in error.problems) from None
    if found or mapping.rows is None:
        raise DataError(_plain(problem, told) for problem in found)
    return _collected(mapping, mapping.rows)


def names_of(spec: TableSpec, root: Path, *, told: str) -> list[str]:
    """List the columns of a file, as they are called there.

    Raises
    ------
    DataError
        When the file cannot be opened.
    """
    try:
        return column_names(spec, root, label=told)
    except DataError as error:
        raise DataError(_plain(problem, told) for problem in error.problems) from None


def _wrong_cells(mapping: Mapping, rows: Rows, told: str) -> list[Problem]:
    with engine_errors(told, "the rows cannot be read"):
        rows.reader.load(mapping.used)
        return problems(rows, mapping.cells, count(rows, mapping.cells), label=told)


def _collected(mapping: Mapping, rows: Rows) -> pd.DataFrame:
    listed = ", ".join(f"{cell.sql} AS {quoted(cell.name)}" for cell in mapping.cells)
    select = f"SELECT {listed} FROM {rows.reader.relation}"  # noqa: S608  # quoted
    types = {cell.name: ibis.dtype(_TYPES[cell.kind]) for cell in mapping.cells}
    return collect(rows.reader.publish(_PUBLISHED, select, types))


def _plain(problem: Problem, told: str) -> Problem:
    """Tell a problem to somebody who has a file and no params."""
    for key in (".columns.", ".columns", ".from"):
        if problem.where.startswith(f"{told}{key}"):
            column = problem.where.removeprefix(f"{told}{key}")
            where = f"{told} → {column}" if column else told
            return replace(problem, where=where, next_step="mend it in the file" if column else "")
    return replace(problem, next_step="separate the columns by commas") if _is_unsplit(problem) else problem


def _is_unsplit(problem: Problem) -> bool:
    return "delimiter" in problem.next_step
