"""Surveys to test promises on: the hotel's, the fast-food students', and simulated ones of known means."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import yaml

from cerm_nb.surveys import Draws, Survey, draw_respondents, read_survey

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.parameters import Params

DATA = Path(__file__).parents[4] / "data"
HOTEL = DATA / "hanbit_hotel"


def hotel_frames() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Survey, outcomes and respondents of the hotel as the client tables have them."""
    ratings = pd.read_parquet(HOTEL / "survey_ratings.parquet").rename(columns={"answer": "value"})
    status = ratings["value"].map({98: "not_experienced", 99: "missing"}).fillna("answered")
    ratings = ratings.assign(status=status, value=ratings["value"].where(ratings["value"] < 98).astype(float))
    outcomes = pd.read_csv(HOTEL / "survey_outcomes.csv.gz").rename(columns={"answer": "value"})
    return ratings, outcomes, pd.read_csv(HOTEL / "survey_respondents.csv", dtype={"customer_id": str})


def management(table: str) -> pd.DataFrame:
    """One of the hotel's tables of what the company does."""
    with sqlite3.connect(HOTEL / "management.sqlite") as connection:
        return pd.read_sql(f"select * from {table}", connection)


def fast_food_frame() -> pd.DataFrame:
    """The fast-food students' ratings and the others' importance, long, as the client's params map them."""
    told = yaml.safe_load((DATA.parent / "params" / "fast_food.yml").read_text(encoding="utf-8"))["data"]
    rated = pd.read_csv(DATA / "fast_food" / "ffattrib.csv").rename(columns={"rest": "brand"})
    asked = pd.read_csv(DATA / "fast_food" / "ffseg.csv").assign(brand="")
    parts = []
    for frame, entry, letter in ((rated, "experience", "A"), (asked, "importance", "S")):
        frame["respondent"] = letter + frame["id"].astype(str)
        for column, item in told[entry]["items"].items():
            part = frame[["respondent", "brand"]].assign(value=frame[column].astype(float), **item)
            parts.append(part.assign(measure=entry))
    return pd.concat(parts, ignore_index=True)


def long_ratings(values: np.ndarray, brand: str, measure: str = "experience", wave: str = "") -> pd.DataFrame:
    """Ratings of shape (respondents, items) as a long table; NaN is missing."""
    size, width = values.shape
    return pd.DataFrame(
        {
            "respondent": np.repeat([f"r{number:05d}" for number in range(size)], width),
            "wave": wave,
            "brand": brand,
            "stage": np.tile(["before", "at", "after"][:width] + ["at"] * max(width - 3, 0), size),
            "touchpoint": np.tile([f"t{number // 2}" for number in range(width)], size),
            "attribute": np.tile([f"a{number}" for number in range(width)], size),
            "dimension": "product_service",
            "measure": measure,
            "value": values.ravel(),
        }
    )


def simulated(rng: np.random.Generator, means: np.ndarray, size: int, spread: float = 1.0) -> pd.DataFrame:
    """Every respondent rates every brand; brands × items of `means`, the first brand is ours."""
    mood = rng.normal(0, 0.6, (size, 1))
    tables = [
        long_ratings(level + mood + rng.normal(0, spread, (size, means.shape[1])), name)
        for level, name in zip(means, ["us", *(f"rival{at}" for at in range(1, len(means)))], strict=True)
    ]
    return pd.concat(tables, ignore_index=True)


def read(table: pd.DataFrame, own: Params, respondents: pd.DataFrame | None = None) -> tuple[Survey, Draws]:
    """A survey and its draws."""
    survey = read_survey(table, None, respondents, own)
    return survey, draw_respondents(survey, own)


def attributes_of(survey: Survey, derived: list[float], half: float = 0.01, kind: str = "") -> pd.DataFrame:
    """Importance as the experience question publishes it, `half` either way."""
    shares = np.array(derived)
    ends = {"importance_derived": shares, "low": shares - half, "high": shares + half}
    return survey.items[["touchpoint", "attribute"]].assign(brand=survey.own_brand, **ends, **{"class": kind})


def again(survey: Survey, means: np.ndarray, rng: np.random.Generator) -> Survey:
    """The same respondents of `simulated` with new answers, whole means by brand in the order of `means`."""
    person = pd.factorize(survey.rows["respondent"])[0]
    names = ["us", *(f"rival{at}" for at in range(1, len(means)))]
    brand = survey.rows["brand"].map({name: at for at, name in enumerate(names)}).to_numpy()
    mood = rng.normal(0, 0.6, person.max() + 1)[person][:, None]
    answers = means[brand] + mood + rng.normal(0, 1.0, (len(brand), means.shape[1]))
    return replace(survey, ratings={**survey.ratings, "experience": answers})
