"""The command line in a process of its own that need not import everything anew.

A server with the imports done forks one child per call (the fork server of `multiprocessing`). Each child
begins as a fresh process does: nothing of an earlier call is in it.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PRELOADED = [
    "cerm_nb.batch.run",
    "cerm_nb.cli",
    "cerm_nb.notebook",
    "cerm_nb.analyses.value",
    "cerm_nb.analyses.readiness",
    "cerm_nb.analyses.segments",
    "cerm_nb.analyses.experience",
    "nbconvert.exporters",
    "papermill",
]
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(PRELOADED)


def run_command(
    arguments: Sequence[str], folder: Path, environment: dict[str, str], timeout: float
) -> subprocess.CompletedProcess[str]:
    """Run the command line with some arguments in a folder."""
    with tempfile.TemporaryDirectory() as place:
        told, complained = Path(place, "told"), Path(place, "complained")
        child = _context.Process(target=_main, args=(list(arguments), folder, environment, told, complained))
        child.start()
        child.join(timeout)
        if child.is_alive():
            child.kill()
            raise subprocess.TimeoutExpired(arguments, timeout)
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in (told, complained)]
        return subprocess.CompletedProcess(arguments, child.exitcode or 0, *texts)


def _main(
    arguments: Sequence[str], folder: Path, environment: dict[str, str], told: Path, complained: Path
) -> None:
    for stream, path in ((1, told), (2, complained)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(opened, stream)
        os.close(opened)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["cerm", *arguments]
    from cerm_nb.cli import main

    main()
