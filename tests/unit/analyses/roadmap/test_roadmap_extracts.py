"""The rows a figure or table shows: few, in order, and none that is kept back."""

import numpy as np
import pandas as pd
import pytest
import roadmap_data as data

from cerm_nb.analyses import roadmap
from cerm_nb.analyses.roadmap.names import called, named


def moments(**columns):
    usual = {
        "touchpoint": ["p", "p", "p", "q", "q"],
        "dimension": ["", "product_service", "contact_people", "", "product_service"],
        "nature": ["", "rational", "emotional", "", "emotional"],
        "gap": [-0.3, -0.5, np.nan, 0.1, 0.1],
        "gap_low": [-0.4, -0.6, np.nan, 0.0, 0.0],
        "gap_high": [-0.2, -0.4, np.nan, 0.2, 0.2],
        "p_adjusted": [0.001, 0.001, np.nan, 0.2, 0.2],
        "moment_of_truth": [0.1, 0.1, 0.1, 0.3, 0.3],
    }
    return pd.DataFrame({**usual, **columns})


def test_cells_leave_out_whole_touchpoints_and_what_is_kept_back():
    found = roadmap.cells(moments())
    assert found[["touchpoint", "gap", "low", "high"]].to_numpy().tolist() == [
        ["p", -0.5, -0.6, -0.4],
        ["q", 0.1, 0.0, 0.2],
    ]
    assert roadmap.short_cells(found, 0.05) == 1


def test_tiles_hold_every_touchpoint_with_every_dimension_and_nature():
    found = roadmap.tiles(moments(), roadmap.cells(moments()))
    assert found["touchpoint"].tolist() == ["q", "q", "p", "p"]  # the larger moment of truth first
    assert found["shortfall"].fillna(-1).tolist() == [0.0, -1, -1, 0.5]
    assert roadmap.tiles(moments(), roadmap.cells(moments(gap=np.nan))).empty


@pytest.mark.parametrize(
    ("kinds", "told"),
    [(["yes", "no"], "clear"), (["possible", "no"], "unclear"), (["unknown", "unknown"], "unknown")],
)
def test_what_can_be_said_of_moments(kinds, told):
    line = roadmap.journey_line(
        pd.DataFrame({"moment": kinds, "emotion": 1.0, "emotion_low": 0.5, "emotion_high": 1.5})
    )
    assert roadmap.journey_kind(line) == told
    assert line["is_moment"].tolist() == [kind == "yes" for kind in kinds]


@pytest.mark.parametrize(("segments", "each"), [(2, 3), (5, 2), (14, 1)])
def test_segments_are_told_in_twelve_rows(segments, each):
    frame = pd.DataFrame(
        [(f"{at:02d}", f"t{place}", place / 10) for at in range(segments) for place in range(4)],
        columns=["segment", "touchpoint", "moment_of_truth"],
    ).assign(name="")
    found = roadmap.leading_moments(frame, "Segment {}".format)
    assert found["name"].iloc[0] == "Segment 00"
    assert len(found) == min(segments * each, 12)
    assert found["touchpoint"].iloc[0] == "t3"
    assert roadmap.segments_kind(found) == "alike"
    assert roadmap.segments_kind(found.assign(touchpoint=range(len(found)))) == "different"
    assert roadmap.leading_moments(frame.assign(moment_of_truth=np.nan), str).empty


def test_an_initiative_without_a_name_goes_by_its_identifier():
    frame = pd.DataFrame({"initiative": ["a", "b"], "name": ["A", ""]})
    assert named(frame)["name"].tolist() == ["A", "b"]
    assert roadmap.readers_names(frame, "initiative") == {"a": "A", "b": "b"}
    assert roadmap.readers_names(frame[["initiative"]], "initiative") == {"a": "a", "b": "b"}
    assert roadmap.readers_names(None, "initiative") == {}


def test_caveats_are_told_by_name_and_otherwise_left_alone():
    given = (("one", {"initiative": "a", "n": 1}), ("many", {"initiatives": ("a", "z")}), ("none", {"n": 2}))
    assert called(given, {"a": "A"}) == (
        ("one", {"initiative": "A", "n": 1}),
        ("many", {"initiatives": ("A", "z")}),
        ("none", {"n": 2}),
    )


