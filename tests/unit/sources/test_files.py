"""Files of every format, as clients have them."""

from __future__ import annotations

import datetime
import hashlib
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from cerm_nb.sources import TableSpec, fingerprint

if TYPE_CHECKING:
    from pathlib import Path

CSV = "customer,day,price\n007,2011-06-30,1.50\n008,2011-07-01,-2\n"
ROWS = [("007", "2011-06-30", 1.5), ("008", "2011-07-01", -2.0)]


def test_csv_keeps_leading_zeros(write, open_shop, rows) -> None:
    write("data/shop.csv", CSV)
    assert rows(open_shop("data/shop.csv")) == ROWS


@pytest.mark.parametrize(
    ("encoding", "stated"),
    [
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("cp949", "cp949"),
        ("euc-kr", "EUC-KR"),
        ("latin-1", "latin-1"),
    ],
)
def test_csv_in_the_encoding_stated(write, open_shop, rows, encoding: str, stated: str) -> None:
    write("shop.csv", CSV, encoding)
    assert rows(open_shop("shop.csv", encoding=stated)) == ROWS


@pytest.mark.parametrize("column", ["고객번호", '"고객번호"'])
def test_korean_column_names_in_cp949(write, open_shop, rows, column: str) -> None:
    write("shop.csv", '고객번호,구매일,"결제 금액"\n가나,2011.06.30,"1,500"\n', "cp949")
    columns = {
        "customer_id": column,
        "date": "strptime(구매일, '%Y.%m.%d')",
        "amount": "replace(\"결제 금액\", ',', '')",
    }
    assert rows(open_shop("shop.csv", encoding="cp949", columns=columns)) == [("가나", "2011-06-30", 1500.0)]


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_every_line_ending(write, open_shop, rows, ending: str) -> None:
    write("shop.csv", CSV.replace("\n", ending))
    assert rows(open_shop("shop.csv")) == ROWS


def test_mixed_line_endings(write, open_shop, rows) -> None:
    write("shop.csv", CSV.replace("\n", "\r\n", 1))
    assert rows(open_shop("shop.csv")) == ROWS


def test_lines_before_the_header_empty_lines_and_a_missing_last_line_end(write, open_shop, rows) -> None:
    write("shop.csv", "Export of today\n\ncustomer,day,price\n\n007,2011-06-30,1.50\n\n008,2011-07-01,-2")
    assert rows(open_shop("shop.csv", skip=2)) == ROWS


def test_semicolons_and_quoted_cells(write, open_shop, rows) -> None:
    write("shop.csv", 'customer;day;price\n"A;""1""\nB";2011-06-30;2\n')
    assert rows(open_shop("shop.csv", delimiter=";")) == [('A;"1"\nB', "2011-06-30", 2.0)]


def test_tsv(write, open_shop, rows) -> None:
    write("shop.tsv", CSV.replace(",", "\t"))
    assert rows(open_shop("shop.tsv")) == ROWS


def test_fixed_width_with_header_mixed_endings_and_empty_lines(write, open_shop, rows) -> None:
    write("shop.txt", "cust date     price\r\n 007 20110630  1.50\r\n\r\n 008 20110701 -2\n\n")
    fields = {"customer": "1-4", "day": "6-13", "price": "15-19"}
    assert rows(open_shop("shop.txt", fields=fields, skip=1)) == ROWS


def test_xlsx_with_typed_cells_and_rows_above_the_header(tmp_path: Path, open_shop, rows) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Sales")
    for row in [
        ["Report"],
        ["customer", "day", "price"],
        [7, datetime.date(2011, 6, 30), 1.5],
        [None, None, None],
        ["008", datetime.datetime(2011, 7, 1, 8, 26), -2],
        ["009", "2011-07-02", "3"],
    ]:
        sheet.append(row)
    book.save(tmp_path / "shop.xlsx")
    assert rows(open_shop("shop.xlsx", sheet="Sales", skip=1)) == [
        ("7", "2011-06-30", 1.5),
        ("008", "2011-07-01", -2.0),
        ("009", "2011-07-02", 3.0),
    ]


