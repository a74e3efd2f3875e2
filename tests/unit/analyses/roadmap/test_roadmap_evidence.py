"""What a pilot measured stands in the place of what was thought possible."""

import numpy as np
import pandas as pd
import pytest
import roadmap_data as data
from pydantic import ValidationError
from test_roadmap_tried import observed

from cerm_nb.analyses import roadmap
from cerm_nb.analyses.roadmap.evidence import evidence
from cerm_nb.errors import ParamsError

OWN = roadmap.Params(bootstrap=2_000)


def piloted(**columns):
    """A pilot of x with the columns told."""
    row = {"initiative": "x", "estimate": 0.5, "low": 0.3, "high": 0.7, "verdict": "worked", "reason": ""}
    return roadmap.Pilots(pd.DataFrame([{**row, **columns}]), pd.DataFrame(), ())


def found(pilots, own=OWN, prior=0.6):
    return evidence(data.listed(), pilots, np.full(3, prior), own.bootstrap, own)


def points(*names):
    return OWN.model_copy(update={"pilots_in_points": list(names)})


def test_a_pilot_that_worked_raises_the_chance_as_bayes_theorem_says():
    told = found(piloted())
    # of 100 such initiatives 48 succeed and show it, one fails and shows it: 48 / 49
    assert told.chance.tolist() == pytest.approx([0.48 / 0.49, 0.6, 0.6])
    assert told.source == ("chance", "", "")
    assert np.isnan(told.effect).all()


def test_a_pilot_without_an_effect_worth_having_lowers_it_and_harm_leaves_none():
    told = found(piloted(verdict="no_effect", reason="below_margin"))
    assert told.chance[0] == pytest.approx(0.6 * 0.025 / (0.6 * 0.025 + 0.4 * 0.8))
    assert found(piloted(verdict="no_effect", reason="harmful")).chance[0] == 0.0


@pytest.mark.parametrize("reason", ["interval_too_wide", "too_few", "sample_ratio_mismatch"])
def test_an_open_pilot_leaves_the_chance_as_it_was_judged(reason):
    told = found(piloted(verdict="undetermined", reason=reason))
    assert (told.chance[0], told.source[0]) == (0.6, "")


def test_the_chance_after_a_pilot_is_that_of_initiatives_that_truly_succeed():
    rng = np.random.default_rng(5)
    good = rng.random(40_000) < 0.3
    worked = rng.random(len(good)) < np.where(good, OWN.power, (1 - OWN.confidence) / 2)
    assert found(piloted(), prior=0.3).chance[0] == pytest.approx(good[worked].mean(), abs=0.01)


def test_an_effect_measured_on_the_rating_takes_the_place_of_the_stated_one():
    told = found(piloted(), points("x"))
    assert (told.chance[0], told.source[0]) == (1.0, "effect")
    assert told.effect[0, 0] == 0.5
    assert np.quantile(told.effect[1:, 0], [0.025, 0.975]) == pytest.approx([0.3, 0.7], abs=0.03)
    assert np.isnan(told.effect[:, 1:]).all()


def test_an_effect_measured_is_taken_whatever_its_verdict_but_not_from_a_blocked_pilot():
    wide = piloted(estimate=0.1, low=-0.2, high=0.4, verdict="undetermined", reason="interval_too_wide")
    assert found(wide, points("x")).effect[0, 0] == 0.1
    blocked = found(piloted(verdict="undetermined", reason="sample_ratio_mismatch"), points("x"))
    assert np.isnan(blocked.effect).all()
    assert blocked.chance[0] == 0.6


def test_without_pilots_nothing_changes():
    for none in (None, roadmap.judge_pilots(None, data.AS_OF, OWN)):
        told = found(none)
        assert told.chance.tolist() == [0.6] * 3
        assert set(told.source) == {""}


def test_what_was_measured_goes_into_impact_chance_and_caveats(small):
    survey, _, _, _, worth = small
    own = OWN.model_copy(update={"bootstrap": len(worth.points) - 1, "pilots_in_points": ["x"]})
    pilots = roadmap.judge_pilots(observed(effect=1.0), data.AS_OF, own)
    table = data.listed(depends_on=[None, "x", None])
    before = roadmap.initiatives(table, survey, worth, None, data.AS_OF, own)
    after = roadmap.initiatives(table, survey, worth, None, data.AS_OF, own, pilots)
    x, y = after.frame.iloc[0], after.frame.iloc[1]
    assert x["impact"] == pytest.approx(2 * before.frame["impact"][0], rel=0.25)  # 1.0 in the place of 0.5
    assert (x["success"], x["measured"]) == (1.0, "effect")
    assert y["success"] == pytest.approx(0.8)  # what it waits for is certain now
    assert dict(after.caveats)["effects_measured"]["initiatives"] == ("x",)
    assert "effects_measured" not in dict(before.caveats)


def test_an_initiative_shown_to_do_harm_is_not_selected(small):
    survey, _, _, _, worth = small
    own = OWN.model_copy(update={"bootstrap": len(worth.points) - 1})
    pilots = roadmap.judge_pilots(observed(sign=-1.0), data.AS_OF, own)
    for one in (own, own.model_copy(update={"pilots_in_points": ["x"]})):
        after = roadmap.initiatives(data.listed(), survey, worth, None, data.AS_OF, one, pilots)
        assert after.frame["priority"][0] <= 0
        assert roadmap.select(after, one).chosen.tolist() == [False, True, True]


def test_pilots_in_points_are_checked():
    with pytest.raises(ParamsError, match="pilots_in_points → ghost"):
        roadmap.judge_pilots(observed(), data.AS_OF, points("ghost"))
    with pytest.raises(ValidationError, match="not better when lower"):
        roadmap.Params(lower_is_better=["x"], pilots_in_points=["x"])
