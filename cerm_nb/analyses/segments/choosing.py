"""Choose what segments are found on: how customers behave, what they say they need, or both."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from cerm_nb.analyses.segments.inputs import base_of
from cerm_nb.errors import NotEnoughData

if TYPE_CHECKING:
    from cerm_nb.analyses.segments.inputs import Base
    from cerm_nb.analyses.segments.parameters import Params

BEHAVIOUR = ("repeat_purchases", "weeks_since_last", "mean_spend")
JOINT = " · "  # between touchpoint and attribute in the name of a need


def behaviour(customers: pd.DataFrame) -> pd.DataFrame:
    """Tell how customers behave, from the value question.

    Parameters
    ----------
    customers
        Table ``value.customers``: customer_id, frequency, recency, age (weeks), spend.

    Returns
    -------
    DataFrame
        Columns `BEHAVIOUR`, indexed by customer_id: repeat purchase days, weeks since the last purchase, and
        spend a purchase day.
    """
    return pd.DataFrame(
        {
            "repeat_purchases": customers["frequency"].to_numpy(dtype=float),
            "weeks_since_last": (customers["age"] - customers["recency"]).to_numpy(dtype=float),
            "mean_spend": (customers["spend"] / (customers["frequency"] + 1)).to_numpy(dtype=float),
        },
        index=pd.Index(customers["customer_id"].astype(str), name="customer_id"),
    )


def needs(survey: pd.DataFrame, respondents: pd.DataFrame | None = None) -> tuple[pd.DataFrame, pd.Series]:
    """Tell what is important to respondents.

    Parameters
    ----------
    survey
        Client table ``survey``; of a respondent of several waves the last counts.
    respondents
        Client table ``respondents``, for customer numbers and weights; nobody is known and all weigh the same
        where unset.

    Returns
    -------
    DataFrame
        Mean importance, one column per touchpoint and attribute, indexed by respondent and customer_id
        (empty where not known).
    Series
        Weight per row; 1 where there is none.
    """
    asked = survey[(survey["measure"] == "importance") & survey["value"].notna()]
    if "status" in asked:
        asked = asked[asked["status"].fillna("answered") == "answered"]
    asked = last_wave(asked)
    names = asked["touchpoint"].astype(str) + JOINT + asked["attribute"].astype(str)
    wide = asked.assign(need=names).pivot_table(index="respondent", columns="need", values="value")
    wide.columns.name = None
    known = _known(respondents, asked).reindex(wide.index)
    numbers = known["customer_id"].fillna("").astype(str).to_numpy()
    wide.index = pd.MultiIndex.from_arrays(
        [wide.index.astype(str), numbers], names=["respondent", "customer_id"]
    )
    return wide, pd.Series(known["weight"].fillna(1.0).to_numpy(dtype=float), index=wide.index)


def last_wave(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of each respondent's last wave."""
    if "wave" not in rows or rows["wave"].isna().all():
        return rows
    return rows[rows["wave"] == rows.groupby("respondent")["wave"].transform("max")]


def _known(respondents: pd.DataFrame | None, asked: pd.DataFrame) -> pd.DataFrame:
    """Look up customer number and weight of each respondent in the wave that counts."""
    empty = pd.DataFrame({"customer_id": pd.Series(dtype=object), "weight": pd.Series(dtype=float)})
    if respondents is None:
        return empty
    table = last_wave(respondents[respondents["respondent"].isin(asked["respondent"])])
    return table.drop_duplicates("respondent").set_index("respondent").reindex(columns=list(empty.columns))


def choose_base(
    customers: pd.DataFrame | None,
    survey: pd.DataFrame | None,
    respondents: pd.DataFrame | None,
    own: Params,
) -> Base:
    """Build what `Params.segment_by` asks for.

    Parameters
    ----------
    customers, survey, respondents
        Table ``value.customers``, client tables ``survey`` and ``respondents``; None where there is none.
    own
        segment_by: ``auto`` takes needs where importance was asked, else behaviour.

    Returns
    -------
    Base
        Without units where what is asked for is not there, and then with the reason: ``no_behaviour``,
        ``no_needs``, or ``no_known_respondents`` where both are asked for and no respondent is a known
        customer.
    """
    asked = survey is not None and bool((survey["measure"] == "importance").any())
    kind = {"auto": "needs" if asked else "behaviour"}.get(own.segment_by, own.segment_by)
    try:
        return _base(kind, customers, survey if asked else None, respondents)
    except NotEnoughData as lacking:
        nobody = pd.DataFrame(index=pd.Index([], name="customer_id", dtype=str))
        return replace(base_of(nobody, kind=kind), reason=lacking.reason)


def _base(
    kind: str, customers: pd.DataFrame | None, survey: pd.DataFrame | None, respondents: pd.DataFrame | None
) -> Base:
    if kind != "needs" and (customers is None or not len(customers)):
        raise NotEnoughData("no_behaviour")
    if kind == "behaviour" and customers is not None:
        return base_of(behaviour(customers), scales=dict.fromkeys(BEHAVIOUR, "log"), kind=kind)
    if survey is None:
        raise NotEnoughData("no_needs")
    wide, weights = needs(survey, respondents)
    scales = dict.fromkeys(wide.columns, "answer")
    if kind == "both" and customers is not None:
        bought = behaviour(customers)
        wide = wide[wide.index.get_level_values("customer_id").isin(bought.index)]
        if not len(wide):
            raise NotEnoughData("no_known_respondents")
        theirs = bought.reindex(wide.index.get_level_values("customer_id")).set_axis(wide.index)
        weights, wide = weights[wide.index], pd.concat([wide, theirs], axis=1)
        scales |= dict.fromkeys(BEHAVIOUR, "log")
    return base_of(wide, weights, scales=scales, kind=kind)
