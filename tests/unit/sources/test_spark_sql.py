"""DuckDB's expressions in Spark's words; no Spark is needed to read them."""

from __future__ import annotations

import pytest
import sqlglot
from sqlglot.errors import UnsupportedError

from cerm_nb.sources.spark_sql import for_spark, spark_literal


def _said(text: str) -> str:
    tree = sqlglot.parse_one(text, dialect="duckdb")
    said = for_spark(tree, "[0-9]+").sql("spark")
    assert tree.sql("duckdb") == sqlglot.parse_one(text, dialect="duckdb").sql("duckdb")  # as it was
    return said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a / b", "a / NULLIF((b), 0)"),
        ("(a / b) % c", "(a / NULLIF((b), 0)) % NULLIF((c), 0)"),
        ("log(a)", "LOG10(a)"),
        ("dayofweek(d)", "(DAYOFWEEK(d) - 1)"),
        ("week(d)", "WEEKOFYEAR(d)"),
        ("date_part('month', d)", "DATE_PART('month', d)"),
        ("date_diff('day', d, e)", "DATEDIFF(DAY, CAST(d AS DATE), CAST(e AS DATE))"),
        ("try_strptime(a, '%d.%m.%Y')", "CAST(TRY_TO_TIMESTAMP(a, 'd.M.yyyy') AS TIMESTAMP_NTZ)"),
        ("try_strptime(a, '%Y%m%d %H:%M')", "CAST(TRY_TO_TIMESTAMP(a, 'yyyyMMdd H:m') AS TIMESTAMP_NTZ)"),
        ("try_strptime(a, '%dT%m')", r"CAST(TRY_TO_TIMESTAMP(a, 'd\'T\'M') AS TIMESTAMP_NTZ)"),
        (
            "TRY_CAST(a AS DOUBLE)",
            "CASE WHEN CAST(a AS STRING) RLIKE '[0-9]+' THEN TRY_CAST(CAST(a AS STRING) AS DOUBLE) END",
        ),
    ],
)
def test_what_spark_would_answer_otherwise_is_said_otherwise(text: str, said: str) -> None:
    assert _said(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "date_part('dow', d)",
        "extract(isodow from d)",
        "date_diff('month', d, e)",
        "regexp_replace(a, 'x', 'y')",
        "regexp_full_match(a, 'x')",
        "try_strptime(a, ['%d', '%m'])",
    ],
)
def test_what_has_no_equal_in_spark_is_refused(text: str) -> None:
    with pytest.raises(UnsupportedError):
        _said(text)


def test_a_text_keeps_its_quotes_and_backslashes() -> None:
    text = "it's \\d"
    assert sqlglot.parse_one(spark_literal(text), dialect="spark").name == text
