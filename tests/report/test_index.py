import re

import pytest
import report_examples as examples

from cerm_nb import report

QUESTIONS = [
    {
        "notebook": "20_value",
        "title": "Who & what?",
        "verdict": "go",
        "sentence": "471 people <b>bring</b> 68%.",
        "page": "20_value.html",
        "reason": None,
        "findings": [],
    },
    {
        "notebook": "30_segments",
        "title": "Which kinds?",
        "verdict": None,
        "sentence": None,
        "page": None,
        "reason": "The client gave no survey.",
        "findings": [],
    },
]


def index(lang="en", questions=QUESTIONS):
    return report.index(
        lang=lang,
        words=examples.WORDS[lang],
        client="Online <Retail>",
        as_of="30 June 2011",
        questions=questions,
        meta=examples.META,
    )


def test_the_verdict_of_each_question_comes_before_the_way_in():
    html = index()
    assert html.index("chip chip-go") < html.index('<a href="20_value.html">Who &amp; what?</a>')


def test_a_question_that_did_not_run_stands_in_its_place_with_the_reason():
    html = index()
    assert html.index("20_value.html") < html.index("Which kinds?") < html.index("The client gave no survey.")
    assert "Not run" in html
    assert not re.search(r"<a[^>]*>Which kinds", html)


def test_every_text_is_escaped():
    assert "<b>bring" not in index()
    assert "<Retail>" not in index()


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_index_says_its_language_loads_nothing_and_is_stable(lang):
    html = index(lang)
    assert f'<html lang="{lang}">' in html
    assert "<script" not in html
    assert html == index(lang)


def test_an_unknown_verdict_is_refused():
    with pytest.raises(ValueError, match="verdict 'maybe' is not one of"):
        index(questions=[{**QUESTIONS[0], "verdict": "maybe"}])


def test_the_further_answers_of_a_question_stand_below_its_first_each_with_its_verdict():
    further = [{"verdict": "stop", "sentence": "No <b>forecast</b> held."}]
    html = index(questions=[{**QUESTIONS[0], "further": further}, {**QUESTIONS[1], "further": further}])
    assert html.count('class="chip chip-stop"') == 1  # a question that did not run has no answers
    assert html.index("471 people") < html.index("chip chip-stop") < html.index("No &lt;b&gt;forecast")
    assert html == index(
        questions=[{**QUESTIONS[0], "further": further}, {**QUESTIONS[1], "further": further}]
    )
    assert index(questions=[{**QUESTIONS[0], "further": []}, QUESTIONS[1]]) == index()
