"""What levels are worth in money."""

from __future__ import annotations

import numpy as np
import pytest
from conjoint_data import OWN, coding, part_worths

from cerm_nb.analyses.promise.shares import prepare
from cerm_nb.analyses.promise.willingness import fieller, price_slope, willingness_to_pay
from cerm_nb.errors import DataError, NotEnoughData

MEAN = np.array([-0.5, 0.2, 0.3, 0.0, 0.6, -0.6, 0.8, 0.0, -0.8])
PRICE = np.array([0.8, 0.0, -0.8])


def levels(people=200, slope=1.0, spread=0.0, seed=0, by=0.4, draws=1):
    """Part-worths around `MEAN`; a price slope of `slope` × 0.016 by unit of money, normal between people."""
    rng = np.random.default_rng(seed)
    worth = rng.normal(0, by, (draws, people, 2, 3))
    worth = (worth - worth.mean(axis=-1, keepdims=True)).reshape(draws, people, 6) + MEAN[:6]
    steep = slope + spread * rng.normal(size=(draws, people, 1))
    return np.concatenate([worth, steep * PRICE], axis=2)


def market(worths, given=None):
    return prepare(part_worths(worths, given), OWN.model_copy(update={"bootstrap": 1000}))


def by_level(found):
    return found.frame.set_index("level")


def test_equal_respondents_pay_the_ratio_of_part_worth_and_slope():
    found = willingness_to_pay(market([MEAN, MEAN]))
    frame = by_level(found)
    assert found.slope == pytest.approx(-0.016)
    assert frame["value"].to_dict() == pytest.approx(
        {"desk": 0, "mobile": 43.75, "room": 50, "basic": 0, "local": 37.5, "none": -37.5}
    )
    assert frame["median"].to_dict() == pytest.approx(frame["value"].to_dict())
    assert frame["reference"].to_dict()["room"] == "desk"
    assert found.reason == ""


def test_another_reference_shifts_all_levels():
    frame = by_level(willingness_to_pay(market([MEAN, MEAN]), {"breakfast": "none"}))
    assert frame["value"][["none", "basic", "local"]].tolist() == pytest.approx([0, 37.5, 75])
    assert set(frame["reference"][["none", "basic", "local"]]) == {"none"}


def test_prices_valued_one_by_one_have_a_line_through_them():
    given = coding(linear=False)
    bent = np.r_[MEAN[:6], 0.9, -0.2, -0.7]
    assert willingness_to_pay(market([bent, bent], given)).slope == pytest.approx(-0.016)
    assert price_slope(given) @ np.linalg.pinv(given.basis) @ bent == pytest.approx(-0.016)


def test_fieller_s_interval_has_the_ends_at_which_the_ratio_is_just_refused():
    covariance, t = np.array([[4, 0.5], [0.5, 1]]), 1.96
    value, low, high = (float(end[0]) for end in fieller(np.array([10.0]), 5.0, covariance, t))
    assert value == 2.0
    for end in (low, high):  # (a - end b)² = t² var(a - end b)
        away = np.array([1, -end])
        assert (10 - end * 5) ** 2 == pytest.approx(t**2 * away @ covariance @ away)
    assert high - value > value - low > 0


def test_intervals_cover_the_true_ratio_as_often_as_they_say():
    covered = []
    for seed in range(60):
        frame = by_level(willingness_to_pay(prepare(part_worths(levels(60, 1, 0.5, seed)), OWN)))
        covered.append(frame["low"]["room"] <= 50 <= frame["high"]["room"])
    assert np.mean(covered) >= 0.85


def test_a_price_slope_that_may_be_zero_leaves_all_undetermined():
    found = willingness_to_pay(market(levels(30, slope=0.05, spread=1.0)))
    assert found.reason == "price_slope_unclear"
    assert found.slope_low < 0 < found.slope_high
    assert found.frame[["value", "low", "high"]].isna().all(axis=None)


def test_individual_values_leave_out_whose_slope_is_unsure():
    steep = np.concatenate([levels(30, by=0.1), levels(10, 1.0, 4.0, by=0.1)], axis=1)
    drawn = steep + np.r_[np.zeros(6), PRICE] * np.random.default_rng(3).normal(0, 0.3, (100, 40, 1))
    found = willingness_to_pay(market(drawn))
    assert 0 < found.unsure <= 0.25
    assert found.caveats == (("individual_slopes_unsure", {"share": found.unsure}),)
    room = by_level(found).loc["room"]
    assert room["first_quartile"] < room["median"] < room["third_quartile"]
    assert room["median"] == pytest.approx(50, abs=12)


def test_individual_quartiles_are_weighted():
    worths = np.array([MEAN, MEAN, MEAN])
    worths[1, :3], worths[2, :3] = [0.0, 0.0, 0.0], [-1.0, 0.0, 1.0]
    frame = by_level(willingness_to_pay(prepare(part_worths(worths), OWN, [1, 1, 8])))
    assert frame.loc["room", ["first_quartile", "median", "third_quartile"]].tolist() == pytest.approx(
        [125] * 3
    )


def test_without_a_price_nothing_can_be_told():
    with pytest.raises(NotEnoughData, match="no price"):
        willingness_to_pay(market([MEAN, MEAN], coding(price="", linear=False)))


def test_one_respondent_tells_nothing_of_others():
    with pytest.raises(NotEnoughData, match="one respondent"):
        willingness_to_pay(market([MEAN]))


def test_unknown_references_are_told_at_once():
    with pytest.raises(DataError) as raised:
        willingness_to_pay(market([MEAN, MEAN]), {"checkin": "desc", "brekfast": "none"})
    assert len(raised.value.problems) == 2
    assert "did you mean 'desk'?" in str(raised.value)
    assert "did you mean 'breakfast'?" in str(raised.value)


def sloped(*steep):
    """Equal respondents but for their price slope."""
    return np.array([np.r_[MEAN[:6], one * PRICE] for one in steep])


def test_who_seems_to_like_paying_has_no_value_of_their_own():
    frame = by_level(willingness_to_pay(market(sloped(*[1.0] * 8, *[-0.5] * 3))))
    assert frame.loc["room", ["first_quartile", "median", "third_quartile"]].tolist() == pytest.approx(
        [50] * 3
    )


def test_a_slope_below_zero_that_may_be_above_leaves_all_undetermined_too():
    found = willingness_to_pay(market(sloped(1.0, 1.0, -0.9)))
    assert found.slope < 0 < found.slope_high
    assert found.reason == "price_slope_unclear"


def test_a_slope_surely_above_zero_has_a_reason_of_its_own():
    found = willingness_to_pay(market(sloped(-1.0, -1.1, -0.9, -1.0)))
    assert found.reason == "price_slope_positive"
    assert found.frame[["value", "low", "high"]].isna().all(axis=None)
