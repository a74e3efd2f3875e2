"""What is told of groups does not give away a few respondents by subtraction."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from experience_surveys import long_survey, outcomes_of

from cerm_nb.analyses import experience as x
from cerm_nb.analyses.experience.subtraction import kept_back

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
    assert not kept_back(ones, np.ones(40), [(group, 1)], OWN)[0].any()
    heavy = np.array([100.0, *np.ones(39)])
    assert kept_back(ones, heavy, [(group, 1)], OWN)[0].all()
    assert kept_back(np.full((40, 1), np.nan), np.ones(40), [(group, 1)], OWN)[0].all()
    assert kept_back(ones, np.ones(40), [(group - 1, 0)], OWN)[0].shape == (0, 1)
    lenient = x.Params(min_neff=2, min_group=1)
    assert not kept_back(ones, np.ones(40), [(np.repeat([0, 1], 20), 2)], lenient)[0].any()
    assert kept_back(ones, np.ones(40), [], OWN) == []


def exposed(told, sizes, own):
    """Smallest set of respondents, of cells of the crossed groupings, whose sum follows from what is told."""
    cells = [cell for cell in np.ndindex(sizes.shape) if sizes[cell]]
    known = np.array([[cell in those for cell in cells] for those in told], dtype=float)
    n = np.array([sizes[cell] for cell in cells])
    few = []
    for picked in product([0.0, 1.0], repeat=len(cells)):
        if 0 < n @ picked < own.min_neff:
            found = np.linalg.lstsq(known.T, picked, rcond=None)[0]
            few += [n @ picked] if np.allclose(known.T @ found, picked, atol=1e-9) else []
    return min(few, default=None)


def sums_told(hidden, shape):
    """What a reader knows: the total, and the groups told of either grouping, each as its cells."""
    every = set(np.ndindex(shape))
    told = [every]
    for axis, cells in enumerate(hidden):
        told += [{cell for cell in every if cell[axis] == at} for at in np.flatnonzero(~cells[:, 0])]
    return told


CROSSED = {
    "a tier is a segment and five more": [[40, 5, 0], [0, 50, 45], [0, 0, 0]],
    "two tiers are one segment and three more": [[40, 3, 0], [45, 0, 0], [0, 60, 70], [0, 0, 0]],
    "a chain of small remainders": [[40, 4, 0, 0], [0, 40, 4, 0], [0, 0, 40, 41], [0, 0, 0, 0]],
    "respondents of no group": [[40, 0, 4], [0, 60, 0], [0, 45, 50]],
    "well mixed": [[40, 41, 0], [42, 43, 0], [0, 0, 0]],
}


@pytest.mark.parametrize("name", CROSSED)
def test_two_groupings_together_tell_nothing_of_a_few(name):
    sizes = np.array(CROSSED[name])
    place = [np.repeat(axis, sizes.ravel()) for axis in np.indices(sizes.shape).reshape(2, -1)]
    counts = [size - 1 for size in sizes.shape]
    groupings = [
        (np.where(of == count, -1, of).astype(np.int64), count)
        for of, count in zip(place, counts, strict=True)
    ]
    ones = np.ones((sizes.sum(), 1))
    alone = [kept_back(ones, ones[:, 0], [each], OWN)[0] for each in groupings]
    together = kept_back(ones, ones[:, 0], groupings, OWN)
    assert (exposed(sums_told(alone, sizes.shape), sizes, OWN) is None) == (name == "well mixed")
    assert exposed(sums_told(together, sizes.shape), sizes, OWN) is None
    if name == "well mixed":
        assert not any(cells.any() for cells in together)


def test_tiers_and_segments_cannot_be_subtracted_on_the_page():
    size = 145
    rng = np.random.default_rng(3)
    ratings = np.clip(np.rint(rng.normal(5, 1.2, (size, 3))), 1, 7)
    names = [f"r{at:05d}" for at in range(size)]
    people = pd.DataFrame({"respondent": names, "customer_id": names})
    survey = x.read_survey(long_survey(ratings), outcomes_of(ratings.mean(axis=1).round()), people, OWN)
    tiers = pd.DataFrame({"customer_id": names, "tier": np.repeat(["top", "base"], [50, 95])})
    segments = pd.DataFrame({"respondent": names, "segment": np.repeat(["1", "2"], [45, 100])})
    found = x.answer_by_group(survey, {"value.customers": tiers, "segments.members": segments}, OWN)
    for frame, column in (
        (found.attributes, "n"),
        (found.attributes, "experience"),
        (found.touchpoints, "n_eff"),
        (found.loyalty, "n"),
        (found.first, "n"),
    ):
        told = frame[frame[column].notna()]
        assert {*told["grouping"]} in ({"tier"}, {"segment"}), column
    alone = x.answer_by_group(survey, {"value.customers": tiers}, OWN)
    assert alone.attributes["experience"].notna().all()
