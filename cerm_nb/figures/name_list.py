"""Names that find no room beside their points: a numbered list below the plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cerm_nb.figures.canvas import MUTED, Canvas, measure, wrap
from cerm_nb.figures.row_layout import MISSING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cerm_nb.figures.figure import Size
    from cerm_nb.words import Words


_NUMBER = 18.0  # room of a number, in pixels
_APART = 6.0


class NameList(NamedTuple):
    """What stands below a plot.

    Parameters
    ----------
    names
        Names in the order of their numbers.
    lost
        Lines that tell what has no place in the plot.
    columns
        Columns the names stand in.
    step
        Height of a line in pixels.
    """

    names: list[str]
    lost: list[str]
    columns: int
    step: int

    @property
    def rows(self) -> int:
        """Rows of names."""
        return -(-len(self.names) // self.columns)

    @property
    def height(self) -> float:
        """Room it takes, in pixels."""
        lines = self.rows + len(self.lost)
        return 14.0 + self.step * lines + (_APART if self.names and self.lost else 0) if lines else 0.0

    def write(self, canvas: Canvas, size: Size) -> None:
        """Write it at the foot of a drawing."""
        first = canvas.height - self.height + 8
        for at, name in enumerate(self.names):
            column, row = divmod(at, self.rows)
            x, y = column * size.width / self.columns, first + self.step * (row + 0.8)
            canvas.write(str(at + 1), x + _NUMBER, y, size=size.text - 1, anchor="end", bold=True)
            canvas.write(name, x + _NUMBER + 7, y, size=size.text - 1)
        for number, line in enumerate(self.lost):
            y = first + self.step * (self.rows + number + 0.8) + (_APART if self.names else 0)
            canvas.write(line, 0, y, size=size.text - 1, colour=MUTED)


def name_list(names: Sequence[str], lost: Sequence[str], words: Words, size: Size) -> NameList:
    """Lay out a numbered list, and tell what has no place.

    Parameters
    ----------
    names
        What the numbers in the plot stand for, in their order.
    lost
        Names without a place in the plot.
    words
        The wording; a label for ``"missing"`` stands before the lost ones.
    size
        The room.
    """
    small = size.text - 1
    widest = max((measure(name, small) for name in names), default=1.0) + _NUMBER + 18
    columns = min(3 if size.wide else 2, max(1, int(size.width // widest)))
    room = size.width / columns - _NUMBER - 10
    missing = words.label("missing") if "missing" in words.labels else MISSING
    told = wrap(f"{missing}: {', '.join(lost)}", size.width - 4, small) if lost else []
    return NameList(["".join(wrap(name, room, small, 1)) for name in names], told, columns, size.text + 4)
