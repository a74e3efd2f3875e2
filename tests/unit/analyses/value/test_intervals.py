"""The headline's interval covers what customers then really spend, not only what was to be expected."""

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses import value

WEEKS, HELD_BACK = 91, 39
START = pd.Timestamp("2023-01-01")


def shop(seed, customers=400):
    """Simulate a client by the models' own story; give its summaries and what comes in the year after."""
    random = np.random.default_rng(seed)
    first = random.uniform(0, 26, customers)
    rate, leaves = random.gamma(0.5, 1 / 6, customers), random.beta(0.7, 2.5, customers)
    level = random.gamma(4, 1 / 20, customers)
    times = first[:, None] + np.cumsum(random.exponential(1 / rate[:, None], (customers, 400)), axis=1)
    stays = np.minimum.accumulate(random.random((customers, 400)) >= leaves[:, None], axis=1)
    made = np.hstack([np.ones((customers, 1), bool), np.ones((customers, 1), bool), stays[:, :-1]])
    times = np.hstack([first[:, None], times])
    money = random.gamma(5, 1 / level[:, None], times.shape)
    rows = pd.DataFrame({"customer_id": np.repeat(np.arange(customers).astype(str), times.shape[1])}).assign(
        week=times.ravel(), money=money.ravel()
    )[made.ravel()]
    return rows[rows["week"] < WEEKS + 53]


def summary(rows, until):
    seen = rows[rows["week"] < until].sort_values("week")
    grouped = seen.groupby("customer_id")
    frame = grouped.agg(
        first=("week", "min"), last=("week", "max"), spend=("money", "sum"), n=("week", "size")
    )
    repeat = (frame["spend"] - grouped["money"].first()) / (frame["n"] - 1).clip(lower=1)
    return pd.DataFrame(
        {
            "customer_id": frame.index,
            "first_day": START + pd.to_timedelta((frame["first"] * 7).astype(int), unit="D"),
            "frequency": frame["n"].to_numpy() - 1,
            "recency": (frame["last"] - frame["first"]).to_numpy(),
            "age": (until - frame["first"]).to_numpy(),
            "monetary_value": repeat.where(frame["n"] > 1, 0.0).to_numpy(),
            "spend": frame["spend"].to_numpy(),
        }
    ).reset_index(drop=True)


@pytest.mark.slow
def test_intervals_cover_what_simulated_customers_then_spend():
    params = value.Params(holdout_weeks=HELD_BACK, annual_discount=0.0, bootstrap=300)
    covered = []
    for seed in range(24):
        rows = shop(seed)
        later = rows[(rows["week"] >= WEEKS - HELD_BACK) & (rows["week"] < WEEKS)]
        actual = later.groupby("customer_id").size().rename("actual").reset_index()
        weekly = pd.DataFrame({"week": [1], "repeats": [0]})
        backtest = value.check_forecast(summary(rows, WEEKS - HELD_BACK), actual, weekly, params)
        whole = summary(rows, WEEKS)
        models = value.fit_models(whole, params, backtest)
        scores = value.score(whole, models, params)
        draws = value.uncertainty(scores, models, params)
        found = value.answer(scores, models, draws, value.concentration(scores["spend"], params), params)
        targets = scores.loc[scores["is_target"], "customer_id"]
        year = rows[(rows["week"] >= WEEKS) & (rows["week"] < WEEKS + value.horizon_weeks(12))]
        spent = year.loc[year["customer_id"].isin(targets), "money"].sum()
        covered.append(found.low <= spent <= found.high)
    # 24 intervals at 95 %: fewer than 20 would come once in 3,000 tries
    assert sum(covered) >= 20
