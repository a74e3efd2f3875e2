"""Levels, gaps and differences, where textbooks give the answer, and where data cannot bear one."""

import numpy as np
import pandas as pd
import pytest
from experience_surveys import long_survey, outcomes_of, small
from scipy import stats

from cerm_nb.analyses import experience as x
from cerm_nb.analyses.experience.drivers import cronbach_alpha
from cerm_nb.stats import paired, unpaired


def side(values, first=0):
    return values[:, None], np.ones(len(values)), np.arange(first, first + len(values))


@pytest.fixture
def two():
    rng = np.random.default_rng(4)
    return rng.normal(5, 1, 60), rng.normal(4.5, 1.5, 40)


def test_paired_differences_are_the_paired_t_test(two):
    first, second = two[0][:40], two[1]
    found = paired(first[:, None], second[:, None], np.ones(40))
    told = stats.ttest_rel(first, second)
    assert found.p_values()[0] == pytest.approx(told.pvalue)
    low, high = found.interval(0.95)
    assert (low[0], high[0]) == pytest.approx(tuple(told.confidence_interval(0.95)))


def test_unpaired_differences_are_welch_s_t_test(two):
    found = unpaired(side(two[0]), side(two[1], 60))
    told = stats.ttest_ind(*two, equal_var=False)
    assert found.p_values()[0] == pytest.approx(told.pvalue, rel=0.05)
    assert found.degrees[0] == pytest.approx(told.df)
    assert found.difference[0] == pytest.approx(two[0].mean() - two[1].mean())


def test_a_panel_in_both_waves_narrows_the_difference():
    rng = np.random.default_rng(5)
    person = rng.normal(0, 1, 80)
    first, second = person + rng.normal(0, 0.3, 80), person + rng.normal(0, 0.3, 80)
    same = unpaired(side(first), side(second))
    assert same.error[0] == pytest.approx(stats.sem(first - second), rel=0.02)
    assert same.error[0] < 0.5 * unpaired(side(first), side(second, 80)).error[0]


def test_answers_that_are_all_the_same_have_no_p():
    found = paired(np.full((40, 1), 5.0), np.full((40, 1), 5.0), np.ones(40))
    assert found.difference[0] == 0
    assert np.isnan(found.p_values()[0])


def two_brands(own_brand=60, rivals=40, shared=True):
    rng = np.random.default_rng(6)
    ours = np.clip(np.rint(rng.normal(5, 1, (own_brand, 2))), 1, 7)
    theirs = np.clip(np.rint(rng.normal(4, 1, (rivals, 2))), 1, 7)
    table = long_survey(theirs, "them")
    if not shared:
        table["respondent"] = "x" + table["respondent"]
    return pd.concat([long_survey(ours), table])


def test_respondents_who_rate_both_are_paired_and_others_are_not():
    for shared, method in ((True, "paired"), (False, "welch")):
        survey = x.read_survey(two_brands(shared=shared), None, None, x.Params())
        found = x.differences(survey, x.Params())
        assert set(found["method"]) == {method}
        assert found["is_best"].all()
        assert (found["low"] > 0).all()


def test_a_competitor_few_have_rated_has_no_numbers():
    survey = x.read_survey(two_brands(rivals=20), None, None, x.Params())
    found = x.differences(survey, x.Params())
    assert found["difference"].isna().all()
    assert not found["is_best"].any()
    rival = x.levels(survey, x.Params()).of("them")
    assert (rival["state"] == "hidden").all()
    assert rival["experience"].isna().all()
    assert np.isnan(x.best_levels(survey, x.levels(survey, x.Params()))).all()


def test_one_brand_and_one_wave_leave_empty_comparisons():
    survey = small()
    assert x.differences(survey, x.Params()).empty
    assert x.overall_differences(survey, x.Params()).empty
    assert x.changes(survey, x.Params()).empty


def test_cells_of_few_answers_are_flagged():
    survey = small(40)
    assert set(x.levels(survey, x.Params()).frame["state"]) == {"few"}


