"""What else is known of the units: who they are, how they behave, and how they answered campaigns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cerm_nb.analyses.segments.choosing import behaviour, last_wave
from cerm_nb.analyses.segments.inputs import MANY_LEVELS

if TYPE_CHECKING:
    from datetime import date

    from cerm_nb.analyses.segments.inputs import Base

BACKGROUND = ("gender", "age_group", "region", "purpose", "first_time")


def describing(base: Base, respondents: pd.DataFrame | None, customers: pd.DataFrame | None) -> pd.DataFrame:
    """Tell more about the units than what their segments are found on.

    Parameters
    ----------
    base
        The units.
    respondents
        Client table ``respondents``; its background columns of 2 to 20 levels are taken, those of the last
        wave of a respondent.
    customers
        Table ``value.customers``, for the behaviour of units with a known customer number.

    Returns
    -------
    DataFrame
        Indexed by the base's first identifier; no columns where nothing is known.
    """
    ids = base.ids.set_index(base.ids.columns[0], drop=False)
    told = pd.DataFrame(index=ids.index)
    if respondents is not None and "respondent" in ids:
        told = told.join(_background(respondents))
    if customers is not None and "customer_id" in ids:
        bought = behaviour(customers).reindex(ids["customer_id"]).set_axis(ids.index)
        told = told.join(bought.loc[:, bought.notna().any()])
    return told


def _background(respondents: pd.DataFrame) -> pd.DataFrame:
    last = last_wave(respondents).drop_duplicates("respondent").set_index("respondent")
    there = [name for name in BACKGROUND if name in last and 2 <= last[name].nunique() <= MANY_LEVELS]
    return last[there]


def response(base: Base, responses: pd.DataFrame | None, as_of: date) -> pd.Series:
    """Tell how units answered the campaigns that were aimed at them.

    Parameters
    ----------
    base
        The units.
    responses
        Client table ``responses``; those of controls, and those assigned after `as_of`, do not count.
    as_of
        The last day the analysis may see.

    Returns
    -------
    Series
        Share of the campaigns that each unit responded to, indexed by the base's first identifier; empty
        where it was in none.
    """
    first = base.ids.iloc[:, 0]
    if responses is None or "customer_id" not in base.ids:
        return pd.Series(float("nan"), index=first)
    treated = responses[responses["arm"] == "treatment"]
    if "assigned_on" in treated:
        treated = treated[~(pd.to_datetime(treated["assigned_on"]) > pd.Timestamp(as_of))]
    shares = treated.groupby("customer_id")["responded"].mean()
    return pd.Series(shares.reindex(base.ids["customer_id"]).to_numpy(dtype=float), index=first)
