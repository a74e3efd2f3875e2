from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cerm_nb.analyses.value import (
    Params,
    answer,
    check_forecast,
    concentration,
    fit_models,
    score,
    target_rule,
    tiers,
    uncertainty,
)

from .conftest import build, by_week, later


def everything(summary, params, backtest=None, returned=0.0):
    """Run the whole question."""
    models = fit_models(summary, params, backtest or check_forecast(None, None, None, params))
    scores = score(summary, models, params)
    draws = uncertainty(scores, models, params)
    spread = concentration(scores["spend"], params)
    rule = target_rule(scores, params)
    return answer(scores, models, draws, spread, params, returned), tiers(scores, draws), rule


def test_backtest_compares_every_week_and_adds_up(backtest, calibration, params):
    held_back = backtest.frame[backtest.frame["phase"] == "holdout"]
    assert backtest.reason == ""
    assert len(held_back) == params.holdout_weeks
    assert held_back["actual"].sum() == backtest.actual
    assert held_back["expected"].sum() == pytest.approx(backtest.tracked)
    assert backtest.frame["cumulative_expected"].iloc[-1] == pytest.approx(backtest.frame["expected"].sum())
    assert backtest.groups["customers"].sum() == len(calibration)
    assert backtest.bias * len(calibration) == pytest.approx(backtest.expected - backtest.actual)
    # the data come from the model, so the forecast must fit
    assert abs(backtest.error) < 0.15
    assert backtest.lift["model"].iloc[-1] == pytest.approx(1)


def test_backtest_cut_short_in_mid_week_still_adds_up(days, calibration, params):
    seen = days[days["day"] <= "2021-06-26"]
    held = later(seen, "2020-12-29")
    backtest = check_forecast(calibration, held, by_week(seen, calibration["customer_id"]), params)
    assert backtest.actual == held["actual"][held["customer_id"].isin(calibration["customer_id"])].sum()
    assert backtest.frame["period"].is_monotonic_increasing


def test_models_are_chosen_on_the_calibration_weeks(models, backtest):
    best = max(backtest.candidates.fits, key=lambda fit: fit.log_likelihood)
    assert models.purchases.name == best.name == backtest.model
    chosen = models.frame[models.frame["chosen"]]
    assert set(chosen["model"]) == {best.name, "Gamma-Gamma"}
    assert set(models.frame["sample"]) == {"calibration", "all"}
    assert models.frame["low"].gt(0).all()
    assert models.frame["low"].lt(models.frame["estimate"]).all()


def test_the_calibration_weeks_overrule_the_likelihood_of_all_weeks(summary, params, backtest):
    for name in ("BG/NBD", "MBG/NBD"):
        models = fit_models(summary, params, dataclasses.replace(backtest, model=name))
        assert models.purchases.name == name


def test_parameter_intervals_are_normal_on_the_log_scale(models):
    frame = models.frame
    assert (frame["low"] * frame["high"]).to_numpy() == pytest.approx(frame["estimate"].to_numpy() ** 2)
    width = np.log(frame["high"] / frame["low"]) / (2 * 1.959964)
    assert (width * frame["estimate"]).to_numpy() == pytest.approx(frame["std_error"].to_numpy(), rel=1e-5)


def test_the_rule_is_judged_on_the_half_it_was_not_chosen_on(scores, params):
    rule = target_rule(scores, params)
    judging = np.random.default_rng(params.seed).permutation(len(scores))[1::2]
    half = scores.iloc[judging]
    meets = (
        (half["frequency"] + 1 >= rule.min_purchase_days)
        & (half["age"] - half["recency"] <= rule.max_weeks_since_last + 1e-9)
        & (half["spend"] / (half["frequency"] + 1) >= rule.min_mean_spend - 1e-9)
    )
    assert rule.checked_customers == meets.sum()
    assert rule.precision == pytest.approx(half.loc[meets, "is_target"].mean())
    assert rule.recall == pytest.approx(meets[half["is_target"]].mean())


def test_too_few_targets_are_not_enough(summary, params, backtest):
    told, _, _ = everything(summary, params.model_copy(update={"min_group": 1000}), backtest)
    assert (told.verdict, told.reason) == ("not_enough_data", "few_targets")


def test_a_horizon_beyond_all_history_is_watched(summary, params, backtest):
    told, _, _ = everything(summary, params.model_copy(update={"horizon_months": 60}), backtest)
    assert (told.verdict, told.reason) == ("watch", "short_history")
    assert dict(told.caveats)["short_history"]["horizon_weeks"] == pytest.approx(260.9, abs=0.1)


