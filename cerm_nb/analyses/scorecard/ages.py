"""Whether the latest value of a series is so old that it tells nothing of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.panels import Panel
    from cerm_nb.stats import Truths

DAY = pd.Timedelta(days=1)
OLD = 3  # periods without a value from which neither status nor chance is told


def missing_since(panel: Panel, as_of: pd.Timestamp, least: int) -> Truths:
    """Tell of each series whether so many periods have ended since its latest value.

    Parameters
    ----------
    panel
        Series of one frequency.
    as_of
        The last day that is seen: a period has ended when its last day is no later.
    least
        Periods without a value, 1 or more.

    Returns
    -------
    ndarray
        Shape (series,); of a series without any value True.
    """
    known = ~np.isnan(panel.values)
    latest = known.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    ends = pd.DatetimeIndex([day + panel.length * (least + 1) - DAY for day in panel.periods])
    return np.asarray(ends.take(latest) <= as_of) | ~known.any(axis=1)
