import pickle

import pytest

from cerm_nb.errors import DataError, NotEnoughData, Problem, StepError


def test_an_input_error_tells_all_problems() -> None:
    error = DataError(
        [Problem("a.csv, row 3", "'x'", "a number", "correct it"), Problem("b.csv", "is missing")]
    )
    assert str(error) == "a.csv, row 3: 'x'; expected a number; correct it\nb.csv: is missing"


def test_not_enough_data_keeps_its_reason_between_processes() -> None:
    error = pickle.loads(pickle.dumps(NotEnoughData("no_repeat_purchases", n=12)))
    assert (error.reason, error.values) == ("no_repeat_purchases", {"n": 12})
    assert str(error) == "not enough data: no repeat purchases (n 12)"


def test_a_notebook_shows_the_reason_without_a_traceback() -> None:
    assert DataError(Problem("a.csv", "is missing"))._render_traceback_() == ["DataError: a.csv: is missing"]


def test_a_page_is_told_the_place_but_not_what_stands_there() -> None:
    phone = "010-0000-1234"
    examples = (("a.csv, row 3 (line 4)", f"day = '{phone}'"), ("", f"engine: no date {phone}"))
    error = DataError(Problem("x → day", "1 row is no date", "a day", "mend it", examples=examples))
    assert f"1 row is no date: a.csv, row 3 (line 4): day = '{phone}'; engine: no date {phone}; " in str(
        error
    )
    assert error.public == "x → day: 1 row is no date: a.csv, row 3 (line 4); expected a day; mend it"
    assert error._render_traceback_()[0] == f"DataError: {error.public}"
    assert phone in error._render_traceback_()[1]


def test_what_stands_in_a_cell_cannot_break_a_line() -> None:
    hostile = Problem("a.csv", "is wrong", examples=(("row\n1", "x\n\x1b[31m"),))
    assert "\n" not in str(hostile) + hostile.public
    assert "\n" not in DataError(hostile)._render_traceback_()[1]


@pytest.mark.parametrize(("public", "shown"), [("", "all of it"), ("less", "less")])
def test_a_step_tells_a_page_less_only_where_it_is_said(public: str, shown: str) -> None:
    assert StepError("all of it", public).public == shown
