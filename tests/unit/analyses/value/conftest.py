from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.value import Params, check_forecast, fit_models, score

WEEKS, HELD_BACK = 52, 26


def simulate(
    n: int, seed: int, *, r: float = 0.8, alpha: float = 6.0, a: float = 0.8, b: float = 2.5, shift: int = 0
) -> pd.DataFrame:
    """Purchase days by the BG/NBD (shift 0) or MBG/NBD (1) process over 78 weeks: customer_id, day, spend."""
    random = np.random.default_rng(seed)
    rate, stop = random.gamma(r, 1 / alpha, n), random.beta(a, b, n)
    level = random.gamma(6.0, 1 / random.gamma(4.0, 1 / 15.0, n))
    rows = []
    for customer in range(n):
        now = first = float(random.integers(0, 84))
        rows.append((customer, now))
        alive = not (shift and random.random() < stop[customer])
        while alive:
            now += 7 * random.exponential(1 / rate[customer])
            if now > 7 * (WEEKS + HELD_BACK):
                break
            rows.append((customer, first + np.ceil(now - first)))
            alive = random.random() >= stop[customer]
    days = pd.DataFrame(rows, columns=["customer", "offset"]).drop_duplicates()
    spend = random.gamma(6.0, level[days["customer"].to_numpy()] / 6.0)
    return pd.DataFrame(
        {
            "customer_id": "c" + days["customer"].astype(str).str.zfill(6),
            "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(days["offset"].astype(int), unit="D"),
            "spend": spend,
        }
    )


def summarise(days: pd.DataFrame, end: str) -> pd.DataFrame:
    """Frequency, recency, age, monetary value and spend up to a day, in weeks."""
    seen = days[days["day"] <= end]
    first = seen.groupby("customer_id")["day"].transform("min")
    grouped = seen.groupby("customer_id")
    frame = grouped.agg(first_day=("day", "min"), last=("day", "max"), spend=("spend", "sum"))
    frame["frequency"] = grouped.size() - 1
    frame["recency"] = (frame.pop("last") - frame["first_day"]).dt.days / 7
    frame["age"] = (pd.Timestamp(end) - frame["first_day"]).dt.days / 7
    again = seen[seen["day"] > first].groupby("customer_id")["spend"].mean()
    frame["monetary_value"] = again.reindex(frame.index).fillna(0.0)
    return frame.reset_index()


def by_week(days: pd.DataFrame, customers: pd.Series) -> pd.DataFrame:
    """Repeat purchases a week from the first day of the data."""
    first = days.groupby("customer_id")["day"].transform("min")
    again = days[(days["day"] > first) & days["customer_id"].isin(set(customers))]
    week = (again["day"] - days["day"].min()).dt.days // 7 + 1
    weeks = range(1, (days["day"].max() - days["day"].min()).days // 7 + 2)
    return pd.DataFrame({"week": weeks, "repeats": week.value_counts().reindex(weeks).fillna(0).to_numpy()})


def later(days: pd.DataFrame, end: str) -> pd.DataFrame:
    """Purchase days and spend after a day."""
    grouped = days[days["day"] > end].groupby("customer_id")
    return grouped.agg(actual=("day", "size"), spend=("spend", "sum")).reset_index()


def build(frequency: Any, recency: Any, age: Any, monetary_value: Any = 10.0) -> pd.DataFrame:
    """Make a summary from lists."""
    frame = pd.DataFrame({"frequency": frequency, "recency": recency, "age": age}).astype(float)
    frame["frequency"] = frame["frequency"].astype("int64")
    frame["monetary_value"] = np.where(frame["frequency"] > 0, monetary_value, 0.0)
    frame["spend"] = np.asarray(monetary_value) * (frame["frequency"] + 1)
    frame["first_day"] = pd.Timestamp("2020-01-01")
    frame["customer_id"] = [f"c{row}" for row in range(len(frame))]
    return frame


@pytest.fixture(scope="session")
def params() -> Params:
    return Params(holdout_weeks=HELD_BACK, bootstrap=100)


@pytest.fixture(scope="session")
def days() -> pd.DataFrame:
    return simulate(1500, 7)


@pytest.fixture(scope="session")
def calibration(days):
    return summarise(days, "2020-12-29")


@pytest.fixture(scope="session")
def summary(days):
    return summarise(days, "2021-06-29")


@pytest.fixture(scope="session")
def backtest(days, calibration, params):
    seen = days[days["day"] <= "2021-06-29"]
    weekly = by_week(seen, calibration["customer_id"])
    return check_forecast(calibration, later(seen, "2020-12-29"), weekly, params)


@pytest.fixture(scope="session")
def models(summary, params, backtest):
    return fit_models(summary, params, backtest)


@pytest.fixture(scope="session")
def scores(summary, models, params):
    return score(summary, models, params)
