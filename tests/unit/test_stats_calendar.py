"""Calendars of series: months whichever day tells them, steps, gaps."""

import numpy as np
import pandas as pd
import pytest

from cerm_nb.stats.calendar import calendar, first_days, spacing


def days(*told):
    return pd.DatetimeIndex(pd.to_datetime(list(told)))


@pytest.mark.parametrize(
    ("freq", "months", "season"), [("MS", 1, 12), ("QS", 3, 4), ("YS", 12, 0), ("2MS", 2, 0)]
)
def test_months_are_counted_in_months(freq, months, season):
    given = pd.date_range("2023-01-01", periods=5, freq=freq)
    found = calendar(given[[0, 1, 3, 4]])
    assert found.periods.tolist() == given.tolist()
    assert found.length == pd.DateOffset(months=months)
    assert found.season == season


@pytest.mark.parametrize(("step", "season"), [(1, 7), (7, 0), (28, 0)])
def test_everything_else_is_counted_in_days(step, season):
    given = pd.date_range("2024-01-03", periods=6, freq=f"{step}D")
    found = calendar(given.delete(3))
    assert found.periods.tolist() == given.tolist()
    assert (found.length, found.season) == (pd.DateOffset(days=step), season)


@pytest.mark.parametrize("given", [days(), days("2024-05-17")])
def test_fewer_than_two_days_have_no_step(given):
    found = calendar(given)
    assert found.periods.tolist() == given.tolist()
    assert found.season == 0


@pytest.mark.parametrize(
    ("told", "begin"),
    [
        (("2024-01-31", "2024-02-29", "2024-04-30"), ("2024-01-01", "2024-02-01", "2024-04-01")),
        (("2024-01-08", "2024-02-05", "2024-03-04"), ("2024-01-01", "2024-02-01", "2024-03-01")),
        (("2024-03-31", "2024-06-30", "2024-09-30"), ("2024-01-01", "2024-04-01", "2024-07-01")),
        (("2022-12-31", "2023-12-31", "2024-12-31"), ("2022-01-01", "2023-01-01", "2024-01-01")),
        (("2024-01-15", "2024-02-15", "2024-03-15"), ("2024-01-15", "2024-02-15", "2024-03-15")),
        (("2024-01-29", "2024-02-05", "2024-02-12"), ("2024-01-29", "2024-02-05", "2024-02-12")),
        (("2024-01-31", "2024-02-29"), ("2024-01-31", "2024-02-29")),
    ],
)
def test_periods_begin_on_their_first_day_whichever_day_tells_them(told, begin):
    assert first_days(days(*told)).tolist() == days(*begin).tolist()


def test_many_series_are_told_as_each_alone():
    parts = [
        pd.date_range("2024-01-31", periods=5, freq="ME"),
        pd.date_range("2024-01-01", periods=3, freq="7D"),
        days("2024-02-02"),
        pd.date_range("2020-03-31", periods=4, freq="QE"),
    ]
    series = np.repeat(np.arange(4), [len(part) for part in parts])
    together = parts[0].append(parts[1:])
    first = first_days(together, series)
    for at, part in enumerate(parts):
        assert first[series == at].tolist() == first_days(part).tolist()
    found = spacing(first, series)
    assert found.monthly.tolist() == [True, False, False, True]
    assert found.step.tolist() == [1, 7, 1, 3]
    assert first_days(days(), np.empty(0, dtype=np.int64)).tolist() == []
