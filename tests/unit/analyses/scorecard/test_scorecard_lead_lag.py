"""Whether surprises of one series are followed by those of another."""

from math import erfc

import numpy as np
import pytest
from simulated_series import remembering

from cerm_nb.analyses.scorecard.lead_lag import detectable, lead_lag, needed, power
from cerm_nb.analyses.scorecard.whitening import Surprises, surprises


def given(values):
    """Take values as surprises, nothing having been taken out but their mean."""
    series = len(values)
    ones = np.ones(series, dtype=np.int64)
    return Surprises(np.asarray(values, dtype=float), ones, ones * 0, np.full((series, 3), -1))


def one_pair(leader, follower, **settings):
    return lead_lag(given([leader, follower]), np.array([0]), np.array([1]), **settings)


def test_the_correlation_at_each_lag_is_pearsons():
    rng = np.random.default_rng(1)
    a, b = rng.standard_normal((2, 40))
    found = one_pair(a, b, max_lag=1)
    assert found.estimate[0] == pytest.approx(np.corrcoef(a[:-1], b[1:])[0, 1])
    assert found.effect[0] == pytest.approx(np.polyfit(a[:-1], b[1:], 1)[0])
    assert (found.n[0], found.lags[0], found.lag[0], found.free[0]) == (39, 1, 1, 36)


def test_interval_and_p_are_fishers_and_agree():
    """Fisher's transform of r = .5 from 28 pairs: z = .5493, error 1/5, interval [.1560, .7358]."""
    rng = np.random.default_rng(2)
    x, e = np.linalg.qr(rng.standard_normal((28, 2)))[0].T
    x -= x.mean()
    e -= e.mean() + x * (x @ e) / (x @ x)
    y = 0.5 * x / np.linalg.norm(x) + np.sqrt(0.75) * e / np.linalg.norm(e)
    found = one_pair(np.append(x, np.nan), np.append(np.nan, y), max_lag=1)
    told = found.estimate[0], found.low[0], found.high[0], found.p[0]
    assert told == pytest.approx((0.5, 0.15603, 0.73582, 0.00602), abs=1e-5)


def test_p_counts_the_lags_that_were_tested():
    a, b = np.random.default_rng(3).standard_normal((2, 60))
    found = one_pair(a, b, max_lag=6)
    z = np.arctanh(found.estimate[0]) * np.sqrt(found.free[0])
    assert found.lags[0] == 6
    assert found.p[0] == pytest.approx(min(1.0, 6 * erfc(abs(z) / np.sqrt(2))))


def test_planted_lag_and_effect_are_found():
    rng = np.random.default_rng(4)
    leaders = remembering(rng, 0.5, 200, 61)
    followers = 3 * leaders[:, :-2] + rng.standard_normal((200, 59))
    new = surprises(np.concatenate([leaders[:, 2:], followers]), 0)
    found = lead_lag(new, np.arange(200), np.arange(200) + 200)
    assert np.mean(found.lag == 2) > 0.98
    assert np.median(found.effect) == pytest.approx(3, abs=0.3)
    assert np.mean(found.p < 0.05) > 0.98


def test_pairs_across_gaps_are_left_out_and_lags_with_few_pairs_are_not_tested():
    rng = np.random.default_rng(5)
    a, b = rng.standard_normal((2, 14))
    a[3] = np.nan
    found = one_pair(a, b, max_lag=12, min_points=12)
    assert found.lags[0] == 5  # of lag 5 there are 14 - 5 pairs, less the gap
    assert found.n[0] <= 12


@pytest.mark.parametrize(
    "pair",
    [
        (np.full(30, np.nan), np.arange(30.0)),
        (np.ones(30), np.arange(30.0)),
        (np.arange(8.0), np.arange(8.0)),
        (np.empty(0), np.empty(0)),
    ],
    ids=["no values", "constant", "too few", "no periods"],
)
def test_what_cannot_be_tested_has_no_estimate(pair):
    found = one_pair(*pair)
    assert found.lag[0] == found.lags[0] == 0
    for each in (found.estimate, found.low, found.high, found.effect, found.p, found.free):
        assert np.isnan(each[0])


def test_no_pairs_give_no_rows():
    nothing = np.empty(0, dtype=np.int64)
    assert lead_lag(given([[1.0, 2.0]]), nothing, nothing).p.shape == (0,)


def test_a_perfect_relation_stays_finite():
    a = np.random.default_rng(6).standard_normal(40)
    found = one_pair(a[1:], a[:-1], max_lag=2)
    assert found.lag[0] == 1
    assert found.estimate[0] == pytest.approx(1)
    assert 0 <= found.p[0] < 1e-12
    assert np.isfinite([found.low[0], found.high[0]]).all()


@pytest.mark.parametrize(("relation", "size"), [(0.3, 85), (0.4, 47), (0.5, 29)])
def test_sizes_of_published_tables(relation, size):
    """Sizes for a correlation, two-sided .05, power 80 % (Hulley et al. 2013, appendix 6C)."""
    free = needed(relation, np.array([1.0]), 0.05)
    assert round(free[0] + 3) == size
    assert power(relation, free, np.array([1.0]), 0.05)[0] == pytest.approx(0.8)
    assert detectable(free, np.array([1.0]), 0.05)[0] == pytest.approx(relation)


def test_power_falls_as_more_is_tested():
    told = power(0.5, np.full(3, 30.0), np.array([1.0, 6.0, 72.0]), 0.05)
    assert (np.diff(told) < 0).all()
    assert np.isnan(power(0.5, np.array([np.nan]), np.array([1.0]), 0.05)[0])
