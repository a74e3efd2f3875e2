"""Choice, best-worst and rating tasks as dense arrays."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.choice_checks import find_problems
from cerm_nb.analyses.promise.choice_rows import number_rows
from cerm_nb.errors import DataError, NotEnoughData

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.choice_rows import Rows
    from cerm_nb.stats import Floats, Integers, Truths

METHODS = ("choice", "best_worst", "rating")
NONE = "none"


@dataclass(frozen=True, eq=False)
class Tasks:
    """Tasks of one method, padded to the largest number of alternatives.

    Parameters
    ----------
    method
        ``choice``, ``best_worst`` or ``rating``.
    attributes
        Names in order of first appearance; in best-worst tasks of items a single one.
    levels
        Levels of each attribute, numbers by size, else by alphabet; of all tasks, hold-out included.
    price
        The attribute that is a price; empty where there is none.
    respondents
        Identifiers, shape (respondents,).
    respondent
        Index of the respondent of each task, ascending, shape (tasks,).
    task
        Identifier of each task, shape (tasks,).
    holdout
        Whether the task is kept back, shape (tasks,).
    design
        Code of the level shown, −1 in padding and in a "none" alternative, shape (tasks, alternatives,
        attributes).
    shown
        Whether the alternative exists, shape (tasks, alternatives).
    none
        Whether the alternative is "none of these", shape (tasks, alternatives).
    chosen
        1 chosen or best, −1 worst, 0 neither; the rating in rating tasks; 0 in padding; shape (tasks,
        alternatives).
    """

    method: str
    attributes: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    price: str
    respondents: np.ndarray
    respondent: Integers
    task: np.ndarray
    holdout: Truths
    design: Integers
    shown: Truths
    none: Truths
    chosen: Floats

    @property
    def fitting(self) -> Tasks:
        """The tasks part-worths are estimated from."""
        return self.where(~self.holdout)

    @property
    def kept_back(self) -> Tasks:
        """The hold-out tasks, with the same respondents and levels."""
        return self.where(self.holdout)

    def where(self, kept: Truths) -> Tasks:
        """Keep some of the tasks; respondents, attributes and levels stay as they are, and so do codes."""
        by_task = ("respondent", "task", "holdout", "design", "shown", "none", "chosen")
        return replace(self, **{name: getattr(self, name)[kept] for name in by_task})


def read_tasks(choices: pd.DataFrame, method: str, price_attribute: str = "", none: str = NONE) -> Tasks:
    """Read the tasks of one method.

    Parameters
    ----------
    choices
        The client table of this name.
    method
        ``choice``, ``best_worst`` or ``rating``.
    price_attribute
        The attribute that is a price, its levels plain numbers; empty where there is none.
    none
        Identifier of an alternative that is "none of these": what its rows say beside `chosen` is not read.
        An alternative all of whose levels are empty is taken for one, too.

    Raises
    ------
    DataError
        For tasks without, or with two, choices (best-worst: not exactly one 1 and one −1), a single
        alternative, alternatives that lack an attribute or have it twice, an item twice in a task, missing
        answers, tasks held out in part, prices that are no numbers; all at once.
    NotEnoughData
        ``no_tasks`` where the table has none of the method.

    Notes
    -----
    A level that only hold-out tasks show stays in `Tasks`, but it gets no part-worth (see `coding_of`), and
    such tasks are left out where forecasts are judged.
    """
    table = choices[choices["method"].astype("str") == method]
    if table.empty:
        raise NotEnoughData("no_tasks", method=method)
    rows = number_rows(table, method, none)
    numbers = _numbers(rows, price_attribute)
    problems = find_problems(rows, price_attribute, numbers)
    if problems:
        raise DataError(problems)
    return _dense(rows, price_attribute, np.where(np.isnan(numbers), rows.level, _plain(numbers)))


def _numbers(rows: Rows, price: str) -> Floats:
    priced = rows.valued & (rows.attribute == _position(rows, price))
    numbers = pd.to_numeric(pd.Series(rows.level).where(priced), errors="coerce")
    return numbers.to_numpy(np.float64)


def _position(rows: Rows, price: str) -> int:
    return rows.attributes.index(price) if price in rows.attributes else -1


def _plain(numbers: Floats) -> np.ndarray:
    """Write equal prices alike: 180000.0 as 180000."""
    unique, inverse = np.unique(numbers, return_inverse=True)
    return np.array([f"{one:.15g}" for one in unique], dtype=object)[inverse]


def _dense(rows: Rows, price: str, level: np.ndarray) -> Tasks:
    tasks, width = len(rows.task), len(rows.attributes)
    place = np.arange(len(rows.task_of)) - rows.first_alternative[rows.task_of]
    shape = (tasks, int(place.max()) + 1)
    shown, none, chosen = np.zeros(shape, bool), np.zeros(shape, bool), np.zeros(shape)
    shown[rows.task_of, place] = True
    none[rows.task_of, place] = rows.none
    chosen[rows.task_of, place] = rows.chosen[rows.first]
    design = np.full((*shape, width), -1, dtype=np.int64)
    levels = []
    for attribute in range(width):
        of = np.flatnonzero(rows.valued & (rows.attribute == attribute))
        names, code = _levels(level[of])
        at = rows.alternative[of]
        design[rows.task_of[at], place[at], attribute] = code
        levels.append(names)
    holdout = np.bincount(rows.task_of[rows.alternative], rows.holdout, tasks) > 0
    return Tasks(
        rows.method,
        rows.attributes,
        tuple(levels),
        price,
        rows.respondents,
        rows.respondent,
        rows.task,
        holdout,
        design,
        shown,
        none,
        chosen,
    )


def _levels(names: np.ndarray) -> tuple[tuple[str, ...], Integers]:
    """Tell the levels, by size where all are numbers, else by alphabet, and each one's number."""
    code, unique = pd.factorize(names, sort=True)
    size = pd.to_numeric(pd.Series(unique, dtype=object), errors="coerce").to_numpy(float)
    order = np.arange(len(unique)) if np.isnan(size).any() else np.argsort(size, kind="stable")
    return tuple(unique[order]), np.argsort(order)[code]
