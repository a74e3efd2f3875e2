"""English sentences about one thing: after '1 initiative' no verb or pronoun speaks of many."""

from __future__ import annotations

import re

import pytest

from cerm_nb import messages

QUESTIONS = ("promise", "roadmap", "scorecard")
MANY = (
    "are|were|have|lack|tell|make|do|go|rest|need|differ|agree|rated|that are|who are|of them are"
    "|belong|follow|join|move|changed their"
)
LATER = r"1 [a-z]+ of \S+ (?:are|were|have)"  # of what there is one, after its name
WRONG = re.compile(rf"\b1 [a-z]+ (?:(?!to )[a-z]+ )?(?:{MANY})\b|\b(?:all|All|each of) 1 |\b{LATER}\b")
COUNTED = re.compile(r"\{[\w.]+:count ([^}]+)\}")
TEXTS = {
    key: texts["en"]
    for key, texts in messages.catalogue().items()
    if key.split(".")[0] in QUESTIONS and COUNTED.search(texts["en"])
}


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_a_sentence_about_one_speaks_of_one(key: str) -> None:
    said = COUNTED.sub(r"1 \1", TEXTS[key])
    assert not WRONG.search(said), said


def test_what_is_looked_for_would_be_found() -> None:
    for wrong in (
        "1 initiative are done",
        "All 1 pilot worked",
        "1 respondent rated too few",
        "1 cell are empty",
        "1 value of {indicator:label} are given twice",
        "1 indicator follow their own last value",
    ):
        assert WRONG.search(wrong), wrong
    assert not WRONG.search("Done ({n:count initiative}): 1 initiative is")
