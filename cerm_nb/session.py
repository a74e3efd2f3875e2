"""One question for one client, as a notebook works with it: its data, its words, what it found."""

from __future__ import annotations

import math
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from cerm_nb import artifacts, cards, manifest, palette, params, project
from cerm_nb.cards import Shown
from cerm_nb.client_data import ClientData
from cerm_nb.exhibits import Exhibits
from cerm_nb.findings import Finding, to_json
from cerm_nb.messages import Messages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

Own = TypeVar("Own", bound=BaseModel)
_OWN_FILES = {"findings", "manifest"}


class Answer(Protocol):
    """What an analysis's answer has: an estimate with its interval, n, a verdict with its reason, caveats."""

    value: float
    low: float
    high: float
    n: int
    verdict: str
    reason: str
    caveats: Sequence[tuple[str, Mapping[str, object]]]


class Run(ClientData, Exhibits, Generic[Own]):
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
        self.own = own
        as_of = date.fromisoformat(common.as_of)
        ClientData.__init__(self, common, as_of, here)
        question = name.partition("_")[2]
        messages = Messages(common.lang, common.currency, question)
        Exhibits.__init__(self, question, messages, own, as_of)
        self._started = datetime.now(UTC)
        self._tables: dict[str, pd.DataFrame] = {}
        self._documents: dict[str, Mapping[str, Any]] = {}
        self._findings: list[Finding] = []

    def __repr__(self) -> str:
        return f"{self.name} for {self.common.client}, as of {self.common.as_of}"

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
            Stable name of the finding. Where there are messages ``<name>.answer`` and so on, they word it: a
            question's further answers have their own.
        found
            The answer of an analysis. It is worded by ``answer``, or by ``answer_unknown`` where the value is
            NaN (``answer_unknown_no_revenue`` where there is no revenue to speak of either), by
            ``answer_unjudged`` where the status of nothing could be told, unless
            ``answer.<reason>`` says better what was found;
            ``verdict.<reason>`` says why the verdict is what it is, ``action.<verdict>`` what to do, unless
            ``action.<verdict>.<reason>`` says it better.
        unit
            Unit of the value.
        **values
            What the wording needs besides the answer's own fields.
        """
        about = f"{name}." if self.has(f"{name}.answer") else ""
        unknown = math.isnan(found.value)
        why = self.why(found.reason) if unknown else ""
        sentence = self.text(about + self._answer_key(found), found, why=why, **values)
        ruling = f"{about}verdict.{found.reason or 'sound'}"
        judged = "" if unknown else " " + self.text(ruling, found, **values)
        action = f"{about}action.{found.verdict}"
        special = f"{action}.{found.reason}"
        finding = Finding(
            id=name,
            question=self.text(f"{about}question"),
            verdict=found.verdict,
            answer=sentence + judged,
            value=found.value,
            low=found.low,
            high=found.high,
            n=found.n,
            basis=self.text(f"{about}basis", found),
            unit=unit,
            caveats=self.caveats(found.caveats),
            action=self.text(special if self.has(special) else action, found, **values),
            owner=self.text(f"{about}owner"),
        )
        self._findings.append(finding)
        return cards.answer(finding, self.messages)

    def _answer_key(self, found: Answer) -> str:
        if not math.isnan(found.value):
            special = f"answer.{found.reason}"
            if getattr(found, "judged", 1) == 0 and self.has("answer_unjudged"):
                return "answer_unjudged"
            return special if self.has(special) else "answer"
        without_revenue = math.isnan(getattr(found, "revenue_share", 0.0))
        return "answer_unknown_no_revenue" if without_revenue else "answer_unknown"

    def show_caveats(self) -> Shown:
        """Show what the reader must know before using the answers."""
        found = [caveat for finding in self._findings for caveat in finding.caveats]
        return cards.bullets(found) if found else cards.paragraph(self.messages("common.no_caveats"))

    def show_actions(self) -> Shown:
        """Show what to do next, and who does it."""
        return cards.bullets(self.actions())

    def actions(self) -> list[str]:
        """Give the next action of each answer recorded, with who takes it."""
        return [f"{finding.action} ({finding.owner})" for finding in self._findings]

    def publish(self, **tables: pd.DataFrame) -> None:
        """Record tables for other notebooks and for whoever takes the results further."""
        self._tables |= tables

    def publish_json(self, **documents: Mapping[str, Any]) -> None:
        """Record documents that are written as JSON beside the tables; an empty one is not written.

        Raises
        ------
        ValueError
            For a name that a result's own files have.
        """
        taken = sorted(documents.keys() & _OWN_FILES)
        if taken:
            raise ValueError(f"{taken[0]}.json is a file every result has; choose another name")
        self._documents |= {name: held for name, held in documents.items() if held}

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
                manifest.write(self._manifest(folder), folder)
        told = self.messages(
            "common.saved", tables=", ".join(sorted(self._tables)), findings=len(self._findings)
        )
        return cards.paragraph(told)

    def _manifest(self, folder: Path) -> dict[str, Any]:
        values = params.dump(self.common, self.own)
        inputs = {name: read.hashes for name, read in self._sources.items()}
        return manifest.compose(
            self.name, folder, values, inputs, key=manifest.BY_HAND, started=self._started
        )

    def _write(self, folder: Path) -> None:
        (folder / "findings.json").write_text(to_json(self._findings), encoding="utf-8")
        for name, frame in sorted(self._tables.items()):
            artifacts.write_table(frame, folder, name)
        for name, document in sorted(self._documents.items()):
            artifacts.write_json(document, folder, name)
