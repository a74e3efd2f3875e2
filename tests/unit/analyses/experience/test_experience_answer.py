"""From ratings to verdict, and what is said where the data cannot bear an answer."""

import numpy as np
import pandas as pd
import pytest
from experience_surveys import long_survey, outcomes_of, small, told_by_group

from cerm_nb.analyses import experience as x
from cerm_nb.errors import DataError
from cerm_nb.surveys import group_of


def everything(survey, own):
    """Run all that a notebook runs."""
    draws = x.draw_respondents(survey, own)
    levels, grid = x.levels(survey, own), x.differences(survey, own)
    found, kinds = x.derive(survey, draws, own), x.classes(survey, draws, own)
    first = x.priorities(survey, draws, found, x.best_levels(survey, levels), own)
    table = x.attributes_table(survey, levels, grid, found, kinds, first)
    return found, first, table, x.answer(survey, table, found, levels, kinds, first, own)


@pytest.fixture(scope="module")
def told(hotel, own):
    return everything(hotel, own)


def test_the_hotel_must_mend_what_it_is_behind_in(told):
    answer = told[3]
    assert answer.verdict == "stop"
    assert answer.reason == "behind_where_it_matters"
    assert answer.attribute in {"무선인터넷", "이름과 취향을 기억함"}
    assert answer.low <= answer.value <= answer.high < 0
    assert answer.against < 0
    assert answer.n > 250


def test_published_tables_have_their_columns_first(told, hotel, hotel_draws, own):
    attributes = "touchpoint attribute brand n_eff importance_stated importance_derived low high"
    attributes += " expectation experience gap gap_low gap_high difference_vs_best p_adjusted"
    attributes += " class class_probability priority p_top3"
    assert list(told[2].columns) == attributes.split()
    assert len(told[2]) == 44 * 4
    touchpoints = "touchpoint stage moment_of_truth weight low high below_floor reach"
    assert list(x.touchpoints_table(told[1]).columns[:8]) == touchpoints.split()
    drivers = x.drivers_table(x.drivers(hotel, hotel_draws, own))
    assert list(drivers.columns) == ["outcome", "group", "share", "low", "high"]
    loyalty = x.loyalty_table(x.loyalty(hotel, own))
    assert list(loyalty.columns) == ["brand", "wave", "measure", "value", "low", "high"]
    for table in (x.touchpoints_table(told[1]), drivers):
        assert (table["low"] <= table["high"]).all()


def test_a_moment_of_truth_is_weight_times_failures_times_reach(told):
    found = told[1].touchpoints
    assert found["moment_of_truth"].to_numpy() == pytest.approx(
        (found["weight"] * found["below_floor"] * found["reach"]).to_numpy()
    )
    assert found["weight"].sum() == pytest.approx(1)
    assert found.sort_values("rank")["touchpoint"].iloc[0] == "체크인"
    assert told[1].floor == 4


def test_targets_named_in_the_params_come_before_expectation(hotel, hotel_draws, own):
    own = own.model_copy(update={"targets": {"객실 / 무선인터넷": 7.0}})
    found = x.priorities(hotel, hotel_draws, x.derive(hotel, hotel_draws, own), np.full(44, np.nan), own)
    wifi = found.attributes[found.attributes["attribute"] == "무선인터넷"].iloc[0]
    assert (wifi["target"], wifi["target_from"], wifi["rank"]) == (7.0, "params", 1)
    assert set(found.attributes["target_from"]) == {"params", "expectation"}


def test_the_twin_says_what_a_better_rating_would_bring(hotel, hotel_draws, own):
    effects = x.effects(hotel, hotel_draws, own)
    found = x.what_if(hotel, effects, "객실 / 무선인터넷", 6.0, own)
    assert 0 < found.low < found.change < found.high
    same = x.what_if(hotel, effects, "객실 / 무선인터넷", found.performance, own)
    assert same.change == pytest.approx(0)
    with pytest.raises(DataError, match="무선인터넷"):
        x.what_if(hotel, effects, "객실 / 무선 인터넷", 6.0, own)


def test_slopes_of_the_twin_are_those_that_made_the_answers():
    survey, own = small(2_000), x.Params(bootstrap=100)
    found = x.effects(survey, x.draw_respondents(survey, own), own)
    assert found.slopes[0] == pytest.approx(np.linspace(0.8, 0, 4), abs=0.03)


def test_without_judgements_importance_is_what_respondents_say():
    rng = np.random.default_rng(1)
    parts = {"experience": 4.0, "expectation": 5.0, "importance": 6.0}
    tables = [
        long_survey(np.rint(rng.normal(mean, 0.8, (80, 3))), "us", name) for name, mean in parts.items()
    ]
    own = x.Params(bootstrap=100)
    found, first, _, answer = everything(x.read_survey(pd.concat(tables), None, None, own), own)
    assert found.reason == "no_outcome"
    assert first.source == "stated"
    assert (answer.verdict, answer.reason) == ("watch", "importance_stated_only")


def rows(width, size):
    return np.random.default_rng(3).integers(1, 8, (size, width)).astype(float)


