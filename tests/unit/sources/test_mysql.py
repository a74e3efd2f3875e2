"""A MySQL or MariaDB server's tables; needs one that may be written to, in CERM_MYSQL_URL."""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pandas as pd
import pytest

from cerm_nb.sources import collect
from cerm_nb.sources.mysql import MysqlTable
from cerm_nb.sources.urls import read_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cerm_nb.sources.history import PurchaseHistory

pymysql = pytest.importorskip("pymysql", reason="the extra mysql is not installed")

URL = os.environ.get("CERM_MYSQL_URL", "")
PLACE = "${CERM_MYSQL_URL}"  # an entry holds no password
needs_server = pytest.mark.skipif(not URL, reason="CERM_MYSQL_URL names no MySQL server to test with")

SECRET = "s3cret/pass 한"  # with signs that a URL must encode, and that Latin-1 does not have
ORDERS = """
    customer BIGINT UNSIGNED, day DATE, at DATETIME(3), price DECIMAL(9, 2), rounded FLOAT, exact DOUBLE,
    name VARCHAR(20) CHARACTER SET euckr, photo BLOB, bits BIT(4), size ENUM('s', 'm'), daytime TIME,
    moment TIMESTAMP NULL, `unit price` INT, is_gift BOOLEAN
"""


@pytest.fixture
def server() -> Iterator[Any]:
    parts = urlsplit(URL)
    connection = pymysql.connect(
        host=parts.hostname,
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=parts.path.lstrip("/"),
        autocommit=True,
        init_command="SET SESSION sql_mode = '', time_zone = '+00:00'",
    )
    with connection, connection.cursor() as cursor:
        yield cursor


@pytest.fixture
def make(server: Any) -> Iterator[Callable[..., str]]:
    """Make a table of the server; it is gone after the test."""
    made: list[str] = []

    def _make(columns: str, rows: list[tuple[object, ...]], name: str = "cerm_test_orders") -> str:
        server.execute(f"DROP TABLE IF EXISTS {name}")
        server.execute(f"CREATE TABLE {name} ({columns}) DEFAULT CHARACTER SET utf8mb4")
        made.append(name)
        places = ", ".join(["%s"] * len(rows[0]))
        server.executemany(f"INSERT INTO {name} VALUES ({places})", rows)
        return name

    yield _make
    for name in made:
        server.execute(f"DROP TABLE IF EXISTS {name}")


@pytest.fixture
def orders(make: Callable[..., str]) -> str:
    rest = (b"\x00\xff", 5, "s", "08:26:00", "2011-06-01 22:30:00", 3, True)
    empty = (None,) * 7
    return make(
        ORDERS,
        [
            (7, "2011-06-01", "2011-06-01 08:26:00.5", "1.50", 0.1, 0.1, "홍길동", *rest),
            (8, "0000-00-00", "0000-00-00", "-2", 16777216, 1e300, "김", *empty),
        ],
    )


@needs_server
@pytest.mark.parametrize(
    ("columns", "row"),
    [
        ({"customer_id": "customer", "date": "day", "amount": "price"}, ("7", date(2011, 6, 1), 1.5)),
        ({"customer_id": "name", "date": "at", "amount": "bits"}, ("홍길동", date(2011, 6, 1), 5.0)),
        ({"customer_id": "size", "date": "moment", "amount": "exact"}, ("s", date(2011, 6, 1), 0.1)),
        ({"customer_id": "daytime", "date": "at", "amount": "rounded"}, ("08:26:00", date(2011, 6, 1), 0.1)),
        (
            {"customer_id": "is_gift", "date": "day", "amount": '"unit price" * price'},
            ("1", date(2011, 6, 1), 4.5),
        ),
    ],
)
def test_every_type_is_read_as_what_it_means(
    open_shop, orders: str, columns: dict[str, str], row: tuple[object, ...]
) -> None:
    loaded = open_shop(PLACE, table=orders, columns=columns, where="day is not null and year(at) = 2011")
    assert loaded.provenance.rows_read == 2
    customer, day, amount = collect(loaded.table).loc[0, list(columns)]
    assert (customer, day, amount) == (*row[:2], pytest.approx(row[2], rel=1e-7))


@needs_server
def test_a_float_comes_with_all_its_digits(open_shop, orders: str) -> None:
    columns = {"customer_id": "customer", "date": "'2011-06-01'", "amount": "rounded"}
    assert collect(open_shop(PLACE, table=orders, columns=columns).table)["amount"].tolist() == [
        pytest.approx(0.1, rel=1e-7),
        16777216.0,
    ]


