"""The shipped sample client, its truth, and its generator."""

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

SHIPPED = Path(__file__).parents[3] / "data" / "hanbit_hotel"
sys.path.insert(0, str(SHIPPED))


@pytest.fixture(scope="session")
def shipped():
    """Folder of the shipped files."""
    return SHIPPED


@pytest.fixture(scope="session")
def truth():
    """What is planted."""
    return json.loads((SHIPPED / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def respondents():
    """Respondents of both waves."""
    return pd.read_csv(SHIPPED / "survey_respondents.csv", dtype={"customer_id": str})


@pytest.fixture(scope="session")
def ratings(respondents):
    """Answered ratings with the respondents' weights."""
    table = pd.read_parquet(SHIPPED / "survey_ratings.parquet")
    return table.merge(respondents[["respondent", "wave", "weight"]], on=["respondent", "wave"])
