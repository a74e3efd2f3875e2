"""What a figure shows is the part of a result it says it is, and no part where the survey cannot bear one."""

import numpy as np
import pandas as pd
import pytest
from experience_surveys import hotel_frames, long_survey, outcomes_of

from cerm_nb.analyses import experience as x

OWN = x.Params(bootstrap=100)
EXTRACTS = ("moments", "stated", "gaps", "rivals", "moved", "overall", "side", "felt", "carried", "judged")


def market(size=120, width=4, brands=("us", "them"), waves=("1",), judged=True, value=None, seed=2):
    """Ratings and judgements of several brands and waves; with a value all answers are that one."""
    rng = np.random.default_rng(seed)
    ratings, outcomes = [], []
    for wave in waves:
        for at, brand in enumerate(brands):
            drawn = np.rint(rng.normal(4.5 - 0.8 * (at == 0), 1.0, (size, width))).clip(1, 7)
            drawn = np.full_like(drawn, value) if value else drawn
            ratings.append(long_survey(drawn, brand).assign(wave=wave))
            mean = np.full(size, float(value)) if value else drawn.mean(axis=1) + rng.normal(0, 0.4, size)
            outcomes.append(outcomes_of(mean, brand).assign(wave=wave))
    described = pd.concat(ratings)
    even = described["attribute"].isin(["a00", "a02"])
    described = described.assign(
        nature=np.where(even, "rational", "emotional"), stage=np.where(even, "at", "after")
    )
    return described, pd.concat(outcomes) if judged else None


def extracted(survey, outcomes, own=OWN):
    """All that the notebook picks for its figures and tables."""
    survey = x.read_survey(survey, outcomes, None, own)
    draws = x.draw_respondents(survey, own)
    levels, grid, found = x.levels(survey, own), x.differences(survey, own), x.derive(survey, draws, own)
    first = x.priorities(survey, draws, found, x.best_levels(survey, levels), own)
    drivers, needs = x.drivers(survey, draws, own), x.unmet_needs(None, own, survey.own_brand)
    return {
        "survey": survey,
        "moments": x.moments(first),
        "stated": x.stated_and_derived(found, levels, survey),
        "gaps": x.worst_gaps(survey, levels)[0],
        "rivals": x.standing(grid, OWN),
        "moved": x.standing(x.changes(survey, own), own),
        "overall": x.standing(x.overall_differences(survey, own), own),
        "side": x.side_by_side(survey, levels, first),
        "felt": x.feeling(drivers, own),
        "carried": x.carriers(drivers, own),
        "classes": x.clear_classes(x.classes(survey, draws, own)),
        "judged": x.headline(x.loyalty(survey, own), survey, own),
        "themes": x.themes_table(needs),
        "groups": x.answer_by_group(survey, {}, own).attributes,
        "start": x.start(survey, first),
    }


def differing(**columns):
    """Differences as `standing` takes them."""
    size = len(columns["difference"])
    names = {"touchpoint": "t", "attribute": [f"a{at}" for at in range(size)], "n": 50}
    frame = pd.DataFrame(names | columns)
    return frame.assign(low=frame["difference"] - 1, high=frame["difference"] + 1, p=frame["p_adjusted"])


@pytest.mark.parametrize(
    ("difference", "p", "kind", "lowest", "highest"),
    [
        ([-2.0, 3.0, -1.0], [0.01, 0.01, 0.01], "both", "t / a0", "t / a1"),
        ([-2.0, 3.0, -1.0], [0.01, 0.5, 0.01], "behind", "t / a0", ""),
        ([-2.0, 3.0, 1.0], [0.06, 0.01, 0.01], "ahead", "", "t / a1"),
        ([-2.0, 3.0, 1.0], [0.05, 0.05, np.nan], "alike", "", ""),
    ],
)
def test_only_differences_that_stay_after_adjusting_are_told(difference, p, kind, lowest, highest):
    found = x.standing(differing(difference=difference, p_adjusted=p), OWN)
    assert (found.kind, found.lowest, found.highest) == (kind, lowest, highest)
    told = dict.fromkeys(["behind", "ahead"], 0)
    told |= {"behind": sum(d < 0 and c < 0.05 for d, c in zip(difference, p, strict=True))}
    told |= {"ahead": sum(d > 0 and c < 0.05 for d, c in zip(difference, p, strict=True))}
    assert found.counts == told | {"compared": 3}
    assert found.frame["difference"].is_monotonic_increasing


def test_the_clearest_dozen_of_many_differences_is_shown():
    rng = np.random.default_rng(1)
    p = rng.permutation(np.linspace(0.001, 0.9, 40))
    many = differing(difference=rng.normal(size=40), p_adjusted=p)
    found = x.standing(many, OWN)
    assert found.compared == 40
    assert sorted(found.frame["p_adjusted"]) == sorted(p)[:12]


