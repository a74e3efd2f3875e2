"""The pooled multinomial logit of choices and of best-worst answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from promise_choices import draw_tasks
from scipy.optimize import minimize
from statsmodels.discrete.conditional_models import ConditionalLogit

from cerm_nb.analyses.promise.coding import coding_of
from cerm_nb.analyses.promise.logit import collapse, logit, surface
from cerm_nb.analyses.promise.logit_stages import stages, stages_of
from cerm_nb.errors import NotEnoughData

ITEMS = {"item": tuple("abcdef")}
WORTHS = {"item": (1.0, 0.5, 0.2, -0.2, -0.5, -1.0)}


def draw_items(people=150, tasks=8, spread=0.0, seed=0):
    drawn = draw_tasks(people, tasks, 4, spread, seed, best_worst=True, levels=ITEMS, worths=WORTHS)
    order = np.argsort(np.random.default_rng(seed).random((people * tasks, 6)), axis=1)[:, :4]
    rng = np.random.default_rng(seed + 1)
    utility = drawn.individual[drawn.tasks.respondent[:, None], order]
    best = (utility + rng.gumbel(size=utility.shape)).argmax(axis=1)
    against = rng.gumbel(size=utility.shape) - utility
    against[np.arange(len(best)), best] = -np.inf
    chosen = np.zeros(utility.shape)
    chosen[np.arange(len(best)), best] = 1
    chosen[np.arange(len(best)), against.argmax(axis=1)] = -1
    return drawn._replace(tasks=replace(drawn.tasks, design=order[..., None], chosen=chosen))


def fit(tasks, weights=None):
    coding = coding_of(tasks)
    return logit(stages_of(tasks, coding), weights), coding


def by_hand(tasks, coding, coefficients, weights):
    """Log-likelihood task by task, as the model is written in the textbooks."""
    total, rows = 0.0, coding.rows(tasks)
    for at, respondent in enumerate(tasks.respondent):
        left = np.flatnonzero(tasks.shown[at])
        utility = {place: float(rows[at, place] @ coefficients) for place in left}
        best = next(place for place in left if tasks.chosen[at, place] == 1)
        value = utility[best] - np.log(sum(np.exp(one) for one in utility.values()))
        if tasks.method == "best_worst":
            worst = next(place for place in left if tasks.chosen[at, place] == -1)
            rest = [-one for place, one in utility.items() if place != best]
            value += -utility[worst] - np.log(np.exp(rest).sum())
        total += weights[respondent] * value
    return total


def some_alternatives_lost(tasks):
    """Take the last alternative from every third task where nothing was said of it."""
    lost = (tasks.chosen[:, -1] == 0) & (np.arange(len(tasks.task)) % 3 == 0)
    shown = tasks.shown.copy()
    shown[lost, -1] = False
    design = tasks.design.copy()
    design[lost, -1] = -1
    return replace(tasks, shown=shown, design=design)


def test_log_likelihood_and_estimates_equal_those_of_statsmodels():
    tasks = draw_tasks(people=60, tasks=8, spread=0.3).tasks
    found, coding = fit(tasks)
    rows = coding.rows(tasks)
    groups = np.repeat(np.arange(len(rows)), rows.shape[1])
    peer = ConditionalLogit(tasks.chosen.ravel().astype(int), rows.reshape(-1, coding.columns), groups=groups)
    theirs = peer.fit(disp=False, method="newton")
    assert found.log_likelihood == pytest.approx(theirs.llf, abs=1e-8)
    np.testing.assert_allclose(found.coefficients, theirs.params, atol=1e-7)
    np.testing.assert_allclose(np.sqrt(np.diag(found.covariance)), theirs.bse, rtol=1e-5)


@pytest.mark.parametrize("draw", [draw_tasks, draw_items])
def test_the_estimate_maximises_the_likelihood_written_by_hand(draw):
    tasks = some_alternatives_lost(draw(people=25, tasks=6, seed=3).tasks)
    weights = np.random.default_rng(1).uniform(0.5, 2, 25)
    found, coding = fit(tasks, weights)
    assert found.log_likelihood == pytest.approx(
        by_hand(tasks, coding, found.coefficients, weights), abs=1e-8
    )
    start = np.zeros(coding.columns)
    assert found.null_log_likelihood == pytest.approx(by_hand(tasks, coding, start, weights), abs=1e-8)
    peer = minimize(
        lambda at: -by_hand(tasks, coding, at, weights), start, method="BFGS", options={"gtol": 1e-4}
    )
    assert found.log_likelihood == pytest.approx(-peer.fun, abs=1e-6)
    assert found.log_likelihood >= -peer.fun - 1e-9
    assert found.mcfadden == pytest.approx(1 - found.log_likelihood / found.null_log_likelihood)


@pytest.mark.parametrize("draw", [draw_tasks, draw_items])
def test_gradient_and_information_are_the_derivatives_of_the_log_likelihood(draw):
    tasks = some_alternatives_lost(draw(people=20, tasks=5, seed=5).tasks)
    coding = coding_of(tasks)
    choices = stages_of(tasks, coding)
    weight = np.random.default_rng(2).uniform(0.5, 2, len(choices.respondent))
    at, step = np.linspace(-0.8, 0.9, coding.columns), 1e-5 * np.eye(coding.columns)
    here = surface(choices, weight, at)
    ahead, back = ([surface(choices, weight, at + sign * one) for one in step] for sign in (1, -1))
    slope = [(one.value - other.value) / 2e-5 for one, other in zip(ahead, back, strict=True)]
    bend = [(one.gradient - other.gradient) / 2e-5 for one, other in zip(ahead, back, strict=True)]
    np.testing.assert_allclose(here.gradient, slope, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(-here.information, bend, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(weight @ here.scores, here.gradient, atol=1e-10)


def test_one_difference_between_two_alternatives_is_the_logarithm_of_the_odds():
    rows = np.tile([[[1.0], [0.0]]], (50, 1, 1))
    chosen = np.array([[1.0, 0.0]] * 35 + [[0.0, 1.0]] * 15)
    found = logit(stages(rows, np.ones((50, 2), bool), chosen, np.arange(50)))
    assert found.coefficients[0] == pytest.approx(np.log(35 / 15))
    assert found.covariance[0, 0] == pytest.approx(1 / 35 + 1 / 15)
    assert found.null_log_likelihood == pytest.approx(50 * np.log(0.5))


def test_equal_patterns_put_together_give_the_same_fit():
    one = draw_tasks(people=1, tasks=12).tasks
    people = 80
    design = np.tile(one.design, (people, 1, 1))
    chosen = draw_tasks(people=people, tasks=12, seed=9).tasks.chosen
    told = draw_tasks(people=people, tasks=12).tasks
    tasks = replace(told, design=design, chosen=chosen)
    coding = coding_of(tasks)
    choices = stages_of(tasks, coding)
    weights = np.random.default_rng(3).uniform(0.5, 2, people)
    held, weight, pattern = collapse(choices, weights[choices.respondent])
    assert len(weight) <= 36
    np.testing.assert_array_equal(held.contrasts[pattern], choices.contrasts)
    np.testing.assert_allclose(weight.sum(), 12 * weights.sum())
    found = logit(choices, weights)
    assert found.log_likelihood == pytest.approx(
        by_hand(tasks, coding, found.coefficients, weights), abs=1e-8
    )
    at = surface(choices, weights[choices.respondent], found.coefficients)
    np.testing.assert_allclose(at.gradient, 0, atol=1e-7)
    sums = np.zeros((people, coding.columns))
    np.add.at(sums, choices.respondent, at.scores * weights[choices.respondent][:, None])
    bread = np.linalg.inv(at.information)
    np.testing.assert_allclose(found.robust, bread @ sums.T @ sums @ bread * people / (people - 1), rtol=1e-6)


def test_a_weight_counts_respondents_as_often():
    tasks = draw_tasks(people=30, tasks=6).tasks
    weights = np.array([2.0] * 10 + [1.0] * 20)
    again = np.concatenate([np.arange(180), np.arange(60)])
    twice = replace(tasks.where(again), respondent=np.r_[tasks.respondent, tasks.respondent[:60] + 30])
    np.testing.assert_allclose(fit(tasks, weights)[0].coefficients, fit(twice)[0].coefficients, atol=1e-9)


@pytest.mark.parametrize("draw", [draw_tasks, draw_items])
def test_intervals_hold_the_true_part_worths_at_their_rate(draw):
    held = []
    for seed in range(60):
        drawn = draw(people=60, tasks=6, spread=0.0, seed=seed)
        found, coding = fit(drawn.tasks)
        told = found.levels(coding)
        held += [told["low"].le(drawn.mean) & told["high"].ge(drawn.mean)]
    assert 0.92 < np.mean(held) < 0.975


def test_robust_errors_grow_where_a_respondents_choices_are_alike():
    found, _ = fit(draw_tasks(people=150, tasks=12, spread=1.2).tasks)
    ratio = np.sqrt(np.diag(found.robust) / np.diag(found.covariance))
    assert ratio.max() > 1.2
    alike, _ = fit(draw_tasks(people=150, tasks=12, spread=0.0).tasks)
    np.testing.assert_allclose(np.sqrt(np.diag(alike.robust) / np.diag(alike.covariance)), 1, atol=0.15)


def test_a_none_alternative_gets_the_utility_it_was_drawn_with():
    drawn = draw_tasks(people=400, tasks=10, alternatives=4, spread=0.0, none=0.7)
    found, coding = fit(drawn.tasks)
    none = found.levels(coding).iloc[-1]
    assert none["low"] < 0.7 < none["high"]
    assert none["std_error"] < 0.06


def test_a_level_that_always_wins_is_flagged_and_not_estimated():
    drawn = draw_tasks(people=40, tasks=6).tasks
    tea = drawn.design[..., 1] == 1
    told = np.where(tea.any(axis=1)[:, None] & ~tea, -np.inf, np.random.default_rng(1).random(tea.shape))
    chosen = np.eye(3)[told.argmax(axis=1)]
    found, coding = fit(replace(drawn, chosen=chosen))
    assert found.outcome == "separated"
    assert found.guilty(coding) == ["gift"]
    assert np.isnan(found.coefficients).all()
    assert np.isnan(found.log_likelihood)
    with pytest.raises(NotEnoughData) as told:
        found.require(coding)
    assert (told.value.reason, told.value.values["attributes"]) == ("separated", ["gift"])


def test_strong_preferences_that_are_not_separated_are_estimated():
    worths = {"checkin": (-6.0, 0.0, 6.0), "gift": (-3.0, 3.0), "rate": (3.0, 1.0, -1.0, -3.0)}
    drawn = draw_tasks(people=400, tasks=10, spread=0.0, worths=worths)
    found, coding = fit(drawn.tasks)
    assert found.outcome == "found"
    np.testing.assert_allclose(coding.to_levels(found.coefficients), drawn.mean, atol=0.5)


def test_levels_always_shown_together_cannot_be_told_apart():
    drawn = draw_tasks(people=40, tasks=6).tasks
    design = drawn.design.copy()
    design[..., 1] = (design[..., 0] == 0).astype(int)
    found, coding = fit(replace(drawn, design=design))
    assert found.outcome == "collinear_levels"
    assert set(found.guilty(coding)) == {"checkin", "gift"}


def test_fewer_choices_than_columns_are_too_few():
    found, _ = fit(draw_tasks(people=1, tasks=4).tasks)
    assert found.outcome == "too_few_choices"


def test_alternatives_alike_in_every_task_tell_nothing():
    drawn = draw_tasks(people=20, tasks=6).tasks
    found, _ = fit(replace(drawn, design=np.repeat(drawn.design[:, :1], 3, axis=1)))
    assert found.outcome == "collinear_levels"


def test_attributes_of_one_level_leave_nothing_to_estimate():
    drawn = draw_tasks(people=20, tasks=6).tasks
    found, coding = fit(replace(drawn, design=np.zeros_like(drawn.design)))
    assert (found.outcome, coding.columns) == ("one_level", 0)


def test_choosing_at_random_is_worth_nothing():
    worths = {"checkin": (0.0,) * 3, "gift": (0.0,) * 2, "rate": (0.0,) * 4}
    found, _ = fit(draw_tasks(people=300, tasks=10, spread=0.0, worths=worths).tasks)
    assert 0 <= found.mcfadden < 0.004
