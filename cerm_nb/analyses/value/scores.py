"""One row per customer: how they bought, what they are worth, whether they are a target."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.value.clv import customer_value, horizon_weeks, weekly_rate
from cerm_nb.analyses.value.forecast import expected_purchases, p_alive
from cerm_nb.analyses.value.rfm import rfm
from cerm_nb.analyses.value.spend import expected_spend
from cerm_nb.stats import captured, share_below

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cerm_nb.analyses.value.models import Models
    from cerm_nb.analyses.value.parameters import Params
    from cerm_nb.stats import Floats

TIERS = "ABCDEFGHIJ"
CUSTOMERS = [
    "customer_id", "frequency", "recency", "age", "monetary_value", "r_score", "f_score", "m_score",
    "rfm_segment", "p_alive", "expected_purchases", "expected_spend", "clv", "tier", "is_target", "spend",
]  # fmt: skip


def score(summary: pd.DataFrame, models: Models, params: Params) -> pd.DataFrame:
    """Score every customer.

    Parameters
    ----------
    summary
        One row per customer: customer_id, frequency, recency, age (weeks), monetary_value, spend.
    models
        Fitted models.
    params
        horizon_months, annual_discount, margin, target_share, tier_shares, rfm_bins are used.

    Returns
    -------
    DataFrame
        Columns `CUSTOMERS` in the order of `summary`; expected_purchases over the horizon, not discounted.
        Where the models could not be fitted p_alive, expected_purchases, expected_spend and clv are NaN,
        and tier and is_target go by spend so far.
    """
    scores = pd.concat([summary, rfm(summary, params.rfm_bins)], axis=1)
    for name in ("p_alive", "expected_purchases", "expected_spend", "clv"):
        scores[name] = np.nan
    if models.purchases is not None:
        weeks = horizon_weeks(params.horizon_months)
        scores["p_alive"] = p_alive(models.purchases, summary)
        scores["expected_purchases"] = expected_purchases(models.purchases, summary, weeks)
    if models.spend is not None:
        scores["expected_spend"] = expected_spend(models.spend, summary)
    scores["clv"] = value(summary, models, params) if not models.reason else np.nan
    worth = ranking(scores)
    scores["tier"] = tier(worth, params.tier_shares)
    scores["is_target"] = is_top(worth, params.target_share)
    return scores[CUSTOMERS]


def value(summary: pd.DataFrame, models: Models, params: Params) -> Floats:
    """Lifetime value by a client's parameters, shape (customers,); the models must have been fitted."""
    if models.purchases is None or models.spend is None:
        raise ValueError("lifetime value needs both models")
    return customer_value(
        models.purchases,
        models.spend,
        summary,
        months=params.horizon_months,
        annual_discount=params.annual_discount,
        margin=params.margin,
    )


def ranking(scores: pd.DataFrame) -> Floats:
    """Take what ranks customers: lifetime value, or spend so far where that could not be told."""
    name = "spend" if scores["clv"].isna().all() else "clv"
    return scores[name].to_numpy(dtype=np.float64)


def is_top(worth: Floats, share: float) -> Floats:
    """Tell the best customers: fewer than `share` of all are worth more; equals stand or fall together.

    Parameters
    ----------
    worth
        Value of each customer, shape (customers,).
    share
        Share of customers wanted, 0–1. Ties at the cut are all taken in, so there may be more.

    Returns
    -------
    ndarray of bool
        Shape (customers,).
    """
    return np.asarray(share_below(-worth) < share)


def tier(worth: Floats, shares: Sequence[float]) -> np.ndarray[tuple[int, ...], np.dtype[np.str_]]:
    """Tier of each customer, ``A`` for the best, by rank; equal values are in one tier.

    Parameters
    ----------
    worth
        Value of each customer, shape (customers,).
    shares
        Share of customers in each tier from the top.
    """
    cuts = np.cumsum(shares)[:-1]
    # cumulated shares are off by a rounding: .1 + .2 is above .3
    place = np.searchsorted(cuts - 1e-9, share_below(-worth), side="right")
    return np.array(list(TIERS))[place]


@dataclass(frozen=True, eq=False)
class WhatIf:
    """What the target customers are worth under other assumptions.

    Parameters
    ----------
    reason
        Empty, or why lifetime value cannot be told; then the numbers are NaN and the frame is empty.
    weeks, weekly_rate
        The horizon and the discount rate in the models' unit.
    customers, target_customers
        All customers, and those in the target.
    clv, target_clv, share
        Lifetime value of all, of the target, and the target's share.
    curve
        share_of_customers (from the most valuable), share_of_clv; ≤ 101 points.
    """

    reason: str
    weeks: float
    weekly_rate: float
    customers: int
    target_customers: int = 0
    clv: float = np.nan
    target_clv: float = np.nan
    share: float = np.nan
    curve: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def target_share(self) -> float:
        """The target customers' share of all customers; more than asked for where values tie at the cut."""
        return self.target_customers / self.customers


def what_if(summary: pd.DataFrame, models: Models, params: Params) -> WhatIf:
    """Value the target customers again, under other parameters; fast enough for a slider.

    Parameters
    ----------
    summary
        One row per customer: frequency, recency, age (weeks), monetary_value.
    models
        Fitted models.
    params
        horizon_months, annual_discount, margin, target_share and min_group are used.
    """
    unit = horizon_weeks(params.horizon_months), weekly_rate(params.annual_discount)
    if models.reason:
        return WhatIf(models.reason, *unit, len(summary))
    worth = value(summary, models, params)
    target = is_top(worth, params.target_share)
    steps = np.linspace(0, 1, min(worth.size, 100) + 1)
    curve = pd.DataFrame({"share_of_customers": steps, "share_of_clv": captured(worth, worth, steps)})
    if target.sum() < params.min_group:
        return WhatIf("few_targets", *unit, len(summary))
    total, held = float(worth.sum()), float(worth[target].sum())
    return WhatIf("", *unit, worth.size, int(target.sum()), total, held, held / total, curve)
