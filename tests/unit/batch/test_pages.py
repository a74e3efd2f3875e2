"""What a page tells besides its notebook."""

import pytest

from cerm_nb.batch.pages import page_params
from cerm_nb.messages import Messages


@pytest.mark.parametrize(
    ("value", "english", "korean"),
    [
        (True, "yes", "예"),
        (False, "no", "아니요"),
        ({}, "not set", "지정 안 함"),
        ("", "not set", "지정 안 함"),
        ([0.5, 2], "0.5, 2", "0.5, 2"),
        ({"a": 0.4}, "a: 0.4", "a: 0.4"),
        ([{"name": "x"}, {"name": "y"}], "entries: 2", "항목 2개"),
        ({"age": {"young": 0.4}}, "entries: 1", "항목 1개"),
        (0, "0", "0"),
    ],
)
def test_parameters_are_told_as_a_reader_would_write_them(value, english, korean):
    made = {"params": {"seed": value, "lang": "ko"}}
    told = [list(page_params(made, Messages(lang)).values()) for lang in ("en", "ko")]
    assert told == [[english], [korean]]
