"""A wide table is read as a long one, whatever holds it; nothing about its items is guessed."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import openpyxl
import pandas as pd
import pytest
import yaml
from pydantic import ValidationError

from cerm_nb.errors import DataError
from cerm_nb.sources import (
    TableSpec,
    collect,
    customer_information,
    items_or_none,
    open_table,
    propose,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cerm_nb.sources import Loaded

PROJECT = Path(__file__).parents[3]
LABEL = "params/shop.yml → data.survey"
HEADER = ["id", "rest", "taste", "speed", "value"]
ROWS = [[7, "Ours", 1, 7, 4], [8, "Ours", 99, None, 5], [7, "Theirs", 2, 6, 3]]
ITEMS = {
    "taste": {"touchpoint": "food", "attribute": "taste", "nature": "emotional"},
    "speed": {"touchpoint": "counter", "attribute": "it's quick"},
    "value": {"touchpoint": "price", "attribute": "value", "nature": "rational"},
}
COLUMNS = {"respondent": "id", "brand": "rest", "measure": "'experience'", "value": "answer"}
KEYS: dict[str, Any] = {
    "items": ITEMS,
    "columns": COLUMNS,
    "scale": {"value": [1, 7]},
    "missing": {"value": [99]},
}
ANSWERS = [
    ("7", "Ours", "food", "taste", "emotional", 1),
    ("7", "Ours", "counter", "it's quick", None, 7),
    ("7", "Ours", "price", "value", "rational", 4),
    ("8", "Ours", "food", "taste", "emotional", None),
    ("8", "Ours", "counter", "it's quick", None, None),
    ("8", "Ours", "price", "value", "rational", 5),
    ("7", "Theirs", "food", "taste", "emotional", 2),
    ("7", "Theirs", "counter", "it's quick", None, 6),
    ("7", "Theirs", "price", "value", "rational", 3),
]


def csv(path: Path, rows: list[list[Any]] = ROWS, header: list[str] = HEADER) -> dict[str, str]:
    cells = [[*map(str, header)], *([("" if cell is None else str(cell)) for cell in row] for row in rows)]
    path.with_suffix(".csv").write_text("".join(",".join(row) + "\n" for row in cells), "utf-8")
    return {"from": "wide.csv"}


def gzipped(path: Path) -> dict[str, str]:
    pd.read_csv(path.parent / csv(path)["from"], dtype=str).to_csv(path.with_suffix(".csv.gz"), index=False)
    return {"from": "wide.csv.gz"}


def fixed(path: Path) -> dict[str, Any]:
    lines = [f"{no:<3}{brand:<6}" + "".join(f"{cell or '':>2}" for cell in rest) for no, brand, *rest in ROWS]
    path.with_suffix(".txt").write_text("\n".join(lines) + "\n", "utf-8")
    fields = {"id": "1-3", "rest": "4-9", "taste": "10-11", "speed": "12-13", "value": "14-15"}
    return {"from": "wide.txt", "format": "fixed", "fields": fields}


def jsonl(path: Path) -> dict[str, str]:
    lines = [json.dumps(dict(zip(HEADER, row, strict=True))) for row in ROWS]
    path.with_suffix(".jsonl").write_text("\n".join(lines), "utf-8")
    return {"from": "wide.jsonl"}


def xlsx(path: Path) -> dict[str, str]:
    book = openpyxl.Workbook()
    for row in [HEADER, *ROWS]:
        book.active.append(row)  # type: ignore[union-attr]  # a new book has a sheet
    book.save(path.with_suffix(".xlsx"))
    return {"from": "wide.xlsx"}


def parquet(path: Path) -> dict[str, str]:
    pd.DataFrame(ROWS, columns=HEADER).to_parquet(path.with_suffix(".parquet"))  # speed is of floats
    return {"from": "wide.parquet"}


def sqlite(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path.with_suffix(".sqlite"))
    pd.DataFrame(ROWS, columns=HEADER).to_sql("wide", connection, index=False)
    connection.close()
    return {"from": "sqlite://wide.sqlite", "table": "wide"}


def duckdb_file(path: Path) -> dict[str, str]:
    with duckdb.connect(str(path.with_suffix(".duckdb"))) as connection:
        connection.execute(
            "CREATE TABLE wide (id INT, rest ENUM('Ours', 'Theirs'), taste UTINYINT, speed VARCHAR, "
            "value DECIMAL(4, 1))"
        )
        connection.executemany("INSERT INTO wide VALUES (?, ?, ?, ?, ?)", ROWS)
    return {"from": "duckdb://wide.duckdb", "table": "wide"}


SOURCES = [csv, gzipped, fixed, jsonl, xlsx, parquet, sqlite, duckdb_file]


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Loaded]:
    """Open the wide table by the keys of its entry."""

    def _open(
        place: dict[str, Any], *, lenient: bool = False, sample: int | None = None, **keys: Any
    ) -> Loaded:
        spec = TableSpec.model_validate({**KEYS, **place, **keys})
        return open_table("survey", spec, tmp_path, label=LABEL, lenient=lenient, sample=sample)

    return _open


@pytest.fixture
def refused(opened, tmp_path: Path) -> Callable[..., str]:
    """Open a wide csv file that must be refused and give the message."""

    def _refused(rows: list[list[Any]] = ROWS, header: list[str] = HEADER, **keys: Any) -> str:
        with pytest.raises(DataError) as caught:
            opened(csv(tmp_path / "wide", rows, header), **keys)
        return str(caught.value)

    return _refused


def answers(loaded: Loaded) -> list[tuple[Any, ...]]:
    """Rows in reading order, an empty cell as None."""
    frame = collect(loaded.table)
    columns = ["respondent", "brand", "touchpoint", "attribute", "nature", "value"]
    listed = frame.reindex(columns=columns).astype(object)
    return list(listed.where(listed.notna(), None).itertuples(index=False, name=None))


@pytest.mark.parametrize("source", SOURCES)
def test_a_wide_table_gives_a_row_per_row_and_item_in_reading_order(
    opened, tmp_path: Path, source: Callable[[Path], dict[str, Any]]
) -> None:
    loaded = opened(source(tmp_path / "wide"))
    assert answers(loaded) == ANSWERS
    assert (loaded.provenance.rows_read, loaded.provenance.rows_kept) == (9, 9)
    assert set(loaded.columns_there) == set(loaded.columns_used) == set(HEADER)
    assert loaded.empty["value"] == 2


@pytest.mark.parametrize("source", [csv, parquet])
def test_many_rows_stay_in_reading_order(opened, tmp_path: Path, source: Callable[[Path], Any]) -> None:
    frame = pd.DataFrame({"id": range(30_000), "rest": "Ours", "taste": 1, "speed": 2, "value": 3})
    frame.to_csv(tmp_path / "wide.csv", index=False)
    frame.to_parquet(tmp_path / "wide.parquet")
    found = collect(opened({"from": f"wide.{source.__name__}"}).table)
    assert found["value"].tolist() == [1, 2, 3] * 30_000
    assert found["respondent"].tolist() == [str(number) for number in range(30_000) for _ in range(3)]


def test_the_item_the_answer_and_the_constants_are_columns_of_every_expression(
    opened, tmp_path: Path
) -> None:
    columns = COLUMNS | {
        "attribute": "item || '/' || touchpoint",
        "value": "answer * 10",
        "nature": "coalesce(nature, 'emotional')",
    }
    place = csv(tmp_path / "wide")
    found = answers(
        opened(place, columns=columns, where="answer < 5 and item <> 'taste'", scale={}, missing={})
    )
    assert found == [
        ("7", "Ours", "price", "value/price", "rational", 40),
        ("7", "Theirs", "price", "value/price", "rational", 30),
    ]


def test_an_item_of_a_canonical_name_fills_that_column_no_more(refused) -> None:
    columns = {name: text for name, text in COLUMNS.items() if name != "value"}
    assert f"{LABEL}.columns: no column takes what `items` gives as 'answer'; state which one" in refused(
        columns=columns, scale={}, missing={}
    )


def test_items_alone_tell_rows_apart_where_a_column_takes_them(opened, tmp_path: Path) -> None:
    place = csv(tmp_path / "wide")
    columns = COLUMNS | {"touchpoint": "'all'", "attribute": "item"}
    found = answers(opened(place, items={"taste": {}, "speed": {}}, columns=columns))
    assert [row[3] for row in found] == ["taste", "speed"] * 3


def test_columns_that_are_numbers_in_a_file(opened, tmp_path: Path) -> None:
    place = csv(tmp_path / "wide", [["a", "5", "6"]], ["who", "1", "2"])
    items = {1: {"attribute": 10, "touchpoint": "t"}, 2: {"attribute": 20, "touchpoint": "t"}}
    columns = {"respondent": "who", "measure": "'importance'", "value": "answer"}
    frame = collect(opened(place, items=items, columns=columns).table)
    assert frame["attribute"].tolist() == ["10", "20"]
    assert frame["value"].tolist() == [5, 6]


def test_the_case_of_an_items_name_and_how_korean_is_composed_do_not_matter(opened, tmp_path: Path) -> None:
    place = csv(tmp_path / "wide", [["a", 5, 6]], ["who", "TASTE", "\u1106\u1161\u11ba"])
    items = {"taste": {"attribute": "taste", "touchpoint": "t"}, "맛": {"attribute": "맛", "touchpoint": "t"}}
    columns = {"respondent": "who", "measure": "'importance'", "value": "answer", "brand": "item"}
    found = answers(opened(place, items=items, columns=columns))
    assert [(row[1], row[5]) for row in found] == [("taste", 5), ("맛", 6)]


def test_every_item_that_is_not_there_is_told_at_once_beside_other_problems(refused) -> None:
    items = {"tast": ITEMS["taste"], "sped": ITEMS["speed"], "value": ITEMS["value"]}
    rows = [[7, "Ours", 1, 7, 12], [None, "Ours", 1, 7, 4]]
    told = refused(rows, items=items, columns=COLUMNS | {"wave": "year_asked"})
    assert f"{LABEL}.items: there are no columns 'tast' and 'sped'; expected one of: id, rest, taste," in told
    assert "for 'tast' did you mean 'taste'?; for 'sped' did you mean 'speed'?" in told
    assert "columns.wave: there is no column 'year_asked'" in told
    assert "undeclared codes: 12 × 1: wide.csv, row 1 (line 2), column value: answer = '12'" in told
    assert "columns.respondent: 1 of 2 rows have no value" in told


def test_no_item_at_all_is_there(refused) -> None:
    items = {f"q{number}": {"attribute": str(number)} for number in range(30)}
    told = refused(items=items)
    assert "there are no columns 'q0', 'q1', 'q2'" in told
    assert "'q9' and 20 more; expected one of: id, rest, taste, speed, value" in told
    assert "state the `delimiter`" in refused(ROWS, delimiter=";")


def test_a_value_off_the_scale_is_counted_and_told_with_its_row_and_column(refused) -> None:
    rows = [[number, "Ours", 1, 11, -99] for number in range(20)] + [[20, "Ours", "often", 7, 4]]
    told = refused(rows, scale={"value": [0, 10]}, missing={})
    assert (
        f"{LABEL}.columns.value: undeclared codes: -99 × 20, 11 × 20: wide.csv, row 1 (line 2), column "
        "speed: answer = '11'; wide.csv, row 1 (line 2), column value: answer = '-99'; wide.csv, row 2 "
    ) in told
    assert "expected 0 to 10; where they mean no answer, declare missing: {value: [-99, 11]}" in told
    assert (
        "1 row cannot be read as a number: wide.csv, row 21 (line 22), column taste: answer = 'often'" in told
    )


def test_items_that_nothing_tells_apart(refused) -> None:
    both = {"touchpoint": "food", "attribute": "taste"}
    told = refused(
        items={"taste": both | {"note": "a"}, "speed": both | {"note": "b"}, "value": ITEMS["value"]}
    )
    assert f"{LABEL}.items: 'taste' and 'speed' cannot be told apart: all have attribute 'taste'" in told
    assert "touchpoint 'food'" in told


def test_two_items_that_name_one_column(refused) -> None:
    told = refused(items={**ITEMS, "Taste": {"touchpoint": "food", "attribute": "again"}})
    assert f"{LABEL}.items: 'taste' and 'Taste' name one column; expected each once" in told


def test_new_columns_that_the_source_has_already(refused) -> None:
    header = ["id", "rest", "taste", "speed", "Item"]
    items = {"taste": {"attribute": "x", "Rest": "y"}, "speed": {"attribute": "z"}}
    told = refused(header=header, items=items)
    assert f"{LABEL}.items: the source has 'item' and 'Rest' already" in told


@pytest.mark.parametrize(
    ("items", "message"),
    [
        ({"taste": {"Answer": "x"}}, "other names than 'Answer': every item has item and answer"),
        ({"taste": {" ": "x"}}, "other names than ' '"),
        ({"taste": {"Stage": "at"}, "speed": {"stage": "at"}}, "one spelling of 'Stage' and 'stage'"),
        ({"taste": {"stage": None}}, "valid string"),
        ({"taste": "food"}, "valid dictionary"),
        (["taste"], "valid dictionary"),
    ],
)
def test_items_that_are_stated_wrongly(items: Any, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TableSpec.model_validate({"from": "wide.csv", "items": items})


def test_texts_with_marks_beside_numbers_are_refused(opened, tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["a"], "rest": "Ours", "taste": ["1,5"], "speed": [4.125], "value": [1]})
    frame.to_parquet(tmp_path / "wide.parquet")
    with pytest.raises(DataError, match="'speed' hold numbers, other items texts with marks of their own"):
        opened({"from": "wide.parquet"}, thousands=".")


def test_columns_of_different_kinds_are_read_as_texts(opened, tmp_path: Path) -> None:
    frame = pd.DataFrame({"id": ["a"], "rest": "Ours", "taste": ["1"], "speed": [4.5], "value": [5]})
    frame.to_parquet(tmp_path / "wide.parquet")
    assert [row[5] for row in answers(opened({"from": "wide.parquet"}))] == [1, 4.5, 5]


@pytest.mark.parametrize("source", [csv, parquet, duckdb_file])
def test_a_sample_counts_long_rows(opened, tmp_path: Path, source: Callable[[Path], dict[str, str]]) -> None:
    place = source(tmp_path / "wide")
    loaded = opened(place, sample=4)
    assert loaded.provenance.rows_read == 4
    assert answers(loaded) == ANSWERS[:4]
    whole = opened(place, sample=4, where="rest = 'Theirs'")  # none of the first rows meets it
    assert whole.provenance.rows_kept == 3


def test_a_bad_cell_after_the_sample_is_not_told(opened, refused, tmp_path: Path) -> None:
    place = csv(tmp_path / "wide", [*ROWS, [9, "Ours", 44, 1, 1]])
    assert opened(place, sample=9).provenance.rows_read == 9
    with pytest.raises(DataError, match=r"row 4 \(line 5\), column taste"):
        opened(place, sample=10)


def test_lenient_reading_empties_and_counts_cells_of_items(opened, tmp_path: Path) -> None:
    loaded = opened(csv(tmp_path / "wide", [[7, "Ours", 11, "often", 99]]), lenient=True)
    assert [row[5] for row in answers(loaded)] == [None, None, None]
    assert (loaded.unreadable["value"], loaded.undeclared["value"], loaded.empty["value"]) == (1, 1, 1)


def test_readiness_profiles_a_wide_table(tmp_path: Path) -> None:
    csv(
        tmp_path / "wide",
        [[7, "Ours", 11, 1, 2], [8, "Ours", 3, 4, 5]],
        ["id", "rest", "taste", "speed", "more"],
    )
    items = {name: ITEMS[name] for name in ("taste", "speed")}
    specs = {"survey": TableSpec.model_validate({**KEYS, "from": "wide.csv", "items": items})}
    found = customer_information(
        specs, tmp_path, labels="params/shop.yml → data.{}", as_of=date(2026, 1, 1), fresh_months=12
    )
    facts = found.tables.iloc[0]
    assert (facts["rows"], facts["columns_there"], facts["columns_used"]) == (4, 5, 4)
    cells = found.cells.set_index("column")
    assert cells.loc["value", ["rows", "filled", "invalid"]].tolist() == [4, 4, 1]
    frame = found.frame("survey")
    assert frame is not None
    assert frame["value"].isna().sum() == 1


def test_what_is_proposed_goes_by_the_long_rows(tmp_path: Path) -> None:
    csv(tmp_path / "wide")
    columns = {name: text for name, text in COLUMNS.items() if name != "brand"}
    spec = TableSpec.model_validate({"from": "wide.csv", "items": ITEMS, "columns": columns})
    found = {part.column for part in propose("survey", spec, tmp_path, label="here", afresh=True)}
    assert {"touchpoint", "attribute", "nature"} <= found
    wrong = spec.model_copy(update={"items": {"tast": {}}})
    with pytest.raises(DataError, match="there is no column 'tast'"):
        propose("survey", wrong, tmp_path, label="here")


def test_the_sample_clients_wide_files_give_what_stands_in_them() -> None:
    data = yaml.safe_load((PROJECT / "params" / "fast_food.yml").read_text("utf-8"))["data"]
    specs = {name: TableSpec.model_validate(entry) for name, entry in data.items()}
    rated, asked = (
        collect(open_table("survey", specs[name], PROJECT, label=name).table)
        for name in ("experience", "importance")
    )
    wide = pd.read_csv(PROJECT / "data" / "fast_food" / "ffattrib.csv")
    assert len(rated) == 320 * 7
    assert len(asked) == 752 * 9
    means = rated.groupby(["brand", "attribute"])["value"].mean()
    assert means["Wendy's", "value for money"] == wide.loc[wide["rest"] == "Wendy's", "value"].mean()
    assert not set(rated["respondent"]) & set(asked["respondent"])
    pairs = (
        set(zip(each["touchpoint"], each["attribute"], each["stage"], strict=True)) for each in (rated, asked)
    )
    assert len(set.intersection(*pairs)) == 6


@pytest.fixture
def looked_at(tmp_path: Path) -> Callable[..., list[str]]:
    """Tell which columns of a csv file look like items."""

    def _look(frame: pd.DataFrame, table: str = "survey", **keys: Any) -> list[str]:
        frame.to_csv(tmp_path / "wide.csv", index=False)
        return items_or_none(
            table, TableSpec.model_validate({"from": "wide.csv", **keys}), tmp_path, label="here"
        )

    return _look


def test_columns_of_one_scale_look_like_items(looked_at) -> None:
    scale = list(range(1, 8)) * 10
    frame = pd.DataFrame({f"q{number}": scale[number:] + scale[:number] for number in range(5)})
    others = {
        "id": range(70),
        "flag": [0, 1] * 35,
        "age": range(20, 90),
        "wide": [*range(1, 11)] * 7,
        "none": None,
    }
    frame = frame.assign(**others, half=[1.5, 2.5] * 35, narrow=[3, 4, 5, 3, 4] * 14)
    assert looked_at(frame) == ["q0", "q1", "q2", "q3", "q4", "narrow"]
    assert looked_at(frame, "outcomes")[:2] == ["q0", "q1"]
    assert looked_at(frame, columns={"brand": "q0"}, where="q1 > 1") == []  # three are too few
    assert looked_at(frame, columns={"value": "q0"}) == looked_at(frame, items={"q0": {}}) == []
    assert looked_at(frame, "transactions") == looked_at(frame, delimiter=";") == []


@pytest.mark.parametrize(
    "frame", [pd.DataFrame({"a": []}), pd.DataFrame({"answer": [1, 2, 3], "who": ["a", "b", "c"]})]
)
def test_a_source_that_does_not_look_wide(looked_at, frame: pd.DataFrame) -> None:
    assert looked_at(frame) == []


POSTGRES = os.environ.get("CERM_POSTGRES_URL", "")


@pytest.fixture
def on_postgres() -> Iterator[dict[str, str]]:
    psycopg = pytest.importorskip("psycopg", reason="the extra postgres is not installed")
    with psycopg.connect(POSTGRES, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS cerm_test_wide")
        cursor.execute(
            "CREATE TABLE cerm_test_wide "
            "(id int, rest varchar(9), taste smallint, speed bigint, value numeric(4, 1))"
        )
        cursor.executemany("INSERT INTO cerm_test_wide VALUES (%s, %s, %s, %s, %s)", ROWS)
        yield {"from": "${CERM_POSTGRES_URL}", "table": "cerm_test_wide"}
        cursor.execute("DROP TABLE cerm_test_wide")


@pytest.mark.skipif(not POSTGRES, reason="CERM_POSTGRES_URL names no PostgreSQL server to test with")
def test_a_wide_table_of_postgres(opened, on_postgres: dict[str, str]) -> None:
    assert sorted(answers(opened(on_postgres)), key=str) == sorted(ANSWERS, key=str)
    assert opened(on_postgres, sample=4).provenance.rows_read == 4
    with pytest.raises(DataError, match="table cerm_test_wide, column speed: answer = '7'"):
        opened(on_postgres, scale={"value": [1, 6]})
