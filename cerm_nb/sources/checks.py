"""Are the cells readable? One question to the engine counts what is not, a second one finds examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cerm_nb.errors import Problem
from cerm_nb.sources.cells import all_filled
from cerm_nb.sources.engine import quoted
from cerm_nb.sources.raw import ROW

if TYPE_CHECKING:
    from datetime import date

    from cerm_nb.schemas import Kind
    from cerm_nb.sources.readers import Reader

_MOST_EXAMPLES = 3
_LONGEST_VALUE = 40

_EXPECTED: dict[Kind, str] = {
    "date": "2011-06-30, 2011/06/30, 20110630 or 2011-06-30 08:26",
    "number": "a plain finite number such as 1234.50, within ±1e15",
    "text": "text",
}


@dataclass(frozen=True)
class Cell:
    """One canonical column, ready for the engine.

    Parameters
    ----------
    name, kind, required
        As declared in `schemas`.
    text
        The analyst's expression.
    sql
        SQL of the canonical cell.
    columns
        The source's columns it uses.
    """

    name: str
    kind: Kind
    required: bool
    text: str
    sql: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Rows:
    """The rows of a source that meet a condition.

    Parameters
    ----------
    reader
        Who answers questions about the source.
    condition
        SQL of the condition.
    columns
        The source's columns the condition uses.
    text
        As the analyst wrote it.
    """

    reader: Reader
    condition: str = "true"
    columns: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Counts:
    """What one pass over the rows told.

    Parameters
    ----------
    read, kept
        Rows of the source, and those that meet ``where``.
    undecided
        Rows whose ``where`` has no answer although its columns are filled.
    unreadable, empty
        Canonical column → kept rows whose cell cannot be read, or has nothing to read.
    first_day, last_day
        Range of the first date column; None where there is none.
    """

    read: int
    kept: int
    undecided: int
    unreadable: dict[str, int]
    empty: dict[str, int]
    first_day: date | None
    last_day: date | None


def count(rows: Rows, cells: list[Cell]) -> Counts:
    """Count unreadable and empty cells of every column in one pass."""
    inner = [f"({rows.condition}) AS kept", f"{_undecided(rows)} AS undecided"]
    outer = ["count(*)", "count(*) FILTER (WHERE kept)", "count(*) FILTER (WHERE undecided)"]
    for position, cell in enumerate(cells):
        inner.append(f"{cell.sql} AS cell_{position}")
        inner.append(f"({all_filled(cell.columns, rows.reader.kinds)}) AS filled_{position}")
        missing = f"kept AND cell_{position} IS NULL"
        outer.append(f"count(*) FILTER (WHERE {missing} AND filled_{position})")
        outer.append(f"count(*) FILTER (WHERE {missing} AND NOT filled_{position})")
    dates = [position for position, cell in enumerate(cells) if cell.kind == "date"][:1]
    outer += [f"{end}(cell_{position}) FILTER (WHERE kept)" for position in dates for end in ("min", "max")]
    selected = f"SELECT {', '.join(inner)} FROM {rows.reader.relation}"  # noqa: S608  # quoted
    found = rows.reader.ask(f"SELECT {', '.join(outer)} FROM ({selected}) AS checked")[0]  # noqa: S608  # quoted
    names = [cell.name for cell in cells]
    pairs = found[3 : 3 + 2 * len(cells)]
    first, last = found[3 + 2 * len(cells) :] if dates else (None, None)
    return Counts(
        read=found[0],
        kept=found[1],
        undecided=found[2],
        unreadable=dict(zip(names, pairs[::2], strict=True)),
        empty=dict(zip(names, pairs[1::2], strict=True)),
        first_day=first,
        last_day=last,
    )


def problems(rows: Rows, cells: list[Cell], counts: Counts, *, label: str) -> list[Problem]:
    """Tell every column whose cells cannot be used, with the first examples of each."""
    if counts.read == 0:
        return [Problem(f"{label}.from", "the source holds no rows", "at least one row")]
    found = [_about_condition(rows, counts, label)] if counts.undecided else []
    if counts.kept == 0:
        got = f"none of the {counts.read:,} rows meets {rows.text!r}"
        return found or [Problem(f"{label}.where", got, "at least one row", "mend the condition")]
    for cell in cells:
        if counts.unreadable[cell.name]:
            found.append(_about_unreadable(rows, cell, counts.unreadable[cell.name], label))
        if cell.required and counts.empty[cell.name]:
            found.append(_about_empty(rows, cell, counts, label))
    return found


def _undecided(rows: Rows) -> str:
    filled = all_filled(rows.columns, rows.reader.kinds)
    return f"(({rows.condition}) IS NULL AND {filled})"


def _about_condition(rows: Rows, counts: Counts, label: str) -> Problem:
    examples = _examples(rows, rows.columns, _undecided(rows))
    got = f"{counts.undecided:,} rows can neither be kept nor left out by {rows.text!r}: {examples}"
    return Problem(f"{label}.where", got, "yes or no for every row", "mend the cells or the condition")


def _about_unreadable(rows: Rows, cell: Cell, number: int, label: str) -> Problem:
    filled = all_filled(cell.columns, rows.reader.kinds)
    bad = f"({rows.condition}) AND {cell.sql} IS NULL AND {filled}"
    examples = _examples(rows, cell.columns, bad)
    noun = {"date": "a date", "number": "a number", "text": "text"}[cell.kind]
    told = f"{number:,} rows" if number > 1 else "1 row"
    got = f"{told} cannot be read as {noun}: {examples}"
    return Problem(f"{label}.columns.{cell.name}", got, _EXPECTED[cell.kind], _advice(cell))


def _about_empty(rows: Rows, cell: Cell, counts: Counts, label: str) -> Problem:
    number = counts.empty[cell.name]
    bad = f"({rows.condition}) AND {cell.sql} IS NULL AND NOT ({all_filled(cell.columns, rows.reader.kinds)})"
    examples = _examples(rows, cell.columns, bad)
    got = f"{number:,} of {counts.kept:,} rows have no value: {examples}"
    tests = " and ".join(
        f"trim({quoted(name)}) <> ''" if rows.reader.kinds[name] == "text" else f"{quoted(name)} is not null"
        for name in cell.columns
    )
    next_step = f"leave them out by where: {tests}"
    return Problem(f"{label}.columns.{cell.name}", got, "a value in every row", next_step)


def _advice(cell: Cell) -> str:
    column = quoted(cell.columns[0]) if cell.columns else "…"
    if "strptime" in cell.text.lower():
        return "mend the cells or the format"
    if cell.kind == "date":
        return f"state the format, e.g. strptime({column}, '%d.%m.%Y')"
    return f"take out what is no number, e.g. replace({column}, ',', '')"


def _examples(rows: Rows, columns: tuple[str, ...], condition: str) -> str:
    """First rows that meet a condition: where they lie and what they hold."""
    listed = ", ".join([ROW, *(f"CAST({quoted(name)} AS VARCHAR)" for name in columns)])
    used = tuple(
        dict.fromkeys((*columns, *rows.columns))
    )  # the condition asks for the columns of `where` too
    found = rows.reader.ask(
        f"SELECT {listed} FROM ({rows.reader.numbered(used)}) AS numbered "  # noqa: S608  # quoted
        f"WHERE {condition} ORDER BY {ROW} LIMIT {_MOST_EXAMPLES}"
    )
    return "; ".join(
        f"{rows.reader.place(row)}: {', '.join(map(_shown, columns, values)) or 'no column is used'}"
        for row, *values in found
    )


def _shown(name: str, value: str | None) -> str:
    if value is None:
        return f"{name} is empty"
    shown = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
    return f"{name} = {shown!r}"
