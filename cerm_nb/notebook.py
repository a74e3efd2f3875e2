"""What a notebook imports: open the client, show what was found, publish and save it.

A notebook reads ``run = nb.open("20_value", value.Params, globals())`` and goes on with the methods of `Run`.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import BaseModel

from cerm_nb import artifacts, params, project, sources
from cerm_nb.cards import AnswerCard, Prose, SourceList
from cerm_nb.figures import Words, bars, curve, grid, intervals, lines
from cerm_nb.findings import Finding, to_json
from cerm_nb.messages import Messages
from cerm_nb.tables import Table, show
from cerm_nb.twin import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import pandas as pd

__all__ = ["Run", "View", "bars", "curve", "grid", "intervals", "lines", "open"]

Own = TypeVar("Own", bound=BaseModel)


@dataclass(frozen=True)
class _Place:
    """Where a run's results go, and whether the batch collects them there."""

    folder: Path
    in_batch: bool


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
        from datetime import date

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
        loaded = sources.open_table(table, self.common.data[table], self._project.root, label=label)
        self._sources[table] = loaded.provenance
        return loaded

    def purchases(self, holdout_weeks: int) -> sources.PurchaseHistory:
        """Summarise the client's transactions by customer, in the engine that holds them.

        Raises
        ------
        DataError
            When the table is wrong, or ends before ``as_of`` begins.
        """
        return sources.purchase_history(self.load("transactions").table, self.as_of, holdout_weeks)

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

    def say(self, key: str, **values: object) -> Prose:
        """Show one of this question's messages as a paragraph."""
        return Prose(self.text(key, **values))

    def words(self, key: str, **values: object) -> Words:
        """Word a figure or table: its title, subtitle, description, note, and all labels."""
        parts = {part: self.text(f"{key}.{part}", **values) for part in ("title", "subtitle", "alt", "note")}
        return Words(**parts, labels=self.messages.all_labels())

    def format(self, spec: str) -> Callable[[Any], str]:
        """Give a function that writes numbers as this reader does: ``run.format("percent.1")``."""
        return lambda value: self.messages.format(value, spec)

    def table(self, frame: pd.DataFrame, key: str, formats: Mapping[str, str], **values: object) -> Table:
        """Show a small table with its title, units and formats."""
        return show(
            frame,
            words=self.words(key, **values),
            formats={column: self.format(spec) for column, spec in formats.items()},
        )

    def sources(self) -> SourceList:
        """Show what was read: file, hash, rows."""
        return SourceList.of(self._sources, self.messages)

    # Results -----------------------------------------------------------------------------------------------

    def conclude(self, finding: Finding) -> AnswerCard:
        """Record an answer and show it."""
        self._findings.append(finding)
        return AnswerCard.of(finding, self.messages)

    def publish(self, **tables: pd.DataFrame) -> None:
        """Record tables for other notebooks and for whoever takes the results further."""
        self._tables |= tables

    def save(self) -> Prose:
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
        return Prose(told)

    def _write(self, folder: Path) -> None:
        (folder / "findings.json").write_text(to_json(self._findings), encoding="utf-8")
        for name, frame in sorted(self._tables.items()):
            artifacts.write_table(frame, folder, name)


def open(name: str, own: type[Own], namespace: Mapping[str, Any]) -> Run[Own]:  # noqa: A001  # nb.open reads well
    """Open a client for one question.

    Parameters
    ----------
    name
        The notebook's file name without its ending, ``"20_value"``.
    own
        The model of the question's own parameters.
    namespace
        The notebook's ``globals()``, where its parameters cell has put the values.

    Returns
    -------
    Run
        With checked parameters. Where the cell names only the client, the rest comes from
        ``params/<client>.yml``, and what the cell sets differently from its defaults wins.

    Raises
    ------
    ParamsError
        With every problem of the values.
    """
    here = project.find()
    models: list[type[BaseModel]] = [params.CommonParams, own]
    given = {field: namespace[field] for model in models for field in model.model_fields if field in namespace}
    label = f"{name}, parameters cell"
    values = given if given.get("data") else _filled(given, models, here)
    common = params.check(values, [own], label)
    return Run(name, common, params.select(own, values), here)


def _filled(
    given: Mapping[str, Any], models: list[type[BaseModel]], here: project.Project
) -> dict[str, Any]:
    """Fill from the client's params file what the parameters cell leaves at its default."""
    from cerm_nb.batch import plan  # reads all notebooks, which a batch run need not do in every kernel

    path = here.params_file(str(given.get("client", "")))
    label = here.label(path)
    from_file = params.read(path, label)
    params.check(from_file, [step.parameters for step in plan.discover(here.notebooks)], label)
    names = {name for model in models for name in model.model_fields}
    set_here = {name: value for name, value in given.items() if value != _default(name, models)}
    return {name: value for name, value in from_file.items() if name in names} | set_here


def _default(name: str, models: list[type[BaseModel]]) -> object:
    return next(model.model_fields[name].default for model in models if name in model.model_fields)
