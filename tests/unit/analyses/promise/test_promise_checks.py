"""Candidates against the survey: important, different, credible, feasible, of one piece; and their order."""

import numpy as np
import pandas as pd
import pytest
from promise_surveys import again, attributes_of, long_ratings, read, simulated

from cerm_nb.analyses.promise.candidates import TABLE, judge_promises
from cerm_nb.analyses.promise.checks import check_carriers, floor_of
from cerm_nb.analyses.promise.parameters import Params
from cerm_nb.analyses.promise.value_curve import value_curve
from cerm_nb.analyses.promise.weights import weigh_attributes

PLACES = [("t0", "a0"), ("t0", "a1"), ("t1", "a2"), ("t1", "a3")]
MEANS = np.array([[5.5, 5.0, 3.0, 4.02], [5.0, 5.2, 5.0, 4.0]])
DERIVED = [0.45, 0.35, 0.15, 0.05]


def promise(name, *levels, **more):
    """A promise carried by the items whose level is told; 0 leaves one out."""
    carriers = [
        {"touchpoint": place[0], "attribute": place[1], "level": float(level), **more}
        for place, level in zip(PLACES, levels, strict=False)
        if level
    ]
    return {"name": name, "carriers": carriers}


def params(*promises, **more):
    return Params(own_brand="us", bootstrap=200, floor=4.0, promises=list(promises), **more)


@pytest.fixture(scope="module")
def asked():
    rng = np.random.default_rng(1)
    stated = np.array([6.0, 5.0, 5.5, 3.0]) + rng.normal(0, 0.5, (250, 4))
    table = pd.concat([simulated(rng, MEANS, 250), long_ratings(stated, "us", "importance")])
    survey, draws = read(table, params())
    return survey, draws, attributes_of(survey, DERIVED)


def judged(asked, own, preference=None, attributes="published"):
    survey, draws, published = asked
    attributes = published if isinstance(attributes, str) else attributes
    curve, weights = value_curve(survey, draws, own), weigh_attributes(survey, draws, attributes, None, own)
    carriers = check_carriers(survey, curve, weights, own)
    return judge_promises(survey, carriers, weights, own, preference), carriers


def liked(own):
    """Every promise adds five to ten points to our share of preference."""
    ends = {"preference": 0.07, "preference_low": 0.05, "preference_high": 0.1}
    return pd.DataFrame({"candidate": [one.name for one in own.promises], **ends})


def test_every_kind_of_candidate_gets_its_verdict_and_its_rank(asked):
    near = value_curve(*asked[:2], params()).of("rival1")["mean"][1] + 0.15  # neither clear nor the same
    own = params(
        promise("mend", 6.5, 0, 6.0),
        promise("idle", 0, 0, 0, 6.0),
        promise("same", 0, 5.2),
        promise("unsure", 0, near),
        promise("good", 6.5, 6.0),
        {"name": "bare"},
    )
    found, _ = judged(asked, own, liked(own))
    assert list(found.columns) == TABLE
    verdicts = found.set_index("candidate")["verdict"]
    assert verdicts["good"] == "credible"
    assert verdicts["mend"] == "fix_first"
    assert verdicts["idle"] == "not_important"
    assert verdicts["same"] == "no_difference"
    assert (verdicts["unsure"], verdicts["bare"]) == ("undetermined", "undetermined")
    reasons = found.set_index("candidate")["reason"]
    assert (reasons["unsure"], reasons["bare"], reasons["good"]) == (
        "difference_undetermined",
        "no_carriers",
        "",
    )
    assert found["candidate"][0] == "good"
    assert list(found["candidate"])[3:] == ["mend", "same", "idle"]
    assert list(found["rank"]) == [1, 2, 3, 4, 5, 6]


def test_one_touchpoint_below_the_floor_makes_a_promise_incredible_and_says_by_how_much(asked):
    found, carriers = judged(asked, params(promise("p", 6.5, 6.0, 6.0)))
    row = found.iloc[0]
    assert (row["verdict"], row["credible"], row["failing"]) == ("fix_first", "no", 1)
    assert (row["fix_touchpoint"], row["fix_attribute"]) == ("t1", "a2")
    assert row["shortfall"] == pytest.approx(1.0, abs=0.25)
    assert row["credibility"] == pytest.approx(-row["shortfall"])
    assert row["credibility_low"] < row["credibility"] < row["credibility_high"] < 0
    assert list(carriers["floor_reached"]) == ["yes", "yes", "no"]


def test_a_mean_above_the_floor_whose_low_end_is_under_it_is_unproven(asked):
    found, carriers = judged(asked, params(promise("p", 6.5, 0, 0, 6.0)))
    assert carriers["floor_reached"][1] == "unproven"
    assert carriers["reserve_low"][1] < 0 < carriers["reserve_high"][1]
    assert (found["verdict"][0], found["reason"][0]) == ("undetermined", "credibility_unproven")


