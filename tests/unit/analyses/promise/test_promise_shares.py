"""Shares of preference in scenarios."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conjoint_data import LEVELS, OWN, choice_rows, coding, part_worths, rating_rows

from cerm_nb.analyses.promise.choice_tasks import read_tasks
from cerm_nb.analyses.promise.holdout_shares import calibrated_exponent, share_error
from cerm_nb.analyses.promise.ratings import rate
from cerm_nb.analyses.promise.redraws import redraw
from cerm_nb.analyses.promise.shares import RULES, prepare, shares
from cerm_nb.errors import DataError, NotEnoughData

DESK = {"checkin": "desk", "breakfast": "none", "price": "150"}
MOBILE = {"checkin": "mobile", "breakfast": "none", "price": "150"}
ROOM = {"checkin": "room", "breakfast": "local", "price": "200"}
EQUAL = np.zeros(9)
MEAN = np.array([-0.5, 0.2, 0.3, 0.0, 0.6, -0.6, 0.8, 0.0, -0.8])


def spread(people=200, draws=1, seed=0, by=0.4):
    """Part-worths of levels around `MEAN`, the price's alike for all."""
    noise = np.random.default_rng(seed).normal(0, by, (draws, people, 2, 3))
    noise -= noise.mean(axis=-1, keepdims=True)
    return MEAN + np.concatenate([noise.reshape(draws, people, 6), np.zeros((draws, people, 3))], axis=2)


def market(levels, **told):
    return prepare(part_worths(levels, **told), OWN)


def told(found, rule):
    frame = found.frame
    return frame[(frame["rule"] == rule) & (frame["group"] == "")].set_index("brand")["share"]


def test_logit_shares_follow_the_formula():
    found = told(shares(market([MEAN, MEAN]), {"now": {"us": DESK, "them": ROOM}}), "logit")
    utility = np.exp([-0.5 - 0.6 + 0.0, 0.3 + 0.6 - 0.8])
    assert found.to_numpy() == pytest.approx(utility / utility.sum())


def test_first_choice_gives_all_to_the_best_and_parts_ties():
    levels = np.array([EQUAL, EQUAL, EQUAL])
    levels[0, :3], levels[1, :3] = [1.0, 0.0, -1.0], [-1.0, 0.0, 1.0]
    found = shares(market(levels), {"now": {"us": DESK, "them": ROOM}}, ["first_choice"])
    assert told(found, "first_choice").to_numpy() == pytest.approx([0.5, 0.5])
    torn = shares(market(levels[[0, 2]]), {"now": {"us": DESK, "them": ROOM}}, ["first_choice"])
    assert told(torn, "first_choice").to_numpy() == pytest.approx([0.75, 0.25])
    three = shares(market(levels[:1]), {"now": {"us": DESK, "also us": DESK, "them": ROOM}}, ["first_choice"])
    assert told(three, "first_choice").to_numpy() == pytest.approx([0.5, 0.5, 0.0])


def test_a_twin_takes_share_from_its_likeness_which_logit_cannot_tell():
    alone = {"us": DESK, "them": {**ROOM, "price": "150"}}
    levels = spread(by=0.1) * 0
    found = shares(market(levels[0]), {"alone": alone, "twin": {**alone, "twin": DESK}})
    share = found.frame.set_index(["rule", "scenario", "brand"])["share"]
    assert share["logit", "alone", "them"] == pytest.approx(0.5)
    assert share["logit", "twin", "them"] == pytest.approx(1 / 3)
    assert share["randomised_first_choice", "alone", "them"] == pytest.approx(0.5, abs=0.005)
    assert 0.43 < share["randomised_first_choice", "twin", "them"] < 0.5


def test_randomised_first_choice_agrees_with_drawing_every_error():
    levels = spread(50)[0]
    scenario = {"us": DESK, "near": MOBILE, "them": ROOM}
    found = told(shares(market(levels), {"now": scenario}), "randomised_first_choice")
    rng = np.random.default_rng(9)
    names = [(name, level) for name, values in LEVELS.items() for level in values]
    has = np.array(
        [[profile[name] == level for name, level in names] for profile in scenario.values()], float
    )
    error = rng.normal(0, np.sqrt(0.9 * np.pi**2 / 6 / 3), (50, 20_000, 9)) @ has.T
    error += rng.gumbel(0, np.sqrt(0.1), error.shape)
    best = ((levels @ has.T)[:, None] + error).argmax(axis=2)
    assert found.to_numpy() == pytest.approx(np.bincount(best.ravel()) / best.size, abs=0.004)


