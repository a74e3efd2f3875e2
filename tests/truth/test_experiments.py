"""Published results that experiments and their plans must reproduce."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.power import NormalIndPower, TTestIndPower
from statsmodels.stats.proportion import confint_proportions_2indep

from cerm_nb.stats import (
    contaminated_control,
    detectable_effect,
    difference_of_means,
    difference_of_proportions,
    intraclass_correlation,
    power_of_means,
    sample_ratio,
    size_for_means,
    size_for_proportions,
)

NONE, MEN, WOMEN = "No E-Mail", "Mens E-Mail", "Womens E-Mail"


@pytest.fixture(scope="module")
def hillstrom() -> pd.DataFrame:
    folder = os.environ.get("CERM_ORACLE_DATA")
    if not folder:
        pytest.skip("CERM_ORACLE_DATA names no folder of reference data")
    return pd.read_csv(Path(folder) / "hillstrom.csv", usecols=["segment", "visit", "conversion", "spend"])


def counted(table: pd.DataFrame, segment: str, column: str) -> tuple[int, int]:
    values = table.loc[table["segment"] == segment, column]
    return int(values.sum()), len(values)


@pytest.mark.parametrize(
    ("segment", "column", "lift"),
    [
        (MEN, "visit", 0.076590),
        (MEN, "conversion", 0.006805),
        (WOMEN, "visit", 0.045233),
        (WOMEN, "conversion", 0.003111),
    ],
)
def test_lifts_of_shares_in_the_e_mail_challenge(hillstrom, segment, column, lift):
    found = difference_of_proportions(counted(hillstrom, segment, column), counted(hillstrom, NONE, column))
    assert found.estimate == pytest.approx(lift, abs=1e-6)
    assert 0 < found.low < lift < found.high
    assert found.p < 1e-3


@pytest.mark.parametrize(
    ("segment", "lift", "ends"), [(MEN, 0.769827, (0.485, 1.055)), (WOMEN, 0.424412, (0.169, 0.680))]
)
def test_lifts_of_spend_in_the_e_mail_challenge(hillstrom, segment, lift, ends):
    spend = {name: part["spend"].to_numpy() for name, part in hillstrom.groupby("segment")}
    found = difference_of_means(spend[segment], spend[NONE])
    assert found.estimate == pytest.approx(lift, abs=1e-6)
    assert (found.low, found.high) == pytest.approx(ends, abs=5e-4)
    assert (found.n_treated, found.n_control) == (len(spend[segment]), 21_306)


def test_the_arms_of_the_e_mail_challenge_are_of_the_sizes_planned(hillstrom):
    found = sample_ratio([int((hillstrom["segment"] == name).sum()) for name in (NONE, MEN, WOMEN)])
    assert found.found["chi2"] == pytest.approx(0.2025, abs=5e-5)
    assert found.found["p"] == pytest.approx(0.904, abs=5e-4)
    assert found.level == "ok"


def test_a_control_that_got_another_e_mail_is_found_and_hides_the_lift(hillstrom):
    # Half of the control are those who got the men's e-mail.
    mixed = hillstrom[hillstrom["segment"].isin([NONE, MEN])]
    reached = int((mixed["segment"] == MEN).sum())
    assert contaminated_control(reached, len(mixed)).level == "block"
    clean = difference_of_proportions(counted(hillstrom, WOMEN, "visit"), counted(hillstrom, NONE, "visit"))
    spoilt = difference_of_proportions(
        counted(hillstrom, WOMEN, "visit"), (int(mixed["visit"].sum()), len(mixed))
    )
    assert clean.estimate == pytest.approx(0.0452, abs=5e-5)
    assert spoilt.estimate == pytest.approx(0.0069, abs=5e-5)


def test_newcombe_s_example_of_two_shares():
    found = difference_of_proportions((56, 70), (48, 80))
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize(
    ("first", "second"), [((3, 40), (0, 35)), ((5, 9), (9, 9)), ((812, 4000), (700, 4100))]
)
def test_intervals_of_two_shares_as_statsmodels_has_them(first, second):
    found = difference_of_proportions(first, second)
    expected = confint_proportions_2indep(*first, *second, compare="diff", method="newcomb")
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-9)


def test_sizes_of_the_manual_of_r():
    """The examples of its functions for the power of a t test and of two shares."""
    assert size_for_means(1.0, 1.0, power=0.9).exact == pytest.approx(22.02110, abs=1e-3)
    found = size_for_proportions(0.5, 0.75, power=0.9)
    assert found.exact == pytest.approx(76.7, abs=0.05)
    assert (found.treated, found.control) == (77, 77)


def test_cohen_s_table_of_a_medium_difference():
    assert size_for_means(0.5, 1.0).treated == 64


@pytest.mark.parametrize("allocation", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("ratio", [0.15, 0.6, 1.5])
def test_sizes_and_power_of_means_as_statsmodels_has_them(ratio, allocation):
    plain = TTestIndPower()
    found = size_for_means(ratio, 1.0, allocation=allocation, power=0.85)
    assert found.exact == pytest.approx(
        plain.solve_power(ratio, ratio=allocation, alpha=0.05, power=0.85), rel=1e-5
    )
    n = found.treated, found.control
    assert found.power == pytest.approx(plain.power(ratio, n[0], 0.05, ratio=n[1] / n[0]), abs=1e-7)
    assert found.power >= 0.85
    assert power_of_means(ratio, *n) == found.power


@pytest.mark.parametrize(("n", "control"), [(12, 12), (8, 30), (400, 350)])
def test_detectable_effects_as_statsmodels_has_them(n, control):
    expected = TTestIndPower().solve_power(None, nobs1=n, ratio=control / n, alpha=0.05, power=0.8)
    error = np.sqrt(1 / n + 1 / control)
    assert detectable_effect(error, n + control - 2) == pytest.approx(expected, rel=1e-6)
    normal = NormalIndPower().solve_power(None, nobs1=n, ratio=control / n, alpha=0.05, power=0.8)
    assert detectable_effect(error, np.nan) == pytest.approx(normal, rel=1e-4)


def test_intraclass_correlation_of_shrout_and_fleiss():
    ratings = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    found = intraclass_correlation(np.ravel(ratings), np.repeat(range(6), 4))
    assert found == pytest.approx(0.17, abs=0.005)
