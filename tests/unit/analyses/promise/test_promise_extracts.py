"""The few rows that figures and tables of the promise show, and what their titles speak of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from promise_surveys import attributes_of, long_ratings, read, simulated

from cerm_nb.analyses import promise as p
from cerm_nb.errors import ParamsError

if TYPE_CHECKING:
    from cerm_nb.surveys import Draws, Survey

MEANS = np.array([[5.5, 5.0, 3.0, 4.0], [4.0, 5.0, 5.0, 4.0], [4.5, 4.0, 4.0, 4.0]])
CARRIER = {"touchpoint": "t0", "attribute": "a0", "level": 6.5}
FAILING = {"touchpoint": "t1", "attribute": "a2", "level": 6.0, "proof": "a letter", "owner": "somebody"}
OWN = p.Params(
    own_brand="us",
    bootstrap=200,
    floor=4.0,
    promises=[
        {"name": "good", "title": {"en": "Good for you", "ko": "좋은 약속"}, "carriers": [CARRIER]},
        {"name": "mend", "positioning": "For all.", "carriers": [CARRIER, FAILING]},
    ],
)


@pytest.fixture(scope="module")
def asked() -> tuple[Survey, Draws]:
    rng = np.random.default_rng(3)
    now = simulated(rng, MEANS, 200).assign(wave="2")
    before = long_ratings(MEANS[0] + rng.normal(0, 1.0, (200, 4)), "us", wave="1")
    return read(pd.concat([before, now], ignore_index=True), OWN)


@pytest.fixture(scope="module")
def curve(asked: tuple[Survey, Draws]) -> p.ValueCurve:
    return p.value_curve(*asked, OWN)


@pytest.fixture(scope="module")
def weights(asked: tuple[Survey, Draws]) -> p.Weights:
    survey, draws = asked
    return p.weigh_attributes(survey, draws, attributes_of(survey, [0.2, 0.4, 0.35, 0.05]), None, OWN)


@pytest.fixture(scope="module")
def table(asked: tuple[Survey, Draws], curve: p.ValueCurve, weights: p.Weights) -> pd.DataFrame:
    return p.value_curve_table(curve, p.moves(*asked, curve, weights, None, OWN))


@pytest.fixture(scope="module")
def carriers(asked: tuple[Survey, Draws], curve: p.ValueCurve, weights: p.Weights) -> pd.DataFrame:
    return p.check_carriers(asked[0], curve, weights, OWN)


def test_the_curve_shows_carriers_first_then_what_matters(
    asked: tuple[Survey, Draws], curve: p.ValueCurve, table: pd.DataFrame
) -> None:
    rows = p.curve_rows(asked[0], curve, table, OWN)
    assert rows["item"].tolist() == ["t1 / a2", "t0 / a0", "t0 / a1", "t1 / a3"]
    assert p.brands_of(rows) == ["us", "rival1", "rival2"]
    assert ((rows["low"] < rows["us"]) & (rows["us"] < rows["high"])).all()
    told = p.widest(rows)
    best = rows[["rival1", "rival2"]].max(axis=1)
    assert told["highest"] == (rows["us"] > best).sum()
    assert (told["item"], told["shown"], told["rivals"]) == ("t0 / a0", 4, 2)
    assert p.lead(rows) in ("mixed", "ahead")
    assert p.lead(rows[["item", "low", "high", "us"]]) == "alone"
    assert p.lead(rows.assign(us=0.0)) == "behind"


def test_standings_are_counted_and_the_furthest_named(curve: p.ValueCurve) -> None:
    found = p.our_standing(curve)
    assert found.kind == "both"
    assert (found.highest, found.lowest) == ("t0 / a0", "t1 / a2")
    assert sum(found.counts[name] for name in p.STANDINGS) == found.counts["compared"] == 4
    assert found.frame["difference"].is_monotonic_increasing


def test_one_brand_has_no_standing_to_show() -> None:
    survey, draws = read(long_ratings(np.full((50, 2), 5.0), "us"), OWN)
    found = p.our_standing(p.value_curve(survey, draws, OWN))
    assert found.frame.empty
    assert (found.kind, found.counts["compared"], found.highest) == ("alike", 0, "")


def test_moves_are_counted_and_what_is_kept_is_not_listed(table: pd.DataFrame) -> None:
    rows, counts = p.moves_rows(table)
    assert set(rows["move"]) <= {"create", "raise", "reduce", "drop"}
    assert "t1 / a2" in set(rows["item"])
    assert len(rows) == counts["create"] + counts["raise"] + counts["reduce"] + counts["drop"]
    assert sum(value for name, value in counts.items() if name != "known") == 4
    assert counts["known"] == 4
    assert "cost" not in rows  # no initiative tells any


def test_the_map_names_promises_by_their_titles_and_the_one_that_leads_furthest(
    asked: tuple[Survey, Draws], curve: p.ValueCurve
) -> None:
    found = p.positions(asked[0], curve, OWN)
    points = p.map_rows(found, asked[0], OWN, "ko")
    assert points.loc[points["is_promise"], "name"].tolist() == ["좋은 약속", "mend"]
    assert points["meaning"].tolist() == ["own", "competitor", "competitor", "improvement", "improvement"]
    assert points["angle"].dropna().between(0, np.pi).all()
    told = p.strength(found, points)
    assert (told["moved"], told["title"]) == (2, "mend")
    way = np.hypot(
        *(points.loc[4, ["x", "y"]].to_numpy(float) - points.loc[4, ["from_x", "from_y"]].to_numpy(float))
    )
    assert told["way"] == pytest.approx(way)
    assert told["first"] + told["second"] == pytest.approx(sum(found.shares))
    assert p.strength(found, points[~points["is_promise"]])["moved"] == 0
    axes = p.axes_rows(found)
    assert np.hypot(axes["x"], axes["y"]).is_monotonic_decreasing


def test_an_empty_map_has_no_rows() -> None:
    survey, draws = read(long_ratings(np.full((50, 2), 5.0), "us"), OWN)
    found = p.positions(survey, p.value_curve(survey, draws, OWN), OWN)
    assert found.reason == "one_brand"
    points = p.map_rows(found, survey, OWN, "en")
    assert points.empty
    assert p.axes_rows(found).empty
    assert p.strength(found, points)["moved"] == 0


def test_candidates_are_told_by_their_titles_with_what_to_fix(
    asked: tuple[Survey, Draws], carriers: pd.DataFrame, weights: p.Weights
) -> None:
    judged = p.judge_promises(asked[0], carriers, weights, OWN)
    rows = p.check_rows(judged, OWN, "en")
    assert set(rows["candidate"]) == {"Good for you", "mend"}
    assert not {"preference", "feasibility", "cost"} & set(rows)  # known of none
    mend = next(one for one in p.rulings(judged, OWN, "en") if one["candidate"] == "mend")
    assert (mend["why"], mend["fix_touchpoint"], mend["title"]) == ("fix_first", "t1", "mend")


def test_carriers_show_today_the_promise_and_the_best_competitor(
    carriers: pd.DataFrame, curve: p.ValueCurve
) -> None:
    rows = p.carrier_rows(carriers, OWN, "en")
    assert rows["candidate"].tolist() == ["Good for you", "mend", "mend"]
    means = curve.frame.set_index(["brand", "attribute"])["mean"]
    assert rows["best_level"].iloc[2] == pytest.approx(means["rival1", "a2"])
    assert rows["promised_level"].tolist() == [6.5, 6.5, 6.0]
    assert p.reached(carriers) == {"yes": 2, "no": 1, "unproven": 0, "unknown": 0, "all": 3}


def test_empty_cells_say_so_and_are_counted(asked: tuple[Survey, Draws]) -> None:
    proof = p.prove(asked[0], None, OWN)
    rows = p.proof_rows(proof, OWN, "en", "○")
    assert rows["proof"].tolist() == ["○", "○", "a letter"]
    assert rows["owner"].tolist() == ["○", "○", "somebody"]
    assert p.empty_cells(proof) == {"proof": 2, "metric": 3, "owner": 2, "all": 7, "carriers": 3}


def test_kept_scores_stand_beside_those_of_the_wave_before(asked: tuple[Survey, Draws]) -> None:
    proof = p.prove(asked[0], None, OWN)
    rows = p.kept_rows(proof, asked[0], OWN, "en")
    scores = proof.kept.set_index(["promise", "touchpoint", "wave"])["kept"]
    assert rows["kept"].iloc[2] == pytest.approx(scores["mend", "t1", "2"])
    assert rows["kept_before"].iloc[2] == pytest.approx(scores["mend", "t1", "1"])
    told = p.kept_counts(rows, OWN)
    assert (told["touchpoint"], told["candidate"]) == ("t1", "mend")
    assert told["known"] == told["told"] == 3
    assert told["rose"] + told["fell"] <= 3


def test_a_survey_of_one_wave_has_no_wave_before() -> None:
    survey = p.read_survey(simulated(np.random.default_rng(3), MEANS, 120), None, None, OWN)
    rows = p.kept_rows(p.prove(survey, None, OWN), survey, OWN, "en")
    assert rows["kept"].notna().all()
    assert rows["kept_before"].isna().all()
    assert p.kept_counts(rows, OWN)["known"] == 0


def test_without_promises_there_is_nothing_to_show(
    asked: tuple[Survey, Draws], curve: p.ValueCurve, weights: p.Weights
) -> None:
    bare = OWN.model_copy(update={"promises": []})
    carriers = p.check_carriers(asked[0], curve, weights, bare)
    proof = p.prove(asked[0], None, bare)
    assert p.carrier_rows(carriers, bare, "en").empty
    assert p.proof_rows(proof, bare, "en", "○").empty
    assert p.kept_rows(proof, asked[0], bare, "en").empty
    assert p.check_rows(p.judge_promises(asked[0], carriers, weights, bare), bare, "en").empty
    assert p.empty_cells(proof)["all"] == 0


def test_the_answers_words_are_those_of_the_first_candidate_in_the_readers_language(
    asked: tuple[Survey, Draws],
    curve: p.ValueCurve,
    weights: p.Weights,
    table: pd.DataFrame,
    carriers: pd.DataFrame,
) -> None:
    judged = p.judge_promises(asked[0], carriers, weights, OWN)
    more = (("share_of_preference", {}),)
    found = p.answer(asked[0], curve, table, weights, judged, OWN, more)
    assert found.caveats[-1] == more[0]
    told = p.about(found, OWN, "ko")
    assert told["title"] == ("좋은 약속" if found.candidate == "good" else "mend")
    assert told["short"] == max(-found.value, 0)
    none = p.about(p.answer(asked[0], curve, table, weights, judged.head(0), OWN), OWN, "en")
    assert none["title"] == ""


def test_our_own_brand_and_todays_name_are_refused_in_the_params(asked: tuple[Survey, Draws]) -> None:
    own = p.Params(scenarios={"us": {"a": "b"}}, promises=[{"name": "today"}])
    with pytest.raises(ParamsError) as refused:
        p.check_promises(own, asked[0])
    assert "scenarios → us" in str(refused.value)
    assert "promises[0] → name" in str(refused.value)
