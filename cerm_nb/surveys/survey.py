"""A survey as matrices: one row per respondent, wave and brand, one column per attribute."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.errors import DataError, NotEnoughData, Problem
from cerm_nb.surveys.layout import ITEM, ROW, duplicates, lay_out, read_items
from cerm_nb.surveys.naming import (
    find_item,
    item_names,
    latest_wave,
    named_wrongly,
    rated_most,
)
from cerm_nb.surveys.scales import read_scales
from cerm_nb.surveys.waves import filled, order_waves, without_wave
from cerm_nb.surveys.weights import weigh, wrong_weights

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.stats import Floats, Integers, Truths
    from cerm_nb.surveys.parameters import SurveyParams
    from cerm_nb.surveys.scales import Scale

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
        All of them: the own brand first, waves from the earliest to the latest.
    counts
        By item: touchpoint, attribute, and of the own brand's experience in the wave: asked, answered,
        not_experienced, missing.
    respondents
        The respondents' table (one row per respondent and wave), empty where there is none.
    caveats
        (key, values) in the order to be shown.
    scales
        Measure → lowest and highest value declared in the params, of measures that have one scale.
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
    scales: Mapping[str, Scale] = field(default_factory=dict)

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
    def rated(self) -> int:
        """Attributes on which somebody rated an experience with the own brand in the wave told of."""
        given = self.ratings["experience"][self.at()]
        return int((~np.isnan(given)).any(axis=0).sum())

    @property
    def scale(self) -> Scale:
        """Lowest and highest rating of an experience there can be; where none is declared, anybody gave."""
        return self.scales.get("experience") or _range(self.ratings["experience"])

    @property
    def names(self) -> list[str]:
        """Attributes as 'touchpoint / attribute'."""
        return item_names(self.items)


def _range(given: Floats) -> Scale:
    return float(np.nanmin(given)), float(np.nanmax(given))


def read_survey(
    survey: pd.DataFrame,
    outcomes: pd.DataFrame | None,
    respondents: pd.DataFrame | None,
    own: SurveyParams,
) -> Survey:
    """Align a survey's answers.

    Parameters
    ----------
    survey, outcomes, respondents
        The client tables of these names; the last two may be absent. Scales are read from their attrs, see
        `read_scales`.
    own
        own_brand, wave, waves, margins and named_attributes are used.

    Raises
    ------
    DataError
        For answers given twice, weights below 0, waves that cannot be ordered, scales that differ where they
        are compared, and brands, waves, attributes or columns the params name and the survey does not know;
        all at once.
    NotEnoughData
        ``no_experience_ratings`` where nobody rated an experience.
    """
    table = _texts(survey)
    experience = table[(table["measure"] == "experience") & table["value"].notna()]
    if experience.empty:
        raise NotEnoughData("no_experience_ratings", found=0)
    given = _plain(outcomes)
    brand = own.own_brand or rated_most(experience, given)
    named = (set(table["wave"]) | set(given["wave"])) - {""}
    waves, unordered = order_waves(named, own.waves)
    wave = own.wave or latest_wave(experience, brand, waves)
    table, given = filled(table, experience, wave), filled(given, experience, wave)
    items = read_items(table)
    people = pd.DataFrame(columns=["respondent", "wave"]) if respondents is None else respondents
    scales, mixed = read_scales(survey, outcomes)
    wrong = [*named_wrongly(table, given, items, own), *unordered, *without_wave(experience, named), *mixed]
    given_twice = [*duplicates(table, "survey"), *duplicates(given, "outcomes")]
    _refuse([*wrong, *given_twice, *wrong_weights(people, own)])
    laid = lay_out(table, given, items, brand)
    weights, caveats = weigh(laid.rows, people, own)
    brands = tuple(laid.rows["brand"].value_counts().drop(brand).index)
    asked = laid.asked[np.flatnonzero((laid.rows["brand"] == brand) & (laid.rows["wave"] == wave))]
    caveats += _answer_caveats(asked, laid.asked)
    if "experience" not in scales:
        low, high = _range(laid.ratings["experience"])
        caveats.append(("scale_not_declared", {"low": low, "high": high}))
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
        waves or ("",),
        _counts(items, asked),
        people,
        tuple(caveats),
        scales,
    )


def _texts(table: pd.DataFrame) -> pd.DataFrame:
    """Make who, when and whom texts, empty where unset; what only the reading needs stays behind."""
    told = table.assign(
        **{name: table[name].astype("str").fillna("") if name in table else "" for name in ROW}
    )
    told.attrs = {}
    return told


def _plain(outcomes: pd.DataFrame | None) -> pd.DataFrame:
    columns = [*ROW, "measure", "nature", "value"]
    if outcomes is None:
        return pd.DataFrame(columns=columns)
    nature = outcomes["nature"].fillna("overall") if "nature" in outcomes else "overall"
    return _texts(outcomes).assign(nature=nature)[columns]


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise DataError(problems)


def _counts(items: pd.DataFrame, asked: Integers) -> pd.DataFrame:
    names = {"answered": 1, "not_experienced": 2, "missing": 3}
    counted = {name: (asked == code).sum(0) for name, code in names.items()}
    return items[ITEM].assign(asked=(asked > 0).sum(0), **counted)


def _answer_caveats(asked: Integers, all_asked: Integers) -> list[Caveat]:
    """Tell how many would be lost if only those with every answer counted, and what blanks may mean."""
    put = asked[(asked > 0).any(axis=1)][:, (asked > 0).any(axis=0)]
    complete = int((put == 1).all(axis=1).sum())
    if not len(put) or complete == len(put):
        return []
    told: list[Caveat] = [
        ("answers_missing", {"complete": complete, "n": len(put), "share": 1 - complete / len(put)})
    ]
    if not (all_asked == 2).any():
        told.append(("reach_from_answers", {"n": int((put != 1).sum())}))
    return told
