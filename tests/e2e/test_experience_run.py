"""The experience question over whole runs: what a survey bears is told, what it does not is left open."""

from __future__ import annotations

import json
import re
import shutil
from html import unescape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import yaml
from projects import AS_OF, ROOT, cerm, files, make_project

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "40_experience"
HOTEL = ("survey", "outcomes", "recommendation", "respondents", "comments")
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


def add(project: Path, name: str, changes: dict[str, Any] | None = None, **tables: pd.DataFrame) -> Path:
    """Write a client with its tables."""
    data = {}
    for table, frame in tables.items():
        frame.to_csv(project / "data" / f"{name}_{table}.csv", index=False)
        scale = {"scale": {"value": [0, 10]}} if table in ("survey", "outcomes") else {}
        data[table] = {"from": f"data/{name}_{table}.csv", **scale}
    values = {"client": name, "lang": "en", "currency": "EUR", "as_of": AS_OF, "data": data, "bootstrap": 100}
    return write(project, values | (changes or {}))


def write(project: Path, values: dict[str, Any]) -> Path:
    path = project / "params" / f"{values['client']}.yml"
    path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def add_hotel(project: Path) -> Path:
    """Copy the shipped hotel: its survey and what goes with it."""
    values = yaml.safe_load((ROOT / "params" / "hanbit_hotel.yml").read_text(encoding="utf-8"))
    values["data"] = {name: values["data"][name] for name in HOTEL}
    (project / "data" / "hanbit_hotel").mkdir()
    for entry in values["data"].values():
        shutil.copy(ROOT / entry["from"], project / entry["from"])
    kept = ("client", "title", "lang", "currency", "as_of", "data")
    return write(project, {name: values[name] for name in kept} | {"bootstrap": 100})


def add_all(project: Path) -> list[Path]:
    whole = answers(120, 4)
    comments = pd.DataFrame({"respondent": [f"guest-{at:05d}" for at in range(61)], "text": [QUOTE, *OPEN]})
    weights = pd.DataFrame({"respondent": ["guest-00001", "guest-00002"], "weight": [-1.0, 1.0]})
    wrong = {"targets": {"place 0 / thng 0": 9.0}, "own_brand": "uss", "margins": {"sex": {"f": 1.0}}}
    again = pd.concat([whole, whole.head(3)])
    return [
        add_hotel(project),
        add(project, "unjudged", {"own_brand": "us"}, survey=asked_all(100), comments=comments),
        add(project, "one", survey=answers(1, 3), outcomes=judged(answers(1, 3))),
        add(project, "flawed", {"target": 8.0}, survey=flawed(), outcomes=judged(flawed().dropna())),
        add(project, "wide", survey=answers(40, 45), outcomes=judged(answers(40, 45))),
        add(project, "misnamed", wrong, survey=again, respondents=weights),
    ]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run all clients by one command."""
    project = make_project(tmp_path_factory.mktemp("experience"), QUESTION)
    result = cerm(project, "run", *add_all(project))
    assert "Traceback" not in result.stdout + result.stderr
    return project, result.stdout


def folder(ran: tuple[Path, str], client: str) -> Path:
    (day,) = (ran[0] / "out" / client).iterdir()
    return day


def finding(ran: tuple[Path, str], client: str) -> dict[str, Any]:
    text = (folder(ran, client) / QUESTION / "findings.json").read_text(encoding="utf-8")
    (found,) = json.loads(text)
    return found


def table(ran: tuple[Path, str], client: str, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder(ran, client) / QUESTION / "tables" / f"{name}.parquet")


def page(ran: tuple[Path, str], client: str) -> str:
    return (folder(ran, client) / f"{QUESTION}.html").read_text(encoding="utf-8")


def told(ran: tuple[Path, str], client: str) -> str:
    """What a reader sees of a page, without the code and the params it was made with."""
    left_out = r'<style.*?</style>|<details class="code">.*?</details>|<footer.*'
    shown = re.sub(r"<[^>]+>", " ", re.sub(left_out, " ", page(ran, client), flags=re.S))
    return re.sub(r"(?:data|params)/\S+", " ", unescape(" ".join(shown.split())))


def test_the_hotel_must_mend_its_wifi_before_it_promises_anything(ran: tuple[Path, str]) -> None:
    found = finding(ran, "hanbit_hotel")
    assert found["verdict"] == "stop"
    assert found["low"] <= found["value"] <= found["high"] < 0
    assert "'객실'의 '무선인터넷'" in found["answer"]
    attributes = table(ran, "hanbit_hotel", "attributes")
    ours = attributes[attributes["brand"] == "한빛호텔"].sort_values("priority", ascending=False)
    assert ours[["touchpoint", "attribute"]].iloc[0].tolist() == ["객실", "무선인터넷"]
    assert found["action"].count("무선인터넷") == 1


def test_the_published_tables_begin_with_the_columns_they_promise(ran: tuple[Path, str]) -> None:
    for name, columns in TABLES.items():
        frame = table(ran, "hanbit_hotel", name)
        wanted = columns.split()
        assert list(frame.columns[: len(wanted)]) == wanted
        assert len(frame)
        known = frame.dropna(subset=["low", "high"])
        assert (known["low"] <= known["high"]).all()
    assert len(table(ran, "hanbit_hotel", "attributes")) == 44 * 4
    assert table(ran, "hanbit_hotel", "drivers").groupby("outcome")["share"].sum().round(6).eq(3).all()
    published = {path.stem for path in (folder(ran, "hanbit_hotel") / QUESTION / "tables").glob("*.parquet")}
    notebook = json.loads((ROOT / "notebooks" / f"{QUESTION}.ipynb").read_text(encoding="utf-8"))
    assert published == {*TABLES} | {*notebook["metadata"]["cerm"]["gives"]}


def quotes(ran: tuple[Path, str]) -> list[str]:
    """Whole open answers of the hotel's guests."""
    comments = pd.read_csv(ran[0] / "data" / "hanbit_hotel" / "survey_comments_cp949.csv", encoding="cp949")
    return comments["text"].dropna().loc[lambda each: each.str.len() > 12].unique().tolist()


