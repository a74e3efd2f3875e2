"""Panels and records for the tests of levels, outlook, interventions and focus."""

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.panels import Panel


def made(values, *, first="2020-01-01", season=12, length=None, names=None):
    """A panel of series, monthly where nothing else is said."""
    values = np.atleast_2d(np.asarray(values, dtype=float))
    length = length or pd.DateOffset(months=1)
    return Panel(
        names=tuple(names or (f"k{each}" for each in range(len(values)))),
        periods=pd.date_range(first, periods=values.shape[1], freq=length),
        values=values,
        denominators=np.full(values.shape, np.nan),
        length=length,
        season=season,
    )


def aims(names, **told):
    """One record per indicator, better when higher, to reach 1 from 0."""
    usual = {
        "direction": "higher",
        "unit": "",
        "measure": "",
        "baseline": 0.0,
        "floor": np.nan,
        "target": 1.0,
    }
    usual |= {"target_date": pd.NaT, "path": ""}
    return pd.DataFrame({"indicator": list(names), **(usual | told)})


def one_phase(panel):
    return np.zeros((len(panel.names), len(panel.periods)), dtype=np.int64)


def related(rng, series, periods, memory, before=60):
    """Series of mean 0 and variance 1 whose values remember the ones before."""
    noise = rng.normal(size=(series, periods + before))
    for at in range(1, periods + before):
        noise[:, at] = memory * noise[:, at - 1] + np.sqrt(1 - memory**2) * noise[:, at]
    return noise[:, before:]
