import numpy as np
import pandas as pd
import pytest
import roadmap_data as data
import statsmodels.api as sm

from cerm_nb.analyses import roadmap
from cerm_nb.analyses.roadmap.circumstances import conditions, grid

PLACEBOS = {"객실 층", "로비 온도"}


@pytest.fixture(scope="module")
def told(hotel, own):
    return roadmap.causes(hotel, data.circumstances(), roadmap.Pareto("no_contacts"), None, own)


def test_planted_circumstances_are_found_and_placebos_are_not(told):
    planted = {
        (name, one["touchpoint"], one["attribute"]): one["effect"]
        for name, one in data.truth()["survey"]["circumstances"].items()
        if one["attribute"]
    }
    assert told.tested == 7 * 44
    found = told.found.set_index(["cause", "touchpoint", "attribute"])
    assert set(planted) <= set(found.index)
    assert not PLACEBOS & set(found.index.get_level_values(0))
    assert len(found) <= len(planted) + 2  # among 303 pairs without an effect, few false ones
    signs = np.array(
        [np.sign(found.loc[key, "estimate"]) == np.sign(effect) for key, effect in planted.items()]
    )
    assert signs.all()
    assert all(np.sign(found.loc[key, "below"]) == -np.sign(effect) for key, effect in planted.items())


def test_effects_are_the_planted_ones(told):
    # planted for a unit of the logarithm's normal score: a skewed variable's own spread tells a little less
    found = told.found.set_index(["cause", "touchpoint", "attribute"])
    for name, one in data.truth()["survey"]["circumstances"].items():
        if one["attribute"]:
            told_of = found.loc[(name, one["touchpoint"], one["attribute"])]
            less = one["spread"] / np.sqrt(np.expm1(one["spread"] ** 2))
            assert told_of["low"] - 0.03 <= one["effect"] * less <= told_of["high"] + 0.03, name
            assert told_of["per_unit"] == pytest.approx(told_of["estimate"] / told_of["spread"])


def test_slopes_are_those_of_weighted_least_squares_with_clustered_errors(hotel, own):
    met = conditions(hotel, data.circumstances())
    item = hotel.find("체크인", "대기 시간")
    mine = grid(hotel, met, own)
    mine = mine[(mine["touchpoint"] == "체크인") & (mine["attribute"] == "대기 시간")].set_index("cause")
    given = hotel.ratings["experience"][met.rows, item]
    there = ~np.isnan(given)
    weights, rows = hotel.weights[met.rows], hotel.rows.iloc[met.rows]
    spread = np.sqrt(
        np.average((met.facts - np.average(met.facts, axis=0, weights=weights)) ** 2, axis=0, weights=weights)
    )
    waves = pd.get_dummies(rows["wave"]).to_numpy(dtype=float)
    design = np.column_stack([met.facts / spread, waves])[there]
    person = pd.factorize(rows["respondent"])[0][there]
    fitted = sm.WLS(given[there], design, weights=weights[there]).fit(
        cov_type="cluster", cov_kwds={"groups": person}, use_t=True
    )
    assert mine["estimate"].to_numpy() == pytest.approx(fitted.params[:7], abs=1e-8)
    n, size = design.shape
    correction = np.sqrt((n - size) / (n - 1))  # statsmodels' own, for the number of coefficients
    half = (mine["high"] - mine["low"]).to_numpy() / 2
    assert half == pytest.approx(
        correction * fitted.bse[:7] * sm.stats.stattools.stats.t.ppf(0.975, len(set(person)) - size), rel=1e-6
    )


def test_two_variables_that_go_together_do_not_stand_for_each_other():
    survey, outcomes = data.small_frames(400)
    read = roadmap.read_survey(survey, outcomes, None, roadmap.Params())
    rng = np.random.default_rng(2)
    rating = read.ratings["experience"][:, 0]
    cause = -rating + rng.normal(0, 1, 400)
    alike = cause + rng.normal(0, 1, 400)
    facts = pd.DataFrame(
        {
            "respondent": np.tile(read.rows["respondent"], 3),
            "variable": np.repeat(["cause", "alike", "same"], 400),
            "value": np.concatenate([cause, alike, np.ones(400)]),
        }
    )
    told = roadmap.causes(read, facts, roadmap.Pareto("no_contacts"), None, roadmap.Params())
    first = told.frame[told.frame["attribute"] == "a"].set_index("cause")
    assert first.loc["cause", "high"] < 0
    assert first.loc["alike", "low"] < 0 < first.loc["alike", "high"]
    assert ("variables_constant", {"variables": ("same",), "n": 1}) in told.caveats


def test_false_findings_are_rare_where_nothing_causes_anything():
    survey, outcomes = data.small_frames(300, seed=8)
    read = roadmap.read_survey(survey, outcomes, None, roadmap.Params())
    rng = np.random.default_rng(4)
    lowest, hits = [], 0
    for _ in range(20):
        facts = pd.DataFrame(
            {
                "respondent": np.tile(read.rows["respondent"], 3),
                "variable": np.repeat(["u", "v", "w"], 300),
                "value": rng.lognormal(size=900),
            }
        )
        told = roadmap.causes(read, facts, roadmap.Pareto("no_contacts"), None, roadmap.Params())
        lowest.append(told.frame["p"].mean())
        hits += len(told.found) > 0
    assert hits <= 5  # 1 expected
    assert np.mean(lowest) == pytest.approx(0.5, abs=0.09)


def test_without_circumstances_the_rest_is_told(hotel, own):
    needs = pd.DataFrame(
        {
            "terms": ["late, hours", "warm, kind"],
            "touchpoint": ["체크아웃", ""],
            "respondents": [30, 40],
            "share": [0.1, 0.13],
            "share_low": [0.07, 0.1],
            "share_high": [0.14, 0.17],
            "wish_share": [1.0, 0.1],
        }
    )
    told = roadmap.causes(hotel, None, roadmap.Pareto("no_contacts"), needs, own)
    assert (told.reason, told.tested, told.caveats) == ("no_circumstances", 0, ())
    assert told.frame[["kind", "cause", "touchpoint", "n", "share"]].to_numpy().tolist() == [
        ["need", "late, hours", "체크아웃", 30, 0.1]
    ]
    assert told.found.empty


def test_where_nobody_is_below_the_floor_only_the_rating_is_told(small):
    survey = small[0]
    facts = pd.DataFrame(
        {"respondent": survey.rows["respondent"], "variable": "wait", "value": np.arange(200.0)}
    )
    own = roadmap.Params(floor=0.5)
    told = roadmap.causes(survey, facts, roadmap.Pareto("no_contacts"), None, own)
    assert told.frame["below"].isna().all()
    assert told.frame["estimate"].notna().all()
    assert ("nobody_below_floor", {"floor": 0.5}) in told.caveats
    few = roadmap.causes(survey, facts.head(20), roadmap.Pareto("no_contacts"), None, own)
    assert few.reason == "too_few_answers"
    assert few.frame["estimate"].isna().all()
    assert few.frame["n"].isna().all()
