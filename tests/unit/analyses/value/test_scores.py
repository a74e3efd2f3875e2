from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cerm_nb.analyses.value import CUSTOMERS, SEGMENTS, Params, check_forecast, fit_models, score, what_if
from cerm_nb.analyses.value.clv import customer_value, horizon_weeks, weekly_rate
from cerm_nb.analyses.value.forecast import expected_purchases
from cerm_nb.analyses.value.rfm import rfm
from cerm_nb.analyses.value.scores import is_top, tier
from cerm_nb.analyses.value.spend import expected_spend

from .conftest import build


def test_scores_have_the_published_columns_and_agree_with_the_models(scores, summary, models, params):
    assert scores.columns.tolist() == CUSTOMERS
    assert len(scores) == len(summary)
    assert scores["customer_id"].tolist() == summary["customer_id"].tolist()
    assert not scores.isna().any(axis=None)
    assert isinstance(scores["tier"].dtype, pd.StringDtype)
    assert isinstance(scores["rfm_segment"].dtype, pd.StringDtype)
    assert scores["p_alive"].between(0, 1).all()
    expected = expected_purchases(models.purchases, summary, horizon_weeks(12))
    assert scores["expected_purchases"].to_numpy() == pytest.approx(expected)
    bound = scores["expected_purchases"] * scores["expected_spend"]
    assert (scores["clv"] < bound).all()
    assert (scores["clv"] > bound * 1.1**-1).all()


def test_value_without_discount_is_purchases_times_spend_times_margin(summary, models):
    values = customer_value(
        models.purchases, models.spend, summary, months=24, annual_discount=0.0, margin=0.3
    )
    plain = expected_purchases(models.purchases, summary, 2 * 365.25 / 7) * expected_spend(
        models.spend, summary
    )
    assert values == pytest.approx(0.3 * plain)


def test_weekly_rate_compounds_to_the_annual_rate():
    assert (1 + weekly_rate(0.10)) ** horizon_weeks(12) == pytest.approx(1.10)
    assert weekly_rate(0.0) == 0


def test_discounting_counts_a_purchase_at_its_time_week_by_week(summary, models):
    weeks = np.arange(53)
    rows = summary.head(20)
    upto = np.array([expected_purchases(models.purchases, rows, each) for each in weeks])
    by_week = (np.diff(upto, axis=0) * (1 + weekly_rate(0.1)) ** -(weeks[1:, None] - 0.5)).sum(0)
    ours = expected_purchases(models.purchases, rows, 52, weekly_rate(0.1))
    assert ours == pytest.approx(by_week, rel=1e-5)


@given(st.integers(2, 10))
def test_segments_leave_nobody_out_and_rise_with_recency_and_frequency(bins):
    rows = list(product(range(30), range(30)))
    summary = build([x for x, _ in rows], [10 + days / 7 for _, days in rows], [20] * len(rows))
    scored = rfm(summary, bins)
    assert set(scored["rfm_segment"]) <= set(SEGMENTS.values())
    assert scored["rfm_segment"].iloc[-1] == "champions"
    assert scored["rfm_segment"].iloc[0] == "lost"
    assert scored.groupby(["r_score", "f_score"])["rfm_segment"].nunique().eq(1).all()
    if bins > 2:
        assert set(scored["rfm_segment"]) == set(SEGMENTS.values())


def test_equal_days_since_the_last_purchase_score_equal_however_they_come_about():
    summary = build([1, 1, 1, 1], [37 / 7, 0.1 * 70 / 7, 44 / 7, 90 / 7], [50 / 7, 20 / 7, 57 / 7, 103 / 7])
    scores = rfm(summary, 5)["r_score"].tolist()
    assert scores[0] == scores[2] == scores[3]


def test_tiers_take_the_shares_asked_for_and_never_part_equals():
    worth = np.arange(100.0)
    assert np.unique(tier(worth, [0.05, 0.15, 0.3, 0.5]), return_counts=True)[1].tolist() == [5, 15, 30, 50]
    assert tier(worth, [0.05, 0.15, 0.3, 0.5])[99] == "A"
    assert np.unique(tier(np.arange(10.0), [0.1, 0.2, 0.7]), return_counts=True)[1].tolist() == [1, 2, 7]
    assert set(tier(np.ones(10), [0.5, 0.5])) == {"A"}
    assert is_top(worth, 0.2).sum() == 20
    assert is_top(np.ones(10), 0.2).all()
    for n in (5, 10, 15, 35, 1000):
        assert is_top(np.arange(n), 0.2).sum() == n // 5


def test_one_purchase_customers_end_in_one_clear_reason_and_are_ranked_by_spend():
    frame = build([0] * 200, [0] * 200, np.arange(200) / 7 + 3, np.arange(200) + 1.0)
    params = Params()
    backtest = check_forecast(None, None, None, params)
    models = fit_models(frame, params, backtest)
    assert models.reason == "no_repeat_purchases"
    assert models.purchases is None
    assert models.frame.empty
    scored = score(frame, models, params)
    assert scored[["p_alive", "expected_purchases", "expected_spend", "clv"]].isna().all(axis=None)
    assert scored["is_target"].sum() == 40
    assert scored.loc[scored["is_target"], "spend"].min() == 161
    assert what_if(frame, models, params).reason == "no_repeat_purchases"


def test_what_if_agrees_with_the_scores_and_moves_the_right_way(scores, summary, models, params):
    base = what_if(summary, models, params)
    assert base.clv == pytest.approx(scores["clv"].sum())
    assert base.target_clv == pytest.approx(scores.loc[scores["is_target"], "clv"].sum())
    assert base.curve["share_of_clv"].iloc[[0, -1]].tolist() == pytest.approx([0, 1])
    assert len(base.curve) <= 101
    longer = what_if(summary, models, params.model_copy(update={"horizon_months": 24}))
    dearer = what_if(summary, models, params.model_copy(update={"annual_discount": 0.5}))
    wider = what_if(summary, models, params.model_copy(update={"target_share": 0.5}))
    assert dearer.clv < base.clv < longer.clv
    assert wider.share > base.share
