"""Write the params file of a new client, with every parameter's default and meaning."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cerm_nb import schemas, sources
from cerm_nb.artifacts import replace_file
from cerm_nb.batch.one_file import file_spec
from cerm_nb.batch.yaml_lines import column_line, scalar
from cerm_nb.errors import ParamsError, Problem
from cerm_nb.params import CommonParams

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic.fields import FieldInfo

    from cerm_nb.batch.plan import Step
    from cerm_nb.project import Project


def write_params(
    client: str,
    data: Path | None,
    encoding: str,
    project: Project,
    steps: Sequence[Step],
    *,
    table: str = "transactions",
) -> Path:
    """Write ``params/<client>.yml``.

    Parameters
    ----------
    client
        Short name of the client.
    data
        A file of the table to propose the columns from, or None.
    encoding
        Encoding of that file, for example ``cp949``.
    project
        Where the file goes.
    steps
        The notebooks, whose parameters are written with their defaults.
    table
        Client table the file holds.

    Returns
    -------
    Path
        The new file.

    Raises
    ------
    ParamsError
        For a name that cannot be a client's, or a client that is there already.
    DataError
        When there is no such table, or the data file cannot be read.
    """
    path = project.params_file(client)
    if not re.fullmatch(r"[\w][\w-]{0,63}", client):
        raise ParamsError(
            Problem(f"client {client!r}", "cannot be a file name", "letters, digits, _ and -, up to 64")
        )
    if path.exists():
        raise ParamsError(
            Problem(project.label(path), "is there already", next_step="edit it, or choose another name")
        )
    schemas.describe(table, where="--table")  # a table there is not is refused before any file is read
    lines = [f"  {table}:", *_table(table, data, encoding, project)]
    replace_file(path, _text(client, lines, steps))
    return path


def _table(table: str, data: Path | None, encoding: str, project: Project) -> list[str]:
    told = project.label(data) if data else f"data/CLIENT/{table}.csv"
    lines = [f"    from: {scalar(told)}"]
    lines += [f"    encoding: {encoding}"] if encoding != "utf-8" else []
    proposed: dict[str, sources.Proposal] = {}
    if data:
        spec = file_spec(data, encoding)
        columns = sources.column_names(spec, project.root, label=told)
        # A name may hold a line break; as JSON it stays inside the comment.
        lines.append(f"    # columns found: {json.dumps(columns, ensure_ascii=False)}")
        found = sources.propose(table, spec, project.root, label=told, afresh=True)
        proposed = {proposal.column: proposal for proposal in found}
    lines.append("    columns:")
    for meaning in schemas.describe(table):
        if meaning.name in proposed:
            lines.append(column_line(proposed[meaning.name]))
        elif meaning.required:
            lines.append(f"      {meaning.name}: FILL_IN  # {meaning.meaning}")
    return lines


def _text(client: str, table: list[str], steps: Sequence[Step]) -> str:
    head = {
        "client": client,
        "title": {"en": client, "ko": client},
        "as_of": datetime.now().astimezone().date().isoformat(),
    }
    lines = [f"# Params of {client}. What is left out has the default of the notebook's parameters cell."]
    lines += [
        _line(name, head.get(name, _default(field)), field.description)
        for name, field in CommonParams.model_fields.items()
        if name != "data"
    ]
    lines += ["data:", *table]
    for names, parameters in _own_parameters(steps).items():
        lines += ["", f"# {', '.join(names)}"]
        lines += [_line(name, _default(field), field.description) for name, field in parameters.items()]
    return "\n".join(lines) + "\n"


def _own_parameters(steps: Sequence[Step]) -> dict[tuple[str, ...], dict[str, FieldInfo]]:
    """List the notebooks' parameters, each once, below the names of all notebooks that take it."""
    fields: dict[str, FieldInfo] = {}
    takers: dict[str, tuple[str, ...]] = {}
    for step in steps:
        for name, field in step.parameters.model_fields.items():
            fields.setdefault(name, field)
            takers[name] = (*takers.get(name, ()), step.name)
    return {
        names: {name: field for name, field in fields.items() if takers[name] == names}
        for names in dict.fromkeys(takers.values())
    }


def _line(name: str, value: Any, meaning: str | None) -> str:
    return f"{name}: {scalar(value)}" + (f"  # {meaning}" if meaning else "")


def _default(field: Any) -> Any:
    return field.get_default(call_default_factory=True)
