"""The outlook: chances against how often they came true, reasons, forecasts to be kept, pace and path."""

import numpy as np
import pandas as pd
import pytest
from outlook_data import aims, made, one_phase, related

from cerm_nb.analyses.scorecard.levels import levels
from cerm_nb.analyses.scorecard.outlook import COLUMNS, outlook
from cerm_nb.analyses.scorecard.outlook_backtest import HORIZONS, Backtest, backtest, widening_at
from cerm_nb.analyses.scorecard.outlook_forecasts import FORECASTS
from cerm_nb.analyses.scorecard.outlook_reliability import TABLE, reliability
from cerm_nb.analyses.scorecard.run_rate import Estimate, due_now, needed_rate, on_path, pace


def told(panel, records, *, phase=None, widened=None, as_of=None, **settings):
    phase = one_phase(panel) if phase is None else phase
    wide = np.full((len(panel.names), len(HORIZONS)), widened) if widened else backtest(panel).widening
    as_of = as_of or panel.periods[-1] + panel.length - pd.Timedelta(days=1)
    return outlook(
        panel, phase, records, levels(panel, phase), Backtest(pd.DataFrame(), wide), as_of=as_of, **settings
    )


def by(panel, months):
    """Day in the period so many months after the last."""
    return panel.periods[-1] + pd.DateOffset(months=months, days=14)


@pytest.mark.parametrize("memory", [0.0, 0.6])
def test_chances_come_true_as_often_as_they_say(memory):
    values = related(np.random.default_rng(1), 800, 42, memory)
    panel = made(values[:, :36])
    target = np.random.default_rng(2).normal(0, 1, 800)
    found = told(panel, aims(panel.names, target=target, target_date=by(panel, 6)), widened=1.0).frame
    met = values[:, 41] >= target
    assert found["p_hit"].mean() == pytest.approx(met.mean(), abs=0.03)
    assert met[found["p_hit"] > 0.8].mean() > 0.8
    assert met[found["p_hit"] < 0.2].mean() < 0.2
    assert (found["p_hit_low"] <= found["p_hit"]).all()
    assert (found["p_hit"] <= found["p_hit_high"]).all()


def test_the_interval_of_a_chance_holds_the_chance_there_is():
    values = related(np.random.default_rng(3), 500, 36, 0.0)
    panel = made(values)
    found = told(panel, aims(panel.names, target=0.5, target_date=by(panel, 6)), widened=1.0).frame
    true = 0.3085  # of a standard normal value above 0.5
    assert ((found["p_hit_low"] <= true) & (true <= found["p_hit_high"])).mean() >= 0.95
    assert (found["p_hit_high"] - found["p_hit_low"]).median() < 0.5


def test_better_when_lower_is_the_mirror_image():
    values = related(np.random.default_rng(4), 3, 30, 0.3)
    panel, mirror = made(values), made(-values)
    day = by(panel, 4)
    up = told(panel, aims(panel.names, target=0.4, target_date=day)).frame
    down = told(mirror, aims(mirror.names, target=-0.4, direction="lower", target_date=day)).frame
    assert down["p_hit"].to_numpy() == pytest.approx(up["p_hit"].to_numpy(), abs=0.02)
    assert down["expected"].to_numpy() == pytest.approx(-up["expected"].to_numpy())
    assert list(down["pace"]) == list(up["pace"])


def test_scale_and_level_of_a_series_do_not_matter():
    values = related(np.random.default_rng(5), 4, 30, 0.3)
    panel, large = made(values), made(5e6 + 1e4 * values)
    day = by(panel, 5)
    small = told(panel, aims(panel.names, target=0.5, target_date=day)).frame
    turned = told(large, aims(large.names, target=5e6 + 5e3, baseline=5e6, target_date=day)).frame
    assert turned["p_hit"].to_numpy() == pytest.approx(small["p_hit"].to_numpy(), abs=1e-6)
    assert turned["low"].to_numpy() == pytest.approx(5e6 + 1e4 * small["low"].to_numpy(), rel=1e-6)


def test_what_a_series_is_told_does_not_depend_on_the_others_and_repeats():
    values = related(np.random.default_rng(6), 5, 30, 0.3)
    panel = made(values)
    day = by(panel, 5)
    together = told(panel, aims(panel.names, target_date=day), widened=1.0).frame
    again = told(panel, aims(panel.names, target_date=day), widened=1.0).frame
    alone = told(made(values[3]), aims(["k0"], target_date=day), widened=1.0).frame
    pd.testing.assert_frame_equal(together, again)
    assert alone["p_hit"].iloc[0] == pytest.approx(together["p_hit"].iloc[3], abs=1e-12)


