"""Campaigns, indicators and pilots carry the effects that are planted, and no others."""

import sqlite3

import numpy as np
import pandas as pd
import pytest
from generator.indicators import INDICATORS
from generator.initiatives import INITIATIVES
from scipy.stats import norm


@pytest.fixture(scope="module")
def kept(shipped):
    connection = sqlite3.connect(shipped / "management.sqlite")
    names = ("offers", "channels", "campaigns", "indicators", "initiatives")
    tables = {name: pd.read_sql(f"SELECT * FROM {name}", connection) for name in names}
    connection.close()
    return tables


@pytest.fixture(scope="module")
def responses(shipped):
    return pd.read_csv(shipped / "campaign_responses.csv.gz")


@pytest.fixture(scope="module")
def months(shipped):
    """Indicators by month."""
    table = pd.read_csv(shipped / "kpis.csv", thousands=",", parse_dates=["period"])
    return table.pivot_table(index="period", columns="indicator", values="value")


def difference(rows, column):
    """Treatment less control with its standard error."""
    treated, control = (rows.loc[rows["arm"] == arm, column] for arm in ("treatment", "control"))
    error = np.sqrt(treated.var() / len(treated) + control.var() / len(control))
    return treated.mean() - control.mean(), error


def test_clean_campaigns_show_their_true_lift(responses, truth):
    planted = truth["campaigns"]["campaigns"]
    for name, rows in responses.groupby("campaign"):
        if not planted[name]["contaminated"]:
            for column, lift in (("responded", "lift"), ("spend", "lift_in_spend")):
                found, error = difference(rows, column)
                assert abs(found - planted[name][lift]) < 2.5 * error, (name, column)


def test_the_contaminated_campaign_shows_less_than_its_true_lift(responses, truth):
    [(name, one)] = [
        (name, one) for name, one in truth["campaigns"]["campaigns"].items() if one["contaminated"]
    ]
    rows = responses[responses["campaign"] == name]
    found, error = difference(rows, "responded")
    assert found + 1.96 * error < one["lift"]
    other = responses[responses["campaign"] == truth["campaigns"]["contaminated_by"]]
    contacted = set(other.loc[other["contacted"] == 1, "customer_id"])
    reached = rows["customer_id"].isin(contacted).groupby(rows["arm"]).mean()
    assert reached["control"] == pytest.approx(truth["campaigns"]["contaminated_share"], abs=0.05)
    assert reached["treatment"] == 0


def test_arms_are_of_equal_size_and_hold_a_customer_once(responses):
    for _, rows in responses.groupby("campaign"):
        arms = rows["arm"].value_counts()
        assert arms["treatment"] == arms["control"]
        assert not rows["customer_id"].duplicated().any()
        assert (rows.loc[rows["arm"] == "control", "contacted"] == 0).all()


def test_campaigns_name_offers_and_channels_that_exist(kept):
    assert set(kept["campaigns"]["offer"]) <= set(kept["offers"]["offer"])
    assert set(kept["campaigns"]["channel"]) <= set(kept["channels"]["channel"])


def test_leaders_lead_by_the_planted_months(months, truth):
    for one in truth["kpis"]["lead_lag"]:
        leader, follower = months[one["from"]].to_numpy(), months[one["to"]].to_numpy()
        found = [np.corrcoef(leader[:-lag], follower[lag:])[0, 1] for lag in range(1, 7)]
        assert int(np.argmax(np.abs(found))) + 1 == one["lag_months"]
        assert found[one["lag_months"] - 1] == pytest.approx(one["coefficient"], abs=0.12)


def test_links_that_are_only_believed_are_not_there(months, truth):
    believed = [link.split(" → ") for link in truth["kpis"]["believed_but_false"]]
    assert len(believed) == 9
    smallest = [evidence(months[leader].to_numpy(), months[driven].to_numpy()) for leader, driven in believed]
    assert min(smallest) * len(believed) > 0.05


def evidence(leader, follower):
    """Smallest p over lags 1 to 6 of the pre-whitened series, times the number of lags."""
    one, other = whitened(leader), whitened(follower)
    found = [
        2 * norm.sf(abs(np.arctanh(np.corrcoef(one[:-lag], other[lag:])[0, 1])) * np.sqrt(len(one) - lag - 3))
        for lag in range(1, 7)
    ]
    return min(found) * len(found)


def whitened(series):
    centred = series - series.mean()
    return centred[1:] - (centred[1:] @ centred[:-1]) / (centred[:-1] @ centred[:-1]) * centred[:-1]


def test_change_points_are_where_they_are_planted(months, truth):
    for name, one in truth["kpis"]["change_points"].items():
        values = months[name].to_numpy()
        splits = range(4, len(values) - 3)
        left = [((v := values[:at]) - v.mean()) @ (v - v.mean()) for at in splits]
        right = [((v := values[at:]) - v.mean()) @ (v - v.mean()) for at in splits]
        at = int(np.argmin(np.array(left) + right)) + 4
        assert str(months.index[at].date()) == one["period"], name
        assert values[at:].mean() - values[:at].mean() == pytest.approx(one["step"], rel=0.25)


def test_every_indicator_has_36_months_and_only_drives_indicators(months, kept):
    assert months.shape == (36, len(INDICATORS))
    assert months.notna().all(axis=None)
    assert str(months.index[0].date()) == "2023-07-01"
    listed = kept["indicators"]
    driven = {name for text in listed["drives"] for name in text.split(";") if name}
    assert driven <= set(listed["indicator"]) == set(INDICATORS)


def test_pilots_show_their_true_effect_between_clusters(shipped, truth):
    pilots = pd.read_csv(shipped / "pilots.tsv", sep="\t")
    for name, rows in pilots.groupby("initiative"):
        means = rows.pivot_table(index=["cluster", "arm"], columns="phase", values="value")
        change = (means["after"] - means["before"]).groupby("arm").agg(["mean", "var", "size"])
        found = change.loc["pilot", "mean"] - change.loc["control", "mean"]
        error = np.sqrt((change["var"] / change["size"]).sum())
        assert abs(found - truth["initiatives"]["pilots"][name]["effect"]) < 2.5 * error, name


def test_initiatives_name_what_exists_and_depend_on_each_other_without_a_circle(kept, truth):
    listed = kept["initiatives"].set_index("initiative")
    asked = {(one["touchpoint"], one["attribute"]) for one in truth["survey"]["attributes"]}
    assert set(zip(listed["touchpoint"], listed["attribute"], strict=True)) <= asked
    assert set(listed["indicator"]) <= set(INDICATORS)
    for name in listed.index:
        seen = name
        while listed.loc[seen, "depends_on"]:
            seen = listed.loc[seen, "depends_on"]
            assert seen != name
    assert set(truth["initiatives"]["effects"]) == set(INITIATIVES)
