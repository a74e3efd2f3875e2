"""What other questions have published of respondents, found by their own or their customer number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection

    from cerm_nb.surveys.survey import Survey


def published_of(survey: Survey, people: Collection[str], table: pd.DataFrame, column: str) -> pd.Series[str]:
    """Look up respondents in a table that another question published.

    Parameters
    ----------
    survey
        From `read_survey`; its respondents' table tells customer numbers.
    people
        Respondents.
    table
        One row per ``respondent`` or, without that column, per ``customer_id``.
    column
        What is looked up.

    Returns
    -------
    Series
        Text by respondent, in their order; missing where it is unknown.
    """
    key = "respondent" if "respondent" in table else "customer_id"
    known = table.dropna(subset=[key, column]).drop_duplicates(key).set_index(key)[column].astype("str")
    who = pd.Series(list(people), index=list(people), dtype="str")
    if key == "customer_id":
        if key not in survey.respondents:
            return pd.Series(index=who.index, dtype="str")
        numbers = survey.respondents.dropna(subset=[key]).drop_duplicates("respondent")
        who = who.map(numbers.set_index("respondent")[key])
    return who.map(known)


def group_of(survey: Survey, table: pd.DataFrame, column: str) -> pd.Series[str]:
    """Look up the same for each row of a survey, such as the segment or tier of who answered it.

    Parameters
    ----------
    survey, table, column
        As for `published_of`.

    Returns
    -------
    Series
        One entry per row of the survey; missing where it is unknown.
    """
    who = survey.rows["respondent"]
    return who.map(published_of(survey, who.unique().tolist(), table, column))