def test_btl_shares_are_in_proportion_to_ratings_and_leave_out_who_has_a_negative_one():
    profiles = [{"a": one} for one in ("x", "y")]
    worth = rate(read_tasks(rating_rows(profiles, [[8.0, 2.0], [5.0, 5.0], [6.0, -1.0]]), "rating"))
    frame = shares(prepare(worth, OWN), {"now": {"us": {"a": "x"}, "them": {"a": "y"}}}, ["btl"]).frame
    assert frame["share"].to_numpy() == pytest.approx([0.65, 0.35])
    assert frame["n"].tolist() == [2, 2]
    assert frame["left_out"].tolist() == [1, 1]


def test_btl_without_a_positive_rating_is_not_enough():
    profiles = [{"a": one} for one in ("x", "y")]
    worth = rate(read_tasks(rating_rows(profiles, [[8.0, -2.0], [-5.0, 5.0]]), "rating"))
    with pytest.raises(NotEnoughData, match="no positive utilities"):
        shares(prepare(worth, OWN), {"now": {"us": {"a": "x"}, "them": {"a": "y"}}}, ["btl"])


def test_equal_utilities_give_equal_shares_by_every_rule():
    found = shares(market([EQUAL] * 40), {"now": {"us": DESK, "them": ROOM}})
    assert found.frame["share"].to_numpy() == pytest.approx([0.5] * 6, abs=0.005)


def test_intervals_hold_respondents_and_draws():
    sure, unsure = spread(100, 1), spread(100, 1) + np.random.default_rng(4).normal(0, 1, (60, 1, 1)) * MEAN
    few = spread(20, 1)
    scenario = {"now": {"us": DESK, "them": ROOM}}
    width = [
        float((frame["high"] - frame["low"]).iloc[0])
        for frame in (shares(market(one), scenario, ["logit"]).frame for one in (sure, unsure, few))
    ]
    assert width[1] > 2 * width[0]
    assert width[2] > 1.5 * width[0]


def test_the_interval_has_the_width_of_the_standard_error_over_respondents():
    levels = spread(400, 1, by=1.0)
    frame = shares(
        prepare(part_worths(levels), OWN.model_copy(update={"bootstrap": 4000})),
        {"now": {"us": DESK, "them": ROOM}},
        ["logit"],
    ).frame
    utility = levels[0] @ np.array([[1, 0, 0, 0, 0, 1, 0, 1, 0], [0, 0, 1, 0, 1, 0, 0, 0, 1]]).T
    each = 1 / (1 + np.exp(utility[:, 1] - utility[:, 0]))
    half = 1.96 * each.std(ddof=1) / 20
    assert frame["share"][0] == pytest.approx(each.mean())
    assert [frame["low"][0], frame["high"][0]] == pytest.approx(
        [each.mean() - half, each.mean() + half], abs=half / 8
    )


def test_redraws_keep_weights_and_take_every_draw_as_often():
    drawn = redraw([8.0, 1.0, 1.0, 0.0], 50, OWN)
    assert drawn.weights.sum(axis=1) == pytest.approx(np.ones(201))
    assert (drawn.weights[:, 3] == 0).all()
    heavy, light = drawn.weights[1:, 0], drawn.weights[1:, 1]
    both = (heavy > 0) & (light > 0)
    assert set((heavy[both] / light[both]).round(6)) <= {4.0, 8.0, 16.0}
    assert np.bincount(drawn.draw).tolist() == [4] * 50
    values = np.arange(50.0)[:, None, None] * np.ones((1, 4, 1))
    assert drawn.means(values)[:, 0] == pytest.approx(np.r_[24.5, drawn.draw])


def test_weights_and_groups():
    levels = np.array([EQUAL] * 6)
    levels[:2, :3], levels[2:, :3] = [9.0, 0.0, -9.0], [-9.0, 0.0, 9.0]
    groups = pd.Series(["a", "a", "b", "b", None, "b"])
    given = prepare(part_worths(levels), OWN, [2, 2, 1, 1, 1, 1])
    frame = shares(given, {"now": {"us": DESK, "them": ROOM}}, ["first_choice"], groups=groups).frame
    ours = frame[frame["brand"] == "us"].set_index("group")
    assert ours["share"].to_dict() == pytest.approx({"": 0.5, "a": 1.0, "b": 0.0})
    assert ours["n"].to_dict() == {"": 6, "a": 2, "b": 3}
    assert ours["n_eff"][""] == pytest.approx(64 / 12)


def test_groups_of_a_model_that_knows_none_are_told_to_be_drawn_together():
    groups = pd.Series(["a", "b"] * 10)
    keys = [
        dict(shares(market(one), {"now": {"us": DESK, "them": ROOM}}, ["logit"], groups=groups).caveats)
        for one in (spread(20, 1), spread(20, 5))
    ]
    assert ["groups_shrunk" in one for one in keys] == [False, True]


