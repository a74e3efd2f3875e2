"""The key above a drawing of lines, marks and states, in a drawing whose values are its pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cerm_nb.figures import states
from cerm_nb.figures.canvas import Canvas, shorten
from cerm_nb.figures.marks import key_places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cerm_nb.figures.figure import Size

_WIDE = 22.0


class Sign(NamedTuple):
    """What a key explains: its name, and the state drawn or the look of its line or mark."""

    name: str
    state: str = ""
    look: Mapping[str, Any] = {}


def canvas(width: int, height: float) -> Canvas:
    """Make a drawing whose values are its pixels."""
    made = Canvas(width, height, left=0, right=0, top=0, bottom=0)
    made.limits((0, width), (made.height, 0))
    return made


def as_plotted(look: Mapping[str, Any]) -> dict[str, Any]:
    """Turn the look of a stroke into what plots take, which lie in the order of their `zorder`."""
    return {"color" if name == "colour" else name: value for name, value in look.items()}


def height(signs: Sequence[Sign], size: Size) -> float:
    """Find how much room the key takes, in pixels."""
    return 20.0 * (_places(signs, size)[-1][1] + 1) if signs else 0.0


def draw(canvas: Canvas, signs: Sequence[Sign], size: Size) -> None:
    """Write the key at the top of a drawing."""
    for sign, (x, row) in zip(signs, _places(signs, size), strict=True):
        y = 10.0 + 20 * row
        if sign.state:
            states.draw(canvas, sign.state, x + 12, y, 6.0)
        elif "marker" in sign.look:
            canvas.stroke([x + 12], [y], **sign.look)
        else:
            canvas.stroke([x, x + _WIDE], [y, y], **sign.look)
        text = shorten(sign.name, size.width - _WIDE - 8, size.text - 1)
        canvas.write(text, x + _WIDE + 6, y + size.text * 0.35, size=size.text - 1)


def _places(signs: Sequence[Sign], size: Size) -> list[tuple[float, int]]:
    return key_places([[shorten(sign.name, size.width - _WIDE - 8, size.text - 1)] for sign in signs], size)
