"""Value tiers, and the target customer in words a shop floor can use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.stats import wilson_interval

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.value.intervals import Uncertainty
    from cerm_nb.analyses.value.parameters import Params
    from cerm_nb.stats import Floats, Integers

CONDITIONS = ("purchase_days", "since_last", "mean_spend")
GRID = 16  # candidate limits of each condition
SIMPLER = 0.02  # a third condition must add this much to the F1 score


def tiers(scores: pd.DataFrame, draws: Uncertainty | None) -> pd.DataFrame:
    """Sum up the tiers.

    Parameters
    ----------
    scores
        The customers as `score` gives them.
    draws
        Draws behind the intervals, None where lifetime value could not be told.

    Returns
    -------
    DataFrame
        One row per tier from the best: tier, customers, share_of_customers, clv, low, high, share_of_clv,
        mean_clv, expected_purchases, p_alive (mean), revenue_to_date, share_of_revenue. Lifetime value and
        its companions are NaN where it could not be told.
    """
    grouped = scores.groupby("tier", sort=True)
    frame = grouped.agg(customers=("customer_id", "size"), p_alive=("p_alive", "mean"))
    sums = grouped[["clv", "expected_purchases", "spend"]].sum(min_count=1)
    frame["share_of_customers"] = frame["customers"] / len(scores)
    frame["clv"], frame["expected_purchases"] = sums["clv"], sums["expected_purchases"]
    frame["revenue_to_date"] = sums["spend"]
    frame["share_of_clv"] = sums["clv"] / sums["clv"].sum(min_count=1)
    frame["mean_clv"] = sums["clv"] / frame["customers"]
    frame["share_of_revenue"] = sums["spend"] / sums["spend"].sum() if sums["spend"].sum() else np.nan
    frame = frame.reset_index()
    unknown = (np.nan, np.nan)
    ends = [draws.total_clv(draws.strata["tier"] == name) if draws else unknown for name in frame["tier"]]
    frame = frame.assign(low=[end[0] for end in ends], high=[end[1] for end in ends])
    return frame[
        ["tier", "customers", "share_of_customers", "clv", "low", "high", "share_of_clv", "mean_clv",
         "expected_purchases", "p_alive", "revenue_to_date", "share_of_revenue"]
    ]  # fmt: skip


@dataclass(frozen=True)
class TargetRule:
    """A target customer, recognised without a model: all conditions hold.

    Parameters
    ----------
    min_purchase_days
        At least so many purchase days, the first included.
    max_weeks_since_last
        The last purchase at most so many weeks ago.
    min_mean_spend
        At least so much net spend per purchase day; 0 where the condition adds nothing.
    customers
        Customers who meet the rule, of all.
    precision, precision_low, precision_high
        Share of those who are target customers, among `checked_customers`, with Wilson's interval.
    recall, recall_low, recall_high
        Share of the target customers who meet the rule, among `checked_targets`.
    checked_customers, checked_targets
        Customers who meet the rule, and target customers, in the half of the data the rule was not chosen on.
    conditions
        Which of `CONDITIONS` leave anybody out; none: no rule was found.
    """

    min_purchase_days: int
    max_weeks_since_last: float
    min_mean_spend: float
    customers: int
    precision: float
    precision_low: float
    precision_high: float
    recall: float
    recall_low: float
    recall_high: float
    checked_customers: int
    checked_targets: int
    conditions: tuple[str, ...]


def target_rule(scores: pd.DataFrame, params: Params) -> TargetRule:
    """Find the plain rule that comes nearest to the target customers.

    Parameters
    ----------
    scores
        The customers as `score` gives them.
    params
        seed (which half chooses) and confidence are used.

    Returns
    -------
    TargetRule
        The conjunction with the best F1 score on a random half, judged on the other half. A condition on
        spend is used only where it adds .02.
    """
    facts = np.column_stack(
        [
            scores["frequency"] + 1,
            -(scores["age"] - scores["recency"]),
            scores["spend"] / (scores["frequency"] + 1),
        ]
    )
    target = scores["is_target"].to_numpy(dtype=bool)
    order = np.random.default_rng(params.seed).permutation(len(scores))
    choosing, judging = order[::2], order[1::2]
    if len(scores) < 2:
        judging = choosing
    limits = _search(facts[choosing], target[choosing])
    meets = np.asarray((facts >= limits - 1e-9).all(axis=1))
    right = int((meets & target)[judging].sum())
    met, wanted = int(meets[judging].sum()), int(target[judging].sum())
    return TargetRule(
        int(limits[0]),
        float(-limits[1]),
        float(max(limits[2], 0.0)),
        int(meets.sum()),
        right / met if met else np.nan,
        *wilson_interval(right, met, params.confidence),
        right / wanted if wanted else np.nan,
        *wilson_interval(right, wanted, params.confidence),
        met,
        wanted,
        tuple(
            name for name, binds in zip(CONDITIONS, limits > facts.min(axis=0) + 1e-9, strict=True) if binds
        ),
    )


def _search(facts: Floats, target: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Floats:
    """Judge every conjunction of limits at once: one 3-D histogram, summed from the far corner."""
    limits = [_limits(facts[:, 0], whole=True), _limits(facts[:, 1], whole=True), _limits(facts[:, 2])]
    # place k: the customer reaches the first k limits
    places = [np.searchsorted(each, facts[:, axis] + 1e-9, side="right") for axis, each in enumerate(limits)]
    met, right = _reached(places, limits, None), _reached(places, limits, target)
    f1 = 2 * right / (met + target.sum()).clip(min=1)
    flat = int(f1[:, :, 0].argmax())
    best: tuple[int, ...] = (*divmod(flat, f1.shape[1]), 0)
    if f1.max() > f1[:, :, 0].max() + SIMPLER:
        best = tuple(int(place) for place in np.unravel_index(f1.argmax(), f1.shape))
    return np.array([limits[axis][place] for axis, place in enumerate(best)])


def _limits(column: Floats, *, whole: bool = False) -> Floats:
    """Candidate limits in ascending order, the first met by everybody; figures people can remember."""
    cuts = np.unique(np.quantile(column, np.linspace(0, 1, GRID + 1)[:-1]))
    if whole:
        return np.unique(np.floor(cuts))
    positive = cuts[cuts > 0]
    digits = 10.0 ** (np.floor(np.log10(positive)) - 1)
    return np.unique(np.append(min(float(column.min()), 0.0), np.round(positive / digits) * digits))


def _reached(
    places: list[Integers], limits: list[Floats], only: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] | None
) -> Floats:
    shape = tuple(each.size + 1 for each in limits)
    cell = np.ravel_multi_index(tuple(places), shape)
    counts = np.bincount(cell, weights=only, minlength=int(np.prod(shape))).reshape(shape).astype(float)
    for axis in range(counts.ndim):
        counts = np.flip(np.flip(counts, axis).cumsum(axis), axis)
    return counts[1:, 1:, 1:]
