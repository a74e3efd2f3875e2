"""What a drawing function gives back: words and two drawings, shown as one HTML figure."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from cerm_nb.figures.canvas import Canvas
    from cerm_nb.words import Words


class Size(NamedTuple):
    """The room a drawing has: width and usual height in CSS pixels, and the size of its text."""

    width: int
    height: int
    text: int
    wide: bool


# One unit of the drawing is one pixel in the page's column, so the text is as large as it says.
WIDE = Size(width=720, height=380, text=13, wide=True)
NARROW = Size(width=350, height=300, text=12, wide=False)


@dataclass(frozen=True, repr=False)
class Figure:
    """A figure with its words; frozen, the same for the same inputs.

    Parameters
    ----------
    svg
        The drawing for a column of 720 pixels.
    narrow
        The same drawing laid out for a phone.
    words
        Title, subtitle, alternative text and note.
    """

    svg: str = field()
    narrow: str = field()
    words: Words = field()

    def __repr__(self) -> str:
        return f"Figure: {self.words.title}"

    @property
    def html(self) -> str:
        """The figure as an HTML fragment; every text escaped."""
        words = self.words
        note = f'<p class="cerm-note">{escape(words.note)}</p>' if words.note else ""
        # `hidden` keeps the phone's drawing out of sight wherever our style sheet is not loaded.
        return (
            f'<figure class="cerm-figure mathjax_ignore"><figcaption>'
            f'<strong class="cerm-title">{escape(words.title)}</strong>'
            f'<span class="cerm-subtitle">{escape(words.subtitle)}</span></figcaption>'
            f'<div class="cerm-wide">{self.svg}</div><div class="cerm-narrow" hidden>{self.narrow}</div>'
            f"{note}</figure>"
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}


def compose(words: Words, draw: Callable[[Size], Canvas]) -> Figure:
    """Draw a figure for a wide column and for a phone.

    Raises
    ------
    ValueError
        When the alternative text is empty.
    """
    if not words.alt.strip():
        raise ValueError(f"figure {words.title!r} needs alternative text: say in words.alt what it shows")
    return Figure(svg=draw(WIDE).svg(words.alt), narrow=draw(NARROW).svg(words.alt), words=words)
