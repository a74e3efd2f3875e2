from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from readiness_client import AS_OF, Resolution, cell, no_keys, table

from cerm_nb import findings, schemas
from cerm_nb.analyses import value
from cerm_nb.analyses.readiness import (
    DIMENSIONS,
    EVIDENCE,
    QUESTIONS,
    QUESTIONS_OF,
    SOURCES,
    Params,
    acquisition,
    answer,
    maturity,
    score_sources,
)
from cerm_nb.analyses.readiness.fixes import FIXES
from cerm_nb.analyses.readiness.maturity import level_of
from cerm_nb.analyses.readiness.questionnaire import declared
from cerm_nb.errors import DataError

ALL_FOUR = {name: [4, 4, 5, 4] for name in DIMENSIONS}


def client(filled=1.0, rows=2000, sources=SOURCES, **more):
    """A log in each of the sources, filled to a share (or one for each), all else perfect."""
    shares = zip(sources, np.broadcast_to(filled, len(sources)), strict=True)
    tables = pd.DataFrame([table(name, "contacts", name, rows, columns_used=10) | more for name in sources])
    cells = pd.DataFrame([cell(name, "text", rows, round(share * rows)) for name, share in shares])
    keys = pd.DataFrame({"entry": sources, "rows": rows, "linked": rows})
    return score_sources(tables, cells, Resolution(), keys, Params(), AS_OF)


def nothing():
    tables = pd.DataFrame([table("calls", "contacts", "press", 0, dated=0, columns_there=0)])
    return score_sources(
        tables, pd.DataFrame([cell("calls", "text", 0, 0)]), Resolution(), no_keys(), Params(), AS_OF
    )


def judged(scores=None, own=None, said=None, **more):
    return maturity(scores or nothing(), said, own or Params(), **more)


def told(state, scores=None):
    return answer(state, scores or nothing(), Params())


def row(state, dimension: str) -> pd.Series:
    return state.frame.set_index("dimension").loc[dimension]


def questionnaire(**answers: list[float]) -> pd.DataFrame:
    rows = [
        (dimension, f"{dimension}.{at}", value, f"manager {at}")
        for dimension, values in answers.items()
        for at, value in enumerate(values)
    ]
    return pd.DataFrame(rows, columns=["dimension", "question", "answer", "respondent"])


def test_parameters_shared_with_value_are_the_same():
    for name in ("margin", "confidence", "bootstrap", "seed", "min_group"):
        assert repr(Params.model_fields[name]) == repr(value.Params.model_fields[name])


def test_every_dimension_has_questions_evidence_and_a_use():
    assert DIMENSIONS == schemas.customer_information.DIMENSIONS
    assert set(QUESTIONS) == set(QUESTIONS_OF) == set(EVIDENCE.values()) == set(DIMENSIONS)
    assert {len(questions) for questions in QUESTIONS.values()} == {4}
    assert {each for numbers in QUESTIONS_OF.values() for each in numbers} == {1, 2, 3, 4, 5}


@pytest.mark.parametrize("given", [{"data": [0]}, {"data": [5.5]}, {"dates": [3]}, {"data": [float("nan")]}])
def test_answers_in_the_params_that_cannot_be_are_refused(given):
    with pytest.raises(ValidationError):
        Params(maturity=given)


@pytest.mark.parametrize(
    ("share", "level"), [(0, 1), (0.25, 1.5), (0.5, 2), (0.7, 3), (0.775, 3.5), (0.85, 4), (0.95, 5), (1, 5)]
)
def test_levels_of_shares(share, level):
    assert level_of(share) == pytest.approx(level)


def test_mean_answer_has_the_interval_of_student():
    said = declared(questionnaire(data=[2, 3, 4]), {}, 0.95).set_index("dimension").loc["data"]
    # t(2) at 97.5 % is 4.3027, the standard error 1/√3
    assert said["declared"] == 3
    assert (said["declared_low"], said["declared_high"]) == (1, 5)
    narrow = declared(questionnaire(data=[2, 3, 4] * 12), {}, 0.95).set_index("dimension").loc["data"]
    half = 2.030108 * np.sqrt(24 / 35 / 36)
    assert narrow["declared_low"] == pytest.approx(3 - half, abs=1e-5)


def test_a_respondent_counts_once_however_many_questions_were_answered():
    said = pd.concat([questionnaire(data=[1]), questionnaire(data=[5]), questionnaire(data=[3, 4])])
    frame = declared(said, {"data": [5.0]}, 0.95).set_index("dimension")
    # manager 0 answered 1, 5 and 3, manager 1 answered 4, the params add one answer of 5
    assert frame.loc["data", "declared"] == pytest.approx((3 + 4 + 5) / 3)
    assert frame.loc["data", "declared_n"] == 3
    nameless = declared(said.assign(respondent=None), {}, 0.95).set_index("dimension")
    assert nameless.loc["data", "declared_n"] == 4


