"""Published control charts and change points, and those planted in the hotel, from the client's table on."""

import json
import os
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.scorecard.change_points import changes
from cerm_nb.analyses.scorecard.charts import charts, points
from cerm_nb.analyses.scorecard.panels import panels
from cerm_nb.analyses.scorecard.rebasing import check_rebase, proposals
from cerm_nb.analyses.scorecard.status import status

DATA = Path(__file__).parents[2] / "data"
CAUSES = {
    "Common Cause": ("", 0),
    "Above UCL": ("outside", 1),
    "Below LCL": ("outside", -1),
    "7 Points Above CL": ("run", 1),
    "7 Points Below CL": ("run", -1),
    "2 in 3 Above CL": ("near", 1),
    "2 in 3 Below CL": ("near", -1),
}
MERGED = {"breaches": [{"from": "2018-07-01", "reason": "figures of two trusts from then on"}]}


def oracle(chart):
    folder = os.environ.get("CERM_ORACLE_DATA")
    if not folder:
        pytest.skip("CERM_ORACLE_DATA names no folder of reference data")
    return pd.read_csv(Path(folder) / f"oracle_ptd_RRK_{chart}.csv", parse_dates=["x"])


def trust():
    """Waits over four hours at the major department of one trust, as `params/nhs_ae.yml` maps them."""
    table = pd.read_csv(DATA / "nhs_ae" / "ae_attendances.csv", parse_dates=["period"])
    rows = table[(table["org_code"] == "RRK") & (table["type"] == "1")]
    return rows.rename(columns={"breaches": "value"}).assign(indicator="breaches", denominator=np.nan)


def records(names, **columns):
    return pd.DataFrame({"indicator": names, "unit": "", "measure": "", **columns})


def charted(as_of, rebase=None):
    listed = records(["breaches"], direction="lower", target=500.0)
    found = panels(trust(), listed, pd.Timestamp(as_of))
    check_rebase(rebase or {}, found)
    return charts(found.panels[0], listed, rebase=rebase), listed


@pytest.mark.parametrize(
    ("chart", "as_of", "rebase"), [("stable", "2018-03-31", None), ("rebase", "2019-03-31", MERGED)]
)
def test_the_trust_s_chart_is_the_published_one_point_by_point(chart, as_of, rebase):
    expected, found = oracle(chart), points(charted(as_of, rebase)[0])
    assert found["period"].tolist() == expected["x"].tolist()
    for ours, theirs in (("value", "y"), ("mean", "mean_col"), ("lower", "lpl"), ("upper", "upl")):
        assert found[ours].to_numpy() == pytest.approx(expected[theirs].to_numpy(), rel=1e-9)
    assert found["phase"].tolist() == expected["rebase_group"].tolist()
    told = list(zip(found["special_cause"], found["signal"], strict=True))
    assert told == [CAUSES[cause] for cause in expected["special_cause_type"]]
    assert set(found["chart"]) == {"xmr"}


def test_limits_of_the_trust_up_to_march_2018():
    found, listed = charted("2018-03-31")
    row = status(found, listed, pd.Timestamp("2018-03-31")).iloc[0]
    assert (row["mean"], row["lower"], row["upper"]) == pytest.approx((1711.875, 849.793, 2573.957), abs=5e-4)
    assert (row["variation"], row["assurance"]) == ("common", "fails")
    table = points(found)
    above = table[(table["special_cause"] == "outside") & (table["signal"] == 1)]
    assert above["period"].tolist() == [pd.Timestamp("2017-01-01")]


def test_the_trust_s_figures_changed_level_when_it_became_two():
    (row,) = proposals([charted("2019-03-31")[0]]).to_dict("records")
    assert row["period"] == pd.Timestamp("2018-07-01")
    assert row["p"] < 0.05


def test_the_series_with_one_jump():
    values = [1, 2, 1, 2, 10, *[1, 2] * 6, 1]
    kpis = pd.DataFrame(
        {"indicator": "a", "period": pd.date_range("2024-01-01", periods=18, freq="MS"), "value": values}
    )
    listed = records(["a"])
    table = points(charts(panels(kpis, listed, pd.Timestamp("2026-01-01")).panels[0], listed))
    assert table["mean"].unique() == pytest.approx([1.94], abs=0.005)
    assert (table["lower"][0], table["upper"][0]) == pytest.approx((-0.72, 4.60), abs=0.006)
    assert table.index[table["special_cause"] == "outside"].tolist() == [4]


def test_the_nile_changed_after_1898():
    flow = pd.read_csv(DATA / "series" / "nile.csv")
    found = changes(flow["volume"])
    first = flow["year"][int(found.n_before[0])]
    assert first == 1899
    assert (found.before[0], found.after[0]) == pytest.approx((1097.75, 849.97), abs=0.005)
    assert found.p[0] < 0.001
    assert found.step[0]
    assert found.low[0] < 849.97 - 1097.75 < found.high[0] < -150


def test_shampoo_sales_rise_rather_than_step():
    sales = pd.read_csv(DATA / "series" / "mk_shampoo.csv")["Sales"]
    found = changes(sales)
    assert not found.step[0]
    assert found.p_line[0] < 0.01


def test_the_hotel_s_planted_changes_are_proposed_and_no_others():
    kpis = pd.read_csv(DATA / "hanbit_hotel" / "kpis.csv", thousands=",", parse_dates=["period"])
    with sqlite3.connect(DATA / "hanbit_hotel" / "management.sqlite") as connection:
        listed = pd.read_sql("select * from indicators", connection).assign(measure="")
    planted = json.loads((DATA / "hanbit_hotel" / "truth.json").read_text(encoding="utf-8"))
    planted = planted["kpis"]["change_points"]
    found = panels(kpis, listed, pd.Timestamp("2026-06-30"))
    assert (found.reasons, found.caveats) == ({}, ())
    charted = charts(found.panels[0], listed)
    table = proposals([charted], significance=0.05).set_index("indicator")
    assert set(table.index) == set(planted)
    for name, truth in planted.items():
        assert table["period"][name] == pd.Timestamp(truth["period"])
        assert table["low"][name] < truth["step"] < table["high"][name]
    told = status(charted, listed, pd.Timestamp("2026-06-30")).set_index("indicator")["variation"]
    assert set(told[told != "common"].index) == set(planted)
    assert (told[list(planted)] == "improvement").all()


def test_the_hotel_s_indicators_that_remember_have_charts_of_residuals():
    kpis = pd.read_csv(DATA / "hanbit_hotel" / "kpis.csv", thousands=",", parse_dates=["period"])
    names = list(kpis["indicator"].unique())
    found = charts(panels(kpis, records(names), pd.Timestamp("2026-06-30")).panels[0], records(names))
    residual = {
        name for name, row in zip(names, np.isnan(found.residual).all(axis=1), strict=True) if not row
    }
    truth = json.loads((DATA / "hanbit_hotel" / "truth.json").read_text(encoding="utf-8"))
    assert set(truth["kpis"]["autocorrelation"]) <= residual
