"""The forecasts below the outlook: the filter against least squares, coverage of known processes."""

import numpy as np
import pytest
from outlook_data import related

from cerm_nb.analyses.scorecard import memory_filter
from cerm_nb.analyses.scorecard.memory_filter import LASTING, MEMORIES, MOVING, filtered
from cerm_nb.analyses.scorecard.predictive import (
    fit,
    fixed_columns,
    level_rows,
    predictive,
    scaled,
    structures,
    value_rows,
)
from cerm_nb.stats import student_quantile

HORIZONS = np.array([1, 3, 6, 12])


def forecast(values, periods, season=12, steps=HORIZONS):
    """Mean, scale and degrees of freedom for the periods after the first so many, on the values' scale."""
    y, middle, spread = scaled(values[:, :periods])
    seen = next(filtered(y, fixed_columns(np.arange(periods), season), np.array([periods - 1])))
    mean, scale, degrees = predictive(seen, value_rows(periods - 1, steps, season), season).summary()
    return mean * spread + middle, scale * spread, degrees


def covered(values, periods, confidence=0.95, season=12):
    mean, scale, degrees = forecast(values, periods, season)
    away = np.abs(values[:, periods - 1 + HORIZONS] - mean)
    return (away <= student_quantile(confidence, degrees) * scale).mean(axis=0)


def dense(y, columns, rows, steps, memory):
    """Generalised least squares with the whole covariance matrix: forecast and its variance."""
    moving, lasting = MEMORIES[memory]
    at = np.arange(len(y) + steps.max())
    level = moving * (np.minimum(at[:, None], at) + 1)
    whole = level + (1 - moving) * lasting ** np.abs(at[:, None] - at).astype(float)
    known = np.flatnonzero(~np.isnan(y))
    ahead = len(y) - 1 + steps
    inverse = np.linalg.inv(whole[np.ix_(known, known)])
    x, cross = columns[known], whole[np.ix_(ahead, known)] @ inverse
    doubt = np.linalg.inv(x.T @ inverse @ x)
    beta = doubt @ x.T @ inverse @ y[known]
    rest = y[known] - x @ beta
    variance = rest @ inverse @ rest / (len(known) - x.shape[1])
    off = rows - cross @ x
    spread = whole[np.ix_(ahead, ahead)] - cross @ whole[np.ix_(known, ahead)] + off @ doubt @ off.T
    return rows @ beta + cross @ rest, variance * np.diag(spread)


@pytest.mark.parametrize("slope", [False, True])
def test_the_filter_gives_what_least_squares_with_the_whole_covariance_gives(slope):
    rng = np.random.default_rng(1)
    values = related(rng, 3, 30, 0.6) + 0.05 * np.arange(30)
    values[1, [4, 5, 29]], values[2, :6] = np.nan, np.nan
    columns = fixed_columns(np.arange(30), 0)
    seen = next(filtered(values, columns, np.array([29])))
    rows = value_rows(29, HORIZONS, 0)
    found = predictive(seen, rows, 0)
    first = len(MEMORIES) * slope
    for series in range(3):
        for memory in range(len(MEMORIES)):
            mean, variance = dense(
                values[series], columns[:, : 1 + slope], rows.columns[:, : 1 + slope], HORIZONS, memory
            )
            at = first + memory
            told = found.variance[series, at] * (found.ahead + found.doubt)[series, at]
            assert found.mean[series, at] == pytest.approx(mean, rel=1e-4, abs=1e-4)
            assert told == pytest.approx(variance, rel=1e-4)


def test_without_memory_the_interval_of_the_next_value_is_the_textbook_s():
    values = np.random.default_rng(2).normal(5, 2, (1, 20))
    seen = next(filtered(values - 5, fixed_columns(np.arange(20), 0), np.array([19])))
    found = predictive(seen, value_rows(19, np.array([1]), 0), 0)
    plain = int(np.flatnonzero((MOVING == 0) & (LASTING == 0))[0])
    assert found.mean[0, plain, 0] + 5 == pytest.approx(values.mean(), abs=1e-5)
    scale = np.sqrt(found.variance * (found.ahead + found.doubt)[..., 0])[0, plain]
    assert scale == pytest.approx(values.std(ddof=1) * np.sqrt(1 + 1 / 20), rel=1e-5)
    assert found.degrees[0, plain] == 19


