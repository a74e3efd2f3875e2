"""What the committed notebooks say of the hotel: nbval holds that running them again says the same."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from results import readable, unworded

ROOT = Path(__file__).parents[2]
HOTEL = 'client: str = "hanbit_hotel"'
NOTEBOOKS = {
    path.stem: path
    for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    if HOTEL
    in json.dumps(json.loads(path.read_text(encoding="utf-8")), ensure_ascii=False).replace('\\"', '"')
}
# Names of tables and promises that the params give: their readers know them.
PARAMS = yaml.safe_load((ROOT / "params" / "hanbit_hotel.yml").read_text(encoding="utf-8"))
KNOWN = (*PARAMS["data"], *(promise["name"] for promise in PARAMS["promises"]))
SAID = {
    "40_experience": (
        "중단 한빛호텔의 개선 우선순위가 가장 높은 것은 '객실'의 '무선인터넷'",
        "목록의 맨 위는 '객실 / 무선인터넷'",
        "약속을 내세우기 전에 '객실'의 '무선인터넷'부터",
    ),
    "50_promise": (
        "추진 '예약부터 배웅까지 반갑게'",
        "'배웅'의 '진심 어린 인사'",
        "'예약부터 배웅까지 반갑게': 모든 점검을 통과했습니다",
        "못 미치는 '후속 메일'의 '감사의 진정성'부터 고쳐야 합니다",
    ),
    "60_roadmap": (
        "추진 시작하지 않은 과제 7개 중 5개를 선정했습니다: 객실 무선망 교체",
        "우선순위가 가장 높은 과제는 '객실 무선망 교체'",
        "모바일 체크인, 웹 예약 개편, 고객 취향 기억, 조용한 층 운영",
        "구간 66.7% ~ 100.0%",
        "접촉의 80%에 이르려면 5가지 이유가 필요하며",
        "3건 중 2건의 효과가 확인되었습니다: 고객 취향 기억, 조용한 층 운영",
    ),
}


def outputs(name: str) -> dict[str, str]:
    """Cell → what a reader sees of its output, but for the last, which names the tables it left."""
    cells = json.loads(NOTEBOOKS[name].read_text(encoding="utf-8"))["cells"]
    given = {
        cell["id"]: "".join("".join(output["data"].get("text/html", "")) for output in cell["outputs"])
        for cell in cells
        if cell["cell_type"] == "code"
        and cell["id"] != "save"
        and "nbval-skip" not in cell["metadata"].get("tags", [])
    }
    return {cell: readable(html) for cell, html in given.items() if html}


def test_the_hotel_is_told_of_in_the_notebooks_that_need_a_survey() -> None:
    assert {*SAID} <= {*NOTEBOOKS}


@pytest.mark.parametrize("name", SAID)
def test_what_is_planted_in_the_hotel_is_what_the_notebook_says(name: str) -> None:
    told = " ".join(outputs(name).values())
    assert [part for part in SAID[name] if part not in told] == []


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_about_the_hotel_is_worded_throughout_in_korean(name: str) -> None:
    english = "undetermined feeling basic satisfaction before expectation credible today logit worked process"
    english += " budget returning possible"
    for cell, text in outputs(name).items():
        assert re.search("[가-힣]", text), cell
        assert not unworded(text, *KNOWN), cell
        assert not {*english.split()} & {*re.findall(r"[a-z]+", text)}, cell


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_guest_and_no_open_answer_stands_in_a_notebook(name: str) -> None:
    text = NOTEBOOKS[name].read_text(encoding="utf-8")
    assert not re.search(r"\bR\d{6}\b|\b01\d-\d{4}-\d{4}\b", text)
    comments = pd.read_csv(ROOT / "data/hanbit_hotel/survey_comments_cp949.csv", encoding="cp949")
    quotes = comments["text"].dropna().loc[lambda each: each.str.len() > 12].unique().tolist()
    assert len(quotes) > 100
    shown = " ".join(outputs(name).values())
    assert not [quote for quote in quotes if quote in shown]


def test_four_cells_of_the_hotels_proof_matrix_are_empty() -> None:
    assert outputs("50_promise")["proof-table"].count("○ 없음") == 4


def test_a_pilot_that_was_unlike_before_the_change_is_a_caveat() -> None:
    assert "환영 간식" in outputs("60_roadmap")["caveats-list"]


def test_praise_is_no_reason_to_mend_anything() -> None:
    assert "칭찬" not in outputs("60_roadmap")["pareto-figure"]


@pytest.mark.parametrize("name", SAID)
def test_a_notebook_about_the_hotel_saves_the_tables_it_declares(name: str) -> None:
    notebook = json.loads(NOTEBOOKS[name].read_text(encoding="utf-8"))
    (saved,) = [cell for cell in notebook["cells"] if cell["id"] == "save"]
    told = "".join(saved["outputs"][0]["data"]["text/plain"])
    listed = re.search(r"표 ([\w, ]+)\.", told)
    assert listed
    assert {*listed[1].split(", ")} == {*notebook["metadata"]["cerm"]["gives"]}
