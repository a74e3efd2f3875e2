"""What may be wrong with the client's initiatives, told all at once."""

from __future__ import annotations

from difflib import get_close_matches
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from cerm_nb.analyses.roadmap.parameters import Params
    from cerm_nb.surveys import Survey

MOST_NAMES = 12  # so many names are told where one is wrong, of more only the nearest
NUMBERS = ("effect", "effect_low", "effect_high", "cost", "staff", "months", "feasibility")
TEXTS = ("name", "area", "touchpoint", "attribute", "indicator", "depends_on")


def checked(
    initiatives: pd.DataFrame, survey: Survey, indicators: pd.DataFrame | None, own: Params
) -> pd.DataFrame:
    """Check the client table ``initiatives``.

    Parameters
    ----------
    initiatives, indicators
        Client tables of these names; without the second, names of indicators are not checked.
    survey
        From `read_survey`.
    own
        budget, staff and staff_per_month are used: what is limited must be told of every initiative.

    Returns
    -------
    DataFrame
        initiative, the texts of `TEXTS` (empty where unset), the numbers of `NUMBERS` (NaN where unset),
        start, and needs (identifiers it depends on, a tuple).

    Raises
    ------
    DataError
        For initiatives listed twice, unknown touchpoints, attributes, indicators and dependencies (with the
        nearest names), numbers out of range, and initiatives that wait for each other, with their circle.
    """
    table = initiatives.reset_index(drop=True)
    table = table.assign(
        initiative=table["initiative"].astype("str"),
        **{name: table[name].astype("str").fillna("") if name in table else "" for name in TEXTS},
        **{name: table[name].astype(float) if name in table else np.nan for name in NUMBERS},
        start=pd.to_datetime(table["start"] if "start" in table else pd.Series(pd.NaT, table.index)),
    )
    needs = table["depends_on"].str.split(";").map(lambda parts: tuple(filter(None, map(str.strip, parts))))
    table = table.assign(needs=needs)[["initiative", *TEXTS, *NUMBERS, "start", "needs"]]
    problems = [*_twice(table), *_unknown_places(table, survey), *_unknown_indicators(table, indicators)]
    problems += [*_unknown_needs(table), *_circle(table), *_wrong_numbers(table), *_untold(table, own)]
    if problems:
        raise DataError(problems)
    return table


def unknown(where: str, name: str, known: Collection[str]) -> Problem:
    """Tell of a name that is not known, with the nearest ones."""
    close = get_close_matches(name, list(known), 3, 0.4)
    step = f"did you mean {' or '.join(close)}?" if close else ""
    expected = f"one of {', '.join(known)}" if 0 < len(known) <= MOST_NAMES else f"one of {len(known)}"
    return Problem(where, f"{name!r} is not known", expected, step)


def _where(initiative: str, column: str) -> str:
    return f"initiatives → {initiative} → {column}"


def _twice(table: pd.DataFrame) -> Iterator[Problem]:
    for name in table.loc[table["initiative"].duplicated(), "initiative"].unique():
        yield Problem(f"initiatives → {name}", "is listed twice", "each initiative once")


def _unknown_places(table: pd.DataFrame, survey: Survey) -> Iterator[Problem]:
    touchpoints = list(dict.fromkeys(survey.items["touchpoint"]))
    pairs = set(zip(survey.items["touchpoint"], survey.items["attribute"], strict=True))
    for row in table.to_dict("records"):
        if row["touchpoint"] and row["touchpoint"] not in touchpoints:
            yield unknown(_where(row["initiative"], "touchpoint"), row["touchpoint"], touchpoints)
            continue
        there = list(dict.fromkeys(name for place, name in pairs if row["touchpoint"] in ("", place)))
        if row["attribute"] and row["attribute"] not in there:
            yield unknown(_where(row["initiative"], "attribute"), row["attribute"], sorted(there))


def _unknown_indicators(table: pd.DataFrame, indicators: pd.DataFrame | None) -> Iterator[Problem]:
    if indicators is None:
        return
    known = list(indicators["indicator"].astype("str"))
    for row in table.to_dict("records"):
        if row["indicator"] and row["indicator"] not in known:
            yield unknown(_where(row["initiative"], "indicator"), row["indicator"], known)


def _unknown_needs(table: pd.DataFrame) -> Iterator[Problem]:
    known = list(table["initiative"])
    for row in table.to_dict("records"):
        for name in row["needs"]:
            if name not in known:
                yield unknown(_where(row["initiative"], "depends_on"), name, known)


def _circle(table: pd.DataFrame) -> Iterator[Problem]:
    try:
        TopologicalSorter(dict(zip(table["initiative"], table["needs"], strict=True))).prepare()
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        step = "take one of these dependencies out"
        yield Problem("initiatives → depends_on", f"wait for each other: {circle}", "no circle", step)


def _wrong_numbers(table: pd.DataFrame) -> Iterator[Problem]:
    for row in table.to_dict("records"):
        told = {name: float(row[name]) for name in NUMBERS}
        for name in ("cost", "staff", "months"):
            if told[name] < 0:
                yield Problem(_where(row["initiative"], name), f"got {told[name]:g}", "0 or more")
        if not 1 <= told["feasibility"] <= 5 and not np.isnan(told["feasibility"]):
            got = f"got {told['feasibility']:g}"
            yield Problem(_where(row["initiative"], "feasibility"), got, "1 (hardly feasible) to 5 (easily)")
        ends = [told[name] for name in ("effect_low", "effect", "effect_high") if not np.isnan(told[name])]
        if ends != sorted(ends) or not np.isfinite(ends).all():
            got = f"got {', '.join(f'{one:g}' for one in ends)}"
            yield Problem(_where(row["initiative"], "effect"), got, "effect_low ≤ effect ≤ effect_high")


def _untold(table: pd.DataFrame, own: Params) -> Iterator[Problem]:
    """Tell of numbers that are limited and missing: a missing cost is not a cost of 0."""
    limits = {
        "cost": ("budget", own.budget >= 0),
        "staff": ("staff", max(own.staff, own.staff_per_month) >= 0),
    }
    open_ones = table[table["start"].isna()]
    for column, (limit, limited) in limits.items():
        missing = list(open_ones.loc[open_ones[column].isna(), "initiative"])
        if limited and missing:
            got, step = f"not told of {', '.join(missing)}", f"add it, or take the limit {limit} away"
            yield Problem(f"initiatives → {column}", got, f"a number, since {limit} is limited", step)
