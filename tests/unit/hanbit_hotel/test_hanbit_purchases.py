"""The stays carry the purchase process that is planted."""

import datetime

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cerm_nb.analyses.value.purchases import BgNbd, MbgNbd, fit_purchases
from cerm_nb.analyses.value.spend import fit_spend
from cerm_nb.sources.engine import bound_table, connect
from cerm_nb.sources.purchases import money, purchase_days, summary

AS_OF = datetime.date(2026, 6, 30)


@pytest.fixture(scope="module")
def lines(shipped, truth):
    """Lines of the folios by true person."""
    table = pd.read_parquet(shipped / "pms_folios.parquet")
    table["customer_id"] = table["guest_no"].map(truth["identity"]["persons_of_customer_id"])
    table["date"] = table["day"].dt.date
    return table


@pytest.fixture(scope="module")
def transactions(lines):
    connection = connect()
    rows = pa.Table.from_pandas(lines[["customer_id", "date", "amount"]], preserve_index=False)
    connection.register("rows", rows)
    connection.execute("CREATE TABLE lines AS SELECT * FROM rows")
    schema = {"customer_id": "string", "date": "date", "amount": "float64"}
    return bound_table(ibis.duckdb.from_connection(connection), "lines", schema)


@pytest.fixture(scope="module")
def purchases(transactions):
    return summary(purchase_days(transactions, AS_OF), AS_OF)


def planted(truth, group, names):
    return np.log([truth[group][name] for name in names])


def test_the_purchase_model_finds_what_is_planted(purchases, truth):
    fitted = fit_purchases(BgNbd, purchases)
    errors = np.sqrt(np.diag(fitted.covariance))  # of the logarithms
    distance = (np.log(fitted.estimates) - planted(truth, "process", ("r", "alpha", "a", "b"))) / errors
    assert np.abs(distance).max() < 3
    assert fitted.log_likelihood > fit_purchases(MbgNbd, purchases).log_likelihood


def test_the_spend_model_finds_what_is_planted(purchases, truth):
    fitted = fit_spend(purchases)
    distance = (np.log(fitted.estimates) - planted(truth, "spend", ("p", "q", "v"))) / np.sqrt(
        np.diag(fitted.covariance)
    )
    assert np.abs(distance).max() < 3


def test_cancellations_and_refunds_leave_no_money(transactions, purchases, truth):
    found = money(transactions, AS_OF)
    assert purchases["spend"].sum() == pytest.approx(truth["spend"]["total"])
    assert found.unmatched == 0
    assert 0.005 < found.returned_share < 0.02


def test_every_guest_stayed_within_the_three_years(lines, truth):
    assert lines["customer_id"].notna().all()
    assert lines["customer_id"].nunique() == truth["customers"]
    first, last = lines["day"].min(), lines["day"].max()
    assert (first, last) == (pd.Timestamp("2023-07-01"), pd.Timestamp("2026-06-30"))


def test_segments_buy_differently(truth):
    segments = truth["process"]["segments"]
    assert segments["convenience"]["stays_a_year"] > 2 * segments["value"]["stays_a_year"]
    assert segments["experience"]["mean_spend"] > 1.5 * segments["value"]["mean_spend"]
    assert sum(one["guests"] for one in segments.values()) == truth["customers"]
