"""Control limits: rules, gaps, rebasing, and how often chance raises an alarm."""

import numpy as np
import pytest

from cerm_nb.stats import control_limits, lag_one, special_causes

# The worked series of the screening rule: one jump among ones and twos.
JUMP = np.array([1, 2, 1, 2, 10, *[1, 2] * 6, 1], dtype=float)


def causes(values, **options):
    return special_causes(values, control_limits(values, **options), groups=options.get("groups"))


def plain_causes(values, mean, lower, upper):
    """The same rules for one series without gaps, point by point, as one would do by hand."""
    n = len(values)
    outside = [int(v > upper) - int(v < lower) for v in values]
    side = [int(np.sign(v - mean)) for v in values]
    run, trend, near = [0] * n, [0] * n, [0] * n
    outer = [
        s if not o and abs(v - mean) > 2 / 3 * abs((upper if s > 0 else lower) - mean) else 0
        for v, s, o in zip(values, side, outside, strict=True)
    ]
    for start in range(n):
        for sign in (1, -1):
            seven = range(start, start + 7)
            if start + 7 <= n and all(side[i] == sign for i in seven):
                for i in seven:
                    run[i] = sign
            if start + 7 <= n and all((values[i + 1] - values[i]) * sign > 0 for i in list(seven)[:-1]):
                for i in seven:
                    trend[i] = sign
            three = [i for i in range(start, start + 3) if i < n and outer[i] == sign]
            if start + 3 <= n and len(three) >= 2:
                for i in three:
                    near[i] = sign
    return outside, run, trend, near


@pytest.mark.parametrize(("screened", "expected"), [(True, (-0.72, 4.60)), (False, (-3.06, 6.95))])
def test_limits_of_the_published_series(screened, expected):
    found = control_limits(JUMP, screened=screened)
    assert found.mean[0, 0] == pytest.approx(1.94, abs=0.005)
    assert (found.lower[0, 0], found.upper[0, 0]) == pytest.approx(expected, abs=0.006)
    assert found.n[0, 0] == 18


def test_the_jump_is_outside():
    found = causes(JUMP)
    assert np.flatnonzero(found.outside[0]).tolist() == [4]
    assert found.direction[0, 4] == 1


def test_many_series_are_judged_as_each_would_be_by_hand():
    rng = np.random.default_rng(3)
    values = rng.normal(10, 2, (300, 40)).round(1)
    values[:100] += np.linspace(0, 6, 40).round(1)
    limits = control_limits(values)
    found = special_causes(values, limits)
    for at in range(300):
        expected = plain_causes(
            values[at].tolist(), limits.mean[at, 0], limits.lower[at, 0], limits.upper[at, 0]
        )
        told = (found.outside[at], found.run[at], found.trend[at], found.near[at])
        assert [each.tolist() for each in told] == [list(each) for each in expected]
    assert all(np.any(each) for each in (found.outside, found.run, found.trend, found.near))


def test_seven_rising_are_a_trend_and_six_are_none():
    assert causes([5.0, 1, 2, 3, 4, 5, 6, 7, 5]).trend[0].tolist() == [0, 1, 1, 1, 1, 1, 1, 1, 0]
    assert not causes([5.0, 1, 2, 3, 4, 5, 6, 5]).trend.any()


def test_a_value_at_the_mean_ends_a_run():
    values = np.array([1.0] * 4 + [2.0] + [1.0] * 3 + [2.0] + [3.0] * 7)
    assert control_limits(values).mean[0, 0] == 2
    assert causes(values).run[0].tolist() == [0] * 9 + [1] * 7


def test_gaps_are_skipped():
    full = np.array([3.0, 5, 4, 4.5, 5, 9, 4, 3, 5, 4])
    gaps = np.full(20, np.nan)
    gaps[::2] = full
    with_gaps, without = control_limits(gaps), control_limits(full)
    assert with_gaps.upper[0, 0] == without.upper[0, 0]
    assert special_causes(gaps, with_gaps).outside[0, ::2].tolist() == causes(full).outside[0].tolist()
    assert not special_causes(gaps, with_gaps).direction[0, 1::2].any()


def test_rebasing_makes_limits_anew_and_no_run_crosses_it():
    values = np.array([1.0, 2] * 6 + [11.0, 12] * 6)
    groups = np.repeat([0, 1], 12)
    found = control_limits(values, groups=groups)
    assert found.mean[0, [0, 12]].tolist() == [1.5, 11.5]
    assert causes(values).run.any()
    assert not causes(values, groups=groups).direction.any()


def test_limits_from_before_judge_what_comes_after():
    values = np.array([10.0, 11, 9, 10, 11, 9, 10, 11, 9, 10] + [16.0] * 5)
    found = control_limits(values, basis=np.arange(15) < 10)
    alone = control_limits(values[:10])
    assert found.upper[0, 14] == alone.upper[0, 0]
    assert found.n[0, 0] == 10
    assert special_causes(values, found).outside[0].tolist() == [0] * 10 + [1] * 5


def test_series_of_one_kind_do_not_touch_each_other():
    rng = np.random.default_rng(4)
    values = rng.normal(size=(5, 30))
    values[2, 3:7] = np.nan
    together = control_limits(values)
    for at in range(5):
        assert control_limits(values[at]).upper[0] == pytest.approx(together.upper[at], nan_ok=True)


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [3.0], [np.nan, 3.0]])
def test_too_few_values_have_no_limits_and_no_special_cause(values):
    found = control_limits(values)
    assert np.isnan(found.upper).all()
    assert not special_causes(values, found).direction.any()


def test_a_constant_series_has_limits_at_its_value_and_no_special_cause():
    values = [0.1] * 30
    assert control_limits(values).upper[0, 0] == pytest.approx(0.1)
    assert not causes(values).direction.any()


def test_what_is_not_finite_or_not_in_order_is_refused():
    with pytest.raises(ValueError, match="finite"):
        control_limits([1.0, np.inf])
    with pytest.raises(ValueError, match="groups"):
        control_limits([1.0, 2.0], groups=[1, 0])


def test_a_stable_year_seldom_falls_outside_and_a_correlated_one_more_often():
    rng = np.random.default_rng(5)
    noise = rng.normal(size=(4000, 36))
    white = (causes(noise).outside != 0).mean()
    related = noise.copy()
    for at in range(1, 36):
        related[:, at] = 0.6 * related[:, at - 1] + 0.8 * noise[:, at]
    assert white < 0.012
    assert (causes(related).outside != 0).mean() > 2 * white


def test_correlation_with_the_value_before_is_recovered():
    rng = np.random.default_rng(6)
    noise = rng.normal(size=(200, 200))
    related = noise.copy()
    for at in range(1, 200):
        related[:, at] = 0.5 * related[:, at - 1] + noise[:, at]
    found = lag_one(np.vstack([related, np.full((1, 200), 0.3)]))
    assert np.mean(found[:200]) == pytest.approx(0.5, abs=0.03)
    assert np.isnan(found[200])
    assert np.isnan(lag_one([1.0, 2.0, np.nan, 3.0])).all()
