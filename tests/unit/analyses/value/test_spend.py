from __future__ import annotations

import numpy as np
import pytest

from cerm_nb.analyses.value.spend import expected_spend, fit_spend, spend_dependence, surface
from cerm_nb.errors import NotEnoughData

from .conftest import build
from .test_purchases import differences

TRUE = np.array([6.0, 4.0, 15.0])


def purchases(n, seed, truth=TRUE):
    """Customers with a mean spend by the Gamma-Gamma process."""
    random = np.random.default_rng(seed)
    p, q, v = truth
    frequency = random.geometric(0.4, n)
    rate = random.gamma(q, 1 / v, n)
    money = random.gamma(p * frequency, 1 / (rate * frequency))
    return build(frequency, frequency * 1.0, frequency + 5.0, money)


def test_gradient_and_hessian_agree_with_finite_differences():
    frame = purchases(300, 1)
    x, money, logs = frame["frequency"].to_numpy(), frame["monetary_value"].to_numpy(), np.log(TRUE * 1.2)
    here = surface(x, money, logs)
    assert here.gradient == pytest.approx(
        differences(lambda at: surface(x, money, at).value, logs), rel=1e-5, abs=1e-3
    )
    bend = differences(lambda at: surface(x, money, at).gradient, logs)
    assert here.hessian == pytest.approx(bend, rel=1e-5, abs=1e-3)


def test_known_parameters_are_recovered_with_honest_intervals():
    errors, inside = [], []
    for seed in range(40):
        fit = fit_spend(purchases(1500, seed))
        errors.append(np.log(fit.estimates / TRUE))
        inside.append(np.abs(errors[-1]) < 1.96 * np.sqrt(np.diag(fit.covariance)))
    assert np.abs(np.mean(errors, axis=0)).max() < 0.05
    assert np.mean(inside) > 0.87


def test_another_currency_changes_the_scale_alone():
    frame = purchases(2000, 3)
    fit, won = fit_spend(frame), fit_spend(frame.assign(monetary_value=frame["monetary_value"] * 1700))
    assert won.estimates == pytest.approx(fit.estimates * np.array([1, 1, 1700]), rel=1e-6)
    assert won.log_likelihood == pytest.approx(fit.log_likelihood - 2000 * np.log(1700), rel=1e-9)


def test_expected_spend_lies_between_own_and_common_mean_and_nears_the_own_with_more_purchases():
    fit = fit_spend(purchases(2000, 5))
    p, q, v = fit.estimates
    common = p * v / (q - 1)
    guess = expected_spend(fit, build([0, 1, 5, 500], [0, 1, 1, 1], [9] * 4, 100.0))
    assert guess[0] == pytest.approx(common)
    assert (np.diff(guess) > 0).all()
    assert guess[3] == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize(
    ("money", "reason"),
    [([-5.0] + [9.0] * 99, "negative_spend"), (10.0, "spend_all_equal"), (0.0, "too_few_repeat_spenders")],
)
def test_money_that_cannot_bear_the_model_is_refused(money, reason):
    with pytest.raises(NotEnoughData) as caught:
        fit_spend(build([1] * 100, [1] * 100, [5] * 100, money))
    assert caught.value.reason == reason


def test_a_tail_without_a_mean_is_refused():
    with pytest.raises(NotEnoughData) as caught:
        fit_spend(purchases(3000, 2, np.array([6.0, 0.6, 15.0])))
    assert caught.value.reason == "spend_mean_infinite"


def test_dependence_of_spend_on_frequency_is_seen():
    frame = purchases(3000, 4)
    r, low, high = spend_dependence(frame, 0.95)
    assert low < 0 < high or abs(r) < 0.06
    tied = frame.assign(monetary_value=frame["monetary_value"] * frame["frequency"])
    assert spend_dependence(tied, 0.95)[1] > 0.2
