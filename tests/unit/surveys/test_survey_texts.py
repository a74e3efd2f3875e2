"""Texts of params in the reader's language, and what was published of respondents by row of the survey."""

import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel, ValidationError

from cerm_nb.surveys import SurveyParams, Text, group_of, read_survey, said


class Record(BaseModel):
    """A record with a text."""

    title: Text


def test_texts_are_said_in_the_readers_language_or_in_the_one_there_is():
    assert said({"en": "Warm", "ko": "따뜻하게"}, "ko") == "따뜻하게"
    assert said({"en": "Warm"}, "ko") == "Warm"
    assert said(Record(title="Warm").title, "ko") == "Warm"
    assert said(Record(title="").title, "ko") == said({}, "ko") == ""


@pytest.mark.parametrize("wrong", [3, ["Warm"], {"en": 3}, None])
def test_what_is_no_text_is_refused_with_what_it_should_be(wrong):
    with pytest.raises(ValidationError, match="one for each language"):
        Record(title=wrong)


@pytest.fixture
def survey():
    rated = pd.DataFrame({"respondent": ["a", "b", "a", "c"], "brand": ["us", "us", "them", "us"]})
    rated = rated.assign(touchpoint="t", attribute="x", measure="experience", value=np.arange(4.0))
    people = pd.DataFrame({"respondent": ["a", "b", "c"], "customer_id": ["c1", "c2", None]})
    return read_survey(rated, None, people, SurveyParams(own_brand="us"))


def by_row(survey, found):
    return sorted({(who, str(group)) for who, group in zip(survey.rows["respondent"], found, strict=True)})


def test_groups_are_found_by_row_from_respondents_or_customers(survey):
    by_person = pd.DataFrame({"respondent": ["a", "c"], "segment": [1, 2]})
    assert by_row(survey, group_of(survey, by_person, "segment")) == [("a", "1"), ("b", "nan"), ("c", "2")]
    by_number = pd.DataFrame({"customer_id": ["c1", "c2", "c9"], "tier": ["top", "base", "top"]})
    told = group_of(survey, by_number, "tier")
    assert by_row(survey, told) == [("a", "top"), ("b", "base"), ("c", "nan")]
    assert len(told) == len(survey.rows)
