"""Cost, customers, value and return of a group of activities, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cerm_nb.analyses.readiness.compound import compound_interval

if TYPE_CHECKING:
    from collections.abc import Hashable

    from cerm_nb.analyses.readiness.parameters import Params

RETURNS = [
    "cost", "customers", "contacts", "cost_per_customer", "value_so_far", "value_expected",
    "roi", "low", "high", "roi_expected", "expected_low", "expected_high", "n", "measurable",
]  # fmt: skip


def won_customers(customers: pd.DataFrame, value: pd.DataFrame | None, margin: float) -> pd.DataFrame:
    """List the customers who name what won them, with what they brought.

    Parameters
    ----------
    customers
        customer_id, acquired_by.
    value
        customer_id, spend and perhaps clv; None where unknown.
    margin
        Share of revenue kept, 0–1; clv is margin already.

    Returns
    -------
    DataFrame
        activity, so_far (margin earned), expected (so_far and the margin to come); NaN where unknown.
    """
    named = customers[customers["acquired_by"].notna()]
    won = pd.DataFrame({"activity": named["acquired_by"].to_numpy()}, dtype="str")
    won = won.assign(so_far=np.nan, expected=np.nan)
    if value is None:
        return won
    worth = value.set_index("customer_id")
    who = named["customer_id"].to_numpy()
    won["so_far"] = margin * worth["spend"].astype(float).reindex(who).fillna(0.0).to_numpy()
    if "clv" in worth and worth["clv"].notna().any():
        won["expected"] = won["so_far"] + worth["clv"].astype(float).reindex(who).fillna(0.0).to_numpy()
    return won


def returns(spent: pd.DataFrame, won: pd.DataFrame, key: str, own: Params) -> pd.DataFrame:
    """Tell cost, customers, value and return of each group of activities.

    Parameters
    ----------
    spent
        One row per group: `key`, cost, contacts (NaN where unknown).
    won
        Customers from `won_customers` with the group in the column `key`.
    own
        confidence is used.

    Returns
    -------
    DataFrame
        The columns of `spent` and `RETURNS`, in the order of `spent`.
    """
    groups = dict(iter(won.groupby(key)))
    # where a group's own customers have brought nothing, the largest value of another's bounds its high end
    unseen = float(won["so_far"].max()), float(won["expected"].max())
    rows = [
        _row(row, groups.get(label, won.iloc[:0]), unseen, own.confidence)
        for label, row in zip(spent[key], spent.to_dict("records"), strict=True)
    ]
    columns = [*spent.columns, *(name for name in RETURNS if name not in spent)]
    return pd.DataFrame(rows, columns=columns)


def _row(
    given: dict[Hashable, Any], won: pd.DataFrame, unseen: tuple[float, float], confidence: float
) -> dict[Hashable, Any]:
    cost, contacts = given["cost"], given["contacts"]
    known = bool(won["so_far"].notna().any())
    state = _measurable(cost, len(won), contacts, known)
    so_far, expected = (won[name].sum(min_count=1) for name in ("so_far", "expected"))
    roi = _return(won["so_far"], cost, confidence, unseen[0], state)
    later = _return(won["expected"], cost, confidence, unseen[1], state)
    return given | {
        "customers": len(won),
        "cost_per_customer": cost / len(won) if len(won) else np.nan,
        "value_so_far": so_far,
        "value_expected": expected,
        **dict(zip(("roi", "low", "high"), roi, strict=True)),
        **dict(zip(("roi_expected", "expected_low", "expected_high"), later, strict=True)),
        "n": len(won),
        "measurable": state,
    }


def _measurable(cost: float, customers: int, contacts: float, known: bool) -> str:
    if not cost > 0:
        return "no_cost"
    if not customers:
        return "contacts_only" if contacts > 0 else "no_customers"
    return "yes" if known else "no_value"


def _return(
    brought: pd.Series[float], cost: float, confidence: float, unseen: float, state: str
) -> tuple[float, float, float]:
    if state != "yes" or brought.isna().any():
        return np.nan, np.nan, np.nan
    nothing_yet = not (brought > 0).any() and unseen > 0
    low, high = compound_interval(brought, confidence, unseen if nothing_yet else np.nan)
    return float(brought.sum()) / cost - 1, low / cost - 1, high / cost - 1
