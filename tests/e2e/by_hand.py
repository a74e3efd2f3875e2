"""A notebook run cell by cell in this process, as an analyst runs it: without a kernel of its own.

Its result is left under ``out/`` as `run.save()` does in JupyterLab; there is no page. Whole runs of the
command line, with kernels and pages, are for one client of each question: they take four times as long.
"""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from IPython.core.formatters import DisplayFormatter
from projects import files

if TYPE_CHECKING:
    from pathlib import Path

    from results import Results


def by_hand(project: Path, client: str, question: str, stage: Path | None = None) -> str:
    """Run one question for one client; give the markup its cells show, but what the last says of its files.

    Parameters
    ----------
    project, client, question
        The project's folder, whose params file, and which notebook.
    stage
        Where the result is left; under ``out/`` without it.
    """
    notebook = json.loads((project / "notebooks" / f"{question}.ipynb").read_text(encoding="utf-8"))
    given = yaml.safe_load((project / "params" / f"{client}.yml").read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CERM_ROOT", str(project))
        if stage:
            patch.setenv("CERM_STAGE", str(stage))
        for cell in notebook["cells"]:
            tags = cell["metadata"].get("tags", [])
            if cell["cell_type"] == "code" and "interactive" not in tags:
                shown.append(_run("".join(cell["source"]), names))
            if "parameters" in tags:
                names |= {name: value for name, value in given.items() if name in names}
    return "\n".join(shown[:-1])


def _run(source: str, names: dict[str, Any]) -> str:
    """Run one cell; give the markup of its last value, as Jupyter shows it."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)  # the notebooks under test
    if not isinstance(last, ast.Expr):
        return ""
    value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
    data: dict[str, str] = DisplayFormatter().format(value)[0] if value is not None else {}
    return data.get("text/html", data.get("text/plain", ""))


def changed_by_hand(results: Results, client: str, stage: Path) -> list[str]:
    """Run a question again, by hand in this process, and name the files it left otherwise than before.

    The page, the executed notebook and the manifest are the batch's: `test_batch` compares them.
    """
    before = files(results.folder(client) / results.question)
    by_hand(results.project, client, results.question, stage)
    after = files(stage)
    assert after.keys() == before.keys() - {"manifest.json", "notebook.ipynb"}
    return [name for name in after if after[name] != before[name]]
