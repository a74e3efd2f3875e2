"""What a result says of itself: what it was made from, with what, when, and whether it is whole."""

from __future__ import annotations

import json
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from cerm_nb import __version__, artifacts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NAME = "manifest.json"
BY_HAND = "by hand"
_LIBRARIES = (
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "statsmodels",
    "duckdb",
    "ibis-framework",
    "papermill",
)


def compose(
    notebook: str,
    folder: Path,
    values: Mapping[str, Any],
    inputs: Mapping[str, Mapping[str, str]],
    *,
    key: str,
    started: datetime,
) -> dict[str, Any]:
    """Say of a result what it was made from.

    Parameters
    ----------
    notebook
        Name of the notebook.
    folder
        Its results, whose files are hashed.
    values
        The parameters, ``client`` and ``as_of`` among them.
    inputs
        Table → file → SHA-256.
    key
        Hash of everything the result depends on, or `BY_HAND`.
    started
        When the work began; the only times of a result stand here.
    """
    return {
        "client": values["client"],
        "notebook": notebook,
        "as_of": values["as_of"],
        "key": key,
        "params": dict(values),
        "inputs": {table: dict(files) for table, files in inputs.items()},
        "outputs": artifacts.hash_files(folder, but=NAME),
        "versions": versions(),
        "started": started.isoformat(timespec="seconds"),
        "seconds": round((datetime.now(UTC) - started).total_seconds(), 2),
    }


def read(folder: Path) -> dict[str, Any] | None:
    """Read a result's manifest; None where there is no whole result."""
    try:
        manifest = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if isinstance(manifest, dict) else None


def write(manifest: Mapping[str, Any], folder: Path) -> None:
    """Write a result's manifest, last of all its files."""
    (folder / NAME).write_text(artifacts.json_text(manifest), encoding="utf-8")


def versions() -> dict[str, str]:
    """Tell which versions of what made a result."""
    libraries = {name: version(name) for name in _LIBRARIES}
    return {"cerm-nb": __version__, "python": platform.python_version(), **libraries}
