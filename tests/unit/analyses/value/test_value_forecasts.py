"""Forecasts by month hold what customers then buy, as often as they say."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from cerm_nb.analyses import value
from cerm_nb.analyses.value.forecast import expected_purchases, while_active
from cerm_nb.analyses.value.forecasts import COLUMNS, interval, needed
from cerm_nb.analyses.value.purchases import BgNbd, MbgNbd, Nbd
from cerm_nb.analyses.value.totals import Totals, cumulative, totals

AS_OF = date(2024, 6, 30)
UNKNOWN = (None, None)
HORIZONS = (1, 3, 6, 12)


def bought_by(seed: int, customers: int, weeks: float) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Simulate by the models' own story: the summary at the last day, weeks from it, and money."""
    random = np.random.default_rng(seed)
    first = random.uniform(0, 26, customers)
    rate, leaves = random.gamma(0.6, 1 / 5, customers), random.beta(0.7, 2.5, customers)
    level = random.gamma(5, 1, customers) ** -1 * 200
    gaps = random.exponential(1 / np.maximum(rate, 1e-9)[:, None], (customers, 150))
    stays = np.minimum.accumulate(random.random((customers, 150)) >= leaves[:, None], axis=1)
    made = np.hstack([np.ones((customers, 2), bool), stays[:, :-1]])
    when = np.floor(7 * np.hstack([first[:, None], first[:, None] + np.cumsum(gaps, axis=1)])) / 7
    money = random.gamma(5, level[:, None] / 5, when.shape)
    past = made & (when <= weeks)
    last = np.where(past, when, -1.0).max(axis=1)
    repeats = past.sum(axis=1) - 1
    spent = (past * money).sum(axis=1)
    frame = pd.DataFrame(
        {
            "customer_id": np.arange(customers).astype(str),
            "frequency": repeats,
            "recency": last - when[:, 0],
            "age": np.floor(7 * weeks) / 7 - when[:, 0],
            "monetary_value": np.where(repeats > 0, (spent - money[:, 0]) / np.maximum(repeats, 1), 0.0),
            "spend": spent,
        }
    )
    return frame, np.where(made & ~past, when - weeks, np.inf), money


