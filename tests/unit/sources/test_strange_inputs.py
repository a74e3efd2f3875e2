"""Inputs that other systems really write: strange, and read rightly or refused in words."""

from __future__ import annotations

import codecs
import gzip
import io
import sqlite3
import unicodedata
import uuid
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "customer,day,price\n"
ROW = "007,2011-06-30,1.5\n"
ROWS = [("007", "2011-06-30", 1.5)]
NAMES = ["customer", "day", "price"]


def workbook(rows: list[list[object]], *, hidden: bool = False, mac: bool = False) -> bytes:
    """Write a workbook, with a hidden sheet before the one of the rows, or of the system of 1904."""
    book = openpyxl.Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    for row in rows:
        book.active.append(row)
    if hidden:
        before = book.create_sheet("Codes", 0)
        before.append(["x"])
        before.sheet_state = "hidden"
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def test_two_byte_order_marks_are_no_part_of_the_first_name(write, open_shop, rows) -> None:
    write("shop.csv", codecs.BOM_UTF8 * 2 + (HEADER + ROW).encode())
    assert rows(open_shop("shop.csv")) == ROWS


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_korean_names_may_be_composed_in_either_way(tmp_path: Path, open_shop, rows, form: str) -> None:
    header = unicodedata.normalize(form, "고객번호,결제일,금액\n")
    name = unicodedata.normalize(form, "매출.csv")
    (tmp_path / name).write_text(header + ROW, encoding="utf-8")
    columns = {"customer_id": "고객번호", "date": "결제일", "amount": "금액 * 1"}
    assert rows(open_shop("매출.csv", columns=columns)) == ROWS


def test_json_lines_with_a_mark_and_the_line_ends_of_windows(write, open_shop, rows) -> None:
    line = '{"customer": "007", "day": "2011-06-30", "price": 1.5}\r\n'
    write("shop.jsonl", codecs.BOM_UTF8 + (line * 2 + "\r\n").encode())
    assert rows(open_shop("shop.jsonl")) == ROWS * 2


def test_a_workbook_within_a_zip(write, open_shop, rows) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("shop.xlsx", workbook([NAMES, ["007", "2011-06-30", 1.5]]))
    write("shop.zip", packed.getvalue())
    assert rows(open_shop("shop.zip")) == ROWS


def test_the_first_sheet_that_can_be_seen_is_read(write, open_shop, refuse, rows) -> None:
    write("shop.xlsx", workbook([NAMES, ["007", datetime(2011, 6, 30), 1.5]], hidden=True))
    assert rows(open_shop("shop.xlsx")) == ROWS
    assert "there is no column 'day'; expected one of: x" in refuse("shop.xlsx", sheet="Codes")


def test_days_of_a_workbook_that_counts_from_1904(write, open_shop, rows) -> None:
    write("shop.xlsx", workbook([NAMES, ["007", datetime(2011, 6, 30, 23, 59), 1.5]], mac=True))
    assert rows(open_shop("shop.xlsx")) == ROWS


def test_cells_of_zero_fill_a_row_of_a_workbook(write, open_shop, rows) -> None:
    columns = {"customer_id": "customer", "date": "'2011-06-30'", "amount": "price"}
    write("shop.xlsx", workbook([NAMES, [0, None, 0.0], [None, None, None], ["007", None, 1.5]]))
    assert rows(open_shop("shop.xlsx", columns=columns)) == [("0", "2011-06-30", 0.0), *ROWS]


@pytest.mark.parametrize("name", ["shop.csv", "shop.csv.gz"])
def test_a_packed_file_by_another_name_is_told_as_one(write, refuse, name: str) -> None:
    packed = gzip.compress((HEADER + ROW).encode())
    write(name, gzip.compress(packed) if name.endswith("gz") else packed)
    assert f"{name}: is a packed file or a workbook, whatever its name" in refuse(name)


def test_a_gz_of_several_members_is_one_file(write, open_shop, rows) -> None:
    write("shop.csv.gz", gzip.compress((HEADER + ROW).encode()) + gzip.compress(ROW.encode()))
    assert rows(open_shop("shop.csv.gz")) == ROWS * 2


@pytest.mark.parametrize("price", ["1,5e3", "1.500", "+1500", "1500,"])
def test_a_comma_before_decimals_with_an_exponent(write, open_shop, rows, price: str) -> None:
    write("shop.csv", f"customer;day;price\n007;2011-06-30;{price}\n")
    loaded = open_shop("shop.csv", delimiter=";", decimal=",", thousands=".")
    assert rows(loaded) == [("007", "2011-06-30", 1500.0)]


def test_partitions_of_parquet_are_read_by_a_pattern(tmp_path: Path, open_shop, rows) -> None:
    for year in (2011, 2012):
        folder = tmp_path / f"year={year}"
        folder.mkdir()
        table = pa.table({"customer": ["007"], "day": [f"{year}-06-30"], "price": [1.5]})
        pq.write_table(table, folder / "part.parquet")
    assert [day for _, day, _ in rows(open_shop("**/*.parquet"))] == ["2011-06-30", "2012-06-30"]


