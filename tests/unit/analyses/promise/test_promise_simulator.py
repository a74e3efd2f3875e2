"""The simulator of a promise against competitors."""

from __future__ import annotations

import numpy as np
import pytest
from conjoint_data import OWN, coding, part_worths

from cerm_nb.analyses.promise.shares import prepare, shares
from cerm_nb.analyses.promise.simulator import break_even_price, simulate, single_changes
from cerm_nb.errors import DataError, NotEnoughData

MEAN = np.array([-0.5, 0.2, 0.3, 0.0, 0.6, -0.6, 0.8, 0.0, -0.8])
OURS = {"checkin": "desk", "breakfast": "none", "price": "150"}
RIVALS = {"dodam": {"checkin": "room", "breakfast": "local", "price": "200"}}


def market(people=150, by=0.3, given=None):
    worth = np.random.default_rng(1).normal(0, by, (people, 2, 3))
    worth = (worth - worth.mean(axis=-1, keepdims=True)).reshape(people, 6)
    return prepare(part_worths(MEAN + np.hstack([worth, np.zeros((people, 3))]), given), OWN)


@pytest.mark.parametrize("rule", ["logit", "first_choice", "randomised_first_choice"])
def test_the_simulator_tells_what_the_shares_of_the_scenario_are(rule):
    found = simulate(market(), OURS, RIVALS, rule, "us")
    frame = shares(market(), {"now": {"us": OURS, **RIVALS}}, [rule]).frame
    assert found["brand"].tolist() == ["us", "dodam"]
    assert found["share"].sum() == pytest.approx(1)
    for name in ("share", "low", "high"):
        assert found[name].to_numpy() == pytest.approx(frame[name].to_numpy())


def test_a_better_level_raises_the_share_and_a_rival_lowers_it():
    now, better = (simulate(market(), one, RIVALS)["share"][0] for one in (OURS, {**OURS, "checkin": "room"}))
    crowded = simulate(market(), OURS, RIVALS | {"haedam": RIVALS["dodam"]})["share"][0]
    assert better > now > crowded


def test_changes_of_one_level_are_ranked_by_the_share_they_win():
    frame = single_changes(market(), OURS, RIVALS)
    assert len(frame) == 6
    assert frame["change"].is_monotonic_decreasing
    assert frame.iloc[0][["attribute", "level", "from_level"]].tolist() == ["breakfast", "local", "none"]
    assert frame.iloc[-1][["attribute", "level"]].tolist() == ["price", "200"]
    now = simulate(market(), OURS, RIVALS)["share"][0]
    for row in frame.itertuples():
        after = simulate(market(), {**OURS, row.attribute: row.level}, RIVALS)["share"][0]
        assert (row.share, row.change) == pytest.approx((after, after - now))
        assert row.low <= row.change <= row.high
    assert frame["p_first"].sum() == pytest.approx(1)


def test_changes_are_compared_in_the_same_redraws():
    frame = single_changes(market(by=1.0), OURS, RIVALS).set_index("level")
    alone = simulate(market(by=1.0), {**OURS, "price": "100"}, RIVALS)
    assert frame["high"]["100"] - frame["low"]["100"] < 0.7 * (alone["high"][0] - alone["low"][0])


def test_the_break_even_price_is_the_price_before_and_what_the_change_is_worth():
    # equal respondents: 0.7 more utility at 0.016 a unit of money is worth 43.75
    found = break_even_price(market(by=0), OURS | {"price": "120"}, OURS | {"checkin": "mobile"}, RIVALS)
    assert found.price == pytest.approx(163.75, abs=0.1)
    assert found.extra == pytest.approx(43.75, abs=0.1)
    assert (found.reason, found.found) == ("", 1.0)
    assert found.low == pytest.approx(found.high)
    assert found.line["share"].is_monotonic_decreasing


def test_the_break_even_price_has_an_interval_over_respondents():
    found = break_even_price(market(by=0.8), OURS | {"price": "120"}, OURS | {"checkin": "mobile"}, RIVALS)
    assert found.low < found.price < found.high
    assert found.high - found.low < 40


def test_nothing_changed_breaks_even_at_the_price_before():
    for price in ("100", "140", "200"):
        found = break_even_price(market(), OURS | {"price": price}, OURS, RIVALS)
        assert found.price == pytest.approx(float(price), abs=0.01)


def test_a_break_even_price_outside_the_tested_ones_is_not_told():
    above = break_even_price(market(by=0), OURS | {"price": "190"}, OURS | {"checkin": "room"}, RIVALS)
    assert (above.reason, above.found) == ("above_tested_prices", 0.0)
    assert np.isnan([above.price, above.low, above.high, above.extra]).all()
    was = OURS | {"price": "105", "checkin": "room"}
    below = break_even_price(market(by=0), was, OURS, RIVALS)
    assert below.reason == "below_tested_prices"


def test_equal_utilities_leave_nothing_to_win():
    flat = prepare(part_worths(np.zeros((20, 9))), OWN)
    frame = single_changes(flat, OURS, RIVALS)
    assert frame["change"].to_numpy() == pytest.approx(np.zeros(6))
    assert frame["p_first"].to_numpy() == pytest.approx(np.full(6, 1 / 6))
    assert break_even_price(flat, OURS, OURS, RIVALS).reason == "price_without_effect"


def test_a_promise_without_rivals_or_of_a_rivals_name_is_refused():
    with pytest.raises(NotEnoughData, match="one brand"):
        simulate(market(), OURS, {})
    with pytest.raises(DataError, match="is the promise's own name"):
        simulate(market(), OURS, {"promise": OURS})


def test_a_promise_of_unknown_levels_is_refused_with_the_nearest():
    wrong = {**OURS, "checkin": "rom"}
    for told in (
        lambda: simulate(market(), wrong, RIVALS),
        lambda: single_changes(market(), wrong, RIVALS),
        lambda: break_even_price(market(), OURS, wrong, RIVALS),
    ):
        with pytest.raises(DataError, match="did you mean 'room'") as raised:
            told()
        assert len(raised.value.problems) == 1


def test_a_promise_that_names_no_attribute_has_no_level_to_change():
    without = {"dodam": {}}
    with pytest.raises(NotEnoughData, match="no change"):
        single_changes(market(), {}, without)


def test_an_unknown_rule_is_refused():
    with pytest.raises(DataError, match="'logitt' is not known; expected one of logit"):
        simulate(market(), OURS, RIVALS, "logitt")


def test_a_break_even_price_needs_a_price():
    with pytest.raises(NotEnoughData, match="no price"):
        break_even_price(market(given=coding(price="", linear=False)), OURS, OURS, RIVALS)
    without = {name: level for name, level in OURS.items() if name != "price"}
    with pytest.raises(DataError, match="has no price"):
        break_even_price(market(), without, OURS, RIVALS)
