"""Tell what matters to customers, where we stand, and what to mend first.

A notebook calls, in this order, `read_survey`, `draw_respondents`, `levels`, `differences`, `derive`,
`classes`, `priorities`, `attributes_table` and `answer`; then `drivers`, `changes`, `loyalty`,
`unmet_needs` and `answer_by_group`. It picks what a figure shows by the functions of `extracts` and lays out
what it publishes by those named ``…_table``. Its interactive twin asks `effects` once and `what_if` again
and again. After `read_survey` none of them raises for data that cannot bear an estimate: the reason travels
in the result.
"""

from __future__ import annotations

from cerm_nb.analyses.experience.classes import CLASSES, Classes, classes
from cerm_nb.analyses.experience.differences import changes, differences, overall_differences
from cerm_nb.analyses.experience.drivers import Drivers, drivers
from cerm_nb.analyses.experience.extracts import (
    Standing,
    carriers,
    clear_classes,
    feeling,
    furthest_apart,
    headline,
    leads,
    moments,
    moments_kind,
    named,
    side_by_side,
    standing,
    start,
    stated_and_derived,
    themes_table,
    untold,
    worst_gaps,
)
from cerm_nb.analyses.experience.frames import (
    attributes_table,
    best_levels,
    drivers_table,
    loyalty_table,
    touchpoints_table,
)
from cerm_nb.analyses.experience.group_answers import GROUPINGS, GroupAnswers, answer_by_group, called
from cerm_nb.analyses.experience.importance import Importance, derive
from cerm_nb.analyses.experience.levels import Levels, levels
from cerm_nb.analyses.experience.loyalty import loyalty
from cerm_nb.analyses.experience.needs import Needs, unmet_needs
from cerm_nb.analyses.experience.parameters import Params
from cerm_nb.analyses.experience.priorities import Priorities, priorities
from cerm_nb.analyses.experience.twin import Effects, WhatIf, effects, what_if
from cerm_nb.analyses.experience.verdict import Answer, answer
from cerm_nb.surveys import Draws, Survey, draw_respondents, read_survey

__all__ = [
    "CLASSES",
    "GROUPINGS",
    "Answer",
    "Classes",
    "Draws",
    "Drivers",
    "Effects",
    "GroupAnswers",
    "Importance",
    "Levels",
    "Needs",
    "Params",
    "Priorities",
    "Standing",
    "Survey",
    "WhatIf",
    "answer",
    "answer_by_group",
    "attributes_table",
    "best_levels",
    "called",
    "carriers",
    "changes",
    "classes",
    "clear_classes",
    "derive",
    "differences",
    "draw_respondents",
    "drivers",
    "drivers_table",
    "effects",
    "feeling",
    "furthest_apart",
    "headline",
    "leads",
    "levels",
    "loyalty",
    "loyalty_table",
    "moments",
    "moments_kind",
    "named",
    "overall_differences",
    "priorities",
    "read_survey",
    "side_by_side",
    "standing",
    "start",
    "stated_and_derived",
    "themes_table",
    "touchpoints_table",
    "unmet_needs",
    "untold",
    "what_if",
    "worst_gaps",
]
