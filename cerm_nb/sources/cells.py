"""How a value becomes a canonical cell: SQL in each engine's dialect, NULL for what cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import sqlglot
from sqlglot import exp

from cerm_nb.sources.dates import day
from cerm_nb.sources.engine import literal, quoted
from cerm_nb.sources.spark_sql import for_spark, number_of_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cerm_nb.schemas import Kind
    from cerm_nb.sources.rewriting import ValueKind

Dialect = Literal["duckdb", "postgres", "spark"]

_NUMBER = r"^\s*[-+]?(\d+([.]\d*)?|[.]\d+)([eE][-+]?\d+)?\s*$"
_LARGEST_NUMBER = "1e15"  # beyond it sums of amounts no longer fit the engine's decimals
_LARGEST_WHOLE = 9_007_199_254_740_992  # beyond it a float no longer holds every whole number

_READABLE: dict[Kind, frozenset[ValueKind]] = {
    "text": frozenset({"text", "whole", "number", "date", "time", "instant", "boolean"}),
    "number": frozenset({"text", "whole", "number"}),
    "date": frozenset({"text", "whole", "date", "time", "instant"}),
}


def is_readable(kind: Kind, value: ValueKind) -> bool:
    """Whether values of a kind can become cells of a canonical kind at all."""
    return value in _READABLE[kind]


def to_sql(tree: exp.Expr, dialect: Dialect) -> str:
    """Write a checked expression in an engine's dialect."""
    if dialect == "duckdb":
        return str(tree.sql("duckdb", comments=False))
    if dialect == "spark":
        return str(for_spark(tree, _NUMBER).sql("spark", comments=False))
    return str(tree.transform(_for_postgres).sql("postgres", comments=False))


def cell(kind: Kind, sql: str, value: ValueKind, dialect: Dialect, timezone: str = "") -> str:
    """Write SQL of a canonical cell from the SQL of a value; NULL where it is empty or cannot be read."""
    if kind == "date":
        return day(f"({sql})", value, dialect, timezone)
    writers = {"text": _text, "number": _number}
    return writers[kind](f"({sql})", value, dialect)


def unfailing(sql: str, dialect: Dialect) -> str:
    """Write SQL that gives NULL where the engine would stop at a row; PostgreSQL has no word for it."""
    return f"TRY({sql})" if dialect == "duckdb" else sql


def as_text(sql: str, dialect: Dialect) -> str:
    """Write SQL of a value as text."""
    return f"CAST({sql} AS {'STRING' if dialect == 'spark' else 'VARCHAR'})"


def all_filled(columns: Iterable[str], kinds: Mapping[str, ValueKind]) -> str:
    """Write an SQL condition: every one of the columns has a value that is more than blanks."""
    conditions = [
        f"coalesce(trim({quoted(name)}) <> '', false)"
        if kinds[name] == "text"
        else f"{quoted(name)} IS NOT NULL"
        for name in columns
    ]
    return " AND ".join(conditions) or "true"


def _text(sql: str, value: ValueKind, dialect: Dialect) -> str:
    if value == "text":
        return f"nullif(trim({sql}), '')"
    if value == "number":  # an identifier that pandas wrote as 17850.0
        whole = f"{sql} = floor({sql}) AND abs({sql}) < {_LARGEST_WHOLE}"
        plain = as_text(f"CAST({sql} AS BIGINT)", dialect)
        return f"CASE WHEN {whole} THEN {plain} ELSE {as_text(sql, dialect)} END"
    return as_text(sql, dialect)


def _number(sql: str, value: ValueKind, dialect: Dialect) -> str:
    if dialect == "postgres":
        number = _guarded_number(sql) if value == "text" else f"CAST({sql} AS DOUBLE PRECISION)"
    elif dialect == "spark" and value == "text":
        number = number_of_text(sql, _NUMBER)
    else:
        number = f"TRY_CAST({sql} AS DOUBLE)"
    # the engines hold NaN for larger than any number
    return f"CASE WHEN abs({number}) <= {_LARGEST_NUMBER} THEN {number} END"


def _guarded_number(sql: str) -> str:
    return f"CASE WHEN {sql} ~ {literal(_NUMBER)} THEN CAST({sql} AS DOUBLE PRECISION) END"


def _for_postgres(node: exp.Expr) -> exp.Expr:
    """Write what PostgreSQL lacks in its own words."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "try_strptime":
        return sqlglot.parse_one(node.sql("duckdb")[len("TRY_") :], dialect="duckdb")
    if isinstance(node, exp.TryCast) and node.to.this == exp.DataType.Type.DOUBLE:
        text = exp.cast(node.this, "TEXT").sql("postgres")
        return sqlglot.parse_one(_guarded_number(text), dialect="postgres")
    return node
