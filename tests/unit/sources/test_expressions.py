from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from sqlglot import exp

from cerm_nb.errors import DataError
from cerm_nb.sources.cells import to_sql
from cerm_nb.sources.expressions import Expression, read, written

if TYPE_CHECKING:
    from cerm_nb.errors import Problem
    from cerm_nb.sources.cells import Dialect
    from cerm_nb.sources.rewriting import ValueKind

KINDS: dict[str, ValueKind] = {
    "date": "text",
    "Quantity": "text",
    "UnitPrice": "text",
    "고객번호": "text",
    "number": "whole",
    "unit price": "number",
}


def sql(text: str) -> str:
    found = read(text, KINDS, where="here")
    assert isinstance(found, Expression), found
    return to_sql(found.tree, "duckdb")


def problems(text: str) -> list[Problem]:
    found = read(text, KINDS, where="here")
    assert not isinstance(found, Expression), f"{text} was let through"
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Quantity * UnitPrice",
            "TRY_CAST(REPLACE(\"Quantity\", '_', '?') AS DOUBLE) * "
            "TRY_CAST(REPLACE(\"UnitPrice\", '_', '?') AS DOUBLE)",
        ),
        ("Quantity > 0", "TRY_CAST(REPLACE(\"Quantity\", '_', '?') AS DOUBLE) > 0"),
        ("Quantity in (1, 2)", "TRY_CAST(REPLACE(\"Quantity\", '_', '?') AS DOUBLE) IN (1, 2)"),
        ("-Quantity", "-TRY_CAST(REPLACE(\"Quantity\", '_', '?') AS DOUBLE)"),
        ("abs(Quantity)", "ABS(TRY_CAST(REPLACE(\"Quantity\", '_', '?') AS DOUBLE))"),
        (
            "replace(Quantity, ',', '') * 2",
            "TRY_CAST(REPLACE(REPLACE(\"Quantity\", ',', ''), '_', '?') AS DOUBLE) * 2",
        ),
        ("coalesce(Quantity, 0) * 2", "COALESCE(TRY_CAST(REPLACE(\"Quantity\", '_', '?') AS DOUBLE), 0) * 2"),
        ("number * 2", '"number" * 2'),
        ("Quantity <> ''", "\"Quantity\" <> ''"),
        ("date >= DATE '2011-01-01'", "TRY_CAST(\"date\" AS TIMESTAMP) >= TRY_CAST('2011-01-01' AS DATE)"),
    ],
)
def test_text_is_cast_where_a_number_or_date_is_meant_and_nowhere_else(text: str, expected: str) -> None:
    assert sql(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cast(date as date)", 'TRY_CAST("date" AS DATE)'),
        ("date::date", 'TRY_CAST("date" AS DATE)'),
        ("strptime(date, '%-d.%m.%y')", "TRY_STRPTIME(\"date\", '%-d.%m.%y')"),
        ("strptime(number, '%Y%m%d')", "TRY_STRPTIME(CAST(\"number\" AS TEXT), '%Y%m%d')"),
        (
            "strptime(number::int::varchar, '%Y')",
            "TRY_STRPTIME(TRY_CAST(TRY_CAST(\"number\" AS INT) AS TEXT), '%Y')",
        ),
    ],
)
def test_nothing_is_left_that_stops_the_engine_at_a_bad_cell(text: str, expected: str) -> None:
    assert sql(text) == expected


@pytest.mark.parametrize("text", ["고객번호", '"고객번호"'])
def test_korean_names_need_no_quotes(text: str) -> None:
    assert sql(text) == '"고객번호"'


def test_a_name_is_matched_whatever_its_case_but_exactly_first() -> None:
    assert sql("quantity") == '"Quantity"'
    twice: dict[str, ValueKind] = {"A": "whole", "a": "text"}
    found = read("a", twice, where="here")
    assert isinstance(found, Expression)
    assert found.columns == ("a",)


@pytest.mark.parametrize(
    "text",
    [
        "read_csv('x.csv')",
        "read_text('/etc/passwd')",
        "read_blob('x')",
        "parquet_scan('x')",
        "getenv('HOME')",
        "current_setting('x')",
        "pg_read_file('x')",
        "nextval('x')",
        "(select 1)",
        "(select content from read_text('x'))",
        "exists (select 1)",
        "number in (select 1)",
        "sum(number)",
        "count(*)",
        "row_number() over ()",
        "sum(number) over ()",
        "*",
        "columns(*)",
        "t.number",
        "random()",
        "current_date",
        "now()",
        "number; drop table x",
        "drop table x",
        "attach 'x' as y",
        "copy x to 'y'",
        "pragma version",
        "install httpfs",
        "$1",
        "?",
        "number as x",
        "unit price",
        "unnest([1, 2])",
        "list_transform([1], x -> x)",
        "repeat('x', 1000000000)",
        "",
        "number and",
        "'open",
        "number -- a\n; select 1",
    ],
)
def test_what_is_no_plain_scalar_expression_is_refused(text: str) -> None:
    assert problems(text)


