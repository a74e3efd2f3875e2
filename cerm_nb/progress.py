"""Run clients with a progress bar: one step per executed cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from cerm_nb.batch.execute import cell_count
from cerm_nb.batch.run import FAILED, Outcome, run_client
from cerm_nb.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.console import Console

    from cerm_nb.batch.plan import Step
    from cerm_nb.batch.run import Client
    from cerm_nb.project import Project


def run_clients(
    clients: Sequence[Client],
    steps: Sequence[Step],
    project: Project,
    screen: Console,
    *,
    known: Sequence[Step],
    force: bool,
) -> list[Outcome]:
    """Run clients one after another, showing how far the batch is.

    Parameters
    ----------
    clients, steps, project
        What to run, and where.
    screen
        Where the bar is drawn; nothing is drawn when it is no terminal.
    known
        All notebooks there are, of which ``steps`` may be a choice.
    force
        Run even what is unchanged.

    Returns
    -------
    list of Outcome
        One per client and step.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("cells"),
        TimeElapsedColumn(),
    )
    cells = {step.name: cell_count(step) for step in steps}
    outcomes: list[Outcome] = []
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task("", total=len(clients) * sum(cells.values()))
        for client in clients:
            finished = bar.tasks[0].completed

            def started(step: Step, client: Client = client) -> None:
                bar.update(task, description=f"{client.common.client} · {step.name}")

            def done(outcome: Outcome) -> None:
                nonlocal finished
                finished += cells[outcome.step.name]
                bar.update(task, completed=finished)

            outcomes += _run_one(
                client,
                steps,
                project,
                known=known,
                force=force,
                on_start=started,
                on_cell=lambda: bar.advance(task),
                on_done=done,
            )
    return outcomes


def _run_one(
    client: Client,
    steps: Sequence[Step],
    project: Project,
    *,
    known: Sequence[Step],
    force: bool,
    on_start: Callable[[Step], None],
    on_cell: Callable[[], None],
    on_done: Callable[[Outcome], None],
) -> list[Outcome]:
    """Run one client; results that cannot be written are its failure, not the batch's."""
    try:
        return run_client(
            client,
            steps,
            project,
            known=known,
            force=force,
            on_start=on_start,
            on_cell=on_cell,
            on_done=on_done,
        )
    except OutputError as error:
        common = client.common
        return [Outcome(common.client, common.as_of, step, FAILED, str(error)) for step in steps]
