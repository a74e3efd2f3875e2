"""A single file that is named on the command line rather than in params."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from cerm_nb.errors import ParamsError, Problem
from cerm_nb.sources import TableSpec

if TYPE_CHECKING:
    from pathlib import Path


def file_spec(path: Path, encoding: str, **more: object) -> TableSpec:
    """Say how one file is read.

    Raises
    ------
    ParamsError
        For an encoding there is not.
    """
    try:
        return TableSpec.model_validate({"from": str(path.resolve()), "encoding": encoding, **more})
    except ValidationError as error:
        told = "; ".join(detail["msg"] for detail in error.errors())
        raise ParamsError(Problem("--encoding", told)) from None
