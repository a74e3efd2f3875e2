"""Every run keeps its forecasts in one form."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from earlier_results import attributes, loyalty, run, value_run

from cerm_nb.analyses.scorecard.forecasts import COLUMNS, keep, remembered, to_count


def kept(of, **changes: object) -> pd.DataFrame:
    return keep(of, currency="EUR", **{"min_group": 2, **changes})


def test_the_value_question_is_kept_at_a_few_ends_and_its_tiers_at_the_last() -> None:
    found = kept(value_run("2024-06-30"))
    assert list(found) == COLUMNS
    assert (found["made_at"] == pd.Timestamp("2024-06-30")).all()
    revenue = found[(found["quantity"] == "revenue") & (found["subject"] == "target")]
    assert revenue["due"].dt.strftime("%Y-%m-%d").tolist() == [
        "2024-07-30", "2024-09-30", "2024-12-30", "2025-03-30", "2025-06-30",
    ]  # fmt: skip
    assert revenue["forecast"].tolist() == [10.0, 30.0, 60.0, 90.0, 120.0]
    assert revenue["high"].tolist() == [15.0, 45.0, 90.0, 135.0, 180.0]
    assert set(revenue["unit"]) == {"EUR"}
    clv = found[found["quantity"] == "clv"].set_index("subject")
    assert clv["forecast"].to_dict() == {"A": 70.0, "B": 30.0}
    assert set(clv["due"]) == {pd.Timestamp("2025-06-30")}
    assert found["probability"].isna().all()


def test_groups_too_small_to_be_spoken_of_are_not_kept() -> None:
    assert set(kept(value_run("2024-06-30"), min_group=3)["subject"]) == {"all"}


def test_revenue_that_could_not_be_told_is_not_kept() -> None:
    of = value_run("2024-06-30")
    names = ["revenue", "revenue_low", "revenue_high"]
    of.tables["value.forecasts"] = of.tables["value.forecasts"].assign(**dict.fromkeys(names, np.nan))
    assert set(kept(of)["quantity"]) == {"purchases", "clv"}


def test_a_next_wave_is_expected_to_show_what_the_last_did_and_errs_as_much_again() -> None:
    of = run("2024-06-30", experience__loyalty=loyalty("2024", 4.0, earlier=("2023", 3.5)))
    of.tables["experience.attributes"] = attributes({"speed": -0.5, "tone": 0.1})
    found = kept(of).set_index("subject")
    assert found.index.tolist() == ["satisfaction", "desk / speed", "desk / tone"]
    assert found["due"].isna().all()
    assert found.loc["satisfaction", ["forecast", "low", "high"]].tolist() == pytest.approx(
        [4.0, 4.0 - 0.2 * np.sqrt(2), 4.0 + 0.2 * np.sqrt(2)]
    )
    assert found.loc["desk / speed", "quantity"] == "gap"
    assert found.loc["satisfaction", "n"] == 200


def test_a_roadmap_is_expected_to_gain_by_its_end_what_its_initiatives_do() -> None:
    initiatives = pd.DataFrame(
        {
            "initiative": ["i1", "i2", "i3", "i4"],
            "state": ["planned", "running", "planned", "done"],
            "selected": [True, False, False, False],
            "impact": [0.4, 0.2, 9.0, 9.0],
            "low": [0.2, 0.1, 9.0, 9.0],
            "high": [0.6, 0.3, 9.0, 9.0],
            "success": [0.5, 1.0, 1.0, 1.0],
            "gain": [0.2, 0.2, 9.0, 9.0],
            "end": pd.to_datetime(["2025-03-31", "2024-12-31", "2030-01-01", "2023-01-01"]),
        }
    )
    of = run("2024-06-30", experience__loyalty=loyalty("2024", 4.0), roadmap__initiatives=initiatives)
    found = kept(of)
    row = found[found["question"] == "roadmap"].iloc[0]
    assert (row["subject"], row["due"]) == ("satisfaction", pd.Timestamp("2025-03-31"))
    assert row["forecast"] == pytest.approx(4.4)
    luck = 1.959964**2 * 0.4**2 * 0.5 * 0.5
    assert row["forecast"] - row["low"] == pytest.approx(np.sqrt(2 * 0.2**2 + 0.2**2 + luck), rel=1e-6)
    of.parameters["roadmap"] = {"outcome": "recommendation"}
    assert kept(of)["question"].tolist() == ["experience"]


def test_what_was_kept_is_remembered_and_else_made_again_from_what_was_published() -> None:
    first, second = value_run("2024-06-30"), value_run("2024-12-31")
    indicator = pd.DataFrame([dict.fromkeys(COLUMNS)]).assign(
        made_at="2024-12-31", question="scorecard", subject="calls", due="2025-01-31", forecast=3.0
    )
    second.tables["scorecard.forecasts"] = kept(second, others=[indicator])
    found = remembered([first, second], currency="EUR", min_group=2)
    assert found.groupby("made_at").size().tolist() == [22, 23]
    assert found["due"].dtype == found["made_at"].dtype
    assert "calls" in set(found["subject"])


def test_without_any_results_nothing_is_kept_and_the_columns_are_there() -> None:
    found = kept(run("2024-06-30"))
    assert found.empty
    assert list(found) == COLUMNS
    assert remembered([], currency="EUR").empty


def test_purchases_are_counted_for_ends_that_have_come_where_the_value_question_was_answered() -> None:
    told = remembered([value_run("2024-06-30")], currency="EUR", min_group=2)
    today = value_run("2024-12-31")
    assert to_count(told, today) == tuple(
        (date(2024, 6, 30), end) for end in (date(2024, 7, 30), date(2024, 9, 30), date(2024, 12, 30))
    )
    assert to_count(told, run("2024-12-31")) == ()
