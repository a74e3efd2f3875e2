"""What a client's tables hold is counted, not refused."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cerm_nb.errors import DataError
from cerm_nb.sources import CustomerInformation, TableSpec, customer_information

if TYPE_CHECKING:
    from pathlib import Path

CUSTOMERS = """id,no,mail,tel,born,seen
a,1,a@example.com,010-0000-0001,1975-03-04,2026-01-01
b,,a@example,02,2093-01-01,2020-01-01
b,3,,,  ,1900-01-01
c,4,c@example.com,+82 10 0000 0004,1975년 3월 4일,
"""
SALES = "who,day,paid\n1,2026-01-05,10\n1,2026-01-09,x\n,2026-02-01,5\n9,2027-01-01,5\n"
COLUMNS = {
    "record_id": "id", "customer_id": "no", "email": "mail", "phone": "tel", "birth_date": "born",
    "updated": "seen",
}  # fmt: skip


@pytest.fixture
def information(tmp_path: Path, write) -> CustomerInformation:
    write("members.csv", CUSTOMERS)
    write("sales.csv", SALES)
    data = {
        "members": {"as": "customers", "source": "cards", "from": "members.csv", "columns": COLUMNS},
        "transactions": {
            "from": "sales.csv",
            "columns": {"customer_id": "who", "date": "day", "amount": "paid"},
        },
    }
    specs = {name: TableSpec.model_validate(entry) for name, entry in data.items()}
    return customer_information(
        specs, tmp_path, labels="params/shop.yml → data.{}", as_of=date(2026, 6, 30), fresh_months=12
    )


def test_a_table_is_told_with_its_source_rows_and_days(information: CustomerInformation) -> None:
    members, sales = information.tables.to_dict("records")
    assert (members["source"], members["rows"], members["columns_there"]) == ("cards", 4, 6)
    assert (sales["source"], sales["table"], sales["rows"]) == ("operations", "transactions", 3)
    assert (sales["dated"], sales["recent"], sales["future"], sales["ancient"]) == (3, 3, 1, 0)
    assert sales["last_day"] == date(2026, 2, 1)
    assert (members["dated"], members["recent"], members["ancient"]) == (3, 1, 1)


def test_rows_of_one_key_are_counted_once(information: CustomerInformation) -> None:
    members, sales = information.tables.to_dict("records")
    assert (members["key_column"], members["keyed"], members["distinct_keys"]) == ("record_id", 4, 3)
    assert pd.isna(sales["key_column"])


@pytest.mark.parametrize(
    ("column", "filled", "invalid"),
    [("email", 3, 1), ("phone", 3, 1), ("birth_date", 3, 1), ("updated", 3, 1), ("customer_id", 3, 0)],
)
def test_cells_that_cannot_be_right_are_counted(
    information: CustomerInformation, column: str, filled: int, invalid: int
) -> None:
    cells = information.cells.set_index(["entry", "column"]).loc[("members", column)]
    assert (cells["rows"], cells["filled"], cells["invalid"]) == (4, filled, invalid)


def test_a_cell_that_cannot_be_read_is_counted_and_empty(information: CustomerInformation) -> None:
    cells = information.cells.set_index(["entry", "column"]).loc[("transactions", "amount")]
    assert (cells["filled"], cells["unreadable"]) == (4, 1)


def test_records_have_every_column_and_keys_are_counted(information: CustomerInformation) -> None:
    records = information.records
    assert list(records["customer_id"].fillna("–")) == ["1", "–", "3", "4"]
    assert records["address"].isna().all()
    assert str(records["updated"].dtype).startswith("datetime64")
    keys = dict(information.keys[["customer_id", "rows"]].fillna("–").to_numpy().tolist())
    assert keys == {"1": 2, "–": 1}


def test_tables_that_cannot_be_read_at_all_are_told_together(tmp_path: Path) -> None:
    specs = {
        name: TableSpec.model_validate({"as": "contacts", "from": f"{name}.csv"}) for name in ("calls", "web")
    }
    with pytest.raises(DataError) as caught:
        customer_information(specs, tmp_path, labels="{}", as_of=date(2026, 6, 30), fresh_months=12)
    assert [problem.where for problem in caught.value.problems] == ["calls.from", "web.from"]


def test_values_that_are_not_declared_cannot_be_right(tmp_path: Path, write) -> None:
    write("answers.csv", "dimension,question,answer\ndata,a,3\ndata,b,11\nDATA,c,4\n")
    spec = TableSpec.model_validate({"from": "answers.csv", "scale": {"answer": [1, 5]}})
    found = customer_information(
        {"maturity": spec}, tmp_path, labels="{}", as_of=date(2026, 6, 30), fresh_months=12
    )
    assert found.cells.set_index("column")["invalid"].to_dict() == {
        "dimension": 1,
        "question": 0,
        "answer": 1,
    }


def test_what_cannot_be_read_is_left_out_of_what_customers_spent(information: CustomerInformation) -> None:
    spent = information.spend(date(2026, 6, 30))
    assert spent.to_dict("records") == [{"customer_id": "1", "spend": 10.0}]


def test_a_small_table_is_brought_whole_and_an_absent_one_is_none(information: CustomerInformation) -> None:
    assert len(information.frame("customers")) == 4
    assert information.frame("activities") is None


def test_without_transactions_nothing_is_known_to_be_spent(tmp_path: Path, write) -> None:
    write("members.csv", CUSTOMERS)
    spec = TableSpec.model_validate({"from": "members.csv", "columns": COLUMNS})
    found = customer_information(
        {"customers": spec}, tmp_path, labels="{}", as_of=date(2026, 6, 30), fresh_months=12
    )
    assert found.spend(date(2026, 6, 30)) is None
