"""What kinds of customers would pay for, each kind fitted by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.coding import coding_of
from cerm_nb.analyses.promise.logit import logit
from cerm_nb.analyses.promise.logit_stages import stages_of
from cerm_nb.analyses.promise.models import ready
from cerm_nb.analyses.promise.wanted import MOST, WILLINGNESS, Told, level_names, told_or_why
from cerm_nb.analyses.promise.willingness import pooled_willingness
from cerm_nb.errors import NotEnoughData
from cerm_nb.surveys import published_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.analyses.promise.models import Model
    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.surveys import Survey

GROUPED = ["segment", *WILLINGNESS]
GROUPS = 4  # segments set side by side


def willingness_by_segment(
    model: Model, survey: Survey, members: pd.DataFrame | None, sizes: pd.DataFrame | None, own: Params
) -> Told:
    """Tell what levels are worth in money to each segment, fitted by itself.

    Parameters
    ----------
    model, survey
        From `fit_preferences` and `read_survey`.
    members, sizes
        Published by the question of segments, or None.
    own
        own_profile, min_neff, min_group and confidence are used: segments of fewer are left out.

    Returns
    -------
    Told
        segment (its name where it has one), then the columns of `WILLINGNESS`. ``no_chosen_segments`` where
        no segment has enough respondents; ``segments_without_price`` where none has a sure price slope.
    """

    def tell() -> Told:
        ready(model)
        if model.tasks is None or model.method != "choice" or members is None:
            raise NotEnoughData("no_price" if members is not None else "no_chosen_segments")
        if not own.price_attribute:
            raise NotEnoughData("no_price")
        parts = list(_segments(model, survey, members, sizes, own))
        if not parts:
            raise NotEnoughData("no_chosen_segments")
        frame = pd.concat(parts, ignore_index=True)
        return Told(frame, "" if frame["value"].notna().any() else "segments_without_price")

    return told_or_why(tell, GROUPED)


def _segments(
    model: Model, survey: Survey, members: pd.DataFrame, sizes: pd.DataFrame | None, own: Params
) -> Iterator[pd.DataFrame]:
    if model.tasks is None:
        return
    tasks = model.tasks.fitting
    part = published_of(survey, tasks.respondents, members, "segment").to_numpy(dtype=object)
    names = {} if sizes is None else dict(zip(sizes["segment"].astype(str), sizes["name"], strict=True))
    for name in sorted({each for each in part if isinstance(each, str)}):
        inside = part == name
        if inside.sum() < max(own.min_neff, own.min_group):
            continue
        kept = tasks.where(inside[tasks.respondent])
        coding = coding_of(kept)
        fit = logit(stages_of(kept, coding))
        if fit.outcome == "found":
            found = pooled_willingness(coding, fit, own.confidence, own.own_profile)
            yield found.frame.assign(segment=str(names.get(name, name)))[GROUPED]


def side_by_side(found: Told) -> tuple[pd.DataFrame, list[str]]:
    """Set segments side by side, at most `GROUPS`: item, a column for each; the furthest apart first."""
    frame = level_names(found.frame[found.frame["level"] != found.frame["reference"]])
    names = [name for name in dict.fromkeys(frame["segment"]) if name not in frame][:GROUPS]
    order = list(dict.fromkeys(frame["item"]))
    table = frame.pivot_table(
        index="item", columns="segment", values="value", sort=False, dropna=False
    ).reindex(index=order, columns=names)
    apart = (table.max(axis=1) - table.min(axis=1)).to_numpy(dtype=float)
    rows = np.argsort(-np.nan_to_num(apart), kind="stable")[:MOST]
    return table.iloc[rows].reset_index(), names
