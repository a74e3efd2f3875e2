"""Individual part-worths, and forecasts of choices kept back."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from promise_choices import LEVELS, draw_tasks
from scipy.stats import t

from cerm_nb.analyses.promise.choice_holdout import judge
from cerm_nb.analyses.promise.choice_tasks import read_tasks
from cerm_nb.analyses.promise.coding import coding_of
from cerm_nb.analyses.promise.hierarchical import hierarchical
from cerm_nb.analyses.promise.hierarchical_chains import effective_draws, r_hat
from cerm_nb.analyses.promise.hierarchical_panel import Panel, panel
from cerm_nb.analyses.promise.hierarchical_sampler import Sampler
from cerm_nb.analyses.promise.hierarchical_summaries import importances, level_means
from cerm_nb.analyses.promise.logit_stages import shares, stages_of
from cerm_nb.errors import NotEnoughData

HOTEL = Path(__file__).parents[4] / "data" / "hanbit_hotel"
QUICK = {"draws": 400, "burn_in": 150}


@pytest.fixture(scope="module")
def drawn():
    return draw_tasks(people=150, tasks=10, spread=0.8, seed=2, holdout=3)


@pytest.fixture(scope="module")
def worths(drawn):
    return hierarchical(drawn.tasks, coding_of(drawn.tasks), draws=800, burn_in=300, seed=1)


@pytest.fixture(scope="module")
def hotel():
    choices = pd.read_parquet(HOTEL / "choice_tasks.parquet")
    return read_tasks(choices, "choice", "요금")


def planted(tasks, coding):
    """Part-worths of the labels the hotel's generator drew for each respondent, zero-sum."""
    told = json.loads((HOTEL / "truth.json").read_text(encoding="utf-8"))["part_worths"]
    drawn = pd.DataFrame(told["respondents"], index=told["columns_of_respondents"])[tasks.respondents]
    price = drawn.loc["요금"] / told["price_unit"]
    rows = [
        price * (float(level) - coding.middle)
        if name == "요금"
        else drawn.loc[f"{name}: {level}"] - drawn[drawn.index.str.startswith(f"{name}: ")].mean()
        for name, level in coding.labels
    ]
    return np.array(rows).T


def test_without_choices_the_sampler_draws_from_the_prior():
    """A half-t of each standard deviation, a uniform correlation, a wide normal of the mean."""
    people, columns = 6, 2
    data = Panel(
        np.zeros((people, 2, columns)), np.zeros((people, 1, 2, 1)), np.zeros((people, columns, columns))
    )
    pooled = SimpleNamespace(coefficients=np.zeros(columns), robust=np.eye(columns))
    sampler = Sampler(data, pooled, 100, np.random.default_rng(1))
    for at in range(200):
        sampler.sweep((at + 1) ** -0.6)
    errors, correlations, means = [], [], []
    for _ in range(600):
        sampler.sweep(0.0)
        covariance = np.linalg.inv(sampler.precision)
        errors.append(np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)))
        correlations.append(covariance[:, 0, 1] / errors[-1].prod(axis=1))
        means.append(sampler.mean.copy())
    at = np.array([0.1, 0.25, 0.5, 0.75, 0.9])
    np.testing.assert_allclose(np.quantile(errors, at), t(2).ppf(0.5 + at / 2), rtol=0.15)
    np.testing.assert_allclose(np.quantile(correlations, at), 2 * at - 1, atol=0.08)
    assert np.std(means) == pytest.approx(10, rel=0.05)


@pytest.mark.parametrize("best_worst", [False, True])
def test_the_likelihood_of_respondents_is_that_of_their_choices_and_its_gradient_its_slope(best_worst):
    tasks = draw_tasks(people=5, tasks=4, best_worst=best_worst).tasks
    kept = np.ones(20, bool)
    kept[[1, 2, 8, 9, 10, 11]] = False  # two tasks of the first, none of the third
    coding = coding_of(tasks)
    choices = stages_of(tasks.where(kept), coding)
    data = panel(choices, 5, np.zeros(coding.columns))
    at = np.random.default_rng(1).normal(size=(2, 5, coding.columns))
    told = data.likelihood(at)
    for chain in range(2):
        each = shares(
            np.einsum("srk,sk->sr", choices.contrasts, at[chain, choices.respondent]), choices.rivals
        )
        np.testing.assert_allclose(
            told.value[chain], np.bincount(choices.respondent, each.log_chosen, minlength=5), atol=1e-12
        )
    step = np.zeros_like(at)
    step[..., 1] = 1e-6
    slope = (data.likelihood(at + step).value - data.likelihood(at - step).value) / 2e-6
    np.testing.assert_allclose(told.gradient[..., 1], slope, atol=1e-7)


def test_chains_agree_and_draws_are_worth_something(worths):
    assert worths.converged
    assert worths.diagnostics["r_hat"].max() < 1.06
    assert worths.diagnostics["effective_draws"].min() > 40


