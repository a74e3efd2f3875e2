"""One drawing: matplotlib draws the shapes, the texts are placed here and written by the reader's own fonts.

Matplotlib never sees a text. So no font is looked for, a Korean label needs none on this machine, a dollar
sign is not mathematics, and the drawing is the same on every machine.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from unicodedata import east_asian_width

import matplotlib as mpl
from matplotlib.figure import Figure as Drawing
from matplotlib.lines import Line2D
from matplotlib.transforms import IdentityTransform

from cerm_nb.figures.svg import compact

if TYPE_CHECKING:
    from matplotlib.axes import Axes

INK = "#000000"  # becomes the reader's text colour
MUTED = "#000001"
RULE = "#000002"
_STYLE: Any = {"svg.fonttype": "none", "svg.hashsalt": "cerm"}
_THIN = frozenset(" .,:;'|!()[]iljtfrI1")


class Text(NamedTuple):
    """A text at a place of the drawing, in pixels from its upper left corner; `y` is the baseline."""

    x: float
    y: float
    string: str
    size: float
    anchor: Literal["start", "middle", "end"] = "start"
    bold: bool = False
    colour: str = INK
    halo: bool = False  # keeps what is drawn behind away from the letters


class Canvas:
    """A drawing of fixed size with one plotting area.

    Parameters
    ----------
    width, height
        Size in pixels.
    left, right, top, bottom
        Room around the plotting area, in pixels.
    """

    def __init__(
        self, width: int, height: float, *, left: float, right: float, top: float, bottom: float
    ) -> None:
        self.width, self.height = width, round(height)
        self.left, self.right, self.top, self.bottom = left, width - right, top, self.height - bottom
        # At 72 dots per inch a point, a pixel and a unit of the SVG are one.
        self._drawing = Drawing(figsize=(width / 72, self.height / 72), dpi=72)
        area = (left, bottom, width - left - right, self.height - top - bottom)
        rectangle = (area[0] / width, area[1] / self.height, area[2] / width, area[3] / self.height)
        self.axes: Axes = self._drawing.add_axes(rectangle)
        self._drawing.patch.set_visible(False)
        self.axes.set_axis_off()
        self._texts: list[Text] = []

    def limits(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Set the values at the edges of the plotting area: left and right, bottom and top."""
        self.axes.set_xlim(*x)
        self.axes.set_ylim(*y)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Find the place of a value, in pixels from the upper left corner."""
        across, up = self.axes.transData.transform((x, y))
        return float(across), self.height - float(up)

    def write(self, string: str, x: float, y: float, *, size: float, **look: Any) -> None:
        """Write a text at a place in pixels; `look` as in `Text`."""
        if string:
            self._texts.append(Text(x, y, string, size, **look))

    def stroke(self, xs: list[float], ys: list[float], *, colour: str = INK, **look: Any) -> None:
        """Draw a line through places in pixels from the upper left corner."""
        line = Line2D(xs, [self.height - y for y in ys], color=colour, clip_on=False, **look)
        self._drawing.add_artist(line)
        # Set after adding: the drawing would otherwise take places for fractions of its size.
        line.set_transform(IdentityTransform())

    def svg(self, alt: str) -> str:
        """Write the drawing as compact SVG with its alternative text."""
        raw = io.StringIO()
        with mpl.rc_context(_STYLE):
            self._drawing.savefig(raw, format="svg", metadata={"Date": None})
        return compact(raw.getvalue(), self.width, self.height, self._texts, alt)


def measure(string: str, size: float) -> float:
    """Estimate how wide a text is, in pixels, on the wide side of the fonts readers have."""
    return size * sum(_character(character) for character in string)


def _character(character: str) -> float:
    if east_asian_width(character) in {"W", "F"}:
        return 1.0
    if character in _THIN:
        return 0.36
    if character in "%@W":
        return 0.95
    return 0.72 if character.isupper() or character in "mw–—+−±=" else 0.6


def wrap(string: str, room: float, size: float, most: int = 3) -> list[str]:
    """Break a text at its spaces into lines that fit; a last line that cannot fit ends with an ellipsis."""
    rows: list[str] = []
    for word in string.split():
        joined = f"{rows[-1]} {word}" if rows else word
        if rows and measure(joined, size) <= room:
            rows[-1] = joined
        else:
            rows.append(word)
    if len(rows) > most:
        rows = [*rows[: most - 1], " ".join(rows[most - 1 :])]
    return [shorten(row, room, size) for row in rows]


def shorten(string: str, room: float, size: float) -> str:
    """Cut a text that does not fit, with an ellipsis."""
    if measure(string, size) <= room:
        return string
    while string and measure(string + "…", size) > room:
        string = string[:-1]
    return string.rstrip() + "…"
