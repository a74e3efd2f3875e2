"""Earlier forecasts are held against what happened, and why they cannot be is said."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from earlier_results import attributes, bought, loyalty, run, value_run

from cerm_nb.analyses.scorecard.accountability import SCORED, SOURCES, by_source, said, score, windows
from cerm_nb.analyses.scorecard.forecasts import COLUMNS, remembered, typed
from cerm_nb.analyses.scorecard.happened import happened
from cerm_nb.stats import wilson_interval

RECORDS = pd.DataFrame({"indicator": [], "direction": [], "target": []})
THEN, END = date(2024, 6, 30), date(2024, 9, 30)


def told(earlier, today, counted=None, panels=(), records=RECORDS) -> pd.DataFrame:
    kept = remembered(earlier, currency="EUR", min_group=2)
    return happened(kept, earlier, today, counted or {}, panels, records)


def forecasts(**columns: object) -> pd.DataFrame:
    """Forecasts by hand, with what happened."""
    frame = pd.DataFrame(columns)
    base = {
        "made_at": "2024-01-31",
        "question": "value",
        "source": "m",
        "quantity": "purchases",
        "reason": "",
    }
    base |= {"subject": "all", "unit": "purchases", "due": "2024-12-31", "confidence": 0.95, "n": 9.0}
    base |= {"low": np.nan, "high": np.nan, "forecast": np.nan, "probability": np.nan, "actual": np.nan}
    frame = frame.assign(**{name: value for name, value in base.items() if name not in frame})
    return typed(frame).assign(actual=frame["actual"].astype(float), reason=frame["reason"])


def test_purchases_of_the_groups_of_that_day_are_added_up() -> None:
    earlier, today = [value_run("2024-06-30")], value_run("2024-10-15")
    month, quarter = date(2024, 7, 30), END
    counted = {
        (THEN, month): bought("2024-10-15", a=(1, 12.0), z=(9, 99.0)),
        (THEN, quarter): bought("2024-10-15", a=(2, 20.0), c=(1, 4.0), z=(9, 99.0)),
    }
    found = told(earlier, today, counted).set_index(["quantity", "subject", "due"])["actual"]
    assert found[("purchases", "target", "2024-07-30")] == 1
    assert found[("purchases", "target", "2024-09-30")] == 2
    assert found[("purchases", "all", "2024-09-30")] == 3
    assert found[("revenue", "all", "2024-09-30")] == 24
    assert len(found) == 8


def test_lifetime_value_is_margin_discounted_from_the_middle_of_each_stretch() -> None:
    earlier, today = [value_run("2024-06-30")], value_run("2025-07-01")
    ends = [date(2024, 7, 30), END, date(2024, 12, 30), date(2025, 3, 30), date(2025, 6, 30)]
    counted = {(THEN, end): bought("2025-07-01", a=(1, 100.0 * at)) for at, end in enumerate(ends, 1)}
    found = told(earlier, today, counted)
    days = [0, *((end - THEN).days for end in ends)]
    middles = [(before + after) / 2 / 365.25 for before, after in pairwise(days)]
    expected = 0.5 * sum(100 * 1.1**-years for years in middles)
    clv = found[found["quantity"] == "clv"].set_index("subject")["actual"]
    assert clv["A"] == pytest.approx(expected)
    assert clv["B"] == 0


def test_customers_who_have_new_numbers_cannot_be_followed() -> None:
    earlier, today = [value_run("2024-06-30")], value_run("2024-10-15")
    new = today.tables["value.customers"].assign(customer_id=["w", "x", "y", "z"])
    today.tables["value.customers"] = new
    found = told(earlier, today, {(THEN, END): bought(a=(1, 1.0))})
    assert set(found["reason"]) == {"customers_renumbered"}
    assert found["actual"].isna().all()


def test_data_that_stop_before_the_end_tell_nothing() -> None:
    earlier, today = [value_run("2024-06-30")], value_run("2024-12-15")
    stopped = {(THEN, date(2024, 7, 30)): bought("2024-08-15"), (THEN, END): bought("2024-08-15")}
    found = told(earlier, today, stopped).set_index("due")["reason"]
    assert set(found["2024-07-30"]) == {""}
    assert set(found["2024-09-30"]) == {"series_ended"}


def test_where_the_value_question_was_not_answered_today_nothing_is_known() -> None:
    found = told([value_run("2024-06-30")], run("2024-10-15"))
    assert set(found["reason"]) == {"not_answered"}


def test_a_next_wave_comes_due_with_the_first_run_that_saw_it() -> None:
    def at(day: str, wave: str, level: float, gap: float):
        gaps = attributes({"speed": gap})
        return run(day, experience__loyalty=loyalty(wave, level), experience__attributes=gaps)

    earlier = [at("2024-01-31", "w1", 4.0, -0.5), at("2024-06-30", "w1", 4.0, -0.5)]
    same = told(earlier, at("2024-12-31", "w1", 9.0, 9.0))
    assert same.empty
    earlier.append(at("2024-12-31", "w2", 4.4, 0.0))
    found = told(earlier, at("2025-06-30", "w3", 5.0, 1.0))
    first = found[found["made_at"] == "2024-01-31"].set_index("subject")
    assert first["actual"].to_dict() == {"satisfaction": 4.4, "desk / speed": 0.0}
    assert (first["due"] == pd.Timestamp("2024-12-31")).all()
    latest = found[found["made_at"] == "2024-12-31"].set_index("subject")
    assert latest["actual"].to_dict() == {"satisfaction": 5.0, "desk / speed": 1.0}
    chosen = windows(score(found))
    assert sorted(chosen["made_at"].dt.strftime("%Y-%m-%d")) == ["2024-01-31"] * 2 + ["2024-12-31"] * 2


def test_an_attribute_that_is_no_longer_asked_and_a_survey_no_longer_made_are_said() -> None:
    tables = {"experience__attributes": attributes({"speed": -0.5})}
    earlier = [run("2024-01-31", experience__loyalty=loyalty("w1", 4.0), **tables)]
    found = told(earlier, run("2024-12-31", experience__loyalty=loyalty("w2", 4.1)))
    assert found.set_index("subject")["reason"].to_dict() == {"satisfaction": "", "desk / speed": "not_asked"}
    assert set(told(earlier, run("2024-12-31"))["reason"]) == {"not_answered"}


def indicators() -> pd.DataFrame:
    rows = {
        "quantity": ["value", "value", "value", "hit", "hit", "value"],
        "subject": ["calls", "calls", "calls", "calls", "waits", "lost"],
        "due": ["2024-03-31", "2024-04-30", "2024-06-30", "2024-03-31", "2024-03-31", "2024-03-31"],
        "forecast": [5.0, 5.0, 5.0, 0.8, 0.3, 5.0],
        "low": [4.0, 4.0, 4.0, np.nan, np.nan, 4.0],
        "high": [6.0, 6.0, 6.0, np.nan, np.nan, 6.0],
        "probability": [np.nan, np.nan, np.nan, 0.8, 0.3, np.nan],
    }
    return forecasts(**rows).assign(question="scorecard", source="model", unit="points")[COLUMNS]


def test_indicators_are_looked_up_in_the_period_that_holds_the_day() -> None:
    earlier = [run("2024-01-31", scorecard__forecasts=indicators())]
    earlier[0].tables["scorecard.indicators"] = pd.DataFrame({"indicator": ["waits"], "target": [2.0]})
    panel = SimpleNamespace(
        names=("calls", "waits"),
        periods=pd.date_range("2024-01-01", periods=5, freq="MS"),
        values=np.array([[1.0, 2.0, 5.5, np.nan, 6.0], [9.0, 8.0, 3.0, 1.0, 1.0]]),
        length=pd.DateOffset(months=1),
    )
    records = pd.DataFrame(
        {"indicator": ["calls", "waits"], "direction": ["higher", "lower"], "target": [5.0, 4.0]}
    )
    found = told(earlier, run("2024-12-31"), panels=[panel], records=records)
    got = found.set_index(["subject", "quantity", "due"])[["actual", "reason"]]
    assert got.loc[("calls", "value", "2024-03-31")].tolist() == [5.5, ""]
    assert got.loc[("calls", "value", "2024-04-30"), "reason"] == "gap"
    assert got.loc[("calls", "value", "2024-06-30"), "reason"] == "series_ended"
    assert got.loc[("calls", "hit", "2024-03-31"), "actual"] == 1
    assert got.loc[("waits", "hit", "2024-03-31"), "actual"] == 0  # 3 is not 2, though the target is 4 by now
    assert got.loc[("lost", "value", "2024-03-31"), "reason"] == "no_series"


def test_each_forecast_has_its_error_its_cover_and_its_score() -> None:
    found = score(
        forecasts(
            forecast=[100.0, 100.0, 0.8, 100.0],
            low=[80.0, 80.0, np.nan, 80.0],
            high=[140.0, 140.0, np.nan, 140.0],
            probability=[np.nan, np.nan, 0.8, np.nan],
            actual=[160.0, 90.0, 0.0, np.nan],
            subject=list("abcd"),
        )
    ).set_index("subject")
    assert list(found.reset_index().columns.sort_values()) == sorted(SCORED)
    assert found["error"].tolist()[:3] == pytest.approx([-60, 10, 0.8])
    assert found.loc["a", "relative_error"] == -0.375
    assert found["covered"].tolist()[:2] == [False, True]
    assert found["covered"].isna().tolist() == [False, False, True, True]
    assert found.loc["a", "standardised"] == pytest.approx(1.5 * 1.959964, rel=1e-6)
    assert found.loc["b", "standardised"] == pytest.approx(-0.5 * 1.959964, rel=1e-6)
    assert found.loc["a", "score"] == pytest.approx(60 + 2 / 0.05 * 20)
    assert found.loc["b", "score"] == 60
    assert found.loc["c", "score"] == pytest.approx(0.64)


def test_one_series_of_overlapping_forecasts_counts_once() -> None:
    made = ["2024-01-31"] * 3 + ["2024-04-30"] * 2 + ["2024-07-31"]
    due = ["2024-02-29", "2024-04-30", "2025-01-31", "2024-05-31", "2025-04-30", "2024-10-31"]
    frame = forecasts(
        made_at=made, due=due, forecast=[10.0] * 6, low=[5.0] * 6, high=[15.0] * 6, actual=[8.0] * 6
    )
    chosen = windows(score(frame))
    assert chosen["due"].dt.strftime("%Y-%m-%d").tolist() == ["2024-04-30", "2024-05-31", "2024-10-31"]
    long = frame[frame["due"].isin(pd.to_datetime(["2025-01-31", "2025-04-30", "2024-10-31"]))]
    assert windows(score(long))["due"].dt.strftime("%Y-%m-%d").tolist() == ["2025-01-31"]


def test_a_source_is_summed_up_by_windows_and_not_by_forecasts() -> None:
    made = ["2023-12-31"] * 4 + ["2024-12-31"] * 2
    due = ["2024-06-30", "2024-12-31"] * 2 + ["2025-12-31"] * 2
    groups = ["target", "target", "all", "all", "target", "all"]
    frame = forecasts(
        made_at=made,
        due=due,
        subject=groups,
        forecast=[10.0, 20.0, 10.0, 20.0, 20.0, 20.0],
        low=[8.0, 16.0, 8.0, 16.0, 16.0, 16.0],
        high=[12.0, 24.0, 12.0, 24.0, 24.0, 24.0],
        actual=[9.0, 15.0, 9.0, 19.0, 18.0, np.nan],
    )
    row = by_source(score(frame)).iloc[0]
    assert (row["n"], row["unknown"], row["runs"], row["windows"], row["subjects"]) == (5, 1, 2, 2, 2)
    # the first year erred by 5 and by 1, the second by 2; each year ± 4
    assert row["bias"] == pytest.approx((3 + 2) / 2)
    assert (row["bias_low"], row["bias_high"]) == pytest.approx((2.5 - np.sqrt(8), 2.5 + np.sqrt(8)))
    # of the stretches, 15 lay outside 20 ± 4; 19 and 18 did not
    assert row["coverage"] == pytest.approx(2 / 3)
    assert (row["coverage_low"], row["coverage_high"]) == pytest.approx(wilson_interval(4 / 3, 2))
    assert row["mean_absolute_error"] == pytest.approx((1 + 5 + 1 + 1 + 2) / 5)


def test_chances_are_held_against_always_telling_the_share_that_came() -> None:
    frame = forecasts(
        subject=list("abcdefghijkl"),
        probability=[0.9, 0.8, 0.3, 0.2] * 3,
        forecast=[0.9, 0.8, 0.3, 0.2] * 3,
        actual=[1.0, 1, 0, 1] * 3,
    )
    row = by_source(score(frame)).iloc[0]
    assert row["brier"] == pytest.approx((0.01 + 0.04 + 0.09 + 0.64) / 4)
    assert row["brier_base"] == pytest.approx(0.75 * 0.25)
    few = by_source(score(frame.head(9))).iloc[0]  # of so few the share that came is no rod
    assert np.isfinite(few["brier"])
    assert np.isnan(few["brier_base"])
    assert np.isnan(row["coverage"])
    assert row["windows"] == 0


def test_the_sentence_takes_the_target_customers_and_the_longest_stretch() -> None:
    frame = forecasts(
        subject=["target", "target", "all", "target"],
        quantity=["purchases", "revenue", "revenue", "revenue"],
        due=["2024-12-31", "2024-12-31", "2024-12-31", "2024-03-31"],
        forecast=[10.0] * 4, low=[8.0] * 4, high=[12.0] * 4, actual=[20.0, 7.0, 30.0, 10.0],
    )  # fmt: skip
    row = said(score(frame)).iloc[0]
    assert (row["quantity"], row["actual"], row["kind"]) == ("revenue", 7.0, "too_high")
    chances = forecasts(
        subject=["x", "y"], question=["scorecard", "other"], probability=[0.9, 0.2], actual=[0.0, 0.0]
    )
    assert said(score(chances))["kind"].tolist() == ["unlikely_failed", "likely_failed"]


def test_without_forecasts_the_frames_are_empty_with_their_columns() -> None:
    empty = score(told([], run("2024-12-31")))
    assert list(empty) == SCORED
    assert list(by_source(empty)) == SOURCES
    assert windows(empty).empty
    assert said(empty).empty
