"""Published intervals that the return on acquisition must reproduce."""

from __future__ import annotations

import numpy as np
import pytest

from cerm_nb.analyses.readiness.compound import compound_interval


def test_exact_poisson_interval():
    # Garwood 1936: ten events, and none, at 95 %
    assert compound_interval(np.ones(10), 0.95) == pytest.approx((4.795, 18.390), abs=1e-3)
    assert compound_interval([], 0.95, unseen=1.0) == pytest.approx((0, 3.689), abs=1e-3)


def test_gamma_interval_of_the_michigan_births():
    # Fay & Feuer 1997, tables I and II: births with Down's syndrome by the mother's age, fifth and later
    # children, standardised to all births: 75.5 per 100,000, interval 67.7 to 188.3
    cases = np.array([0, 8, 63, 112, 262, 295])
    births = np.array([327, 30666, 123419, 149919, 104088, 34392])
    standard = np.array([319933, 931318, 786511, 488235, 237863, 61313])
    weights = 1e5 * standard / births / standard.sum()
    values = np.repeat(weights, cases)
    assert values.sum() == pytest.approx(75.5, abs=0.05)
    # no case was seen in the youngest, whose weight is the largest
    assert compound_interval(values, 0.95, unseen=weights.max()) == pytest.approx((67.7, 188.3), abs=0.05)
