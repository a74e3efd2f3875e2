"""Segments are found where they are, refused where they are not, whatever the data look like."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from segment_data import QUICK, clouds, frame_of, noise
from sklearn.metrics import adjusted_rand_score, homogeneity_score

from cerm_nb.analyses.segments import (
    SOLUTIONS,
    Params,
    agreement,
    answer,
    base_of,
    behaviour,
    choose_base,
    describing,
    find_segments,
    fit_typing,
    members,
    name_keys,
    needs,
    profiles,
    sizes,
    what_if,
)
from cerm_nb.errors import DataError


def told(frame, own=QUICK, **options):
    segments = find_segments(base_of(frame, **options), own)
    return segments, answer(segments, fit_typing(segments, own), own)


@pytest.fixture(scope="module")
def three():
    frame, truth = clouds(500, 3, distance=4.0)
    return find_segments(base_of(frame), QUICK.model_copy(update={"max_segments": 4})), truth, frame


def test_three_clouds_are_three_segments(three):
    segments, truth, _ = three
    assert segments.chosen.solution.k == 3
    assert adjusted_rand_score(truth, segments.chosen.solution.labels) > 0.95
    assert list(segments.frame.columns) == SOLUTIONS
    assert segments.frame["chosen"].sum() == 1
    assert (segments.frame["reason"] == "").equals(segments.frame["chosen"])
    assert set(segments.frame.loc[~segments.frame["chosen"], "reason"]) <= {
        "unstable", "segment_unstable", "too_small", "less_stable", "finer", "coarser", "other_method"
    }  # fmt: skip


def test_all_methods_together_find_them_too():
    frame, truth = clouds(300, 3, distance=4.0)
    own = QUICK.model_copy(
        update={
            "segment_methods": ["kmeans", "mixture", "latent_classes"],
            "max_segments": 4,
            "latent_starts": 10,
        }
    )
    segments = find_segments(base_of(frame), own)
    assert segments.chosen.solution.k == 3
    assert adjusted_rand_score(truth, segments.chosen.solution.labels) > 0.9
    soft = segments.frame[segments.frame["method"] == "mixture"].set_index("k")["bic"]
    assert soft.idxmin() == 3


def test_members_carry_identifier_segment_and_posterior(three):
    segments, _, frame = three
    table = members(segments)
    assert table["customer_id"].tolist() == sorted(frame.index)
    assert set(table["segment"]) == {"1", "2", "3"}
    counts = table["segment"].value_counts()
    assert counts["1"] >= counts["2"] >= counts["3"]
    assert table["posterior"].between(1 / 3, 1).all()


def test_the_order_of_the_rows_changes_nothing(three):
    frame = three[2].iloc[:300]
    weights = pd.Series(np.random.default_rng(4).uniform(0.5, 2, len(frame)), index=frame.index)
    shuffled = frame.sample(frac=1, random_state=3)
    own = QUICK.model_copy(update={"max_segments": 3})
    first = find_segments(base_of(frame, weights), own)
    second = find_segments(base_of(shuffled, weights[shuffled.index]), own)
    pd.testing.assert_frame_equal(first.frame, second.frame, check_exact=True)
    pd.testing.assert_frame_equal(members(first), members(second), check_exact=True)
    assert fit_typing(first, QUICK).model == fit_typing(second, QUICK).model


def test_fit_of_every_method_is_the_share_of_variance_between_segments():
    frame = clouds(300, 3, distance=4.0)[0]
    own = Params(bootstrap_pairs=20, min_segments=3, max_segments=3, latent_starts=10)
    base = base_of(frame)
    segments = find_segments(base, own)
    rows = segments.frame.set_index("method")
    assert rows["fit"].between(0.3, 1).all()
    assert rows["fit"].idxmax() == "kmeans"
    means = pd.DataFrame(base.numbers).groupby(segments.tried["mixture", 3].solution.labels).transform("mean")
    assert rows.loc["mixture", "fit"] == pytest.approx(
        means.var(ddof=0).sum() / base.numbers.var(axis=0).sum()
    )
    assert rows["log_likelihood"].isna().to_dict() == {
        "kmeans": True,
        "mixture": False,
        "latent_classes": False,
    }
    alike = agreement(segments)
    assert (alike.k, alike.methods, alike.variant) == (3, 3, "several")
    labels = [segments.tried[name, 3].solution.labels for name in rows.index]
    pairs = [adjusted_rand_score(labels[one], labels[other]) for one, other in ((0, 1), (0, 2), (1, 2))]
    assert alike.lowest == pytest.approx(min(pairs))
    one = find_segments(base, QUICK.model_copy(update={"max_segments": 3}))
    assert (agreement(one).variant, np.isnan(agreement(one).lowest)) == ("single", True)


def test_what_comes_back_but_is_too_small_is_said_to_be_too_small():
    frame = frame_of(np.random.default_rng(1).normal(size=(300, 2)))
    frame.iloc[:9] += 12.0
    own = QUICK.model_copy(update={"max_segments": 2})
    segments, found = told(frame, own)
    assert segments.frame["reason"].tolist() == ["too_small"]
    assert (found.verdict, found.reason) == ("stop", "only_small_segments")


def test_a_tool_that_assigns_hardly_anybody_is_no_go(three):
    segments = three[0]
    own = QUICK.model_copy(update={"min_posterior": 0.9999})
    tool = fit_typing(segments, own)
    frame = tool.frame.assign(assigned_share=0.3)
    found = answer(segments, replace(tool, frame=frame), own)
    assert (found.verdict, found.reason) == ("watch", "few_assigned")
    assert answer(segments, replace(tool, frame=frame.assign(assigned_share=0.6)), own).verdict == "go"


@pytest.mark.parametrize("method", ["kmeans", "mixture"])
def test_two_clouds_among_columns_of_noise_are_found(method):
    random = np.random.default_rng(1)
    kind = random.integers(0, 2, 300)
    points = random.normal(size=(300, 4))
    points[:, 0] += 6 * kind
    own = Params(bootstrap_pairs=20, max_segments=3, segment_methods=[method])
    segments, found = told(frame_of(points), own)
    assert segments.chosen.solution.k == 2
    assert adjusted_rand_score(kind, segments.chosen.solution.labels) > 0.95
    assert (found.verdict, found.structure_p) == ("go", pytest.approx(1 / 40))


def test_pure_noise_has_no_stable_segments():
    own = Params(bootstrap_pairs=20, max_segments=4, latent_starts=10)
    segments, found = told(noise(250, 8), own)
    assert segments.chosen is None
    assert (found.verdict, found.reason) == ("stop", "no_stable_segments")
    assert found.k == 0
    assert found.low <= found.value <= found.high < 0.8
    assert members(segments).empty
    assert profiles(segments, own).empty
    assert sizes(segments, own).empty
    assert fit_typing(segments, own).reason == "no_segments"


def test_cuts_through_one_long_cloud_are_stable_but_not_called_natural():
    points = np.random.default_rng(1).normal(size=(600, 3))
    points[:, 1:] = points[:, :1] + 0.3 * points[:, 1:]
    segments, found = told(frame_of(points))
    assert segments.chosen is not None
    assert (found.verdict, found.reason) == ("watch", "one_cloud")


def independent_counts(random):
    columns = [random.negative_binomial(0.5, 0.2, 300), random.integers(0, 60, 300)]
    return np.column_stack([*columns, random.lognormal(3, 1, 300)])


def shuffled_buyers(random):
    """Repeat purchases, weeks since the last and spend as in a shop's first year, each shuffled."""
    repeats, age = random.negative_binomial(0.4, 0.25, 300), random.integers(27, 39, 300)
    last = np.where(repeats > 0, age * random.beta(3, 1.5, 300), 0)
    return random.permuted(np.column_stack([repeats, age - last, random.lognormal(3.3, 0.7, 300)]), axis=0)