def test_another_seed_changes_a_chance_by_no_more_than_its_noise():
    panel = made(related(np.random.default_rng(7), 20, 30, 0.3))
    first, second = (
        told(panel, aims(panel.names, target_date=by(panel, 5)), seed=seed).frame["p_hit"] for seed in (1, 2)
    )
    assert not (first == second).all()
    assert np.abs(first - second).max() < 0.02


def test_a_wider_interval_brings_chances_nearer_to_even():
    panel = made(related(np.random.default_rng(8), 6, 30, 0.3))
    records = aims(panel.names, target=1.5, target_date=by(panel, 5))
    plain, wide = (told(panel, records, widened=each).frame for each in (1.0, 2.0))
    assert (wide["high"] - wide["low"]).to_numpy() == pytest.approx(
        2 * (plain["high"] - plain["low"]).to_numpy()
    )
    assert (wide["p_hit"] > plain["p_hit"]).all()


def test_reasons_say_why_there_is_no_chance():
    rng = np.random.default_rng(9)
    values = rng.normal(size=(9, 24))
    values[1], values[5, :14], values[6] = np.nan, np.nan, 3.0
    panel = made(values)
    day = by(panel, 4)
    records = aims(panel.names, target_date=day).iloc[1:]
    records.loc[2, "target"] = np.nan
    records.loc[3, "target_date"] = pd.NaT
    records.loc[4, "target_date"] = panel.periods[7]
    records.loc[7, "target_date"] = day + pd.DateOffset(years=3)
    found = told(panel, records).frame
    assert list(found["reason"]) == [
        "no_record",
        "no_values",
        "no_target",
        "no_date",
        "target_past",
        "too_few_points",
        "constant",
        "target_too_far",
        "",
    ]
    known = found["p_hit"].notna()
    assert list(known) == [False] * 8 + [True]
    assert found.loc[~known, ["expected", "p_hit_low", "p_hit_high", "widened"]].isna().all(axis=None)
    assert found["hit_then"].iloc[4] == float(values[4, 7] >= 1)
    assert found["hit_then"].drop(4).isna().all()


def test_a_target_due_by_the_last_day_is_past_and_one_in_the_next_period_is_not():
    panel = made(np.random.default_rng(10).normal(size=(2, 24)))
    days = [panel.periods[-1] + pd.offsets.MonthEnd(), panel.periods[-1] + pd.DateOffset(months=1)]
    found = told(panel, aims(panel.names, target_date=days)).frame
    assert list(found["reason"]) == ["target_past", ""]
    assert list(found["steps"]) == [0, 1]
    assert found["due"].iloc[1] == pd.Timestamp("2022-01-31")


def test_a_series_that_ended_is_forecast_from_its_last_value():
    values = np.cumsum(np.random.default_rng(11).normal(size=(2, 36)), axis=1)
    values[1] = values[0]
    values[1, 34:] = np.nan
    panel = made(values, season=0)
    found = told(panel, aims(panel.names, target_date=by(panel, 3))).frame
    width = (found["high"] - found["low"]).to_numpy()
    assert width[1] > 1.2 * width[0]


def test_no_forecast_is_beyond_what_is_possible():
    values = np.random.default_rng(21).gamma(1.0, 1.0, (3, 24))
    values[1:] = 100 - values[1:]
    panel = made(values, season=0)
    records = aims(panel.names, measure=["count", "share", ""], unit=["", "%", "%"], target_date=by(panel, 3))
    found = told(panel, records)
    frame, kept = found.frame, found.forecasts[found.forecasts["quantity"] == "level"]
    assert frame["low"].iloc[0] == 0 == kept.loc[kept["subject"] == "k0", "low"].max()
    assert frame["high"].iloc[1] == 100 == kept.loc[kept["subject"] == "k1", "high"].min()
    assert frame["high"].iloc[2] > 100


