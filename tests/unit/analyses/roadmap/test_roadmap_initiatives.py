from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import roadmap_data as data
from scipy.stats import spearmanr

from cerm_nb.analyses import roadmap
from cerm_nb.analyses.roadmap.initiatives import pert
from cerm_nb.errors import DataError

OWN = roadmap.Params(bootstrap=100)

# What each does to overall satisfaction if it changes its attribute by what truth.json tells: the mean of
# what `generator.outcomes.contributions` adds, over 20,000 guests that the generator draws.
TRULY = {"I1": 0.0725, "I2": 0.0221, "I3": 0.0605, "I4": 0.0173, "I5": 0.1078, "I7": 0.0325, "I9": 0.0325}
NOTHING = ("I6", "I8", "I10")


def estimated(small, own=OWN, as_of="2026-06-30", indicators=None, **columns):
    survey, _, _, _, worth = small
    return roadmap.initiatives(data.listed(**columns), survey, worth, indicators, as_of, own)


def test_a_point_of_everything_is_worth_what_was_planted(small):
    worth = small[4]
    assert worth.reason == ""
    assert worth.slope_low < 0.8 < worth.slope_high  # 0.5 + 0.2 + 0.1
    assert worth.points[0].sum() == pytest.approx(worth.slope)  # everybody met everything
    assert worth.points[0].argmax() == 0


def test_the_worth_of_a_point_is_held_by_its_interval_as_often_as_it_says(small):
    held, size = 0, len(small[0].rows)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        ratings = rng.normal(4, 1.2, (size, 3))
        felt = ratings @ [0.5, 0.2, 0.1] + rng.normal(0, 0.4, size)
        outcomes = {("satisfaction", "overall"): felt}
        survey = replace(small[0], ratings={**small[0].ratings, "experience": ratings}, outcomes=outcomes)
        draws = roadmap.draw_respondents(survey, OWN)
        shares = survey.items[["touchpoint", "attribute"]].assign(
            brand="us", importance_derived=1 / 3, low=0.2, high=0.5, importance_stated=np.nan, experience=4.0
        )
        aimed = roadmap.aims(survey, shares, OWN)
        worth = roadmap.worth_of(survey, draws, shares, aimed, OWN)
        held += worth.slope_low <= 0.8 <= worth.slope_high
    assert 0.87 <= held / 40 <= 1.0


def test_the_hotels_initiatives_bring_about_what_was_planted(hotel, worth, own):
    table = data.table("initiatives").assign(start=None)
    effects = table["initiative"].map(data.truth()["initiatives"]["effects"])
    told = table.assign(effect=effects, effect_low=effects, effect_high=effects)
    found = roadmap.initiatives(told, hotel, worth, None, data.AS_OF, own).frame.set_index("initiative")
    truly = pd.Series(TRULY).reindex(found.index, fill_value=0.0)
    assert spearmanr(found["impact"], truly).statistic > 0.75
    # importance leans to the mean of all attributes, so impact errs to the small side of what is great
    assert (found["impact"] < 1.6 * truly + 0.03).all()
    assert found.loc["I6", "impact"] == 0.0
    assert found.loc[list(NOTHING), "impact"].max() < found.loc[["I3", "I5"], "impact"].min() / 2
    assert (found["low"] <= found["impact"]).all()
    assert (found["impact"] <= found["high"]).all()


def test_first_among_the_hotels_initiatives_is_the_wireless_network(found):
    planned = found.frame[found.open].set_index("initiative")
    assert planned["priority"].idxmax() == "I3"
    assert planned.loc["I3", "p_top3"] > 0.9
    assert planned.loc["I6", "priority"] < 0.1 * planned.loc["I3", "priority"]
    assert planned["p_top3"].sum() == pytest.approx(3, abs=0.01)
    states = found.frame.set_index("initiative")["state"]
    assert set(states[["I1", "I2", "I4"]]) == {"done"}
    assert found.frame.loc[~found.open, "rank"].isna().all()


