"""The hotel's client tables and what other questions would publish of them, and small ones by hand."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from cerm_nb.analyses import experience, roadmap
from cerm_nb.analyses.roadmap.initiatives import Initiatives

HOTEL = Path(__file__).parents[4] / "data" / "hanbit_hotel"
AS_OF = "2026-06-30"


def truth() -> dict:
    return json.loads((HOTEL / "truth.json").read_text(encoding="utf-8"))


def frames() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Survey, outcomes and respondents as the client tables have them."""
    ratings = pd.read_parquet(HOTEL / "survey_ratings.parquet").rename(columns={"answer": "value"})
    status = ratings["value"].map({98: "not_experienced", 99: "missing"}).fillna("answered")
    ratings = ratings.assign(status=status, value=ratings["value"].where(ratings["value"] < 98).astype(float))
    outcomes = pd.read_csv(HOTEL / "survey_outcomes.csv.gz").rename(columns={"answer": "value"})
    return ratings, outcomes, pd.read_csv(HOTEL / "survey_respondents.csv", dtype={"customer_id": str})


def table(name: str) -> pd.DataFrame:
    """A table of the hotel's management database, unset cells missing as the client tables have them."""
    with sqlite3.connect(HOTEL / "management.sqlite") as database:
        found = pd.read_sql(f"select * from {name}", database)
    return found.replace("", None)


def circumstances() -> pd.DataFrame:
    return pd.read_csv(HOTEL / "survey_circumstances.csv.gz")


def contacts() -> pd.DataFrame:
    """Calls and inquiries."""
    calls = pd.read_csv(HOTEL / "call_log_cp949.csv", encoding="cp949", dtype=str)
    names = {"고객번호": "customer_id", "통화일시": "date", "접점": "touchpoint", "상담유형": "reason"}
    web = pd.read_json(HOTEL / "web_inquiries.jsonl.gz", lines=True, dtype=False)
    told = {"guestNo": "customer_id", "at": "date", "page": "touchpoint", "topic": "reason"}
    parts = [calls.rename(columns=names)[[*names.values()]], web.rename(columns=told)[[*told.values()]]]
    both = pd.concat(parts, ignore_index=True)
    day = pd.to_datetime(both["date"].astype(str).str[:10])
    return both.assign(date=day, customer_id=both["customer_id"].where(both["customer_id"] != ""))


def published(survey: roadmap.Survey, draws: roadmap.Draws) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Tables touchpoints and attributes as 40_experience publishes them."""
    own = experience.Params(bootstrap=len(draws.times) - 1)
    levels, importance = experience.levels(survey, own), experience.derive(survey, draws, own)
    first = experience.priorities(survey, draws, importance, experience.best_levels(survey, levels), own)
    # the roadmap reads no classes, and working them out takes longer than all else
    kinds = SimpleNamespace(frame=survey.items.assign(**{"class": "", "class_probability": np.nan}))
    different = experience.differences(survey, own)
    return (
        experience.touchpoints_table(first),
        experience.attributes_table(survey, levels, different, importance, kinds, first),
    )


def segments_found() -> pd.DataFrame:
    """Members as 30_segments would publish them where it finds the planted segments."""
    planted = truth()["survey"]["segments_of_respondents"]
    number = {"value": "1", "convenience": "2", "family": "3", "experience": "4"}
    return pd.DataFrame({"respondent": list(planted), "segment": [number[one] for one in planted.values()]})


def small_frames(size: int = 200, seed: int = 3) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Survey and outcomes of one brand: touchpoints p (attributes a, b) and q (c), a counts most."""
    rng = np.random.default_rng(seed)
    names = [f"r{number:04d}" for number in range(size)]
    ratings = np.clip(np.rint(rng.normal(4, 1.2, (size, 3))), 1, 7)
    felt = 1 + ratings @ [0.5, 0.2, 0.1] + rng.normal(0, 0.4, size)
    long = [
        pd.DataFrame(
            {
                "respondent": names,
                "brand": "us",
                "stage": stage,
                "touchpoint": touchpoint,
                "attribute": attribute,
                "dimension": "product_service",
                "nature": nature,
                "measure": measure,
                "value": values,
            }
        )
        for at, (stage, touchpoint, attribute, nature) in enumerate(
            [
                ("before", "p", "a", "rational"),
                ("before", "p", "b", "emotional"),
                ("at", "q", "c", "emotional"),
            ]
        )
        for measure, values in (("experience", ratings[:, at]), ("expectation", np.full(size, 5.0)))
    ]
    outcomes = {"respondent": names, "brand": "us", "measure": "satisfaction", "nature": "overall"}
    return pd.concat(long, ignore_index=True), pd.DataFrame({**outcomes, "value": felt})


def listed(**columns: object) -> pd.DataFrame:
    """Initiatives of the small survey; columns given stand in for the usual ones."""
    usual = {
        "initiative": ["x", "y", "z"],
        "name": ["X", "Y", "Z"],
        "area": ["people", "process", "information"],
        "touchpoint": ["p", "p", "q"],
        "attribute": ["a", "b", "c"],
        "indicator": [None, None, None],
        "effect": [0.5, 0.5, 0.5],
        "effect_low": [0.2, 0.2, 0.2],
        "effect_high": [0.8, 0.8, 0.8],
        "cost": [10.0, 10.0, 10.0],
        "staff": [2.0, 2.0, 2.0],
        "months": [2.0, 2.0, 2.0],
        "feasibility": [4.0, 4.0, 4.0],
        "depends_on": [None, None, None],
    }
    return pd.DataFrame({**usual, **columns})


def valued(values: list[float], **columns: object) -> Initiatives:
    """Initiatives worth what is told, in the one draw there is."""
    size = len(values)
    frame = pd.DataFrame(
        {
            "initiative": [f"I{at + 1}" for at in range(size)],
            "name": [f"name {at + 1}" for at in range(size)],
            "area": "process",
            "state": "planned",
            "cost": 1.0,
            "staff": 1.0,
            "months": 1.0,
            "start": pd.NaT,
            "needs": [()] * size,
            **columns,
        }
    )
    draws = np.array([values, values], dtype=float)
    return Initiatives(frame, draws, draws, ())
