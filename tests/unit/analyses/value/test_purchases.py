from __future__ import annotations

import numpy as np
import pytest

from cerm_nb.analyses.value.purchases import BgNbd, MbgNbd, Nbd, fit_purchases, histories
from cerm_nb.errors import NotEnoughData

from .conftest import build, simulate, summarise

TRUE = np.array([0.8, 6.0, 0.8, 2.5])
LOGS = {BgNbd: np.log(TRUE), MbgNbd: np.log(TRUE), Nbd: np.log(TRUE[:2])}


def differences(function, at, step=1e-5):
    """Central differences of a function of a vector."""
    columns = [
        (function(at + step * unit) - function(at - step * unit)) / (2 * step) for unit in np.eye(at.size)
    ]
    return np.stack(columns, axis=-1)


@pytest.mark.parametrize("model", LOGS)
def test_gradient_and_hessian_agree_with_finite_differences(model, calibration):
    data, logs = histories(calibration), LOGS[model]
    here = model.surface(data, logs)
    assert here.gradient == pytest.approx(
        differences(lambda at: model.surface(data, at).value, logs), rel=1e-5, abs=1e-3
    )
    bend = differences(lambda at: model.surface(data, at).gradient, logs)
    assert here.hessian == pytest.approx(bend, rel=1e-5, abs=1e-3)


@pytest.mark.parametrize("model", [BgNbd, MbgNbd])
def test_a_fit_does_not_hang_on_row_order_or_duplication(model, calibration):
    fit = fit_purchases(model, calibration)
    shuffled = fit_purchases(model, calibration.sample(frac=1, random_state=3))
    assert shuffled.estimates == pytest.approx(fit.estimates, rel=1e-5)
    twice = fit_purchases(model, calibration.loc[calibration.index.repeat(2)])
    assert twice.estimates == pytest.approx(fit.estimates, rel=1e-5)
    assert twice.std_errors == pytest.approx(fit.std_errors / np.sqrt(2), rel=1e-4)
    assert twice.n == 2 * fit.n


def test_a_fit_on_many_patterns_starts_on_a_subsample_and_ends_at_the_same_maximum(calibration, monkeypatch):
    whole = fit_purchases(BgNbd, calibration)
    monkeypatch.setattr("cerm_nb.analyses.value.purchases.SUBSAMPLE", 50)
    assert fit_purchases(BgNbd, calibration).estimates == pytest.approx(whole.estimates, rel=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("model", "shift"), [(BgNbd, 0), (MbgNbd, 1)])
def test_known_parameters_are_recovered_with_honest_intervals(model, shift):
    inside, logs = [], []
    for seed in range(25):
        fit = fit_purchases(model, summarise(simulate(1500, 100 + seed, shift=shift), "2021-06-29"))
        error = np.log(fit.estimates / TRUE)
        inside.append(np.abs(error) < 1.96 * np.sqrt(np.diag(fit.covariance)))
        logs.append(error)
    # 100 intervals of 95 %: 85 or fewer would be a one in ten thousand event
    assert np.mean(inside) > 0.85
    assert np.abs(np.mean(logs, axis=0)).max() < 0.12


def test_nobody_repeats():
    with pytest.raises(NotEnoughData) as caught:
        fit_purchases(BgNbd, build([0] * 100, [0] * 100, np.arange(100) / 7 + 10))
    assert caught.value.reason == "no_repeat_purchases"


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (build([1] * 20, [1] * 20, [3] * 20), "too_few_customers"),
        (build([0] * 195 + [1] * 5, [0] * 195 + [1] * 5, [9] * 200), "too_few_repeat_customers"),
        (build([2] * 200, [4] * 200, [9] * 200), "model_not_identified"),
        (build([1] * 200, [0] * 200, [0] * 200), "no_time_observed"),
        (build([], [], []), "too_few_customers"),
    ],
)
@pytest.mark.parametrize("model", [BgNbd, MbgNbd, Nbd])
def test_data_that_cannot_bear_a_model_are_refused_with_the_reason(model, frame, reason):
    with pytest.raises(NotEnoughData) as caught:
        fit_purchases(model, frame)
    assert caught.value.reason == reason


def test_customers_who_never_stop_leave_only_the_nbd_identified():
    random = np.random.default_rng(4)
    age = random.integers(100, 300, 800) / 7
    frequency = random.poisson(random.gamma(0.9, 0.1, 800) * age)
    recency = [
        np.rint(last * 7 * a) / 7 for last, a in zip(random.beta(frequency.clip(1), 1), age, strict=True)
    ]
    summary = build(frequency, np.where(frequency > 0, recency, 0), age)
    with pytest.raises(NotEnoughData, match="not identified"):
        fit_purchases(BgNbd, summary)
    assert fit_purchases(Nbd, summary).estimates == pytest.approx([0.9, 10], rel=0.2)


def test_recency_beyond_age_is_refused():
    with pytest.raises(ValueError, match="at most the age"):
        fit_purchases(BgNbd, build([1] * 60, [9] * 60, [3] * 60))
