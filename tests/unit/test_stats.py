from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import rankdata

from cerm_nb.stats import (
    bootstrap_interval,
    captured,
    correlation_interval,
    gini,
    percentile_interval,
    quantile_scores,
    row_ranks,
    share_below,
    weighted_patterns,
    wilson_interval,
)

money = st.lists(st.floats(0, 1e6), min_size=2, max_size=60).filter(lambda values: sum(values) > 1e-3)


def test_wilson_interval_matches_published_value():
    # Newcombe 1998, Statistics in Medicine 17: 81 of 263, 95 %
    assert wilson_interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


def test_wilson_interval_stays_within_0_and_1_and_knows_nothing_without_trials():
    assert wilson_interval(0, 5)[0] == 0
    assert wilson_interval(5, 5)[1] == 1
    assert wilson_interval(0, 0) == (0, 1)


def test_correlation_interval_matches_fisher_and_refuses_a_constant():
    x = np.arange(20.0)
    y = x + np.tile([3.0, -3.0], 10)
    r, low, high = correlation_interval(x, y)
    assert r == pytest.approx(np.corrcoef(x, y)[0, 1])
    assert np.arctanh(high) - np.arctanh(r) == pytest.approx(1.959964 / np.sqrt(17))
    assert low < r < high
    assert np.isnan(correlation_interval(x, np.ones(20))).all()


def test_percentile_interval_cuts_both_tails():
    assert percentile_interval(np.arange(1001), 0.90) == pytest.approx((50, 950))


def test_bootstrap_interval_of_a_mean_has_the_width_of_its_standard_error():
    values, sizes = np.array([0.0, 1.0]), np.array([300, 700])

    def mean(weights):
        return (weights @ values / weights.sum(1))[:, None]

    ((low, high),) = bootstrap_interval(sizes, mean, draws=4000, confidence=0.95, seed=1)
    assert high - low == pytest.approx(2 * 1.96 * np.sqrt(0.3 * 0.7 / 1000), rel=0.05)
    assert bootstrap_interval(sizes, mean, draws=200, confidence=0.9, seed=3) == bootstrap_interval(
        sizes, mean, draws=200, confidence=0.9, seed=3
    )


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=80), st.integers(2, 10))
def test_scores_never_part_equal_values_and_never_fall_as_values_rise(values, bins):
    scores = quantile_scores(values, bins)
    assert scores.min() == 1
    assert scores.max() <= bins
    order = np.argsort(values, kind="stable")
    steps, rises = np.diff(scores[order]), np.diff(np.array(values)[order])
    assert (steps[rises == 0] == 0).all()
    assert (steps >= 0).all()


def test_scores_of_distinct_values_fill_the_bins_evenly():
    for n in (10, 15, 35, 100):
        assert np.bincount(quantile_scores(np.arange(n), 5))[1:].tolist() == [n // 5] * 5


def test_share_below_of_equals_is_equal():
    assert share_below([3, 1, 1, 2]).tolist() == [0.75, 0, 0, 0.5]


@given(st.lists(st.tuples(*[st.integers(0, 2**61)] * 3), min_size=1, max_size=40))
def test_patterns_give_back_every_row_even_where_they_cannot_be_packed(rows):
    columns = [np.array(column, dtype=np.int64) for column in zip(*rows, strict=True)]
    first, inverse, weights = weighted_patterns(*columns)
    assert len(first) == len(set(rows))
    assert weights.sum() == len(rows)
    for column in columns:
        assert (column[first][inverse] == column).all()


@given(money, st.floats(0.01, 100))
def test_gini_lies_in_0_1_and_does_not_hang_on_the_scale(values, factor):
    ordered, ones = np.sort(values), np.ones(len(values))
    assert -1e-9 <= gini(ordered, ones) <= 1 - 1 / len(values) + 1e-9
    assert gini(ordered * factor, ones) == pytest.approx(gini(ordered, ones), abs=1e-9)


def test_gini_by_hand_and_by_weights():
    assert gini([1, 2, 3], np.ones(3)) == pytest.approx(2 / 9)
    assert gini([1, 3], [2, 2]) == pytest.approx(gini([1, 1, 3, 3], np.ones(4)))
    assert gini([0, 0, 1], np.ones(3)) == pytest.approx(2 / 3)
    assert np.isnan(gini([0, 0], np.ones(2)))


@given(money)
def test_captured_share_does_not_hang_on_the_order_of_rows(values):
    outcome = np.arange(1.0, len(values) + 1)
    forward = captured(values, outcome, [0.1, 0.5, 1.0])
    backward = captured(values[::-1], outcome[::-1], [0.1, 0.5, 1.0])
    assert forward == pytest.approx(backward)
    assert forward[-1] == pytest.approx(1)


def test_captured_share_takes_equals_in_proportion():
    assert captured([1, 1, 1, 1], [4, 0, 0, 0], 0.25) == pytest.approx(0.25)
    assert captured([4, 3, 2, 1], [4, 3, 2, 1], [0.25, 0.5]) == pytest.approx([0.4, 0.7])


@pytest.mark.parametrize("shape", [(1, 1), (5, 1), (1, 9), (40, 7), (3, 200)])
def test_row_ranks_are_those_of_scipy(shape):
    values = np.random.default_rng(2).integers(-3, 4, shape).astype(float)
    values[values == 3] = np.inf
    assert row_ranks(values).tolist() == rankdata(values, axis=1).tolist()


def test_row_ranks_of_equals_share_the_mean_rank_and_rows_do_not_touch():
    assert row_ranks([[2, 1, 2], [2, 2, 2], [1, 2, 3]]).tolist() == [[2.5, 1, 2.5], [2, 2, 2], [1, 2, 3]]
    assert row_ranks(np.empty((0, 3))).shape == (0, 3)
    assert row_ranks(np.empty((3, 0))).shape == (3, 0)


@pytest.mark.parametrize("n", [1, 3, 19, 20, 1000])
def test_a_wilson_interval_holds_its_share_where_all_or_none_succeed(n: int) -> None:
    assert wilson_interval(n, n)[1] == 1.0
    assert wilson_interval(0, n)[0] == 0.0
