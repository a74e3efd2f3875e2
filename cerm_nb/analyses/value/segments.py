"""The kinds of customer that recency and frequency tell apart, summed up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd


def segments(scores: pd.DataFrame) -> pd.DataFrame:
    """Sum up the segments.

    Parameters
    ----------
    scores
        The customers as `score` gives them.

    Returns
    -------
    DataFrame
        One row per segment that has customers, the largest revenue first: rfm_segment, customers,
        share_of_customers, revenue_to_date, share_of_revenue (NaN where there is no revenue),
        weeks_since_last (median), mean_spend (money per purchase day).
    """
    since = scores["age"] - scores["recency"]
    facts = scores.assign(weeks_since_last=since, purchase_days=scores["frequency"] + 1)
    frame = (
        facts.groupby("rfm_segment")
        .agg(
            customers=("customer_id", "size"),
            revenue_to_date=("spend", "sum"),
            weeks_since_last=("weeks_since_last", "median"),
            purchase_days=("purchase_days", "sum"),
        )
        .reset_index()
    )
    revenue = float(frame["revenue_to_date"].sum())
    frame["share_of_customers"] = frame["customers"] / len(scores)
    frame["share_of_revenue"] = frame["revenue_to_date"] / revenue if revenue else np.nan
    frame["mean_spend"] = frame["revenue_to_date"] / frame["purchase_days"]
    ordered = frame.sort_values(["revenue_to_date", "rfm_segment"], ascending=[False, True])
    return ordered[
        ["rfm_segment", "customers", "share_of_customers", "revenue_to_date", "share_of_revenue",
         "weeks_since_last", "mean_spend"]
    ].reset_index(drop=True)  # fmt: skip
