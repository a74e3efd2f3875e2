"""The promise question over whole runs: what a client has is told, what it has not is left open."""

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

from cerm_nb.analyses.promise import Params
from cerm_nb.params import CommonParams

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "50_promise"
HOTEL = ("survey", "respondents", "choices", "indicators", "initiatives")
QUICK = {"bootstrap": 100, "hb_draws": 200, "hb_burn_in": 250}
HOSTILE = "<script>document.title='ours'</script>"
LEVELS = {"check-in": ["desk", "mobile"], "late": ["no", "yes"], "price": ["100", "150", "200"]}
WORTH = {"desk": 0.0, "mobile": 1.0, "no": 0.0, "yes": 2.0, "100": 1.0, "150": 0.0, "200": -1.0}
TODAY = {"check-in": "desk", "late": "no", "price": "150"}
TABLES = {
    "value_curve": "touchpoint attribute brand n n_eff state mean low high difference",
    "positions": "kind name touchpoint attribute x y from_x from_y",
    "part_worths": "attribute level estimate std_error importance",
    "shares": "scenario brand rule share low high",
    "promise": "candidate rank verdict reason",
    "proof": "promise touchpoint attribute stage level proof metric owner",
}


def answers(people: int = 60) -> pd.DataFrame:
    """Ratings of four attributes of our brand and of a hostile one, from 1 to 7; the last of ours is poor."""
    rng = np.random.default_rng(7)
    rows = []
    for brand, levels in {"us": (6, 5, 5, 2), HOSTILE: (4, 5, 4, 5)}.items():
        rated = np.clip(np.rint(rng.normal(levels, 1.0, (people, 4))), 1, 7)
        rows += [
            (f"guest-{who:05d}", f"place {at // 2}", f"thing {at}", "at", "experience", brand, value)
            for who, given in enumerate(rated)
            for at, value in enumerate(given)
        ]
    names = ["respondent", "touchpoint", "attribute", "stage", "measure", "brand", "value"]
    ours = pd.DataFrame(rows, columns=names)
    weight = ours[ours["brand"] == "us"].assign(measure="importance")
    place = weight["attribute"].str[-1].astype(int)
    return pd.concat([ours, weight.assign(value=(7 - place).clip(1, 7))], ignore_index=True)


def tasks(method: str, attributes: list[str], people: int = 60) -> pd.DataFrame:
    """Offers chosen, or rated, by what their levels are worth and some noise."""
    rng = np.random.default_rng(8)
    width = 1 if method == "rating" else 3
    rows = []
    for who in range(people):
        for task in range(12):
            shown = [{name: str(rng.choice(LEVELS[name])) for name in attributes} for _ in range(width)]
            worth = [sum(WORTH[level] for level in one.values()) + rng.gumbel() for one in shown]
            said = [round(5 + value, 1) for value in worth] if width == 1 else np.eye(3)[np.argmax(worth)]
            start = (f"guest-{who:05d}", method, f"t{task:02d}")
            kept = "yes" if task > 9 and method == "choice" else "no"
            rows += [
                (*start, str(at), *both, said[at], kept)
                for at, one in enumerate(shown)
                for both in one.items()
            ]
    names = ["respondent", "method", "task", "alternative", "attribute", "level", "chosen", "holdout"]
    return pd.DataFrame(rows, columns=names)


def promise(at: int, **levels: str) -> dict[str, Any]:
    carrier = {"touchpoint": f"place {at // 2}", "attribute": f"thing {at}", "level": 6.5}
    return {"name": f"promise_{at}", "title": f"{HOSTILE} {at}", "carriers": [carrier], "levels": levels}


def add(project: Path, name: str, changes: dict[str, Any] | None = None, **tables: pd.DataFrame) -> Path:
    """Write a client with its tables."""
    data = {}
    for table, frame in tables.items():
        frame.to_csv(project / "data" / f"{name}_{table}.csv", index=False)
        scale = {"scale": {"value": [1, 7]}} if table == "survey" else {}
        data[table] = {"from": f"data/{name}_{table}.csv", **scale}
    own = {"own_brand": "us", **QUICK, **(changes or {})}
    return write(
        project, {"client": name, "lang": "en", "currency": "EUR", "as_of": AS_OF, "data": data} | own
    )


