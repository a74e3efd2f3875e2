"""The whole question for each target tier and segment: what matters to it, where we stand, what first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.experience.frames import TOUCHPOINTS, best_levels, touchpoints_table
from cerm_nb.analyses.experience.groups import by_group
from cerm_nb.analyses.experience.importance import derive
from cerm_nb.analyses.experience.levels import levels
from cerm_nb.analyses.experience.loyalty import COLUMNS as LOYALTY
from cerm_nb.analyses.experience.loyalty import loyalty
from cerm_nb.analyses.experience.priorities import priorities
from cerm_nb.analyses.experience.suppression import Hidden, blank, hidden_cells, numbered
from cerm_nb.surveys import ITEM, draw_respondents, group_of, item_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Truths
    from cerm_nb.surveys import Survey

GROUPINGS = {"value.customers": "tier", "segments.members": "segment"}
"""Published table → column with the group."""
GROUP = ["grouping", "group"]
FIRST = ["item", "weight", "target", "now", "p_top3", "source", "n"]
MET = ["reach", "n_eff", "below_floor", "moment_of_truth", "moment_low", "moment_high", "p_top3"]
RANKED = ["priority", "p_top3"]
JUDGED = ["value", "low", "high", "n", "n_eff"]


@dataclass(frozen=True, eq=False)
class GroupAnswers:
    """The question answered for each group.

    Every frame begins with grouping (``tier`` or ``segment``) and group.

    Parameters
    ----------
    attributes
        The columns of `by_group`, with importance_derived and its importance_low and importance_high,
        priority and p_top3; missing where a group is too small for them.
    touchpoints
        As `touchpoints_table`.
    loyalty
        As `loyalty`, of the own brand.
    first
        What comes first: item, weight, target, now (our level), p_top3, source (importance ``derived`` or
        ``stated``), n (respondents who rated an experience). Missing where nothing can be told.

    Notes
    -----
    Nothing is told of a few, and nothing of a few follows from the total less what is told of the other
    groups, of the same grouping or of both; see `kept_back`.
    """

    attributes: pd.DataFrame
    touchpoints: pd.DataFrame
    loyalty: pd.DataFrame
    first: pd.DataFrame

    @property
    def count(self) -> int:
        """Number of groups."""
        return len(self.first)

    @property
    def compared(self) -> int:
        """Number of groups of which at least one attribute is compared with all others."""
        if not len(self.attributes):
            return 0
        return len(self.attributes.loc[self.attributes["p"].notna(), GROUP].drop_duplicates())


def answer_by_group(survey: Survey, published: Mapping[str, pd.DataFrame], own: Params) -> GroupAnswers:
    """Answer the question for each group that other questions have published.

    Parameters
    ----------
    survey
        From `read_survey`.
    published
        Tables named in `GROUPINGS`, those that are there.
    own
        As for the whole survey.

    Returns
    -------
    GroupAnswers
        With empty frames where no group has `min_group` respondents.
    """
    there = dict(_groupings(survey, published))
    names = {grouping: _large(survey, groups, own) for grouping, groups in there.items()}
    numbers = [(numbered(groups, names[each]), len(names[each])) for each, groups in there.items()]
    hidden = dict(zip(there, hidden_cells(survey, numbers, own), strict=True))
    found = [_answers(survey, each, there[each], names[each], hidden[each], own) for each in there]
    kinds = ("attributes", "touchpoints", "loyalty", "first")
    columns: tuple[list[str], ...] = ([], TOUCHPOINTS, LOYALTY, FIRST)
    frames = (
        _together([getattr(each, kind) for each in found], [*GROUP, *told])
        for kind, told in zip(kinds, columns, strict=True)
    )
    return GroupAnswers(*frames)


def called(frame: pd.DataFrame, sizes: pd.DataFrame | None) -> pd.DataFrame:
    """Call segments by the names that the question of segments gave them.

    Parameters
    ----------
    frame
        With grouping and group, such as `GroupAnswers.first`.
    sizes
        Published table ``segments.sizes`` with segment and name; None where there is none.

    Returns
    -------
    DataFrame
        The same rows; tiers, and segments without a name, stay as they are.
    """
    if sizes is None:
        return frame
    names = dict(zip(sizes["segment"].astype("str"), sizes["name"].astype("str"), strict=True))
    known = (frame["grouping"] == "segment") & frame["group"].isin(names.keys())
    return frame.assign(group=frame["group"].mask(known, frame["group"].map(names)))


def _groupings(survey: Survey, published: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, pd.Series[str]]]:
    for table, name in GROUPINGS.items():
        frame = published.get(table)
        if frame is not None and ("respondent" in frame or "customer_id" in survey.respondents):
            yield name, group_of(survey, frame, name)


def _large(survey: Survey, groups: pd.Series[str], own: Params) -> list[str]:
    """List groups of which at least `min_group` respondents are in the wave told of."""
    ours = groups.iloc[survey.at()].value_counts()
    return sorted(ours.index[ours >= own.min_group])


def _answers(
    survey: Survey, grouping: str, groups: pd.Series[str], names: list[str], hidden: Hidden, own: Params
) -> GroupAnswers:
    told = by_group(survey, groups, names, hidden.levels, own)
    parts = [_of_one(part_of(survey, (groups == name).to_numpy(dtype=bool)), own) for name in names]
    labelled = [
        tuple(_labelled(frame, grouping, name) for frame in part)
        for name, part in zip(names, parts, strict=True)
    ]
    ranked, touchpoints, judged, first = (
        _together([part[at] for part in labelled], [*GROUP, *columns])
        for at, columns in enumerate(([], TOUCHPOINTS, LOYALTY, FIRST))
    )
    if not len(told):
        return GroupAnswers(told, touchpoints, judged, first)
    told = told.assign(grouping=grouping).merge(ranked, on=[*GROUP, *ITEM], how="left")
    told = told[[*GROUP, *(name for name in told if name not in GROUP)]]
    told = blank(told, told["state"] == "hidden", RANKED)
    first = _first_told(first, told, hidden.raters)
    met = blank(touchpoints, hidden.touchpoints.ravel(), MET)
    number = judged["group"].map({name: at for at, name in enumerate(names)})
    cells = zip(number, judged["wave"], judged["measure"], strict=True)
    few = [bool(hidden.judgements[wave, measure][at]) for at, wave, measure in cells]
    return GroupAnswers(told, met, blank(judged, np.array(few, dtype=bool), JUDGED), first)


def part_of(survey: Survey, kept: Truths) -> Survey:
    """Take some rows of the survey; what was counted of the whole stays as it is."""
    return replace(
        survey,
        rows=survey.rows[kept].reset_index(drop=True),
        weights=survey.weights[kept],
        ratings={name: values[kept] for name, values in survey.ratings.items()},
        not_experienced=survey.not_experienced[kept],
        outcomes={name: values[kept] for name, values in survey.outcomes.items()},
    )


def _of_one(survey: Survey, own: Params) -> tuple[pd.DataFrame, ...]:
    """Priorities by attribute, touchpoints, loyalty and what comes first, of one group."""
    draws = draw_respondents(survey, own)
    importance = derive(survey, draws, own)
    first = priorities(survey, draws, importance, best_levels(survey, levels(survey, own)), own)
    ranked = first.attributes[[*ITEM, "priority", "p_top3"]]
    if not importance.reason:
        shares = importance.frame[[*ITEM, "share", "low", "high"]]
        named = {"share": "importance_derived", "low": "importance_low", "high": "importance_high"}
        ranked = ranked.merge(shares.rename(columns=named), on=ITEM)
    judged = loyalty(survey, own)
    ours = judged[judged["brand"] == survey.own_brand]
    top = first.attributes.assign(item=item_names(first.attributes), source=first.source, n=survey.raters)
    top = top.sort_values(["rank"], kind="stable").head(1).rename(columns={"performance": "now"})
    return ranked, touchpoints_table(first), ours, _without(top[FIRST], top["priority"].isna())


def _without(first: pd.DataFrame, unknown: pd.Series[bool]) -> pd.DataFrame:
    """Tell nothing but the number of raters in some rows."""
    empty = {
        name: first[name].where(~unknown, None if name in ("item", "source") else np.nan)
        for name in FIRST[:-1]
    }
    return first.assign(**empty)


def _first_told(first: pd.DataFrame, told: pd.DataFrame, few: Truths) -> pd.DataFrame:
    """Leave open what comes first where its level is kept back, and the number of raters where that is."""
    hidden = told[told["state"] == "hidden"]
    unsafe = set(zip(hidden["group"], item_names(hidden), strict=True))
    rows = [cell in unsafe for cell in zip(first["group"], first["item"], strict=True)]
    return blank(_without(first, pd.Series(rows, index=first.index)), few, ["n"])


def _labelled(frame: pd.DataFrame, grouping: str, name: str) -> pd.DataFrame:
    labels = frame.assign(grouping=grouping, group=name)
    return labels[[*GROUP, *frame.columns]].reset_index(drop=True)


def _together(frames: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    told = [frame for frame in frames if len(frame)]
    return pd.concat(told, ignore_index=True) if told else pd.DataFrame(columns=columns)
