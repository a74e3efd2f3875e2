"""A question's own label goes before that of all, and no number is written as a negative nought."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from cerm_nb import messages
from cerm_nb.messages import Messages

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = {
    "label.gap": {"en": "Gap of all", "ko": "모두의 차이", "format": "integer"},
    "label.n": {"en": "n", "ko": "표본", "format": "integer"},
    "survey.label.gap": {"en": "Gap asked", "ko": "물은 차이", "format": "number.2"},
    "survey.label.own": {"en": "Ours", "ko": "우리"},
    "survey_more.label.gap": {"en": "Another", "ko": "다른 것"},
    "survey.title.label.gap": {"en": "No label", "ko": "이름이 아님"},
}


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    messages._labels.cache_clear()
    monkeypatch.setattr(messages, "catalogue", lambda: TEXTS)
    yield
    messages._labels.cache_clear()


def test_a_questions_own_label_and_format_go_before_those_of_all() -> None:
    asked = Messages("ko", question="survey")
    assert (asked.label("gap"), asked.format_of("gap")) == ("물은 차이", "number.2")
    assert (asked.label("n"), asked.format_of("n")) == ("표본", "integer")
    assert asked.label("own") == "우리"
    assert asked.format_of("own") == ""
    assert asked.all_labels() == {"gap": "물은 차이", "n": "표본", "own": "우리"}


@pytest.mark.parametrize("question", ["", "value", "more"])
def test_other_questions_keep_the_label_of_all(question: str) -> None:
    other = Messages("en", question=question)
    assert (other.label("gap"), other.format_of("gap")) == ("Gap of all", "integer")
    assert other.label("own") == "own"
    assert other.label("title.label.gap") == "title.label.gap"


@pytest.mark.parametrize(
    ("value", "spec", "written"),
    [
        (0.0123, "p", "0.012"),
        (0.0009, "p", "< 0.001"),
        (0.001, "p", "0.001"),
        (0.0, "p", "< 0.001"),
        (1.0, "p", "1.000"),
        (0.04, "p.1", "< 0.1"),
        (math.nan, "p", "–"),
        (None, "p", "–"),
        (-0.004, "number.2", "0.00"),
        (-0.0, "number", "0.0"),
        (-0.006, "number.2", "-0.01"),
        (-0.4, "integer", "0"),
        (-0.0004, "percent.1", "0.0%"),
        (-0.004, "percent", "0%"),
        (-0.006, "percent", "-1%"),
        (0.295, "percent", "30%"),
    ],
)
@pytest.mark.parametrize("lang", messages.LANGUAGES)
def test_p_and_numbers_near_nought_are_written_as_a_reader_expects(
    lang: str, value: float | None, spec: str, written: str
) -> None:
    assert Messages(lang).format(value, spec) == written
