"""Weighted means, raking and adjusted p-values, against published and twice-computed numbers."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import DescrStatsW

from cerm_nb.stats import benjamini_hochberg, effective_n, holm, rake, weighted_means

# Benjamini & Hochberg 1995, section 3.1
PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
PUBLISHED += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]


def test_published_p_values_give_four_findings_under_fdr_and_three_under_holm():
    assert (benjamini_hochberg(PUBLISHED) <= 0.05).sum() == 4
    assert (holm(PUBLISHED) <= 0.05).sum() == 3


def test_adjusted_p_values_agree_with_statsmodels_in_any_order_and_shape():
    p = np.random.default_rng(1).random((4, 6)) ** 3
    for ours, theirs in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        wanted = multipletests(p.ravel(), method=theirs)[1].reshape(p.shape)
        assert ours(p) == pytest.approx(wanted)


def test_tests_that_were_not_made_do_not_count():
    for adjust in (holm, benjamini_hochberg):
        assert adjust([0.01, np.nan, 0.04])[[0, 2]] == pytest.approx(adjust([0.01, 0.04]))
        assert np.isnan(adjust([0.01, np.nan])[1])
        assert adjust([]).size == 0


def test_effective_n_of_equal_weights_is_n():
    assert effective_n(np.full(7, 3.0)) == pytest.approx(7)
    assert effective_n([1, 1, 0]) == pytest.approx(2)
    assert effective_n([1.0, 3.0]) == pytest.approx(16 / 10)
    assert effective_n(np.zeros(3)) == 0


def test_unweighted_means_have_the_textbook_interval():
    values = np.random.default_rng(2).normal(5, 2, 40)
    low, high = weighted_means(values, np.ones(40)).interval(0.95)
    wanted = stats.t.interval(0.95, 39, values.mean(), stats.sem(values))
    assert (float(low), float(high)) == pytest.approx(wanted)


def test_weighted_means_leave_out_what_is_missing():
    values = np.array([[1.0, np.nan], [2.0, 4.0], [4.0, 6.0]])
    weights = np.array([1.0, 2.0, 3.0])
    found = weighted_means(values, weights)
    assert found.mean == pytest.approx([17 / 6, 5.2])
    assert found.n.tolist() == [3, 2]
    assert found.mean[0] == pytest.approx(DescrStatsW(values[:, 0], weights).mean)


def test_weighted_intervals_hold_the_mean_as_often_as_they_say():
    rng = np.random.default_rng(3)
    weights = rng.uniform(0.3, 3, 80)
    values = rng.normal(5, 1, (80, 2_000))
    low, high = weighted_means(values, weights).interval(0.95)
    assert ((low <= 5) & (high >= 5)).mean() == pytest.approx(0.95, abs=0.015)


def test_means_of_nobody_and_of_one_are_undetermined():
    nobody = weighted_means(np.full((3, 1), np.nan), np.ones(3))
    assert np.isnan(nobody.mean[0])
    assert nobody.n_eff[0] == 0
    one = weighted_means(np.array([4.0]), np.ones(1))
    assert one.mean == 4
    assert np.isnan(one.interval(0.95)[0])


def test_raking_meets_all_margins_and_keeps_the_pattern_of_the_start():
    rng = np.random.default_rng(4)
    frame = pd.DataFrame(
        {"sex": rng.choice(["f", "m"], 400, p=[0.3, 0.7]), "age": rng.choice(["a", "b", "c"], 400)}
    )
    found = rake(frame, {"sex": {"f": 0.5, "m": 0.5}, "age": {"a": 0.2, "b": 0.3, "c": 0.5}})
    assert found.converged
    shares = pd.Series(found.weights).groupby(frame["age"]).sum() / found.weights.sum()
    assert shares.to_numpy() == pytest.approx([0.2, 0.3, 0.5], abs=1e-5)
    assert found.weights[(frame["sex"] == "f").to_numpy()].sum() / 400 == pytest.approx(0.5, abs=1e-5)
    # raking keeps cross ratios: they are those of the sample
    cell = pd.Series(found.weights).groupby([frame["sex"], frame["age"]]).first()
    assert cell["f", "a"] * cell["m", "b"] == pytest.approx(cell["f", "b"] * cell["m", "a"])


def test_deming_and_stephan_s_fit_of_a_table_by_hand():
    frame = pd.DataFrame({"row": list("aaabbbbbbb"), "column": list("xxyxyyyyyy")})
    found = rake(frame, {"row": {"a": 0.5, "b": 0.5}, "column": {"x": 0.5, "y": 0.5}})
    table = pd.Series(found.weights).groupby([frame["row"], frame["column"]]).sum()
    # cells 2 1 / 1 6 scaled to even margins: p/(1 − p) = sqrt(2 · 6 / (1 · 1))
    odds = np.sqrt(12.0)
    assert table["a", "x"] / 10 == pytest.approx(odds / (1 + odds) / 2, abs=1e-5)


def test_margins_that_contradict_each_other_are_told():
    frame = pd.DataFrame({"one": ["a", "a", "b"], "two": ["c", "c", "d"]})
    found = rake(frame, {"one": {"a": 0.9, "b": 0.1}, "two": {"c": 0.1, "d": 0.9}})
    assert not found.converged
    assert found.furthest > 0.1


def test_categories_nobody_is_in_and_units_in_none_are_told():
    frame = pd.DataFrame({"one": ["a", "b", None]})
    found = rake(frame, {"one": {"a": 0.4, "b": 0.4, "z": 0.2}})
    assert found.unreachable == {"one": ("z",)}
    assert found.unknown == {"one": 1}
    assert found.converged
    assert found.weights[0] == pytest.approx(found.weights[1])


def test_raking_nobody_gives_nobody():
    assert rake(pd.DataFrame({"one": []}), {"one": {"a": 1.0}}).weights.size == 0
