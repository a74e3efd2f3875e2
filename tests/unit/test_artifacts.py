import os
from pathlib import Path

import pandas as pd
import pytest

from cerm_nb import artifacts
from cerm_nb.errors import OutputError


def write_result(folder: Path, text: str) -> None:
    with artifacts.staged(folder) as stage:
        (stage / "a.txt").write_text(text)


def test_a_result_takes_the_place_of_the_earlier_one(tmp_path: Path) -> None:
    target = tmp_path / "out" / "20_value"
    write_result(target, "old")
    write_result(target, "new")
    assert (target / "a.txt").read_text() == "new"
    assert [entry.name for entry in target.parent.iterdir()] == ["20_value"]


def test_a_failure_leaves_the_earlier_result(tmp_path: Path) -> None:
    target = tmp_path / "20_value"
    write_result(target, "old")
    with pytest.raises(KeyboardInterrupt), artifacts.staged(target) as stage:
        (stage / "a.txt").write_text("half")
        raise KeyboardInterrupt
    assert (target / "a.txt").read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["20_value"]


def test_without_an_exchange_of_names_the_old_result_steps_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifacts, "_exchange", lambda one, other: False)
    write_result(tmp_path / "r", "old")
    write_result(tmp_path / "r", "new")
    assert (tmp_path / "r" / "a.txt").read_text() == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["r"]


def test_what_a_killed_run_left_is_removed(tmp_path: Path) -> None:
    dead = tmp_path / ".staging-999999999-x"
    dead.mkdir()
    alive = tmp_path / f".staging-{os.getpid()}-y"
    alive.mkdir()
    write_result(tmp_path / "r", "new")
    assert not dead.exists()
    assert alive.exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where a folder should be")
    with pytest.raises(OutputError, match="--out"):
        write_result(tmp_path / "out" / "20_value", "x")
    with pytest.raises(OutputError, match="--out"):
        artifacts.replace_file(tmp_path / "out" / "page.html", "x")


def test_tables_are_the_same_bytes_for_the_same_content(tmp_path: Path) -> None:
    frame = pd.DataFrame({"customer": ["김", "b"], "value": [1.5, None]})
    for name in ("one", "two"):
        artifacts.write_table(frame, tmp_path / name, "t")
    assert artifacts.hash_files(tmp_path / "one") == artifacts.hash_files(tmp_path / "two")
    assert set(artifacts.hash_files(tmp_path / "one")) == {"tables/t.parquet", "tables/t.csv"}
    pd.testing.assert_frame_equal(artifacts.read_table(tmp_path / "one", "t"), frame)


def test_a_long_table_has_no_csv(tmp_path: Path) -> None:
    artifacts.write_table(pd.DataFrame({"x": range(artifacts.CSV_UP_TO_ROWS)}), tmp_path, "t")
    assert set(artifacts.hash_files(tmp_path)) == {"tables/t.parquet"}


def test_csv_text_cannot_run_as_a_formula(tmp_path: Path) -> None:
    frame = pd.DataFrame({"name": ["=cmd()", "@x", "kim", None], "n": [-1, 2, 3, 4]})
    artifacts.write_table(frame, tmp_path, "t")
    lines = (tmp_path / "tables" / "t.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines == ["name,n", "'=cmd(),-1", "'@x,2", "kim,3", ",4"]


def test_a_missing_table_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="run its notebook again"):
        artifacts.read_table(tmp_path / "20_value", "customers")


def test_a_document_is_written_the_same_way_every_time(tmp_path: Path) -> None:
    artifacts.write_json({"b": "가", "a": [1.5]}, tmp_path, "one")
    artifacts.write_json({"a": [1.5], "b": "가"}, tmp_path, "two")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert (tmp_path / "one.json").read_text(encoding="utf-8").endswith("}\n")


def test_a_header_a_spreadsheet_would_run_is_quoted() -> None:
    text = artifacts.csv_text(pd.DataFrame({"=cmd": ["@x", "y"], "n": [-1, 2]}))
    assert text == "\ufeff'=cmd,n\n'@x,-1\ny,2\n"