def test_mean_answer_is_recovered_and_covered():
    random = np.random.default_rng(2)
    shares = np.array([0.1, 0.2, 0.3, 0.3, 0.1])
    true = float(shares @ np.arange(1, 6))
    covered, means, rounds = 0, [], 300
    for _ in range(rounds):
        given = {"data": list(random.choice(np.arange(1.0, 6.0), 12, p=shares))}
        said = declared(None, given, 0.95).iloc[0]
        means.append(said["declared"])
        covered += said["declared_low"] <= true <= said["declared_high"]
    assert np.mean(means) == pytest.approx(true, abs=0.05)
    assert 0.92 <= covered / rounds <= 0.98


def test_one_answer_or_equal_answers_are_not_taken_for_certain():
    frame = declared(None, {"data": [3], "systems": [3, 3, 3]}, 0.95).set_index("dimension")
    assert frame.loc["data", ["declared_low", "declared_high"]].tolist() == [1, 5]
    low, high = frame.loc["systems", ["declared_low", "declared_high"]]
    assert 2 < low < 3 < high < 4
    assert frame.loc["process", "declared_n"] == 0
    assert np.isnan(frame.loc["process", "declared"])


def test_answers_in_the_table_that_cannot_be_are_refused_all_at_once():
    said = questionnaire(data=[0, 3, 6, np.nan], dates=[3])
    with pytest.raises(DataError) as caught:
        judged(said=said)
    assert len(caught.value.problems) == 3
    assert "maturity → data → data.0: got 0" in str(caught.value)


def test_what_was_measured_overrides_what_was_said():
    state = judged(client(filled=0.5), Params(maturity=ALL_FOUR))
    data = row(state, "data")
    assert data["level"] == data["measured"] == pytest.approx(2.0)
    assert (data["evidence"], data["share"], data["n"]) == ("completeness", 0.5, 14_000)
    assert data["gap"] == pytest.approx(4.25 - 2)
    assert data["low"] < 2 < data["high"]
    strategy = row(state, "customer_strategy")
    assert (strategy["level"], strategy["evidence"], strategy["n"]) == (4.25, "declared", 4)
    assert np.isnan(strategy["gap"])


def test_the_weakest_dimension_decides():
    state = judged(client(filled=0.6), Params(maturity=ALL_FOUR))
    assert state.weakest == "data"
    assert state.level == pytest.approx(2.5)
    assert state.low <= state.level <= state.high
    assert state.unknown == ()


def test_each_source_counts_alike_whatever_its_size():
    tables = pd.DataFrame(
        [table("big", "contacts", "press", 10**6), table("small", "contacts", "cards", 100)]
    )
    cells = pd.DataFrame([cell("big", "text", 10**6, 10**6), cell("small", "text", 100, 50)])
    scores = score_sources(tables, cells, Resolution(), no_keys(), Params(), AS_OF)
    evidence = judged(scores).evidence.set_index("evidence").loc["completeness"]
    assert evidence["share"] == pytest.approx(0.75)
    # half the interval of the small source, 40.4–59.6 % by Wilson
    assert evidence["share_low"] == pytest.approx(0.75 - 0.0481, abs=1e-3)


def test_level_is_recovered_and_covered_when_a_source_is_drawn_again():
    random = np.random.default_rng(6)
    covered, levels, rounds = 0, [], 60
    for _ in range(rounds):
        state = judged(client(filled=random.binomial(500, 0.8, 7) / 500, rows=500))
        data = row(state, "data")
        levels.append(data["level"])
        covered += data["low"] <= level_of(0.8) <= data["high"]
    assert np.mean(levels) == pytest.approx(level_of(0.8), abs=0.05)
    assert covered / rounds >= 0.88


def test_strategy_is_measured_by_value_known_and_spend_with_a_return():
    people = pd.DataFrame({"customer_id": [f"c{at}" for at in range(100)], "acquired_by": "fair"})
    worth = people[["customer_id"]].iloc[:90].assign(spend=1.0)
    given = pd.DataFrame(
        {"activity": ["fair", "leaflet"], "kind": ["event", "leaflet"], "cost": [30.0, 70.0]}
    )
    spent = acquisition(given, people, worth, Params())
    strategy = row(judged(customers=people, value=worth, activities=spent), "customer_strategy")
    assert (strategy["evidence"], strategy["share"]) == ("spend_measurable", pytest.approx(0.3))
    strategy = row(judged(customers=people, value=worth), "customer_strategy")
    assert (strategy["evidence"], strategy["share"], strategy["n"]) == ("value_known", 0.9, 100)
    assert row(judged(customers=people.iloc[:0], value=worth), "customer_strategy")["evidence"] == "none"