def test_forecasts_are_laid_out_by_day_and_none_is_past_or_told_twice():
    panel = made(np.random.default_rng(12).normal(size=(2, 30)), first="2023-01-01")
    records = aims(panel.names, target_date=[pd.Timestamp("2025-12-15"), pd.NaT], unit=["%", "KRW"])
    found = told(panel, records)
    kept = found.forecasts
    assert list(found.frame.columns) == COLUMNS
    assert list(kept.columns) == FORECASTS
    mine = kept[kept["subject"] == "k0"]
    assert list(mine["quantity"]) == ["hit", *["level"] * 4]
    ends = ["2025-12-31", "2025-07-31", "2025-09-30", "2025-12-31", "2026-06-30"]
    assert list(mine["due"]) == list(pd.to_datetime(ends))
    assert len(kept[kept["subject"] == "k1"]) == 4
    assert (kept["made_at"] == pd.Timestamp("2025-06-30")).all()
    assert list(kept["probability"].notna()) == list(kept["quantity"] == "hit")
    assert (kept["low"] <= kept["forecast"]).all()
    assert (kept["forecast"] <= kept["high"]).all()
    assert set(kept["unit"]) == {"%", "KRW"}


def test_forecasts_of_days_gone_by_are_left_out():
    panel = made(np.random.default_rng(13).normal(size=(1, 30)), first="2023-01-01")
    kept = told(panel, aims(panel.names), as_of=pd.Timestamp("2025-10-15")).forecasts
    assert list(kept["due"]) == [pd.Timestamp("2025-12-31"), pd.Timestamp("2026-06-30")]


@pytest.mark.parametrize("shape", [(0, 0), (0, 24)])
def test_no_series_have_no_outlook(shape):
    panel = made(np.empty((1, 24)))
    panel = type(panel)((), panel.periods[: shape[1]], np.empty(shape), np.empty(shape), panel.length, 12)
    found = told(panel, aims([]), as_of=pd.Timestamp("2024-01-01"))
    assert found.frame.empty
    assert found.forecasts.empty
    assert backtest(panel).coverage["n"].sum() == 0
    assert reliability(panel, backtest(panel)).n == 0


@pytest.mark.parametrize("values", [[5.0], [1.0, 2.0], [3.0] * 30, [np.nan] * 30, [np.nan] * 29 + [1.0]])
def test_too_little_is_told_as_too_little(values):
    panel = made(values)
    found = told(panel, aims(panel.names, target_date=by(panel, 3)))
    assert found.frame["p_hit"].isna().all()
    assert (found.frame["reason"] != "").all()
    assert found.forecasts.empty


def test_an_accepted_change_of_level_narrows_the_outlook():
    values = np.random.default_rng(14).normal(0, 1, (1, 36))
    values[:, 24:] += 8
    panel, phase = made(values, season=0), np.repeat([[0, 1]], [24, 12], axis=1)
    records = aims(panel.names, target=8.0, target_date=by(panel, 6))
    plain, rebased = (told(panel, records, phase=each).frame.iloc[0] for each in (None, phase))
    assert rebased["high"] - rebased["low"] < 0.7 * (plain["high"] - plain["low"])
    assert rebased["expected"] == pytest.approx(8, abs=1)


def test_backtest_covers_what_it_promises_and_counts_forecasts_that_overlap_once():
    panel = made(related(np.random.default_rng(15), 60, 48, 0.4))
    found = backtest(panel)
    rows = found.coverage.set_index(["horizon", "confidence"])
    assert rows.loc[(1, 0.95), "covered"] == pytest.approx(0.95, abs=0.02)
    assert rows.loc[(1, 0.8), "covered"] == pytest.approx(0.8, abs=0.03)
    assert (rows["low"] <= rows["covered"]).all()
    assert (rows["covered"] <= rows["high"]).all()
    assert rows.loc[(1, 0.95), "n"] == 60 * 24 == rows.loc[(1, 0.95), "n_apart"]
    assert rows.loc[(12, 0.95), "n_apart"] < rows.loc[(12, 0.95), "n"] / 5
    assert found.widening.min() >= 1


def test_intervals_that_failed_are_widened_and_never_narrowed():
    rng = np.random.default_rng(16)
    calm, wild = rng.normal(0, 1, (10, 48)), rng.standard_t(2, (10, 48)) * np.linspace(0.1, 6, 48)
    found = backtest(made(np.vstack([calm, wild])))
    assert found.widening[10:].mean() > found.widening[:10].mean()
    assert found.widening.max() > 1.2
    assert found.widening.min() >= 1
    assert (found.coverage["held"] >= found.coverage["covered"]).all()


