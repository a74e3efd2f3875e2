"""Tables in databases: read where they are, never written, no password shown."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote_plus, urlsplit

import duckdb
import pytest

from cerm_nb.errors import DataError
from cerm_nb.sources import DATABASE, TableSpec, fingerprint
from cerm_nb.sources.urls import DatabaseUrl, read_url

if TYPE_CHECKING:
    from pathlib import Path

LABEL = "params/shop.yml → data.transactions"
PASSWORD = "s3cret/pass"  # with a character that a URL must encode
ROWS = [("007", "2011-06-30", 1.5), ("008", "2011-07-01", -2.0)]


@pytest.fixture
def duckdb_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.ddb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE orders (customer VARCHAR, day TIMESTAMP, price DECIMAL(9, 2))")
        connection.execute(
            "INSERT INTO orders VALUES ('007', '2011-06-30 08:26', 1.5), ('008', '2011-07-01', -2)"
        )
        connection.execute("CREATE SCHEMA archive")
        connection.execute("CREATE VIEW archive.old AS SELECT * FROM orders WHERE price > 0")
    return path


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE orders (customer TEXT, day TEXT, price REAL)")
    rows = [("007", "2011-06-30 08:26:00", 1.5), ("008", "2011-07-01", -2)]
    connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", rows)
    connection.commit()
    connection.close()
    return path


@pytest.mark.parametrize("url", ["duckdb://shop.ddb", "duckdb:///shop.ddb"])
def test_a_duckdb_file_is_read_and_left_as_it_was(duckdb_file: Path, open_shop, rows, url: str) -> None:
    before = hashlib.sha256(duckdb_file.read_bytes()).hexdigest()
    loaded = open_shop(url, table="orders")
    assert rows(loaded) == ROWS
    source = loaded.provenance.sources[0]
    assert (source["path"], source["table"], source["sha256"]) == ("shop.ddb", "orders", before)
    assert hashlib.sha256(duckdb_file.read_bytes()).hexdigest() == before


def test_a_view_in_another_schema_of_a_duckdb_file(duckdb_file: Path, open_shop, rows) -> None:
    assert rows(open_shop(f"duckdb://{duckdb_file}", table="archive.old")) == ROWS[:1]


@pytest.mark.parametrize("name", ["transactions", "raw"])
def test_a_table_of_a_duckdb_file_may_have_any_name(tmp_path: Path, open_shop, rows, name: str) -> None:
    with duckdb.connect(str(tmp_path / "shop.ddb")) as connection:
        connection.execute(f"CREATE TABLE {name} AS SELECT '7' AS customer, '2011-06-30' AS day, 1 AS price")
    assert rows(open_shop("duckdb://shop.ddb", table=name)) == [("7", "2011-06-30", 1.0)]


@pytest.mark.parametrize("url", ["sqlite://shop.sqlite", "sqlite:///shop.sqlite"])
def test_a_sqlite_file_is_read_and_left_as_it_was(sqlite_file: Path, open_shop, rows, url: str) -> None:
    before = sqlite_file.read_bytes()
    assert rows(open_shop(url, table="orders")) == ROWS
    assert sqlite_file.read_bytes() == before


def test_text_in_a_number_column_of_sqlite_is_refused_rather_than_read_as_zero(
    sqlite_file: Path, refuse
) -> None:
    connection = sqlite3.connect(sqlite_file)
    connection.execute("INSERT INTO orders VALUES ('009', '2011-07-02', 'much')")
    connection.commit()
    connection.close()
    assert "shop.sqlite, table orders, row 3: price = 'much'" in refuse(
        "sqlite://shop.sqlite", table="orders"
    )


def fingerprint_of(root: Path, url: str, table: str = "orders") -> dict[str, str]:
    return fingerprint(TableSpec.model_validate({"from": url, "table": table}), root, label=LABEL)


def test_a_table_in_a_file_has_the_hash_of_the_file(
    duckdb_file: Path, sqlite_file: Path, tmp_path: Path, open_shop
) -> None:
    for url, file in (("duckdb://shop.ddb", duckdb_file), ("sqlite:///shop.sqlite", sqlite_file)):
        told = fingerprint_of(tmp_path, url)
        assert told == {file.name: hashlib.sha256(file.read_bytes()).hexdigest()}
        assert open_shop(url, table="orders").provenance.hashes == told


def test_a_view_in_a_duckdb_file_may_change_with_other_files(duckdb_file: Path, tmp_path: Path) -> None:
    told = fingerprint_of(tmp_path, "duckdb://shop.ddb", "archive.old")
    assert told == {"shop.ddb archive.old": DATABASE}


def test_a_table_on_a_server_may_change_at_any_time(tmp_path: Path) -> None:
    for url in ("postgres://ann@host/shop", "mysql://ann@host/shop", "spark://local"):
        assert list(fingerprint_of(tmp_path, url).values()) == [DATABASE]


def test_rows_that_lie_in_the_journal_yet_are_read_and_hashed(
    sqlite_file: Path, tmp_path: Path, open_shop, rows
) -> None:
    connection = sqlite3.connect(sqlite_file)
    connection.execute("PRAGMA journal_mode = wal")
    before = fingerprint_of(tmp_path, "sqlite://shop.sqlite")
    connection.execute("INSERT INTO orders VALUES ('009', '2011-07-02', 3)")
    connection.commit()
    after = fingerprint_of(tmp_path, "sqlite://shop.sqlite")
    assert len(rows(open_shop("sqlite://shop.sqlite", table="orders"))) == 3
    connection.close()
    assert list(after) == ["shop.sqlite", "shop.sqlite-wal"]
    assert after != before


def test_a_duckdb_file_with_rows_in_its_journal(tmp_path: Path, duckdb_file: Path, open_shop, rows) -> None:
    before = fingerprint_of(tmp_path, "duckdb://shop.ddb")
    insertion = "INSERT INTO orders VALUES ('9', '2011-07-02', 3)"
    script = (
        f"import duckdb, os; connection = duckdb.connect({str(duckdb_file)!r}); "
        f"connection.execute({insertion!r}); os._exit(0)"  # as when the power fails
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    after = fingerprint_of(tmp_path, "duckdb://shop.ddb")
    assert list(after) == ["shop.ddb", "shop.ddb.wal"]
    assert after != before
    assert len(rows(open_shop("duckdb://shop.ddb", table="orders"))) == 3


def test_a_sqlite_file_with_a_write_ahead_log_leaves_nothing_beside_it(
    sqlite_file: Path, tmp_path: Path, open_shop, rows
) -> None:
    connection = sqlite3.connect(sqlite_file)
    connection.execute("PRAGMA journal_mode = wal")
    connection.close()
    assert rows(open_shop("sqlite://shop.sqlite", table="orders")) == ROWS
    assert [path.name for path in tmp_path.iterdir()] == ["shop.sqlite"]


def test_a_pattern_names_no_database(duckdb_file: Path, refuse) -> None:
    assert duckdb_file.exists()
    assert "no file matches" in refuse("duckdb://*.ddb", table="orders")


@pytest.mark.parametrize("url", ["duckdb://shop.ddb", "sqlite://shop.sqlite"])
def test_an_unknown_table_is_told_with_the_nearest_name(
    duckdb_file: Path, sqlite_file: Path, refuse, url: str
) -> None:
    assert duckdb_file.exists()
    assert sqlite_file.exists()
    told = refuse(url, table="order")
    assert f"{LABEL}.table: there is no table 'order'" in told
    assert "did you mean 'orders'?" in told


@pytest.mark.parametrize("url", ["duckdb://none.ddb", "sqlite://none.sqlite"])
def test_a_missing_database_file(tmp_path: Path, refuse, url: str) -> None:
    assert "there is no file" in refuse(url, table="orders")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("scheme", ["duckdb", "sqlite"])
def test_a_file_that_is_no_database(write, refuse, scheme: str) -> None:
    write("shop.db", b"no database " * 500)
    told = refuse(f"{scheme}://shop.db", table="orders")
    assert "shop.db" in told
    assert "database" in told


def test_a_missing_variable_is_told_by_name(refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOP_PASSWORD", raising=False)
    told = refuse("postgres://ann:${SHOP_PASSWORD}@host/shop", table="orders")
    assert told == (
        f"{LABEL}.from: the environment variable SHOP_PASSWORD is not set; "
        "set it before the run: export SHOP_PASSWORD=…"
    )


def test_another_kind_of_database(refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    told = refuse("oracle://ann:${SHOP_PASSWORD}@host/shop", table="orders")
    assert "databases of kind 'oracle' cannot be read" in told
    assert "expected duckdb://…, sqlite://…, postgres://…, mysql://… or spark://…" in told
    assert "s3cret" not in told


@pytest.mark.parametrize("text", ["postgres://ann:${SHOP_PASSWORD}@127.0.0.1:1/shop", "${SHOP_URL}"])
def test_an_unreachable_database_is_told_without_the_password(
    refuse, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    pytest.importorskip("psycopg")
    monkeypatch.setenv("SHOP_PASSWORD", "s3cret%2Fpass")
    monkeypatch.setenv("SHOP_URL", "postgres://ann:s3cret%2Fpass@127.0.0.1:1/shop")
    told = refuse(text, table="orders")
    assert "postgres://ann@127.0.0.1:1/shop, table orders: cannot be reached" in told
    assert "s3cret" not in told


def test_a_password_is_neither_in_text_nor_in_repr_of_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    monkeypatch.setenv("SHOP_PASSWORD_ENCODED", "s3cret%2Fpass")
    for text in (
        "postgres://ann:${SHOP_PASSWORD_ENCODED}@host:5432/shop?sslmode=require",
        "postgres://ann:s3cret%2Fpass@host/shop",
        "postgres://host/shop?user=ann&password=${SHOP_PASSWORD}",
        "postgres://host/shop?password=s3cret%2Fpass",
        "mysql://ann:${SHOP_PASSWORD_ENCODED}@host:3306/shop?ssl_ca=ca.pem",
        "mariadb://ann:s3cret%2Fpass@host/shop",
        "spark://host:7077?spark.authenticate.secret=${SHOP_PASSWORD}",
        "spark://local?spark.hadoop.fs.s3a.secret.key=${SHOP_PASSWORD}",
    ):
        url = read_url(text, label=LABEL)
        assert "s3cret" not in f"{url!s} {url!r}"
        assert "s3cret" in url.full


def test_without_the_driver_the_extra_is_named(refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "ibis.backends.postgres", raising=False)
    told = refuse("postgres://ann@127.0.0.1:1/shop", table="orders")
    assert "pip install 'cerm-nb[postgres]'" in told


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ({"from": "postgres://host/shop"}, "a database URL needs the key `table`"),
        ({"from": ["a.csv", "b.csv"], "table": "orders"}, "`table` goes with one database URL"),
        ({"from": "a.txt", "format": "fixed"}, "format fixed needs `fields`"),
        ({"from": "a.csv", "format": "csv", "fields": {"a": "1-2"}}, "`fields` goes with format fixed"),
        ({"from": "a.txt", "fields": {"a": "3-2"}}, "expected first-last, counted from 1"),
        ({"from": "a.txt", "fields": {"a": "0-2"}}, "expected first-last, counted from 1"),
        ({"from": "a.csv", "encoding": "cp94"}, "no encoding 'cp94' is known"),
        ({"from": "a.csv", "encoding": "hex"}, "no encoding 'hex' is known"),
        ({"from": "a.csv", "encoding": "rot13"}, "no encoding 'rot13' is known"),
        ({"from": ""}, "name a file, a glob or a database URL"),
        ({"from": []}, "name a file, a glob or a database URL"),
        ({"from": "a.csv", "skip": -1}, "greater than or equal to 0"),
        ({"from": "a.csv", "delimiter": ";;"}, "at most 1 character"),
        ({"from": "a.csv", "colums": {}}, "Extra inputs are not permitted"),
        ({"from": "a.csv", "format": "json"}, "'csv', 'tsv', 'fixed', 'jsonl', 'xlsx' or 'parquet'"),
    ],
)
def test_an_entry_whose_keys_do_not_fit_is_refused(keys: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        TableSpec.model_validate(keys)
    assert message in str(caught.value)


def test_a_password_is_not_in_the_message_about_an_entry_that_does_not_fit() -> None:
    with pytest.raises(ValueError) as caught:
        TableSpec.model_validate({"from": f"postgres://ann:{PASSWORD}@host/shop"})
    assert PASSWORD not in str(caught.value)


def test_a_problem_with_a_url_without_a_scheme(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_URL", PASSWORD)
    with pytest.raises(DataError) as caught:
        read_url("${SHOP_URL}", label=LABEL)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ann:s3cret@host/shop",
        "postgres://ann:s3/c#r?e@t@host/shop",
        "postgres://ann:s3cret${NAME}@host/shop",
        "postgres://host/shop?user=ann&password=s3cret",
        "postgres://host/shop?PWD=s3cret",
        "sqlite://ann:s3cret@/shop.db",
        "mysql://ann:s3cret@host/shop",
        "spark://host:7077?spark.authenticate.secret=s3cret",
        "spark://local?spark.hadoop.fs.s3a.secret.key=s3cret",
    ],
)
def test_a_password_written_into_an_entry_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError) as caught:
        TableSpec.model_validate({"from": url, "table": "orders"})
    assert "put the password into the environment and write ${NAME}" in str(caught.value)
    assert "s3" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ann:${NAME}@host:5432/shop",
        "postgres://ann@host/shop",
        "postgres://host/shop?password=${NAME}&sslmode=require",
        "sqlite:///C:/shops/a@b.db",
        "${SHOP_URL}",
    ],
)
def test_an_entry_without_a_written_password_is_let_through(url: str) -> None:
    assert TableSpec.model_validate({"from": url, "table": "orders"}).locations == [url]


@pytest.mark.parametrize("password", ["a/b", "a#b", "a?b", "a@b", "x[b", "a℀b", "a:b", "a%41 +&b"])
@pytest.mark.parametrize("scheme", ["postgres", "mysql", "mariadb"])
def test_a_password_of_any_signs_reaches_the_driver_as_it_is(
    monkeypatch: pytest.MonkeyPatch, password: str, scheme: str
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", password)
    url = read_url(f"{scheme}://ann:${{SHOP_PASSWORD}}@host:5432/shop", label=LABEL)
    parts = urlsplit(url.full)
    assert (unquote_plus(parts.password or ""), parts.hostname, parts.port) == (password, "host", 5432)
    assert str(url) == f"{scheme}://ann@host:5432/shop"


def test_a_password_in_the_query_reaches_the_driver_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD + "&x=1")
    url = read_url("postgres://host/shop?user=ann&password=${SHOP_PASSWORD}", label=LABEL)
    assert parse_qs(urlsplit(url.full).query) == {"user": ["ann"], "password": [PASSWORD + "&x=1"]}


@pytest.mark.parametrize(
    "url",
    [
        "postgres://ann:s3/cret@host/shop",
        "postgres://ann:12/s3cret@host/shop",
        "postgres://ann:12?s3cret@host/shop",
        "postgres://ann:12#s3cret@host/shop",
        "postgres://ann:s3[cret@host/shop",
        "postgres://ann:s3cret℀@host/shop",
        "postgres://ann:s3cret@host:port/shop",
    ],
)
def test_a_url_that_cannot_be_taken_apart_is_told_without_its_text(
    refuse, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("SHOP_URL", url)
    told = refuse("${SHOP_URL}", table="orders")
    assert "the URL cannot be taken apart" in told
    assert "s3" not in told
    assert "cret" not in told
    shown = str(DatabaseUrl(url, ()))
    assert "s3" not in shown
    assert "cret" not in shown


def test_a_sqlite_column_with_blanks_around_its_name_is_read_by_that_name(
    tmp_path: Path, open_shop, rows
) -> None:
    connection = sqlite3.connect(tmp_path / "shop.sqlite")
    connection.execute('CREATE TABLE orders ("customer " TEXT, day TEXT, " price" REAL)')
    connection.executemany("INSERT INTO orders VALUES (?, ?, ?)", ROWS)
    connection.commit()
    connection.close()
    assert rows(open_shop("sqlite://shop.sqlite", table="orders")) == ROWS
