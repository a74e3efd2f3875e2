"""Rows of other tables are told to be a known customer's, and worth is added up by person."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd

from cerm_nb.analyses.readiness.identity import resolve
from cerm_nb.analyses.readiness.linking import linked_rows, person_values
from cerm_nb.analyses.readiness.parameters import Params

RECORDS = pd.DataFrame(
    {
        "entry": ["cards", "web", "web", "web"],
        "record_id": ["a", "b", "c", "d"],
        "customer_id": ["007", "9", None, None],
        "phone": [None, "010-0000-1234", None, "0"],
        "email": [None, None, "Kim@Example.com", None],
    }
)


def keys(**columns: list[str | None]) -> pd.DataFrame:
    n = len(next(iter(columns.values())))
    empty = {name: [None] * n for name in ("customer_id", "phone", "email")}
    return pd.DataFrame({"entry": "calls", "source": "call_centre", **empty, **columns, "rows": 10})


def test_a_row_is_linked_by_number_phone_or_address_in_any_spelling() -> None:
    found = linked_rows(
        keys(
            customer_id=["007", "7", None, None, None],
            phone=[None, None, "+82 10 0000 1234", "0", None],
            email=[None, None, None, None, " kim@example.COM"],
        ),
        RECORDS,
    )
    assert found.to_dict("records") == [{"entry": "calls", "rows": 50, "linked": 30}]


def test_tables_stay_in_their_order_and_unknown_rows_are_counted() -> None:
    both = pd.concat([keys(customer_id=["1"]), keys(customer_id=["9"]).assign(entry="a_log")])
    assert linked_rows(both, RECORDS).to_numpy().tolist() == [["calls", 10, 0], ["a_log", 10, 10]]


def test_without_a_list_whoever_has_a_number_is_known() -> None:
    found = linked_rows(keys(customer_id=["1", None]), RECORDS.iloc[:0])
    assert found[["rows", "linked"]].to_numpy().tolist() == [[20, 10]]


def test_nothing_to_link_is_no_error() -> None:
    assert linked_rows(keys(customer_id=["1"]).iloc[:0], RECORDS).empty


def test_worth_is_added_up_over_the_numbers_of_a_person() -> None:
    numbers = pd.DataFrame({"number": ["007", "9"], "customer_id": ["007", "007"]})
    value = pd.DataFrame({"customer_id": ["007", " 9", "5"], "spend": [1.0, 2.0, 4.0]})
    found = person_values(value, SimpleNamespace(numbers=numbers))
    assert found.to_dict("records") == [
        {"customer_id": "007", "spend": 3.0},
        {"customer_id": "5", "spend": 4.0},
    ]


def test_a_record_number_used_twice_gives_nobody_another_ones_money() -> None:
    twice = pd.DataFrame(
        {"entry": "web", "record_id": "1", "customer_id": ["a", "b"], "name": ["Kim", "Lee"]}
    )
    value = pd.DataFrame({"customer_id": ["a", "b"], "spend": [1.0, 2.0]})
    found = person_values(value, resolve(twice, Params()))
    assert found.to_dict("list") == {"customer_id": ["a", "b"], "spend": [1.0, 2.0]}


def test_worth_stays_as_it_is_where_nobody_was_resolved() -> None:
    value = pd.DataFrame({"customer_id": ["a"], "spend": [1.0]})
    assert person_values(value, resolve(None, Params())).equals(value)
