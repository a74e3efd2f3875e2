"""Tell which new customer experience to promise, whether it is credible, and whether customers prefer it.

A notebook calls, in this order, `read_survey`, `read_methods` and `check_promises`, which refuse what is
wrong; then `draw_respondents`, `value_curve`, `weigh_attributes`, `moves`, `check_carriers`,
`fit_preferences`, `judge_promises` and `answer`. It picks what a figure shows by the functions of `extracts`,
`wanted` and `candidate_rows`; `headlines` tell what titles speak of. Where the tasks cannot bear something,
the reason travels in what is returned. Its interactive twin asks `build` again and again.
"""

from __future__ import annotations

from cerm_nb.analyses.promise.candidate_rows import (
    about,
    carrier_rows,
    check_rows,
    empty_cells,
    kept_counts,
    kept_rows,
    promise_table,
    proof_rows,
    reached,
    rulings,
)
from cerm_nb.analyses.promise.candidates import VERDICTS, judge_promises
from cerm_nb.analyses.promise.checks import check_carriers
from cerm_nb.analyses.promise.choice_tasks import METHODS, Tasks, read_tasks
from cerm_nb.analyses.promise.coding import coding_of
from cerm_nb.analyses.promise.extracts import (
    axes_rows,
    brands_of,
    curve_rows,
    map_rows,
    moves_rows,
    our_standing,
    strength,
)
from cerm_nb.analyses.promise.headlines import (
    PUBLISHED,
    as_money,
    asides,
    forecast_kind,
    gained,
    importance_rows,
    item_rows,
    lead,
    most_preferred,
    rules_of,
    segment_sizes,
    share_kind,
    strongest,
    widest,
)
from cerm_nb.analyses.promise.hierarchical import hierarchical
from cerm_nb.analyses.promise.logit import logit
from cerm_nb.analyses.promise.models import (
    Model,
    fit_items,
    fit_preferences,
    gains,
    levels_shown,
    read_methods,
    target_respondents,
)
from cerm_nb.analyses.promise.moves import moves, value_curve_table
from cerm_nb.analyses.promise.parameters import Params
from cerm_nb.analyses.promise.positions import Positions, positions
from cerm_nb.analyses.promise.proof import proof_table, prove
from cerm_nb.analyses.promise.record_checks import check_promises
from cerm_nb.analyses.promise.records import Promise
from cerm_nb.analyses.promise.shares import RULES, prepare, shares
from cerm_nb.analyses.promise.simulator import simulate, single_changes
from cerm_nb.analyses.promise.standing import STANDINGS
from cerm_nb.analyses.promise.turf import turf
from cerm_nb.analyses.promise.twin import Built, build, choices_of, shown_as, start_of
from cerm_nb.analyses.promise.value_curve import ValueCurve, value_curve
from cerm_nb.analyses.promise.verdict import answer
from cerm_nb.analyses.promise.wanted import (
    Told,
    best_changes,
    best_sets,
    beyond_today,
    forecasts,
    hit_rates,
    level_names,
    our_shares,
    part_worths,
    preference_shares,
    sets_of_items,
    willingness,
)
from cerm_nb.analyses.promise.wanted_by_segment import side_by_side, willingness_by_segment
from cerm_nb.analyses.promise.weights import Weights, weigh_attributes
from cerm_nb.surveys import Survey, draw_respondents, read_survey

__all__ = [
    "METHODS",
    "PUBLISHED",
    "RULES",
    "STANDINGS",
    "VERDICTS",
    "Built",
    "Model",
    "Params",
    "Positions",
    "Promise",
    "Survey",
    "Tasks",
    "Told",
    "ValueCurve",
    "Weights",
    "about",
    "answer",
    "as_money",
    "asides",
    "axes_rows",
    "best_changes",
    "best_sets",
    "beyond_today",
    "brands_of",
    "build",
    "carrier_rows",
    "check_carriers",
    "check_promises",
    "check_rows",
    "choices_of",
    "coding_of",
    "curve_rows",
    "draw_respondents",
    "empty_cells",
    "fit_items",
    "fit_preferences",
    "forecast_kind",
    "forecasts",
    "gained",
    "gains",
    "hierarchical",
    "hit_rates",
    "importance_rows",
    "item_rows",
    "judge_promises",
    "kept_counts",
    "kept_rows",
    "lead",
    "level_names",
    "levels_shown",
    "logit",
    "map_rows",
    "most_preferred",
    "moves",
    "moves_rows",
    "our_shares",
    "our_standing",
    "part_worths",
    "positions",
    "preference_shares",
    "prepare",
    "promise_table",
    "proof_rows",
    "proof_table",
    "prove",
    "reached",
    "read_methods",
    "read_survey",
    "read_tasks",
    "rules_of",
    "rulings",
    "segment_sizes",
    "sets_of_items",
    "share_kind",
    "shares",
    "shown_as",
    "side_by_side",
    "simulate",
    "single_changes",
    "start_of",
    "strength",
    "strongest",
    "target_respondents",
    "turf",
    "value_curve",
    "value_curve_table",
    "weigh_attributes",
    "widest",
    "willingness",
    "willingness_by_segment",
]
