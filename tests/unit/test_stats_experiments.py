"""Experiments: estimators for few clusters, and whether a comparison may be believed."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import stats as scipy_stats

from cerm_nb.stats import (
    attrition,
    baseline_balance,
    cluster_robust,
    clustered_effect,
    contaminated_control,
    difference_of_means,
    difference_of_proportions,
    sample_ratio,
)


def experiment(rng, *, clusters=20, each=8, effect=0.5, spread=0.4, before=True, same=True):
    """Clusters assigned at random, half of them treated; the same ones before and after, or others."""
    phases = 2 if before else 1
    after, at, _ = (
        part.ravel() for part in np.meshgrid(*map(np.arange, (phases, clusters, each)), indexing="ij")
    )
    after = after == phases - 1
    treated = (rng.permutation(clusters) < clusters // 2)[at]
    other = at + clusters * (~after & (not same))
    value = 5 + rng.normal(0, spread, 2 * clusters)[other] + 0.2 * after + effect * (treated & after)
    value = value + rng.normal(0, 1, len(at))
    return pd.DataFrame({"value": value, "cluster": other, "treated": treated, "after": after})


def test_a_difference_of_means_is_welch_s():
    rng = np.random.default_rng(1)
    first, second = rng.normal(1, 1, 15), rng.normal(0, 3, 40)
    found = difference_of_means([*first, np.nan], second)
    peer = scipy_stats.ttest_ind(first, second, equal_var=False)
    assert (found.p, found.degrees) == pytest.approx((peer.pvalue, peer.df))
    ends = peer.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))
    assert (found.n_treated, found.n_control) == (15, 40)


@pytest.mark.parametrize(
    ("treated", "control", "reason"),
    [([], [1.0, 2.0], "too_few"), ([1.0], [1.0, 2.0], "too_few"), ([1.0, 1.0], [2.0, 2.0], "no_spread")],
)
def test_means_that_cannot_be_compared_say_why(treated, control, reason):
    found = difference_of_means(treated, control)
    assert found.reason == reason
    assert np.isnan([found.low, found.high, found.p]).all()


def test_shares_at_the_edge_have_an_interval_within_its_bounds():
    found = difference_of_proportions((10, 10), (0, 12))
    assert (found.estimate, found.high) == (1.0, 1.0)
    assert 0 < found.low < 1
    none = difference_of_proportions((0, 10), (0, 12))
    assert none.low < 0 < none.high
    assert none.p == 1
    assert difference_of_proportions((0, 0), (1, 5)).reason == "too_few"
    with pytest.raises(ValueError, match="successes"):
        difference_of_proportions((6, 5), (1, 5))


def test_every_unit_its_own_cluster_gives_hc2():
    rng = np.random.default_rng(2)
    x = np.column_stack([np.ones(30), rng.normal(size=30), np.arange(30) < 9])
    y = x @ [1.0, 2.0, 3.0] + rng.normal(size=30) * (1 + 2 * x[:, 2])
    found = cluster_robust(y, x, np.arange(30))
    assert found.errors == pytest.approx(sm.OLS(y, x).fit(cov_type="HC2").bse)


def test_clusters_assigned_whole_are_compared_as_their_means_would_be():
    rng = np.random.default_rng(3)
    table = experiment(rng, before=False, clusters=11)
    design = np.column_stack([np.ones(len(table)), table["treated"]])
    found = cluster_robust(table["value"], design, table["cluster"])
    means = table.groupby("cluster").agg(value=("value", "mean"), treated=("treated", "first"))
    welch = difference_of_means(means.loc[means["treated"], "value"], means.loc[~means["treated"], "value"])
    assert (found.coefficients[1], found.errors[1]) == pytest.approx((welch.estimate, welch.error))


def test_cr2_errors_and_degrees_are_those_of_the_definition():
    rng = np.random.default_rng(4)
    cluster = np.repeat(np.arange(7), [3, 5, 2, 8, 4, 6, 3])
    n = len(cluster)
    x = np.column_stack([np.ones(n), rng.normal(size=n), cluster % 2])
    y = rng.normal(size=n) + rng.normal(size=7)[cluster]
    bread = np.linalg.inv(x.T @ x)
    left = np.eye(n) - x @ bread @ x.T
    variance, vectors = np.zeros((3, 3)), []
    for each in range(7):
        rows = cluster == each
        sizes, turned = np.linalg.eigh(left[np.ix_(rows, rows)])
        root = turned @ np.diag(sizes**-0.5) @ turned.T
        score = bread @ x[rows].T @ root @ (left @ y)[rows]
        variance += np.outer(score, score)
        vectors.append(left[:, rows] @ root @ x[rows] @ bread)
    found = cluster_robust(y, x, cluster)
    assert found.errors == pytest.approx(np.sqrt(np.diag(variance)))
    for column in range(3):
        gram = np.array([[a[:, column] @ b[:, column] for a in vectors] for b in vectors])
        assert found.degrees[column] == pytest.approx(np.trace(gram) ** 2 / (gram**2).sum())


def test_no_more_clusters_than_columns_have_no_error():
    found = cluster_robust([1.0, 2, 3, 4], np.column_stack([np.ones(4), [0, 0, 1, 1]]), [0, 0, 1, 1])
    assert np.isnan(found.errors).all()


@pytest.mark.parametrize(
    ("options", "estimator"),
    [
        ({}, "ancova"),
        ({"same": False}, "difference_in_differences"),
        ({"before": False}, "difference_of_means"),
    ],
)
def test_the_design_chooses_the_estimator_and_its_interval_holds_the_truth(options, estimator):
    rng = np.random.default_rng(5)
    found = [clustered_effect(experiment(rng, **options)) for _ in range(100)]
    assert {each.estimator for each in found} == {estimator}
    held = np.mean([each.low <= 0.5 <= each.high for each in found])
    assert 0.89 <= held <= 0.995
    assert np.mean([each.estimate for each in found]) == pytest.approx(0.5, abs=0.05)


def test_few_clusters_raise_no_false_alarm_where_single_units_would():
    rng = np.random.default_rng(6)
    tables = [experiment(rng, clusters=8, effect=0.0, before=False, spread=0.8) for _ in range(100)]
    alarms = np.mean([clustered_effect(each).p < 0.05 for each in tables])
    units = [each.assign(cluster=np.arange(len(each))) for each in tables]
    assert alarms < 0.09
    assert np.mean([clustered_effect(each).p < 0.05 for each in units]) > 0.25


def test_the_mean_before_makes_the_interval_shorter():
    rng = np.random.default_rng(7)
    tables = [experiment(rng, spread=1.0, each=20) for _ in range(40)]
    with_before = np.median([(e := clustered_effect(each)).high - e.low for each in tables])
    without = np.median([(e := clustered_effect(each[each["after"]])).high - e.low for each in tables])
    assert with_before < 0.7 * without


def test_a_constant_before_adjusts_for_nothing():
    table = experiment(np.random.default_rng(8))
    table.loc[~table["after"], "value"] = 5.0
    plain = clustered_effect(table[table["after"]])
    assert clustered_effect(table).estimate == pytest.approx(plain.estimate)


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t[t["treated"]],
        lambda t: t[~t["after"]],
        lambda t: t.iloc[:0],
        lambda t: t[t["cluster"].isin([t["cluster"][t["treated"]].min(), t["cluster"][~t["treated"]].min()])],
    ],
    ids=["no control", "no after", "nothing", "one cluster each"],
)
def test_too_little_to_compare_is_undetermined(change):
    found = clustered_effect(change(experiment(np.random.default_rng(9))))
    assert found.reason == "too_few"
    assert np.isnan([found.low, found.high, found.p]).all()


def test_values_that_are_all_equal_have_no_interval():
    table = experiment(np.random.default_rng(9), before=False).assign(value=3.0)
    assert clustered_effect(table).reason == "no_spread"


def test_arms_of_unplanned_sizes_block():
    assert sample_ratio([5000, 5300]).level == "ok"
    assert sample_ratio([5000, 5600]).level == "block"
    assert sample_ratio([5000, 5600], [0.47, 0.53]).level == "ok"
    assert sample_ratio([0, 0]).level == "ok"
    with pytest.raises(ValueError, match="arms"):
        sample_ratio([5000])
    with pytest.raises(ValueError, match="arms"):
        sample_ratio([50, 50], [0.5, 0.6])


def test_a_difference_before_the_change_is_told_in_spreads_of_units():
    found = baseline_balance([5.3, 5.5, 5.4], [5.0, 5.1, 4.9], 1.0)
    assert found.found["standardised"] == pytest.approx(0.4)
    assert found.level == "warn"
    assert baseline_balance([5.1, 5.0], [5.0, 5.1], 1.0).level == "ok"


@pytest.mark.parametrize(("reached", "level"), [(0, "ok"), (20, "warn"), (60, "block")])
def test_a_control_that_was_reached_warns_then_blocks(reached, level):
    assert contaminated_control(reached, 1000).level == level


@pytest.mark.parametrize(
    ("treated", "level"), [((95, 100), "ok"), ((88, 100), "warn"), ((70, 100), "block"), ((0, 0), "ok")]
)
def test_loss_warns_and_unequal_loss_blocks(treated, level):
    assert attrition(treated, (96, 100)).level == level
