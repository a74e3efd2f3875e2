"""What a series' past, trend, season and changes of level do not tell."""

from operator import attrgetter

import numpy as np
import pytest
from simulated_series import remembering

from cerm_nb.analyses.scorecard.whitening import STEPS, seasonal, surprises

cells = attrgetter("values")


def test_surprises_of_a_chosen_order_are_the_residuals_of_least_squares():
    x = remembering(np.random.default_rng(3), 0.7, 1, 80)
    found = surprises(x, 0)
    assert found.order.tolist() == [1]
    assert (found.steps == -1).all()
    design = np.column_stack([np.ones(79), np.arange(79), x[0, :-1]])
    rest = x[0, 1:] - design @ np.linalg.lstsq(design, x[0, 1:])[0]
    assert cells(found)[0, 1:] == pytest.approx(rest, abs=1e-9)
    assert np.isnan(cells(found)[0, 0])


def test_most_series_that_remember_leave_nothing_that_does():
    found = surprises(remembering(np.random.default_rng(1), 0.7, 300, 60), 0)
    rest = cells(found)
    both = ~np.isnan(rest[:, 1:]) & ~np.isnan(rest[:, :-1])
    products = np.where(both, np.nan_to_num(rest[:, 1:]) * np.nan_to_num(rest[:, :-1]), 0).sum(axis=1)
    assert abs(np.mean(products / np.nansum(rest**2, axis=1))) < 0.06


def test_changes_of_level_are_found_where_they_are_and_taken_out():
    rng = np.random.default_rng(2)
    x = remembering(rng, 0.3, 200, 48)
    x[:100, 20:] += 5
    found = surprises(x, 0)
    moved = found.steps[:100, 0]
    # rows that belong to both levels are freed, so a change may be told up to the order early
    assert np.mean(np.abs(moved - 20) <= 2) > 0.98
    assert np.mean((found.steps[100:] >= 0).any(axis=1)) < 0.2
    assert np.nanmax(np.abs(np.nanmean(cells(found)[:100, 24:], axis=1))) < 1


def test_two_changes_of_level_are_found():
    x = np.random.default_rng(4).standard_normal((1, 60))
    x[:, 20:] += 8
    x[:, 40:] -= 12
    assert sorted(surprises(x, 0).steps[0]) == [-1] * (STEPS - 2) + [20, 40]


def test_a_shared_trend_and_season_leave_nothing_in_common():
    at = np.arange(48)
    shared = 0.3 * at + 3 * np.cos(2 * np.pi * at / 12)
    found = surprises(np.random.default_rng(5).standard_normal((200, 48)) + shared, 12)
    together = np.nan_to_num(cells(found)).mean(axis=0)
    assert np.abs(together).max() < 0.35  # the mean of 200 independent values has a spread of .07
    assert (found.fixed >= 4).all()


def test_a_gap_leaves_itself_and_as_many_periods_behind_it_as_are_remembered():
    x = remembering(np.random.default_rng(3), 0.7, 1, 80)
    x[0, 30] = np.nan
    found = surprises(x, 0)
    assert found.order.tolist() == [1]
    assert np.flatnonzero(np.isnan(cells(found)[0])).tolist() == [0, 30, 31]


def test_surprises_do_not_depend_on_unit_and_level():
    x = remembering(np.random.default_rng(6), 0.5, 20, 40)
    x[:5, 20:] += 6
    plain, far = surprises(x, 12), surprises(1e4 * x + 1e8, 12)
    assert cells(far) == pytest.approx(1e4 * cells(plain), rel=1e-4, abs=1e-2, nan_ok=True)
    assert (far.steps == plain.steps).all()


def test_one_odd_month_is_cut_off():
    x = np.random.default_rng(7).standard_normal((1, 60))
    x[0, 30] += 50
    rest = cells(surprises(x, 0))[0]
    assert np.nanmax(np.abs(rest)) < 15


def test_only_series_with_a_clear_season_have_one():
    x = remembering(np.random.default_rng(8), 0.4, 200, 48)
    x[:100] += 3 * np.cos(2 * np.pi * np.arange(48) / 12)
    found = seasonal(x, 12)
    assert found[:100].all()
    assert found[100:].mean() < 0.1
    assert not seasonal(x, 0).any()


@pytest.mark.parametrize(
    "values",
    [
        np.empty((0, 30)),
        np.empty((2, 0)),
        np.zeros((1, 1)),
        np.full((1, 30), 7.0),
        np.full((2, 30), np.nan),
        np.arange(5.0)[None],
    ],
    ids=["no series", "no periods", "one value", "constant", "all gaps", "five values"],
)
def test_series_that_say_nothing_leave_nothing(values):
    found = surprises(values, 12)
    assert cells(found).shape == values.shape
    assert np.isnan(cells(found)).all()


def test_a_straight_line_has_no_surprises_worth_telling():
    rest = cells(surprises(np.arange(40.0)[None] * 3 + 100, 0))
    assert np.nanmax(np.abs(rest), initial=0.0) < 1e-6
