"""A PostgreSQL server answers as DuckDB does; needs one that may be written to, in CERM_POSTGRES_URL."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cerm_nb.sources.purchases import holdout, money, purchase_days, summary, weekly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cerm_nb.sources.history import PurchaseHistory

psycopg = pytest.importorskip("psycopg", reason="the extra postgres is not installed")

URL = os.environ.get("CERM_POSTGRES_URL", "")
pytestmark = pytest.mark.skipif(not URL, reason="CERM_POSTGRES_URL names no PostgreSQL server to test with")

LINES = [
    ("007", "2011-06-01 08:26", "10.5"),
    ("007", "2011-06-03", "0"),
    ("007", "2011-06-09", "8"),
    ("007", "2011-06-20", "-9.25"),
    ("008", "20110602", " 4 "),
    ("008", "2011/06/02", "-5"),
    ("009", "2011-07-02", "3"),
]


@pytest.fixture
def table() -> Iterator[str]:
    name = "cerm_test_orders"
    with psycopg.connect(URL, autocommit=True) as connection:
        connection.execute(f"DROP TABLE IF EXISTS {name}")
        connection.execute(f"CREATE TABLE {name} (customer varchar(9), day text, price text, pieces int)")
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {name} VALUES (%s, %s, %s, 1)", LINES)
        yield name
        connection.execute(f"DROP TABLE {name}")


def test_the_server_gives_what_duckdb_gives(write, open_shop, table: str) -> None:
    write("shop.csv", "customer,day,price\n" + "".join(",".join(line) + "\n" for line in LINES))
    here, there = open_shop("shop.csv").table, open_shop(URL, table=table).table
    end, as_of = date(2011, 6, 10), date(2011, 7, 31)
    for answer in (
        lambda found: summary(purchase_days(found, end), end),
        lambda found: holdout(found, end, as_of),
        lambda found: weekly(purchase_days(found, as_of), date(2011, 6, 1), end),
    ):
        assert answer(here).equals(answer(there))
    assert money(here, as_of) == money(there, as_of)


def test_the_samples_purchases_are_those_of_duckdb(
    samples: list[Any], assert_same: Callable[[PurchaseHistory, PurchaseHistory], None], tmp_path: Path
) -> None:
    for sample in samples:
        frame = pd.read_parquet(sample.path)
        kinds = {"float64": "double precision", "object": "date"}
        listed = ", ".join(f'"{name}" {kinds.get(str(kind), "text")}' for name, kind in frame.dtypes.items())
        with psycopg.connect(URL, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS cerm_test_sample")
            cursor.execute(f"CREATE TABLE cerm_test_sample ({listed})")
            with cursor.copy("COPY cerm_test_sample FROM STDIN") as copy:
                for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None):
                    copy.write_row(row)
            here = sample.history(str(sample.path), tmp_path)
            assert_same(here, sample.history(URL, tmp_path, table="cerm_test_sample"))
            cursor.execute("DROP TABLE cerm_test_sample")


def test_an_unreadable_cell_is_told_with_its_table(refuse, table: str) -> None:
    columns = {"customer_id": "customer", "date": "day", "amount": "day"}
    told = refuse(URL, table=table, columns=columns)
    assert f"table {table}: day = '2011-06-01 08:26'" in told


def test_the_engines_refusal_is_told(refuse, table: str) -> None:
    columns = {"customer_id": "customer", "date": "day", "amount": "lower(pieces)"}
    assert "PostgreSQL refuses it: function lower(integer) does not exist" in refuse(
        URL, table=table, columns=columns
    )


def test_an_unknown_table_is_told_with_the_nearest_name(refuse, table: str) -> None:
    assert f"did you mean {table!r}?" in refuse(URL, table=table.removesuffix("s"))
    assert f"did you mean 'public.{table}'?" in refuse(URL, table=f"public.{table}".removesuffix("s"))


def test_nothing_can_be_written(open_shop, table: str) -> None:
    backend = open_shop(URL, table=table).table.get_backend()
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        backend.raw_sql("CREATE TABLE cerm_test_written (a int)")


def test_a_wrong_password_is_not_told(refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "s3cret")
    host = URL.partition("://")[2].rpartition("@")[2]
    told = refuse(f"postgres://nobody_here:${{SHOP_PASSWORD}}@{host}", table="orders")
    assert "s3cret" not in told
    assert "cannot be reached" in told
