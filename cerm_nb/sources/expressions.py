"""Expressions of the params: read, checked against an allow list and the source's columns, made unfailing.

An expression is one scalar expression in DuckDB's dialect over one row. Only the kinds of node listed in
`_ALLOWED` pass, so that nothing in a params file can read a file or the environment, start a statement,
aggregate, or ask another table.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from cerm_nb.errors import DataError, Problem
from cerm_nb.schemas import nearest
from cerm_nb.sources import excel_dates
from cerm_nb.sources.cells import to_sql
from cerm_nb.sources.engine import quoted
from cerm_nb.sources.numerals import Numerals
from cerm_nb.sources.rewriting import rewrite, unclear_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cerm_nb.sources.cells import Dialect
    from cerm_nb.sources.rewriting import ValueKind

_MOST_COLUMNS_TOLD = 20
_MOST_SIGNS = 10_000  # of an expression: far beyond any that people write, and read within a second
_LONGEST_SHOWN = 200

_ALLOWED_NAMES = """
    Column Identifier Literal Boolean Null Paren Neg Not And Or Var Array Tuple
    Add Sub Mul Div Mod IntDiv Pow DPipe EQ NEQ GT GTE LT LTE NullSafeEQ NullSafeNEQ Is In Between
    Like ILike Escape RegexpLike RegexpFullMatch RegexpExtract RegexpReplace
    Case If Coalesce Nullif Greatest Least Cast TryCast DataType DataTypeParam Interval
    Upper Lower Trim Substring Left Right Replace Length Concat ConcatWs SplitPart StrPosition Pad
    Reverse Translate StartsWith EndsWith Contains
    Abs Round Floor Ceil Sign Sqrt Ln Log Exp IsNan IsInf
    StrToTime StrToDate TimeToStr Date Year Month Day Quarter Week DayOfWeek DayOfMonth DayOfYear Hour Minute
    TsOrDsToDate TimeStrToTime StrToUnix WeekOfYear
    Extract DateDiff DateAdd DateSub TimestampTrunc DateTrunc DateFromParts LastDay UnixToTime TimeToUnix
"""
_ALLOWED = frozenset(getattr(exp, name) for name in _ALLOWED_NAMES.split() if hasattr(exp, name))
_ALLOWED_FUNCTIONS = excel_dates.NAMES | {
    "try_strptime", "date_part", "strip_accents", "isfinite", "regexp_matches",
    "try_to_timestamp", "timestamp_seconds", "make_date", "log10",  # what is written for Spark is checked too
}  # fmt: skip
_PLAIN = Numerals()
_TYPE_NAMES = """
    BOOLEAN TINYINT SMALLINT INT BIGINT INT128 UTINYINT USMALLINT UINT UBIGINT FLOAT DOUBLE DECIMAL
    CHAR VARCHAR TEXT DATE TIME TIMESTAMP TIMESTAMPNTZ TIMESTAMPTZ TIMESTAMP_S TIMESTAMP_MS TIMESTAMP_NS
"""
_ALLOWED_TYPES = frozenset(exp.DataType.Type[name] for name in _TYPE_NAMES.split())


@dataclass(frozen=True)
class Expression:
    """One checked expression.

    Parameters
    ----------
    text
        As the analyst wrote it.
    tree
        As the engine is to run it.
    columns
        The source's columns it uses, in order of appearance.
    """

    text: str
    tree: exp.Expr
    columns: tuple[str, ...]

    @property
    def is_column(self) -> bool:
        """Whether it is a column's name and nothing else."""
        return isinstance(self.tree, exp.Column)


