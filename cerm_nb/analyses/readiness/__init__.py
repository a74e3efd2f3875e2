"""Tell whether a client's customer information can carry the programme.

A notebook calls, in this order, `resolve`, `linked_rows`, `score_sources`, `person_values`, `acquisition`,
`maturity`, `answer`, `customer_count` and `acquisition_return`, and `path` for its interactive twin. None of
them raises for data that cannot bear an estimate: the reason travels in the result.
"""

from __future__ import annotations

from cerm_nb.analyses.readiness.acquisition import ACQUISITION, Acquisition, acquisition
from cerm_nb.analyses.readiness.conclusions import acquisition_return, customer_count
from cerm_nb.analyses.readiness.fixes import QUESTIONS_OF, fix_list
from cerm_nb.analyses.readiness.identity import Identity, resolve
from cerm_nb.analyses.readiness.linking import linked_rows, person_values
from cerm_nb.analyses.readiness.maturity import EVIDENCE, LEVELS, Maturity, maturity
from cerm_nb.analyses.readiness.measures import MEASURES
from cerm_nb.analyses.readiness.parameters import DIMENSIONS, Params
from cerm_nb.analyses.readiness.path import path
from cerm_nb.analyses.readiness.quality import SOURCES, STATES, SourceScores, score_sources
from cerm_nb.analyses.readiness.questionnaire import QUESTIONS
from cerm_nb.analyses.readiness.verdict import Answer, answer

__all__ = [
    "ACQUISITION",
    "DIMENSIONS",
    "EVIDENCE",
    "LEVELS",
    "MEASURES",
    "QUESTIONS",
    "QUESTIONS_OF",
    "SOURCES",
    "STATES",
    "Acquisition",
    "Answer",
    "Identity",
    "Maturity",
    "Params",
    "SourceScores",
    "acquisition",
    "acquisition_return",
    "answer",
    "customer_count",
    "fix_list",
    "linked_rows",
    "maturity",
    "path",
    "person_values",
    "resolve",
    "score_sources",
]
