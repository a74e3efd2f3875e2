"""Make an expression unfailing: what cannot be read becomes NULL and is counted, never an exception."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import sqlglot
from sqlglot import exp

from cerm_nb.sources.excel_dates import expand
from cerm_nb.sources.numerals import Numerals

if TYPE_CHECKING:
    from collections.abc import Mapping

ValueKind = Literal["text", "number", "whole", "date", "time", "instant", "boolean", "other"]

_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.IntDiv, exp.Pow, exp.Neg)
_OF_A_NUMBER = (exp.Abs, exp.Round, exp.Floor, exp.Ceil, exp.Sign, exp.Sqrt, exp.Ln, exp.Log, exp.Exp)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)
_TEXT = (
    exp.Upper, exp.Lower, exp.Trim, exp.Substring, exp.Left, exp.Right, exp.Replace, exp.Concat,
    exp.ConcatWs, exp.SplitPart, exp.Pad, exp.Reverse, exp.Translate, exp.RegexpExtract, exp.RegexpReplace,
    exp.DPipe, exp.TimeToStr,
)  # fmt: skip
_PLAIN = Numerals()
_TIMES = (exp.StrToTime, exp.TimestampTrunc, exp.UnixToTime, exp.DateFromParts, exp.Date, exp.LastDay)


def rewrite(tree: exp.Expr, kinds: Mapping[str, ValueKind], numerals: Numerals = _PLAIN) -> exp.Expr:
    """Cast text where numbers or dates are meant, and let no cast fail.

    Parameters
    ----------
    tree
        Expression in DuckDB's dialect; changed in place.
    kinds
        Source column → kind of its values.
    numerals
        How texts write numbers.

    Returns
    -------
    sqlglot expression
        Gives NULL where the original would stop the engine.
    """
    tree = expand(tree)
    # innermost first: what is cast is copied, and would be left behind as it was
    for node in reversed(list(tree.find_all(*_ARITHMETIC, *_OF_A_NUMBER))):
        _cast_operands(node, kinds, numerals)
    for node in reversed(list(tree.find_all(*_COMPARISONS))):
        _cast_compared(node, kinds, numerals)
    for node in reversed(list(tree.find_all(exp.Cast))):
        tree = _replaced(tree, node, _unfailing_cast(node, kinds, numerals))
    while (parsed := tree.find(exp.StrToTime)) is not None:
        tree = _replaced(tree, parsed, _unfailing_parse(parsed, kinds))
    return tree


def kind_of(node: exp.Expr | None, kinds: Mapping[str, ValueKind]) -> ValueKind:
    """Kind of an expression's values, as far as its outermost form tells."""
    if isinstance(node, exp.Column):
        return kinds.get(node.name, "other")
    if isinstance(node, exp.Paren):
        return kind_of(node.this, kinds)
    if isinstance(node, (exp.Coalesce, exp.Nullif, exp.Case, exp.If, exp.Greatest, exp.Least)):
        return _kind_of_any(node, kinds)
    if isinstance(node, (exp.Cast, exp.TryCast)):
        return _kind_of_type(node.to)
    return _kind_of_form(node)


def _kind_of_form(node: exp.Expr | None) -> ValueKind:
    if isinstance(node, _TEXT):
        return "text"
    if isinstance(node, _TIMES) or (isinstance(node, exp.Anonymous) and node.name.lower() == "try_strptime"):
        return "time"
    is_number = isinstance(node, exp.Literal) and not node.is_string
    return "number" if is_number or isinstance(node, (*_ARITHMETIC, *_OF_A_NUMBER)) else "other"


def _kind_of_any(node: exp.Expr, kinds: Mapping[str, ValueKind]) -> ValueKind:
    """Kind of a choice between values: text as soon as one of them is."""
    if isinstance(node, exp.Case):
        parts = [branch.args.get("true") for branch in node.args["ifs"]] + [node.args.get("default")]
    elif isinstance(node, exp.If):
        parts = [node.args.get("true"), node.args.get("false")]
    elif isinstance(node, exp.Nullif):
        parts = [node.this]
    else:
        parts = [node.this, *node.expressions]
    found = [kind_of(part, kinds) for part in parts if part is not None]
    return "text" if "text" in found else found[0]


def _kind_of_type(kind: exp.DataType) -> ValueKind:
    if kind.this in exp.DataType.TEXT_TYPES:
        return "text"
    if kind.this in exp.DataType.NUMERIC_TYPES:
        return "number"
    return "time" if kind.this in exp.DataType.TEMPORAL_TYPES else "other"


def _cast_operands(node: exp.Expr, kinds: Mapping[str, ValueKind], numerals: Numerals) -> None:
    operands = [node.args.get("this"), node.args.get("expression")]
    has_interval = any(isinstance(operand, exp.Interval) for operand in operands)
    kind = "TIMESTAMP" if has_interval else "DOUBLE"
    for operand in operands:
        if operand is not None and kind_of(operand, kinds) == "text":
            operand.replace(_tried(operand, kind, numerals))


def _cast_compared(node: exp.Expr, kinds: Mapping[str, ValueKind], numerals: Numerals) -> None:
    """Cast the text side of a comparison with numbers or dates."""
    sides = [side for side in node.iter_expressions() if not isinstance(side, exp.Null)]
    found = {kind_of(side, kinds) for side in sides}
    if found & {"number", "whole"}:
        kind = "DOUBLE"
    elif found & {"date", "time", "instant"}:
        kind = "TIMESTAMP"
    else:
        return
    for side in sides:
        if kind_of(side, kinds) == "text":
            side.replace(_tried(side, kind, numerals))


def _tried(node: exp.Expr, kind: str, numerals: Numerals) -> exp.TryCast:
    value = numerals.plain(node.copy()) if kind == "DOUBLE" else node.copy()
    return exp.TryCast(this=value, to=exp.DataType.build(kind, dialect="duckdb"))


def _unfailing_cast(node: exp.Cast, kinds: Mapping[str, ValueKind], numerals: Numerals) -> exp.Expr:
    is_number_of_text = kind_of(node, kinds) == "number" and kind_of(node.this, kinds) == "text"
    if type(node) is not exp.Cast and not is_number_of_text:
        return node
    value = numerals.plain(node.this) if is_number_of_text else node.this
    return exp.TryCast(this=value, to=node.to)


def _unfailing_parse(node: exp.StrToTime, kinds: Mapping[str, ValueKind]) -> exp.Expr:
    if kind_of(node.this, kinds) in ("whole", "number"):
        node.set("this", exp.cast(node.this, "VARCHAR", dialect="duckdb"))
    return sqlglot.parse_one("TRY_" + node.sql("duckdb"), dialect="duckdb")


def _replaced(tree: exp.Expr, old: exp.Expr, new: exp.Expr) -> exp.Expr:
    """Put a node in the place of another, which may be the root."""
    if old is tree:
        return new
    if old is not new:
        old.replace(new)
    return tree
