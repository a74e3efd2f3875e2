"""Chances are told where forecasts can be trusted: steps accepted, values of today, errors within reason."""

import numpy as np
import pandas as pd
import pytest
from outlook_data import aims, made, one_phase
from scorecard_cards import listed, monthly, noise, own, read

from cerm_nb.analyses.scorecard import backtested, chance_caveats
from cerm_nb.analyses.scorecard.levels import levels, straightened
from cerm_nb.analyses.scorecard.outlook import MOST_WIDENED, outlook
from cerm_nb.analyses.scorecard.outlook_backtest import HORIZONS, Backtest, backtest
from cerm_nb.analyses.scorecard.outlook_reliability import Reliability

DUE = {"target": 30.0, "target_date": "2025-06-30", "baseline": 0.0}
STEP = {"a": [{"from": "2023-01-01", "reason": "two branches became one"}]}


def stepped():
    return monthly(a=10 + noise(1, 48) + 20 * (np.arange(48) >= 24))


def ahead(panel, after=0, widened=1.0):
    """Outlook on a target six periods ahead, so many months after the last period."""
    phase, wide = one_phase(panel), np.full((len(panel.names), len(HORIZONS)), widened)
    records = aims(panel.names, target_date=panel.periods[-1] + pd.DateOffset(months=6))
    day = panel.periods[-1] + pd.offsets.MonthEnd(1 + after)
    return outlook(
        panel, phase, records, levels(panel, phase), Backtest(pd.DataFrame(), wide), as_of=day, draws=200
    )


def test_an_accepted_change_of_level_is_no_error_of_the_forecasts():
    plain = read(listed(a=DUE), stepped())
    rebased = read(listed(a=DUE), stepped(), rebase=STEP)
    told = backtested(plain, own())[0]
    again = backtested(rebased, own(rebase=STEP))[0]
    assert told["coverage"].min() < 0.6
    assert (again["coverage"] >= 0.85).all()
    phase = np.repeat([[0, 1]], 24, axis=1)
    panel = made(np.repeat([[0.0, 9.0]], 24, axis=1))
    assert np.asarray(straightened(panel, phase).values).tolist() == [[9.0] * 48]


def test_a_step_in_one_series_does_not_widen_the_others():
    values = np.random.default_rng(2).normal(size=(6, 48))
    alone = backtest(made(values)).widening
    values[0, 24:] += 40
    found = backtest(made(values)).widening
    assert found[1:] == pytest.approx(alone[1:])
    assert (found[0] > MOST_WIDENED).any()


@pytest.mark.parametrize(("widened", "reason"), [(2.9, ""), (3.1, "forecasts_failed")])
def test_where_earlier_forecasts_failed_there_is_a_forecast_and_no_chance(widened, reason):
    found = ahead(made(noise(3)), widened=widened)
    row = found.frame.iloc[0]
    assert row["reason"] == reason
    assert np.isnan(row["p_hit"]) == (reason != "")
    assert row["low"] < row["expected"] < row["high"]
    kept = found.forecasts
    assert set(kept["quantity"]) == ({"level", "hit"} if not reason else {"level"})
    assert row["due"] in set(kept["due"])


@pytest.mark.parametrize(("after", "reason"), [(0, ""), (2, ""), (3, "values_old")])
def test_of_a_series_that_ended_long_ago_no_chance_is_told(after, reason):
    row = ahead(made(noise(4)), after).frame.iloc[0]
    assert row["reason"] == reason
    assert np.isnan(row["p_hit"]) == (reason != "")


def test_a_scorecard_whose_series_all_ended_a_year_ago_has_no_chance_and_says_so():
    card = read(listed(a=DUE | {"unit": "calls"}), monthly(last="2023-12-01", a=20 + noise(5)))
    row = card.indicators.iloc[0]
    assert (row["variation"], row["variation_reason"], row["p_hit_reason"]) == (
        "undetermined", "values_old", "values_old",
    )  # fmt: skip
    assert dict(card.caveats())["values_old"] == {"n": 1, "names": ("a",)}


@pytest.mark.parametrize(("brier", "told"), [(0.19, False), (0.2, True), (0.25, True), (np.nan, False)])
def test_chances_that_do_no_better_than_the_base_rate_are_said_to(brier, told):
    found = chance_caveats(Reliability(pd.DataFrame(), brier, 0.2, 40))
    assert found == ((("chances_no_better", {"brier": brier, "brier_base": 0.2}),) if told else ())
    assert chance_caveats(None) == ()
