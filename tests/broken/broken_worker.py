"""A process of its own in which inputs are checked: one that hangs or dies takes no other with it."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import resource
import sys
import tempfile
import traceback
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from broken_case import Case

SECONDS = 30
_GIBIBYTE = 1 << 30
_ADDRESSES = 12 * _GIBIBYTE  # an allocation beyond it fails at once instead of harming the machine


@dataclass(frozen=True)
class Answer:
    """How a check ended.

    Parameters
    ----------
    code
        Exit code.
    screen, complaints
        Standard output and standard error.
    held
        Canonical column → values read; empty unless the case asks for them.
    counted
        What the profile counted; empty unless the case asks for it.
    megabytes
        Most memory the process held while it worked; 0 where the system does not tell.
    """

    code: int
    screen: str
    complaints: str
    held: dict[str, list[Any]] = field(default_factory=dict)
    counted: dict[str, Any] = field(default_factory=dict)
    megabytes: float = 0.0

    @property
    def told(self) -> str:
        """Everything a user sees."""
        return self.screen + self.complaints


class Worker:
    """A process that checks one input at a time and is replaced when it does not answer.

    Parameters
    ----------
    temporary
        Folder in which it may make temporary files.
    """

    def __init__(self, temporary: Path) -> None:
        self._temporary = temporary
        self._context = multiprocessing.get_context("spawn")
        self._start()

    def ask(self, project: Path, case: Case, *arguments: str) -> Answer:
        """Run the command line on a case that was written into a project.

        Raises
        ------
        AssertionError
            If there is no answer in time, or the process dies.
        """
        self._pipe.send(
            (project, case.name, arguments, dict(case.environment), bool(case.holds), bool(case.counted))
        )
        try:
            if self._pipe.poll(SECONDS):
                answer: Answer = self._pipe.recv()
                return answer
            became = f"no answer in {SECONDS} s"
        except (EOFError, ConnectionResetError):
            became = "the process died"
        self.stop()
        self._start()
        raise AssertionError(f"{case.name}: {became}")

    def stop(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._process.close()
        self._pipe.close()

    def _start(self) -> None:
        self._pipe, other = self._context.Pipe()
        self._process = self._context.Process(target=_serve, args=(other, self._temporary), daemon=True)
        self._process.start()
        other.close()
        if not self._pipe.poll(120):
            raise AssertionError("the process that checks inputs did not start")
        self._pipe.recv()


def _serve(pipe: Connection, temporary: Path) -> None:
    for name in [name for name in os.environ if name.startswith("CERM_")]:
        del os.environ[name]
    os.environ["COLUMNS"] = "250"
    os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
    from cerm_nb import cli  # here: importing takes seconds, and the first case must not pay for it
    from cerm_nb.batch import check, run  # noqa: F401
    from cerm_nb.sources import profile  # noqa: F401

    pipe.send("ready")
    while True:
        try:
            project, name, arguments, environment, holds, counts = pipe.recv()
        except EOFError:
            return
        os.environ.update(environment)
        os.chdir(project)
        _forget_peak()
        answer = _command(cli.main, *arguments)
        extra: dict[str, Any] = {"megabytes": _peak()}
        if answer.code == 0 and arguments[0] == "check":
            extra |= {"held": _held(project, name)} if holds else {}
            extra |= {"counted": _counted(project, name)} if counts else {}
        for variable in environment:
            del os.environ[variable]
        pipe.send(Answer(answer.code, answer.screen, answer.complaints, **extra))


def _command(main: Any, *arguments: str) -> Answer:
    """Run the command line as the shell would, but in this process."""
    screen, complaints = io.StringIO(), io.StringIO()
    sys.argv = ["cerm", *arguments]
    with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(complaints):
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        except BaseException:  # the interpreter would print it and end with 1
            traceback.print_exc(file=complaints)
            code = 1
    return Answer(code, screen.getvalue(), complaints.getvalue())


def _entry(project: Path, name: str) -> tuple[str, Any, str]:
    from cerm_nb import params

    values = params.read(project / "params" / f"{name}.yml", name)
    common = params.select(params.CommonParams, values)
    entry, spec = next(iter(common.data.items()))
    return entry, spec, common.as_of


def _held(project: Path, name: str) -> dict[str, list[Any]]:
    from cerm_nb import sources

    entry, spec, _ = _entry(project, name)
    loaded = sources.open_table(sources.table_of(entry, spec), spec, project, label=name)
    frame = sources.collect(loaded.table)
    return {column: frame[column].tolist() for column in frame.columns}


def _counted(project: Path, name: str) -> dict[str, Any]:
    from cerm_nb.sources.profile import profile

    entry, spec, as_of = _entry(project, name)
    day = date.fromisoformat(as_of)
    return profile(entry, spec, project, label=name, as_of=day, fresh_months=12).facts


def _forget_peak() -> None:
    """Start measuring memory anew; Linux alone can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _peak() -> float:
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.is_file() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