def test_impact_is_effect_times_importance_times_reach_by_hand(small):
    worth = small[4]
    frame = estimated(small).frame
    assert frame["impact"].to_numpy() == pytest.approx(0.5 * worth.points[0])
    assert frame["priority"].to_numpy() == pytest.approx(
        0.5 * worth.points[0] * np.maximum(worth.gap[0], 0) * 0.8
    )
    assert frame["gain"].to_numpy() == pytest.approx(0.8 * frame["impact"])


def test_an_effect_ends_where_the_scale_does(small):
    worth = small[4]
    frame = estimated(small, effect=[9.0] * 3, effect_low=[9.0] * 3, effect_high=[9.0] * 3).frame
    assert frame["impact"].to_numpy() == pytest.approx(worth.room[0] * worth.points[0])


def test_a_whole_touchpoint_is_all_its_attributes(small):
    worth = small[4]
    frame = estimated(small, attribute=[None] * 3).frame
    assert frame.loc[0, "impact"] == pytest.approx(0.5 * worth.points[0][:2].sum())
    weights = worth.points[0][:2]
    assert frame.loc[0, "gap"] == pytest.approx((weights * worth.gap[0][:2]).sum() / weights.sum())


def test_success_needs_that_of_what_comes_first(small):
    told = estimated(small, depends_on=["y", "z", None], feasibility=[5.0, 4.0, 1.0])
    assert told.frame["success"].tolist() == pytest.approx([0.95 * 0.8 * 0.2, 0.8 * 0.2, 0.2])
    done = estimated(
        small, depends_on=["y", "z", None], feasibility=[5.0, 4.0, 1.0], start=[None, None, "2026-01-01"]
    )
    assert done.frame["success"].tolist() == pytest.approx([0.95 * 0.8, 0.8, 1.0])
    assert dict(done.caveats)["initiatives_done"]["initiatives"] == ("z",)


def test_states_follow_the_day_seen(small):
    starts = ["2026-05-01", "2026-04-30", "2026-07-01"]
    told = estimated(small, start=starts).frame
    assert told["state"].tolist() == ["running", "done", "planned"]


def test_effects_are_drawn_from_their_pert_distribution():
    table = data.listed(
        effect=[0.5, 0.2, np.nan], effect_low=[0.2, np.nan, 0.1], effect_high=[1.4, np.nan, 0.3]
    )
    drawn = pert(table, 20_000, 1)
    assert drawn[0, :2].tolist() == pytest.approx([0.6, 0.2])  # (0.2 + 4 · 0.5 + 1.4) / 6
    assert drawn[1:, 0].mean() == pytest.approx(0.6, abs=0.005)
    # beta(2, 4) on 0.2 … 1.4: variance 1.2² · 2 · 4 / (6² · 7)
    assert drawn[1:, 0].var() == pytest.approx(1.44 * 8 / 252, rel=0.03)
    assert drawn[1:, 0].min() >= 0.2
    assert np.isnan(drawn[:, 2]).all()
    assert drawn[:, 1] == pytest.approx(0.2)


def test_what_nobody_tells_is_unknown_and_said_so(small):
    told = estimated(
        small,
        touchpoint=[None, "p", "q"],
        attribute=[None, "b", "c"],
        effect=[0.5, np.nan, 0.4],
        effect_low=[np.nan] * 3,
        effect_high=[np.nan] * 3,
        feasibility=[np.nan] * 3,
        cost=[np.nan] * 3,
        months=[np.nan] * 3,
    )
    assert told.frame["impact"].isna().tolist() == [True, True, False]
    assert told.frame["success"].tolist() == pytest.approx([0.6] * 3)
    keys = {key: values["n"] for key, values in told.caveats}
    assert keys == {
        "impact_unknown": 2,
        "effects_without_range": 2,
        "feasibility_unknown": 3,
        "costs_unknown": 3,
        "months_unknown": 3,
    }


