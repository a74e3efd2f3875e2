"""Where brands stand: intervals that hold together, parity that is shown, moves that follow their rules."""

import json

import numpy as np
import pandas as pd
import pytest
from promise_surveys import (
    HOTEL,
    again,
    attributes_of,
    fast_food_frame,
    hotel_frames,
    long_ratings,
    management,
    read,
    simulated,
)

from cerm_nb.analyses.promise.moves import TABLE, moves, value_curve_table
from cerm_nb.analyses.promise.parameters import Params
from cerm_nb.analyses.promise.simultaneous import simultaneous
from cerm_nb.analyses.promise.value_curve import value_curve
from cerm_nb.analyses.promise.weights import weigh_attributes
from cerm_nb.stats import weighted_means
from cerm_nb.surveys import draw_respondents, read_survey

OWN = Params(own_brand="us", bootstrap=200, parity_margin=0.3)


def family(rng, size, columns, draws):
    """Means less what they are in truth, of ratings 1–7 that go together, and the draws of them."""
    values = (
        np.clip(np.rint(4 + rng.normal(0, 0.8, (size, 1)) + rng.normal(0, 1.0, (size, columns))), 1, 7) - 4
    )
    times = np.vstack([np.ones(size), rng.multinomial(size, np.full(size, 1 / size), draws)])
    return times @ values / size


def test_simultaneous_intervals_hold_all_together_as_often_as_promised():
    rng = np.random.default_rng(1)
    held, alone = [], []
    for _ in range(400):
        found = simultaneous(family(rng, 80, 12, 300), np.full(12, 80.0), 0.9)
        held.append(((found.low <= 0) & (found.high >= 0)).all())
        alone.append((np.abs(found.value) <= 1.66 * found.error).all())
        assert ((found.p_adjusted < 0.1) <= ((found.low > 0) | (found.high < 0))).all()
    assert 0.87 <= np.mean(held) <= 0.94
    assert np.mean(alone) < 0.7  # intervals of one each do not


def test_answers_that_go_together_cost_less_than_answers_apart():
    rng = np.random.default_rng(2)
    noise, mood = rng.normal(size=(400, 30)), rng.normal(size=(400, 1))
    draws = [np.vstack([np.zeros(30), 0.1 * one]) for one in (noise, mood + 0.2 * noise)]
    apart, together = (simultaneous(one, np.full(30, 400.0), 0.95) for one in draws)
    reach = [((one.high - one.low) / one.error).mean() for one in (apart, together)]
    assert reach[1] < 0.85 * reach[0]


def test_where_nobody_differs_the_interval_stays_open_and_one_answer_tells_nothing():
    found = simultaneous(np.full((201, 3), 4.0), np.array([50.0, 1.0, 0.0]), 0.95)
    assert found.low[0] < 4 < found.high[0]
    assert found.p_adjusted[0] < 0.001
    assert np.isnan(found.low[1:]).all()
    assert np.isnan(simultaneous(np.full((201, 2), np.nan), np.array([50.0, 50.0]), 0.95).p_adjusted).all()


def test_brands_all_alike_are_seldom_told_apart_not_even_from_the_best():
    rng, alike = np.random.default_rng(3), np.full((4, 6), 4.0)
    survey, draws = read(simulated(rng, alike, 80), OWN)
    told = [value_curve(again(survey, alike, rng), draws, OWN).frame for _ in range(40)]
    wrong = [frame["standing"].isin(["ahead", "behind"]).any() for frame in told]
    assert np.mean(wrong) <= 0.13
    best = pd.concat([frame[frame["brand"] == "us"] for frame in told])
    assert (best["difference"] < 0).mean() > 0.6  # by looking, somebody is always better
    assert (best["standing"] == "behind").mean() <= 0.02
    assert ((best["diff_low"] <= 0) & (best["diff_high"] >= 0)).mean() >= 0.97


