"""Net purchases by customer-day against hand-worked cases and a stack worked in Python."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cerm_nb.sources.engine import bound_table, collect, connect
from cerm_nb.sources.purchases import holdout, money, purchase_days, summary, weekly

FIRST = date(2011, 1, 1)
LAST = date(2011, 12, 31)

Line = tuple[str, int, float]


def transactions(lines: list[Line]) -> ibis.Table:
    """Make a table of (customer, day of the year from 0, amount)."""
    connection = connect()
    table = pa.table(
        {
            "customer_id": pa.array([line[0] for line in lines], pa.string()),
            "date": pa.array([FIRST + timedelta(days=line[1]) for line in lines], pa.date32()),
            "amount": pa.array([line[2] for line in lines], pa.float64()),
        }
    )
    connection.register("lines", table)
    connection.execute("CREATE TABLE transactions AS SELECT * FROM lines")
    schema = {"customer_id": "string", "date": "date", "amount": "float64"}
    return bound_table(ibis.duckdb.from_connection(connection), "transactions", schema)


def days(lines: list[Line], until: date = LAST) -> list[tuple[str, int, float]]:
    frame = collect(purchase_days(transactions(lines), until))
    found = [
        (row.customer_id, (row.day - FIRST).days, round(row.spend, 6))
        for row in frame.itertuples(index=False)
    ]
    return sorted(found)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param([("a", 0, 5), ("a", 0, 7)], [("a", 0, 12)], id="lines of one day are one purchase"),
        pytest.param([("a", 0, 5), ("b", 0, 7)], [("a", 0, 5), ("b", 0, 7)], id="customers stand apart"),
        pytest.param([("a", 0, 5), ("a", 3, -2)], [("a", 0, 3)], id="a return lowers the purchase before it"),
        pytest.param([("a", 0, 5), ("a", 3, -5)], [], id="a return of everything undoes the purchase"),
        pytest.param(
            [("a", 0, 5), ("a", 1, 8), ("a", 3, -3)],
            [("a", 0, 5), ("a", 1, 5)],
            id="the last money goes first",
        ),
        pytest.param(
            [("a", 0, 5), ("a", 1, 8), ("a", 3, -10)],
            [("a", 0, 3)],
            id="a return may undo one and lower another",
        ),
        pytest.param(
            [("a", 0, -4), ("a", 1, 5)], [("a", 1, 5)], id="a return before any purchase is dropped"
        ),
        pytest.param(
            [("a", 0, 5), ("a", 1, -9), ("a", 2, 6)], [("a", 2, 6)], id="what exceeds all money is dropped"
        ),
        pytest.param(
            [("a", 0, 5), ("a", 1, -3), ("a", 2, 6), ("a", 3, -7)],
            [("a", 0, 1)],
            id="returns add up over days",
        ),
        pytest.param([("a", 0, 5), ("a", 0, -2)], [("a", 0, 3)], id="within a day the net counts"),
        pytest.param([("a", 0, 5), ("a", 0, -5)], [], id="a day that nets to nothing is no purchase"),
        pytest.param([("a", 0, 0), ("a", 0, 0)], [("a", 0, 0)], id="a free day is a purchase"),
        pytest.param([("a", 0, 0), ("a", 0, -1)], [], id="a free line with a return is none"),
        pytest.param(
            [("a", 0, 9), ("a", 1, 0), ("a", 2, -9)], [("a", 1, 0)], id="a free purchase cannot be taken back"
        ),
        pytest.param([("a", 0, 0.1)] * 3 + [("a", 1, -0.3)], [], id="sums of cents are exact"),
    ],
)
def test_hand_worked_cases(lines: list[Line], expected: list[Line]) -> None:
    assert days(lines) == expected


def test_what_happens_after_until_is_not_seen() -> None:
    lines = [("a", 0, 5.0), ("a", 10, 6.0), ("a", 20, -11.0)]
    assert days(lines, FIRST + timedelta(days=10)) == [("a", 0, 5), ("a", 10, 6)]
    assert days(lines, FIRST + timedelta(days=20)) == []


def by_stack(lines: list[Line]) -> tuple[list[Line], int, int]:
    """Work the rule with a stack; give purchases, unmatched cents and the days on which they arose."""
    daily: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for customer, day, amount in lines:
        daily[customer][day].append(round(amount * 100))
    purchases: list[Line] = []
    unmatched = unmatched_days = 0
    for customer, history in daily.items():
        stack: list[list[int]] = []
        for day in sorted(history):
            net = sum(history[day])
            if net > 0 or not any(history[day]):
                stack.append([day, net, int(net == 0)])
            owed = max(-net, 0)
            for entry in reversed(stack):
                taken = min(owed, entry[1])
                entry[1] -= taken
                owed -= taken
            unmatched += owed
            unmatched_days += owed > 0
        purchases += [(customer, day, cents / 100) for day, cents, free in stack if cents or free]
    return sorted(purchases), unmatched, unmatched_days


LINES = st.lists(
    st.tuples(
        st.sampled_from(["a", "b"]),
        st.integers(0, 8),
        st.integers(-300, 300).map(lambda cents: cents / 100) | st.just(0.0),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(LINES)
def test_windows_agree_with_a_stack(lines: list[Line]) -> None:
    expected, unmatched, unmatched_days = by_stack(lines)
    table = transactions(lines)
    frame = collect(purchase_days(table, LAST)).sort_values(["customer_id", "day"])
    assert [
        (row.customer_id, (row.day - FIRST).days, round(row.spend, 6))
        for row in frame.itertuples(index=False)
    ] == expected
    told = money(table, LAST)
    assert (round(told.unmatched * 100), told.unmatched_days) == (unmatched, unmatched_days)
    assert told.gross - told.returned + told.unmatched == pytest.approx(frame["spend"].sum(), abs=1e-6)


def test_summary_of_a_customer_worked_by_hand() -> None:
    lines = [("b", 0, 10.0), ("b", 7, 4.0), ("b", 21, 8.0), ("b", 21, -2.0), ("a", 14, 3.0)]
    until = FIRST + timedelta(days=28)
    frame = summary(purchase_days(transactions(lines), until), until)
    expected = pd.DataFrame(
        {
            "customer_id": pd.Series(["a", "b"], dtype="str"),
            "first_day": [pd.Timestamp(2011, 1, 15), pd.Timestamp(2011, 1, 1)],
            "frequency": np.array([0, 2], dtype=np.int64),
            "recency": [0.0, 3.0],
            "age": [2.0, 4.0],
            "monetary_value": [0.0, 5.0],
            "spend": [3.0, 20.0],
        }
    )
    pd.testing.assert_frame_equal(frame, expected, check_dtype=False)
    assert frame["first_day"].dtype.kind == "M"
    assert frame["frequency"].dtype == np.int64


def test_a_summary_of_nobody_is_empty_with_its_columns() -> None:
    frame = summary(purchase_days(transactions([("a", 0, -1.0)]), LAST), LAST)
    assert len(frame) == 0
    assert frame["frequency"].dtype == np.int64


def test_holdout_counts_only_customers_of_the_calibration_zeros_included() -> None:
    lines = [("a", 0, 5.0), ("a", 20, 6.0), ("a", 30, 7.0), ("b", 1, 5.0), ("c", 20, 9.0)]
    frame = holdout(transactions(lines), FIRST + timedelta(days=10), LAST)
    assert frame.to_dict("list") == {"customer_id": ["a", "b"], "actual": [2, 0], "spend": [13.0, 0.0]}
    assert frame["actual"].dtype == np.int64


def test_a_purchase_returned_in_the_holdout_still_counts_in_the_calibration() -> None:
    lines = [("a", 0, 5.0), ("a", 20, -5.0), ("a", 30, 7.0)]
    frame = holdout(transactions(lines), FIRST + timedelta(days=10), LAST)
    assert frame.to_dict("list") == {"customer_id": ["a"], "actual": [1], "spend": [7.0]}


def test_weeks_have_no_gaps_and_count_repeats_of_acquired_customers() -> None:
    lines = [("a", 0, 5.0), ("a", 6, 5.0), ("a", 7, 5.0), ("a", 27, 5.0), ("b", 15, 5.0), ("b", 16, 5.0)]
    table = weekly(purchase_days(transactions(lines), LAST), FIRST, FIRST + timedelta(days=10))
    assert table.to_dict("list") == {"week": [1, 2, 3, 4], "repeats": [1, 1, 0, 1]}
    assert [kind.kind for kind in table.dtypes] == ["i", "i"]


def test_weeks_of_customers_who_never_came_back_are_none() -> None:
    table = weekly(purchase_days(transactions([("a", 0, 5.0)]), LAST), FIRST, LAST)
    assert len(table) == 0


def test_money_tells_what_came_in_and_went_back() -> None:
    told = money(transactions([("a", 0, 10.0), ("a", 1, -4.0), ("b", 0, -3.0), ("b", 2, 0.0)]), LAST)
    assert (told.gross, told.returned, told.unmatched) == (10.0, 7.0, 3.0)
    assert (told.unmatched_days, told.lines, told.customers) == (1, 4, 2)
    assert told.returned_share == pytest.approx(0.7)


def test_money_of_no_rows_is_nothing() -> None:
    told = money(transactions([("a", 5, 1.0)]), FIRST)
    assert (told.gross, told.returned_share, told.lines) == (0.0, 0.0, 0)
