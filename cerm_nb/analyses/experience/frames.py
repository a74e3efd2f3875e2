"""The tables the question publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.surveys import ITEM

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.experience.classes import Classes
    from cerm_nb.analyses.experience.drivers import Drivers
    from cerm_nb.analyses.experience.importance import Importance
    from cerm_nb.analyses.experience.levels import Levels
    from cerm_nb.analyses.experience.priorities import Priorities
    from cerm_nb.stats import Floats
    from cerm_nb.surveys import Survey

TOUCHPOINTS = ["touchpoint", "stage", "moment_of_truth", "weight", "low", "high", "below_floor", "reach"]
TOUCHPOINTS += ["moment_low", "moment_high", "n_eff", "p_top3"]
ATTRIBUTES = [*ITEM, "brand", "n_eff", "importance_stated", "importance_derived", "low", "high"]
ATTRIBUTES += ["expectation", "experience", "gap", "gap_low", "gap_high", "difference_vs_best", "p_adjusted"]
ATTRIBUTES += ["class", "class_probability", "priority", "p_top3"]
DRIVERS = ["outcome", "group", "share", "low", "high"]
LOYALTY = ["brand", "wave", "measure", "value", "low", "high"]


def touchpoints_table(found: Priorities) -> pd.DataFrame:
    """Lay out touchpoints: the interval is that of the weight, the moment of truth has its own at the end."""
    named = {"weight_low": "low", "weight_high": "high"}
    return found.touchpoints.rename(columns=named)[TOUCHPOINTS]


def attributes_table(
    survey: Survey,
    levels: Levels,
    differences: pd.DataFrame,
    importance: Importance,
    kinds: Classes,
    first: Priorities,
) -> pd.DataFrame:
    """Lay out attributes by brand; what is ours alone stands in the rows of the own brand.

    Parameters
    ----------
    survey, levels, differences, importance, kinds, first
        From `read_survey`, `levels`, `differences`, `derive`, `classes` and `priorities`.

    Returns
    -------
    DataFrame
        One row per attribute and brand, the own brand first. ``low`` and ``high`` are of importance_derived;
        difference_vs_best is ours less the best competitor's, with p_adjusted (`p_best`).
    """
    parts = survey.items[ITEM].assign(brand=survey.own_brand)
    if not importance.reason:
        renamed = importance.frame.rename(columns={"share": "importance_derived"})
        parts = parts.merge(renamed[[*ITEM, "importance_derived", "low", "high"]], on=ITEM, how="left")
    best = to_best(differences).rename(columns={"difference": "difference_vs_best"})
    parts = parts.merge(best[[*ITEM, "difference_vs_best", "p_adjusted"]], on=ITEM, how="left")
    parts = parts.merge(kinds.frame[[*ITEM, "class", "class_probability"]], on=ITEM, how="left")
    parts = parts.merge(first.attributes[[*ITEM, "priority", "p_top3"]], on=ITEM, how="left")
    table = levels.frame.merge(parts, on=[*ITEM, "brand"], how="left")
    table["class"] = table["class"].fillna("")
    return table.reindex(columns=ATTRIBUTES)


def to_best(differences: pd.DataFrame) -> pd.DataFrame:
    """Keep the differences to each attribute's best competitor, p_adjusted for having chosen it."""
    return differences[differences["is_best"].astype(bool)].assign(p_adjusted=differences["p_best"])


def drivers_table(found: Drivers) -> pd.DataFrame:
    """Lay out shares in overall judgements."""
    return found.frame[DRIVERS].reset_index(drop=True)


def loyalty_table(found: pd.DataFrame) -> pd.DataFrame:
    """Lay out loyalty."""
    return found[LOYALTY].reset_index(drop=True)


def best_levels(survey: Survey, levels: Levels) -> Floats:
    """Mean experience of the best competitor of each attribute in the sample; NaN where there is none."""
    rivals = [levels.of(brand)["experience"].to_numpy(dtype=float) for brand in survey.brands[1:]]
    best = np.full(len(survey.items), np.nan)
    for level in rivals:
        best = np.fmax(best, level)
    return best
