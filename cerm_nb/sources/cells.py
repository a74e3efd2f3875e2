"""How a value becomes a canonical cell: SQL in each engine's dialect, NULL for what cannot be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import sqlglot
from sqlglot import exp

from cerm_nb.sources.engine import literal, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cerm_nb.schemas import Kind
    from cerm_nb.sources.rewriting import ValueKind

Dialect = Literal["duckdb", "postgres"]

_TIME = r"([ T]\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?\s*(Z|[+-]\d{2}(:?\d{2})?)?)?"
_DAY = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_NUMBER = r"^\s*[-+]?(\d+([.]\d*)?|[.]\d+)([eE][-+]?\d+)?\s*$"
_LARGEST_NUMBER = "1e15"  # beyond it sums of amounts no longer fit the engine's decimals
_LARGEST_WHOLE = 9_007_199_254_740_992  # beyond it a float no longer holds every whole number

_READABLE: dict[Kind, frozenset[ValueKind]] = {
    "text": frozenset({"text", "whole", "number", "date", "time", "boolean"}),
    "number": frozenset({"text", "whole", "number"}),
    "date": frozenset({"text", "whole", "date", "time"}),
}


def is_readable(kind: Kind, value: ValueKind) -> bool:
    """Whether values of a kind can become cells of a canonical kind at all."""
    return value in _READABLE[kind]


def to_sql(tree: exp.Expr, dialect: Dialect) -> str:
    """Write a checked expression in an engine's dialect."""
    if dialect == "duckdb":
        return str(tree.sql("duckdb", comments=False))
    return str(tree.transform(_for_postgres).sql("postgres", comments=False))


def cell(kind: Kind, sql: str, value: ValueKind, dialect: Dialect) -> str:
    """Write SQL of a canonical cell from the SQL of a value; NULL where it is empty or cannot be read."""
    writers = {"text": _text, "number": _number, "date": _date}
    return writers[kind](f"({sql})", value, dialect)


def unfailing(sql: str, dialect: Dialect) -> str:
    """Write SQL that gives NULL where the engine would stop at a row; PostgreSQL has no word for it."""
    return f"TRY({sql})" if dialect == "duckdb" else sql


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
        plain = f"CAST(CAST({sql} AS BIGINT) AS VARCHAR)"
        return f"CASE WHEN {whole} THEN {plain} ELSE CAST({sql} AS VARCHAR) END"
    return f"CAST({sql} AS VARCHAR)"


def _number(sql: str, value: ValueKind, dialect: Dialect) -> str:
    if dialect == "postgres":
        number = _guarded_number(sql) if value == "text" else f"CAST({sql} AS DOUBLE PRECISION)"
    else:
        number = f"TRY_CAST({sql} AS DOUBLE)"
    # both engines hold NaN for larger than any number
    return f"CASE WHEN abs({number}) <= {_LARGEST_NUMBER} THEN {number} END"


def _date(sql: str, value: ValueKind, dialect: Dialect) -> str:
    if value in ("date", "time"):
        return f"CAST({sql} AS DATE)"
    text = f"CAST({sql} AS VARCHAR)" if value == "whole" else sql
    if dialect == "postgres":
        pattern = literal(rf"^\s*(\d{{8}}|{_DAY}{_TIME})\s*$")
        day = rf"substring({text} from '^\s*(\d{{8}}|{_DAY})')"
        return f"CASE WHEN {text} ~ {pattern} THEN CAST({day} AS DATE) END"
    dashed = rf"regexp_replace({text}, '^\s*(\d{{4}})(\d{{2}})(\d{{2}})\s*$', '\1-\2-\3')"
    by_pattern = rf"TRY_CAST(regexp_extract({dashed}, '^\s*({_DAY}){_TIME}\s*$', 1) AS DATE)"
    # the cast alone is five times faster, and as strict where a year of four digits stands first
    is_plain = f"substr({text}, 5, 1) IN ('-', '/') AND NOT contains({text}, '(')"
    return f"CASE WHEN {is_plain} THEN TRY_CAST({text} AS DATE) ELSE {by_pattern} END"


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
