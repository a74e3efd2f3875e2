"""What a notebook shows besides figures and tables: paragraphs, lists, the answer, the sources read."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cerm_nb.findings import Finding
    from cerm_nb.messages import Messages
    from cerm_nb.sources import Provenance

_DATED_AHEAD = frozenset({"indicators"})  # tables whose days are those of targets, not of data
_SHORT_HASH = 12
_MOST_LISTED = 6
# JupyterLab would read what stands between two dollar signs as mathematics.
_PLAIN = "mathjax_ignore"


@dataclass(frozen=True)
class Shown:
    """Something with a text for terminals and nbval and a markup for readers.

    Parameters
    ----------
    text
        Plain text; also the repr, so that a strict comparison of notebook outputs reads what a reader reads.
    markup
        HTML in which every text from outside has been escaped.
    """

    text: str
    markup: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return self.markup


def paragraph(text: str) -> Shown:
    """Show a paragraph."""
    return Shown(text, f'<p class="cerm-prose {_PLAIN}">{escape(text)}</p>')


def bullets(texts: Iterable[str]) -> Shown:
    """Show a list."""
    entries = list(texts)
    items = "".join(f"<li>{escape(entry)}</li>" for entry in entries)
    return Shown(
        "\n".join(f"- {entry}" for entry in entries), f'<ul class="cerm-prose {_PLAIN}">{items}</ul>'
    )


def answer(finding: Finding, messages: Messages) -> Shown:
    """Show an answer with its verdict, interval and n; a page draws its own from the findings."""
    verdict = messages(f"verdict.{finding.verdict}")
    low, high = (messages.quantity(end, finding.unit) for end in (finding.low, finding.high))
    basis = messages("common.basis", low=low, high=high, basis=finding.basis)
    markup = (
        f'<div class="cerm-answer is-{finding.verdict} {_PLAIN}">'
        f"<strong>{escape(verdict)}</strong> {escape(finding.answer)}"
        f"<br><small>{escape(basis)}</small></div>"
    )
    return Shown(f"{verdict}: {finding.answer} ({basis})", markup)


def read_sources(provenance: Mapping[str, Provenance], messages: Messages) -> Shown:
    """Show which files or tables were read, how many rows, and the beginning of each file's hash.

    Many of them are told in one sentence, with the list behind it.
    """
    listed = bullets(
        messages(
            "common.source" if read.first_day and table not in _DATED_AHEAD else "common.source_undated",
            table=messages.label(table),
            path=source.get("path") or f"{source.get('url')} {source.get('table')}",
            read=read.rows_read,
            kept=read.rows_kept,
            first=read.first_day,
            last=read.last_day,
            hash=str(source.get("sha256", ""))[:_SHORT_HASH] or "–",
        )
        for table, read in provenance.items()
        for source in read.sources
    )
    if len(provenance) <= _MOST_LISTED:
        return listed
    rows = sum(read.rows_kept for read in provenance.values())
    told = messages("common.sources", tables=len(provenance), rows=rows)
    markup = f'<details class="{_PLAIN}"><summary>{escape(told)}</summary>{listed.markup}</details>'
    return Shown(f"{told}\n{listed.text}", markup)
