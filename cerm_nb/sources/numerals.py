"""How a source writes numbers: which mark stands before decimals, and which between groups of thousands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlglot import exp

Decimal = Literal[".", ","]
Thousands = Literal[",", ".", " ", "'"]

_DONE = "is_plain_number"
# exports put these for a blank and an apostrophe, so that a number never breaks over two lines
_ALSO_WRITTEN = {" ": ("\u00a0", "\u202f"), "'": ("\u2019",)}


@dataclass(frozen=True)
class Numerals:
    """The marks of a source's numbers.

    Parameters
    ----------
    decimal
        Before the decimals.
    thousands
        Between groups of three digits; empty where numbers are not grouped.
    """

    decimal: str = "."
    thousands: str = ""

    @property
    def are_plain(self) -> bool:
        """Whether the engine reads such numbers by itself."""
        return self.decimal == "." and not self.thousands

    def plain(self, text: exp.Expr) -> exp.Expr:
        """Make an expression that gives a text's number as the engine writes it, NULL for any other text.

        Groups must be whole: with a point between thousands, 1.234 is a thousand and 1.23 is refused.
        """
        if self.are_plain or text.meta.get(_DONE):
            return text
        cleaned = text.copy()
        for mark in self._marks():
            cleaned = _replaced(cleaned, mark, "")
        if self.decimal != ".":
            cleaned = _replaced(cleaned, self.decimal, ".")
        is_number = exp.RegexpLike(this=text.copy(), expression=exp.Literal.string(self._pattern()))
        case = exp.Case(ifs=[exp.If(this=is_number, true=cleaned)])
        case.meta[_DONE] = True  # what is plain must not be read by the marks again
        return case

    def castable(self, text: exp.Expr) -> exp.Expr:
        """Make an expression whose cast reads a text's number by the marks, and none where a mark is another.

        DuckDB alone would read 1_000.
        """
        if not self.are_plain or text.meta.get(_DONE):
            return self.plain(text)
        guarded = _replaced(text, "_", "?")
        guarded.meta[_DONE] = True
        return guarded

    def told(self) -> str:
        """Say how numbers are expected to be written."""
        return f"1{self.thousands}234{self.decimal}50"

    def _marks(self) -> tuple[str, ...]:
        return (self.thousands, *_ALSO_WRITTEN.get(self.thousands, ())) if self.thousands else ()

    def _pattern(self) -> str:
        grouped = rf"\d{{1,3}}([{''.join(self._marks())}]\d{{3}})+|" if self.thousands else ""
        decimals = rf"[{self.decimal}]\d"
        return rf"^\s*[-+]?(({grouped}\d+)({decimals}*)?|{decimals}+)([eE][-+]?\d+)?\s*$"


def _replaced(text: exp.Expr, old: str, new: str) -> exp.Expr:
    return exp.Replace(this=text, expression=exp.Literal.string(old), replacement=exp.Literal.string(new))