def test_an_attribute_is_held_against_its_best_competitor_alone():
    three = differing(difference=[-2.0, 1.0, 0.5], p_adjusted=[0.01, 0.01, 0.01])
    three = three.assign(attribute=["a", "a", "b"], competitor=["x", "y", "x"], is_best=[True, False, True])
    three = three.assign(p_best=three["p_adjusted"])
    found = x.standing(three, OWN)
    assert found.compared == 2
    assert (found.behind, found.ahead) == (1, 1)


def test_differences_that_could_not_be_told_are_not_counted():
    found = x.standing(differing(difference=[np.nan, -1.0], p_adjusted=[np.nan, 0.01]), OWN)
    assert (found.compared, found.behind) == (1, 1)
    nothing = x.standing(x.differences(x.read_survey(*market(brands=("us",)), None, OWN), OWN), OWN)
    assert (nothing.kind, nothing.compared, nothing.lowest) == ("alike", 0, "")


def test_overall_differences_are_named_by_their_competitor():
    found = extracted(*market(brands=("us", "them", "others")), x.Params(bootstrap=100, own_brand="us"))
    assert set(found["overall"].frame["item"]) == {"them", "others"}
    assert (found["overall"].compared, found["overall"].kind) == (2, "behind")
    assert found["judged"]["brand"].iloc[-1] == "us"
    assert found["judged"]["value"].is_monotonic_decreasing


def test_the_hotels_figures_show_what_their_results_hold(hotel, hotel_draws, own):
    levels = x.levels(hotel, own)
    found = x.derive(hotel, hotel_draws, own)
    first = x.priorities(hotel, hotel_draws, found, x.best_levels(hotel, levels), own)
    gaps, short, known = x.worst_gaps(hotel, levels)
    assert (known, len(gaps) <= short <= known) == (44, True)
    assert len(gaps) == 12
    assert gaps["gap"].tolist() == levels.of(hotel.own_brand)["gap"].nsmallest(12).tolist()
    assert ((gaps["low"] <= gaps["gap"]) & (gaps["gap"] <= gaps["high"])).all()
    both = x.stated_and_derived(found, levels, hotel)
    assert both["importance_derived"].is_monotonic_decreasing
    assert len(both) == 44
    moments = x.moments(first)
    assert moments["touchpoint"].tolist() == list(dict.fromkeys(hotel.items["touchpoint"]))
    assert (moments["is_moment"] == (moments["p_top3"] >= 0.8)).all()
    assert ((moments["low"] <= moments["below_floor"]) & (moments["below_floor"] <= moments["high"])).all()
    side = x.side_by_side(hotel, levels, first)
    assert list(side.columns) == ["item", "expectation", *hotel.brands, "own_low", "own_high"]
    ranked = first.attributes.dropna(subset=["priority"]).sort_values("rank")
    assert side["item"].tolist() == x.named(ranked)["item"].tolist()[:8]
    assert x.start(hotel, first)["item"] == side["item"][0]
    assert ((side["own_low"] <= side[hotel.own_brand]) & (side[hotel.own_brand] <= side["own_high"])).all()


def test_feeling_is_told_with_its_lead_and_only_a_sure_one_has_a_side(hotel, hotel_draws, own):
    felt = x.feeling(x.drivers(hotel, hotel_draws, own), own)
    assert felt["outcome"][0] == own.outcome
    assert felt["difference"].to_numpy() == pytest.approx(2 * felt["share"].to_numpy() - 1)
    assert set(felt["tendency"]) == {"feeling"}
    found = x.drivers(hotel, hotel_draws, own)
    turned = found.feeling.assign(low=-found.feeling["high"], high=-found.feeling["low"])
    assert set(x.feeling(x.Drivers(found.frame, turned, found.reliability), own)["tendency"]) == {"reason"}
    unsure = found.feeling.assign(low=-0.1, high=0.1)
    unsure = x.feeling(x.Drivers(found.frame, unsure, found.reliability), own)
    assert set(unsure["tendency"]) == {"undetermined"}


def test_carriers_are_of_the_chosen_outcome_and_one_leads_only_beyond_the_others_intervals(
    hotel, hotel_draws, own
):
    found = x.carriers(x.drivers(hotel, hotel_draws, own), own)
    assert set(found["outcome"]) == {own.outcome}
    assert found["grouping"].unique().tolist() == ["dimension", "stage"]
    assert (found.groupby("grouping")["share"].sum() - 1).abs().max() < 1e-9
    shares = pd.DataFrame({"grouping": ["g", "g", "h"], "low": [0.5, 0.1, 0.9], "high": [0.7, 0.4, 1.0]})
    assert x.leads(shares.iloc[:2])
    assert not x.leads(shares)
    assert not x.leads(shares.assign(high=[0.7, 0.6, 1.0]))


def test_classes_that_are_undetermined_are_not_listed(hotel, hotel_draws, own):
    found = x.classes(hotel, hotel_draws, own)
    clear = x.clear_classes(found)
    assert len(clear) == (found.frame["class"] != "undetermined").sum()
    assert clear["class_probability"].is_monotonic_decreasing
    assert clear["class_probability"].min() >= own.class_probability