@needs_server
def test_a_wide_table_is_made_long(open_shop, refuse, orders: str) -> None:
    items = {"price": {"day_paid": "2011-06-01"}, "bits": {"day_paid": "2011-06-02"}}
    columns = {"customer_id": "customer", "date": "day_paid", "amount": "answer"}
    keys = {"table": orders, "items": items, "columns": columns, "where": "answer is not null"}
    assert collect(open_shop(PLACE, **keys).table)["amount"].tolist() == [1.5, 5, -2]
    assert f"table {orders}, column bits: answer is empty" in refuse(PLACE, **keys | {"where": None})


@needs_server
def test_a_zero_date_is_an_empty_cell(refuse, orders: str) -> None:
    told = refuse(PLACE, table=orders)
    assert "1 of 2 rows have no value" in told
    assert f"table {orders}: day is empty" in told
    assert 'leave them out by where: "day" is not null' in told


@needs_server
def test_a_timestamp_is_a_moment_whose_day_depends_on_the_zone(open_shop, orders: str) -> None:
    columns = {"customer_id": "customer", "date": "moment", "amount": "price"}
    keys = {"table": orders, "columns": columns, "where": "customer = 7", "timezone": "Asia/Seoul"}
    assert collect(open_shop(PLACE, **keys).table)["date"].tolist() == [date(2011, 6, 2)]


@needs_server
@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"columns": {"amount": "photo"}}, "'photo' gives binary data"),
        ({"where": "photo is not null"}, "'photo' is of type blob; expected text, numbers or dates"),
    ],
)
def test_binary_data_are_refused(refuse, orders: str, keys: dict[str, Any], message: str) -> None:
    columns = {"customer_id": "customer", "date": "at", "amount": "price", **keys.pop("columns", {})}
    assert message in refuse(PLACE, table=orders, columns=columns, **keys)


@needs_server
@pytest.mark.parametrize(
    ("customer", "day", "message"),
    [(2**64 - 1, "2011-06-01", "18446744073709551615"), (7, "2011-05-00", "2011-05-00")],
)
def test_a_value_that_no_engine_could_hold_is_told(
    refuse, make: Callable[..., str], customer: int, day: str, message: str
) -> None:
    columns = "customer BIGINT UNSIGNED, day DATE, price INT"
    told = refuse(PLACE, table=make(columns, [(customer, day, 1)]))
    assert "its rows cannot be read" in told
    assert message in told


@needs_server
def test_a_bad_row_in_the_midst_of_many_ends_the_reading_at_once(
    refuse, open_shop, make: Callable[..., str]
) -> None:
    rows = [(number, "2011-06-01" if number != 30_000 else "2011-05-00", 1) for number in range(60_000)]
    table = make("customer INT, day DATE, price INT", rows)
    assert "2011-05-00" in refuse(PLACE, table=table)
    sound = {"customer_id": "customer", "date": "'2011-06-01'", "amount": "price"}
    assert open_shop(PLACE, table=table, columns=sound).provenance.rows_read == 60_000


@needs_server
def test_only_the_columns_that_are_used_travel(open_shop, orders: str, monkeypatch) -> None:
    asked: list[str] = []
    cursor = pymysql.cursors.SSCursor
    execute = cursor.execute
    monkeypatch.setattr(
        cursor, "execute", lambda self, query, *rest: asked.append(query) or execute(self, query, *rest)
    )
    columns = {"customer_id": "customer", "date": "at", "amount": "price"}
    open_shop(PLACE, table=orders, columns=columns, where="price > 0")
    assert asked[-1].count("`customer`") == asked[-1].count("`price`") == 1
    assert not any(f"`{name}`" in asked[-1] for name in ("day", "name", "photo", "rounded"))


@needs_server
def test_nothing_can_be_written(orders: str) -> None:
    database = urlsplit(URL).path.lstrip("/")
    table = MysqlTable(read_url(PLACE, label="data"), orders, "data")
    with table._cursor(5) as cursor, pytest.raises(pymysql.err.MySQLError, match="READ ONLY"):
        cursor.execute(f"DELETE FROM {database}.{orders}")
    with table._cursor(5) as cursor, pytest.raises(pymysql.err.MySQLError, match="READ ONLY"):
        cursor.execute(f"CREATE TABLE {database}.cerm_test_written (a INT)")