def test_feasibility_is_told_but_never_decides(asked):
    easy, hard = (params(promise("p", 6.5, 6.0, feasibility=score, cost=10.0)) for score in (5, 1))
    first, second = (judged(asked, own, liked(own))[0] for own in (easy, hard))
    assert first["verdict"][0] == second["verdict"][0] == "credible"
    assert (first["feasibility"][0], second["feasibility_lowest"][0]) == (5.0, 1.0)
    assert first["cost"][0] == 20.0
    assert np.isnan(judged(asked, params(promise("p", 6.5)))[0]["feasibility"][0])


def test_of_two_credible_candidates_the_easier_comes_first_only_where_all_else_is_alike(asked):
    own = params(
        promise("hard", 6.5, feasibility=1), promise("easy", 6.5, feasibility=5), promise("best", 6.6)
    )
    assert list(judged(asked, own)[0]["candidate"]) == ["best", "easy", "hard"]


def test_preference_counts_where_choices_tell_it(asked):
    own = params(promise("wanted", 6.5), promise("unwanted", 6.9))
    shares = pd.DataFrame(
        {
            "candidate": ["wanted", "unwanted"],
            "preference": [0.1, -0.1],
            "preference_low": [0.05, -0.15],
            "preference_high": [0.15, -0.05],
        }
    )
    found = judged(asked, own, shares)[0]
    assert list(found["candidate"]) == ["wanted", "unwanted"]
    assert list(found["verdict"]) == ["credible", "not_preferred"]
    assert list(judged(asked, own)[0]["preferred"]) == ["", ""]


def test_importance_is_as_derived_else_as_stated_and_unknown_without_either(asked):
    own = params(promise("p", 6.5, 6.0))
    derived = judged(asked, own)[0].iloc[0]
    assert (derived["importance_from"], derived["stated_by"]) == ("derived", "all")
    assert derived["importance"] == pytest.approx(1.6)
    assert derived["importance_low"] < 1.6 < derived["importance_high"]
    stated = judged(asked, own, attributes=None)[0].iloc[0]
    assert stated["importance_from"] == "stated"
    assert stated["importance"] == pytest.approx(11 / 2 / (19.5 / 4), rel=0.02)
    assert stated["matters"] == "more"
    bare = read(simulated(np.random.default_rng(2), MEANS, 250), own)
    neither = judged((*bare, None), own, attributes=None)[0].iloc[0]
    assert (neither["verdict"], neither["reason"]) == ("undetermined", "importance_unknown")


def test_the_promised_level_must_clear_every_competitor_whichever_is_the_best(asked):
    _, carriers = judged(asked, params(promise("p", 6.5, 5.2, 3.5)))
    assert list(carriers["promised_standing"]) == ["ahead", "parity", "behind"]
    assert (carriers["promised_low"] < carriers["promised"]).all()
    found = judged(asked, params(promise("p", 6.5, 0, 3.5)))[0]
    assert found["differs"][0] == "undetermined"  # ahead here, behind there


def test_without_competitors_a_difference_cannot_be_told():
    rng = np.random.default_rng(3)
    own = params(promise("p", 6.5, 6.0))
    survey, draws = read(simulated(rng, MEANS[:1], 100), own)
    found = judged((survey, draws, attributes_of(survey, DERIVED)), own)[0].iloc[0]
    assert (found["verdict"], found["reason"], found["differs"]) == ("undetermined", "no_competitors", "")


def test_too_few_answers_leave_a_candidate_undetermined():
    table = simulated(np.random.default_rng(4), MEANS, 100)
    table = table[(table["attribute"] != "a1") | (table["respondent"] < "r00020")]
    own = params(promise("p", 6.5, 6.0))
    survey, draws = read(table, own)
    found, carriers = judged((survey, draws, attributes_of(survey, DERIVED)), own)
    assert list(carriers["floor_reached"]) == ["yes", "unknown"]
    assert np.isnan(carriers["today"][1])
    assert (found["verdict"][0], found["reason"][0]) == ("undetermined", "too_few_answers")


def test_consistency_tells_stages_and_dimensions_nobody_carries(asked):
    whole, part = (
        judged(asked, params(promise("whole", 6, 6, 6), promise("part", 6)))[0]
        .set_index("candidate")
        .loc[["whole", "part"]]
        .to_dict("records")
    )
    assert (whole["consistency"], whole["stages"], whole["dimensions"]) == ("whole", 3, 1)
    assert (part["consistency"], part["stages_missing"]) == ("partial", "at;after")


def test_the_floor_is_that_of_the_params_else_the_middle_of_the_scale(asked):
    survey = asked[0]
    assert floor_of(survey, params()) == 4.0
    low, high = survey.scale
    assert floor_of(survey, Params()) == pytest.approx((low + high) / 2)


def test_no_promises_make_empty_tables(asked):
    found, carriers = judged(asked, params())
    assert found.empty
    assert carriers.empty
    assert list(found.columns) == TABLE


def test_a_performance_just_at_the_floor_is_seldom_called_credible():
    rng, credible, means = np.random.default_rng(5), 0, np.full((1, 4), 4.0)
    own = params(promise("p", 6.0, 6.0))
    survey, draws = read(simulated(rng, means, 60), own)
    for _ in range(20):
        carriers = judged((again(survey, means, rng), draws, attributes_of(survey, DERIVED)), own)[1]
        credible += (carriers["floor_reached"] == "yes").all()
    assert credible <= 1
