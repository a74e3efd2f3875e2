from __future__ import annotations

import ibis
import pandera.errors
import pytest

from cerm_nb import schemas
from cerm_nb.errors import DataError


def test_describes_every_column_of_transactions_with_type_need_and_meaning() -> None:
    described = {column.name: column for column in schemas.describe("transactions")}
    assert [(name, column.kind, column.required) for name, column in described.items()] == [
        ("customer_id", "text", True),
        ("order_id", "text", False),
        ("date", "date", True),
        ("amount", "number", True),
    ]
    assert all(column.meaning for column in described.values())


def test_an_unknown_table_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(
        DataError, match=r"params/a\.yml → data: there is no table 'transaction'.*'transactions'"
    ):
        schemas.schema("transaction", where="params/a.yml → data")


def test_every_declared_type_has_a_kind() -> None:
    assert all(schemas.describe(name) for name in schemas.SCHEMAS)


def test_conform_lets_a_table_as_declared_pass_without_its_optional_column() -> None:
    table = ibis.table({"customer_id": "string", "date": "date", "amount": "float64"}, name="t")
    assert schemas.conform("transactions", table).columns == table.columns


@pytest.mark.parametrize(
    "columns",
    [
        {"customer_id": "string", "date": "date", "amount": "int64"},
        {"customer_id": "string", "date": "date"},
        {"customer_id": "string", "date": "date", "amount": "float64", "extra": "string"},
    ],
)
def test_conform_refuses_wrong_types_missing_and_extra_columns(columns: dict[str, str]) -> None:
    with pytest.raises(pandera.errors.SchemaError):
        schemas.conform("transactions", ibis.table(columns, name="t"))


def test_nearest_ignores_case_and_stays_silent_where_nothing_is_near() -> None:
    assert schemas.nearest("CUSTOMERID", ["customer_id", "date"]) == "did you mean 'customer_id'?"
    assert schemas.nearest("zzz", ["customer_id", "date"]) == ""