@needs_server
def test_an_unknown_table_or_database_is_told_with_the_nearest_name(
    refuse, orders: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = urlsplit(URL).path.lstrip("/")
    assert f"did you mean {orders!r}?" in refuse(PLACE, table=orders.removesuffix("s"))
    assert f"did you mean '{database}.{orders}'?" in refuse(PLACE, table=f"{database}.{orders}"[:-1])
    monkeypatch.setenv("OTHER_URL", URL + "x")
    told = refuse("${OTHER_URL}", table=orders)
    assert f"from: there is no database {database + 'x'!r}" in told
    assert f"did you mean {database!r}?" in told
    assert f"table: there is no database {database + 'x'!r}" in refuse(PLACE, table=f"{database}x.{orders}")
    monkeypatch.setenv("OTHER_URL", URL.removesuffix(f"/{database}"))
    assert "no database is named" in refuse("${OTHER_URL}", table=orders)


@needs_server
def test_a_wrong_password_is_told_and_not_shown(refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", SECRET)
    host = URL.partition("://")[2].rpartition("@")[2]
    told = refuse(f"mysql://nobody_here:${{SHOP_PASSWORD}}@{host}", table="orders")
    assert "cannot be reached: Access denied for user 'nobody_here'" in told
    assert "s3cret" not in told


@needs_server
def test_a_password_of_any_signs_opens_the_door_and_is_not_remembered(
    open_shop, orders: str, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.execute("CREATE OR REPLACE USER cerm_test_ann IDENTIFIED BY %s", (SECRET,))
    server.execute("GRANT SELECT ON *.* TO cerm_test_ann")
    try:
        monkeypatch.setenv("SHOP_PASSWORD", SECRET)
        host = URL.partition("://")[2].rpartition("@")[2]
        columns = {"customer_id": "customer", "date": "'2011-06-01'", "amount": "price"}
        loaded = open_shop(
            f"mariadb://cerm_test_ann:${{SHOP_PASSWORD}}@{host}", table=orders, columns=columns
        )
    finally:
        server.execute("DROP USER cerm_test_ann")
    assert loaded.provenance.sources == [{"url": f"mariadb://cerm_test_ann@{host}", "table": orders}]
    assert "s3cret" not in repr(loaded) + json.dumps(loaded.provenance.sources)


@needs_server
def test_encryption_that_the_server_does_not_offer_is_told(refuse, write) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SHOP_URL", f"{URL}?ssl_ca={write('none.pem', '')}")
        assert "cannot be reached" in refuse("${SHOP_URL}", table="orders")


@needs_server
def test_the_samples_purchases_are_those_of_duckdb(
    samples: list[Any],
    make: Callable[..., str],
    assert_same: Callable[[PurchaseHistory, PurchaseHistory], None],
    tmp_path: Path,
) -> None:
    for sample in samples:
        frame = pd.read_parquet(sample.path)
        kinds = {"float64": "DOUBLE", "object": "DATE"}
        listed = ", ".join(f"{name} {kinds.get(str(kind), 'TEXT')}" for name, kind in frame.dtypes.items())
        rows = list(frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None))
        table = make(listed, rows)
        assert_same(sample.history(str(sample.path), tmp_path), sample.history(PLACE, tmp_path, table=table))


@pytest.mark.parametrize("scheme", ["mysql", "mariadb"])
def test_an_unreachable_server_is_told_without_the_password(
    refuse, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", SECRET)
    told = refuse(f"{scheme}://ann:${{SHOP_PASSWORD}}@127.0.0.1:1/shop", table="orders")
    assert f"{scheme}://ann@127.0.0.1:1/shop, table orders: cannot be reached" in told
    assert "s3cret" not in told


def test_a_login_that_needs_another_package_is_told(refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    def _refused(**keys: object) -> None:
        raise RuntimeError("'cryptography' package is required for caching_sha2_password")

    monkeypatch.setattr(pymysql, "connect", _refused)
    assert "cannot be reached: 'cryptography' package is required" in refuse(
        "mysql://ann@host/shop", table="t"
    )


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("pool=3", "there is no option 'pool'; expected ssl_ca"),
        ("ssl_ca=none.pem", "there is no file of that name"),
    ],
)
def test_an_option_that_is_not_there_is_told(refuse, query: str, message: str) -> None:
    assert message in refuse(f"mysql://ann@127.0.0.1:1/shop?{query}", table="orders")


def test_without_the_driver_the_extra_is_named(refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymysql", None)
    assert "pip install 'cerm-nb[mysql]'" in refuse("mysql://ann@127.0.0.1:1/shop", table="orders")
