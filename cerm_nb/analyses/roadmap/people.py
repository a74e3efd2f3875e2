"""Who of the survey's respondents came for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from cerm_nb.surveys import Survey

CUSTOMERS = {"yes": "first_time", "no": "returning"}


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
