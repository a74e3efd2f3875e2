"""One day's scorecard, brought together: what is there is told, what is not has a reason."""

import numpy as np
import pandas as pd
import pytest
from scorecard_cards import TODAY, club, day, listed, monthly, noise, read

from cerm_nb.errors import DataError, ParamsError

MONTHS = 36


def row(card, indicator):
    return card.indicators.set_index("indicator").loc[indicator]


def caveats(card):
    return dict(card.caveats())


def gappy(names):
    """Series that each lack one month."""
    kpis = monthly(**{name: noise(at) for at, name in enumerate(names)})
    return kpis[kpis["period"] != pd.Timestamp("2023-05-01")]


def test_nothing_at_all_is_a_scorecard_without_rows():
    card = read()
    assert len(card.indicators) == len(card.ranked) == len(card.focus) == len(card.records) == 0
    assert list(card.indicators.columns) == list(club().indicators.columns)
    assert (card.series.panels, card.caveats(), card.day) == ((), (), TODAY)
    assert card.links.frame.empty
    assert list(card.links.frame.columns) == list(club().links.frame.columns)
    assert card.measured.points.empty
    assert card.measured.forecasts.empty


def test_tables_without_rows_are_as_good_as_none():
    card = read(listed(a={}).head(0), monthly(a=noise(1)).head(0))
    assert len(card.indicators) == 0
    assert card.caveats() == ()


def test_indicators_without_values_stand_there_with_the_reason():
    card = read(listed(a={"name": "First", "target": 5.0}, b={"drives": "a"}))
    told = card.indicators.set_index("indicator")
    assert list(told.index) == ["a", "b"]
    assert set(told["variation"]) == set(told["assurance"]) == {"undetermined"}
    assert set(told["variation_reason"]) == set(told["p_hit_reason"]) == {"no_values"}
    assert told[["level", "p_hit", "attainment"]].isna().all(axis=None)
    assert caveats(card)["values_missing"] == {"n": 2, "names": ("First", "b")}
    assert list(card.links.frame["evidence"]) == ["too_short"]


def test_values_of_indicators_nobody_lists_are_left_out_and_named():
    card = read(None, monthly(a=noise(1), b=noise(2)))
    assert len(card.indicators) == 0
    assert card.series.panels == ()
    assert card.caveats() == (("unlisted", {"n": 2, "names": ("a", "b")}),)


def test_what_other_questions_give_stands_beside_the_clients_own_by_its_name():
    card = read(listed(a={}), monthly(a=noise(1)), day("2023-12-31", 20), day("2024-12-31", 30))
    told = row(card, "target_customers")
    assert (told["name"], told["source"], told["level"], told["n"]) == ("Target customers", "value", 30, 30)
    assert told["variation_reason"] == "few_runs"
    assert list(card.given.loc[card.given["indicator"] == "target_customers", "value"]) == [20, 30]
    assert "values_missing" not in caveats(card)


def test_what_the_client_says_of_a_given_indicator_counts():
    told = row(club(), "target_customers")
    assert (told["name"], told["source"], told["owner"]) == ("Target customers", "value", "Kim")
    assert (told["level"], told["target"], told["attainment"]) == (75, 90, pytest.approx(50))


def test_what_the_client_measures_itself_is_not_given():
    kpis = monthly(target_customers=500 + noise(1))
    card = read(listed(target_customers={"name": "Ours"}), kpis, day(targets=30))
    assert row(card, "target_customers")["source"] == "kpis"
    assert row(card, "target_customers")["level"] == pytest.approx(500, abs=2)
    assert "target_customers" not in set(card.given["indicator"])


def test_a_series_is_charted_judged_and_forecast():
    visits, wait = row(club(), "visits"), row(club(), "wait")
    assert (visits["variation"], visits["assurance"]) == ("common", "passes")
    assert (wait["variation"], wait["assurance"]) == ("concern", "fails")
    assert visits["p_hit"] > 0.8 > 0.2 > wait["p_hit"]
    assert visits["due"] == pd.Timestamp("2025-06-30")
    few = row(club(), "skills")
    assert (few["variation_reason"], few["n"]) == ("too_few_points", 8)
    for name in ("visits", "wait"):
        assert row(club(), name)["p_hit_low"] <= row(club(), name)["p_hit"] <= row(club(), name)["p_hit_high"]


def test_those_in_focus_come_first_and_are_no_more_than_asked_for():
    card = club()
    assert list(card.focus["place"]) == [1, 2, 3]
    assert {"wait", "visits"} <= set(card.focus["indicator"])
    assert list(card.ranked["indicator"])[:3] == list(card.focus["indicator"])
    assert sorted(card.ranked["indicator"]) == sorted(card.indicators["indicator"])
    assert list(card.indicators["indicator"]) == list(card.records["indicator"])


def test_a_weight_puts_an_indicator_first():
    indicators, kpis = listed(a={}, b={}, c={}), monthly(a=noise(1), b=noise(2), c=noise(3))
    assert read(indicators, kpis, importance={"c": 5.0}, focus=1).focus["indicator"].tolist() == ["c"]


def test_caveats_call_indicators_by_their_names():
    told = caveats(club())
    assert told["values_missing"] == {"n": 1, "names": ("Complaints",)}
    assert told["points_few"] == {"n": 1, "names": ("Skills",)}
    assert told["owners_missing"]["names"] == ("Complaints",)


def test_a_caveat_of_a_few_indicators_is_told_of_each():
    names = {f"k{at}": {"name": f"Indicator {at}"} for at in range(3)}
    found = [
        values for key, values in read(listed(**names), gappy(names)).caveats() if key.startswith("periods")
    ]
    assert found == [{"indicator": f"Indicator {at}", "n": 1} for at in range(3)]


