"""What is handed to the scorecard: limits from before, planted changes found, gaps and duplicates."""

import json
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.roadmap.control import COLUMNS, control

HOTEL = Path(__file__).parents[4] / "data" / "hanbit_hotel"


def hotel_table(name):
    with sqlite3.connect(HOTEL / "management.sqlite") as connection:
        return pd.read_sql(f"select * from {name}", connection)


@pytest.fixture(scope="module")
def initiatives():
    table = hotel_table("initiatives")
    return table.assign(start=pd.to_datetime(table["start"].replace("", None)))


@pytest.fixture(scope="module")
def indicators():
    return hotel_table("indicators")


@pytest.fixture(scope="module")
def kpis():
    table = pd.read_csv(HOTEL / "kpis.csv", thousands=",", parse_dates=["period"])
    return table.assign(value=table["value"].astype(float))


@pytest.fixture(scope="module")
def found(initiatives, indicators, kpis):
    return control(initiatives, indicators, kpis).frame.set_index("initiative")


def made(values, start, *, first="2024-01-01", freq="MS"):
    """One initiative and one indicator, better when higher."""
    periods = pd.date_range(first, periods=len(values), freq=freq)
    return (
        pd.DataFrame({"initiative": ["X"], "indicator": ["k"], "start": pd.to_datetime([start])}),
        pd.DataFrame({"indicator": ["k"], "direction": ["higher"]}),
        pd.DataFrame({"indicator": "k", "period": periods, "value": values}),
    )


@pytest.fixture
def stepped():
    values = np.random.default_rng(1).normal(10, 1, 40)
    values[30:] += 6
    return values


@pytest.mark.parametrize("indicator", ["long_check_in", "web_completion"])
def test_the_hotel_s_planted_changes_are_found(found, indicator):
    planted = json.loads((HOTEL / "truth.json").read_text(encoding="utf-8"))["kpis"]["change_points"][
        indicator
    ]
    row = found.loc[planted["initiative"]]
    assert row["start"] == pd.Timestamp(planted["period"])
    assert row["low"] < planted["step"] < row["high"]
    assert row["verdict"] == "worked"
    assert row["first_special"] == row["start"]
    assert row["outside_after"] >= 0.8 * row["points_after"]


def test_an_initiative_that_moved_nothing_is_undetermined(found):
    row = found.loc["I2"]
    assert (row["verdict"], row["reason"]) == ("undetermined", "interval_holds_zero")
    assert (row["points_before"], row["points_after"], row["special_after"]) == (27, 9, 0)


def test_what_has_not_started_gets_limits_of_all_so_far(found):
    row = found.loc["I3"]
    assert (row["verdict"], row["points_before"], row["points_after"]) == ("not_started", 36, 0)
    assert row["lower"] < row["mean"] < row["upper"]
    assert np.isnan(row["effect"])


def test_limits_come_from_before_the_change(stepped):
    row = control(*made(stepped, "2026-07-01")).frame.iloc[0]
    assert row["mean"] == pytest.approx(stepped[:30].mean())
    assert (row["points_before"], row["points_after"], row["outside_after"]) == (30, 10, 10)
    assert row["verdict"] == "worked"


def test_the_same_change_is_worse_where_lower_is_better(stepped):
    initiatives, indicators, kpis = made(stepped, "2026-07-01")
    row = control(initiatives, indicators.assign(direction="lower"), kpis).frame.iloc[0]
    assert row["verdict"] == "worsened"


@pytest.mark.parametrize(("start", "before", "after"), [("2026-07-15", 30, 9), ("2026-07-01", 30, 10)])
def test_the_period_a_change_falls_into_counts_to_neither_side(stepped, start, before, after):
    result = control(*made(stepped, start))
    row = result.frame.iloc[0]
    assert (row["points_before"], row["points_after"]) == (before, after)
    told = [values for key, values in result.caveats if key == "change_within_period"]
    assert [each["period"] for each in told] == ([pd.Timestamp("2026-07-01")] if after == 9 else [])


