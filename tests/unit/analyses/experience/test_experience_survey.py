"""Answers are aligned whatever the order of the rows, and what cannot be read is refused with reasons."""

import numpy as np
import pandas as pd
import pytest
from experience_surveys import long_survey, outcomes_of

from cerm_nb.analyses.experience import Params, draw_respondents, read_survey
from cerm_nb.errors import DataError, NotEnoughData
from cerm_nb.surveys import pairwise


def test_ratings_land_where_respondent_and_attribute_say(frames, hotel):
    survey = frames[0]
    answered = survey[survey["status"] == "answered"]
    for _, one in answered.sample(200, random_state=1).iterrows():
        brand = one["brand"] or hotel.own_brand
        keys = (hotel.rows["respondent"] == one["respondent"]) & (hotel.rows["wave"] == one["wave"])
        row = np.flatnonzero(keys & (hotel.rows["brand"] == brand))
        at = hotel.find(one["touchpoint"], one["attribute"])
        assert hotel.ratings[one["measure"]][row, at].tolist() == [one["value"]]


def test_not_experienced_is_kept_apart_from_missing(frames, hotel):
    survey = frames[0]
    ours = survey[(survey["brand"] == hotel.own_brand) & (survey["measure"] == "experience")]
    ours = ours[ours["wave"] == hotel.wave]
    counted = hotel.counts[["answered", "not_experienced", "missing"]].sum()
    assert counted.to_dict() == ours["status"].value_counts().to_dict()
    assert np.isnan(hotel.ratings["experience"][hotel.not_experienced]).all()


def test_rows_in_any_order_give_the_same_numbers(frames, own):
    mixed = [frame.sample(frac=1, random_state=3) for frame in frames[:3]]
    first, second = read_survey(*frames[:3], own), read_survey(*mixed, own)
    order = [second.names.index(name) for name in first.names]
    assert first.rows.equals(second.rows)
    assert (first.weights == second.weights).all()
    for measure, values in first.ratings.items():
        assert np.array_equal(values, second.ratings[measure][:, order], equal_nan=True)


def test_the_brand_rated_most_and_the_latest_wave_are_told_of(hotel):
    assert (hotel.own_brand, hotel.wave) == ("한빛호텔", "2026-05")
    assert hotel.brands[0] == hotel.own_brand
    assert len(hotel.brands) == 4


def test_unknown_names_are_refused_all_at_once_with_the_nearest(frames):
    own = Params(own_brand="한빛호탤", wave="2026-06", targets={"객실 / 무선 인터넷": 6.0})
    with pytest.raises(DataError) as refused:
        read_survey(*frames[:3], own)
    told = str(refused.value)
    assert len(refused.value.problems) == 3
    assert "한빛호텔" in told
    assert "2026-05" in told
    assert "객실 / 무선인터넷" in told


def test_answers_given_twice_are_refused_with_their_count():
    table = long_survey(np.full((5, 2), 4.0))
    with pytest.raises(DataError, match="3 answers are given twice"):
        read_survey(pd.concat([table, table.head(3)]), None, None, Params())


def test_a_survey_without_experience_is_not_enough():
    with pytest.raises(NotEnoughData, match="no experience ratings"):
        read_survey(long_survey(np.full((5, 2), 4.0), measure="importance"), None, None, Params())


def test_weights_below_0_and_unknown_margins_are_refused():
    people = pd.DataFrame({"respondent": ["r00000"], "weight": [-1.0]})
    own = Params(margins={"gender": {"f": 0.5, "m": 0.5}})
    with pytest.raises(DataError) as refused:
        read_survey(long_survey(np.full((5, 2), 4.0)), None, people, own)
    assert len(refused.value.problems) == 2


def test_raking_gives_categories_their_known_shares():
    ratings = np.tile([[2.0], [6.0], [6.0], [6.0]], (25, 1))
    people = pd.DataFrame(
        {"respondent": [f"r{at:05d}" for at in range(100)], "kind": ["a", "b", "b", "b"] * 25}
    )
    own = Params(margins={"kind": {"a": 0.5, "b": 0.4, "c": 0.1}})
    survey = read_survey(long_survey(ratings), None, people, own)
    kinds = people["kind"].to_numpy()
    assert survey.weights[kinds == "a"].sum() / survey.weights.sum() == pytest.approx(5 / 9)
    assert ("margin_unreachable", {"wave": "", "margin": "kind", "categories": ("c",)}) in survey.caveats


def test_pairwise_correlations_use_those_who_answered_both():
    rng = np.random.default_rng(1)
    ratings = rng.normal(size=(80, 3)) + rng.normal(size=(80, 1))
    ratings[rng.random(ratings.shape) < 0.2] = np.nan
    weights = np.ones(80)
    survey = read_survey(long_survey(ratings), outcomes_of(np.zeros(80)), None, Params())
    found = pairwise(ratings, weights, np.arange(80), draw_respondents(survey, Params()))
    assert found.correlations[0] == pytest.approx(pd.DataFrame(ratings).corr().to_numpy(), abs=1e-12)
    both = (~np.isnan(ratings)).astype(float)
    assert found.n_eff == pytest.approx(both.T @ both)


def test_draws_beyond_a_thousand_respondents_keep_the_spread():
    ratings = np.random.default_rng(2).normal(4, 1, (3_000, 2))
    own = Params(bootstrap=1_000)
    survey = read_survey(long_survey(ratings), None, None, own)
    draws = draw_respondents(survey, own)
    assert draws.groups == 1_000
    means = draws.means(survey.ratings["experience"], survey.weights, np.arange(3_000))
    assert means[0] == pytest.approx(ratings.mean(0))
    assert means[1:].std(axis=0) == pytest.approx(np.full(2, 1 / np.sqrt(3_000)), rel=0.12)


@pytest.mark.parametrize("wanted", ["", "us"])
def test_ratings_that_name_no_brand_are_of_the_brand_that_is_judged(wanted):
    ratings = np.random.default_rng(1).integers(1, 8, (60, 2)).astype(float)
    table, judged = long_survey(ratings).drop(columns="brand"), outcomes_of(ratings[:, 0])
    survey = read_survey(table, judged, None, Params(own_brand=wanted))
    assert (survey.own_brand, survey.brands) == ("us", ("us",))
    assert np.isfinite(survey.outcomes["satisfaction", "overall"]).all()
    with pytest.raises(DataError, match="did you mean us"):
        read_survey(table, judged, None, Params(own_brand="uss"))
    alone = read_survey(table, None, None, Params(own_brand="ours"))
    assert alone.brands == ("ours",)


def test_wrong_names_weights_and_answers_given_twice_are_refused_together():
    table = long_survey(np.full((5, 2), 4.0))
    people = pd.DataFrame({"respondent": ["r00000"], "weight": [-1.0]})
    own = Params(own_brand="uss", targets={"t / a0": 5.0}, margins={"gender": {"f": 1.0}})
    with pytest.raises(DataError) as refused:
        read_survey(pd.concat([table, table.head(3)]), None, people, own)
    assert len(refused.value.problems) == 5
