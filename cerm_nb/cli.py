"""The command line: ``cerm run · check · new · report · status · type``."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cerm_nb import __version__
from cerm_nb.errors import CermError, InputError

if TYPE_CHECKING:
    from cerm_nb.batch.plan import Step
    from cerm_nb.batch.run import Client, Outcome
    from cerm_nb.project import Project

app = typer.Typer(
    name="cerm",
    help="CERM notebooks: from a client's data and one params file to an analytical report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
# Output that goes to a file or a pipe is read by programs: paths must not be folded at 80 columns.
_UNFOLDED = None if sys.stdout.isatty() else 200
screen = Console(width=_UNFOLDED)
complaints = Console(stderr=True)

_INTERRUPTED = 130  # what a shell expects of a program ended by Ctrl-C
_STATUS_STYLE = {"ran": "green", "unchanged": "dim", "not run": "yellow", "failed": "bold red"}

RootOption = Annotated[
    Path | None, typer.Option("--root", help="Project folder; default: this one or the nearest above it.")
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Where results go; default: out/ in the project.")
]
ParamsArguments = Annotated[
    list[Path], typer.Argument(help="Params files, one per client.", metavar="PARAMS...")
]


@app.callback(invoke_without_command=True)
def _main(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", is_eager=True)
    ] = False,
) -> None:
    if version:
        screen.print(f"cerm-nb {__version__}")
        raise typer.Exit


@app.command()
def run(
    files: ParamsArguments,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="Run this notebook only, e.g. 20_value; may be repeated."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of",
            help="Last day the analysis may see, e.g. 2025-06-30, in place of the files'. "
            "Results of several days stand side by side, and later ones are held against earlier ones.",
            callback=lambda text: _iso_day(text),
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Run even what is unchanged.")] = False,
    out: OutOption = None,
    root: RootOption = None,
) -> None:
    """Run every question for every client and leave pages, tables and findings under out/.

    What is unchanged since last time is not run again. One client's failure never stops another's.
    The exit code is 1 when anything failed.

    Example: cerm run params/cdnow.yml params/online_retail.yml
    """
    from cerm_nb import progress

    project, steps = _open_project(root, out)
    clients, refused = _read_clients(files, project, steps, as_of)
    outcomes = progress.run_clients(clients, _only(steps, only), project, screen, known=steps, force=force)
    failed = _show_outcomes(outcomes, project)
    raise typer.Exit(1 if failed or refused else 0)


@app.command()
def check(
    files: ParamsArguments,
    all_rows: Annotated[
        bool, typer.Option("--all", help="Check every row rather than the first 100,000 of each table.")
    ] = False,
    root: RootOption = None,
) -> None:
    """Check params files and the data they name, without running anything; tell every problem at once.

    Columns that nothing uses yet and that could fill more of a table are told as lines to be pasted.

    Example: cerm check params/hotel.yml
    """
    from cerm_nb.batch.check import check_data

    project, steps = _open_project(root, None)
    clients, refused = _read_clients(files, project, steps)
    for client in clients:
        try:
            for line in check_data(client, project, all_rows=all_rows):
                screen.print(f"[green]✓[/] {escape(line)}")
        except InputError as error:
            refused = True
            _complain(error)
    raise typer.Exit(1 if refused else 0)


@app.command()
def new(
    client: Annotated[str, typer.Argument(help="Short name of the client; becomes params/CLIENT.yml.")],
    data: Annotated[Path | None, typer.Option("--from", help="A file to propose the columns from.")] = None,
    encoding: Annotated[
        str, typer.Option("--encoding", help="Encoding of that file, e.g. cp949 for Korean Excel exports.")
    ] = "utf-8",
    table: Annotated[
        str, typer.Option("--table", help="Client table that file holds, e.g. customers.")
    ] = "transactions",
    root: RootOption = None,
) -> None:
    """Write a params file for a new client, every parameter with its default and meaning.

    Example: cerm new hotel --from data/hotel/bookings.csv
    """
    from cerm_nb.batch.new_client import write_params

    project, steps = _open_project(root, None)
    written = write_params(client, data, encoding, project, steps, table=table)
    screen.print(f"Written: {escape(project.label(written))}. Next: look it through, then `cerm check` it.")


@app.command()
def status(out: OutOption = None, root: RootOption = None) -> None:
    """Show what stands under out/: per client and day, which question was run when, and its verdict."""
    from cerm_nb.batch.status import standing

    project, _ = _open_project(root, out)
    rows = standing(project)
    if not rows:
        screen.print(
            f"Nothing under {escape(project.label(project.out))} yet. Next: `cerm run params/CLIENT.yml`."
        )
        return
    table = Table("client", "as of", "notebook", "verdict", "made", "seconds", box=None)
    table.add_column("page", overflow="fold")
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    screen.print(table)


@app.command()
def report(out: OutOption = None, root: RootOption = None) -> None:
    """Draw all pages under out/ again from the executed notebooks, without running them."""
    from cerm_nb.batch.pages import redraw

    project, _ = _open_project(root, out)
    pages = redraw(project)
    screen.print(f"{len(pages)} pages drawn again.")


@app.command("type")
def type_(
    file: Annotated[Path, typer.Argument(help="New customers, one row each, with the fields the tool asks.")],
    tool: Annotated[
        Path | None,
        typer.Option("--tool", help="typing.json of a run; default: the newest under out/, of one client."),
    ] = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="CSV file to write; default: FILE_segments.csv beside FILE.")
    ] = None,
    ids: Annotated[
        list[str] | None,
        typer.Option("--id", help="Column that tells customers apart; default: the first. May be repeated."),
    ] = None,
    encoding: Annotated[
        str, typer.Option("--encoding", help="Encoding of that file, e.g. cp949 for Korean Excel exports.")
    ] = "utf-8",
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is written.")] = False,
    out: OutOption = None,
    root: RootOption = None,
) -> None:
    """Tell the segment of new customers by the typing tool of 30_segments, leaving the unsure unassigned.

    Example: cerm type new_guests.csv --tool out/hotel/2025-06-30/30_segments/typing.json
    """
    from cerm_nb import project as projects
    from cerm_nb.batch.type_customers import find_tool, type_file

    project = projects.find(root, out)
    tool = tool or find_tool(project)
    typed = type_file(file, tool, project, target=to, ids=ids or (), encoding=encoding, force=force)
    table = Table("segment", "name", "customers", "share", box=None)
    for segment, told, number in typed.counts:
        name = f"[yellow]unassigned: {escape(told.replace('_', ' '))}[/]" if not segment else escape(told)
        table.add_row(escape(segment), name, f"{number:,}", f"{number / len(typed.frame):.1%}")
    screen.print(table)
    screen.print(f"{escape(typed.closing)} Written: {escape(project.label(typed.written))}", soft_wrap=True)


def main() -> None:
    """Run the command line; an error a user can act on ends in one message and exit code 2."""
    try:
        app()
    except CermError as error:
        _complain(error)
        sys.exit(2)
    except SystemExit as stop:
        if stop.code == _INTERRUPTED:
            complaints.print("Stopped. What had finished is whole; run again to go on from there.")
        raise


def _open_project(root: Path | None, out: Path | None) -> tuple[Project, list[Step]]:
    from cerm_nb import project as projects
    from cerm_nb.batch import plan

    project = projects.find(root, out)
    return project, plan.discover(project.notebooks)


def _iso_day(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        raise typer.BadParameter(f"got {text!r}; expected an ISO date such as 2011-06-30") from None


def _read_clients(
    files: list[Path], project: Project, steps: list[Step], as_of: str | None = None
) -> tuple[list[Client], bool]:
    """Read all params files, telling the problems of each; the good ones go on, a client's days in order."""
    from cerm_nb.batch.run import in_order, read_client, refuse_same_place

    clients: list[Client] = []
    refused = False
    for file in files:
        try:
            client = read_client(file, project, steps, as_of)
            refuse_same_place(client, clients)
            clients.append(client)
        except InputError as error:
            refused = True
            _complain(error)
    return in_order(clients), refused


