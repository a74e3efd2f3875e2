"""One question for one client, as a notebook works with it: its data, its words, what it found."""

from __future__ import annotations

import math
import os
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from cerm_nb import artifacts, cards, palette, params, project, sources
from cerm_nb.cards import Shown
from cerm_nb.errors import DataError, Problem
from cerm_nb.figures import Words
from cerm_nb.findings import Finding, to_json
from cerm_nb.messages import Messages
from cerm_nb.stats import suppress
from cerm_nb.tables import Table, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    import pandas as pd

Own = TypeVar("Own", bound=BaseModel)


class Answer(Protocol):
    """What an analysis's answer has: an estimate with its interval, n, a verdict with its reason, caveats."""

    value: float
    low: float
    high: float
    n: int
    verdict: str
    reason: str
    caveats: Sequence[tuple[str, Mapping[str, object]]]


class Run(Generic[Own]):
    """One question for one client: its parameters, its data, its words, and what it found.

    Parameters
    ----------
    name
        The notebook's file name without its ending.
    common
        The client's shared parameters.
    own
        The question's own parameters.
    here
        The project.
    """

    def __init__(self, name: str, common: params.CommonParams, own: Own, here: project.Project) -> None:
        self.name = name
        self.common = common
        self.own = own
        self.messages = Messages(common.lang, common.currency)
        self._project = here
        self._question = name.partition("_")[2]
        self._sources: dict[str, sources.Provenance] = {}
        self._tables: dict[str, pd.DataFrame] = {}
        self._findings: list[Finding] = []

    def __repr__(self) -> str:
        return f"{self.name} for {self.common.client}, as of {self.common.as_of}"

    @cached_property
    def as_of(self) -> date:
        """The last day the analysis may see."""
        return date.fromisoformat(self.common.as_of)

    # Data --------------------------------------------------------------------------------------------------

    def load(self, table: str) -> sources.Loaded:
        """Open one of the client's own tables, checked, as an expression that is computed where the data is.

        Raises
        ------
        DataError
            With every problem of the table.
        """
        label = f"params/{self.common.client}.yml → data.{table}"
        if table not in self.common.data:
            raise DataError(Problem(label, "is not there", next_step="say where the table comes from"))
        loaded = sources.open_table(table, self.common.data[table], self._project.root, label=label)
        self._sources[table] = loaded.provenance
        return loaded

    def purchases(self, holdout_weeks: int) -> sources.PurchaseHistory:
        """Summarise the client's transactions by customer, in the engine that holds them.

        Raises
        ------
        DataError
            When the table is wrong, or begins after ``as_of``.
        """
        return sources.purchase_history(self.load("transactions"), self.as_of, holdout_weeks)

    def published(self, address: str) -> pd.DataFrame:
        """Read a table that another notebook published for this client and day, such as ``value.customers``.

        Raises
        ------
        OutputError
            When it is not there; the notebook that gives it has to run first.
        """
        question, _, table = address.partition(".")
        folder = self._project.results(self.common.client, self.common.as_of)
        numbered = sorted(folder.glob(f"[0-9]*_{question}"))
        return artifacts.read_table(numbered[0] if numbered else folder / question, table)

    # Words -------------------------------------------------------------------------------------------------

    def text(self, key: str, **values: object) -> str:
        """Word one of this question's messages."""
        return self.messages(f"{self._question}.{key}", **values)

    def say(self, key: str, **values: object) -> Shown:
        """Show one of this question's messages as a paragraph."""
        return cards.paragraph(self.text(key, **values))

    def why(self, reason: str, **values: object) -> str:
        """Word the reason why the data cannot bear something; empty where it can."""
        return self.messages(f"not_enough.{reason}", **values) if reason else ""

    def caveats(self, found: Iterable[tuple[str, Mapping[str, object]]]) -> list[str]:
        """Word the caveats an analysis generated; a reason among their values is worded as ``why``."""
        return [
            self.text(f"caveat.{key}", **values, why=self.why(str(values.get("reason", ""))))
            for key, values in found
        ]

    def words(self, key: str, found: object = None, **values: object) -> Words:
        """Word a figure or table: its title, subtitle, description, note, and all labels.

        Parameters
        ----------
        key
            The message, without the question; it has four parts.
        found
            A dataclass an analysis returned; its fields can be used in the wording.
        **values
            What the wording needs besides.
        """
        known = {**(vars(found) if found is not None else {}), **values}
        parts = {part: self.text(f"{key}.{part}", **known) for part in ("title", "subtitle", "alt", "note")}
        return Words(**parts, labels=self.messages.all_labels())

    def format(self, spec: str) -> Callable[[Any], str]:
        """Give a function that writes numbers as this reader does: ``run.format("percent.1")``."""
        return lambda value: self.messages.format(value, spec)

    def table(self, frame: pd.DataFrame, words: Words, formats: Mapping[str, str]) -> Table:
        """Show a small table: column → format, such as ``{"clv": "compact"}``."""
        return show(
            frame, words=words, formats={column: self.format(spec) for column, spec in formats.items()}
        )

    def unless(self, reason: str, draw: Callable[[], Any]) -> Any:
        """Draw, or say why there is nothing to draw."""
        if reason:
            return cards.paragraph(self.messages("common.unknown", why=self.why(reason)))
        return draw()

    def shown(self, groups: pd.DataFrame, count: str = "customers") -> pd.DataFrame:
        """Blank the numbers of groups smaller than ``min_group``, as no page may speak of so few."""
        return suppress(groups, count, getattr(self.own, "min_group", 1))

    def opened(self) -> Shown:
        """Show what was read: file, rows, days, hash; for JupyterLab, with the style of what follows."""
        read = cards.read_sources(self._sources, self.messages)
        return Shown(read.text, f"<style>{palette.css('notebook')}</style>{read.markup}")

    # Results -----------------------------------------------------------------------------------------------

    def conclude(self, name: str, found: Answer, unit: str, **values: object) -> Shown:
        """Record an answer and show it.

        Parameters
        ----------
        name
            Stable name of the finding.
        found
            The answer of an analysis. It is worded by ``answer``, or by ``answer_unknown`` where the value is
            NaN; ``verdict.<reason>`` says why the verdict is what it is, ``action.<verdict>`` what to do.
        unit
            Unit of the value.
        **values
            What the wording needs besides the answer's own fields.
        """
        known = {**vars(found), **values, "why": self.why(found.reason) if math.isnan(found.value) else ""}
        sentence = self.text("answer_unknown" if math.isnan(found.value) else "answer", **known)
        judged = "" if math.isnan(found.value) else " " + self.text(f"verdict.{found.reason or 'sound'}")
        finding = Finding(
            id=name,
            question=self.text("question"),
            verdict=found.verdict,
            answer=sentence + judged,
            value=found.value,
            low=found.low,
            high=found.high,
            n=found.n,
            unit=unit,
            caveats=self.caveats(found.caveats),
            action=self.text(f"action.{found.verdict}"),
            owner=self.text("owner"),
        )
        self._findings.append(finding)
        return cards.answer(finding, self.messages)

    def show_caveats(self) -> Shown:
        """Show what the reader must know before using the answers."""
        found = [caveat for finding in self._findings for caveat in finding.caveats]
        return cards.bullets(found) if found else cards.paragraph(self.messages("common.no_caveats"))

    def show_actions(self) -> Shown:
        """Show what to do next, and who does it."""
        return cards.bullets(f"{finding.action} ({finding.owner})" for finding in self._findings)

    def publish(self, **tables: pd.DataFrame) -> None:
        """Record tables for other notebooks and for whoever takes the results further."""
        self._tables |= tables

    def save(self) -> Shown:
        """Write findings and published tables.

        In a batch they go where the batch collects them; by hand they replace this notebook's earlier result
        under ``out/`` once they are whole.

        Raises
        ------
        OutputError
            When the folder cannot be written.
        """
        staged = os.environ.get(project.STAGE_VARIABLE)
        if staged:
            self._write(Path(staged))
        else:
            target = self._project.results(self.common.client, self.common.as_of) / self.name
            with artifacts.staged(target) as folder:
                self._write(folder)
        told = self.messages(
            "common.saved", tables=", ".join(sorted(self._tables)), findings=len(self._findings)
        )
        return cards.paragraph(told)

    def _write(self, folder: Path) -> None:
        (folder / "findings.json").write_text(to_json(self._findings), encoding="utf-8")
        for name, frame in sorted(self._tables.items()):
            artifacts.write_table(frame, folder, name)
