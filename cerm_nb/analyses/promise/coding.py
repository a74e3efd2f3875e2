"""From levels to columns of a model and back to part-worths of levels that sum to zero."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.linalg import block_diag, helmert

from cerm_nb.analyses.promise.choice_tasks import NONE

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.choice_tasks import Tasks
    from cerm_nb.stats import Floats, Integers, Truths

UNVALUED, UNKNOWN = -1, -2
"""Labels of levels without part-worth: of a constant attribute or of "none"; in no fitting task."""


@dataclass(frozen=True, eq=False)
class Coding:
    """Columns in which utility is linear.

    The part-worths of an attribute's levels sum to zero. Inside, its columns are orthonormal contrasts, so
    that a prior that is alike for all columns is alike for all levels, whichever is named first; the fit
    does not depend on it.

    Parameters
    ----------
    labels
        (attribute, level) of each part-worth, in the order of attributes and levels; levels never shown
        in a fitting task are left out, attributes of one level too. A "none" alternative has a label of its
        own at the end, (``none``, ``none``).
    basis
        Part-worth of each label by column, shape (labels, columns): ``part-worths = basis @ coefficients``.
    attributes
        Attributes with part-worths, "none" not among them.
    parts
        For each of `attributes` its labels, as a slice.
    price
        The attribute that is a price; empty where there is none.
    slope
        Column of a price that is linear; −1 where there is none, or where price is valued level by level.
    middle, unit
        Price at which its part-worth is 0, and the price difference that is 1 in its column.
    constant
        Attributes left out because fitting tasks show a single level of them.
    label_of
        Label of each code, by attribute of the tasks, shape (levels + 1,), below 0 where it has none; the
        last is of code −1, "none" and padding.
    """

    labels: tuple[tuple[str, str], ...]
    basis: Floats
    attributes: tuple[str, ...]
    parts: tuple[slice, ...]
    price: str
    slope: int
    middle: float
    unit: float
    constant: tuple[str, ...]
    label_of: tuple[Integers, ...]

    @property
    def columns(self) -> int:
        """Number of coefficients."""
        return int(self.basis.shape[1])

    @property
    def none(self) -> bool:
        """Whether the last label and column are those of "none of these"."""
        return bool(self.labels) and self.labels[-1] == (NONE, NONE)

    def to_levels(self, coefficients: Floats) -> Floats:
        """Turn coefficients (…, columns) into part-worths (…, labels)."""
        return coefficients @ self.basis.T.astype(coefficients.dtype)

    def rows(self, tasks: Tasks) -> Floats:
        """Lay out the columns of every alternative, shape (tasks, alternatives, columns); padding is 0."""
        valued = np.vstack([self.basis, np.zeros((2, self.columns))])  # codes below 0 are worth nothing
        rows = np.zeros((*tasks.shown.shape, self.columns))
        for at, label in enumerate(self.label_of):
            rows += valued[label[tasks.design[..., at]]]
        if self.none:
            rows[tasks.none, -1] = 1.0
        return rows

    def known(self, tasks: Tasks) -> Truths:
        """Tell the tasks all of whose levels have a part-worth, shape (tasks,)."""
        known: Truths = np.asarray(~tasks.none.any(axis=1) | self.none)
        for at, label in enumerate(self.label_of):
            known &= (label[tasks.design[..., at]] != UNKNOWN).all(axis=1)
        return known


def coding_of(tasks: Tasks, *, linear_price: bool = True) -> Coding:
    """Choose the columns of a model.

    Parameters
    ----------
    tasks
        From `read_tasks`; levels get part-worths where a fitting task shows them.
    linear_price
        Whether utility is linear in the price attribute, or each price has a part-worth of its own.
    """
    fitting = tasks.fitting
    seen = [np.unique(fitting.design[..., at]) for at in range(len(tasks.attributes))]
    seen = [codes[codes >= 0] for codes in seen]
    varies = [at for at, codes in enumerate(seen) if len(codes) > 1]
    line = tasks.attributes.index(tasks.price) if linear_price and tasks.price else -1
    numbers = np.array([float(level) for level in tasks.levels[line]]) if line in varies else np.zeros(1)
    middle, unit = float(numbers.mean()), float(np.ptp(numbers) / 2) or 1.0
    if line in varies:
        seen[line] = np.arange(len(numbers))  # a line also values prices that only hold-out tasks show
    blocks = [(numbers[:, None] - middle) / unit if at == line else helmert(len(seen[at])).T for at in varies]
    ends = np.cumsum([0, *(len(block) for block in blocks)])
    none = bool(fitting.none.any())
    labels = [(tasks.attributes[at], tasks.levels[at][code]) for at in varies for code in seen[at]]
    return Coding(
        (*labels, *([(NONE, NONE)] if none else [])),
        block_diag(*blocks, *([[[1.0]]] if none else [])) if blocks or none else np.zeros((0, 0)),
        tuple(tasks.attributes[at] for at in varies),
        tuple(slice(int(start), int(end)) for start, end in pairwise(ends)),
        tasks.price,
        sum(block.shape[1] for block in blocks[: varies.index(line)]) if line in varies else -1,
        middle,
        unit,
        tuple(name for at, name in enumerate(tasks.attributes) if at not in varies),
        _labels(tasks, seen, varies, ends),
    )


def _labels(tasks: Tasks, seen: list[Integers], varies: list[int], ends: Integers) -> tuple[Integers, ...]:
    told = [np.full(len(levels) + 1, UNKNOWN, dtype=np.int64) for levels in tasks.levels]
    for at, codes in enumerate(seen):
        told[at][codes] = ends[varies.index(at)] + np.arange(len(codes)) if at in varies else UNVALUED
        told[at][-1] = UNVALUED
    return tuple(told)
