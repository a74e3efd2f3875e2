"""Where the level of a series changes most, beside all else its model holds."""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.scorecard.least_squares import SAME

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.least_squares import Fit
    from cerm_nb.stats import Floats, Integers, Truths

EDGE = 4  # values each level needs


def best_step(fit: Fit, order: Integers, steps: Integers) -> tuple[Integers, Floats]:
    """Find the change of level that explains most of what is left, and twice the log-likelihood it wins.

    A change shifts all values from its period on, and frees as many rows as the order, which belong to both
    levels. All periods are tried at once: a product with the shift is a sum from a period to the end.
    """
    width = int(order.max(initial=0)) + 1
    rows = fit.rows.astype(float)
    columns, told, own = (
        [_to_end(each), *(_ahead(each, lag) for lag in range(width - 1))]
        for each in (fit.basis, fit.left, rows)
    )
    gram = np.zeros((*fit.left.shape, width, width))
    for i, j in combinations_with_replacement(range(width), 2):
        shared = own[j] if i in (0, j) else 0.0
        gram[..., i, j] = gram[..., j, i] = shared - np.einsum("skt,skt->st", columns[i], columns[j])
    gram += SAME * np.eye(width)
    side = np.stack(told, axis=-1)
    won = np.einsum("sti,sti->st", side, np.linalg.solve(gram, side[..., None])[..., 0])
    whole = np.maximum((fit.left**2).sum(axis=1), 1e-300)
    share = np.where(_allowed(fit.rows, steps), np.clip(won / whole[:, None], 0.0, 1 - SAME), 0.0)
    at = share.argmax(axis=1)
    return at, -(fit.n - fit.rank) * np.log1p(-share[np.arange(len(at)), at])


def _allowed(rows: Truths, steps: Integers) -> Truths:
    """Periods that leave enough rows on either side, up to the ends and other changes of level."""
    before = rows.cumsum(axis=1) - rows
    room = np.minimum(before, rows.sum(axis=1)[:, None] - before)
    for step in steps.T:
        there = np.take_along_axis(before, np.maximum(step, 0)[:, None], axis=1)
        room = np.where((step >= 0)[:, None], np.minimum(room, np.abs(before - there)), room)
    return np.asarray(rows & (room >= EDGE))


def _to_end(values: Floats) -> Floats:
    return values[..., ::-1].cumsum(axis=-1)[..., ::-1]


def _ahead(values: Floats, lag: int) -> Floats:
    found = np.zeros_like(values)
    found[..., : values.shape[-1] - lag] = values[..., lag:]
    return found
