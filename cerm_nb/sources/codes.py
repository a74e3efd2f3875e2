"""What a column may hold besides being readable: a scale, codes for a missing answer, a list of texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cerm_nb.errors import Problem
from cerm_nb.schemas import nearest
from cerm_nb.sources.engine import literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cerm_nb.schemas import ColumnMeaning
    from cerm_nb.sources.spec import TableSpec

_MOST_VALUES_TOLD = 10
Examples = tuple[tuple[str, str], ...]
"""Places in the data and what stands there."""


@dataclass(frozen=True)
class Codes:
    """The values a column may hold.

    Parameters
    ----------
    scale
        Lowest and highest number; None where any is allowed.
    missing
        Numbers that stand for no answer and become empty.
    texts
        The only texts allowed; empty where any is.
    """

    scale: list[float] | None = None
    missing: tuple[float, ...] = ()
    texts: tuple[str, ...] = ()

    @property
    def allows_all(self) -> bool:
        """Whether no value is refused."""
        return self.scale is None and not self.texts

    def is_missing(self, cell: str) -> str:
        """Write an SQL condition: a readable cell stands for no answer."""
        listed = ", ".join(map(repr, self.missing))
        return f"coalesce({cell} IN ({listed}), false)" if listed else "false"

    def is_undeclared(self, cell: str) -> str:
        """Write an SQL condition: a readable cell holds a value that is not declared."""
        if self.texts:
            return f"coalesce({cell} NOT IN ({', '.join(map(literal, self.texts))}), false)"
        if self.scale is None:
            return "false"
        low, high = self.scale
        return f"(coalesce({cell} NOT BETWEEN {low!r} AND {high!r}, false) AND NOT {self.is_missing(cell)})"

    def usable(self, cell: str) -> str:
        """Write SQL of a cell that is empty where it stands for no answer or is not declared."""
        if self.allows_all and not self.missing:
            return cell
        return f"CASE WHEN NOT ({self.is_missing(cell)} OR {self.is_undeclared(cell)}) THEN {cell} END"

    def problem(self, where: str, counted: list[tuple[object, int]], examples: Examples) -> Problem:
        """Tell the undeclared values, each with its number of rows, most frequent first."""
        told = ", ".join(f"{_written(value)} × {number:,}" for value, number in counted[:_MOST_VALUES_TOLD])
        more = len(counted) - _MOST_VALUES_TOLD
        told += f" and {more} other values" if more > 0 else ""
        got = f"undeclared codes: {told}"
        if self.texts:
            near = nearest(str(counted[0][0]), self.texts)
            next_step = near or "write them so by CASE, or leave the rows out by where"
            return Problem(where, got, ", ".join(self.texts), next_step, examples=examples)
        low, high = self.scale or (0.0, 0.0)
        name = where.rpartition(".")[2]
        codes = f" or a missing code ({', '.join(map(_written, self.missing))})" if self.missing else ""
        first = ", ".join(_written(value) for value, _ in counted[:_MOST_VALUES_TOLD])
        next_step = f"where they mean no answer, declare missing: {{{name}: [{first}]}}"
        expected = f"{_written(low)} to {_written(high)}{codes}"
        return Problem(where, got, expected, next_step, examples=examples)


def declared(spec: TableSpec, meaning: ColumnMeaning) -> Codes:
    """Take what is declared for a canonical column, in `schemas` and in the params."""
    return Codes(spec.scale.get(meaning.name), tuple(spec.missing.get(meaning.name, ())), meaning.codes)


def wrong_targets(spec: TableSpec, meanings: list[ColumnMeaning], label: str) -> list[Problem]:
    """Tell keys of ``scale`` and ``missing`` that are no number column of the table."""
    numbers = [meaning.name for meaning in meanings if meaning.kind == "number"]
    told = ", ".join(numbers) or "nothing: the table has no column of numbers"
    stated: dict[str, Iterable[str]] = {"scale": spec.scale, "missing": spec.missing}
    return [
        Problem(f"{label}.{key}", f"there is no number column {name!r}", told, nearest(name, numbers))
        for key, names in stated.items()
        for name in names
        if name not in numbers
    ]


def _written(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    text = str(value)
    return repr(text if len(text) <= 40 else text[:40] + "…")
