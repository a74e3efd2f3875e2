"""Broken inputs end in the declared refusal, strange ones in the right rows; nothing else changes."""

from __future__ import annotations

import hashlib
import re
import shutil
from typing import TYPE_CHECKING

import pytest
import yaml
from broken_case import SECRET
from broken_worker import Worker
from make_broken import all_cases, make_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from broken_case import Case
    from broken_worker import Answer

CASES = all_cases()
SMALL = [name for name, case in CASES.items() if case.megabytes is None]
LARGE = [name for name, case in CASES.items() if case.megabytes is not None]
# What `cerm new --from` must also survive: what a file's header can do to the params written from it.
PROPOSED = (
    "nothing_in_it",
    "utf16_not_stated",
    "ten_thousand_columns",
    "escapes_in_the_header",
    "markup_in_the_header",
    "header_twice_alike",
    "header_with_sql",
    "header_of_two_lines",
    "identifiers_formulas",
    "json_nested",
    "json_too_deep",
    "zip_climbing_out",
    "parquet_of_lists",
    "parquet_cut_off",
    "workbook_with_a_password",
    "text_without_positions",
)

# A fault of ours, and what a terminal would obey; line ends and tabs are for reading.
NEVER = re.compile(r"Traceback|Warning:|unexpected \w*(Error|Exception)|[\x00-\x08\x0b-\x1f\x7f]")
LONGEST = 5000
USUAL_MEGABYTES = 1000


def fingerprints(folder: Path) -> dict[str, str]:
    """Tell every entry below a folder: what a link points to, what a file holds."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file() and path.stat().st_mode & 0o400:
            with path.open("rb") as stream:
                found[name] = hashlib.file_digest(stream, "sha256").hexdigest()
        else:
            found[name] = "folder or other"
    return found


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a project two folders deep, so that what climbs out of it is noticed."""
    return make_project(tmp_path_factory.mktemp("outside") / "clients" / "project")


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def worker(temporary: Path) -> Iterator[Worker]:
    started = Worker(temporary)
    yield started
    started.stop()


def check(name: str, project: Path, temporary: Path, worker: Worker) -> None:
    """Write a case, check it, judge the answer, and see that nothing else changed and no file was left."""
    case = CASES[name]
    if case.skipped:
        pytest.skip(case.skipped)
    case.write(project)
    outside = project.parents[1]
    before = fingerprints(outside)
    try:
        judge(case, worker.ask(project, case, "check", f"params/{name}.yml"))
        assert fingerprints(outside) == before
        assert not [path for path in temporary.rglob("*") if path.is_file()]
    finally:
        remove(case, project, temporary)


def remove(case: Case, project: Path, temporary: Path) -> None:
    """Take a case out of the project, and what its check left."""
    shutil.rmtree(project / "data" / case.name, ignore_errors=True)
    (project / "params" / f"{case.name}.yml").unlink()
    for left in temporary.iterdir():
        shutil.rmtree(left) if left.is_dir() else left.unlink()


def judge(case: Case, answer: Answer) -> None:
    """Hold an answer against what its case declares."""
    assert not NEVER.search(answer.told), answer.told[:4000]
    for text in (SECRET, *case.never):
        assert text not in answer.told
    assert len(answer.told) < LONGEST, answer.told[:LONGEST]
    assert answer.code == (0 if case.works else 1), answer.told
    for text in case.error:
        assert text in answer.complaints, answer.complaints
    for text in case.shown:
        assert text in answer.screen, answer.screen
    for column, values in case.holds.items():
        assert answer.held[column] == values
    assert {fact: answer.counted[fact] for fact in case.counted} == case.counted
    assert answer.megabytes <= (case.megabytes or USUAL_MEGABYTES)


@pytest.mark.parametrize("name", SMALL)
def test_a_broken_input_ends_as_declared(name: str, project: Path, temporary: Path, worker: Worker) -> None:
    check(name, project, temporary, worker)


@pytest.mark.slow
@pytest.mark.parametrize("name", LARGE)
def test_a_large_broken_input_ends_as_declared_in_bounded_memory(
    name: str, project: Path, temporary: Path, worker: Worker
) -> None:
    check(name, project, temporary, worker)


def test_every_case_says_how_it_ends() -> None:
    assert not [
        name for name, case in CASES.items() if not (case.error or case.shown or case.holds or case.counted)
    ]
    assert len(CASES) >= 200


def test_the_files_are_the_same_every_time(tmp_path: Path) -> None:
    changing = {"duckdb_misspelt_table"}  # DuckDB numbers its files at random
    for folder in ("one", "other"):
        for name in SMALL:
            CASES[name].write(tmp_path / folder)
    one, other = (fingerprints(tmp_path / folder) for folder in ("one", "other"))
    differing = {name.split("/")[1] for name in one | other if one.get(name) != other.get(name)}
    assert differing <= changing


@pytest.mark.parametrize("name", PROPOSED)
def test_new_proposes_from_a_broken_file_or_says_why_not(
    name: str, project: Path, temporary: Path, worker: Worker
) -> None:
    case = CASES[name]
    case.write(project)
    outside = project.parents[1]
    before = fingerprints(outside)
    written = "clients/project/params/proposed.yml"
    try:
        file = f"data/{name}/{next(iter(case.files))}"
        answer = worker.ask(project, case, "new", "proposed", "--from", file)
        assert not NEVER.search(answer.told), answer.told[:4000]
        assert answer.code in (0, 2)
        after = fingerprints(outside)
        assert (after.pop(written, None) is not None) == (answer.code == 0)
        assert after == before
        if answer.code == 0:
            values = yaml.safe_load((outside / written).read_text(encoding="utf-8"))
            assert values["client"] == "proposed"
    finally:
        remove(case, project, temporary)
        (outside / written).unlink(missing_ok=True)
