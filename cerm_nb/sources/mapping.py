"""From the expressions of the params to canonical cells and the condition of the rows; no row is read."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cerm_nb import schemas
from cerm_nb.errors import DataError, Problem
from cerm_nb.sources.cells import cell, is_readable, unfailing
from cerm_nb.sources.checks import Cell, Rows
from cerm_nb.sources.codes import declared, wrong_targets
from cerm_nb.sources.engine import quoted
from cerm_nb.sources.expressions import Expression, match, read, shown, unknown_column, written

if TYPE_CHECKING:
    from cerm_nb.schemas import ColumnMeaning
    from cerm_nb.sources.readers import Reader
    from cerm_nb.sources.rewriting import ValueKind
    from cerm_nb.sources.spec import TableSpec

_KIND_WORDS = {
    "text": "text",
    "whole": "a whole number",
    "instant": "a time",
    "other": "binary data, a list or a structure",
}


@dataclass(frozen=True)
class Mapping:
    """How a source's rows become those of a client table.

    Parameters
    ----------
    cells
        Canonical columns whose expressions can be put to the engine.
    rows
        Rows to be read; None where the condition cannot be put to the engine.
    problems
        Everything that is wrong with the expressions.
    """

    cells: list[Cell]
    rows: Rows | None
    problems: list[Problem]

    @property
    def used(self) -> tuple[str, ...]:
        """The source's columns that some expression or the condition uses, each once."""
        condition = self.rows.columns if self.rows else ()
        return tuple(dict.fromkeys((*condition, *(name for part in self.cells for name in part.columns))))


def make(spec: TableSpec, meanings: list[ColumnMeaning], reader: Reader, *, label: str) -> Mapping:
    """Put every expression to the engine; what is wrong with one does not keep the others from being checked.

    Parameters
    ----------
    spec
        The expressions.
    meanings
        Columns of the client table.
    reader
        Who reads the source.
    label
        How problems name the entry.
    """
    problems = _unknown_targets(spec, meanings, label) + wrong_targets(spec, meanings, label)
    cells: list[Cell] = []
    for meaning in meanings:
        try:
            cells += _cells(spec, meaning, reader, label)
        except DataError as error:
            problems += error.problems
    try:
        rows = _rows(spec, reader, label)
    except DataError as error:
        return Mapping(cells, None, problems + error.problems)
    return Mapping(cells, rows, problems)


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


def _read(spec: TableSpec, text: str, reader: Reader, where: str, *, is_text: bool = False) -> Expression:
    found = read(text, reader.kinds, where=where, numerals=spec.numerals, is_text=is_text)
    if not isinstance(found, Expression):
        raise DataError(found)
    return found


def _cells(spec: TableSpec, meaning: ColumnMeaning, reader: Reader, label: str) -> list[Cell]:
    """Make the cell of one canonical column; none where nothing fills it and nothing needs to."""
    text = spec.columns.get(meaning.name)
    where = f"{label}.columns.{meaning.name}"
    if text is None and match(meaning.name, reader.kinds) is None:
        if meaning.required:
            raise DataError(_unstated(meaning, reader, where))
        return []
    stated = text if text is not None else quoted(meaning.name)
    expression = _read(spec, stated, reader, where, is_text=meaning.kind == "text")
    sql, kind = _put(expression, reader, where)
    if not is_readable(meaning.kind, kind):
        got = f"{shown(expression.text)} gives {_KIND_WORDS.get(kind, f'a {kind}')}"
        raise DataError(Problem(where, got, f"a {meaning.kind}"))
    if meaning.kind == "number" and kind == "text" and not spec.numerals.are_plain:
        plain = dataclasses.replace(expression, tree=spec.numerals.plain(expression.tree))
        sql = written(plain, reader.dialect, where=where)
    tried = sql if expression.is_column else unfailing(sql, reader.dialect)
    canonical = cell(meaning.kind, tried, kind, reader.dialect, spec.timezone or "")
    return [
        Cell(
            name=meaning.name,
            kind=meaning.kind,
            required=meaning.required,
            text=expression.text,
            read=canonical,
            columns=expression.columns,
            codes=declared(spec, meaning),
            numerals=spec.numerals,
        )
    ]


def _rows(spec: TableSpec, reader: Reader, label: str) -> Rows:
    if not spec.where:
        return Rows(reader)
    where = f"{label}.where"
    condition = _read(spec, spec.where, reader, where)
    sql, kind = _put(condition, reader, where)
    if kind != "boolean":
        got = f"{shown(condition.text)} is no condition"
        raise DataError(Problem(where, got, "what is true or false for a row, such as amount > 0"))
    return Rows(reader, unfailing(sql, reader.dialect), condition.columns, condition.text)


def _put(expression: Expression, reader: Reader, where: str) -> tuple[str, ValueKind]:
    """Put an expression to the engine: its SQL and the kind of its values.

    Raises
    ------
    DataError
        With the engine's refusal.
    """
    try:
        sql = written(expression, reader.dialect, where=where)
        return sql, reader.value_kind(sql)
    except DataError as error:
        raise DataError(
            Problem(
                where,
                f"{shown(expression.text)} fails: {problem.got}",
                next_step="mend the expression",
                examples=problem.examples,
            )
            for problem in error.problems
        ) from None
