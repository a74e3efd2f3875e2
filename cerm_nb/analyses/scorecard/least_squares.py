"""Least squares of many series at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Truths

SAME = 1e-9  # share of a column's size up to which what is left of it is rounding


class Fit:
    """Least squares of many series at once, column by column.

    Columns are made orthogonal to those before; a column that adds nothing (or is all 0) counts for none.
    """

    def __init__(self, y: Floats, rows: Truths) -> None:
        self.rows = rows
        self.n = rows.sum(axis=1)
        self.left = np.where(rows, y, 0.0)
        self.rank = np.zeros(len(y), dtype=np.int64)
        self.basis = np.empty((len(y), 0, y.shape[1]))

    def add(self, column: Floats) -> None:
        """Take a column, shape (periods,) or (series, periods), out of what is left."""
        new = np.where(self.rows, column, 0.0)
        size = np.einsum("st,st->s", new, new)
        if not size.any():
            return
        for _ in range(2):  # once more, against rounding
            new -= np.matmul(np.matmul(self.basis, new[..., None]).swapaxes(1, 2), self.basis)[:, 0]
        rest = np.einsum("st,st->s", new, new)
        counts = rest > SAME * size
        new *= np.where(counts, 1 / np.sqrt(np.where(counts, rest, 1.0)), 0.0)[:, None]
        self.left = self.left - np.einsum("st,st->s", new, self.left)[:, None] * new
        self.rank = self.rank + counts
        self.basis = np.concatenate([self.basis, new[:, None]], axis=1)

    @property
    def criterion(self) -> Floats:
        """Corrected Akaike criterion; infinite where there are too few rows."""
        free = self.n - self.rank - 2
        squares = np.maximum((self.left**2).sum(axis=1), 1e-300)
        told = self.n * np.log(squares / np.maximum(self.n, 1))
        told += 2 * (self.rank + 1) * self.n / np.maximum(free, 1)
        return np.where(free > 0, told, np.inf)
