"""A survey as matrices: one row per respondent, wave and brand, one column per attribute."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.experience.layout import ITEM, ROW, duplicates, lay_out, read_items
from cerm_nb.analyses.experience.weights import weigh, wrong_weights
from cerm_nb.errors import DataError, NotEnoughData, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats, Integers, Truths

Caveat = tuple[str, "Mapping[str, object]"]


@dataclass(frozen=True, eq=False)
class Survey:
    """Answers, aligned.

    Parameters
    ----------
    items
        touchpoint, attribute, stage, dimension, nature: one row per attribute asked about.
    rows
        respondent, wave, brand: one row per respondent, wave and brand.
    weights
        Weight of each row, mean 1 over the respondents of a wave, shape (rows,).
    ratings
        importance, expectation and experience, each of shape (rows, items); NaN where there is no answer.
        Importance and expectation asked about no brand stand in the rows of the own brand.
    not_experienced
        Where a respondent said so of the experience, shape (rows, items); apart from what is missing.
    outcomes
        (measure, nature) → answers, shape (rows,).
    own_brand, wave
        Brand and wave that levels are told of.
    brands, waves
        All of them: the own brand first, waves in ascending order.
    counts
        By item: touchpoint, attribute, and of the own brand's experience in the wave: asked, answered,
        not_experienced, missing.
    respondents
        The respondents' table (one row per respondent and wave), empty where there is none.
    caveats
        (key, values) in the order to be shown.
    """

    items: pd.DataFrame
    rows: pd.DataFrame
    weights: Floats
    ratings: dict[str, Floats]
    not_experienced: Truths
    outcomes: dict[tuple[str, str], Floats]
    own_brand: str
    wave: str
    brands: tuple[str, ...]
    waves: tuple[str, ...]
    counts: pd.DataFrame
    respondents: pd.DataFrame
    caveats: tuple[Caveat, ...]

    def at(self, brand: str = "", wave: str = "") -> Integers:
        """Positions of the rows of a brand (unset: ours) in a wave (unset: the one told of)."""
        chosen = (self.rows["brand"] == (brand or self.own_brand)) & (
            self.rows["wave"] == (wave or self.wave)
        )
        return np.flatnonzero(chosen)

    def find(self, touchpoint: str, attribute: str) -> int:
        """Position of an attribute.

        Raises
        ------
        DataError
            Where it is not asked about, with the nearest names.
        """
        return find_item(self.items, f"{touchpoint} / {attribute}")

    @property
    def raters(self) -> int:
        """Respondents who rated an experience with the own brand in the wave told of."""
        given = self.ratings["experience"][self.at()]
        return int((~np.isnan(given)).any(axis=1).sum())

    @property
    def scale(self) -> tuple[float, float]:
        """Lowest and highest rating of an experience anybody gave."""
        given = self.ratings["experience"]
        return float(np.nanmin(given)), float(np.nanmax(given))

    @property
    def names(self) -> list[str]:
        """Attributes as 'touchpoint / attribute'."""
        return item_names(self.items)


def item_names(items: pd.DataFrame) -> list[str]:
    """Write attributes as 'touchpoint / attribute'."""
    return [f"{touchpoint} / {attribute}" for touchpoint, attribute in items[ITEM].to_numpy()]


def find_item(items: pd.DataFrame, name: str) -> int:
    """Position of 'touchpoint / attribute'.

    Raises
    ------
    DataError
        Where it is not asked about, with the nearest names.
    """
    names = item_names(items)
    if name in names:
        return names.index(name)
    raise DataError(_unknown("attribute", name, names))


def _unknown(what: str, name: str, names: Sequence[str]) -> Problem:
    close = get_close_matches(name, names, 3, 0.4)
    step = f"did you mean {' or '.join(close)}?" if close else "see the survey for its names"
    return Problem(f"survey → {what}", f"{name!r} is not in the survey", f"one of {len(names)}", step)


def read_survey(
    survey: pd.DataFrame,
    outcomes: pd.DataFrame | None,
    respondents: pd.DataFrame | None,
    own: Params,
) -> Survey:
    """Align a survey's answers.

    Parameters
    ----------
    survey, outcomes, respondents
        The client tables of these names; the last two may be absent.
    own
        own_brand, wave, margins and targets are used.

    Raises
    ------
    DataError
        For answers given twice, weights below 0, and brands, waves, attributes or columns the params name
        and the survey does not know; all at once.
    NotEnoughData
        ``no_experience_ratings`` where nobody rated an experience.
    """
    table = survey.assign(
        **{name: survey[name].astype("str").fillna("") if name in survey else "" for name in ROW}
    )
    experience = table[(table["measure"] == "experience") & table["value"].notna()]
    if experience.empty:
        raise NotEnoughData("no_experience_ratings", found=0)
    given = _plain(outcomes)
    brand, wave = _brand(experience, given, own.own_brand), own.wave or str(experience["wave"].max())
    items = read_items(table)
    people = pd.DataFrame(columns=["respondent", "wave"]) if respondents is None else respondents
    given_twice = [*duplicates(table, "survey"), *duplicates(given, "outcomes")]
    _refuse([*_named_wrongly(table, given, items, own), *given_twice, *wrong_weights(people, own)])
    laid = lay_out(table, given, items, brand)
    weights, caveats = weigh(laid.rows, people, own)
    waves = tuple(sorted(laid.rows["wave"].unique()))
    brands = tuple(laid.rows["brand"].value_counts().drop(brand).index)
    asked = laid.asked[np.flatnonzero((laid.rows["brand"] == brand) & (laid.rows["wave"] == wave))]
    return Survey(
        items,
        laid.rows,
        weights,
        laid.ratings,
        laid.asked == 2,
        laid.outcomes,
        brand,
        wave,
        (brand, *brands),
        waves,
        _counts(items, asked),
        people,
        (*caveats, *_answer_caveats(asked)),
    )


def _plain(outcomes: pd.DataFrame | None) -> pd.DataFrame:
    columns = [*ROW, "measure", "nature", "value"]
    if outcomes is None:
        return pd.DataFrame(columns=columns)
    texts = {name: outcomes[name].astype("str").fillna("") if name in outcomes else "" for name in ROW}
    nature = outcomes["nature"].fillna("overall") if "nature" in outcomes else "overall"
    return outcomes.assign(**texts, nature=nature)[columns]


def _brand(experience: pd.DataFrame, judged: pd.DataFrame, wanted: str) -> str:
    """Take the brand wanted, else the one rated most, else (ratings name none) the one judged most."""
    if wanted:
        return wanted
    named = experience if (experience["brand"] != "").any() or judged.empty else judged
    raters = named.drop_duplicates(ROW)["brand"].value_counts()
    return str(min(raters.index[raters == raters.iloc[0]]))


def _named_wrongly(
    table: pd.DataFrame, judged: pd.DataFrame, items: pd.DataFrame, own: Params
) -> list[Problem]:
    brands = set(table["brand"]) - {""} or set(judged["brand"]) or {own.own_brand}
    found = [
        _unknown(what, name, sorted(known))
        for what, name, known in (("brand", own.own_brand, brands), ("wave", own.wave, set(table["wave"])))
        if name and name not in known
    ]
    names = item_names(items)
    return found + [_unknown("attribute", name, names) for name in own.targets if name not in names]


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise DataError(problems)


def _counts(items: pd.DataFrame, asked: Integers) -> pd.DataFrame:
    names = {"answered": 1, "not_experienced": 2, "missing": 3}
    counted = {name: (asked == code).sum(0) for name, code in names.items()}
    return items[ITEM].assign(asked=(asked > 0).sum(0), **counted)


def _answer_caveats(asked: Integers) -> list[Caveat]:
    """Tell how many respondents would be lost if only those with every answer counted."""
    put = asked[(asked > 0).any(axis=1)][:, (asked > 0).any(axis=0)]
    complete = int((put == 1).all(axis=1).sum())
    if not len(put) or complete == len(put):
        return []
    return [("answers_missing", {"complete": complete, "n": len(put), "share": 1 - complete / len(put)})]