def test_where_nothing_is_missing_nothing_has_priority(small):
    survey, draws, attributes, _, _ = small
    own = OWN.model_copy(update={"target": 1.0})
    worth = roadmap.worth_of(survey, draws, attributes, roadmap.aims(survey, attributes, own), own)
    told = roadmap.initiatives(data.listed(), survey, worth, None, "2026-06-30", own)
    assert (told.frame["gap"] == 0).all()
    assert (told.frame["priority"] == 0).all()
    assert (told.frame["impact"] > 0).all()


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"touchpoint": ["p", "pp", "q"]}, "initiatives → y → touchpoint: 'pp' is not known.*did you mean p"),
        ({"attribute": ["a", "b", "b"]}, "initiatives → z → attribute: 'b' is not known; expected one of c"),
        ({"depends_on": ["y; w", None, None]}, "initiatives → x → depends_on: 'w' is not known"),
        ({"initiative": ["x", "x", "z"]}, "initiatives → x: is listed twice"),
        (
            {"feasibility": [4.0, 0.0, 9.0]},
            r"(?s)y → feasibility: got 0; expected 1 \(.*z → feasibility: got 9",
        ),
        ({"cost": [-1.0, 1.0, 1.0]}, "x → cost: got -1; expected 0 or more"),
        ({"effect_low": [0.6, 0.2, 0.2]}, "x → effect: got 0.6, 0.5, 0.8; expected effect_low ≤ effect"),
        ({"depends_on": ["y", "z", "x"]}, "wait for each other: x → y → z → x|y → z → x → y|z → x → y → z"),
        ({"depends_on": ["x", None, None]}, "wait for each other: x → x"),
        ({"indicator": ["speeed", None, None]}, "x → indicator: 'speeed' is not known.*did you mean speed"),
    ],
)
def test_what_is_wrong_is_told_with_the_nearest_names(small, columns, told):
    indicators = pd.DataFrame({"indicator": ["speed", "cost"]})
    with pytest.raises(DataError, match=told):
        estimated(small, indicators=indicators, **columns)


def test_a_circle_is_one_error_that_names_it_in_the_order_things_wait(small):
    with pytest.raises(DataError) as error:
        estimated(small, depends_on=["y", "z", "x"])
    (problem,) = error.value.problems
    circle = problem.got.partition(": ")[2].split(" → ")
    waits = {"x": "y", "y": "z", "z": "x"}
    assert len(circle) == 4
    assert all(waits[one] == other for one, other in pairwise(circle))


def test_everything_wrong_is_told_at_once(small):
    with pytest.raises(DataError) as error:
        estimated(
            small,
            own=OWN.model_copy(update={"budget": 5.0}),
            touchpoint=["nowhere", "p", "q"],
            depends_on=["none", "z", "y"],
            cost=[np.nan, -1.0, 1.0],
        )
    assert len(error.value.problems) == 5
    assert "initiatives → cost: not told of x; expected a number, since budget is limited" in str(error.value)


def test_without_an_outcome_it_says_why(small):
    survey, draws, attributes, aimed, _ = small
    own = OWN.model_copy(update={"outcome": "loyalty"})
    worth = roadmap.worth_of(survey, draws, attributes, aimed, own)
    assert worth.reason == "no_outcome"
    assert np.isnan(worth.points).all()
    few = roadmap.worth_of(survey, draws, attributes, aimed, OWN.model_copy(update={"min_neff": 500.0}))
    assert few.reason == "too_few_respondents"
    stated = attributes.assign(importance_derived=np.nan, importance_stated=[3.0, 2.0, 1.0])
    told = roadmap.worth_of(survey, draws, stated, aimed, OWN)
    assert told.points[0] == pytest.approx(told.slope * np.array([3, 2, 1]) / 6)
    assert ("importance_stated_only", {}) in told.caveats
    none = roadmap.worth_of(survey, draws, stated.assign(importance_stated=np.nan), aimed, OWN)
    assert none.reason == "importance_unknown"


def test_an_outcome_everybody_judges_alike_moves_with_nothing():
    ratings, outcomes = data.small_frames()
    survey = roadmap.read_survey(ratings, outcomes.assign(value=5.0), None, OWN)
    attributes = survey.items[["touchpoint", "attribute"]].assign(
        brand="us", importance_derived=0.3, low=0.1, high=0.5, importance_stated=4.0, experience=4.0
    )
    aimed = roadmap.aims(survey, attributes, OWN)
    worth = roadmap.worth_of(survey, roadmap.draw_respondents(survey, OWN), attributes, aimed, OWN)
    assert worth.reason == "outcome_constant"
