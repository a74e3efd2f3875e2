"""Tell who the target customers are and what they are worth.

A notebook calls, in this order, `check_forecast`, `fit_models`, `score`, `uncertainty`, `tiers`,
`target_rule`, `concentration`, `answer`, `forecasts`, and `what_if` for its interactive twin. None of them
raises for data that cannot bear a model: the reason travels in the result.
"""

from __future__ import annotations

from cerm_nb.analyses.value.clv import horizon_weeks, weekly_rate
from cerm_nb.analyses.value.forecasts import forecasts
from cerm_nb.analyses.value.holdout import Backtest, check_forecast
from cerm_nb.analyses.value.inequality import Concentration, concentration
from cerm_nb.analyses.value.intervals import Uncertainty, uncertainty
from cerm_nb.analyses.value.models import Models, fit_models
from cerm_nb.analyses.value.parameters import Params
from cerm_nb.analyses.value.rfm import SEGMENTS
from cerm_nb.analyses.value.scores import CUSTOMERS, WhatIf, score, what_if
from cerm_nb.analyses.value.segments import segments
from cerm_nb.analyses.value.tiering import TargetRule, target_rule, tiers
from cerm_nb.analyses.value.verdict import Answer, answer

__all__ = [
    "CUSTOMERS",
    "SEGMENTS",
    "Answer",
    "Backtest",
    "Concentration",
    "Models",
    "Params",
    "TargetRule",
    "Uncertainty",
    "WhatIf",
    "answer",
    "check_forecast",
    "concentration",
    "fit_models",
    "forecasts",
    "horizon_weeks",
    "score",
    "segments",
    "target_rule",
    "tiers",
    "uncertainty",
    "weekly_rate",
    "what_if",
]
