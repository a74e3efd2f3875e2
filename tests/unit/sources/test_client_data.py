"""The shipped clients, read by their params alone, and what was published about them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cerm_nb.sources import Loaded, TableSpec, open_table
from cerm_nb.sources.purchases import holdout, money, purchase_days, summary, weekly

ROOT = Path(__file__).parents[3]
CALIBRATION_END = date(1997, 9, 30)
AS_OF = date(1998, 6, 30)

ENTRIES: dict[str, dict[str, Any]] = {
    "master": {
        "from": "data/cdnow/CDNOW_master.txt",
        "format": "fixed",
        "fields": {"customer": "1-6", "date": "8-15", "cds": "16-18", "dollars": "19-26"},
        "skip": 1,
        "columns": {"customer_id": "customer", "date": "strptime(date, '%Y%m%d')", "amount": "dollars"},
    },
    "sample": {
        "from": "data/cdnow/CDNOW_sample.txt",
        "format": "fixed",
        "fields": {
            "customer": "1-6",
            "sample_id": "7-11",
            "date": "13-20",
            "cds": "21-23",
            "dollars": "24-31",
        },
        "columns": {"customer_id": "customer", "date": "strptime(date, '%Y%m%d')", "amount": "dollars"},
    },
    "online_retail": {
        "from": "data/online_retail/online_retail.parquet",
        "columns": {
            "customer_id": "CustomerID",
            "order_id": "InvoiceNo",
            "date": "strptime(InvoiceDate, '%Y-%m-%dT%H:%M:%SZ')",
            "amount": "Quantity * UnitPrice",
        },
        "where": "CustomerID is not null and CustomerID <> ''",
    },
}


def load(name: str) -> Loaded:
    return open_table("transactions", TableSpec.model_validate(ENTRIES[name]), ROOT, label=name)


def test_cdnow_master_has_the_published_customers_and_revenue() -> None:
    loaded = load("master")
    assert loaded.provenance.rows_read == 69_659
    assert (loaded.provenance.first_day, loaded.provenance.last_day) == (date(1997, 1, 1), AS_OF)
    assert len(summary(purchase_days(loaded.table, CALIBRATION_END), CALIBRATION_END)) == 23_570
    assert money(loaded.table, AS_OF).gross == pytest.approx(2_500_315.63, abs=0.005)
    customers = summary(purchase_days(loaded.table, AS_OF), AS_OF)
    assert customers["spend"].sum() == pytest.approx(2_500_315.63, abs=0.005)


def test_cdnow_sample_has_the_published_customers_repeaters_and_holdout() -> None:
    table = load("sample").table
    customers = summary(purchase_days(table, CALIBRATION_END), CALIBRATION_END)
    assert (len(customers), int((customers["frequency"] > 0).sum())) == (2_357, 946)
    first = customers.iloc[0]
    assert (first["customer_id"], first["frequency"]) == ("00004", 2)
    assert (first["recency"], first["age"]) == (
        pytest.approx(30.43, abs=0.005),
        pytest.approx(38.86, abs=0.005),
    )
    assert first["monetary_value"] == pytest.approx(22.35, abs=0.006)
    assert holdout(table, CALIBRATION_END, AS_OF)["actual"].sum() == 1_882


def test_cdnow_sample_by_week_adds_up_to_calibration_and_holdout() -> None:
    table = load("sample").table
    customers = summary(purchase_days(table, CALIBRATION_END), CALIBRATION_END)
    weeks = weekly(purchase_days(table, AS_OF), date(1997, 1, 1), CALIBRATION_END)
    in_holdout = weeks["week"] >= 40
    assert weeks["week"].max() == 78
    assert weeks.loc[in_holdout, "repeats"].sum() == 1_882
    assert weeks.loc[~in_holdout, "repeats"].sum() == customers["frequency"].sum()


def test_online_retail_is_read_by_expressions_over_text() -> None:
    loaded = load("online_retail")
    provenance = loaded.provenance
    assert (provenance.rows_read, provenance.rows_left_out) == (541_909, 135_080)
    assert (provenance.first_day, provenance.last_day) == (date(2010, 12, 1), date(2011, 12, 9))
    told = money(loaded.table, date(2011, 12, 9))
    assert told.customers == 4_372
    assert told.gross - told.returned == pytest.approx(8_300_065.814, abs=0.0005)


def test_a_summary_is_the_same_every_time() -> None:
    until = date(2011, 6, 30)
    days = purchase_days(load("online_retail").table, until)
    first, second = summary(days, until), summary(days, until)
    assert first.equals(second)
    assert first["customer_id"].is_monotonic_increasing
