"""Are the cells readable? One question to the engine counts what is not, a second one finds examples."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cerm_nb.errors import Problem
from cerm_nb.sources.cells import all_filled, as_text
from cerm_nb.sources.engine import quoted
from cerm_nb.sources.expressions import shown
from cerm_nb.sources.raw import ROW

if TYPE_CHECKING:
    from datetime import date

    from cerm_nb.schemas import Kind
    from cerm_nb.sources.codes import Codes, Examples
    from cerm_nb.sources.numerals import Numerals
    from cerm_nb.sources.readers import Reader

_MOST_EXAMPLES = 3
_LONGEST_VALUE = 40
_MOST_VALUES = 100
_SERIAL = re.compile(r"= '\s*\d{5}([.]\d+)?\s*'")  # as a workbook counts days since 1900, from 1927 to 2173
_COMMA_BEFORE_DECIMALS = re.compile(r"= '[-+\d.]*,(\d{1,2}|\d{4,})\s*'")

_GROUPS = re.compile(r"= '[^\d']*\d{1,3}(,\d{3})+([.]\d*)?\D*'")
_BOOKED_MINUS = re.compile(r"= '\s*([△▲▽▼(])\s*[^\d']?\d[\d.,]*\s*\)?\s*'")
_YEAR_OF_FOUR = re.compile(r"\d{4}")

_EXPECTED: dict[Kind, str] = {
    "date": "2011-06-30, 2011/06/30, 2011.06.30, 20110630, 2011년 6월 30일 or 2011-06-30 08:26",
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
    read
        SQL of what is read, before codes for a missing answer become empty.
    columns
        The source's columns it uses.
    codes
        The values it may hold.
    numerals
        How texts write numbers, for people.
    """

    name: str
    kind: Kind
    required: bool
    text: str
    read: str
    columns: tuple[str, ...]
    codes: Codes
    numerals: Numerals

    @property
    def sql(self) -> str:
        """SQL of the canonical cell; empty where its value is not declared."""
        return self.codes.usable(self.read)


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
    unanswered
        Rows whose ``where`` has no answer since one of its columns is empty; they are left out.
    unreadable, empty, undeclared
        Canonical column → kept rows whose cell cannot be read, has nothing to read or a code for a missing
        answer, or holds a value that is not declared.
    first_day, last_day
        Range of the first date column; None where there is none.
    """

    read: int
    kept: int
    undecided: int
    unanswered: int
    unreadable: dict[str, int]
    empty: dict[str, int]
    undeclared: dict[str, int]
    first_day: date | None
    last_day: date | None


def count(rows: Rows, cells: list[Cell]) -> Counts:
    """Count unreadable, empty and undeclared cells of every column in one pass."""
    inner = [f"({rows.condition}) AS kept", f"{_undecided(rows)} AS undecided"]
    outer = ["count(*)", "count(*) FILTER (WHERE kept)", "count(*) FILTER (WHERE undecided)"]
    outer.append("count(*) FILTER (WHERE kept IS NULL AND NOT undecided)")
    for position, cell in enumerate(cells):
        is_filled = all_filled(cell.columns, rows.reader.kinds, rows.reader.dialect)
        inner += [f"{cell.read} AS cell_{position}", f"({is_filled}) AS filled_{position}"]
        value, filled = f"cell_{position}", f"filled_{position}"
        empty = f"({value} IS NULL AND NOT {filled} OR {cell.codes.is_missing(value)})"
        outer.append(f"count(*) FILTER (WHERE kept AND {value} IS NULL AND {filled})")
        outer.append(f"count(*) FILTER (WHERE kept AND {empty})")
        outer.append(f"count(*) FILTER (WHERE kept AND {cell.codes.is_undeclared(value)})")
    dates = [position for position, cell in enumerate(cells) if cell.kind == "date"][:1]
    outer += [f"{end}(cell_{position}) FILTER (WHERE kept)" for position in dates for end in ("min", "max")]
    selected = f"SELECT {', '.join(inner)} FROM {rows.reader.relation}"  # noqa: S608  # quoted
    found = rows.reader.ask(f"SELECT {', '.join(outer)} FROM ({selected}) AS checked")[0]  # noqa: S608  # quoted
    names = [cell.name for cell in cells]
    triples = found[4 : 4 + 3 * len(cells)]
    first, last = found[4 + 3 * len(cells) :] if dates else (None, None)
    return Counts(
        read=found[0],
        kept=found[1],
        undecided=found[2],
        unanswered=found[3],
        unreadable=dict(zip(names, triples[::3], strict=True)),
        empty=dict(zip(names, triples[1::3], strict=True)),
        undeclared=dict(zip(names, triples[2::3], strict=True)),
        first_day=first,
        last_day=last,
    )


def problems(rows: Rows, cells: list[Cell], counts: Counts, *, label: str) -> list[Problem]:
    """Tell every column whose cells cannot be used, with the first examples of each."""
    if counts.read == 0:
        return [Problem(f"{label}.from", "the source holds no rows", "at least one row")]
    found = [_about_condition(rows, counts, label)] if counts.undecided else []
    if counts.kept == 0:
        got = f"none of the {counts.read:,} rows meets {shown(rows.text)}"
        return found or [Problem(f"{label}.where", got, "at least one row", "mend the condition")]
    for cell in cells:
        if counts.unreadable[cell.name]:
            found.append(_about_unreadable(rows, cell, counts.unreadable[cell.name], label))
        if counts.undeclared[cell.name]:
            found.append(_about_undeclared(rows, cell, label))
        if cell.required and counts.empty[cell.name]:
            found.append(_about_empty(rows, cell, counts, label))
    return found


def _undecided(rows: Rows) -> str:
    filled = all_filled(rows.columns, rows.reader.kinds, rows.reader.dialect)
    return f"(({rows.condition}) IS NULL AND {filled})"


def _about_condition(rows: Rows, counts: Counts, label: str) -> Problem:
    examples = _examples(rows, rows.columns, _undecided(rows))
    got = f"{counts.undecided:,} rows can neither be kept nor left out by {shown(rows.text)}"
    next_step = "mend the cells or the condition"
    return Problem(f"{label}.where", got, "yes or no for every row", next_step, examples=examples)


def _about_unreadable(rows: Rows, cell: Cell, number: int, label: str) -> Problem:
    filled = all_filled(cell.columns, rows.reader.kinds, rows.reader.dialect)
    bad = f"({rows.condition}) AND {cell.read} IS NULL AND {filled}"
    examples = _examples(rows, cell.columns, bad)
    noun = {"date": "a date", "number": "a number", "text": "text"}[cell.kind]
    told = f"{number:,} rows" if number > 1 else "1 row"
    got, next_step = f"{told} cannot be read as {noun}", _advice(cell, examples)
    return Problem(f"{label}.columns.{cell.name}", got, _expected(cell), next_step, examples=examples)


def _about_undeclared(rows: Rows, cell: Cell, label: str) -> Problem:
    """Count the rows of every undeclared value, in the engine."""
    bad = f"({rows.condition}) AND {cell.codes.is_undeclared(cell.read)}"
    counted = rows.reader.ask(
        f"SELECT value, count(*) AS number FROM (SELECT {cell.read} AS value FROM {rows.reader.relation} "  # noqa: S608
        f"WHERE {bad}) AS undeclared GROUP BY value ORDER BY number DESC, value LIMIT {_MOST_VALUES}"
    )
    found = [(value, int(number)) for value, number in counted]
    return cell.codes.problem(f"{label}.columns.{cell.name}", found, _examples(rows, cell.columns, bad))


def _about_empty(rows: Rows, cell: Cell, counts: Counts, label: str) -> Problem:
    number = counts.empty[cell.name]
    filled = all_filled(cell.columns, rows.reader.kinds, rows.reader.dialect)
    nothing = f"{cell.read} IS NULL AND NOT ({filled})"
    bad = f"({rows.condition}) AND ({nothing} OR {cell.codes.is_missing(cell.read)})"
    examples = _examples(rows, cell.columns, bad)
    got = f"{number:,} of {counts.kept:,} rows have no value"
    tests = " and ".join(
        f"trim({quoted(name)}) <> ''" if rows.reader.kinds[name] == "text" else f"{quoted(name)} is not null"
        for name in cell.columns
    )
    if cell.codes.missing:
        codes = ", ".join(f"{code:g}" for code in cell.codes.missing)
        tests += f" and ({cell.text}) not in ({codes})"
    next_step = f"leave them out by where: {tests}"
    where = f"{label}.columns.{cell.name}"
    return Problem(where, got, "a value in every row", next_step, examples=examples)


def _expected(cell: Cell) -> str:
    if cell.kind == "number" and not cell.numerals.are_plain:
        return f"a finite number such as {cell.numerals.told()}, in whole groups of digits, within ±1e15"
    return _EXPECTED[cell.kind]


def _advice(cell: Cell, examples: Examples) -> str:
    held = "; ".join(told for _, told in examples)
    column = quoted(cell.columns[0]) if cell.columns else "…"
    if cell.kind == "text":
        return "mend the cells or the expression"
    if cell.kind == "number":
        return _advice_on_numbers(cell, column, held)
    if "strptime" in cell.text.lower():
        is_short = "%Y" in cell.text and not _YEAR_OF_FOUR.search(held)
        return "mend the cells or the format" + (": %y reads years of two digits" if is_short else "")
    if _SERIAL.search(held) and "excel_date" not in cell.text.lower():
        return f"days counted by a workbook are read by excel_date({column})"
    return f"state the format, e.g. strptime({column}, '%d.%m.%Y')"


def _advice_on_numbers(cell: Cell, column: str, held: str) -> str:
    """Advise what makes numbers of cells without changing what they say."""
    booked = _BOOKED_MINUS.search(held)
    if booked:
        bare = f"replace({column}, '{booked[1]}', '')"
        bare = f"replace({bare}, ')', '')" if booked[1] == "(" else bare
        case = f"case when starts_with({column}, '{booked[1]}') then -{bare} else {column} end"
        return f"where {booked[1]} stands for a minus, write {case}"
    if _GROUPS.search(held) and cell.numerals.are_plain:
        return 'where a comma stands between thousands, state thousands: ","'
    if _COMMA_BEFORE_DECIMALS.search(held) and cell.numerals.are_plain:
        return "where a comma stands before decimals, state decimal: ','"
    return f"mend the cells, or take a unit away, e.g. replace({column}, '원', '')"


def _examples(rows: Rows, columns: tuple[str, ...], condition: str) -> Examples:
    """First rows that meet a condition: where they lie and what they hold."""
    listed = ", ".join([ROW, *(as_text(quoted(name), rows.reader.dialect) for name in columns)])
    used = tuple(
        dict.fromkeys((*columns, *rows.columns))
    )  # the condition asks for the columns of `where` too
    found = rows.reader.ask(
        f"SELECT {listed} FROM ({rows.reader.numbered(used)}) AS numbered "  # noqa: S608  # quoted
        f"WHERE {condition} ORDER BY {ROW} LIMIT {_MOST_EXAMPLES}"
    )
    return tuple(
        (rows.reader.place(row), ", ".join(map(_shown, columns, values)) or "no column is used")
        for row, *values in found
    )


def _shown(name: str, value: str | None) -> str:
    if value is None:
        return f"{name} is empty"
    shown = value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
    return f"{name} = {shown!r}"