def forecast_of(summary: pd.DataFrame, **changes: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    own = value.Params.model_validate({"holdout_weeks": 0, **changes})
    models = value.fit_models(summary, own, value.check_forecast(None, None, None, own))
    scores = value.score(summary, models, own)
    return scores, value.forecasts(summary, UNKNOWN, scores, models, AS_OF, own)


def test_intervals_hold_what_simulated_customers_then_buy() -> None:
    inside = []
    for seed in range(20):
        summary, later, money = bought_by(seed, 400, 78.0)
        scores, told = forecast_of(summary)
        for row in told[told["months"].isin(HORIZONS)].itertuples():
            whose = scores["is_target"].to_numpy() if row.group == "target" else np.ones(len(scores), bool)
            counted = (later <= (row.due.date() - AS_OF).days / 7) & whose[:, None]
            purchases, revenue = counted.sum(), (counted * money).sum()
            inside.append(
                (
                    row.months,
                    row.purchases_low <= purchases <= row.purchases_high,
                    row.revenue_low <= revenue <= row.revenue_high,
                )
            )
    frame = pd.DataFrame(inside, columns=["months", "purchases", "revenue"])
    covered = frame.groupby("months")[["purchases", "revenue"]].mean()
    # 20 clients of two groups each; on 40 clients of 600 customers .95–1.00 and .925–.95 by horizon
    assert (covered >= 0.85).all().all()
    assert 0.90 <= frame["purchases"].mean() <= 0.99
    assert 0.90 <= frame["revenue"].mean() <= 0.99


@pytest.fixture(scope="module")
def client() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    summary, _, _ = bought_by(3, 500, 78.0)
    return summary, *forecast_of(summary, horizon_months=13)


def test_the_year_ahead_is_the_sum_of_what_each_customer_is_expected_to_do(client) -> None:
    summary, scores, told = client
    own = value.Params(holdout_weeks=0)
    models = value.fit_models(summary, own, value.check_forecast(None, None, None, own))
    year = expected_purchases(models.purchases, summary, 365 / 7)
    last = told[told["months"] == 12].set_index("group")
    assert last["purchases"].to_dict() == pytest.approx(
        {"target": year[scores["is_target"]].sum(), "all": year.sum()}, rel=1e-6
    )
    assert last.loc["all", "revenue"] == pytest.approx((year * scores["expected_spend"]).sum(), rel=1e-6)


def test_groups_grow_month_by_month_and_their_intervals_with_them(client) -> None:
    _, scores, told = client
    assert list(told) == COLUMNS
    assert told.groupby("group")["customers"].first().to_dict() == {
        "target": scores["is_target"].sum(),
        "all": 500,
    }
    for _, frame in told.groupby("group"):
        for name in ("purchases", "revenue"):
            assert frame[name].is_monotonic_increasing
            assert (frame[f"{name}_low"] < frame[name]).all()
            assert (frame[name] < frame[f"{name}_high"]).all()


def test_a_month_ends_on_the_same_day_and_of_a_months_last_day_on_the_last(client) -> None:
    told = client[2]
    assert told["due"].dt.strftime("%Y-%m-%d").tolist()[:3] == ["2024-07-31", "2024-08-31", "2024-09-30"]
    summary, _, _ = bought_by(3, 500, 78.0)
    own = value.Params(holdout_weeks=0, horizon_months=2)
    models = value.fit_models(summary, own, value.check_forecast(None, None, None, own))
    scores = value.score(summary, models, own)
    found = value.forecasts(summary, UNKNOWN, scores, models, date(2024, 1, 30), own)
    assert found["due"].dt.strftime("%Y-%m-%d").tolist()[:2] == ["2024-02-29", "2024-03-30"]


@pytest.mark.parametrize("kind", [BgNbd, MbgNbd])
def test_purchases_up_to_several_ends_are_those_of_the_whole_stretch(kind) -> None:
    model = kind(np.array([0.24, 4.4, 0.8, 2.4]), np.eye(4), 0.0, 1)
    x, age, weeks = np.array([0, 2, 40]), np.array([0.0, 38.9, 200.0]), np.array([4.3, 13.0, 26.0, 104.0])
    found = cumulative(model, x, age, weeks)
    for column, end in enumerate(weeks):
        assert found[:, column] == pytest.approx(while_active(model, x, age, float(end)), rel=2e-6)


def test_chance_spreads_a_customers_purchases_as_the_process_does() -> None:
    """The variance of counts against one integrated by hand: rate Gamma(r + x, α + T), nobody stops."""
    summary = pd.DataFrame({"frequency": [3], "recency": [20.0], "age": [30.0], "monetary_value": [10.0]})
    nbd = Nbd(np.array([0.7, 5.0]), np.eye(2), 0.0, 1)
    weeks = np.array([26.0])
    found = totals(nbd, None, summary, np.ones((1, 1), dtype=bool), weeks)
    shape, rate = 0.7 + 3, 5.0 + 30.0

    def density(pace: float) -> float:
        return float(gamma.pdf(pace, shape, scale=1 / rate))

    mean = quad(lambda pace: 26 * pace * density(pace), 0, 3)[0]
    second = quad(lambda pace: (26 * pace + (26 * pace) ** 2) * density(pace), 0, 3)[0]
    assert found.mean[0, 0, 0] == pytest.approx(mean, rel=1e-6)
    assert found.variance[0, 0, 0] == pytest.approx(second - mean**2, rel=1e-6)
    assert np.isnan(found.mean[0, 1, 0])


def test_an_interval_is_that_of_the_gamma_with_this_mean_and_variance() -> None:
    low, high = interval(np.array([1.0, 100.0]), np.array([1.0, 100.0]), 0.95)
    assert low[0] == pytest.approx(-np.log(0.975))  # the exponential's quantiles
    assert high[0] == pytest.approx(-np.log(0.025))
    assert (low[1], high[1]) == pytest.approx((81.36, 120.53), abs=0.01)  # R: qgamma(c(.025, .975), 100)


def test_what_the_weeks_held_back_showed_widens_and_never_narrows() -> None:
    expected = Totals(np.full((2, 2, 1), 100.0), np.full((2, 2, 1), 100.0))
    low, _ = interval(expected.mean, expected.variance, 0.95)
    far = np.array([[140.0, 101.0], [low[0, 0, 0] ** 2 / 100, 60.0]])
    factor = needed(expected, far, 0.95)
    assert factor[0, 1] == 1.0
    assert factor[1, 0] == pytest.approx(2.0)
    _, wider = interval(expected.mean, expected.variance, 0.95, factor)
    assert wider[0, 0, 0] == pytest.approx(140.0)
    nothing = needed(expected, np.zeros((2, 2)), 0.95)
    assert np.isfinite(nothing).all()


def test_a_hold_out_that_went_differently_widens_the_intervals(
    days, calibration, summary, models, scores, params
) -> None:
    end = AS_OF
    bought = days[(days["day"] > "2020-12-29") & (days["day"] <= "2021-06-29")]
    held = bought.groupby("customer_id").agg(actual=("day", "size"), spend=("spend", "sum")).reset_index()
    met = value.forecasts(summary, (calibration, held), scores, models, end, params)
    thrice = held.assign(actual=3 * held["actual"], spend=3 * held["spend"])
    missed = value.forecasts(summary, (calibration, thrice), scores, models, end, params)
    assert (met["purchases_widened"] < 2).all()
    assert (missed["purchases_widened"] > 4).all()
    assert (missed["revenue_high"] > 2 * met["revenue_high"]).all()
    assert missed["purchases"].equals(met["purchases"])


def test_without_a_model_there_are_no_rows_and_without_spend_no_revenue() -> None:
    few = pd.DataFrame({"frequency": [1] * 5, "recency": [2.0] * 5, "age": [9.0] * 5}).assign(
        customer_id=list("abcde"), monetary_value=3.0, spend=6.0
    )
    _, told = forecast_of(few)
    assert told.empty
    assert list(told) == COLUMNS
    summary, _, _ = bought_by(3, 500, 78.0)
    equal = summary.assign(monetary_value=np.where(summary["frequency"] > 0, 5.0, 0.0))
    _, told = forecast_of(equal, horizon_months=2)
    assert told["revenue"].isna().all()
    assert told["revenue_low"].isna().all()
    assert told["purchases_high"].notna().all()