def read(
    text: str,
    kinds: Mapping[str, ValueKind],
    *,
    where: str,
    numerals: Numerals = _PLAIN,
    is_text: bool = False,
) -> Expression | list[Problem]:
    """Read one expression and check it against the allow list and the source's columns.

    Parameters
    ----------
    text
        The expression.
    kinds
        Source column → kind of its values.
    where
        Place told in problems.
    numerals
        How texts write numbers.
    is_text
        Whether the expression fills a column of texts.

    Returns
    -------
    Expression | list of Problem
        The expression ready to run, or everything that is wrong with it.
    """
    if len(text) > _MOST_SIGNS:
        got = f"{shown(text)} has {len(text):,} characters"
        return [Problem(where, got, f"an expression of at most {_MOST_SIGNS:,}")]
    try:
        return _checked(text, kinds, where, numerals, is_text)
    except RecursionError:
        return [Problem(where, "the expression is nested too deeply", "fewer parentheses and terms")]


def shown(text: str) -> str:
    """Write an expression for a message, a long one in short."""
    return repr(text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…")


def identifier(column: str) -> str:
    """Write a column's name as an expression: in quotes where it would be read as something else."""
    tree = _parse(column, "")
    is_name = isinstance(tree, exp.Column) and not tree.table and tree.name == column
    return column if is_name else quoted(column)


def _unquoted(text: str, kinds: Iterable[str]) -> list[str]:
    """Find the columns in a refused text that only quotes make a name, such as use or unit price."""
    outside = re.sub(r"'[^']*'|\"[^\"]*\"", " ", text)
    named = (name for name in kinds if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", outside, re.IGNORECASE))
    return [name for name in named if identifier(name) != name]


def _advised(problem: Problem, names: list[str]) -> Problem:
    """Advise quotes for names, with those YAML takes away unless they stand in others."""
    if not names:
        return problem
    listed = ", ".join(map(quoted, names))
    in_yaml = quoted(names[0]).replace("'", "''")
    next_step = f"put the column's name in double quotes: {listed} (in YAML '{in_yaml}')"
    return dataclasses.replace(problem, next_step=next_step)


def written(expression: Expression, dialect: Dialect, *, where: str) -> str:
    """Write a checked expression as an engine's SQL and check that text again, as the engine will read it.

    Raises
    ------
    DataError
        If the SQL is anything but one allowed expression.
    """
    try:
        sql = to_sql(expression.tree, dialect)
        trees = sqlglot.parse(sql, dialect=dialect)
        is_allowed = len(trees) == 1 and trees[0] is not None and not any(map(_refused, trees[0].walk()))
    except (SqlglotError, RecursionError):
        is_allowed = False
    if not is_allowed:
        got = f"{shown(expression.text)} cannot be put to {dialect} as one expression"
        raise DataError(Problem(where, got, next_step="write it in a simpler way"))
    return sql


def _checked(
    text: str, kinds: Mapping[str, ValueKind], where: str, numerals: Numerals, is_text: bool
) -> Expression | list[Problem]:
    tree = _parse(text, where)
    if isinstance(tree, Problem):
        return [_advised(tree, _unquoted(text, kinds))]
    problems = _forbidden(tree, text, where) + _wrong_calls(tree, text, where)
    used: dict[str, None] = {}
    for column in tree.find_all(exp.Column, bfs=False):
        found = match(column.name, kinds)
        if column.table:
            problems.append(Problem(where, f"{column.sql('duckdb')!r} names a table", "a column name alone"))
        elif found is None:
            problems.append(unknown_column(column.name, kinds, where))
        else:
            used[found] = None
            column.set("this", exp.to_identifier(found, quoted=True))
    if problems:
        # words such as `in` were read as what they are: they are no cause, unless they are what is refused
        refused = {word for problem in problems for word in problem.got.partition(" is not")[0].split()}
        refused.add(text.split()[0])
        names = [name for name in _unquoted(text, kinds) if not name.isidentifier() or name in refused]
        return [_advised(problem, names) for problem in problems]
    tree = rewrite(tree, kinds, numerals, is_text=is_text)
    if unclear_order(tree, kinds) is not None:
        got = f"{shown(text)} puts texts in order, where 9 comes after 10"
        return [
            Problem(where, got, "numbers or days", "state cast(… as double) or strptime(…) on either side")
        ]
    return Expression(text, tree, tuple(used))


def match(name: str, columns: Iterable[str]) -> str | None:
    """Find the column a name means: exactly, else whatever the case and the way Korean is composed."""
    known = list(columns)
    if name in known:
        return name
    wanted = _folded(name)
    folded = [column for column in known if _folded(column) == wanted]
    return folded[0] if len(folded) == 1 else None


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()  # macOS writes a Korean syllable as its letters


def unknown_column(name: str, columns: Iterable[str], where: str) -> Problem:
    """Say that a column does not exist, which ones do, and which is nearest."""
    known = list(columns)
    told = ", ".join(known[:_MOST_COLUMNS_TOLD])
    more = len(known) - _MOST_COLUMNS_TOLD
    told += f" and {more} more" if more > 0 else ""
    is_unsplit = len(known) == 1 and any(mark in known[0] for mark in ",;\t|")
    next_step = "state the `delimiter`" if is_unsplit else nearest(name, known)
    return Problem(where, f"there is no column {name!r}", f"one of: {told}", next_step)


def _parse(text: str, where: str) -> exp.Expr | Problem:
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except SqlglotError as error:
        return Problem(where, f"{shown(text)} cannot be read as an expression: {_position(error)}")
    if len(trees) != 1 or trees[0] is None:
        return Problem(where, f"{shown(text)} is not one expression", "one expression without a semicolon")
    if isinstance(trees[0], exp.Alias):
        next_step = 'put names with blanks in double quotes, such as "unit price"'
        return Problem(where, f"{shown(text)} holds two names side by side", "one expression", next_step)
    return trees[0]


def _position(error: SqlglotError) -> str:
    details = getattr(error, "errors", None) or [{}]
    first = details[0]
    if not first.get("col"):
        return str(error).splitlines()[0]
    description = str(first.get("description", "")).split(" for <class")[0].split(" but got <")[0]
    near = first.get("highlight") or "the end"
    return f"{description} at character {first['col']}, near {near!r}"


def _wrong_calls(tree: exp.Expr, text: str, where: str) -> list[Problem]:
    """Tell calls of our own functions with other than one column or value."""
    calls = [node for node in tree.walk() if excel_dates.is_call(node) and len(node.expressions) != 1]
    return [Problem(where, f"{shown(text)} cannot be read", f"{call.name}(column)") for call in calls]


def _forbidden(tree: exp.Expr, text: str, where: str) -> list[Problem]:
    """Tell the first kind of node that is not on the allow list."""
    refused = next((name for name in map(_refused, tree.walk()) if name), "")
    if not refused:
        return []
    expected = (
        "one expression over a row's own columns: arithmetic, comparisons, CASE, casts, "
        "text, number and date functions"
    )
    return [Problem(where, f"{refused} is not allowed in {shown(text)}", expected)]


def _refused(node: exp.Expr) -> str:
    """Name what is refused about a node; empty where it is allowed."""
    if isinstance(node, exp.Anonymous):
        name = str(node.name).lower()
        return "" if name in _ALLOWED_FUNCTIONS else f"the function {name}"
    if isinstance(node, exp.DataType):
        return "" if _is_plain_type(node) else "a type other than text, number, date, time or boolean"
    if isinstance(node, exp.Var) and not node.name.isidentifier():
        return f"the word {node.name!r}"
    if type(node) in _ALLOWED:
        return ""
    if isinstance(node, (exp.Query, exp.Subquery)):
        return "a query"
    if isinstance(node, exp.Func):
        return f"the function {node.sql_name().lower()}"
    return type(node).__name__.lower()


def _is_plain_type(node: exp.DataType) -> bool:
    """Whether a type is one of ours; others, such as a user's own, carry text that would reach the engine."""
    sizes = [size.this if isinstance(size, exp.DataTypeParam) else size for size in node.expressions]
    are_whole = all(isinstance(size, exp.Literal) and size.is_int for size in sizes)
    has_more = any(value for name, value in node.args.items() if name not in ("this", "expressions"))
    return node.this in _ALLOWED_TYPES and are_whole and not has_more
