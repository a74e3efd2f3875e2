"""Whether chances came true: targets that might have been set earlier, and how often they were met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.memory_filter import TOGETHER, filtered
from cerm_nb.analyses.scorecard.outlook_backtest import (
    HORIZONS,
    actual,
    evenly_chosen,
    origins,
    usable,
)
from cerm_nb.analyses.scorecard.predictive import fixed_columns, predictive, scaled, value_rows
from cerm_nb.stats import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.analyses.scorecard.outlook_backtest import Backtest
    from cerm_nb.analyses.scorecard.panels import Panel
    from cerm_nb.stats import Floats

Caveat = tuple[str, "Mapping[str, object]"]

AWAY = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])  # standard deviations of the past from its mean to the targets
EDGES = np.array([0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0])  # of the classes of chances
CHECKED = 200  # series whose chances are held against what came at the most
TABLE = ["chance_from", "chance_to", "forecast", "met", "low", "high", "n", "n_apart"]


@dataclass(frozen=True, eq=False)
class Reliability:
    """Chances that pseudo-targets would be met against how often they were.

    Parameters
    ----------
    table
        One row per class of chances that occurred, columns `TABLE`: mean chance told, share met with Wilson's
        interval (n_apart: what n is worth, since the targets of one forecast, and forecasts that overlap,
        are not independent).
    brier, brier_base
        Mean squared difference of chance and outcome, and the same for telling every time how often targets
        so far from the mean were met so far ahead; NaN where nothing could be forecast.
    n
        Chances told.
    """

    table: pd.DataFrame
    brier: float
    brier_base: float
    n: int

    @property
    def skill(self) -> float:
        """Share of the error of the base rate that the chances save (Brier skill score)."""
        return 1 - self.brier / self.brier_base if self.brier_base > 0 else np.nan


def reliability(panel: Panel, backtested: Backtest, *, min_points: int = 12) -> Reliability:
    """Tell at earlier periods the chance of values above targets, and hold it against what came.

    Parameters
    ----------
    panel, backtested
        Series, and what their intervals are widened by.
    min_points
        Values before the first forecast.

    Notes
    -----
    Brier 1950; Murphy 1973. Targets lie `AWAY` standard deviations from the mean of the values up to the
    period forecast from, so none looks ahead. At most `CHECKED` series, evenly chosen.
    """
    stops = origins(len(panel.periods), min_points)
    columns = fixed_columns(np.arange(len(panel.periods)), panel.season)
    chosen, whole = evenly_chosen(len(panel.names), CHECKED), np.asarray(panel.values)
    told, came = [np.empty((0, len(HORIZONS), len(AWAY)))], [np.empty((0, len(HORIZONS), len(AWAY)))]
    for start in range(0, len(chosen), TOGETHER):
        here = chosen[start : start + TOGETHER]
        y, widened = scaled(whole[here])[0], backtested.widening[here][..., None]
        for seen in filtered(y, columns, stops):
            rows = value_rows(seen.at, np.array(HORIZONS), panel.season)
            _, middle, spread = scaled(y[:, : seen.at + 1])
            targets = np.repeat((middle + spread * AWAY)[:, None], len(HORIZONS), axis=1)
            chance = 1 - predictive(seen, rows, panel.season).below(targets, widened)
            value = (actual(y, seen.at) * usable(y, seen.at, min_points)[:, None])[..., None]
            told.append(np.where(np.isnan(value), np.nan, chance))
            came.append(np.where(np.isnan(value), np.nan, value >= targets))
    return _held(np.concatenate(told), np.concatenate(came))


def chance_caveats(held: Reliability | None) -> tuple[Caveat, ...]:
    """Tell where chances did no better than telling every time how often targets were met.

    Parameters
    ----------
    held
        From `reliability`; None where nothing could be forecast.

    Returns
    -------
    tuple
        (key, values): ``chances_no_better`` (brier, brier_base), or nothing.
    """
    if held is None or not held.brier >= held.brier_base:
        return ()
    return (("chances_no_better", {"brier": held.brier, "brier_base": held.brier_base}),)


def _held(told: Floats, came: Floats) -> Reliability:
    known = ~np.isnan(told)
    n = known.sum(axis=0)
    if not n.any():
        return Reliability(pd.DataFrame(columns=TABLE), np.nan, np.nan, 0)
    rate = np.where(known, came, 0.0).sum(axis=0) / np.maximum(n, 1)
    worth = np.broadcast_to(1 / (len(AWAY) * np.array(HORIZONS)[:, None]), told.shape)[known]
    chance, met, base = told[known], came[known], np.broadcast_to(rate, told.shape)[known]
    place = np.clip(np.searchsorted(EDGES, chance, side="right") - 1, 0, len(EDGES) - 2)
    rows = [_class(each, chance, met, worth, place == each) for each in np.unique(place)]
    brier, plain = float(((chance - met) ** 2).mean()), float(((base - met) ** 2).mean())
    return Reliability(pd.DataFrame(rows, columns=TABLE), brier, plain, len(chance))


def _class(each: int, chance: Floats, met: Floats, worth: Floats, here: Floats) -> dict[str, object]:
    apart, share = float(worth[here].sum()), float(met[here].mean())
    low, high = wilson_interval(share * apart, apart)
    return {
        "chance_from": EDGES[each],
        "chance_to": EDGES[each + 1],
        "forecast": float(chance[here].mean()),
        "met": share,
        "low": low,
        "high": high,
        "n": int(here.sum()),
        "n_apart": int(apart),
    }
