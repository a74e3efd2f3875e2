"""The two further answers say no more than their intervals allow."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.readiness import Acquisition, Params, acquisition, acquisition_return, customer_count
from cerm_nb.analyses.readiness.identity import Estimate


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
    found = customer_count(SimpleNamespace(count=estimate, caveats=(("links_cut", {"links": 2}),)))
    assert (found.verdict, found.reason, found.n) == (verdict, reason, estimate.n)
    assert np.isnan(found.value) == bool(reason and reason != "interval_wide")
    assert found.caveats == (("links_cut", {"links": 2}),)


def won(costs: dict[str, float], spend: float, customers: int = 200) -> Acquisition:
    activities = pd.DataFrame({"activity": list(costs), "kind": "event", "cost": list(costs.values())})
    names = [f"c{number}" for number in range(customers)]
    people = pd.DataFrame({"customer_id": names, "acquired_by": "fair"})
    return acquisition(activities, people, pd.DataFrame({"customer_id": names, "spend": spend}), Params())


@pytest.mark.parametrize(
    ("costs", "spend", "verdict", "reason"),
    [
        ({"fair": 1000.0}, 10.0, "go", ""),
        ({"fair": 1000.0}, 5.0, "watch", "unproven"),
        ({"fair": 1000.0}, 2.0, "stop", "loss"),
        ({"fair": 1000.0, "press": 500.0}, 10.0, "watch", "unmeasured"),
    ],
)
def test_the_return_is_judged_by_its_interval(
    costs: dict[str, float], spend: float, verdict: str, reason: str
) -> None:
    found = acquisition_return(won(costs, spend))
    assert (found.verdict, found.reason, found.n) == (verdict, reason, 200)
    assert found.low < found.value < found.high
    assert ("spend_unmeasurable" in dict(found.caveats)) == (len(costs) == 2)


def test_without_activities_there_is_no_return() -> None:
    people = pd.DataFrame({"customer_id": ["c1"], "acquired_by": ["fair"]})
    found = acquisition_return(acquisition(None, people, None, Params()))
    assert (found.verdict, found.reason) == ("not_enough_data", "no_activities")
    assert np.isnan(found.value)
