"""Where the boxes of a strategy map stand, and the ways of the lines between them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cerm_nb.figures.canvas import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cerm_nb.figures.figure import Size

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

_MOST = 5  # boxes beside one another
_GAP, _AIR, _MARK = 20.0, 9.0, 20.0
_SWEEPS = 6
_BETWEEN = 64.0  # room between rows, for lines and what is written at them, in pixels


class Box(NamedTuple):
    """One node: its row, its edges in pixels, and the lines of its name."""

    row: int
    left: float
    top: float
    right: float
    bottom: float
    name: list[str]

    @property
    def middle(self) -> float:
        """Middle across."""
        return (self.left + self.right) / 2


class Link(NamedTuple):
    """An edge between nodes by their positions."""

    start: int
    end: int


def rows(layers: Sequence[int], links: Sequence[Link], *, ordered: bool) -> list[list[int]]:
    """Share the nodes out over rows, top layer first, so that few lines cross.

    Parameters
    ----------
    layers
        Layer of each node, 0 at the top.
    links
        The edges.
    ordered
        Keep the nodes of a layer in the order given.

    Returns
    -------
    list of list of int
        Positions of nodes, row by row; a layer of many nodes takes more than one row.
    """
    found: list[list[int]] = []
    for layer in sorted(set(layers)):
        nodes = [at for at, mine in enumerate(layers) if mine == layer]
        found += [list(part) for part in np.array_split(nodes, -(-len(nodes) // _MOST))]
    found = [[int(at) for at in row] for row in found]
    for _ in range(0 if ordered else _SWEEPS):
        for way in (found, found[::-1]):
            for row in way:
                row.sort(key=_pull(found, links))
    return found


def _pull(found: list[list[int]], links: Sequence[Link]) -> Any:
    """Say where a node is drawn to: the mean place of what it is linked with, else where it is."""
    places = {at: (place + 0.5) / len(row) for row in found for place, at in enumerate(row)}

    def mean(node: int) -> float:
        others = [link.end if link.start == node else link.start for link in links if node in link]
        return float(np.mean([places[other] for other in others])) if others else places[node]

    return mean


def boxes(found: list[list[int]], names: Sequence[str], left: float, top: float, size: Size) -> list[Box]:
    """Place the nodes of each row beside one another, every row as high as its longest name.

    Parameters
    ----------
    found
        As `rows` gives it.
    names
        Name of each node.
    left, top
        Where the first row begins, in pixels.
    size
        The room.
    """
    placed: dict[int, Box] = {}
    step = size.text + 2
    for number, row in enumerate(found):
        room = (size.width - left) / len(row)
        wide = min(room - _GAP, 168.0)
        broken = [wrap(names[at], wide - _MARK - 12, size.text - 1) for at in row]
        tall = step * max(map(len, broken)) + 2 * _AIR
        for place, (at, name) in enumerate(zip(row, broken, strict=True)):
            middle = left + room * (place + 0.5)
            placed[at] = Box(number, middle - wide / 2, top, middle + wide / 2, top + tall, name)
        top += tall + _BETWEEN
    return [placed[at] for at in range(len(names))]


def ways(placed: Sequence[Box], links: Sequence[Link]) -> list[Numbers]:
    """Lead each line from its box to the other, upright through the gaps of the rows between.

    Parameters
    ----------
    placed
        The boxes.
    links
        The edges.

    Returns
    -------
    list of array
        Places along each line in pixels, shape (steps, 2).
    """
    starts, ends = (_ports(placed, links, at) for at in (0, 1))
    used: dict[tuple[int, int], int] = {}
    return [
        _way(placed, link, start, end, used) for link, start, end in zip(links, starts, ends, strict=True)
    ]


def _ports(placed: Sequence[Box], links: Sequence[Link], side: int) -> list[tuple[float, float]]:
    """Share out where lines leave (0) or reach (1) a box, in the order of what is at their other ends."""
    found: list[tuple[float, float]] = [(0.0, 0.0)] * len(links)
    keys = [(link[side], _upper(placed, link, side)) for link in links]
    for node, upper in sorted(set(keys)):
        mine = [at for at, key in enumerate(keys) if key == (node, upper)]
        mine.sort(key=lambda at: (placed[links[at][1 - side]].middle, at))
        box = placed[node]
        # Lines that leave a box stand apart from those that reach it at the same edge.
        shift = 7.0 * (1 if side else -1) if (node, upper) in _other(placed, links, side) else 0.0
        for number, at in enumerate(mine):
            share = (number + 1) / (len(mine) + 1)
            x = box.middle + shift + (share - 0.5) * 0.8 * (box.right - box.left)
            found[at] = (x, box.top if upper else box.bottom)
    return found


def _other(placed: Sequence[Box], links: Sequence[Link], side: int) -> set[tuple[int, bool]]:
    return {(link[1 - side], _upper(placed, link, 1 - side)) for link in links}


def _upper(placed: Sequence[Box], link: Link, side: int) -> bool:
    """Tell whether a line touches the upper edge of a box; between boxes of one row it always does."""
    here, there = placed[link[side]].row, placed[link[1 - side]].row
    return there <= here


def _way(
    placed: Sequence[Box],
    link: Link,
    start: tuple[float, float],
    end: tuple[float, float],
    used: dict[tuple[int, int], int],
) -> Numbers:
    first, last = placed[link.start].row, placed[link.end].row
    if first == last:
        lift = 22.0 + 0.05 * abs(end[0] - start[0])
        return _bent(start, end, -lift, -lift)
    step = 1 if last > first else -1
    stops = [start]
    for row in range(first + step, last, step):
        share = (row - first) / (last - first)
        aim = start[0] + (end[0] - start[0]) * share
        mine = [box for box in placed if box.row == row]
        x = _gap(mine, aim, row, used)
        edges = (min(box.top for box in mine) - 4, max(box.bottom for box in mine) + 4)
        stops += [(x, edge) for edge in (edges if step > 0 else edges[::-1])]
    stops.append(end)
    parts = []
    for one, other in zip(stops[:-1:2], stops[1::2], strict=True):
        bend = 0.5 * (other[1] - one[1])
        parts.append(_bent(one, other, bend, -bend))
    return np.concatenate(parts)


def _gap(mine: list[Box], aim: float, row: int, used: dict[tuple[int, int], int]) -> float:
    """Choose the gap of a row nearest to where a line would go, each line beside those already there."""
    mine = sorted(mine, key=lambda box: box.left)
    gaps = [mine[0].left - _GAP / 2]
    gaps += [(one.right + other.left) / 2 for one, other in pairwise(mine)]
    gaps.append(mine[-1].right + _GAP / 2)
    at = int(np.argmin([abs(gap - aim) for gap in gaps]))
    number = used[row, at] = used.get((row, at), -1) + 1
    side = 1.0 if number % 2 == 0 else -1.0
    return min(gaps[at] + 4.5 * side * ((number + 1) // 2), gaps[-1] - 2)


def _bent(start: tuple[float, float], end: tuple[float, float], leave: float, reach: float) -> Numbers:
    """Draw a cubic curve that leaves and reaches upright."""
    share = np.linspace(0.0, 1.0, 25)[:, None]
    one, four = np.array(start), np.array(end)
    two, three = one + np.array([0.0, leave]), four + np.array([0.0, reach])
    rest = 1 - share
    return np.asarray(
        rest**3 * one + 3 * rest**2 * share * two + 3 * rest * share**2 * three + share**3 * four
    )
