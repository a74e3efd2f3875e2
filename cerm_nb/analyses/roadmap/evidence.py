"""What a pilot already done tells of an initiative: its effect where it measured that, else its chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.stats import normal_quantile

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.roadmap.parameters import Params
    from cerm_nb.analyses.roadmap.pilots import Pilots
    from cerm_nb.stats import Floats

ESTIMATED = ("interval_too_wide", "not_after_adjustment")  # undetermined, with an estimate that holds


@dataclass(frozen=True, eq=False)
class Evidence:
    """What pilots put in the place of what was judged.

    Parameters
    ----------
    effect
        Effect measured on the rating it is to raise and draws of it, points, shape (1 + draws, initiatives);
        NaN where the stated one stands.
    chance
        Chance that each succeeds by itself, shape (initiatives,).
    source
        By initiative: ``effect``, ``chance``, or empty where no pilot tells.
    """

    effect: Floats
    chance: Floats
    source: tuple[str, ...]


def evidence(frame: pd.DataFrame, piloted: Pilots | None, prior: Floats, draws: int, own: Params) -> Evidence:
    """Put what pilots found in the place of what was judged.

    Parameters
    ----------
    frame
        Initiatives, one row each.
    piloted
        From `pilots`; None where there are none.
    prior
        Chance that each succeeds by itself as it was judged, shape (initiatives,).
    draws
        Draws behind an interval.
    own
        pilots_in_points, confidence, power and seed are used.

    Notes
    -----
    A pilot of `pilots_in_points` measured the rating itself: its estimate, whatever its verdict, stands for
    the effect (to take only those that worked would pick the lucky ones), drawn so that the ends of its
    interval are quantiles of the draws; as it holds failures, too, nothing is left to chance. Of another
    pilot only the verdict can be used. Where success is an effect of the size planned for and failure is
    none, a pilot ends in ``worked`` with chance `power` or half of 1 − `confidence`, and in ``no_effect``
    the other way round; Bayes' theorem turns the chance judged into that after the pilot (Wacholder et al.
    2004). What was shown to do harm has none. Open and blocked pilots change nothing.
    """
    effect = np.full((1 + draws, len(frame)), np.nan)
    chance, source = prior.copy(), [""] * len(frame)
    if piloted is None or piloted.frame.empty:
        return Evidence(effect, chance, tuple(source))
    rows = piloted.frame.set_index("initiative")
    noise = np.random.default_rng([own.seed, 62]).standard_normal((draws, len(frame)))
    noise /= normal_quantile(own.confidence)
    for at, name in enumerate(frame["initiative"]):
        if name not in rows.index:
            continue
        row = rows.loc[name]
        decided = row["verdict"] in ("worked", "no_effect")
        if name in own.pilots_in_points and (decided or row["reason"] in ESTIMATED):
            half = (float(row["high"]) - float(row["low"])) / 2
            effect[:, at] = float(row["estimate"]) + np.r_[0.0, half * noise[:, at]]
            chance[at], source[at] = 1.0, "effect"
        elif name not in own.pilots_in_points and decided:
            chance[at] = _after(float(prior[at]), str(row["verdict"]), str(row["reason"]), own)
            source[at] = "chance"
    return Evidence(effect, chance, tuple(source))


def _after(prior: float, verdict: str, reason: str, own: Params) -> float:
    """Chance of success once the verdict of its pilot is known."""
    if reason == "harmful":
        return 0.0
    rare = (1 - own.confidence) / 2
    told, misled = (own.power, rare) if verdict == "worked" else (rare, own.power)
    return prior * told / (prior * told + (1 - prior) * misled)