def squares(random):
    return random.uniform(size=(200, 2))


@pytest.mark.parametrize(
    ("draw", "scale", "method"),
    [
        (squares, "standard", "kmeans"),
        (independent_counts, "log", "kmeans"),
        (independent_counts, "log", "mixture"),
        (shuffled_buyers, "log", "mixture"),
    ],
)
def test_columns_that_have_nothing_to_do_with_one_another_are_not_called_clumps(draw, scale, method):
    verdicts = []
    for seed in range(3):
        frame = frame_of(draw(np.random.default_rng(seed)).astype(float))
        own = Params(
            bootstrap_pairs=20, max_segments=4, latent_starts=10, segment_methods=[method], seed=seed
        )
        _, found = told(frame, own, scales=dict.fromkeys(frame.columns, scale))
        verdicts.append(found.verdict)
    assert "go" not in verdicts


def test_clumps_of_answers_and_of_behaviour_are_still_called_so():
    random = np.random.default_rng(2)
    kind = random.integers(0, 3, 300)
    answers = np.clip(np.round(3 + 3.5 * np.eye(3)[kind] + random.normal(size=(300, 3))), 1, 7)
    bought = np.exp(2 * np.array([[0, 1], [1, 0], [2, 2]])[kind] + 0.4 * random.normal(size=(300, 2)))
    for points, scale in ((answers, "answer"), (bought, "log")):
        frame = frame_of(points)
        own = QUICK.model_copy(update={"max_segments": 3})
        segments, found = told(frame, own, scales=dict.fromkeys(frame.columns, scale))
        assert adjusted_rand_score(kind, segments.chosen.solution.labels) > 0.8
        assert (found.verdict, found.structure_p) == ("go", pytest.approx(1 / 40))


