"""Tables that a reader can take in at a glance: few rows, units in the headers, numbers under one another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pandas as pd
from great_tables import GT

from cerm_nb.figures import Sparkline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cerm_nb.words import Words

    Format = Callable[[Any], str]

MISSING = "–"
# An interval is read as one: no line ends after its bracket, or after the sign of its first number.
_INTERVAL, _UNBROKEN = re.compile(r"\[[^\[\]]+, [^\[\]]+\]"), r'<span class="cerm-unbroken">\g<0></span>'
_KEPT = frozenset({"table", "thead", "tbody", "tr", "th", "td"})


@dataclass(frozen=True, repr=False)
class Table:
    """A table with its words; frozen, the same for the same inputs.

    Parameters
    ----------
    markup
        The ``<table>`` with its caption, every text escaped.
    words
        Title, subtitle, note and labels.
    """

    markup: str
    words: Words

    def __repr__(self) -> str:
        return f"Table: {self.words.title}"

    @property
    def html(self) -> str:
        """The table as an HTML fragment, in a box of its own that scrolls where the screen is narrow."""
        note = f'<p class="cerm-note">{escape(self.words.note)}</p>' if self.words.note else ""
        box = f'<div class="cerm-scroll" tabindex="0">{self.markup}</div>'
        return f'<div class="cerm-table mathjax_ignore">{box}{note}</div>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}


def show(
    frame: pd.DataFrame,
    *,
    words: Words,
    formats: Mapping[str, Format] | None = None,
    numbers: Sequence[str] = (),
    highlight_row: int | None = None,
    max_rows: int = 12,
) -> Table:
    """Lay out a small table by great_tables.

    Parameters
    ----------
    frame
        What is shown, in this order; the first column names the rows when it holds texts. A cell that holds a
        `figures.Sparkline` is drawn.
    words
        Title and subtitle (the caption) and note; labels give the headers with their units, and the readers'
        names of the texts in the cells.
    formats
        Column → how its values are written; a number without a format is written in full.
    numbers
        Columns of numbers already written as texts.
    highlight_row
        Position of a row to bring out, from 0.
    max_rows
        The most rows a reader is shown.

    Returns
    -------
    Table

    Raises
    ------
    ValueError
        For more rows than `max_rows`, no rows, or a highlighted row or a format that the frame does not have.
    """
    formats = formats or {}
    _check(frame, formats, highlight_row, max_rows)
    names = [str(name) for name in frame.columns]
    right = [name in numbers or _holds_numbers(frame[name]) for name in frame.columns]
    written = pd.DataFrame(
        {
            name: [_write(name, value, formats.get(name), words) for value in frame[column]]
            for name, column in zip(names, frame.columns, strict=True)
        }
    )
    numeric = [name for name, is_number in zip(names, right, strict=True) if is_number]
    texts = [name for name in names if name not in numeric]
    labels: dict[str, Any] = {name: words.label(name) for name in names}
    table = GT(written, id="cerm").cols_label(labels)
    table = table.cols_align("left", columns=texts) if texts else table
    table = table.cols_align("right", columns=numeric) if numeric else table
    drawings = {
        (row, column): cell.svg
        for column, name in enumerate(frame.columns, start=1)
        for row, cell in enumerate(frame[name])
        if isinstance(cell, Sparkline)
    }
    plain = _Plain(caption(words), highlight_row, drawings, row_names=not right[0])
    plain.feed(table.as_raw_html())
    return Table("".join(plain.parts), words)


def caption(words: Words) -> str:
    """Write title and subtitle as a table's caption."""
    return (
        f'<caption><span class="cerm-title">{escape(words.title)}</span>'
        f'<span class="cerm-subtitle">{escape(words.subtitle)}</span></caption>'
    )


class _Plain(HTMLParser):
    """great_tables' markup without its ids, styles and classes: ours say what matters."""

    def __init__(
        self,
        caption: str,
        highlight_row: int | None,
        drawings: Mapping[tuple[int, int], str],
        *,
        row_names: bool,
    ) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._caption = caption
        self._highlight, self._row_names = highlight_row, row_names
        self._drawings = drawings
        self._row, self._cell, self._open = -1, 0, False
        self._body = False
        self._names_row = False

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in _KEPT:
            return
        self._body = self._body or tag == "tbody"
        if tag == "tr" and self._body:
            self._row, self._cell = self._row + 1, 0
        self._open = tag in {"th", "td"}
        if self._open:
            self.parts.append(self._cell_start(tag, dict(attributes)))
            self.parts.append(self._drawings.get((self._row, self._cell), ""))
        else:
            lit = tag == "tr" and self._body and self._row == self._highlight
            self.parts.append(f'<{tag} class="cerm-highlight">' if lit else f"<{tag}>")
        if tag == "table":
            self.parts.append(self._caption)

    def _cell_start(self, tag: str, given: dict[str, str | None]) -> str:
        number = ' class="cerm-number"' if "gt_right" in (given.get("class") or "").split() else ""
        self._cell += 1
        self._names_row = self._body and self._row_names and self._cell == 1
        if self._names_row:
            return f'<th scope="row"{number}>'
        return f'<th{number} scope="col">' if tag == "th" else f"<td{number}>"

    def handle_data(self, data: str) -> None:
        if self._open and (self._row, self._cell) not in self._drawings:
            self.parts.append(_INTERVAL.sub(_UNBROKEN, escape(data)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _KEPT:
            return
        named = tag == "td" and self._names_row
        self._open = False
        self.parts.append("</th>" if named else f"</{tag}>")


def _check(
    frame: pd.DataFrame, formats: Mapping[str, Format], highlight_row: int | None, max_rows: int
) -> None:
    if len(frame) > max_rows:
        raise ValueError(
            f"{len(frame)} rows are more than a reader takes in ({max_rows}); aggregate the rest"
        )
    if frame.empty:
        raise ValueError("the table has no rows")
    if highlight_row is not None and not 0 <= highlight_row < len(frame):
        raise ValueError(f"row {highlight_row} to highlight is not one of {len(frame)}")
    unknown = sorted(set(formats) - {str(name) for name in frame.columns})
    if unknown:
        raise ValueError(f"formats {unknown} are not columns of the table: {list(frame.columns)}")


def _holds_numbers(values: pd.Series[Any]) -> bool:
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def _write(column: str, value: Any, write: Format | None, words: Words) -> str:
    if isinstance(value, Sparkline):
        return value.alt
    if pd.isna(value):
        return MISSING
    if write is not None:
        return write(value)
    if isinstance(value, str) or not hasattr(value, "__float__") or isinstance(value, bool):
        return words.called(column, value)
    return f"{value:,.10g}"
