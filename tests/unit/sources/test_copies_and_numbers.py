"""Files named twice, and customers' numbers that some files hold as floating ones."""

from __future__ import annotations

import gzip
import sqlite3
import warnings
import zipfile
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cerm_nb.sources import collect

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "customer,day,price\n"
ROWS = HEADER + "7,2011-06-30,1\n"


def test_copies_of_one_file_are_refused_by_both_names(write, refuse, open_shop) -> None:
    write("a.csv", ROWS)
    write("b.csv", ROWS)
    assert "a.csv and b.csv are the same file, byte by byte; leave one out" in refuse(["a.csv", "b.csv"])
    write("b.csv", HEADER + "8,2011-06-30,1\n")  # of one size, but another file
    assert open_shop(["a.csv", "b.csv"]).provenance.rows_read == 2


def test_a_copy_is_found_inside_packed_files(write, refuse) -> None:
    write("a.csv", ROWS)
    write("b.csv.gz", gzip.compress(ROWS.encode()))
    assert "a.csv and b.csv.gz are the same file" in refuse(["a.csv", "b.csv.gz"], format="csv")


def test_a_zip_that_holds_a_name_twice_is_refused(tmp_path: Path, refuse) -> None:
    with zipfile.ZipFile(tmp_path / "shop.zip", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns, and writes it all the same
        archive.writestr("a.csv", ROWS)
        archive.writestr("a.csv", HEADER + "8,2011-06-30,1\n")
    assert "shop.zip: the zip holds 'a.csv' more than once; expected each name once" in refuse("shop.zip")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("17850.0", "17850"),
        ("17850", "17850"),
        ('"17850.0"', "17850.0"),
        ("-0.50", "-0.5"),
        ("1.5e3", "1500"),
        ('"a\\u0062\\"c"', 'ab"c'),
        ("true", "true"),
    ],
)
def test_a_whole_number_of_json_is_a_customer_without_a_point(
    write, open_shop, written: str, read: str
) -> None:
    write("shop.jsonl", f'{{"customer": {written}, "day": "2011-06-30", "price": 5.0}}\n')
    rows = collect(open_shop("shop.jsonl").table)
    assert rows["customer_id"].tolist() == [read]
    assert rows["amount"].tolist() == [5.0]


@pytest.mark.parametrize(("number", "read"), [(17850.0, "17850"), (1.5, "1.5"), (1e300, "1e+300")])
def test_a_whole_number_of_sqlite_is_a_customer_without_a_point(
    tmp_path: Path, open_shop, number: float, read: str
) -> None:
    connection = sqlite3.connect(tmp_path / "shop.sqlite")
    connection.execute("CREATE TABLE orders (customer REAL, day TEXT, price REAL)")
    connection.execute("INSERT INTO orders VALUES (?, '2011-06-30', 2)", [number])
    connection.commit()
    connection.close()
    rows = collect(open_shop("sqlite:///shop.sqlite", table="orders").table)
    assert rows["customer_id"].tolist() == [read]


@pytest.mark.parametrize(
    ("floats", "number", "is_read"),
    [
        ("float64", 2**53, True),
        ("float64", 2**53 + 1, False),
        ("float64", -(2**53) - 1, False),
        ("float32", 2**24 + 1, False),
    ],
)
def test_whole_numbers_that_floating_ones_cannot_hold_are_refused(
    tmp_path: Path, open_shop, refuse, floats: str, number: int, is_read: bool
) -> None:
    kept = {"day": ["2011-06-30"], "price": [1.0]}
    whole = pd.DataFrame({"customer": pd.Series([number], dtype="int64"), **kept})
    whole.to_parquet(tmp_path / "a.parquet")
    pd.DataFrame({"customer": pd.Series([7.0], dtype=floats), **kept}).to_parquet(tmp_path / "b.parquet")
    if is_read:
        assert open_shop("*.parquet").provenance.rows_read == 2
    else:
        assert "a.parquet: column 'customer' holds whole numbers beyond" in refuse("*.parquet")
