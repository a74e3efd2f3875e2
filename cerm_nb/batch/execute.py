"""Execute one notebook with papermill and leave it as a file that is the same for the same inputs."""

from __future__ import annotations

import logging
import os
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import nbformat

from cerm_nb.batch.plan import read_notebook
from cerm_nb.errors import DataError, NotEnoughData, OutputError, ParamsError, StepError, StepNotRun
from cerm_nb.project import OUT_VARIABLE, ROOT_VARIABLE, STAGE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from cerm_nb.batch.plan import Step
    from cerm_nb.project import Project

INTERACTIVE_TAG = "interactive"
EXECUTED = "notebook.ipynb"
_TOLD_IN_FULL = {kind.__name__ for kind in (DataError, ParamsError, OutputError)}


def execute(
    step: Step,
    parameters: Mapping[str, Any],
    project: Project,
    folder: Path,
    on_cell: Callable[[], None],
) -> nbformat.NotebookNode:
    """Run a notebook as a batch does: without its interactive twin, its results going into one folder.

    Parameters
    ----------
    step
        The notebook.
    parameters
        Values of its parameters cell.
    project
        The project it belongs to.
    folder
        Where its tables, findings and the executed notebook go.
    on_cell
        Called after each cell, for the progress bar.

    Returns
    -------
    nbformat.NotebookNode
        The executed notebook, also written to ``notebook.ipynb`` in the folder.

    Raises
    ------
    StepError
        When a cell raised.
    StepNotRun
        When the notebook found that there is not enough data.
    """
    import papermill  # costs half a second, which `cerm --help` need not pay
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import DeadKernelError

    source = folder / "source.ipynb"
    nbformat.write(_without_twin(step.path), source)
    try:
        with _environment(project, folder), _quiet():
            executed: nbformat.NotebookNode = papermill.execute_notebook(
                source,
                folder / EXECUTED,
                parameters=dict(parameters),
                cwd=project.root,
                # Whatever the notebook was last saved with, or without.
                kernel_name="python3",
                language="python",
                progress_bar=False,
                log_output=False,
                on_cell_executed=lambda **_: on_cell(),
                # Every kernel on TCP warns about encryption, and whoever reads the screen can do nothing.
                extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
            )
    except papermill.PapermillExecutionError as error:
        raise _failure(step, error) from None
    except (DeadKernelError, NoSuchKernel, RuntimeError, ValueError) as error:
        told = str(error).strip() or type(error).__name__
        raise StepError(f"{step.name}: its kernel could not run it ({told})") from None
    finally:
        source.unlink(missing_ok=True)
    if not (folder / "findings.json").is_file():
        raise StepError(f"{step.name}: saved nothing; its last cell must be run.save()")
    _make_repeatable(executed)
    nbformat.write(executed, folder / EXECUTED)
    return executed


def cell_count(step: Step) -> int:
    """Count the cells a batch run of a notebook executes, the injected parameters included."""
    return [cell.cell_type for cell in _without_twin(step.path).cells].count("code") + 1


def _without_twin(path: Path) -> nbformat.NotebookNode:
    notebook = read_notebook(path)
    notebook.cells = [cell for cell in notebook.cells if INTERACTIVE_TAG not in cell.metadata.get("tags", [])]
    return notebook


def _failure(step: Step, error: Any) -> StepError | StepNotRun:
    if error.ename == NotEnoughData.__name__:
        return StepNotRun(error.evalue)
    place = f"{step.name}, cell {error.exec_count}: {error.ename}"
    if error.ename in _TOLD_IN_FULL:  # says by itself where the trouble is
        return StepError(error.evalue, _public(error) or place)
    return StepError(f"{place}: {error.evalue}", place)  # a library's message may quote a cell of the data


def _public(error: Any) -> str:
    """Take what one of our errors lets stand on a page, which is the first thing it shows; else nothing."""
    name, _, told = str(next(iter(error.traceback), "")).partition(": ")
    return told if name == error.ename else ""


def _make_repeatable(notebook: nbformat.NotebookNode) -> None:
    """Drop what differs between two equal runs: times, the run's folders, papermill's random cell ids."""
    notebook.metadata.pop("papermill", None)
    for position, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = f"injected-{position}"


@contextmanager
def _environment(project: Project, folder: Path) -> Iterator[None]:
    ours = {
        ROOT_VARIABLE: str(project.root),
        OUT_VARIABLE: str(project.out),
        STAGE_VARIABLE: str(folder),
        # A frozen-modules notice of the debugger would otherwise be printed into every kernel's stderr.
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep papermill's and the kernel's own log off the screen; failures arrive as exceptions."""
    loggers = [logging.getLogger(name) for name in ("papermill", "traitlets", "asyncio")]
    levels = [logger.level for logger in loggers]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for logger in loggers:
                logger.setLevel(logging.CRITICAL)
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