def test_segments_that_could_not_be_compared_with_a_cloud_are_not_vouched_for():
    random = np.random.default_rng(0)
    kind = random.integers(0, 2, 300)
    frame = frame_of(np.zeros((300, 4))).astype(object)
    for column in frame:
        frame[column] = np.where(random.random(300) < 0.95, np.array(["yes", "no"])[kind], "maybe")
    _, found = told(frame)
    assert np.isnan(found.structure_p)
    assert (found.verdict, found.reason) == ("watch", "structure_not_tested")


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (clouds(1)[0], "few_units"),
        (clouds(1)[0].iloc[:0], "few_units"),
        (clouds(20)[0], "few_units"),
        (frame_of(np.ones((100, 3))), "no_columns"),
        (frame_of(np.full((100, 3), np.nan)), "no_columns"),
        (frame_of(np.repeat([[0.0, 1.0], [1.0, 0.0]], 50, axis=0)), "few_patterns"),
    ],
    ids=["one respondent", "nobody", "twenty", "identical rows", "all missing", "two patterns"],
)
def test_data_that_cannot_bear_segments_say_why(frame, reason):
    segments, found = told(frame)
    assert segments.reason == reason
    assert (found.verdict, found.reason) == ("not_enough_data", reason)
    assert np.isnan(found.value)
    assert members(segments).empty


def test_more_segments_than_patterns_are_not_tried():
    random = np.random.default_rng(0)
    frame = frame_of(random.integers(0, 2, (200, 2)).astype(float))
    segments, _ = told(frame, Params(bootstrap_pairs=20, max_segments=8))
    assert segments.frame["k"].max() == 4


def test_columns_that_cannot_tell_units_apart_are_left_out_and_told():
    frame, truth = clouds(300, 2, distance=6.0)
    frame["same"] = 1.0
    frame["rare"] = np.where(np.arange(300) < 20, 1.0, np.nan)
    frame["name"] = [f"n{row}" for row in range(300)]
    segments, found = told(frame)
    assert dict(segments.base.left_out) == {
        "same": "constant", "rare": "mostly_missing", "name": "too_many_levels"
    }  # fmt: skip
    assert adjusted_rand_score(truth, segments.chosen.solution.labels) > 0.95
    assert ("columns_left_out", {"columns": 3, "names": ("same", "rare", "name")}) in found.caveats


def test_missing_cells_are_filled_and_told_and_empty_units_dropped():
    frame, truth = clouds(300, 3, distance=5.0)
    holes = np.random.default_rng(1).random(frame.shape) < 0.1
    frame = frame.mask(holes)
    frame.iloc[:7] = np.nan
    segments, found = told(frame, QUICK.model_copy(update={"max_segments": 4}))
    assert segments.base.n <= 293
    assert dict(found.caveats)["units_left_out"]["dropped"] == 300 - segments.base.n
    assert dict(found.caveats)["empty_cells_filled"]["share"] == pytest.approx(0.1, abs=0.02)
    kept = frame.index.get_indexer(members(segments)["customer_id"])
    assert adjusted_rand_score(truth[kept], segments.chosen.solution.labels) > 0.85


def test_texts_are_used_as_levels():
    random = np.random.default_rng(3)
    kind = random.integers(0, 2, 400)
    frame = frame_of(kind[:, None] * 4 + random.normal(size=(400, 2)))
    frame["channel"] = np.where(random.random(400) < 0.9, np.array(["web", "phone"])[kind], "shop")
    segments, found = told(frame)
    assert homogeneity_score(kind, segments.chosen.solution.labels) > 0.95
    assert ("structure_not_tested", {}) in found.caveats
    profile = profiles(segments, QUICK)
    assert set(profile.loc[profile["attribute"] == "channel", "level"]) == {"web", "phone", "shop"}


