"""What winning customers cost by activity, and what the customers won have brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.readiness.returns import RETURNS, returns, won_customers
from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.analyses.readiness.parameters import Params

ACQUISITION = ["activity", "name", "kind", *RETURNS]

Caveat = tuple[str, dict[str, object]]


@dataclass(frozen=True, eq=False)
class Acquisition:
    """Return on acquisition and marketing activities.

    Parameters
    ----------
    reason
        Empty, or why no return can be told at all: ``no_activities``, ``no_spend``, ``no_attribution`` (no
        customer names a known activity) or ``no_value``. The frames are there all the same.
    frame
        One row per activity, the costliest first, columns `ACQUISITION`. cost and cost_per_customer are
        money; customers are those whose record names the activity; value_so_far is margin earned,
        value_expected that and the margin to come. roi is (value_so_far − cost)/cost with low and high,
        roi_expected the same with value_expected; n customers stand behind both. measurable is ``yes``,
        or why not: ``no_cost`` (0 or unknown), ``no_customers``, ``contacts_only`` (contacts name the
        activity, customers do not) or ``no_value``; the returns are NaN then.
    kinds
        The same by kind of activity (kind, activities, `RETURNS`), over activities that cost something;
        measurable is ``partly`` where some of a kind's activities have no measurable return.
    total
        The same for all of them together (activities, `RETURNS`): what can be attributed against all that was
        spent, so the return is at least this.
    spend
        Cost of all activities, money.
    unmeasurable_share
        Share of the spend on activities with no measurable return, 0–1.
    loss_share, unproven_share, gain_share
        Share of the spend on activities whose interval of roi lies below 0, holds 0, and lies above 0.
        The four shares add up to 1; all are NaN without spend.
    attributed_share
        Share of the customers whose record names a known activity; NaN without customers.
    caveats
        (key, values) in the order to be shown.
    """

    reason: str
    frame: pd.DataFrame
    kinds: pd.DataFrame
    total: pd.Series[float]
    spend: float
    unmeasurable_share: float
    loss_share: float
    unproven_share: float
    gain_share: float
    attributed_share: float
    caveats: tuple[Caveat, ...]


def acquisition(
    activities: pd.DataFrame | None,
    customers: pd.DataFrame,
    value: pd.DataFrame | None,
    own: Params,
    contacts: pd.DataFrame | None = None,
) -> Acquisition:
    """Measure the return of each activity on the customers it won.

    Parameters
    ----------
    activities
        activity, name (its identifier serves where there is none), kind, cost (the client's currency);
        rows of one activity are added up.
    customers
        customer_id and acquired_by, one row per person.
    value
        customer_id, spend (revenue so far), and clv (discounted margin to come) where it is known; a
        customer who is not in it has brought nothing yet. None where no value is known at all.
    own
        margin, confidence and min_group are used.
    contacts
        activity, contacts: how many contacts name an activity, if any do.

    Raises
    ------
    DataError
        With every activity whose cost is negative or not finite.

    Notes
    -----
    ROI = (value − cost)/cost with value in margin (Farris et al. 2010, Marketing Metrics, ch. 10). The
    interval allows for how many customers were won as well as for what each brings (`compound_interval`).
    """
    spent = _with_contacts(_activities(activities), contacts)
    won = won_customers(customers, value, own.margin)
    won = won.merge(spent[["activity", "kind", "cost"]], on="activity")
    frame = returns(spent, won, "activity", own)
    frame = frame.sort_values(["cost", "activity"], ascending=[False, True], ignore_index=True)[ACQUISITION]
    # what came of activities that cost nothing must not be set against what others cost
    counted = won[won["cost"] > 0].assign(all="all")
    known = spent[spent["cost"] > 0].assign(all="all")
    kinds, total = (returns(_added(known, key), counted, key, own) for key in ("kind", "all"))
    kinds["measurable"] = _partly(kinds, frame)
    return Acquisition(
        _reason(spent, won, value),
        frame,
        kinds.sort_values(["cost", "kind"], ascending=[False, True], ignore_index=True),
        total.iloc[0].drop("all") if len(total) else pd.Series(dtype=float),
        float(spent["cost"].sum()),
        *_spend_shares(frame),
        len(won) / len(customers) if len(customers) else np.nan,
        tuple(_caveats(frame, customers, won, own)),
    )


def _activities(activities: pd.DataFrame | None) -> pd.DataFrame:
    """Add the rows of an activity up; where one's cost is unknown, so is the sum."""
    if activities is None:
        activities = pd.DataFrame({"activity": [], "kind": [], "cost": []}, dtype="str")
    cost = activities["cost"].astype(float)
    wrong = (cost < 0) | np.isinf(cost)
    if wrong.any():
        told = zip(activities.loc[wrong, "activity"], cost[wrong], strict=True)
        raise DataError(
            [
                Problem(f"activities → {name} → cost", f"got {money:g}", "a finite amount of 0 or more")
                for name, money in told
            ]
        )
    groups = activities.assign(cost=cost).groupby("activity", sort=True)
    sums = pd.DataFrame({"kind": groups["kind"].first(), "cost": groups["cost"].sum(skipna=False)})
    names = groups["name"].first() if "name" in activities else pd.Series(None, sums.index, dtype="str")
    sums["name"] = names.where(names.notna(), sums.index)
    return sums.reset_index().astype({"activity": "str", "name": "str"})


def _with_contacts(spent: pd.DataFrame, contacts: pd.DataFrame | None) -> pd.DataFrame:
    if contacts is None:
        return spent.assign(contacts=np.nan)
    counts = contacts.groupby("activity")["contacts"].sum().astype(float)
    return spent.assign(contacts=counts.reindex(spent["activity"]).fillna(0.0).to_numpy())


def _added(spent: pd.DataFrame, key: str) -> pd.DataFrame:
    groups = spent.groupby(key, sort=True)
    sums = groups[["cost", "contacts"]].sum(min_count=1)
    sums.insert(0, "activities", groups.size())
    return sums.reset_index()


def _partly(kinds: pd.DataFrame, frame: pd.DataFrame) -> pd.Series[str]:
    """Say ``partly`` of a kind some of whose activities have no measurable return."""
    unmeasured = frame.loc[(frame["measurable"] != "yes") & (frame["cost"] > 0), "kind"]
    mixed = (kinds["measurable"] == "yes") & kinds["kind"].isin(unmeasured)
    return kinds["measurable"].where(~mixed, "partly")


def _reason(spent: pd.DataFrame, won: pd.DataFrame, value: pd.DataFrame | None) -> str:
    rules = (
        ("no_activities", not len(spent)),
        ("no_spend", not spent["cost"].sum() > 0),
        ("no_attribution", not len(won)),
        ("no_value", value is None or not len(value)),
    )
    return next((reason for reason, applies in rules if applies), "")


def _spend_shares(frame: pd.DataFrame) -> tuple[float, float, float, float]:
    """Shares of the spend: no measurable return, shown to lose, not shown either way, shown to gain."""
    spend = float(frame["cost"].sum())
    if not spend > 0:
        return np.nan, np.nan, np.nan, np.nan
    measured = frame["measurable"] == "yes"
    loses, gains = measured & (frame["high"] < 0), measured & (frame["low"] > 0)
    parts = (~measured, loses, measured & ~loses & ~gains, gains)
    missing, lost, open_, gained = (float(frame.loc[part, "cost"].sum()) / spend for part in parts)
    return missing, lost, open_, gained


def _caveats(
    frame: pd.DataFrame, customers: pd.DataFrame, won: pd.DataFrame, own: Params
) -> Iterator[Caveat]:
    if not len(frame):
        return
    yield "attribution_is_not_incremental", {"customers": len(won)}
    named = int(customers["acquired_by"].notna().sum())
    if named < len(customers):
        yield (
            "acquisition_unknown",
            {"share": 1 - named / len(customers), "customers": len(customers) - named, "n": len(customers)},
        )
    if named > len(won):
        yield "acquired_by_unknown_activity", {"customers": named - len(won), "n": named}
    costless = int((~(frame["cost"] > 0)).sum())
    if costless:
        yield "acquisition_cost_missing", {"activities": costless, "n": len(frame)}
    few = int(((frame["measurable"] == "yes") & (frame["customers"] < own.min_group)).sum())
    if few:
        yield "few_customers_won", {"activities": few, "needed": own.min_group}
    if own.margin == 1:
        yield "acquisition_value_is_revenue", {}
