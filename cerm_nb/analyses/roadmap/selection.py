"""Which initiatives to begin: the best set within budget and staff, by mixed-integer programming (HiGHS)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from cerm_nb.errors import CermError
from cerm_nb.stats import percentile_interval

if TYPE_CHECKING:
    from cerm_nb.analyses.roadmap.initiatives import Initiatives
    from cerm_nb.analyses.roadmap.parameters import Params
    from cerm_nb.stats import Floats, Integers, Truths

LIMITS = ["limit", "available", "used", "shadow_price", "extra", "shadow_gain", "gain", "gain_points"]
LIMITS += ["added", "dropped"]
SLACK = 1e-9  # of a limit, for rounding
FEW = 12  # initiatives up to which all sets are looked at in each draw
SOLVED = 100  # draws that are solved one by one where there are more


@dataclass(frozen=True, eq=False)
class Choice:
    """A problem of choice: the most value within limits, nothing without what it waits for.

    Parameters
    ----------
    worth
        What each is worth, shape (n,); one worth nothing is chosen only where another waits for it.
    uses
        What each takes of each limit, shape (limits, n).
    limits
        What there is, above 0, shape (limits,).
    needs
        Pairs (one, what it waits for), shape (pairs, 2).
    """

    worth: Floats
    uses: Floats
    limits: Floats
    needs: Integers

    def constraints(self) -> tuple[csr_array, Floats]:
        """Rows ≤ right-hand side, limits (as shares of them) before dependencies."""
        n, pairs = len(self.worth), np.arange(len(self.needs))
        waits = np.zeros((len(pairs), n))
        waits[pairs, self.needs[:, 0]] = 1.0
        waits[pairs, self.needs[:, 1]] = -1.0
        left = np.vstack([self.uses / self.limits[:, None], waits])
        return csr_array(left), np.concatenate([np.ones(len(self.limits)), np.zeros(len(pairs))])


def best_set(choice: Choice) -> Truths:
    """Choose the set of the greatest value.

    Parameters
    ----------
    choice
        What there is to choose from.

    Returns
    -------
    ndarray
        Which are chosen, shape (n,).

    Raises
    ------
    CermError
        Where the solver finds no answer, which no choice brings about: nothing chosen is always allowed.
    """
    most = np.abs(choice.worth).max(initial=0.0)
    if not most > 0:
        return np.zeros(len(choice.worth), dtype=bool)
    left, right = choice.constraints()
    rules = [LinearConstraint(left, -np.inf, right + SLACK)] if len(right) else []
    found = milp(
        -choice.worth / most, integrality=1, bounds=(0, 1), constraints=rules, options={"mip_rel_gap": 0.0}
    )
    if found.x is None:
        raise CermError(f"the solver found no selection: {found.message}")
    return _needed(found.x > 0.5, choice)


def _needed(chosen: Truths, choice: Choice) -> Truths:
    """Leave out what is worth nothing and nobody chosen waits for."""
    kept = chosen.copy()
    while True:
        waited = np.zeros(len(kept), dtype=bool)
        waited[choice.needs[kept[choice.needs[:, 0]], 1]] = True
        idle = kept & ~waited & (choice.worth <= 0)
        if not idle.any():
            return kept
        kept &= ~idle


def often_chosen(choice: Choice, draws: Floats) -> Floats:
    """Tell how often each is in the best set.

    Parameters
    ----------
    choice
        What there is to choose from; its worth is not used.
    draws
        What each is worth in each draw, shape (draws, n).

    Returns
    -------
    ndarray
        Shares of the draws, shape (n,).

    Notes
    -----
    Up to `FEW` all allowed sets are compared in every draw; of more, `SOLVED` draws are solved at most.
    """
    n = len(choice.worth)
    if n > FEW:
        solved = [best_set(replace(choice, worth=row)) for row in draws[:SOLVED]]
        return np.asarray(np.mean(solved, axis=0))
    allowed = allowed_sets(choice)
    found = allowed[(draws @ allowed.T.astype(float)).argmax(axis=1)]
    needed = [_needed(row, replace(choice, worth=worth)) for row, worth in zip(found, draws, strict=True)]
    return np.asarray(np.mean(needed, axis=0))


def allowed_sets(choice: Choice) -> Truths:
    """List the sets that keep to limits and dependencies.

    Parameters
    ----------
    choice
        What there is to choose from, `FEW` or fewer.

    Returns
    -------
    ndarray
        Which are in each set, shape (sets, n).
    """
    n = len(choice.worth)
    sets = (np.arange(2**n)[:, None] >> np.arange(n)) % 2 == 1
    left, right = choice.constraints()
    return np.asarray(sets[(sets @ left.T.toarray() <= right + SLACK).all(axis=1)], dtype=bool)


def shadow_prices(choice: Choice) -> Floats:
    """Price one more unit of each limit, as if parts of an initiative could be had too.

    Parameters
    ----------
    choice
        What there is to choose from.

    Returns
    -------
    ndarray
        Duals of the linear relaxation, value per unit, 0 or more, shape (limits,).
    """
    left, right = choice.constraints()
    if not len(choice.limits) or not choice.worth.size:
        return np.zeros(len(choice.limits))
    most = np.abs(choice.worth).max() or 1.0
    found = linprog(-choice.worth / most, A_ub=left, b_ub=right, bounds=(0, 1), method="highs")
    if found.x is None:
        raise CermError(f"the solver found no prices: {found.message}")
    duals = -np.asarray(found.ineqlin.marginals, dtype=float)[: len(choice.limits)]
    return np.asarray(np.maximum(duals, 0.0) * most / choice.limits)


@dataclass(frozen=True, eq=False)
class Selection:
    """What to begin.

    Parameters
    ----------
    chosen
        Which initiatives are selected, shape (initiatives,).
    p_selected
        Share of the draws in which each would be; NaN for those begun already.
    gain, gain_low, gain_high
        Points of the outcome the selected are expected to bring together.
    cost, staff
        Money and staff months they take.
    limits
        One row per limit (``budget``, ``staff``): available, used, shadow_price (priority per unit),
        extra (how much more is tried), shadow_gain (what that price says it brings), gain (priority it truly
        brings, chosen anew), gain_points (of the outcome), added
        and dropped (initiatives, separated by semicolons).
    """

    chosen: Truths
    p_selected: Floats
    gain: float
    gain_low: float
    gain_high: float
    cost: float
    staff: float
    limits: pd.DataFrame


def select(found: Initiatives, own: Params) -> Selection:
    """Select initiatives that are not begun.

    Parameters
    ----------
    found
        From `initiatives`.
    own
        budget, staff, extra and confidence are used.

    Notes
    -----
    The sum of the expected priorities is made as large as it can be. What is unknown is worth nothing, and is
    selected only where another waits for it. Initiatives running or done cost nothing more.
    """
    choice = choice_of(found, own)
    chosen = best_set(choice)
    values = np.nan_to_num(found.priority[:, found.open])
    whole = np.zeros(len(found.frame), dtype=bool)
    whole[found.open] = chosen
    chances = np.full(len(found.frame), np.nan)
    chances[found.open] = often_chosen(choice, values[1:])
    gains = np.nan_to_num(found.gain[:, whole]).sum(axis=1)
    low, high = percentile_interval(gains[1:], own.confidence)
    picked = found.frame[whole]
    return Selection(
        whole,
        chances,
        float(gains[0]),
        min(low, float(gains[0])),
        max(high, float(gains[0])),
        float(picked["cost"].sum()),
        float(picked["staff"].sum()),
        _limits(found, choice, chosen, own),
    )


def choice_of(found: Initiatives, own: Params) -> Choice:
    """Put the choice between initiatives that are not begun: see `select`."""
    open_ones = found.frame[found.open]
    names = list(open_ones["initiative"])
    place = {name: at for at, name in enumerate(names)}
    needs = [
        (place[name], place[need])
        for name, behind in zip(names, open_ones["needs"], strict=True)
        for need in behind
        if need in place
    ]
    told = _limited(own)
    uses = np.array([open_ones[column].fillna(0.0) for _, column, _ in told]).reshape(len(told), len(names))
    limits = np.array([limit for _, _, limit in told], dtype=float)
    values = np.nan_to_num(found.priority[0, found.open])
    return Choice(values, uses, limits, np.array(needs, dtype=np.int64).reshape(-1, 2))


def _limited(own: Params) -> list[tuple[str, str, float]]:
    """Limits that are set: name, column of what is used of it, and how much there is."""
    all_limits = [("budget", "cost", own.budget), ("staff", "staff", own.staff)]
    return [one for one in all_limits if one[2] >= 0]


def _limits(found: Initiatives, choice: Choice, chosen: Truths, own: Params) -> pd.DataFrame:
    names = found.frame.loc[found.open, "initiative"].to_numpy(dtype=object)
    gains = np.nan_to_num(found.gain[0, found.open])
    rows = []
    for at, ((limit, _, available), price) in enumerate(
        zip(_limited(own), shadow_prices(choice), strict=True)
    ):
        extra = available * own.extra
        raised = choice.limits + np.where(np.arange(len(choice.limits)) == at, extra, 0.0)
        then = best_set(replace(choice, limits=raised))
        rows.append(
            {
                "limit": limit,
                "available": available,
                "used": float(choice.uses[at, chosen].sum()),
                "shadow_price": float(price),
                "extra": extra,
                "shadow_gain": float(price) * extra,
                "gain": float(choice.worth[then].sum() - choice.worth[chosen].sum()),
                "gain_points": float(gains[then].sum() - gains[chosen].sum()),
                "added": "; ".join(names[then & ~chosen]),
                "dropped": "; ".join(names[chosen & ~then]),
            }
        )
    return pd.DataFrame(rows, columns=LIMITS)
