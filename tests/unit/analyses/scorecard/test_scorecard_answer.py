"""The verdicts on the strategy and on earlier forecasts, and why."""

import numpy as np
import pandas as pd
import pytest
from scorecard_cards import club, read

from cerm_nb.analyses.scorecard import account, answer

MADE = pd.Timestamp("2024-06-30")


def indicators(chances=(0.8, 0.7), half=0.1, **columns):
    """Indicators with chances of their targets, all in focus and all quiet."""
    chance = np.array(chances, dtype=float)
    usual = {
        "name": [f"Name {at}" for at in range(len(chance))],
        "indicator": [f"k{at}" for at in range(len(chance))],
        "target": 5.0,
        "p_hit": chance,
        "p_hit_low": chance - half,
        "p_hit_high": chance + half,
        "in_focus": True,
        "variation": "common",
        "assurance": "hit_and_miss",
    }
    return pd.DataFrame(usual | columns)


def forecasts(held, confidence=0.95, subject="visits", question="scorecard", **columns):
    """Scored forecasts of one quarter after another, each of which held or not."""
    made = [MADE + pd.DateOffset(months=3 * at) for at in range(len(held))]
    usual = {
        "made_at": made,
        "due": [day + pd.DateOffset(months=3) for day in made],
        "question": question,
        "source": "averaged_memories",
        "quantity": "value",
        "subject": subject,
        "actual": 10.0,
        "standardised": 0.5,
        "confidence": confidence,
        "covered": pd.array(list(held), dtype="boolean"),
        "reason": "",
    }
    return pd.DataFrame(usual | columns)


def at_once(held):
    """Forecasts of many indicators, all made on one day."""
    parts = [forecasts([one], subject=f"k{at}") for at, one in enumerate(held)]
    return pd.concat(parts, ignore_index=True)


def drifts(*questions, drifting=True):
    return pd.DataFrame({"question": list(questions), "drifts": [drifting] * len(questions)}, dtype=object)


@pytest.mark.parametrize(
    ("frame", "verdict", "reason"),
    [
        (indicators(()), "not_enough_data", "no_scorecard"),
        (indicators(target=np.nan), "not_enough_data", "no_targets"),
        (indicators((np.nan, np.nan)), "not_enough_data", "no_chance_known"),
        (indicators((0.3, 0.4)), "watch", "targets_far"),
        (indicators((0.3, 0.4), variation="concern"), "stop", "most_missed"),
        (indicators((0.3, 0.4), variation=["concern", "improvement"]), "watch", "targets_far"),
        (indicators((0.3, 0.4), assurance=["fails", "passes"]), "stop", "most_missed"),
        (indicators((0.3, 0.4), assurance=["fails", "undetermined"]), "stop", "most_missed"),
        (indicators([0.3] * 3, assurance=["fails", "passes", "hit_and_miss"]), "watch", "targets_far"),
        (indicators((0.3, 0.4), assurance="undetermined"), "watch", "targets_far"),
        (indicators(variation=["common", "concern"]), "watch", "focus_worsens"),
        (indicators((0.5, 0.6)), "watch", "half_open"),
        (indicators((0.4, 0.4), half=0.1), "watch", "half_open"),
        (indicators(), "go", ""),
        (indicators(variation=["common", "concern"], in_focus=[True, False]), "go", ""),
        (indicators((0.6, 0.6), half=0.1), "go", ""),
    ],
)
def test_a_strategy_is_judged_by_the_targets_that_will_be_hit(frame, verdict, reason):
    found = answer(frame)
    assert (found.verdict, found.reason) == (verdict, reason)


@pytest.mark.parametrize(("judged", "concerns", "alarms"), [(6, 1, True), (7, 1, False), (15, 2, True)])
def test_as_many_as_chance_makes_worse_do_not_change_the_verdict(judged, concerns, alarms):
    # of 7 unchanged indicators 1 - .9925^7 = 5.1 % of cases have one of concern, of 6 only 4.4 %
    variation = ["concern"] * concerns + ["common"] * (judged - concerns) + ["undetermined"]
    found = answer(indicators([0.8] * (judged + 1), variation=variation), [("values_old", {"n": 1})])
    assert found.reason == ("focus_worsens" if alarms else "")
    assert len(found.worsening) == concerns
    told = () if alarms else (("concerns_by_chance", {"n": concerns, "expected": 0.0075 * judged}),)
    assert found.caveats == (("values_old", {"n": 1}), *told)


def test_the_share_expected_to_be_hit_is_the_mean_of_the_chances_with_the_mean_of_their_ends():
    found = answer(indicators((0.9, 0.5, np.nan), target=[5.0, 5.0, np.nan]))
    assert (found.value, found.low, found.high) == pytest.approx((0.7, 0.6, 0.8))
    assert (found.n, found.indicators, found.targets) == (2, 3, 2)


def test_an_answer_names_what_moves_and_what_meets_its_target():
    found = answer(
        indicators(
            (0.9, 0.8, 0.7),
            variation=["improvement", "concern", "undetermined"],
            assurance=["passes", "fails", "undetermined"],
        )
    )
    assert (found.improving, found.concerned) == (("Name 0",), ("Name 1",))
    assert (found.passing, found.failing) == (("Name 0",), ("Name 1",))


def test_the_least_likely_is_sought_among_those_in_focus():
    found = answer(indicators((0.2, 0.7, 0.8), in_focus=[False, True, True]))
    assert (found.worst, found.worst_chance) == ("Name 1", 0.7)
    out = answer(indicators((0.7, 0.4), in_focus=False))
    assert (out.worst, out.worst_chance) == ("Name 1", 0.4)
    none = answer(indicators((np.nan, np.nan)))
    assert none.worst == ""
    assert np.isnan(none.worst_chance)


