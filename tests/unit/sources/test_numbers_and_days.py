"""Numbers and days as clients write them: marks, zones, Korean days, days that workbooks count."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest

from cerm_nb.sources import TableSpec, collect
from cerm_nb.sources.cells import to_sql
from cerm_nb.sources.engine import connect
from cerm_nb.sources.expressions import Expression, read

if TYPE_CHECKING:
    from pathlib import Path

GERMAN = {"decimal": ",", "thousands": "."}


@pytest.fixture
def amounts(write, open_shop):
    """Read one amount per text, under the keys of the entry."""

    def _amounts(texts: list[str], **keys: Any) -> list[float]:
        write("shop.csv", "customer;day;price\n" + "".join(f"a;2011-06-30;{text}\n" for text in texts))
        return list(collect(open_shop("shop.csv", delimiter=";", **keys).table)["amount"])

    return _amounts


@pytest.fixture
def days(write, open_shop):
    """Read one day per text, under the keys of the entry."""

    def _days(texts: list[str], **keys: Any) -> list[str]:
        write("shop.csv", "customer|day|price\n" + "".join(f"a|{text}|1\n" for text in texts))
        found = collect(open_shop("shop.csv", delimiter="|", **keys).table)["date"]
        return [day.isoformat() for day in found]

    return _days


@pytest.mark.parametrize(
    ("keys", "texts", "expected"),
    [
        (
            GERMAN,
            ["1.234,50", "12", "-1.234.567", ",5", "1234,5", " 1,5 "],
            [1234.5, 12, -1234567, 0.5, 1234.5, 1.5],
        ),
        ({"thousands": "."}, ["1.234,50", "1.234"], [1234.5, 1234]),
        ({"decimal": ","}, ["1234,50", "1e3"], [1234.5, 1000]),
        ({"thousands": ","}, ["1,234.50", "1234.5"], [1234.5, 1234.5]),
        (
            {"thousands": " ", "decimal": ","},
            ["1 234,5", "1\u00a0234,5", "1\u202f234"],
            [1234.5, 1234.5, 1234],
        ),
        ({"thousands": "'"}, ["1'234.5", "1\u2019234"], [1234.5, 1234]),
    ],
)
def test_numbers_by_the_marks_stated(
    amounts, keys: dict[str, str], texts: list[str], expected: list[float]
) -> None:
    assert amounts(texts, **keys) == expected


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (GERMAN, "1.23"),
        (GERMAN, "1.2345"),
        (GERMAN, "12.34.567"),
        (GERMAN, "1.234.5"),
        (GERMAN, "1,234.5"),
        ({"decimal": ","}, "1.5"),
        ({"thousands": ","}, "1,5"),
        ({"thousands": ","}, "1234,567"),
        ({}, "1,5"),
    ],
)
def test_a_number_that_does_not_follow_the_marks_is_refused(
    write, refuse, keys: dict[str, str], text: str
) -> None:
    write("shop.csv", f"customer;day;price\na;2011-06-30;{text}\n")
    told = refuse("shop.csv", delimiter=";", **keys)
    assert f"1 row cannot be read as a number: shop.csv, row 1 (line 2): price = '{text}'" in told


def test_what_is_expected_is_told_in_the_marks_stated(write, refuse) -> None:
    write("shop.csv", "customer;day;price\na;2011-06-30;1.23\n")
    assert "a finite number such as 1.234,50, in whole groups" in refuse("shop.csv", delimiter=";", **GERMAN)
    write("shop.csv", "customer;day;price\na;2011-06-30;1,5\n")
    assert "state decimal: ','" in refuse("shop.csv", delimiter=";")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("price * 2", 2469),
        ("abs(price) + 1", 1235.5),
        ("cast(price as double)", 1234.5),
        ("case when price > 1000 then price::double else 0 end", 1234.5),
        ("replace(replace(price, '.', ''), ',', '.')", None),
        ("number * 2", 3),
    ],
)
def test_expressions_calculate_with_text_by_the_marks(
    write, open_shop, refuse, expression: str, expected: float | None
) -> None:
    write("shop.csv", "customer;day;price;number\na;2011-06-30;1.234,50;1,5\n")
    columns = {"customer_id": "customer", "date": "day", "amount": expression}
    if expected is None:  # made plain by hand, it is no number by the marks
        assert "cannot be read as a number" in refuse("shop.csv", delimiter=";", columns=columns, **GERMAN)
    else:
        found = collect(open_shop("shop.csv", delimiter=";", columns=columns, **GERMAN).table)
        assert found["amount"].tolist() == [expected]


def test_where_compares_by_the_marks(write, open_shop, rows) -> None:
    write("shop.csv", "customer;day;price\na;2011-06-30;1.234,50\nb;2011-06-30;2,5\n")
    found = open_shop("shop.csv", delimiter=";", where="price > 1000", **GERMAN)
    assert rows(found) == [("a", "2011-06-30", 1234.5)]


def test_number_columns_need_no_marks(tmp_path: Path, open_shop, rows) -> None:
    pd.DataFrame({"customer": ["a"], "day": ["2011-06-30"], "price": [1.5]}).to_parquet(
        tmp_path / "shop.parquet"
    )
    assert rows(open_shop("shop.parquet", **GERMAN)) == [("a", "2011-06-30", 1.5)]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"decimal": ",", "thousands": ","}, "`decimal` and `thousands` are the same mark"),
        ({"decimal": ".", "thousands": "."}, "`decimal` and `thousands` are the same mark"),
        ({"decimal": ";"}, "Input should be '.' or ','"),
        ({"timezone": "Asia/Soul"}, "no time zone 'Asia/Soul' is known"),
        ({"scale": {"value": [7, 1]}}, "expected the lowest value first"),
        ({"scale": {"value": [1, float("inf")]}}, "finite number"),
        ({"missing": {"value": [5]}, "scale": {"value": [1, 7]}}, "5 lies on the scale from 1 to 7"),
    ],
)
def test_keys_that_contradict_are_refused(keys: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        TableSpec.model_validate({"from": "a.csv", **keys})
    assert message in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "2011년 3월 5일",
        "2011년3월5일",
        " 2011년 03월 05일 ",
        "2011년 3월 5일 (토)",
        "2011년 3월 5일 토요일",
        "2011년 3월 5일 (토) 오후 3:20",
        "2011년 3월 5일 오전 10시 5분",
        "2011년 3월 5일 오후 11시",
        "2011년 3월 5일 15:20:11",
        "2011. 3. 5.",
        "2011. 3. 5",
        "2011.03.05",
        "2011.3.5 오후 3:20:11",
        "2011. 3. 5. (토) 15:20",
        "2011-03-05",
        "20110305",
        "2011/3/5",
    ],
)
def test_days_as_koreans_write_them(days, text: str) -> None:
    assert days([text]) == ["2011-03-05"]


@pytest.mark.parametrize(
    "text",
    [
        "2011년 2월 30일",
        "2011.02.29",
        "2011. 13. 5.",
        "2011년 0월 5일",
        "11.03.05",
        "5.3.2011",
        "2011.03",
        "2011년 3월",
        "2011.03.05 25:00",
        "2011.03.05 오늘",
        "2011.03.05.06",
        "2011.035",
        "2011305",
        "0000-01-01",
        "00000101",
        "2011-03-05 (BC)",
    ],
)
def test_days_that_are_none_or_doubtful_are_refused(write, refuse, text: str) -> None:
    write("shop.csv", f"customer|day|price\na|{text}|1\n")
    assert f"day = '{text}'" in refuse("shop.csv", delimiter="|")


def test_days_of_an_engine_that_no_calendar_has(tmp_path: Path, refuse) -> None:
    path = tmp_path / "shop.parquet"
    for day in ("infinity", "0044-03-15 (BC)", "12011-01-01"):
        connect().execute(f"COPY (SELECT 'a' AS customer, DATE '{day}' AS day, 1.0 AS price) TO '{path}'")
        assert "1 row cannot be read as a date" in refuse("shop.parquet")


def test_days_far_out_are_days(days) -> None:
    assert days(["1900-01-01", "2100.12.31"]) == ["1900-01-01", "2100-12-31"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2011-03-05 23:30:00Z", "2011-03-06"),
        ("2011-03-05T14:59:59.999Z", "2011-03-05"),
        ("2011-03-05T15:00:00+00:00", "2011-03-06"),
        ("2011-03-05 23:30:00+09:00", "2011-03-05"),
        ("2011-03-06 00:30:00 +0900", "2011-03-06"),
        ("2011/3/5 20:00-05", "2011-03-06"),
        ("2011-03-05 23:30", "2011-03-05"),
        ("2011-03-05", "2011-03-05"),
        ("2011년 3월 5일 오후 11:30", "2011-03-05"),
    ],
)
def test_a_time_that_tells_its_offset_is_a_day_of_the_zone(days, text: str, expected: str) -> None:
    assert days([text], timezone="Asia/Seoul") == [expected]


def test_without_a_zone_the_day_is_the_one_written(days) -> None:
    assert days(["2011-03-05 23:30:00Z", "2011-03-05T23:30:00+09:00"]) == ["2011-03-05", "2011-03-05"]


def test_a_zone_with_summer_time(days) -> None:
    texts = ["2011-07-01 22:30Z", "2011-01-01 22:30Z"]
    assert days(texts, timezone="Europe/Berlin") == ["2011-07-02", "2011-01-01"]


@pytest.mark.parametrize("name", ["shop.parquet", "shop.duckdb"])
def test_columns_that_know_their_offset(tmp_path: Path, open_shop, rows, name: str) -> None:
    moment = pd.Timestamp("2011-03-05 23:30", tz="UTC")
    frame = pd.DataFrame({"customer": ["a"], "day": [moment], "price": [1.0]})
    keys: dict[str, str] = {}
    if name == "shop.parquet":
        frame.to_parquet(tmp_path / name)
    else:
        connection = connect()
        connection.register("frame", frame)
        connection.execute(f"ATTACH '{tmp_path / name}' AS shop")
        connection.execute("CREATE TABLE shop.orders AS SELECT * FROM frame")
        connection.close()
        keys = {"table": "orders"}
    location = f"duckdb://{name}" if keys else name
    assert rows(open_shop(location, timezone="Asia/Seoul", **keys)) == [("a", "2011-03-06", 1.0)]
    assert rows(open_shop(location, **keys)) == [("a", "2011-03-05", 1.0)]


EXCEL = {"customer_id": "customer", "date": "excel_date(day)", "amount": "price"}


@pytest.mark.parametrize(
    ("serial", "day"),
    [  # as LibreOffice and Excel show them
        ("40607", "2011-03-05"),
        ("40607.999", "2011-03-05"),
        ("1", "1900-01-01"),
        ("59", "1900-02-28"),
        ("61", "1900-03-01"),
        ("36526", "2000-01-01"),
        ("73050", "2099-12-31"),
    ],
)
def test_days_counted_by_a_workbook(days, serial: str, day: str) -> None:
    assert days([serial], columns=EXCEL) == [day]


def test_days_counted_as_openpyxl_counts_them(days) -> None:
    serials = range(61, 60_000, 997)
    expected = [openpyxl.utils.datetime.from_excel(serial).date().isoformat() for serial in serials]
    assert days([str(serial) for serial in serials], columns=EXCEL) == expected


def test_days_counted_from_1904(days) -> None:
    columns = EXCEL | {"date": "excel_date_1904(day)"}
    expected = openpyxl.utils.datetime.from_excel(39_145, epoch=openpyxl.utils.datetime.CALENDAR_MAC_1904)
    assert days(["39145", "0"], columns=columns) == [expected.date().isoformat(), "1904-01-01"]


@pytest.mark.parametrize("serial", ["0", "60", "-5", "2958466", "nan", "2011-03-05"])
def test_a_number_that_counts_no_day_is_refused(write, refuse, serial: str) -> None:
    write("shop.csv", f"customer,day,price\na,{serial},1\n")
    assert f"day = '{serial}'" in refuse("shop.csv", columns=EXCEL)


def test_the_time_of_a_counted_day_can_be_asked(amounts, write, open_shop) -> None:
    write("shop.csv", "customer,day,price\na,40607.75,1\n")
    columns = EXCEL | {"amount": "hour(excel_date(day))"}
    assert collect(open_shop("shop.csv", columns=columns).table)["amount"].tolist() == [18]


def test_counted_days_in_number_columns(tmp_path: Path, open_shop, rows) -> None:
    frame = pd.DataFrame({"customer": ["a", "b"], "day": [40607.5, 40608.0], "price": [1.0, 2.0]})
    frame.to_parquet(tmp_path / "shop.parquet")
    found = rows(open_shop("shop.parquet", columns=EXCEL))
    assert found == [("a", "2011-03-05", 1.0), ("b", "2011-03-06", 2.0)]


def test_cells_that_look_like_counted_days_are_told_how_to_be_read(write, refuse) -> None:
    write("shop.csv", "customer,day,price\na,40607,1\n")
    assert 'days counted by a workbook are read by excel_date("day")' in refuse("shop.csv")


@pytest.mark.parametrize("text", ["excel_date()", "excel_date(day, 1)"])
def test_a_call_without_one_argument_is_refused(write, refuse, text: str) -> None:
    write("shop.csv", "customer,day,price\na,40607,1\n")
    assert "expected excel_date(column)" in refuse("shop.csv", columns=EXCEL | {"date": text})


def test_every_engine_is_asked_in_its_own_words() -> None:
    found = read("excel_date(day)", {"day": "number"}, where="here")
    assert isinstance(found, Expression)
    assert "excel_date" not in to_sql(found.tree, "postgres").lower()
    assert "TRY_CAST" not in to_sql(found.tree, "postgres")


def test_typed_cells_of_a_workbook_need_no_function(tmp_path: Path, open_shop, rows) -> None:
    book = openpyxl.Workbook()
    for line in [["customer", "day", "price"], ["a", datetime.date(2011, 3, 5), 1]]:
        book.active.append(line)
    book.save(tmp_path / "shop.xlsx")
    assert rows(open_shop("shop.xlsx")) == [("a", "2011-03-05", 1.0)]
