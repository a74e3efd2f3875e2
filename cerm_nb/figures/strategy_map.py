"""The strategy as a map: what is to drive what, and what the data say of each link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from matplotlib.patches import Rectangle

from cerm_nb.figures import keys, map_layout, map_list, states
from cerm_nb.figures.canvas import INK, MUTED, RULE, Canvas, measure, wrap
from cerm_nb.figures.figure import Figure, Size, compose
from cerm_nb.figures.svg import PAPER

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cerm_nb.words import Words

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

MOST_ON_MAP = 24
_TRIES = np.array([0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82])


class Map(NamedTuple):
    """What is drawn: nodes by their names, layers from the top, and links by the nodes' positions."""

    names: list[str]
    layers: list[int]
    heads: list[str]
    states: list[str]
    links: list[map_layout.Link]
    evidence: list[str]
    notes: list[str]
    ordered: bool


def strategy_map(nodes: pd.DataFrame, edges: pd.DataFrame, *, layers: Sequence[str], words: Words) -> Figure:
    """Draw indicators in layers and the links between them, each in the line of its evidence.

    On a phone the map is a list: under each indicator what it is to drive.

    Parameters
    ----------
    nodes
        One row per indicator, 24 at most: `indicator`, `layer`, `state` (one of `states.STATES`), and where
        there is one `name` and `order` (places within a layer; without it lines cross as little as is found).
    edges
        One row per link: `from` and `to` (indicators), `evidence` (one of `map_list.EVIDENCE`) and `note`,
        written at the line.
    layers
        The layers from the top down; those without an indicator are left out.
    words
        The wording; labels name layers, states and kinds of evidence; these two make the key.

    Returns
    -------
    Figure

    Raises
    ------
    ValueError
        Without alternative text, without an indicator or with too many, for an unknown layer, state or kind
        of evidence, or a link to an indicator that is not on the map.
    """
    drawn = _map(nodes, edges, layers, words)

    def draw(size: Size) -> Canvas:
        return _wide(drawn, words, size) if size.wide else map_list.draw(drawn, words, size)

    return compose(words, draw)


def _map(nodes: pd.DataFrame, edges: pd.DataFrame, layers: Sequence[str], words: Words) -> Map:
    if not 0 < len(nodes) <= MOST_ON_MAP:
        raise ValueError(f"{len(nodes)} indicators on a map; draw 1 to {MOST_ON_MAP}")
    ordered = "order" in nodes
    nodes = nodes.sort_values("order", kind="stable") if ordered else nodes
    used = [layer for layer in layers if layer in set(nodes["layer"])]
    at = {name: place for place, name in enumerate(nodes["indicator"])}
    _check(set(nodes["layer"]) - set(layers), "layers", layers)
    _check(set(nodes["state"]) - set(states.STATES), "states", states.STATES)
    _check({*edges["from"], *edges["to"]} - set(at), "indicators", at)
    _check(set(edges["evidence"]) - set(map_list.EVIDENCE), "evidence", map_list.EVIDENCE)
    return Map(
        [str(name) for name in nodes["name" if "name" in nodes else "indicator"]],
        [used.index(layer) for layer in nodes["layer"]],
        [words.label(layer) for layer in used],
        list(nodes["state"]),
        [map_layout.Link(at[one], at[other]) for one, other in zip(edges["from"], edges["to"], strict=True)],
        list(edges["evidence"]),
        [str(note) for note in edges["note"]],
        ordered,
    )


def _check(unknown: set[Any], what: str, known: Any) -> None:
    if unknown:
        raise ValueError(f"{what} {sorted(map(str, unknown))} are not among {list(known)}")


