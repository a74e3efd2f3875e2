"""Surveys as matrices: who answered what of whom, weighted, and redrawn for intervals.

Questions about a survey read it by `read_survey`, with parameters that extend `SurveyParams`.
"""

from __future__ import annotations

from cerm_nb.surveys.draws import Draws, Pairwise, draw_respondents, pairwise
from cerm_nb.surveys.layout import ITEM
from cerm_nb.surveys.linking import group_of, published_of
from cerm_nb.surveys.naming import find_item, item_names
from cerm_nb.surveys.parameters import SurveyParams
from cerm_nb.surveys.survey import Survey, read_survey
from cerm_nb.surveys.texts import Text, said

__all__ = [
    "ITEM",
    "Draws",
    "Pairwise",
    "Survey",
    "SurveyParams",
    "Text",
    "draw_respondents",
    "find_item",
    "group_of",
    "item_names",
    "pairwise",
    "published_of",
    "read_survey",
    "said",
]