def test_no_open_answer_and_no_respondent_stands_on_a_page_or_in_a_table(ran: tuple[Path, str]) -> None:
    written = {
        client: {
            name: content.decode("utf-8", "ignore") for name, content in files(folder(ran, client)).items()
        }
        for client in ("hanbit_hotel", "unjudged")
    }
    said = quotes(ran)
    assert len(said) > 100
    for name, text in written["hanbit_hotel"].items():
        assert not [quote for quote in said if quote in text], name
        assert not re.search(r"\bR\d{6}\b", text), name
    for name, text in written["unjudged"].items():
        assert "flickering" not in text, name
        assert "guest-0" not in text, name
        assert OPEN[0] not in text, name
    assert "breakfast" in told(ran, "unjudged")  # the theme is told in its words


def test_pages_are_worded_throughout_in_either_language(ran: tuple[Path, str]) -> None:
    for client in ("hanbit_hotel", "unjudged", "one", "flawed", "wide"):
        text = told(ran, client)
        assert not re.search(r"\bnan\b|\bNone\b|-0\.0+\b|\d\.\d{7}|[{}]", text), client
        assert not re.search(r"\b[a-z]+_[a-z_]+\b", text), client
    korean = told(ran, "hanbit_hotel")
    assert not re.search(r"\b(undetermined|feeling|basic|satisfaction|before|expectation)\b", korean)


def test_a_hostile_brand_is_text(ran: tuple[Path, str]) -> None:
    assert "<script" not in page(ran, "unjudged")
    assert HOSTILE in told(ran, "unjudged")


def test_the_same_survey_leaves_the_same_bytes(ran: tuple[Path, str]) -> None:
    before = files(folder(ran, "flawed"))
    assert cerm(ran[0], "run", "--force", "params/flawed.yml").returncode == 0
    after = files(folder(ran, "flawed"))
    assert before.keys() == after.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {f"{QUESTION}/manifest.json"}


def test_a_survey_of_one_ends_in_a_page_that_says_so(ran: tuple[Path, str]) -> None:
    found = finding(ran, "one")
    assert found["verdict"] == "not_enough_data"
    assert found["value"] is None
    assert "too few respondents" in found["answer"]
    assert table(ran, "one", "attributes")["experience"].isna().all()
    assert table(ran, "one", "loyalty")["value"].isna().all()
    assert "Not enough data" in told(ran, "one")


def test_without_judgements_importance_is_what_respondents_say(ran: tuple[Path, str]) -> None:
    found = finding(ran, "unjudged")
    assert found["verdict"] == "watch"
    assert "only what respondents say" in found["answer"]
    assert table(ran, "unjudged", "attributes")["importance_derived"].isna().all()
    assert table(ran, "unjudged", "attributes")["importance_stated"].notna().any()
    assert table(ran, "unjudged", "drivers").empty
    assert table(ran, "unjudged", "loyalty").empty


def test_one_brand_with_flawed_items_is_told_of_what_is_sound(ran: tuple[Path, str]) -> None:
    found = finding(ran, "flawed")
    assert found["verdict"] == "watch"
    assert "thing 0" in found["answer"]
    shares = table(ran, "flawed", "attributes").set_index("attribute")["importance_derived"]
    assert shares[["thing 1", "thing 4"]].isna().all()
    assert shares["thing 2"] == pytest.approx(shares["thing 3"], rel=1e-6)
    caveats = " ".join(found["caveats"])
    for item in ("place 0 / thing 1", "place 1 / thing 2", "place 1 / thing 3", "place 2 / thing 4"):
        assert item in caveats
    assert "No competitor was rated" in caveats
    assert table(ran, "flawed", "attributes")["difference_vs_best"].isna().all()


def test_more_attributes_than_respondents_bear_no_importance(ran: tuple[Path, str]) -> None:
    found = finding(ran, "wide")
    assert found["verdict"] == "not_enough_data"
    assert "more attributes than respondents" in found["answer"]
    attributes = table(ran, "wide", "attributes")
    assert attributes["importance_derived"].isna().all()
    assert attributes["experience"].notna().all()
    assert set(attributes.loc[attributes["brand"] == attributes["brand"][0], "class"]) == {"undetermined"}


def refusal(ran: tuple[Path, str], client: str) -> str:
    """What the closing table says of a client that failed."""
    assert not (folder(ran, client) / f"{QUESTION}.html").exists()
    lines = ran[1].splitlines()
    first = next(at for at, line in enumerate(lines) if line.startswith(f" {client} "))
    rest = lines[first + 1 :]
    own = next((at for at, line in enumerate(rest) if not line.startswith("  ")), len(rest))
    text = " ".join(line.strip() for line in [lines[first], *rest[:own]])
    assert " failed " in text
    return text


def test_all_that_the_params_and_the_answers_have_wrong_is_refused_at_once(ran: tuple[Path, str]) -> None:
    text = refusal(ran, "misnamed")
    known = ("'place 0 / thng 0'", "place 0 / thing 0", "'uss'", "did you mean us")
    for part in (*known, "3 answers are given twice", "margins → sex", "weight: 1 below 0"):
        assert part in text, text
