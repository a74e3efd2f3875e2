"""Open a client's table: read it, make its canonical columns, check every cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ibis.expr import datatypes

from cerm_nb import schemas
from cerm_nb.errors import DataError, Problem
from cerm_nb.sources.cells import cell, is_readable, unfailing
from cerm_nb.sources.checks import Cell, Rows, count, problems
from cerm_nb.sources.engine import engine_errors, quoted
from cerm_nb.sources.expressions import Expression, match, read, unknown_column, written
from cerm_nb.sources.opening import open_reader

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import ibis

    from cerm_nb.schemas import ColumnMeaning, Kind
    from cerm_nb.sources.readers import Reader
    from cerm_nb.sources.spec import TableSpec

_TYPES: dict[Kind, datatypes.DataType] = {
    "text": datatypes.string,
    "date": datatypes.date,
    "number": datatypes.float64,
}
_KIND_WORDS = {"text": "text", "whole": "a whole number", "other": "a list or structure"}


@dataclass(frozen=True)
class Provenance:
    """Where a table came from; holds no password.

    Parameters
    ----------
    name
        Canonical name of the table.
    sources
        One record per file (path, bytes, sha256) or database table (url or path, table).
    columns
        Canonical column → expression.
    where
        Condition a row had to meet; empty where every row was read.
    rows_read, rows_kept
        Rows of the source, and those that met ``where``.
    first_day, last_day
        Range of the kept rows' dates; None where the table has none.
    """

    name: str
    sources: list[dict[str, Any]]
    columns: dict[str, str]
    where: str
    rows_read: int
    rows_kept: int
    first_day: date | None = None
    last_day: date | None = None

    @property
    def hashes(self) -> dict[str, str]:
        """File → SHA-256; a database table has none."""
        return {str(source["path"]): str(source["sha256"]) for source in self.sources if "sha256" in source}

    @property
    def rows_left_out(self) -> int:
        """Rows that did not meet ``where``."""
        return self.rows_read - self.rows_kept

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for a manifest in JSON."""
        days = {"first_day": self.first_day, "last_day": self.last_day}
        return {
            "name": self.name,
            "sources": self.sources,
            "columns": self.columns,
            "where": self.where,
            "rows_read": self.rows_read,
            "rows_kept": self.rows_kept,
            "rows_left_out": self.rows_left_out,
        } | {key: day.isoformat() if day else None for key, day in days.items()}


@dataclass(frozen=True)
class Loaded:
    """A client table, checked.

    Parameters
    ----------
    table
        ibis expression with the canonical columns and types of `schemas`.
    provenance
        Where it came from and how many rows were kept.
    """

    table: ibis.Table = field(repr=False)
    provenance: Provenance


def open_table(name: str, spec: TableSpec, root: Path, *, label: str) -> Loaded:
    """Open one table of a client.

    Parameters
    ----------
    name
        Canonical name of the table, a key of `schemas.SCHEMAS`.
    spec
        Where it comes from and how its columns are made.
    root
        The project's folder, at which relative paths start.
    label
        How errors name the place, e.g. ``"params/cdnow.yml → data.transactions"``.

    Returns
    -------
    Loaded
        The table with its provenance. It stays open as long as it is referred to.

    Raises
    ------
    DataError
        With everything that is wrong: files, columns, expressions, cells.
    """
    meanings = schemas.describe(name, where=label)
    reader, records = open_reader(spec, root, label=label)
    expressions, condition = _read_expressions(spec, meanings, reader, label)
    cells = _make_cells(expressions, meanings, reader, label)
    rows = _make_rows(condition, reader, label)
    used = [*rows.columns, *(column for part in cells for column in part.columns)]
    with engine_errors(label, "the rows cannot be read"):
        reader.load(list(dict.fromkeys(used)))
        counts = count(rows, cells)
        found = problems(rows, cells, counts, label=label)
    if found:
        raise DataError(found)
    provenance = Provenance(
        name=name,
        sources=records,
        columns={part.name: part.text for part in cells},
        where=rows.text,
        rows_read=counts.read,
        rows_kept=counts.kept,
        first_day=counts.first_day,
        last_day=counts.last_day,
    )
    return Loaded(schemas.conform(name, _publish(name, rows, cells)), provenance)


