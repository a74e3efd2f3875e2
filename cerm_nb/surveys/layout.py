"""Long tables of answers laid out as matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.errors import Problem

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Integers

ROW = ["respondent", "wave", "brand"]
ITEM = ["touchpoint", "attribute"]
DESCRIPTION = ["stage", "dimension", "nature"]
MEASURES = ("importance", "expectation", "experience")
STATES = {"answered": 1, "not_experienced": 2, "missing": 3}


@dataclass(frozen=True, eq=False)
class Layout:
    """Answers, aligned; see `Survey`. ``asked``: 0 not asked, 1 answered, 2 not experienced, 3 missing."""

    rows: pd.DataFrame
    ratings: dict[str, Floats]
    asked: Integers
    outcomes: dict[tuple[str, str], Floats]


def read_items(table: pd.DataFrame) -> pd.DataFrame:
    """List the attributes asked about, in the order of the survey, each with its first description."""
    told = [name for name in DESCRIPTION if name in table]
    items = table[ITEM].drop_duplicates().reset_index(drop=True)
    if told:
        described = table[[*ITEM, *told]].drop_duplicates()
        first = described.groupby(ITEM, sort=False)[told].first()
        items = items.join(first, on=ITEM)
    return items.assign(**{name: None for name in DESCRIPTION if name not in told})[[*ITEM, *DESCRIPTION]]


def duplicates(table: pd.DataFrame, name: str) -> list[Problem]:
    """Tell of answers given twice to one question."""
    columns = [one for one in (*ROW, *ITEM, "measure", "nature") if one in table]
    columns = [one for one in columns if not (name == "survey" and one == "nature")]
    again = table.duplicated(columns)
    if not again.any():
        return []
    where = ", ".join(str(value) for value in table.loc[again, columns].iloc[0])
    got = f"{int(again.sum())} answers are given twice, the first {where}"
    return [Problem(name, got, "one answer to a question", "keep one of each, or tell the waves apart")]


def lay_out(table: pd.DataFrame, outcomes: pd.DataFrame, items: pd.DataFrame, own_brand: str) -> Layout:
    """Scatter long answers into matrices.

    Parameters
    ----------
    table, outcomes
        Long answers with respondent, wave and brand as text, empty where unset.
    items
        From `read_items`.
    own_brand
        Brand of answers about no brand.
    """
    keys = pd.concat([table[ROW], outcomes[ROW]], ignore_index=True)
    keys["brand"] = keys["brand"].where(keys["brand"] != "", own_brand)
    row, rows = _numbered(keys)
    item = _positions(table[ITEM], items)
    states = _states(table)
    measure = table["measure"].to_numpy()
    value = table["value"].to_numpy(dtype=float)
    shape = (len(rows), len(items))
    ratings: dict[str, Floats] = {}
    for name in MEASURES:
        here = np.flatnonzero((measure == name) & (states == 1))
        ratings[name] = np.full(shape, np.nan)
        ratings[name][row[here], item[here]] = value[here]
    asked = np.zeros(shape, dtype=np.int64)
    here = np.flatnonzero(measure == "experience")
    asked[row[here], item[here]] = states[here]
    return Layout(rows, ratings, asked, _outcomes(outcomes, row[len(table) :], len(rows)))


def _numbered(keys: pd.DataFrame) -> tuple[Integers, pd.DataFrame]:
    """Give rows numbers ascending by respondent, wave and brand, whatever the order of the answers."""
    code = np.zeros(len(keys), dtype=np.int64)
    for name in ROW:
        part, values = pd.factorize(keys[name], sort=True)
        code = code * max(len(values), 1) + part
    _, first, row = np.unique(code, return_index=True, return_inverse=True)
    return row.astype(np.int64), keys.iloc[first].reset_index(drop=True)


def _positions(asked: pd.DataFrame, items: pd.DataFrame) -> Integers:
    both = pd.concat([items[ITEM], asked], ignore_index=True)
    touchpoint, attribute = (pd.factorize(both[name])[0].astype(np.int64) for name in ITEM)
    code = touchpoint * (attribute.max(initial=0) + 1) + attribute
    return np.asarray(pd.factorize(code)[0][len(items) :], dtype=np.int64)


def _states(table: pd.DataFrame) -> Integers:
    """Code what became of each question; an answer without a value is missing."""
    given = table["value"].notna().to_numpy()
    if "status" not in table:
        return np.asarray(np.where(given, 1, 3))
    codes = table["status"].map(STATES).fillna(1).to_numpy(dtype=np.int64)
    return np.asarray(np.where((codes == 1) & ~given, 3, codes))


def _outcomes(outcomes: pd.DataFrame, row: Integers, size: int) -> dict[tuple[str, str], Floats]:
    found: dict[tuple[str, str], Floats] = {}
    for name, part in outcomes.assign(row=row).groupby(["measure", "nature"], sort=True):
        values = np.full(size, np.nan)
        values[part["row"].to_numpy()] = part["value"].to_numpy(dtype=float)
        found[str(name[0]), str(name[1])] = values
    return found