def test_differences_that_are_there_are_found_and_the_best_competitor_decides():
    means = np.array([[5.0, 4.0, 4.0, 4.0], [4.0, 5.0, 4.0, 4.0], [4.0, 3.0, 5.0, 4.0]])
    curve = value_curve(*read(simulated(np.random.default_rng(4), means, 300), OWN), OWN)
    assert list(curve.own["standing"][:3]) == ["ahead", "behind", "behind"]
    assert list(curve.own["best"][1:3]) == ["rival1", "rival2"]
    assert list(curve.of("rival2")["standing"][:3]) == ["ahead", "ahead", "behind"]
    assert curve.own["difference"][2] == pytest.approx(curve.of("rival2")["difference"][2])


def test_parity_is_shown_by_many_answers_and_not_by_few():
    alike = np.full((2, 5), 4.0)
    many = value_curve(*read(simulated(np.random.default_rng(5), alike, 1_500), OWN), OWN)
    few = value_curve(*read(simulated(np.random.default_rng(5), alike, 35), OWN), OWN)
    assert set(many.own["standing"]) == {"parity"}
    assert set(few.own["standing"]) == {"undetermined"}
    assert ("standings_undetermined", {"n": 5, "cells": 5, "margin": 0.3}) in few.caveats
    far = value_curve(
        *read(simulated(np.random.default_rng(5), np.repeat([[4.45], [4.0]], 5, axis=1), 1_500), OWN), OWN
    )
    assert set(far.own["standing"]) == {"ahead"}  # beyond the margin


@pytest.fixture(scope="module")
def hotel():
    own = Params(bootstrap=300)
    survey = read_survey(*hotel_frames(), own)
    draws = draw_respondents(survey, own)
    return survey, draws, value_curve(survey, draws, own)


def test_the_hotels_planted_means_and_leads_lie_in_their_intervals(hotel):
    planted = json.loads((HOTEL / "truth.json").read_text(encoding="utf-8"))["survey"]["attributes"]
    truth = {(one["touchpoint"], one["attribute"]): one["expected"]["2026-05"] for one in planted}
    survey, _, curve = hotel
    names = list(zip(curve.own["touchpoint"], curve.own["attribute"], strict=True))
    means = np.array([truth[name]["experience"] for name in names])
    inside = (curve.own["low"] <= means) & (means <= curve.own["high"])
    for brand in survey.brands[1:]:
        rows = curve.of(brand)
        lead = np.array([truth[name]["ahead"][brand] for name in names])
        inside = pd.concat([inside, (rows["diff_low"] <= lead) & (lead <= rows["diff_high"])])
        sure = rows["standing"].isin(["ahead", "behind"])
        assert (np.sign(lead) == np.sign(rows["difference"]))[sure].all()
    assert inside.mean() > 0.98
    assert (curve.frame["standing"] == "ahead").sum() > 8


def test_forty_students_rank_eight_restaurants_and_are_told_how_little_that_proves():
    own = Params(own_brand="Wendy's", bootstrap=200, parity_margin=0.5)
    table = fast_food_frame()
    survey, draws = read(table, own)
    curve = value_curve(survey, draws, own)
    assert len(survey.brands) == 8
    rated = table[table["measure"] == "experience"]
    means = rated.groupby(["brand", "attribute"])["value"].mean()
    shown = curve.frame.dropna(subset=["mean"])
    keys = pd.MultiIndex.from_frame(shown[["brand", "attribute"]])
    assert shown["mean"].to_numpy() == pytest.approx(means.reindex(keys).to_numpy())
    assert {"few"} == set(shown["state"])
    assert (curve.frame["standing"] == "undetermined").sum() > 20
    weights = weigh_attributes(survey, draws, None, None, own)
    table = value_curve_table(curve, moves(survey, draws, curve, weights, None, own))
    assert list(table.columns) == TABLE
    assert set(table.loc[table["brand"] == "Wendy's", "importance_from"]) <= {"stated", ""}
    assert set(table.loc[table["brand"] != "Wendy's", "move"]) == {""}


