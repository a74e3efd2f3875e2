"""Statistics that more than one room needs: intervals, tie-safe scores, patterns, weights, multiplicity."""

from __future__ import annotations

from cerm_nb.stats.arrays import Floats, Integers, Truths
from cerm_nb.stats.contrasts import Contrast, paired, unpaired
from cerm_nb.stats.inequality import captured, gini
from cerm_nb.stats.intervals import (
    bootstrap_interval,
    correlation_interval,
    normal_quantile,
    percentile_interval,
    wilson_interval,
)
from cerm_nb.stats.multiplicity import benjamini_hochberg, holm
from cerm_nb.stats.ranking import quantile_scores, share_below, suppress, weighted_patterns
from cerm_nb.stats.weighting import (
    Means,
    Raked,
    effective_n,
    rake,
    student_quantile,
    weighted_means,
)

__all__ = [
    "Contrast",
    "Floats",
    "Integers",
    "Means",
    "Raked",
    "Truths",
    "benjamini_hochberg",
    "bootstrap_interval",
    "captured",
    "correlation_interval",
    "effective_n",
    "gini",
    "holm",
    "normal_quantile",
    "paired",
    "percentile_interval",
    "quantile_scores",
    "rake",
    "share_below",
    "student_quantile",
    "suppress",
    "unpaired",
    "weighted_means",
    "weighted_patterns",
    "wilson_interval",
]