def test_stopping_on_the_way_tells_what_a_series_that_ends_there_tells():
    values = related(np.random.default_rng(3), 4, 150, 0.4)
    columns = fixed_columns(np.arange(150), 12)
    _, on_the_way, _ = filtered(values, columns, np.array([10, 24, 149]))
    alone = next(filtered(values[:, :25], columns[:25], np.array([24])))
    for each, other in zip(on_the_way, alone, strict=True):
        assert np.asarray(each) == pytest.approx(np.asarray(other))


def test_sums_do_not_depend_on_how_many_periods_are_kept(monkeypatch):
    values = related(np.random.default_rng(9), 3, 100, 0.4)
    columns, stop = fixed_columns(np.arange(100), 4), np.array([99])
    whole = next(filtered(values, columns, stop))
    monkeypatch.setattr(memory_filter, "KEPT", 7)
    for each, other in zip(next(filtered(values, columns, stop)), whole, strict=True):
        assert np.asarray(each) == pytest.approx(np.asarray(other))


@pytest.mark.parametrize("periods", [24, 60])
@pytest.mark.parametrize("memory", [0.0, 0.3, 0.5, 0.8])
def test_intervals_hold_what_they_promise_whatever_a_series_remembers(periods, memory):
    share = covered(related(np.random.default_rng(4), 600, periods + 12, memory), periods)
    assert 0.93 <= share.mean() <= 0.985
    assert share[0] == pytest.approx(0.95, abs=0.025)
    assert share.min() >= 0.925


@pytest.mark.parametrize("drift", [0.0, 0.5])
def test_intervals_of_a_random_walk_are_nearly_as_good(drift):
    steps = np.random.default_rng(5).normal(drift, 1, (600, 72))
    share = covered(np.cumsum(steps, axis=1), 60)
    assert share[0] == pytest.approx(0.95, abs=0.025)
    assert share.min() >= 0.88


def test_a_season_is_found_and_forecast():
    rng = np.random.default_rng(6)
    pattern = rng.normal(0, 2, (600, 12))
    values = np.tile(pattern, 5)[:, :60] + related(rng, 600, 60, 0.3)
    share = covered(values, 48)
    assert 0.93 <= share.mean() <= 0.985
    _, scale, _ = forecast(values, 48)
    assert np.median(scale) < 1.4  # without the season it would be 2.2


def test_what_the_values_cannot_carry_has_no_weight():
    values = related(np.random.default_rng(7), 2, 23, 0.0)
    columns = fixed_columns(np.arange(23), 12)
    seen = next(filtered(values, columns, np.array([22])))
    found = [(each, fit(seen, each, 12)) for each in structures(12)]
    assert [each.harmonics for each, _ in found] == [0, 0, 1, 1, 6, 6]
    for each, fitted in found:
        assert np.isfinite(fitted.criterion).all() == (each.harmonics == 0)


@pytest.mark.parametrize(("season", "width"), [(0, 2), (2, 3), (4, 5), (7, 8), (12, 13)])
def test_a_season_has_as_many_columns_as_it_has_periods_less_one(season, width):
    assert fixed_columns(np.arange(30), season).shape == (30, width)
    assert max(max(each.columns) for each in structures(season)) == width - 1


def test_the_level_leaves_the_season_out():
    months = np.arange(60)
    values = (10 + 3 * np.sin(2 * np.pi * months / 12) + np.random.default_rng(8).normal(0, 0.2, 60))[None]
    y, middle, spread = scaled(values[:, :58])
    seen = next(filtered(y, fixed_columns(months[:58], 12), np.array([57])))
    mean, _, _ = predictive(seen, level_rows(57, 12), 12).summary()
    assert (mean * spread + middle)[0, 0] == pytest.approx(10, abs=0.2)
