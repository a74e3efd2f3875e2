"""Scales come from the params; where they differ or are missing, it is told."""

import numpy as np
import pandas as pd
import pytest
from experience_surveys import long_survey, outcomes_of

from cerm_nb.analyses import experience as x
from cerm_nb.errors import DataError


def rated(**scales: dict) -> pd.DataFrame:
    """Eighty respondents who use the upper half of the scale, with scales as the params declare them."""
    ratings = np.random.default_rng(3).integers(4, 8, (80, 3)).astype(float)
    table = pd.concat([long_survey(ratings), long_survey(ratings, measure="expectation")])
    table.attrs["scales"] = scales
    return table


def first(survey: x.Survey) -> x.Priorities:
    own = x.Params(bootstrap=100)
    draws = x.draw_respondents(survey, own)
    found, best = x.derive(survey, draws, own), x.best_levels(survey, x.levels(survey, own))
    return x.priorities(survey, draws, found, best, own)


def test_the_floor_is_the_middle_of_the_declared_scale():
    survey = x.read_survey(rated(experience={"survey": (1.0, 7.0)}), None, None, x.Params())
    assert survey.scale == (1, 7)
    assert "scale_not_declared" not in dict(survey.caveats)
    assert first(survey).floor == 4
    effects = x.effects(survey, x.draw_respondents(survey, x.Params(bootstrap=100)), x.Params())
    line = x.what_if(survey, effects, "t / a00", 5.0, x.Params()).line
    assert (line["level"].min(), line["level"].max()) == (1, 7)


@pytest.mark.parametrize(
    "entries", [{}, {"experience": {"a": None}}, {"experience": {"a": (1.0, 7.0), "b": None}}]
)
def test_without_a_declared_scale_the_answers_stand_in_and_it_is_told(entries):
    survey = x.read_survey(rated(**entries), None, None, x.Params())
    assert survey.scale == (4, 7)
    assert dict(survey.caveats)["scale_not_declared"] == {"low": 4, "high": 7}
    assert first(survey).floor == 5.5


@pytest.mark.parametrize(
    "entries",
    [
        {"experience": {"data.first": (0.0, 10.0)}, "expectation": {"data.second": (1.0, 7.0)}},
        {"experience": {"data.first": (0.0, 10.0), "data.second": (1.0, 7.0)}},
        {"importance": {"data.first": (0.0, 10.0), "data.second": (1.0, 7.0)}},
    ],
)
def test_scales_that_are_compared_must_be_one(entries):
    with pytest.raises(DataError) as refused:
        x.read_survey(rated(**entries), None, None, x.Params(own_brand="xyz"))
    scales, others = refused.value.problems[1:], refused.value.problems[:1]
    assert len(scales) == len(others) == 1
    told = str(scales[0])
    for part in ("data.first, data.second", "from 0 to 10", "from 1 to 7", "one scale", "`columns`"):
        assert part in told


def test_judgements_and_importance_may_have_scales_of_their_own():
    table = rated(experience={"a": (1.0, 7.0)}, expectation={"a": (1.0, 7.0)}, importance={"b": (1.0, 5.0)})
    judged = outcomes_of(np.full(80, 9.0))
    judged.attrs["scales"] = {"satisfaction": {"c": (0.0, 100.0)}, "recommendation": {"d": (0.0, 10.0)}}
    survey = x.read_survey(table, judged, None, x.Params())
    assert survey.scales["satisfaction"] == (0, 100)
    assert survey.scales["importance"] == (1, 5)
    assert not survey.items.attrs
    judged.attrs["scales"] = {"satisfaction": {"c": (0.0, 100.0), "d": (0.0, 10.0)}}
    with pytest.raises(DataError, match="satisfaction from 0 to 100, satisfaction from 0 to 10"):
        x.read_survey(table, judged, None, x.Params())


def test_reach_is_counted_from_answers_where_nobody_says_not_experienced():
    ratings = np.random.default_rng(3).integers(1, 8, (80, 2)).astype(float)
    ratings[:20, 0] = np.nan
    ratings[70:] = np.nan
    table = long_survey(ratings)
    table["touchpoint"] = table["attribute"]
    blank = x.read_survey(table, None, None, x.Params())
    assert first(blank).touchpoints["reach"].tolist() == pytest.approx([50 / 70, 1])
    assert dict(blank.caveats)["reach_from_answers"] == {"n": 40}
    absent = x.read_survey(table.dropna(subset="value"), None, None, x.Params())
    reach = first(absent).touchpoints.set_index("touchpoint")["reach"]
    assert reach[["a00", "a01"]].tolist() == pytest.approx([50 / 70, 1])
    assert "reach_from_answers" in dict(absent.caveats)
    said = table.assign(status=table["value"].map(lambda value: "answered" if value > 0 else "missing"))
    said.iloc[0, said.columns.get_loc("status")] = "not_experienced"
    coded = x.read_survey(said, None, None, x.Params())
    assert first(coded).touchpoints["reach"].tolist() == pytest.approx([50 / 51, 1])
    assert "reach_from_answers" not in dict(coded.caveats)
    assert "reach_from_answers" not in dict(x.read_survey(rated(), None, None, x.Params()).caveats)