def test_parquet_whose_columns_differ_by_case_is_refused(tmp_path: Path, refuse) -> None:
    inner = pa.array([{"price": 1, "Price": 2}])
    columns = [pa.array(["007"]), pa.array(["2011-06-30"]), inner, pa.array([1.5]), pa.array([2.5])]
    table = pa.Table.from_arrays(columns, names=["customer", "day", "inner", "price", "Price"])
    pq.write_table(table, tmp_path / "shop.parquet")
    assert "more than one column named 'Price', 'price'" in refuse("shop.parquet")
    pq.write_table(table.drop(["Price"]), tmp_path / "shop.parquet")
    assert "more than one column" not in refuse("shop.parquet", columns={})


def test_uuids_are_identifiers(tmp_path: Path, open_shop, rows) -> None:
    customer = uuid.UUID(int=7)
    with duckdb.connect(str(tmp_path / "shop.ddb")) as connection:
        connection.execute("CREATE TABLE orders (customer UUID, day DATE, price DOUBLE)")
        connection.execute("INSERT INTO orders VALUES (?, '2011-06-30', 1.5)", [customer])
        connection.execute(f"COPY orders TO '{tmp_path / 'shop.parquet'}'")
    expected = [(str(customer), "2011-06-30", 1.5)]
    assert rows(open_shop("duckdb://shop.ddb", table="orders")) == expected
    assert rows(open_shop("shop.parquet")) == expected


@pytest.mark.parametrize("text", ["2011-06-30 23:30 PM", "2011-06-30 9:05 am", "2011-06-30 24:00"])
@pytest.mark.parametrize("zone", [None, "Asia/Seoul"])
def test_a_clock_of_twelve_hours_changes_no_day(write, open_shop, rows, text: str, zone: str | None) -> None:
    write("shop.csv", f"{HEADER}007,{text},1.5\n")
    assert rows(open_shop("shop.csv", timezone=zone)) == ROWS


@pytest.mark.parametrize("text", ["23:30 UTC", "23:30 KST", "23:30 UTC+9", "23:30+9", "25:00", "12:60"])
@pytest.mark.parametrize("zone", [None, "Asia/Seoul"])
def test_a_zone_told_by_name_and_an_impossible_clock_are_refused(
    write, refuse, text: str, zone: str | None
) -> None:
    write("shop.csv", f"{HEADER}007,2011-06-30 {text},1.5\n")
    assert f"day = '2011-06-30 {text}'" in refuse("shop.csv", timezone=zone)


@pytest.mark.parametrize("gap", ["  ", "\t"])
@pytest.mark.parametrize("offset", ["Z", "+00:00"])
def test_an_offset_behind_another_gap_is_never_left_out(write, refuse, gap: str, offset: str) -> None:
    write("shop.csv", f"{HEADER}007,2011-06-30{gap}23:30{offset},1.5\n")
    assert "1 row cannot be read as a date" in refuse("shop.csv", timezone="Asia/Seoul")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2024-03-30T22:59:59Z", "2024-03-30"),
        ("2024-03-30T23:00:00Z", "2024-03-31"),
        ("2024-03-31T21:59:59Z", "2024-03-31"),  # clocks went on an hour
        ("2024-03-31T22:00:00Z", "2024-04-01"),
        ("2024-10-27T22:59:59Z", "2024-10-27"),  # and back
        ("2024-10-27T23:00:00Z", "2024-10-28"),
    ],
)
def test_days_begin_where_summer_time_has_moved_them(write, open_shop, rows, moment: str, day: str) -> None:
    write("shop.csv", f"{HEADER}007,{moment},1.5\n")
    assert rows(open_shop("shop.csv", timezone="Europe/Berlin")) == [("007", day, 1.5)]


def test_a_pattern_the_engine_cannot_read_is_told_with_its_expression(tmp_path: Path, write, refuse) -> None:
    write("shop.csv", HEADER + ROW)
    pq.write_table(pa.table({"customer": ["007"], "day": ["2011-06-30"], "price": ["1"]}), tmp_path / "a.pq")
    columns = {"customer_id": "regexp_extract(customer, '(')", "date": "day", "amount": "price"}
    for name in ("shop.csv", "a.pq"):
        told = refuse(name, columns=columns)
        assert "data.transactions.columns.customer_id: \"regexp_extract(customer, '(')\" fails" in told


def test_sqlite_holds_values_of_any_type_in_one_column(tmp_path: Path, open_shop, rows) -> None:
    connection = sqlite3.connect(tmp_path / "shop.db")
    connection.execute("CREATE TABLE orders (customer, day, price)")
    cells = [(7, "2011-06-30", "1.5"), (b"x7", 20110630, 1.5), (2**53 + 1, "2011-06-30 08:26:00", 1.5)]
    connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", cells)
    connection.commit()
    connection.close()
    read = rows(open_shop("sqlite://shop.db", table="orders"))
    assert read == [(name, "2011-06-30", 1.5) for name in ("7", "x7", "9007199254740993")]
