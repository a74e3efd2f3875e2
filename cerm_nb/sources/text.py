"""Text files: csv, tsv and fixed width, every column as text."""

from __future__ import annotations

import csv
import re
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import duckdb

from cerm_nb.errors import DataError, Problem
from cerm_nb.sources.byte_widths import FILLER, refuse_unstated, widened
from cerm_nb.sources.decoding import LONGEST_LINE, as_utf8, decoder, rewrite, undecodable
from cerm_nb.sources.engine import literal, quoted, reason
from cerm_nb.sources.raw import RAW, ROW, Places, count_rows, create_empty, unique_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cerm_nb.sources.paths import SourceFile
    from cerm_nb.sources.rewriting import ValueKind
    from cerm_nb.sources.spec import TableSpec

_NEVER = "\x01"  # a separator that no line holds, so that a line is one column
_MOST_COLUMNS = 16_384  # as many as a workbook can have


@dataclass(frozen=True)
class _Header:
    names: list[str]
    lines: int  # physical lines up to and with the header
    is_split: bool  # whether the engine would count these lines otherwise: a quoted line end is none to it


@dataclass
class TextSource:
    """Text files of one layout, one after the other.

    Parameters
    ----------
    files
        In reading order.
    spec
        Layout and encoding.
    label
        Place told in problems.
    separator
        Of a delimited file; empty for fixed width.
    """

    files: list[SourceFile]
    spec: TableSpec
    label: str
    separator: str
    stays: bool = False
    _places: Places = field(default_factory=Places)
    _headers: list[_Header] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.separator:
            self._headers = [self._read_header(file) for file in self.files]
            self._refuse_other_columns()
        elif "widths" not in self.spec.model_fields_set:
            for file in self.files:
                refuse_unstated(file, self.spec.encoding, self.spec.skip)

    @property
    def columns(self) -> dict[str, ValueKind]:
        """Columns of the header, or those the params name by position."""
        names = self._headers[0].names if self._headers else list(self.spec.fields)
        return dict.fromkeys(names, "text")

    def load(
        self, connection: duckdb.DuckDBPyConnection, used: Sequence[str], limit: int | None = None
    ) -> None:
        """Copy the used columns of every file.

        Raises
        ------
        DataError
            With what is wrong with each of the files.
        """
        create_empty(connection, used)
        problems: list[Problem] = []
        for position, file in enumerate(self.files):
            there = count_rows(connection)
            if limit is not None and there >= limit:
                break
            self._places.add(file.told, there)
            ending = "" if limit is None else f" LIMIT {limit - there}"
            try:
                with as_utf8(file, self.spec.encoding) as path, self._rows_alone(path, position) as rows:
                    self._insert(connection, rows, position, used, ending)
            except DataError as error:
                problems += error.problems
        if problems:
            raise DataError(problems)

    def numbered(self, used: Sequence[str]) -> str:
        """Write SQL of the rows with their number in reading order."""
        return f"SELECT {', '.join([*map(quoted, used), f'rowid AS {ROW}'])} FROM {RAW}"  # noqa: S608  # quoted

    def place(self, row: int) -> str:
        """File, row and line; the line is found by reading the file once more."""
        part, within = self._places.find(row)
        return f"{self._places.told[part]}, row {within} (line {self._line_of(part, within)})"

    def _read_header(self, file: SourceFile) -> _Header:
        skip = self.spec.skip
        try:
            with file.path.open(encoding=decoder(self.spec.encoding), newline="") as stream:
                lines = bounded_lines(stream)
                has_quotes = any('"' in line for line in list(islice(lines, skip)))
                reader = _records(lines, self.separator)
                cells = next((row for row in reader if _is_filled(row)), None)
        except UnicodeError:
            raise DataError(undecodable(file, self.spec.encoding)) from None
        except csv.Error as error:
            examples = (("", str(error)),)
            raise DataError(Problem(file.told, "the header cannot be read", examples=examples)) from None
        if cells is None:
            raise DataError(Problem(file.told, "has no header: nothing but empty lines", "a file with rows"))
        if len(cells) > _MOST_COLUMNS:
            got = f"the header has {len(cells):,} columns"
            raise DataError(
                Problem(file.told, got, f"at most {_MOST_COLUMNS:,}", "is the `delimiter` right?")
            )
        names = unique_names(cells, where=f"{self.label}.from", told=file.told)
        is_split = has_quotes or any(set(cell) & set("\r\n") for cell in cells)
        return _Header(names, skip + reader.line_num, is_split)

    def _refuse_other_columns(self) -> None:
        expected = self._headers[0].names
        for file, header in zip(self.files, self._headers, strict=True):
            if sorted(header.names) != sorted(expected):
                got = f"{file.told} has other columns ({', '.join(header.names)}) than {self.files[0].told}"
                raise DataError(Problem(f"{self.label}.from", got, ", ".join(expected)))

    @contextmanager
    def _rows_alone(self, path: Path, position: int) -> Iterator[Path]:
        """Give the file, or a copy without the lines of a header that the engine would not skip rightly.

        Of fixed width, a copy whose characters stand where their bytes do, if it is bytes that are counted.
        """
        if not self.separator and self.spec.widths == "bytes":
            with widened(path, self.spec.encoding) as copy:
                yield copy
            return
        if not self.separator or not self._headers[position].is_split:
            yield path
            return
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "rows"
            with (
                path.open(encoding="utf-8", newline="") as old,
                copy.open("w", encoding="utf-8", newline="") as new,
            ):
                for _ in range(self._headers[position].lines):
                    old.readline()
                shutil.copyfileobj(old, new)
            yield copy

    def _insert(
        self,
        connection: duckdb.DuckDBPyConnection,
        path: Path,
        position: int,
        used: Sequence[str],
        ending: str,
    ) -> None:
        try:
            connection.execute(self._insertion(path, position, used) + ending)
        except duckdb.Error as error:
            if "invalid state" not in str(error):
                raise DataError(self._broken(error, self.files[position])) from None
            self._insert_mended(connection, path, position, used, ending)

    def _insert_mended(
        self,
        connection: duckdb.DuckDBPyConnection,
        path: Path,
        position: int,
        used: Sequence[str],
        ending: str,
    ) -> None:
        """Insert a file of mixed line endings, which DuckDB refuses, with every ending made one."""
        with tempfile.TemporaryDirectory() as folder:
            mended = Path(folder) / "mended"
            rewrite(path, mended, "utf-8", newline=None)
            try:
                connection.execute(self._insertion(mended, position, used) + ending)
            except duckdb.Error as error:
                raise DataError(self._broken(error, self.files[position])) from None

    def _insertion(self, path: Path, position: int, used: Sequence[str]) -> str:
        rows = self._delimited(path, position, used) if self.separator else self._fixed(path, used)
        return f"INSERT INTO {RAW} ({', '.join(map(quoted, used))}) {rows}"

    def _delimited(self, path: Path, position: int, used: Sequence[str]) -> str:
        header = self._headers[position]
        skip = 0 if header.is_split else header.lines
        declared = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header.names)
        options = (
            f"auto_detect=false, header=false, skip={skip}, delim={literal(self.separator)}, "
            f"quote='\"', escape='\"', max_line_size={LONGEST_LINE}, columns={{{declared}}}"
        )
        listed = ", ".join(map(quoted, used))
        return f"SELECT {listed} FROM read_csv({literal(str(path))}, {options})"  # noqa: S608  # quoted

    def _fixed(self, path: Path, used: Sequence[str]) -> str:
        positions = self.spec.positions()
        filler = FILLER if self.spec.widths == "bytes" else ""
        cells = ", ".join(
            f"nullif(trim(replace(substr(line, {first}, {length}), '{filler}', '')), '') AS {quoted(name)}"
            for name, (first, length) in ((name, positions[name]) for name in used)
        )
        options = (
            f"auto_detect=false, header=false, skip={self.spec.skip}, delim='{_NEVER}', "
            f"quote='', escape='', max_line_size={LONGEST_LINE}, columns={{'line': 'VARCHAR'}}"
        )
        source = f"read_csv({literal(str(path))}, {options})"
        return f"SELECT {cells} FROM {source} WHERE trim(line) <> ''"  # noqa: S608  # quoted

    def _line_of(self, part: int, row: int) -> int:
        """Line in the file of a row counted from 1."""
        with self.files[part].path.open(encoding=decoder(self.spec.encoding), newline="") as stream:
            if not self.separator:
                return nth_filled_line(stream, row, self.spec.skip)
            skipped = self._headers[part].lines
            reader = _records(islice(stream, skipped, None), self.separator)
            ends = (reader.line_num for cells in reader if cells)
            before = next(islice(ends, row - 2, None)) if row > 1 else 0
            return skipped + before + 1

    def _broken(self, error: duckdb.Error, file: SourceFile) -> Problem:
        """Say why DuckDB refused a file."""
        text = str(error)
        line = re.search(r"Line: (\d+)", text)
        header = self._headers[self.files.index(file)] if self._headers else None
        before = header.lines if header and header.is_split else 0
        where = f"{file.told}, line {int(line[1]) + before}" if line else file.told
        counts = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)
        if counts:
            next_step = "mend the line, or state another `delimiter`"
            return Problem(where, f"{counts[2]} fields", f"{counts[1]}, as in the header", next_step)
        if "Maximum line size" in text:
            got = f"a line longer than {LONGEST_LINE:,} bytes"
            return Problem(where, got, "shorter cells", "is a quotation mark opened and never closed?")
        if "unterminated quote" in text:
            return Problem(where, "a quotation mark is opened and never closed", next_step="mend the line")
        return Problem(where, "cannot be read", examples=(("", reason(error)),))


def bounded_lines(stream: TextIO) -> Iterator[str]:
    """Give a file's lines, none longer than can be held.

    Raises
    ------
    csv.Error
        At a line that is too long.
    """
    while line := stream.readline(LONGEST_LINE):
        if len(line) == LONGEST_LINE:
            raise csv.Error(f"a line longer than {LONGEST_LINE:,} characters")
        yield line


def nth_filled_line(stream: Iterable[str], row: int, skip: int = 0) -> int:
    """Line number, from 1, of the nth line after the skipped ones that is more than blanks."""
    lines = islice(enumerate(stream, start=1), skip, None)
    return next(islice((number for number, line in lines if line.strip()), row - 1, None))


def _is_filled(cells: Sequence[str]) -> bool:
    """Whether a line is more than blanks; empty cells between separators are something."""
    return len(cells) > 1 or any(cell.strip() for cell in cells)


def _records(lines: Iterable[str], separator: str) -> Any:
    """Read delimited lines by Python's own reader, which takes cells as long as the engine does."""
    csv.field_size_limit(LONGEST_LINE)
    return csv.reader(lines, delimiter=separator)
