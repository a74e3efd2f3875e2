"""The answer: a promise to make, what to fix first, or what to write where nobody has written one."""

import numpy as np
import pandas as pd
import pytest
from promise_surveys import (
    attributes_of,
    fast_food_frame,
    hotel_frames,
    long_ratings,
    read,
    simulated,
)

from cerm_nb.analyses.promise.candidates import judge_promises
from cerm_nb.analyses.promise.checks import check_carriers
from cerm_nb.analyses.promise.moves import moves, value_curve_table
from cerm_nb.analyses.promise.parameters import Params
from cerm_nb.analyses.promise.record_checks import check_promises
from cerm_nb.analyses.promise.value_curve import value_curve
from cerm_nb.analyses.promise.verdict import answer, suggest
from cerm_nb.analyses.promise.weights import weigh_attributes
from cerm_nb.surveys import draw_respondents, read_survey

MEANS = np.array([[5.5, 3.0, 5.0], [4.5, 4.0, 5.0]])
OWN = Params(own_brand="us", bootstrap=200, floor=4.0)


def carried(name, *places):
    carriers = [{"touchpoint": t, "attribute": a, "level": level} for t, a, level in places]
    return {"name": name, "carriers": carriers}


GOOD = carried("good", ("t0", "a0", 6.5))
BROKEN = carried("broken", ("t0", "a0", 6.5), ("t0", "a1", 6.0))


def shown(*names, low=0.05, high=0.12):
    """What each promise adds to our share of preference, as choice tasks tell it."""
    middle = (low + high) / 2
    told = {"candidate": list(names), "preference": middle, "preference_low": low, "preference_high": high}
    return pd.DataFrame(told)


def answered(survey, draws, attributes, own, preference=None):
    check_promises(own, survey)
    curve, weights = value_curve(survey, draws, own), weigh_attributes(survey, draws, attributes, None, own)
    table = value_curve_table(curve, moves(survey, draws, curve, weights, None, own))
    judged = judge_promises(survey, check_carriers(survey, curve, weights, own), weights, own, preference)
    return answer(survey, curve, table, weights, judged, own), table


@pytest.fixture(scope="module")
def asked():
    survey, draws = read(simulated(np.random.default_rng(1), MEANS, 250), OWN)
    return survey, draws, attributes_of(survey, [0.5, 0.4, 0.1])


def of(asked, *promises, preference=None):
    own = OWN.model_copy(update={"promises": Params(promises=list(promises)).promises})
    return answered(*asked, own, preference)[0]


def test_a_credible_candidate_is_a_go_whatever_else_is_written(asked):
    found = of(asked, BROKEN, GOOD, preference=shown("broken", "good"))
    assert (found.verdict, found.reason, found.candidate) == ("go", "", "good")
    assert (found.preference_low, found.preference_high) == (0.05, 0.12)
    assert 0 < found.low < found.value < found.high
    assert (found.candidates, found.credible, found.floor) == (2, 1, 4.0)
    assert (found.touchpoint, found.attribute, found.n) == ("t0", "a0", 250)


def test_no_promise_is_a_go_before_customers_are_shown_to_prefer_it(asked):
    found = of(asked, GOOD)
    assert (found.verdict, found.reason, found.credible) == ("watch", "preference_unknown", 0)
    assert np.isnan(found.preference)
    found = of(asked, GOOD, preference=shown("good", low=-0.02))
    assert (found.verdict, found.reason) == ("watch", "preference_unproven")
    assert found.preference == pytest.approx(0.05)
    found = of(asked, GOOD, preference=shown("good", low=-0.12, high=-0.05))
    assert (found.verdict, found.reason) == ("stop", "not_preferred")