def test_an_exponent_sharpens_shares_and_is_told_of():
    plain = shares(market([MEAN] * 5), {"now": {"us": DESK, "them": ROOM}}, ["logit"])
    sharp = shares(market([MEAN] * 5), {"now": {"us": DESK, "them": ROOM}}, ["logit"], exponent=3.0)
    odds = [float(np.divide(*told(one, "logit"))) for one in (plain, sharp)]
    assert odds[1] == pytest.approx(odds[0] ** 3)
    assert dict(plain.caveats) == {"share_of_preference": {}}
    assert dict(sharp.caveats)["exponent_calibrated"] == {"exponent": 3.0}


def test_a_price_between_the_tested_ones_is_worth_what_lies_between():
    for linear in (True, False):
        given = market([MEAN, MEAN], given=coding(linear=linear))
        found = told(shares(given, {"now": {"us": {**DESK, "price": 175}, "them": DESK}}), "logit")
        assert float(np.log(found["them"] / found["us"])) == pytest.approx(0.4)


def test_a_price_between_those_valued_one_by_one_lies_between_its_neighbours():
    bent = np.r_[MEAN[:6], 0.9, -0.2, -0.7]
    given = market([bent, bent], given=coding(linear=False))
    found = told(shares(given, {"now": {"us": {**DESK, "price": 125}, "them": DESK}}), "logit")
    assert float(np.log(found["us"] / found["them"])) == pytest.approx(0.35 + 0.2)


def test_a_linear_price_goes_beyond_the_tested_ones_and_says_so():
    found = shares(market([MEAN, MEAN]), {"now": {"us": {**DESK, "price": "250"}, "them": DESK}}, ["logit"])
    share = told(found, "logit")
    assert float(np.log(share["them"] / share["us"])) == pytest.approx(1.6)
    assert dict(found.caveats)["price_extrapolated"] == {"scenario": "now", "prices": [250.0]}


def test_a_scenario_without_price_holds_it_alike():
    without = {"us": {"checkin": "desk"}, "them": {"checkin": "room"}}
    found = shares(market([MEAN] * 3), {"now": without}, ["logit"])
    share = told(found, "logit")
    assert float(np.log(share["them"] / share["us"])) == pytest.approx(0.8)
    assert dict(found.caveats) == {
        "share_of_preference": {},
        "scenario_without_price": {"scenario": "now"},
        "attributes_left_equal": {"scenario": "now", "attributes": ["breakfast"]},
    }


def test_none_of_these_is_an_alternative_where_the_tasks_had_it():
    given = coding(none=True)
    levels = np.append(MEAN, 0.7)
    found = told(shares(market([levels] * 3, given=given), {"now": {"us": DESK, "none": {}}}), "logit")
    assert float(np.log(found["none"] / found["us"])) == pytest.approx(0.7 + 1.1)


def test_all_that_is_wrong_in_scenarios_is_told_at_once_with_the_nearest_names():
    wrong = {
        "now": {"us": {**DESK, "checkin": "mobil"}, "them": {**ROOM, "brekfast": "local"}},
        "then": {"us": DESK, "them": {"checkin": "room"}, "other": {**ROOM, "price": "cheap"}},
        "none": {"us": DESK, "none": {}},
    }
    with pytest.raises(DataError) as raised:
        shares(market([MEAN] * 3), wrong)
    text = str(raised.value)
    assert len(raised.value.problems) == 5
    assert "did you mean 'mobile'?" in text
    assert "did you mean 'breakfast'?" in text
    assert "scenario then → them: no level of breakfast, price" in text
    assert "'cheap' is no price; expected a number; 100 to 200 were tested" in text
    assert "the choice tasks offered no such alternative" in text


def test_a_price_outside_the_tested_ones_is_refused_where_it_is_no_line():
    with pytest.raises(DataError, match="250 lies outside"):
        shares(
            market([MEAN] * 3, given=coding(linear=False)),
            {"now": {"us": {**DESK, "price": 250}, "them": DESK}},
        )


def test_one_brand_has_nothing_to_be_preferred_to():
    with pytest.raises(NotEnoughData, match="one brand"):
        shares(market([MEAN] * 3), {"now": {"us": DESK}})


def test_one_respondent_has_shares_without_intervals():
    frame = shares(market([MEAN]), {"now": {"us": DESK, "them": ROOM}}).frame
    assert frame["share"].notna().all()
    assert frame[["low", "high"]].isna().all(axis=None)


def test_nobody_with_a_weight_is_not_enough():
    with pytest.raises(NotEnoughData, match="no respondents"):
        prepare(part_worths([MEAN] * 3), OWN, [0, 0, 0])


def test_weights_of_other_respondents_are_refused():
    with pytest.raises(DataError, match="weights of respondents: 2; expected one for each of 3"):
        prepare(part_worths([MEAN] * 3), OWN, [1, 1])


