"""How a value becomes a day: SQL in each engine's dialect, NULL for what is no day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cerm_nb.sources.engine import literal
from cerm_nb.sources.spark_sql import day_in_zone, day_of_text, spark_literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from cerm_nb.sources.cells import Dialect
    from cerm_nb.sources.rewriting import ValueKind

_OFFSET = r"(?:Z|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)"
_CLOCK = r"[ T](?:[01]?\d|2[0-4]):[0-5]\d(?::[0-5]\d(?:[.]\d+)?)?"
_TIME = rf"(?:{_CLOCK}\s*(?:{_OFFSET}|[AaPp][Mm])?)?"
# signs or letters behind a clock, AM and PM left out: an offset, or the name of a zone
_OTHER_OFFSET = r":\d\d.*([-+]|[B-LNOQ-Zb-lnoq-z])"
# before the year 1000 lie only years that lost their century, such as 0025
_DAY = r"[1-9]\d{3}[-/]\d{1,2}[-/]\d{1,2}"

# 2011년 3월 5일 (토) 오후 3:20, 2011. 3. 5. and 2011.03.05: the year stands first, so none can be mistaken
_HOUR = r"(?:\s*(?:오전|오후))?\s*(?:[01]?\d|2[0-4])"
_KOREAN_CLOCK = rf"{_HOUR}(?::[0-5]\d(?::[0-5]\d)?|\s*시(?:\s*[0-5]?\d\s*분(?:\s*[0-5]?\d\s*초)?)?)"
_KOREAN_TAIL = rf"(?:\s*[(]?[월화수목금토일](?:요일)?[)]?)?(?:{_KOREAN_CLOCK})?"
_KOREAN = (
    rf"([1-9]\d{{3}})(?:\s*년\s*|[.]\s*)(\d{{1,2}})(?:\s*월\s*|[.]\s*)(\d{{1,2}})(?:\s*일|[.])?{_KOREAN_TAIL}"
)


def day(sql: str, value: ValueKind, dialect: Dialect, timezone: str = "") -> str:
    """Write SQL of the day a value means.

    Parameters
    ----------
    sql
        SQL of the value, in parentheses.
    value
        Its kind: ``date``, ``time``, ``instant`` (a time that knows its offset), ``whole`` or ``text``.
    dialect
        Of the SQL.
    timezone
        Name of the zone whose days are meant where a time tells its offset. Without one an ``instant`` is
        told by UTC, and of a text the day is taken that is written there.
    """
    if value == "instant":
        return _in_zone(sql, timezone or "UTC", dialect)
    if value in ("date", "time"):
        return _in_calendar(f"CAST({sql} AS DATE)")
    kind_of_text = "STRING" if dialect == "spark" else "VARCHAR"
    text = f"CAST({sql} AS {kind_of_text})" if value == "whole" else sql
    written = _WRITERS[dialect](text)
    if not timezone:
        return written
    if dialect == "spark":
        has_offset = spark_literal(rf"^\s*{_DAY}{_CLOCK}\s*{_OFFSET}\s*$")
        moment = _in_zone(f"TRY_CAST({text} AS TIMESTAMP)", timezone, dialect)
        return f"CASE WHEN {text} RLIKE {has_offset} THEN {moment} ELSE {written} END"
    has_offset = literal(rf"^\s*{_DAY}{_CLOCK}\s*{_OFFSET}\s*$")
    if dialect == "postgres":
        is_day = f"{text} ~ {has_offset} AND {written} IS NOT NULL"
        moment = _in_zone(f"CAST({text} AS TIMESTAMPTZ)", timezone, dialect)
        return f"CASE WHEN {is_day} THEN {moment} ELSE {written} END"
    with_colon = rf"regexp_replace({text}, '\s*([+-]\d{{2}}):?(\d{{2}})\s*$', '\1:\2')"
    moment = _in_zone(f"TRY_CAST({with_colon} AS TIMESTAMPTZ)", timezone, dialect)
    # the day that is written would be another zone's
    is_unknown = f"regexp_matches({text}, {literal(_OTHER_OFFSET)})"
    return (
        f"CASE WHEN regexp_matches({text}, {has_offset}) THEN {moment} "
        f"WHEN NOT {is_unknown} THEN {written} END"
    )


def _in_zone(moment: str, timezone: str, dialect: Dialect) -> str:
    if dialect == "spark":
        return _in_calendar(day_in_zone(moment, timezone))
    return _in_calendar(f"CAST(timezone({literal(timezone)}, {moment}) AS DATE)")


def _in_calendar(day: str) -> str:
    """Leave out days that no client means: years of less than four digits, beyond 9999, infinity."""
    return f"CASE WHEN {day} BETWEEN DATE '1000-01-01' AND DATE '9999-12-31' THEN {day} END"


def _written(text: str) -> str:
    """Read the day a text names, in DuckDB."""
    dashed = text
    for pattern in (r"([1-9]\d{3})(\d{2})(\d{2})", _KOREAN):
        dashed = rf"regexp_replace({dashed}, '^\s*{pattern}\s*$', '\1-\2-\3')"
    by_pattern = rf"TRY_CAST(regexp_extract({dashed}, '^\s*({_DAY}){_TIME}\s*$', 1) AS DATE)"
    # the cast alone is five times faster, and as strict where a year of four digits stands first
    # it also reads names of zones, other signs than T and Z of a time, and years (BC)
    is_plain = f"substr({text}, 5, 1) IN ('-', '/') AND NOT regexp_matches({text}, '[A-SU-Ya-z(]')"
    has_no_year = f"starts_with(ltrim({text}), '0')"
    plain = f"TRY_CAST({text} AS DATE)"
    return f"CASE WHEN {has_no_year} THEN NULL WHEN {is_plain} THEN {plain} ELSE {by_pattern} END"


def _written_for_postgres(text: str) -> str:
    """Read the day a text names, in PostgreSQL, whose casts stop at a day that is none."""
    pattern = literal(rf"^\s*([1-9]\d{{7}}|{_DAY}{_TIME}|{_KOREAN})\s*$")
    parts = rf"regexp_match({text}, '^\s*(\d{{4}})\D*(\d{{1,2}})\D*(\d{{1,2}})')"
    year, month, day_of_month = (f"CAST(({parts})[{position}] AS INT)" for position in (1, 2, 3))
    lengths = "'{31,28,31,30,31,30,31,31,30,31,30,31}'"
    is_leap = f"({year} % 4 = 0 AND {year} % 100 <> 0 OR {year} % 400 = 0) AND {month} = 2"
    last = f"(CAST({lengths} AS INT[]))[{month}] + CASE WHEN {is_leap} THEN 1 ELSE 0 END"
    # a month beyond the list has no last day, so that the comparison is not true
    is_day = f"{text} ~ {pattern} AND {day_of_month} BETWEEN 1 AND {last}"
    # most days are written plainly and stand in every month: twenty times faster than the parts
    plain = literal(rf"^[1-9]\d{{3}}-(0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8]){_TIME}\s*$")
    # not by make_date, which sqlglot may write for another engine once Spark's words are loaded
    dashed = f"({parts})[1] || '-' || ({parts})[2] || '-' || ({parts})[3]"
    by_parts = f"WHEN {is_day} THEN CAST({dashed} AS DATE)"
    return f"CASE WHEN {text} ~ {plain} THEN CAST(left({text}, 10) AS DATE) {by_parts} END"


def _written_for_spark(text: str) -> str:
    """Read the day a text names, in Spark."""
    return day_of_text(text, rf"^\s*([1-9]\d{{7}}|{_DAY}{_TIME}|{_KOREAN})\s*$")


_WRITERS: dict[Dialect, Callable[[str], str]] = {
    "duckdb": _written,
    "postgres": _written_for_postgres,
    "spark": _written_for_spark,
}
