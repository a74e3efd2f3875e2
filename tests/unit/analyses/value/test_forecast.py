from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import hyp2f1
from scipy.stats import beta, gamma

from cerm_nb.analyses.value.forecast import (
    expected_purchases,
    expected_repeats,
    p_alive,
    purchase_rate,
    while_active,
)
from cerm_nb.analyses.value.purchases import BgNbd, MbgNbd, Nbd

from .conftest import build

NOTHING = np.zeros((4, 4))


def model(kind=BgNbd, r=0.25, alpha=4.4, a=0.8, b=2.4):
    return kind(np.array([r, alpha, a, b][: len(kind.names)]), NOTHING, 0.0, 1)


@pytest.mark.parametrize("kind", [BgNbd, MbgNbd])
@pytest.mark.parametrize(("x", "age", "weeks"), [(0, 30, 39), (3, 38, 52), (12, 20, 4)])
def test_purchases_while_active_agree_with_direct_integration_over_customers(kind, x, age, weeks):
    fit = model(kind)
    r, alpha, a, b = fit.estimates
    share = (np.arange(2000) + 0.5) / 2000
    rate = gamma(r + x, scale=1 / (alpha + age)).ppf(share)
    stop = beta(a, b + x + fit.shift).ppf(share)[:, None]
    direct = (-np.expm1(-rate * stop * weeks) / stop).mean()
    ours = while_active(fit, np.array([x]), np.array([float(age)]), weeks)[0]
    assert ours == pytest.approx(direct, rel=2e-3)


def test_forecast_agrees_with_the_published_closed_form():
    # Fader, Hardie & Lee 2005, equation 10, with 2F1 summed in double precision
    fit = model()
    r, alpha, a, b = fit.estimates
    x, recency, age, weeks = 2, 30.43, 38.86, 39.0
    series = hyp2f1(r + x, b + x, a + b + x - 1, weeks / (alpha + age + weeks))
    top = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + weeks)) ** (r + x) * series)
    bottom = 1 + a / (b + x - 1) * ((alpha + age) / (alpha + recency)) ** (r + x)
    ours = while_active(fit, np.array([x]), np.array([age]), weeks)[0] / bottom
    assert ours == pytest.approx(top / bottom, rel=1e-11)


def test_discounted_forecast_agrees_with_numerical_integration():
    fit, x, age, weekly = model(), np.array([4]), np.array([30.0]), 0.002
    direct, _ = quad(
        lambda week: purchase_rate(fit, x, age, np.array([week]))[0] * (1 + weekly) ** -week,
        0,
        52,
        epsrel=1e-11,
    )
    assert while_active(fit, x, age, 52.0, weekly)[0] == pytest.approx(direct, rel=1e-9)


@pytest.mark.parametrize("a", [0.999999, 1.0, 1.000001])
def test_forecast_passes_smoothly_through_a_of_one(a):
    around = [
        while_active(model(a=each), np.array([2]), np.array([20.0]), 52.0)[0] for each in (0.999, a, 1.001)
    ]
    assert around[0] > around[1] > around[2]
    assert around[1] == pytest.approx((around[0] + around[2]) / 2, rel=1e-5)


@given(
    x=st.integers(1, 900),
    age=st.integers(7, 700),
    part=st.floats(0, 1),
    kind=st.sampled_from([BgNbd, MbgNbd, Nbd]),
    a=st.floats(0.05, 8),
)
def test_any_history_gives_finite_sensible_forecasts(x, age, part, kind, a):
    summary = build([x], [np.floor(age * part) / 7], [age / 7])
    fit = model(kind, a=a)
    alive = p_alive(fit, summary)[0]
    assert 0 <= alive <= 1
    forecasts = [expected_purchases(fit, summary, weeks)[0] for weeks in (0, 4, 13, 52, 260)]
    assert forecasts[0] == 0
    assert np.isfinite(forecasts).all()
    assert (np.diff(forecasts) >= 0).all()
    assert expected_purchases(fit, summary, 52, 0.002)[0] <= forecasts[3]


def test_a_customer_who_never_came_back_is_active_in_bg_nbd_but_not_surely_in_mbg_nbd():
    summary = build([0], [0], [30])
    assert p_alive(model(), summary)[0] == 1
    assert 0 < p_alive(model(MbgNbd), summary)[0] < 1
    assert p_alive(model(Nbd), summary)[0] == 1


def test_nbd_forecast_is_the_shrunken_rate_times_the_horizon():
    assert expected_purchases(model(Nbd), build([3], [5], [20]), 10)[0] == pytest.approx(3.25 / 24.4 * 10)


def test_repeats_of_a_new_customer_start_at_nothing_and_agree_with_the_bg_nbd_mean():
    fit, weeks = model(), np.array([-3.0, 0.0, 10.0, 78.0])
    r, alpha, a, b = fit.estimates
    series = hyp2f1(r, b, a + b - 1, weeks[2:] / (alpha + weeks[2:]))
    mean = (a + b - 1) / (a - 1) * (1 - (alpha / (alpha + weeks[2:])) ** r * series)
    assert expected_repeats(fit, weeks) == pytest.approx([0, 0, *mean], rel=1e-10)