def test_draws_have_the_shapes_that_are_promised(worths):
    assert worths.draws.shape == (160, 150, 4)
    assert worths.draws.dtype == np.float32
    assert worths.population.shape == (2, 400, 4)
    assert worths.levels[["attribute", "level"]].to_numpy().tolist() == [
        list(one) for one in worths.coding.labels
    ]
    assert worths.levels["n"].eq(150).all()


def test_the_population_and_its_respondents_are_recovered(drawn, worths):
    away = (worths.levels["estimate"] - drawn.mean) / worths.levels["std_error"]
    assert away.abs().max() < 3
    individual = worths.coding.to_levels(worths.draws).mean(axis=0)
    found = [
        np.corrcoef(mine, true)[0, 1] for mine, true in zip(individual.T, drawn.individual.T, strict=True)
    ]
    assert min(found) > 0.5
    error = np.sqrt(((individual - drawn.individual) ** 2).mean())
    assert error < 0.8 * drawn.individual.std(axis=0).mean()


def test_importance_is_the_mean_of_individual_importances(drawn, worths):
    starts = np.cumsum([0, *(len(one) for one in LEVELS.values())])
    parts = [drawn.individual[:, start:end] for start, end in pairwise(starts)]
    ranges = np.column_stack([np.ptp(one, axis=1) for one in parts])
    true = (ranges / ranges.sum(axis=1, keepdims=True)).mean(axis=0)
    told = worths.importance
    assert told["importance"].sum() == pytest.approx(1, abs=1e-6)
    np.testing.assert_allclose(told["importance"], true, atol=0.05)
    assert (told["low"] < told["importance"]).all()
    assert (told["high"] > told["importance"]).all()


def test_the_same_seed_gives_the_same_draws_and_another_others(drawn):
    part = drawn.tasks.where(drawn.tasks.respondent < 20)
    first, again, other = (
        hierarchical(part, coding_of(part), draws=40, burn_in=20, seed=one) for one in (1, 1, 2)
    )
    np.testing.assert_array_equal(first.draws, again.draws)
    assert not np.array_equal(first.draws, other.draws)


def test_intervals_hold_the_true_population_at_their_rate():
    held = []
    for seed in range(10):
        drawn = draw_tasks(people=60, tasks=8, spread=0.6, seed=100 + seed)
        told = hierarchical(drawn.tasks, coding_of(drawn.tasks), **QUICK, seed=seed).levels
        held += [told["low"].le(drawn.mean) & told["high"].ge(drawn.mean)]
    assert 0.85 < np.mean(held) <= 1


def test_choices_kept_back_tell_what_forecasts_are_worth(drawn, worths):
    told = judge(drawn.tasks, worths).set_index(["sample", "model", "measure"])
    kept_back, seen = told.loc["holdout"], told.loc["fitting"]
    assert kept_back["choices"].eq(450).all()
    assert kept_back["respondents"].eq(150).all()
    assert kept_back.loc[("chance", "hit_rate"), "estimate"] == pytest.approx(1 / 3)
    assert kept_back.loc[("chance", "log_likelihood"), "estimate"] == pytest.approx(np.log(1 / 3))
    for measure in ("hit_rate", "log_likelihood"):
        individual, pooled, gain = (
            kept_back.loc[(model, measure), "estimate"] for model in ("individual", "pooled", "gain")
        )
        assert gain == pytest.approx(individual - pooled)
        assert gain > 0
        assert seen.loc[("individual", measure), "estimate"] > individual
        assert pooled > kept_back.loc[("chance", measure), "estimate"]
    assert kept_back.loc[("gain", "log_likelihood"), "low"] > 0


def test_tasks_kept_back_with_a_level_nobody_saw_before_are_left_out(drawn, worths):
    design = drawn.tasks.design.copy()
    levels = ((*drawn.tasks.levels[0], "butler"), *drawn.tasks.levels[1:])
    first = drawn.tasks.holdout & (drawn.tasks.task == "t10")
    design[first, 0, 0] = 3
    tasks = replace(drawn.tasks, design=design, levels=levels)
    told = judge(tasks, replace(worths, coding=coding_of(tasks)))
    kept_back = told[told["sample"] == "holdout"]
    assert kept_back["left_out"].eq(150).all()
    assert kept_back["choices"].eq(300).all()


def test_without_holdout_tasks_forecasts_are_not_judged(drawn, worths):
    with pytest.raises(NotEnoughData) as told:
        judge(drawn.tasks.fitting, worths)
    assert told.value.reason == "no_holdout_tasks"


def test_means_of_a_group_are_those_of_its_members(worths):
    group = worths.draws[:, :40]
    told = level_means(worths.coding, group, 0.95, np.random.default_rng(1))
    np.testing.assert_allclose(
        told["estimate"], worths.coding.to_levels(group).mean(axis=(0, 1)), atol=0.3 * told["std_error"].max()
    )
    assert told["n"].eq(40).all()
    whole = level_means(worths.coding, worths.draws, 0.95, np.random.default_rng(1))
    assert (told["std_error"] > whole["std_error"]).mean() > 0.8


