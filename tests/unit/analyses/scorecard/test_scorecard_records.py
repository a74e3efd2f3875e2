"""Indicators as records: the client's own, those other questions give, and what is refused."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.scorecard.derived import derived
from cerm_nb.analyses.scorecard.parameters import Params
from cerm_nb.analyses.scorecard.records import record_caveats, records
from cerm_nb.errors import DataError, ParamsError
from cerm_nb.findings import Finding

DAY = pd.Timestamp("2024-06-30")


@dataclass
class Published:
    """What one day's questions left, in place of files."""

    day: pd.Timestamp = DAY
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    told: dict[str, list[Finding]] = field(default_factory=dict)

    def has_published(self, address: str) -> bool:
        return address in self.tables

    def published(self, address: str) -> pd.DataFrame:
        return self.tables[address]

    def findings(self, question: str) -> list[Finding]:
        return self.told.get(question, [])


def customers() -> pd.DataFrame:
    """120 customers: 40 won this year, 80 before, of whom 60 bought within the last year; 25 targets."""
    age = np.r_[np.full(40, 20.0), np.full(80, 100.0)]
    recency = np.r_[np.full(40, 10.0), np.full(60, 80.0), np.full(20, 10.0)]
    return pd.DataFrame({"age": age, "recency": recency, "is_target": np.arange(120) < 25})


def listed(**changes: object) -> pd.DataFrame:
    base = {"indicator": ["sales", "smiles"], "perspective": ["financial", "customer"]}
    return pd.DataFrame(base | {"direction": ["higher", "higher"]} | changes)


GIVEN, POINTS = derived([Published(tables={"value.customers": customers()})])


def test_what_other_questions_found_becomes_indicators_with_interval_and_n() -> None:
    points = POINTS.set_index("indicator")
    assert list(GIVEN["indicator"]) == ["target_customers", "customer_retention"]
    assert points.loc["target_customers", ["value", "n"]].tolist() == [25, 25]
    assert points.loc["customer_retention", ["value", "n"]].tolist() == [0.75, 80]
    # Wilson 1927 for 60 of 80
    assert points.loc["customer_retention", ["low", "high"]].tolist() == pytest.approx(
        [0.6451, 0.8321], abs=1e-3
    )
    assert (POINTS["period"] == DAY).all()


def test_what_the_client_measures_itself_is_not_given_again() -> None:
    given, points = derived(
        [Published(tables={"value.customers": customers()})], measured={"customer_retention"}
    )
    assert list(given["indicator"]) == list(points["indicator"]) == ["target_customers"]


def test_a_finding_brings_its_own_interval() -> None:
    finding = Finding("target_value", "?", "go", "!", 5.0, 4.0, 7.0, 25, "25", "KRW")
    _, points = derived([Published(told={"value": [finding]})])
    assert points.iloc[0].tolist() == ["target_value", DAY, 5.0, 4.0, 7.0, 25]


def test_moments_and_promises_are_means_with_the_widest_interval() -> None:
    moments = pd.DataFrame(
        {
            "moment": ["yes", "possible", "no", "yes"],
            "dimension": ["", "", "", "people"],
            "nature": "",
            "gap": [-1.0, -0.5, 3.0, 9.0],
            "gap_low": [-1.2, -0.9, 2.0, 8.0],
            "gap_high": [-0.8, -0.1, 4.0, 10.0],
            "n": [90, 60, 5, 80],
        }
    )
    proof = pd.DataFrame(
        {"promise": ["a", "b"], "kept": [0.4, 0.8], "low": [0.3, 0.7], "high": [0.5, 0.9], "n": [50, 70]}
    )
    ranked = pd.DataFrame({"candidate": ["b", "a"], "rank": [1, 2]})
    tables = {"roadmap.moments": moments, "promise.proof": proof, "promise.promise": ranked}
    _, points = derived([Published(tables=tables)])
    assert points.to_numpy().tolist() == [
        ["gap_at_moments", DAY, -0.75, pytest.approx(-1.05), pytest.approx(-0.45), 60],
        ["kept_promise", DAY, 0.8, 0.7, 0.9, 70],
    ]


def test_small_groups_and_tables_without_the_columns_are_not_told() -> None:
    few = Published(
        tables={"value.customers": customers().head(5), "roadmap.moments": pd.DataFrame({"a": [1]})}
    )
    given, points = derived([few])
    assert given.empty
    assert points.empty


def test_a_client_sets_targets_for_what_other_questions_give() -> None:
    table = listed(indicator=["sales", "customer_retention"], target=[9.0, 0.8])
    found = records(table, GIVEN, Params()).set_index("indicator")
    assert list(found.index) == ["sales", "customer_retention", "target_customers"]
    assert found.loc["customer_retention", ["target", "source", "unit"]].tolist() == [0.8, "value", "share"]
    assert found.loc["sales", "source"] == "kpis"
    assert found.loc["sales", "name"] == "sales"


def test_drives_become_names_once_each() -> None:
    found = records(listed(drives=[None, "sales; sales ;"]), GIVEN, Params())
    assert found["drives"].tolist()[:2] == [(), ("sales",)]


def test_indicators_listed_twice_are_refused_all_at_once() -> None:
    table = pd.concat([listed(), listed()])
    with pytest.raises(DataError) as raised:
        records(table, GIVEN, Params())
    assert [problem.where for problem in raised.value.problems] == [
        "data.indicators → sales",
        "data.indicators → smiles",
    ]


def test_params_that_name_no_indicator_are_refused_all_at_once() -> None:
    own = Params(importance={"sale": 2.0}, campaign_indicators={"K1": "smile"})
    with pytest.raises(ParamsError) as raised:
        records(listed(), GIVEN, own)
    assert [problem.where for problem in raised.value.problems] == [
        "importance → sale",
        "campaign_indicators → K1",
    ]


def test_odd_targets_and_missing_owners_are_told() -> None:
    table = listed(
        baseline=[10.0, 5.0],
        target=[9.0, 6.0],
        target_date=[None, pd.Timestamp("2024-01-31")],
        owner=["Sales", None],
    )
    found = record_caveats(records(table, GIVEN.head(0), Params()), DAY)
    missing = records(listed(target=[9.0, np.nan], baseline=np.nan, floor=np.nan), GIVEN.head(0), Params())
    assert dict(record_caveats(missing, DAY))["baselines_missing"] == {"n": 1, "names": ("sales",)}
    due = records(listed(target_date=[DAY, DAY + pd.Timedelta(days=1)]), GIVEN.head(0), Params())
    assert dict(record_caveats(due, DAY))["targets_past"]["names"] == ("sales",)
    assert dict(found) == {
        "owners_missing": {"n": 1, "names": ("smiles",)},
        "targets_past": {"n": 1, "names": ("smiles",)},
        "targets_behind": {"n": 1, "names": ("sales",)},
    }


def test_a_lower_target_is_better_where_lower_is_better() -> None:
    table = listed(direction=["lower", "lower"], baseline=[10.0, 5.0], target=[9.0, 6.0])
    assert dict(record_caveats(records(table, GIVEN.head(0), Params()), DAY))["targets_behind"]["names"] == (
        "smiles",
    )


def test_without_any_indicator_there_are_no_records() -> None:
    given, points = derived([])
    assert records(None, given, Params()).empty
    assert points.empty
