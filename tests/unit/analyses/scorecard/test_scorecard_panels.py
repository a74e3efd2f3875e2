"""Series laid out by frequency: gaps, repeats, changes of frequency, and values that cannot be."""

from operator import attrgetter

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.scorecard.panels import panels
from cerm_nb.errors import DataError

cells = attrgetter("values")
AS_OF = pd.Timestamp("2025-12-31")


def told(name, values, *, first="2024-01-01", freq="MS", denominator=np.nan):
    periods = pd.date_range(first, periods=len(values), freq=freq)
    return pd.DataFrame({"indicator": name, "period": periods, "value": values, "denominator": denominator})


def listed(*names, unit="", measure=""):
    return pd.DataFrame({"indicator": list(names), "unit": unit, "measure": measure})


def found_in(*tables, unit="", measure="", as_of=AS_OF):
    kpis = pd.concat(tables, ignore_index=True)
    return panels(kpis, listed(*kpis["indicator"].unique(), unit=unit, measure=measure), as_of)


def test_series_are_grouped_by_frequency_and_keep_their_order():
    found = found_in(
        told("b", range(12)),
        told("q", range(4), freq="QS"),
        told("a", range(6), first="2024-04-01"),
        told("w", range(9), freq="7D"),
        told("z", range(20), freq="D"),
    )
    by_names = {panel.names: panel for panel in found.panels}
    assert set(by_names) == {("b", "a"), ("q",), ("w",), ("z",)}
    months = by_names["b", "a"]
    assert months.periods.tolist() == pd.date_range("2024-01-01", periods=12, freq="MS").tolist()
    assert cells(months).shape == (2, 12)
    assert cells(months)[1, :3].tolist() == pytest.approx([np.nan] * 3, nan_ok=True)
    assert cells(months)[1, 3:9].tolist() == list(range(6))
    seasons = {panel.names[0]: (panel.season, panel.length) for panel in found.panels}
    assert seasons == {
        "b": (12, pd.DateOffset(months=1)),
        "q": (4, pd.DateOffset(months=3)),
        "w": (0, pd.DateOffset(days=7)),
        "z": (7, pd.DateOffset(days=1)),
    }
    assert (found.reasons, found.caveats) == ({}, ())


def test_rows_may_come_in_any_order():
    rows = told("a", range(24))
    found = found_in(rows.sample(frac=1, random_state=1))
    assert cells(found.panels[0])[0].tolist() == list(range(24))


def test_month_ends_are_months_and_share_the_panel_of_first_days():
    found = found_in(told("a", range(6), freq="ME"), told("b", range(6)))
    (panel,) = found.panels
    assert panel.names == ("a", "b")
    assert cells(panel).tolist() == [list(range(6))] * 2


def test_gaps_stay_gaps_and_are_told():
    rows = told("a", range(10)).drop([3, 7]).reset_index(drop=True)
    rows.loc[2, "value"] = np.nan
    found = found_in(rows)
    assert np.flatnonzero(np.isnan(cells(found.panels[0])[0])).tolist() == [2, 3, 7]
    assert found.caveats == (("periods_missing", {"indicator": "a", "n": 3}),)


def test_a_period_given_twice_with_the_same_value_counts_once():
    rows = told("a", range(10))
    found = found_in(rows, rows.iloc[[2, 5]])
    assert cells(found.panels[0])[0].tolist() == list(range(10))
    assert found.caveats == (("periods_repeated", {"indicator": "a", "n": 2}),)


def test_a_period_counts_when_it_has_ended():
    month = told("a", range(6))
    assert cells(found_in(month, as_of=pd.Timestamp("2024-06-30")).panels[0]).shape == (1, 6)
    found = found_in(month, told("b", range(3), freq="QS"), as_of=pd.Timestamp("2024-06-29"))
    assert [cells(panel).shape for panel in found.panels] == [(1, 5), (1, 1)]
    assert found.caveats == (("periods_unfinished", {"n": 2, "names": ("a", "b")}),)
    ends = found_in(told("e", range(6), freq="ME"), as_of=pd.Timestamp("2024-06-30"))
    assert cells(ends.panels[0]).shape == (1, 6)


def test_what_comes_later_is_not_seen():
    rows = told("a", [1.0, 2.0, 3.0, 4.0])
    rows.loc[3, "value"] = np.inf
    found = found_in(rows, as_of=pd.Timestamp("2024-03-31"))
    assert (cells(found.panels[0]).tolist(), found.caveats) == ([[1.0, 2.0, 3.0]], ())


def test_the_stretch_since_the_last_change_of_frequency_is_used():
    first, later = (
        told("a", range(12), freq="QS", first="2022-01-01"),
        told("a", range(8), first="2025-01-01"),
    )
    found = found_in(first, later)
    assert cells(found.panels[0])[0].tolist() == list(range(8))
    period = pd.Timestamp("2025-01-01")
    assert found.caveats == (
        ("frequency_changed", {"indicator": "a", "period": period, "before": 3, "after": 1}),
    )


