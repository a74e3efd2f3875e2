"""Another target, or another date: the view with a twin."""

import numpy as np
import pandas as pd
import pytest
from scorecard_cards import TODAY, club, listed, monthly, noise, own, read

from cerm_nb.analyses.scorecard import choices, start, what_if

AT = {"indicator": "visits", "months": 6, "target_percent": 100}


def test_the_twin_begins_with_the_first_in_focus_that_has_a_chance():
    first = club().ranked.dropna(subset=["p_hit"])["name"].iloc[0]
    assert start(club()) == {"indicator": first, "months": 6, "target_percent": 100}
    assert choices(club())["indicator"][0] == first
    assert set(choices(club())["indicator"]) == {"Visits", "Waiting time"}


def test_an_indicator_is_chosen_by_its_name_or_its_identifier():
    one, other = (what_if(club(), own(), **(AT | {"indicator": name})) for name in ("wait", "Waiting time"))
    assert (one.name, one.p_hit) == (other.name, other.p_hit)


def test_indicators_of_one_name_are_chosen_by_their_identifiers():
    told = {"name": "Same", "target": 12.0, "baseline": 8.0, "target_date": "2025-06-30"}
    card = read(listed(a=told, b=told), monthly(a=10 + noise(1), b=10 + noise(2)))
    assert set(choices(card)["indicator"]) == {"a", "b"}
    assert what_if(card, own(), **start(card)).name == "Same"


def test_without_a_chance_there_is_nowhere_to_begin():
    assert start(read()) == {}
    assert start(read(listed(a={"target": 3.0}))) == {}
    assert choices(read())["indicator"] == []


@pytest.mark.parametrize("indicator", ["visits", "wait"])
def test_the_target_as_it_is_gives_the_chance_the_scorecard_tells(indicator):
    told = club().indicators.set_index("indicator").loc[indicator]
    found = what_if(club(), own(), **(AT | {"indicator": indicator}))
    assert found.target == pytest.approx(told["target"])
    assert found.due == told["due"]
    assert found.n == told["n"]
    assert found.p_hit == pytest.approx(told["p_hit"], abs=1e-9)
    assert (found.p_hit_low, found.p_hit_high) == pytest.approx((told["p_hit_low"], told["p_hit_high"]))
    assert (found.name, found.unit, found.reason) == (told["name"], told["unit"], "")


def test_a_target_farther_away_is_less_likely():
    chances = [what_if(club(), own(), **(AT | {"target_percent": way})).p_hit for way in (50, 100, 250, 300)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > 0.9 > 0.6 > chances[-1]


def test_the_way_to_the_target_is_measured_from_where_it_starts():
    assert what_if(club(), own(), **(AT | {"target_percent": 150})).target == pytest.approx(12 + 1.5 * 3)
    down = what_if(club(), own(), **(AT | {"indicator": "wait", "target_percent": 50}))
    assert down.target == pytest.approx(12 - 0.5 * 6)


def test_without_a_start_the_target_itself_is_moved():
    card = read(listed(a={"target": 8.0, "target_date": "2025-12-31"}), monthly(a=10 + noise(1)))
    assert what_if(card, own(), indicator="a", months=12, target_percent=150).target == pytest.approx(12)


def test_the_course_joins_the_past_to_what_is_expected():
    found = what_if(club(), own(), **AT)
    frame = found.frame
    assert list(frame.columns) == ["period", "actual", "expected", "low", "high", "target"]
    past, ahead = frame[frame["actual"].notna()], frame[frame["actual"].isna()]
    assert len(past) == 24
    assert past["period"].iloc[-1] == TODAY
    last = past.iloc[-1]
    assert last["expected"] == last["low"] == last["high"] == last["actual"]
    assert past["expected"].iloc[:-1].isna().all()
    assert (ahead["period"] > TODAY).all()
    assert ahead["period"].is_monotonic_increasing
    assert ((ahead["low"] < ahead["expected"]) & (ahead["expected"] < ahead["high"])).all()
    assert set(frame["target"]) == {found.target}


def test_an_uncertain_future_widens():
    ahead = what_if(club(), own(), **(AT | {"indicator": "wait"})).frame.query("actual.isna()")
    width = (ahead["high"] - ahead["low"]).to_numpy()
    assert width[-1] > width[0]


@pytest.mark.parametrize("months", [1, 24])
def test_any_date_that_can_be_chosen_has_a_chance(months):
    found = what_if(club(), own(), **(AT | {"months": months}))
    assert found.due == TODAY + pd.DateOffset(months=months)
    assert 0 <= found.p_hit_low <= found.p_hit <= found.p_hit_high <= 1


def test_an_indicator_without_a_series_has_no_course():
    with pytest.raises(KeyError, match="complaints"):
        what_if(club(), own(), **(AT | {"indicator": "complaints"}))


def test_the_same_choice_gives_the_same_course():
    one, other = what_if(club(), own(), **AT), what_if(club(), own(), **AT)
    pd.testing.assert_frame_equal(one.frame, other.frame)
    assert np.array_equal(one.p_hit, other.p_hit)
