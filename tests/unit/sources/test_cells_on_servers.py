"""A PostgreSQL server reads numbers and days as DuckDB does; needs one that may be written to."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cerm_nb.sources import TableSpec, collect, open_table, propose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

psycopg = pytest.importorskip("psycopg", reason="the extra postgres is not installed")

URL = os.environ.get("CERM_POSTGRES_URL", "")
pytestmark = pytest.mark.skipif(not URL, reason="CERM_POSTGRES_URL names no PostgreSQL server to test with")

TABLE = "cerm_test_cells"
DAYS = [
    *(
        "2011년 3월 5일",
        "2011년 3월 5일 (토) 오후 3:20",
        "2011. 3. 5.",
        "2011.03.05",
        "20110305",
        "2011-3-5 08:26",
    ),
    *("2011-03-05T23:30:00Z", "2011-03-05 23:30+09:00", "2011/3/5", "2012-02-29", "1900-02-29", "2000.02.29"),
    *(
        "2011-02-30",
        "2011-13-01",
        "2011.0.5",
        "0000-01-01",
        "2011.03.05.06",
        "5.3.2011",
        "2011-03-05 x",
        "soon",
    ),
]
NUMBERS = [
    "1.234,50",
    "1.23",
    "12",
    "-1.234.567",
    "1,5",
    ",5",
    "1.234.5",
    "1,234.5",
    "nan",
    "1e3",
    "x",
    " 7 ",
]
SERIALS = ["40607", "40607.75", "1", "59", "60", "61", "0", "-5", "2958466", "x", "39145"]


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Callable[..., list[pd.DataFrame]]]:
    """Read the same texts from a file and from the server."""

    def _read(texts: list[str], column: str, expression: str, **keys: Any) -> list[pd.DataFrame]:
        columns = {"customer_id": "customer", "date": "'2011-01-01'", "amount": "1"} | {column: expression}
        rows = [(f"{number:03}", text) for number, text in enumerate(texts)]
        (tmp_path / "shop.csv").write_text("customer|value\n" + "".join("|".join(row) + "\n" for row in rows))
        with psycopg.connect(URL, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
            cursor.execute(f"CREATE TABLE {TABLE} (customer text, value text)")
            cursor.executemany(f"INSERT INTO {TABLE} VALUES (%s, %s)", rows)
        found = []
        for place in ({"from": "shop.csv", "delimiter": "|"}, {"from": URL, "table": TABLE}):
            spec = TableSpec.model_validate({**place, "columns": columns, **keys})
            loaded = open_table("transactions", spec, tmp_path, label="here", lenient=True)
            found.append(collect(loaded.table).sort_values("customer_id", ignore_index=True))
        return found

    yield _read
    with psycopg.connect(URL, autocommit=True) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {TABLE}")


@pytest.mark.parametrize(
    ("texts", "column", "expression", "keys", "readable"),
    [
        (DAYS, "date", "value", {}, 11),
        (DAYS, "date", "value", {"timezone": "Asia/Seoul"}, 11),
        (NUMBERS, "amount", "value", {"decimal": ",", "thousands": "."}, 7),
        (NUMBERS, "amount", "value * 2", {"decimal": ",", "thousands": "."}, 7),
        (NUMBERS, "amount", "value", {}, 4),
        (SERIALS, "date", "excel_date(value)", {}, 6),
        (SERIALS, "date", "excel_date_1904(value)", {}, 8),
        (
            ["1", "7", "98", "11"],
            "amount",
            "value",
            {"scale": {"amount": [1, 7]}, "missing": {"amount": [98]}},
            2,
        ),
    ],
)
def test_the_server_reads_what_duckdb_reads(
    read, texts: list[str], column: str, expression: str, keys: dict[str, Any], readable: int
) -> None:
    here, there = read(texts, column, expression, **keys)
    pd.testing.assert_frame_equal(here, there, check_dtype=False)
    assert here[column].notna().sum() == readable


def test_a_sample_and_proposals_of_a_server(read, tmp_path: Path) -> None:
    read(["40607", "40608", "40609"], "amount", "value")
    spec = TableSpec.model_validate({"from": URL, "table": TABLE, "columns": {"amount": "1"}})
    found = {part.column: part.expression for part in propose("transactions", spec, tmp_path, label="here")}
    assert found == {"customer_id": "customer"}
    columns = found | {"date": "excel_date(value)", "amount": "1"}
    whole = spec.model_copy(update={"columns": columns})
    assert open_table("transactions", whole, tmp_path, label="here", sample=2).provenance.rows_read == 2
