"""Days as workbooks count them: ``excel_date(column)`` and ``excel_date_1904(column)`` in expressions.

Day 1 of the usual system is 1900-01-01. It holds a day 60, 1900-02-29, which never was: days before it are
one further from 1970 than the count says, and day 60 itself is refused. Day 0 of the other system is
1904-01-01.
"""

from __future__ import annotations

import sqlglot
from sqlglot import exp

_UNIX_EPOCH = {"excel_date": 25_569, "excel_date_1904": 24_107}  # 1970-01-01 as each system counts it
_BEYOND = 2_958_466  # 10000-01-01
_MISSING_DAY = 60

NAMES = frozenset(_UNIX_EPOCH)
"""The functions' names, in lower case."""


def is_call(node: exp.Expr) -> bool:
    """Whether a node calls one of the functions."""
    return isinstance(node, exp.Anonymous) and node.name.lower() in NAMES


def expand(tree: exp.Expr) -> exp.Expr:
    """Write every call in words that all engines know: a time, NULL for a number that is no day.

    Parameters
    ----------
    tree
        Expression in DuckDB's dialect, each call with one argument; changed in place.
    """
    while (call := next((node for node in tree.walk() if is_call(node)), None)) is not None:
        moment = _moment(call.expressions[0], call.name.lower())
        if call is tree:
            return expand(moment)
        call.replace(moment)
    return tree


def _moment(number: exp.Expr, system: str) -> exp.Expr:
    epoch = _UNIX_EPOCH[system]
    whens = (
        [(1, _MISSING_DAY, epoch - 1), (_MISSING_DAY + 1, _BEYOND, epoch)]
        if system == "excel_date"
        else [(0, _BEYOND - 1_462, epoch)]
    )
    branches = " ".join(
        f"WHEN day_number >= {first} AND day_number < {end} "
        f"THEN CAST(to_timestamp(CAST(round((day_number - {start}) * 86400) AS BIGINT)) AS TIMESTAMP)"
        for first, end, start in whens
    )
    tree = sqlglot.parse_one(f"CASE {branches} END", dialect="duckdb")
    for place in list(tree.find_all(exp.Column)):
        place.replace(exp.Paren(this=number.copy()))
    return tree
