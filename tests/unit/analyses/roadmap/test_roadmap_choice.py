from itertools import product

import numpy as np
import pandas as pd
import pytest
import roadmap_data as data
from scipy.optimize import linprog

from cerm_nb.analyses import roadmap
from cerm_nb.analyses.roadmap import Choice, best_set, shadow_prices
from cerm_nb.analyses.roadmap.selection import often_chosen

OWN = roadmap.Params(bootstrap=100)
NO_NEEDS = np.zeros((0, 2), dtype=int)


def by_force(choice: Choice) -> float:
    """Value of the best set, by looking at all."""
    best = 0.0
    for bits in product([0, 1], repeat=len(choice.worth)):
        taken = np.array(bits)
        fits = (choice.uses @ taken <= choice.limits + 1e-9).all()
        waits = all(taken[one] <= taken[other] for one, other in choice.needs)
        if fits and waits:
            best = max(best, float(choice.worth @ taken))
    return best


def drawn(seed: int, size: int) -> Choice:
    rng = np.random.default_rng(seed)
    worth = np.round(rng.uniform(-1, 5, size), 2) * 10.0 ** rng.integers(-4, 1)
    uses = np.round(rng.uniform(0, 9, (2, size)), 1) * np.array([[1e7], [1.0]])
    limits = uses.sum(axis=1) * rng.uniform(0.2, 0.8, 2) + 1e-6
    pairs = [(one, other) for one in range(size) for other in range(one) if rng.random() < 0.15]
    return Choice(worth, uses, limits, np.array(pairs, dtype=int).reshape(-1, 2))


def test_a_set_with_dependencies_solved_by_hand():
    # I1 is worth 10 but waits for I2, worth 1: together 11 for 5 + 4 = 9; I3 is worth 6 for 4, I4 5.5 for 4
    choice = Choice(
        np.array([10.0, 1.0, 6.0, 5.5]),
        np.array([[5.0, 4.0, 4.0, 4.0]]),
        np.array([9.0]),
        np.array([[0, 1]]),
    )
    assert best_set(choice).tolist() == [False, False, True, True]  # 11.5 beats 11
    more = Choice(choice.worth, choice.uses, np.array([13.0]), choice.needs)
    assert best_set(more).tolist() == [True, True, True, False]  # 17 for 13
    # the relaxation takes I3 and I4, at 1.5 and 1.375 a unit, and cuts the pair at 11 / 9
    assert shadow_prices(choice) == pytest.approx([11 / 9])


@pytest.mark.parametrize("seed", range(30))
def test_the_solver_finds_what_looking_at_all_sets_finds(seed):
    choice = drawn(seed, 3 + seed % 7)
    found = best_set(choice)
    assert (choice.uses @ found <= choice.limits * (1 + 1e-6)).all()
    assert all(found[one] <= found[other] for one, other in choice.needs)
    assert choice.worth @ found == pytest.approx(by_force(choice), rel=1e-6, abs=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_shares_of_draws_are_those_of_the_solver(seed):
    choice = drawn(seed, 7)
    draws = choice.worth + np.random.default_rng(seed).normal(0, np.abs(choice.worth).mean(), (40, 7))
    solved = [best_set(Choice(row, choice.uses, choice.limits, choice.needs)) for row in draws]
    assert often_chosen(choice, draws) == pytest.approx(np.mean(solved, axis=0))


def test_of_many_initiatives_draws_are_solved_one_by_one():
    choice = drawn(3, 14)
    draws = np.tile(choice.worth, (5, 1))
    assert often_chosen(choice, draws) == pytest.approx(best_set(choice).astype(float))


@pytest.mark.parametrize("seed", range(10))
def test_a_shadow_price_is_what_a_little_more_of_the_limit_brings_in_the_relaxation(seed):
    choice = drawn(seed, 8)
    prices = shadow_prices(choice)

    def relaxed(limits: np.ndarray) -> float:
        waits = np.zeros((len(choice.needs), 8))
        for at, (one, other) in enumerate(choice.needs):
            waits[at, one], waits[at, other] = 1, -1
        left = np.vstack([choice.uses / choice.limits[:, None], waits])
        right = np.concatenate([limits / choice.limits, np.zeros(len(waits))])
        return -linprog(-choice.worth, A_ub=left, b_ub=right, bounds=(0, 1)).fun

    for at in range(2):
        step = np.where(np.arange(2) == at, choice.limits * 1e-5, 0.0)
        gained = (relaxed(choice.limits + step) - relaxed(choice.limits)) / step[at]
        assert prices[at] == pytest.approx(gained, rel=1e-3, abs=1e-12)


def test_nothing_worthless_is_chosen_unless_another_waits_for_it():
    found = data.valued([0.0, 2.0, 0.0, np.nan], needs=[(), ("I1",), (), ()])
    chosen = roadmap.select(found, OWN)
    assert chosen.chosen.tolist() == [True, True, False, False]
    assert chosen.limits.empty
    assert chosen.p_selected.tolist() == [1.0, 1.0, 0.0, 0.0]


def test_more_budget_is_chosen_for_anew():
    found = data.valued([5.0, 4.0, 3.0], cost=[6.0, 5.0, 4.0], staff=1.0)
    chosen = roadmap.select(found, OWN.model_copy(update={"budget": 10.0, "extra": 0.1, "staff": 100.0}))
    assert chosen.chosen.tolist() == [True, False, True]  # 8 for 10, before 7 for 9
    budget, staff = (row for _, row in chosen.limits.iterrows())
    assert (budget["used"], budget["extra"], budget["gain"]) == (10.0, 1.0, 1.0)
    assert (budget["added"], budget["dropped"]) == ("I2", "I3")
    assert budget["shadow_price"] == pytest.approx(0.8)  # I1 whole, I2 cut: 4 for 5
    assert budget["shadow_gain"] == pytest.approx(0.8)
    assert (staff["shadow_price"], staff["gain"], staff["added"]) == (0.0, 0.0, "")


def test_what_runs_or_is_done_costs_nothing_more():
    found = data.valued([9.0, 5.0, 4.0], state=["running", "planned", "planned"], cost=[9.0, 5.0, 5.0])
    chosen = roadmap.select(found, OWN.model_copy(update={"budget": 5.0}))
    assert chosen.chosen.tolist() == [False, True, False]
    assert np.isnan(chosen.p_selected[0])
    assert chosen.cost == 5.0


@pytest.mark.parametrize("values", [[], [3.0]])
def test_of_none_or_one_there_is_little_to_choose(values):
    chosen = roadmap.select(data.valued(values), OWN.model_copy(update={"budget": 1.0}))
    assert chosen.chosen.tolist() == [True] * len(values)
    assert chosen.gain == sum(values)
    assert len(chosen.limits) == 1


def test_nothing_fits_a_budget_too_small():
    chosen = roadmap.select(data.valued([3.0, 2.0]), OWN.model_copy(update={"budget": 0.5}))
    assert not chosen.chosen.any()
    assert (chosen.gain, chosen.cost) == (0.0, 0.0)
    assert isinstance(chosen.limits, pd.DataFrame)
