"""The survey answers carry what is planted about touchpoints, attributes, waves, competitors and segments."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from generator.attributes import ATTRIBUTES
from generator.questionnaire import CIRCUMSTANCES, COMPETITORS, OWN, SEGMENT_NEEDS, TOUCHPOINTS
from generator.survey import expected
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

ANSWERED = (1, 7)


@pytest.fixture(scope="module")
def answered(ratings):
    return ratings[ratings["answer"].between(*ANSWERED)]


@pytest.fixture(scope="module")
def outcomes(shipped):
    table = pd.read_csv(shipped / "survey_outcomes.csv.gz")
    table["judgement"] = table["measure"] + " " + table["nature"]
    return table.pivot_table(index=["respondent", "wave", "brand"], columns="judgement", values="answer")


@pytest.fixture(scope="module")
def experience(answered):
    """Our ratings, one column per attribute; empty where not met."""
    own = answered[(answered["measure"] == "experience") & (answered["brand"] == OWN)]
    return own.pivot_table(index=["respondent", "wave"], columns=["touchpoint", "attribute"], values="answer")


def weighted_mean(rows):
    """Mean and its standard error under the respondents' weights."""
    weights, answers = rows["weight"].to_numpy(), rows["answer"].to_numpy(dtype=float)
    effective = weights.sum() ** 2 / (weights**2).sum()
    return np.average(answers, weights=weights), answers.std(ddof=1) / np.sqrt(effective)


def test_the_questionnaire_has_17_touchpoints_of_2_to_5_attributes(ratings):
    asked = ratings[["touchpoint", "attribute"]].drop_duplicates()
    counts = asked["touchpoint"].value_counts()
    assert set(counts.index) == set(TOUCHPOINTS)
    assert len(counts) == 17
    assert counts.between(2, 5).all()
    assert len(asked) == len(ATTRIBUTES) == len({(one.touchpoint, one.ko) for one in ATTRIBUTES})
    assert set(ratings["stage"]) == {"before", "at", "after"}


def test_everything_planted_names_touchpoints_and_attributes_that_are_asked(truth):
    asked = {(one.touchpoint, one.ko) for one in ATTRIBUTES}
    assert {
        (one["touchpoint"], one["attribute"]) for one in truth["survey"]["experience_of_segments"]
    } <= asked
    assert {(one.touchpoint, one.attribute) for one in CIRCUMSTANCES.values() if one.attribute} <= asked
    assert {name for needs in SEGMENT_NEEDS.values() for name in needs} <= set(TOUCHPOINTS)


def test_every_respondent_answers_once_a_wave_and_rates_us(respondents, ratings):
    assert not respondents.duplicated(["respondent", "wave"]).any()
    assert respondents.groupby("wave").size().tolist() == [300, 300]
    assert 60 <= respondents.duplicated("respondent").sum() <= 180  # the panel
    keys = ["respondent", "wave", "brand", "touchpoint", "attribute", "measure"]
    assert not ratings.duplicated(keys).any()
    own = ratings[(ratings["brand"] == OWN) & (ratings["measure"] == "experience")]
    assert len(own) == len(respondents) * len(ATTRIBUTES)
    assert set(ratings["answer"]) == {1, 2, 3, 4, 5, 6, 7, 98, 99}


def test_mean_answers_gaps_and_differences_are_the_expected_ones(answered, truth):
    grouped = dict(list(answered.groupby(["touchpoint", "attribute", "wave", "brand", "measure"])))
    distances = []
    for one in truth["survey"]["attributes"]:
        for wave, means in one["expected"].items():
            key = one["touchpoint"], one["attribute"], wave
            for brand, measure in (("", "importance"), (OWN, "expectation"), (OWN, "experience")):
                mean, error = weighted_mean(grouped[(*key, brand, measure)])
                distances.append((mean - means[measure]) / error)
            for brand, ahead in means["ahead"].items():
                mean, error = weighted_mean(grouped[(*key, brand, "experience")])
                distances.append((mean - (means["experience"] - ahead)) / error)
            assert means["gap"] == pytest.approx(means["experience"] - means["expectation"], abs=2e-4)
    assert len(distances) == len(ATTRIBUTES) * 2 * 6
    assert np.mean(np.abs(distances) > 1.96) < 0.09
    assert np.abs(distances).max() < 4.5


def test_the_mean_of_answers_is_what_a_simulation_gives():
    rng = np.random.default_rng(1)
    latent = 6.2 + rng.normal(0, 0.45, 200_000) + rng.normal(0, 0.90, 200_000)
    simulated = np.clip(np.rint(latent), 1, 7)
    assert float(expected(np.array(6.2), "experience")) == pytest.approx(simulated.mean(), abs=0.01)


def test_the_second_wave_changes_where_it_is_planted(answered, truth):
    own = answered[(answered["brand"] == OWN) & (answered["measure"] == "experience")]
    means = own.groupby(["touchpoint", "attribute", "wave"]).apply(lambda rows: weighted_mean(rows)[0])
    change = means.xs("2026-05", level="wave") - means.xs("2025-06", level="wave")
    planted = {
        (one["touchpoint"], one["attribute"]): one["latent_change"] for one in truth["survey"]["attributes"]
    }
    changed = [key for key, value in planted.items() if value]
    assert len(changed) == 4
    for key in changed:
        assert change[key] == pytest.approx(planted[key], abs=0.25)
    assert change.drop(changed).abs().max() < 0.35


def test_touchpoints_are_met_as_often_as_planted(ratings):
    own = ratings[(ratings["brand"] == OWN) & (ratings["measure"] == "experience")]
    met = (own["answer"] != 98).groupby(own["touchpoint"]).mean()
    for name, one in TOUCHPOINTS.items():
        assert met[name] == pytest.approx(one.reach, abs=0.07), name