def test_parquet_with_typed_columns_in_which_pandas_wrote_nan(tmp_path: Path, open_shop, rows) -> None:
    frame = pd.DataFrame(
        {
            "customer": [17850.0, float("nan")],
            "day": pd.to_datetime(["2011-06-30 08:26", "2011-07-01 00:00"]),
            "price": [1, 2],
        }
    )
    frame.to_parquet(tmp_path / "shop.parquet")
    assert rows(open_shop("shop.parquet", where="customer is not null")) == [("17850", "2011-06-30", 1.0)]


def test_whole_number_days_in_parquet(tmp_path: Path, open_shop, rows) -> None:
    pd.DataFrame({"customer": [7], "day": [20110630], "price": ["1"]}).to_parquet(tmp_path / "shop.parquet")
    assert rows(open_shop("shop.parquet")) == [("7", "2011-06-30", 1.0)]
    columns = {"customer_id": "customer", "date": "strptime(day, '%Y%m%d')", "amount": "price"}
    assert rows(open_shop("shop.parquet", columns=columns)) == [("7", "2011-06-30", 1.0)]


def test_globs_and_lists_of_csv_whatever_the_order_of_their_columns(write, open_shop, rows) -> None:
    write("data/1.csv", CSV)
    write("data/2.csv", "price,customer,day\n3,009,2011-07-02\n")
    expected = [*ROWS, ("009", "2011-07-02", 3.0)]
    assert rows(open_shop("data/*.csv")) == expected
    assert rows(open_shop(["data/1.csv", "data/2.csv"])) == expected
    assert rows(open_shop(["data/1.csv", "data/*.csv"])) == expected


def test_globs_of_parquet(tmp_path: Path, open_shop, rows) -> None:
    for name, price in [("a", 1.0), ("b", 2.0)]:
        frame = pd.DataFrame({"customer": [name], "day": ["2011-06-30"], "price": [price]})
        frame.to_parquet(tmp_path / f"{name}.parquet")
    assert sorted(rows(open_shop("*.parquet"))) == [("a", "2011-06-30", 1.0), ("b", "2011-06-30", 2.0)]


def test_a_file_name_with_brackets_is_a_name(write, open_shop, rows) -> None:
    write("shop[1].csv", CSV)
    assert rows(open_shop("shop[1].csv")) == ROWS


@pytest.mark.parametrize(
    "day",
    [
        "2011-06-30",
        "2011-6-30",
        "2011/06/30",
        "20110630",
        " 2011-06-30 ",
        "2011-06-30 08:26",
        "2011-06-30T23:59:59Z",
    ],
)
def test_days_that_cannot_be_mistaken_need_no_format(write, open_shop, rows, day: str) -> None:
    write("shop.csv", f"customer,day,price\n1,{day},1\n")
    assert rows(open_shop("shop.csv")) == [("1", "2011-06-30", 1.0)]


@pytest.mark.parametrize("price", ["12.5", " 12.5 ", "+12.5", "1.25e1"])
def test_plain_numbers_are_read_with_blanks_around(write, open_shop, rows, price: str) -> None:
    write("shop.csv", f"customer,day,price\n1,2011-06-30,{price}\n")
    assert rows(open_shop("shop.csv")) == [("1", "2011-06-30", 12.5)]


def test_columns_of_the_canonical_names_need_not_be_stated(write, open_shop, rows) -> None:
    write("shop.csv", "Customer_ID,date,amount\n7,2011-06-30,1\n")
    assert rows(open_shop("shop.csv", columns={})) == [("7", "2011-06-30", 1.0)]


def test_the_table_has_exactly_the_declared_columns_and_types(write, open_shop) -> None:
    write("shop.csv", CSV)
    with_order = {"customer_id": "customer", "order_id": "day", "date": "day", "amount": "price"}
    assert dict(open_shop("shop.csv", columns=with_order).table.schema().items()).keys() == with_order.keys()
    schema = {name: str(kind) for name, kind in open_shop("shop.csv").table.schema().items()}
    assert schema == {"customer_id": "string", "date": "date", "amount": "float64"}


def test_an_optional_column_may_be_empty(write, open_shop) -> None:
    write("shop.csv", "customer,order,day,price\n1,,2011-06-30,1\n")
    columns = {"customer_id": "customer", "order_id": '"order"', "date": "day", "amount": "price"}
    assert open_shop("shop.csv", columns=columns).table.order_id.to_pyarrow().to_pylist() == [None]


