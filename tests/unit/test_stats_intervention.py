"""Effect of a change on a series: recovery, false alarms, seasons, gaps, and too little to tell."""

import warnings

import numpy as np
import pytest

from cerm_nb.stats import intervention_effect
from cerm_nb.stats.intervention import PLACEBOS


def related(rng, n, memory):
    """A series of variance 1 whose value remembers the one before."""
    noise = rng.normal(size=n + 50)
    for at in range(1, n + 50):
        noise[at] = memory * noise[at - 1] + np.sqrt(1 - memory**2) * noise[at]
    return noise[50:]


def many(rng, memory, before, after, effect=0.0, runs=150):
    for _ in range(runs):
        values = related(rng, before + after, memory)
        values[before:] += effect
        yield intervention_effect(values, before)


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.8])
def test_a_change_that_did_nothing_seldom_seems_to_have_done_something(memory):
    found = list(many(np.random.default_rng(1), memory, 26, 10))
    assert np.mean([not each.low <= 0 <= each.high for each in found]) <= 0.07
    assert np.mean([each.p < 0.05 for each in found]) <= 0.07


def test_an_effect_is_recovered_and_its_interval_holds_it():
    found = list(many(np.random.default_rng(2), 0.3, 32, 8, effect=3.0))
    assert np.mean([each.effect for each in found]) == pytest.approx(3.0, abs=0.1)
    assert np.mean([each.low <= 3 <= each.high for each in found]) >= 0.93
    assert np.mean([each.low > 0 for each in found]) > 0.9


def test_placebos_that_missed_widen_the_interval():
    """A series that jumps before the change cannot be forecast as well as it seems to be."""
    rng = np.random.default_rng(3)
    values = rng.normal(0, 0.2, 50)
    values[20:30] += 3
    found, calm = intervention_effect(values, 40), intervention_effect(rng.normal(0, 0.2, 50), 40)
    assert found.widened > 1.2
    assert calm.widened == 1
    assert found.placebos == calm.placebos >= PLACEBOS


def test_a_clear_slope_goes_on_and_is_no_effect():
    rng = np.random.default_rng(4)
    values = 0.5 * np.arange(50) + rng.normal(size=50)
    found = intervention_effect(values, 40)
    assert found.structure.slope
    assert found.low <= 0 <= found.high
    assert found.high - found.low < 4


def test_a_season_is_no_effect():
    rng = np.random.default_rng(5)
    months = np.arange(66)
    values = 10 + 4 * np.sin(2 * np.pi * months / 12) + rng.normal(0, 0.5, 66)
    found = intervention_effect(values, 60, season=12)
    assert found.structure.harmonics >= 1
    assert found.low <= 0 <= found.high
    assert found.high - found.low < 2.5


def test_the_shortest_season_is_fitted_without_a_column_too_many():
    rng = np.random.default_rng(6)
    values = np.tile([3.0, -3.0], 20) + rng.normal(0, 0.3, 40)
    found = intervention_effect(values, 33, season=2)
    assert found.structure.harmonics == 1
    assert found.low <= 0 <= found.high


def test_gaps_are_left_out():
    rng = np.random.default_rng(7)
    values = rng.normal(10, 1, 60)
    values[45:] += 4
    values[[3, 17, 18, 50]] = np.nan
    found = intervention_effect(values, 45)
    assert (found.before, found.after) == (42, 14)
    assert found.low < 4 < found.high


def test_scale_and_level_of_the_series_do_not_matter():
    values = related(np.random.default_rng(8), 50, 0.4)
    plain, turned = intervention_effect(values, 40), intervention_effect(5e6 + 1e4 * values, 40)
    assert turned.low == pytest.approx(1e4 * plain.low, rel=1e-5)
    assert turned.p == pytest.approx(plain.p, rel=1e-5)


def test_an_effect_is_told_for_as_long_as_the_time_before_can_calibrate():
    values = np.random.default_rng(9).normal(size=44)
    found = intervention_effect(values, 20)
    assert (found.before, found.after) == (20, 24)
    assert found.judged == 20 - found.needed + 3 == 7
    assert found.placebos == PLACEBOS
    assert found.cumulative == pytest.approx(7 * found.effect)


def test_too_few_points_name_how_many_it_takes():
    values = np.random.default_rng(10).normal(size=40)
    found = intervention_effect(values, 15)
    assert found.reason == "too_few_before"
    assert found.needed == 16
    assert np.isnan([found.effect, found.low, found.p, found.cumulative]).all()
    assert intervention_effect(values, found.needed).reason == ""


@pytest.mark.parametrize(
    ("values", "start", "reason"),
    [
        (np.arange(30.0), 30, "none_after"),
        (np.append(np.arange(30.0), np.nan), 30, "none_after"),
        ([], 0, "none_after"),
        ([1.0, 2.0], 0, "too_few_before"),
        ([0.1] * 30 + [5.0] * 5, 30, "constant_before"),
        ([np.nan] * 30 + [5.0] * 5, 30, "too_few_before"),
    ],
)
def test_what_cannot_be_told_says_why(values, start, reason):
    found = intervention_effect(values, start)
    assert found.reason == reason
    assert found.structure is None


def test_a_series_without_any_noise_is_told_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = intervention_effect(np.append(np.arange(30.0), np.arange(30.0, 36) + 7), 30)
    assert found.effect == pytest.approx(7, abs=1e-6)
    assert np.isfinite(found.p)


@pytest.mark.parametrize("controls", [np.ones(29), np.append(np.ones(29), np.nan)])
def test_controls_of_another_length_or_with_gaps_are_refused(controls):
    with pytest.raises(ValueError, match="controls"):
        intervention_effect(np.arange(30.0), 20, controls=controls)
    with pytest.raises(ValueError, match="outside"):
        intervention_effect(np.arange(30.0), 31)


def test_a_constant_control_changes_nothing():
    values = related(np.random.default_rng(11), 50, 0.2)
    plain, with_one = intervention_effect(values, 40), intervention_effect(values, 40, controls=np.ones(50))
    assert with_one.effect == pytest.approx(plain.effect, abs=1e-6)
