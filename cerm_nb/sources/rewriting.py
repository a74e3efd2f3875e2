"""Make an expression unfailing: what cannot be read becomes NULL and is counted, never an exception."""

from __future__ import annotations

import re
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
_CHOICES = (exp.Case, exp.If, exp.Coalesce, exp.Greatest, exp.Least)
_ORDERED = (exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.Greatest, exp.Least)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)
_TEXT = (
    exp.Upper, exp.Lower, exp.Trim, exp.Substring, exp.Left, exp.Right, exp.Replace, exp.Concat,
    exp.ConcatWs, exp.SplitPart, exp.Pad, exp.Reverse, exp.Translate, exp.RegexpExtract, exp.RegexpReplace,
    exp.DPipe, exp.TimeToStr,
)  # fmt: skip
_PLAIN = Numerals()
_LIKE_A_NUMBER = re.compile(r"\s*[-+]?[.,]?\d[\d.,' ]*")
_LAST_SHORT_YEAR = "TIMESTAMP '0999-12-31 23:59:59'"
_TIMES = (exp.StrToTime, exp.TimestampTrunc, exp.UnixToTime, exp.DateFromParts, exp.Date, exp.LastDay)


def rewrite(
    tree: exp.Expr, kinds: Mapping[str, ValueKind], numerals: Numerals = _PLAIN, *, is_text: bool = False
) -> exp.Expr:
    """Cast text where numbers or dates are meant, and let no cast fail.

    Parameters
    ----------
    tree
        Expression in DuckDB's dialect; changed in place.
    kinds
        Source column → kind of its values.
    numerals
        How texts write numbers.
    is_text
        Whether the expression fills a column of texts, whose leading zeros must stay.

    Returns
    -------
    sqlglot expression
        Gives NULL where the original would stop the engine.
    """
    tree = expand(tree)
    # innermost first: what is cast is copied, and would be left behind as it was
    for choice in reversed(list(tree.find_all(*_CHOICES))):
        if not (is_text and _is_value(choice)):
            _cast_branches(choice, kinds, numerals)
    for node in reversed(list(tree.find_all(*_ARITHMETIC, *_OF_A_NUMBER))):
        _cast_operands(node, kinds, numerals)
    for node in reversed(list(tree.find_all(*_COMPARISONS))):
        _cast_compared(node, kinds, numerals)
    for node in reversed(list(tree.find_all(exp.Cast))):
        tree = _replaced(tree, node, _unfailing_cast(node, kinds, numerals))
    while (parsed := tree.find(exp.StrToTime)) is not None:
        tree = _replaced(tree, parsed, _unfailing_parse(parsed, kinds))
    return tree


def unclear_order(tree: exp.Expr, kinds: Mapping[str, ValueKind]) -> exp.Expr | None:
    """Find a rewritten expression's first comparison that would put texts of numbers or days in order.

    As texts, 9 comes after 10.
    """
    return next((node for node in tree.find_all(*_ORDERED) if _orders_texts(node, kinds)), None)


def _orders_texts(node: exp.Expr, kinds: Mapping[str, ValueKind]) -> bool:
    sides = list(node.iter_expressions())
    texts = sum(kind_of(side, kinds) == "text" for side in sides)
    return texts > 1 or (texts == 1 and any(map(_is_quoted_number, sides)))


def _is_quoted_number(node: exp.Expr) -> bool:
    is_text = isinstance(node, exp.Literal) and node.is_string
    return is_text and _LIKE_A_NUMBER.fullmatch(node.name) is not None


def kind_of(node: exp.Expr | None, kinds: Mapping[str, ValueKind]) -> ValueKind:
    """Kind of an expression's values, as far as its outermost form tells."""
    if isinstance(node, exp.Column):
        return kinds.get(node.name, "other")
    if isinstance(node, exp.Paren):
        return kind_of(node.this, kinds)
    if isinstance(node, (*_CHOICES, exp.Nullif)):
        return _kind_of_any(node, kinds)
    if isinstance(node, (exp.Cast, exp.TryCast)):
        return _kind_of_type(node.to)
    return _kind_of_form(node)


def _kind_of_form(node: exp.Expr | None) -> ValueKind:
    if isinstance(node, _TEXT):
        return "text"
    if isinstance(node, _TIMES) or (isinstance(node, exp.Anonymous) and node.name.lower() == "try_strptime"):
        return "time"
    if isinstance(node, (exp.Add, exp.Sub)) and _interval(node):
        return "time"
    is_number = isinstance(node, exp.Literal) and not node.is_string
    return "number" if is_number or isinstance(node, (*_ARITHMETIC, *_OF_A_NUMBER)) else "other"