def test_customers_never_seen_to_stop_are_watched_and_told():
    random = np.random.default_rng(4)
    age = random.integers(100, 300, 800) / 7
    frequency = random.poisson(random.gamma(0.9, 0.1, 800) * age)
    recency = np.where(frequency > 0, np.rint(random.beta(frequency.clip(1), 1) * age * 7) / 7, 0)
    summary = build(frequency, recency, age, random.gamma(6, 5, 800))
    params = Params(bootstrap=100, holdout_weeks=30, horizon_months=6)
    actual = pd.DataFrame({"customer_id": summary["customer_id"]})
    actual["actual"] = random.poisson((0.9 + frequency) / (10 + age) * 30)
    backtest = check_forecast(summary, actual, pd.DataFrame({"week": [1], "repeats": [0]}), params)
    told, _, _ = everything(summary, params, backtest)
    assert (told.verdict, told.reason) == ("watch", "nobody_seen_to_stop")
    assert {"nobody_seen_to_stop", "model_not_fitted"} <= set(dict(told.caveats))


def test_intervals_hold_the_value_and_widen_with_the_error_of_the_backtest(scores, models, params):
    draws = uncertainty(scores, models, params)
    low, high = draws.total_clv()
    assert low < scores["clv"].sum() < high
    assert draws.strata["clv"].sum() == pytest.approx(scores["clv"].sum())
    assert draws.total_clv(draws.strata["is_target"])[1] < high
    off = dataclasses.replace(
        models, backtest=dataclasses.replace(models.backtest, actual=1.4 * models.backtest.expected)
    )
    wide = uncertainty(scores, off, params).total_clv()
    assert wide[1] - wide[0] > 1.5 * (high - low)
    assert uncertainty(scores, models, params).total_clv() == (low, high)


def test_sampled_strata_draw_what_all_customers_would(scores, models, params, monkeypatch):
    some = uncertainty(scores, models, params).clv.sum(1)
    monkeypatch.setattr("cerm_nb.analyses.value.intervals.PER_STRATUM", 10**6)
    every = uncertainty(scores, models, params).clv.sum(1)
    assert some == pytest.approx(every, rel=0.02)


def test_answer_of_good_data_is_go_and_tiers_add_up(summary, params, backtest):
    told, tiered, rule = everything(summary, params, backtest)
    assert (told.verdict, told.reason) == ("go", "")
    assert told.low < told.value < told.high
    assert told.share_low < told.share < told.share_high
    assert told.n == round(0.2 * told.customers)
    assert tiered["customers"].sum() == told.customers
    assert tiered["share_of_clv"].sum() == pytest.approx(1)
    assert tiered["mean_clv"].is_monotonic_decreasing
    assert (tiered["low"] < tiered["clv"]).all()
    assert (tiered["high"] > tiered["clv"]).all()
    assert rule.precision > 0.6
    assert rule.recall > 0.5
    assert rule.precision_low < rule.precision < rule.precision_high


def test_answer_without_backtest_is_watch_and_says_so(summary, params):
    told, _, _ = everything(summary, params)
    assert (told.verdict, told.reason) == ("watch", "no_backtest")
    assert "no_backtest" in dict(told.caveats)


def test_answer_of_one_purchase_customers_is_one_clear_statement():
    frame = build([0] * 200, [0] * 200, np.arange(200) / 7 + 3, np.arange(200) + 1.0)
    told, tiered, rule = everything(frame, Params(bootstrap=100))
    assert (told.verdict, told.reason) == ("not_enough_data", "no_repeat_purchases")
    assert np.isnan([told.value, told.low, told.high, told.share]).all()
    assert (tiered["revenue_to_date"] / tiered["customers"]).is_monotonic_decreasing
    assert tiered["low"].isna().all()
    assert dict(told.caveats)["ranked_by_revenue"] == {"reason": "no_repeat_purchases"}
    assert rule.recall > 0.9


@pytest.mark.parametrize("n", [1, 2, 5])
def test_a_handful_of_customers_ends_in_a_statement(n):
    told, tiered, _ = everything(build([1] * n, [1] * n, [5] * n), Params(bootstrap=100))
    assert told.verdict == "not_enough_data"
    assert told.reason == "too_few_customers"
    assert tiered["customers"].sum() == n


