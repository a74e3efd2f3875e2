"""The question of segments over whole runs, and its typing tool in use."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import yaml
from by_hand import by_hand, changed_by_hand
from projects import add_client, cerm, make_project, purchases
from results import Results

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "30_segments"
QUICK = {"segment_methods": ["kmeans"], "max_segments": 4, "bootstrap_pairs": 20, "bootstrap": 100}
ASKED, BUYERS = 150, 150  # respondents of a survey, customers with purchases
ITEMS = [("desk", "quick"), ("desk", "kind"), ("room", "clean"), ("room", "quiet"), ("pool", "warm")]
HOSTILE = "<script>document.title='run'</script>"
TABLES = {
    "members": "respondent customer_id segment posterior weight part",
    "profiles": "segment attribute level role mean mean_rest difference low high p_adjusted",
    "solutions": "method k fit bic ari_median ari_q10 smallest_share best_restart_share chosen",
    "typing": "step field accuracy low high assigned_share chosen",
    "sizes": "segment n share low high value_mean",
    "refinement": "segment hit_ratio gain low high split reason",
}


def survey(touchpoints: list[tuple[str, str]], *, clumps: bool, n: int = ASKED) -> pd.DataFrame:
    """Importance of five items to three kinds of respondents, or to people who are all alike."""
    random = np.random.default_rng(4)
    kind = np.arange(n) % 3
    answers = random.normal(4, 0.7, (n, len(touchpoints)))
    if clumps:
        answers[kind == 0, :2] += 2
        answers[kind == 1, 2:4] += 2
        answers[kind == 2, 4] += 3
    rows = [
        (f"r{person:03d}", f"c{person:04d}", touchpoint, attribute, "importance", value)
        for person, given in enumerate(answers.round().clip(1, 7))
        for (touchpoint, attribute), value in zip(touchpoints, given, strict=True)
    ]
    return pd.DataFrame(rows, columns=["respondent", "guest", "touchpoint", "attribute", "measure", "value"])


def add_survey(project: Path, name: str, frame: pd.DataFrame, **changes: object) -> None:
    path = add_client(project, name, **QUICK, **changes)
    frame.drop(columns="guest").to_csv(project / "data" / f"{name}_survey.csv", index=False)
    people = frame[["respondent", "guest"]].drop_duplicates().rename(columns={"guest": "customer_id"})
    people.to_csv(project / "data" / f"{name}_people.csv", index=False)
    params = yaml.safe_load(path.read_text(encoding="utf-8"))
    params["data"] = {
        "survey": {"from": f"data/{name}_survey.csv", "scale": {"value": [1, 7]}},
        "respondents": {"from": f"data/{name}_people.csv"},
    }
    path.write_text(yaml.safe_dump(params), encoding="utf-8")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Three kinds of customers, run by the command line; none, purchases and nothing by hand."""
    project = make_project(tmp_path_factory.mktemp("segments"), "20_value", QUESTION)
    named = [(HOSTILE if touchpoint == "pool" else touchpoint, item) for touchpoint, item in ITEMS]
    add_survey(project, "asked", survey(named, clumps=True))
    add_survey(project, "alike", survey(ITEMS, clumps=False), lang="ko")
    add_client(project, "buying", purchases(BUYERS), **QUICK)
    add_client(project, "bare", without_tables=True, lang="ko", segment_by="behaviour")
    told = cerm(project, "run", "params/asked.yml").stdout
    told += cerm(project, "run", "--only", "20_value", "params/bare.yml").stdout
    by_hand(project, "buying", "20_value")
    shown = {client: by_hand(project, client, QUESTION) for client in ("alike", "buying", "bare")}
    return Results(project, QUESTION, told, shown)


def test_kinds_that_are_there_are_found_named_and_recognised(ran: Results) -> None:
    found = ran.finding("asked")
    assert found["verdict"] == "go"
    assert found["low"] <= found["value"] <= found["high"]
    assert found["n"] == ASKED
    for name in ("keener on desk", "keener on room"):
        assert name in found["answer"]
    members = ran.table("asked", "members")
    kind = members["respondent"].str.removeprefix("r").astype(int) % 3
    assert members.groupby(kind)["segment"].agg(lambda each: each.value_counts().max()).sum() > 0.9 * ASKED


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_segments_have_their_columns(ran: Results, name: str) -> None:
    assert set(TABLES[name].split()) <= set(ran.table("asked", name).columns)


def test_people_who_are_all_alike_are_told_to_have_no_kinds(ran: Results) -> None:
    found = ran.finding("alike")
    assert found["verdict"] == "stop"
    assert "유형 구분이 나오지 않습니다" in found["answer"]
    assert ran.table("alike", "members").empty
    assert not (ran.folder("alike") / QUESTION / "typing.json").exists()
    page = ran.page("alike")
    assert "산출할 수 없습니다" in page


def test_purchases_alone_give_kinds_by_behaviour(ran: Results) -> None:
    found = ran.finding("buying")
    assert found["n"] == BUYERS
    assert "how they buy" in found["answer"]
    assert "Ask " not in found["action"], "nobody was asked anything"


def test_a_client_without_survey_and_purchases_is_told_what_is_missing(ran: Results) -> None:
    assert re.search(r"bare .*20_value +not run .*data.transactions", ran.screen)
    found = ran.finding("bare")
    assert found["verdict"] == "not_enough_data"
    assert "구매 행동을 알 수 없고" in str(found["answer"])
    assert found["caveats"] == []
    assert ran.table("bare", "members").empty
    page = ran.page("bare")
    assert "항목 0개" not in page
    assert "고객 0명을" not in page


def test_nothing_hostile_and_nobodys_number_reaches_the_page(ran: Results) -> None:
    page = ran.page("asked")
    assert "<script" not in page
    assert "c0003" not in page
    assert "r003" not in page


def test_the_typing_tool_is_hashed_and_holds_nobody(ran: Results) -> None:
    folder = ran.folder("asked") / QUESTION
    text = (folder / "typing.json").read_text(encoding="utf-8")
    assert not re.search(r"[rc]0\d\d", text)
    assert set(json.loads(text)["names"]) == {"1", "2", "3"}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert "typing.json" in manifest["outputs"]


def test_the_same_inputs_leave_the_same_bytes(ran: Results, tmp_path: Path) -> None:
    assert changed_by_hand(ran, "asked", tmp_path) == []


def test_the_tool_tells_the_kind_of_new_customers(ran: Results) -> None:
    tool = ran.folder("asked") / QUESTION / "typing.json"
    fields = [field["name"] for field in json.loads(tool.read_text(encoding="utf-8"))["fields"]]
    members = ran.table("asked", "members")
    rows = survey([(HOSTILE if where == "pool" else where, what) for where, what in ITEMS], clumps=True)
    rows["field"] = rows["touchpoint"] + " · " + rows["attribute"]
    wide = rows.pivot_table(index="respondent", columns="field", values="value")[fields]
    wide.to_csv(ran.project / "new.csv")
    typed = cerm(ran.project, "type", "new.csv", "--tool", tool)
    assert typed.returncode == 0, typed.stderr
    assert f"n = {ASKED}" in typed.stdout
    told = pd.read_csv(ran.project / "new_segments.csv", dtype=str).set_index("respondent")["segment"]
    known = members.set_index("respondent")["segment"]
    assert (told.dropna() == known[told.dropna().index]).mean() > 0.85
