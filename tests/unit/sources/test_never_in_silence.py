"""What could be read wrongly is refused with its cure, and never changed in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cerm_nb.sources import TableSpec, collect, propose

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = {"customer_id": "c", "date": "d", "amount": "a"}


def row(write, customer: str = "x", day: str = "2025-03-04", amount: str = "5") -> None:
    write("shop.csv", f"c;d;a\n{customer};{day};{amount}\n")


@pytest.mark.parametrize("expression", ["strptime(d, '%Y-%m-%d')", "cast(d as date)"])
def test_a_year_of_two_digits_is_not_taken_for_the_first_century(write, refuse, expression: str) -> None:
    row(write, day="25-03-04")
    told = refuse("shop.csv", delimiter=";", columns=COLUMNS | {"date": expression})
    assert "cannot be read as a date" in told or "'25-03-04'" in told


def test_a_list_of_formats_reaches_the_one_that_fits(write, open_shop, rows) -> None:
    row(write, day="25-03-04")
    columns = COLUMNS | {"date": "strptime(d, ['%Y-%m-%d', '%y-%m-%d'])"}
    assert rows(open_shop("shop.csv", delimiter=";", columns=columns)) == [("x", "2025-03-04", 5.0)]


@pytest.mark.parametrize("amount", ["△5,000", "(3,000)", "1_000", "3만원"])
def test_money_in_other_marks_is_no_number(write, refuse, amount: str) -> None:
    row(write, amount=amount)
    assert "cannot be read as a number" in refuse("shop.csv", delimiter=";", columns=COLUMNS)


def test_a_triangle_is_read_as_below_zero_where_the_params_say_so(write, open_shop, rows) -> None:
    row(write, amount="△5,000")
    amount = "case when starts_with(a, '△') then -replace(a, '△', '') else a end"
    opened = open_shop("shop.csv", delimiter=";", thousands=",", columns=COLUMNS | {"amount": amount})
    assert rows(opened) == [("x", "2025-03-04", -5000.0)]


@pytest.mark.parametrize(
    ("expression", "amount"),
    [("case when c = 'x' then -a else a end", -5.0), ("if(c = 'x', -a, a)", -5.0), ("coalesce(a, 0)", 5.0)],
)
def test_a_choice_between_text_and_a_number_is_a_number(
    write, open_shop, rows, expression: str, amount: float
) -> None:
    row(write)
    opened = open_shop("shop.csv", delimiter=";", columns=COLUMNS | {"amount": expression})
    assert rows(opened) == [("x", "2025-03-04", amount)]


@pytest.mark.parametrize("where", ["a > c", "a > '10'", "greatest(a, c) = a"])
def test_texts_have_no_order(write, refuse, where: str) -> None:
    row(write)
    assert "cast" in refuse("shop.csv", delimiter=";", columns=COLUMNS, where=where)


@pytest.mark.parametrize("written", ["\t\ufeff00123\u200b\u00a0\u3000", '"=""00123"""'])
def test_invisible_signs_around_an_identifier_go(write, open_shop, written: str) -> None:
    row(write, customer=written)
    opened = open_shop("shop.csv", delimiter=";", columns=COLUMNS)
    assert collect(opened.table)["customer_id"].tolist() == ["00123"]


def proposed(folder: Path, text: str) -> dict[str, tuple[str, str]]:
    (folder / "new.csv").write_text(text, encoding="utf-8")
    spec = TableSpec.model_validate({"from": "new.csv", "delimiter": ";"})
    found = propose("transactions", spec, folder, label="params/new.yml")
    return {each.column: (each.expression, each.doubt) for each in found}


def test_short_years_are_proposed_year_first_and_the_rivals_are_named(tmp_path: Path) -> None:
    found = proposed(tmp_path, "고객번호;주문일;수량;단가\n7;25.03.04;2;1,000\n8;25.03.05;3;2,000\n")
    expression, doubt = found["date"]
    assert expression == "strptime(주문일, '%y.%m.%d')"
    assert "%d.%m.%y" in doubt
    assert found["amount"][0] == "수량 * 단가"
    assert found["amount"][1]


def test_a_birthday_is_not_proposed_as_the_day_of_purchase(tmp_path: Path) -> None:
    assert "date" not in proposed(
        tmp_path, "고객번호;생년월일;금액\n7;1980-01-02;40607\n8;1981-01-02;40608\n"
    )


def test_nothing_is_proposed_that_drops_signs_or_units(tmp_path: Path) -> None:
    found = proposed(tmp_path, "고객번호;주문일;금액\n7;2025-01-02;△5,000\n8;2025-01-03;3만원\n")
    assert "regexp_replace" not in found.get("amount", ("", ""))[0]
