"""The question of segments over whole runs, and its typing tool in use."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import yaml
from projects import AS_OF, add_client, cerm, files, make_project, purchases

if TYPE_CHECKING:
    from pathlib import Path

QUICK = {"segment_methods": ["kmeans"], "max_segments": 4, "bootstrap_pairs": 20}
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


def survey(touchpoints: list[tuple[str, str]], *, clumps: bool, n: int = 240) -> pd.DataFrame:
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
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Run a client with three kinds of customers, one with none, one of purchases alone and a bare one."""
    project = make_project(tmp_path_factory.mktemp("segments"), "20_value", "30_segments")
    named = [(HOSTILE if touchpoint == "pool" else touchpoint, item) for touchpoint, item in ITEMS]
    add_survey(project, "asked", survey(named, clumps=True))
    add_survey(project, "alike", survey(ITEMS, clumps=False), lang="ko")
    add_client(project, "buying", purchases(250), **QUICK)
    add_client(project, "bare", without_tables=True)
    names = [f"params/{name}.yml" for name in ("asked", "alike", "buying", "bare")]
    return project, cerm(project, "run", *names).stdout


def result(project: Path, client: str) -> Path:
    return project / "out" / client / AS_OF / "30_segments"


def finding(project: Path, client: str) -> dict[str, object]:
    (found,) = json.loads((result(project, client) / "findings.json").read_text(encoding="utf-8"))
    return found


def table(project: Path, client: str, name: str) -> pd.DataFrame:
    return pd.read_parquet(result(project, client) / "tables" / f"{name}.parquet")


def test_kinds_that_are_there_are_found_named_and_recognised(ran: tuple[Path, str]) -> None:
    project, _ = ran
    found = finding(project, "asked")
    assert found["verdict"] == "go"
    assert found["low"] <= found["value"] <= found["high"]
    assert found["n"] == 240
    for name in ("desk first", "room first"):
        assert name in found["answer"]
    members = table(project, "asked", "members")
    kind = members["respondent"].str.removeprefix("r").astype(int) % 3
    assert members.groupby(kind)["segment"].agg(lambda each: each.value_counts().max()).sum() > 220


@pytest.mark.parametrize("name", TABLES)
def test_tables_of_segments_have_their_columns(ran: tuple[Path, str], name: str) -> None:
    assert set(TABLES[name].split()) <= set(table(ran[0], "asked", name).columns)


def test_people_who_are_all_alike_are_told_to_have_no_kinds(ran: tuple[Path, str]) -> None:
    project, _ = ran
    found = finding(project, "alike")
    assert found["verdict"] == "stop"
    assert "유형 구분이 나오지 않습니다" in found["answer"]
    assert table(project, "alike", "members").empty
    assert not (result(project, "alike") / "typing.json").exists()
    page = result(project, "alike").with_suffix(".html").read_text(encoding="utf-8")
    assert "산출할 수 없습니다" in page


def test_purchases_alone_give_kinds_by_behaviour(ran: tuple[Path, str]) -> None:
    project, _ = ran
    assert finding(project, "buying")["n"] == 250
    assert "how they buy" in finding(project, "buying")["answer"]


def test_a_client_without_survey_and_purchases_is_not_run(ran: tuple[Path, str]) -> None:
    project, told = ran
    assert re.search(r"bare .*30_segments +not run .*no behaviour", told)
    assert not result(project, "bare").exists()


def test_nothing_hostile_and_nobodys_number_reaches_the_page(ran: tuple[Path, str]) -> None:
    page = result(ran[0], "asked").with_suffix(".html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "c0003" not in page
    assert "r003" not in page


def test_the_typing_tool_is_hashed_and_holds_nobody(ran: tuple[Path, str]) -> None:
    folder = result(ran[0], "asked")
    text = (folder / "typing.json").read_text(encoding="utf-8")
    assert not re.search(r"[rc]0\d\d", text)
    assert set(json.loads(text)["names"]) == {"1", "2", "3"}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert "typing.json" in manifest["outputs"]


def test_the_same_inputs_leave_the_same_bytes(ran: tuple[Path, str]) -> None:
    project, _ = ran
    before = files(result(project, "asked"))
    again = cerm(project, "run", "--force", "--only", "30_segments", "params/asked.yml")
    assert again.returncode == 0
    after = files(result(project, "asked"))
    assert {name for name in before if before[name] != after.get(name)} <= {"manifest.json"}
    assert before.keys() == after.keys()


def test_the_tool_tells_the_kind_of_new_customers(ran: tuple[Path, str]) -> None:
    project, _ = ran
    tool = result(project, "asked") / "typing.json"
    fields = [field["name"] for field in json.loads(tool.read_text(encoding="utf-8"))["fields"]]
    members = table(project, "asked", "members")
    rows = survey([(HOSTILE if where == "pool" else where, what) for where, what in ITEMS], clumps=True)
    rows["field"] = rows["touchpoint"] + " · " + rows["attribute"]
    wide = rows.pivot_table(index="respondent", columns="field", values="value")[fields]
    wide.to_csv(project / "new.csv")
    typed = cerm(project, "type", "new.csv", "--tool", tool)
    assert typed.returncode == 0, typed.stderr
    assert "n = 240" in typed.stdout
    told = pd.read_csv(project / "new_segments.csv", dtype=str).set_index("respondent")["segment"]
    known = members.set_index("respondent")["segment"]
    assert (told.dropna() == known[told.dropna().index]).mean() > 0.85
    again = cerm(project, "type", "new.csv", "--to", "again.csv")
    assert again.returncode == 0, "the only tool under out/ is found"
    assert (project / "again.csv").read_bytes() == (project / "new_segments.csv").read_bytes()
