"""New customers whose segment is to be told, as their file has them: separator, marks, repeated rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cerm_nb import sources
from cerm_nb.batch.one_file import file_spec
from cerm_nb.errors import DataError, Problem
from cerm_nb.schemas import ColumnMeaning, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from cerm_nb.analyses.segments import TypingModel
    from cerm_nb.sources import TableSpec

SEPARATORS = (";", "\t", "|")  # tried where the usual one does not give the columns that are asked
MARKS: tuple[dict[str, str], ...] = (  # of numbers, tried where plain ones are not all that stands there
    {"decimal": ","},
    {"thousands": ","},
    {"thousands": ".", "decimal": ","},
    {"thousands": " "},
    {"thousands": " ", "decimal": ","},
)
MOST_TOLD = 12  # identifiers in one problem
_ROWS_TOLD = 3  # of one identifier
_AROUND = r"^[\s\p{Z}\p{Cf}]|[\s\p{Z}\p{Cf}]$"  # what the sources leave out around a text


@dataclass(frozen=True, eq=False)
class NewCustomers:
    """Customers of a file.

    Parameters
    ----------
    frame
        One row per row of the file: identifying columns under their aliases, and the fields of the tool.
    ids
        Alias → name of each identifying column; a field of the tool that identifies too has another alias.
    notes
        How the file was read, where that is not the usual way.
    """

    frame: pd.DataFrame
    ids: dict[str, str]
    notes: tuple[str, ...]

    def once(self, fields: list[str]) -> tuple[pd.DataFrame, int]:
        """Keep each customer once; the number of rows that repeat one with the same answers."""
        kept = self.frame.drop_duplicates([*self.ids, *fields], ignore_index=True)
        return kept, len(self.frame) - len(kept)


def read_customers(
    file: Path,
    model: TypingModel,
    root: Path,
    ids: Sequence[str],
    encoding: str,
    *,
    told: str,
    taken: list[str],
) -> NewCustomers:
    """Read the identifying columns of a file and the fields that the tool asks.

    Parameters
    ----------
    file
        Any file the sources read.
    model
        The tool.
    root
        The project's folder.
    ids
        Identifying columns; the first one where empty.
    encoding
        Of a text file.
    told
        How errors name the file.
    taken
        Names an identifying column may not have.

    Returns
    -------
    NewCustomers
        A separator other than the file's ending says is found by the columns that are asked; marks of
        numbers other than plain ones by what can be read at all, and then by the ranges the tool knows.

    Raises
    ------
    DataError
        With everything that is wrong with the file, its columns, and its cells.
    """
    fields = [field.name for field in model.fields]
    layout, there = _split(file, encoding, root, fields, told)
    kept = _identifying(there, ids, fields, taken, told)
    aliases = {f"{name} (as text)" if name in fields else name: name for name in kept}
    blanks = {f"{alias} (blanks)": _has_blanks(name) for alias, name in aliases.items()}
    stated = {alias: _quoted(name) for alias, name in aliases.items()} | blanks
    columns = [ColumnMeaning(alias, "text", True, f"identifier {name}") for alias, name in aliases.items()]
    columns += [ColumnMeaning(name, "number", False, "blanks around it") for name in blanks]
    columns += [ColumnMeaning(field.name, field.kind, False, "field of the tool") for field in model.fields]
    tried = [file_spec(file, encoding, columns=stated, **layout, **marks) for marks in ({}, *MARKS)]
    frame, spec = _read(tried, root, columns, model, told)
    around = int(frame[list(blanks)].any(axis=1).sum())
    notes = [
        *_layout_told(spec),
        *([f"Blanks around {_counted(around, 'identifier')} were left out."] * bool(around)),
    ]
    return NewCustomers(frame.drop(columns=list(blanks)), aliases, tuple(notes))


def contradictions(customers: NewCustomers, fields: list[str], told: str) -> Iterator[Problem]:
    """Tell which customers stand in several rows with different answers."""
    ids = list(customers.ids)
    rows = customers.frame[customers.frame.duplicated(ids, keep=False)]
    distinct = rows.drop_duplicates([*ids, *fields])
    torn = distinct.loc[distinct.duplicated(ids, keep=False), ids].drop_duplicates()
    if torn.empty:
        return
    listed = torn.head(MOST_TOLD).itertuples(index=False, name=None)
    examples = [
        (", ".join(map(repr, key)), _rows(rows.index[(rows[ids] == list(key)).all(axis=1)])) for key in listed
    ]
    more = [("", f"and {len(torn) - MOST_TOLD:,} more")] if len(torn) > MOST_TOLD else []
    verb = "stands" if len(torn) == 1 else "stand"
    got = f"{_counted(len(torn), 'customer')} {verb} in several rows with different answers"
    where = f"{told} → {', '.join(customers.ids.values())}"
    next_step = "keep the row that holds of each, or tell customers apart by further columns with --id"
    yield Problem(where, got, "one row per customer", next_step, examples=(*examples, *more))


def _rows(places: pd.Index[int]) -> str:
    shown = ", ".join(f"{place + 1:,}" for place in places[:_ROWS_TOLD])
    return f"rows {shown}" + (" …" if len(places) > _ROWS_TOLD else "")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _split(
    file: Path, encoding: str, root: Path, fields: list[str], told: str
) -> tuple[dict[str, str], list[str]]:
    """Find the separator under which most of the fields are columns, and all columns there are then."""
    asked = {name.casefold() for name in fields}
    found: tuple[dict[str, str], list[str]] | None = None
    refused: DataError | None = None
    most = -1
    for separator in ("", *SEPARATORS):
        layout = {"delimiter": separator} if separator else {}
        try:
            there = sources.names_of(file_spec(file, encoding, **layout), root, told=told)
        except DataError as error:
            refused = refused or error
            continue
        known = len(asked & {name.strip().casefold() for name in there})
        if known > most:
            most, found = known, (layout, there)
        if known == len(asked):
            break
    if found is None or (refused and not most):
        raise refused or DataError(Problem(told, "cannot be read"))
    return found


def _identifying(
    there: list[str], ids: Sequence[str], fields: list[str], taken: list[str], told: str
) -> list[str]:
    """Columns that tell customers apart."""
    chosen = list(dict.fromkeys(ids)) or there[:1]
    wrong = [
        Problem("--id", f"{told} has no column {name!r}", ", ".join(there[:20]), nearest(name, there))
        for name in chosen
        if name not in there
    ]
    if not ids and chosen[0].casefold() in {name.casefold() for name in fields}:
        got = f"the first column of {told} is the field {chosen[0]!r} of the tool"
        wrong.append(Problem("--id", got, "a column that tells customers apart", "name it with --id"))
    wrong += [
        Problem(
            "--id", f"{name!r} is the name of a column that is written", next_step="rename it in the file"
        )
        for name in chosen
        if name in taken
    ]
    if wrong:
        raise DataError(wrong)
    return chosen


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _has_blanks(name: str) -> str:
    return f"case when regexp_matches(concat('', {_quoted(name)}), '{_AROUND}') then 1 else 0 end"


def _read(
    tried: list[TableSpec], root: Path, columns: list[ColumnMeaning], model: TypingModel, told: str
) -> tuple[pd.DataFrame, TableSpec]:
    """Read numbers as they are written: plainly where that reads all, else by the marks that fit the tool."""
    try:
        return sources.read_columns(tried[0], root, columns, told=told), tried[0]
    except DataError as error:
        refused = error
    fitting = []
    for spec in tried[1:]:
        try:
            fitting.append((sources.read_columns(spec, root, columns, told=told), spec))
        except DataError:
            continue  # what is wrong is told by the plain reading
    if not fitting:
        raise refused
    beyond = [_beyond(model, frame) for frame, _ in fitting]
    best = [each for each, number in zip(fitting, beyond, strict=True) if number == min(beyond)]
    first, spec = best[0]
    others = [each for frame, each in best if not frame.equals(first)]
    if not others:
        return first, spec
    ways = " or ".join([spec.numerals.told(), others[0].numerals.told()])
    expected = "a point before decimals, and nothing between thousands"
    raise DataError(
        Problem(told, f"its numbers can be read in more than one way ({ways})", expected, "write them so")
    )


def _beyond(model: TypingModel, frame: pd.DataFrame) -> int:
    """Count the numbers that lie beyond what the tool knows of their fields."""
    numbers = [(field, frame[field.name]) for field in model.fields if field.kind == "number"]
    return sum(int(((given < field.low) | (given > field.high)).sum()) for field, given in numbers)


def _layout_told(spec: TableSpec) -> Iterator[str]:
    if spec.delimiter:
        name = {"\t": "tab"}.get(spec.delimiter, spec.delimiter)
        yield f"Its columns were taken to be separated by {name!r}."
    if not spec.numerals.are_plain:
        yield f"Its numbers were read as {spec.numerals.told()}."
