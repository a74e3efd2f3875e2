"""Statistics that more than one room needs: intervals, tie-safe scores, patterns, weights, multiplicity."""

from __future__ import annotations

from cerm_nb.stats.arrays import Floats, Integers, Truths
from cerm_nb.stats.contrasts import Contrast, paired, unpaired
from cerm_nb.stats.control_limits import (
    ControlLimits,
    SpecialCauses,
    control_limits,
    lag_one,
    special_causes,
)
from cerm_nb.stats.experiments import (
    Check,
    ClusterRobust,
    Effect,
    attrition,
    baseline_balance,
    cluster_robust,
    clustered_effect,
    contaminated_control,
    difference_of_means,
    difference_of_proportions,
    sample_ratio,
)
from cerm_nb.stats.inequality import captured, gini
from cerm_nb.stats.intervals import (
    bootstrap_interval,
    correlation_interval,
    normal_quantile,
    percentile_interval,
    wilson_interval,
)
from cerm_nb.stats.intervention import Intervention, intervention_effect
from cerm_nb.stats.multiplicity import benjamini_hochberg, holm
from cerm_nb.stats.ranking import quantile_scores, row_ranks, share_below, suppress, weighted_patterns
from cerm_nb.stats.sample_size import (
    Plan,
    design_effect,
    detectable_effect,
    intraclass_correlation,
    power_of_means,
    power_of_proportions,
    size_for_means,
    size_for_proportions,
)
from cerm_nb.stats.weighting import (
    Means,
    Raked,
    effective_n,
    rake,
    student_quantile,
    weighted_means,
)

__all__ = [
    "Check",
    "ClusterRobust",
    "Contrast",
    "ControlLimits",
    "Effect",
    "Floats",
    "Integers",
    "Intervention",
    "Means",
    "Plan",
    "Raked",
    "SpecialCauses",
    "Truths",
    "attrition",
    "baseline_balance",
    "benjamini_hochberg",
    "bootstrap_interval",
    "captured",
    "cluster_robust",
    "clustered_effect",
    "contaminated_control",
    "control_limits",
    "correlation_interval",
    "design_effect",
    "detectable_effect",
    "difference_of_means",
    "difference_of_proportions",
    "effective_n",
    "gini",
    "holm",
    "intervention_effect",
    "intraclass_correlation",
    "lag_one",
    "normal_quantile",
    "paired",
    "percentile_interval",
    "power_of_means",
    "power_of_proportions",
    "quantile_scores",
    "rake",
    "row_ranks",
    "sample_ratio",
    "share_below",
    "size_for_means",
    "size_for_proportions",
    "special_causes",
    "student_quantile",
    "suppress",
    "unpaired",
    "weighted_means",
    "weighted_patterns",
    "wilson_interval",
]
