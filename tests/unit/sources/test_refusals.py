"""Bad input: each ends in one clear error."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from cerm_nb.errors import DataError
from cerm_nb.sources import check_as_of

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "customer,day,price\n"
GOOD = HEADER + "007,2011-06-30,1.50\n"
LABEL = "params/shop.yml → data.transactions"


def test_a_missing_file_is_told_with_the_nearest_name(write, refuse) -> None:
    write("data/shop.csv", GOOD)
    assert refuse("data/shp.csv") == (
        f"{LABEL}.from: there is no file 'data/shp.csv'; did you mean 'shop.csv'?"
    )


def test_every_missing_file_of_a_list_is_told(refuse) -> None:
    assert refuse(["a.csv", "b.csv"]).count("there is no file") == 2


def test_a_glob_without_files(refuse) -> None:
    assert "no file matches 'data/*.csv'" in refuse("data/*.csv")


def test_a_bad_cell_is_shown_with_its_line_when_where_asks_for_another_column(write, refuse) -> None:
    write("shop.csv", "customer,day,price,state\n007,30 June,1.50,paid\n008,,2.00,paid\n")
    told = refuse("shop.csv", where="state = 'paid'")
    assert "line 2" in told
    assert "day = '30 June'" in told
    assert "line 3" in told
    assert "cannot be read as" in told


def test_a_folder(tmp_path: Path, refuse) -> None:
    (tmp_path / "data").mkdir()
    assert "data is a folder; expected files; name the files, such as data/*.csv" in refuse("data")


def test_an_empty_file(write, refuse) -> None:
    write("shop.csv", "")
    assert "shop.csv is empty (0 bytes)" in refuse("shop.csv")


def test_a_file_of_empty_lines(write, refuse) -> None:
    write("shop.csv", "\n\n")
    assert "shop.csv: has no header" in refuse("shop.csv")


@pytest.mark.parametrize("content", [HEADER, HEADER.strip()])
def test_a_header_without_rows(write, refuse, content: str) -> None:
    write("shop.csv", content)
    assert "the source holds no rows" in refuse("shop.csv")


def test_a_condition_that_no_row_meets(write, refuse) -> None:
    write("shop.csv", GOOD)
    assert "none of the 1 rows meets 'price > 5'" in refuse("shop.csv", where="price > 5")


@pytest.mark.parametrize("name", ["shop.json", "shop"])
def test_an_unknown_ending(write, refuse, name: str) -> None:
    write(name, GOOD)
    assert "the format does not follow from the ending" in refuse(name)


def test_a_text_file_without_a_format(write, refuse) -> None:
    write("shop.txt", GOOD)
    assert "state format: fixed" in refuse("shop.txt")


def test_all_wrong_columns_and_expressions_are_told_at_once(write, refuse) -> None:
    write("shop.csv", GOOD)
    columns = {"customer_id": "custmer", "date": "day +", "amount": "sum(price)", "amuont": "price"}
    told = refuse("shop.csv", columns=columns, where="prize > 0").splitlines()
    assert len(told) == 5
    assert f"{LABEL}.columns: there is no 'amuont' to fill" in told[0]
    assert "did you mean 'amount'?" in told[0]
    assert f"{LABEL}.columns.customer_id: there is no column 'custmer'" in told[1]
    assert "did you mean 'customer'?" in told[1]
    assert "'day +' cannot be read" in told[2]
    assert "the function sum is not allowed" in told[3]
    assert f"{LABEL}.where: there is no column 'prize'" in told[4]


def test_a_required_column_that_is_not_stated(write, refuse) -> None:
    write("shop.csv", GOOD)
    told = refuse("shop.csv", columns={"customer_id": "customer", "date": "day"})
    assert f"{LABEL}.columns.amount: is not stated; expected one of: customer, day, price" in told


def test_an_expression_that_the_engine_refuses(write, refuse) -> None:
    write("shop.csv", GOOD)
    told = refuse("shop.csv", columns={"customer_id": "customer", "date": "day", "amount": "year(price)"})
    assert f"{LABEL}.columns.amount: 'year(price)' fails: DuckDB refuses it: No function matches" in told


def test_a_value_of_the_wrong_kind(write, refuse) -> None:
    write("shop.csv", GOOD)
    columns = {"customer_id": "customer", "date": "price > 0", "amount": "strptime(day, '%Y-%m-%d')"}
    told = refuse("shop.csv", columns=columns)
    assert "columns.date: 'price > 0' gives a boolean; expected a date" in told
    assert "columns.amount: \"strptime(day, '%Y-%m-%d')\" gives a time; expected a number" in told


def test_a_condition_that_is_none(write, refuse) -> None:
    write("shop.csv", GOOD)
    assert "'price' is no condition" in refuse("shop.csv", where="price")


def test_rows_whose_condition_cannot_be_decided_are_not_dropped_in_silence(write, refuse) -> None:
    write("shop.csv", GOOD + "008,2011-06-30,n/a\n")
    told = refuse("shop.csv", where="price > 0")
    assert (
        "1 rows can neither be kept nor left out by 'price > 0': shop.csv, row 2 (line 3): price = 'n/a'"
        in told
    )


def test_unparsable_dates_are_told_with_row_line_value_and_advice(write, refuse) -> None:
    two_lines = 'x,"two\nlines",2011-06-30,1\n'  # so that row and line part
    write("shop.csv", f"customer,note,day,price\nx,y,2011-06-30,1\n{two_lines}x,y,2011-13-40,1\n")
    assert refuse("shop.csv") == (
        f"{LABEL}.columns.date: 1 row cannot be read as a date: "
        "shop.csv, row 3 (line 5): day = '2011-13-40'; "
        "expected 2011-06-30, 2011/06/30, 2011.06.30, 20110630, 2011년 6월 30일 or 2011-06-30 08:26; "
        "state the format, e.g. strptime(\"day\", '%d.%m.%Y')"
    )


@pytest.mark.parametrize(
    "day",
    [
        "1/12/2010",
        "30.06.2011",
        "2011-02-30",
        "infinity",
        "epoch",
        "today",
        "2011-06-30 (BC)",
        "2011-06-30 noon",
        "0x11-06-30",
        "201106",
        "2011-06-30x",
        "40000",
    ],
)
def test_days_that_could_be_mistaken_are_refused(write, refuse, day: str) -> None:
    write("shop.csv", HEADER + f"1,{day},1\n")
    assert f"day = {day!r}" in refuse("shop.csv")


@pytest.mark.parametrize(
    "price", ["1 000", "$5", "5 €", "abc", "nan", "inf", "-Infinity", "1e999", "0x1F", "-"]
)
def test_amounts_that_are_no_plain_number_are_refused(write, refuse, price: str) -> None:
    write("shop.csv", HEADER + f"1,2011-06-30,{price}\n")
    told = refuse("shop.csv")
    assert (
        f"columns.amount: 1 row cannot be read as a number: shop.csv, row 1 (line 2): price = {price!r}"
        in told
    )
    assert "take a unit away, e.g. replace(\"price\", '원', '')" in told


def test_thousands_separators_are_refused(write, refuse) -> None:
    write("shop.csv", HEADER + '1,2011-06-30,"1,000"\n')
    assert "price = '1,000'" in refuse("shop.csv")


def test_division_by_zero_is_refused(write, refuse) -> None:
    write("shop.csv", HEADER + "1,2011-06-30,0\n")
    told = refuse("shop.csv", columns={"customer_id": "customer", "date": "day", "amount": "1 / price"})
    assert "1 row cannot be read as a number" in told


def test_a_product_of_text_tells_both_values(write, refuse) -> None:
    write("shop.csv", "customer,day,price,pieces\n1,2011-06-30,2.5,three\n")
    told = refuse("shop.csv", columns={"customer_id": "customer", "date": "day", "amount": "pieces * price"})
    assert "pieces = 'three', price = '2.5'" in told


def test_only_the_first_three_examples_are_told_shortened_and_all_are_counted(write, refuse) -> None:
    write("shop.csv", HEADER + f"1,{'x' * 50},1\n" * 1234)
    told = refuse("shop.csv")
    assert "1,234 rows cannot be read as a date" in told
    assert told.count("(line ") == 3
    assert f"'{'x' * 40}…'" in told
    assert "x" * 41 not in told


def test_several_columns_are_told_at_once(write, refuse) -> None:
    write("shop.csv", HEADER + ",someday,much\n")
    told = refuse("shop.csv").splitlines()
    assert ["customer_id" in told[0], "date" in told[1], "amount" in told[2]] == [True] * 3


def test_empty_cells_of_a_required_column_are_told_with_the_condition_that_leaves_them_out(
    write, refuse, open_shop
) -> None:
    write("shop.csv", GOOD + ',2011-06-30,1\n"  ",2011-06-30,1\n')
    told = refuse("shop.csv")
    assert (
        "columns.customer_id: 2 of 3 rows have no value: shop.csv, row 2 (line 3): customer is empty" in told
    )
    assert "leave them out by where: trim(\"customer\") <> ''" in told
    kept = open_shop("shop.csv", where='"customer" is not null and trim("customer") <> \'\'')
    assert kept.provenance.rows_kept == 1


def test_a_row_in_the_second_file_of_a_glob_is_told_with_its_file(write, refuse) -> None:
    write("data/1.csv", GOOD)
    write("data/2.csv", GOOD + "008,someday,1\n")
    assert "data/2.csv, row 2 (line 3): day = 'someday'" in refuse("data/*.csv")


def test_a_row_of_fixed_width_is_told_with_its_line(write, refuse) -> None:
    write("shop.txt", "header\n\n7 20110630 1\n\n8 20110631 1\n")
    told = refuse("shop.txt", fields={"customer": "1-1", "day": "3-10", "price": "12-12"}, skip=1)
    assert "shop.txt, row 2 (line 5): day = '20110631'" in told


def test_a_row_of_parquet_is_told_with_its_file_and_row(tmp_path: Path, refuse) -> None:
    for name, day in [("a", "2011-06-30"), ("b", "someday")]:
        frame = pd.DataFrame({"customer": ["1", "2"], "day": ["2011-06-30", day], "price": [1.0, 2.0]})
        frame.to_parquet(tmp_path / f"{name}.parquet")
    assert "b.parquet, row 2: day = 'someday'" in refuse("*.parquet")


def test_a_row_of_a_workbook_is_told_as_the_workbook_numbers_it(tmp_path: Path, refuse) -> None:
    book = openpyxl.Workbook()
    for row in [["customer", "day", "price"], ["1", "2011-06-30", 1], [None], ["2", "2011-06-30", "much"]]:
        book.active.append(row)
    book.save(tmp_path / "shop.xlsx")
    assert "shop.xlsx, row 4: price = 'much'" in refuse("shop.xlsx")


def test_a_header_that_is_not_split_names_the_delimiter(write, refuse) -> None:
    write("shop.csv", GOOD.replace(",", ";"))
    assert "state the `delimiter`" in refuse("shop.csv")


def test_a_missing_sheet_is_told_with_those_there_are(tmp_path: Path, refuse) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Sales"
    book.save(tmp_path / "shop.xlsx")
    told = refuse("shop.xlsx", sheet="Sale")
    assert f"{LABEL}.sheet: shop.xlsx has no sheet 'Sale'; expected Sales; did you mean 'Sales'?" in told


@pytest.mark.parametrize("name", ["shop.xlsx", "shop.parquet"])
def test_a_damaged_file(write, refuse, name: str) -> None:
    write(name, b"PAR1 this is neither a workbook nor Parquet PAR1")
    assert f"{name}: cannot be read as" in refuse(name)


def test_truncated_parquet(tmp_path: Path, refuse) -> None:
    path = tmp_path / "shop.parquet"
    pd.DataFrame({"customer": ["1"] * 1000, "day": "2011-06-30", "price": 1.0}).to_parquet(path)
    path.write_bytes(path.read_bytes()[:-100])
    told = refuse("shop.parquet")
    assert "shop.parquet: cannot be read as Parquet" in told
    assert str(tmp_path) not in told


def test_parquet_damaged_in_its_pages(tmp_path: Path, refuse) -> None:
    path = tmp_path / "shop.parquet"
    frame = pd.DataFrame(
        {"customer": [str(number) for number in range(5000)], "day": "2011-06-30", "price": 1.0}
    )
    frame.to_parquet(path)
    content = bytearray(path.read_bytes())
    content[200:4000] = bytes(3800)
    path.write_bytes(bytes(content))
    told = refuse("shop.parquet")
    assert f"{LABEL}: the rows of shop.parquet cannot be read: " in told
    assert str(tmp_path) not in told


def test_a_file_that_is_not_utf8_is_told_with_byte_line_and_the_encoding_that_fits(write, refuse) -> None:
    write("shop.csv", GOOD + "가나,2011-06-30,1\n", "cp949")
    assert refuse("shop.csv") == (
        f"shop.csv, line 3: not utf-8: byte {len(GOOD)} of the file cannot be decoded; "
        "it can be read with encoding: cp949"
    )


def test_a_header_that_is_not_utf8(write, refuse) -> None:
    write("shop.csv", "고객,day,price\n1,2011-06-30,1\n", "cp949")
    assert "shop.csv, line 1: not utf-8: byte 0" in refuse("shop.csv")


def test_an_undecodable_byte_after_a_megabyte_is_told_with_its_place(write, refuse) -> None:
    line = "007,2011-06-30,1.50 가\n".encode()
    content = HEADER.encode() + line * 60_000
    write("shop.csv", content + b"\xff,2011-06-30,1\n" + line)
    assert f"shop.csv, line 60002: not utf-8: byte {len(content)} of the file" in refuse("shop.csv")


def test_a_file_that_is_not_in_the_stated_encoding(write, refuse) -> None:
    write("shop.csv", GOOD + "가각갂,2011-06-30,1\n")
    assert "not cp949" in refuse("shop.csv", encoding="cp949")
    assert "it can be read with encoding: utf-8" in refuse("shop.csv", encoding="cp949")


@pytest.mark.parametrize(("header", "told"), [("a,a,b", "'a'"), ("a,A,b", "'A', 'a'")])
def test_columns_of_one_name(write, refuse, header: str, told: str) -> None:
    write("shop.csv", header + "\n1,2,3\n")
    assert f"shop.csv has more than one column named {told}" in refuse("shop.csv")


@pytest.mark.parametrize(("line", "fields"), [("1,2011-06-30", 2), ("1,2011-06-30,1,5", 4)])
def test_a_line_with_another_number_of_fields(write, refuse, line: str, fields: int) -> None:
    write("shop.csv", "a report\n" + GOOD + line + "\n")
    told = refuse("shop.csv", skip=1)
    assert told == (
        f"shop.csv, line 4: {fields} fields; expected 3, as in the header; "
        "mend the line, or state another `delimiter`"
    )


def test_a_line_of_too_many_fields_is_found_where_only_the_first_column_is_used(write, refuse) -> None:
    write("shop.csv", GOOD + "1,2011-06-30,1,5\n")
    columns = {"customer_id": "customer", "date": "customer", "amount": "customer"}
    assert "4 fields" in refuse("shop.csv", columns=columns)


def test_a_quotation_mark_that_is_never_closed(write, refuse) -> None:
    write("shop.csv", GOOD + '"008,2011-06-30,1\n')
    assert "shop.csv, line 3: a quotation mark is opened and never closed" in refuse("shop.csv")


def test_files_of_other_columns(write, refuse) -> None:
    write("1.csv", GOOD)
    write("2.csv", "customer,date,price\n1,2011-06-30,1\n")
    assert "2.csv has other columns (customer, date, price) than 1.csv" in refuse("*.csv")


def test_as_of_before_the_first_date_is_told_with_the_range(write, open_shop) -> None:
    write("shop.csv", GOOD + "008,2011-07-09,1\n")
    loaded = open_shop("shop.csv")
    check_as_of(loaded, date(2011, 6, 30), where="as_of")
    with pytest.raises(DataError) as caught:
        check_as_of(loaded, date(2011, 6, 29), where="params/shop.yml → as_of")
    assert str(caught.value) == (
        "params/shop.yml → as_of: 2011-06-29 lies before the first date of transactions; "
        "expected a day from 2011-06-30 on; the data end on 2011-07-09"
    )


def test_amounts_too_large_to_add_up_are_told_with_their_rows(write, refuse) -> None:
    write("shop.csv", GOOD + "008,2011-06-30,1e15\n009,2011-06-30,-1e16\n")
    told = refuse("shop.csv")
    assert "1 row cannot be read as a number: shop.csv, row 3 (line 4): price = '-1e16'" in told
    assert "within ±1e15" in told


@pytest.mark.parametrize("amount", ["price // 0", "price::int * 2000000000", "case when price then 1 end"])
def test_an_expression_that_fails_at_a_row_is_told_with_that_row(write, refuse, amount: str) -> None:
    write("shop.csv", HEADER + "007,2011-06-30,150\n")
    columns = {"customer_id": "customer", "date": "day", "amount": amount}
    told = refuse("shop.csv", columns=columns)
    assert "columns.amount: 1 row cannot be read as a number: shop.csv, row 1 (line 2): price = '150'" in told


def test_a_condition_that_fails_at_a_row_is_told_with_that_row(write, refuse) -> None:
    write("shop.csv", HEADER + "007,2011-06-30,150\n")
    assert "neither be kept nor left out" in refuse("shop.csv", where="price // 0 > 1")


def test_a_failing_part_that_columns_and_condition_share_is_told_with_its_row(write, refuse) -> None:
    write("shop.csv", HEADER + "007,2011-06-30,150\n")
    columns = {"customer_id": "customer", "date": "day", "amount": "1 + price // 0"}
    assert "row 1 (line 2): price = '150'" in refuse("shop.csv", columns=columns, where="price // 0 > 1")


def test_the_advice_about_blank_cells_works_when_followed(write, refuse, open_shop) -> None:
    write("shop.csv", GOOD + '"  ",2011-06-30,1\n')
    where = refuse("shop.csv").rpartition("leave them out by where: ")[2]
    assert open_shop("shop.csv", where=where).provenance.rows_kept == 1
