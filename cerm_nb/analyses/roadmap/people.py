"""Which segment the survey's respondents belong to, and who of them came for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.surveys import Survey

CUSTOMERS = {"yes": "first_time", "no": "returning"}


def segment_of(survey: Survey, members: pd.DataFrame | None) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Look up the segment of each row of the survey.

    Parameters
    ----------
    survey
        From `read_survey`.
    members
        Published table ``segments.members``, by respondent or by customer number; None where there is none.

    Returns
    -------
    ndarray
        Segments' numbers as text, empty where unknown, shape (rows,).
    """
    who = survey.rows["respondent"]
    if members is None:
        return np.full(len(who), "", dtype=object)
    if "respondent" in members:
        return _looked_up(who, members, "respondent")
    people = survey.respondents
    if "customer_id" not in people:
        return np.full(len(who), "", dtype=object)
    known = people.dropna(subset=["customer_id"]).drop_duplicates("respondent")
    number = who.map(known.set_index("respondent")["customer_id"])
    return _looked_up(number, members, "customer_id")


def _looked_up(
    keys: pd.Series[str], members: pd.DataFrame, key: str
) -> np.ndarray[Any, np.dtype[np.object_]]:
    table = members.dropna(subset=[key, "segment"]).drop_duplicates(key)
    found = keys.map(table.set_index(key)["segment"].astype("str"))
    return found.astype(object).where(found.notna(), "").to_numpy(dtype=object)


def customer_of(survey: Survey) -> np.ndarray[Any, np.dtype[np.object_]]:
    """Tell of each row whether the respondent came for the first time.

    Parameters
    ----------
    survey
        From `read_survey`; first_time of its respondents is used.

    Returns
    -------
    ndarray
        ``first_time``, ``returning``, or empty where unknown, shape (rows,).
    """
    people = survey.respondents
    if "first_time" not in people:
        return np.full(len(survey.rows), "", dtype=object)
    keys = ["respondent", "wave"] if "wave" in people and people["wave"].notna().any() else ["respondent"]
    told = people[[*keys, "first_time"]].drop_duplicates(keys)
    found = survey.rows.merge(told, on=keys, how="left")["first_time"].map(CUSTOMERS)
    return found.astype(object).where(found.notna(), "").to_numpy(dtype=object)
