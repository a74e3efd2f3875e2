"""Identity resolution against known truth: the FEBRL lists, and invented lists whose people are known."""

import json
import runpy
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.readiness.identity import resolve
from cerm_nb.analyses.readiness.parameters import Params
from cerm_nb.params import CommonParams, read, select
from cerm_nb.sources import customer_information

ROOT = Path(__file__).parents[2]
lists = runpy.run_path(str(ROOT / "benchmarks" / "people.py"))["lists"]


def febrl(*, numbers: bool = True) -> pd.DataFrame:
    """The 5,000 persons of FEBRL dataset 4, each in two lists."""
    read = [
        pd.read_csv(ROOT / f"data/febrl/dataset4{part}.csv", dtype=str, skipinitialspace=True).assign(
            entry=part
        )
        for part in "ab"
    ]
    frame = pd.concat(read, ignore_index=True)
    names = {
        "rec_id": "record_id",
        "surname": "family_name",
        "date_of_birth": "birth_date",
        "suburb": "city",
        "soc_sec_id": "other_id",
    }
    frame["address"] = (frame["street_number"].fillna("") + " " + frame["address_1"].fillna("")).str.strip()
    frame["source"] = frame["entry"].map({"a": "cards", "b": "internet"})
    kept = ["entry", "source", "given_name", "postcode", "address", *names.values()]
    frame = frame.rename(columns=names)[kept]
    return frame if numbers else frame.drop(columns="other_id")


def pairs(*labels) -> int:
    sizes = pd.DataFrame(dict(enumerate(labels))).value_counts().to_numpy()
    return int((sizes * (sizes - 1) // 2).sum())


def quality(found, truth) -> tuple[float, float]:
    both = pairs(found, truth)
    return both / pairs(found), both / pairs(truth)


@pytest.fixture(scope="module")
def resolved():
    return resolve(febrl(), Params())


@pytest.fixture(scope="module")
def truth(resolved):
    return resolved.links["record_id"].str.split("-").str[1].to_numpy()


def test_febrl_is_linked_as_the_reference_says(resolved, truth):
    precision, recall = quality(resolved.links["customer_id"], truth)
    assert resolved.method == "splink"
    assert precision == pytest.approx(1.0, abs=5e-4)
    assert recall >= 0.998


def test_the_true_number_of_febrl_persons_is_in_a_narrow_interval(resolved):
    assert resolved.count.low <= 5000 <= resolved.count.high
    assert resolved.count.high - resolved.count.low < 50
    assert resolved.count.n == 10_000


def test_cross_source_agreement_of_febrl_is_that_of_the_true_pairs(resolved):
    frame = febrl().assign(person=lambda each: each["record_id"].str.split("-").str[1])
    true = frame[frame["entry"] == "a"].merge(frame[frame["entry"] == "b"], on="person", suffixes=("", "_b"))
    fields = resolved.fields.set_index("field")
    for field in ("given_name", "family_name", "postcode"):
        both = true[[field, f"{field}_b"]].dropna()
        assert fields.loc[field, "share"] == pytest.approx(
            (both[field] == both[f"{field}_b"]).mean(), abs=0.01
        )
        assert fields.loc[field, "low"] < fields.loc[field, "share"] < fields.loc[field, "high"]


def test_one_febrl_list_holds_nobody_twice():
    alone = resolve(febrl().query("entry == 'a'"), Params())
    assert alone.found == 5000
    assert alone.count.low <= 5000 <= alone.count.high
    assert alone.method == "keys"  # no pairs a model could learn from
    assert alone.duplicates["duplicates"].tolist() == [0]
    assert "error_rates_assumed" in dict(alone.caveats)


def test_keys_alone_find_fewer_febrl_pairs_and_say_so(truth):
    keyed = resolve(febrl(), Params(identity_method="keys"))
    precision, recall = quality(keyed.links["customer_id"], truth)
    assert precision == pytest.approx(1.0, abs=5e-4)
    assert 0.95 < recall < 0.97
    assert keyed.count.low <= 5000 <= keyed.count.high


def test_keys_that_nothing_checks_leave_the_number_undetermined():
    keyed = resolve(febrl(numbers=False), Params(identity_method="keys"))
    assert np.isnan(keyed.count.low)
    assert keyed.count.reason == "errors_unknown"
    assert dict(keyed.caveats)["count_undetermined"] == {"reason": "errors_unknown"}


@pytest.mark.parametrize(("persons", "error"), [(1000, 0.02), (1200, 0.1)])
def test_the_interval_holds_the_number_of_invented_people_and_few_are_confused(persons, error):
    frame = lists(persons, seed=persons, error=error)
    found = resolve(frame.drop(columns="person"), Params())
    assert found.count.low <= frame["person"].nunique() <= found.count.high
    assert found.count.high - found.count.low < 0.25 * persons
    assert found.count.value != found.found  # what was missed is put right
    person = frame.set_index(["entry", "record_id"])["person"]
    names = pd.MultiIndex.from_frame(found.links[["entry", "record_id"]])
    precision, recall = quality(found.links["customer_id"], person.loc[names].to_numpy())
    assert precision > 0.9  # few households are made one person
    assert recall > 0.9


def test_keys_recover_the_number_of_people_in_two_lists():
    frame = lists(2500, seed=5, error=0.04)
    frame = frame[frame["entry"].isin(["loyalty", "callcentre"])]
    found = resolve(frame.drop(columns="person"), Params(identity_method="keys"))
    assert found.count.low <= frame["person"].nunique() <= found.count.high
    assert found.count.value == pytest.approx(frame["person"].nunique(), rel=0.03)


@pytest.fixture(scope="module")
def hanbit():
    """The records of the seven customer lists of Hanbit Hotels."""
    common = select(CommonParams, read(ROOT / "params/hanbit_hotel.yml", "params"))
    return customer_information(
        common.data, ROOT, labels="{}", as_of=date(2026, 6, 30), fresh_months=12
    ).records


@pytest.fixture(scope="module")
def planted():
    return json.loads((ROOT / "data/hanbit_hotel/truth.json").read_text(encoding="utf-8"))["identity"]


def test_the_interval_holds_the_hotels_customers_whatever_the_seed(hanbit, planted):
    counts = [resolve(hanbit, Params(seed=seed)).count for seed in (6, 7)]
    assert all(count.low <= planted["true_persons_in_lists"] <= count.high for count in counts)
    values = [count.value for count in counts]
    assert max(values) - min(values) < 0.02 * min(values)


def test_one_list_of_the_hotels_alone_holds_its_guests(hanbit, planted):
    alone = resolve(hanbit[hanbit["entry"] == "guests"], Params())
    assert alone.count.low <= planted["true_guests"] <= alone.count.high
    assert not alone.sure  # too few pairs to learn errors from


def test_keys_hold_the_hotels_customers(hanbit, planted):
    keyed = resolve(hanbit, Params(identity_method="keys"))
    assert keyed.count.low <= planted["true_persons_in_lists"] <= keyed.count.high
    assert not keyed.sure
