"""Scales, codes for a missing answer, and columns of which only some texts are allowed."""

from __future__ import annotations

import pandas as pd
import pytest

from cerm_nb.errors import DataError
from cerm_nb.sources import TableSpec, collect, open_table

LABEL = "params/shop.yml → data.survey"
SURVEY = "respondent,touchpoint,attribute,measure,value\n"
SCALE = {"scale": {"value": [1, 7]}, "missing": {"value": [98, 99]}}


@pytest.fixture
def values(write, tmp_path):
    """Read one answer per text."""

    def _values(texts: list[str], measure: str = "experience", **keys: object) -> list[float | None]:
        write("survey.csv", SURVEY + "".join(f"r{n},desk,speed,{measure},{t}\n" for n, t in enumerate(texts)))
        spec = TableSpec.model_validate({"from": "survey.csv", **keys})
        found = collect(open_table("survey", spec, tmp_path, label=LABEL).table)["value"]
        return [None if pd.isna(value) else float(value) for value in found]

    return _values


def told(values, texts: list[str], **keys: object) -> str:
    with pytest.raises(DataError) as caught:
        values(texts, **keys)
    return str(caught.value)


def test_missing_codes_become_empty_and_answers_on_the_scale_stay(values) -> None:
    assert values(["1", "7", "98", "99.0", "", "4.5"], **SCALE) == [1, 7, None, None, None, 4.5]


def test_missing_codes_without_a_scale(values) -> None:
    assert values(["1", "99", "1000"], missing={"value": [99]}) == [1, None, 1000]


def test_undeclared_codes_are_counted_per_value_with_examples(values) -> None:
    found = told(values, ["11"] * 40 + ["-99"] * 3 + ["5", "98"], **SCALE)
    assert (
        f"{LABEL}.columns.value: undeclared codes: 11 × 40, -99 × 3: survey.csv, row 1 (line 2): value = '11'"
        in found
    )
    assert found.count("value = '11'") == 3
    assert "expected 1 to 7 or a missing code (98, 99)" in found
    assert "declare missing: {value: [11, -99]}" in found


def test_many_undeclared_codes_are_told_in_short(values) -> None:
    found = told(values, [str(number) for number in range(100, 130)], **SCALE)
    assert "and 20 other values" in found


def test_a_cell_that_is_no_number_is_no_code(values) -> None:
    found = told(values, ["often", "99"], **SCALE)
    assert "1 row cannot be read as a number" in found
    assert "undeclared" not in found


def test_every_value_a_missing_code(values) -> None:
    assert values(["98", "99"], **SCALE) == [None, None]


def test_a_missing_code_where_a_value_is_needed(write, tmp_path) -> None:
    write("maturity.csv", "dimension,question,answer\ndata,q1,9\ndata,q2,4\n")
    spec = TableSpec.model_validate(
        {"from": "maturity.csv", "missing": {"answer": [9]}, "scale": {"answer": [1, 5]}}
    )
    with pytest.raises(DataError) as caught:
        open_table("maturity", spec, tmp_path, label=LABEL)
    assert "1 of 2 rows have no value: maturity.csv, row 1 (line 2): answer = '9'" in str(caught.value)
    where = str(caught.value).partition("leave them out by where: ")[2]
    kept = spec.model_copy(update={"where": where})
    assert open_table("maturity", kept, tmp_path, label=LABEL).provenance.rows_kept == 1


def test_texts_that_are_not_allowed_are_counted_with_the_nearest(values) -> None:
    found = told(values, ["5", "6"], measure="experence")
    assert f"{LABEL}.columns.measure: undeclared codes: 'experence' × 2: survey.csv, row 1 (line 2)" in found
    assert "expected importance, expectation, experience; did you mean 'experience'?" in found


def test_a_text_code_is_compared_without_blanks_around_it(values) -> None:
    assert values(["5"], measure=" experience ") == [5]


def test_keys_for_columns_that_hold_no_numbers(values) -> None:
    found = told(values, ["5"], scale={"valu": [1, 7]}, missing={"measure": [9]})
    assert f"{LABEL}.scale: there is no number column 'valu'; expected value; did you mean 'value'?" in found
    assert f"{LABEL}.missing: there is no number column 'measure'" in found


def test_lenient_reading_empties_what_is_not_declared_and_counts_nothing_twice(write, tmp_path) -> None:
    write(
        "survey.csv",
        SURVEY + "r1,desk,speed,experience,11\nr2,desk,speed,guess,5\nr3,desk,speed,experience,98\n",
    )
    spec = TableSpec.model_validate({"from": "survey.csv", **SCALE})
    loaded = open_table("survey", spec, tmp_path, label=LABEL, lenient=True)
    found = collect(loaded.table)
    assert found["value"].isna().tolist() == [True, False, True]
    assert found["measure"].isna().tolist() == [False, True, False]
    assert loaded.empty["value"] == 1
    assert loaded.undeclared["value"] == loaded.undeclared["measure"] == 1
    assert loaded.unreadable["value"] == 0
