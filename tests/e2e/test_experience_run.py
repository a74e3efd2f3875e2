"""The experience question over whole runs: what a survey bears is told, what it does not is left open."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from by_hand import by_hand, changed_by_hand
from projects import ROOT, add_tables, cerm, make_project
from results import Results, unworded

from cerm_nb.errors import CermError

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "40_experience"
QUOTE = "The corridor lamp by room 7 kept flickering all night long"
OPEN = ["I wish breakfast would open earlier in the morning"] * 30 + ["garage spaces were narrow"] * 30
HOSTILE = "<script>document.title='ours'</script>"
TABLES = {
    "touchpoints": "touchpoint stage moment_of_truth weight low high below_floor reach",
    "attributes": "touchpoint attribute brand n_eff importance_stated importance_derived low high expectation"
    " experience gap gap_low gap_high difference_vs_best p_adjusted class class_probability priority p_top3",
    "drivers": "outcome group share low high",
    "loyalty": "brand wave measure value low high",
}


def answers(
    people: int, items: int, brands: tuple[str, ...] = ("us", "them"), measure: str = "experience"
) -> pd.DataFrame:
    """Ratings from 0 to 10 that share a respondent's mood; the first attribute of the first brand is poor."""
    rng = np.random.default_rng(7)
    parts = []
    for brand in brands:
        mood = rng.normal(0, 1, (people, 1))
        poor = 2.0 * (brand == "us") * (measure == "experience") * (np.arange(items) == 0)
        rated = np.clip(np.rint(7 + mood + rng.normal(0, 1.4, (people, items)) - poor), 0, 10)
        long = pd.DataFrame(rated).rename_axis("who").melt(ignore_index=False, value_name="value")
        parts.append(long.reset_index().assign(brand=brand))
    frame = pd.concat(parts, ignore_index=True)
    at = frame.pop("variable").astype(int)
    return frame.assign(
        respondent=[f"guest-{number:05d}" for number in frame.pop("who")],
        touchpoint=[f"place {number // 2}" for number in at],
        attribute=[f"thing {number}" for number in at],
        stage=np.array(["before", "at", "after"])[at // 2 % 3],
        nature=np.array(["rational", "emotional"])[at % 2],
        dimension=np.array(["product_service", "contact_people"])[at % 2],
        measure=measure,
    )


def judged(ratings: pd.DataFrame) -> pd.DataFrame:
    """Overall satisfaction that follows from ratings, the first attributes most."""
    weight = 1 / (1 + ratings["attribute"].str.split().str[1].astype(int))
    sums = ratings.assign(weight=weight, value=ratings["value"] * weight).groupby(["respondent", "brand"])
    value = (sums["value"].sum() / sums["weight"].sum()).rename("value").reset_index()
    noise = np.random.default_rng(8).normal(0, 0.7, len(value))
    return value.assign(value=(value["value"] + noise).round().clip(0, 10), measure="satisfaction")


def flawed() -> pd.DataFrame:
    """One brand whose attributes are constant, twice the same, and rated by nobody."""
    ratings = answers(120, 6, ("us",))
    name = ratings["attribute"]
    ratings.loc[name == "thing 1", "value"] = 5
    ratings.loc[name == "thing 3", "value"] = ratings.loc[name == "thing 2", "value"].to_numpy()
    ratings.loc[name == "thing 4", "value"] = np.nan
    return ratings


def asked_all(people: int) -> pd.DataFrame:
    """Importance and expectation of our brand, experience of ours and of one that is worse."""
    ours = [answers(people, 4, ("us",), measure) for measure in ("importance", "expectation")]
    ours.append(answers(people, 4, ("us",)))
    worse = ours[-1].assign(brand=HOSTILE, value=(ours[-1]["value"] - ours[0]["value"] % 3).clip(0, 10))
    return pd.concat([*ours, worse], ignore_index=True)


def add_all(project: Path) -> None:
    """Write the clients: one to be run by the command line, the others by hand."""
    whole = answers(120, 4)
    comments = pd.DataFrame({"respondent": [f"guest-{at:05d}" for at in range(61)], "text": [QUOTE, *OPEN]})
    weights = pd.DataFrame({"respondent": ["guest-00001", "guest-00002"], "weight": [-1.0, 1.0]})
    wrong = {"targets": {"place 0 / thng 0": 9.0}, "own_brand": "uss", "margins": {"sex": {"f": 1.0}}}
    again = pd.concat([whole, whole.head(3)])
    sound = flawed()
    clients = {
        "unjudged": ({"survey": asked_all(100), "comments": comments}, {"own_brand": "us"}),
        "one": ({"survey": answers(1, 3), "outcomes": judged(answers(1, 3))}, {}),
        "flawed": ({"survey": sound, "outcomes": judged(sound.dropna())}, {"target": 8.0}),
        "wide": ({"survey": answers(40, 45), "outcomes": judged(answers(40, 45))}, {}),
        "misnamed": ({"survey": again, "respondents": weights}, wrong),
    }
    for name, (tables, changes) in clients.items():
        add_tables(project, name, tables, (0, 10), **changes)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Run one client by the command line, the others by hand."""
    project = make_project(tmp_path_factory.mktemp("experience"), QUESTION)
    add_all(project)
    result = cerm(project, "run", "params/unjudged.yml")
    assert result.returncode == 0, result.stdout + result.stderr
    shown = {client: by_hand(project, client, QUESTION) for client in ("one", "flawed", "wide")}
    return Results(project, QUESTION, shown=shown)


def test_the_published_tables_begin_with_the_columns_they_promise(ran: Results) -> None:
    for name, columns in TABLES.items():
        frame = ran.table("flawed", name)
        wanted = columns.split()
        assert list(frame.columns[: len(wanted)]) == wanted
        assert len(frame)
        known = frame.dropna(subset=["low", "high"])
        assert len(known)
        assert (known["low"] <= known["high"]).all()
    assert len(ran.table("flawed", "attributes")) == 6
    assert ran.table("flawed", "drivers").groupby("outcome")["share"].sum().round(6).eq(3).all()
    notebook = json.loads((ROOT / "notebooks" / f"{QUESTION}.ipynb").read_text(encoding="utf-8"))
    assert ran.tables("flawed") == ran.tables("unjudged") == {*notebook["metadata"]["cerm"]["gives"]}


def test_no_open_answer_and_no_respondent_stands_on_a_page_or_in_a_table(ran: Results) -> None:
    for client in ("unjudged", "flawed"):
        for name, text in ran.written(client).items():
            assert "flickering" not in text, name
            assert "guest-0" not in text, name
            assert OPEN[0] not in text, name
    assert "breakfast" in ran.told("unjudged")  # the theme is told in its words


def test_pages_are_worded_throughout(ran: Results) -> None:
    for client in ("unjudged", "one", "flawed", "wide"):
        assert len(ran.told(client)) > 1_000
        assert not unworded(ran.told(client)), client


def test_a_hostile_brand_is_text(ran: Results) -> None:
    assert "<script" not in ran.page("unjudged")
    assert HOSTILE in ran.told("unjudged")


def test_the_same_survey_leaves_the_same_bytes(ran: Results, tmp_path: Path) -> None:
    assert changed_by_hand(ran, "unjudged", tmp_path) == []


def test_a_survey_of_one_ends_in_a_page_that_says_so(ran: Results) -> None:
    found = ran.finding("one")
    assert found["verdict"] == "not_enough_data"
    assert found["value"] is None
    assert "too few respondents" in found["answer"]
    assert ran.table("one", "attributes")["experience"].isna().all()
    assert ran.table("one", "loyalty")["value"].isna().all()
    assert "Not enough data" in ran.told("one")


def test_without_judgements_importance_is_what_respondents_say(ran: Results) -> None:
    found = ran.finding("unjudged")
    assert found["verdict"] == "watch"
    assert "only what respondents say" in found["answer"]
    assert ran.table("unjudged", "attributes")["importance_derived"].isna().all()
    assert ran.table("unjudged", "attributes")["importance_stated"].notna().any()
    assert ran.table("unjudged", "drivers").empty
    assert ran.table("unjudged", "loyalty").empty


def test_one_brand_with_flawed_items_is_told_of_what_is_sound(ran: Results) -> None:
    found = ran.finding("flawed")
    assert found["verdict"] == "watch"
    assert "thing 0" in found["answer"]
    shares = ran.table("flawed", "attributes").set_index("attribute")["importance_derived"]
    assert shares[["thing 1", "thing 4"]].isna().all()
    assert shares["thing 2"] == pytest.approx(shares["thing 3"], rel=1e-6)
    caveats = " ".join(found["caveats"])
    for item in ("place 0 / thing 1", "place 1 / thing 2", "place 1 / thing 3", "place 2 / thing 4"):
        assert item in caveats
    assert "No competitor was rated" in caveats
    assert ran.table("flawed", "attributes")["difference_vs_best"].isna().all()


def test_more_attributes_than_respondents_bear_no_importance(ran: Results) -> None:
    found = ran.finding("wide")
    assert found["verdict"] == "not_enough_data"
    assert "more attributes than respondents" in found["answer"]
    attributes = ran.table("wide", "attributes")
    assert attributes["importance_derived"].isna().all()
    assert attributes["experience"].notna().all()
    assert set(attributes.loc[attributes["brand"] == attributes["brand"][0], "class"]) == {"undetermined"}


def test_all_that_the_params_and_the_answers_have_wrong_is_refused_at_once(ran: Results) -> None:
    with pytest.raises(CermError) as refused:
        by_hand(ran.project, "misnamed", QUESTION)
    assert not (ran.project / "out" / "misnamed").exists()
    text = " ".join(str(refused.value).split())
    known = ("'place 0 / thng 0'", "place 0 / thing 0", "'uss'", "did you mean us")
    for part in (*known, "3 answers are given twice", "margins → sex", "weight: 1 below 0"):
        assert part in text, text
