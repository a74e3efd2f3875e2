"""Sizes planned before an experiment: recovered by simulation, and refused where nothing can be planned."""

import numpy as np
import pytest
from scipy import stats as scipy_stats

from cerm_nb.stats import (
    design_effect,
    detectable_effect,
    intraclass_correlation,
    power_of_means,
    power_of_proportions,
    size_for_means,
    size_for_proportions,
)


def test_the_power_planned_for_clusters_is_the_power_reached():
    plan = size_for_means(0.5, 1.0, cluster_size=10, intraclass=0.1)
    assert plan.treated == 10 * plan.clusters_treated
    rng = np.random.default_rng(1)
    runs, clusters = 4000, plan.clusters_treated
    means = [rng.normal(0, np.sqrt(0.1 + 0.9 / 10), (runs, clusters)) + shift for shift in (0.5, 0.0)]
    found = scipy_stats.ttest_ind(*means, axis=1).pvalue < 0.05
    assert found.mean() == pytest.approx(plan.power, abs=0.025)
    assert plan.power >= 0.8


def test_the_power_planned_for_shares_is_the_power_reached():
    plan = size_for_proportions(0.1, 0.15)
    rng = np.random.default_rng(2)
    shares = (
        rng.binomial(plan.treated, 0.15, 4000) / plan.treated,
        rng.binomial(plan.control, 0.1, 4000) / plan.control,
    )
    pooled = (shares[0] + shares[1]) / 2
    z = (shares[0] - shares[1]) / np.sqrt(2 * pooled * (1 - pooled) / plan.treated)
    assert (np.abs(z) > 1.96).mean() == pytest.approx(0.8, abs=0.025)
    assert power_of_proportions(0.1, 0.15, plan.treated, plan.control) == plan.power


def test_clusters_that_are_alike_take_no_more_units_than_their_design_effect_says():
    assert design_effect(21, 0.05) == 2
    single, whole = (
        size_for_proportions(0.3, 0.4),
        size_for_proportions(0.3, 0.4, cluster_size=21, intraclass=0.05),
    )
    assert whole.exact == pytest.approx(2 * single.exact)
    assert whole.treated % 21 == 0
    assert whole.treated == 21 * whole.clusters_treated


def test_what_a_plan_finds_is_its_detectable_effect():
    plan = size_for_means(0.4, 1.0, power=0.9)
    error = np.sqrt(1 / plan.treated + 1 / plan.control)
    found = detectable_effect(error, plan.treated + plan.control - 2, power=0.9)
    assert 0.99 * 0.4 < found <= 0.4


def test_more_power_a_smaller_effect_or_more_confidence_take_more():
    plain = size_for_means(0.5, 1.0).exact
    assert size_for_means(0.5, 1.0, power=0.9).exact > plain
    assert size_for_means(0.4, 1.0).exact > plain
    assert size_for_means(0.5, 1.0, confidence=0.99).exact > plain
    assert size_for_means(-0.5, 1.0).exact == plain


def test_an_effect_seen_at_once_needs_two_of_each():
    assert size_for_means(50.0, 1.0).treated <= 3
    assert power_of_means(50.0, 3, 3) == pytest.approx(1.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: size_for_means(0.0, 1.0),
        lambda: size_for_means(0.5, 0.0),
        lambda: size_for_means(0.5, 1.0, power=0.01),
        lambda: size_for_means(0.5, 1.0, allocation=0.0),
        lambda: size_for_means(1e-9, 1.0),
        lambda: size_for_proportions(0.2, 0.2),
        lambda: size_for_proportions(0.0, 0.2),
        lambda: size_for_means(0.5, 1.0, cluster_size=5, intraclass=1.5),
    ],
)
def test_what_cannot_be_planned_is_refused(call):
    with pytest.raises(ValueError):
        call()


def test_without_an_error_no_effect_is_detectable():
    assert np.isnan(
        [detectable_effect(np.nan, 5), detectable_effect(0.0, 5), detectable_effect(1.0, 0)]
    ).all()


def test_intraclass_correlation_is_recovered():
    rng = np.random.default_rng(3)
    cluster = np.repeat(np.arange(400), rng.integers(2, 12, 400))
    values = rng.normal(0, np.sqrt(0.2), 400)[cluster] + rng.normal(0, np.sqrt(0.8), len(cluster))
    assert intraclass_correlation(values, cluster) == pytest.approx(0.2, abs=0.04)
    assert intraclass_correlation(rng.permutation(values), cluster) < 0.03


def test_intraclass_correlation_of_what_cannot_tell_is_unknown():
    assert np.isnan(intraclass_correlation([1.0, 2.0], ["a", "a"]))
    assert np.isnan(intraclass_correlation([1.0, 2.0], ["a", "b"]))
    assert np.isnan(intraclass_correlation([1.0] * 4, ["a", "a", "b", "b"]))
    assert intraclass_correlation([1.0, 1.0, 2.0, 2.0], ["a", "a", "b", "b"]) == 1
