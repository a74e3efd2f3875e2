"""The twin asks what satisfaction would be if one attribute were at another level, and when that is open."""

import numpy as np
import pytest
from experience_surveys import long_survey, outcomes_of, small

from cerm_nb.analyses import experience as x
from cerm_nb.errors import DataError

OWN = x.Params(bootstrap=100)


def asked(survey, item, level, own=OWN):
    return x.what_if(survey, x.effects(survey, x.draw_respondents(survey, own), own), item, level, own)


@pytest.fixture(scope="module")
def wifi(hotel, hotel_draws, own):
    effects = x.effects(hotel, hotel_draws, own)
    return lambda level: x.what_if(hotel, effects, "객실 / 무선인터넷", level, own)


def test_the_line_runs_over_all_ratings_through_what_is_and_what_was_asked(hotel, wifi):
    found = wifi(6.0)
    line = found.line
    assert list(line.columns) == ["level", "outcome", "low", "high"]
    assert (line["level"].iloc[0], line["level"].iloc[-1]) == hotel.scale == (1.0, 7.0)
    assert ((line["low"] <= line["outcome"]) & (line["outcome"] <= line["high"])).all()
    assert np.interp(found.performance, line["level"], line["outcome"]) == pytest.approx(found.outcome)
    assert np.interp(6.0, line["level"], line["outcome"]) == pytest.approx(found.reached)
    assert found.reached == found.outcome + found.change


def test_the_line_is_the_same_for_every_level_and_widens_away_from_what_is(wifi):
    low, high = wifi(2.0), wifi(6.0)
    assert low.line.equals(high.line)
    assert low.change < 0 < high.change
    width = (high.line["high"] - high.line["low"]).to_numpy()
    nearest = np.abs(high.line["level"] - high.performance).to_numpy().argmin()
    assert abs(int(width.argmin()) - int(nearest)) <= 1
    assert width[-1] > width[nearest]


def test_an_attribute_nobody_asked_about_is_refused_with_the_nearest_names():
    survey = small()
    with pytest.raises(DataError, match=r"did you mean t / a01"):
        asked(survey, "t / a1", 5.0)
    with pytest.raises(DataError, match=r"see the survey for its names"):
        asked(survey, "zzzzzz", 5.0)


def test_without_the_outcome_the_reason_is_told_and_no_number():
    survey = small()
    found = asked(survey, "t / a00", 5.0, OWN.model_copy(update={"outcome": "loyalty"}))
    assert found.reason == "no_outcome"
    assert np.isnan([found.change, found.low, found.high, found.reached]).all()
    assert found.line["outcome"].isna().all()


@pytest.mark.parametrize(("size", "width"), [(1, 1), (1, 4), (8, 2), (40, 25)])
def test_too_few_respondents_for_so_many_attributes_are_told(size, width):
    found = asked(small(size, width), "t / a00", 5.0)
    assert found.reason == "too_few_respondents"
    assert np.isnan(found.change)


def test_an_attribute_with_too_few_answers_is_open_while_the_others_are_told():
    rng = np.random.default_rng(4)
    ratings = rng.integers(1, 8, (120, 3)).astype(float)
    ratings[10:, 1] = np.nan
    outcome = np.nan_to_num(ratings).sum(axis=1)
    survey = x.read_survey(long_survey(ratings), outcomes_of(outcome), None, OWN)
    assert asked(survey, "t / a01", 5.0).reason == "too_few_answers"
    assert asked(survey, "t / a00", 5.0).reason == ""
    assert asked(survey, "t / a00", 5.0).change == pytest.approx(5 - ratings[:, 0].mean(), abs=0.1)


def test_where_all_ratings_are_one_the_line_is_a_point():
    survey = x.read_survey(long_survey(np.full((80, 2), 4.0)), outcomes_of(np.full(80, 5.0)), None, OWN)
    found = asked(survey, "t / a00", 4.0)
    assert survey.scale == (4.0, 4.0)
    assert set(found.line["level"]) == {4.0}
    assert not found.line[["outcome", "low", "high"]].isin([np.inf, -np.inf]).to_numpy().any()


def test_one_attribute_alone_has_the_slope_of_a_straight_line():
    survey = small(300, 1)
    ratings, outcome = survey.ratings["experience"][:, 0], survey.outcomes["satisfaction", "overall"]
    slope = np.polyfit(ratings, outcome, 1)[0]
    found = asked(survey, "t / a00", 7.0)
    assert found.change == pytest.approx(slope * (7 - ratings.mean()), rel=1e-6)
