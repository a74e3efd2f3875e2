"""Cells of groups that are kept back, measure by measure: see `kept_back`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.experience.loyalty import measures
from cerm_nb.analyses.experience.subtraction import kept_back

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats, Integers, Truths
    from cerm_nb.surveys import Survey

    Groupings = Sequence[tuple[Integers, int]]


@dataclass(frozen=True, eq=False)
class Hidden:
    """What is not told of the groups of one grouping.

    Parameters
    ----------
    levels
        ``importance``, ``expectation``, ``experience`` and ``gap`` → shape (groups, items).
    touchpoints
        Shape (groups, touchpoints).
    raters
        Whether the number of those who rated anything is, shape (groups,).
    judgements
        Wave and measure → shape (groups,).
    """

    levels: Mapping[str, Truths]
    touchpoints: Truths
    raters: Truths
    judgements: Mapping[tuple[str, str], Truths]


def hidden_cells(survey: Survey, groupings: Groupings, own: Params) -> list[Hidden]:
    """Choose what is not told of groups, of all groupings together.

    Parameters
    ----------
    survey
        From `read_survey`.
    groupings
        As for `kept_back`, with the rows of the survey.
    own
        min_neff and min_group are used.
    """
    parts = zip(
        _levels(survey, groupings, own),
        _touchpoints(survey, groupings, own),
        _raters(survey, groupings, own),
        _judgements(survey, groupings, own),
        strict=True,
    )
    return [Hidden(*part) for part in parts]


def numbered(groups: pd.Series[str], names: Sequence[str]) -> Integers:
    """Give each row the number of its group, −1 where it is in none of these."""
    places = groups.map({name: at for at, name in enumerate(names)})
    return np.asarray(places.fillna(-1), dtype=np.int64)


def _of_rows(
    survey: Survey, values: Floats, rows: Integers, groupings: Groupings, own: Params
) -> list[Truths]:
    there = [(group[rows], count) for group, count in groupings]
    return kept_back(values, survey.weights[rows], there, own)


def _levels(survey: Survey, groupings: Groupings, own: Params) -> list[dict[str, Truths]]:
    rows = survey.at()
    given = {name: values[rows] for name, values in survey.ratings.items()}
    given["gap"] = given["experience"] - given["expectation"]
    hidden = {name: _of_rows(survey, values, rows, groupings, own) for name, values in given.items()}
    found = [{name: cells[at] for name, cells in hidden.items()} for at in range(len(groupings))]
    for each in found:
        each["gap"] = each["gap"] | each["experience"] | each["expectation"]
    return found


def _touchpoints(survey: Survey, groupings: Groupings, own: Params) -> list[Truths]:
    """By who rated anything at a touchpoint."""
    rows, codes = survey.at(), pd.factorize(survey.items["touchpoint"])[0]
    rated = ~np.isnan(survey.ratings["experience"][rows])
    belongs = (codes[:, None] == np.arange(codes.max() + 1)).astype(float)
    return _of_rows(survey, np.where(rated @ belongs > 0, 1.0, np.nan), rows, groupings, own)


def _raters(survey: Survey, groupings: Groupings, own: Params) -> list[Truths]:
    rows = survey.at()
    rated = (~np.isnan(survey.ratings["experience"][rows])).any(axis=1)
    found = _of_rows(survey, np.where(rated, 1.0, np.nan)[:, None], rows, groupings, own)
    return [cells[:, 0] for cells in found]


def _judgements(survey: Survey, groupings: Groupings, own: Params) -> list[dict[tuple[str, str], Truths]]:
    """By wave and overall judgement of the own brand."""
    found: list[dict[tuple[str, str], Truths]] = [{} for _ in groupings]
    asked = measures(survey)
    for wave in survey.waves if asked else ():
        rows = survey.at(wave=wave)
        values = np.column_stack([answers[rows] for answers in asked.values()])
        for told, cells in zip(found, _of_rows(survey, values, rows, groupings, own), strict=True):
            told |= {(wave, measure): cells[:, at] for at, measure in enumerate(asked)}
    return found


def blank(frame: pd.DataFrame, hidden: Truths | pd.Series[bool], columns: Sequence[str]) -> pd.DataFrame:
    """Take numbers out of the rows kept back, and say so in ``state`` where there is one."""
    kept = [name for name in columns if name in frame]
    told = frame.assign(**{name: frame[name].astype(float).mask(hidden) for name in kept})
    return told.assign(state=told["state"].mask(hidden, "hidden")) if "state" in told else told
