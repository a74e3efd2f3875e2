"""Panels and records made by hand, and series that remember: for tests of charts."""

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.panels import Panel


def made_panel(values, *, denominators=None, first="2021-01-01"):
    """One panel of months; indicators are k0, k1, …"""
    levels = np.atleast_2d(np.asarray(values, dtype=float))
    rests = (
        np.full(levels.shape, np.nan) if denominators is None else np.broadcast_to(denominators, levels.shape)
    )
    return Panel(
        names=tuple(f"k{at}" for at in range(len(levels))),
        periods=pd.date_range(first, periods=levels.shape[1], freq="MS"),
        values=levels,
        denominators=np.asarray(rests, dtype=float),
        length=pd.DateOffset(months=1),
        season=12,
    )


def made_records(panel, *, measure="", unit="", direction="higher", target=np.nan):
    return pd.DataFrame(
        {
            "indicator": panel.names,
            "measure": measure,
            "unit": unit,
            "direction": direction,
            "target": target,
        }
    )


def remembering(rng, memory, series, periods):
    """Stable first-order autoregressive series of mean 0 and variance 1."""
    found = rng.normal(size=(series, periods))
    for at in range(1, periods):
        found[:, at] = memory * found[:, at - 1] + np.sqrt(1 - memory**2) * found[:, at]
    return found