def test_that_preference_is_not_shown_is_told_beside_a_reason_that_weighs_more(asked):
    assert "preference_unknown" in dict(of(asked, BROKEN).caveats)
    unsure = dict(of(asked, BROKEN, preference=shown("broken", low=-0.02)).caveats)
    assert unsure["preference_unproven"]["preference_low"] == -0.02
    settled = dict(of(asked, BROKEN, preference=shown("broken")).caveats)
    assert not {"preference_unknown", "preference_unproven"} & set(settled)
    alone = dict(of(asked, GOOD).caveats)  # the reason itself says so
    assert "preference_unknown" not in alone


def test_where_none_is_credible_the_answer_is_what_to_fix_first(asked):
    found = of(asked, BROKEN)
    assert (found.verdict, found.reason) == ("stop", "fix_first")
    assert (found.touchpoint, found.attribute) == ("t0", "a1")
    assert found.low < found.value < found.high < 0
    assert found.value == pytest.approx(-1.0, abs=0.25)


def test_what_cannot_be_told_is_watched_and_says_why(asked):
    assert (of(asked, {"name": "bare"}).verdict, of(asked, {"name": "bare"}).reason) == (
        "watch",
        "no_carriers",
    )
    theirs = value_curve(*asked[:2], OWN).of("rival1")["mean"][0]
    level = carried("near", ("t0", "a0", theirs + 0.15))
    assert (of(asked, level).verdict, of(asked, level).reason) == ("watch", "difference_undetermined")
    same = carried("same", ("t0", "a0", theirs))
    assert (of(asked, same).verdict, of(asked, same).reason) == ("stop", "no_difference")


def test_without_a_promise_the_answer_is_what_could_carry_one(asked):
    found, table = answered(*asked, OWN)
    assert (found.verdict, found.reason, found.candidate) == ("watch", "no_promise", "")
    assert (found.touchpoint, found.attribute) == ("t0", "a0")
    assert found.value == pytest.approx(1.0, abs=0.3)
    assert found.low <= found.value <= found.high
    written = suggest(asked[0], table, OWN)
    assert written["attribute"].tolist() == ["a0"]
    rival = table[(table["brand"] == "rival1") & (table["attribute"] == "a0")].iloc[0]
    assert rival["high"] < written["level"][0] <= max(rival["high"], written["mean"][0]) + 0.1 + 1e-9


def test_what_is_suggested_is_different_when_it_is_written_and_kept(asked):
    table = answered(*asked, OWN)[1]
    one = suggest(asked[0], table, OWN).iloc[0]
    written = carried("written", (one["touchpoint"], one["attribute"], float(one["level"])))
    found = of(asked, written, preference=shown("written"))
    assert (found.verdict, found.candidate) == ("go", "written")


def test_where_nothing_reaches_the_floor_nothing_can_carry_a_promise():
    survey, draws = read(simulated(np.random.default_rng(2), np.full((2, 3), 3.0), 200), OWN)
    found, table = answered(survey, draws, attributes_of(survey, [0.5, 0.4, 0.1]), OWN)
    assert (found.verdict, found.reason) == ("stop", "nothing_to_carry")
    assert np.isnan(found.value)
    assert suggest(survey, table, OWN).empty


def test_too_few_answers_for_anything_are_said_so():
    survey, draws = read(simulated(np.random.default_rng(3), MEANS, 12), OWN)
    found, _ = answered(
        survey, draws, None, OWN.model_copy(update={"promises": Params(promises=[GOOD]).promises})
    )
    assert (found.verdict, found.reason) == ("not_enough_data", "too_few_answers")


def test_caveats_tell_what_the_promise_leaves_out_and_where_importance_contradicts_itself():
    rng = np.random.default_rng(4)
    stated = np.array([3.0, 5.0, 5.0]) + rng.normal(0, 0.5, (250, 3))
    table = pd.concat([simulated(rng, MEANS, 250), long_ratings(stated, "us", "importance")])
    survey, draws = read(table, OWN)
    own = OWN.model_copy(update={"promises": Params(promises=[GOOD]).promises})
    found, _ = answered(survey, draws, attributes_of(survey, [0.5, 0.4, 0.1]), own)
    told = dict(found.caveats)
    assert told["promise_partial"]["stages_missing"] == ("at", "after")
    assert told["importance_contradicts"]["derived"] == pytest.approx(1.5)
    assert "feasibility_not_said" in told
    assert "target_customers_unknown" in told


