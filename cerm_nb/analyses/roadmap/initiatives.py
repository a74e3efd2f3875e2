"""Improve: what each initiative would bring, as draws that carry what is not known."""

from __future__ import annotations

from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.roadmap.checks import checked
from cerm_nb.analyses.roadmap.evidence import evidence
from cerm_nb.stats import row_ranks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from cerm_nb.analyses.roadmap.parameters import Params
    from cerm_nb.analyses.roadmap.pilots import Pilots
    from cerm_nb.analyses.roadmap.worth import Worth
    from cerm_nb.stats import Floats, Truths
    from cerm_nb.surveys import Survey

Caveat = tuple[str, "Mapping[str, object]"]

TOP = 3
MIDDLE = 3.0  # feasibility of an initiative nobody scored


@dataclass(frozen=True, eq=False)
class Initiatives:
    """Initiatives and what they would bring.

    Parameters
    ----------
    frame
        One row per initiative in the client's order: the columns of `checked`, and state (``planned``,
        ``running``: started and not yet over on `as_of`, ``done``), success (chance that it and all it
        waits for succeed), impact (points of the outcome if it succeeds), low, high, gap (what is missing to
        the level aimed at, points), priority (impact × gap × success), priority_low, priority_high,
        p_top3 and rank among those planned, gain (impact × success); NaN where unknown; and measured (what a
        pilot put in the place of what was judged: ``effect``, ``chance`` or nothing).
    priority, gain
        In the expectation (first row) and in each draw, shape (1 + draws, initiatives); NaN where unknown.
    caveats
        (key, values) in the order to be shown.
    """

    frame: pd.DataFrame
    priority: Floats
    gain: Floats
    caveats: tuple[Caveat, ...]

    @property
    def open(self) -> Truths:
        """Which are not begun."""
        return np.asarray(self.frame["state"] == "planned")


def initiatives(
    table: pd.DataFrame | None,
    survey: Survey,
    worth: Worth,
    indicators: pd.DataFrame | None,
    as_of: date | str,
    own: Params,
    piloted: Pilots | None = None,
) -> Initiatives:
    """Estimate what each initiative would bring.

    Parameters
    ----------
    table, indicators
        Client tables ``initiatives`` and ``indicators``; None where there is none.
    survey, worth
        From `read_survey` and `worth_of`.
    as_of
        Last day that is seen.
    own
        budget, staff, staff_per_month, feasibility, pilots_in_points, power, bootstrap, seed and confidence
        are used.
    piloted
        From `judge_pilots`, for what was measured already (see `evidence`); None where nothing was.

    Raises
    ------
    DataError
        See `checked`.

    Notes
    -----
    Impact is effect × points of the outcome for a point of the attribute × share of customers it reaches,
    added up over the attributes it improves. The effect is drawn from the PERT distribution of its three
    values (Malcolm et al. 1959: mean (low + 4 × likeliest + high) / 6) and cut where the scale ends.
    """
    empty = pd.DataFrame({"initiative": pd.Series(dtype="str")}) if table is None else table
    frame = checked(empty, survey, indicators, own)
    frame = frame.assign(state=_states(frame, as_of))
    draws = len(worth.points) - 1
    known = evidence(frame, piloted, _chances(frame, own), draws, own)
    frame = frame.assign(success=_success(frame, known.chance), measured=list(known.source))
    effect = np.where(np.isnan(known.effect), pert(frame, draws, own.seed), known.effect)
    belongs = _improves(frame, survey)
    reached = np.minimum(effect[:, :, None], worth.room[:, None, :]) * belongs
    impact = np.where(belongs.any(1), np.einsum("bij,bj->bi", reached, np.nan_to_num(worth.points)), np.nan)
    impact[:, (belongs & np.isnan(worth.points[0])).any(axis=1)] = np.nan
    gap = _gap(belongs, worth)
    gain = impact * frame["success"].to_numpy()
    told = {"impact": impact, "priority": gain * gap}
    frame = frame.assign(
        **with_ends(impact, ("impact", "low", "high"), own),
        gap=gap[0],
        **with_ends(told["priority"], ("priority", "priority_low", "priority_high"), own),
        gain=gain[0],
    )
    planned = np.asarray(frame["state"] == "planned")
    frame = frame.assign(**_ranks(np.where(planned, told["priority"], np.nan)))
    return Initiatives(frame, told["priority"], gain, tuple(_caveats(frame, belongs)))


def _states(frame: pd.DataFrame, as_of: date | str) -> list[str]:
    today = pd.Timestamp(as_of)
    begun = frame["start"] <= today
    months = np.ceil(frame["months"].fillna(1.0).clip(lower=0.0)).astype(int)
    ends = [
        start + pd.DateOffset(months=int(length)) if known else pd.NaT
        for start, length, known in zip(frame["start"], months, begun, strict=True)
    ]
    over = pd.Series(ends, index=frame.index, dtype="datetime64[ns]") <= today
    return [str(one) for one in np.select([over, begun], ["done", "running"], "planned")]


def _chances(frame: pd.DataFrame, own: Params) -> Floats:
    """Chance that each succeeds by itself, as its feasibility was judged."""
    return np.asarray(np.interp(frame["feasibility"].fillna(MIDDLE), np.arange(1, 6), own.feasibility))


