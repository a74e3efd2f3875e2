"""Steady rises and falls, and how sure they are where values remember."""

from math import erfc

import numpy as np
import pytest
from scipy.stats import kendalltau, theilslopes
from simulated_series import months, panel, remembering

from cerm_nb.analyses.scorecard.panels import Panels
from cerm_nb.analyses.scorecard.trends import COLUMNS, trends


def told(values, **others):
    return trends(months({f"i{at}": row for at, row in enumerate(np.atleast_2d(values))}, **others))


def test_s_and_slope_are_those_of_all_pairs_with_gaps_and_ties():
    rng = np.random.default_rng(1)
    x = np.round(rng.standard_normal((5, 30)) * 2)
    x[rng.random(x.shape) < 0.15] = np.nan
    found = told(x)
    at = np.arange(30)
    for row, one in zip(found.to_dict("records"), x, strict=True):
        known = ~np.isnan(one)
        pairs = [(i, j) for i in at[known] for j in at[known] if i < j]
        assert row["s"] == sum(np.sign(one[j] - one[i]) for i, j in pairs)
        assert row["slope"] == pytest.approx(theilslopes(one[known], at[known]).slope)
        assert row["n"] == known.sum()
        # SciPy's asymptotic p of tau-b is that of S over its standard deviation with ties
        p = kendalltau(at[known], one[known], method="asymptotic").pvalue
        z = row["z"] * row["s"] / (row["s"] - np.sign(row["s"])) if row["s"] else 0.0
        assert erfc(abs(z) / np.sqrt(2)) == pytest.approx(p, abs=1e-9)


def test_with_a_season_only_values_of_the_same_season_are_compared():
    rng = np.random.default_rng(2)
    x = rng.standard_normal(48) + 4 * np.cos(2 * np.pi * np.arange(48) / 12)
    row = told(x, season=12).iloc[0]
    pairs = [(i, j) for i in range(48) for j in range(i + 12, 48, 12)]
    assert row["seasonal"]
    assert row["s"] == sum(np.sign(x[j] - x[i]) for i, j in pairs)
    assert row["slope"] == pytest.approx(np.median([(x[j] - x[i]) / (j - i) for i, j in pairs]))
    # S of four values has a variance of 4 · 3 · 13 / 18, of twelve months together twelve times that
    assert row["z"] == pytest.approx((row["s"] - np.sign(row["s"])) / np.sqrt(12 * 4 * 3 * 13 / 18))


def test_planted_slopes_are_found_and_lie_in_their_intervals():
    x = remembering(np.random.default_rng(3), 0.3, 400, 48)
    x[:200] += 0.06 * np.arange(48)
    found = told(x)
    rising, flat = found[:200], found[200:]
    assert (rising["p"] < 0.05).mean() > 0.75
    assert (flat["p"] < 0.05).mean() < 0.09
    assert ((rising["low"] < 0.06) & (rising["high"] > 0.06)).mean() > 0.9
    assert ((flat["low"] < 0) & (flat["high"] > 0)).mean() > 0.91
    assert set(rising["trend"]) == {"rising", "undetermined"}


def test_p_and_interval_agree():
    x = remembering(np.random.default_rng(4), 0.5, 300, 36) + 0.05 * np.arange(36)
    found = told(x)
    clear = (found["p"] - 0.05).abs() > 0.02
    outside = (found["low"] > 0) | (found["high"] < 0)
    assert ((found["p"] < 0.05) == outside)[clear].all()


def test_direction_and_adjustment():
    at = np.arange(40.0)
    noise = np.random.default_rng(5).standard_normal((3, 40))
    found = told(noise + np.array([0.3, -0.3, 0.0])[:, None] * at)
    assert found["trend"].tolist() == ["rising", "falling", "undetermined"]
    assert (found["p_adjusted"] >= found["p"]).all()


def test_one_seed_gives_one_result():
    x = remembering(np.random.default_rng(6), 0.5, 4, 36)
    assert told(x)["p"].tolist() == told(x)["p"].tolist()


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.full(30, 3.0), "constant"),
        (np.append(np.arange(5.0), np.full(25, np.nan)), "too_few"),
        (np.ones(1), "too_few"),
    ],
)
def test_series_that_tell_no_trend_say_why(values, reason):
    row = told(values, season=12).iloc[0]
    assert (row["reason"], row["trend"]) == (reason, "undetermined")
    assert np.isnan(row[["s", "z", "slope", "low", "high", "p", "p_adjusted"]].astype(float)).all()


def test_all_panels_stand_in_one_frame():
    x = remembering(np.random.default_rng(7), 0.5, 2, 36)
    found = trends(Panels((panel({"a": x[0]}), panel({"b": x[1]}))))
    assert found["indicator"].tolist() == ["a", "b"]
    assert found.columns.tolist() == COLUMNS
    assert trends(Panels(())).columns.tolist() == COLUMNS
