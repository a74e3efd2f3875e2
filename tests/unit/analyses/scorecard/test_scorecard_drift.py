"""Models that drift are named, those that are right are not."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import gammaincinv

from cerm_nb.analyses.scorecard.accountability import score
from cerm_nb.analyses.scorecard.drift import DRIFT, drift, reviews
from cerm_nb.analyses.scorecard.forecasts import typed

GROUPS = ("target", "all")


def forecasts(
    mean: np.ndarray, shape: float, luck: np.ndarray | float = 1.0, **changes: object
) -> pd.DataFrame:
    """Forecasts of yearly runs for two groups, by a Gamma with this mean and shape; (runs, groups)."""
    runs, groups = mean.shape
    made = np.repeat(pd.date_range("2015-12-31", periods=runs, freq="YE"), groups)
    low, high = (gammaincinv(shape, share) / shape for share in (0.025, 0.975))
    shared = {"question": "value", "source": "BG/NBD", "quantity": "purchases", "unit": "purchases"}
    frame = pd.DataFrame(
        {
            "made_at": made,
            "due": made + pd.DateOffset(years=1),
            "subject": np.tile(GROUPS, runs),
            "forecast": mean.ravel(),
            "low": (mean * low).ravel(),
            "high": (mean * high).ravel(),
            "actual": (mean * luck).ravel(),
        }
    )
    return frame.assign(**{**shared, "confidence": 0.95, "n": 100.0, **changes})


def history(actual: np.ndarray, mean: np.ndarray, shape: float, **changes: object) -> pd.DataFrame:
    """Hold such forecasts against what happened."""
    frame = forecasts(mean, shape, **changes)
    return score(typed(frame).assign(actual=actual.ravel(), reason=""))


@pytest.mark.parametrize("shape", [6.0, 60.0])
@pytest.mark.parametrize("runs", [1, 4])
def test_a_model_that_is_right_is_seldom_said_to_drift(runs: int, shape: float) -> None:
    random = np.random.default_rng(5)
    histories = []
    for number in range(200):
        luck = random.gamma(shape, 1 / shape, (runs, 2))
        luck[:, 1] = 0.8 * luck[:, 0] + 0.2 * luck[:, 1]  # target customers are among all
        histories.append(forecasts(np.full((runs, 2), 50.0), shape, source=f"m{number}", luck=luck))
    frame = pd.concat(histories)
    found = drift(score(typed(frame).assign(actual=frame["actual"].to_numpy(), reason="")))
    wrong = found.groupby("source")["drifts"].any()
    assert len(wrong) == 200
    assert wrong.mean() <= 0.08  # at most .05, and two standard errors of 200


def test_a_model_that_is_too_high_again_and_again_drifts() -> None:
    random = np.random.default_rng(1)
    mean = np.full((4, 2), 100.0)
    actual = 0.75 * mean * random.gamma(60, 1 / 60, (4, 2))
    found = drift(history(actual, mean, 60.0)).set_index("subject")
    assert list(found.reset_index().columns.sort_values()) == sorted(DRIFT)
    assert found["drifts"].all()
    assert set(found["tendency"]) == {"too_high"}
    assert found["relative_bias"].between(0.15, 0.6).all()
    assert found["windows"].tolist() == [4, 4]


def test_one_far_miss_is_enough_and_its_p_is_that_of_the_normal() -> None:
    mean = np.full((1, 2), 100.0)
    scored = history(np.array([[190.0, 105.0]]), mean, 60.0)
    found = drift(scored).set_index("subject")
    z = scored.set_index("subject").loc["target", "standardised"]
    assert z > 5
    assert found.loc["target", "tendency"] == "too_low"
    assert found["drifts"].to_dict() == {"target": True, "all": False}
    assert found["p_spread"].isna().all()


def test_intervals_that_are_too_narrow_to_either_side_drift() -> None:
    mean = np.full((4, 2), 100.0)
    actual = mean * np.array([[1.5], [0.62], [1.5], [0.62]])
    found = drift(history(actual, mean, 60.0))
    assert set(found["tendency"]) == {"too_narrow"}
    assert found["drifts"].all()


def test_a_sure_but_small_error_is_of_no_consequence() -> None:
    mean = np.full((3, 2), 100.0)
    scored = history(mean * 1.08, mean, 6000.0)
    found = drift(scored)
    assert (found["p_adjusted"] < 1e-6).all()
    assert not found["drifts"].any()


def test_what_the_last_wave_showed_and_a_promise_outdone_do_not_drift() -> None:
    mean = np.full((2, 2), 100.0)
    up, down = mean * 1.6, mean * 0.5
    assert drift(history(up, mean, 60.0, question="experience", source="last_wave")).empty
    roadmap = {"question": "roadmap", "source": "expected_gain", "quantity": "judgement"}
    assert not drift(history(up, mean, 60.0, **roadmap))["drifts"].any()
    assert drift(history(down, mean, 60.0, **roadmap))["drifts"].all()


def test_a_verdict_is_lowered_with_the_forecast_that_missed_by_most() -> None:
    mean = np.full((2, 2), 100.0)
    scored = history(np.array([[60.0, 95.0], [40.0, 95.0]]), mean, 60.0)
    told = reviews(drift(scored), scored, {"value": "go", "segments": "go"})
    assert json.loads(json.dumps(told)) == told
    assert list(told) == ["value"]
    one = told["value"]
    assert (one["from"], one["to"], one["reason"], one["windows"]) == ("go", "watch", "too_high", 2)
    assert (one["subject"], one["actual"], one["made_at"], one["due"]) == (
        "target", 40.0, "2016-12-31", "2017-12-31",
    )  # fmt: skip
    assert reviews(drift(scored), scored, {"value": "stop"})["value"]["to"] == "stop"
    assert reviews(drift(scored), scored, {"value": "not_enough_data"}) == {}
    assert reviews(drift(scored), scored, {}) == {}


def test_without_forecasts_nothing_drifts() -> None:
    empty = score(typed(pd.DataFrame()).assign(actual=np.nan, reason=""))
    assert list(drift(empty)) == DRIFT
    assert reviews(drift(empty), empty, {"value": "go"}) == {}
