"""Effects where whole clusters were assigned: few of them, before and after, one estimator per design."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.stats.experiments.effects import Effect, difference_of_means, student_effect

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cerm_nb.stats.arrays import Floats, Integers

NONE = 1e-10  # leverage this close to one leaves nothing to judge a cluster by


@dataclass(frozen=True, eq=False)
class ClusterRobust:
    """Least squares with errors that hold where units of a cluster go together.

    Parameters
    ----------
    coefficients, errors, degrees
        By column of the design: coefficient, standard error, and degrees of freedom for its t.
    clusters
        How many there are.
    """

    coefficients: Floats
    errors: Floats
    degrees: Floats
    clusters: int


def cluster_robust(y: ArrayLike, design: ArrayLike, cluster: ArrayLike) -> ClusterRobust:
    """Regress with CR2 errors.

    Parameters
    ----------
    y, design
        Shapes (n,) and (n, columns), without gaps, columns independent.
    cluster
        Cluster of each unit, shape (n,); every unit its own gives HC2.

    Returns
    -------
    ClusterRobust
        Errors are NaN where there are no more clusters than columns.

    Notes
    -----
    Bell & McCaffrey 2002; degrees of freedom by Satterthwaite under independent errors (Pustejovsky & Tipton
    2018). Right for few clusters, where the usual sandwich is too small.
    """
    x, values = np.asarray(design, dtype=float), np.asarray(y, dtype=float)
    codes, names = pd.factorize(np.asarray(cluster))
    bread = np.linalg.inv(x.T @ x)
    coefficients = bread @ x.T @ values
    if len(names) <= x.shape[1]:
        unknown = np.full(x.shape[1], np.nan)
        return ClusterRobust(coefficients, unknown, unknown, len(names))
    root = np.linalg.cholesky(bread)
    parts = _adjusted(x @ root, codes, len(names)) @ root.T  # A·X·(X'X)⁻¹, by unit
    rest = values - x @ coefficients
    scores = _sums(parts * rest[:, None], codes, len(names))
    weights = _sums(parts**2, codes, len(names))
    crossed = _sums(parts[:, :, None] * (x @ root)[:, None, :], codes, len(names))
    errors = np.sqrt((scores**2).sum(axis=0))
    return ClusterRobust(coefficients, errors, _degrees(weights, crossed), len(names))


def _sums(parts: Floats, codes: Integers, clusters: int) -> Floats:
    found = np.zeros((clusters, *parts.shape[1:]))
    np.add.at(found, codes, parts)
    return found


def _adjusted(turned: Floats, codes: Integers, clusters: int) -> Floats:
    """A·X by unit, A the inverse square root of what the fit leaves of a cluster's errors, (I − H).

    X is turned so that X'X is the identity: H is then X·X'. Where every unit is its own cluster no cluster
    is taken one by one.
    """
    if clusters == len(turned):
        return turned * _stretch((turned**2).sum(axis=1))[:, None]
    found = np.empty_like(turned)
    order = np.argsort(codes, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        left, sizes, right = np.linalg.svd(turned[rows], full_matrices=False)
        found[rows] = (left * (sizes * _stretch(sizes**2))) @ right
    return found


def _stretch(leverage: Floats) -> Floats:
    kept = 1 - leverage
    return np.asarray(np.where(kept > NONE, 1 / np.sqrt(np.where(kept > NONE, kept, 1.0)), 0.0))


def _degrees(weights: Floats, crossed: Floats) -> Floats:
    """Satterthwaite: (Σλ)² / Σλ² of the quadratic form each variance is, by column.

    The form is D − B·B', clusters by clusters, and never written out: D by cluster, B by cluster and column.
    """
    inner = (crossed**2).sum(axis=2)
    trace = (weights - inner).sum(axis=0)
    small = np.einsum("gjk,gjl->jkl", crossed, crossed)
    squares = (weights**2 - 2 * weights * inner).sum(axis=0) + (small**2).sum(axis=(1, 2))
    return np.asarray(np.where(squares > 0, trace**2 / np.where(squares > 0, squares, 1.0), np.nan))


def clustered_effect(frame: pd.DataFrame, confidence: float = 0.95) -> Effect:
    """Effect of a change on whatever was assigned, by the one estimator its design calls for.

    Parameters
    ----------
    frame
        One row per observation: ``value``, ``treated`` (bool), ``after`` (bool), ``cluster`` (what was
        assigned: clusters, or units where these were assigned one by one).
    confidence
        Coverage of the interval.

    Returns
    -------
    Effect
        The estimator follows from the design alone, never from the results:

        - ``ancova``: what was assigned was observed before and after. Means after the change on the arm and
          the mean before it (ANCOVA on cluster means; CUPED of Deng et al. 2013 with its slope fitted);
        - ``difference_in_differences``: there is a before, but of others. Values on arm, phase and both;
        - ``difference_of_means``: there is no before. Welch on the means of what was assigned.

        The first two have CR2 errors. Reasons: ``too_few`` clusters, ``no_spread``.
    """
    table = frame.dropna(subset=["value"])
    after, before = table[table["after"]], table[~table["after"]]
    seen = set(before["cluster"])
    both = after["cluster"].isin(seen)
    sides = [int(after.loc[after["treated"] == side, "cluster"].nunique()) for side in (True, False)]
    if before.empty or after.empty or min(sides) == 0:
        return _means(after, confidence)
    if all(both[after["treated"] == side].any() for side in (True, False)) and both.mean() > 0.5:
        return _ancova(before, after[both], confidence)
    return _differences(table, confidence)


def _means(after: pd.DataFrame, confidence: float) -> Effect:
    """Unweighted means of what was assigned: each counts once, as it was drawn once."""
    means = _cluster_means(after)
    found = difference_of_means(
        means.loc[means["treated"], "value"], means.loc[~means["treated"], "value"], confidence
    )
    units = int(after["treated"].sum()), int((~after["treated"]).sum())
    return replace(found, n_treated=units[0], n_control=units[1])


def _ancova(before: pd.DataFrame, after: pd.DataFrame, confidence: float) -> Effect:
    means = _cluster_means(after)
    start = _cluster_means(before)["value"].reindex(means.index)
    design = np.column_stack([np.ones(len(means)), means["treated"], start - start.mean()])
    if np.ptp(start) <= NONE * np.abs(start).max():
        design = design[:, :2]
    return _regressed("ancova", means["value"], design, means.index, after, confidence)


def _differences(table: pd.DataFrame, confidence: float) -> Effect:
    arm, phase = table["treated"].astype(float), table["after"].astype(float)
    design = np.column_stack([np.ones(len(table)), arm, phase, arm * phase])
    observed = table[table["after"]]
    if np.linalg.matrix_rank(design) < design.shape[1]:  # an arm without a before has nothing to compare to
        return _means(observed, confidence)
    name = "difference_in_differences"
    return _regressed(name, table["value"], design, table["cluster"], observed, confidence)


def _regressed(
    estimator: str,
    y: ArrayLike,
    design: Floats,
    cluster: ArrayLike,
    observed: pd.DataFrame,
    confidence: float,
) -> Effect:
    """Effect from the column of the arm, or of arm and phase where there are four."""
    sides = [observed[observed["treated"] == side]["cluster"] for side in (True, False)]
    groups = sides[0].nunique(), sides[1].nunique()
    counts = len(sides[0]), len(sides[1]), *groups
    at = 3 if design.shape[1] == 4 else 1
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return student_effect(estimator, (np.nan,) * 3, counts, confidence, "too_few")
    found = cluster_robust(y, design, cluster)
    told = float(found.coefficients[at]), float(found.errors[at]), float(found.degrees[at])
    return student_effect(estimator, told, counts, confidence, "too_few" if min(groups) < 2 else "")


def _cluster_means(table: pd.DataFrame) -> pd.DataFrame:
    means = table.groupby("cluster", sort=True)["value"].mean()
    arm = table.drop_duplicates("cluster").set_index("cluster")["treated"]
    return pd.DataFrame({"value": means, "treated": arm.reindex(means.index)})
