"""How a value becomes a canonical cell: SQL in each engine's dialect, NULL for what cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import sqlglot
from sqlglot import exp

from cerm_nb.sources.dates import day
from cerm_nb.sources.engine import literal, quoted
from cerm_nb.sources.spark_sql import for_spark, number_of_text, spark_literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cerm_nb.schemas import Kind
    from cerm_nb.sources.rewriting import ValueKind

Dialect = Literal["duckdb", "postgres", "spark"]

_NUMBER = r"^\s*[-+]?(\d+([.]\d*)?|[.]\d+)([eE][-+]?\d+)?\s*$"
# what exports leave around a text and nobody sees: blanks of all kinds, tabs, byte order marks, zero widths
_BLANK = r"[\s\p{Z}\p{Cf}]"
_BLANK_IN_POSTGRES = (  # whose patterns know no classes of Unicode
    r"[\s\u00a0\u00ad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff9-\ufffb]"
)
_KEPT_ZEROS = '^="([^"]*)"$'  # how a workbook keeps the zeros of ="00123"
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


def all_filled(columns: Iterable[str], kinds: Mapping[str, ValueKind], dialect: Dialect) -> str:
    """Write an SQL condition: every one of the columns has a value that is more than blanks."""
    conditions = [
        f"{_filled_text(quoted(name), dialect) if kinds[name] == 'text' else quoted(name)} IS NOT NULL"
        for name in columns
    ]
    return " AND ".join(conditions) or "true"


def _text(sql: str, value: ValueKind, dialect: Dialect) -> str:
    if value == "text":
        return _filled_text(sql, dialect)
    if value == "number":  # an identifier that pandas wrote as 17850.0
        whole = f"{sql} = floor({sql}) AND abs({sql}) < {_LARGEST_WHOLE}"
        plain = as_text(f"CAST({sql} AS BIGINT)", dialect)
        return f"CASE WHEN {whole} THEN {plain} ELSE {as_text(sql, dialect)} END"
    return as_text(sql, dialect)


def _filled_text(sql: str, dialect: Dialect) -> str:
    """Write SQL of a text without the blanks around it, NULL where nothing is left."""
    blank = _BLANK_IN_POSTGRES if dialect == "postgres" else _BLANK
    write = spark_literal if dialect == "spark" else literal
    everywhere = "" if dialect == "spark" else ", 'g'"
    inner = "$1" if dialect == "spark" else r"\1"
    kept = f"regexp_replace({sql}, {write(_KEPT_ZEROS)}, '{inner}')"
    text = f"CASE WHEN substr({sql}, 1, 2) = {literal(_KEPT_ZEROS[1:3])} THEN {kept} ELSE {sql} END"
    return f"nullif(regexp_replace({text}, {write(f'^{blank}+|{blank}+$')}, ''{everywhere}), '')"


def _number(sql: str, value: ValueKind, dialect: Dialect) -> str:
    if dialect == "postgres":
        number = _guarded_number(sql) if value == "text" else f"CAST({sql} AS DOUBLE PRECISION)"
    elif dialect == "spark" and value == "text":
        number = number_of_text(sql, _NUMBER)
    elif value == "text":  # DuckDB would read 1_000
        number = f"TRY_CAST(replace({sql}, '_', '?') AS DOUBLE)"
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
