"""How much of the revenue rests on how few customers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from cerm_nb.stats import bootstrap_interval, captured, gini

if TYPE_CHECKING:
    from cerm_nb.analyses.value.parameters import Params
    from cerm_nb.stats import Floats, Integers

TOP_SHARES = (0.01, 0.10, 0.20)
KEPT_SINGLE = GROUPED = 1_000  # in the bootstrap: the largest customers one by one, the others in groups


@dataclass(frozen=True, eq=False)
class Concentration:
    """How revenue is spread over customers.

    Parameters
    ----------
    reason
        Empty, or why there is nothing to say: ``too_few_customers`` or ``no_revenue``; then the numbers are
        NaN and the frames empty.
    customers, revenue
        Customers and their net revenue, negative customers counted as 0.
    negative_customers, negative_revenue
        Customers who took back more than they bought, and what they add up to (0 or less). A Gini coefficient
        or a Lorenz curve of negative shares has no meaning, so these count as customers with no revenue.
    gini, gini_low, gini_high
        Gini coefficient, with a bootstrap interval over customers.
    curve
        Lorenz curve from the **largest** customer on, ≤ 101 points: share_of_customers, share_of_revenue.
    top
        share_of_customers, customers, share_of_revenue, low, high.
    deciles
        decile (1 the largest), customers, revenue, share_of_revenue, mean.
    """

    reason: str
    customers: int
    revenue: float
    negative_customers: int
    negative_revenue: float
    gini: float = np.nan
    gini_low: float = np.nan
    gini_high: float = np.nan
    curve: pd.DataFrame = field(default_factory=pd.DataFrame)
    top: pd.DataFrame = field(default_factory=pd.DataFrame)
    deciles: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def headline(self) -> dict[str, float]:
        """Revenue share of the top 1, 10 and 20 % of customers: ``top_1``, ``top_10``, ``top_20``."""
        rows = zip(self.top["share_of_customers"], self.top["share_of_revenue"], strict=True)
        return {f"top_{round(100 * share)}": revenue for share, revenue in rows}


def concentration(spend: pd.Series[float], params: Params) -> Concentration:
    """Measure how concentrated revenue is.

    Parameters
    ----------
    spend
        Net revenue of each customer, shape (customers,).
    params
        confidence, bootstrap, seed and min_group (customers a step of the curve stands for) are used.

    Returns
    -------
    Concentration
        With a reason instead of numbers where there are fewer than two customers or no revenue.
    """
    money = spend.to_numpy(dtype=float)
    negative = money[money < 0]
    kept = np.sort(np.maximum(money, 0.0))
    facts = (kept.size, float(kept.sum()), negative.size, float(negative.sum()))
    if kept.size < 2:
        return Concentration("too_few_customers", *facts)
    if facts[1] <= 0:
        return Concentration("no_revenue", *facts)
    # A step holds a group that may be spoken of, so that no single customer's revenue can be read off.
    steps = np.linspace(0, 1, min(max(kept.size // params.min_group, 1), 100) + 1)
    curve = {"share_of_customers": steps, "share_of_revenue": captured(kept, kept, steps)}
    low_high, top = _intervals(kept, params)
    return Concentration(
        "", *facts, float(gini(kept, np.ones(kept.size))), *low_high, pd.DataFrame(curve), top, _deciles(kept)
    )


def _deciles(kept: Floats) -> pd.DataFrame:
    # n customers in ten parts as even as possible, the largest first
    edges = np.rint(np.arange(11) * kept.size / 10).astype(np.int64)
    held = np.concatenate([[0.0], kept[::-1].cumsum()])
    revenue, customers = np.diff(held[edges]), np.diff(edges)
    frame = pd.DataFrame({"decile": np.arange(1, 11), "customers": customers, "revenue": revenue})
    frame["share_of_revenue"] = revenue / held[-1]
    return frame.assign(mean=revenue / np.where(customers > 0, customers, np.nan))


def _intervals(kept: Floats, params: Params) -> tuple[tuple[float, float], pd.DataFrame]:
    counts = np.maximum(1, np.rint(np.array(TOP_SHARES) * kept.size)).astype(np.int64)
    shares = counts / kept.size
    values, sizes = _groups(kept)

    def statistic(weights: Integers) -> Floats:
        return np.column_stack([gini(values, weights), _top(values, weights, shares)])

    ends = bootstrap_interval(
        sizes, statistic, draws=params.bootstrap, confidence=params.confidence, seed=params.seed
    )
    top = pd.DataFrame({"share_of_customers": TOP_SHARES, "customers": counts})
    top["share_of_revenue"] = captured(kept, kept, shares)
    return _centred(ends[0], float(gini(values, sizes)), kept.size), top.assign(
        low=[end[0] for end in ends[1:]], high=[end[1] for end in ends[1:]]
    )


def _centred(ends: tuple[float, float], estimate: float, n: int) -> tuple[float, float]:
    """Move the bootstrap's interval to where the Gini coefficient of the whole population is likely to lie.

    A sample of n understates it by the factor (n − 1)/n, and each resample again; on the logit scale the
    interval keeps its width and stays between 0 and 1. Coverage of 95 % intervals in simulated lognormal
    revenue (σ 1.3): about 80 % at n = 60, 87 % at 300, 94 % at 1,000.
    """
    if not 0 < estimate < 1 or not 0 < ends[0] <= ends[1] < 1:
        return ends
    centre = logit(min(estimate * n / (n - 1), 1 - 1e-9))
    half = (logit(ends[1]) - logit(ends[0])) / 2
    low, high = float(expit(centre - half)), float(expit(centre + half))
    return min(low, estimate), max(high, estimate)


def _groups(kept: Floats) -> tuple[Floats, Integers]:
    """Ascending values and how many customers have each; beyond 2,000 the small ones share a group's mean.

    The largest customers make the interval wide, so they stay single.
    """
    values, sizes = np.unique(kept, return_counts=True)
    if values.size <= KEPT_SINGLE + GROUPED:
        return values, sizes
    small, large = kept[:-KEPT_SINGLE], kept[-KEPT_SINGLE:]
    edges = np.rint(np.arange(GROUPED) * small.size / GROUPED).astype(np.int64)
    counts = np.diff(np.append(edges, small.size))
    means = np.add.reduceat(small, edges) / counts
    return np.append(means, large), np.append(counts, np.ones(KEPT_SINGLE, dtype=np.int64))


def _top(values: Floats, weights: Integers, shares: Floats) -> Floats:
    units = weights[:, ::-1].cumsum(1)
    held = (weights * values)[:, ::-1].cumsum(1)
    zero = np.zeros((weights.shape[0], 1))
    units, held = np.hstack([zero, units]), np.hstack([zero, held])
    # a draw of nothing but customers without revenue has no shares
    total = np.where(held[:, -1:] > 0, held[:, -1:], 1.0)
    rows = zip(units, held / total, strict=True)
    return np.array([np.interp(shares * unit[-1], unit, share) for unit, share in rows])
