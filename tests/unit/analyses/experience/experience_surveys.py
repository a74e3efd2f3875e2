"""Surveys to test on: the hotel's of any size, and small ones by hand."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from cerm_nb.analyses.experience import Params, Survey, read_survey
from cerm_nb.analyses.experience.groups import by_group
from cerm_nb.analyses.experience.suppression import hidden_cells, numbered

HOTEL = Path(__file__).parents[4] / "data" / "hanbit_hotel"
sys.path.insert(0, str(HOTEL))

from generator import questionnaire as q  # noqa: E402
from generator.attributes import ATTRIBUTES  # noqa: E402
from generator.outcomes import judge  # noqa: E402
from generator.survey import rate  # noqa: E402

SHARES = {"convenience": 0.3, "family": 0.25, "experience": 0.2, "value": 0.25}
WAVE = "2025-06"


def hotel_frames() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Survey, outcomes, respondents and comments as the client tables have them."""
    ratings = pd.read_parquet(HOTEL / "survey_ratings.parquet").rename(columns={"answer": "value"})
    status = ratings["value"].map({98: "not_experienced", 99: "missing"}).fillna("answered")
    ratings = ratings.assign(status=status, value=ratings["value"].where(ratings["value"] < 98).astype(float))
    outcomes = pd.read_csv(HOTEL / "survey_outcomes.csv.gz").rename(columns={"answer": "value"})
    respondents = pd.read_csv(HOTEL / "survey_respondents.csv", dtype={"customer_id": str})
    return ratings, outcomes, respondents, pd.read_csv(HOTEL / "survey_comments_cp949.csv", encoding="cp949")


def simulated(seed: int, size: int) -> Survey:
    """A new survey of the hotel's guests in its first wave, laid out without the long table."""
    rng = np.random.default_rng(seed)
    people = pd.DataFrame({"respondent": [f"R{number:06d}" for number in range(size)], "wave": WAVE})
    people["segment"] = rng.choice(list(SHARES), size, p=list(SHARES.values()))
    drawn = rate(seed, people)
    brands = [q.OWN, *q.COMPETITORS]
    rows = pd.concat([people[["respondent", "wave"]].assign(brand=brand) for brand in brands])
    raw = np.vstack([drawn.experience[brand] for brand in brands]).astype(float)
    asked = np.full((size * (len(brands) - 1), len(ATTRIBUTES)), np.nan)
    ratings = {"experience": raw, "expectation": np.vstack([drawn.expectation.astype(float), asked])}
    ratings["importance"] = np.vstack([drawn.importance.astype(float), asked])
    judged = judge(seed, people, drawn).set_index(["respondent", "brand", "measure", "nature"])["answer"]
    outcomes = {}
    for kind in (("satisfaction", "overall"), ("satisfaction", "rational"), ("satisfaction", "emotional")):
        one = judged.xs(kind, level=("measure", "nature"))
        outcomes[kind] = one.reindex(pd.MultiIndex.from_frame(rows[["respondent", "brand"]])).to_numpy(float)
    items = pd.DataFrame(
        [(one.touchpoint, one.ko) for one in ATTRIBUTES], columns=["touchpoint", "attribute"]
    )
    items["stage"] = [q.TOUCHPOINTS[one.touchpoint].stage for one in ATTRIBUTES]
    items["dimension"] = [one.dimension for one in ATTRIBUTES]
    items["nature"] = [one.nature for one in ATTRIBUTES]
    return Survey(
        items,
        rows.reset_index(drop=True),
        np.ones(len(rows)),
        {name: np.where((values < 1) | (values > 7), np.nan, values) for name, values in ratings.items()},
        raw == q.NOT_EXPERIENCED,
        outcomes,
        q.OWN,
        WAVE,
        tuple(brands),
        (WAVE,),
        pd.DataFrame(),
        people,
        (),
    )


def long_survey(ratings: np.ndarray, brand: str = "us", measure: str = "experience") -> pd.DataFrame:
    """Ratings of shape (respondents, items) as a long table; NaN is missing."""
    size, width = ratings.shape
    return pd.DataFrame(
        {
            "respondent": np.repeat([f"r{number:05d}" for number in range(size)], width),
            "brand": brand,
            "touchpoint": "t",
            "attribute": np.tile([f"a{number:02d}" for number in range(width)], size),
            "measure": measure,
            "value": ratings.ravel(),
        }
    )


def outcomes_of(values: np.ndarray, brand: str = "us") -> pd.DataFrame:
    """Overall satisfaction of each respondent."""
    names = [f"r{number:05d}" for number in range(len(values))]
    columns = {"respondent": names, "brand": brand, "measure": "satisfaction", "nature": "overall"}
    return pd.DataFrame({**columns, "value": values})


def small(
    size: int = 200, width: int = 4, seed: int = 1, own: Params | None = None, **changed: object
) -> Survey:
    """A survey of one brand in which the first attribute drives satisfaction."""
    rng = np.random.default_rng(seed)
    ratings = np.clip(np.rint(rng.normal(4, 1.2, (size, width))), 1, 7)
    outcome = np.clip(np.rint(4 + ratings @ np.linspace(0.8, 0.0, width) - 1.6 * width / 2), -50, 50)
    ratings = changed.get("ratings", ratings)
    return read_survey(long_survey(ratings), outcomes_of(outcome), None, own or Params())


def told_by_group(survey: Survey, groups: pd.Series, own: Params) -> pd.DataFrame:
    """Levels by group, those kept back that must be."""
    names = sorted(groups.dropna().unique())
    (hidden,) = hidden_cells(survey, [(numbered(groups, names), len(names))], own)
    return by_group(survey, groups, names, hidden.levels, own)