def test_limits_tell_by_name_what_comes_and_goes(found, own):
    limits = roadmap.limit_rows(roadmap.select(found, own), {"I10": "playroom"})
    assert {"priority_gain", "gain_points", "added", "dropped"} <= set(limits.columns)
    told = ", ".join([*limits["added"], *limits["dropped"]])
    assert "I10" not in told
    assert roadmap.limit_rows(roadmap.select(found, roadmap.Params(bootstrap=100)), {}).empty


def test_the_schedule_says_what_is_critical_and_what_runs(found, own):
    selected = roadmap.select(found, own)
    plan = roadmap.schedule(found, selected, data.AS_OF, own)
    rows = roadmap.schedule_rows(plan)
    assert set(rows["meaning"]) == {"highlight", "own"}
    assert ((rows["meaning"] == "highlight") == plan["critical"]).all()
    assert roadmap.schedule_rows(plan.assign(critical=False, state="running"))["meaning"].unique() == [
        "neutral"
    ]
    table = roadmap.initiatives_table(found, selected, plan)
    assert set(roadmap.selected_names(table)) == set(plan["name"])
    assert roadmap.listed(table)["selected"].isin(["yes", "no"]).all()
    assert len(roadmap.listed(table)) == 7


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        (["not_started"], "waiting"),
        (["not_started", "undetermined"], "none"),
        (["undetermined", "worked"], "moved"),
        (["worked", "worsened"], "worsened"),
    ],
)
def test_what_indicators_say(verdicts, told):
    names = [f"i{at}" for at in range(len(verdicts))]
    frame = pd.DataFrame({"initiative": names, "indicator": "rate", "verdict": verdicts})
    day = pd.Series(pd.Timestamp("2024-01-01"), frame.index)
    frame["start"] = day.mask(frame["verdict"] == "not_started")
    watched = roadmap.Control(frame, ())
    assert roadmap.watched_kind(watched) == told
    rows = roadmap.indicator_rows(watched, {"i0": "I"}, {"rate": "Rate"})
    assert "I" in set(rows["name"])
    assert set(rows["measure"]) == {"Rate"}
    assert rows["waits"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [(["worked"], "all"), (["worked", "no_effect"], "some"), (["undetermined"], "none")],
)
def test_what_pilots_showed(verdicts, told):
    frame = pd.DataFrame({"verdict": verdicts})
    assert roadmap.pilots_kind(roadmap.Pilots(frame, pd.DataFrame(), ())) == told


def test_a_blueprint_of_many_records_shows_those_with_holes_first_and_in_order():
    frame = pd.DataFrame({"title": [f"p{at}" for at in range(20)], "empty": [0] * 18 + [1, 2]})
    frame = frame.assign(
        promise="raw_id", name=["", "", "quiet"] + [""] * 17, segment=["", "2", "3"] + [""] * 17
    )
    found = roadmap.blueprint_rows(frame, "Segment {}".format)
    assert found["promise"].tolist() == [*(f"p{at}" for at in range(10)), "p18", "p19"]
    assert found["name"].tolist()[:4] == ["", "Segment 2", "quiet", ""]


def test_promises_and_carriers_come_from_what_was_published():
    proof = pd.DataFrame({"promise": ["a", "a", "a", "b"], "touchpoint": ["p", "q", "p", None]})
    assert roadmap.carriers(proof) == {"a": ("p", "q")}
    assert roadmap.carriers(None) == roadmap.carriers(proof.head(0)) == {}
    told = pd.DataFrame({"candidate": ["a", "b"], "title": ["At ease", "b"]})
    assert roadmap.promise_titles(told) == {"a": "At ease", "b": "b"}
    assert roadmap.promise_titles(told[["candidate"]]) == {"a": "a", "b": "b"}
    assert roadmap.promise_titles(None) == {}


def test_the_number_of_vital_reasons_may_be_the_same_in_all_draws():
    assert roadmap.span_kind(roadmap.Pareto("", vital_low=5, vital_high=5)) == "same"
    assert roadmap.span_kind(roadmap.Pareto("", vital_low=4, vital_high=5)) == "wide"
