"""What is proposed for columns nobody uses yet, and that it can be pasted and opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from cerm_nb import schemas
from cerm_nb.sources import TableSpec, collect, open_table, propose
from cerm_nb.sources.synonyms import _NAMES, plain, synonyms

if TYPE_CHECKING:
    from pathlib import Path

CUSTOMERS = (
    "고객번호,성명,휴대폰,생년월일,이메일,가입일,비고\n"
    "001,김철수,010-0000-1234,1980.01.02,a@example.com,40607,x\n"
    "002,이영희,010-0000-5678,1985.11.30,b@example.com,40608,y\n"
)


@pytest.fixture
def proposed(write, tmp_path: Path):
    """Give canonical column → expression for a file, after opening the file by them."""

    def _proposed(table: str, content: str, **keys: object) -> dict[str, str]:
        write("file.csv", content)
        spec = TableSpec.model_validate({"from": "file.csv", **keys})
        return {part.column: part.expression for part in propose(table, spec, tmp_path, label="here")}

    return _proposed


def test_korean_names(proposed) -> None:
    assert proposed("customers", CUSTOMERS) == {
        "record_id": "고객번호",
        "customer_id": "고객번호",
        "name": "성명",
        "birth_date": "생년월일",
        "phone": "휴대폰",
        "email": "이메일",
        "acquired_on": "excel_date(가입일)",
    }


def test_what_is_proposed_can_be_opened(proposed, tmp_path: Path) -> None:
    columns = proposed("customers", CUSTOMERS)
    spec = TableSpec.model_validate({"from": "file.csv", "columns": columns})
    found = collect(open_table("customers", spec, tmp_path, label="here").table)
    assert found["acquired_on"].astype(str).tolist() == ["2011-03-05", "2011-03-06"]


def test_what_is_mapped_already_is_left_alone_and_its_columns_are_not_taken_again(proposed) -> None:
    columns = {"record_id": "고객번호", "phone": "replace(휴대폰, '-', '')"}
    found = proposed("customers", CUSTOMERS, columns=columns, where="비고 <> 'z'")
    assert list(found) == ["name", "birth_date", "email", "acquired_on"]


@pytest.mark.parametrize(
    ("header", "rows", "expected"),
    [
        (
            "cust_no;order no;Date;Total",
            ["7;1;03.04.2011;1.234,50", "8;2;30.04.2011;12,00"],
            {
                "customer_id": "cust_no",
                "date": "strptime(Date, '%d.%m.%Y')",
                "amount": "Total",
                "order_id": '"order no"',
            },
        ),
        (
            "회원번호;결제일;결제 금액",
            ["7;2011년 3월 5일;12,000원", "8;2011. 3. 6.;₩1,200"],
            {
                "customer_id": "회원번호",
                "date": "결제일",
                "amount": "regexp_replace(\"결제 금액\", "
                "'(^\\s*[₩$€£¥])|(\\s*(원|KRW|USD|EUR)\\s*$)', '', 'g')",
            },
        ),
        ("CustomerID;InvoiceDate;price", ["7;1/30/2011;1,200.5"], {
            "customer_id": "CustomerID",
            "date": "strptime(InvoiceDate, '%m/%d/%Y')",
            "amount": "price",
        }),
        ("client;moment;amount", ["7;110305;5", "8;110306;6"], {
            "customer_id": "client",
            "date": "strptime(moment, '%y%m%d')",
        }),
        ("customer_id;date;amount", ["7;2011-03-05;5"], {}),
        ("customer_id;date;amount", ["7;05.03.2011;5"], {"date": "strptime(date, '%d.%m.%Y')"}),
    ],
)  # fmt: skip
def test_how_values_are_written_decides_the_expression(
    proposed, header: str, rows: list[str], expected: dict[str, str]
) -> None:
    assert proposed("transactions", "\n".join([header, *rows]), delimiter=";") == expected


def test_columns_without_telling_names_are_found_by_their_values(proposed) -> None:
    content = "x,y,z,n\na@example.com,010-0000-1111,2011-03-05,5\nb@example.com,02-000-2222,2011-03-06,6\n"
    assert proposed("contacts", content) == {"date": "z", "phone": "y", "email": "x"}


def test_two_columns_of_days_without_telling_names_are_not_guessed(proposed) -> None:
    assert "date" not in proposed("contacts", "x,z\n2011-03-05,2011-03-06\n")


def test_days_that_could_be_months_are_told_to_be_doubtful(write, tmp_path: Path) -> None:
    write("file.csv", "고객번호,주문일,금액\n7,04/03/2011,5\n")
    spec = TableSpec.model_validate({"from": "file.csv"})
    found = {part.column: part for part in propose("transactions", spec, tmp_path, label="here")}
    assert found["date"].doubt == "or strptime(주문일, '%m/%d/%Y'): days and months cannot be told apart"


def test_a_needed_column_whose_values_do_not_fit_is_told_to_be_doubtful(write, tmp_path: Path) -> None:
    write("file.csv", "고객번호,주문일,금액\n7,언젠가,5\n")
    spec = TableSpec.model_validate({"from": "file.csv"})
    found = {part.column: part for part in propose("transactions", spec, tmp_path, label="here")}
    assert found["date"].doubt == "its values do not look like a date"


def test_typed_columns(tmp_path: Path) -> None:
    frame = pd.DataFrame({"cust no": [7], "day": pd.to_datetime(["2011-03-05"]), "total": [5.0]})
    frame.to_parquet(tmp_path / "file.parquet")
    spec = TableSpec.model_validate({"from": "file.parquet"})
    found = {part.column: part.expression for part in propose("transactions", spec, tmp_path, label="here")}
    assert found == {"customer_id": '"cust no"', "date": "day", "amount": "total"}


def test_nothing_is_proposed_for_names_that_say_nothing(proposed) -> None:
    assert proposed("transactions", "a,b,c\nx,y,z\n") == {}


def test_hostile_names_stay_names(proposed) -> None:
    found = proposed("customers", '"e-mail",x\n"a@example.com",1\n"b@example.com",2\n')
    assert found == {"email": '"e-mail"'}


def test_every_synonym_belongs_to_a_column_of_some_table_and_is_written_plainly() -> None:
    known = {name for table in schemas.SCHEMAS for name in (m.name for m in schemas.describe(table))}
    for key, names in _NAMES.items():
        table, _, column = key.rpartition(".")
        assert column in known
        assert not table or table in schemas.SCHEMAS
        assert all(plain(name) == name for name in names.split())
    assert synonyms("transactions", "customer_id")[0] == "customerid"
