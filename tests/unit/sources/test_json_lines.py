"""JSON lines, as applications export them."""

from __future__ import annotations

import pytest

from cerm_nb.sources import collect

LINES = '{"customer":"007","day":"2011-06-30","price":1.50}\n{"customer":8,"price":"-2","day":"2011-07-01"}\n'
ROWS = [("007", "2011-06-30", 1.5), ("8", "2011-07-01", -2.0)]


@pytest.mark.parametrize("name", ["shop.jsonl", "shop.ndjson"])
@pytest.mark.parametrize(
    ("encoding", "stated"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp949", "cp949")],
)
def test_in_the_encoding_stated(write, open_shop, rows, name: str, encoding: str, stated: str) -> None:
    write(name, LINES, encoding)
    assert rows(open_shop(name, encoding=stated)) == ROWS


def test_other_endings_with_the_format_stated_and_several_files(write, open_shop, rows) -> None:
    write("a.json", LINES)
    write("b.json", '\n\r\n{"day":"2011-07-02","customer":"가나","price":3}')
    assert rows(open_shop("*.json", format="jsonl")) == [*ROWS, ("가나", "2011-07-02", 3.0)]


def test_what_is_nested_becomes_json_and_a_key_that_comes_late_is_a_column(write, open_shop) -> None:
    write(
        "shop.jsonl",
        LINES
        + '{"customer":"9","day":"2011-07-02","price":1,'
        + '"order":{"no":[1,"가"]},"big":12345678901234567890}\n',
    )
    columns = {
        "customer_id": "coalesce(big, customer)",
        "date": "day",
        "amount": "price",
        "order_id": '"order"',
    }
    found = collect(open_shop("shop.jsonl", columns=columns).table)
    assert found["order_id"].tolist()[2] == '{"no":[1,"가"]}'
    assert found["customer_id"].tolist() == ["007", "8", "12345678901234567890"]


def test_a_part_of_what_is_nested_can_be_taken_by_its_form(write, open_shop) -> None:
    write("shop.jsonl", '{"c":{"id":"007"},"day":"2011-06-30","price":1}')
    columns = {"customer_id": 'regexp_extract(c, \'"id":"([^"]*)"\', 1)', "date": "day", "amount": "price"}
    assert collect(open_shop("shop.jsonl", columns=columns).table)["customer_id"].tolist() == ["007"]


def test_a_bad_cell_is_told_with_its_line(write, refuse) -> None:
    write("shop.jsonl", LINES + '\n\n{"customer":"9","day":"soon","price":null}')
    told = refuse("shop.jsonl")
    assert "shop.jsonl, row 3 (line 5): day = 'soon'" in told
    assert "shop.jsonl, row 3 (line 5): price is empty" in told


def test_every_line_that_is_no_object_is_told_with_its_number(write, refuse) -> None:
    write("shop.jsonl", LINES + '{"customer":\n[1, 2]\n{"a": 1, "a": 2}\n')
    told = refuse("shop.jsonl").splitlines()
    assert told[0].startswith(
        "shop.jsonl, line 3: no JSON: Expecting value at character 14; expected one object"
    )
    assert told[1].startswith("shop.jsonl, line 4: is no object: '[1, 2]'")
    assert told[2] == "shop.jsonl, line 5: has a key twice; expected each key once"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('[\n{"customer": 1}\n]\n', "shop.jsonl, line 1: no JSON"),
        ("5\n", "shop.jsonl, line 1: is no object: '5'"),
        ('{"a": 1} {"a": 2}\n', "shop.jsonl, line 1: no JSON: Extra data at character 10"),
        ("{}\n", "shop.jsonl: no line has a key"),
        ('{"A": 1, "a": 2}', "shop.jsonl has more than one column named 'A', 'a'"),
        ('{"a": "\\ud800"}', "shop.jsonl, line 1: half of a pair of surrogates stands alone"),
        ("[" * 100_000, "shop.jsonl, line 1: no JSON"),
        ('{"a": "\0"}', "shop.jsonl, line 1: holds a NUL byte"),
        ('{"a": "' + "x" * (17 << 20) + '"}', "shop.jsonl, line 1: longer than 16,777,216 characters"),
        ("\n \n", "shop.jsonl: no line has a key"),
    ],
)
def test_files_that_are_no_json_lines(write, refuse, content: str, message: str) -> None:
    write("shop.jsonl", content)
    assert message in refuse("shop.jsonl")
