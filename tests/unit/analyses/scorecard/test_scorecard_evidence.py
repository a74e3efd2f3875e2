"""Evidence for the links the client believes in, and links nobody drew."""

import numpy as np
import pandas as pd
import pytest
from simulated_series import listed, months, panel, remembering

from cerm_nb.analyses.scorecard import links as links_module
from cerm_nb.analyses.scorecard.links import COLUMNS, links
from cerm_nb.analyses.scorecard.panels import Panels
from cerm_nb.errors import DataError


def pair(periods, relation, lag=2, seed=1, memory=0.4):
    """Leader and follower with a correlation of their surprises at a lag."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((2, periods + 20))
    noise[1, lag:] = relation * noise[0, : periods + 20 - lag] + np.sqrt(1 - relation**2) * noise[1, lag:]
    for at in range(1, periods + 20):
        noise[:, at] += memory * noise[:, at - 1]
    return noise[:, 20:]


def evidence_of(a, b, **others):
    found = links(months({"a": a, "b": b}), listed("ab", [("a", "b")], **others))
    return found.frame.iloc[0]


def test_a_link_that_is_there_is_supported_at_its_lag():
    row = evidence_of(*pair(48, 0.85))
    assert (row["evidence"], row["lag"], row["ahead"], row["ahead_unit"]) == ("supported", 2, 2, "months")
    assert 0 < row["low"] < row["estimate"] < row["high"] < 1
    assert 0 < row["effect_low"] < row["effect"] < row["effect_high"]
    assert row["p"] <= row["p_adjusted"] < 0.05
    assert row["reason"] == ""


@pytest.mark.parametrize(
    ("relation", "directions", "evidence"),
    [
        (0.85, ("higher", "higher"), "supported"),
        (0.85, ("lower", "lower"), "supported"),
        (-0.85, ("higher", "lower"), "supported"),
        (-0.85, ("higher", "higher"), "contradicted"),
        (0.85, ("lower", "higher"), "contradicted"),
        (-0.85, ("higher", ""), "supported"),
    ],
)
def test_good_is_to_go_with_good(relation, directions, evidence):
    assert evidence_of(*pair(48, relation), direction=list(directions))["evidence"] == evidence


def test_nothing_found_tells_against_a_link_only_where_it_would_have_been_found():
    short, long = (evidence_of(*pair(periods, 0.0, seed=3)) for periods in (36, 120))
    assert short["evidence"] == "too_short"
    assert short["power"] < 0.8
    assert short["detectable"] > 0.5
    assert short["needed"] > short["n"]
    assert long["evidence"] == "not_supported"
    assert long["power"] >= 0.8
    assert long["detectable"] < 0.5


def test_a_change_of_level_in_both_makes_no_link_and_in_one_hides_none():
    rng = np.random.default_rng(5)
    step = np.where(np.arange(60) >= 30, 6.0, 0.0)
    unrelated = remembering(rng, 0.3, 2, 60) + np.stack([step, np.roll(step, 2) * (np.arange(60) > 1)])
    found = links(months({"a": unrelated[0], "b": unrelated[1]}), listed("ab", [("a", "b")]))
    assert found.frame.loc[0, "evidence"] != "supported"
    assert ("steps_removed", {"n": 2, "names": ("a", "b")}) in found.caveats
    a, b = pair(60, 0.8)
    assert evidence_of(a + step, b)["evidence"] == "supported"
    assert evidence_of(a, b - step)["evidence"] == "supported"


def test_more_arrows_make_each_harder_to_support():
    rng = np.random.default_rng(6)
    a, b = pair(40, 0.55, seed=4)
    others = {f"o{at}": row for at, row in enumerate(remembering(rng, 0.2, 20, 40))}
    alone = links(months({"a": a, "b": b}), listed("ab", [("a", "b")])).frame.iloc[0]
    names = ["a", "b", *others]
    arrows = [("a", "b"), *zip(list(others)[::2], list(others)[1::2], strict=True)]
    among = links(months({"a": a, "b": b, **others}), listed(names, arrows)).frame
    assert list(among["from"]) == [first for first, _ in arrows]
    first = among.iloc[0]
    assert first["p"] == alone["p"] == pytest.approx(alone["p_adjusted"])
    assert first["p"] < 0.05 < first["p_adjusted"]
    assert (first["evidence"], first["reason"]) == ("too_short", "not_after_adjustment")
    assert first["power"] < alone["power"]


def test_links_nobody_drew_are_found_from_leading_to_lagging():
    a, b = pair(60, 0.85)
    c, d = remembering(np.random.default_rng(7), 0.3, 2, 60)
    kinds = ["leading", "lagging", "leading", "lagging"]
    found = links(months({"a": a, "b": b, "c": c, "d": d}), listed("abcd", kind=kinds))
    assert found.pairs == 4
    assert found.undrawn[["from", "to", "lag", "evidence"]].to_numpy().tolist() == [
        ["a", "b", 2, "supported"]
    ]
    drawn = links(months({"a": a, "b": b, "c": c, "d": d}), listed("abcd", [("a", "b")], kind=kinds))
    assert (drawn.pairs, len(drawn.undrawn)) == (3, 0)


def test_indicators_of_no_kind_may_lead_and_lag():
    a, b = pair(60, 0.85)
    found = links(months({"a": a, "b": b}), listed("ab"))
    assert (found.pairs, found.undrawn["from"].tolist()) == (2, ["a"])


def test_too_many_pairs_are_not_looked_through(monkeypatch):
    monkeypatch.setattr(links_module, "MOST_PAIRS", 3)
    a, b = pair(60, 0.85)
    found = links(months({"a": a, "b": b}), listed("ab"))
    assert (found.pairs, len(found.undrawn)) == (0, 0)
    assert found.caveats == (("undrawn_not_sought", {"pairs": 4, "most": 3}),)


def test_months_are_averaged_where_the_other_is_told_by_quarter():
    a, b = pair(48, 0.9, lag=1, memory=0.0)
    fine = panel({"a": np.repeat(a, 3)})
    coarse = panel({"b": b}, length=pd.DateOffset(months=3))
    found = links(Panels((fine, coarse)), listed("ab", [("a", "b")]))
    row = found.frame.iloc[0]
    assert (row["evidence"], row["lag"], row["ahead"], row["n"]) == ("supported", 1, 3, 47)
    assert ("links_aggregated", {"n": 1}) in found.caveats
    same = evidence_of(a, b)
    assert row["estimate"] == pytest.approx(same["estimate"])


def test_a_coarser_period_with_a_finer_one_missing_is_a_gap():
    a, b = pair(48, 0.9, lag=1, memory=0.0)
    fine = np.repeat(a, 3)
    fine[[40, 90]] = np.nan
    coarse = panel({"b": b}, length=pd.DateOffset(months=3))
    found = links(Panels((panel({"a": fine}), coarse)), listed("ab", [("a", "b")]))
    assert found.frame.loc[0, "n"] == 45


def test_days_are_averaged_over_months():
    a, b = pair(36, 0.9, lag=1, memory=0.0)
    start = pd.date_range("2020-01-01", periods=36, freq="MS")
    days = pd.date_range("2020-01-01", "2022-12-31")
    daily = a[start.searchsorted(days, side="right") - 1]
    told = panel({"a": daily}, length=pd.DateOffset(days=1), season=7), panel({"b": b})
    row = links(Panels(told), listed("ab", [("a", "b")])).frame.iloc[0]
    assert (row["evidence"], row["lag"], row["ahead_unit"], row["n"]) == ("supported", 1, "months", 35)
    assert row["estimate"] == pytest.approx(evidence_of(a, b)["estimate"])


def test_quarters_that_begin_in_other_months_cannot_be_compared():
    quarter = pd.DateOffset(months=3)
    one = panel({"a": np.random.default_rng(1).standard_normal(30)}, length=quarter)
    other = panel({"b": np.random.default_rng(2).standard_normal(30)}, length=quarter, first="2020-02-01")
    row = links(Panels((one, other)), listed("ab", [("a", "b")])).frame.iloc[0]
    assert (row["evidence"], row["reason"], row["lag"]) == ("too_short", "frequency_differs", 0)
    assert np.isnan(row["p_adjusted"])


@pytest.mark.parametrize(
    ("values", "reason"),
    [(np.ones(40), "constant"), (np.append(np.arange(8.0) % 3, np.full(32, np.nan)), "too_few")],
)
def test_what_cannot_be_tested_says_why(values, reason):
    b = remembering(np.random.default_rng(1), 0.3, 1, 40)[0]
    row = evidence_of(values, b)
    assert (row["evidence"], row["reason"]) == ("too_short", reason)
    assert np.isnan(row[["estimate", "low", "high", "p", "power", "detectable"]].astype(float)).all()


def test_indicators_without_values_say_why():
    b = remembering(np.random.default_rng(1), 0.3, 1, 40)[0]
    found = Panels((panel({"b": b}),), {"a": "irregular", "c": "no_values"})
    rows = links(found, listed("abc", [("a", "b"), ("c", "b")])).frame
    assert rows["reason"].tolist() == ["irregular", "no_values"]
    nobody = links(Panels(()), listed("abc", [("a", "b")]))
    assert nobody.frame["reason"].tolist() == ["no_values"]


def test_what_moves_together_does_not_tell_who_leads():
    a, b = pair(60, 0.95, lag=0)
    row = evidence_of(a, b)
    assert (row["evidence"], row["reason"]) == ("not_supported", "same_period")


def test_no_arrows_and_no_indicators_give_empty_frames():
    for records in (listed("ab"), listed("")):
        found = links(Panels(()), records)
        assert found.frame.columns.tolist() == found.undrawn.columns.tolist() == COLUMNS
        assert (len(found.frame), len(found.undrawn)) == (0, 0)


def test_arrows_that_cannot_be_are_refused():
    with pytest.raises(DataError, match="circle"):
        links(Panels(()), listed("ab", [("a", "b"), ("b", "a")]))