def test_cells_of_too_few_answers_are_hidden_and_count_for_nothing():
    values = np.random.default_rng(6).normal(4, 1, (60, 3))
    sparse = values.copy()
    sparse[20:, 1] = np.nan
    table = pd.concat([long_ratings(values, "us"), long_ratings(sparse, "rival")])
    curve = value_curve(*read(table.dropna(subset=["value"]), OWN), OWN)
    hidden = curve.of("rival").iloc[1]
    assert hidden["state"] == "hidden"
    assert hidden[["mean", "low", "difference", "p_adjusted"]].isna().all()
    assert (hidden["standing"], curve.own["standing"][1], curve.own["best"][1]) == ("", "", "")
    assert ("cells_hidden", {"n": 1, "cells": 6, "least": 30.0}) in curve.caveats


def test_one_brand_has_levels_but_no_standing():
    survey, draws = read(long_ratings(np.random.default_rng(7).normal(4, 1, (80, 3)), "us"), OWN)
    curve = value_curve(survey, draws, OWN)
    assert set(curve.own["standing"]) == {""}
    assert curve.own["low"].notna().all()
    assert ("no_competitors", {}) in curve.caveats
    weights = weigh_attributes(survey, draws, None, None, OWN)
    found = moves(survey, draws, curve, weights, None, OWN)
    assert set(found["move"]) == {"undetermined"}
    assert set(found["target_from"]) == {""}


def test_ratings_that_are_all_equal_end_in_open_intervals_and_no_claim():
    table = pd.concat([long_ratings(np.full((50, 2), 4.0), brand) for brand in ("us", "rival")])
    curve = value_curve(*read(table, OWN), OWN)
    assert set(curve.own["standing"]) == {"undetermined"}
    assert (curve.own["low"] < 4).all()


def surveyed(derived, stated, expected, means, kind="performance", size=400):
    """A survey with importance, expectation and published importance of four attributes."""
    rng = np.random.default_rng(8)
    table = [simulated(rng, np.array(means), size, 0.8)]
    for measure, levels in (("importance", stated), ("expectation", expected)):
        values = np.array(levels) + rng.normal(0, 0.8, (size, 4))
        table.append(long_ratings(values, "us", measure))
    survey, draws = read(pd.concat(table), OWN)
    curve = value_curve(survey, draws, OWN)
    weights = weigh_attributes(survey, draws, attributes_of(survey, derived, kind=kind), None, OWN)
    return moves(survey, draws, curve, weights, None, OWN), weights


def test_each_move_follows_from_its_rule():
    found, _ = surveyed(
        derived=[0.4, 0.4, 0.1, 0.1],
        stated=[6.0, 6.0, 3.0, 3.0],
        expected=[5.5, 4.0, 4.0, 5.0],
        means=[[4.0, 4.5, 4.6, 4.0], [4.0, 4.0, 4.0, 4.5]],
    )
    assert list(found["move"]) == ["create", "keep", "reduce", "drop"]
    told = found[["value", "value_low", "value_high"]]
    assert told[:3].notna().all(axis=None)
    assert told[3:].isna().all(axis=None)  # nothing is worth closing where it is dropped
    reached, _ = surveyed(
        derived=[0.4, 0.4, 0.1, 0.1],
        stated=[6.0, 6.0, 3.0, 3.0],
        expected=[5.5, 4.0, 4.0, 5.0],
        means=[[4.0, 4.5, 4.6, 4.0], [5.5, 4.0, 4.0, 4.5]],
        kind="basic",
    )
    assert list(reached["move"]) == ["raise", "keep", "reduce", "undetermined"]  # a basic is not dropped


def test_value_is_importance_times_gap_and_its_interval_holds_it():
    found, _ = surveyed([0.4, 0.3, 0.2, 0.1], [5.0] * 4, [5.0] * 4, [[4.0] * 4, [4.0] * 4])
    assert found["value"].to_numpy() == pytest.approx(found["importance"] * found["gap"])
    assert found["importance"].to_numpy() == pytest.approx([1.6, 1.2, 0.8, 0.4])
    assert ((found["value_low"] <= found["value"]) & (found["value"] <= found["value_high"])).all()
    assert found["gap"].to_numpy() == pytest.approx(np.ones(4), abs=0.2)