def test_a_caveat_of_many_indicators_is_told_once():
    names = {f"k{at:02d}": {"name": f"Indicator {at}"} for at in range(14)}
    told = caveats(read(listed(**names), gappy(names)))
    assert "periods_missing" not in told
    assert told["periods_missing_many"]["n"] == 14
    assert told["periods_missing_many"]["names"] == tuple(f"Indicator {at}" for at in range(12))


def test_periods_told_twice_alike_count_once_and_otherwise_are_refused():
    kpis = monthly(a=noise(1))
    twice = pd.concat([kpis, kpis.tail(1)])
    card = read(listed(a={}), twice)
    assert caveats(card)["periods_repeated"] == {"indicator": "a", "n": 1}
    assert row(card, "a")["n"] == MONTHS
    with pytest.raises(DataError, match="for the same period 2024-12-01"):
        read(listed(a={}), pd.concat([kpis, kpis.tail(1).assign(value=9.0)]))


def test_a_target_whose_day_has_passed_has_no_chance_but_whether_it_was_met():
    indicators = listed(a={"target": 9.0, "target_date": "2024-06-30"})
    told = row(read(indicators, monthly(a=10 + noise(1) / 4)), "a")
    assert np.isnan(told["p_hit"])
    assert told["hit_then"] == 1
    assert told["p_hit_reason"] == "target_past"


def test_texts_of_the_results_are_never_missing():
    for card in (club(), read(listed(a={}, b={}))):
        told = card.indicators
        for name in ("variation", "assurance"):
            assert set(told[name]) <= {
                "concern",
                "common",
                "improvement",
                "passes",
                "fails",
                "hit_and_miss",
            } | {"undetermined"}
            assert (told.loc[told[name] == "undetermined", f"{name}_reason"] != "").all()
        assert (told.loc[told["p_hit"].isna(), "p_hit_reason"] != "").all()
        assert told[["name", "perspective", "unit", "chart", "pace", "trend"]].notna().all(axis=None)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"importance": {"aa": 2.0}}, "aa is no indicator"),
        ({"rebase": {"aa": [{"from": "2024-01-01", "reason": "new desk"}]}}, "aa"),
        ({"rebase": {"a": [{"from": "2031-01-01", "reason": "new desk"}]}}, "2031-01-01"),
    ],
)
def test_params_that_name_what_is_not_there_are_refused(changes, told):
    with pytest.raises(ParamsError, match=told):
        read(listed(a={}), monthly(a=noise(1)), **changes)


def test_a_circle_of_what_drives_what_is_one_error():
    with pytest.raises(DataError) as refused:
        read(listed(a={"drives": "b"}, b={"drives": "c"}, c={"drives": "a"}))
    assert len(refused.value.problems) == 1


def test_an_accepted_level_makes_the_limits_anew():
    kpis = monthly(a=10 + noise(2) + 5 * (np.arange(MONTHS) >= 18))
    accepted = {"a": [{"from": "2023-07-01", "reason": "a second desk"}]}
    before, after = (read(listed(a={}), kpis, rebase=rebase) for rebase in ({}, accepted))
    assert row(after, "a")["mean"] == pytest.approx(15, abs=0.5)
    assert row(before, "a")["mean"] == pytest.approx(12.5, abs=0.5)
    assert len(before.measured.proposals) == 1
    assert before.measured.proposals["period"].iloc[0] == pd.Timestamp("2023-07-01")
    assert after.measured.proposals.empty


def test_links_that_are_odd_in_the_same_way_are_told_of_at_once():
    against = {f"r{at}": {"perspective": "financial", "drives": f"d{at}"} for at in range(4)}
    driven = {f"d{at}": {"name": f"Driven {at}", "perspective": "process"} for at in range(4)}
    told = caveats(read(listed(**against, **driven)))
    assert told["against_order_many"]["n"] == 4
    assert told["against_order_many"]["names"][0] == "r0 → Driven 0"
    assert "against_order" not in told


def test_of_many_indicators_twelve_are_named():
    told = caveats(read(listed(**{f"k{at:02d}": {"owner": None} for at in range(20)})))
    for key in ("values_missing", "targets_missing", "owners_missing"):
        assert (told[key]["n"], len(told[key]["names"])) == (20, 12)


def test_what_is_wrong_with_both_tables_is_told_at_once():
    indicators = listed(a={"unit": "%", "drives": "nowhere"}, b={"drives": "b"})
    twice = pd.concat([indicators, indicators.head(1)])
    with pytest.raises(DataError) as refused:
        read(twice, monthly(a=[50.0, 120.0], b=noise(1)))
    assert [problem.where for problem in refused.value.problems] == [
        "data.indicators → a",
        "data.indicators → a → drives",
        "data.indicators → b → drives",
        "data.kpis → a → value",
    ]


def test_the_same_caveat_of_indicators_of_several_frequencies_is_told_once():
    quarterly = monthly(last="2024-06-01", c=noise(3, 4))
    quarterly["period"] = pd.date_range(end="2024-07-01", periods=4, freq="QS")
    kpis = pd.concat([monthly(last="2024-10-01", a=noise(1, 5), b=noise(2, 5)), quarterly])
    told = read(listed(a={}, b={}, c={}), kpis).caveats()
    assert [values for key, values in told if key == "points_few"] == [{"n": 3, "names": ("a", "b", "c")}]
    assert [values for key, values in told if key == "values_old"] == [{"n": 3, "names": ("a", "b", "c")}]
