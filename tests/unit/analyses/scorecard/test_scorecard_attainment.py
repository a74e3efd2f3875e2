"""The level now and how much of the way to the target it is."""

import numpy as np
import pytest
from outlook_data import aims, made, one_phase, related

from cerm_nb.analyses.scorecard.attainment import COLUMNS, attainment
from cerm_nb.analyses.scorecard.levels import Levels, aligned, levels


def at(level, error=0.5, degrees=20.0):
    """One series at a level, with 20 values."""
    one = (np.array([each]) for each in (level, error, degrees))
    return Levels(*one, np.array([20]), np.array([20]))


def row(level, **told):
    panel = made(np.zeros(20))
    return attainment(panel, at(level), aims(panel.names, **told)).iloc[0]


@pytest.mark.parametrize(
    ("level", "told", "expected"),
    [
        (12.0, {"baseline": 10.0, "target": 20.0}, 20),
        (12.0, {"baseline": 10.0, "floor": 8.0, "target": 20.0}, 100 / 3),
        (12.0, {"baseline": 20.0, "target": 10.0, "direction": "lower"}, 80),
        (30.0, {"baseline": 10.0, "target": 20.0}, 100),
        (2.0, {"baseline": 10.0, "target": 20.0}, 0),
    ],
)
def test_attainment_is_the_share_of_the_way_from_floor_to_target(level, told, expected):
    found = row(level, **told)
    assert found["attainment"] == pytest.approx(expected)
    assert found["attainment_low"] <= found["attainment"] <= found["attainment_high"]
    assert found["reason"] == ""


def test_its_interval_is_the_level_s_and_the_chance_student_s():
    found = row(12.0, baseline=10.0, target=13.0)
    half = 2.085963 * 0.5  # t of 20 degrees of freedom, from the tables
    assert found["level_high"] == pytest.approx(12 + half, abs=1e-5)
    assert found["attainment_low"] == pytest.approx(100 * (2 - half) / 3, abs=1e-3)
    assert found["attainment_high"] == 100
    assert found["p_at_target"] == pytest.approx(0.0296, abs=1e-4)  # t = -2 with 20 degrees of freedom
    lower = row(12.0, baseline=15.0, target=13.0, direction="lower")
    assert lower["p_at_target"] == pytest.approx(1 - 0.0296, abs=1e-4)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"target": np.nan}, "no_target"),
        ({"baseline": np.nan}, "no_floor"),
        ({"baseline": 5.0, "target": 5.0}, "target_is_floor"),
        ({"baseline": 5.0, "target": 4.0}, "target_behind_floor"),
        ({"baseline": 4.0, "target": 5.0, "direction": "lower"}, "target_behind_floor"),
        ({"direction": ""}, "no_record"),
    ],
)
def test_reasons_say_why_there_is_no_attainment(told, reason):
    found = row(12.0, **told)
    assert found["reason"] == reason
    assert found[["attainment", "attainment_low", "attainment_high"]].isna().all()
    assert found["level"] == 12


@pytest.mark.parametrize(
    ("values", "level", "reason"),
    [
        ([np.nan] * 20, np.nan, "no_values"),
        ([5.0], 5.0, "error_unknown"),
        ([3.0] * 20, 3.0, "error_unknown"),
        ([np.nan] * 19 + [7.0], 7.0, "error_unknown"),
    ],
)
def test_too_few_values_give_a_level_without_an_interval(values, level, reason):
    panel = made(values)
    found = attainment(panel, levels(panel, one_phase(panel)), aims(panel.names, target=10.0)).iloc[0]
    assert found["level"] == pytest.approx(level, nan_ok=True)
    assert found["reason"] == reason
    assert found[["level_low", "level_high", "p_at_target", "attainment_low"]].isna().all()
    assert found["attainment"] == pytest.approx(10 * level, nan_ok=True)


def test_an_empty_panel_has_no_rows():
    panel = made(np.empty((1, 20)))
    panel = type(panel)((), panel.periods, np.empty((0, 20)), np.empty((0, 20)), panel.length, 12)
    found = attainment(panel, levels(panel, one_phase(panel)), aims([]))
    assert list(found.columns) == COLUMNS
    assert found.empty


@pytest.mark.parametrize("memory", [0.0, 0.4, 0.7])
@pytest.mark.parametrize("periods", [12, 36])
def test_the_interval_of_the_level_holds_the_mean_of_a_steady_series(memory, periods):
    panel = made(related(np.random.default_rng(1), 500, periods, memory))
    now = levels(panel, one_phase(panel))
    assert (np.abs(now.mean) <= now.half(0.95)).mean() >= 0.94


def test_the_level_of_a_steady_series_is_nearly_its_mean_and_of_a_moving_one_its_last_values():
    rng = np.random.default_rng(2)
    steady, steps = rng.normal(10, 1, 40), np.cumsum(rng.normal(0, 3, 40))
    panel = made([steady, steps], season=0)
    found = levels(panel, one_phase(panel)).mean
    assert found[0] == pytest.approx(steady.mean(), abs=0.3)
    assert found[1] == pytest.approx(steps[-1], abs=2)


def test_a_new_phase_begins_a_new_level_and_few_values_of_it_make_a_wide_interval():
    rng = np.random.default_rng(3)
    values = rng.normal(0, 1, (300, 30))
    many, few = (np.repeat([[0, 1]], [30 - n, n], axis=1).repeat(300, axis=0) for n in (12, 3))
    found = {}
    for name, phase in (("many", many), ("few", few)):
        now = levels(made(values + 9 * phase, season=0), phase)
        assert (np.abs(now.mean - 9) <= now.half(0.95)).mean() >= 0.94
        found[name] = np.median(now.half(0.95))
        assert set(now.used) == {int(phase[0].sum())}
    assert found["few"] > 1.5 * found["many"]


def test_aligned_values_vary_around_the_mean_of_the_latest_phase():
    values = np.array([[1.0, 3.0, np.nan, 10.0, 12.0, 14.0]])
    straight, share = aligned(values, np.array([[0, 0, 0, 1, 1, 1]]))
    assert straight[0] == pytest.approx([11, 13, np.nan, 10, 12, 14], nan_ok=True)
    assert share[0] == pytest.approx(5 / 3)
    ended, share = aligned(values[:, :3], np.array([[0, 0, 1]]))
    assert ended[0] == pytest.approx([1, 3, np.nan], nan_ok=True)
    assert share[0] == 1
