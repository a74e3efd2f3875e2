import numpy as np
import pandas as pd
import pytest
import roadmap_data as data

from cerm_nb.analyses import roadmap
from cerm_nb.errors import DataError


@pytest.fixture(scope="module")
def told(hotel, published, aimed, own):
    return roadmap.moments(hotel, published[0], aimed, own)


def test_gaps_by_moment_and_dimension_are_the_planted_ones(told):
    planted = pd.DataFrame(
        [{**one, "gap": one["expected"]["2026-05"]["gap"]} for one in data.truth()["survey"]["attributes"]]
    )
    keys = ["touchpoint", "dimension", "nature"]
    mean = planted.groupby(keys, as_index=False)["gap"].mean().rename(columns={"gap": "planted"})
    both = told.merge(mean, on=keys)
    assert len(both) == len(mean)
    inside = (both["gap_low"] <= both["planted"]) & (both["planted"] <= both["gap_high"])
    assert inside.mean() > 0.85
    assert np.corrcoef(both["gap"], both["planted"])[0, 1] > 0.95


def test_the_whole_touchpoint_stands_before_its_parts_along_the_journey(told):
    assert list(dict.fromkeys(told["stage"])) == ["before", "at", "after"]
    first = told.drop_duplicates("touchpoint")
    assert (first["dimension"] == "").all()
    counted = told[told["dimension"] != ""].groupby("touchpoint")["attributes"].sum()
    assert (counted.loc[first["touchpoint"]].to_numpy() == first["attributes"].to_numpy()).all()


def test_moments_of_truth_follow_the_chance_to_be_among_the_largest(told, published):
    chance = published[0].set_index("touchpoint")["p_top3"]
    state = told.drop_duplicates("touchpoint").set_index("touchpoint")["moment"]
    assert set(state[chance >= 0.8]) == {"yes"}
    assert set(state[(chance >= 0.2) & (chance < 0.8)]) <= {"possible"}
    assert set(state[chance < 0.2]) == {"no"}


def test_the_emotion_line_is_the_mean_of_emotional_ratings(hotel, told, own):
    line = roadmap.journey(hotel, told, own).set_index("touchpoint")
    rows, item = hotel.at(), hotel.find("도어 영접", "첫인상의 따뜻함")
    given = hotel.ratings["experience"][rows, item]
    there = ~np.isnan(given)
    mean = np.average(given[there], weights=hotel.weights[rows][there])
    assert line.loc["도어 영접", "emotion"] == pytest.approx(mean)
    assert line.loc["도어 영접", "emotion_low"] < mean < line.loc["도어 영접", "emotion_high"]
    assert np.isnan(line.loc["체크아웃", "emotion"])  # nothing emotional is asked about it


def test_few_answers_are_hidden(small):
    survey, _, _, aimed, _ = small
    touchpoints = pd.DataFrame({"touchpoint": ["p", "q"], "moment_of_truth": [0.1, np.nan], "p_top3": np.nan})
    told = roadmap.moments(survey, touchpoints, aimed, roadmap.Params(min_neff=500))
    assert (told["state"] == "hidden").all()
    assert told[["n", "n_eff", "experience", "gap", "p"]].isna().all(axis=None)
    assert dict(zip(told["touchpoint"], told["moment"], strict=True)) == {"p": "unknown", "q": "unknown"}
    assert roadmap.journey(survey, told, roadmap.Params(min_neff=500))["emotion"].isna().all()


def test_where_nobody_falls_below_the_floor_there_is_no_moment_of_truth(small):
    survey, _, _, aimed, _ = small
    touchpoints = pd.DataFrame({"touchpoint": ["p", "q"], "moment_of_truth": 0.0, "p_top3": np.nan})
    told = roadmap.moments(survey, touchpoints, aimed, roadmap.Params())
    assert set(told["moment"]) == {"no"}


def test_a_level_named_in_the_params_goes_before_what_is_expected(small):
    survey, _, attributes, _, _ = small
    own = roadmap.Params(targets={"p / a": 6.0})
    aimed = roadmap.aims(survey, attributes, own)
    assert aimed.origin == ("params", "expectation", "expectation")
    assert (aimed.levels[:, 0] == 6.0).all()
    assert (aimed.levels[:, 1] == 5.0).all()
    with pytest.raises(DataError, match="did you mean p / a"):
        roadmap.aims(survey, attributes, roadmap.Params(targets={"p / aa": 6.0}))


def test_without_expectations_the_best_competitor_is_aimed_at():
    survey, outcomes = data.small_frames()
    survey = survey[survey["measure"] == "experience"]
    theirs = survey.assign(brand="them", respondent="t" + survey["respondent"], value=6.0)
    own = roadmap.Params(own_brand="us")
    both = roadmap.read_survey(pd.concat([survey, theirs]), outcomes, None, own)
    attributes = pd.DataFrame(
        {"touchpoint": "p", "attribute": "a", "brand": ["us", "them", "others"], "experience": [4, 6.0, 5.0]}
    )
    aimed = roadmap.aims(both, attributes, own)
    assert aimed.origin == ("best_competitor", "", "")
    assert (aimed.levels[:, 0] == 6.0).all()
    assert np.isnan(aimed.levels[:, 1:]).all()


def test_segments_have_their_own_moments_of_truth():
    groups = pd.DataFrame(
        {
            "grouping": ["tier", "segment", "segment"],
            "group": ["A", "1", "2"],
            "touchpoint": "p",
            "stage": "at",
            "moment_of_truth": [0.1, 0.02, np.nan],
            "moment_low": 0.0,
            "moment_high": 0.1,
            "n_eff": 50.0,
            "p_top3": [0.9, 0.5, np.nan],
        }
    )
    sizes = pd.DataFrame({"segment": ["1", "2"], "name": ["1. quick", "2. quiet"]})
    told = roadmap.segment_moments(groups, sizes)
    assert list(told["name"]) == ["1. quick", "2. quiet"]
    assert list(told["moment"]) == ["possible", "unknown"]
    assert list(roadmap.segment_moments(groups, None)["name"]) == ["", ""]  # a page says "Segment 1"
    assert roadmap.segment_moments(None, sizes).empty