def test_weights_move_the_shares():
    frame, truth = clouds(400, 2, distance=6.0)
    own = QUICK.model_copy(update={"max_segments": 2})
    even = find_segments(base_of(frame), own).chosen.solution
    weights = pd.Series(np.where(truth == truth[0], 5.0, 1.0), index=frame.index)
    heavy = find_segments(base_of(frame, weights), own).chosen.solution
    assert adjusted_rand_score(even.labels, heavy.labels) > 0.98
    share = 5 * (truth == truth[0]).sum() / (5 * (truth == truth[0]).sum() + (truth != truth[0]).sum())
    assert heavy.shares[0] == pytest.approx(share, abs=0.01)


def test_more_units_than_are_tried_join_the_segments_of_a_sample(monkeypatch):
    monkeypatch.setattr("cerm_nb.analyses.segments.finding.LARGE", 500)
    frame, truth = clouds(800, 3, distance=5.0)
    own = QUICK.model_copy(update={"min_segments": 3, "max_segments": 3})
    for method in ("kmeans", "mixture"):
        segments, found = told(frame, own.model_copy(update={"segment_methods": [method]}))
        assert adjusted_rand_score(truth, segments.chosen.solution.labels) > 0.97
        assert dict(found.caveats)["found_on_sample"] == {"sample": 500, "n": 800}
        assert len(members(segments)) == 800


def test_wrong_input_is_refused_with_every_reason():
    frame = clouds(50)[0]
    frame.iloc[0, 0] = np.inf
    frame.index = pd.Index(["same", *frame.index[1:-1], "same"], name="customer_id")
    weights = pd.Series([-1.0] + [1.0] * 49)
    with pytest.raises(DataError) as caught:
        base_of(frame, weights, scales={"x1": "cubic"})
    assert {problem.where for problem in caught.value.problems} == {"identifiers", "weight", "x0", "x1"}


def test_what_if_tells_another_number_as_it_was_tried(three):
    segments = three[0]
    other = what_if(segments, 4)
    row = segments.frame.set_index("k").loc[4]
    assert (other.ari_median, other.reason) == (row["ari_median"], row["reason"])
    assert sum(other.shares) == pytest.approx(1)
    assert len(other.stability) == 4
    assert what_if(segments, 3).reason == ""
    assert what_if(segments, 9).reason == "not_tried"
    assert what_if(segments, 3, "mixture").reason == "not_tried"


def test_profiles_name_what_sets_a_segment_apart(three):
    segments, _, frame = three
    more = pd.DataFrame({"luck": np.random.default_rng(0).normal(size=len(frame))}, index=frame.index)
    profile = profiles(segments, QUICK, more)
    inputs = profile[profile["role"] == "input"]
    assert len(inputs) == 15
    assert (profile.loc[profile["role"] == "description", "attribute"] == "luck").all()
    assert (profile.loc[profile["role"] == "description", "telling"] == 0).all()
    assert (profile["p_adjusted"] >= profile["p"]).all()
    assert ((profile["low"] <= profile["difference"]) & (profile["difference"] <= profile["high"])).all()
    keys = name_keys(profile)
    for at, name in enumerate(segments.names):
        inside = segments.chosen.solution.labels == at
        raw = segments.base.raw
        away = (raw[inside].mean() - raw[~inside].mean()).abs()
        assert keys[name][0][0] == away.idxmax()


def test_false_discoveries_of_descriptions_stay_rare(three):
    segments, _, frame = three
    random = np.random.default_rng(7)
    more = pd.DataFrame(random.normal(size=(len(frame), 200)), index=frame.index).rename(columns=str)
    profile = profiles(segments, QUICK, more)
    luck = profile[profile["role"] == "description"]
    assert (luck["p"] < 0.05).mean() == pytest.approx(0.05, abs=0.03)
    assert (luck["p_adjusted"] < 0.05).sum() <= 3


def test_descriptions_that_are_noise_are_seldom_told(three):
    segments, _, frame = three
    clients = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        more = pd.DataFrame(random.normal(size=(len(frame), 8)), index=frame.index).rename(columns=str)
        profile = profiles(segments, QUICK, more)
        luck = profile[profile["role"] == "description"]
        clients += bool((luck["p_adjusted"] <= 0.05).any())
    assert clients <= 4