def test_stated_and_derived_importance_that_disagree_still_matter():
    _, weights = surveyed([0.4, 0.4, 0.1, 0.1], [3.0, 5.0, 3.0, 5.0], [4.0] * 4, [[4.0] * 4, [4.0] * 4])
    assert list(weights.frame["matters"]) == ["more", "more", "less", "more"]


def test_target_customers_speak_for_themselves_and_too_few_of_them_for_nobody():
    rng = np.random.default_rng(9)
    stated = np.where(np.arange(300)[:, None] < 60, [6.0, 3.0, 3.0], [3.0, 6.0, 3.0]) + rng.normal(
        0, 0.5, (300, 3)
    )
    table = pd.concat([simulated(rng, np.full((2, 3), 4.0), 300), long_ratings(stated, "us", "importance")])
    survey, draws = read(table, OWN)
    names = [f"r{number:05d}" for number in range(60)]
    chosen = weigh_attributes(survey, draws, None, set(names), OWN)
    assert (chosen.stated_by, chosen.respondents) == ("target_customers", 60)
    assert list(chosen.frame["matters"]) == ["more", "less", "less"]
    few = weigh_attributes(survey, draws, None, set(names[:10]), OWN)
    assert (few.stated_by, few.respondents) == ("all", 300)
    assert ("target_customers_few", {"n": 10, "least": 30.0}) in few.caveats
    assert list(few.frame["matters"]) == ["less", "more", "less"]
    nobody = weigh_attributes(*read(simulated(rng, np.full((2, 3), 4.0), 60), OWN), None, None, OWN)
    assert (nobody.stated_by, set(nobody.frame["matters"])) == ("", {""})


def test_targets_of_the_params_come_first_then_expectation_then_the_best_competitor():
    rng = np.random.default_rng(10)
    table = simulated(rng, np.array([[4.0, 4.0, 4.0], [5.0, 4.0, 4.0]]), 200)
    asked = long_ratings(np.full((200, 3), 5.0) + rng.normal(0, 0.5, (200, 3)), "us", "expectation")
    table = pd.concat([table, asked[asked["attribute"] == "a1"]])
    own = OWN.model_copy(update={"targets": {"t1 / a2": 6.0}})
    survey, draws = read(table, own)
    curve, weights = value_curve(survey, draws, own), weigh_attributes(survey, draws, None, None, own)
    found = moves(survey, draws, curve, weights, None, own)
    assert list(found["target_from"]) == ["best_competitor", "expectation", "params"]
    assert found["gap"].to_numpy() == pytest.approx([1, 1, 2], abs=0.35)
    assert found["gap_low"][0] == pytest.approx(-curve.own["diff_high"][0])


def test_costs_of_all_initiatives_at_an_attribute_add_up(hotel):
    own = Params(bootstrap=300)
    survey, draws, curve = hotel
    weights = weigh_attributes(survey, draws, None, None, own)
    initiatives = management("initiatives")
    twice = pd.concat([initiatives, initiatives.iloc[:1]])
    found = moves(survey, draws, curve, weights, twice, own).set_index(["touchpoint", "attribute"])
    assert found.loc[("체크인", "대기 시간"), "cost"] == 360_000_000
    assert np.isnan(found.loc[("객실", "청결"), "cost"])


def test_means_are_those_of_the_weighted_answers(hotel):
    survey, _, curve = hotel
    rows = survey.at()
    found = weighted_means(survey.ratings["experience"][rows], survey.weights[rows])
    assert curve.own["mean"].to_numpy() == pytest.approx(found.mean)
    low, high = found.interval(0.95)
    assert (curve.own["low"] < low).all()
    assert (curve.own["high"] > high).all()