def test_gaps_that_are_all_negative_are_ranked_among_themselves():
    rng = np.random.default_rng(7)
    experience = rng.integers(2, 5, (80, 3)).astype(float)
    expectation = experience + np.array([1, 2, 3])
    table = pd.concat([long_survey(experience), long_survey(expectation, measure="expectation")])
    found = x.levels(x.read_survey(table, None, None, x.Params()), x.Params())
    assert found.all_gaps_negative
    assert "all_gaps_negative" in dict(found.caveats)
    assert found.frame["gap"].tolist() == pytest.approx([-1, -2, -3])
    assert found.frame["gap_rank"].tolist() == [3, 2, 1]
    assert found.frame["gap_relative"].tolist() == pytest.approx([1, 0, -1])
    assert found.frame["effect"].isna().all()  # nobody differs


def test_loyalty_tells_the_net_promoter_score_only_on_its_scale():
    answers = pd.DataFrame({"respondent": [f"r{at:05d}" for at in range(100)], "brand": "us"})
    answers = answers.assign(
        measure="recommendation", nature="overall", value=[10.0] * 50 + [6.0] * 30 + [8.0] * 20
    )
    table = long_survey(np.full((100, 2), 4.0))
    answers.attrs["scales"] = {"recommendation": {"outcomes": (0.0, 10.0)}}
    found = x.loyalty(x.read_survey(table, answers, None, x.Params()), x.Params()).set_index("measure")
    assert found.loc["net_promoter_score", "value"] == pytest.approx(20)
    assert found.loc["net_promoter_score", "low"] < 20 < found.loc["net_promoter_score", "high"]
    lower = x.read_survey(table, answers.assign(value=answers["value"] - 1), None, x.Params())
    assert "net_promoter_score" in set(x.loyalty(lower, x.Params())["measure"])  # nobody gave a 10
    for scales in ({"recommendation": {"outcomes": (1.0, 10.0)}}, {}):
        answers.attrs["scales"] = scales
        other = x.read_survey(table, answers, None, x.Params())
        assert "net_promoter_score" not in set(x.loyalty(other, x.Params())["measure"])


def test_only_cells_that_were_asked_count_as_hidden():
    ours = np.full((40, 3), 4.0)
    ours[:, 2] = np.nan
    theirs = np.full((10, 3), 5.0)
    theirs[:, 1:] = np.nan
    survey = x.read_survey(
        pd.concat([long_survey(ours), long_survey(theirs, "them")]), None, None, x.Params(own_brand="us")
    )
    assert survey.rated == 2
    told = dict(x.levels(survey, x.Params()).caveats)
    assert (told["cells_hidden"]["n"], told["cells_hidden"]["cells"]) == (1, 3)


def test_cronbach_s_alpha_is_undetermined_where_nothing_can_be_said():
    assert np.isnan(cronbach_alpha(np.ones((10, 1)), np.ones(10)))
    assert np.isnan(cronbach_alpha(np.ones((10, 3)), np.ones(10)))
    apart = np.array([[1.0, np.nan], [2.0, np.nan], [np.nan, 1.0], [np.nan, 2.0]])
    assert np.isnan(cronbach_alpha(apart, np.ones(4)))
    same = np.arange(10.0)[:, None] * np.ones(3)
    assert cronbach_alpha(same, np.ones(10)) == pytest.approx(1)


def test_overall_judgements_are_compared_under_holm():
    judged = pd.concat(
        [outcomes_of(np.tile([5.0, 6.0], 30)), outcomes_of(np.tile([4.0, 4.0, 5.0], 20), "them")]
    )
    survey = x.read_survey(two_brands(rivals=60), judged, None, x.Params(own_brand="us"))
    found = x.overall_differences(survey, x.Params()).iloc[0]
    assert found["method"] == "paired"
    assert found["difference"] == pytest.approx(5.5 - 13 / 3)
    assert found["p_adjusted"] == found["p"]
