"""Rows the page shows of a scorecard: chosen, ordered and named, nothing computed anew."""

import numpy as np
import pandas as pd
import pytest
from scorecard_cards import club, day, own, read

from cerm_nb.analyses import scorecard
from cerm_nb.analyses.scorecard.changes import FRAMES, Changes
from cerm_nb.analyses.scorecard.interventions import COLUMNS, Interventions

NOTHING = read()


def done(*rows):
    """Initiatives with a verdict and a p."""
    frame = pd.DataFrame(rows, columns=["id", "indicator", "verdict", "p"])
    return Interventions(frame.reindex(columns=COLUMNS), ())


def scored(*rows):
    """Forecasts with what came: the intervals are 10 to either side."""
    frame = pd.DataFrame(rows, columns=["question", "subject", "forecast", "actual"])
    frame = frame.assign(
        made_at=pd.Timestamp("2023-12-31"), due=pd.Timestamp("2024-06-30"), source="m", quantity="value",
        low=frame["forecast"] - 10, high=frame["forecast"] + 10, error=frame["forecast"] - frame["actual"],
        standardised=1.0,
    )  # fmt: skip
    inside = frame["error"].abs() <= 10
    size = frame["actual"].abs().replace(0, np.nan)
    return frame.assign(covered=inside.astype("boolean"), relative_error=frame["error"] / size)


def changed(**frames):
    names = ("targets", "gaps", "verdicts", "indicators", "lists")
    empty = {name: pd.DataFrame(columns=columns) for name, columns in zip(names, FRAMES, strict=True)}
    return Changes(day("2023-12-31").day, **(empty | frames), caveats=())


def test_counts_are_of_what_the_answer_names():
    told = scorecard.counts(scorecard.answer(club().indicators))
    assert told == {"improved": 0, "worsened": 1, "passed": 1, "failed": 1}


def test_accepted_levels_are_listed_with_their_reasons():
    rebase = {
        "a": [{"from": "2024-01-01", "reason": "desk"}, {"from": "2024-05-01", "reason": "hall"}],
        "b": [{"from": "2023-02-01", "reason": "price"}],
    }
    told = scorecard.breaks(own(rebase=rebase))
    assert list(told["indicator"]) == ["a", "a", "b"]
    assert list(told["text"]) == ["desk", "hall", "price"]
    assert told["period"].iloc[2] == pd.Timestamp("2023-02-01")
    assert list(scorecard.breaks(own()).columns) == ["indicator", "period", "text"]
    assert scorecard.breaks(own()).empty


def test_rows_get_the_names_and_units_readers_know():
    rows = pd.DataFrame({"indicator": ["wait", "unheard"], "of": ["visits", "wait"]})
    told = scorecard.named(rows, club())
    assert list(told["measure"]) == ["Waiting time", "unheard"]
    assert list(told["unit"]) == ["min", ""]
    assert list(scorecard.named(rows, club(), "of")["measure"]) == ["Visits", "Waiting time"]


def test_chances_are_shown_best_first_with_their_intervals():
    told = scorecard.chances_shown(club())
    assert list(told["indicator"]) == ["visits", "wait"]
    assert ((told["low"] <= told["p_hit"]) & (told["p_hit"] <= told["high"])).all()
    assert scorecard.chances_shown(NOTHING).empty


def test_backtests_are_shown_at_the_confidence_asked_for():
    told, held = scorecard.backtested(club(), own())
    assert len(told)
    assert set(told["confidence"].round(6)) == {0.95}
    assert told["coverage"].between(told["coverage_low"], told["coverage_high"]).all()
    assert (told["n"] > 0).all()
    assert told["horizon"].is_monotonic_increasing
    assert 0 <= held.brier <= 1


def test_without_series_there_is_no_backtest():
    told, held = scorecard.backtested(NOTHING, own())
    assert told.empty
    assert held is None
    assert "horizon" in told


def test_links_are_shown_with_both_names_the_clearest_first():
    told = scorecard.links_shown(club())
    assert set(zip(told["from_name"], told["to_name"], strict=True)) == {
        ("Waiting time", "Visits"), ("Skills", "Waiting time"),
    }  # fmt: skip
    assert told["place"].is_monotonic_increasing
    assert told["evidence"].iloc[-1] == "too_short"
    assert scorecard.links_shown(NOTHING).empty


def test_what_was_decided_is_shown_first_and_what_has_not_begun_not_at_all():
    rows = done(
        ("A", "wait", "undetermined", 0.01), ("B", "wait", "worked", 0.03), ("C", "visits", "worsened", 0.04),
        ("D", "visits", "not_started", np.nan), ("E", "visits", "worked", 0.02),
    )  # fmt: skip
    told = scorecard.interventions_shown(rows, club())
    assert list(told["id"]) == ["C", "E", "B", "A"]
    assert list(told["measure"]) == ["Visits", "Visits", "Waiting time", "Waiting time"]
    assert list(told["unit"]) == ["visits", "visits", "min", "min"]
    assert scorecard.interventions_shown(done(), club()).empty


def test_errors_are_shown_as_shares_of_what_came():
    told = scorecard.errors_shown(
        scored(("value", "all", 110.0, 100.0), ("value", "target", 80.0, 100.0)), club()
    )
    assert list(told["subject"]) == ["target", "all"]
    assert list(told["off"]) == pytest.approx([-0.2, 0.1])
    assert list(told["low"]) == pytest.approx([-0.3, 0.0])
    assert list(told["high"]) == pytest.approx([-0.1, 0.2])
    assert list(told["inside"]) == [False, True]


def test_errors_below_zero_keep_their_side():
    told = scorecard.errors_shown(scored(("experience", "gap", -20.0, -40.0)), club())
    assert told["off"].iloc[0] == pytest.approx(0.5)
    assert told["low"].iloc[0] < told["off"].iloc[0] < told["high"].iloc[0]


def test_indicators_errors_come_last_and_what_has_no_size_is_left_out():
    rows = scored(
        ("scorecard", "visits", 30.0, 20.0), ("value", "all", 100.0, 100.0), ("roadmap", "x", 5.0, 0.0)
    )
    told = scorecard.errors_shown(rows, club())
    assert list(told["question"]) == ["value", "scorecard"]
    assert list(told["measure"]) == ["all", "Visits"]
    assert scorecard.errors_shown(scored(), club()).empty


def test_news_is_what_is_not_as_it_was():
    found = changed(
        verdicts=pd.DataFrame(
            {
                "question": ["value", "promise", "roadmap"],
                "then": ["go", "go", ""],
                "now": ["watch", "go", "go"],
                "change": ["worse", "same", "new"],
            }
        ),
        gaps=pd.DataFrame({"item": ["desk", "bed"], "change": ["closed", ""]}),
        indicators=pd.DataFrame(
            {"indicator": ["wait"], "aspect": ["variation"], "then": ["common"], "now": ["concern"]}
        ),
        lists=pd.DataFrame({"list": ["roadmap.initiatives"], "entry": ["A"], "change": ["added"]}),
    )
    told = list(scorecard.news(found, club()))
    assert [kind for kind, _ in told] == ["verdict", "gap", "status", "list"]
    assert told[0][1]["question"] == "value"
    assert told[1][1]["item"] == "desk"
    assert told[2][1]["measure"] == "Waiting time"
    assert list(scorecard.news(changed(), NOTHING)) == []


def test_of_much_news_twelve_of_a_kind_are_told():
    many = pd.DataFrame(
        {"list": "roadmap.initiatives", "entry": [f"i{at}" for at in range(20)], "change": "added"}
    )
    assert len(list(scorecard.news(changed(lists=many), NOTHING))) == 12