def _kind_of_any(node: exp.Expr, kinds: Mapping[str, ValueKind]) -> ValueKind:
    """Kind of a choice between values: text as soon as one of them is."""
    found = [kind_of(part, kinds) for part in _branches(node)]
    return "text" if "text" in found else found[0]


def _branches(node: exp.Expr) -> list[exp.Expr]:
    """List the values a choice is made between."""
    if isinstance(node, exp.Case):
        parts = [branch.args.get("true") for branch in node.args["ifs"]] + [node.args.get("default")]
    elif isinstance(node, exp.If):
        parts = [node.args.get("true"), node.args.get("false")]
    elif isinstance(node, exp.Nullif):
        parts = [node.this]
    else:
        parts = [node.this, *node.expressions]
    return [part for part in parts if part is not None]


def _is_value(node: exp.Expr) -> bool:
    """Whether a choice gives the value of the whole expression, and nothing is calculated with it."""
    parent = node.parent
    if isinstance(parent, exp.If):
        return node.arg_key != "this" and _is_value(parent)
    return parent is None or (isinstance(parent, (*_CHOICES, exp.Paren)) and _is_value(parent))


def _interval(node: exp.Expr) -> bool:
    return any(isinstance(side, exp.Interval) for side in node.iter_expressions())


def _kind_of_type(kind: exp.DataType) -> ValueKind:
    if kind.this in exp.DataType.TEXT_TYPES:
        return "text"
    if kind.this in exp.DataType.NUMERIC_TYPES:
        return "number"
    return "time" if kind.this in exp.DataType.TEMPORAL_TYPES else "other"


def _cast_operands(node: exp.Expr, kinds: Mapping[str, ValueKind], numerals: Numerals) -> None:
    operands = [node.args.get("this"), node.args.get("expression")]
    kind = "TIMESTAMP" if _interval(node) else "DOUBLE"
    for operand in operands:
        if operand is not None and kind_of(operand, kinds) == "text":
            operand.replace(_tried(operand, kind, numerals))


def _cast_branches(node: exp.Expr, kinds: Mapping[str, ValueKind], numerals: Numerals) -> None:
    """Cast a choice's texts where another branch is a number: no engine would mix them."""
    found = [(part, kind_of(part, kinds)) for part in _branches(node)]
    if any(kind in ("number", "whole") for _, kind in found):
        for part, kind in found:
            if kind == "text":
                part.replace(_tried(part, "DOUBLE", numerals))


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
    value = numerals.castable(node.copy()) if kind == "DOUBLE" else node.copy()
    return exp.TryCast(this=value, to=exp.DataType.build(kind, dialect="duckdb"))


def _unfailing_cast(node: exp.Cast, kinds: Mapping[str, ValueKind], numerals: Numerals) -> exp.Expr:
    is_number_of_text = kind_of(node, kinds) == "number" and kind_of(node.this, kinds) == "text"
    if type(node) is not exp.Cast and not is_number_of_text:
        return node
    value = numerals.castable(node.this) if is_number_of_text else node.this
    return exp.TryCast(this=value, to=node.to)


def _unfailing_parse(node: exp.StrToTime, kinds: Mapping[str, ValueKind]) -> exp.Expr:
    if kind_of(node.this, kinds) in ("whole", "number"):
        node.set("this", exp.cast(node.this, "VARCHAR", dialect="duckdb"))
    formats = node.args["format"]
    if not isinstance(formats, exp.Array):
        return sqlglot.parse_one("TRY_" + node.sql("duckdb"), dialect="duckdb")
    # %Y takes the 25 of 25-03-04 for a year, so that a later format that fits would never be asked
    text = node.this.sql("duckdb")
    tried = (f"try_strptime({text}, {one.sql('duckdb')})" for one in formats.expressions)
    later = [f"nullif(greatest({one}, {_LAST_SHORT_YEAR}), {_LAST_SHORT_YEAR})" for one in tried]
    return sqlglot.parse_one(f"coalesce({', '.join(later)})" if later else "NULL", dialect="duckdb")


def _replaced(tree: exp.Expr, old: exp.Expr, new: exp.Expr) -> exp.Expr:
    """Put a node in the place of another, which may be the root."""
    if old is tree:
        return new
    if old is not new:
        old.replace(new)
    return tree
