"""Shares of R² are those that all orders of entry give, fast and without breaking on collinear columns."""

from itertools import permutations

import numpy as np
import pytest
from scipy.linalg import sqrtm

from cerm_nb.analyses.experience.shapley import lmg, nearest_correlation, relative_weights


def correlations(p, seed=1, n=200):
    rng = np.random.default_rng(seed)
    return np.corrcoef((rng.standard_normal((n, p + 1)) + rng.standard_normal((n, 1))).T)


def r_squared(matrix, chosen):
    chosen = list(chosen)
    if not chosen:
        return 0.0
    inner, outer = matrix[np.ix_(chosen, chosen)], matrix[chosen, -1]
    return outer @ np.linalg.lstsq(inner, outer, rcond=None)[0]


def by_orders(matrix, groups):
    """Average gain over all orders, one by one."""
    parts, orders = np.zeros(len(groups)), list(permutations(range(len(groups))))
    for order in orders:
        before = []
        for which in order:
            after = before + groups[which]
            parts[which] += r_squared(matrix, after) - r_squared(matrix, before)
            before = after
    return parts / len(orders)


def test_lmg_is_the_average_over_all_orders():
    matrix = correlations(5)
    assert lmg(matrix) == pytest.approx(by_orders(matrix, [[at] for at in range(5)]), abs=1e-12)


def test_lmg_of_groups_lets_whole_groups_enter():
    matrix = correlations(6)
    wanted = by_orders(matrix, [[0, 3], [1, 2, 5], [4]])
    assert lmg(matrix, [0, 1, 1, 0, 2, 1]) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize("p", [1, 2, 15, 16, 17])
def test_parts_add_up_to_all_that_is_explained(p):
    matrix = correlations(p)
    assert lmg(matrix).sum() == pytest.approx(r_squared(matrix, range(p)), rel=1e-9)
    assert relative_weights(matrix).sum() == pytest.approx(r_squared(matrix, range(p)), rel=1e-9)


def test_order_of_attributes_does_not_matter_beyond_a_block():
    matrix, order = correlations(17), np.random.default_rng(2).permutation(17)
    turned = matrix[np.ix_([*order, 17], [*order, 17])]
    assert lmg(turned) == pytest.approx(lmg(matrix)[order], abs=1e-12)


def test_a_stack_of_matrices_gives_what_each_gives_alone():
    stack = np.stack([correlations(11, seed) for seed in range(30)])
    assert lmg(stack) == pytest.approx(np.stack([lmg(one) for one in stack]), abs=1e-12)


def test_equal_attributes_share_alike():
    matrix = correlations(3)
    double = matrix[np.ix_([0, 0, 1, 2, 3], [0, 0, 1, 2, 3])]
    parts = lmg(double)
    assert parts[0] == pytest.approx(parts[1], abs=1e-12)
    assert parts.sum() == pytest.approx(lmg(matrix).sum(), abs=1e-9)
    weights = relative_weights(double)
    assert weights[0] == pytest.approx(weights[1], abs=1e-9)
    assert weights.sum() == pytest.approx(parts.sum(), abs=1e-9)


def test_relative_weights_agree_with_the_matrix_root():
    matrix = correlations(6)
    loadings = np.real(sqrtm(matrix[:-1, :-1]))
    slopes = np.linalg.solve(loadings, matrix[:-1, -1])
    assert relative_weights(matrix) == pytest.approx(loadings**2 @ slopes**2, abs=1e-10)


def test_impossible_correlations_are_mended_and_possible_ones_left_alone():
    impossible = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1.0]])
    mended, moved = nearest_correlation(np.stack([impossible, correlations(2)]))
    assert np.linalg.eigvalsh(mended[0]).min() > 0
    assert np.diag(mended[0]) == pytest.approx(np.ones(3))
    assert moved[0] > 0.1
    assert moved[1] == 0
    assert (mended[1] == correlations(2)).all()