def _wide(drawn: Map, words: Words, size: Size) -> Canvas:
    left = 16 + max(measure(row, size.text) for head in drawn.heads for row in wrap(head, 96, size.text))
    key = map_list.signs(drawn, words)
    rows = map_layout.rows(drawn.layers, drawn.links, ordered=drawn.ordered)
    above = keys.height(key, size)
    # Lines between boxes of the first row rise above it.
    top = above + (46 if any(link.start in rows[0] and link.end in rows[0] for link in drawn.links) else 20)
    placed = map_layout.boxes(rows, drawn.names, left, top, size)
    paths = map_layout.ways(placed, drawn.links)
    taken = [(0, 0, size.width, above + 4), *((box.left, box.top, box.right, box.bottom) for box in placed)]
    places, lost = _note_places(paths, drawn, taken, size)
    bottom = max(box.bottom for box in placed) + 14
    below = [part for text in lost for part in wrap(text, size.width - 4, size.text - 1)]
    canvas = keys.canvas(size.width, bottom + (size.text + 4) * len(below))
    keys.draw(canvas, key, size)
    _heads(canvas, drawn, placed, size)
    for path, evidence in zip(paths, drawn.evidence, strict=True):
        _line(canvas, path, evidence)
    for box, state in zip(placed, drawn.states, strict=True):
        _box(canvas, box, state, size)
    for (x, y), note in places:
        _note(canvas, note, x, y, size)
    for number, text in enumerate(below):
        canvas.write(text, 0, bottom + (size.text + 4) * (number + 0.7), size=size.text - 1, colour=MUTED)
    return canvas


def _heads(canvas: Canvas, drawn: Map, placed: list[map_layout.Box], size: Size) -> None:
    """Write the names of the layers at the left, and a rule between each two."""
    for layer, head in enumerate(drawn.heads):
        mine = [box for box, where in zip(placed, drawn.layers, strict=True) if where == layer]
        top, bottom = min(box.top for box in mine), max(box.bottom for box in mine)
        parts = wrap(head, 96, size.text)
        first = (top + bottom) / 2 + size.text * 0.35 - (size.text + 3) * (len(parts) - 1) / 2
        for number, part in enumerate(parts):
            canvas.write(part, 0, first + (size.text + 3) * number, size=size.text, bold=True)
        if layer:
            canvas.stroke([0, size.width], [top - 32, top - 32], colour=RULE, linewidth=1, zorder=-1)


def _line(canvas: Canvas, path: Numbers, evidence: str) -> None:
    look = keys.as_plotted(map_list.EVIDENCE[evidence])
    canvas.axes.plot(*path.T, **look, zorder=1)
    (x, y), (_, before) = path[-1], path[-3]
    up = y < before
    head = {"color": look["color"], "marker": "^" if up else "v", "markersize": 8, "markeredgewidth": 0}
    canvas.axes.plot([x], [y + (3.5 if up else -3.5)], linestyle="none", zorder=1.5, **head)


def _box(canvas: Canvas, box: map_layout.Box, state: str, size: Size) -> None:
    shape: dict[str, Any] = {"facecolor": PAPER, "edgecolor": MUTED, "linewidth": 1.0}
    canvas.axes.add_patch(
        Rectangle((box.left, box.top), box.right - box.left, box.bottom - box.top, zorder=3, **shape)
    )
    middle = (box.top + box.bottom) / 2
    states.draw(canvas, state, box.left + 14, middle)
    step = size.text + 2
    first = middle + size.text * 0.33 - step * (len(box.name) - 1) / 2
    for number, part in enumerate(box.name):
        canvas.write(part, box.left + 27, first + step * number, size=size.text - 1, colour=INK)


def _note(canvas: Canvas, note: str, x: float, y: float, size: Size) -> None:
    half = measure(note, size.text - 2) / 2 - 1
    ground = Rectangle((x - half, y - 7), 2 * half, 14, facecolor=PAPER, linewidth=0, zorder=2)
    canvas.axes.add_patch(ground)
    canvas.write(note, x, y + 4, size=size.text - 2, anchor="middle")


def _note_places(
    paths: list[Numbers], drawn: Map, taken: list[tuple[float, float, float, float]], size: Size
) -> tuple[list[tuple[tuple[float, float], str]], list[str]]:
    """Find room for the notes along their lines; those that find none are told below the map."""
    found: list[tuple[tuple[float, float], str]] = []
    lost: list[str] = []
    for path, link, note in zip(paths, drawn.links, drawn.notes, strict=True):
        half = measure(note, size.text - 2) / 2 + 2
        for x, y in path[(_TRIES * (len(path) - 1)).round().astype(int)] if note else []:
            x = min(max(float(x), half), size.width - half)
            box = (x - half, float(y) - 8, x + half, float(y) + 8)
            if not any(_touch(box, other) for other in taken):
                taken = [*taken, box]
                found.append(((x, float(y)), note))
                break
        else:
            names = drawn.names[link.start], drawn.names[link.end]
            lost += [f"{names[0]} → {names[1]}: {note}"] if note else []
    return found, lost


def _touch(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