def test_groups_of_other_questions_are_joined_where_respondents_are_known(hotel, frames, own, planted):
    numbers = frames[2]["customer_id"].dropna().unique()
    tiers = pd.DataFrame({"customer_id": numbers, "tier": np.resize(["top", "base"], len(numbers))})
    members = pd.Series(planted["segments_of_respondents"], name="segment").rename_axis("respondent")
    published = {"value.customers": tiers, "segments.members": members.reset_index()}
    found = x.answer_by_group(hotel, published, own)
    assert found.attributes["grouping"].unique().tolist() == ["tier", "segment"]
    assert found.count == len(found.first) == 2 + members.nunique()
    apart = x.furthest_apart(found.attributes, own)
    assert 0 < len(apart) <= 12
    assert (apart["p_adjusted"] < 0.05).all()
    assert set(apart["grouping"]) == {"segment"}  # the tiers above are dealt out, whoever they are
    nobody = x.answer_by_group(hotel, {}, own)
    assert nobody.count == 0
    assert x.furthest_apart(nobody.attributes, own).empty
    stranger = x.read_survey(frames[0], frames[1], None, own)
    assert x.answer_by_group(stranger, {"value.customers": tiers}, own).count == 0


def test_groups_without_an_overall_judgement_are_answered_without_one(planted):
    own = x.Params(bootstrap=100)
    ratings = hotel_frames()[0]
    survey = x.read_survey(ratings[ratings["wave"] == "2026-05"], None, None, own)
    members = pd.Series(planted["segments_of_respondents"], name="segment").rename_axis("respondent")
    found = x.answer_by_group(survey, {"segments.members": members.reset_index()}, own)
    assert found.loyalty.empty
    assert set(found.first["source"].dropna()) == {"stated"}
    assert found.attributes["experience"].notna().any()
    assert found.count == members.nunique()


def test_segments_are_called_by_the_names_they_were_given():
    frame = pd.DataFrame({"grouping": ["tier", "segment", "segment"], "group": ["1", "1", "7"]})
    sizes = pd.DataFrame({"segment": ["1", "2"], "name": ["1. desk", "2. room"]})
    assert x.called(frame, sizes)["group"].tolist() == ["1", "1. desk", "7"]
    assert x.called(frame, None)["group"].tolist() == ["1", "1", "7"]
    assert x.called(frame.iloc[:0], sizes).empty


def test_themes_are_told_by_their_words_those_wished_for_first():
    rows = [(1, ("a", "b"), 40, False), (2, ("c",), 30, True), (3, (), 20, True)]
    frame = pd.DataFrame(rows, columns=["theme", "terms", "respondents", "is_unmet"])
    frame = frame.assign(share=0.1, low=0.05, high=0.2, wish_share=0.6, touchpoint="")
    told = x.themes_table(x.Needs("", frame, 0, 100))
    assert told["terms"].tolist() == ["c", "a, b"]
    assert list(told.columns[:3]) == ["terms", "touchpoint", "respondents"]


# what a survey has → what the notebook must have nothing to show for
DEGENERATE = {
    "one brand": (market(brands=("us",)), {"gaps", "stated", "side", "moved", "rivals", "overall"}),
    "one wave": (market(), {"gaps", "stated", "moved"}),
    "two waves": (market(waves=("1", "2")), {"gaps", "stated"}),
    "no outcomes": (
        market(judged=False),
        {"gaps", "stated", "side", "moved", "overall", "felt", "carried", "judged"},
    ),
    "one respondent": (market(1), {*EXTRACTS} - {"moments"}),
    "few respondents": (market(12), {*EXTRACTS} - {"moments"}),
    "one item": (market(width=1), {"gaps", "stated", "moved", "felt", "carried"}),
    "all equal": (market(value=4), {"gaps", "stated", "moved", "felt", "carried", "side"}),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_a_figure_is_empty_exactly_where_the_survey_cannot_bear_it(name):
    (survey, outcomes), empty = DEGENERATE[name]
    found = extracted(survey, outcomes)
    sizes = {
        key: found[key].compared if isinstance(found[key], x.Standing) else len(found[key])
        for key in EXTRACTS
    }
    assert {key for key, size in sizes.items() if not size} == empty
    assert found["themes"].empty
    assert found["groups"].empty
    assert found["start"]["item"] in found["survey"].names
    assert np.isfinite(found["start"]["level"])


@pytest.mark.parametrize("name", ["all equal", "one respondent", "one item"])
def test_nothing_is_told_to_differ_where_it_cannot_be_known(name):
    found = extracted(*DEGENERATE[name][0])
    assert found["moved"].kind == "alike"
    assert found["classes"].empty or name == "one item"
    if name == "all equal":
        assert found["rivals"].kind == found["overall"].kind == "alike"
        assert found["rivals"].frame["p_adjusted"].isna().all()
