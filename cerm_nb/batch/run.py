"""Run the questions of one client after another; what is unchanged is left alone, what fails stays alone."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cerm_nb import artifacts, manifest, params, sources
from cerm_nb.batch import fingerprint
from cerm_nb.batch.execute import execute
from cerm_nb.batch.pages import apply_reviews, page_html, write_index
from cerm_nb.errors import CermError, ParamsError, Problem, StepNotRun
from cerm_nb.messages import Messages

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from cerm_nb.batch.plan import Step
    from cerm_nb.project import Project

RAN, UNCHANGED, NOT_RUN, FAILED = "ran", "unchanged", "not run", "failed"


@dataclass(frozen=True)
class Client:
    """One client's checked params.

    Parameters
    ----------
    common
        The shared values.
    values
        Every value of the file, as read.
    label
        How errors name the file.
    """

    common: params.CommonParams
    values: Mapping[str, Any]
    label: str


@dataclass(frozen=True)
class Outcome:
    """What became of one notebook for one client.

    Parameters
    ----------
    client, as_of, step, status
        Which notebook, and how it ended.
    reason
        Why it has no page, for a terminal: it may quote the data.
    public
        As much of the reason as may stand on a page.
    page
        Where its page is.
    seconds
        Time it took.
    """

    client: str
    as_of: str
    step: Step
    status: str
    reason: str = ""
    public: str = ""
    page: Path | None = None
    seconds: float = 0.0


def read_client(path: Path, project: Project, steps: Sequence[Step], as_of: str | None = None) -> Client:
    """Read and check one client's params file against all notebooks.

    Parameters
    ----------
    path, project, steps
        The file, where it belongs, and all notebooks.
    as_of
        The last day seen in place of the file's, ISO date.

    Raises
    ------
    ParamsError
        With every problem of the file.
    """
    label = project.label(path)
    values = params.read(path, label) | ({"as_of": as_of} if as_of else {})
    common = params.check(values, [step.parameters for step in steps], label)
    return Client(common, values, label)


def refuse_same_place(client: Client, earlier: Sequence[Client]) -> None:
    """Refuse a second params file whose results would replace those of the first.

    Raises
    ------
    ParamsError
        When one gives the same client and day.
    """
    place = client.common.client, client.common.as_of
    for other in earlier:
        if (other.common.client, other.common.as_of) == place:
            got = f"gives the same client and day as {other.label}"
            raise ParamsError(Problem(client.label, got, next_step="give it a `client` of its own"))


def in_order(clients: Sequence[Client]) -> list[Client]:
    """Sort the days of one client, since later ones read what earlier ones leave; else as they came."""
    first: dict[str, int] = {}
    for place, client in enumerate(clients):
        first.setdefault(client.common.client, place)
    return sorted(clients, key=lambda client: (first[client.common.client], client.common.as_of))


def run_client(
    client: Client,
    steps: Sequence[Step],
    project: Project,
    *,
    known: Sequence[Step] = (),
    force: bool = False,
    on_start: Callable[[Step], None] = lambda step: None,
    on_cell: Callable[[], None] = lambda: None,
    on_done: Callable[[Outcome], None] = lambda outcome: None,
) -> list[Outcome]:
    """Run every question of one client in order, then lower verdicts reviewed and write its index page.

    Parameters
    ----------
    client
        From `read_client`.
    steps
        In the order of `plan.discover`.
    project
        Where notebooks and results are.
    known
        All notebooks there are, where ``steps`` is a choice of them: their tables may be read as well.
    force
        Run a step although nothing it depends on has changed.
    on_start, on_cell, on_done
        Told of progress.

    Returns
    -------
    list of Outcome
        One per step, in order.

    Raises
    ------
    OutputError
        When nothing can be written to the results folder.
    """
    folder = project.results(client.common.client, client.common.as_of)
    outcomes: list[Outcome] = []
    for step in steps:
        on_start(step)
        outcome = _run_step(
            step, client, project, folder, outcomes, known or steps, force=force, on_cell=on_cell
        )
        outcomes.append(outcome)
        on_done(outcome)
    apply_reviews(folder)
    write_index(client.common, outcomes, folder)
    return outcomes


def _run_step(
    step: Step,
    client: Client,
    project: Project,
    folder: Path,
    earlier: Sequence[Outcome],
    known: Sequence[Step],
    *,
    force: bool,
    on_cell: Callable[[], None],
) -> Outcome:
    def outcome(status: str, reason: str = "", public: str = "", page: Path | None = None) -> Outcome:
        return Outcome(client.common.client, client.common.as_of, step, status, reason, public, page)

    reason = _cannot_run(step, client, earlier)
    if reason:
        return outcome(NOT_RUN, reason, reason)
    page = folder / f"{step.name}.html"
    begun = time.perf_counter()
    try:
        key = fingerprint.key(step, client.values, project, _published(step, known, folder))
        if not force and fingerprint.is_current(folder / step.name, page, key):
            return outcome(UNCHANGED, page=page)
        _execute_and_publish(step, client, project, folder, key, on_cell)
        ended = outcome(RAN, page=page)
    except StepNotRun as stopped:
        ended = outcome(NOT_RUN, str(stopped), stopped.public)
    except CermError as error:
        ended = outcome(FAILED, str(error), error.public)
    except Exception as error:  # a fault of ours must not stop the other clients; it is told, not swallowed
        public = f"{step.name}: unexpected {type(error).__name__}"
        ended = outcome(FAILED, f"{public}: {error}", public)
    return replace(ended, seconds=time.perf_counter() - begun)


def _execute_and_publish(
    step: Step, client: Client, project: Project, folder: Path, key: str, on_cell: Callable[[], None]
) -> None:
    started = datetime.now(UTC)
    values = step_values(step, client)
    with artifacts.staged(folder / step.name) as stage:
        notebook = execute(step, values, project, stage, on_cell)
        inputs = fingerprint.inputs(step, client.values, project.root)
        used = params.dump(client.common, params.select(step.parameters, client.values))
        told = manifest.compose(step.name, stage, used, inputs, key=key, started=started)
        found = json.loads((stage / "findings.json").read_text(encoding="utf-8"))
        page = page_html(notebook, client.common, found, told)
        manifest.write(told | {"page": artifacts.text_hash(page)}, stage)
    # The page follows the folder. Killed in between, the manifest's hash of the page does not match and
    # the next run repairs it.
    artifacts.replace_file(folder / f"{step.name}.html", page)


def step_values(step: Step, client: Client) -> dict[str, Any]:
    """Pick the parameters of one notebook out of a client's file, in the order of its parameters cell."""
    names = [*params.CommonParams.model_fields, *step.parameters.model_fields]
    values = {name: client.values[name] for name in names if name in client.values}
    return values | {"as_of": client.common.as_of}  # written one way, however the file writes it


def _cannot_run(step: Step, client: Client, earlier: Sequence[Outcome]) -> str:
    """Say, in the reader's language, why a step has not what it needs; empty where it has."""
    messages = Messages(client.common.lang)
    absent = step.missing_client_tables(
        {sources.table_of(name, spec) for name, spec in client.common.data.items()}
    )
    if absent:
        return messages("notrun.no_table", file=client.label, tables=", ".join(absent))
    for outcome in earlier:
        wanted = sorted(outcome.step.addresses & set(step.needs))
        if wanted and outcome.status in {NOT_RUN, FAILED}:
            return messages("notrun.giver", tables=", ".join(wanted), notebook=outcome.step.name)
    return ""


def _published(step: Step, known: Sequence[Step], folder: Path) -> dict[str, str]:
    """Hash the tables of other notebooks that this one reads, whether they ran just now or earlier."""
    hashes: dict[str, str] = {}
    for giver in known:
        for address in sorted(giver.addresses & step.published_needs):
            table = folder / giver.name / "tables" / f"{address.partition('.')[2]}.parquet"
            if table.is_file():
                hashes[address] = artifacts.sha256(table)
    return hashes
