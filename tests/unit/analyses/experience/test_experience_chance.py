"""What chance alone brings about is not told as a finding, and what is missing does not count as nothing."""

import importlib

import numpy as np
import pandas as pd
import pytest
from experience_surveys import long_survey, outcomes_of

from cerm_nb.analyses import experience as x
from cerm_nb.stats import paired, unpaired

classes = importlib.import_module("cerm_nb.analyses.experience.classes")
OWN = x.Params(bootstrap=100, own_brand="us")
ITEM = ["touchpoint", "attribute"]


def brands(seed, ours=0.0, rivals=7, size=60, width=6, worse=0):
    """Brands alike, the own one's first attribute moved, some clearly worse; all by the same respondents."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(0, 0.6, (size, 1))
    levels = [4.0, *(2.5 if at < worse else 4.0 for at in range(rivals))]
    given = [np.clip(np.rint(at + mood + rng.normal(0, 1, (size, width))), 1, 7) for at in levels]
    given[0][:, 0] += ours
    judged = outcomes_of(given[0].mean(axis=1) + rng.normal(0, 0.5, size))
    tables = [long_survey(each, f"rival{at}" if at else "us") for at, each in enumerate(given)]
    return x.read_survey(pd.concat(tables), judged, None, OWN)


def answered(survey, own=OWN):
    draws = x.draw_respondents(survey, own)
    levels, grid = x.levels(survey, own), x.differences(survey, own)
    found, kinds = x.derive(survey, draws, own), x.classes(survey, draws, own)
    first = x.priorities(survey, draws, found, x.best_levels(survey, levels), own)
    table = x.attributes_table(survey, levels, grid, found, kinds, first)
    return first, grid, x.answer(survey, table, found, levels, kinds, first, own)


def test_among_brands_all_alike_we_are_seldom_told_to_fall_short():
    told = [answered(brands(seed)) for seed in range(15)]
    assert sum(answer.high < 0 for _, _, answer in told) <= 2
    assert all(answer.low <= answer.value <= answer.high for _, _, answer in told)
    ends = pd.concat([first.attributes for first, _, _ in told])
    assert ((ends["against_low"] <= 0) & (ends["against_high"] >= 0)).mean() >= 0.95


def test_a_priority_of_nothing_is_held_as_often_as_said_among_brands_all_alike():
    own, held = OWN.model_copy(update={"bootstrap": 300}), []
    for seed in range(20):
        survey = brands(seed)
        draws, best = x.draw_respondents(survey, own), x.best_levels(survey, x.levels(survey, own))
        found = x.priorities(survey, draws, x.derive(survey, draws, own), best, own).attributes
        held.append((found["low"] <= 0) & (found["high"] >= 0))
    assert pd.concat(held).mean() >= 0.91  # .96 of 90 surveys; .87 of these with the best of each draw alone


def test_clearly_worse_competitors_do_not_put_us_behind_those_who_are_alike():
    told = [x.standing(x.differences(brands(seed, worse=3), OWN), OWN) for seed in range(25)]
    assert sum(one.behind > 0 for one in told) <= 2  # 6 with p adjusted over the grid alone
    real = [x.standing(x.differences(brands(seed, -1.0, worse=3), OWN), OWN) for seed in range(5)]
    assert sum(one.lowest == "t / a00" for one in real) == 5


def test_a_shortfall_that_is_there_is_told_of_its_priority():
    first = [answered(brands(seed, -1.0))[0].attributes for seed in range(4)]
    assert sum(one["low"][0] > 0 for one in first) == 4
    assert all(
        (one["low"] <= one["priority"]).all() and (one["priority"] <= one["high"]).all() for one in first
    )


def test_the_p_of_the_best_counts_every_competitor_it_was_picked_from():
    grid = x.differences(brands(3, -1.0, rivals=3), OWN)
    first = grid[grid["attribute"] == "a00"]
    best = first[first["is_best"]].iloc[0]
    others = grid[grid["is_best"] & (grid["attribute"] != "a00")]
    assert best["p_best"] == pytest.approx(min(1.0, 3 * best["p"] * 6))  # of six attributes the clearest
    assert (grid.groupby("attribute")["is_best"].sum() == 1).all()
    assert grid.loc[~grid["is_best"], "p_best"].isna().all()
    assert (others["p_best"] >= others["p"]).all()


def test_ahead_of_the_best_means_ahead_of_every_competitor():
    rng = np.random.default_rng(5)
    ours, good = rng.integers(5, 8, (60, 1)), rng.integers(3, 6, (60, 1))
    hardly = np.full((60, 1), np.nan)
    hardly[:31] = np.where(np.arange(31)[:, None] < 16, 7, 2)  # lower than good, and we cannot tell from ours
    tables = [
        long_survey(each.astype(float), name) for each, name in ((ours, "us"), (good, "a"), (hardly, "b"))
    ]
    grid = x.differences(x.read_survey(pd.concat(tables), None, None, OWN), OWN).set_index("competitor")
    at = grid.index[grid["is_best"]].item()
    assert (grid["difference"] > 0).all()
    assert grid.loc[at, "p_best"] == pytest.approx(grid["p"].max())


def test_a_difference_counts_at_the_level_of_the_params():
    grid = x.differences(brands(3, -0.6), OWN)
    p = grid.loc[grid["is_best"], "p_best"].min()
    for confidence, behind in ((1 - 1.5 * p, 1), (1 - 0.5 * p, 0)):
        own = OWN.model_copy(update={"confidence": confidence})
        assert (x.standing(grid, own).behind > 0) == behind
    frame = grid.assign(grouping="tier", group="a", p_adjusted=0.02)
    assert len(x.furthest_apart(frame, OWN))
    assert x.furthest_apart(frame, OWN.model_copy(update={"confidence": 0.99})).empty


@pytest.mark.parametrize(("width", "said"), [(2, False), (3, False), (4, False), (5, False), (6, True)])
def test_a_first_three_is_told_only_where_it_is_at_most_half_of_all(width, said):
    survey = brands(1, -1.5, rivals=1, width=width)
    first, _, answer = answered(survey)
    assert first.attributes["p_top3"].notna().all() == said
    assert np.isfinite(answer.p_top3) == said
    assert first.attributes["p_first"].notna().all()
    assert answer.reason == "behind_where_it_matters"  # which comes first is sure all the same
    draws = x.draw_respondents(survey, OWN)
    assert x.derive(survey, draws, OWN).frame["p_top3"].notna().all() == said


@pytest.mark.parametrize(("touchpoints", "kind"), [(4, "few"), (5, "few"), (6, "clear")])
def test_no_moment_of_truth_is_told_among_few_touchpoints(touchpoints, kind):
    rng = np.random.default_rng(6)
    given = rng.integers(3, 8, (150, touchpoints)).astype(float)
    given[:, :3] = rng.integers(1, 7, (150, 3))
    table = long_survey(given)
    table["touchpoint"] = table["attribute"]
    survey = x.read_survey(table, outcomes_of(given[:, :3].sum(axis=1)), None, OWN)
    draws = x.draw_respondents(survey, OWN)
    own = OWN.model_copy(update={"target": 7.0})
    found = x.priorities(survey, draws, x.derive(survey, draws, own), np.full(touchpoints, np.nan), own)
    moments = x.moments(found)
    assert x.moments_kind(moments) == kind
    assert moments["is_moment"].sum() == (3 if kind == "clear" else 0)
    unknown = found.touchpoints.assign(rank=np.nan, p_top3=np.nan)
    assert x.moments_kind(x.moments(x.Priorities("", found.attributes, unknown, 4.0))) == "unknown"


def test_a_gap_to_the_best_competitor_is_no_surer_than_the_difference_to_it():
    first, grid, answer = answered(brands(3, ours=-1.5))
    best = grid[grid["is_best"]].drop_duplicates(ITEM)
    both = first.attributes.merge(best, on=ITEM, suffixes=("", "_of_best"))
    widths = both["against_high"] - both["against_low"], both["high_of_best"] - both["low_of_best"]
    assert (widths[0] >= widths[1]).all()
    assert answer.attribute == "a00"
    assert answer.value == pytest.approx(answer.against)
    assert answer.low < answer.value < answer.high < 0  # what is real is still told


def test_the_best_competitor_is_found_anew_in_each_draw():
    survey = brands(4, rivals=2)
    draws = x.draw_respondents(survey, OWN)
    best = x.best_levels(survey, x.levels(survey, OWN))
    found = x.priorities(survey, draws, x.derive(survey, draws, OWN), best, OWN).attributes
    assert found["target"].to_numpy() == pytest.approx(best)
    one = brands(4, rivals=1)
    few = x.best_levels(one, x.levels(one, OWN))
    lone = x.priorities(one, draws, x.derive(one, draws, OWN), few, OWN).attributes
    rival = x.differences(one, OWN)
    assert lone["against_low"].to_numpy() == pytest.approx(rival["low"].to_numpy(), abs=0.12)


def linear(seed, size=300, width=10):
    rng = np.random.default_rng(seed)
    ratings = 4.5 + 0.85 * (rng.normal(0, 1, (size, 1)) + rng.normal(0, 1, (size, width)))
    ratings = np.clip(np.rint(ratings), 1, 7)
    judged = ratings @ np.linspace(0.25, 0.05, width) + rng.normal(0, 0.8, size)
    return x.read_survey(long_survey(ratings), outcomes_of(judged), None, OWN)


def test_where_both_sides_weigh_alike_nearly_none_is_called_basic_or_exciting():
    found = []
    for seed in range(15):
        survey = linear(seed)
        found.append(x.classes(survey, x.draw_respondents(survey, OWN), OWN).frame["class"])
    assert pd.concat(found).isin(["basic", "excitement"]).mean() <= 0.05


def test_a_wrong_sign_makes_no_attribute_lopsided():
    lost, won = np.array([0.2, 0.2, -0.2, 0.1]), np.array([-0.19, 0.0, 0.1, 0.3])
    found = classes.asymmetry(lost, won)
    assert found[0] == pytest.approx(-0.01 / 0.39)
    assert found[1] == -1
    assert np.isnan(found[2])
    assert found[3] == pytest.approx(0.5)


def test_slopes_are_the_true_ones_where_many_have_not_lived_through_it():
    rng = np.random.default_rng(1)
    worth = np.array([0.4, 0.3, 0.2, 0.15, 0.1, 0.05, 0.0, 0.0])
    ratings = 4.5 + 0.85 * (rng.normal(0, 1, (4_000, 1)) + rng.normal(0, 1, (4_000, 8)))
    judged = ratings @ worth + rng.normal(0, 1, 4_000)
    ratings[rng.random(ratings.shape) < 0.4] = np.nan
    survey = x.read_survey(long_survey(ratings), outcomes_of(judged), None, OWN)
    found = x.effects(survey, x.draw_respondents(survey, OWN), OWN).slopes[0]
    assert found == pytest.approx(worth, abs=0.07)
    assert np.abs(found - worth).mean() < 0.025
    assert abs((found - worth)[-2:].mean()) < 0.03  # means in their place give them .10


def test_attributes_left_out_have_no_weight_and_no_priority():
    rng = np.random.default_rng(2)
    ratings = rng.integers(1, 8, (120, 5)).astype(float)
    ratings[:, 1] = 1.0
    table = long_survey(ratings)
    table.loc[table["attribute"] == "a01", "touchpoint"] = "alone"
    survey = x.read_survey(table, outcomes_of(ratings[:, 0] + ratings[:, 4]), None, OWN)
    own = OWN.model_copy(update={"target": 6.0})
    draws = x.draw_respondents(survey, own)
    importance = x.derive(survey, draws, own)
    found = x.priorities(survey, draws, importance, np.full(5, np.nan), own)
    left_out = (found.attributes["attribute"] == "a01").to_numpy()
    assert found.attributes.loc[left_out, ["weight", "priority", "rank"]].isna().all(axis=None)
    assert found.attributes.loc[~left_out, "priority"].notna().all()
    assert found.attributes["weight"].sum() == pytest.approx(1)
    touchpoints = found.touchpoints.set_index("touchpoint")
    assert touchpoints.loc["t", "weight"] == pytest.approx(1)
    assert np.isnan(touchpoints.loc["alone", "weight"])
    assert np.isnan(touchpoints.loc["alone", "moment_of_truth"])


def test_a_difference_all_agree_on_counts_and_is_not_told_as_exact():
    found = paired(np.full((40, 2), 5.0), np.array([[4.0, 5.0]] * 40), np.ones(40))
    assert found.p_values()[0] == pytest.approx(2 * 0.5**40)
    assert np.isnan(found.p_values()[1])
    low, high = found.interval(0.95)
    assert high - found.difference == pytest.approx(0.0881, abs=1e-4)  # Clopper & Pearson: 0 of 40
    assert low[0] > 0 > low[1]
    first, second = np.full((40, 1), 5.1), np.full((30, 1), 4.2)
    apart = unpaired((first, np.full(40, 0.7), np.arange(40)), (second, np.ones(30), np.arange(40, 70)))
    assert apart.p_values()[0] < 1e-6


def table_of(weights):
    return pd.DataFrame({"respondent": [f"r{at:05d}" for at in range(len(weights))], "weight": weights})


def test_a_respondent_without_weight_counts_as_the_usual_one():
    ratings = np.random.default_rng(3).integers(1, 8, (100, 2)).astype(float)
    weights = np.full(90, 5_000.0)
    weights[:20], weights[20:40] = np.nan, 2_000.0
    survey = x.read_survey(long_survey(ratings), None, table_of(weights), OWN)
    assert dict(survey.caveats)["weights_missing"] == {"n": 20}
    assert dict(survey.caveats)["respondents_unknown"] == {"n": 10}
    assert survey.weights.mean() == pytest.approx(1)
    assert survey.weights[:20] == pytest.approx(np.ones(20))
    assert survey.weights[90:] == pytest.approx(np.ones(10))
    assert survey.weights[20] / survey.weights[50] == pytest.approx(0.4)


def test_where_no_weight_is_known_all_count_alike():
    ratings = np.random.default_rng(4).integers(1, 8, (40, 2)).astype(float)
    survey = x.read_survey(long_survey(ratings), None, table_of(np.full(40, np.nan)), OWN)
    assert survey.weights == pytest.approx(np.ones(40))
    assert dict(survey.caveats)["weights_missing"] == {"n": 40}
