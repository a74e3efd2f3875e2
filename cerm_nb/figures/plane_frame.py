"""What stands around the points of a plane: its scales, its quadrants and what these are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from cerm_nb.figures import scales
from cerm_nb.figures.canvas import MUTED, RULE, Canvas, Text, measure, shorten, wrap

if TYPE_CHECKING:
    from cerm_nb.figures.figure import Size
    from cerm_nb.figures.scales import Format
    from cerm_nb.words import Words

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

_UPPER, _LOWER = ("upper_left", "upper_right"), ("lower_left", "lower_right")
_ANCHOR: dict[bool, Literal["start", "end"]] = {True: "start", False: "end"}
_TALL = {True: 460.0, False: 330.0}


class Axis(NamedTuple):
    """One scale of a plane."""

    name: str
    reference: float | None
    write: Format
    range: tuple[float, float]


def axis(name: str, reference: float | None, write: Format, *columns: Numbers) -> Axis:
    """Make a scale wide enough for some columns and the line of reference."""
    return Axis(name, reference, write, scales.span(*columns, around=[reference]))


@dataclass(frozen=True)
class Frame:
    """The frame of a plane.

    Parameters
    ----------
    across, up
        The scales.
    words
        The wording.
    size
        The room.
    above
        Room to leave at the top, in pixels.
    """

    across: Axis
    up: Axis
    words: Words
    size: Size
    above: float

    def canvas(self, below: float) -> Canvas:
        """Make the drawing, with some room below in pixels."""
        across_named = self.across.reference is not None and self._has("x_reference")
        top = self.above + (26 if self._has(self.up.name) else 10) + (18 if across_named else 0)
        bottom = (50 if self._has(self.across.name) else 30) + below
        tall = _TALL[self.size.wide]
        left = scales.level_room(*self.up.range, self.up.write, self.size)
        canvas = Canvas(self.size.width, top + tall + bottom, left=left, right=12, top=top, bottom=bottom)
        over, under = (self._strip(names) for names in (_UPPER, _LOWER))
        low, high = self.up.range
        unit = (high - low) / (tall - over - under)
        canvas.limits(self.across.range, (low - under * unit, high + over * unit))
        return canvas

    def draw(self, canvas: Canvas) -> None:
        """Draw gridlines, scales, the lines between the quadrants, and all their names."""
        scales.level_lines(canvas, *self.up.range, self.up.write, self.size)
        scales.across_labels(canvas, *self.across.range, self.across.write, self.size)
        for tick in scales.ticks(*self.across.range, 5):
            x, _ = canvas.at(tick, self.up.range[0])
            canvas.stroke([x, x], [canvas.top, canvas.bottom], colour=RULE, linewidth=1, zorder=-1)
        self._quadrants(canvas)
        for text in [*self._axis_names(canvas), *self._within(canvas)]:
            canvas.write(
                text.string, text.x, text.y, size=text.size, anchor=text.anchor, colour=MUTED, halo=text.halo
            )

    def taken(self, canvas: Canvas) -> Numbers:
        """Find the boxes of the texts within the plane, shape (n, 4): left, top, right, bottom."""
        boxes = []
        for text in self._within(canvas):
            wide = measure(text.string, text.size)
            left = text.x - (wide if text.anchor == "end" else 0.0)
            boxes.append([left, text.y - text.size, left + wide, text.y + 3])
        return np.array(boxes, dtype=float).reshape(-1, 4)

    def _has(self, name: str) -> bool:
        return name in self.words.labels

    def _label(self, name: str) -> str:
        return shorten(self.words.label(name), self.size.width - 24, self.size.text - 1)

    def _broken(self, name: str) -> list[str]:
        room = 0.4 * self.size.width
        return wrap(self.words.label(name), room, self.size.text - 1, most=2) if self._has(name) else []

    def _strip(self, names: tuple[str, str]) -> float:
        """Find how much room the names of two quadrants take, so that no point lies upon them."""
        rows = max(len(self._broken(name)) for name in names)
        return 10.0 + (self.size.text + 3) * rows if rows else 0.0

    def _quadrants(self, canvas: Canvas) -> None:
        x, y = canvas.at(self.across.reference or 0.0, self.up.reference or 0.0)
        look: dict[str, Any] = {"colour": MUTED, "linewidth": 1.2, "dashes": (3, 2.5), "zorder": -1}
        if self.across.reference is not None:
            canvas.stroke([x, x], [canvas.top - 4, canvas.bottom], **look)
        if self.up.reference is not None:
            canvas.stroke([canvas.left, canvas.right], [y, y], **look)

    def _axis_names(self, canvas: Canvas) -> list[Text]:
        small, found = self.size.text - 1, []
        if self._has(self.up.name):
            found.append(Text(0, self.above + self.size.text, self._label(self.up.name), small))
        if self._has(self.across.name):
            name = self._label(self.across.name)
            found.append(Text(canvas.right, canvas.bottom + 42, name, small, "end"))
        if self.across.reference is not None and self._has("x_reference"):
            x, _ = canvas.at(self.across.reference, self.up.range[0])
            name = self._label("x_reference")
            half = measure(name, small) / 2
            middle = min(max(x, half), canvas.width - half)
            found.append(Text(middle, canvas.top - 9, name, small, "middle"))
        return found

    def _within(self, canvas: Canvas) -> list[Text]:
        """Write the names of the quadrants, and of the line across."""
        small, step = self.size.text - 1, self.size.text + 3
        found = []
        for name in (*_UPPER, *_LOWER):
            rows = self._broken(name)
            first = canvas.top + 4 if name in _UPPER else canvas.bottom - 8 - step * len(rows)
            left = name.endswith("left")
            x, anchor = canvas.left + 6 if left else canvas.right - 4, _ANCHOR[left]
            found += [
                Text(x, first + step * (number + 0.85), row, small, anchor, halo=True)
                for number, row in enumerate(rows)
            ]
        if self.up.reference is not None and self._has("y_reference"):
            _, y = canvas.at(self.across.range[0], self.up.reference)
            found.append(
                Text(
                    canvas.right - 4, y - 5, "".join(self._broken("y_reference")[:1]), small, "end", halo=True
                )
            )
        return found
