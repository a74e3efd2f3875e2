"""Find segments: try every method and number, and choose by what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.segments.methods import MAKERS, Solution
from cerm_nb.analyses.segments.stability import Stability, resamples, stability
from cerm_nb.analyses.segments.structure import (
    NATURAL,
    UNTESTED,
    Structure,
    left_within,
    structure,
    valley,
)
from cerm_nb.stats.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cerm_nb.analyses.segments.inputs import Base
    from cerm_nb.analyses.segments.parameters import Params
    from cerm_nb.stats import Integers, Truths

FEWEST = 30  # units below which nothing is tried
LARGE = 2500  # units on which segments are found and stability told at most; the others then join them
AS_STABLE = 0.1  # medians nearer to the best are as stable as it
WORST = 0.2  # how far below the asked stability a tenth of the pairs may fall
DISSOLVED = 0.6  # a segment that overlaps less with those of resamples is not one to build on (Hennig 2008)
SOLUTIONS = [
    "method", "k", "fit", "bic", "ari_median", "ari_q10", "smallest_share", "best_restart_share", "chosen",
    "ari_q90", "weakest_segment", "entropy", "log_likelihood", "n", "reason",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Tried:
    """One method with one number of segments."""

    solution: Solution
    stability: Stability


@dataclass(frozen=True, eq=False)
class Segments:
    """What was tried and what was chosen.

    Parameters
    ----------
    base
        The units.
    frame
        One row per method and number of segments, columns `SOLUTIONS`; reason is why a row was not chosen:
        ``unstable``, ``segment_unstable``, ``too_small``, ``less_stable``, ``finer``, ``coarser``,
        ``other_method``; empty for the chosen one. fit is the share of the variance of `Base.numbers` that
        lies between the segments, of every method. weakest_segment is the overlap of the least stable one.
    tried
        (method, k) → solution and stability, on a sample of 2,500 where there are more units: `frame` says n.
    chosen
        The chosen solution, None where none is stable.
    structure
        Whether the chosen segments are clumps or cuts.
    reason
        Why nothing was tried or chosen: that of the base, ``no_columns``, ``few_units``, ``few_patterns``,
        ``no_stable_segments``, or ``only_small_segments`` where what comes back has a segment that is too
        small; empty where one was chosen.
    details
        Values for the wording of the reason.
    """

    base: Base
    frame: pd.DataFrame
    tried: Mapping[tuple[str, int], Tried]
    chosen: Tried | None
    structure: Structure
    reason: str = ""
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def best(self) -> Tried | None:
        """The chosen solution, else the most stable one; None where nothing was tried."""
        if self.chosen or not self.tried:
            return self.chosen
        return max(self.tried.values(), key=lambda each: each.stability.median)

    @property
    def names(self) -> list[str]:
        """Names of the chosen segments, ``"1"`` the largest."""
        return [str(at + 1) for at in range(self.chosen.solution.k)] if self.chosen else []


def find_segments(base: Base, own: Params) -> Segments:
    """Try every method and number of segments, and choose.

    Parameters
    ----------
    base
        The units.
    own
        segment_methods, min_segments, max_segments, restarts, latent_starts, bootstrap_pairs, min_stability,
        smallest_segment, min_group and seed are used.

    Returns
    -------
    Segments
        Of the solutions that come back (median adjusted Rand index of at least `min_stability`, its tenth
        percentile at most .2 below that, each segment's mean overlap with resamples at least .6) and whose
        smallest segment is large enough, those within .1 of the most stable are alike. Among them those go
        first whose segments have a valley between them (see `valley`), so that no clump is cut in two; then
        the finest, the more stable one, the earlier method. None where none comes back.
    """
    reason, details = _refusal(base, own)
    if reason:
        return Segments(base, pd.DataFrame(columns=SOLUTIONS), {}, None, UNTESTED, reason, details)
    with one_thread():
        return _chosen(base, own)


def _chosen(base: Base, own: Params) -> Segments:
    rows = np.arange(base.n)
    if base.n > LARGE:
        rows = np.sort(np.random.default_rng([own.seed, 6]).choice(base.n, LARGE, replace=False))
    sample = base.part(rows)
    tried = _tried(sample, own)
    frame = _judged(tried, sample, own)
    picked = frame.index[frame["chosen"]]
    if not len(picked):
        values = {"best": float(frame["ari_median"].max()), "needed": own.min_stability}
        if (frame["reason"] == "too_small").any():
            return Segments(base, frame, tried, None, UNTESTED, "only_small_segments", values)
        return Segments(base, frame, tried, None, UNTESTED, "no_stable_segments", values)
    chosen = tried[frame.loc[picked[0], "method"], int(frame.loc[picked[0], "k"])]
    clumps = structure(sample, chosen.solution, np.random.default_rng([own.seed, 8]))
    if base.n > LARGE:
        whole = MAKERS[chosen.solution.method](base).extended(chosen.solution, rows)
        chosen = Tried(whole, chosen.stability)
    return Segments(base, frame, tried, chosen, clumps)


def _tried(base: Base, own: Params) -> dict[tuple[str, int], Tried]:
    tried = {}
    counts = resamples(base.n, own.bootstrap_pairs, np.random.default_rng([own.seed, 7]))
    for number, name in enumerate(own.segment_methods):
        method = MAKERS[name](base)
        for k in range(own.min_segments, min(own.max_segments, method.patterns) + 1):
            random = np.random.default_rng([own.seed, number, k])
            solution = method.solve(k, own, random)
            share = solution.best_restart_share
            stable = stability(method, solution.labels, k, counts, random, reached=share)
            tried[name, k] = Tried(solution, stable)
    return tried


def _refusal(base: Base, own: Params) -> tuple[str, dict[str, object]]:
    if base.reason:
        return base.reason, {}
    if base.n < max(FEWEST, own.min_group * own.min_segments):
        return "few_units", {"n": base.n, "needed": max(FEWEST, own.min_group * own.min_segments)}
    if not base.raw.shape[1]:
        return "no_columns", {"left_out": len(base.left_out)}
    patterns = min(len(np.unique(base.numbers, axis=0)), len(np.unique(base.codes, axis=0)))
    if patterns <= own.min_segments:
        return "few_patterns", {"patterns": patterns}
    return "", {}


def _judged(tried: Mapping[tuple[str, int], Tried], base: Base, own: Params) -> pd.DataFrame:
    frame = pd.DataFrame(
        [
            {
                "method": method,
                "k": k,
                "fit": 1 - left_within(base.numbers, base.weights, each.solution.labels, k),
                "bic": each.solution.bic,
                "ari_median": each.stability.median,
                "ari_q10": each.stability.q10,
                "smallest_share": float(each.solution.shares.min()),
                "best_restart_share": each.solution.best_restart_share,
                "ari_q90": each.stability.q90,
                "weakest_segment": float(each.stability.jaccard.mean(axis=0).min()),
                "entropy": each.solution.entropy,
                "log_likelihood": each.solution.log_likelihood,
                "n": base.n,
                "smallest": int(np.bincount(each.solution.labels, minlength=k).min()),
            }
            for (method, k), each in tried.items()
        ]
    )

    def apart(row: pd.Series) -> bool:
        random = np.random.default_rng([own.seed, 12])
        return valley(base, tried[row["method"], int(row["k"])].solution, random) <= NATURAL

    frame["reason"] = _reasons(frame, apart, own)
    frame["chosen"] = frame["reason"] == ""
    return frame[SOLUTIONS]


def _reasons(frame: pd.DataFrame, apart: Callable[[pd.Series], bool], own: Params) -> Truths:
    """Say of each solution why it was not chosen."""
    stable = (frame["ari_median"] >= own.min_stability) & (frame["ari_q10"] >= own.min_stability - WORST)
    small = (frame["smallest_share"] < own.smallest_segment) | (frame["smallest"] < own.min_group)
    weak = frame["weakest_segment"] < DISSOLVED
    left = stable & ~weak & ~small
    alike = left & (frame["ari_median"] >= frame.loc[left, "ari_median"].max() - AS_STABLE)
    rows = zip(alike, frame.iterrows(), strict=True)
    clumps = np.array([bool(may) and apart(row) for may, (_, row) in rows])
    pool = alike & clumps if clumps.any() else alike
    number = frame.loc[pool, "k"].max()
    finest = pool & (frame["k"] == number)
    # the first of the most stable: methods stand in the order they were asked for
    first = frame.loc[finest, "ari_median"].round(2).idxmax() if finest.any() else -1
    others = [frame["k"] > number, frame["k"] < number, frame.index != first]
    keys = ["unstable", "segment_unstable", "too_small", "less_stable", "finer", "coarser", "other_method"]
    return np.select([~stable, weak, small, ~alike, *others], keys, "")


def members(segments: Segments) -> pd.DataFrame:
    """Who belongs to which segment.

    Parameters
    ----------
    segments
        From `find_segments`.

    Returns
    -------
    DataFrame
        The identifiers, segment (``"1"`` is the largest), posterior (0–1) and weight, by identifier; no rows
        where no solution was chosen.
    """
    ids, chosen = segments.base.ids, segments.chosen
    if chosen is None:
        return ids.iloc[:0].assign(segment=pd.Series(dtype=object), posterior=np.empty(0), weight=np.empty(0))
    rows = np.arange(segments.base.n)
    posterior = chosen.solution.posteriors[rows, chosen.solution.labels]
    named = np.array(segments.names, dtype=object)[chosen.solution.labels]
    return ids.assign(segment=named, posterior=posterior, weight=segments.base.weights)


def labels(segments: Segments) -> Integers:
    """Segment of each unit of the base, 0 … k − 1.

    Raises
    ------
    ValueError
        Where no solution was chosen.
    """
    if segments.chosen is None:
        raise ValueError("no segments were chosen")
    return segments.chosen.solution.labels
