"""Published control charts and an intervention effect that must be reproduced."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.statespace.structural import UnobservedComponents

from cerm_nb.stats import control_limits, intervention_effect, special_causes
from cerm_nb.stats.intervention.model import MEMORIES, fit, whitened

DATA = Path(__file__).parents[2] / "data"
RULES = {
    "Above UCL": ("outside", 1),
    "Below LCL": ("outside", -1),
    "7 Points Above CL": ("run", 1),
    "7 Points Below CL": ("run", -1),
    "2 in 3 Above CL": ("near", 1),
    "2 in 3 Below CL": ("near", -1),
}


def oracle() -> Path:
    folder = os.environ.get("CERM_ORACLE_DATA")
    if not folder:
        pytest.skip("CERM_ORACLE_DATA names no folder of reference data")
    return Path(folder)


@pytest.mark.parametrize("chart", ["stable", "rebase"])
def test_control_charts_of_hospital_attendances_row_by_row(chart):
    table = pd.read_csv(oracle() / f"oracle_ptd_RRK_{chart}.csv")
    groups = table["rebase_group"].to_numpy()
    found = control_limits(table["y"], groups=groups)
    assert found.mean[0] == pytest.approx(table["mean_col"].to_numpy(), rel=1e-9)
    assert found.lower[0] == pytest.approx(table["lpl"].to_numpy(), rel=1e-9)
    assert found.upper[0] == pytest.approx(table["upl"].to_numpy(), rel=1e-9)
    causes = special_causes(table["y"], found, groups=groups)
    assert ((causes.direction[0] != 0) == table["special_cause_flag"]).all()
    for at, told in enumerate(table["special_cause_type"]):
        if told != "Common Cause":
            rule, sign = RULES[told]
            assert getattr(causes, rule)[0, at] == sign


def test_limits_of_hospital_attendances():
    table = pd.read_csv(oracle() / "oracle_ptd_RRK_stable.csv")
    found = control_limits(table["y"])
    told = found.mean[0, 0], found.lower[0, 0], found.upper[0, 0]
    assert told == pytest.approx((1711.875, 849.793, 2573.957), abs=5e-4)
    above = special_causes(table["y"], found).outside[0] == 1
    assert table.loc[above, "x"].tolist() == ["2017-01-01"]


def simulated_with_control() -> pd.DataFrame:
    """The published series; five are added to its last 30, as those who published the result did."""
    places = [
        DATA / "series",
        *([oracle().parent / "ship" / "series"] if "CERM_ORACLE_DATA" in os.environ else []),
    ]
    found = next((place for place in places if (place / "ci_arma_data.csv").is_file()), None)
    if found is None:
        pytest.skip("ci_arma_data.csv is neither in data/series nor beside the reference data")
    table = pd.read_csv(found / "ci_arma_data.csv")
    table.loc[70:, "y"] += 5
    return table


def test_an_effect_of_five_is_found_with_a_control_series():
    table = simulated_with_control()
    found = intervention_effect(table["y"], 70, controls=table["X"])
    assert found.low < 5 < found.high
    assert found.effect == pytest.approx(4.89, abs=0.1)
    assert found.high - found.low < 2 * (5.47 - 4.26)
    assert (found.cumulative, found.judged) == (pytest.approx(30 * found.effect), 30)


def test_without_its_control_series_the_effect_is_told_less_well():
    table = simulated_with_control()
    alone = intervention_effect(table["y"], 70)
    helped = intervention_effect(table["y"], 70, controls=table["X"])
    assert alone.high - alone.low > helped.high - helped.low


def test_the_likelihood_is_that_of_statsmodels():
    """Local level with a regressor, at the variances of one of the memories."""
    rng = np.random.default_rng(8)
    n, at = 40, int(np.flatnonzero((MEMORIES == [0.1, 0.0]).all(axis=1))[0])
    control = rng.normal(size=n)
    y = np.cumsum(rng.normal(0, 0.4, n)) + 2 * control + rng.normal(size=n)
    model = whitened(np.arange(n), y, control[:, None], 0, 0)
    found = fit(model, [0, 2], n)
    variance = float(found.variance[at]) * (n - 2) / (n - 1)
    peer = UnobservedComponents(y, "local level", exog=control[:, None], mle_regression=True)
    likelihood = peer.loglike([0.9 * variance, 0.1 * variance, float(found.coefficients[at, 1])])
    assert found.log_likelihood[at] == pytest.approx(
        likelihood, abs=1e-4
    )  # its diffuse start is a large variance
