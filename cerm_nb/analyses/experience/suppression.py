"""Cells of groups that are kept back, so that nothing told of a few comes out by subtraction either."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.experience.loyalty import measures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats, Integers, Truths
    from cerm_nb.surveys import Survey


def kept_back(values: Floats, weights: Floats, group: Integers, count: int, own: Params) -> Truths:
    """Choose which groups' cells are not told.

    Parameters
    ----------
    values
        Answers of all the total rests on, shape (rows, cells), NaN where there is none.
    weights
        Shape (rows,).
    group
        Number of each row's group from 0, −1 for a row of no group that is told of, shape (rows,).
    count
        Number of groups.
    own
        min_neff and min_group are used.

    Returns
    -------
    ndarray
        True where a group's cell is kept back, shape (count, cells).

    Notes
    -----
    A cell is kept back where it rests on fewer than `min_neff` effective answers or `min_group` respondents.
    The total of a cell is told elsewhere, so the total less the groups told tells those not told together,
    respondents of no group among them. While these are too few, the smallest group told is kept back with
    them (complementary suppression: Cox 1980, *Journal of the American Statistical Association* 75).
    """
    member = (group[:, None] == np.append(np.arange(count), -1)).astype(float).T
    held = np.where(np.isnan(values), 0.0, weights[:, None])
    sums = np.stack([member @ power for power in ((held > 0).astype(float), held, held**2)])
    told, rest = sums[:, :-1], sums[:, -1]
    hidden = _few(told, own)
    for _ in range(count):
        left = rest + np.where(hidden, told, 0.0).sum(axis=1)
        open_cells = np.flatnonzero((left[0] > 0) & _few(left, own) & ~hidden.all(axis=0))
        if not len(open_cells):
            break
        smallest = np.where(hidden, np.inf, told[0]).argmin(axis=0)
        hidden[smallest[open_cells], open_cells] = True
    return hidden


def _few(sums: Floats, own: Params) -> Truths:
    """Whether answers counted, and sums of their weights and squared weights, are too few to be told."""
    n, once, twice = sums
    n_eff = np.where(twice > 0, once**2 / np.where(twice > 0, twice, 1.0), 0.0)
    return np.asarray((n_eff < own.min_neff) | (n < own.min_group))


def numbered(groups: pd.Series[str], names: Sequence[str]) -> Integers:
    """Give each row the number of its group, −1 where it is in none of these."""
    places = groups.map({name: at for at, name in enumerate(names)})
    return np.asarray(places.fillna(-1), dtype=np.int64)


def levels_kept_back(survey: Survey, group: Integers, count: int, own: Params) -> dict[str, Truths]:
    """Choose by item which groups' levels are not told: of each measure, and of the gap; (groups, items)."""
    rows = survey.at()
    given = {name: values[rows] for name, values in survey.ratings.items()}
    given["gap"] = given["experience"] - given["expectation"]
    found = {
        name: kept_back(values, survey.weights[rows], group[rows], count, own)
        for name, values in given.items()
    }
    found["gap"] |= found["experience"] | found["expectation"]
    return found


def touchpoints_kept_back(survey: Survey, groups: pd.Series[str], names: list[str], own: Params) -> Truths:
    """Choose by touchpoint which groups are not told, by who rated it; shape (groups, touchpoints)."""
    rows, codes = survey.at(), pd.factorize(survey.items["touchpoint"])[0]
    rated = ~np.isnan(survey.ratings["experience"][rows])
    belongs = (codes[:, None] == np.arange(codes.max() + 1)).astype(float)
    values = np.where(rated @ belongs > 0, 1.0, np.nan)
    return kept_back(values, survey.weights[rows], numbered(groups, names)[rows], len(names), own)


def raters_kept_back(survey: Survey, groups: pd.Series[str], names: list[str], own: Params) -> Truths:
    """Choose which groups' number of raters is not told; shape (groups,)."""
    rows = survey.at()
    values = np.where((~np.isnan(survey.ratings["experience"][rows])).any(axis=1), 1.0, np.nan)[:, None]
    return kept_back(values, survey.weights[rows], numbered(groups, names)[rows], len(names), own)[:, 0]


def loyalty_kept_back(
    survey: Survey, groups: pd.Series[str], names: list[str], own: Params
) -> set[tuple[str, str, str]]:
    """Choose which (group, wave, measure) of the own brand are not told."""
    group, asked = numbered(groups, names), measures(survey)
    found: set[tuple[str, str, str]] = set()
    for wave in survey.waves if asked else ():
        rows = survey.at(wave=wave)
        values = np.column_stack([answers[rows] for answers in asked.values()])
        hidden = kept_back(values, survey.weights[rows], group[rows], len(names), own)
        found |= {(names[at], wave, list(asked)[cell]) for at, cell in np.argwhere(hidden)}
    return found


def blank(frame: pd.DataFrame, hidden: Truths | pd.Series[bool], columns: Sequence[str]) -> pd.DataFrame:
    """Take numbers out of the rows kept back, and say so in ``state`` where there is one."""
    kept = [name for name in columns if name in frame]
    told = frame.assign(**{name: frame[name].astype(float).mask(hidden) for name in kept})
    return told.assign(state=told["state"].mask(hidden, "hidden")) if "state" in told else told
