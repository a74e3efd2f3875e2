"""Monthly indicators: three lead-lag pairs, three change points, the rest unrelated, some autocorrelated.

Every indicator is level + spread × z. A leader's z is white noise; its follower's is coefficient × the
leader's z `lag` months before + noise, so that its variance is 1 again. Autocorrelated indicators are AR(1)
of variance 1. A change point adds its step (in spreads) from its month on. Figures are free of season.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator import planted
from generator.indicators import INDICATORS
from generator.random import stream

MONTHS = 36
_WARM_UP = 12

PAIRS = (
    ("training_hours", "satisfaction", 2, 0.88),
    ("front_staffing", "complaints", 1, -0.88),
    ("recommendation", "repeat_revenue", 3, 0.88),
)
"""Leader, follower, months between, coefficient between standardised values."""
CHANGES = {
    "long_check_in": ("2025-09-01", -4.0, "I1"),
    "web_completion": ("2025-08-01", 4.0, "I4"),
    "data_completeness": ("2024-11-01", 4.5, ""),
}
"""Indicator → first month of the new level, step in spreads, the initiative behind it."""


def months() -> np.ndarray:
    """First day of every month."""
    return np.datetime64(planted.FIRST_DAY[:7]) + np.arange(MONTHS)


def values(seed: int) -> pd.DataFrame:
    """Draw every indicator's monthly values: indicator, period, value, denominator."""
    scores = _scores(seed)
    period = months()
    parts = []
    for name, one in INDICATORS.items():
        shift = _shift(name, period)
        value = one.level + one.spread * (scores[name] + shift)
        parts.append(
            pd.DataFrame(
                {
                    "indicator": name,
                    "period": period.astype("datetime64[D]"),
                    "value": np.round(value, 3),
                    "denominator": one.denominator or "",
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _scores(seed: int) -> dict[str, np.ndarray]:
    rng = stream(seed, "kpis")
    noise = {name: rng.standard_normal(_WARM_UP + MONTHS) for name in INDICATORS}
    scores = {name: _remembering(noise[name], one.memory) for name, one in INDICATORS.items()}
    for leader, follower, lag, coefficient in PAIRS:
        before = np.concatenate([np.zeros(lag), scores[leader][:-lag]])
        scores[follower] = coefficient * before + np.sqrt(1 - coefficient**2) * noise[follower]
    return {name: one[_WARM_UP:] for name, one in scores.items()}


def _remembering(noise: np.ndarray, memory: float) -> np.ndarray:
    found = noise.copy()
    for at in range(1, len(found)):
        found[at] = memory * found[at - 1] + np.sqrt(1 - memory**2) * noise[at]
    return found


def _shift(name: str, period: np.ndarray) -> np.ndarray:
    if name not in CHANGES:
        return np.zeros(len(period))
    month, step, _ = CHANGES[name]
    return np.where(period >= np.datetime64(month[:7]), step, 0.0)


def described() -> pd.DataFrame:
    """List the indicators as the scorecard describes them."""
    return pd.DataFrame(
        [
            {
                "indicator": name,
                "name": one.ko,
                "perspective": one.perspective,
                "kind": one.kind,
                "unit": one.unit,
                "direction": one.direction,
                "baseline": one.level,
                "target": one.target,
                "target_date": "2026-12-31",
                "owner": one.owner,
                "drives": one.drives,
            }
            for name, one in INDICATORS.items()
        ]
    )


def truth() -> dict[str, object]:
    """Tell pairs, change points, and which indicators the scorecard believes to drive another but do not."""
    true = {(leader, follower) for leader, follower, _, _ in PAIRS}
    believed = {
        (name, driven) for name, one in INDICATORS.items() for driven in one.drives.split(";") if driven
    }
    related = {name for pair in true for name in pair}
    return {
        "lead_lag": [
            {"from": leader, "to": follower, "lag_months": lag, "coefficient": coefficient}
            for leader, follower, lag, coefficient in PAIRS
        ],
        "believed_but_false": sorted(f"{leader} → {driven}" for leader, driven in believed - true),
        "change_points": {
            name: {
                "period": month,
                "step": round(step * INDICATORS[name].spread, 6),
                "initiative": initiative,
            }
            for name, (month, step, initiative) in CHANGES.items()
        },
        "unrelated": sorted(set(INDICATORS) - related),
        "autocorrelation": {name: one.memory for name, one in INDICATORS.items() if one.memory},
        "level": {name: one.level for name, one in INDICATORS.items()},
        "spread": {name: one.spread for name, one in INDICATORS.items()},
    }
