"""Scales that answers were given on, as the params declare them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cerm_nb.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    Scale = tuple[float, float]
    Scales = Mapping[str, Mapping[str, Scale | None]]

COMPARED = ("experience", "expectation")  # their difference is the gap


def read_scales(
    survey: pd.DataFrame, outcomes: pd.DataFrame | None
) -> tuple[dict[str, Scale], list[Problem]]:
    """Read the scales declared for ratings and judgements.

    Parameters
    ----------
    survey, outcomes
        Client tables; their ``attrs["scales"]`` tell measure → entry → lowest and highest value, or None.

    Returns
    -------
    scales : dict
        Measure → scale, of measures whose entries all declare the same one.
    problems : list of Problem
        Entries of one measure that declare different scales, and so experience and expectation.
    """
    asked: Scales = survey.attrs.get("scales", {})
    judged: Scales = {} if outcomes is None else outcomes.attrs.get("scales", {})
    groups = [{name: asked[name] for name in COMPARED if name in asked}]
    groups += [{name: entries} for name, entries in asked.items() if name not in COMPARED]
    groups += [{name: entries} for name, entries in judged.items()]
    problems = [problem for group in groups for problem in _mixed(group)]
    scales = {}
    for measure, entries in {**judged, **asked}.items():
        found = set(entries.values())
        if len(found) == 1 and (scale := found.pop()) is not None:
            scales[measure] = scale
    return scales, problems


def _mixed(group: Scales) -> list[Problem]:
    declared = {
        (entry, measure): scale
        for measure, entries in group.items()
        for entry, scale in entries.items()
        if scale is not None
    }
    if len(set(declared.values())) < 2:
        return []
    where = ", ".join(dict.fromkeys(entry for entry, _ in declared))
    told = dict.fromkeys(
        f"{measure} from {low:g} to {high:g}" for (_, measure), (low, high) in declared.items()
    )
    step = "bring them to one scale in `columns`, and declare it in `scale`"
    return [Problem(where, ", ".join(told), "one scale, since they are compared", step)]
