"""The service blueprint: what the promise asks for at each touchpoint, beside today's experience."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cerm_nb.analyses.roadmap.aims import respondent_means
from cerm_nb.analyses.roadmap.checks import unknown
from cerm_nb.analyses.roadmap.moments import segment_names
from cerm_nb.analyses.roadmap.people import customer_of
from cerm_nb.errors import ParamsError, Problem
from cerm_nb.stats import weighted_means
from cerm_nb.surveys import group_of, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cerm_nb.analyses.roadmap.parameters import Cell, Params
    from cerm_nb.stats import Truths
    from cerm_nb.surveys import Survey

KEY = ["promise", "touchpoint", "segment", "customer"]
WRITTEN = ["scenario", "role", "process", "information"]
COLUMNS = ["promise", "touchpoint", "stage", "segment", "name", "customer", *WRITTEN, "empty", "missing"]
COLUMNS += ["n", "n_eff", "state", "experience", "experience_low", "experience_high", "title"]


def blueprint(
    survey: Survey,
    own: Params,
    lang: str,
    *,
    members: pd.DataFrame | None = None,
    sizes: pd.DataFrame | None = None,
    titles: Mapping[str, str] | None = None,
    carriers: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """Lay out what the promise asks for, and today's level of the same customers.

    Parameters
    ----------
    survey
        From `read_survey`.
    own
        blueprint, min_neff, min_group and confidence are used.
    lang
        Language texts are taken in, where they are given in several.
    members, sizes
        Published tables of these names of ``segments``; None where there are none.
    titles
        Short name → title of the promises there are; empty: names are not checked.
    carriers
        Promise → touchpoints that carry it; one without a record is told as an empty row.

    Returns
    -------
    DataFrame
        promise, touchpoint, stage, segment (number; empty: all), name (of the segment, where it has one),
        customer (``first_time``, ``returning``, empty: all), scenario, role, process, information, empty
        (number of these four that are), missing (their names, separated by semicolons), n, n_eff, state
        (``hidden``: too few, ``unknown``: nobody is known to be one of these), experience (mean rating at the
        touchpoint in the wave told of) with its interval, title (of the promise; its short name where none
        is known).

    Raises
    ------
    ParamsError
        For unknown promises, touchpoints and segments, with the nearest names, and records given twice; all
        at once.
    """
    names, titles = segment_names(sizes), titles or {}
    group, customer = _segments(survey, members), customer_of(survey)
    known = sorted({*names, *group} - {""})
    numbers = {name: number for number, name in names.items()} | {one: one for one in known}
    problems = [*_unknown(survey, own, list(titles), numbers), *_twice(own, numbers)]
    if problems:
        raise ParamsError(problems)
    rows = [_record(cell, lang, numbers) for cell in own.blueprint]
    rows += list(_lacking(rows, carriers or {}))
    frame = pd.DataFrame(rows, columns=[*KEY, *WRITTEN])
    blank = frame[WRITTEN].map(lambda text: not str(text).strip())
    frame = frame.assign(
        empty=blank.sum(axis=1), missing=["; ".join(blank.columns[row]) for row in blank.to_numpy()]
    )
    stages = survey.items.groupby("touchpoint", sort=False)["stage"].first().fillna("")
    frame = frame.assign(
        stage=frame["touchpoint"].map(stages),
        name=[names.get(one, "") for one in frame["segment"]],
        title=[titles.get(one, one) for one in frame["promise"]],
    )
    return _today(frame, survey, group, customer, own)[COLUMNS]


def _unknown(
    survey: Survey, own: Params, promises: Sequence[str], segments: Mapping[str, str]
) -> Iterator[Problem]:
    touchpoints = list(dict.fromkeys(survey.items["touchpoint"]))
    for at, cell in enumerate(own.blueprint):
        checks = (("promise", cell.promise, promises), ("touchpoint", cell.touchpoint, touchpoints))
        for column, name, known in (*checks, ("segment", cell.segment, list(segments))):
            # without segments or promises found there is nothing a name could be held against
            if name and known and name not in known:
                yield unknown(f"blueprint → {at} → {column}", name, known)


def _twice(own: Params, segments: Mapping[str, str]) -> Iterator[Problem]:
    seen: dict[tuple[str, ...], int] = {}
    for at, cell in enumerate(own.blueprint):
        key = (cell.promise, cell.touchpoint, segments.get(cell.segment, cell.segment), cell.customer)
        if key in seen:
            got = f"says again what record {seen[key]} is about: {' / '.join(filter(None, key))}"
            yield Problem(f"blueprint → {at}", got, "one record of each", "put the two together")
        seen.setdefault(key, at)


def _record(cell: Cell, lang: str, segments: Mapping[str, str]) -> dict[str, str]:
    told = {name: said(getattr(cell, name), lang) for name in WRITTEN}
    segment = segments.get(cell.segment, cell.segment)
    return {
        "promise": cell.promise,
        "touchpoint": cell.touchpoint,
        "segment": segment,
        "customer": cell.customer,
    } | told


def _lacking(rows: list[dict[str, str]], carriers: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    """Touchpoints that carry a promise of which no record tells."""
    written = {(row["promise"], row["touchpoint"]) for row in rows}
    alone = len(carriers) == 1
    for promise, touchpoints in carriers.items():
        for touchpoint in dict.fromkeys(touchpoints):
            if (promise, touchpoint) not in written and not (alone and ("", touchpoint) in written):
                texts = dict.fromkeys(WRITTEN, "")
                yield {"promise": promise, "touchpoint": touchpoint, "segment": "", "customer": ""} | texts


Words = np.ndarray[Any, np.dtype[np.object_]]


def _today(frame: pd.DataFrame, survey: Survey, group: Words, customer: Words, own: Params) -> pd.DataFrame:
    """Today's level of the customers each record is about."""
    rows = survey.at()
    places = survey.items["touchpoint"].to_numpy()[:, None] == frame["touchpoint"].to_numpy(dtype=object)
    means = respondent_means(survey.ratings["experience"][rows], places)
    kind, visit = _meant(group[rows], frame["segment"]), _meant(customer[rows], frame["customer"])
    found = weighted_means(np.where(kind & visit, means, np.nan), survey.weights[rows])
    few = (found.n_eff < own.min_neff) | (found.n < own.min_group)
    for rest in (kind & ~visit, ~kind & visit):
        # the level of all is told as well: less this one, it would tell that of the few others
        left = (rest & ~np.isnan(means)).sum(axis=0)
        few |= (left > 0) & (left < own.min_group)
    low, high = found.interval(own.confidence)
    told = {"n": found.n, "n_eff": found.n_eff, "experience": found.mean}
    told |= {"experience_low": low, "experience_high": high}
    state = np.where(found.n == 0, "unknown", np.where(few, "hidden", ""))
    shown = {name: np.where(state == "", value, np.nan) for name, value in told.items()}
    return frame.assign(**shown, state=[str(one) for one in state])


def _segments(survey: Survey, members: pd.DataFrame | None) -> Words:
    """Segment of each row of the survey; empty where unknown."""
    if members is None:
        return np.full(len(survey.rows), "", dtype=object)
    return group_of(survey, members, "segment").astype(object).fillna("").to_numpy(dtype=object)


def _meant(there: Words, wanted: pd.Series[str]) -> Truths:
    """Whom a record is about, shape (rows, records); all where it names nobody."""
    asked = wanted.to_numpy(dtype=object)
    return np.asarray((asked == "") | (there[:, None] == asked), dtype=bool)
