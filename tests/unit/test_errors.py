import pickle

from cerm_nb.errors import DataError, NotEnoughData, Problem


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