def test_walks_that_drift_are_widened_far_ahead_until_enough_is_covered():
    steps = np.random.default_rng(3).normal(0.5, 1, (60, 60))
    rows = backtest(made(np.cumsum(steps, axis=1))).coverage.set_index(["horizon", "confidence"])
    assert rows.loc[(12, 0.95), "covered"] < 0.92
    assert rows.loc[(12, 0.95), "widened"] > 1.2
    assert rows.loc[(12, 0.95), "held"] == pytest.approx(0.95, abs=0.01)
    assert rows.loc[(1, 0.95), "widened"] == 1


def test_widening_between_horizons_lies_on_straight_lines():
    told_at = widening_at(np.array([[1.0, 2.0, 2.0, 4.0]]), np.array([0, 1, 2, 6, 9, 30]))
    assert told_at == pytest.approx(np.array([[1, 1, 1.5, 2, 3, 4]]))


def test_chances_of_pseudo_targets_came_true_and_beat_the_base_rate():
    panel = made(related(np.random.default_rng(17), 60, 48, 0.9), season=0)
    found = reliability(panel, backtest(panel))
    assert list(found.table.columns) == TABLE
    assert np.abs(found.table["forecast"] - found.table["met"]).max() < 0.12
    assert found.n == found.table["n"].sum()
    assert 0.1 < found.skill < 0.9


def test_a_slope_is_recovered_and_its_interval_holds_it():
    rng = np.random.default_rng(18)
    values = 0.2 * np.arange(36) + related(rng, 200, 36, 0.4)
    panel = made(values)
    found = told(panel, aims(panel.names, target=12.0, target_date=by(panel, 6)), widened=1.0).frame
    assert found["run_rate"].mean() == pytest.approx(0.2, abs=0.01)
    assert ((found["run_rate_low"] <= 0.2) & (found["run_rate_high"] >= 0.2)).mean() >= 0.93


@pytest.mark.parametrize(
    ("rate", "needed", "sign", "expected"),
    [
        ((1.0, 0.8, 1.2), 0.5, 1, "enough"),
        ((1.0, 0.8, 1.2), 1.5, 1, "too_slow"),
        ((1.0, 0.8, 1.2), 1.0, 1, "undetermined"),
        ((1.0, 0.8, 1.2), -0.1, 1, "reached"),
        ((-1.0, -1.2, -0.8), -0.5, -1, "enough"),
        ((-1.0, -1.2, -0.8), -1.5, -1, "too_slow"),
        ((-1.0, -1.2, -0.8), 0.1, -1, "reached"),
        ((np.nan,) * 3, 0.5, 1, ""),
        ((1.0, 0.8, 1.2), np.nan, 1, ""),
    ],
)
def test_the_pace_is_judged_by_the_interval(rate, needed, sign, expected):
    estimate = Estimate(*(np.array([each]) for each in rate))
    assert pace(estimate, np.array([needed]), np.array([float(sign)]))[0] == expected


def test_the_change_needed_leads_to_the_target():
    level, target = np.array([10.0, 10.0]), np.array([16.0, 16.0])
    assert needed_rate(level, target, np.array([3, 0]))[0] == 2
    assert np.isnan(needed_rate(level, target, np.array([3, 0]))[1])


@pytest.mark.parametrize(
    ("path", "elapsed", "expected"),
    [("linear", 0.25, 3.0), ("linear", 1.5, 6.0), ("step", 0.9, 2.0), ("step", 1.0, 6.0), ("", 0.5, np.nan)],
)
def test_a_path_says_what_is_due_now(path, elapsed, expected):
    found = due_now(np.array([2.0]), np.array([6.0]), np.array([elapsed]), np.array([path], dtype=object))
    assert found[0] == pytest.approx(expected, nan_ok=True)


def test_being_on_the_path_takes_the_whole_interval():
    level = Estimate(*(np.full(4, each) for each in (5.0, 4.0, 6.0)))
    found = on_path(level, np.array([3.0, 7.0, 5.5, np.nan]), np.ones(4))
    assert list(found) == ["on", "behind", "undetermined", ""]
    assert list(on_path(level, np.array([3.0, 7.0, 5.5, np.nan]), -np.ones(4))[:2]) == ["behind", "on"]
