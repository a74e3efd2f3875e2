"""Published results that preferences must reproduce, and what is planted in the sample client."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.promise.choice_tasks import read_tasks
from cerm_nb.analyses.promise.coding import coding_of
from cerm_nb.analyses.promise.hierarchical import PartWorths, hierarchical
from cerm_nb.analyses.promise.holdout_shares import share_error
from cerm_nb.analyses.promise.logit import logit
from cerm_nb.analyses.promise.logit_stages import stages_of
from cerm_nb.analyses.promise.ratings import rate
from cerm_nb.analyses.promise.shares import prepare, shares
from cerm_nb.analyses.promise.willingness import pooled_willingness, willingness_to_pay
from cerm_nb.surveys import SurveyParams

ATTRIBUTES = {"price": 3, "variety": 3, "kind": 3, "aroma": 2}
PART_WORTHS = {
    "low": 0.2402, "medium": -0.1431, "high": -0.0971,
    "black": 0.6149, "green": 0.0349, "red": -0.6498,
    "bags": 0.1369, "granulated": -0.8898, "leafy": 0.7529,
    "yes": 0.4108, "no": -0.4108,
}  # fmt: skip
IMPORTANCE = {"price": 24.76, "variety": 32.22, "kind": 27.15, "aroma": 15.88}
SHARES = {
    "first_choice": [11, 28, 26, 35],
    "btl": [18.85, 28.96, 30.14, 22.06],
    "logit": [13.04, 34.84, 35.79, 16.33],
}
HANBIT = Path(__file__).parents[2] / "data" / "hanbit_hotel"
REFERENCES = {"체크인": "프런트", "조식": "없음", "체크아웃": "11시", "환영": "없음"}


def oracle(name):
    folder = os.environ.get("CERM_ORACLE_DATA")
    if not folder:
        pytest.skip("CERM_ORACLE_DATA names no folder of reference data")
    return pd.read_csv(Path(folder) / f"conjoint_{name}.csv")


def named(profiles):
    """Profiles of codes as attribute → level."""
    names = np.split(oracle("tlevn")["levels"].to_numpy(), np.cumsum(list(ATTRIBUTES.values()))[:-1])
    return [
        {name: names[at][code - 1] for at, (name, code) in enumerate(zip(ATTRIBUTES, row, strict=True))}
        for row in profiles.to_numpy()
    ]


@pytest.fixture(scope="module")
def tea():
    rows = [
        (f"r{person:03}", "rating", f"t{task:02}", "1", *level, float(rating), "no")
        for person, ratings in enumerate(oracle("tprefm").to_numpy())
        for task, (profile, rating) in enumerate(zip(named(oracle("tprof")), ratings, strict=True))
        for level in profile.items()
    ]
    columns = ["respondent", "method", "task", "alternative", "attribute", "level", "chosen", "holdout"]
    return rate(read_tasks(pd.DataFrame(rows, columns=columns), "rating"))


def test_part_worths_of_tea_are_those_published(tea):
    assert tea.base[0] == pytest.approx(3.5534, abs=5e-5)
    levels = tea.levels.set_index("level")["estimate"]
    assert levels.to_dict() == pytest.approx(PART_WORTHS, abs=6e-5)
    pooled = tea.pooled.set_index("level")["estimate"]
    assert pooled.drop("").to_dict() == pytest.approx(PART_WORTHS, abs=6e-5)
    assert pooled[""] == pytest.approx(3.5534, abs=5e-5)


def test_importance_of_tea_is_that_published(tea):
    importance = tea.importance.set_index("attribute")
    assert (importance["importance"] * 100).to_dict() == pytest.approx(IMPORTANCE, abs=0.006)
    assert (importance["low"] < importance["importance"]).all()


@pytest.mark.parametrize("rule", SHARES)
def test_shares_of_tea_are_those_published(tea, rule):
    """The published logit shares leave out, as those of BTL must, who has a utility below 0."""
    profiles = named(oracle("tsimp"))
    scenario = {"tea": {str(at): profile for at, profile in enumerate(profiles)}}
    market = prepare(tea, SurveyParams())
    if rule == "logit":
        btl = shares(market, scenario, ["btl"]).frame
        worth = {
            level: tea.coding.to_levels(tea.draws[0])[:, at]
            for at, (_, level) in enumerate(tea.coding.labels)
        }
        total = [tea.intercept + sum(worth[level] for level in profile.values()) for profile in profiles]
        market = market.of(np.min(total, axis=0) >= 0)
        assert market.drawn.n == btl["n"][0] == 60
    frame = shares(market, scenario, [rule]).frame
    assert (frame["share"] * 100).to_numpy() == pytest.approx(SHARES[rule], abs=0.006)
    assert (frame["low"] < frame["share"]).all()
    assert (frame["share"] < frame["high"]).all()


@pytest.fixture(scope="module")
def hanbit():
    truth = json.loads((HANBIT / "truth.json").read_text(encoding="utf-8"))
    tasks = read_tasks(pd.read_parquet(HANBIT / "choice_tasks.parquet"), "choice", "요금")
    segments = truth["survey"]["segments_of_respondents"]
    return tasks, np.array([segments[name] for name in tasks.respondents]), truth


def planted(frame, worth):
    return [
        worth[row.attribute][row.level] - worth[row.attribute][row.reference] for row in frame.itertuples()
    ]


@pytest.mark.parametrize("segment", ["convenience", "family", "experience", "value"])
def test_willingness_to_pay_planted_in_a_segment_lies_in_the_intervals_of_its_choices(hanbit, segment):
    tasks, segments, truth = hanbit
    kept = tasks.where((segments == segment)[tasks.respondent]).fitting
    coding = coding_of(tasks)
    found = pooled_willingness(coding, logit(stages_of(kept, coding)), 0.99, REFERENCES)
    worth = np.array(planted(found.frame, truth["willingness_to_pay"][segment]))
    assert found.reason == ""
    assert (found.frame["low"] - 1e-6 <= worth).all()
    assert (worth <= found.frame["high"] + 1e-6).all()
    # the intervals are narrow enough to tell something
    assert (found.frame["high"] - found.frame["low"]).max() < 200_000
    assert np.corrcoef(found.frame["value"], worth)[0, 1] > 0.8


@pytest.mark.parametrize("segment", ["convenience", "family", "experience", "value"])
def test_willingness_to_pay_of_true_part_worths_is_that_planted(hanbit, segment):
    tasks, segments, truth = hanbit
    coding = coding_of(tasks)
    columns = truth["part_worths"]["columns_of_respondents"]
    worth = np.array([truth["part_worths"]["respondents"][name] for name in tasks.respondents])
    places = {tuple(name.split(": ")): worth[:, at] for at, name in enumerate(columns)}
    price = (np.array([180, 230, 280, 330]) / 100)[:, None] * places["요금",]
    levels = np.array(
        [places[label] if label in places else price[at - 12] for at, label in enumerate(coding.labels)]
    )
    draws = (levels.T @ np.linalg.pinv(coding.basis).T)[None]
    empty = pd.DataFrame()
    true = PartWorths(coding, tasks.respondents, draws, draws[:, :1], empty, empty, empty, True)
    market = prepare(true, SurveyParams(confidence=0.99)).of(segments == segment)
    found = willingness_to_pay(market, REFERENCES)
    expected = np.array(planted(found.frame, truth["willingness_to_pay"][segment]))
    assert found.slope * 100_000 == pytest.approx(truth["part_worths"]["segments"][segment]["요금"], abs=1e-4)
    assert ((found.frame["low"] - 1 <= expected) & (expected <= found.frame["high"] + 1)).all()
    # individual part-worths are drawn with a standard deviation of 0.35: so far may their median lie
    away = 3.5 * 1.25 * 0.35 / (-found.slope * np.sqrt(market.drawn.n))
    assert found.frame["median"].to_numpy() == pytest.approx(expected, abs=away)


@pytest.fixture(scope="module")
def individual(hanbit):
    tasks = hanbit[0]
    return prepare(hierarchical(tasks, coding_of(tasks), draws=400, burn_in=250, seed=1), SurveyParams())


def test_willingness_to_pay_of_all_guests_lies_in_the_intervals_of_individual_part_worths(hanbit, individual):
    truth = hanbit[2]["part_worths"]
    true = np.array([truth["respondents"][name] for name in individual.part_worths.respondents]).mean(axis=0)
    worth = dict(zip(truth["columns_of_respondents"], true / -true[-1] * 100_000, strict=True))
    frame = willingness_to_pay(individual, REFERENCES).frame
    expected = np.array([worth[f"{row.attribute}: {row.level}"] for row in frame.itertuples()])
    assert ((frame["low"] - 1 <= expected) & (expected <= frame["high"] + 1)).mean() >= 11 / 12
    assert np.abs(frame["value"] - expected).max() < 15_000


@pytest.mark.parametrize("rule", ["logit", "randomised_first_choice"])
def test_shares_of_the_hold_out_tasks_are_foretold_as_well_as_chance_allows(hanbit, individual, rule):
    found = share_error(individual, hanbit[0], rule)
    assert found.error < 2 * found.noise
    assert found.gain_low > 0
    assert found.equal == pytest.approx(0.1306, abs=0.0001)
