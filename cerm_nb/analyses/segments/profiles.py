"""What sets each segment apart from the rest, and how large and how valuable it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import stdtr

from cerm_nb.analyses.segments.inputs import scaled
from cerm_nb.stats import (
    benjamini_hochberg,
    effective_n,
    student_quantile,
    weighted_means,
    wilson_interval,
)

if TYPE_CHECKING:
    from cerm_nb.analyses.segments.finding import Segments
    from cerm_nb.analyses.segments.parameters import Params
    from cerm_nb.stats import Floats

TELLING = 3  # attributes that make a name
CLEAR = 0.2  # standard deviations below which a difference is none to name a segment by (Cohen 1988)
PROFILES = [
    "segment", "attribute", "level", "role", "n", "n_eff", "mean", "mean_rest", "difference", "low", "high",
    "effect", "p", "p_adjusted", "telling",
]  # fmt: skip

SIZES = [
    "segment", "n", "n_eff", "share", "low", "high", "stability", "together", "value_n", "value_mean",
    "value_low", "value_high", "value_share",
]  # fmt: skip


def profiles(segments: Segments, own: Params, describing: pd.DataFrame | None = None) -> pd.DataFrame:
    """Compare each segment with all other units.

    Parameters
    ----------
    segments
        From `find_segments`.
    own
        confidence is used.
    describing
        More about the units, indexed by the first identifier of the base: numbers, or texts of few levels.

    Returns
    -------
    DataFrame
        One row per segment and attribute, or level of a text attribute, columns `PROFILES`. role is ``input``
        or ``description``; mean and mean_rest are as given, of a level its share; difference with low and
        high, and effect (in standard deviations), are relative to the person's mean where answers were used
        so; p is Welch's, adjusted after Benjamini & Hochberg over the rows of its role; telling is 1, 2, 3
        for the attributes a segment may be named by, else 0. No rows where no solution was chosen.

    Notes
    -----
    Segments were made to differ in their inputs: p of an ``input`` orders attributes, and is no proof that
    the segments are real. That is what stability tells.
    """
    if segments.chosen is None:
        return pd.DataFrame(columns=PROFILES)
    columns, given, compared = _attributes(segments, describing)
    labels, weights = segments.chosen.solution.labels, segments.base.weights
    parts = [
        columns.assign(segment=name, **_compared(given, compared, weights, labels == at, own.confidence))
        for at, name in enumerate(segments.names)
    ]
    frame = pd.concat(parts, ignore_index=True)
    # inputs differ by construction: among them, chance differences of descriptions would pass too easily
    frame["p_adjusted"] = frame.groupby("role")["p"].transform(
        lambda family: benjamini_hochberg(family.to_numpy())
    )
    frame["telling"] = _telling(frame, 1 - own.confidence)
    return frame[PROFILES]


def _attributes(segments: Segments, describing: pd.DataFrame | None) -> tuple[pd.DataFrame, Floats, Floats]:
    """Columns with attribute, level and role; their values as given; and as they are compared."""
    base = segments.base
    tables = [(base.raw, "input")]
    if describing is not None:
        more = describing.reindex(base.ids.iloc[:, 0])
        tables.append((more.drop(columns=[name for name in more if name in base.raw]), "description"))
    names, blocks = [], []
    for table, role in tables:
        for column in table:
            values = scaled(table[column], "standard")
            text = not pd.api.types.is_numeric_dtype(table[column])
            levels = sorted(table[column].dropna().astype(str).unique()) if text else [""]
            names += [(str(column), level, role) for level in levels]
            blocks.append((values > 0).astype(float) if text else values)
    given = np.column_stack(blocks)
    answers = np.array([base.scales.get(name) == "answer" and role == "input" for name, _, role in names])
    compared = given.copy()
    if answers.any():
        compared[:, answers] -= np.nanmean(given[:, answers], axis=1, keepdims=True)
    return pd.DataFrame(names, columns=["attribute", "level", "role"]), given, compared


def _compared(
    given: Floats, compared: Floats, weights: Floats, inside: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    confidence: float,
) -> dict[str, Floats]:  # fmt: skip
    ours, theirs = (weighted_means(compared[part], weights[part]) for part in (inside, ~inside))
    first, second = ours.error**2, theirs.error**2
    error = np.sqrt(first + second)
    known = error > 0
    some = np.where(known, error, np.nan)
    free = np.where(known, (first + second) ** 2, np.nan) / (
        first**2 / np.maximum(ours.n_eff - 1, 1) + second**2 / np.maximum(theirs.n_eff - 1, 1) + 1e-300
    )
    difference = ours.mean - theirs.mean
    half = student_quantile(confidence, free) * some
    spread = np.sqrt((ours.spread**2 + theirs.spread**2) / 2)
    return {
        "n": ours.n,
        "n_eff": ours.n_eff,
        "mean": weighted_means(given[inside], weights[inside]).mean,
        "mean_rest": weighted_means(given[~inside], weights[~inside]).mean,
        "difference": difference,
        "low": difference - half,
        "high": difference + half,
        "effect": difference / np.where(spread > 0, spread, np.nan),
        "p": 2 * stdtr(free, -np.abs(difference) / some),
    }


def _telling(frame: pd.DataFrame, level: float) -> pd.Series:
    """Rank the clearest differences of each segment that hold after adjustment."""
    clear = (frame["p_adjusted"] <= level) & (frame["effect"].abs() >= CLEAR)
    rank = frame["effect"].abs().where(clear).groupby(frame["segment"]).rank(ascending=False, method="first")
    return rank.where(rank <= TELLING, 0).fillna(0).astype(int)


def name_keys(profile: pd.DataFrame) -> dict[str, tuple[tuple[str, str, str], ...]]:
    """Propose what a segment may be named by.

    Parameters
    ----------
    profile
        From `profiles`.

    Returns
    -------
    dict
        Segment → (attribute, level, ``high`` or ``low``), the most telling first; empty where nothing sets
        the segment apart.
    """
    found: dict[str, tuple[tuple[str, str, str], ...]] = {}
    for segment, rows in profile.groupby("segment", sort=False):
        told = rows[rows["telling"] > 0].sort_values("telling")
        ways = ["high" if effect > 0 else "low" for effect in told["effect"]]
        found[str(segment)] = tuple(zip(told["attribute"], told["level"], ways, strict=True))
    return found


def sizes(segments: Segments, own: Params, values: pd.Series | None = None) -> pd.DataFrame:
    """Tell how large each segment is, and what its members are worth.

    Parameters
    ----------
    segments
        From `find_segments`.
    own
        confidence and min_group are used.
    values
        Value of each unit, such as lifetime value, indexed by customer_id (or the base's first identifier
        where it has none).

    Returns
    -------
    DataFrame
        One row per segment: segment, n, n_eff, share with low and high (Wilson, by n_eff), stability (mean
        overlap with the segment most like it in resamples), together (probability that two members stay
        together), value_n, value_mean with value_low and value_high, value_share (of the units whose value is
        known); NaN where fewer than `min_group` values are known.
    """
    chosen, base = segments.chosen, segments.base
    if chosen is None:
        return pd.DataFrame(columns=SIZES)
    worth = _worth(segments, values)
    known = float(np.nan_to_num(worth) @ base.weights)
    overlap, together = chosen.stability.jaccard.mean(axis=0), _mean(chosen.stability.together)
    rows = []
    for at, name in enumerate(segments.names):
        inside = chosen.solution.labels == at
        share = float(chosen.solution.shares[at])
        ends = wilson_interval(share * base.n_eff, base.n_eff, own.confidence)
        rows.append(
            {
                "segment": name,
                "n": int(inside.sum()),
                "n_eff": float(effective_n(base.weights[inside])),
                "share": share,
                "low": min(ends[0], share),
                "high": max(ends[1], share),
                "stability": float(overlap[at]),
                "together": float(together[at]),
                **_valued(worth[inside], base.weights[inside], known, own),
            }
        )
    return pd.DataFrame(rows)[SIZES]


def _mean(draws: Floats) -> Floats:
    """Mean down the columns of what is known; NaN where nothing is."""
    known = ~np.isnan(draws)
    total = np.where(known, draws, 0).sum(axis=0)
    return np.asarray(total / np.where(known.any(axis=0), known.sum(axis=0), np.nan))


def _worth(segments: Segments, values: pd.Series | None) -> Floats:
    ids = segments.base.ids
    if values is None:
        return np.full(len(ids), np.nan)
    key = ids["customer_id"] if "customer_id" in ids else ids.iloc[:, 0]
    return values.reindex(key).to_numpy(dtype=float)


def _valued(worth: Floats, weights: Floats, total: float, own: Params) -> dict[str, float]:
    n = int((~np.isnan(worth)).sum())
    names = ["value_mean", "value_low", "value_high", "value_share"]
    if n < max(own.min_group, 2):
        return {"value_n": n, **dict.fromkeys(names, np.nan)}
    told = weighted_means(worth, weights)
    low, high = told.interval(own.confidence)
    share = float(np.nan_to_num(worth) @ weights) / total if total else np.nan
    return {"value_n": n, **dict(zip(names, (float(told.mean), float(low), float(high), share), strict=True))}
