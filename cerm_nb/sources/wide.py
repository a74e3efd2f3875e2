"""Which columns of a source look like questions of their own, answered on one scale."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cerm_nb.errors import DataError
from cerm_nb.sources.cells import all_filled, cell
from cerm_nb.sources.engine import engine_errors, quoted
from cerm_nb.sources.expressions import Expression, read
from cerm_nb.sources.opening import open_reader

if TYPE_CHECKING:
    from pathlib import Path

    from cerm_nb.sources.readers import Reader
    from cerm_nb.sources.spec import TableSpec

WIDE: dict[str, str] = {"survey": "attribute", "outcomes": "measure"}
"""Client table that is often kept wide → its column that tells one question from another."""

_SAMPLE = 1_000
_MOST_COLUMNS = 300
_FEWEST = 4  # columns; fewer are no questionnaire
_MOSTLY = 0.9  # of a column's filled cells must be whole numbers
_VALUES = range(3, 13)  # different answers: from three to the eleven of 0 to 10, and a code
_LARGEST = 100


def items_or_none(table: str, spec: TableSpec, root: Path, *, label: str) -> list[str]:
    """List the columns that look like items; none where the table is long, stated, or cannot be read.

    Parameters
    ----------
    table
        Canonical name of the table.
    spec
        The entry; nothing is proposed once it says where its values come from.
    root, label
        As for `open_table`.
    """
    if table not in WIDE or spec.items or "value" in spec.columns:
        return []
    try:
        with engine_errors(label, "the rows cannot be read"):
            reader, _ = open_reader(spec, root, label=label)
            return _alike(_ranges(_free(spec, reader), reader))
    except DataError:
        return []


def _free(spec: TableSpec, reader: Reader) -> list[str]:
    """List columns of numbers or texts that no expression uses."""
    found = [read(text, reader.kinds, where="") for text in (*spec.columns.values(), spec.where or "true")]
    used = {column for part in found if isinstance(part, Expression) for column in part.columns}
    kinds = ("text", "whole", "number")
    return [name for name, kind in reader.kinds.items() if kind in kinds and name not in used][:_MOST_COLUMNS]


def _ranges(columns: list[str], reader: Reader) -> dict[str, tuple[float, float]]:
    """Lowest and highest answer of each column that holds a few whole numbers and little else."""
    if not columns:
        return {}
    reader.load(columns, _SAMPLE)
    asked = ", ".join(part for name in columns for part in _questions(name, reader))
    answered = reader.ask(f"SELECT {asked} FROM {reader.relation}")[0]  # noqa: S608  # quoted
    five = zip(*(answered[first::5] for first in range(5)), strict=True)
    return {
        name: (low, high)
        for name, (filled, whole, values, low, high) in zip(columns, five, strict=True)
        if whole and whole >= _MOSTLY * filled and values in _VALUES and max(-low, high) <= _LARGEST
    }


def _questions(name: str, reader: Reader) -> list[str]:
    """Write SQL of how many cells are filled, how many are whole, how many differ, the lowest and highest."""
    number = cell("number", quoted(name), reader.kinds[name], reader.dialect)
    whole = f"CASE WHEN {number} = floor({number}) THEN {number} END"
    filled = f"CASE WHEN {all_filled([name], reader.kinds, reader.dialect)} THEN 1 END"
    told = ("count({})", "count(DISTINCT {})", "min({})", "max({})")
    return [f"count({filled})", *(form.format(whole) for form in told)]


def _alike(ranges: dict[str, tuple[float, float]]) -> list[str]:
    """List the columns within the range that most of them have."""
    if not ranges:
        return []
    (low, high), number = Counter(ranges.values()).most_common(1)[0]
    fitting = [name for name, (first, last) in ranges.items() if low <= first and last <= high]
    return fitting if number >= _FEWEST else []
