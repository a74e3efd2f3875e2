"""Forecasts as they are kept, to be held against what comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.outlook_backtest import HORIZONS

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.outlook_targets import Targets
    from cerm_nb.stats import Floats

QUESTION, MODEL, LEVEL, HIT = "scorecard", "averaged_memories", "level", "hit"
FORECASTS = [
    "made_at",
    "question",
    "source",
    "quantity",
    "subject",
    "unit",
    "due",
    "forecast",
    "low",
    "high",
    "probability",
    "confidence",
    "n",
]


def forecasts(
    frame: pd.DataFrame,
    aimed: Targets,
    ahead: Floats,
    due: pd.DatetimeIndex,
    *,
    as_of: pd.Timestamp,
    confidence: float,
) -> pd.DataFrame:
    """Lay out what was forecast by day.

    Parameters
    ----------
    frame, aimed
        Outlook of each series, and what it is to reach.
    ahead
        Forecast, low and high at `HORIZONS`, shape (series, horizons, 3); NaN where there are none.
    due
        Last days of the periods at `HORIZONS`.
    as_of, confidence
        Day they are made, and coverage of their intervals.

    Returns
    -------
    DataFrame
        Columns `FORECASTS`, by subject and day: quantity ``level`` at each horizon and in the target's
        period, and ``hit``, whether the target is met, whose forecast and interval are chances. Days gone by
        are left out, and no day is told twice.
    """
    base = pd.DataFrame({"subject": frame["indicator"], "unit": aimed.unit, "n": aimed.points})
    parts = [
        base.assign(
            due=day, quantity=LEVEL, forecast=ahead[:, each, 0], low=ahead[:, each, 1], high=ahead[:, each, 2]
        )
        for each, (day, _) in enumerate(zip(due, HORIZONS, strict=True))
    ]
    at_target = base.assign(due=frame["due"].where(frame["expected"].notna()))
    values = frame[["expected", "low", "high"]].set_axis(["forecast", "low", "high"], axis=1)
    chance = frame[["p_hit", "p_hit_low", "p_hit_high"]].set_axis(["forecast", "low", "high"], axis=1)
    parts += [at_target.assign(quantity=LEVEL, **values)]
    parts += [at_target.assign(quantity=HIT, probability=frame["p_hit"], **chance)]
    found = pd.concat([part.assign(place=np.arange(len(base))) for part in parts], ignore_index=True)
    found = found.assign(
        made_at=as_of, question=QUESTION, source=MODEL, confidence=confidence,
        due=pd.to_datetime(found["due"]), probability=found["probability"].astype(float),
    )  # fmt: skip
    found = found[found["forecast"].notna() & (found["due"] > as_of)]
    found = found.drop_duplicates(["subject", "quantity", "due"]).sort_values(["place", "quantity", "due"])
    return found[FORECASTS].reset_index(drop=True)