@pytest.mark.parametrize(
    ("filled", "answers", "verdict", "reason"),
    [
        (0.4, ALL_FOUR, "stop", "below_first_gate"),
        (0.6, ALL_FOUR, "watch", "below_ready"),
        (0.99, {}, "watch", "dimension_unknown"),
        (0.99, {"customer_strategy": [3, 4]}, "watch", "borderline"),
        (0.99, ALL_FOUR, "go", ""),
    ],
)
def test_verdicts(filled, answers, verdict, reason):
    scores = client(filled=filled)
    state = judged(scores, Params(maturity=answers))
    found = told(state, scores)
    assert (found.verdict, found.reason) == (verdict, reason)
    assert found.low <= found.value <= found.high
    assert found.verdict in findings.VERDICTS
    assert (found.urgent > 0) == (verdict != "go")


def test_nothing_known_is_not_enough():
    found = told(judged())
    assert (found.verdict, found.reason) == ("not_enough_data", "nothing_measured")
    assert np.isnan(found.value)
    assert (found.n, found.weakest, found.evidence, found.dimensions) == (0, "", "none", 0)
    assert found.fixes["kind"].tolist() == ["unknown"] * 5 + ["missing"] * 7


def test_a_client_without_any_table_is_not_enough():
    bare = pd.DataFrame([table("x", "customers", None, 1)]).iloc[:0]
    cells = pd.DataFrame([cell("x", "y", 1, 1)]).iloc[:0]
    scores = score_sources(bare, cells, Resolution(reason="no_lists"), no_keys(), Params(), AS_OF)
    spent = acquisition(None, pd.DataFrame({"customer_id": [], "acquired_by": []}), None, Params())
    found = told(judged(scores, activities=spent), scores)
    assert (found.verdict, found.rows, found.sources_there) == ("not_enough_data", 0, 0)


def test_an_unknown_dimension_may_be_the_weakest():
    state = judged(client())
    assert state.unknown == ("customer_strategy",)
    assert state.low == 1
    assert state.level == 5
    assert ("dimension_unknown", {"dimension": "customer_strategy"}) in told(state, client()).caveats


def test_fixes_come_by_gate_then_by_gap():
    tables = pd.DataFrame(
        [
            table("calls", "contacts", "call_centre", 1000),
            table("cards", "contacts", "cards", 1000),
            table("web", "contacts", "internet", 50, used_by=()),
        ]
    )
    cells = [
        cell("calls", "text", 1000, 300),
        cell("calls", "phone", 1000, 100),
        cell("cards", "text", 1000, 700),
    ]
    cells += [cell("web", "text", 50, 50)]
    keys = pd.DataFrame({"entry": ["calls", "cards"], "rows": 1000, "linked": [650, 650]})
    scores = score_sources(tables, pd.DataFrame(cells), Resolution(), keys, Params(), AS_OF)
    own = Params(maturity={"customer_strategy": [1, 2]})
    found = told(judged(scores, own), scores)
    assert list(found.fixes) == FIXES
    assert found.fixes["rank"].tolist() == list(range(1, len(found.fixes) + 1))
    assert found.fixes["gate"].map({"stop": 0, "watch": 1, "later": 2}).is_monotonic_increasing
    by = found.fixes.set_index(["where", "what"])
    calls = by.loc[("calls", "completeness")]
    assert (calls["got"], calls["needed"], calls["column"]) == (0.2, 0.7, "phone")
    assert (calls["kind"], calls["questions"], calls["used_by"]) == ("measure", "1, 2, 3, 4, 5", "value")
    assert calls["rank"] < by.loc[("cards", "completeness"), "rank"]
    assert by.loc[("customer_strategy", "customer_strategy"), ["kind", "gate", "got", "needed"]].tolist() == [
        "declared", "stop", 1.5, 3.0,
    ]  # fmt: skip
    assert by.loc[("organisation", "used_share"), "kind"] == "evidence"
    assert by.loc[("web", "rows"), "kind"] == "unused"
    assert set(found.fixes.loc[found.fixes["kind"] == "missing", "where"]) == {
        "office",
        "press",
        "events",
        "operations",
    }


@pytest.mark.parametrize(("there", "level"), [(1, 1.29), (4, 2.36), (5, 3.1), (7, 5.0)])
def test_few_sources_cannot_carry_a_programme(there, level):
    scores = client(sources=SOURCES[:there])
    state = judged(scores)
    assert state.level == pytest.approx(level, abs=0.005)
    assert (there == 7) == ("sources_missing" not in dict(told(state, scores).caveats))


def test_caveats_tell_what_the_answer_rests_on():
    scores = client(filled=0.5)
    state = judged(scores, Params(maturity=ALL_FOUR))
    keys = dict(told(state, scores).caveats)
    assert keys["declared_above_measured"] == {
        "dimension": "data",
        "declared": 4.25,
        "measured": pytest.approx(2),
    }
    assert keys["declared_only"] == {"dimension": "customer_strategy", "level": 4.25, "n": 4}
    below = dict(told(judged(client(), Params(maturity={"data": [1, 1]}))).caveats)
    assert below["declared_below_measured"]["measured"] == 5
