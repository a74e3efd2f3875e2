"""Parquet and database files: cut, renamed, or holding what no table holds."""

from __future__ import annotations

import io
import sqlite3
from functools import partial
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from broken_case import COLUMNS, GOOD, SECRET, Case, of, params

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DAYS = ["2024-01-05", "2024-02-05", "2024-03-05"]
MONEY = [10.0, 20.0, 30.0]
ROWS = {"customer_id": ["c1", "c2", "c1"], "amount": MONEY}


def parquet(*columns: tuple[str, Sequence[object] | pa.Array]) -> bytes:
    """Write a Parquet file; names may stand twice."""
    arrays = [values if isinstance(values, pa.Array) else pa.array(values) for _, values in columns]
    written = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, names=[name for name, _ in columns]), written)
    return written.getvalue()


def shop_of(
    customer: Sequence[object] = ("c1", "c2", "c1"),
    day: Sequence[object] | pa.Array = DAYS,
    money: Sequence[object] = MONEY,
) -> bytes:
    """Write a shop as Parquet."""
    return parquet(("customer", customer), ("day", day), ("money", money))


def sqlite_file(path: Path, *, script: str) -> None:
    """Write a SQLite file."""
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()


def duckdb_file(path: Path, *, script: str) -> None:
    """Write a DuckDB file."""
    with duckdb.connect(str(path)) as connection:
        connection.execute(script)


def cases() -> list[Case]:
    """List the cases."""
    return [*_parquet(), *_database_files(), *_addresses()]


def _parquet() -> list[Case]:
    ancient = pa.array([-800_000, 19_727, 19_728], pa.int32()).cast(pa.date32())

    def one(name: str, content: object, **expected: object) -> Case:
        return of(name, "shop.parquet", content, **expected)  # type: ignore[arg-type]

    return [
        one("parquet_cut_off", shop_of()[:-100], error=("shop.parquet", "cannot be read as Parquet")),
        one("parquet_cut_at_the_front", shop_of()[100:], error=("shop.parquet", "cannot be read")),
        one("parquet_is_a_csv", GOOD, error=("shop.parquet", "cannot be read as Parquet")),
        of("csv_is_parquet", "shop.csv", shop_of(), error=("shop.csv",)),
        one(
            "parquet_without_rows",
            shop_of(pa.array([], pa.string()), pa.array([], pa.string()), pa.array([], pa.float64())),
            error=("data.transactions.from", "holds no rows"),
        ),
        one(
            "parquet_column_twice",
            parquet(("customer", ["c1"]), ("day", DAYS[:1]), ("money", [1.0]), ("money", [2.0])),
            error=("shop.parquet", "money"),
        ),
        one(
            "parquet_column_twice_but_for_case",
            parquet(("customer", ["c1"]), ("day", DAYS[:1]), ("money", [1.0]), ("MONEY", [2.0])),
            error=("shop.parquet", "money"),
        ),
        one(
            "parquet_of_lists",
            shop_of(customer=[["c1"], ["c2"], []]),
            error=("columns.customer_id", "a list or a structure"),
        ),
        one(
            "parquet_without_end",
            shop_of(money=[float("inf"), float("-inf"), 1e308]),
            error=("columns.amount", "3 rows", "within ±1e15"),
        ),
        one(
            "parquet_not_a_number",
            shop_of(money=[1.0, float("nan"), 2.0]),
            error=("columns.amount", "1 of 3 rows have no value"),
        ),
        one(
            "parquet_column_all_null",
            shop_of(customer=pa.array([None] * 3, pa.null())),
            error=("columns.customer_id",),
        ),
        one("parquet_before_christ", shop_of(day=ancient), error=("data.transactions",)),
    ]


def _database_files() -> list[Case]:
    table = "create table sales (customer text, day text, money real);"
    filled = table + "insert into sales values ('c1', '2024-01-05', 10);"

    def one(name: str, scheme: str, content: object, wanted: str = "sales", **expected: object) -> Case:
        entry = {"from": f"{scheme}://data/{name}/shop.db", "table": wanted, "columns": COLUMNS}
        return Case(name, params(name, {"transactions": entry}), {"shop.db": content}, **expected)  # type: ignore[arg-type, dict-item]

    def cut(path: Path) -> None:
        sqlite_file(path, script=filled + "create table more (x); insert into more values (zeroblob(90000));")
        path.write_bytes(path.read_bytes()[:5000] + bytes(3000))

    def with_quotes(path: Path) -> None:
        sqlite_file(path, script=filled.replace("sales", '"a""b"'))

    return [
        one("sqlite_garbage", "sqlite", b"no database" * 500, error=("shop.db", "SQLite")),
        one("sqlite_damaged", "sqlite", cut, wanted="more", error=("shop.db",)),
        one(
            "sqlite_table_with_sql",
            "sqlite",
            partial(sqlite_file, script=filled),
            wanted='sales"; drop table sales; --',
            error=("data.transactions.table", "there is no table"),
        ),
        one("sqlite_table_with_quotes", "sqlite", with_quotes, wanted='a"b', holds={"customer_id": ["c1"]}),
        one("duckdb_garbage", "duckdb", b"no database" * 500, error=("shop.db", "DuckDB")),
        one("duckdb_is_sqlite", "duckdb", partial(sqlite_file, script=filled), error=("shop.db", "DuckDB")),
        one(
            "duckdb_misspelt_table",
            "duckdb",
            partial(duckdb_file, script=filled),
            wanted="sale",
            error=("data.transactions.table", "did you mean 'sales'"),
        ),
    ]


def _addresses() -> list[Case]:
    def one(name: str, address: str, **expected: object) -> Case:
        entry = {"from": address, "table": "sales", "columns": COLUMNS}
        return Case(name, params(name, {"transactions": entry}), **expected)  # type: ignore[arg-type]

    known = {"CERM_TEST_PASSWORD": SECRET}
    return [
        one(
            "password_not_set",
            "postgres://me:${CERM_NOT_SET}@127.0.0.1:1/shop",
            error=("data.transactions.from", "CERM_NOT_SET is not set"),
        ),
        one(
            "password_in_the_params",
            f"postgres://me:{SECRET}@127.0.0.1:1/shop",
            error=("data.transactions.from", "password into the environment"),
        ),
        one(
            "postgres_not_there",
            "postgres://me:${CERM_TEST_PASSWORD}@127.0.0.1:1/shop",
            environment=known,
            error=("postgres://me@127.0.0.1:1/shop",),
        ),
        one(
            "mysql_not_there",
            "mysql://me:${CERM_TEST_PASSWORD}@127.0.0.1:1/shop",
            environment=known,
            error=("mysql://me@127.0.0.1:1/shop",),
        ),
        one(
            "database_unknown",
            "oracle://me:${CERM_TEST_PASSWORD}@127.0.0.1:1/shop",
            environment=known,
            error=("data.transactions.from", "'oracle'"),
        ),
        one(
            "address_is_the_password",
            "${CERM_TEST_PASSWORD}",
            environment=known,
            error=("data.transactions",),
        ),
        Case(
            "address_without_table",
            params("address_without_table", {"transactions": {"from": "sqlite://shop.db"}}),
            error=("data.transactions", "needs the key `table`"),
        ),
    ]