@pytest.mark.parametrize(
    ("ratings", "outcome", "reason"),
    [
        (rows(3, 1), np.ones(1), "too_few_respondents"),
        (rows(3, 60), np.full(60, 5.0), "outcome_constant"),
        (np.full((60, 3), 4.0), rows(1, 60)[:, 0], "ratings_constant"),
        (rows(55, 60), rows(1, 60)[:, 0], "more_attributes_than_respondents"),
    ],
    ids=["one respondent", "constant outcome", "constant items", "more items than respondents"],
)
def test_where_importance_cannot_be_derived_the_reason_is_told(ratings, outcome, reason):
    own = x.Params(bootstrap=100)
    survey = x.read_survey(long_survey(ratings), outcomes_of(outcome), None, own)
    found, first, _, answer = everything(survey, own)
    assert found.reason == reason
    assert answer.verdict == "not_enough_data"
    assert first.source == ""
    assert np.isnan(answer.value)
    kinds = x.classes(survey, x.draw_respondents(survey, own), own)
    assert set(kinds.frame["class"]) == {"undetermined"}


def test_items_that_are_constant_or_empty_are_left_out_and_told():
    ratings = rows(4, 120)
    ratings[:, 1], ratings[:, 2] = 5.0, np.nan
    own = x.Params(bootstrap=100)
    survey = x.read_survey(long_survey(ratings), outcomes_of(ratings[:, 0]), None, own)
    found = x.derive(survey, x.draw_respondents(survey, own), own)
    assert found.reason == ""
    assert found.frame["share"].isna().tolist() == [False, True, True, False]
    assert dict(found.caveats)["items_constant"]["items"] == ("t / a01",)
    assert dict(found.caveats)["items_too_few_answers"]["items"] == ("t / a02",)


def test_collinear_items_share_alike_and_are_told():
    ratings = rows(3, 120)
    ratings[:, 1] = ratings[:, 0]
    own = x.Params(bootstrap=100)
    noise = np.random.default_rng(2).normal(0, 1, 120)
    survey = x.read_survey(long_survey(ratings), outcomes_of(ratings[:, 0] + noise), None, own)
    draws = x.draw_respondents(survey, own)
    found = x.derive(survey, draws, own)
    assert found.method == "lmg"
    assert found.frame["share"][0] == pytest.approx(found.frame["share"][1])
    assert dict(found.caveats)["items_collinear"] == {"first": "t / a00", "second": "t / a01", "n": 1}
    effects = x.effects(survey, draws, own)
    assert effects.slopes[0, 0] == pytest.approx(effects.slopes[0, 1], abs=1e-3)


def test_a_pair_nobody_answered_both_of_does_not_break_importance():
    ratings = rows(3, 200)
    ratings[:100, 0], ratings[100:, 1] = np.nan, np.nan
    own = x.Params(bootstrap=100)
    survey = x.read_survey(long_survey(ratings), outcomes_of(ratings[:, 2]), None, own)
    found = x.derive(survey, x.draw_respondents(survey, own), own)
    assert found.frame["share"][2] > 0.9
    assert found.r_squared <= 1 + 1e-9


def test_ratings_of_all_brands_can_be_taken_together(hotel, hotel_draws, own):
    ours = x.derive(hotel, hotel_draws, own)
    everyone = x.derive(hotel, hotel_draws, own.model_copy(update={"all_brands": True}))
    assert everyone.n == 1_488
    assert ours.n == 600
    widths = [(one.frame["high"] - one.frame["low"]).mean() for one in (everyone, ours)]
    assert widths[0] < widths[1]


def test_groups_too_small_have_no_numbers(hotel, own):
    groups = pd.Series(
        np.where(hotel.rows["respondent"] < "R000050", "small", "large"), index=hotel.rows.index
    )
    found = told_by_group(hotel, groups, own)
    few = found[found["group"] == "small"]
    assert few["experience"].isna().all()
    assert few["difference"].isna().all()
    nobody = pd.Series(np.nan, index=hotel.rows.index, dtype="object")
    assert told_by_group(hotel, nobody, own).empty


def test_tiers_are_found_by_the_customers_number(hotel, frames):
    numbers = frames[2]["customer_id"].dropna().unique()[:100]
    tiers = pd.DataFrame({"customer_id": numbers, "tier": ["top"] * 50 + ["base"] * 50})
    groups = group_of(hotel, tiers, "tier")
    who = frames[2].set_index("respondent")["customer_id"]
    assert set(groups.dropna()) == {"top", "base"}
    one = hotel.rows["respondent"][groups.eq("top")].iloc[0]
    assert who[[one]].isin(numbers[:50]).any()


def test_margins_must_add_up():
    with pytest.raises(ValueError, match="add up to 1"):
        x.Params(margins={"gender": {"f": 0.6, "m": 0.6}})


def test_where_nobody_judged_the_own_brand_all_is_left_open():
    ratings = rows(3, 80)
    tables = pd.concat([long_survey(ratings), long_survey(ratings, "them")])
    own = x.Params(bootstrap=100, own_brand="us")
    survey = x.read_survey(tables, outcomes_of(ratings[:, 0], "them"), None, own)
    draws = x.draw_respondents(survey, own)
    found, _, _, answer = everything(survey, own)
    assert found.reason == "too_few_respondents"
    assert answer.verdict == "not_enough_data"
    assert x.classes(survey, draws, own).reason == "too_few_respondents"
    assert x.effects(survey, draws, own).reason == "too_few_respondents"
    assert x.drivers(survey, draws, own).frame.empty


def test_a_survey_without_judgements_names_none_in_a_caveat():
    own = x.Params(bootstrap=100)
    survey = x.read_survey(long_survey(rows(3, 80)), None, None, own)
    assert x.derive(survey, x.draw_respondents(survey, own), own).caveats == ()
