"""What initiatives and campaigns did: planted effects found, false ones seldom, events and reasons."""

import numpy as np
import pandas as pd
import pytest
from outlook_data import aims, made, related

from cerm_nb.analyses.scorecard.interventions import COLUMNS, interventions

CONTROL = {
    "initiative": "I1",
    "name": "Mobile check-in",
    "indicator": "k0",
    "start": pd.Timestamp("2022-07-01"),
    "expected": 10.0,
    "effect": 4.0,
    "low": 2.0,
    "high": 6.0,
    "p": 0.001,
    "widened": 1.0,
    "mean": 10.0,
    "lower": 8.0,
    "upper": 12.0,
    "outside_after": 1,
    "points_before": 30,
    "points_judged": 6,
    "needed": 16,
    "reason": "",
}


def published(*rows):
    return pd.DataFrame([CONTROL | row for row in rows])


def campaign(start, end=None, name="C1"):
    return pd.DataFrame({"campaign": [name], "name": ["Spring"], "start": [start], "end": [end]}).astype(
        {"start": "datetime64[ns]", "end": "datetime64[ns]"}
    )


@pytest.fixture
def panel():
    values = np.random.default_rng(1).normal(10, 1, (2, 48))
    values[1, 36:42] += 6
    return made(values)


def judged(panel, initiatives=None, campaigns=None, direction="higher", **settings):
    records = aims(panel.names, direction=direction)
    settings.setdefault("campaign_indicators", {} if campaigns is None else {"C1": "k1"})
    return interventions([panel], records, initiatives, campaigns, **settings)


def test_a_campaign_s_effect_is_recovered_while_it_ran(panel):
    found = judged(panel, campaigns=campaign("2023-01-01", "2023-06-30")).frame.iloc[0]
    assert (found["kind"], found["verdict"], found["reason"]) == ("campaign", "worked", "")
    assert found["low"] < 6 < found["high"]
    assert (found["points_before"], found["points_judged"]) == (36, 6)
    assert found["name"] == "Spring"


def test_an_effect_the_wrong_way_is_worse(panel):
    found = judged(panel, campaigns=campaign("2023-01-01", "2023-06-30"), direction="lower").frame.iloc[0]
    assert found["verdict"] == "worsened"


def test_campaigns_that_did_nothing_seldom_seem_to_have_done_something():
    panel = made(related(np.random.default_rng(2), 120, 36, 0.5), season=0)
    names = [f"c{each}" for each in range(120)]
    table = pd.DataFrame({"campaign": names, "name": names, "start": panel.periods[28], "end": pd.NaT})
    found = judged(
        panel, campaigns=table, campaign_indicators=dict(zip(names, panel.names, strict=True))
    ).frame
    assert (found["p"] < 0.05).mean() <= 0.07
    assert ((found["low"] > 0) | (found["high"] < 0)).mean() <= 0.07
    assert (found["verdict"] != "undetermined").sum() <= 1  # adjusted over all 120


def test_p_is_adjusted_over_initiatives_and_campaigns_together(panel):
    initiatives = published({}, {"initiative": "I2", "p": 0.02}, {"initiative": "I3", "p": 0.9, "low": -1.0})
    found = judged(panel, initiatives, campaign("2023-01-01", "2023-06-30")).frame.set_index("id")
    assert found.loc["I1", "p_adjusted"] == pytest.approx(3 * 0.001)
    assert found.loc["I2", "p_adjusted"] == pytest.approx(2 * 0.02)
    assert list(found["verdict"]) == ["worked", "worked", "undetermined", "worked"]
    assert found.loc["I3", "reason"] == "interval_holds_zero"
    again = judged(panel, published({"p": 0.03}, {"initiative": "I2", "p": 0.04})).frame
    assert list(again["reason"]) == ["not_after_adjustment"] * 2


def test_an_event_among_the_periods_judged_leaves_an_initiative_undetermined(panel):
    for day, reason in (("2022-08-20", "known_event"), ("2022-12-31", "known_event"), ("2023-01-01", "")):
        found = judged(panel, published({}), known_events={"k0": [day]}).frame.iloc[0]
        assert found["reason"] == reason
        assert found["effect"] == 4


def test_periods_of_events_are_gaps_to_a_campaign(panel):
    values = np.asarray(panel.values)
    values[1, 20] = 60.0
    table = campaign("2023-01-01", "2023-06-30")
    disturbed = judged(panel, campaigns=table)
    found = judged(panel, campaigns=table, known_events={"k1": ["2021-09-10", "1999-01-01"]})
    assert found.frame["points_before"].iloc[0] == 35
    assert found.frame["verdict"].iloc[0] == "worked"
    assert disturbed.frame["verdict"].iloc[0] == "undetermined"
    assert ("events_left_out", {"campaign": "Spring", "n": 1}) in found.caveats
    assert values[1, 20] == 60


def test_a_campaign_within_a_period_is_judged_by_that_period_and_says_so(panel):
    found = judged(panel, campaigns=campaign("2023-01-10", "2023-06-12"))
    assert found.frame["points_judged"].iloc[0] == 6
    told = {"campaign": "Spring", "period": pd.Timestamp("2023-01-01")}
    assert ("campaign_part_period", told) in found.caveats


@pytest.mark.parametrize(
    ("start", "end", "indicator", "reason"),
    [
        (None, None, "k1", "no_start"),
        ("2023-01-01", None, "nobody", "no_values"),
        ("2030-01-01", None, "k1", "none_after"),
        ("2010-01-01", None, "k1", "too_few_before"),
        ("2010-01-01", "2010-02-01", "k1", "none_after"),
        ("2020-06-01", "2020-12-01", "k1", "too_few_before"),
    ],
)
def test_what_cannot_be_told_of_a_campaign_says_why(panel, start, end, indicator, reason):
    found = judged(panel, campaigns=campaign(start, end), campaign_indicators={"C1": indicator}).frame.iloc[0]
    assert (found["verdict"], found["reason"]) == ("undetermined", reason)
    assert np.isnan(found["p_adjusted"])


def test_campaigns_nobody_lists_and_initiatives_not_started_are_named(panel):
    found = judged(
        panel,
        published({"start": pd.NaT, "p": np.nan, "low": np.nan, "high": np.nan}),
        campaign_indicators={"C9": "k1"},
    ).frame
    assert list(found["verdict"]) == ["not_started", "undetermined"]
    assert list(found["reason"]) == ["", "campaign_unknown"]


def test_reasons_of_the_roadmap_stand(panel):
    found = judged(panel, published({"reason": "too_few_before", "p": np.nan})).frame.iloc[0]
    assert (found["verdict"], found["reason"]) == ("undetermined", "too_few_before")


def test_an_indicator_without_direction_cannot_get_better(panel):
    found = judged(panel, published({}), direction="").frame.iloc[0]
    assert (found["verdict"], found["reason"]) == ("undetermined", "no_direction")


def test_interventions_at_the_same_time_are_told_of(panel):
    table = campaign("2023-01-01", "2023-06-30")
    both = judged(panel, published({"indicator": "k1"}), table)
    names = ("Mobile check-in", "Spring")
    assert ("interventions_overlap", {"indicator": "k1", "names": names}) in both.caveats
    assert not judged(panel, published({}), table).caveats
    later = judged(panel, published({"indicator": "k1", "start": pd.Timestamp("2023-08-01")}), table)
    assert not later.caveats


def test_nothing_done_is_no_row(panel):
    found = judged(panel)
    assert list(found.frame.columns) == COLUMNS
    assert found.frame.empty
    assert found.caveats == ()