@pytest.mark.parametrize(
    ("before", "after", "told_as"),
    [
        (("MS", "2023-01-01"), ("QS", "2024-01-01"), (1, 3)),
        (("MS", "2023-01-01"), ("7D", "2024-01-01"), (1, -7)),
    ],
)
def test_changes_of_every_kind_are_seen(before, after, told_as):
    (one, begin), (other, again) = before, after
    found = found_in(
        told("a", range(12), freq=one, first=begin), told("a", range(6), freq=other, first=again)
    )
    assert cells(found.panels[0])[0].tolist() == list(range(6))
    ((key, change),) = found.caveats
    assert (key, change["before"], change["after"]) == ("frequency_changed", *told_as)


@pytest.mark.parametrize("gaps", [[5], [1, 3], [3, 8], [6, 8, 10], [2, 3, 7, 9]])
def test_gaps_are_no_change_of_frequency(gaps):
    found = found_in(told("a", range(20)).drop(gaps))
    assert [key for key, _ in found.caveats] == ["periods_missing"]


def test_working_days_are_days_with_gaps():
    days = pd.bdate_range("2024-01-01", periods=30)
    rows = pd.DataFrame({"indicator": "a", "period": days, "value": 1.0})
    found = panels(rows, listed("a"), AS_OF)
    assert found.panels[0].season == 7
    assert found.caveats == (("periods_missing", {"indicator": "a", "n": 10}),)


def test_one_value_joins_the_frequency_most_have():
    found = found_in(
        told("a", range(6)),
        told("n", [3.0], first="2024-05-01"),
        told("o", [1], first="2024-05-09", freq="D"),
    )
    assert [panel.names for panel in found.panels] == [("o",), ("a", "n")]
    assert cells(found.panels[1])[1, 4] == 3


def test_indicators_without_values_are_told():
    kpis = told("a", range(6))
    kpis = pd.concat([kpis, told("late", range(3), first="2030-01-01"), told("x", [np.nan, np.nan])])
    found = panels(kpis, listed("a", "late", "x", "none"), AS_OF)
    assert found.reasons == dict.fromkeys(["late", "x", "none"], "no_values")


def test_nothing_at_all_gives_no_panel():
    empty = told("a", [])
    assert panels(empty, listed(), AS_OF).panels == ()
    assert panels(empty, listed("a"), AS_OF).reasons == {"a": "no_values"}


def test_days_without_any_frequency_are_not_laid_out():
    days = pd.to_datetime(["2020-01-01", "2020-01-20", "2022-11-30", "2024-02-02"])
    kpis = pd.DataFrame({"indicator": "a", "period": days, "value": 1.0})
    found = panels(kpis, listed("a"), AS_OF)
    assert (found.panels, found.reasons) == ((), {"a": "irregular"})


def test_a_month_told_by_two_days_leaves_no_frequency():
    found = found_in(told("a", range(24)), told("a", [5.0], first="2024-03-31", freq="D"))
    assert (found.panels, found.reasons) == ((), {"a": "irregular"})


def test_values_of_unlisted_indicators_are_told():
    found = panels(pd.concat([told("a", range(3)), told("x", range(3))]), listed("a"), AS_OF)
    assert found.caveats == (("unlisted", {"n": 1, "names": ("x",)}),)


def test_everything_impossible_is_told_at_once():
    kpis = pd.concat(
        [
            told("percent", [50, 104, 110, 90]),
            told("share", [0.2, 1.2]),
            told("count", [3, -1]),
            told("rate", [1.0, 2.0], denominator=[5.0, 0.0]),
            told("infinite", [1.0, np.inf]),
            told("fine", [104, 1e9, -3]),
            told("twice", [1.0, 2.0]),
            told("twice", [1.0, 3.0]),
        ]
    )
    records = listed("percent", "share", "count", "rate", "infinite", "fine", "twice").assign(
        unit=["%", "", "", "per 1,000", "", "points", ""],
        measure=["", "share", "count", "rate", "", "", ""],
    )
    with pytest.raises(DataError) as raised:
        panels(kpis, records, AS_OF)
    told_of = {problem.where: problem for problem in raised.value.problems}
    assert set(told_of) == {
        f"data.kpis → {name}"
        for name in (
            "percent → value",
            "share → value",
            "count → value",
            "rate → denominator",
            "infinite → value",
            "twice → value",
        )
    }
    percent = told_of["data.kpis → percent → value"]
    assert percent.got == "got 104 in 2024-02-01, and 1 more such period"
    assert percent.expected == "100 at most, as it is a percent"
    assert told_of["data.kpis → twice → value"].got == "got 2, 3 for the same period 2024-02-01"
    assert all(problem.next_step for problem in told_of.values())


def test_a_percent_that_is_a_share_may_be_100():
    found = found_in(told("a", [100.0, 0.0, 99.5]), unit="%", measure="share")
    assert cells(found.panels[0])[0].tolist() == [100.0, 0.0, 99.5]


def test_two_denominators_of_one_period_are_refused():
    with pytest.raises(DataError, match="denominator"):
        found_in(told("a", [1.0, 2.0], denominator=10.0), told("a", [1.0], denominator=11.0))
