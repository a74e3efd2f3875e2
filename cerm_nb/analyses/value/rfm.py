"""Recency, frequency and money: scores and the nine kinds of customer they tell apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.stats import quantile_scores

if TYPE_CHECKING:
    from cerm_nb.stats import Integers

# (recency level, frequency level), each 1 low, 2 middle, 3 high: every pair once, so the segments are
# disjoint and leave nobody out
SEGMENTS: dict[tuple[int, int], str] = {
    (3, 3): "champions",
    (3, 2): "potential",
    (3, 1): "new",
    (2, 3): "loyal",
    (2, 2): "needs_attention",
    (2, 1): "promising",
    (1, 3): "at_risk",
    (1, 2): "hibernating",
    (1, 1): "lost",
}


def rfm(summary: pd.DataFrame, bins: int) -> pd.DataFrame:
    """Score customers and name their segment.

    Parameters
    ----------
    summary
        One row per customer: frequency, recency, age (weeks), spend.
    bins
        Scores 1 … bins, the larger the better.

    Returns
    -------
    DataFrame
        r_score by weeks since the last purchase (age − recency; fewer is better), f_score by repeat purchase
        days, m_score by net spend per purchase day, and rfm_segment, a key of `SEGMENTS`. Equal values have
        equal scores. The segment rests on recency and frequency; what a customer is worth is told by CLV.
    """
    # whole days: 30.42857 − 5.28571 must tie with the same number of days reached otherwise
    days_since = np.rint((summary["age"] - summary["recency"]).to_numpy(dtype=float) * 7)
    recency = quantile_scores(-days_since, bins)
    frequency = quantile_scores(summary["frequency"], bins)
    money = quantile_scores(summary["spend"] / (summary["frequency"] + 1), bins)
    names = np.full((4, 4), "", dtype="U16")
    for cell, name in SEGMENTS.items():
        names[cell] = name
    segment = names[_level(recency, bins), _level(frequency, bins)]
    columns = {"r_score": recency, "f_score": frequency, "m_score": money}
    return pd.DataFrame({**columns, "rfm_segment": segment}, index=summary.index)


def _level(score: Integers, bins: int) -> Integers:
    """Level 1, 2 or 3 of a score: of five scores 1 and 2 are low, 3 and 4 middle, 5 high.

    High is a score that at least two thirds of the customers stay below, and the best score there is.
    """
    middle = (score - 1) * 3 >= bins
    high = ((score - 1) * 3 >= 2 * bins) | (score == bins)
    return np.where(high, 3, np.where(middle, 2, 1))
