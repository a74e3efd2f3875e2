from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.readiness.acquisition import ACQUISITION, acquisition
from cerm_nb.analyses.readiness.compound import compound_interval
from cerm_nb.analyses.readiness.parameters import Params
from cerm_nb.errors import DataError

OWN = Params(min_group=3)


def activities(**costs: float) -> pd.DataFrame:
    kinds = ["leaflet" if name.startswith("l") else "event" for name in costs]
    return pd.DataFrame({"activity": list(costs), "kind": kinds, "cost": list(costs.values())})


def customers(*won_by: str | None) -> pd.DataFrame:
    names = [f"c{row}" for row in range(len(won_by))]
    return pd.DataFrame({"customer_id": names, "acquired_by": pd.Series(won_by, dtype="str")})


def worth(*spend: float, clv: list[float] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame({"customer_id": [f"c{row}" for row in range(len(spend))], "spend": spend})
    return frame if clv is None else frame.assign(clv=clv)


def row(told, name: str) -> pd.Series:
    return told.frame.set_index("activity").loc[name]


def test_interval_scales_with_the_values_and_does_not_hang_on_their_order():
    values = np.random.default_rng(1).gamma(1.0, 50.0, 30)
    low, high = compound_interval(values, 0.9)
    assert compound_interval(1e200 * values[::-1], 0.9) == pytest.approx((1e200 * low, 1e200 * high))
    lost = compound_interval(-values, 0.9)
    assert lost[0] == pytest.approx(-high)
    assert np.isnan(lost[1])  # what a customer may bring has not been seen


def test_interval_of_gains_alone_is_not_changed_by_customers_who_brought_nothing():
    assert compound_interval([5.0, 7.0, 0.0, 0.0], 0.95) == compound_interval([5.0, 7.0], 0.95)


def test_nobody_who_brought_anything_leaves_the_high_end_unknown():
    low, high = compound_interval([0.0, 0.0], 0.95)
    assert low == 0
    assert np.isnan(high)


@pytest.mark.parametrize("losses", [0.0, 0.2])
def test_interval_covers_the_expected_sum_of_a_compound_poisson(losses):
    random = np.random.default_rng(8)
    covered, rounds, expected = 0, 800, 40
    for _ in range(rounds):
        n = random.poisson(expected)
        spend = random.lognormal(4.0, 1.0, n) * np.where(random.random(n) < losses, -0.5, 1.0)
        low, high = compound_interval(spend, 0.95)
        covered += low <= expected * np.exp(4.5) * (1 - 1.5 * losses) <= high
    assert 0.93 <= covered / rounds <= 0.985


def test_return_is_margin_over_cost():
    own = Params(margin=0.5)
    told = acquisition(activities(leaflet=100.0), customers("leaflet", "leaflet"), worth(300.0, 100.0), own)
    leaflet = row(told, "leaflet")
    assert list(told.frame) == ACQUISITION
    assert leaflet["roi"] == pytest.approx(1.0)
    assert leaflet["low"] < leaflet["roi"] < leaflet["high"]
    assert (leaflet["customers"], leaflet["cost_per_customer"]) == (2, 50.0)
    assert leaflet["value_so_far"] == 200.0
    assert np.isnan(leaflet["value_expected"])
    assert np.isnan(leaflet["roi_expected"])


def test_value_to_come_is_margin_already_and_only_told_where_known():
    value = worth(300.0, 100.0, clv=[40.0, 60.0])
    told = acquisition(activities(leaflet=100.0), customers("leaflet", "leaflet"), value, Params(margin=0.5))
    assert row(told, "leaflet")["value_expected"] == 300.0
    assert row(told, "leaflet")["roi_expected"] == pytest.approx(2.0)
    unknown = acquisition(
        activities(leaflet=100.0), customers("leaflet"), worth(300.0, clv=[np.nan]), Params(margin=0.5)
    )
    assert np.isnan(row(unknown, "leaflet")["roi_expected"])


def test_return_is_recovered_and_covered_when_activities_are_repeated():
    random = np.random.default_rng(3)
    covered, estimates, rounds = 0, [], 150
    for _ in range(rounds):
        n = random.poisson(60)
        told = acquisition(
            activities(leaflet=4000.0), customers(*["leaflet"] * n), worth(*random.gamma(2.0, 50.0, n)), OWN
        )
        leaflet = row(told, "leaflet")
        estimates.append(leaflet["roi"])
        covered += leaflet["low"] <= 0.5 <= leaflet["high"]
    assert np.mean(estimates) == pytest.approx(0.5, abs=0.03)
    assert 0.92 <= covered / rounds <= 0.99


def test_every_activity_says_whether_its_return_is_measurable():
    told = acquisition(
        activities(won=10.0, silent=20.0, talk=30.0, free=0.0, unknown=np.nan),
        customers("won", "won", "free", "unknown", None, "elsewhere"),
        worth(*[50.0] * 6),
        OWN,
        pd.DataFrame({"activity": ["talk", "won"], "contacts": [7, 2]}),
    )
    assert dict(zip(told.frame["activity"], told.frame["measurable"], strict=True)) == {
        "won": "yes",
        "silent": "no_customers",
        "talk": "contacts_only",
        "free": "no_cost",
        "unknown": "no_cost",
    }
    assert told.frame["roi"].notna().sum() == 1
    assert told.spend == 60.0
    assert told.unmeasurable_share == pytest.approx(50 / 60)
    assert told.attributed_share == pytest.approx(4 / 6)
    keys = dict(told.caveats)
    assert keys["acquisition_unknown"]["customers"] == 1
    assert keys["acquired_by_unknown_activity"]["customers"] == 1
    assert keys["acquisition_cost_missing"]["activities"] == 2
    assert keys["few_customers_won"]["activities"] == 1
    assert "attribution_is_not_incremental" in keys


def test_shares_of_spend_add_up_and_tell_gain_from_loss():
    won = ["gain"] * 200 + ["loss"] * 200 + ["open"] * 4
    told = acquisition(
        activities(gain=100.0, loss=1e6, open=400.0, none=50.0), customers(*won), worth(*[100.0] * 404), OWN
    )
    shares = (told.unmeasurable_share, told.loss_share, told.unproven_share, told.gain_share)
    assert shares == pytest.approx(np.array([50, 1e6, 400, 100]) / 1_000_550)
    assert sum(shares) == pytest.approx(1)


def test_kinds_and_total_hold_all_known_cost_and_only_its_customers():
    told = acquisition(
        activities(l1=100.0, l2=50.0, event=10.0, lost=np.nan),
        customers("l1", "l1", "event", "lost"),
        worth(200.0, 100.0, 60.0, 1e9),
        OWN,
    )
    kinds = told.kinds.set_index("kind")
    assert kinds.loc["leaflet", ["activities", "cost", "customers"]].tolist() == [2, 150.0, 2]
    assert kinds.loc["leaflet", "roi"] == pytest.approx(1.0)
    assert told.total["cost"] == 160.0
    assert told.total["roi"] == pytest.approx(360 / 160 - 1)


def test_rows_of_one_activity_are_added_up():
    twice = pd.concat([activities(leaflet=60.0), activities(leaflet=40.0)])
    assert row(acquisition(twice, customers("leaflet"), worth(200.0), OWN), "leaflet")["roi"] == 1.0


def test_customers_who_bought_nothing_yet_are_a_loss_with_a_bounded_high_end():
    told = acquisition(
        activities(fresh=100.0, old=100.0),
        customers("fresh", "fresh", "old"),
        pd.DataFrame({"customer_id": ["c2"], "spend": [50.0]}),
        OWN,
    )
    fresh = row(told, "fresh")
    assert (fresh["roi"], fresh["low"]) == (-1.0, -1.0)
    assert fresh["high"] == pytest.approx(50 * 3.689 / 100 - 1, abs=1e-3)


def test_records_that_name_no_activity_need_no_certain_type():
    nobody = pd.DataFrame({"customer_id": ["c1"], "acquired_by": [np.nan]})
    for people in (nobody, nobody.iloc[:0], nobody.astype({"acquired_by": "object"})):
        assert acquisition(activities(a=1.0), people, worth(), OWN).reason == "no_attribution"


@pytest.mark.parametrize(
    ("given", "won", "value", "reason"),
    [
        (None, ["a"], worth(1.0), "no_activities"),
        (activities(a=0.0), ["a"], worth(1.0), "no_spend"),
        (activities(a=1.0), [None], worth(1.0), "no_attribution"),
        (activities(a=1.0), [], worth(), "no_attribution"),
        (activities(a=1.0), ["a"], None, "no_value"),
    ],
)
def test_what_cannot_be_told_has_a_reason_and_no_return(given, won, value, reason):
    told = acquisition(given, customers(*won), value, OWN)
    assert told.reason == reason
    assert told.frame["roi"].isna().all()
    assert told.kinds["roi"].isna().all()
    if given is not None and told.spend:
        assert told.unmeasurable_share == 1


def test_costs_that_cannot_be_are_all_refused_at_once():
    with pytest.raises(DataError) as caught:
        acquisition(activities(a=-1.0, b=np.inf, c=1.0), customers("a"), worth(1.0), OWN)
    assert [problem.where for problem in caught.value.problems] == [
        "activities → a → cost",
        "activities → b → cost",
    ]


def test_results_do_not_hang_on_the_order_of_the_rows():
    given, won = activities(l1=10.0, l2=10.0, event=30.0), customers("l1", "l2", "event", "l2")
    one = acquisition(given, won, worth(5.0, 6.0, 7.0, 8.0), OWN)
    other = acquisition(given[::-1], won[::-1], worth(5.0, 6.0, 7.0, 8.0), OWN)
    pd.testing.assert_frame_equal(one.frame, other.frame)
    pd.testing.assert_frame_equal(one.kinds, other.kinds)
