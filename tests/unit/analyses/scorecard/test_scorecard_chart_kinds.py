"""Which chart a series needs, its limits, and how often chance raises an alarm."""

import numpy as np
import pandas as pd
import pytest
from scorecard_charts import made_panel, made_records, remembering

from cerm_nb.analyses.scorecard.charts import CHARTS, charts, points
from cerm_nb.stats import control_limits, special_causes


def charted(values, *, measure="", unit="", **options):
    panel = made_panel(values, denominators=options.pop("denominators", None))
    return charts(panel, made_records(panel, measure=measure, unit=unit), **options)


def kinds(found):
    return [CHARTS[row[0]] for row in found.chart]


def false_alarms(found, causes=None):
    """Share of stable series with a special cause within the latest twelve periods."""
    return float(((causes or found.causes).direction[:, -12:] != 0).any(axis=1).mean())


def test_independent_levels_have_the_limits_of_individual_values():
    values = np.random.default_rng(1).normal(50, 3, 36)
    found, plain = charted(values), control_limits(values)
    assert kinds(found) == ["xmr"]
    for name in ("mean", "lower", "upper"):
        assert getattr(found, name)[0] == pytest.approx(getattr(plain, name)[0])
        assert getattr(found, f"process_{name}")[0] == pytest.approx(getattr(plain, name)[0])
    assert np.isnan(found.residual).all()
    assert (found.causes.direction == special_causes(values, plain).direction).all()


def test_independent_series_seldom_get_a_chart_of_residuals():
    found = charted(np.random.default_rng(2).normal(size=(2000, 36)))
    assert np.mean(np.array(kinds(found)) == "residual") == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize("periods", [24, 36, 60])
@pytest.mark.parametrize("memory", [0.0, 0.3, 0.5, 0.7])
def test_false_alarms_stay_near_those_of_independent_values(memory, periods):
    rng = np.random.default_rng(int(100 * memory) + periods)
    values = remembering(rng, memory, 1500, periods)
    independent = rng.normal(size=(1500, periods))
    aim = false_alarms(None, special_causes(independent, control_limits(independent)))
    found = charted(values)
    assert false_alarms(found) < aim + 0.05
    if memory >= 0.5:
        plain = special_causes(values, control_limits(values))
        assert false_alarms(None, plain) > 3 * false_alarms(found)


def test_a_chart_of_residuals_is_told_in_the_values_own_scale():
    values = 100 + 10 * remembering(np.random.default_rng(5), 0.7, 1, 60)
    found = charted(values)
    assert kinds(found) == ["residual"]
    memory, mean = found.correlation[0, 0], values.mean()
    expected = mean + memory * (values[0, :-1] - mean)
    assert found.mean[0, 1:] == pytest.approx(expected)
    assert found.residual[0, 1:] == pytest.approx(values[0, 1:] - expected)
    assert found.upper[0, 1:] - found.mean[0, 1:] == pytest.approx(
        np.full(59, found.upper[0, 1] - found.mean[0, 1])
    )
    half = found.upper[0, 1] - found.mean[0, 1]
    wide = half / np.sqrt(1 - memory**2)
    assert found.process_upper[0] == pytest.approx(np.full(60, mean + wide))
    assert found.upper[0, 0] == pytest.approx(mean + wide)
    outside = (values > found.upper) | (values < found.lower)
    assert (outside == (found.causes.outside != 0)).all()


def test_memory_is_recovered_and_fades_over_gaps():
    rng = np.random.default_rng(6)
    found = charted(remembering(rng, 0.6, 300, 80))
    assert found.correlation[:, 0].mean() == pytest.approx(0.6, abs=0.03)
    values = remembering(rng, 0.8, 1, 60)
    values[0, 30:32] = np.nan
    gap = charted(values)
    assert kinds(gap) == ["residual"]
    memory, mean = gap.correlation[0, 0], np.nanmean(values)
    assert gap.mean[0, 32] == pytest.approx(mean + memory**3 * (values[0, 29] - mean))
    assert np.isnan(gap.mean[0, 30:32]).all()
    assert gap.upper[0, 32] - gap.mean[0, 32] > gap.upper[0, 33] - gap.mean[0, 33]


def test_a_step_is_no_memory_and_is_shown():
    rng = np.random.default_rng(7)
    values = rng.normal(size=(200, 36))
    values[:, 24:] += 4
    found = charted(values)
    assert np.mean(np.array(kinds(found)) == "xmr") > 0.9
    assert (found.causes.direction[:, -1] == 1).mean() > 0.9


def test_a_steady_slope_is_no_memory_and_is_shown():
    values = np.random.default_rng(8).normal(size=(200, 36)) + np.linspace(0, 6, 36)
    found = charted(values)
    assert np.mean(np.array(kinds(found)) == "xmr") > 0.8
    assert (found.causes.direction[:, -1] == 1).mean() > 0.8


def test_counts_that_come_by_chance_have_a_c_chart():
    values = np.random.default_rng(9).poisson(4.0, 40)
    found = charted(values, measure="count")
    mean = values.mean()
    assert kinds(found) == ["c"]
    assert found.upper[0, 0] == pytest.approx(mean + 3 * np.sqrt(mean))
    assert found.lower[0, 0] == pytest.approx(0.0)


def test_counts_that_vary_more_have_the_chart_of_individual_values():
    rng = np.random.default_rng(10)
    values = rng.poisson(rng.gamma(4.0, 25.0, 40))
    found = charted(values, measure="count")
    assert kinds(found) == ["xmr"]
    assert found.upper[0, 0] == pytest.approx(control_limits(values).upper[0, 0])