def test_weights_move_means_to_those_who_weigh(worths):
    weights = np.r_[np.ones(40), np.zeros(110)]
    told = importances(worths.coding, worths.draws, 0.95, np.random.default_rng(1), weights)
    alone = importances(worths.coding, worths.draws[:, :40], 0.95, np.random.default_rng(1))
    np.testing.assert_allclose(told["importance"], alone["importance"], atol=0.01)


def test_respondents_who_decide_by_one_attribute_alone_are_estimated_by_the_rest():
    drawn = draw_tasks(people=40, tasks=8, spread=0.5, seed=5).tasks
    cheapest = np.eye(3)[drawn.design[..., 2].argmin(axis=1)]
    sworn = drawn.respondent < 5
    tasks = replace(drawn, chosen=np.where(sworn[:, None], cheapest, drawn.chosen))
    worths = hierarchical(tasks, coding_of(tasks), **QUICK)
    slope = worths.draws[:, :, worths.coding.slope].mean(axis=0)
    assert np.isfinite(worths.draws).all()
    assert slope[:5].max() < slope[5:].mean()
    assert np.abs(slope).max() < 10


def test_a_respondent_without_fitting_tasks_gets_the_populations_distribution():
    drawn = draw_tasks(people=40, tasks=8, spread=0.5, seed=6).tasks
    tasks = drawn.where(drawn.respondent != 7)
    worths = hierarchical(tasks, coding_of(tasks), **QUICK)
    spread = worths.draws.std(axis=0)
    assert (spread[7] / np.median(spread, axis=0)).mean() > 1.1
    assert worths.levels["n"].eq(39).all()


@pytest.mark.parametrize(
    ("people", "reason"), [(3, "too_few_respondents"), (12, "separated"), (11, "collinear_levels")]
)
def test_tasks_that_cannot_bear_it_say_why(people, reason):
    tasks = draw_tasks(people=people, tasks=8).tasks
    if reason == "separated":
        tasks = replace(tasks, chosen=np.eye(3)[tasks.design[..., 2].argmin(axis=1)])
    if reason == "collinear_levels":
        tasks = replace(tasks, design=np.repeat(tasks.design[..., :1], 3, axis=-1) % [3, 2, 4])
    with pytest.raises(NotEnoughData) as told:
        hierarchical(tasks, coding_of(tasks), **QUICK)
    assert told.value.reason == reason


def test_the_hotels_planted_population_is_recovered(hotel):
    coding = coding_of(hotel)
    worths = hierarchical(hotel, coding, draws=800, burn_in=200, seed=3)
    true = planted(hotel, coding)
    away = (worths.levels["estimate"] - true.mean(axis=0)) / worths.levels["std_error"]
    assert worths.converged
    assert away.abs().max() < 3
    assert away.pow(2).mean() < 2.5
    told = judge(hotel, worths).set_index(["sample", "model", "measure"])["estimate"]["holdout"]
    assert told["individual", "hit_rate"] > told["chance", "hit_rate"] + 0.1


def test_a_segment_fitted_alone_has_the_planted_means(hotel):
    """Fitted with the rest its means would be drawn towards those of all respondents."""
    coding = coding_of(hotel)
    slope = planted(hotel, coding)[:, coding.parts[-1]][:, -1]
    members = slope == slope.max()  # the segment that minds the price least
    segment = hotel.where(members[hotel.respondent])
    told = hierarchical(segment, coding_of(segment), draws=600, burn_in=200, seed=2).levels
    true = planted(hotel, coding)[members].mean(axis=0)
    assert told["n"].eq(members.sum()).all()
    assert (told["low"].le(true) & told["high"].ge(true)).mean() > 0.8
    np.testing.assert_allclose(told["estimate"], true, atol=0.35)


def test_chains_that_disagree_are_told_from_chains_that_agree():
    rng = np.random.default_rng(1)
    alike = rng.normal(size=(2, 500, 1))
    apart = alike + np.array([0.0, 2.0])[:, None, None]
    drift = alike + np.linspace(0, 3, 500)[:, None]
    assert r_hat(alike)[0] < 1.01
    assert r_hat(apart)[0] > 1.4
    assert r_hat(drift)[0] > 1.1
    assert r_hat(np.ones((2, 10, 1))).tolist() == [1.0]


def test_draws_that_hang_together_count_less():
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(4, 2000, 1))
    assert effective_draws(noise)[0] == pytest.approx(8000, rel=0.15)
    chain = np.zeros_like(noise)
    for at in range(1, 2000):
        chain[:, at] = 0.8 * chain[:, at - 1] + noise[:, at]
    assert effective_draws(chain)[0] == pytest.approx(8000 * 0.2 / 1.8, rel=0.2)
    assert effective_draws(np.ones((2, 10, 1))).tolist() == [20.0]
