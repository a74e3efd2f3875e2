"""Published latent classes, and the segments planted in the hotel, are found."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from cerm_nb.analyses.segments import (
    Params,
    answer,
    base_of,
    choose_base,
    find_segments,
    fit_typing,
    members,
    name_keys,
    profiles,
)
from cerm_nb.analyses.segments.methods import MAKERS

HOTEL = Path(__file__).parents[2] / "data" / "hanbit_hotel"


@pytest.fixture(scope="module")
def carcinoma():
    folder = os.environ.get("CERM_ORACLE_DATA")
    if not folder:
        pytest.skip("CERM_ORACLE_DATA is not set: reference data may not be shipped")
    frame = pd.read_csv(Path(folder) / "carcinoma.csv")[list("ABCDEFG")]
    return base_of(frame.set_axis(pd.RangeIndex(len(frame), name="slide")))


@pytest.mark.parametrize(
    ("k", "log_likelihood", "bic"), [(2, -317.2568, 706.07), (3, -293.7050, 697.14), (4, -289.2858, None)]
)
def test_latent_classes_of_carcinoma_are_the_published_ones(carcinoma, k, log_likelihood, bic):
    assert carcinoma.n == 118
    found = MAKERS["latent_classes"](carcinoma).solve(k, Params(), np.random.default_rng(1))
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=1e-4)
    if bic:
        assert found.bic == pytest.approx(bic, abs=0.006)


@pytest.fixture(scope="module")
def hotel():
    survey = pd.read_parquet(HOTEL / "survey_ratings.parquet").rename(columns={"answer": "value"})
    survey["status"] = survey["value"].map({98: "not_experienced", 99: "missing"}).fillna("answered")
    respondents = pd.read_csv(HOTEL / "survey_respondents.csv", dtype={"customer_id": str})
    own = Params(bootstrap_pairs=20, max_segments=5, segment_methods=["kmeans", "latent_classes"])
    segments = find_segments(choose_base(None, survey, respondents, own), own)
    return segments, own


@pytest.fixture(scope="module")
def planted():
    return json.loads((HOTEL / "truth.json").read_text(encoding="utf-8"))["survey"]


def test_segments_of_the_hotel_are_recovered_from_importance(hotel, planted):
    segments, own = hotel
    table = members(segments)
    truth = table["respondent"].map(planted["segments_of_respondents"])
    assert segments.chosen.solution.k == 4
    assert adjusted_rand_score(truth, table["segment"]) > 0.9
    told = answer(segments, fit_typing(segments, own), own)
    assert told.verdict == "go"
    assert told.low > 0.8


def test_segments_of_the_hotel_are_recognised_by_few_questions(hotel):
    segments, own = hotel
    tool = fit_typing(segments, own)
    assert len(tool.fields) <= 8
    assert tool.low > 0.8


def test_segments_of_the_hotel_are_named_by_what_was_planted(hotel, planted):
    segments, own = hotel
    truth = members(segments)
    kinds = truth["respondent"].map(planted["segments_of_respondents"])
    for name, keys in name_keys(profiles(segments, own)).items():
        kind = kinds[truth["segment"] == name].mode().iloc[0]
        for attribute, _, direction in keys:
            shift = planted["needs_of_segments"][kind].get(attribute.split(" · ")[0], 0.0)
            assert (shift > 0) == (direction == "high")
            assert abs(shift) >= 0.4
