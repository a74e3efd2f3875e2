"""Tell what must change inside, in which order, and what it is expected to bring.

A notebook calls, in this order, `read_survey`, `draw_respondents`, `aims`, `moments`, `journey` and
`segment_moments`; `pareto` and `causes`; `worth_of`, `initiatives`, `select`, `schedule`,
`initiatives_table` and `answer`; `judge_pilots`, `plan_open`, `watch_indicators` and `judge`; `blueprint`;
and for other limits `options` and `what_if`. Client tables and published tables that may be absent are
given as None. After `read_survey`, errors are those of what the client wrote (`initiatives`, `pareto`,
`judge_pilots`, `blueprint`); what the data cannot bear travels as a reason in the result.
"""

from __future__ import annotations

from cerm_nb.analyses.roadmap.aims import aims
from cerm_nb.analyses.roadmap.blueprint import blueprint
from cerm_nb.analyses.roadmap.causes import causes
from cerm_nb.analyses.roadmap.control import Control, control
from cerm_nb.analyses.roadmap.extracts import (
    blueprint_rows,
    carriers,
    cells,
    chart,
    found_causes,
    indicator_rows,
    journey_kind,
    journey_line,
    leading_moments,
    limit_rows,
    listed,
    pilot_rows,
    pilots_kind,
    promise_titles,
    reasons,
    schedule_rows,
    segments_kind,
    selected_names,
    short_cells,
    span_kind,
    tiles,
    unmet_needs,
    watched_kind,
)
from cerm_nb.analyses.roadmap.initiatives import initiatives
from cerm_nb.analyses.roadmap.moments import journey, moments, segment_moments
from cerm_nb.analyses.roadmap.names import readers_names
from cerm_nb.analyses.roadmap.parameters import Params
from cerm_nb.analyses.roadmap.pareto import Pareto, pareto
from cerm_nb.analyses.roadmap.pilots import Pilots, pilots
from cerm_nb.analyses.roadmap.schedule import Job, schedule, timetable
from cerm_nb.analyses.roadmap.selection import Choice, best_set, select, shadow_prices
from cerm_nb.analyses.roadmap.tried import judge, judge_pilots, plan_open, watch_indicators
from cerm_nb.analyses.roadmap.verdict import answer, initiatives_table
from cerm_nb.analyses.roadmap.what_if import options, what_if
from cerm_nb.analyses.roadmap.worth import worth_of
from cerm_nb.surveys import Draws, Survey, draw_respondents, read_survey

__all__ = [
    "Choice",
    "Control",
    "Draws",
    "Job",
    "Params",
    "Pareto",
    "Pilots",
    "Survey",
    "aims",
    "answer",
    "best_set",
    "blueprint",
    "blueprint_rows",
    "carriers",
    "causes",
    "cells",
    "chart",
    "control",
    "draw_respondents",
    "found_causes",
    "indicator_rows",
    "initiatives",
    "initiatives_table",
    "journey",
    "journey_kind",
    "journey_line",
    "judge",
    "judge_pilots",
    "leading_moments",
    "limit_rows",
    "listed",
    "moments",
    "options",
    "pareto",
    "pilot_rows",
    "pilots",
    "pilots_kind",
    "plan_open",
    "promise_titles",
    "read_survey",
    "readers_names",
    "reasons",
    "schedule",
    "schedule_rows",
    "segment_moments",
    "segments_kind",
    "select",
    "selected_names",
    "shadow_prices",
    "short_cells",
    "span_kind",
    "tiles",
    "timetable",
    "unmet_needs",
    "watch_indicators",
    "watched_kind",
    "what_if",
    "worth_of",
]
