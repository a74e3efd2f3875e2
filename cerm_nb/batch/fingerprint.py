"""What a step's result depends on, as one hash: nothing of it changed, nothing is run again."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from cerm_nb import artifacts, manifest, params, sources
from cerm_nb.batch.plan import read_notebook
from cerm_nb.earlier import earlier_runs, results_on, told_by

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cerm_nb.batch.plan import Step
    from cerm_nb.project import Project

_CODE = (".py", ".yml", ".css", ".j2")


def key(step: Step, values: Mapping[str, Any], project: Project, published: Mapping[str, str]) -> str:
    """Hash everything a step's result depends on.

    Parameters
    ----------
    step
        The notebook: the source and tags of its cells count, its saved outputs do not.
    values
        The client's params file; only the shared parameters and the step's own count.
    project
        Where relative data paths begin, and where earlier runs are, which count for a step that reads them.
    published
        Hashes of the tables it takes from other notebooks.

    Returns
    -------
    str
        A hexadecimal digest. A table on a database server counts by its address alone, since its content
        cannot be hashed from here: `is_current` never calls such a step current.
    """
    names = [*params.CommonParams.model_fields, *step.parameters.model_fields]
    told = {"earlier": _earlier(step, values, project)} if step.earlier else {}
    return artifacts.digest(
        told
        | {
            "notebook": _source(step.path),
            "package": package_hash(),
            "params": {name: values[name] for name in names if name in values},
            "inputs": inputs(step, values, project.root),
            "published": dict(published),
        }
    )


def _earlier(step: Step, values: Mapping[str, Any], project: Project) -> dict[str, Any]:
    """Tell what earlier runs hold, and what the other questions found on this day."""
    common = params.select(params.CommonParams, values)
    day = date.fromisoformat(common.as_of)
    found = earlier_runs(project.out / common.client, common.client, day)
    place = project.results(common.client, common.as_of)
    today, _ = results_on(place, common.client, day, but=step.question)
    return {run.as_of.isoformat(): told_by(run) for run in (*found.runs, today)} | {
        "caveats": [f"{key} {values['as_of']} {values['what']}" for key, values in found.caveats]
    }


def inputs(step: Step, values: Mapping[str, Any], root: Path) -> dict[str, dict[str, str]]:
    """Hash the files of the client tables a step reads.

    Returns
    -------
    dict
        Entry of ``data`` → file, relative to the project → SHA-256. A table on a database server has its
        address without the password, and ``"database"`` in place of a hash.
    """
    common = params.select(params.CommonParams, values)
    return {
        name: sources.fingerprint(spec, root, label=f"{common.client} → data.{name}")
        for name, spec in sorted(common.data.items())
        if step.reads(sources.table_of(name, spec))
    }


def is_current(folder: Path, page: Path, wanted: str) -> bool:
    """Tell whether a whole result with this key stands, page included."""
    made = manifest.read(folder)
    if made is None or made.get("key") != wanted or not page.is_file():
        return False
    read_from = [hashed for table in made["inputs"].values() for hashed in table.values()]
    if sources.DATABASE in read_from or artifacts.sha256(page) != made["page"]:
        return False
    return bool(artifacts.hash_files(folder, but=manifest.NAME) == made["outputs"])


@cache
def package_hash() -> str:
    """Hash the code, wording and templates of this package, once per process."""
    root = resources.files("cerm_nb")
    return artifacts.digest(_code(root))


def _code(folder: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            found[entry.name] = _code(entry)
        elif entry.name.endswith(_CODE):
            found[entry.name] = hashlib.sha256(entry.read_bytes()).hexdigest()
    return found


def _source(path: Path) -> list[tuple[str, str, list[str]]]:
    notebook = read_notebook(path)
    return [(cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.cells]
