"""Spark's own words where its SQL differs from DuckDB's, in which expressions are written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY_FIRST = r"^\s*\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T][-+\d:.Z ]*)?$"  # alone, Spark takes 2011 too
_PLAIN_LETTERS = re.compile(r"(?<!%)(?<!%-)[A-Za-z]+")
_FIELDS_SIDE_BY_SIDE = re.compile(r"[A-Za-z]*?([A-Za-z])(?!\1)[A-Za-z]+")
_LONE_LETTER = re.compile(r"(?<!d)d(?!d)|(?<!M)M(?!M)|(?<!H)H(?!H)|(?<!h)h(?!h)|(?<!m)m(?!m)|(?<!s)s(?!s)")
_PARTS = frozenset({"year", "quarter", "month", "week", "day", "hour", "minute"})
_DAYS = frozenset({"day", "days", "d"})
_TEMPORAL = frozenset({exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ})


def spark_literal(text: str) -> str:
    """Write a text as an SQL string; Spark takes two quotes for none, and a backslash for an escape."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def number_of_text(sql: str, pattern: str) -> str:
    """Write SQL of the number a text holds if it meets a pattern; Spark alone would also take 1d for one."""
    return f"CASE WHEN {sql} RLIKE {spark_literal(pattern)} THEN TRY_CAST({sql} AS DOUBLE) END"


def day_of_text(sql: str, pattern: str) -> str:
    """Write SQL of the day a text begins with if it meets a pattern: year, month and day in this order."""
    parts = spark_literal(r"(?s)^\s*(\d{4})\D*?(\d{1,2})\D*?(\d{1,2}).*$")
    dashed = f"regexp_replace({sql}, {parts}, '$1-$2-$3')"
    return f"CASE WHEN {sql} RLIKE {spark_literal(pattern)} THEN TRY_CAST({dashed} AS DATE) END"


def day_in_zone(moment: str, timezone: str) -> str:
    """Write SQL of the day in a time zone; the session's own is UTC."""
    return f"CAST(from_utc_timestamp({moment}, {spark_literal(timezone)}) AS DATE)"


def for_spark(tree: exp.Expr, number: str) -> exp.Expr:
    """Say an expression of DuckDB's in Spark's words.

    Parameters
    ----------
    tree
        The expression; left as it is.
    number
        Pattern of a text that is a number.

    Raises
    ------
    UnsupportedError
        If Spark would answer otherwise than DuckDB.
    """
    holder = exp.Paren(this=tree.copy())
    for node in reversed(list(holder.this.walk())):  # innermost first: what is replaced is not walked again
        said = _said(node, number)
        if said is not node:
            node.replace(said)
    whole: exp.Expr = holder.this
    return whole


def _said(node: exp.Expr, number: str) -> exp.Expr:
    if isinstance(node, exp.TryCast):
        return _cast(node, number)
    if isinstance(node, exp.Anonymous) and node.name.lower() == "try_strptime":
        return _parsed_time(node)
    if isinstance(node, exp.Anonymous) and node.name.lower() == "date_part":
        return _part(node, node.expressions[0])
    say = _SAID.get(type(node))
    return say(node) if say else node


def _cast(node: exp.TryCast, number: str) -> exp.Expr:
    text = exp.cast(node.this.copy(), "STRING", dialect="spark").sql("spark")
    if node.to.this == exp.DataType.Type.DOUBLE:
        return sqlglot.parse_one(number_of_text(text, number), dialect="spark")
    if node.to.this not in _TEMPORAL:
        return node
    kind = node.to.sql("spark")
    dashed = f"TRY_CAST(REPLACE({text}, '/', '-') AS {kind})"
    guarded = f"CASE WHEN {text} RLIKE {spark_literal(_DAY_FIRST)} THEN {dashed} END"
    return sqlglot.parse_one(guarded, dialect="spark")


def _parsed_time(node: exp.Anonymous) -> exp.Expr:
    """Write `try_strptime`; days and months of one digit are read too, as DuckDB does."""
    text, style = node.expressions
    if not isinstance(style, exp.Literal):
        raise UnsupportedError("a format must be one text")
    marked = exp.Literal.string(_PLAIN_LETTERS.sub(r"'\g<0>'", style.name))
    spark = sqlglot.Dialect.get_or_raise("spark")
    literal = str(spark.generator().format_time(exp.StrToTime(this=text.copy(), format=marked)))
    written = sqlglot.parse_one(literal, dialect=spark).name
    # letters for one digit or two only where the next sign tells them apart
    said = _FIELDS_SIDE_BY_SIDE.sub(lambda run: _LONE_LETTER.sub(lambda one: one[0] * 2, run[0]), written)
    called = exp.Anonymous(this="try_to_timestamp", expressions=[text.copy(), exp.Literal.string(said)])
    return exp.cast(called, "TIMESTAMP_NTZ", dialect="spark")


def _divided(node: exp.Expr) -> exp.Expr:
    """Divide by zero without stopping."""
    divisor = exp.Nullif(this=exp.Paren(this=node.expression.copy()), expression=exp.Literal.number(0))
    node.set("expression", divisor)
    return node


def _decadic(node: exp.Expr) -> exp.Expr:
    return node if node.expression else exp.Anonymous(this="log10", expressions=[node.this.copy()])


def _from_sunday(node: exp.Expr) -> exp.Expr:
    """Count the days of a week from 0, which Spark counts from 1."""
    return exp.Paren(this=exp.Sub(this=node.copy(), expression=exp.Literal.number(1)))


def _moment(node: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="timestamp_seconds", expressions=[node.this.copy()])


def _days_between(node: exp.Expr) -> exp.Expr:
    """Count midnights, as DuckDB does: of times, Spark would count whole days."""
    if str(node.args.get("unit") or "day").strip("'").lower() not in _DAYS:
        raise UnsupportedError("Spark counts whole months, DuckDB their borders")
    for side in ("this", "expression"):
        node.set(side, exp.cast(node.args[side], "DATE", dialect="spark"))
    return node


def _week(node: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this="weekofyear", expressions=[node.this.copy()])


def _part(node: exp.Expr, part: exp.Expr) -> exp.Expr:
    if part.name.lower() not in _PARTS:
        raise UnsupportedError(f"{part.name} is another number in Spark")
    return node


def _unsaid(node: exp.Expr) -> exp.Expr:
    raise UnsupportedError(f"{node.sql_name() if isinstance(node, exp.Func) else node.key} differs in Spark")


_SAID: dict[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.Div: _divided,
    exp.Mod: _divided,
    exp.IntDiv: _divided,
    exp.Log: _decadic,
    exp.DayOfWeek: _from_sunday,
    exp.UnixToTime: _moment,
    exp.DateDiff: _days_between,
    exp.RegexpReplace: _unsaid,
    exp.RegexpFullMatch: _unsaid,
    exp.Extract: lambda node: _part(node, node.this),
    exp.Week: _week,
}
