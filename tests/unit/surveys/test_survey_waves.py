"""Waves stand in the order of time or are asked for, and no answer is lost for want of its wave or brand."""

import numpy as np
import pandas as pd
import pytest
from experience_surveys import long_survey, outcomes_of

from cerm_nb.analyses import experience as x
from cerm_nb.errors import DataError
from cerm_nb.surveys.waves import order_waves


def waves_of(**means: float) -> pd.DataFrame:
    """Sixty respondents rate us in each wave, about its mean."""
    drawn = np.random.default_rng(4).normal(0, 1, (60, 2))
    return pd.concat([long_survey(mean + drawn).assign(wave=wave) for wave, mean in means.items()])


@pytest.mark.parametrize(
    "waves",
    [
        ("W9", "W10"),
        ("2025-06", "2026-05"),
        ("2024", "2025"),
        ("1차", "2차", "10차"),
        ("Q4 2024", "Q1 2025"),
        ("wave 2, 2024", "wave 1, 2025"),
        ("11/2024", "03/2025"),
    ],
)
def test_waves_are_ordered_by_the_numbers_in_their_names(waves):
    assert order_waves(reversed(waves), ()) == (waves, [])


def test_change_is_told_against_the_wave_before_and_not_against_the_one_that_sorts_before():
    survey = x.read_survey(waves_of(W9=3.0, W10=5.0, W1=1.0), None, None, x.Params())
    assert (survey.wave, survey.waves) == ("W10", ("W1", "W9", "W10"))
    changes = x.changes(survey, x.Params())
    assert set(changes["before"]) == {"W9"}
    assert changes["difference"].to_numpy() == pytest.approx(2)


@pytest.mark.parametrize(
    "waves",
    [("봄", "가을"), ("pre", "post"), ("2025 봄", "2025 가을"), ("03.05.2025", "04.01.2025"), ("base", "W2")],
)
def test_waves_that_numbers_do_not_order_must_be_told(waves):
    table = waves_of(**dict(zip(waves, (3.0, 5.0), strict=True)))
    with pytest.raises(DataError) as refused:
        x.read_survey(table, None, None, x.Params())
    assert all(wave in str(refused.value) for wave in waves)
    assert "set waves in the params" in str(refused.value)
    survey = x.read_survey(table, None, None, x.Params(waves=list(waves)))
    assert (survey.wave, survey.waves) == (waves[1], waves)
    assert x.changes(survey, x.Params())["difference"].to_numpy() == pytest.approx(2)
    turned = x.read_survey(table, None, None, x.Params(waves=list(reversed(waves))))
    assert turned.wave == waves[0]


def test_one_wave_of_any_name_needs_no_order():
    assert x.read_survey(waves_of(봄=3.0), None, None, x.Params()).waves == ("봄",)
    assert x.read_survey(long_survey(np.full((9, 2), 4.0)), None, None, x.Params()).waves == ("",)


def test_waves_told_that_are_unknown_missing_or_named_twice_are_refused_with_all_else():
    own = x.Params(waves=["봄", "봄", "여름"], own_brand="they")
    with pytest.raises(DataError) as refused:
        x.read_survey(waves_of(봄=3.0, 가을=4.0), None, None, own)
    told = str(refused.value)
    assert len(refused.value.problems) == 4
    assert "'여름' are not in the survey" in told
    assert "'가을' are missing" in told
    assert "'봄' are named twice" in told


def test_answers_without_a_wave_count_where_their_respondent_rated():
    earlier = long_survey(np.full((40, 2), 3.0)).assign(wave="2024")
    later = long_survey(np.full((40, 2), 5.0)).assign(wave="2025")
    later["respondent"] = later["respondent"].str.replace("r", "s")
    said = long_survey(np.full((40, 2), 6.0), measure="importance").assign(wave=None)
    others = said.assign(respondent=said["respondent"].str.replace("r", "i"), value=2.0)
    survey = x.read_survey(
        pd.concat([earlier, later, said, others]), outcomes_of(np.full(40, 4.0)), None, x.Params()
    )
    assert survey.waves == ("2024", "2025")
    assert np.nanmean(survey.ratings["importance"][survey.at(wave="2024")]) == 6
    assert np.nanmean(survey.ratings["importance"][survey.at(wave="2025")]) == 2
    judged = survey.outcomes["satisfaction", "overall"]
    rated = np.isfinite(survey.ratings["experience"]).any(axis=1)
    assert (np.isfinite(judged) & rated).sum() == 40
    assert set(x.changes(survey, x.Params())["before"]) == {"2024"}


def test_experiences_without_a_wave_beside_others_are_refused():
    table = waves_of(**{"2024": 3.0, "2025": 4.0})
    table.iloc[:5, table.columns.get_loc("wave")] = None
    with pytest.raises(DataError, match="5 experiences have no wave"):
        x.read_survey(table, None, None, x.Params())


def test_the_latest_wave_is_the_last_in_which_we_were_rated():
    ours = waves_of(**{"2023": 3.0, "2025": 4.0})
    theirs = pd.concat([waves_of(**{year: 3.0}).assign(brand="them") for year in ("2024", "2026")])
    survey = x.read_survey(pd.concat([ours, theirs]), None, None, x.Params(own_brand="us"))
    assert (survey.wave, survey.waves) == ("2025", ("2023", "2024", "2025", "2026"))
    assert set(x.changes(survey, x.Params())["before"]) == {"2023"}


def test_an_unset_brand_is_ours_beside_competitors_that_are_named():
    ours = long_survey(np.full((60, 2), 4.0)).assign(brand=None)
    table = pd.concat([ours, long_survey(np.full((40, 2), 5.0), "them")])
    judged = pd.concat([outcomes_of(np.full(60, 4.0)), outcomes_of(np.full(40, 4.0), "them")])
    for wanted in ("", "us"):
        survey = x.read_survey(table, judged, None, x.Params(own_brand=wanted))
        assert survey.brands == ("us", "them")
        assert survey.raters == 60
    alone = x.read_survey(
        ours, outcomes_of(np.full(60, 4.0)).assign(brand=None), None, x.Params(own_brand="we")
    )
    assert alone.brands == ("we",)
    assert np.isfinite(alone.outcomes["satisfaction", "overall"]).all()
    with pytest.raises(DataError, match="one of them, us"):
        x.read_survey(table, judged, None, x.Params(own_brand="xyz"))


def test_a_few_blank_brands_do_not_make_a_brand_of_their_own():
    table = long_survey(np.full((60, 2), 4.0))
    table.loc[:3, "brand"] = None
    assert x.read_survey(table, None, None, x.Params()).brands == ("us",)
    with pytest.raises(DataError, match="one of us"):
        x.read_survey(table, None, None, x.Params(own_brand="xyz"))
