"""Where a project keeps its notebooks, params, data and results."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from cerm_nb.errors import ParamsError, Problem

# How the batch tells a notebook where its results wait until they are whole.
STAGE_VARIABLE = "CERM_STAGE"
# How the batch tells a notebook which project it belongs to, and where other notebooks' tables are.
ROOT_VARIABLE = "CERM_ROOT"
OUT_VARIABLE = "CERM_OUT"


@dataclass(frozen=True)
class Project:
    """The folders of one project.

    Parameters
    ----------
    root
        The folder that holds ``notebooks/`` and ``params/``.
    out
        Where results go.
    """

    root: Path
    out: Path

    @property
    def notebooks(self) -> Path:
        """The folder with one notebook per question."""
        return self.root / "notebooks"

    def params_file(self, client: str) -> Path:
        """Where a client's params are looked for."""
        return self.root / "params" / f"{client}.yml"

    def label(self, path: Path) -> str:
        """Name a file as a reader knows it: relative to the project where it lies inside."""
        resolved = path.resolve()
        inside = resolved.is_relative_to(self.root)
        return resolved.relative_to(self.root).as_posix() if inside else str(path)

    def results(self, client: str, as_of: str) -> Path:
        """Where the results of one client at one day stand."""
        return self.out / client / as_of


def find(start: Path | None = None, out: Path | None = None) -> Project:
    """Find the project a path lies in.

    Parameters
    ----------
    start
        Where to look from, upwards; the working directory by default.
    out
        Where results go; ``out/`` in the project by default.

    Raises
    ------
    ParamsError
        When no folder above ``start`` holds ``notebooks`` and ``params``.
    """
    given = os.environ.get(ROOT_VARIABLE)
    begin = Path(given) if given and start is None else (start or Path.cwd())
    begin = begin.resolve()
    for folder in (begin, *begin.parents):
        if (folder / "notebooks").is_dir() and (folder / "params").is_dir():
            chosen = out or Path(os.environ.get(OUT_VARIABLE) or folder / "out")
            return Project(folder, chosen.resolve())
    raise ParamsError(
        Problem(
            str(begin),
            "is in no CERM project",
            "a folder with notebooks/ and params/ here or above",
            "change into the project, or name it with --root",
        )
    )
