"""What other budgets and staff would allow: all sets worked out once, so that a choice is a look-up."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.roadmap.initiatives import with_ends
from cerm_nb.analyses.roadmap.names import named
from cerm_nb.analyses.roadmap.parameters import NO_LIMIT
from cerm_nb.analyses.roadmap.selection import FEW, Choice, allowed_sets, best_set, choice_of

if TYPE_CHECKING:
    from cerm_nb.analyses.roadmap.initiatives import Initiatives
    from cerm_nb.analyses.roadmap.parameters import Params
    from cerm_nb.analyses.roadmap.selection import Selection
    from cerm_nb.stats import Floats, Truths

BUDGETS, STAFFS = 20, 6  # limits that are tried where there are too many sets to list
STEPS = 50  # of a slider, at least
ENDS = ("gain", "low", "high")
NEAR = 1e-9  # of a limit, for rounding

Range = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Options:
    """Sets of initiatives to choose from, the cheapest first.

    Parameters
    ----------
    reason
        Empty, or why there is no choice: ``nothing_to_choose``, ``costs_untold``.
    each
        name, rank, gain (points of the outcome), low, high of the initiatives not begun.
    sets
        Which are in each set, shape (sets, initiatives).
    frame
        One row per set: cost, staff, priority, and gain (points of the outcome expected), low, high.
    all_cost, all_staff
        What all of them together take.
    """

    reason: str
    each: pd.DataFrame = field(default_factory=pd.DataFrame)
    sets: Truths = field(default_factory=lambda: np.empty((0, 0), dtype=bool))
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    all_cost: float = 0.0
    all_staff: float = 0.0

    @property
    def ranges(self) -> dict[str, Range]:
        """Lowest and highest value and step of each slider."""
        return {"budget": _range(self.all_cost), "staff": _range(self.all_staff)}

    def start(self, own: Params) -> dict[str, float]:
        """Begin at the limits of the params; where there is none at what everything takes."""
        given = {"budget": (own.budget, self.all_cost), "staff": (own.staff, self.all_staff)}
        steps = {name: self.ranges[name][2] for name in given}
        return {
            name: _whole(most if limit == NO_LIMIT else limit, steps[name])
            for name, (limit, most) in given.items()
        }


@dataclass(frozen=True, eq=False)
class WhatIf:
    """What a budget and staff would allow.

    Parameters
    ----------
    budget, staff
        The limits.
    names
        Names of the initiatives that would be selected.
    gain, low, high
        Points of the outcome they are expected to bring together.
    cost, staff_used
        What they take.
    frame
        name, gain, low, high: first those selected together, then each not begun, by priority.
    """

    budget: float
    staff: float
    names: tuple[str, ...]
    gain: float
    low: float
    high: float
    cost: float
    staff_used: float
    frame: pd.DataFrame


def options(found: Initiatives, chosen: Selection, own: Params) -> Options:
    """Work out the sets of initiatives there are to choose from.

    Parameters
    ----------
    found, chosen
        From `initiatives` and `select`.
    own
        confidence is used; budget and staff are not, they are what is asked about.

    Notes
    -----
    Up to `FEW` initiatives all sets are listed that hold what their members wait for; of more, the best sets
    of `BUDGETS` × `STAFFS` limits and the one selected.
    """
    open_ones = found.frame[found.open]
    if open_ones.empty or not open_ones["priority"].notna().any():
        return Options("nothing_to_choose")
    if open_ones["cost"].isna().any():
        return Options("costs_untold")
    free = own.model_copy(update={"budget": NO_LIMIT, "staff": NO_LIMIT})
    takes = open_ones[["cost", "staff"]].fillna(0.0).to_numpy(dtype=float)
    choice = choice_of(found, free)
    sets = allowed_sets(choice) if len(open_ones) <= FEW else _tried(choice, takes, chosen.chosen[found.open])
    order = np.argsort(sets @ takes[:, 0], kind="stable")
    sets = sets[order]
    gains = np.nan_to_num(found.gain[:, found.open]) @ sets.T.astype(float)
    frame = pd.DataFrame(sets @ takes, columns=["cost", "staff"])
    frame = frame.assign(priority=sets @ choice.worth, **with_ends(gains, ENDS, own))
    all_cost, all_staff = map(float, takes.sum(axis=0))
    each = named(open_ones)[["name", "rank"]].assign(**with_ends(found.gain[:, found.open], ENDS, own))
    return Options("", each.reset_index(drop=True), sets, frame, all_cost, all_staff)


def _tried(choice: Choice, takes: Floats, selected: Truths) -> Truths:
    """List the best sets of many limits, the one selected, and none."""
    most = takes.sum(axis=0)
    steps = [np.linspace(0, top, count + 1)[1:] for top, count in zip(most, (BUDGETS, STAFFS), strict=True)]
    found = [
        best_set(Choice(choice.worth, takes.T, np.maximum([budget, staff], 1e-9), choice.needs))
        for budget, staff in product(*steps)
    ]
    return np.unique(np.array([np.zeros_like(selected), selected, *found]), axis=0)


def what_if(given: Options, budget: float, staff: float, together: str = "") -> WhatIf:
    """Choose the best set within other limits.

    Parameters
    ----------
    given
        From `options`, without a reason.
    budget, staff
        Money and staff months, 0 or more.
    together
        What the first row is called.
    """
    fits = (given.frame["cost"] <= budget * (1 + NEAR)) & (given.frame["staff"] <= staff * (1 + NEAR))
    at = int(
        given.frame["priority"].where(fits).argmax()
    )  # nothing is always allowed; the cheapest of equals
    chosen, row = given.sets[at], given.frame.iloc[at]
    names = tuple(given.each.loc[chosen, "name"])
    whole = pd.DataFrame({"name": [together], "gain": row["gain"], "low": row["low"], "high": row["high"]})
    frame = pd.concat([whole, given.each.sort_values("rank")], ignore_index=True).drop(columns="rank")
    gain, low, high, cost, used = (float(row[name]) for name in (*ENDS, "cost", "staff"))
    return WhatIf(budget, staff, names, gain, low, high, cost, used, frame)


def _range(most: float) -> Range:
    step = float(10.0 ** np.floor(np.log10(most / STEPS))) if most > 0 else 1.0
    return (
        _whole(0.0, step),
        _whole(np.ceil(most / step) * step if most > 0 else 1.0, step),
        _whole(step, step),
    )


def _whole(value: float, step: float) -> float:
    """Give whole numbers as such, which sliders then write without decimals."""
    return int(value) if step >= 1 and value == int(value) else float(value)
