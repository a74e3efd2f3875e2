"""What is told of groups does not give away a few respondents by subtraction."""

import numpy as np
import pandas as pd
import pytest
from experience_surveys import long_survey, outcomes_of

from cerm_nb.analyses import experience as x
from cerm_nb.analyses.experience.suppression import kept_back

OWN = x.Params(bootstrap=100)


def told(sizes, ungrouped=0, own=OWN, absent=()):
    """Answer by segment; `absent` rated the first attribute alone."""
    size = sum(sizes) + ungrouped
    rng = np.random.default_rng(3)
    ratings = np.clip(np.rint(rng.normal(5, 1.2, (size, 3))), 1, 7)
    ratings[list(absent), 1:] = np.nan
    outcome = np.clip(np.rint(np.nanmean(ratings, axis=1) + rng.normal(0, 0.6, size)), 1, 7)
    survey = x.read_survey(long_survey(ratings), outcomes_of(outcome), None, own)
    names = [f"r{at:05d}" for at in range(sum(sizes))]
    segments = np.repeat([str(at) for at in range(len(sizes))], sizes)
    members = pd.DataFrame({"respondent": names, "segment": segments})
    return survey, x.answer_by_group(survey, {"segments.members": members}, own)


def shown(frame, column="experience"):
    return sorted(frame.loc[frame[column].notna(), "group"].unique())


def test_a_small_group_takes_the_next_smallest_with_it():
    _, found = told([50, 45, 5])
    for frame, column in ((found.attributes, "experience"), (found.loyalty, "value")):
        assert shown(frame, column) == ["0"]
        hidden = frame[frame["group"] == "1"]
        assert hidden[["n", "n_eff", column]].isna().all(axis=None)
        assert (hidden["state"] == "hidden").all()
    few = found.attributes[found.attributes["group"] == "1"]
    assert few[["difference", "low", "p", "p_adjusted", "priority"]].isna().all(axis=None)
    assert shown(found.touchpoints, "reach") == ["0"]
    first = found.first.set_index("group")
    assert np.isnan(first["now"]["1"])
    assert np.isnan(first["n"]["1"])
    assert found.compared == 1


@pytest.mark.parametrize(
    ("sizes", "ungrouped"), [((50, 45, 5), 0), ((60, 50), 3), ((60, 50), 40), ((80, 35, 33, 12), 4)]
)
def test_the_total_less_what_is_told_rests_on_enough_answers(sizes, ungrouped):
    survey, found = told(list(sizes), ungrouped)
    total = x.levels(survey, OWN).frame.set_index("attribute")["n"]
    rest = total - found.attributes.groupby("attribute")["n"].sum()
    assert ((rest == 0) | (rest >= OWN.min_neff)).all()


def test_respondents_of_no_group_are_a_group_of_their_own():
    assert shown(told([60, 50], 3)[1].attributes) == ["0"]
    assert shown(told([60, 50], 40)[1].attributes) == ["0", "1"]
    assert shown(told([60, 50, 5], 40)[1].attributes) == ["0", "1"]
    assert shown(told([60, 50])[1].attributes) == ["0", "1"]


def test_cells_are_kept_back_by_attribute():
    _, found = told([60, 50, 40], absent=range(115, 150))
    by = found.attributes.groupby("attribute")
    assert shown(by.get_group("a00")) == ["0", "1", "2"]
    assert shown(by.get_group("a01")) == ["0"]


def test_neither_reach_nor_size_is_told_of_few():
    _, found = told([60, 50, 12], 40)
    few = found.touchpoints[found.touchpoints["group"] == "2"]
    assert len(few)
    assert few[["reach", "n_eff", "below_floor", "moment_of_truth"]].isna().all(axis=None)
    assert found.touchpoints.loc[found.touchpoints["group"] == "0", ["reach", "n_eff"]].notna().all(axis=None)


def test_one_group_and_weights_that_leave_few_are_kept_back():
    ones = np.ones((40, 1))
    group = np.zeros(40, dtype=np.int64)
    assert not kept_back(ones, np.ones(40), group, 1, OWN).any()
    heavy = np.array([100.0, *np.ones(39)])
    assert kept_back(ones, heavy, group, 1, OWN).all()
    assert kept_back(np.full((40, 1), np.nan), np.ones(40), group, 1, OWN).all()
    assert kept_back(ones, np.ones(40), group - 1, 0, OWN).shape == (0, 1)
    lenient = x.Params(min_neff=2, min_group=1)
    assert not kept_back(ones, np.ones(40), np.repeat([0, 1], 20), 2, lenient).any()
