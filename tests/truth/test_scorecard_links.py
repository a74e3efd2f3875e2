"""Published trends, rates of false links and trends, and the links planted in the hotel's indicators."""

import json
import sqlite3
from contextlib import closing
from operator import attrgetter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.scorecard.lead_lag import lead_lag, power
from cerm_nb.analyses.scorecard.links import links
from cerm_nb.analyses.scorecard.panels import Panel, Panels
from cerm_nb.analyses.scorecard.trends import trends
from cerm_nb.analyses.scorecard.whitening import surprises

DATA = Path(__file__).parents[2] / "data"
HOTEL = DATA / "hanbit_hotel"
MONTH = pd.DateOffset(months=1)
cells = attrgetter("values")


def panels_of(values, names=None, season=0):
    x = np.atleast_2d(np.asarray(values, dtype=float))
    periods = pd.date_range("2023-07-01", periods=x.shape[1], freq="MS")
    names = tuple(f"i{at}" for at in range(len(x))) if names is None else tuple(names)
    return Panels((Panel(names, periods, x, np.full_like(x, np.nan), MONTH, season),))


def remembering(rng, memory, series, periods):
    found = rng.standard_normal((series, periods + 50))
    for at in range(1, periods + 50):
        found[:, at] = memory * found[:, at - 1] + np.sqrt(1 - memory**2) * found[:, at]
    return found[:, 50:]


@pytest.mark.parametrize(
    ("file", "column", "s", "z", "slope"),
    [
        ("nile.csv", "volume", -1387, -4.128, -2.6),
        ("mk_shampoo.csv", "Sales", 440, None, 11.509375),
    ],
)
def test_published_trends(file, column, s, z, slope):
    row = trends(panels_of(pd.read_csv(DATA / "series" / file)[column])).iloc[0]
    assert row["s"] == s
    assert row["slope"] == pytest.approx(slope)
    assert z is None or row["z"] == pytest.approx(z, abs=5e-4)
    assert row["low"] < slope < row["high"]
    assert row["trend"] == ("rising" if s > 0 else "falling")


def plain_share(a, b):
    """Share of pairs in which a correlation at some lag from 0 to 6 lies beyond 1.96 / root n."""
    n = a.shape[1]
    x, y = ((each - each.mean(axis=1)[:, None]) / each.std(axis=1)[:, None] for each in (a, b))
    r = [(x[:, : n - lag] * y[:, lag:]).sum(axis=1) / n for lag in range(7)]
    return (np.abs(r).max(axis=0) > 1.96 / np.sqrt(n)).mean()


def found_share(a, b, season=0):
    series = np.arange(len(a))
    new = surprises(np.concatenate([a, b]), season)
    found = lead_lag(new, series, series + len(a))
    return found, (found.p < 0.05).mean()


@pytest.mark.parametrize("periods", [24, 36, 60])
def test_unrelated_series_that_remember_are_seldom_linked(periods):
    """Plain correlograms link 42 to 63 % of unrelated pairs (memory .5 to .8); pre-whitened ones 5 %."""
    rng = np.random.default_rng(periods)
    plain, own = [], []
    for memory in (0.3, 0.5, 0.7, 0.8):
        a, b = remembering(rng, memory, 400, periods), remembering(rng, memory, 400, periods)
        plain.append(plain_share(a, b))
        own.append(found_share(a, b)[1])
    assert plain[0] > 0.2
    assert all(0.33 < share < 0.68 for share in plain[1:])
    assert max(own) < 0.09
    assert 0.03 < np.mean(own) < 0.07  # 1,600 pairs: a standard error of half a percent


def test_a_season_and_steps_of_both_keep_the_rate():
    rng = np.random.default_rng(8)
    a, b = remembering(rng, 0.4, 800, 48), remembering(rng, 0.4, 800, 48)
    season = 1.5 * np.cos(2 * np.pi * np.arange(48) / 12)
    step = 4.0 * (np.arange(48) >= 24)
    assert found_share(a + season, b + np.roll(season, 2), season=12)[1] < 0.09
    assert found_share(a + step, b + np.roll(step, 2) * (np.arange(48) > 1))[1] < 0.09


def test_power_is_about_what_is_told():
    rng = np.random.default_rng(9)
    leaders = remembering(rng, 0.4, 600, 62)
    followers = 0.5 * leaders[:, :-2] + np.sqrt(0.75) * remembering(rng, 0.4, 600, 60)
    found, share = found_share(leaders[:, 2:], followers)
    told = power(0.5, np.median(found.free, keepdims=True), np.array([6.0]), 0.05)[0]
    assert share == pytest.approx(told, abs=0.08)
    assert (found.lag[found.p < 0.05] == 2).mean() > 0.95
    assert ((found.low < 0.5) & (found.high > 0.5)).mean() > 0.93


@pytest.mark.parametrize("periods", [24, 36, 60])
def test_series_without_a_trend_seldom_have_one(periods):
    """p by an AR(1) sieve bootstrap calls 6 to 10 % of trendless series trending at worst."""
    rng = np.random.default_rng(periods)
    shares = [
        (trends(panels_of(remembering(rng, memory, 500, periods)))["p"] < 0.05).mean()
        for memory in (0.0, 0.3, 0.5, 0.7, 0.8)
    ]
    assert max(shares) < 0.13
    assert np.mean(shares) < 0.08


def hotel(*, drawn=True):
    kpis = pd.read_csv(HOTEL / "kpis.csv", parse_dates=["period"], thousands=",")
    table = kpis.pivot_table(index="period", columns="indicator", values="value")
    with closing(sqlite3.connect(HOTEL / "management.sqlite")) as connection:
        records = pd.read_sql("select * from indicators", connection)
    told = records["drives"].map(lambda text: tuple(filter(None, text.split(";"))) if drawn else ())
    return links(panels_of(table.T.to_numpy(), table.columns, season=12), records.assign(drives=told))


def planted():
    return json.loads((HOTEL / "truth.json").read_text(encoding="utf-8"))["kpis"]


def test_planted_links_of_the_hotel_are_found_at_their_lag_and_no_others():
    found = hotel().frame.set_index(["from", "to"])
    for told in planted()["lead_lag"]:
        row = found.loc[told["from"], told["to"]]
        assert (row["evidence"], row["lag"]) == ("supported", told["lag_months"])
        assert np.sign(row["estimate"]) == np.sign(told["coefficient"])
        assert row["low"] < told["coefficient"] < row["high"]
    false = {tuple(pair.split(" → ")) for pair in planted()["believed_but_false"]}
    assert set(found.index[found["evidence"] == "supported"]).isdisjoint(false)
    assert false <= set(found.index)
    assert not (found["evidence"] == "contradicted").any()


def test_links_the_hotel_did_not_draw_are_those_planted_and_no_others():
    assert hotel().undrawn.empty
    found = hotel(drawn=False).undrawn
    pairs = {(told["from"], told["to"], told["lag_months"]) for told in planted()["lead_lag"]}
    assert set(zip(found["from"], found["to"], found["lag"], strict=True)) == pairs
