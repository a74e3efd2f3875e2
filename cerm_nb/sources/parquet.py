"""Parquet files: a view over them, nothing is copied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from cerm_nb.errors import DataError, Problem
from cerm_nb.sources.engine import engine_errors, literal, quoted, reason
from cerm_nb.sources.raw import RAW, ROW, Places, unique_names
from cerm_nb.sources.types import described, kind_of_type, readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cerm_nb.sources.paths import SourceFile
    from cerm_nb.sources.rewriting import ValueKind

_EXACT = {"FLOAT": 1 << 24, "DOUBLE": 1 << 53}  # up to here a floating number is one whole number only


@dataclass
class ParquetSource:
    """Parquet files of one layout, one after the other.

    Parameters
    ----------
    connection
        DuckDB that reads the files' descriptions.
    files
        In reading order.
    """

    connection: duckdb.DuckDBPyConnection
    files: list[SourceFile]
    stays: bool = True
    _types: dict[str, str] = field(default_factory=dict)
    _places: Places = field(default_factory=Places)

    def __post_init__(self) -> None:
        start = 0
        kinds: dict[str, tuple[str, ValueKind]] = {}
        kinds_of: list[dict[str, ValueKind]] = []
        for file in self.files:
            types, rows = self._describe(file)
            self._types = self._types or types
            if sorted(types) != sorted(self._types):
                got = f"has other columns ({', '.join(types)}) than {self.files[0].told}"
                raise DataError(Problem(file.told, got, ", ".join(self._types)))
            _refuse_floats_beside_text(kinds, types, file)
            kinds_of.append({name: kind_of_type(told) for name, told in types.items()})
            self._places.add(file.told, start)
            start += rows
        self._types = self._describe_together()
        self._refuse_rounding(kinds_of)

    @property
    def columns(self) -> dict[str, ValueKind]:
        """Columns of the files."""
        return {name: kind_of_type(kind) for name, kind in self._types.items()}

    def load(
        self, connection: duckdb.DuckDBPyConnection, used: Sequence[str], limit: int | None = None
    ) -> None:
        """Make the view."""
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {RAW} AS SELECT {readable(self._types)} FROM {self._read()}"  # noqa: S608
        )

    def numbered(self, used: Sequence[str]) -> str:
        """Write SQL of the rows with their number in reading order."""
        starts = " ".join(
            f"WHEN {literal(str(file.path))} THEN {start}"
            for file, start in zip(self.files, self._places.starts, strict=True)
        )
        row = f"file_row_number + CASE __file {starts} END AS {ROW}"
        listed = readable({name: self._types[name] for name in used})
        source = self._read(", filename='__file', file_row_number=true")
        return f"SELECT {', '.join(filter(None, [listed, row]))} FROM {source}"  # noqa: S608  # quoted

    def place(self, row: int) -> str:
        """File and row within it."""
        part, within = self._places.find(row)
        return f"{self._places.told[part]}, row {within}"

    def _read(self, options: str = "") -> str:
        listed = ", ".join(literal(str(file.path)) for file in self.files)
        return f"read_parquet([{listed}], union_by_name=true, hive_partitioning=false{options})"

    def _describe_together(self) -> dict[str, str]:
        """Types that hold the values of every file."""
        try:
            return described(self.connection, f"SELECT * FROM {self._read()}")  # noqa: S608  # quoted
        except duckdb.Error as error:
            told = ", ".join(file.told for file in self.files)
            got, expected = "cannot be read as one table", "one type for a column in all files"
            raise DataError(Problem(told, got, expected, examples=(("", reason(error)),))) from None

    def _refuse_rounding(self, kinds_of: list[dict[str, ValueKind]]) -> None:
        """Refuse whole numbers that become other ones where another file holds floating numbers.

        Raises
        ------
        DataError
            With every such column of every file.
        """
        problems: list[Problem] = []
        for file, kinds in zip(self.files, kinds_of, strict=True):
            for name, exact in ((name, _EXACT.get(self._types[name])) for name in kinds):
                if exact and kinds[name] == "whole" and self._farthest(file, name) > exact:
                    got = f"column {name!r} holds whole numbers beyond {exact:,}, another file floating ones"
                    next_step = "export the files with one type"
                    problems.append(Problem(file.told, got, "one type in all files", next_step))
        if problems:
            raise DataError(problems)

    def _farthest(self, file: SourceFile, name: str) -> int:
        """Largest magnitude of a column of whole numbers."""
        source = f"read_parquet({literal(str(file.path))}, hive_partitioning=false)"
        query = f"SELECT min({quoted(name)}), max({quoted(name)}) FROM {source}"  # noqa: S608  # quoted
        with engine_errors(file.told, "cannot be read as Parquet"):
            ends = self.connection.execute(query).fetchall()[0]
        return max((abs(int(end)) for end in ends if end is not None), default=0)

    def _describe(self, file: SourceFile) -> tuple[dict[str, str], int]:
        path = literal(str(file.path))
        try:
            source = f"SELECT * FROM read_parquet({path}, hive_partitioning=false)"  # noqa: S608  # quoted
            types = described(self.connection, source)
            counted = self.connection.execute(
                f"SELECT num_rows FROM parquet_file_metadata({path})"  # noqa: S608  # quoted
            ).fetchall()
            written = self.connection.execute(
                f"SELECT name, num_children FROM parquet_schema({path})"  # noqa: S608  # quoted
            ).fetchall()
        except duckdb.Error as error:
            problem = Problem(
                file.told,
                "cannot be read as Parquet",
                "a whole Parquet file",
                "copy or export it again",
                examples=(("", reason(error)),),
            )
            raise DataError(problem) from None
        unique_names(_outermost(written), where=file.told, told="the file")  # the engine would rename one
        return types, int(counted[0][0])


def _outermost(written: list[tuple[str, int | None]]) -> list[str]:
    """Names of the columns in a schema that lists each node before what it holds, the root first."""
    names: list[str] = []
    within = 0  # nodes still to come that belong to a column before
    for name, children in written[1:]:
        if within:
            within -= 1
        else:
            names.append(name)
        within += children or 0
    return names


def _refuse_floats_beside_text(
    seen: dict[str, tuple[str, ValueKind]], types: dict[str, str], file: SourceFile
) -> None:
    """Refuse a column of numbers here and text there: as text 17850 would be 17850.0, another customer.

    Raises
    ------
    DataError
        With every such column.
    """
    found: list[Problem] = []
    for name, kind in ((name, kind_of_type(told)) for name, told in types.items()):
        first_file, first = seen.setdefault(name, (file.told, kind))
        if {first, kind} == {"number", "text"}:
            got = f"column {name!r} holds {kind}, in {first_file} {first}"
            found.append(Problem(file.told, got, "one type in all files", "export the files with one type"))
    if found:
        raise DataError(found)