def _success(frame: pd.DataFrame, alone: Floats) -> list[float]:
    """Chance that an initiative and all it waits for succeed; what is done has."""
    chance = dict(zip(frame["initiative"], np.where(frame["state"] == "done", 1.0, alone), strict=True))
    behind = {name: set(needs) for name, needs in zip(frame["initiative"], frame["needs"], strict=True)}
    for name in TopologicalSorter(behind).static_order():
        behind[name] |= {more for need in behind[name] for more in behind[need]}
    return [
        float(chance[name] * np.prod([chance[need] for need in sorted(behind[name])]))
        for name in frame["initiative"]
    ]


def pert(frame: pd.DataFrame, draws: int, seed: int) -> Floats:
    """Draw effects from the PERT distribution of their lowest, likeliest and highest value.

    Parameters
    ----------
    frame
        effect, effect_low, effect_high; an end that is missing is the likeliest value.
    draws, seed
        Number of draws, and the seed that makes them repeatable.

    Returns
    -------
    ndarray
        The mean and the draws, shape (1 + draws, initiatives); NaN where there is no likeliest value.
    """
    likely = frame["effect"].to_numpy(dtype=float)
    low = np.where(np.isnan(frame["effect_low"]), likely, frame["effect_low"].to_numpy(dtype=float))
    high = np.where(np.isnan(frame["effect_high"]), likely, frame["effect_high"].to_numpy(dtype=float))
    span = np.where(high > low, high - low, 1.0)
    first, second = (1 + 4 * np.nan_to_num(part / span) for part in (likely - low, high - likely))
    drawn = np.random.default_rng([seed, 60]).beta(first, second, size=(draws, len(frame)))
    mean = (low + 4 * likely + high) / 6
    wide = (high > low) & ~np.isnan(likely)
    return np.vstack([mean, np.where(wide, low + span * drawn, likely)])


def _improves(frame: pd.DataFrame, survey: Survey) -> Truths:
    """Find the attributes each improves: the one named, else all of its touchpoint; (initiatives, items)."""
    columns = ("touchpoint", "attribute")
    wanted = [frame[name].to_numpy(dtype=object)[:, None] for name in columns]
    asked = [survey.items[name].to_numpy(dtype=object) for name in columns]
    fits = [(want == "") | (want == ask) for want, ask in zip(wanted, asked, strict=True)]
    named = (wanted[0] != "") | (wanted[1] != "")
    return np.asarray(fits[0] & fits[1] & named, dtype=bool)


def _gap(belongs: Truths, worth: Worth) -> Floats:
    """Tell what is missing where it works, 0 or more, weighted by what it is worth; NaN if unknown."""
    known = ~np.isnan(worth.gap) & ~np.isnan(worth.points)
    held = np.where(known, np.maximum(worth.points, 1e-12), 0.0)
    below = held @ belongs.T.astype(float)
    above = (held * np.where(known, np.maximum(worth.gap, 0.0), 0.0)) @ belongs.T.astype(float)
    return np.where(below > 0, above, np.nan) / np.where(below > 0, below, np.nan)


def with_ends(draws: Floats, names: tuple[str, str, str], own: Params) -> dict[str, Floats]:
    """Name the expectation and a percentile interval, stretched to hold it."""
    tails = [(1 - own.confidence) / 2, (1 + own.confidence) / 2]
    low, high = np.quantile(np.where(np.isnan(draws[1:]), draws[:1], draws[1:]), tails, axis=0)
    columns = (draws[0], np.minimum(low, draws[0]), np.maximum(high, draws[0]))
    return dict(zip(names, columns, strict=True))


def _ranks(priority: Floats) -> dict[str, Floats]:
    """Rank, and chance to be among the first three where there are more than that."""
    known = ~np.isnan(priority[0])
    ranks = row_ranks(-np.where(np.isnan(priority), -np.inf, priority))
    chance = (ranks[1:] <= TOP).mean(axis=0) if known.sum() > TOP else np.full(len(known), np.nan)
    return {"p_top3": np.where(known, chance, np.nan), "rank": np.where(known, ranks[0], np.nan)}


def _caveats(frame: pd.DataFrame, belongs: Truths) -> list[Caveat]:
    planned = frame["state"] == "planned"
    judged = planned & (frame["measured"] != "effect")
    flags = {
        "effects_measured": planned & ~judged,
        "chances_from_pilots": planned & (frame["measured"] == "chance"),
        "impact_unknown": planned & frame["impact"].isna(),
        "effects_without_range": judged
        & frame["effect"].notna()
        & ~(frame["effect_high"] > frame["effect_low"]),
        "feasibility_unknown": judged & frame["feasibility"].isna(),
        "costs_unknown": planned & frame["cost"].isna(),
        "months_unknown": planned & frame["months"].isna(),
        "running": frame["state"] == "running",
        "done": frame["state"] == "done",
    }
    found: list[Caveat] = [
        (
            f"initiatives_{key}" if key in ("running", "done") else key,
            {"initiatives": tuple(frame.loc[at, "initiative"]), "n": int(at.sum())},
        )
        for key, at in flags.items()
        if at.any()
    ]
    open_ones = belongs[planned.to_numpy()]
    if (open_ones.sum(axis=0) > 1).any():
        found.append(("effects_add_up", {"n": int((open_ones.sum(axis=0) > 1).sum())}))
    return found