def test_unknown_rules_and_btl_of_choices_are_refused_at_once():
    with pytest.raises(DataError) as raised:
        shares(market([MEAN] * 3), {"now": {"us": DESK, "them": ROOM}}, ["btl", "logitt"])
    assert len(raised.value.problems) == 2
    assert all(name in str(raised.value) for name in RULES)


def kept_back(levels, scale=1.0, **shape):
    """Tasks with hold-outs chosen by the part-worths, and the market of them."""
    at = np.cumsum([0, 3, 3])

    def utility(person, codes):
        return scale * sum(levels[person][at[k] + code] for k, code in enumerate(codes))

    rows = choice_rows(len(levels), 3, utility=utility, **shape)
    tasks = read_tasks(rows, "choice", "price")
    return prepare(part_worths(levels, coding()), OWN), tasks


def test_draws_of_part_worths_change_nothing_that_was_observed():
    given, tasks = kept_back(spread(60)[0], holdout=2)
    drawn = spread(60, 1) + np.random.default_rng(2).normal(0, 0.5, (30, 1, 1)) * MEAN
    once, often = share_error(given, tasks), share_error(prepare(part_worths(drawn), OWN), tasks)
    assert often.frame["observed"].equals(once.frame["observed"])
    assert (often.equal, often.equal_low, often.equal_high) == (once.equal, once.equal_low, once.equal_high)
    assert often.low <= often.error <= often.high < 1


def test_true_part_worths_predict_shares_as_well_as_chance_allows_and_beat_equal_shares():
    found = share_error(*kept_back(spread(300)[0] * 2, holdout=4))
    assert found.error < 2 * found.noise
    assert found.gain_low > 0
    assert found.equal > 3 * found.error
    assert found.low <= found.error <= found.high
    assert len(found.frame) == 12
    assert found.frame.groupby("task")["observed"].sum().to_numpy() == pytest.approx(np.ones(4))


def test_a_set_is_judged_by_those_who_had_it():
    levels = spread(80)[0] * 2
    given, tasks = kept_back(levels, holdout=2)
    first = tasks.task == np.unique(tasks.kept_back.task)[0]
    half = tasks.where(~(tasks.holdout & (first == (tasks.respondent < 40))))
    frame = share_error(given, half).frame
    assert frame["n"].tolist() == [40] * 6
    for name, had in ((0, slice(40, 80)), (1, slice(0, 40))):
        one = tasks.kept_back.design[name]
        each = np.exp(levels[had] @ shown(one).T)
        expected = (each / each.sum(axis=1, keepdims=True)).mean(axis=0)
        matches = [np.allclose(expected, part["predicted"]) for _, part in frame.groupby("task")]
        assert matches.count(True) == 1


def test_a_hold_out_set_may_offer_none_of_these():
    levels = np.column_stack([spread(60)[0], np.full(60, -1.0)])
    given = coding(none=True)
    market = prepare(part_worths(levels, given), OWN)
    tasks = read_tasks(choice_rows(60, 3, none=True, holdout=1), "choice", "price")
    frame = share_error(market, tasks).frame
    assert frame["observed"].tolist()[-1] == 0.0
    task = tasks.kept_back.where(np.arange(60) == 0)
    worth = np.append(levels[:, :9] @ shown(task.design[0][:3]).T, levels[:, 9:], axis=1)
    each = np.exp(worth) / np.exp(worth).sum(axis=1, keepdims=True)
    assert frame["predicted"].to_numpy() == pytest.approx(each.mean(axis=0))


def shown(codes):
    """Which levels profiles have, shape (profiles, levels)."""
    return np.array([[code == level for code in one for level in range(3)] for one in codes], dtype=float)


def test_part_worths_that_know_nothing_do_not_beat_equal_shares():
    known = spread(200)[0] * 2
    _, tasks = kept_back(known, holdout=3)
    found = share_error(prepare(part_worths(known * 0), OWN), tasks)
    assert found.gain == pytest.approx(0, abs=1e-12)


def test_the_exponent_is_found_from_hold_out_choices():
    value, low, high = calibrated_exponent(*kept_back(spread(400)[0] * 2, scale=0.5, holdout=4))
    assert low < 0.5 < high
    assert 0.35 < value < 0.7


def test_hold_outs_that_are_missing_or_all_different_are_not_enough():
    with pytest.raises(NotEnoughData, match="no holdout tasks"):
        share_error(*kept_back(spread(20)[0]))
    given, tasks = kept_back(spread(20)[0], holdout=1)
    with pytest.raises(NotEnoughData, match=r"holdout sets vary \(needed 30.0, found 20\)"):
        share_error(given, tasks)
