"""Workbooks: a sheet's cells as text, as they would be written."""

from __future__ import annotations

import datetime
from array import array
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import python_calamine
from python_calamine import SheetVisibleEnum

from cerm_nb.errors import DataError, Problem
from cerm_nb.schemas import nearest
from cerm_nb.sources.engine import quoted
from cerm_nb.sources.raw import RAW, ROW, append, create_empty, unique_names
from cerm_nb.sources.workbook_limits import refuse_too_large

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from cerm_nb.sources.paths import SourceFile
    from cerm_nb.sources.rewriting import ValueKind
    from cerm_nb.sources.spec import TableSpec


@dataclass
class SheetSource:
    """The same sheet of one or more workbooks, one after the other.

    Parameters
    ----------
    files
        In reading order.
    spec
        Sheet and lines to skip.
    label
        Place told in problems.
    """

    files: list[SourceFile]
    spec: TableSpec
    label: str
    stays: bool = False
    _rows: list[list[list[Any]]] = field(default_factory=list)
    _headers: list[list[str]] = field(default_factory=list)
    _numbers: array[int] = field(default_factory=lambda: array("q"))
    _parts: array[int] = field(default_factory=lambda: array("q"))

    def __post_init__(self) -> None:
        for file in self.files:
            rows = self._read(file)
            self._rows.append(rows)
            self._headers.append(self._header(file, rows))
            if sorted(self._headers[-1]) != sorted(self._headers[0]):
                got = f"{file.told} has other columns than {self.files[0].told}"
                raise DataError(Problem(f"{self.label}.from", got, ", ".join(self._headers[0])))

    @property
    def columns(self) -> dict[str, ValueKind]:
        """Columns of the header."""
        return dict.fromkeys(self._headers[0], "text")

    def load(
        self, connection: duckdb.DuckDBPyConnection, used: Sequence[str], limit: int | None = None
    ) -> None:
        """Copy the used columns of every sheet; rows without any cell are left out."""
        create_empty(connection, used)
        for part, header in enumerate(self._headers):
            positions = [header.index(name) for name in used]
            left = None if limit is None else limit - len(self._numbers)
            append(connection, used, islice(self._cells(part, positions), left))
        self._rows.clear()

    def numbered(self, used: Sequence[str]) -> str:
        """Write SQL of the rows with their number in reading order."""
        return f"SELECT {', '.join([*map(quoted, used), f'rowid AS {ROW}'])} FROM {RAW}"  # noqa: S608  # quoted

    def place(self, row: int) -> str:
        """File and row of the sheet, as the workbook numbers it."""
        return f"{self.files[self._parts[row]].told}, row {self._numbers[row]}"

    def _read(self, file: SourceFile) -> list[list[Any]]:
        refuse_too_large(file)
        try:
            book = python_calamine.CalamineWorkbook.from_path(file.path)
            name = self._sheet_name(file, book)
            rows: list[list[Any]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except (python_calamine.CalamineError, OSError) as error:
            got = f"cannot be read as a workbook: {error}"
            raise DataError(Problem(file.told, got, "an undamaged .xlsx file without a password")) from None
        return rows

    def _sheet_name(self, file: SourceFile, book: python_calamine.CalamineWorkbook) -> str:
        """Take the sheet the params state, else the first that a reader of the workbook sees."""
        names = book.sheet_names
        visible = [sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible]
        wanted = self.spec.sheet or [*visible, *names][0]
        if wanted in names:
            return wanted
        got = f"{file.told} has no sheet {wanted!r}"
        raise DataError(Problem(f"{self.label}.sheet", got, ", ".join(names), nearest(wanted, names)))

    def _header(self, file: SourceFile, rows: list[list[Any]]) -> list[str]:
        if len(rows) <= self.spec.skip:
            raise DataError(Problem(file.told, "the sheet is empty", "a header and rows"))
        cells = [written(cell) for cell in rows[self.spec.skip]]
        return unique_names(cells, where=f"{self.label}.from", told=file.told)

    def _cells(self, part: int, positions: list[int]) -> Iterator[list[str | None]]:
        first = self.spec.skip + 1
        for number, row in enumerate(self._rows[part][first:], start=first + 1):
            if row.count("") == len(row):  # a sheet may have a million of them
                continue
            cells = [written(cell) for cell in row]
            if any(cell is not None for cell in cells):
                self._numbers.append(number)
                self._parts.append(part)
                yield [cells[position] for position in positions]


def written(cell: object) -> str | None:
    """Write a cell as text: whole numbers without a point, dates in ISO form, empty cells as None."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime.date, datetime.time)):
        return cell.isoformat(*([" "] if isinstance(cell, datetime.datetime) else []))
    return str(cell)
