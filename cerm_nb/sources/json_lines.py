"""JSON lines: one object per line, its keys as columns, every value as text; what is nested stays JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import duckdb

from cerm_nb.errors import DataError, Problem
from cerm_nb.sources.decoding import as_utf8, decoder
from cerm_nb.sources.engine import connect, literal, quoted, reason
from cerm_nb.sources.raw import RAW, ROW, Places, count_rows, create_empty, unique_names
from cerm_nb.sources.text import nth_filled_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from cerm_nb.sources.paths import SourceFile
    from cerm_nb.sources.rewriting import ValueKind
    from cerm_nb.sources.spec import TableSpec

_LONGEST_LINE = 16 << 20  # what DuckDB takes by itself
_MOST_EXAMPLES = 3
_MOST_COLUMNS = 16_384


@dataclass
class JsonLinesSource:
    """Files of JSON lines, one after the other; a key that a line does not have is empty there.

    Parameters
    ----------
    files
        In reading order.
    spec
        Encoding.
    label
        Place told in problems.
    """

    files: list[SourceFile]
    spec: TableSpec
    label: str
    stays: bool = False
    _places: Places = field(default_factory=Places)
    _names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        keys: dict[str, None] = {}
        problems: list[Problem] = []
        for file in self.files:
            try:
                keys |= dict.fromkeys(self._keys(file))
            except DataError as error:
                problems += error.problems
        if problems:
            raise DataError(problems)
        told = ", ".join(file.told for file in self.files)
        if not keys:
            raise DataError(Problem(told, "no line has a key", 'lines such as {"customer": "7"}'))
        if len(keys) > _MOST_COLUMNS:
            raise DataError(Problem(told, f"the lines have {len(keys):,} keys", f"at most {_MOST_COLUMNS:,}"))
        names = unique_names(keys, where=f"{self.label}.from", told=told)
        self._names = dict(zip(names, keys, strict=True))

    @property
    def columns(self) -> dict[str, ValueKind]:
        """Keys of all lines, in order of their first appearance."""
        return dict.fromkeys(self._names, "text")

    def load(
        self, connection: duckdb.DuckDBPyConnection, used: Sequence[str], limit: int | None = None
    ) -> None:
        """Copy the used keys of every file."""
        create_empty(connection, used)
        declared = ", ".join(f"{literal(self._names[name])}: 'JSON'" for name in used)
        listed = ", ".join(_as_text(quoted(self._names[name])) for name in used)
        for file in self.files:
            there = count_rows(connection)
            if limit is not None and there >= limit:
                break
            self._places.add(file.told, there)
            ending = "" if limit is None else f" LIMIT {limit - there}"
            with as_utf8(file, self.spec.encoding, longest=_LONGEST_LINE, without_mark=True) as path:
                source = f"read_json({_options(path)}, columns={{{declared}}})"
                self._ask(connection, f"INSERT INTO {RAW} SELECT {listed} FROM {source}{ending}", file)  # noqa: S608

    def numbered(self, used: Sequence[str]) -> str:
        """Write SQL of the rows with their number in reading order."""
        return f"SELECT {', '.join([*map(quoted, used), f'rowid AS {ROW}'])} FROM {RAW}"  # noqa: S608  # quoted

    def place(self, row: int) -> str:
        """File, row and line; the line is found by reading the file once more."""
        part, within = self._places.find(row)
        with self.files[part].path.open(encoding=decoder(self.spec.encoding)) as stream:
            return f"{self._places.told[part]}, row {within} (line {nth_filled_line(stream, within)})"

    def _keys(self, file: SourceFile) -> list[str]:
        """List the keys of a file's lines, in order of their first appearance.

        Raises
        ------
        DataError
            If a line is no object, or has a key twice.
        """
        with (
            as_utf8(file, self.spec.encoding, longest=_LONGEST_LINE, without_mark=True) as path,
            connect() as connection,
        ):
            lines = f"read_ndjson_objects({_options(path)})"
            source = f"SELECT json_keys(json) AS keys, json_type(json) AS kind FROM {lines}"  # noqa: S608  # our own
            wrong = "kind <> 'OBJECT' OR len(keys) <> len(list_distinct(keys))"
            query = f"SELECT keys, bool_or({wrong}), count(*) FROM ({source}) GROUP BY keys"  # noqa: S608  # our own
            found = self._ask(connection, query, file)
        if any(is_wrong for _, is_wrong, _ in found):
            raise DataError(self._bad_lines(file) or Problem(file.told, "not every line is an object"))
        ordered = sorted(found, key=lambda row: -row[2])  # the usual line first
        return list(dict.fromkeys(key for keys, _, _ in ordered for key in keys))

    def _ask(self, connection: duckdb.DuckDBPyConnection, query: str, file: SourceFile) -> list[Any]:
        try:
            return connection.execute(query).fetchall()
        except duckdb.Error as error:
            told = Problem(file.told, "cannot be read as JSON lines", examples=(("", reason(error)),))
            raise DataError(self._bad_lines(file) or told) from None

    def _bad_lines(self, file: SourceFile) -> list[Problem]:
        """Find the first lines that cannot be read; the engine's own count of lines is not reliable."""
        with file.path.open(encoding=decoder(self.spec.encoding)) as stream:
            return list(islice(_problems(stream, file.told), _MOST_EXAMPLES))


def _as_text(cell: str) -> str:
    """Write SQL of a JSON value as text; of a whole number without its .0: customer 17850, not 17850.0."""
    number = f"regexp_replace(CAST({cell} AS VARCHAR), '[.]0+$', '')"
    return f"CASE json_type({cell}) WHEN 'DOUBLE' THEN {number} ELSE {cell} ->> '$' END"


def _options(path: Path) -> str:
    return f"{literal(str(path))}, format='newline_delimited', maximum_object_size={_LONGEST_LINE * 4}"


def _problems(lines: Iterator[str], told: str) -> Iterator[Problem]:
    for number, line in enumerate(lines, start=1):
        where = f"{told}, line {number}"
        expected = 'one object per line, such as {"customer": "7"}'
        try:
            found = json.loads(line, object_pairs_hook=_Pairs) if line.strip() else _Pairs()
            json.dumps(found, ensure_ascii=False).encode()
        except json.JSONDecodeError as error:
            yield Problem(where, f"no JSON: {error.msg} at character {error.pos + 1}", expected)
            continue
        except UnicodeEncodeError:
            yield Problem(where, "half of a pair of surrogates stands alone", "characters alone")
            continue
        except (ValueError, RecursionError) as error:
            yield Problem(where, "no JSON", expected, examples=(("", str(error)),))
            continue
        if not isinstance(found, _Pairs):
            yield Problem(where, "is no object", expected, examples=(("", repr(line.strip()[:40])),))
        elif len(dict(found)) < len(found):
            yield Problem(where, "has a key twice", "each key once")


class _Pairs(list[Any]):
    """Keys and values of an object, with the keys that stand there twice."""
