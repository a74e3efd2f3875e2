"""Pilots against their control: planted effects, checks that block, designs that lack a part."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.roadmap.pilot_plans import plan_pilots
from cerm_nb.analyses.roadmap.pilots import COLUMNS, pilots

HOTEL = Path(__file__).parents[4] / "data" / "hanbit_hotel"


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(HOTEL / "pilots.tsv", sep="\t", parse_dates=["date"])


@pytest.fixture(scope="module")
def found(table):
    return pilots(table, margin=0.2)


def one(table, **changes):
    return pilots(table.assign(**changes), margin=0.2).frame.set_index("initiative").loc["I5"]


def test_the_hotel_s_pilots_hold_what_was_planted(found):
    planted = json.loads((HOTEL / "truth.json").read_text(encoding="utf-8"))["initiatives"]["pilots"]
    rows = found.frame.set_index("initiative")
    assert list(rows.index) == list(planted)
    for initiative, truth in planted.items():
        assert rows.loc[initiative, "low"] < truth["effect"] < rows.loc[initiative, "high"]
    assert rows["verdict"].to_dict() == {"I5": "worked", "I6": "undetermined", "I7": "worked"}
    assert rows.loc["I6", "reason"] == "interval_too_wide"
    assert (rows["estimator"] == "ancova").all()
    assert rows.loc["I5", ["n", "clusters_pilot", "clusters_control"]].tolist() == [288, 12, 12]


def test_p_is_adjusted_over_initiatives(found):
    assert (found.frame["p_adjusted"] >= found.frame["p"]).all()
    assert found.frame.loc[0, "p_adjusted"] == pytest.approx(3 * found.frame.loc[0, "p"])


def test_the_difference_before_the_change_is_told(found):
    (caveat,) = found.caveats
    assert caveat[0] == "baseline_imbalance"
    assert caveat[1]["initiative"] == "I6"
    assert caveat[1]["standardised"] > 0.25
    level = found.checks.set_index(["initiative", "check"])["level"]
    assert level["I6", "baseline_imbalance"] == "warn"
    assert level["I5", "baseline_imbalance"] == "ok"


def test_a_pilot_that_had_no_effect_worth_having_is_told_so():
    rng = np.random.default_rng(1)
    cluster = np.repeat(np.arange(60), 40)
    table = pd.DataFrame(
        {
            "initiative": "X",
            "unit": np.arange(2400).astype(str),
            "cluster": cluster.astype(str),
            "arm": np.where(cluster % 2, "pilot", "control"),
            "value": rng.normal(5, 1, 2400),
        }
    )
    row = pilots(table, margin=0.3).frame.iloc[0]
    assert (row["verdict"], row["reason"]) == ("no_effect", "below_margin")
    assert row["estimator"] == "difference_of_means"
    harmed = table.assign(value=table["value"] - 1.0 * (table["arm"] == "pilot"))
    assert pilots(harmed, margin=0.3).frame.loc[0, "reason"] == "harmful"
    shorter = pilots(harmed, margin=0.3, lower_is_better=["X"]).frame.iloc[0]
    assert (shorter["verdict"], shorter["estimate"] < 0) == ("worked", True)


def test_harm_that_only_luck_over_many_pilots_gives_is_no_harm_for_certain(table):
    alone = table[table["initiative"] == "I7"]
    moved = (alone["arm"] == "pilot") & (alone["phase"] == "after")
    fallen = alone.assign(value=alone["value"] - 0.8 * moved)  # .42 less .8: just below 0
    assert pilots(fallen, margin=0.2).frame.loc[0, "reason"] == "harmful"
    many = [fallen] + [table[table["initiative"] == "I6"].assign(initiative=f"N{at}") for at in range(9)]
    row = pilots(pd.concat(many), margin=0.2).frame.set_index("initiative").loc["I7"]
    assert row["high"] < 0
    assert (row["verdict"], row["reason"]) == ("no_effect", "below_margin")


def test_a_worth_that_only_luck_over_many_pilots_gives_is_undetermined(table):
    # The same modest result among nineteen that show nothing at all.
    rng = np.random.default_rng(2)
    modest = table[table["initiative"] == "I7"]
    nothing = [modest.assign(initiative=f"N{at}", value=rng.normal(5, 1, len(modest))) for at in range(19)]
    rows = pilots(pd.concat([modest, *nothing]), margin=0.05).frame.set_index("initiative")
    assert (rows.loc["I7", "low"] > 0, rows.loc["I7", "reason"]) == (True, "not_after_adjustment")


def test_without_clusters_units_are_compared(table):
    row = one(table, cluster=None)
    assert row["estimator"] == "difference_in_differences"
    assert row["clusters"] == row["n"] == 288
    assert row["low"] < 0.6 < row["high"]


def test_without_a_before_the_arms_are_compared_as_they_ended(table):
    after = table[table["phase"] == "after"]
    row = one(after, phase=None)
    assert row["estimator"] == "difference_of_means"
    assert row["clusters"] == 24
    assert row["low"] < 0.6 < row["high"]


def test_units_assigned_within_clusters_are_what_was_assigned(table):
    arms = np.where(np.arange(len(table)) % 2, "pilot", "control")
    row = one(table, arm=arms)
    assert row["clusters"] == row["n"]
    assert row["estimator"] == "difference_in_differences"


@pytest.mark.parametrize(
    ("keep", "reason"),
    [
        (lambda t: t["arm"] == "pilot", "no_control"),
        (lambda t: t["arm"] == "control", "no_pilot"),
        (lambda t: t["phase"] == "before", "no_after"),
        (lambda t: t["cluster"].isin(["I5-T01", "I5-T02"]), "too_few"),
    ],
)
def test_a_pilot_that_lacks_a_part_is_undetermined(table, keep, reason):
    part = table[table["initiative"] == "I5"]
    row = pilots(part[keep(part)], margin=0.2).frame.iloc[0]
    assert (row["verdict"], row["reason"]) == ("undetermined", reason)
    assert np.isnan([row["low"], row["p"], row["detectable"]]).all()


def test_a_control_that_got_the_change_too_blocks(table):
    part = table[table["initiative"] == "I5"].copy()
    # Two clusters of the control got the change as well: half of what was seen of them is the pilot's.
    both = part["cluster"].isin(["I5-T01", "I5-T04"]) & (np.arange(len(part)) % 2 == 0)
    part.loc[both, "arm"] = "pilot"
    result = pilots(part, margin=0.2)
    row = result.frame.iloc[0]
    assert (row["verdict"], row["reason"]) == ("undetermined", "contaminated_control")
    assert row["clusters_control"] == 10


def test_clusters_lost_in_one_arm_alone_block(table):
    part = table[table["initiative"] == "I5"]
    gone = (part["phase"] == "after") & part["cluster"].isin(["I5-T02", "I5-T03", "I5-T05"])
    row = pilots(part[~gone], margin=0.2).frame.iloc[0]
    assert row["reason"] == "attrition"


def test_sizes_block_where_they_were_planned_and_only_warn_where_they_were_not():
    rng = np.random.default_rng(3)
    size = np.repeat(["pilot", "control"], [300, 500])
    table = pd.DataFrame(
        {"initiative": "X", "unit": np.arange(800).astype(str), "arm": size, "value": rng.normal(5, 1, 800)}
    )
    (caveat,) = pilots(table, margin=0.1).caveats
    assert (caveat[0], caveat[1]["level"]) == ("sample_ratio_mismatch", "warn")
    assert pilots(table, margin=0.1, planned={"X": 0.5}).frame.loc[0, "reason"] == "sample_ratio_mismatch"
    assert not pilots(table, margin=0.1, planned={"X": 0.375}).caveats


def test_rows_that_belong_to_no_part_are_left_out_and_told(table):
    part = table[table["initiative"] == "I5"].copy()
    part.loc[part.index[:60], "cluster"] = None
    result = pilots(part, margin=0.2)
    assert result.caveats[0][0] == "incomplete_rows"
    assert result.caveats[0][1]["n"] == 60


def test_no_pilots_are_an_empty_table(table):
    result = pilots(table.iloc[:0], margin=0.2)
    assert list(result.frame.columns) == COLUMNS
    assert result.frame.empty
    assert result.checks.empty


def test_what_has_not_been_piloted_is_planned_from_what_has(found):
    initiatives = pd.DataFrame({"initiative": ["I5", "I1", "I2", "I3"], "effect": [0.8, 0.7, 0.2, np.nan]})
    plan = plan_pilots(initiatives, found).set_index("initiative")
    assert list(plan.index) == ["I1", "I2", "I3"]
    assert plan.loc["I2", "n_per_arm"] > plan.loc["I1", "n_per_arm"]
    assert plan.loc["I1", "n_per_arm"] == 12 * plan.loc["I1", "clusters_per_arm"]
    assert plan.loc["I1", "spread"] == pytest.approx(0.88, abs=0.02)
    assert (plan.loc[["I1", "I2"], "power"] >= 0.8).all()
    assert plan.loc["I3", "reason"] == "no_effect_expected"


def test_without_pilots_a_plan_needs_a_spread(found):
    none = type(found)(found.frame.iloc[:0], found.checks.iloc[:0], ())
    initiatives = pd.DataFrame({"initiative": ["I1"], "effect": [0.5]})
    assert plan_pilots(initiatives, none).loc[0, "reason"] == "spread_unknown"
    row = plan_pilots(initiatives, none, spread=1.0).iloc[0]
    assert row["n_per_arm"] == 64
    assert np.isnan(row["clusters_per_arm"])
