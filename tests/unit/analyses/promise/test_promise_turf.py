"""Sets of promises that reach the most respondents."""

from __future__ import annotations

import sys
from itertools import combinations

import numpy as np
import pytest
from conjoint_data import OWN, coding, part_worths

from cerm_nb.analyses.promise.reach import wanted
from cerm_nb.analyses.promise.turf import turf, turf_of_items
from cerm_nb.errors import DataError, NotEnoughData
from cerm_nb.stats import wilson_interval

ITEMS = ["quiet", "view", "welcome", "wifi"]
# 1 from whom the item reaches: quiet and view reach 5 of 6 alone or together but for the last
REACHED = np.array(
    [
        [1, 1, 0, 0],
        [1, 1, 0, 0],
        [1, 0, 0, 1],
        [1, 0, 0, 0],
        [0, 0, 1, 0],
        [0, 0, 1, 1],
    ]
)


def reached(values=REACHED, size=3, **told):
    return turf(values, ITEMS, size, OWN, threshold=1, **told)


def test_sets_of_the_example_worked_by_hand():
    found = reached()
    best = found.sets[found.sets["rank"] == 1].set_index("size")
    assert best["items"].to_dict() == {1: "quiet", 2: "quiet + welcome", 3: "quiet + view + welcome"}
    assert best["reach"].to_dict() == pytest.approx({1: 4 / 6, 2: 1.0, 3: 1.0})
    # three times two items and three times one; of two sets of three that reach all, equals in frequency
    assert best["frequency"].to_dict() == pytest.approx({1: 4 / 6, 2: 1.0, 3: 8 / 6})
    assert found.exact
    assert found.tried == 4 + 6 + 4
    assert (found.n, found.n_eff) == (6, 6.0)


def test_each_next_item_adds_what_the_ones_before_leave():
    steps = reached().steps
    assert steps["item"].tolist()[:2] == ["quiet", "welcome"]
    assert steps["marginal"].to_numpy() == pytest.approx([4 / 6, 2 / 6, 0.0])
    assert steps["reach"].to_numpy() == pytest.approx([4 / 6, 1.0, 1.0])


def test_reach_and_frequency_are_those_of_brute_force():
    rng = np.random.default_rng(7)
    values, weights = rng.normal(size=(80, 7)), rng.uniform(0.5, 2, 80)
    names = [f"item {at}" for at in range(7)]
    found = turf(values, names, 4, OWN, most=2, weights=weights).sets
    top = np.argsort(-values, axis=1)[:, :2]
    for size in range(1, 5):
        brute = {}
        for one in combinations(range(7), size):
            hits = np.array([len(set(one) & set(row)) for row in top])
            share = np.average(hits > 0, weights=weights)
            brute[" + ".join(names[at] for at in one)] = (share, np.average(hits, weights=weights))
        shown = found[found["size"] == size]
        best = sorted(brute.values(), reverse=True)[: len(shown)]
        assert shown["reach"].to_numpy() == pytest.approx([reach for reach, _ in best])
        for row in shown.itertuples():
            assert (row.reach, row.frequency) == pytest.approx(brute[row.items])


def test_the_chance_to_be_the_best_set_is_how_often_it_is_in_the_redraws():
    rng = np.random.default_rng(3)
    clear = (rng.random((300, 4)) < [0.8, 0.3, 0.3, 0.3]).astype(int)
    found = turf(clear, ITEMS, 1, OWN, threshold=1).sets
    assert found["p_best"][0] == 1.0
    even = np.repeat(np.eye(4, dtype=int), 50, axis=0)
    chances = turf(even, ITEMS, 1, OWN.model_copy(update={"bootstrap": 4000}), threshold=1).sets["p_best"]
    assert chances.to_numpy() == pytest.approx([0.25] * 4, abs=0.04)


