"""Proof points and how often they hold: empty cells, shares with Wilson's intervals, change between waves."""

import numpy as np
import pandas as pd
import pytest
from promise_surveys import long_ratings, management, read

from cerm_nb.analyses.promise.parameters import Params
from cerm_nb.analyses.promise.proof import MATRIX, SCORE, proof_table, prove
from cerm_nb.stats import wilson_interval

WHOLE = {
    "proof": {"en": "tea", "ko": "차"},
    "metric": "turnover",
    "owner": "desk",
    "feasibility": 4,
    "cost": 5.0,
}


def params(*carriers):
    carried = [{"touchpoint": "t0", "attribute": "a0", "level": 5.0, **one} for one in carriers]
    return Params(own_brand="us", bootstrap=100, promises=[{"name": "p", "carriers": carried}])


def waves(*shares, size=100, width=2):
    """A share of respondents rates 6, the others 4, in each wave; other people every time."""
    tables = []
    for wave, share in enumerate(shares):
        values = np.where(np.arange(size)[:, None] < share * size, 6.0, 4.0) * np.ones(width)
        table = long_ratings(values, "us", wave=f"202{wave}")
        tables.append(table.assign(respondent=table["respondent"] + f"w{wave}"))
    return pd.concat(tables)


def test_empty_cells_are_flagged_and_counted():
    own = params(WHOLE, {"attribute": "a1", "owner": "  "})
    found = prove(read(waves(0.5), own)[0], management("indicators"), own, "ko")
    assert list(found.matrix.columns) == MATRIX
    assert list(found.matrix["empty"]) == ["", "proof;metric;owner"]
    assert found.empty == 3
    assert list(found.matrix.iloc[0][["proof", "metric_name", "stage"]]) == ["차", "이직률", "before"]
    assert np.isnan(found.matrix["feasibility"][1])
    assert np.isnan(found.matrix["cost"][1])


def test_the_share_that_reaches_the_promised_level_has_wilsons_interval():
    own = params({})
    found = prove(read(waves(0.3), own)[0], None, own).kept.iloc[0]
    assert (found["kept"], found["n"], found["n_eff"]) == (0.3, 100, 100)
    assert (found["low"], found["high"]) == pytest.approx(wilson_interval(30, 100))
    assert np.isnan(found["change"])


def test_the_promised_level_itself_keeps_the_promise():
    own = params({"level": 6.0})
    assert prove(read(waves(0.3), own)[0], None, own).kept["kept"][0] == 0.3
    above = params({"level": 6.1})
    assert prove(read(waves(0.3), above)[0], None, above).kept["kept"][0] == 0.0


def test_two_carriers_at_a_touchpoint_must_both_be_kept():
    values = np.array([[6.0, 6.0], [6.0, 4.0], [np.nan, 6.0], [np.nan, np.nan]] * 20)
    own = params({}, {"attribute": "a1"})
    found = prove(read(long_ratings(values, "us").dropna(subset=["value"]), own)[0], None, own)
    assert len(found.kept) == 1
    assert found.kept["n"][0] == 60  # whoever rated neither says nothing
    assert found.kept["kept"][0] == pytest.approx(2 / 3)
    assert found.matrix["promise"].tolist() == ["p", "p"]


def test_change_between_waves_has_its_interval():
    own = params({})
    found = prove(read(waves(0.2, 0.6, 0.6), own)[0], None, own).kept
    assert list(found["wave"]) == ["2020", "2021", "2022"]
    assert list(found["before"]) == ["", "2020", "2021"]
    assert found["change"].to_numpy()[1:] == pytest.approx([0.4, 0.0])
    assert found["change_low"][1] > 0.25
    assert found["p"][1] < 0.001
    assert found["change_low"][2] < 0 < found["change_high"][2]


def test_a_panel_that_answers_again_makes_change_surer():
    values = np.random.default_rng(1).normal(5, 1, (120, 2))
    later = values + 0.3
    own = params({})
    same = pd.concat([long_ratings(values, "us", wave="2020"), long_ratings(later, "us", wave="2021")])
    others = same.assign(
        respondent=same["respondent"].where(same["wave"] == "2020", same["respondent"] + "x")
    )
    panel, apart = (prove(read(table, own)[0], None, own).kept.iloc[1] for table in (same, others))
    assert panel["change"] == pytest.approx(apart["change"])
    assert panel["change_high"] - panel["change_low"] < 0.8 * (apart["change_high"] - apart["change_low"])


def test_too_few_answers_have_no_score_and_weights_count():
    own = params({})
    few = prove(read(waves(0.5, size=20), own)[0], None, own).kept.iloc[0]
    assert few["n"] == 20
    assert np.isnan(few[["kept", "low", "high"]].astype(float)).all()
    table = waves(0.5)
    people = pd.DataFrame({"respondent": table["respondent"].unique(), "wave": "2020"})
    people["weight"] = np.where(np.arange(100) < 50, 3.0, 1.0)
    weighted = prove(read(table, own, people)[0], None, own).kept.iloc[0]
    assert weighted["kept"] == pytest.approx(0.75)
    assert weighted["n_eff"] == pytest.approx(80)


def test_the_published_table_has_a_row_for_each_carrier_and_wave():
    own = params(WHOLE, {"attribute": "a1"})
    found = prove(read(waves(0.2, 0.6), own)[0], None, own)
    table = proof_table(found)
    assert list(table.columns) == [*MATRIX, *SCORE]
    assert len(table) == 4
    nothing = Params(own_brand="us")
    empty = prove(read(waves(0.2), nothing)[0], None, nothing)
    assert proof_table(empty).empty
    assert empty.empty == 0
