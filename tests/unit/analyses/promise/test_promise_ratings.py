"""Part-worths from ratings of profiles."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from conjoint_data import choice_rows, rating_rows

from cerm_nb.analyses.promise.choice_tasks import read_tasks
from cerm_nb.analyses.promise.ratings import rate
from cerm_nb.errors import DataError, NotEnoughData

FACTORIAL = [
    {"checkin": one, "breakfast": two} for one, two in product(("desk", "mobile", "room"), ("basic", "local"))
]
WORTH = {"desk": -1.0, "mobile": 0.25, "room": 0.75, "basic": -0.4, "local": 0.4}
LABELS = ["desk", "mobile", "room", "basic", "local"]


def exact(profiles=FACTORIAL, base=4.0):
    return np.array([base + sum(WORTH[level] for level in one.values()) for one in profiles])


def rated(profiles, ratings, **told):
    return rate(read_tasks(rating_rows(profiles, ratings), "rating"), **told)


def test_ratings_without_noise_give_back_the_part_worths_and_the_intercept():
    found = rated(FACTORIAL, [exact(), exact(base=6.0)])
    assert found.levels["level"].tolist() == LABELS
    assert found.levels["estimate"].to_numpy() == pytest.approx([WORTH[name] for name in LABELS])
    assert found.intercept == pytest.approx([4.0, 6.0])
    assert found.r_squared == pytest.approx([1.0, 1.0])
    assert found.importance["importance"].to_numpy() == pytest.approx([1.75 / 2.55, 0.8 / 2.55])


def test_planted_part_worths_lie_in_their_intervals():
    rng = np.random.default_rng(5)
    people = 300
    shift = rng.normal(0, 0.5, (people, 1)) * np.array([one["breakfast"] == "local" for one in FACTORIAL])
    found = rated(FACTORIAL, exact() + shift + rng.normal(0, 1, (people, 6)), confidence=0.99)
    truth = np.array([WORTH[name] for name in LABELS])
    assert (found.levels["low"] <= truth).all()
    assert (found.levels["high"] >= truth).all()
    # the error of a mean part-worth is that between respondents: noise and shift
    error = found.levels.set_index("level")["std_error"]["local"]
    assert error == pytest.approx(np.sqrt((1 / 6 + 0.25 * 0.25) / people), rel=0.15)


def test_designs_that_differ_by_respondent_are_each_solved():
    rng = np.random.default_rng(2)
    profiles = [{"a": one, "b": two} for one, two in product("xyz", "uvw")]
    ratings = rng.normal(5, 2, (30, 9))
    ratings[rng.random((30, 9)) < 0.2] = np.nan
    found = rated(profiles, ratings)
    columns = {"x": (1, 0), "y": (0, 1), "z": (-1, -1), "u": (1, 0), "v": (0, 1), "w": (-1, -1)}
    design = np.array([[1, *columns[one["a"]], *columns[one["b"]]] for one in profiles], dtype=float)
    worths = found.coding.to_levels(found.draws[0])
    for name, worth, base in zip(found.respondents, worths, found.intercept, strict=True):
        at = int(name[1:])
        given = ~np.isnan(ratings[at])
        alone = np.linalg.lstsq(design[given], ratings[at][given], rcond=None)[0]
        assert [base, *worth[:2], *worth[3:5]] == pytest.approx(alone.tolist(), abs=1e-9)


def test_all_ratings_in_one_regression_agree_with_the_means_where_the_design_is_shared():
    ratings = exact() + np.random.default_rng(1).normal(0, 1, (40, 6))
    found = rated(FACTORIAL, ratings)
    pooled = found.pooled.set_index("level")
    assert pooled["estimate"][LABELS].to_numpy() == pytest.approx(found.levels["estimate"].to_numpy())
    assert pooled["std_error"][LABELS].to_numpy() == pytest.approx(found.levels["std_error"].to_numpy())
    assert pooled["estimate"][""] == pytest.approx(ratings.mean())


def test_a_respondent_without_weight_changes_nothing():
    ratings = exact() + np.random.default_rng(1).normal(0, 1, (12, 6))
    weights = np.r_[np.ones(11), 0.0]
    weighted, without = rated(FACTORIAL, ratings, weights=weights), rated(FACTORIAL, ratings[:11])
    for name in ("estimate", "std_error", "low", "high"):
        assert weighted.levels[name].to_numpy() == pytest.approx(without.levels[name].to_numpy())
        assert weighted.pooled[name].to_numpy() == pytest.approx(without.pooled[name].to_numpy())


def test_importance_is_the_mean_of_individual_importances():
    ratings = [exact(), 2 * 4.0 - exact()]  # opposite wishes: mean part-worths are all 0
    found = rated(FACTORIAL, ratings)
    assert found.levels["estimate"].to_numpy() == pytest.approx(np.zeros(5), abs=1e-9)
    assert found.importance["importance"].to_numpy() == pytest.approx([1.75 / 2.55, 0.8 / 2.55])


def test_who_rates_everything_alike_has_no_importance_and_is_told_of():
    found = rated(FACTORIAL, [exact(), np.full(6, 3.0)])
    assert found.caveats == (("rated_all_alike", {"n": 1}),)
    assert found.importance["n"].tolist() == [1, 1]
    assert np.isnan(found.r_squared[1])
    assert found.coding.to_levels(found.draws[0, 1]) == pytest.approx(np.zeros(5), abs=1e-9)


def test_who_rates_too_few_profiles_is_left_out_and_told_of():
    few = np.r_[exact()[:3], np.full(3, np.nan)]
    found = rated(FACTORIAL, [exact(), few])
    assert found.respondents.tolist() == ["r000"]
    assert found.caveats == (("ratings_left_out", {"n": 1}),)


def test_one_respondent_has_part_worths_without_intervals():
    found = rated(FACTORIAL, [exact()])
    assert found.levels["estimate"].to_numpy() == pytest.approx([WORTH[name] for name in LABELS])
    assert found.levels[["low", "high"]].isna().all(axis=None)
    assert found.pooled[["low", "high"]].isna().all(axis=None)


def test_ratings_that_determine_nobodys_part_worths_are_not_enough():
    with pytest.raises(NotEnoughData, match="too few ratings") as told:
        rated([FACTORIAL[0], FACTORIAL[3]], [[1.0, 2.0]] * 5)
    assert told.value.values == {"needed": 3, "found": 2}


def test_profiles_that_never_vary_are_not_enough():
    with pytest.raises(NotEnoughData, match="one level"):
        rated([FACTORIAL[0]] * 3, [[1.0, 2.0, 3.0]])


def test_choices_are_refused_as_ratings():
    with pytest.raises(DataError, match="choice; expected rating"):
        rate(read_tasks(choice_rows(), "choice"))
