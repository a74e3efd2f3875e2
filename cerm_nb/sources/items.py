"""A wide table, one column per item, to be read as a long one: what is stated about its items, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cerm_nb.errors import DataError, Problem
from cerm_nb.schemas import nearest
from cerm_nb.sources.expressions import match, unknown_column
from cerm_nb.sources.long_rows import NUMBERS, LongReader
from cerm_nb.sources.spec import ANSWER, ITEM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cerm_nb.sources.checks import Cell
    from cerm_nb.sources.readers import Reader
    from cerm_nb.sources.spec import TableSpec

_MOST_TOLD = 10


def lengthen(reader: Reader, spec: TableSpec, *, label: str) -> tuple[Reader, list[Problem]]:
    """Give who answers for an entry's rows once its items are rows of their own.

    Parameters
    ----------
    reader
        Who reads the source.
    spec
        The entry; without ``items`` its source is left as it is.
    label
        How problems name the entry.

    Returns
    -------
    tuple
        The reader of what can be made long, and everything that is wrong with ``items``.

    Raises
    ------
    DataError
        Where the source has none of the items.
    """
    if not spec.items:
        return reader, []
    found = {item: match(item, reader.kinds) for item in spec.items}
    there = {item: column for item, column in found.items() if column is not None}
    problems = _absent([item for item in found if item not in there], reader, label)
    problems += _named_twice(there, label) + _taken(spec, reader, label)
    if not there:
        raise DataError(problems)
    problems += _marked(spec, there, reader, label)
    return LongReader(reader, there, spec.items), problems


def in_source(reader: Reader, wide: Reader, used: Sequence[str]) -> tuple[str, ...]:
    """List the source's own columns among the used ones, the items' included."""
    if not isinstance(reader, LongReader):
        return tuple(used)
    return tuple(name for name in wide.kinds if name in reader.columns or name in used)


def wrong_use(spec: TableSpec, cells: Sequence[Cell], label: str) -> list[Problem]:
    """Tell answers that no column takes, and items whose rows nothing tells apart."""
    used = {column for cell in cells for column in cell.columns}
    if not spec.items:
        return []
    if ANSWER not in used:
        got = f"no column takes what `items` gives as {ANSWER!r}"
        return [Problem(f"{label}.columns", got, next_step=f"state which one, such as value: {ANSWER}")]
    if ITEM in used:
        return []
    alike: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for item, constants in spec.items.items():
        told = tuple(sorted(pair for pair in constants.items() if pair[0] in used))
        alike.setdefault(told, []).append(item)
    expected = f"constants of its own for every item, or a column that takes {ITEM!r}"
    return [
        Problem(f"{label}.items", f"{_listed(items)} cannot be told apart{_constants(shared)}", expected)
        for shared, items in alike.items()
        if len(items) > 1
    ]


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_TOLD
    told = [*map(repr, names[:_MOST_TOLD]), *([f"{more} more"] if more > 0 else [])]
    return " and ".join(filter(None, [", ".join(told[:-1]), told[-1]]))


def _constants(shared: Sequence[tuple[str, str]]) -> str:
    return ": all have " + ", ".join(f"{name} {text!r}" for name, text in shared) if shared else ""


def _absent(items: list[str], reader: Reader, label: str) -> list[Problem]:
    if not items:
        return []
    near = [(item, nearest(item, reader.kinds)) for item in items]
    meant = "; ".join(f"for {item!r} {told}" for item, told in near[:_MOST_TOLD] if told)
    unknown = unknown_column(items[0], reader.kinds, "")
    got = f"there {'is no column' if len(items) == 1 else 'are no columns'} {_listed(items)}"
    return [Problem(f"{label}.items", got, unknown.expected, meant or unknown.next_step)]


def _named_twice(there: Mapping[str, str], label: str) -> list[Problem]:
    listed = list(there.values())
    doubles = [item for item, column in there.items() if listed.count(column) > 1]
    return [Problem(f"{label}.items", f"{_listed(doubles)} name one column", "each once")] if doubles else []


def _taken(spec: TableSpec, reader: Reader, label: str) -> list[Problem]:
    """Tell new columns that the source has already."""
    names = dict.fromkeys([ITEM, ANSWER, *(name for each in spec.items.values() for name in each)])
    taken = [name for name in names if match(name, reader.kinds) is not None]
    if not taken:
        return []
    got = f"the source has {_listed(taken)} already"
    next_step = "name the constant otherwise, or rename the column in the source"
    return [Problem(f"{label}.items", got, "new names", next_step)]


def _marked(spec: TableSpec, there: Mapping[str, str], reader: Reader, label: str) -> list[Problem]:
    """Tell numbers beside texts whose marks are stated: made texts, they would be read by these marks."""
    kinds = {item: reader.kinds[column] for item, column in there.items()}
    numbers = [item for item, kind in kinds.items() if kind == "number"]
    if spec.numerals.are_plain or not numbers or set(kinds.values()) <= NUMBERS:
        return []
    got = f"{_listed(numbers)} hold numbers, other items texts with marks of their own"
    return [Problem(f"{label}.items", got, "columns of one kind", "make two entries of them")]