def test_provenance_tells_files_rows_and_dates(write, open_shop) -> None:
    path = write("data/shop.csv", CSV)
    told = open_shop("data/shop.csv", where="price > 0").provenance
    assert told.sources == [
        {
            "path": "data/shop.csv",
            "bytes": len(CSV),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
    ]
    assert (told.rows_read, told.rows_kept, told.rows_left_out) == (2, 1, 1)
    assert (told.first_day, told.last_day) == (datetime.date(2011, 6, 30), datetime.date(2011, 6, 30))
    assert told.where == "price > 0"


def test_a_file_outside_the_project_is_read_and_told_by_its_name_alone(
    tmp_path: Path, open_shop, rows
) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.csv"
    outside.write_text(CSV, encoding="utf-8")
    for location in (str(outside), f"../{outside.name}"):
        loaded = open_shop(location)
        assert rows(loaded) == ROWS
        assert loaded.provenance.sources[0]["path"] == outside.name


def test_a_character_across_two_chunks_of_a_large_file_is_decoded(write, open_shop) -> None:
    lines = "".join(f"고객{number:06}가,2011-06-30,1\n" for number in range(60_000))
    write("shop.csv", "customer,day,price\n" + lines, "cp949")
    assert open_shop("shop.csv", encoding="cp949").provenance.rows_read == 60_000


def test_files_of_one_name_outside_the_project_keep_a_hash_each(tmp_path: Path, write) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for name, price in (("2019/a/shop.csv", 1), ("2020/a/shop.csv", 2), ("2020/a/other.csv", 3)):
        write(name, f"customer,day,price\n007,2011-06-30,{price}\n")
    spec = TableSpec.model_validate({"from": str(tmp_path / "20*/a/*.csv")})
    told = fingerprint(spec, project, label="here")
    assert list(told) == ["2019/a/shop.csv", "other.csv", "2020/a/shop.csv"]
    assert len(set(told.values())) == 3


def test_a_file_that_is_reached_twice_is_read_once(tmp_path: Path, write, open_shop, rows) -> None:
    write("data/shop.csv", "customer,day,price\n007,2011-06-30,1.50\n")
    (tmp_path / "again.csv").symlink_to(tmp_path / "data" / "shop.csv")
    (tmp_path / "data" / "round").symlink_to(tmp_path / "data")
    named = ["data/shop.csv", "again.csv", "data/../data/shop.csv", "data/**/*.csv"]
    assert rows(open_shop(named)) == [("007", "2011-06-30", 1.5)]
    spec = TableSpec.model_validate({"from": named})
    assert list(fingerprint(spec, tmp_path, label="here")) == ["data/shop.csv"]


def test_what_is_told_alike_within_the_project_and_outside_is_numbered(tmp_path: Path, write) -> None:
    for name in ("project/a/shop.csv", "a/shop.csv"):
        write(name, f"customer,day,price\n{name},2011-06-30,1\n")
    spec = TableSpec.model_validate({"from": ["a/shop.csv", str(tmp_path / "a" / "shop.csv")]})
    told = fingerprint(spec, tmp_path / "project", label="here")
    assert len(told) == len(set(told.values())) == 2


def _write_orders(path: Path, customer: object, price: object) -> None:
    pd.DataFrame({"customer": [customer], "day": ["2011-06-30"], "price": [price]}).to_parquet(path)


def test_parquet_files_that_type_a_column_differently_are_read_by_the_wider_type(
    tmp_path: Path, open_shop, rows
) -> None:
    _write_orders(tmp_path / "a.parquet", 7, 5)
    _write_orders(tmp_path / "b.parquet", "C8", 1.5)
    loaded = open_shop("*.parquet", columns={"customer_id": "customer", "date": "day", "amount": "price * 2"})
    assert rows(loaded) == [("7", "2011-06-30", 10.0), ("C8", "2011-06-30", 3.0)]


def test_floats_beside_text_in_parquet_files_are_refused(tmp_path: Path, refuse) -> None:
    _write_orders(tmp_path / "a.parquet", 7.0, 5)
    _write_orders(tmp_path / "b.parquet", "C8", 5)
    told = refuse("*.parquet")
    assert "b.parquet: column 'customer' holds text, in a.parquet number; expected one type" in told
