"""The rows of the client table `choices`, numbered by task and alternative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Integers, Truths

ITEM = "item"


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of one method, sorted by respondent, task and alternative, with the tasks they belong to.

    Parameters
    ----------
    method, attributes, respondents
        As in `Tasks`.
    respondent, task
        Index of the respondent and identifier, of each task.
    task_of
        Task of each alternative.
    none
        Whether the alternative is "none of these", of each alternative.
    alternative, attribute, level, chosen, holdout
        Alternative, code of the attribute, text of the level (empty where unset), choice or rating, and
        whether the row is of a hold-out task, of each row.
    """

    method: str
    attributes: tuple[str, ...]
    respondents: np.ndarray
    respondent: Integers
    task: np.ndarray
    task_of: Integers
    none: Truths
    alternative: Integers
    attribute: Integers
    level: np.ndarray
    chosen: Floats
    holdout: Truths

    @property
    def first(self) -> Integers:
        """First row of each alternative."""
        return np.searchsorted(self.alternative, np.arange(len(self.task_of)))

    @property
    def first_alternative(self) -> Integers:
        """First alternative of each task."""
        return np.searchsorted(self.task_of, np.arange(len(self.task)))

    @property
    def valued(self) -> Truths:
        """Whether a row tells a level, of each row: those of "none" do not."""
        return ~self.none[self.alternative]


def number_rows(table: pd.DataFrame, method: str, none: str) -> Rows:
    """Sort and number the rows of one method; see `read_tasks`."""
    columns = ("respondent", "task", "alternative", "attribute", "level")
    text = {
        name: cast("np.ndarray", table[name].astype("str").fillna("").to_numpy(object)) for name in columns
    }
    holdout = table["holdout"].eq("yes").to_numpy(bool) if "holdout" in table else np.zeros(len(table), bool)
    respondent, respondents = pd.factorize(text["respondent"], sort=True)
    task, tasks = _within(respondent, text["task"])
    alternative, alternatives = _within(task, text["alternative"])
    order = np.argsort(alternative, kind="stable")
    empty = np.ones(len(alternatives), bool)
    empty[alternative[text["level"] != ""]] = False
    nothing = empty | (text["alternative"][alternatives] == none)
    attribute, attributes = _attributes(method, alternative, text["attribute"], ~nothing[alternative])
    return Rows(
        method,
        attributes,
        respondents,
        respondent[tasks],
        text["task"][tasks],
        task[alternatives],
        nothing,
        alternative[order],
        attribute[order],
        text["level"][order],
        table["chosen"].to_numpy(float)[order],
        holdout[order],
    )


def _within(outer: Integers, names: np.ndarray) -> tuple[Integers, Integers]:
    """Tell the number of each row's pair of outer and name, sorted, and one row of each number."""
    code, unique = pd.factorize(names, sort=True)
    _, rows, number = np.unique(outer * max(len(unique), 1) + code, return_index=True, return_inverse=True)
    return number, rows


def _attributes(
    method: str, alternative: Integers, names: np.ndarray, valued: Truths
) -> tuple[Integers, tuple[str, ...]]:
    """Give the attributes of rows that tell a level a number; other rows have 0, which nobody reads."""
    code, unique = pd.factorize(pd.Series(names).where(valued | ~valued.any()).to_numpy(object))
    code = np.maximum(code, 0)
    alone = len(code) == int(alternative.max(initial=-1)) + 1
    if method == "best_worst" and alone and len(unique) > 1:
        return np.zeros(len(code), np.int64), (ITEM,)  # each item was written as an attribute of its own
    return code.astype(np.int64), tuple(unique)
