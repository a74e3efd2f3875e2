"""Series with known memory, and panels of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.panels import Panel, Panels

MONTH = pd.DateOffset(months=1)


def remembering(rng, memory, series, periods):
    """AR(1) of variance 1."""
    found = rng.standard_normal((series, periods + 50))
    for at in range(1, periods + 50):
        found[:, at] = memory * found[:, at - 1] + np.sqrt(1 - memory**2) * found[:, at]
    return found[:, 50:]


def panel(series, *, first="2020-01-01", length=MONTH, season=0):
    """Lay named series of equal length out, one per row."""
    values = np.atleast_2d(np.asarray(list(series.values()), dtype=float))
    periods = pd.date_range(first, periods=values.shape[1], freq=length)
    return Panel(tuple(series), periods, values, np.full_like(values, np.nan), length, season)


def months(series, **others):
    return Panels((panel(series, **others),))


def listed(names, arrows=(), *, kind="", direction="higher", perspective="process"):
    """Records of indicators and the arrows between them."""
    return pd.DataFrame(
        {
            "indicator": list(names),
            "name": [f"{name} by name" for name in names],
            "perspective": perspective,
            "kind": kind,
            "direction": direction,
            "drives": [tuple(to for first, to in arrows if first == name) for name in names],
        }
    )