def _only(steps: list[Step], names: list[str] | None) -> list[Step]:
    if not names:
        return steps
    unknown = sorted(set(names) - {step.name for step in steps})
    if unknown:
        known = ", ".join(step.name for step in steps)
        raise typer.BadParameter(f"no notebook {', '.join(unknown)}; there are: {known}")
    return [step for step in steps if step.name in names]


def _show_outcomes(outcomes: list[Outcome], project: Project) -> bool:
    table = Table("client", "as of", "notebook", "status", "seconds", box=None)
    table.add_column("page or reason", overflow="fold")
    for outcome in outcomes:
        told = project.label(outcome.page) if outcome.page else outcome.reason
        style = _STATUS_STYLE[outcome.status]
        table.add_row(
            outcome.client,
            outcome.as_of,
            outcome.step.name,
            f"[{style}]{outcome.status}[/]",
            f"{outcome.seconds:.1f}" if outcome.seconds else "",
            escape(told),
        )
    if outcomes:
        screen.print(table)
    folders = dict.fromkeys(project.results(outcome.client, outcome.as_of) for outcome in outcomes)
    for index in [folder / "index.html" for folder in folders]:
        if index.is_file():
            screen.print(f"Begin with {escape(project.label(index))}", soft_wrap=True)
    return any(outcome.status == "failed" for outcome in outcomes)


def _complain(error: CermError) -> None:
    complaints.print(f"[bold red]✗[/] {escape(str(error))}", soft_wrap=True, highlight=False)
