"""A verdict that a look at earlier forecasts lowered is shown so, and its findings stay as they were."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any

import nbformat
import pytest

from cerm_nb import artifacts, findings, manifest
from cerm_nb.batch import fingerprint, reviews
from cerm_nb.batch.pages import apply_reviews, redraw
from cerm_nb.messages import Messages
from cerm_nb.project import Project

if TYPE_CHECKING:
    from pathlib import Path

REVIEW: dict[str, Any] = {
    "from": "go",
    "to": "watch",
    "reason": "too_low",
    "windows": 1,
    "made_at": "2024-06-30",
    "due": "2025-06-30",
    "source": "BG/NBD",
    "quantity": "purchases",
    "subject": "target",
    "unit": "purchases",
    "forecast": 1097.0,
    "low": 936.0,
    "high": 1270.0,
    "actual": 1882.0,
}


def finding(verdict: str = "go") -> findings.Finding:
    return findings.Finding(
        "target_value", "Who?", verdict, "They are worth 5.", 5.0, 4.0, 6.0, 9, "9 customers", "EUR",
        ["A caveat."], "Act now.", "Head",
    )  # fmt: skip


def result(folder: Path, name: str, verdict: str = "go", told: dict[str, Any] | None = None) -> Path:
    """Leave a whole result without its page, as far as pages need it."""
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    title = nbformat.v4.new_markdown_cell("# Who are they?", metadata={"tags": ["lang-en"]}, id="title")
    nbformat.write(nbformat.v4.new_notebook(cells=[title]), place / "notebook.ipynb")
    (place / "findings.json").write_text(findings.to_json([finding(verdict)]), encoding="utf-8")
    if told is not None:
        artifacts.write_json(told, place, "reviews")
    made = {
        "client": "shop", "notebook": name, "as_of": "2025-06-30", "key": "k", "inputs": {}, "page": "",
        "params": {"client": "shop", "as_of": "2025-06-30", "lang": "en", "currency": "EUR"},
    }  # fmt: skip
    manifest.write(made | {"outputs": artifacts.hash_files(place, but=manifest.NAME)}, place)
    return place


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "out" / "shop" / "2025-06-30"
    result(folder, "20_value")
    result(folder, "30_segments")
    result(folder, "80_scorecard", told={"value": REVIEW})
    row = {"notebook": "20_value", "title": "Who?", "verdict": "go", "sentence": "They are worth 5.",
           "page": "20_value.html", "reason": "", "action": "Act now.", "owner": "Head"}  # fmt: skip
    (folder / "index.json").write_text(artifacts.json_text({"20_value": row}), encoding="utf-8")
    return Project(tmp_path, tmp_path / "out")


def text(project: Project, name: str) -> str:
    return (project.results("shop", "2025-06-30") / name).read_text(encoding="utf-8")


def chips(shown: str) -> list[str]:
    """Verdicts as a page shows them."""
    return re.findall(r'class="chip chip-(\w+)"', shown)


def test_a_lowered_question_shows_its_verdict_and_why_on_its_page_and_in_the_index(project: Project) -> None:
    redraw(project)
    page, index = text(project, "20_value.html"), text(project, "index.html")
    for shown in (page, index):
        assert chips(shown) == ["watch"]
        assert "Lowered from Go to Watch" in shown
        assert "1,097 (936 to 1,270) for purchases by the target customers by 30 June 2025" in shown
        assert "it was 1,882" in shown
        assert "Find out why the earlier forecasts missed" in shown
        assert "Act now." not in shown
    assert "A caveat." in page
    assert "Lowered" not in text(project, "30_segments.html")
    kept = json.loads(text(project, "20_value/findings.json"))
    assert kept[0]["verdict"] == "go"


def test_only_pages_whose_review_changed_are_drawn_again_and_stay_current(project: Project) -> None:
    redraw(project)
    folder = project.results("shop", "2025-06-30")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    apply_reviews(folder)
    redraw(project)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert fingerprint.is_current(folder / "20_value", folder / "20_value.html", "k")
    result(folder, "80_scorecard", told={})
    apply_reviews(folder)
    assert "Lowered" not in text(project, "20_value.html")
    assert chips(text(project, "20_value.html")) == ["go"]
    assert fingerprint.is_current(folder / "20_value", folder / "20_value.html", "k")
    changed = [path.name for path, content in before.items() if path.read_bytes() != content]
    assert sorted(changed) == ["20_value.html", "manifest.json", "manifest.json", "reviews.json"]


def test_a_page_lowered_before_a_review_came_is_what_it_is_after_it(project: Project) -> None:
    folder = project.results("shop", "2025-06-30")
    redraw(project)
    lowered = text(project, "20_value.html")
    (folder / "80_scorecard" / "reviews.json").unlink()
    redraw(project)
    assert "Lowered" not in text(project, "20_value.html")
    result(folder, "80_scorecard", told={"value": REVIEW})
    apply_reviews(folder)
    assert text(project, "20_value.html") == lowered


def test_a_verdict_that_was_no_go_stays_and_is_told_why(project: Project) -> None:
    folder = project.results("shop", "2025-06-30")
    result(folder, "20_value", "stop")
    result(folder, "80_scorecard", told={"value": REVIEW | {"from": "stop", "to": "stop"}})
    redraw(project)
    page = text(project, "20_value.html")
    assert "The verdict stays Stop; earlier forecasts were too low" in page
    assert chips(page) == ["stop"]
    assert "Act now." in page


def test_a_review_of_another_verdict_than_stands_there_now_changes_nothing(project: Project) -> None:
    folder = project.results("shop", "2025-06-30")
    result(folder, "20_value", "stop")
    redraw(project)
    assert chips(text(project, "20_value.html")) == ["stop"]
    assert "Lowered" not in text(project, "20_value.html")


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": {"from": "go"}},
        {"value": REVIEW | {"to": "perfect"}},
        {"value": REVIEW | {"reason": "luck"}},
        {"value": REVIEW | {"forecast": "many"}},
        {"value": REVIEW | {"due": "some day"}},
        {"value": 7},
    ],
)
def test_a_review_that_is_not_whole_is_none(project: Project, wrong: dict[str, Any]) -> None:
    folder = project.results("shop", "2025-06-30")
    result(folder, "80_scorecard", told=wrong)
    assert reviews.read(folder) == {}


@pytest.mark.parametrize("content", [b"{", b"[]", json.dumps({"value": REVIEW}).encode()])
def test_a_file_the_manifest_does_not_know_is_not_read(project: Project, content: bytes) -> None:
    folder = project.results("shop", "2025-06-30")
    (folder / "80_scorecard" / "reviews.json").write_bytes(content)
    assert reviews.read(folder) == {}


def test_a_name_from_the_clients_data_is_shown_and_not_run() -> None:
    hostile = REVIEW | {"subject": "<script>{low}</script>", "quantity": "value", "unit": "calls"}
    hostile |= {"question": "scorecard"}
    told = reviews.sentence(hostile, Messages("ko", "KRW"))
    assert "<script>{low}</script>" in told
    assert "1,882calls" in told.replace(" ", "").replace(".0", "")


def test_the_index_shows_further_answers_and_a_lowered_verdict_leaves_them_alone(project: Project) -> None:
    place = project.results("shop", "2025-06-30") / "20_value"
    second = dataclasses.replace(finding("stop"), id="effect", answer="Nothing <b>worked</b>.")
    (place / "findings.json").write_text(findings.to_json([finding(), second]), encoding="utf-8")
    redraw(project)
    index = text(project, "index.html")
    assert chips(index) == ["watch", "stop"]
    assert "Nothing &lt;b&gt;worked" in index
    redraw(project)
    assert text(project, "index.html") == index


def test_a_row_whose_findings_are_damaged_stays_as_it_was(project: Project) -> None:
    place = project.results("shop", "2025-06-30")
    redraw(project)
    (place / "20_value" / "findings.json").write_text("{", encoding="utf-8")
    (place / "20_value" / "notebook.ipynb").unlink()
    redraw(project)
    assert "They are worth 5." in text(project, "index.html")