def test_importance_that_only_customers_words_bear_out_is_told():
    rng = np.random.default_rng(6)
    stated = np.array([5.0, 3.0, 3.0]) + rng.normal(0, 0.5, (250, 3))
    table = pd.concat([simulated(rng, MEANS, 250), long_ratings(stated, "us", "importance")])
    survey, draws = read(table, OWN)
    own = OWN.model_copy(update={"promises": Params(promises=[GOOD]).promises})
    attributes = attributes_of(survey, [0.4, 0.4, 0.2], half=0.2)
    found, _ = answered(survey, draws, attributes, own, shown("good"))
    told = dict(found.caveats)["importance_stated_alone"]
    assert found.verdict == "go"
    assert told["derived_low"] < 1 < told["derived_high"]
    assert told["stated_low"] > 1
    sure, _ = answered(survey, draws, attributes_of(survey, [0.5, 0.4, 0.1]), own, shown("good"))
    assert "importance_stated_alone" not in dict(sure.caveats)


def test_the_hotel_can_promise_a_warm_welcome_but_not_yet_that_it_remembers():
    warm = carried(
        "warm",
        ("도어 영접", "첫인상의 따뜻함", 5.7),
        ("체크인", "직원의 친절", 6.0),
        ("배웅", "진심 어린 인사", 5.0),
    )
    remembers = carried(
        "remembers", ("체크인", "이름과 취향을 기억함", 5.2), ("후속 메일", "감사의 진정성", 5.0)
    )
    own = Params(bootstrap=200, parity_margin=0.3, promises=[remembers, warm])
    survey = read_survey(*hotel_frames(), own)
    shares = np.full(len(survey.items), 0.015)
    for touchpoint, attribute in (
        ("도어 영접", "첫인상의 따뜻함"),
        ("체크인", "직원의 친절"),
        ("체크인", "이름과 취향을 기억함"),
    ):
        shares[survey.find(touchpoint, attribute)] = 0.07
    attributes = attributes_of(survey, list(shares), 0.005)
    liked = shown("remembers", "warm", low=0.034, high=0.12)
    found, _ = answered(survey, draw_respondents(survey, own), attributes, own, liked)
    assert (found.verdict, found.candidate, found.credible) == ("go", "warm", 1)
    assert (found.touchpoint, found.attribute) == ("배웅", "진심 어린 인사")
    alone = own.model_copy(update={"promises": own.promises[:1]})
    found, _ = answered(survey, draw_respondents(survey, own), attributes, alone)
    assert (found.verdict, found.reason, found.touchpoint) == ("stop", "fix_first", "후속 메일")


def test_forty_students_leave_the_restaurant_without_a_promise_honestly():
    own = Params(own_brand="Wendy's", bootstrap=200)
    survey, draws = read(fast_food_frame(), own)
    found, table = answered(survey, draws, None, own)
    assert found.reason in {"no_promise", "nothing_to_carry"}
    assert found.verdict in {"watch", "stop"}
    assert set(table["standing"]) - {"", "undetermined", "ahead", "behind", "parity"} == set()


def test_without_a_promise_and_without_importance_nothing_can_be_told():
    rng = np.random.default_rng(5)
    own = Params(own_brand="us", bootstrap=200)
    survey, draws = read(simulated(rng, np.array([[5.0, 5.0], [4.0, 4.0]]), 100), own)
    curve, weights = value_curve(survey, draws, own), weigh_attributes(survey, draws, None, None, own)
    table = value_curve_table(curve, moves(survey, draws, curve, weights, None, own))
    judged = judge_promises(survey, check_carriers(survey, curve, weights, own), weights, own)
    found = answer(survey, curve, table, weights, judged, own)
    assert (found.verdict, found.reason, found.n) == ("not_enough_data", "importance_unknown", 100)
    assert np.isnan(found.value)
