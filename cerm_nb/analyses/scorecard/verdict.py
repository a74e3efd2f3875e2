"""The answer, its verdict and its caveats, all as numbers and keys: the wording lives elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import bdtrc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

Caveat = tuple[str, "Mapping[str, object]"]

HALF = 0.5  # of the targets: on the side of more hit or more missed
NAMED = 12  # names an action tells
FALSE_ALARMS = 0.0075  # share of unchanged indicators with a concern in the latest value (simulated)
SIGNIFICANCE = 0.05


@dataclass(frozen=True, eq=False)
class Answer:
    """Whether the strategy is working.

    Parameters
    ----------
    value, low, high
        Share of the targets that will be hit by their dates, expected: mean of the chances, and of the ends
        of their intervals; NaN where none can be told. It is the interval of the mean chance, not of the
        number that will be hit, which varies more: indicators of one company are hit or missed together.
    n
        Indicators with a target whose chance can be told.
    verdict, reason
        ``go``, ``watch``, ``stop`` or ``not_enough_data``, and why (empty for ``go``): see `answer`.
    indicators, targets, judged
        Indicators of the scorecard, those with a target, and those whose status can be told.
    improving, concerned
        Names of the indicators that change for the better, and for the worse.
    passing, failing
        Names of those that meet their target whatever chance does, and of those that miss it.
    worsening
        Names of those in focus that change for the worse.
    unlikely
        Names of those that will rather miss their target than hit it, the least likely first; `NAMED` at
        most.
    worst, worst_chance
        Name of the indicator with the lowest chance, in focus where one there has any, and that chance.
    caveats
        (key, values) in the order to be shown.
    """

    value: float
    low: float
    high: float
    n: int
    verdict: str
    reason: str
    indicators: int
    targets: int
    judged: int
    improving: tuple[str, ...]
    concerned: tuple[str, ...]
    passing: tuple[str, ...]
    failing: tuple[str, ...]
    worsening: tuple[str, ...]
    unlikely: tuple[str, ...]
    worst: str
    worst_chance: float
    caveats: tuple[Caveat, ...]


def answer(indicators: pd.DataFrame, caveats: Iterable[Caveat] = ()) -> Answer:
    """Tell whether the strategy is working.

    Parameters
    ----------
    indicators
        From `cerm_nb.analyses.scorecard.indicators.indicators`.
    caveats
        Those found on the way.

    Returns
    -------
    Answer
        Verdicts: ``not_enough_data`` (``no_scorecard``, ``no_targets``, ``no_chance_known``), ``stop``
        (``most_missed``: even the upper end of the expected share of targets hit is below a half, and more
        indicators change for the worse than for the better, or at least half of those whose assurance can be
        told fail), ``watch`` (``targets_far``: the upper end is below a half, but neither holds;
        ``focus_worsens``: an indicator in focus changes for the worse, and more do in all than chance gives;
        ``half_open``: the interval holds a half) or ``go``. Caveat ``concerns_by_chance`` (n, expected):
        indicators of concern that are no more than chance gives.

    Notes
    -----
    Of indicators in which nothing changes `FALSE_ALARMS` each are of concern by chance alone. As many as are
    must have a chance below `SIGNIFICANCE` (binomial) to change the verdict.
    """
    told = indicators[indicators["p_hit"].notna()]
    low, value, high = (
        float(told[name].astype(float).mean()) if len(told) else np.nan
        for name in ("p_hit_low", "p_hit", "p_hit_high")
    )
    focused = indicators[indicators["in_focus"].astype(bool)]
    ascending = told.sort_values(["p_hit", "indicator"])
    lowest = ascending.sort_values("in_focus", ascending=False, kind="stable")
    judged = int((indicators["variation"] != "undetermined").sum())
    concerned = _names(indicators, "variation", "concern")
    alarming = _alarming(len(concerned), judged)
    worsens = alarming and bool((focused["variation"] == "concern").any())
    verdict, reason = _verdict(indicators, low, high, worsens=worsens)
    if concerned and not alarming:
        caveats = (*caveats, _by_chance(len(concerned), judged))
    return Answer(
        value=value,
        low=low,
        high=high,
        n=len(told),
        verdict=verdict,
        reason=reason,
        indicators=len(indicators),
        targets=int(indicators["target"].notna().sum()),
        judged=judged,
        improving=_names(indicators, "variation", "improvement"),
        concerned=concerned,
        passing=_names(indicators, "assurance", "passes"),
        failing=_names(indicators, "assurance", "fails"),
        worsening=_names(focused, "variation", "concern"),
        unlikely=tuple(ascending.loc[ascending["p_hit"] < HALF, "name"].head(NAMED)),
        worst=str(lowest["name"].iloc[0]) if len(lowest) else "",
        worst_chance=float(lowest["p_hit"].iloc[0]) if len(lowest) else np.nan,
        caveats=tuple(caveats),
    )


def _verdict(indicators: pd.DataFrame, low: float, high: float, *, worsens: bool) -> tuple[str, str]:
    rules = (
        ("not_enough_data", "no_scorecard", indicators.empty),
        ("not_enough_data", "no_targets", not indicators["target"].notna().any()),
        ("not_enough_data", "no_chance_known", bool(np.isnan(high))),
        ("stop", "most_missed", high < HALF and _going_down(indicators)),
        ("watch", "targets_far", high < HALF),
        ("watch", "focus_worsens", worsens),
        ("watch", "half_open", low < HALF),
    )
    return next(((name, reason) for name, reason, applies in rules if applies), ("go", ""))


def _going_down(indicators: pd.DataFrame) -> bool:
    """Whether more change for the worse than for the better, or half of those that can be told fail."""
    variation, assurance = (indicators[name].value_counts() for name in ("variation", "assurance"))
    failing = assurance.get("fails", 0)
    told = len(indicators) - assurance.get("undetermined", 0)
    return bool(
        variation.get("concern", 0) > variation.get("improvement", 0) or (failing and failing >= HALF * told)
    )


def _alarming(n: int, judged: int) -> bool:
    """Whether so many are of concern by chance alone less often than `SIGNIFICANCE`."""
    return n > 0 and bool(bdtrc(n - 1, judged, FALSE_ALARMS) < SIGNIFICANCE)


def _by_chance(n: int, judged: int) -> Caveat:
    return "concerns_by_chance", {"n": n, "expected": FALSE_ALARMS * judged}


def _names(indicators: pd.DataFrame, column: str, value: str) -> tuple[str, ...]:
    return tuple(indicators.loc[indicators[column] == value, "name"])
