"""Tell whether the strategy is working, and whether earlier forecasts came true.

A notebook calls, in this order, `read_scorecard` (records, series, charts, status, outlook, links and focus),
`interventions`, `answer`; `remembered`, `to_count`, `happened`, `score`, `drift`, `account`, `reviews`;
`said`, `by_source` and `changes`; `keep`; and for another target or date `what_if`. Client tables that may be
absent are given as None. Errors are those of what the client wrote (`read_scorecard`); what the data cannot
bear travels as a reason in the result.
"""

from __future__ import annotations

from cerm_nb.analyses.scorecard.account_answer import Account, account
from cerm_nb.analyses.scorecard.accountability import by_source, said, score
from cerm_nb.analyses.scorecard.changes import Changes, changes
from cerm_nb.analyses.scorecard.drift import drift, reviews
from cerm_nb.analyses.scorecard.extracts import (
    backtested,
    breaks,
    chances_shown,
    counts,
    errors_shown,
    interventions_shown,
    links_shown,
    named,
    news,
)
from cerm_nb.analyses.scorecard.forecasts import keep, remembered, to_count
from cerm_nb.analyses.scorecard.happened import happened
from cerm_nb.analyses.scorecard.interventions import Interventions, interventions
from cerm_nb.analyses.scorecard.outlook_reliability import chance_caveats
from cerm_nb.analyses.scorecard.parameters import Params, Rebase
from cerm_nb.analyses.scorecard.reading import Scorecard, read_scorecard
from cerm_nb.analyses.scorecard.verdict import Answer, answer
from cerm_nb.analyses.scorecard.what_if import Course, choices, start, what_if

__all__ = [
    "Account",
    "Answer",
    "Changes",
    "Course",
    "Interventions",
    "Params",
    "Rebase",
    "Scorecard",
    "account",
    "answer",
    "backtested",
    "breaks",
    "by_source",
    "chance_caveats",
    "chances_shown",
    "changes",
    "choices",
    "counts",
    "drift",
    "errors_shown",
    "happened",
    "interventions",
    "interventions_shown",
    "keep",
    "links_shown",
    "named",
    "news",
    "read_scorecard",
    "remembered",
    "reviews",
    "said",
    "score",
    "start",
    "to_count",
    "what_if",
]
