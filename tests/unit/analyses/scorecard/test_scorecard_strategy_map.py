"""The strategy map: what arrows are refused, where indicators stand, and what is odd."""

import numpy as np
import pandas as pd
import pytest
from simulated_series import listed

from cerm_nb.analyses.scorecard.arrows import arrows
from cerm_nb.analyses.scorecard.links import COLUMNS, Links
from cerm_nb.analyses.scorecard.strategy_map import EDGES, LAYERS, NODES, UNCOUNTED, strategy_map
from cerm_nb.errors import DataError


def evidence(rows=(), undrawn=()):
    frames = [
        pd.DataFrame(list(told), columns=["from", "to", "evidence"]).reindex(columns=COLUMNS)
        for told in (rows, undrawn)
    ]
    return Links(frames[0], frames[1], 0, ())


def test_arrows_are_told_in_order_and_once():
    table = listed("abc", [("a", "b"), ("a", "c"), ("b", "c")])
    table["drives"] = [("b", "c", "b"), ("c",), ()]
    assert arrows(table).to_numpy().tolist() == [["a", "b"], ["a", "c"], ["b", "c"]]
    assert arrows(listed("abc")).empty


def test_all_that_is_wrong_with_arrows_is_told_at_once():
    names = ["satisfaction", "staff", "sales", "one", "two", "three", "alone"]
    wrong = [
        ("staff", "satisfacton"),
        ("alone", "alone"),
        ("one", "two"),
        ("two", "three"),
        ("three", "one"),
        ("sales", "staff"),
        ("staff", "sales"),
    ]
    with pytest.raises(DataError) as caught:
        arrows(listed(names, wrong))
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == 4
    assert "data.indicators → staff → drives: 'satisfacton' is not listed" in told[0]
    assert "did you mean satisfaction" in told[0]
    assert "alone drives itself" in told[1]
    circles = " | ".join(told[2:])
    assert "circle" in circles
    for step in ("one → two", "two → three", "three → one", "sales → staff", "staff → sales"):
        assert step in circles


def test_of_many_names_only_the_nearest_are_told():
    names = [f"indicator_{at}" for at in range(30)]
    with pytest.raises(DataError, match="one of 30 indicators"):
        arrows(listed(names, [("indicator_1", "elsewhere")]))


def test_perspectives_are_layers_and_chains_are_ranks():
    table = listed("abcd", [("a", "b"), ("b", "c"), ("a", "c")], perspective=[*LAYERS[:3], ""])
    found = strategy_map(table, evidence())
    assert found.nodes.columns.tolist() == NODES
    assert found.nodes["layer"].tolist() == [0, 1, 2, -1]
    assert found.nodes["rank"].tolist() == [0, 1, 2, 0]
    assert found.nodes[["drives", "driven_by"]].to_numpy().tolist() == [[2, 0], [1, 1], [0, 2], [0, 0]]
    assert ("perspective_missing", {"n": 1, "names": ("d by name",)}) in found.caveats


def test_indicators_are_put_in_an_order_without_crossings():
    layers = np.repeat(LAYERS, 4)
    names = [f"n{at:02d}" for at in range(16)]
    rng = np.random.default_rng(1)
    mixed = np.concatenate([4 * layer + rng.permutation(4) for layer in range(4)])
    arrows_ = [(names[mixed[at]], names[mixed[at + 4]]) for at in range(12)]
    found = strategy_map(listed(names, arrows_, perspective=layers), evidence())
    assert found.crossings == 0
    assert found.nodes.groupby("layer")["order"].apply(sorted).tolist() == [[0, 1, 2, 3]] * 4
    assert found.nodes["x"].between(0, 1).all()
    again = strategy_map(listed(names, arrows_, perspective=layers), evidence())
    pd.testing.assert_frame_equal(found.nodes, again.nodes)


def test_crossings_that_must_be_are_counted():
    """Each of three drives each of three: at least nine crossings, whatever the order."""
    table = listed(
        "abcxyz", [(a, x) for a in "abc" for x in "xyz"], perspective=["process"] * 3 + ["customer"] * 3
    )
    assert strategy_map(table, evidence()).crossings == 9


def test_a_map_nobody_could_read_is_not_put_in_order():
    names = [f"n{at}" for at in range(60)]
    many = [(one, other) for one in names[:30] for other in names[30:]]
    found = strategy_map(listed(names, many, perspective=["process"] * 30 + ["customer"] * 30), evidence())
    assert found.crossings == UNCOUNTED
    assert found.nodes["order"].tolist() == [*range(30)] * 2


def test_odd_arrows_and_indicators_are_told():
    table = listed(
        "abcd",
        [("a", "b"), ("c", "a")],
        kind=["leading", "lagging", "lagging", "leading"],
        perspective=["process", "customer", "financial", "process"],
    )
    found = dict(strategy_map(table, evidence()).caveats)
    assert found == {
        "undriven": {"n": 1, "names": ("c by name",)},
        "driving_nothing": {"n": 1, "names": ("d by name",)},
        "against_order": {"from": "c by name", "to": "a by name"},
        "lagging_drives_leading": {"from": "c by name", "to": "a by name"},
    }


def test_edges_carry_evidence_and_what_nobody_drew():
    table = listed("abcd", [("a", "b"), ("a", "c")])
    told = evidence([("a", "b", "supported"), ("a", "c", "contradicted")], [("a", "d", "contradicted")])
    found = strategy_map(table, told)
    assert found.edges.columns.tolist() == EDGES
    assert found.edges["drawn"].tolist() == [True, True, False]
    assert ("contradicted", {"from": "a by name", "to": "c by name"}) in found.caveats
    harms = ("c by name", "d by name")
    assert ("trade_off", {"indicator": "a by name", "helps": ("b by name",), "harms": harms}) in found.caveats


def test_no_indicators_make_an_empty_map():
    found = strategy_map(listed(""), evidence())
    assert (len(found.nodes), len(found.edges), found.crossings, found.caveats) == (0, 0, 0, ())
