"""One model of preference from whatever tasks there are, and what is published and drawn of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conjoint_data import LEVELS, choice_rows, rating_rows
from promise_surveys import long_ratings, read

from cerm_nb.analyses import promise as p
from cerm_nb.analyses.promise.models import ready
from cerm_nb.analyses.promise.wanted import scenarios_of
from cerm_nb.analyses.promise.wanted_by_segment import GROUPED
from cerm_nb.errors import DataError, NotEnoughData
from cerm_nb.surveys import published_of

FIRST = {name: levels[0] for name, levels in LEVELS.items()}
LAST = {name: levels[-1] for name, levels in LEVELS.items()}
OWN = p.Params(
    own_brand="us",
    bootstrap=100,
    hb_draws=100,
    hb_burn_in=100,
    price_attribute="price",
    own_profile=FIRST,
    scenarios={"them": LAST},
    promises=[p.Promise(name="cheap", title="Cheap for all", levels={"price": "150"})],
)


def likes_low_codes(person: int, codes: np.ndarray) -> float:
    return float(-1.5 * codes[-1] - 0.5 * codes[0])


@pytest.fixture(scope="module")
def survey() -> p.Survey:
    rng = np.random.default_rng(1)
    return read(long_ratings(rng.normal(5, 1, (40, 2)).clip(1, 7), "us"), OWN)[0]


@pytest.fixture(scope="module")
def tasks() -> dict[str, p.Tasks]:
    return p.read_methods(choice_rows(people=40, tasks=8, holdout=2, utility=likes_low_codes), OWN)


@pytest.fixture(scope="module")
def model(survey: p.Survey, tasks: dict[str, p.Tasks]) -> p.Model:
    return p.fit_preferences(tasks, survey, OWN)


def test_without_tasks_everything_says_so(survey: p.Survey) -> None:
    assert p.read_methods(None, OWN) == {}
    assert p.levels_shown({}) is None
    none = p.fit_preferences({}, survey, OWN)
    assert (none.reason, p.fit_items({}, survey, OWN).reason) == ("no_choices", "no_choices")
    assert p.gains(none, OWN) is None
    assert p.part_worths(none, none).empty
    told = [p.forecasts(none, OWN), p.willingness(none, OWN), p.best_changes(none, OWN)]
    told += [p.preference_shares(none, survey, OWN), p.sets_of_items(none, OWN)]
    told.append(p.willingness_by_segment(none, survey, None, None, OWN))
    assert {one.reason for one in told} == {"no_choices"}
    assert all(one.frame.empty for one in told)
    assert p.build(none, OWN, FIRST).reason == "no_choices"
    assert (p.choices_of(none), p.start_of(none, OWN)) == ({}, {})
    assert p.item_rows(none).empty
    with pytest.raises(NotEnoughData, match="no choices"):
        ready(none)


def test_problems_of_all_methods_are_told_at_once() -> None:
    choices = choice_rows(people=2)
    broken = pd.concat([choices.assign(chosen=0), choices.assign(method="rating", chosen=np.nan)])
    with pytest.raises(DataError) as refused:
        p.read_methods(broken, OWN)
    assert "method choice" in str(refused.value)
    assert "method rating" in str(refused.value)


def test_choices_go_before_ratings_and_have_the_rule_of_choices(
    survey: p.Survey, tasks: dict[str, p.Tasks], model: p.Model
) -> None:
    assert (model.reason, model.method, model.rule) == ("", "choice", "logit")
    assert p.levels_shown(tasks) == {name: tuple(levels) for name, levels in LEVELS.items()}
    profiles = [{**FIRST, name: level} for name, levels in LEVELS.items() for level in levels]
    rows = rating_rows(profiles, [[float(5 - at) for at in range(len(profiles))]] * 20)
    rated = p.fit_preferences(p.read_methods(rows, OWN), survey, OWN)
    assert (rated.reason, rated.method, rated.rule) == ("", "rating", "first_choice")
    assert p.willingness(rated, OWN).reason == "price_of_ratings"
    assert p.forecasts(rated, OWN).reason == "no_holdout_choices"


def test_too_few_respondents_leave_a_reason_and_no_estimate(survey: p.Survey) -> None:
    few = p.fit_preferences(p.read_methods(choice_rows(people=2), OWN), survey, OWN)
    assert few.reason == "too_few_respondents"
    assert few.market is None


def test_chains_that_have_not_settled_are_told_of(survey: p.Survey) -> None:
    rows = choice_rows(people=40, tasks=8, utility=likes_low_codes)
    hasty = OWN.model_copy(update={"hb_burn_in": 0})
    found = p.fit_preferences(p.read_methods(rows, hasty), survey, hasty)
    (key, values), *_ = found.caveats
    assert key == "chains_disagree"
    assert values["r_hat"] > values["most"]


def test_published_part_worths_have_their_attributes_importance(model: p.Model) -> None:
    frame = p.part_worths(model)
    assert list(frame)[:5] == ["attribute", "level", "estimate", "std_error", "importance"]
    assert frame.drop_duplicates("attribute")["importance"].sum() == pytest.approx(1)
    assert frame["r_hat"].notna().all()
    assert p.level_names(frame, "price")["item"].iloc[-1] == "price: 200"
    assert p.strongest(model)["attribute"] != "price"


def test_shares_are_told_today_and_with_each_promise_that_names_levels(
    survey: p.Survey, model: p.Model
) -> None:
    found = p.preference_shares(model, survey, OWN)
    assert set(found.frame["scenario"]) == {"today", "cheap"}
    ours = p.our_shares(found, survey, OWN, "en", "Now")
    assert ours["scenario"].tolist() == ["Now", "Cheap for all"]
    assert p.rules_of(ours)[0] == "logit"
    assert p.most_preferred(ours)["title"] == "Cheap for all"
    judged = pd.DataFrame({"candidate": ["cheap"], "preferred": ["no"]})
    assert p.share_kind(ours, judged) == "not"
    assert p.share_kind(ours.head(1), judged) == "none"
    gain = p.gains(model, OWN)
    apart = ours["logit"].iloc[1] - ours["logit"].iloc[0]
    assert gain is not None
    assert gain["preference"].iloc[0] == pytest.approx(apart)


def test_without_scenarios_there_are_part_worths_but_no_shares(survey: p.Survey, model: p.Model) -> None:
    alone = OWN.model_copy(update={"scenarios": {}})
    assert p.preference_shares(model, survey, alone).reason == "no_scenarios"
    assert p.best_changes(model, alone).reason == "no_scenarios"
    assert p.build(model, alone, FIRST).reason == "no_scenarios"
    with pytest.raises(NotEnoughData):
        scenarios_of(survey, alone)
    empty = p.our_shares(p.preference_shares(model, survey, alone), survey, alone, "en", "Now")
    assert empty.empty


def test_forecasts_tell_the_error_of_shares_where_all_were_shown_the_same_sets(
    survey: p.Survey, tasks: dict[str, p.Tasks], model: p.Model
) -> None:
    def errors(one: p.Model) -> pd.DataFrame:
        frame = p.forecasts(one, OWN).frame
        return frame[frame["measure"] == "share_error"].set_index("model")

    found, kept = errors(model), tasks["choice"]
    assert list(found.index) == ["individual", "chance", "gain"]
    better = found.loc["chance", "estimate"] - found.loc["individual", "estimate"]
    assert found.loc["gain", "estimate"] == pytest.approx(better)
    assert (found["low"] <= found["high"]).all()
    assert set(found["choices"]) == {int(kept.holdout.sum())}
    apart = kept.design.copy()
    apart[kept.holdout] = np.random.default_rng(2).integers(0, 2, apart[kept.holdout].shape)
    assert errors(replace(model, tasks=replace(kept, design=apart))).empty  # all saw something else


def test_hit_rates_leave_out_the_gain_and_what_the_model_has_seen(model: p.Model) -> None:
    found = p.forecasts(model, OWN)
    hits = p.hit_rates(found)
    assert hits["model"].tolist() == ["individual", "pooled", "chance"]
    assert hits["hit_rate"].iloc[2] == pytest.approx(1 / 3)
    gain = p.gained(found)
    assert gain["gained"] == pytest.approx(hits["hit_rate"].iloc[0] - hits["hit_rate"].iloc[1])
    expected = "better" if gain["gained_low"] > 0 else "worse" if gain["gained_high"] < 0 else "alike"
    assert p.forecast_kind(found) == expected


def test_willingness_leaves_out_todays_own_levels_and_begins_with_the_dearest(model: p.Model) -> None:
    rows = p.beyond_today(p.willingness(model, OWN).frame, OWN)
    assert not set(rows["level"]) & {FIRST["breakfast"]}
    assert rows["worth"].is_monotonic_decreasing


def test_segments_are_fitted_by_themselves_and_small_ones_left_out(survey: p.Survey, model: p.Model) -> None:
    people = model.worths.respondents
    part = np.where(np.arange(len(people)) < 35, "1", "2")
    members = pd.DataFrame({"respondent": people, "segment": part})
    sizes = pd.DataFrame({"segment": ["1", "2"], "name": ["1. early", "2. late"]})
    found = p.willingness_by_segment(model, survey, members, sizes, OWN)
    assert list(found.frame) == GROUPED
    assert set(found.frame["segment"]) == {"1. early"}
    assert set(found.frame["n"]) == {35}
    rows, kinds = p.side_by_side(found)
    assert kinds == ["1. early"]
    told = p.as_money(found, rows, kinds, "{:.1f}".format)
    assert told["apart"].dropna().to_numpy() == pytest.approx(0)
    first = found.frame[found.frame["level"] != found.frame["reference"]].dropna(subset=["low"]).iloc[0]
    text = told.loc[told["item"] == f"{first['attribute']}: {first['level']}", "1. early"].item()
    assert text == f"{first['value']:.1f} [{first['low']:.1f}, {first['high']:.1f}]"
    assert p.segment_sizes(found) == {"least_n": 35, "most_n": 35}
    assert p.willingness_by_segment(model, survey, None, None, OWN).reason == "no_chosen_segments"
    unpriced = OWN.model_copy(update={"price_attribute": ""})
    assert p.willingness_by_segment(model, survey, members, sizes, unpriced).reason == "no_price"


def test_the_twin_begins_with_the_promise_and_moves_as_the_simulator_does(model: p.Model) -> None:
    start = p.start_of(model, OWN)
    assert start == {**FIRST, "price": 150}
    assert p.choices_of(model)["price"][:2] == (100, 200)
    built = p.build(model, OWN, start)
    same = p.simulate(model.market, start, OWN.scenarios)
    assert built.share == pytest.approx(same["share"].iloc[0])
    assert built.low <= built.share <= built.high
    assert built.kind == "against_today"
    assert p.shown_as(built, "This")["brand"].tolist() == ["This", "them"]
    assert p.build(model, OWN, FIRST).share == pytest.approx(built.today)
    alone = OWN.model_copy(update={"own_profile": {}})
    assert p.build(model, alone, start).kind == "alone"


def test_a_twin_without_a_profile_begins_with_levels_that_can_be_chosen(model: p.Model) -> None:
    bare = OWN.model_copy(update={"own_profile": {}, "promises": []})
    choices = p.choices_of(model)
    for name, begun in p.start_of(model, bare).items():
        low = choices[name]
        assert begun in low if isinstance(low, list) else begun == low[0]


def test_respondents_are_found_by_their_own_and_by_their_customers_number(survey: p.Survey) -> None:
    people = survey.rows["respondent"].unique().tolist()
    own = pd.DataFrame({"respondent": people[:2], "segment": [1, 2]})
    assert published_of(survey, people[:3], own, "segment").tolist()[:2] == ["1", "2"]
    customers = pd.DataFrame({"customer_id": ["c1", "c2"], "is_target": [True, False]})
    assert p.target_respondents(survey, customers) is None  # no table tells customers' numbers
    assert p.target_respondents(survey, None) is None
    rows = pd.DataFrame({"respondent": people[:3], "customer_id": ["c1", "c2", None]})
    rng = np.random.default_rng(1)
    linked = read(long_ratings(rng.normal(5, 1, (40, 2)).clip(1, 7), "us"), OWN, rows)[0]
    assert p.target_respondents(linked, customers) == {people[0]}
