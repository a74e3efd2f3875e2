"""Which notebooks there are, what each needs and gives, and the order that follows."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

import nbformat
from pydantic import BaseModel

from cerm_nb.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from pathlib import Path

CLIENT_TABLE = "data."
EVERY_TABLE = "*"


@dataclass(frozen=True)
class Step:
    """One notebook as the batch sees it.

    Parameters
    ----------
    name
        File name without its ending, ``"20_value"``; the order of names is the reading order.
    question
        The name without its number, ``"value"``: the first half of the addresses of its tables.
    path
        The notebook file.
    needs, optional
        Addresses of tables it must have, or can use: ``"data.transactions"`` for a client's own table,
        ``"data.*"`` for all it has, ``"value.customers"`` for one that another notebook publishes.
    gives
        Names of the tables it publishes.
    parameters
        The model of its own parameters.
    earlier
        Whether it reads what earlier runs of the client left.
    """

    name: str
    question: str
    path: Path
    needs: tuple[str, ...]
    optional: tuple[str, ...]
    gives: tuple[str, ...]
    parameters: type[BaseModel]
    earlier: bool = False

    @property
    def addresses(self) -> set[str]:
        """Where its tables are found by others."""
        return {f"{self.question}.{table}" for table in self.gives}

    @property
    def published_needs(self) -> set[str]:
        """What it takes from other notebooks, needed or optional."""
        return {table for table in (*self.needs, *self.optional) if not table.startswith(CLIENT_TABLE)}

    @property
    def client_tables(self) -> set[str]:
        """Which of the client's own tables it reads, needed or optional."""
        wanted = (*self.needs, *self.optional)
        return {table.removeprefix(CLIENT_TABLE) for table in wanted if table.startswith(CLIENT_TABLE)}

    def reads(self, table: str) -> bool:
        """Tell whether it reads one of the client's own tables."""
        return bool({table, EVERY_TABLE} & self.client_tables)

    def missing_client_tables(self, available: Container[str]) -> list[str]:
        """List the client tables it must have and has not, as ``data.<table>``."""
        wanted = [table for table in self.needs if table.startswith(CLIENT_TABLE)]
        return [table for table in wanted if table.removeprefix(CLIENT_TABLE) not in available]


class NoParameters(BaseModel):
    """The model of a notebook that has no parameters of its own."""


def discover(folder: Path) -> list[Step]:
    """Read every notebook of a folder and sort them so that each comes after what it takes from.

    Raises
    ------
    PlanError
        For a folder without notebooks, an unreadable one, a need nobody gives, two givers, or a circle.
    """
    paths = sorted(folder.glob("[0-9]*_*.ipynb"))
    if not paths:
        raise PlanError(f"{folder}: holds no notebook named like 20_value.ipynb")
    return order([read_step(path) for path in paths])


def read_step(path: Path) -> Step:
    """Read what one notebook declares in its metadata under ``cerm``."""
    metadata = read_notebook(path).metadata.get("cerm", {})
    if not isinstance(metadata, dict):
        raise PlanError(f"{path.name}: metadata cerm is {metadata!r}; expected needs, optional and gives")
    question = path.stem.partition("_")[2]
    return Step(
        name=path.stem,
        question=question,
        path=path,
        needs=_texts(path, metadata, "needs"),
        optional=_texts(path, metadata, "optional"),
        gives=_texts(path, metadata, "gives"),
        parameters=_parameters(path, metadata.get("analysis", f"cerm_nb.analyses.{question}")),
        earlier=_flag(path, metadata, "earlier"),
    )


def read_notebook(path: Path) -> nbformat.NotebookNode:
    """Read a notebook file.

    Raises
    ------
    PlanError
        When it is no notebook; nbformat fails in many ways on files that are JSON but something else.
    """
    try:
        notebook: nbformat.NotebookNode = nbformat.read(path, as_version=4)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, nbformat.ValidationError) as error:
        raise PlanError(f"{path.name}: is not a readable notebook ({error})") from None
    return notebook


def order(steps: Sequence[Step]) -> list[Step]:
    """Sort steps so that each follows the givers of what it takes; otherwise in reading order.

    Raises
    ------
    PlanError
        For a need nobody gives, two givers of one table, or a circle.
    """
    giver = _givers(steps)
    for step in steps:
        missing = sorted(
            need for need in step.needs if not need.startswith(CLIENT_TABLE) and need not in giver
        )
        if missing:
            raise PlanError(f"{step.name}: needs {', '.join(missing)}, which no notebook gives")
    by_name = {step.name: step for step in steps}
    before = {step.name: {giver[table] for table in step.published_needs if table in giver} for step in steps}
    sorter = TopologicalSorter(before)
    try:
        sorter.prepare()
    except CycleError as error:
        raise PlanError(f"notebooks need each other in a circle: {' → '.join(error.args[1])}") from None
    sorted_names: list[str] = []
    ready: set[str] = set()
    while sorter.is_active():
        ready |= set(sorter.get_ready())
        first = min(ready)
        ready.remove(first)
        sorted_names.append(first)
        sorter.done(first)
    return [by_name[name] for name in sorted_names]


def _givers(steps: Sequence[Step]) -> dict[str, str]:
    giver: dict[str, str] = {}
    for step in steps:
        for address in sorted(step.addresses):
            if address in giver:
                raise PlanError(f"{address} is given by both {giver[address]} and {step.name}")
            giver[address] = step.name
    return giver


def _texts(path: Path, metadata: dict[str, Any], key: str) -> tuple[str, ...]:
    value = metadata.get(key, [])
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
        raise PlanError(f"{path.name}: metadata cerm.{key} is {value!r}; expected a list of table names")
    return tuple(value)


def _flag(path: Path, metadata: dict[str, Any], key: str) -> bool:
    value = metadata.get(key, False)
    if not isinstance(value, bool):
        raise PlanError(f"{path.name}: metadata cerm.{key} is {value!r}; expected true or false")
    return value


def _parameters(path: Path, module: str) -> type[BaseModel]:
    if not module:
        return NoParameters
    try:
        model = importlib.import_module(module).Params
    except (ModuleNotFoundError, AttributeError) as error:
        raise PlanError(f"{path.name}: its analysis {module} has no Params ({error})") from None
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise PlanError(f"{path.name}: {module}.Params is no pydantic model")
    return model
