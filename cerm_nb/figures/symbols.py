"""Marks that differ in shape as well as colour, and the key that names them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cerm_nb import palette
from cerm_nb.figures.canvas import shorten
from cerm_nb.figures.marks import key_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cerm_nb.figures.canvas import Canvas
    from cerm_nb.figures.figure import Size

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

PAPER = palette.SURFACES["paper"][0]
_OPEN = ("s", "^", "D", "v", "o")
_POINTS = {"highlight": "D", "competitor": "s", "expected": "^", "improvement": "v", "concern": "P"}


class Symbol(NamedTuple):
    """How one kind of mark looks: its meaning gives the colour."""

    meaning: str
    shape: str = "o"
    filled: bool = True

    @property
    def look(self) -> dict[str, Any]:
        """What matplotlib is told."""
        colour = palette.colour(self.meaning)
        if self.shape == "|":  # a level that is aimed at or hoped for: a stroke across the row
            return {"marker": "|", "color": colour, "markersize": 15, "markeredgewidth": 3.2}
        face = {"markersize": 9} if self.filled else {"markersize": 7.5, "markerfacecolor": PAPER}
        edge = 0.0 if self.filled else 1.9
        return {"marker": self.shape, "color": colour, "markeredgewidth": edge, **face}


OWN = Symbol("own")
EMPHASISED = Symbol("highlight", "D")  # as `point` has it


def symbols(meanings: Sequence[str]) -> list[Symbol]:
    """Give each series a mark of its own: ours a full dot, expectations and targets a stroke, others open."""
    found: list[Symbol] = []
    rest = iter(_OPEN)
    for meaning in meanings:
        wished = {"own": OWN, "expected": Symbol("expected", "|")}.get(meaning)
        found.append(
            Symbol(meaning, next(rest), filled=False) if wished is None or wished in found else wished
        )
    return found


def point(meaning: str) -> Symbol:
    """Give a point on a plane the mark of its meaning."""
    return Symbol(meaning, _POINTS.get(meaning, "o"))


def put(canvas: Canvas, across: Numbers, up: Numbers, symbol: Symbol) -> None:
    """Draw marks of one kind at values of the plotting area; where a value is missing, none."""
    canvas.axes.plot(across, up, linestyle="none", clip_on=False, **symbol.look)


def key(canvas: Canvas, names: Sequence[str], marks: Sequence[Symbol], size: Size) -> None:
    """Write the names of the marks above the plot."""
    for (x, row), name, mark in zip(_places(names, size), _fitting(names, size), marks, strict=True):
        y = 11.0 + 20 * row
        canvas.stroke([x + 8], [y], linestyle="none", **{"colour": mark.look["color"]} | _without(mark.look))
        canvas.write(name, x + 20, y + size.text * 0.35, size=size.text, bold=mark.meaning == "own")


def key_height(names: Sequence[str], size: Size) -> int:
    """Find how much room the names above the plot take, in pixels."""
    return 20 * (_places(names, size)[-1][1] + 1) + 4 if names else 0


def emphasised(data: pd.DataFrame, column: str | None) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Read the column that says which rows are brought out; what is missing is not."""
    if column is None:
        return np.zeros(len(data), dtype=bool)
    return data[column].fillna(False).astype(bool).to_numpy()


def _places(names: Sequence[str], size: Size) -> list[tuple[float, int]]:
    return key_places([[name] for name in _fitting(names, size)], size)


def _fitting(names: Sequence[str], size: Size) -> list[str]:
    return [shorten(name, size.width - 24, size.text) for name in names]


def _without(look: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in look.items() if name != "color"}
