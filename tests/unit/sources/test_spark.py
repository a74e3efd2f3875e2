"""Spark answers as DuckDB does; needs PySpark and Java."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from cerm_nb.sources import collect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cerm_nb.sources.history import PurchaseHistory

pytest.importorskip("pyspark", reason="the extra spark is not installed")
pytestmark = [
    pytest.mark.skipif(not shutil.which("java"), reason="Spark needs Java, which is not installed"),
    # PySpark leaves the sockets of its answers to the garbage collector
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

SETTINGS = "&".join(  # for small tables: what Spark prepares for large ones takes most of its time here
    (
        "spark.sql.shuffle.partitions=2",
        "spark.driver.extraJavaOptions=-XX:TieredStopAtLevel=1",
        "spark.sql.codegen.wholeStage=false",
        "spark.sql.adaptive.enabled=false",
    )
)
URL = f"spark://local?{SETTINGS}"
TABLE = "parquet.`shop.parquet`"
MAPPED = {"customer_id": "customer", "date": "at", "amount": "pieces"}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    frame = pd.DataFrame(
        {
            "customer": ["007", "008 ", "009", "it's"],
            "day": ["2011-06-01 08:26", "20110602", " 2011/6/3 ", "2011년 3월 5일 (토)"],
            "german": ["1.6.2011", "12.06.2011", "03.01.2012", "30.09.2011"],
            "packed": ["20110601", "20110612", "20120103", "20110930"],
            "at": pd.to_datetime(
                ["2011-06-01 23:00", "2011-06-30 00:00", "2012-01-01 00:00", "2010-12-31 00:01"]
            ),
            "moment": pd.to_datetime(["2011-06-01 22:00"] * 4, utc=True),
            "pieces": [1, 2, 3, 0],
            "price": [1.5, float("nan"), 2.25, -3.0],
            "text": ["1.5", " 2 ", ".5", "-1e2"],
            "serial": [40695.35, 40696.0, 61.0, 59.0],
            "unit price": [1.0, 2.0, 3.0, 4.0],
            "photo": [b"\x00"] * 4,
        }
    )
    path = tmp_path / "shop.parquet"
    frame.to_parquet(path)
    return path


@pytest.fixture
def answers(shop: Path, open_shop) -> Callable[..., list[tuple[object, ...]]]:
    """Open the shop in Spark and in DuckDB, which must agree, and give the rows."""

    def _answers(columns: dict[str, str], **keys: Any) -> list[tuple[object, ...]]:
        here = collect(open_shop(shop.name, columns=MAPPED | columns, **keys).table)
        there = collect(open_shop(URL, table=TABLE, columns=MAPPED | columns, **keys).table)
        pd.testing.assert_frame_equal(here, there, rtol=1e-12)
        return list(there.itertuples(index=False, name=None))

    return _answers


def test_the_samples_purchases_are_those_of_duckdb(
    samples: list[Any], assert_same: Callable[[PurchaseHistory, PurchaseHistory], None], tmp_path: Path
) -> None:
    for sample in samples:
        here = sample.history(str(sample.path), tmp_path)
        assert_same(here, sample.history(URL, tmp_path, table=f"parquet.`{sample.path}`"))


@pytest.mark.parametrize(
    "columns",
    [
        # several expressions at once: each table opened costs Spark a second
        {"date": "day", "amount": "pieces * \"unit price\" + text"},
        {"date": "strptime(german, '%d.%m.%Y')", "amount": "price_or_zero / 4 + pieces // 2 + pieces % 2"},
        {"date": "strptime(packed, '%Y%m%d')", "amount": "log(100) + ln(2) + round(price_or_zero, 1)"},
        {"date": "excel_date(serial)", "amount": "year(at) * 100 + month(at) + day(at) / 4 + week(at) / 2"},
        {"date": "date_trunc('month', at)", "amount": "dayofweek(at) + date_part('quarter', at) * 10"},
        {"date": "cast(moment as date)", "amount": "date_diff('day', at, moment) + strpos(customer, '0')"},
        {"date": "at + interval 3 day", "customer_id": "strftime(at, '%Y%m') || '-' || left(customer, 2)"},
        {"customer_id": "case when customer = 'it''s' then 'C:\\x' else split_part(german, '.', 1) end"},
        {"customer_id": "pieces", "amount": "length(customer) + greatest(pieces, 2)"},
        {"customer_id": "\"unit price\"", "amount": "cast(text as double)"},
        {"customer_id": "regexp_extract(german, '(\\d+)[.](\\d+)', 2)", "amount": "cast('7' as integer)"},
    ],
)  # fmt: skip
def test_an_expression_means_what_it_means_in_duckdb(answers, columns: dict[str, str]) -> None:
    plain = {name: text.replace("price_or_zero", "coalesce(price, 0)") for name, text in columns.items()}
    assert len(answers(plain)) == 4


def test_a_condition_means_what_it_means_in_duckdb(answers) -> None:
    rows = answers(
        {"customer_id": "customer"},
        where="(customer <> 'it''s' or pieces > 5) and day >= '2011-06-01' and german like '%.%'",
    )
    assert [row[0] for row in rows] == ["007", "008"]


@pytest.mark.parametrize("others", [("pieces",), ("price", "unit price"), ("price", "text", "german")])
def test_a_wide_table_is_made_long_as_in_duckdb(answers, others: tuple[str, ...]) -> None:
    items = {"serial": {"day_sold": "2011-06-01", "sign": "it's \\n"}}
    items |= {name: {"day_sold": f"2011-06-{nth:02}"} for nth, name in enumerate(others, start=2)}
    columns = {"customer_id": "customer || item || coalesce(sign, '-')", "date": "day_sold"}
    keys = {"items": items, "where": "answer is not null and item <> 'german'"}
    rows = answers(columns | {"amount": "answer"}, **keys)
    assert len(rows) == 4 * len({*others, "serial"} - {"german"}) - ("price" in others)
    assert rows[0][0] == "007serialit's \\n"


def test_nan_is_no_value_as_in_files_of_pandas(answers) -> None:
    assert len(answers({"amount": "price"}, where="price is not null")) == 3


def test_a_moment_has_the_day_of_the_zone(answers) -> None:
    days = {row[1].isoformat() for row in answers({"date": "moment"}, timezone="Asia/Seoul")}
    assert days == {"2011-06-02"}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"amount": "day"}, f"table {TABLE}: day = '2011-06-01 08:26'"),
        ({"amount": "price"}, "1 of 4 rows have no value"),
        ({"amount": "pieces / pieces"}, "pieces = '0'"),
        ({"date": "strptime(german, '%Y-%m-%d')"}, "4 rows cannot be read as a date"),
        ({"amount": "photo"}, "'photo' gives binary data"),
        ({"amount": "date_diff('month', at, moment)"}, "cannot be put to spark as one expression"),
        ({"amount": "date_part('dow', at)"}, "cannot be put to spark as one expression"),
        ({"customer_id": "regexp_replace(customer, '0', '')"}, "cannot be put to spark as one expression"),
        ({"amount": "isfinite(price)"}, "Spark refuses it"),
    ],
)
def test_what_cannot_be_read_is_told(refuse, shop: Path, columns: dict[str, str], message: str) -> None:
    assert shop.exists()
    assert message in refuse(URL, table=TABLE, columns=MAPPED | columns)


@pytest.mark.parametrize(
    ("url", "table", "message"),
    [
        (URL, "parquet.`none.parquet`", "table: there is no file 'none.parquet'"),
        (URL, "orders", "table: there is no table 'orders'; expected no table at all"),
        (URL, "archive.orders", "cannot list its tables"),
        (URL, "parquet.`broken.parquet`", "cannot be described"),
        ("spark://127.0.0.1:7077", TABLE, "this process already runs Spark on local[*]"),
        ("spark://local?memory=4g", TABLE, "there is no setting 'memory'; expected Spark's own"),
        ("spark://local:port", TABLE, "the URL cannot be taken apart; expected spark://local or spark://host:port"),
    ],
)  # fmt: skip
def test_what_cannot_be_opened_is_told(
    refuse, write, open_shop, shop: Path, url: str, table: str, message: str
) -> None:
    open_shop(URL, table=TABLE, columns=MAPPED)
    write("broken.parquet", b"PAR1 and then nothing")
    told = refuse(url, table=table)
    assert message in told
    assert str(shop.parent) not in told


def test_a_folder_and_a_pattern_of_files_are_one_table(open_shop, shop: Path) -> None:
    (shop.parent / "shops").mkdir()
    for name in ("a", "b"):
        shutil.copy(shop, shop.parent / "shops" / f"{name}.parquet")
    for table in ("parquet.`shops`", "parquet.`shops/*.parquet`"):
        assert open_shop(URL, table=table, columns=MAPPED).provenance.rows_read == 8


def test_a_table_of_the_catalogue_is_read_by_its_name(open_shop, refuse, shop: Path) -> None:
    session = open_shop(URL, table=TABLE, columns=MAPPED).table.get_backend().raw_sql("SELECT 1").sparkSession
    session.sql(f"CREATE TABLE cerm_test_orders AS SELECT * FROM parquet.`{shop}`")
    try:
        loaded = open_shop(URL, table="default.cerm_test_orders", columns=MAPPED)
        assert loaded.provenance.sources == [{"url": "spark://local", "table": "default.cerm_test_orders"}]
        assert "did you mean 'cerm_test_orders'?" in refuse(URL, table="cerm_test_order")
    finally:
        session.sql("DROP TABLE cerm_test_orders")


def test_nothing_is_left_beside_the_project_and_nothing_printed(
    open_shop, refuse, shop: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(shop.parent)
    collect(open_shop(URL, table=TABLE, columns=MAPPED).table)
    refuse(URL, table=TABLE, columns=MAPPED | {"amount": "isfinite(price)"})
    assert [path.name for path in shop.parent.iterdir()] == ["shop.parquet"]
    assert capfd.readouterr() == ("", "")


def test_a_password_is_neither_told_nor_remembered(
    open_shop, refuse, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_SECRET", "s3cret/+ pass")
    url = f"{URL}&spark.hadoop.fs.s3a.secret.key=${{SHOP_SECRET}}"
    loaded = open_shop(url, table=TABLE, columns=MAPPED)
    told = refuse(url, table="orders") + refuse(url, table=TABLE, columns={"date": "nothing"})
    assert "s3cret" not in told + repr(loaded) + json.dumps(loaded.provenance.sources)


def test_an_unreachable_cluster_is_told_without_the_password(refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    core = pytest.importorskip("pyspark")
    monkeypatch.setattr(core.SparkContext, "_active_spark_context", None)
    monkeypatch.setenv("SHOP_SECRET", "s3cret")
    told = refuse("spark://127.0.0.1:1?spark.authenticate.secret=${SHOP_SECRET}", table="orders")
    assert "spark://127.0.0.1:1: Spark cannot be reached" in told
    assert "s3cret" not in told


def test_without_java_that_is_told(refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    core = pytest.importorskip("pyspark")
    monkeypatch.setattr(core.SparkContext, "_active_spark_context", None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", "")
    assert "Spark needs Java, which is not installed; install Java 17" in refuse(URL, table="orders")


def test_without_the_driver_the_extra_is_named(refuse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    assert "pip install 'cerm-nb[spark]'" in refuse(URL, table="orders")
