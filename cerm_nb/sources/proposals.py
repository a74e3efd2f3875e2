"""Which unused columns of a source could fill what is not filled yet: by their names and their values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlglot import exp

from cerm_nb import schemas
from cerm_nb.errors import DataError
from cerm_nb.sources.cells import to_sql
from cerm_nb.sources.checks import Rows, count
from cerm_nb.sources.engine import engine_errors, literal
from cerm_nb.sources.expressions import Expression, identifier, read
from cerm_nb.sources.items import lengthen
from cerm_nb.sources.mapping import make
from cerm_nb.sources.opening import open_reader
from cerm_nb.sources.synonyms import is_known_elsewhere, is_quantity, is_unit_price, plain, synonyms

if TYPE_CHECKING:
    from pathlib import Path

    from cerm_nb.schemas import ColumnMeaning
    from cerm_nb.sources.readers import Reader
    from cerm_nb.sources.spec import TableSpec

_SAMPLE = 1_000
_MOST_COLUMNS = 300
_MOSTLY = 0.9  # of the filled cells must fit; the rest is for `cerm check` to complain about
_DAY_FORMATS = (
    *("%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y"),
    *("%d.%m.%Y %H:%M", "%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"),
    *("%y-%m-%d", "%y.%m.%d", "%y/%m/%d", "%y%m%d", "%d.%m.%y", "%d/%m/%y", "%m/%d/%y"),
    *("%d %b %Y", "%d-%b-%Y", "%b %d, %Y", "%Y%m%d%H%M%S", "%Y%m%d%H%M", "%Y%m%d %H:%M:%S"),
)
# the sign of a currency alone, at the ends: no other sign may go, for it may change what the number says
_WITHOUT_SIGN = r"regexp_replace({}, '(^\s*[₩$€£¥])|(\s*(원|KRW|USD|EUR)\s*$)', '', 'g')"
_MARKS: tuple[dict[str, str], ...] = (  # keys of the entry under which numbers are tried
    {},
    *({"thousands": ","}, {"thousands": ".", "decimal": ","}, {"decimal": ","}),
    *({"thousands": " "}, {"thousands": " ", "decimal": ","}, {"thousands": "'"}),
)
_TEXT_FORMS = {
    "email": r"[^@\s]+@[^@\s]+[.][^@\s]+",
    "phone": r"(\+?\d{1,3}[-. )]*)?[(]?0?\d{1,4}[-. )]+\d{3,4}[-. ]+\d{4}|01\d{8,9}",
}
_SERIAL = r"[1-7]\d{4}([.]\d+)?"


@dataclass(frozen=True)
class Proposal:
    """One canonical column and what could fill it.

    Parameters
    ----------
    column
        The canonical column.
    expression
        Over the source's columns, ready for the params.
    meaning
        What the canonical column holds.
    doubt
        What to look at before it is taken over; empty where the values fit.
    """

    column: str
    expression: str
    meaning: str
    doubt: str = ""

    @property
    def goes_without_saying(self) -> bool:
        """Whether it is what is done with a column of that name anyway."""
        return self.expression.strip('"').casefold() == self.column


def propose(table: str, spec: TableSpec, root: Path, *, label: str, afresh: bool = False) -> list[Proposal]:
    """Propose expressions for the canonical columns that nothing fills yet, required ones first.

    Parameters
    ----------
    table
        Canonical name of the table.
    spec
        The entry, with the columns that are mapped already.
    root
        The project's folder, at which relative paths start.
    label
        How errors name the place.
    afresh
        Whether to propose also what goes without saying.

    Raises
    ------
    DataError
        When the source cannot be opened, or has not the items that are stated.
    """
    wide, _ = open_reader(spec, root, label=label)
    reader, problems = lengthen(wide, spec, label=label)
    if problems:
        raise DataError(problems)
    free = _unused(spec, reader)[:_MOST_COLUMNS]
    wanted = [meaning for meaning in schemas.describe(table) if meaning.name not in spec.columns]
    if not free or not wanted:
        return []
    wanted.sort(key=lambda meaning: not meaning.required)
    with engine_errors(label, "the rows cannot be read"):
        reader.load(free, _SAMPLE)
        found = _Matcher(table, spec, reader, free).proposals(wanted)
    return [proposal for proposal in found if afresh or not proposal.goes_without_saying]


@dataclass
class _Matcher:
    """Finds columns for meanings; each column is taken once."""

    table: str
    spec: TableSpec
    reader: Reader
    free: list[str]

    def proposals(self, wanted: list[ColumnMeaning]) -> list[Proposal]:
        """Go by the names first, and for what is left by what the values look like."""
        by_name = [part for meaning in wanted if (part := self._by_name(meaning))]
        done = {proposal.column for proposal in by_name}
        left = [meaning for meaning in wanted if meaning.name not in done]
        by_value = [part for meaning in left if (part := self._by_value(meaning))]
        found = [*by_name, *by_value, *self._last_resort(wanted, by_name)]
        order = [meaning.name for meaning in wanted]
        return sorted(found, key=lambda proposal: order.index(proposal.column))

    def _last_resort(self, wanted: list[ColumnMeaning], found: list[Proposal]) -> list[Proposal]:
        """Take the customer number for a record's own, where rows have none."""
        named = {proposal.column: proposal.expression for proposal in found} | self.spec.columns
        customer = named.get("customer_id")
        return [
            Proposal(meaning.name, customer, meaning.meaning, "the customer number, where no row has its own")
            for meaning in wanted
            if meaning.name == "record_id" and customer and meaning.name not in named
        ]

    def _by_name(self, meaning: ColumnMeaning) -> Proposal | None:
        named: dict[str, str] = {}
        for column in self.free:
            named.setdefault(plain(column), column)
        columns = [named[name] for name in synonyms(self.table, meaning.name) if name in named]
        for column in columns:
            expression, doubt = self._expression(meaning, column)
            product = self._product(meaning, column, expression, doubt)
            if product:
                return product
            if expression:
                return self._taken(meaning, column, expression, doubt)
        if not columns or not meaning.required:
            return None
        doubt = f"its values do not look like a {meaning.kind}"
        return self._taken(meaning, columns[0], identifier(columns[0]), doubt)

    def _product(self, meaning: ColumnMeaning, price: str, expression: str, doubt: str) -> Proposal | None:
        """Multiply a price by the quantity beside it; None where it is no price of one piece."""
        quantity = next((column for column in self.free if is_quantity(column)), None)
        if not expression or quantity is None or meaning.name != "amount" or not is_unit_price(price):
            return None
        product = f"{identifier(quantity)} * {expression}"
        if not self._reads(meaning, product, self._marks(meaning, expression)):
            return None
        self.free.remove(quantity)
        return self._taken(
            meaning, price, product, "; ".join(filter(None, [doubt, "if the price is that of one piece"]))
        )

    def _marks(self, meaning: ColumnMeaning, expression: str) -> dict[str, str] | None:
        """Find the keys of the entry under which an expression's numbers are read."""
        tried = _MARKS if self.spec.numerals.are_plain else ({},)
        return next((keys for keys in tried if self._reads(meaning, expression, keys)), None)

    def _by_value(self, meaning: ColumnMeaning) -> Proposal | None:
        """Take the only column whose values can be nothing else; a number may be anything."""
        form = _TEXT_FORMS.get(meaning.name)
        free = [column for column in self.free if not is_known_elsewhere(column, meaning.name)]
        alone = "by its values alone"
        if form:
            fitting = [
                (column, identifier(column), alone) for column in free if self._looks_like(column, form)
            ]
        elif meaning.kind == "date" and meaning.required:
            found = [
                (column, expression, f"{alone}; {doubt}" if doubt else alone)
                for column in free
                if not self._looks_like(column, _SERIAL)
                for expression, doubt in [self._expression(meaning, column)]
            ]
            fitting = [(column, expression, doubt) for column, expression, doubt in found if expression]
        else:
            return None
        return self._taken(meaning, *fitting[0]) if len(fitting) == 1 else None

    def _taken(self, meaning: ColumnMeaning, column: str, expression: str, doubt: str) -> Proposal:
        self.free.remove(column)
        return Proposal(meaning.name, expression, meaning.meaning, doubt)

    def _expression(self, meaning: ColumnMeaning, column: str) -> tuple[str, str]:
        """Write what makes the column's values canonical, and what is doubtful; empty where nothing does."""
        name = identifier(column)
        if meaning.kind == "number":
            return self._number(meaning, column)
        if meaning.kind == "text" or self._reads(meaning, name):
            return name, ""
        if self._looks_like(column, _SERIAL):
            return f"excel_date({name})", ""
        parsed = (f"strptime({name}, {literal(part)})" for part in _DAY_FORMATS)
        fitting = [text for text in parsed if self._reads(meaning, text)]
        mixed = "days, months and years" if any("%y" in text for text in fitting) else "days and months"
        others = " or ".join(fitting[1:])
        return (fitting[0] if fitting else ""), others and f"or {others}: {mixed} cannot be told apart"

    def _number(self, meaning: ColumnMeaning, column: str) -> tuple[str, str]:
        """Write what reads a column's numbers; the entry's marks that it needs are told as a doubt."""
        name = identifier(column)
        for expression in (name, _WITHOUT_SIGN.format(name)):
            keys = self._marks(meaning, expression)
            if keys is not None:
                told = " and ".join(f'{key}: "{mark}"' for key, mark in keys.items())
                doubts = [f"with {told} in the entry"] if told else []
                if expression != name:
                    doubts.append("the sign of the currency goes")
                decimal = keys.get("decimal") or self.spec.numerals.decimal
                if self._are_thousandths(column, decimal):
                    doubts.append(f"three digits after every {decimal!r}: it may stand between thousands")
                return expression, "; ".join(doubts)
        return "", ""

    def _are_thousandths(self, column: str, decimal: str) -> bool:
        """Whether the decimals of a text column all have three digits."""
        if self.reader.kinds[column] != "text":
            return False
        has_none, has_three = rf"[^{decimal}]*", rf".*[{decimal}]\d{{3}}\D*"
        return self._looks_like(column, f"{has_none}|{has_three}") and not self._looks_like(column, has_none)

    def _reads(self, meaning: ColumnMeaning, expression: str, keys: dict[str, str] | None = None) -> bool:
        """Whether an expression reads nearly all filled cells; true of a column without any."""
        free = {"columns": {meaning.name: expression}, "where": None, "scale": {}, "missing": {}}
        tried = self.spec.model_copy(update={**free, **(keys or {})})
        mapping = make(tried, [meaning], self.reader, label="")
        if mapping.problems:
            return False
        counts = count(Rows(self.reader), mapping.cells)
        filled = counts.read - counts.empty[meaning.name]
        return counts.unreadable[meaning.name] <= (1 - _MOSTLY) * filled

    def _looks_like(self, column: str, form: str) -> bool:
        text = exp.cast(exp.column(column, quoted=True), "TEXT")
        like = exp.RegexpLike(this=text, expression=exp.Literal.string(rf"^\s*({form})\s*$"))
        fits, filled_text = (to_sql(tree, self.reader.dialect) for tree in (like, text.copy()))
        rows = self.reader.ask(
            f"SELECT count(CASE WHEN {fits} THEN 1 END), count(nullif(trim({filled_text}), '')) "  # noqa: S608  # quoted
            f"FROM {self.reader.relation}"
        )
        fitting, filled = rows[0]
        return bool(filled) and fitting >= _MOSTLY * filled


def _unused(spec: TableSpec, reader: Reader) -> list[str]:
    """List the source's columns that no expression uses."""
    texts = [*spec.columns.values(), *([spec.where] if spec.where else [])]
    found = (read(text, reader.kinds, where="") for text in texts)
    used = {column for part in found if isinstance(part, Expression) for column in part.columns}
    return [column for column in reader.kinds if column not in used]


def proposals_or_none(table: str, spec: TableSpec, root: Path, *, label: str) -> list[Proposal]:
    """Propose as `propose` does, and nothing where the source cannot be read: that is told elsewhere."""
    try:
        return propose(table, spec, root, label=label)
    except DataError:
        return []
