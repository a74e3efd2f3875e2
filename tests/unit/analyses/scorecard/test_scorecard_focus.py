"""Which indicators are kept in sight, and that every term of the score can be followed."""

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.scorecard.focus import COLUMNS, focus


def indicators(count, **told):
    usual = {"perspective": "customer", "kind": "lagging", "n": 24}
    usual |= {"variation": "common", "assurance": "hit_and_miss", "p_hit": 0.5}
    return pd.DataFrame({"indicator": [f"k{each}" for each in range(count)], **(usual | told)})


def links(*rows):
    return pd.DataFrame(rows, columns=["from", "to", "estimate", "evidence"])


def test_the_score_is_what_its_terms_make():
    found = focus(indicators(3), links(("k0", "k1", 0.8, "supported")), {"k1": 3.0}, 2)
    first = found.set_index("indicator").loc["k0"]
    assert first["importance_own"] == pytest.approx(1 / 3)
    assert first["importance_flowed"] == pytest.approx(0.5 * 0.8)  # half of 0.8 times that of k1, which is 1
    assert first["evidence"] == 1
    assert first["urgency"] == pytest.approx((0 + 0.5 + 0.5) / 3)
    told = found["importance"] * found["evidence"] * (1 + found["urgency"]) / 2
    assert found["score"].to_numpy() == pytest.approx(told.to_numpy())
    terms = found[[name for name in COLUMNS if name.startswith(("importance", "evidence", "urgency"))]]
    assert ((terms >= 0) & (terms <= 1)).all(axis=None)
    assert found["score"].between(0, 1).all()


def test_importance_flows_back_through_supported_links_only_and_through_several():
    chain = links(
        ("k2", "k1", 1.0, "supported"),
        ("k1", "k0", -1.0, "supported"),
        ("k3", "k0", 1.0, "not_supported"),
        ("k4", "nobody", 1.0, "supported"),
    )
    found = focus(indicators(5), chain, {}, 5).set_index("indicator")["importance"]
    assert found["k1"] / found["k0"] == pytest.approx(1 + 0.5)
    assert found["k2"] / found["k0"] == pytest.approx(1 + 0.5 + 0.25)
    assert found["k3"] == found["k4"] == found["k0"]


def test_a_circle_of_links_ends():
    ring = links(
        ("k0", "k1", 1.0, "supported"), ("k1", "k0", 1.0, "supported"), ("k0", "k0", 1.0, "supported")
    )
    found = focus(indicators(3), ring, {}, 2).set_index("indicator")
    assert found.loc["k0", "importance"] == found.loc["k1", "importance"] == 1
    assert found.loc["k2", "importance"] == pytest.approx(1 / 2, abs=0.01)


def test_no_more_than_asked_for_are_in_focus_and_ties_go_by_identifier():
    found = focus(indicators(9, kind="", perspective=""), links(), {}, 4)
    assert list(found["indicator"]) == [f"k{each}" for each in range(9)]
    assert list(found["in_focus"]) == [True] * 4 + [False] * 5
    assert list(found["place"]) == list(range(1, 10))
    turned = focus(indicators(9, kind="", perspective="").iloc[::-1], links(), {}, 4)
    pd.testing.assert_frame_equal(found, turned)


def test_leading_and_lagging_and_every_perspective_are_there():
    perspective = ["financial"] * 5 + ["customer", "process", "people_information"]
    kind = ["lagging"] * 5 + ["lagging", "lagging", "leading"]
    table = indicators(8, perspective=perspective, kind=kind, n=[24] * 5 + [6] * 3)
    found = focus(table, links(), {}, 5).set_index("indicator")
    chosen = found[found["in_focus"]]
    assert set(chosen["perspective"]) == set(perspective)
    assert set(chosen["kind"]) == {"leading", "lagging"}
    assert chosen["chosen_for"].to_dict() == {
        "k0": "kind",
        "k1": "score",
        "k5": "perspective",
        "k6": "perspective",
        "k7": "kind",
    }


def test_kinds_go_before_perspectives_where_there_is_no_room_for_both():
    perspective = ["financial", "customer", "process"]
    table = indicators(3, perspective=perspective, kind=["lagging", "lagging", "leading"], n=[24, 24, 3])
    found = focus(table, links(), {}, 2)
    assert set(found.loc[found["in_focus"], "indicator"]) == {"k0", "k2"}


def test_what_presses_goes_first_and_the_unknown_is_neither_calm_nor_alarm():
    table = indicators(
        3,
        kind="",
        perspective="",
        variation=["common", "concern", "undetermined"],
        assurance=["passes", "fails", "undetermined"],
        p_hit=[0.99, 0.1, np.nan],
    )
    found = focus(table, links(), {}, 1).set_index("indicator")
    assert found.index[0] == "k1"
    assert found.loc["k2", "urgency"] == 0.5
    assert found.loc["k2", ["urgency_variation", "urgency_assurance", "urgency_chance"]].isna().all()
    assert found.loc["k2", "evidence_status"] == 0
    assert found.loc["k0", "urgency"] == pytest.approx(0.01 / 3)


@pytest.mark.parametrize("n", [0, 1])
def test_none_or_one_indicator(n):
    found = focus(indicators(n), links(), {}, 7)
    assert list(found.columns) == COLUMNS
    assert found["in_focus"].sum() == n


def test_an_indicator_without_values_has_no_score():
    table = indicators(1, n=np.nan, variation="undetermined", assurance="undetermined", p_hit=np.nan)
    assert focus(table, links(), {}, 7)["score"].iloc[0] == 0