def test_sizes_and_values_add_up(three):
    segments, _, frame = three
    values = pd.Series(np.random.default_rng(1).gamma(2, 100, len(frame)), index=frame.index)
    table = sizes(segments, QUICK, values)
    assert table["share"].sum() == pytest.approx(1)
    assert table["value_share"].sum() == pytest.approx(1)
    assert table["n"].sum() == len(frame)
    for low, mid, high in (("low", "share", "high"), ("value_low", "value_mean", "value_high")):
        assert ((table[low] <= table[mid]) & (table[mid] <= table[high])).all()
    few = sizes(segments, QUICK, values.iloc[:5])
    assert few["value_mean"].isna().all()


def survey_of(n=40, waves=("1", "2")):
    rows = [
        (f"r{at}", wave, touchpoint, attribute, "importance", "answered", float(1 + (at + step) % 7))
        for at in range(n)
        for wave in waves
        for step, (touchpoint, attribute) in enumerate(
            [("room", "clean"), ("desk", "kind"), ("desk", "quick")]
        )
    ]
    columns = ["respondent", "wave", "touchpoint", "attribute", "measure", "status", "value"]
    return pd.DataFrame(rows, columns=columns)


def test_needs_take_the_last_wave_and_know_customers():
    survey = survey_of()
    survey.loc[survey["wave"] == "1", "value"] = 1.0
    survey.loc[0, "status"] = "missing"
    respondents = pd.DataFrame(
        {
            "respondent": ["r0", "r0", "r1"],
            "wave": ["1", "2", "2"],
            "customer_id": ["a", "b", None],
            "weight": [9, 2, 3],
        }
    )
    wide, weights = needs(survey, respondents)
    assert list(wide.columns) == ["desk · kind", "desk · quick", "room · clean"]
    assert wide.index.get_level_values("customer_id")[:2].tolist() == ["b", ""]
    assert weights.iloc[:3].tolist() == [2, 3, 1]
    assert wide.loc[("r0", "b"), "desk · kind"] == 2


def customers_of(n=40):
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "customer_id": [f"c{at}" for at in range(n)],
            "frequency": random.integers(0, 9, n),
            "recency": 10.0,
            "age": 30.0,
            "spend": random.gamma(2, 50, n),
        }
    )


def test_the_base_is_chosen_as_params_say():
    survey, customers = survey_of(), customers_of()
    known = pd.DataFrame(
        {"respondent": [f"r{at}" for at in range(30)], "customer_id": [f"c{at}" for at in range(30)]}
    )
    assert choose_base(customers, survey, None, Params()).kind == "needs"
    assert choose_base(customers, None, None, Params()).kind == "behaviour"
    both = choose_base(customers, survey, known, Params(segment_by="both"))
    assert both.n == 30
    assert list(both.raw.columns) == [
        "desk · kind",
        "desk · quick",
        "room · clean",
        "repeat_purchases",
        "mean_spend",
    ]
    # the blocks weigh the same: 3 answers against 2 columns of behaviour
    variance = both.numbers.var(axis=0)
    assert variance[:3].sum() == pytest.approx(variance[3:].sum(), rel=0.05)
    assert behaviour(customers)["weeks_since_last"].unique().tolist() == [20]


@pytest.mark.parametrize(
    ("kind", "customers", "survey", "reason"),
    [
        ("behaviour", None, survey_of(), "no_behaviour"),
        ("needs", customers_of(), None, "no_needs"),
        ("both", customers_of(), None, "no_needs"),
        ("both", customers_of(), survey_of(), "no_known_respondents"),
        ("auto", None, None, "no_behaviour"),
    ],
)
def test_what_is_not_there_cannot_be_segmented_by(kind, customers, survey, reason):
    own = Params(segment_by=kind)
    base = choose_base(customers, survey, None, own)
    segments = find_segments(base, own)
    found = answer(segments, fit_typing(segments, own), own)
    assert (found.verdict, found.reason, found.n) == ("not_enough_data", reason, 0)
    assert (base.kind, members(segments).empty) == ("behaviour" if kind == "auto" else kind, True)
    assert describing(base, None, customers).empty
    assert agreement(segments).methods == 0


def test_params_are_checked():
    assert Params(segment_methods=["mixture", "mixture"]).segment_methods == ["mixture"]
    with pytest.raises(ValueError, match="dbscan"):
        Params(segment_methods=["dbscan"])
    with pytest.raises(ValueError, match="at least the fewest"):
        Params(min_segments=5, max_segments=4)
    with pytest.raises(ValueError, match="restarts"):
        Params(restarts=10)