def test_what_worsens_is_told_of_those_in_focus_only():
    found = answer(indicators((0.9, 0.8), variation="concern", in_focus=[False, True]))
    assert (found.worsening, found.concerned) == (("Name 1",), ("Name 0", "Name 1"))


def test_those_that_will_rather_miss_are_named_the_least_likely_first():
    assert answer(indicators((0.4, 0.9, 0.2))).unlikely == ("Name 2", "Name 0")
    assert answer(indicators()).unlikely == ()
    assert len(answer(indicators([0.1] * 20)).unlikely) == 12


@pytest.mark.parametrize("chances", [(0.3, 0.4), (0.1,), (0.7, 0.0, 0.1)])
def test_who_is_told_to_stop_is_told_about_which_indicators(chances):
    found = answer(indicators(chances, assurance="fails"))
    assert found.verdict == "stop"
    assert found.unlikely


def test_an_answer_hands_the_caveats_on():
    assert answer(indicators(), iter([("values_missing", {"n": 1})])).caveats == (
        ("values_missing", {"n": 1}),
    )


def test_a_whole_scorecard_is_answered():
    found = answer(club().indicators, club().caveats())
    assert (found.verdict, found.reason, found.n) == ("watch", "focus_worsens", 2)
    assert found.low <= found.value <= found.high
    assert (found.indicators, found.targets, found.worst) == (5, 4, "Waiting time")
    assert (found.concerned, found.passing, found.failing) == (
        ("Waiting time",),
        ("Visits",),
        ("Waiting time",),
    )
    assert answer(read().indicators).reason == "no_scorecard"


@pytest.mark.parametrize(
    ("scored", "drifting", "runs", "verdict", "reason"),
    [
        (forecasts([True]).head(0), drifts(), 0, "not_enough_data", "no_earlier_run"),
        (forecasts([True]).head(0), drifts(), 2, "not_enough_data", "nothing_due"),
        (
            forecasts([None], actual=np.nan, standardised=np.nan),
            drifts(),
            1,
            "not_enough_data",
            "nothing_due",
        ),
        (forecasts([False] * 8), drifts(), 8, "stop", "mostly_missed"),
        (forecasts([False] * 8), drifts("value"), 8, "stop", "mostly_missed"),
        (forecasts([True] * 8), drifts("value"), 8, "watch", "models_drift"),
        (forecasts([True] * 12 + [False] * 8), drifts(), 20, "watch", "covered_too_few"),
        (at_once([False] * 8), drifts(), 1, "watch", "one_stretch"),
        (at_once([True] * 12 + [False] * 8), drifts(), 1, "watch", "one_stretch"),
        (at_once([False] * 8), drifts("value"), 1, "watch", "models_drift"),
        (at_once([True] * 8), drifts(), 1, "go", ""),
        (forecasts([True] * 8), drifts(), 8, "go", ""),
        (forecasts([True] * 8), drifts("value", drifting=False), 8, "go", ""),
        (forecasts([True]), drifts(), 1, "go", ""),
    ],
)
def test_earlier_forecasts_are_judged_by_what_came(scored, drifting, runs, verdict, reason):
    found = account(scored, drifting, runs)
    assert (found.verdict, found.reason) == (verdict, reason)
    assert np.isnan(found.value) == (verdict == "not_enough_data")


def test_coverage_has_the_interval_of_wilson():
    found = account(forecasts([True] * 8 + [False] * 2, confidence=0.8), drifts(), 10)
    assert (found.value, found.n, found.promised) == (0.8, 10, pytest.approx(0.8))
    assert (found.low, found.high) == pytest.approx((0.4902, 0.9433), abs=5e-5)  # Wilson 1927: 8 of 10
    assert (found.runs, found.due) == (10, 10)


def test_forecasts_of_the_same_time_count_once():
    one = forecasts([True])
    later = one.assign(due=one["due"] + pd.DateOffset(months=6), covered=pd.array([False], dtype="boolean"))
    found = account(pd.concat([one, later], ignore_index=True), drifts(), 1)
    assert (found.n, found.due) == (1, 2)


def test_what_one_model_says_of_several_counts_as_one():
    said = [
        forecasts([held], question="value", subject=subject, quantity=quantity)
        for subject, quantity, held in (("all", "purchases", True), ("all", "revenue", False))
    ]
    found = account(pd.concat(said, ignore_index=True), drifts(), 1)
    assert (found.n, found.value, found.due) == (1, 0.5, 2)
    apart = [forecasts([held], subject=name) for name, held in (("visits", True), ("wait", False))]
    found = account(pd.concat(apart, ignore_index=True), drifts(), 1)
    assert (found.n, found.value) == (2, 0.5)


def test_each_question_that_drifts_is_named_once():
    found = account(forecasts([True] * 8), drifts("value", "value", "roadmap"), 8)
    assert found.drifting == ("value", "roadmap")


def test_what_cannot_be_known_is_counted_by_its_reason():
    lost = forecasts([None] * 3, actual=np.nan, standardised=np.nan, reason=["gap", "no_series", "gap"])
    found = account(pd.concat([forecasts([True]), lost]), drifts(), 4, [("earlier_damaged", {"what": "20"})])
    assert found.caveats == (
        ("earlier_damaged", {"what": "20"}),
        ("outcomes_unknown", {"n": 2, "reason": "gap"}),
        ("outcomes_unknown", {"n": 1, "reason": "no_series"}),
    )
