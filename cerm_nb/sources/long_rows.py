"""The rows of a wide table as long ones: the engine that has them takes each apart, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cerm_nb.sources.cells import as_text
from cerm_nb.sources.engine import literal, quoted
from cerm_nb.sources.raw import ROW, limited
from cerm_nb.sources.spark_sql import spark_literal
from cerm_nb.sources.spec import ANSWER, ITEM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import ibis

    from cerm_nb.sources.cells import Dialect
    from cerm_nb.sources.readers import Reader
    from cerm_nb.sources.rewriting import ValueKind

NUMBERS: frozenset[ValueKind] = frozenset({"whole", "number"})
"""Kinds of cells that are numbers."""


class LongReader:
    """Who answers for a wide source's rows as if they were long; a `Reader`.

    The items' columns are gone; in their place are ``item``, ``answer`` and the items' constants. Nothing is
    copied: the engine that has the rows takes them apart, each in one pass.

    Parameters
    ----------
    wide
        Who reads the source.
    columns
        Item → its column in the source.
    constants
        Item → new column → text.
    """

    def __init__(
        self, wide: Reader, columns: Mapping[str, str], constants: Mapping[str, Mapping[str, str]]
    ) -> None:
        self._wide, self.dialect = wide, wide.dialect
        self.columns = tuple(dict.fromkeys(columns.values()))
        kind = _common({wide.kinds[column] for column in self.columns})
        self._made = {
            ITEM: [_literal(item, self.dialect) for item in columns],
            ANSWER: [_answer(column, kind, self.dialect) for column in columns.values()],
        }
        for name in dict.fromkeys(name for each in constants.values() for name in each):
            self._made[name] = [_literal(constants[item].get(name), self.dialect) for item in columns]
        self._names = list(columns)
        gone = {*self.columns, *self._made}
        rest = {name: held for name, held in wide.kinds.items() if name not in gone}
        made: dict[str, ValueKind] = dict.fromkeys(self._made, "text")
        self.kinds: dict[str, ValueKind] = {**rest, **made, ANSWER: kind}
        self._read = list(self.kinds)
        self._limit: int | None = None

    @property
    def relation(self) -> str:
        """SQL of the long rows."""
        long = self._long(self._wide.relation)
        return long if self._limit is None else limited(f"(SELECT * FROM {long})", self._limit)  # noqa: S608

    def value_kind(self, sql: str, over: Callable[[str], str] = str) -> ValueKind:
        """Kind of an expression's values."""
        return self._wide.value_kind(sql, lambda relation: over(self._long(relation)))

    def load(self, used: Sequence[str], limit: int | None = None) -> None:
        """Read what the used columns are made of; the limit counts long rows."""
        whole_rows = None if limit is None else -(-limit // len(self._names))
        self._wide.load(self._needed(used), whole_rows)
        self._read, self._limit = list(used), limit

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        """Run SQL and fetch every row."""
        return self._wide.ask(sql)

    def numbered(self, columns: Sequence[str]) -> str:
        """Write SQL of the long rows with the column `ROW`, which tells row and item."""
        rows = f"({self._wide.numbered(self._needed(columns))}) AS numbered_rows"
        row, number = f"wide.{quoted(ROW)}", len(self._names)
        made = {ROW: [f"{row} * {number} + {nth}" for nth in range(number)]}
        select = f"SELECT * FROM {self._select(columns, rows, made, (ROW,))}"  # noqa: S608  # quoted
        return select if self._limit is None else f"SELECT * FROM {limited(f'({select})', self._limit)}"  # noqa: S608

    def place(self, row: int) -> str:
        """Where a row lies, for people: the source's row, and the item's column."""
        nth, item = divmod(row, len(self._names))
        return f"{self._wide.place(nth)}, column {self._names[item]}"

    def publish(self, name: str, select: str, schema: Mapping[str, Any]) -> ibis.Table:
        """Make the canonical table of a SELECT."""
        return self._wide.publish(name, select, schema)

    def _needed(self, columns: Sequence[str]) -> list[str]:
        """List the source's columns that columns of the long rows are made of."""
        return list(dict.fromkeys([*(name for name in columns if name not in self._made), *self.columns]))

    def _long(self, relation: str) -> str:
        return self._select(self._read, relation, {}, ())

    def _select(
        self, columns: Sequence[str], relation: str, more: Mapping[str, list[str]], needed: Sequence[str]
    ) -> str:
        """Write SQL of long rows: a column of the source is repeated, a made one gives a value per item."""
        made = {name: self._made[name] for name in columns if name in self._made} | dict(more)
        made = made or {ITEM: self._made[ITEM]}
        kept = [f"wide.{quoted(name)}" for name in columns if name not in self._made]
        inner = ", ".join(map(quoted, [*self._needed(columns), *needed]))
        listed = ", ".join([*kept, *_per_item(made, self.dialect)])
        return f"(SELECT {listed} FROM (SELECT {inner} FROM {relation}) AS wide) AS long_rows"  # noqa: S608


def _per_item(made: Mapping[str, list[str]], dialect: Dialect) -> list[str]:
    """Write SQL that repeats a row, with the first value of each column, then with the second, and so on."""
    if dialect != "spark":
        return [f"unnest(ARRAY[{', '.join(values)}]) AS {quoted(name)}" for name, values in made.items()]
    rows = [", ".join(row) for row in zip(*made.values(), strict=True)]
    return [f"stack({len(rows)}, {', '.join(rows)}) AS ({', '.join(map(quoted, made))})"]


def _common(kinds: set[ValueKind]) -> ValueKind:
    """Kind of cells that come from columns of these kinds."""
    if len(kinds) == 1:
        return next(iter(kinds))
    return "number" if kinds <= NUMBERS else "text"


def _answer(column: str, kind: ValueKind, dialect: Dialect) -> str:
    """Write SQL of an item's cell, so that all items' cells have one type."""
    cell = f"wide.{quoted(column)}"
    if kind == "text":
        return as_text(cell, dialect)
    if kind == "number":
        return f"CAST({cell} AS {'DOUBLE PRECISION' if dialect == 'postgres' else 'DOUBLE'})"
    # the other engines find a type for whole numbers of all sizes by themselves
    return f"CAST({cell} AS DECIMAL(38, 0))" if kind == "whole" and dialect == "spark" else cell


def _literal(text: str | None, dialect: Dialect) -> str:
    if text is None:
        return as_text("NULL", dialect)
    return spark_literal(text) if dialect == "spark" else literal(text)