def check_as_of(loaded: Loaded, as_of: date, *, where: str) -> None:
    """Refuse an ``as_of`` that lies before the data's first date.

    Raises
    ------
    DataError
        With the data's first and last date.
    """
    first, last = loaded.provenance.first_day, loaded.provenance.last_day
    if first is not None and as_of < first:
        got = f"{as_of.isoformat()} lies before the first date of {loaded.provenance.name}"
        raise DataError(Problem(where, got, f"a day from {first} on; the data end on {last}"))


def _read_expressions(
    spec: TableSpec, meanings: list[ColumnMeaning], reader: Reader, label: str
) -> tuple[dict[str, Expression], Expression | None]:
    """Read every expression and the condition; tell all that is wrong with them at once."""
    found = _unknown_targets(spec, meanings, label)
    expressions: dict[str, Expression] = {}
    for meaning in meanings:
        text = spec.columns.get(meaning.name)
        where = f"{label}.columns.{meaning.name}"
        if text is None and match(meaning.name, reader.kinds) is None:
            found += [_unstated(meaning, reader, where)] if meaning.required else []
            continue
        result = read(text if text is not None else quoted(meaning.name), reader.kinds, where=where)
        if isinstance(result, Expression):
            expressions[meaning.name] = result
        else:
            found += result
    condition = read(spec.where, reader.kinds, where=f"{label}.where") if spec.where else None
    if isinstance(condition, list):
        found += condition
    if found or isinstance(condition, list):
        raise DataError(found)
    return expressions, condition


def _unknown_targets(spec: TableSpec, meanings: list[ColumnMeaning], label: str) -> list[Problem]:
    known = [meaning.name for meaning in meanings]
    where, told = f"{label}.columns", ", ".join(known)
    return [
        Problem(where, f"there is no {name!r} to fill", told, schemas.nearest(name, known))
        for name in spec.columns
        if name not in known
    ]


def _unstated(meaning: ColumnMeaning, reader: Reader, where: str) -> Problem:
    missing = unknown_column(meaning.name, reader.kinds, where)
    next_step = f"state which column holds it ({meaning.meaning.lower()})"
    return Problem(where, "is not stated", missing.expected, next_step)


def _make_cells(
    expressions: dict[str, Expression], meanings: list[ColumnMeaning], reader: Reader, label: str
) -> list[Cell]:
    cells: list[Cell] = []
    found: list[Problem] = []
    for meaning in (meaning for meaning in meanings if meaning.name in expressions):
        expression = expressions[meaning.name]
        where = f"{label}.columns.{meaning.name}"
        try:
            sql = written(expression, reader.dialect, where=where)
            kind = reader.value_kind(sql)
        except DataError as error:
            found += [_refused(expression, problem, where) for problem in error.problems]
            continue
        if not is_readable(meaning.kind, kind):
            got = f"{expression.text!r} gives {_KIND_WORDS.get(kind, f'a {kind}')}"
            found.append(Problem(where, got, f"a {meaning.kind}"))
        tried = sql if expression.is_column else unfailing(sql, reader.dialect)
        canonical = cell(meaning.kind, tried, kind, reader.dialect)
        cells.append(
            Cell(meaning.name, meaning.kind, meaning.required, expression.text, canonical, expression.columns)
        )
    if found:
        raise DataError(found)
    return cells


def _make_rows(condition: Expression | None, reader: Reader, label: str) -> Rows:
    if condition is None:
        return Rows(reader)
    where = f"{label}.where"
    try:
        sql = written(condition, reader.dialect, where=where)
        kind = reader.value_kind(sql)
    except DataError as error:
        raise DataError(_refused(condition, problem, where) for problem in error.problems) from None
    if kind != "boolean":
        got = f"{condition.text!r} is no condition"
        raise DataError(Problem(where, got, "what is true or false for a row, such as amount > 0"))
    return Rows(reader, unfailing(sql, reader.dialect), condition.columns, condition.text)


def _refused(expression: Expression, problem: Problem, where: str) -> Problem:
    return Problem(where, f"{expression.text!r} fails: {problem.got}", next_step="mend the expression")


def _publish(name: str, rows: Rows, cells: list[Cell]) -> ibis.Table:
    listed = ", ".join(f"{part.sql} AS {quoted(part.name)}" for part in cells)
    select = f"SELECT {listed} FROM {rows.reader.relation} WHERE {rows.condition}"  # noqa: S608  # checked
    return rows.reader.publish(name, select, {part.name: _TYPES[part.kind] for part in cells})
