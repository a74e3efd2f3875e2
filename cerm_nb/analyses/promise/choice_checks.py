"""What can be wrong with tasks, all of it told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.errors import Problem

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.choice_rows import Rows
    from cerm_nb.stats import Floats, Integers, Truths

EXAMPLES = 3


def find_problems(rows: Rows, price: str, numbers: Floats) -> list[Problem]:
    """Tell everything that keeps tasks from being read.

    Parameters
    ----------
    rows
        From `number_rows`.
    price
        Name of the attribute that is a price, or empty.
    numbers
        Its levels as numbers, NaN elsewhere and where they are none, shape (rows,).
    """
    return [*_answers(rows), *_alternatives(rows), *_prices(rows, price, numbers)]


def _answers(rows: Rows) -> list[Problem]:
    tasks = len(rows.task)
    task = rows.task_of[rows.alternative]
    missing = np.isnan(rows.chosen)
    differ = np.zeros(tasks, bool)
    differ[task[(rows.chosen != rows.chosen[rows.first][rows.alternative]) & ~missing]] = True
    split = np.zeros(tasks, bool)
    kept_back = np.bincount(task, rows.holdout, tasks)
    split[(kept_back > 0) & (kept_back < np.bincount(task, minlength=tasks))] = True
    lacks = np.bincount(task, missing, tasks) > 0
    asked = "a rating" if rows.method == "rating" else "1, 0 or −1 as the method asks"
    found = [
        _problem(rows, lacks, "chosen is missing", f"{asked} in every row"),
        _problem(rows, differ & ~lacks, "chosen differs between the rows of an alternative", "one value"),
        _problem(rows, split, "some rows are held out and some are not", "yes or no for the whole task"),
    ]
    if rows.method != "rating":
        found += _choices(rows, ~lacks & ~differ)
    return [problem for problem in found if problem]


def _choices(rows: Rows, readable: Truths) -> list[Problem | None]:
    tasks, chosen = len(rows.task), rows.chosen[rows.first]
    best, worst = (np.bincount(rows.task_of, chosen == value, tasks) for value in (1, -1))
    both = rows.method == "best_worst"
    codes = np.isin(chosen, (1, 0, -1) if both else (1, 0))
    strange = (np.bincount(rows.task_of, ~codes, tasks) > 0) & readable
    single = np.bincount(rows.task_of, minlength=tasks) < 2
    ask = readable & ~strange & ~single
    none = 'where "none of these" was allowed it needs an alternative "none" of its own'
    return [
        _problem(rows, single, "a single alternative", "two or more"),
        _problem(rows, strange, "chosen is another number", "1, 0 or −1" if both else "1 or 0"),
        _problem(
            rows, ask & (best == 0), f"no {'best' if both else 'choice'}", "one alternative with 1", none
        ),
        _problem(rows, ask & (best > 1), "two or more chosen", "one alternative with 1"),
        _problem(rows, ask & (worst != 1) & both, "not one worst", "one alternative with −1"),
    ]


def _alternatives(rows: Rows) -> list[Problem]:
    """Every alternative has each attribute once, and no item stands twice in a task."""
    width = len(rows.attributes)
    at = rows.alternative[rows.valued] * width + rows.attribute[rows.valued]
    times = np.bincount(at, minlength=len(rows.task_of) * width).reshape(-1, width)
    told = np.zeros_like(times)
    np.add.at(told.reshape(-1), at, rows.level[rows.valued] != "")
    lacks = (told.min(axis=1, initial=1) == 0) & ~rows.none
    found = [
        _problem(rows, _tasks(rows, lacks), "an alternative lacks an attribute or its level", "each once"),
        _problem(
            rows, _tasks(rows, times.max(axis=1, initial=0) > 1), "an attribute stands twice", "each once"
        ),
    ]
    if rows.method == "best_worst" and width == 1:
        found.append(_problem(rows, _repeated(rows), "the same item twice", "different items"))
    return [problem for problem in found if problem]


def _tasks(rows: Rows, alternatives: Truths) -> Truths:
    return np.bincount(rows.task_of, alternatives, len(rows.task)) > 0


def _repeated(rows: Rows) -> Truths:
    item = np.unique(rows.level, return_inverse=True)[1]
    pair, times = np.unique(rows.task_of[rows.alternative] * (item.max() + 1) + item, return_counts=True)
    repeated = np.zeros(len(rows.task), bool)
    repeated[pair[times > 1] // (item.max() + 1)] = True
    return repeated


def _prices(rows: Rows, price: str, numbers: Floats) -> list[Problem]:
    if not price:
        return []
    if price not in rows.attributes:
        known = ", ".join(rows.attributes)
        return [Problem("params → price_attribute", f"got {price}", f"one of {known}", "or leave it empty")]
    priced = rows.valued & (rows.attribute == rows.attributes.index(price)) & (rows.level != "")
    wrong = priced & ~np.isfinite(numbers)
    problem = _problem(
        rows, _tasks(rows, np.bincount(rows.alternative, wrong, len(rows.task_of)) > 0), "price is no number",
        "plain numbers such as 180000", f"see the levels of {price}",
    )  # fmt: skip
    return [problem] if problem else []


def _problem(rows: Rows, wrong: Truths, got: str, expected: str, next_step: str = "") -> Problem | None:
    at: Integers = np.flatnonzero(wrong)
    if not at.size:
        return None
    examples = tuple(
        (f"respondent {rows.respondents[rows.respondent[one]]}, task {rows.task[one]}", "")
        for one in at[:EXAMPLES]
    )
    return Problem(
        f"choices, method {rows.method}", f"{got} in {at.size} tasks", expected, next_step, (), examples
    )