@pytest.mark.parametrize(
    ("change", "verdict", "reason"),
    [
        ({"target_actual": 0.2}, "stop", "ranking_failed"),
        ({"actual": 3.0, "expected": 1.0}, "stop", "forecast_failed"),
        ({"actual": 4.0, "expected": 3.0}, "watch", "forecast_off"),
    ],
)
def test_a_bad_backtest_holds_the_verdict_back(summary, params, backtest, change, verdict, reason):
    told, _, _ = everything(summary, params, dataclasses.replace(backtest, **change))
    assert (told.verdict, told.reason) == (verdict, reason)


def test_caveats_are_generated_from_the_data(summary, params, backtest):
    frame = summary.copy()
    frame.loc[0, "spend"] = frame["spend"].sum()
    frame.loc[1, "spend"] = -50.0
    missed = dataclasses.replace(backtest, actual=100.0, expected=90.0)
    told, _, _ = everything(frame, params, missed, returned=0.08)
    caveats = dict(told.caveats)
    assert caveats["returns"] == {"share": 0.08}
    assert caveats["negative_revenue_customers"] == {"customers": 1, "revenue": -50.0}
    assert caveats["one_customer_dominates"]["share"] > 0.4
    assert caveats["totals_underpredicted"]["error"] == pytest.approx(-0.1)
    assert "interval_widened" in caveats


def test_days_that_cannot_be_right_are_told(summary, params, backtest):
    assert (
        not {"ancient_purchases", "no_recent_purchases"} & dict(everything(summary, params)[0].caveats).keys()
    )
    late = summary.copy()
    late["age"] += 10
    late.loc[3, "age"] = 6_500.0
    caveats = dict(everything(late, params)[0].caveats)
    assert caveats["ancient_purchases"] == {"customers": 1, "years": pytest.approx(124.6, abs=0.1)}
    assert caveats["no_recent_purchases"]["weeks"] >= 10


def test_concentration_of_equals_is_none_and_of_one_holder_is_full():
    params = Params(bootstrap=100)
    equal = concentration(pd.Series([7.0] * 40), params)
    assert (equal.gini, equal.gini_low, equal.gini_high) == pytest.approx((0, 0, 0), abs=1e-12)
    assert equal.top["share_of_revenue"].iloc[1] == pytest.approx(0.1)
    held = concentration(pd.Series([0.0] * 99 + [5.0]), params)
    assert held.gini == pytest.approx(0.99)
    assert held.deciles["share_of_revenue"].iloc[0] == 1


@pytest.mark.parametrize(
    ("spend", "reason"),
    [([], "too_few_customers"), ([5.0], "too_few_customers"), ([0.0, -3.0], "no_revenue")],
)
def test_concentration_without_anything_to_divide_says_so(spend, reason):
    spread = concentration(pd.Series(spend, dtype=float), Params())
    assert spread.reason == reason
    assert np.isnan(spread.gini)


def test_customers_below_zero_count_as_nothing_and_are_told():
    spread = concentration(pd.Series([10.0, 10.0, -4.0, 0.0]), Params(bootstrap=100))
    assert (spread.negative_customers, spread.negative_revenue, spread.revenue) == (1, -4.0, 20.0)
    assert spread.gini == pytest.approx(0.5)


@given(st.lists(st.floats(0.01, 1e5), min_size=2, max_size=50))
def test_concentration_curve_rises_from_nothing_to_all(spend):
    spread = concentration(pd.Series(spend), Params(bootstrap=100))
    curve = spread.curve["share_of_revenue"]
    assert curve.iloc[[0, -1]].tolist() == pytest.approx([0, 1])
    assert (curve.diff().iloc[1:] >= -1e-12).all()
    assert (curve >= spread.curve["share_of_customers"] - 1e-9).all()
    assert spread.deciles["customers"].sum() == len(spend)
    assert spread.deciles["revenue"].sum() == pytest.approx(sum(spend))


def test_grouping_many_customers_leaves_the_interval_where_it_was(monkeypatch):
    spend = pd.Series(np.random.default_rng(1).lognormal(3, 1.2, 6000))
    grouped = concentration(spend, Params())
    monkeypatch.setattr("cerm_nb.analyses.value.inequality.KEPT_SINGLE", 10**6)
    single = concentration(spend, Params())
    assert grouped.gini == single.gini
    assert (grouped.gini_low, grouped.gini_high) == pytest.approx(
        (single.gini_low, single.gini_high), abs=0.004
    )