def test_every_unknown_column_is_told_with_the_nearest_name() -> None:
    told = [str(problem) for problem in problems("Quantaty * Price")]
    assert told[0].startswith("here: there is no column 'Quantaty'; expected one of: date, Quantity")
    assert told[0].endswith("did you mean 'Quantity'?")
    assert told[1].startswith("here: there is no column 'Price'")


def test_at_most_twenty_columns_are_told() -> None:
    many: dict[str, ValueKind] = {f"column_{number:02}": "text" for number in range(30)}
    found = read("zzz", many, where="here")
    assert isinstance(found, list)
    assert "column_19 and 10 more" in str(found[0])
    assert "column_20" not in str(found[0])


def test_a_broken_expression_is_told_with_its_position() -> None:
    assert (
        "'number and' cannot be read as an expression: Required keyword: 'expression' missing at character 10"
        in str(problems("number and")[0])
    )


def test_two_names_side_by_side_are_told_to_need_quotes() -> None:
    assert 'such as "unit price"' in str(problems("unit prize")[0])


@pytest.mark.parametrize("name", ["use", "unit price", "e-mail", "o'neill", "select", "case", "#"])
def test_a_column_that_only_quotes_make_a_name_is_told_to_need_them(name: str) -> None:
    columns: dict[str, ValueKind] = {name: "text", "price": "text"}
    for text in (name, f"{name} * price"):
        found = read(text, columns, where="here")
        assert isinstance(found, list)
        assert f'in double quotes: "{name}"' in str(found[0])
        assert "Token" not in str(found[0])
        advised = yaml.safe_load(str(found[0]).rpartition("(in YAML ")[2].removesuffix(")"))
        assert isinstance(read(advised, columns, where="here"), Expression)


def test_a_word_that_is_used_as_what_it_is_needs_no_quotes() -> None:
    columns: dict[str, ValueKind] = {"in": "text", "state": "text"}
    found = read("stat in ('a')", columns, where="here")
    assert isinstance(found, list)
    assert "did you mean 'state'" in str(found[0])


def test_an_endless_expression_is_refused_at_once_and_told_in_short() -> None:
    told = str(problems("date + " * 5_000 + "date")[0])
    assert "35,004 characters; expected an expression of at most 10,000" in told
    assert len(told) < 400


def test_postgresql_gets_its_own_words() -> None:
    found = read("strptime(date, '%Y%m%d')", KINDS, where="here")
    assert isinstance(found, Expression)
    assert to_sql(found.tree, "postgres") == "TO_TIMESTAMP(\"date\", 'YYYYMMDD')"
    product = read("Quantity * 2", KINDS, where="here")
    assert isinstance(product, Expression)
    assert "CASE WHEN CAST(REPLACE(\"Quantity\", '_', '?') AS TEXT) ~ '" in to_sql(product.tree, "postgres")


@pytest.mark.parametrize(
    "text",
    [
        """cast(date as \"\"\"double\"\") + (select length(content) from read_text('/etc/hostname'))")""",
        """date::\"\"\"varchar\"\") || (select content from read_text('/etc/hostname')\"""",
        "date::mytype",
        "date::int[]",
        "date::struct(x int)",
        "date::decimal(9, (select 1))",
    ],
)
def test_a_type_that_is_not_plain_is_refused(text: str) -> None:
    assert "a type other than text, number, date, time or boolean" in problems(text)[0].got


def test_a_word_with_signs_in_it_is_refused() -> None:
    assert "the word" in problems('extract("foo) bar" from date)')[0].got


@pytest.mark.parametrize(
    "smuggled", ["1) + (SELECT 1", "1; DROP TABLE raw", "1) AS value FROM raw; --", "sum(1)", "", "'"]
)
def test_sql_that_is_not_one_allowed_expression_is_refused_once_more_as_the_engine_reads_it(
    smuggled: str,
) -> None:
    class Careless(exp.Expression):
        def sql(self, *args: object, **keys: object) -> str:
            return smuggled

    with pytest.raises(DataError) as caught:
        written(Expression("number", Careless(), ("number",)), "duckdb", where="here")
    assert "cannot be put to duckdb as one expression" in str(caught.value)


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
@pytest.mark.parametrize(
    "text",
    [
        "Quantity * UnitPrice", "Quantity::decimal(9, 2)", "strptime(date, '%d.%m.%Y')", "date::timestamptz",
        "regexp_extract(date, '(a)', 1)", "split_part(date, '-', 1)", "date_trunc('month', date::date)",
        "case when number > 0 then 1 end", "extract(year from date::date)", "date::date + interval 1 day",
    ],
)  # fmt: skip
def test_what_is_allowed_passes_the_second_check_in_every_dialect(text: str, dialect: Dialect) -> None:
    found = read(text, KINDS, where="here")
    assert isinstance(found, Expression)
    assert written(found, dialect, where="here") == to_sql(found.tree, dialect)


def test_an_expression_nested_too_deeply_is_one_problem() -> None:
    found = problems("(" * 3000 + "1" + ")" * 3000)
    assert [problem.got for problem in found] == ["the expression is nested too deeply"]
