"""Experiments: what a change did to those it was given to, and whether the comparison may be believed."""

from __future__ import annotations

from cerm_nb.stats.experiments.checks import (
    Check,
    attrition,
    baseline_balance,
    contaminated_control,
    sample_ratio,
)
from cerm_nb.stats.experiments.clustered import (
    ClusterRobust,
    cluster_robust,
    clustered_effect,
)
from cerm_nb.stats.experiments.effects import (
    Effect,
    difference_of_means,
    difference_of_proportions,
)

__all__ = [
    "Check",
    "ClusterRobust",
    "Effect",
    "attrition",
    "baseline_balance",
    "cluster_robust",
    "clustered_effect",
    "contaminated_control",
    "difference_of_means",
    "difference_of_proportions",
    "sample_ratio",
]
