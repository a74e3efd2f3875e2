"""Variation and assurance of each indicator."""

import numpy as np
import pandas as pd
import pytest
from scorecard_charts import made_panel, made_records, remembering

from cerm_nb.analyses.scorecard.charts import charts
from cerm_nb.analyses.scorecard.status import COLUMNS, chart_caveats, status

STABLE = np.tile([10.0, 11.0, 9.0, 10.5, 9.5], 5)


def last_day(panel, after=0):
    """The last day of the month that comes so many after the panel's last."""
    return panel.periods[-1] + pd.offsets.MonthEnd(1 + after)


def told(values, *, rebase=None, as_of=None, **record):
    panel = made_panel(values)
    records = made_records(panel, **record)
    return status(charts(panel, records, rebase=rebase), records, as_of or last_day(panel))


@pytest.mark.parametrize(
    ("last", "direction", "expected"),
    [
        (30.0, "higher", "improvement"),
        (30.0, "lower", "concern"),
        (-30.0, "higher", "concern"),
        (-30.0, "lower", "improvement"),
        (10.0, "higher", "common"),
    ],
)
def test_variation_is_that_of_the_latest_value(last, direction, expected):
    row = told([*STABLE, last], direction=direction).iloc[0]
    assert row["variation"] == expected
    assert row["level"] == last
    assert row["special_cause"] == ("" if expected == "common" else "outside")


def test_an_alarm_long_ago_is_no_longer_a_concern():
    assert told([*STABLE[:5], 40.0, *STABLE])["variation"].tolist() == ["common"]


def test_the_latest_value_counts_where_the_series_has_ended():
    row = told([[*STABLE, 30.0, np.nan, np.nan], [*STABLE, 10.0, 10.0, 10.0]]).iloc[0]
    assert (row["level"], row["variation"]) == (30.0, "improvement")


@pytest.mark.parametrize(
    ("target", "direction", "expected"),
    [
        (5.0, "higher", "passes"),
        (20.0, "higher", "fails"),
        (10.2, "higher", "hit_and_miss"),
        (5.0, "lower", "fails"),
        (20.0, "lower", "passes"),
        (10.2, "lower", "hit_and_miss"),
    ],
)
def test_assurance_holds_the_target_against_the_limits(target, direction, expected):
    row = told(STABLE, target=target, direction=direction).iloc[0]
    assert row["assurance"] == expected
    assert row["assurance_reason"] == ""
    assert row["lower"] < row["mean"] < row["upper"]


def test_without_a_target_assurance_is_undetermined():
    row = told(STABLE).iloc[0]
    assert (row["assurance"], row["assurance_reason"]) == ("undetermined", "no_target")
    assert row["variation"] == "common"


@pytest.mark.parametrize("n", [1, 2, 11])
def test_with_too_few_points_both_are_undetermined(n):
    row = told(STABLE[:n], target=20.0).iloc[0]
    assert (row["variation"], row["variation_reason"]) == ("undetermined", "too_few_points")
    assert (row["assurance"], row["assurance_reason"]) == ("undetermined", "too_few_points")
    assert row["n"] == n


def test_the_latest_phase_decides():
    values = [*STABLE, *(STABLE + 20)]
    rebased = {"k0": [{"from": "2023-02-01", "reason": "moved"}]}
    row = told(values, rebase=rebased, target=20.0).iloc[0]
    assert (row["phase"], row["n"], row["assurance"], row["variation"]) == (1, 25, "passes", "common")
    old = told(values, target=20.0).iloc[0]  # between two levels lie the limits of neither
    assert (old["variation"], old["variation_reason"]) == ("undetermined", "limits_unfit")
    assert (old["assurance"], old["assurance_reason"]) == ("undetermined", "limits_unfit")


def test_a_slip_of_the_pen_makes_limits_unfit_and_is_named():
    values = 50 + np.random.default_rng(1).normal(0, 2, (2, 60))
    values[0, 20] = 5000
    panel = made_panel(values)
    records = made_records(panel, target=48.0)
    found = charts(panel, records)
    table = status(found, records, last_day(panel))
    assert table["variation_reason"].tolist() == table["assurance_reason"].tolist() == ["limits_unfit", ""]
    assert table["variation"].tolist() == ["undetermined", "common"]
    caveats = dict(chart_caveats(found, records, last_day(panel)))
    assert caveats == {"values_extreme": {"n": 1, "names": ("k0",)}}


@pytest.mark.parametrize("series", ["normal", "level"])
def test_values_are_extreme_by_their_own_phase(series):
    values = 10 + np.random.default_rng(2).normal(size=(300, 40))
    rebase = {}
    if series == "level":
        values[:, 28:] += 500
        rebase = {f"k{at}": [{"from": "2023-05-01", "reason": "moved"}] for at in range(300)}
    panel = made_panel(values)
    found = charts(panel, made_records(panel), rebase=rebase)
    assert "values_extreme" not in dict(chart_caveats(found, made_records(panel), last_day(panel)))


@pytest.mark.parametrize(
    ("after", "caveat", "variation"),
    [(0, False, "common"), (1, True, "common"), (2, True, "common"), (3, True, "undetermined")],
)
def test_a_value_is_old_by_the_day_that_is_seen(after, caveat, variation):
    panel = made_panel(STABLE)
    records = made_records(panel, target=5.0)
    day = last_day(panel, after)
    row = told(STABLE, target=5.0, as_of=day).iloc[0]
    assert (row["variation"], row["assurance"]) == (variation, "passes")
    assert row["variation_reason"] == ("values_old" if variation == "undetermined" else "")
    assert ("values_old" in dict(chart_caveats(charts(panel, records), records, day))) is caveat
    early = day - pd.Timedelta(days=1)
    assert told(STABLE, as_of=early).iloc[0]["variation"] == "common"


def test_a_constant_indicator_is_common_and_meets_what_it_equals():
    table = told([[4.0] * 20] * 2, target=[4.0, 5.0])
    assert table["variation"].tolist() == ["common", "common"]
    assert table["assurance"].tolist() == ["passes", "fails"]


def test_values_that_remember_are_held_against_the_limits_of_the_values_themselves():
    values = 100 + 10 * remembering(np.random.default_rng(3), 0.8, 1, 60)
    row = told(values, target=85.0).iloc[0]
    assert row["chart"] == "residual"
    inside = (values > row["lower"]) & (values < row["upper"])
    assert inside.mean() > 0.98
    assert row["assurance"] == "hit_and_miss"
    assert list(row.index) == COLUMNS


def test_caveats_tell_what_charts_cannot_bear():
    rng = np.random.default_rng(4)
    ended = np.where(np.arange(60) < 50, np.tile(STABLE, 3)[:60], np.nan)
    values = np.stack(
        [remembering(rng, 0.9, 1, 60)[0], ended, np.where(np.arange(60) < 52, np.nan, 1.0), ended]
    )
    values[3] = np.tile(STABLE, 3)[:60]
    panel = made_panel(values)
    records = made_records(panel, measure=["", "", "", "rate"])
    assert chart_caveats(charts(panel, records), records, last_day(panel)) == (
        ("points_few", {"n": 1, "names": ("k2",)}),
        ("residual_charts", {"n": 1, "names": ("k0",)}),
        ("values_old", {"n": 1, "names": ("k1",)}),
        ("denominators_missing", {"n": 1, "names": ("k3",)}),
    )
    fine = made_panel(STABLE)
    assert chart_caveats(charts(fine, made_records(fine)), made_records(fine), last_day(fine)) == ()
