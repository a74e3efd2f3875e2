"""Two one-sided tests: a published number, an independent one, their level, and what cannot be tested."""

import numpy as np
import pytest
from statsmodels.stats.weightstats import ttost_ind, ttost_paired

from cerm_nb.stats import unpaired
from cerm_nb.stats.equivalence import equivalence


def test_the_published_example_of_moral_judgments_after_organic_food_comes_out():
    # Lakens 2017 from Moery & Calin-Jageman 2016, study 2: 5.25 (.95, 95) against 5.22 (.83, 89), bounds of
    # d = ±0.43: t(182) = −2.69, p = .004
    parts = 0.95**2 / 95, 0.83**2 / 89
    error = np.sqrt(sum(parts))
    degrees = sum(parts) ** 2 / (parts[0] ** 2 / 94 + parts[1] ** 2 / 88)
    margin = 0.43 * np.sqrt((0.95**2 + 0.83**2) / 2)
    found = equivalence(5.25 - 5.22, error, degrees, margin)
    assert round((0.03 - margin) / error, 2) == -2.69
    assert round(degrees) in (181, 182)  # Welch's, which the text tells as the pooled
    assert round(float(found.p), 3) == 0.004
    assert found.p == found.p_below > found.p_above
    assert -margin < found.low < found.high < margin


def test_welch_and_paired_tests_agree_with_statsmodels():
    rng = np.random.default_rng(2)
    first, second = rng.normal(4.1, 1.0, 60), rng.normal(4.0, 1.4, 45)
    one, two = (np.ones(60), np.arange(60)), (np.ones(45), np.arange(60, 105))
    contrast = unpaired((first[:, None], *one), (second[:, None], *two))
    expected = ttost_ind(first, second, -0.5, 0.5, usevar="unequal")[0]
    error = np.sqrt(first.var(ddof=1) / 60 + second.var(ddof=1) / 45)
    assert equivalence(contrast.difference, error, contrast.degrees, 0.5).p == pytest.approx(
        expected, rel=0.02
    )
    apart = first[:45] - second
    own = equivalence(apart.mean(), apart.std(ddof=1) / np.sqrt(45), 44, 0.5)
    assert own.p == pytest.approx(ttost_paired(first[:45], second, -0.5, 0.5)[0])


def test_a_difference_at_the_margin_is_called_parity_as_often_as_the_level_says():
    rng = np.random.default_rng(3)
    for true, low, high in ((0.3, 0.035, 0.065), (-0.3, 0.035, 0.065), (0.0, 0.95, 1.0)):
        values = rng.normal(true, 1.0, (4_000, 200))
        found = equivalence(values.mean(1), values.std(1, ddof=1) / np.sqrt(200), np.full(4_000, 199.0), 0.3)
        assert low <= (found.p < 0.05).mean() <= high


def test_p_is_below_the_level_exactly_where_the_interval_lies_within_the_margin():
    differences = np.linspace(-0.6, 0.6, 101)
    found = equivalence(differences, np.full(101, 0.1), np.full(101, 30.0), 0.4, level=0.05)
    within = (found.low > -0.4) & (found.high < 0.4)
    assert ((found.p < 0.05) == within).all()
    assert 0 < within.sum() < 101


def test_without_spread_or_answers_nothing_is_tested_and_a_margin_of_nothing_is_refused():
    found = equivalence([0.0, 0.1, np.nan], [0.0, 0.1, 0.1], [10, 0, 10], 0.3)
    assert np.isnan(found.p).all()
    with pytest.raises(ValueError, match="margin must be above 0"):
        equivalence(0.0, 0.1, 10, 0.0)