def test_intervals_of_reach_have_the_width_of_a_share():
    rng = np.random.default_rng(5)
    values = (rng.random((400, 4)) < 0.3).astype(int)
    row = turf(values, ITEMS, 1, OWN.model_copy(update={"bootstrap": 3000}), threshold=1).sets.iloc[0]
    low, high = wilson_interval(row["reach"] * 400, 400)
    assert [row["low"], row["high"]] == pytest.approx([low, high], abs=0.008)


def test_where_all_are_reached_others_may_not_be():
    row = reached().sets.query("size == 2 and rank == 1").iloc[0]
    assert row["high"] == 1.0
    assert row["low"] == pytest.approx(wilson_interval(6, 6)[0])


def test_draws_of_part_worths_widen_the_interval():
    rng = np.random.default_rng(2)
    mean = rng.normal(size=(100, 5))
    sure = turf(mean, list("abcde"), 2, OWN, most=1)
    shift = 1.5 * rng.normal(size=(50, 1, 5))
    unsure = turf(mean + shift, list("abcde"), 2, OWN, most=1)
    width = [float((one.sets["high"] - one.sets["low"]).iloc[0]) for one in (sure, unsure)]
    assert width[1] > 1.3 * width[0]


def test_part_worths_of_items_are_taken_as_draws():
    given = coding()
    worths = np.random.default_rng(1).normal(size=(150, 30, 9))
    items = part_worths(worths, given)
    found = turf_of_items(items, 2, OWN)
    taken = given.to_levels(items.draws)[np.unique(np.linspace(0, 149, 100).round().astype(int))]
    same = turf(taken, [level for _, level in given.labels], 2, OWN)
    assert found.sets.equals(same.sets)


def test_items_are_wanted_by_rank_or_from_a_threshold():
    values = np.array([[3.0, 2.0, 1.0, np.nan], [2.0, 2.0, 2.0, 1.0], [5.0, 5.0, 5.0, 5.0]])
    assert wanted(values, 2).tolist() == [[True, True, False, False], [True] * 3 + [False], [False] * 4]
    assert wanted(values, 2, threshold=3.0)[0].tolist() == [True, False, False, False]


def test_who_judges_all_alike_is_reached_by_none_and_told_of():
    values = np.vstack([REACHED * 1.0, np.full((2, 4), 5.0)])
    found = turf(values, ITEMS, 1, OWN, most=1)
    assert ("wants_none", {"n": 2, "of": 8}) in found.caveats
    assert found.sets["reach"].max() <= 6 / 8


def test_too_many_sets_are_built_up_greedily_and_that_is_said(monkeypatch):
    exact = reached(size=3)
    monkeypatch.setattr(sys.modules[turf.__module__], "MOST_SETS", 5)
    found = reached(size=3)
    assert not found.exact
    assert found.caveats == (("sets_greedy", {"sizes": [2]}),)
    greedy = found.sets[found.sets["size"] == 2]
    assert greedy["items"].tolist() == ["quiet + welcome"]
    assert greedy["p_best"].isna().all()
    assert found.steps.equals(exact.steps)
    others = [one.sets.query("size != 2").reset_index(drop=True) for one in (found, exact)]
    assert others[0].equals(others[1])
    assert found.tried == 8


def test_one_respondent_has_no_interval():
    found = reached(REACHED[:1], 1)
    assert found.sets["reach"].tolist() == [1.0, 1.0, 0.0, 0.0]
    assert found.sets[["low", "high"]].isna().all(axis=None)


def test_nobody_and_nothing_judged_are_not_enough():
    for values in (np.zeros((0, 4)), np.full((3, 4), np.nan)):
        with pytest.raises(NotEnoughData, match="no respondents"):
            reached(values, 1)


def test_sizes_that_do_not_fit_are_told_at_once():
    with pytest.raises(DataError) as raised:
        turf(REACHED, ITEMS[:3], 9, OWN, most=0, weights=[1])
    assert len(raised.value.problems) == 4
