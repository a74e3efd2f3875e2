"""How much of the way from where they began to their target indicators have gone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import stdtr

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.levels import Levels
    from cerm_nb.analyses.scorecard.panels import Panel

SAME = 1e-12  # relative distance up to which two levels are the same
COLUMNS = [
    "indicator",
    "n",
    "used",
    "level",
    "level_low",
    "level_high",
    "floor",
    "target",
    "attainment",
    "attainment_low",
    "attainment_high",
    "p_at_target",
    "reason",
]


def attainment(panel: Panel, now: Levels, records: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Tell the level of each indicator and how much of the way to its target that is.

    Parameters
    ----------
    panel, now
        Series of one frequency, and the level they have.
    records
        One row per indicator.
    confidence
        Coverage of intervals.

    Returns
    -------
    DataFrame
        One row per series, columns `COLUMNS`. ``attainment`` is 100·(level − floor)/(target − floor), no less
        than 0 and no more than 100, with the ends of the level's interval told the same way; the floor is the
        baseline where none is told. ``p_at_target`` is the chance that the level meets the target. Reasons
        why there is no attainment: ``no_record``, ``no_values``, ``no_target``, ``no_floor``,
        ``target_is_floor``, ``target_behind_floor`` (the wrong way from it); and ``error_unknown`` where
        values are too few, or all the same, so that it comes without interval and chance.
    """
    told = records.drop_duplicates("indicator").set_index("indicator").reindex(panel.names)
    target, given, baseline = (told[name].to_numpy(dtype=float) for name in ("target", "floor", "baseline"))
    floor = np.where(np.isnan(given), baseline, given)
    sign = np.asarray(told["direction"].map({"higher": 1.0, "lower": -1.0}), dtype=np.float64)
    half, way = now.half(confidence), target - floor
    rules = {
        "no_record": np.isnan(sign),
        "no_values": now.n == 0,
        "no_target": np.isnan(target),
        "no_floor": np.isnan(floor),
        "target_is_floor": np.abs(way) <= SAME * np.abs(target),
        "target_behind_floor": sign * way < 0,
        "error_unknown": np.isnan(half),
    }
    reason = np.select(list(rules.values()), list(rules), "")
    scale = np.where((reason == "") | (reason == "error_unknown"), way, np.nan)
    ends = {
        "": now.mean,
        "_low": now.mean - np.copysign(half, way),
        "_high": now.mean + np.copysign(half, way),
    }
    columns = {"indicator": panel.names, "n": now.n, "used": now.used}
    columns |= {"level": now.mean, "level_low": now.mean - half, "level_high": now.mean + half}
    columns |= {"floor": floor, "target": target, "reason": reason}
    columns |= {f"attainment{end}": 100 * np.clip((at - floor) / scale, 0, 1) for end, at in ends.items()}
    columns |= {"p_at_target": stdtr(now.degrees, sign * (now.mean - target) / now.error)}
    return pd.DataFrame(columns)[COLUMNS]
