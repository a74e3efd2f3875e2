"""Split a segment further only where its parts answer differently, and reliably so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.segments.finding import labels
from cerm_nb.analyses.segments.inputs import scaled
from cerm_nb.stats import effective_n, normal_quantile, student_quantile

if TYPE_CHECKING:
    from cerm_nb.analyses.segments.finding import Segments
    from cerm_nb.analyses.segments.parameters import Params
    from cerm_nb.stats import Floats, Truths

FOLDS = 5
FEWEST = 50  # known responses of a segment below which it is not split
CUTS = 10  # places a number may be cut at
STEPS = 5  # or more to a standard deviation: a cut is a round number, and nobody's own value
SHUFFLES = 999  # of the responses: the smallest p is 1 in 1000
MOST_SHUFFLED = 5000  # units drawn at random for that where there are more
BLOCK = 1_000_000  # responses shuffled at a time
SMALLEST = 0.1  # share of a segment that a part must have, besides `min_group` units
REFINEMENT = [
    "segment", "n", "n_eff", "hit_ratio", "field", "level", "cut", "part_share", "part_hit_ratio", "gain",
    "low", "high", "p", "split", "reason",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Refinement:
    """What a second level of segments would bring.

    Parameters
    ----------
    frame
        One row per segment, columns `REFINEMENT`: its hit ratio; the best cut (a unit is in the part where
        the field is at least `cut`, or is `level`); the part's share and hit ratio on folds that did not
        choose it; the gain over the whole segment with its interval; how often shuffled responses have a part
        that stands out as much (p); and whether to split. reason, where not:
        ``few_responses``, ``one_response``, ``no_fields``, ``no_reliable_gain``.
    members
        Segments of all units after the splits, ``"2a"`` for the part and ``"2b"`` for the others, in the
        order of the base.
    reason
        Why nothing was looked for: ``no_segments``, ``no_responses``; empty where it was.
    """

    frame: pd.DataFrame
    members: np.ndarray[tuple[int, ...], np.dtype[np.object_]]
    reason: str = ""

    @property
    def outcome(self) -> str:
        """``split`` where one is to be split, ``whole`` where a gain was looked for, else ``unknown``."""
        if not self.frame["gain"].notna().any():
            return "unknown"
        return "split" if self.frame["split"].any() else "whole"


@dataclass(frozen=True, eq=False)
class Cut:
    """One column of a field, and where it is cut."""

    field: str
    level: str
    at: float


def second_level(segments: Segments, fields: pd.DataFrame, response: pd.Series, own: Params) -> Refinement:
    """Look for a second level of segments wherever there are segments and responses: see `refine`."""
    reason = "no_segments" if segments.chosen is None else "" if response.notna().any() else "no_responses"
    if not reason:
        return refine(segments, fields, response, own)
    members = np.empty(0, dtype=object)
    if segments.chosen:
        members = np.array(segments.names, dtype=object)[labels(segments)]
    return Refinement(pd.DataFrame(columns=REFINEMENT), members, reason)


def refine(segments: Segments, fields: pd.DataFrame, response: pd.Series, own: Params) -> Refinement:
    """Look in every segment for a part that responds more often.

    Parameters
    ----------
    segments
        From `find_segments`.
    fields
        What a segment may be split by, indexed by the base's first identifier.
    response
        1 where a unit responded, 0 where it did not, empty where it was not asked; the same index. Any
        number serves: the hit ratio is then its mean.
    own
        confidence and seed are used; intervals and tests share it between the segments (Bonferroni).

    Returns
    -------
    Refinement
        A segment is split where its best part stands out more than that of its responses shuffled, cut anew
        each time (Westfall & Young 1993): by chance in (1 − confidence) / 2 of the clients, all segments
        together. The size of the gain is that of cuts chosen on four fifths of the segment and judged on the
        other, five times, so that choosing among many brings no gain of its own; it must be above 0, too. Its
        interval takes these cuts as given, and proves nothing by itself.

    Raises
    ------
    ValueError
        Where no solution was chosen.
    """
    first = segments.base.ids.iloc[:, 0]
    columns, names = _columns(fields.reindex(first))
    answers = response.reindex(first).to_numpy(dtype=float)
    label, weights = labels(segments), segments.base.weights
    level = 1 - (1 - own.confidence) / len(segments.names)
    refined = np.array(segments.names, dtype=object)[label]
    rows = []
    for at, name in enumerate(segments.names):
        inside = (label == at) & ~np.isnan(answers)
        random = np.random.default_rng([own.seed, 10, at])
        least = max(SMALLEST, own.min_group / max(int(inside.sum()), 1))
        told = _judged(columns[inside], names, answers[inside], weights[inside], level, random, least)
        if told["split"]:
            cut = _best_cut(columns[inside], names, answers[inside], weights[inside], least)
            mine = label == at
            part = columns[mine, _place(names, cut)] >= cut.at
            refined[mine] = np.where(part, name + "a", name + "b")
        rows.append({"segment": name, **told})
    return Refinement(pd.DataFrame(rows)[REFINEMENT], refined)


def _columns(fields: pd.DataFrame) -> tuple[Floats, list[tuple[str, str]]]:
    names: list[tuple[str, str]] = []
    blocks: list[Floats] = [np.empty((len(fields), 0))]
    for column in fields:
        text = not pd.api.types.is_numeric_dtype(fields[column])
        levels = sorted(fields[column].dropna().astype(str).unique()) if text else [""]
        names += [(str(column), level) for level in levels]
        values = scaled(fields[column], "standard")
        blocks.append((values > 0).astype(float) if text else values)
    return np.column_stack(blocks), names


def _place(names: list[tuple[str, str]], cut: Cut) -> int:
    return names.index((cut.field, cut.level))


def _judged(
    columns: Floats,
    names: list[tuple[str, str]],
    answers: Floats,
    weights: Floats,
    level: float,
    random: np.random.Generator,
    least: float,
) -> dict[str, object]:
    unknown = dict.fromkeys(["cut", "part_share", "part_hit_ratio", "gain", "low", "high", "p"], np.nan)
    told: dict[str, object] = {
        "n": answers.size,
        "n_eff": float(effective_n(weights)),
        "hit_ratio": float(np.average(answers, weights=weights)) if answers.size else np.nan,
        "field": "",
        "level": "",
        **unknown,
        "split": False,
    }
    if answers.size < FEWEST:
        return {**told, "reason": "few_responses"}
    if np.ptp(answers) == 0:
        return {**told, "reason": "one_response"}
    parts, cuts = _candidates(columns, names, weights, least)
    whole = _best(parts, cuts, answers, weights)
    if not whole.field:
        return {**told, "reason": "no_fields"}
    p = _by_chance(parts, answers, weights, level, random)
    fold = random.permutation(answers.size) % FOLDS
    part = np.zeros(answers.size, dtype=bool)
    for each in range(FOLDS):
        test = fold == each
        cut = _best_cut(columns[~test], names, answers[~test], weights[~test], least)
        if cut.field:
            part[test] = columns[test, _place(names, cut)] >= cut.at
    gain, half = _gain(part, answers, weights, level)
    split = p <= (1 - level) / 2 and bool(gain > 0)
    held = weights * part
    return {
        **told,
        "field": whole.field,
        "level": whole.level,
        "cut": whole.at,
        "part_share": float(held.sum() / weights.sum()),
        "part_hit_ratio": float(held @ answers / held.sum()) if part.any() else np.nan,
        "gain": gain,
        "low": gain - half,
        "high": gain + half,
        "p": p,
        "split": split,
        "reason": "" if split else "no_reliable_gain",
    }


def _gain(part: Truths, answers: Floats, weights: Floats, level: float) -> tuple[float, float]:
    """Hit ratio of the part less that of all, and half its interval, by the influence of each unit."""
    held = weights * part
    if not 0 < held.sum() < weights.sum():
        return np.nan, np.nan
    ours, everyone = float(held @ answers / held.sum()), float(weights @ answers / weights.sum())
    influence = held * (answers - ours) / held.sum() - weights * (answers - everyone) / weights.sum()
    error = float(np.sqrt(np.square(influence).sum()))
    free = float(effective_n(held)) - 1
    t = float(student_quantile(level, free)) if free >= 1 else normal_quantile(level)
    return ours - everyone, t * error


def _best_cut(
    columns: Floats, names: list[tuple[str, str]], answers: Floats, weights: Floats, least: float
) -> Cut:
    """Find the cut whose part, of at least the least share, answers most above the others."""
    return _best(*_candidates(columns, names, weights, least), answers, weights)


def _candidates(
    columns: Floats, names: list[tuple[str, str]], weights: Floats, least: float
) -> tuple[Floats, list[Cut]]:
    """List the cuts whose part is large enough, and who is in it, scaled to one spread: (cuts, units)."""
    parts: list[Floats] = [np.empty((0, weights.size))]
    cuts: list[Cut] = []
    for at, (field, level) in enumerate(names):
        column = columns[:, at]
        known = column[~np.isnan(column)]
        places = np.quantile(known, np.linspace(0, 1, CUTS + 1)[1:]) if known.size else known
        places = np.unique(places if level else _round(places, float(known.std()) if known.size else 0.0))
        held = (column >= places[:, None]).astype(float)
        mass = held @ weights / weights.sum()
        fits = (mass >= least) & (mass <= 1 - least)
        parts.append(held[fits] / np.sqrt(mass[fits] * (1 - mass[fits]))[:, None])
        cuts += [Cut(field, level, float(place)) for place in places[fits]]
    return np.concatenate(parts), cuts


def _best(parts: Floats, cuts: list[Cut], answers: Floats, weights: Floats) -> Cut:
    scores = parts @ (weights * (answers - np.average(answers, weights=weights)))
    if not scores.size or scores.max() <= 0:
        return Cut("", "", np.nan)
    return cuts[int(scores.argmax())]


def _by_chance(
    parts: Floats, answers: Floats, weights: Floats, level: float, random: np.random.Generator
) -> float:
    """Share of shuffles of the responses, the data counted among them, whose best part stands out as much."""
    if answers.size > MOST_SHUFFLED:
        some = random.choice(answers.size, MOST_SHUFFLED, replace=False)
        parts, answers, weights = parts[:, some], answers[some], weights[some]
    # enough of them that the smallest p there can be would decide
    count = max(SHUFFLES, int(np.ceil(4 / (1 - level))))
    shuffles = np.empty((count + 1, answers.size))
    shuffles[0], best = answers, np.empty(count + 1)
    shuffles[1:] = random.permuted(np.broadcast_to(answers, (count, answers.size)), axis=1)
    step = max(1, BLOCK // answers.size)
    for first in range(0, count + 1, step):
        drawn = shuffles[first : first + step]
        away = weights * (drawn - (drawn @ weights / weights.sum())[:, None])
        best[first : first + step] = (parts @ away.T).max(axis=0)
    return float((best >= best[0] * (1 - 1e-9)).mean())


def _round(places: Floats, spread: float) -> Floats:
    """Round to the largest step of 1, 2 or 5 tens that goes into the spread `STEPS` times or more."""
    if not spread > 0:
        return places
    tens = np.floor(np.log10(spread / STEPS))
    step = max(each * 10.0**tens for each in (1, 2, 5) if each * 10.0**tens <= spread / STEPS * (1 + 1e-9))
    return np.asarray(np.round(np.round(places / step) * step, int(max(-tens, 0))))
