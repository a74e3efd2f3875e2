"""A strategy map on a phone: indicators under their layers, each with what it is to drive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cerm_nb import palette
from cerm_nb.figures import keys, states
from cerm_nb.figures.canvas import MUTED, wrap

if TYPE_CHECKING:
    from cerm_nb.figures.canvas import Canvas
    from cerm_nb.figures.figure import Size
    from cerm_nb.figures.strategy_map import Map
    from cerm_nb.words import Words

# Told apart by their dashes too.
EVIDENCE: dict[str, dict[str, Any]] = {
    "supported": {"colour": palette.colour("own"), "linewidth": 2.4},
    "contradicted": {"colour": palette.colour("concern"), "linewidth": 2.4, "dashes": (6, 1.6, 1.2, 1.6)},
    "not_supported": {"colour": palette.colour("neutral"), "linewidth": 1.4, "dashes": (5, 3)},
    "too_short": {"colour": palette.colour("neutral"), "linewidth": 1.6, "dashes": (0.9, 2.2)},
}
_INDENT = 22.0


class _Row(NamedTuple):
    """A line of the list: what it is, its baseline, its text, and the state or evidence drawn before it."""

    kind: str
    y: float
    text: str
    sign: str = ""


def signs(drawn: Map, words: Words) -> list[keys.Sign]:
    """Say what the key explains: the kinds of evidence and the states there are."""
    lines = [keys.Sign(words.label(name), look=EVIDENCE[name]) for name in EVIDENCE if name in drawn.evidence]
    return lines + [keys.Sign(words.label(state), state) for state in states.STATES if state in drawn.states]


def draw(drawn: Map, words: Words, size: Size) -> Canvas:
    """Draw the list."""
    key = signs(drawn, words)
    rows = _rows(drawn, keys.height(key, size) + 4, size)
    made = keys.canvas(size.width, rows[-1].y + 14)
    keys.draw(made, key, size)
    for row in rows:
        _write(made, row, size)
    return made


def _rows(drawn: Map, y: float, size: Size) -> list[_Row]:
    found: list[_Row] = []
    step = size.text + 5.0
    for layer, head in enumerate(drawn.heads):
        y += step + 14
        found.append(_Row("head", y, head))
        for node in [at for at, where in enumerate(drawn.layers) if where == layer]:
            y += 10
            for number, text in enumerate(wrap(drawn.names[node], size.width - _INDENT, size.text)):
                y += step
                found.append(_Row("name", y, text, "" if number else drawn.states[node]))
            for text, sign in _drives(drawn, node, size):
                y += step
                found.append(_Row("link", y, text, sign))
    return found


def _drives(drawn: Map, node: int, size: Size) -> list[tuple[str, str]]:
    """Word what a node is to drive: one line each, more where the text is long."""
    found = []
    for link, evidence, note in zip(drawn.links, drawn.evidence, drawn.notes, strict=True):
        if link.start == node:
            text = f"→ {drawn.names[link.end]}" + (f" ({note})" if note else "")
            parts = wrap(text, size.width - 2 * _INDENT - 34, size.text - 1)
            found += [(part, "" if number else evidence) for number, part in enumerate(parts)]
    return found


def _write(canvas: Canvas, row: _Row, size: Size) -> None:
    y = row.y - size.text * 0.36
    if row.kind == "head":
        canvas.write(row.text, 0, row.y, size=size.text, bold=True)
        canvas.stroke([0, size.width], [row.y + 6, row.y + 6], colour=MUTED, linewidth=1)
    elif row.kind == "name":
        if row.sign:
            states.draw(canvas, row.sign, 8, y, 6.5)
        canvas.write(row.text, _INDENT, row.y, size=size.text)
    else:
        if row.sign:
            canvas.stroke([_INDENT, _INDENT + 26], [y, y], **EVIDENCE[row.sign])
        canvas.write(row.text, _INDENT + 34, row.y, size=size.text - 1, colour=MUTED)
