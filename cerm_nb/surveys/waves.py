"""Waves of a survey: their order in time, and answers that do not say theirs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    import pandas as pd

YEAR = 1000  # from this on a number in a wave's name is a year


def order_waves(found: Iterable[str], told: Sequence[str]) -> tuple[tuple[str, ...], list[Problem]]:
    """Order waves from the earliest to the latest.

    Parameters
    ----------
    found
        Names of waves in the data.
    told
        The same names in the order the params tell; empty: by the numbers in them, years before all else.

    Returns
    -------
    waves : tuple of str
        Every wave found, in order.
    problems : list of Problem
        Names told that are not found or the other way round; or that numbers do not tell the names apart.
    """
    names = sorted(set(found))
    if told:
        return tuple(dict.fromkeys([*(name for name in told if name in names), *names])), _told(names, told)
    numbers = [_numbers(name) for name in names]
    ordered = tuple(name for _, name in sorted(zip(numbers, names, strict=True)))
    if len(names) < 2 or (all(numbers) and len(set(numbers)) == len(names)):
        return ordered, []
    got = f"the waves {', '.join(map(repr, names))} do not tell which of them is earlier"
    step = "set waves in the params, such as waves: [first, second]"
    return ordered, [Problem("survey → wave", got, "numbers that put them in order", step)]


def _numbers(name: str) -> tuple[int, ...]:
    """Numbers in a name, years first; none of a day and month before a year, whose order is not known."""
    found = [int(digits) for digits in re.findall(r"\d+", name)]
    if len(found) > 1 and found[0] < YEAR <= found[-1]:
        return tuple(reversed(found)) if len(found) == 2 else ()
    return tuple(found)


def _told(names: list[str], told: Sequence[str]) -> list[Problem]:
    kinds = {
        "are not in the survey": [name for name in dict.fromkeys(told) if name not in names],
        "are missing": [name for name in names if name not in told],
        "are named twice": sorted({name for name in told if list(told).count(name) > 1}),
    }
    expected, step = f"each of {', '.join(map(repr, names))} once", "from the earliest to the latest"
    return [
        Problem("waves", f"{', '.join(map(repr, wrong))} {got}", expected, step)
        for got, wrong in kinds.items()
        if wrong
    ]


def without_wave(experience: pd.DataFrame, named: Collection[str]) -> list[Problem]:
    """Tell of experiences without a wave where other answers have one: they belong nowhere."""
    unset = int((experience["wave"] == "").sum())
    if not named or not unset:
        return []
    got = f"{unset} experiences have no wave, other answers have {', '.join(map(repr, sorted(named)))}"
    return [
        Problem("survey → wave", got, "a wave for all or for none", "fill it in, or name it in `columns`")
    ]


def filled(answers: pd.DataFrame, experience: pd.DataFrame, wave: str) -> pd.DataFrame:
    """Give answers without a wave their respondent's, where she rated in one only, else the wave told of."""
    unset = answers["wave"] == ""
    if not wave or not unset.any():
        return answers
    known = experience[["respondent", "wave"]].drop_duplicates().drop_duplicates("respondent", keep=False)
    theirs = answers["respondent"].map(known.set_index("respondent")["wave"])
    theirs = theirs.astype(object).fillna(wave)
    return answers.assign(wave=np.where(unset, theirs, answers["wave"]))