def write(project: Path, values: dict[str, Any]) -> Path:
    path = project / "params" / f"{values['client']}.yml"
    path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def add_shipped(project: Path, client: str, tables: tuple[str, ...]) -> Path:
    """Copy some tables of a shipped client, and all that its params say of the promise."""
    values = yaml.safe_load((ROOT / "params" / f"{client}.yml").read_text(encoding="utf-8"))
    values["data"] = {name: values["data"][name] for name in tables}
    (project / "data" / client).mkdir()
    for entry in values["data"].values():
        place = entry["from"].removeprefix("sqlite://")
        shutil.copy(ROOT / place, project / place)
    known = {*CommonParams.model_fields, *Params.model_fields}
    return write(project, {name: value for name, value in values.items() if name in known} | QUICK)


def add_all(project: Path) -> list[Path]:
    rivals = {"other": {"check-in": "mobile", "late": "no", "price": "150"}}
    known = {"own_profile": TODAY, "scenarios": rivals, "price_attribute": "price"}
    unpriced = [{name: one[name] for name in ("check-in", "late")} for one in (TODAY, rivals["other"])]
    promises = [promise(0, late="yes"), promise(3)]
    wrong = {"own_profile": {**TODAY, "late": "perhaps"}, "scenarios": {"us": TODAY}}
    odd = promise(0) | {"name": "today", "carriers": [{"touchpoint": "plce 0", "attribute": "x", "level": 9}]}
    return [
        add_shipped(project, "hanbit_hotel", HOTEL),
        add_shipped(project, "fast_food", ("experience", "outcomes")),
        add(
            project,
            "rated",
            known | {"promises": promises},
            survey=answers(),
            choices=tasks("rating", list(LEVELS)),
        ),
        add(
            project,
            "unpriced",
            {"own_profile": unpriced[0], "scenarios": {"other": unpriced[1]}, "promises": promises[1:]},
            survey=answers(),
            choices=tasks("choice", ["check-in", "late"]),
        ),
        add(project, "one", {"promises": promises}, survey=answers(1)),
        add(
            project,
            "misnamed",
            wrong | {"promises": [odd]},
            survey=answers(),
            choices=tasks("choice", list(LEVELS)),
        ),
    ]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run all clients by one command."""
    project = make_project(tmp_path_factory.mktemp("promise"), QUESTION)
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


def test_the_hotel_may_promise_the_welcome_and_must_mend_its_letters_first(ran: tuple[Path, str]) -> None:
    judged = table(ran, "hanbit_hotel", "promise").set_index("candidate")
    fix = judged.loc["remembers_you"]
    assert fix["credible"] == "no"
    assert (fix["fix_touchpoint"], fix["fix_attribute"]) == ("후속 메일", "감사의 진정성")
    assert judged.index[0] == "warm_welcome"
    assert judged.loc["warm_welcome", "credible"] == "yes"
    assert (judged["preference_low"] > 0).all()
    found = finding(ran, "hanbit_hotel")
    assert 0 < found["low"] <= found["value"] <= found["high"]
    assert "'배웅'의 '진심 어린 인사'" in found["answer"]


def test_the_published_tables_begin_with_the_columns_they_promise(ran: tuple[Path, str]) -> None:
    for name, columns in TABLES.items():
        frame = table(ran, "hanbit_hotel", name)
        wanted = columns.split()
        assert list(frame.columns[: len(wanted)]) == wanted
        assert len(frame)
    shares = table(ran, "hanbit_hotel", "shares")
    assert shares.groupby(["scenario", "rule"])["share"].sum().to_numpy() == pytest.approx(1)
    assert set(shares["scenario"]) == {"today", "warm_welcome", "remembers_you", "local_table"}
    assert ((shares["low"] <= shares["share"]) & (shares["share"] <= shares["high"])).all()
    published = {path.stem for path in (folder(ran, "hanbit_hotel") / QUESTION / "tables").glob("*.parquet")}
    notebook = json.loads((ROOT / "notebooks" / f"{QUESTION}.ipynb").read_text(encoding="utf-8"))
    assert published == {*TABLES} | {*notebook["metadata"]["cerm"]["gives"]}


def test_the_hotels_empty_cells_are_flagged(ran: tuple[Path, str]) -> None:
    proof = table(ran, "hanbit_hotel", "proof").drop_duplicates(["promise", "touchpoint", "attribute"])
    assert sorted(proof.loc[proof["empty"] != "", "empty"]) == ["metric", "metric", "metric", "owner"]
    assert told(ran, "hanbit_hotel").count("○ 없음") == 4


def test_without_promises_and_choices_the_page_says_what_could_carry_one(ran: tuple[Path, str]) -> None:
    found = finding(ran, "fast_food")
    assert found["verdict"] == "not_enough_data"
    assert "how important attributes are is not known" in found["answer"]
    assert found["n"] == 40
    text = told(ran, "fast_food")
    assert "no promise is written in the params" in text
    assert "there are no choice tasks of this kind" in text
    assert set(table(ran, "fast_food", "value_curve")["brand"]) >= {"Wendy's", "McDonald's"}
    assert len(table(ran, "fast_food", "positions").query("kind == 'brand'")) == 8
    for name in ("part_worths", "shares", "promise", "proof"):
        assert table(ran, "fast_food", name).empty


def test_ratings_of_offers_tell_preference_but_no_price(ran: tuple[Path, str]) -> None:
    worths = table(ran, "rated", "part_worths")
    assert set(worths["method"]) == {"rating"}
    estimates = worths.set_index("level")["estimate"]
    assert estimates["yes"] - estimates["no"] == pytest.approx(2.0, abs=0.5)
    judged = table(ran, "rated", "promise").set_index("candidate")
    assert judged.loc["promise_0", "preferred"] == "yes"
    assert judged.loc["promise_3", "preferred"] == ""
    assert table(ran, "rated", "willingness").empty
    text = told(ran, "rated")
    assert "not what they would pay" in text
    assert "no choices were kept back" in text


def test_choices_without_a_price_tell_all_but_money(ran: tuple[Path, str]) -> None:
    found = finding(ran, "unpriced")
    assert found["verdict"] == "stop"
    assert "thing 3 at place 1" in found["answer"]
    assert found["value"] < 0
    assert table(ran, "unpriced", "willingness").empty
    assert not table(ran, "unpriced", "forecasts").empty
    assert set(table(ran, "unpriced", "shares")["scenario"]) == {"today"}
    assert "the choice tasks have no price" in told(ran, "unpriced")


def test_a_survey_of_one_ends_in_a_page_that_says_so(ran: tuple[Path, str]) -> None:
    found = finding(ran, "one")
    assert found["verdict"] == "not_enough_data"
    assert found["value"] is None
    assert table(ran, "one", "value_curve")["mean"].isna().all()


def test_pages_are_worded_throughout_in_either_language(ran: tuple[Path, str]) -> None:
    for client in ("hanbit_hotel", "fast_food", "rated", "unpriced", "one"):
        text = told(ran, client)
        assert not re.search(r"\bnan\b|\bNone\b|-0\.0+\b|\d\.\d{7}|[{}]", text), client
        named = set(re.findall(r"\b[a-z]+_[a-z_]+\b", text)) - {"own_profile", "hb_burn_in", "hb_draws"}
        assert not named, client
    korean = told(ran, "hanbit_hotel")
    assert not re.search(r"\b(undetermined|credible|today|before|first choice|logit)\b", korean)


def test_no_respondent_stands_on_a_page_or_in_a_table(ran: tuple[Path, str]) -> None:
    for client, pattern in (("hanbit_hotel", r"\bR\d{6}\b"), ("rated", r"guest-0")):
        for name, content in files(folder(ran, client)).items():
            assert not re.search(pattern, content.decode("utf-8", "ignore")), name


def test_a_hostile_brand_and_promise_are_text(ran: tuple[Path, str]) -> None:
    assert "<script" not in page(ran, "rated")
    assert f"{HOSTILE} 0" in told(ran, "rated")


def test_the_same_client_leaves_the_same_bytes(ran: tuple[Path, str]) -> None:
    before = files(folder(ran, "unpriced"))
    assert cerm(ran[0], "run", "--force", "params/unpriced.yml").returncode == 0
    after = files(folder(ran, "unpriced"))
    assert before.keys() == after.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {f"{QUESTION}/manifest.json"}


def test_all_that_the_promises_name_wrongly_is_refused_at_once(ran: tuple[Path, str]) -> None:
    assert not (folder(ran, "misnamed") / f"{QUESTION}.html").exists()
    text = " ".join(ran[1].split())
    known = ("promises[0] → carriers[0] → touchpoint", "did you mean 'place 0'", "'perhaps' is not known")
    for part in (*known, "scenarios → us", "is our own brand", "'today' is what we are now called"):
        assert part in text, part
