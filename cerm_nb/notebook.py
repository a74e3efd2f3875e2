"""What a notebook imports: open the client, show what was found, publish and save it.

A notebook reads ``run = nb.open("20_value", value.Params, globals())`` and goes on with the methods of `Run`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from cerm_nb import params, project
from cerm_nb.figures import own
from cerm_nb.session import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Run", "open", "own"]

Own = TypeVar("Own", bound=BaseModel)


def open(name: str, parameters: type[Own], namespace: Mapping[str, Any]) -> Run[Own]:  # `nb.open` reads well
    """Open a client for one question.

    Parameters
    ----------
    name
        The notebook's file name without its ending, ``"20_value"``.
    parameters
        The model of the question's own parameters.
    namespace
        The notebook's ``globals()``, where its parameters cell has put the values.

    Returns
    -------
    Run
        With checked parameters. Where the cell names only the client, the rest comes from
        ``params/<client>.yml``, and what the cell sets differently from its defaults wins.

    Raises
    ------
    ParamsError
        With every problem of the values.
    """
    here = project.find()
    models: list[type[BaseModel]] = [params.CommonParams, parameters]
    given = {
        field: namespace[field] for model in models for field in model.model_fields if field in namespace
    }
    label = f"{name}, parameters cell"
    values = given if given.get("data") else _filled(given, models, here)
    common = params.check(values, [parameters], label)
    return Run(name, common, params.select(parameters, values), here)


def _filled(given: Mapping[str, Any], models: list[type[BaseModel]], here: project.Project) -> dict[str, Any]:
    """Fill from the client's params file what the parameters cell leaves at its default."""
    from cerm_nb.batch import plan  # reads all notebooks, which a batch run need not do in every kernel

    path = here.params_file(str(given.get("client", "")))
    label = here.label(path)
    from_file = params.read(path, label)
    params.check(from_file, [step.parameters for step in plan.discover(here.notebooks)], label)
    names = {name for model in models for name in model.model_fields}
    set_here = {name: value for name, value in given.items() if value != _default(name, models)}
    return {name: value for name, value in from_file.items() if name in names} | set_here


def _default(name: str, models: list[type[BaseModel]]) -> object:
    field = next(model.model_fields[name] for model in models if name in model.model_fields)
    return field.get_default(call_default_factory=True)
