"""The two further answers say no more than their intervals allow."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.readiness import Acquisition, Params, acquisition, acquisition_return, customer_count
from cerm_nb.analyses.readiness.identity import Estimate

OWN = Params(margin=0.5)


@pytest.mark.parametrize(
    ("estimate", "verdict", "reason"),
    [
        (Estimate(1000, 960, 1050, 1400), "go", ""),
        (Estimate(1000, 940, 1050, 1400), "watch", "interval_wide"),
        (Estimate(20, np.nan, np.nan, 25, "few_records"), "not_enough_data", "few_records"),
        (Estimate(np.nan, np.nan, np.nan, 0, "no_records"), "not_enough_data", "no_records"),
    ],
)
def test_the_number_of_customers_is_as_sure_as_its_interval(
    estimate: Estimate, verdict: str, reason: str
) -> None:
    who = SimpleNamespace(count=estimate, sure=True, caveats=(("links_cut", {"links": 2}),))
    found = customer_count(who)
    assert (found.verdict, found.reason, found.n) == (verdict, reason, estimate.n)
    assert np.isnan(found.value) == bool(reason and reason != "interval_wide")
    assert found.caveats == (("links_cut", {"links": 2}),)


def test_an_interval_that_rests_on_assumed_errors_is_not_planned_by() -> None:
    found = customer_count(SimpleNamespace(count=Estimate(1000, 960, 1050, 1400), sure=False, caveats=()))
    assert (found.verdict, found.reason) == ("watch", "errors_uncertain")


def won(costs: dict[str, float], spend: float, customers: int = 200) -> Acquisition:
    activities = pd.DataFrame({"activity": list(costs), "kind": "event", "cost": list(costs.values())})
    names = [f"c{number}" for number in range(customers)]
    people = pd.DataFrame({"customer_id": names, "acquired_by": "fair"})
    return acquisition(activities, people, pd.DataFrame({"customer_id": names, "spend": spend}), OWN)


@pytest.mark.parametrize(
    ("costs", "spend", "verdict", "reason"),
    [
        ({"fair": 1000.0}, 20.0, "go", ""),
        ({"fair": 1000.0}, 10.0, "watch", "unproven"),
        ({"fair": 1000.0}, 4.0, "stop", "loss"),
        ({"fair": 1000.0}, -4.0, "stop", "loss"),
        ({"fair": 1000.0, "press": 500.0}, 20.0, "watch", "unmeasured"),
    ],
)
def test_the_return_is_judged_by_its_interval(
    costs: dict[str, float], spend: float, verdict: str, reason: str
) -> None:
    found = acquisition_return(won(costs, spend), OWN)
    assert (found.verdict, found.reason, found.n) == (verdict, reason, 200)
    assert not found.value < found.low
    assert not found.value > found.high
    assert found.value <= -1 or found.break_even == pytest.approx(0.5 / (1 + found.value))
    assert ("spend_unmeasurable" in dict(found.caveats)) == (len(costs) == 2)


def test_without_activities_there_is_no_return() -> None:
    people = pd.DataFrame({"customer_id": ["c1"], "acquired_by": ["fair"]})
    found = acquisition_return(acquisition(None, people, None, OWN), OWN)
    assert (found.verdict, found.reason) == ("not_enough_data", "no_activities")
    assert np.isnan(found.value)


def test_revenue_taken_for_profit_is_never_enough_to_go_on() -> None:
    found = acquisition_return(won({"fair": 1000.0}, 20.0), Params())
    assert (found.verdict, found.reason) == ("watch", "margin_unknown")


def test_a_handful_of_customers_is_no_evidence() -> None:
    found = acquisition_return(won({"fair": 10.0}, 1000.0, customers=9), OWN)
    assert (found.verdict, found.reason, found.n) == ("not_enough_data", "few_won", 9)


def test_what_cost_nothing_does_not_pay_for_what_did() -> None:
    activities = pd.DataFrame({"activity": ["free", "paid"], "kind": "web", "cost": [0.0, 1000.0]})
    names = [f"c{number}" for number in range(100)]
    people = pd.DataFrame({"customer_id": names, "acquired_by": ["free"] * 80 + ["paid"] * 20})
    value = pd.DataFrame({"customer_id": names, "spend": 100.0})
    found = acquisition_return(acquisition(activities, people, value, OWN), OWN)
    assert (found.n, found.value, found.verdict) == (20, pytest.approx(0.0), "watch")