@pytest.mark.parametrize(("unit", "scale"), [("%", 100.0), ("", 1.0)])
def test_shares_that_come_by_chance_have_a_p_chart(unit, scale):
    rng = np.random.default_rng(11)
    units = rng.integers(50, 400, 40)
    values = scale * rng.binomial(units, 0.2) / units
    found = charted(values, measure="share", unit=unit, denominators=units)
    pooled = (values * units).sum() / units.sum() / scale
    assert kinds(found) == ["p"]
    assert found.mean[0] == pytest.approx(np.full(40, scale * pooled))
    assert found.upper[0] == pytest.approx(scale * (pooled + 3 * np.sqrt(pooled * (1 - pooled) / units)))
    assert (found.lower >= 0).all()


def test_rates_know_what_they_are_per():
    rng = np.random.default_rng(12)
    units = rng.integers(2000, 9000, 40)
    values = 1000 * rng.poisson(units * 0.004) / units
    found = charted(values, measure="rate", unit="complaints per 1,000 stays", denominators=units)
    pooled = (values * units).sum() / units.sum()
    assert kinds(found) == ["u"]
    assert found.upper[0] == pytest.approx(pooled + 3 * np.sqrt(pooled * 1000 / units))


@pytest.mark.parametrize(("measure", "expected"), [("share", "laney_p"), ("rate", "laney_u")])
def test_large_denominators_have_limits_widened_by_how_much_values_vary(measure, expected):
    rng = np.random.default_rng(13)
    units = rng.integers(20_000, 60_000, 60)
    chance = np.clip(rng.normal(0.2, 0.02, 60), 0, 1)
    values = rng.binomial(units, chance) / units
    found = charted(values, measure=measure, denominators=units)
    assert kinds(found) == [expected]
    pooled = (values * units).sum() / units.sum()
    variance = pooled * (1 - pooled) if measure == "share" else pooled
    spread = np.sqrt(variance / units)
    scores = control_limits((values - pooled) / spread)
    half = (scores.upper - scores.lower)[0, 0] / 2
    assert half > 6
    assert found.upper[0] == pytest.approx(pooled + half * spread)
    assert (found.causes.outside != 0).mean() < 0.05


def test_alarms_of_events_that_come_by_chance_are_as_rare_as_those_of_levels():
    rng = np.random.default_rng(14)
    units = rng.integers(300, 900, (1500, 36))
    found = charted(rng.binomial(units, 0.3) / units, measure="share", denominators=units)
    assert np.mean(np.array(kinds(found)) == "p") > 0.85
    assert false_alarms(found) < 0.14


def test_shares_without_what_they_rest_on_are_individual_values():
    units = np.full(30, 100.0)
    units[4] = np.nan
    values = np.random.default_rng(15).binomial(100, 0.3, 30) / 100
    assert kinds(charted(values, measure="share", denominators=units)) == ["xmr"]


@pytest.mark.parametrize("values", [np.zeros(20), np.ones(20)])
def test_none_and_all_are_individual_values_without_alarm(values):
    found = charted(values, measure="share", denominators=np.full(20, 50.0))
    assert kinds(found) == ["xmr"]
    assert not found.causes.direction.any()


@pytest.mark.parametrize("values", [[3.0], [np.nan, 2.0, np.nan], [np.nan, np.nan]])
def test_fewer_than_two_values_have_no_limits(values):
    found = charted(values)
    assert np.isnan(found.upper).all()
    assert found.short.all()
    assert not found.causes.direction.any()


def test_phases_have_limits_of_their_own_and_short_ones_are_told():
    values = np.concatenate([np.tile([10.0, 11, 9, 10.5], 5), np.tile([20.0, 21, 19, 20.5], 2)])
    rebase = {"k0": [{"from": "2022-09-01", "reason": "moved"}], "other": []}
    found = charted(values, rebase=rebase)
    assert found.phase[0].tolist() == [0] * 20 + [1] * 8
    assert found.mean[0, [0, 27]] == pytest.approx([10.125, 20.125])
    assert found.short[0, [0, 27]].tolist() == [False, True]
    assert not found.causes.direction.any()
    assert charted(values).causes.direction.any()


def test_points_tell_every_period_from_the_first_value_to_the_last():
    values = np.array([[np.nan, 3.0, 2, np.nan, 3, 2, 3, 2, 3, 2, 3, 2, 3, 2, 9, np.nan]])
    table = points(charted(values))
    assert table["period"].tolist() == pd.date_range("2021-02-01", periods=14, freq="MS").tolist()
    assert table["value"].isna().tolist() == [False, False, True] + [False] * 11
    last = table.iloc[-1]
    assert (last["special_cause"], last["signal"], last["chart"], last["phase"]) == ("outside", 1, "xmr", 0)
    assert (table["special_cause"].iloc[:-1] == "").all()
    assert table["indicator"].unique().tolist() == ["k0"]


def test_many_series_are_charted_as_each_alone():
    rng = np.random.default_rng(16)
    values = np.concatenate([remembering(rng, 0.8, 3, 40), rng.normal(size=(3, 40))])
    values[2, :9] = np.nan
    together = charted(values)
    for at in range(6):
        alone = charted(values[at])
        assert together.upper[at] == pytest.approx(alone.upper[0], nan_ok=True)
        assert together.causes.direction[at].tolist() == alone.causes.direction[0].tolist()
