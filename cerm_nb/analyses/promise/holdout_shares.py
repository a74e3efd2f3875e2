"""Shares predicted for hold-out tasks against the shares that were chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.scenarios import of_task
from cerm_nb.analyses.promise.shares import probabilities
from cerm_nb.errors import NotEnoughData
from cerm_nb.stats import effective_n

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.choice_tasks import Tasks
    from cerm_nb.analyses.promise.scenarios import Scenario
    from cerm_nb.analyses.promise.shares import Market
    from cerm_nb.stats import Floats, Integers

EXPONENTS = np.geomspace(0.2, 5.0, 65)


@dataclass(frozen=True, eq=False)
class ShareError:
    """How far predicted shares are from those chosen in hold-out tasks.

    Parameters
    ----------
    frame
        task (number of the choice set), alternative, observed, predicted, n.
    error, low, high
        Mean absolute difference of observed and predicted shares.
    equal, equal_low, equal_high
        The same for equal shares of all alternatives, which need no model.
    gain, gain_low, gain_high
        Equal less error: above 0 the part-worths know more.
    noise
        Error to be expected of perfect predictions, for the sake of who happened to be asked.
    n
        Respondents.
    """

    frame: pd.DataFrame
    error: float
    low: float
    high: float
    equal: float
    equal_low: float
    equal_high: float
    gain: float
    gain_low: float
    gain_high: float
    noise: float
    n: int


@dataclass(frozen=True, eq=False)
class _Set:
    """A choice set kept back: its alternatives, who had it (respondents,), and what they chose."""

    scenario: Scenario
    had: Floats
    chosen: Floats


def share_error(market: Market, tasks: Tasks, rule: str = "logit", exponent: float = 1.0) -> ShareError:
    """Compare predicted and observed shares in the choice sets kept back.

    Parameters
    ----------
    market
        From `prepare`.
    tasks
        Choice tasks; only those held out are used, and of them the sets that at least `min_neff` equal
        respondents had.
    rule, exponent
        As in `shares`.

    Raises
    ------
    NotEnoughData
        ``no_holdout_tasks``, or ``holdout_sets_vary`` where no set was had by enough respondents.
    """
    sets = _sets(market, tasks)
    observed, predicted, had = [], [], []
    for one in sets:
        each = probabilities(market, one.scenario, rule, exponent)
        parts = [one.chosen[None], each * one.had[:, None], one.had[None, :, None]]
        width = one.chosen.shape[1]
        drawn = np.hstack([market.drawn.means(part) for part in parts])
        given = np.where(drawn[:, -1:] > 0, drawn[:, -1:], np.nan)
        observed.append(drawn[:, :width] / given)
        predicted.append(drawn[:, width:-1] / given)
        had.append(np.full(width, effective_n(one.had * market.drawn.weights[0])))
    return _error(market, sets, np.hstack(observed), np.hstack(predicted), np.concatenate(had))


def _error(market: Market, sets: list[_Set], observed: Floats, predicted: Floats, had: Floats) -> ShareError:
    widths = [one.chosen.shape[1] for one in sets]
    even = np.concatenate([np.full(width, 1 / width) for width in widths])
    errors = [np.nanmean(np.abs(observed - other), axis=1) for other in (predicted, even)]
    drawn = np.column_stack([*errors, errors[1] - errors[0]])
    low, high = market.drawn.interval(drawn)
    names = ("error", "equal", "gain")
    told = {name: float(drawn[0, at]) for at, name in enumerate(names)}
    told |= {_end(name, "low"): float(low[at]) for at, name in enumerate(names)}
    told |= {_end(name, "high"): float(high[at]) for at, name in enumerate(names)}
    noise = np.sqrt(2 / np.pi * predicted[0] * (1 - predicted[0]) / had).mean()
    frame = pd.DataFrame(
        {
            "task": np.repeat(np.arange(1, len(sets) + 1), widths),
            "alternative": np.concatenate([np.arange(1, width + 1) for width in widths]),
            "observed": observed[0],
            "predicted": predicted[0],
            "n": np.repeat([int((one.had > 0).sum()) for one in sets], widths),
        }
    )
    return ShareError(frame=frame, noise=float(noise), n=market.drawn.n, **told)


def _end(name: str, end: str) -> str:
    return end if name == "error" else f"{name}_{end}"


def calibrated_exponent(market: Market, tasks: Tasks) -> tuple[float, float, float]:
    """Find the exponent under which hold-out choices are most likely by logit shares.

    Parameters
    ----------
    market, tasks
        As in `share_error`.

    Returns
    -------
    tuple of float
        Exponent, low, high; between 0.2 and 5. Shares in the market have more noise than choices in a
        survey where it is below 1.

    Raises
    ------
    NotEnoughData
        As in `share_error`.
    """
    sets = _sets(market, tasks)
    likely = np.zeros((len(market.part_worths.respondents), len(EXPONENTS)))
    for one in sets:
        for at, exponent in enumerate(EXPONENTS):
            each = probabilities(market, one.scenario, "logit", float(exponent)).mean(axis=0)
            likely[:, at] += (one.chosen * np.log(np.maximum(each, 1e-300))).sum(axis=1)
    drawn = EXPONENTS[(market.drawn.weights @ likely).argmax(axis=1)][:, None]
    low, high = market.drawn.interval(drawn)
    return float(drawn[0, 0]), float(low[0]), float(high[0])


def _sets(market: Market, tasks: Tasks) -> list[_Set]:
    """Collect the choice sets kept back that enough respondents had."""
    coding, kept = market.part_worths.coding, tasks.kept_back
    kept = kept.where(coding.known(kept) & (kept.method == "choice"))
    place = pd.Index(market.part_worths.respondents).get_indexer(kept.respondents)[kept.respondent]
    kept, place = kept.where(place >= 0), place[place >= 0]
    if not len(kept.task):
        raise NotEnoughData("no_holdout_tasks", found=0)
    key = np.concatenate([kept.design.reshape(len(place), -1), kept.none, kept.shown], axis=1)
    _, first, code = np.unique(key, axis=0, return_index=True, return_inverse=True)
    every = [
        _set(market, kept.where(code.ravel() == at), place[code.ravel() == at]) for at in range(len(first))
    ]
    had = [float(effective_n(one.had * market.drawn.weights[0])) for one in every]
    found = [one for one, n_eff in zip(every, had, strict=True) if n_eff >= market.own.min_neff]
    if not found:
        raise NotEnoughData("holdout_sets_vary", needed=market.own.min_neff, found=round(max(had)))
    return found


def _set(market: Market, tasks: Tasks, place: Integers) -> _Set:
    shown = tasks.shown[0]
    had = np.bincount(place, minlength=len(market.part_worths.respondents)).astype(float)
    chosen = np.zeros((len(had), int(shown.sum())))
    np.add.at(chosen, place, tasks.chosen[:, shown])
    coding = market.part_worths.coding
    return _Set(of_task(coding, tasks.design[0][shown], tasks.none[0][shown]), had, chosen)