def test_a_change_in_the_last_period_leaves_nothing_to_judge(stepped):
    row = control(*made(stepped, "2027-04-20")).frame.iloc[0]
    assert (row["points_before"], row["points_after"], row["reason"]) == (39, 0, "none_after")
    later = control(*made(stepped, "2027-06-20")).frame.iloc[0]
    assert (later["points_before"], later["reason"]) == (40, "none_after")


@pytest.mark.parametrize("freq", ["ME", "MS"])
def test_months_told_by_their_last_day_are_months(stepped, freq):
    initiatives, indicators, kpis = made(stepped, "2026-07-01", freq=freq)
    result = control(initiatives, indicators, kpis)
    assert not {"periods_missing", "change_within_period"} & {key for key, _ in result.caveats}
    row = result.frame.iloc[0]
    assert (row["points_before"], row["points_after"], row["verdict"]) == (30, 10, "worked")


def test_missing_periods_stay_gaps_and_repeated_ones_count_once(stepped):
    initiatives, indicators, kpis = made(stepped, "2026-07-01")
    kpis = pd.concat([kpis.drop(index=[4, 5]), kpis.iloc[[8, 9]]])
    result = control(initiatives, indicators, kpis)
    assert result.frame.loc[0, "points_before"] == 28
    assert ("periods_missing", {"indicator": "k", "n": 2}) in result.caveats
    assert ("periods_repeated", {"indicator": "k", "n": 2}) in result.caveats


def test_two_values_for_one_period_are_not_chosen_from(stepped):
    initiatives, indicators, kpis = made(stepped, "2026-07-01")
    twice = pd.concat([kpis, kpis.iloc[[3]].assign(value=99.0)])
    row = control(initiatives, indicators, twice).frame.iloc[0]
    assert (row["verdict"], row["reason"]) == ("undetermined", "conflicting_periods")
    assert np.isnan(row["mean"])


def test_an_indicator_without_values_or_unknown_is_undetermined(stepped):
    initiatives, indicators, kpis = made(stepped, "2026-07-01")
    assert control(initiatives, indicators, kpis.iloc[:0]).frame.loc[0, "reason"] == "no_values"
    assert control(initiatives, indicators.iloc[:0], kpis).frame.loc[0, "reason"] == "indicator_unknown"


def test_too_few_periods_before_name_how_many_it_takes(stepped):
    result = control(*made(stepped[20:], "2024-11-01"))
    row = result.frame.iloc[0]
    assert (row["verdict"], row["reason"], row["needed"]) == ("undetermined", "too_few_before", 16)
    assert ("limits_short", {"initiative": "X", "n": 10}) in result.caveats


def test_values_that_follow_the_one_before_are_told():
    noise = np.random.default_rng(2).normal(size=60)
    for at in range(1, 60):
        noise[at] = 0.8 * noise[at - 1] + noise[at]
    (caveat,) = control(*made(noise, "2028-01-01")).caveats
    assert caveat[0] == "limits_related"
    assert caveat[1]["autocorrelation"] > 0.4


def test_weeks_and_quarters_are_periods_too(stepped):
    weekly = control(*made(stepped, "2024-07-29", freq="7D")).frame.iloc[0]
    quarterly = control(*made(stepped, "2031-07-01", freq="QS")).frame.iloc[0]
    for row in (weekly, quarterly):
        assert (row["points_before"], row["points_after"], row["verdict"]) == (30, 10, "worked")


def test_initiatives_that_share_an_indicator_are_told(stepped):
    initiatives, indicators, kpis = made(stepped, "2026-07-01")
    two = pd.concat([initiatives, initiatives.assign(initiative="Y")])
    assert ("indicator_shared", {"indicator": "k", "initiatives": ("X", "Y")}) in control(
        two, indicators, kpis
    ).caveats


def test_no_initiative_with_an_indicator_is_an_empty_table(stepped):
    initiatives, indicators, kpis = made(stepped, "2026-07-01")
    result = control(initiatives.assign(indicator=None), indicators, kpis)
    assert list(result.frame.columns) == COLUMNS
    assert result.frame.empty
