"""Open a client's table: read it, make its canonical columns, check every cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ibis.expr import datatypes

from cerm_nb import schemas
from cerm_nb.errors import DataError, Problem
from cerm_nb.sources.checks import Cell, Rows, count, problems
from cerm_nb.sources.engine import engine_errors, quoted
from cerm_nb.sources.items import in_source, lengthen, wrong_use
from cerm_nb.sources.mapping import make
from cerm_nb.sources.opening import open_reader

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    import ibis

    from cerm_nb.schemas import Kind
    from cerm_nb.sources.spec import TableSpec

_TYPES: dict[Kind, datatypes.DataType] = {
    "text": datatypes.string,
    "date": datatypes.date,
    "number": datatypes.float64,
}
_MOST_FILES = 3  # told of many


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
    rows_undecided, where_columns
        Rows left out since ``where`` has no answer where one of its columns is empty, and these columns.
    """

    name: str
    sources: list[dict[str, Any]]
    columns: dict[str, str]
    where: str
    rows_read: int
    rows_kept: int
    first_day: date | None = None
    last_day: date | None = None
    rows_undecided: int = 0
    where_columns: tuple[str, ...] = ()

    @property
    def hashes(self) -> dict[str, str]:
        """File → SHA-256; a database table has none."""
        return {str(source["path"]): str(source["sha256"]) for source in self.sources if "sha256" in source}

    @property
    def rows_left_out(self) -> int:
        """Rows that did not meet ``where``, those it has no answer for included."""
        return self.rows_read - self.rows_kept


@dataclass(frozen=True)
class Loaded:
    """A client table, checked.

    Parameters
    ----------
    table
        ibis expression with the canonical columns and types of `schemas`.
    provenance
        Where it came from and how many rows were kept.
    columns_there, columns_used
        Columns of the source, and those of them that some canonical column or ``where`` uses.
    unreadable, empty, undeclared
        Canonical column → kept rows whose cell cannot be read, has nothing to read or a code for a missing
        answer, or holds a value that is not declared.
    """

    table: ibis.Table = field(repr=False)
    provenance: Provenance
    columns_there: tuple[str, ...]
    columns_used: tuple[str, ...]
    unreadable: dict[str, int]
    empty: dict[str, int]
    undeclared: dict[str, int]


def open_table(
    name: str,
    spec: TableSpec,
    root: Path,
    *,
    label: str,
    lenient: bool = False,
    sample: int | None = None,
) -> Loaded:
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
    lenient
        Whether cells that cannot be read or are not declared, or are empty where they must not be, become
        empty and are only counted: for judging a table, not for computing with it.
    sample
        Read only so many first rows: for a first look at a large source. None reads all.

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
    wide, records = open_reader(spec, root, label=label)
    reader, stated = lengthen(wide, spec, label=label)
    mapping = make(spec, meanings, reader, label=label)
    rows, cells = mapping.rows, mapping.cells
    stated += mapping.problems or wrong_use(spec, cells, label)
    if rows is None or not cells:
        raise DataError(stated)
    try:
        with engine_errors(label, f"the rows{_of(records)} cannot be read"):
            reader.load(mapping.used, sample)
            counts = count(rows, cells)
            found = problems(rows, cells, counts, label=label)
    except DataError as error:
        raise DataError([*stated, *error.problems]) from None
    if counts.read == sample and not counts.kept:  # the rows that meet `where` may all come later
        return open_table(name, spec, root, label=label, lenient=lenient)
    if stated or (found and not (lenient and counts.kept)):
        raise DataError([*stated, *found])
    provenance = Provenance(
        name=name,
        sources=records,
        columns={part.name: part.text for part in cells},
        where=rows.text,
        rows_read=counts.read,
        rows_kept=counts.kept,
        first_day=counts.first_day,
        last_day=counts.last_day,
        rows_undecided=counts.unanswered,
        where_columns=rows.columns,
    )
    return Loaded(
        schemas.conform(name, _publish(name, rows, cells)),
        provenance,
        columns_there=tuple(wide.kinds),
        columns_used=in_source(reader, wide, mapping.used),
        unreadable=counts.unreadable,
        empty=counts.empty,
        undeclared=counts.undeclared,
    )


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


def _of(records: list[dict[str, Any]]) -> str:
    """Name the files the rows lie in."""
    paths = [str(record["path"]) for record in records if "path" in record]
    more = f" and {len(paths) - _MOST_FILES} more" if len(paths) > _MOST_FILES else ""
    return f" of {', '.join(paths[:_MOST_FILES])}{more}" if paths else ""


def _publish(name: str, rows: Rows, cells: list[Cell]) -> ibis.Table:
    listed = ", ".join(f"{part.sql} AS {quoted(part.name)}" for part in cells)
    select = f"SELECT {listed} FROM {rows.reader.relation} WHERE {rows.condition}"  # noqa: S608  # checked
    return rows.reader.publish(name, select, {part.name: _TYPES[part.kind] for part in cells})
