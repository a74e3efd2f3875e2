"""The board's page: the indicators in focus by perspective, what was said of them, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from cerm_nb.figures import board_tile

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from cerm_nb.words import Words

MOST_ON_BOARD, MOST_TEXTS = 7, 4


@dataclass(frozen=True, repr=False)
class Board:
    """A page for the board with its words; frozen, the same for the same inputs.

    Parameters
    ----------
    markup
        Header, bands of tiles and the column beside them, every text escaped.
    words
        Title, subtitle, note and labels.
    """

    markup: str
    words: Words

    def __repr__(self) -> str:
        return f"Board: {self.words.title}"

    @property
    def html(self) -> str:
        """The board as an HTML fragment; printed, it takes a landscape page of its own."""
        return (
            f'<div class="cerm-board mathjax_ignore"><div class="cerm-board-sheet">{self.markup}</div></div>'
        )

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.html, "text/plain": repr(self)}


def board(
    tiles: pd.DataFrame,
    *,
    perspectives: Sequence[str],
    words: Words,
    said: Sequence[str] = (),
    actions: Sequence[str] = (),
) -> Board:
    """Lay out the board's page.

    Parameters
    ----------
    tiles
        One row per indicator in focus, 7 at most, with its texts already written: `name`, `perspective`,
        `latest`, `period`, `level`, `target`, `attainment` (0–100) with `attainment_low` and
        `attainment_high` (numbers, NaN where unknown) and `attained` (how it is written), `variation` (one of
        `states.STATES`), `assurance` (one of `board_tile.ASSURANCE`), `p_hit` and `owner` (texts, empty where
        there is none, as `period`, `level` and `target` may be), `trend` (a `Sparkline`).
    perspectives
        Perspectives from the top down; those without an indicator are left out.
    words
        The wording: the title is the sentence about all of them, the subtitle names client and day; labels
        name perspectives and states and the parts ``"attainment"``, ``"p_hit"``, ``"level"``, ``"target"``,
        ``"owner"``, ``"variation"``, ``"assurance"``, ``"said"`` and ``"actions"``.
    said
        What was forecast and what came, a sentence each, 4 at most.
    actions
        What is done next, 4 at most.

    Returns
    -------
    Board

    Raises
    ------
    ValueError
        Without an indicator, for more indicators or sentences than the page holds, or for an unknown
        perspective or state.
    """
    _check(tiles, perspectives, said, actions)
    bands = [(name, tiles[tiles["perspective"] == name]) for name in perspectives]
    left = "".join(
        _band(words.label(name), mine.to_dict("records"), words) for name, mine in bands if len(mine)
    )
    right = _texts("said", said, words) + _texts("actions", actions, words)
    beside = f'<div class="cerm-board-side">{right}</div>' if right else ""
    note = f'<p class="cerm-note">{escape(words.note)}</p>' if words.note else ""
    markup = (
        f'<div class="cerm-board-top"><strong class="cerm-title">{escape(words.title)}</strong>'
        f'<span class="cerm-subtitle">{escape(words.subtitle)}</span></div>'
        f'<div class="cerm-board-body"><div class="cerm-board-bands">{left}</div>{beside}</div>{note}'
    )
    return Board(markup, words)


def _check(
    tiles: pd.DataFrame, perspectives: Sequence[str], said: Sequence[str], actions: Sequence[str]
) -> None:
    if not 0 < len(tiles) <= MOST_ON_BOARD:
        raise ValueError(f"{len(tiles)} indicators on a board; show 1 to {MOST_ON_BOARD}")
    if max(len(said), len(actions)) > MOST_TEXTS:
        raise ValueError(
            f"{len(said)} and {len(actions)} sentences beside a board; show {MOST_TEXTS} of each at most"
        )
    unknown = sorted(set(tiles["perspective"]) - set(perspectives))
    if unknown:
        raise ValueError(f"perspectives {unknown} are not among {list(perspectives)}")


def _band(name: str, rows: list[dict[Any, Any]], words: Words) -> str:
    tiles = "".join(f'<li class="cerm-board-tile">{board_tile.tile(row, words)}</li>' for row in rows)
    return (
        f'<div class="cerm-board-band"><p class="cerm-board-head">{escape(name)}</p>'
        f'<ul class="cerm-board-tiles">{tiles}</ul></div>'
    )


def _texts(part: str, texts: Sequence[str], words: Words) -> str:
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    head = f'<p class="cerm-board-head">{escape(words.label(part))}</p>'
    return f'{head}<ul class="cerm-board-list cerm-board-{part}">{items}</ul>' if texts else ""