def test_competitors_are_known_as_often_as_planted(ratings, respondents):
    rated = ratings[ratings["brand"].isin(COMPETITORS)].drop_duplicates(["respondent", "wave", "brand"])
    shares = rated["brand"].value_counts() / len(respondents)
    for brand, one in COMPETITORS.items():
        assert shares[brand] == pytest.approx(one["known"], abs=0.07)


def test_importance_tells_the_segments_apart(answered, truth):
    rated = answered[answered["measure"] == "importance"]
    needs = rated.pivot_table(index=["respondent", "wave"], columns="touchpoint", values="answer").dropna()
    planted = [truth["survey"]["segments_of_respondents"][one] for one in needs.index.get_level_values(0)]
    fits = {groups: KMeans(groups, n_init=10, random_state=1).fit(needs).labels_ for groups in (3, 4, 5)}
    agreement = {groups: adjusted_rand_score(planted, labels) for groups, labels in fits.items()}
    assert agreement[4] > 0.8
    assert max(agreement, key=agreement.get) == 4


def test_judgements_follow_rational_and_emotional_satisfaction(outcomes, truth):
    weights = truth["survey"]["outcomes"]["weights"]
    felt = sm.add_constant(outcomes[["satisfaction rational", "satisfaction emotional"]])
    for name, column in (
        ("overall", "satisfaction overall"),
        ("loyalty", "loyalty overall"),
        ("recommendation", "recommendation overall"),
    ):
        fitted = sm.OLS(outcomes[column], felt).fit().params
        # rounded answers weaken the relation a little
        assert fitted.iloc[1] == pytest.approx(weights[name]["rational"], rel=0.3)
        assert fitted.iloc[2] == pytest.approx(weights[name]["emotional"], rel=0.3)
        assert fitted.iloc[2] > fitted.iloc[1]


def test_satisfaction_is_driven_by_the_attributes_with_a_slope_alone(outcomes, experience, truth):
    own = outcomes.xs(OWN, level="brand").reindex(experience.index)
    filled = experience.fillna(experience.mean())
    weighted, others = [], []
    for nature in ("rational", "emotional"):
        asked = [one for one in truth["survey"]["attributes"] if one["nature"] == nature]
        ratings = filled[[(one["touchpoint"], one["attribute"]) for one in asked]].to_numpy()
        fitted = sm.OLS(own[f"satisfaction {nature}"].to_numpy(), sm.add_constant(ratings)).fit()
        for one, ratio in zip(asked, fitted.tvalues[1:], strict=True):
            (weighted if one["slope"] else others).append(ratio)
    assert len(weighted) == 18
    assert np.mean(np.array(weighted) > 2) > 0.9
    assert np.mean(np.abs(others) > 2) < 0.15


def test_basic_attributes_punish_and_excitement_attributes_reward(outcomes, experience, truth):
    own = outcomes.xs(OWN, level="brand").reindex(experience.index)
    asymmetry = {"basic": [], "performance": [], "excitement": []}
    for nature in ("rational", "emotional"):
        asked = [one for one in truth["survey"]["attributes"] if one["nature"] == nature and one["slope"]]
        parts = []
        for one in asked:
            rating = experience[(one["touchpoint"], one["attribute"])]
            away = (rating - one["turn"]).fillna(0.0)
            parts += [away.clip(upper=0), away.clip(lower=0)]
        fitted = sm.OLS(
            own[f"satisfaction {nature}"].to_numpy(), sm.add_constant(np.column_stack(parts))
        ).fit()
        for one, below, above in zip(asked, fitted.params[1::2], fitted.params[2::2], strict=True):
            asymmetry[one["class"]].append(above - below)
    assert max(asymmetry["basic"]) < -0.1
    assert min(asymmetry["excitement"]) > 0.1
    assert abs(np.mean(asymmetry["performance"])) < 0.1


def test_circumstances_lower_the_ratings_they_are_planted_for(shipped, experience):
    facts = pd.read_csv(shipped / "survey_circumstances.csv.gz")
    wide = facts.pivot_table(index=["respondent", "wave"], columns="variable", values="value")
    for name, one in CIRCUMSTANCES.items():
        score = (np.log(wide[name]) - np.log(one.median)) / one.spread
        if one.attribute:
            rating = experience[(one.touchpoint, one.attribute)].dropna()
            fitted = sm.OLS(rating, sm.add_constant(score.reindex(rating.index))).fit()
            assert fitted.params.iloc[1] == pytest.approx(one.effect, abs=3.5 * fitted.bse.iloc[1] + 0.05)
        assert score.std() == pytest.approx(1, abs=0.15)


def test_open_answers_hold_the_planted_themes_in_korean_and_english(shipped, truth):
    table = pd.read_csv(shipped / "survey_comments_cp949.csv", encoding="cp949")
    themes = truth["survey"]["themes"]
    assert sum(one["comments"] for one in themes.values()) == len(table)
    assert sum(one["unmet"] for one in themes.values()) == 3
    korean = table["text"].str.contains("[가-힣]")
    assert 0.03 < (~korean).mean() < 0.2
    written = table["text"].str.contains("늦은 체크아웃|체크아웃 시간|체크아웃을 오후|later check-out").sum()
    assert written == themes["늦은 체크아웃"]["comments"]


def test_weights_give_business_guests_their_share(respondents):
    for _, wave in respondents.groupby("wave"):
        business = wave["purpose"] == "출장"
        assert wave.loc[business, "weight"].max() < 1 < wave.loc[~business, "weight"].min()
        assert wave["weight"].mean() == pytest.approx(1, abs=1e-3)
