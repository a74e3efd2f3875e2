"""What first: importance times what is missing to the level aimed at, for attributes and for touchpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.experience.importance import TOP, among_first, rank_draws
from cerm_nb.analyses.experience.rivals import behind, redrawn_best, rival_means, worth_behind
from cerm_nb.stats import effective_n, weighted_means, wilson_interval
from cerm_nb.surveys import ITEM, find_item

if TYPE_CHECKING:
    from cerm_nb.analyses.experience.importance import Importance
    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats
    from cerm_nb.surveys import Draws, Survey

ENDS = ("low", "high")


@dataclass(frozen=True, eq=False)
class Priorities:
    """What to do first.

    Parameters
    ----------
    source
        Importance it rests on: ``derived``, ``stated`` (where none could be derived), or empty where there is
        neither; then all priorities are NaN.
    attributes
        touchpoint, attribute, weight (importance, 0–1), target, target_from (``params``, ``expectation`` or
        ``best_competitor``), performance, against_low and against_high (performance less the best
        competitor's, whichever that is; NaN where none is known), priority (weight × (target − performance),
        points), low, high, p_top3 (chance to be among the first three; NaN where fewer than six are ranked),
        p_first (the same, among the first half where fewer than six are), rank; NaN where answers are too
        few, also for importance to be derived.
    touchpoints
        touchpoint, stage, n_eff, weight (known importance of its attributes) with weight_low and weight_high,
        below_floor (share of ratings under the floor) with below_low and below_high, reach (share of
        respondents who met it) with reach_low and reach_high, moment_of_truth (weight × below_floor ×
        reach) with moment_low and moment_high, rank, p_top3 (NaN where fewer than six are ranked).
    floor
        Rating below which an experience fails.
    """

    source: str
    attributes: pd.DataFrame
    touchpoints: pd.DataFrame
    floor: float


def priorities(survey: Survey, draws: Draws, found: Importance, best: Floats, own: Params) -> Priorities:
    """Rank attributes and touchpoints, with how sure the ranks are.

    Parameters
    ----------
    survey, draws, found
        From `read_survey`, `draw_respondents` and `derive`.
    best
        Mean experience of the best competitor by item, from `best_levels`; NaN where there is none.
    own
        floor, target, targets, min_neff and confidence are used.

    Notes
    -----
    All draws are of respondents, so importance, performance, expectation and competitors move together as
    they must, and which competitor is the best is found anew in each.
    """
    source, weight = _weights(survey, draws, found, own)
    rows = survey.at()
    given = survey.ratings["experience"][rows]
    performance = draws.means(given, survey.weights[rows], rows)
    answered = weighted_means(given, survey.weights[rows]).n_eff
    known = answered >= own.min_neff
    rivals, n_eff = rival_means(survey, draws, best, own)
    target, origin = _targets(survey, draws, redrawn_best(rivals), own)
    worth = np.where(known, weight * (target - performance), np.nan)
    low, high = behind(performance, rivals, np.minimum(n_eff, answered), own)
    frame = survey.items[ITEM].assign(weight=weight[0], target=target[0], target_from=origin)
    frame = frame.assign(performance=np.where(known, performance[0], np.nan))
    frame = frame.assign(against_low=low, against_high=high, priority=worth[0], **_ranked(worth, own))
    from_best = frame["target_from"].eq("best_competitor") & frame["priority"].notna()
    for name, end in zip(ENDS, worth_behind(weight, performance, rivals, own), strict=True):
        frame[name] = frame[name].mask(from_best, end)
    frame["low"], frame["high"] = (
        frame[["low", "priority"]].min(axis=1),
        frame[["high", "priority"]].max(axis=1),
    )
    floor = own.floor or sum(survey.scale) / 2
    return Priorities(source, frame, _touchpoints(survey, draws, weight, floor, own), floor)


def _weights(survey: Survey, draws: Draws, found: Importance, own: Params) -> tuple[str, Floats]:
    """Take the importance of each item in each draw: derived, else as stated."""
    if not found.reason:
        return "derived", found.shares
    rows = survey.at()
    given = survey.ratings["importance"][rows]
    n_eff = weighted_means(given, survey.weights[rows]).n_eff
    stated = np.where(n_eff >= own.min_neff, draws.means(given, survey.weights[rows], rows), np.nan)
    if not np.isfinite(stated[0]).any():
        return "", np.full(stated.shape, np.nan)
    return "stated", stated / np.nansum(stated, axis=1, keepdims=True)


def _targets(survey: Survey, draws: Draws, best: Floats, own: Params) -> tuple[Floats, list[str]]:
    """Level aimed at by draw and item, and where it comes from."""
    rows = survey.at()
    given = survey.ratings["expectation"][rows]
    asked = weighted_means(given, survey.weights[rows]).n_eff >= own.min_neff
    expected = np.where(asked, draws.means(given, survey.weights[rows], rows), np.nan)
    target = np.where(np.isnan(expected), best, expected)
    origin = np.where(asked, "expectation", np.where(np.isnan(best[0]), "", "best_competitor")).astype(object)
    if own.target:
        target, origin = np.full_like(target, own.target), np.full(len(origin), "params", dtype=object)
    for name, level in own.targets.items():
        at = find_item(survey.items, name)
        target[:, at], origin[at] = level, "params"
    return target, list(origin)


def _ranked(worth: Floats, own: Params) -> dict[str, Floats]:
    """Interval, rank and chance to be among the first of each column."""
    known = np.isfinite(worth[0])
    ranks, ranked = rank_draws(worth), int(known.sum())
    told = dict(zip(ENDS, _ends(worth, own), strict=True)) | {"rank": ranks[0]}
    told |= {
        "p_top3": among_first(ranks, ranked),
        "p_first": among_first(ranks, ranked, min(TOP, ranked // 2)),
    }
    return {name: np.where(known, value, np.nan) for name, value in told.items()}


def _ends(draws: Floats, own: Params) -> tuple[Floats, Floats]:
    """Percentile interval of each column, stretched to hold what the sample says."""
    tail = (1 - own.confidence) / 2
    filled = np.where(np.isfinite(draws[1:]), draws[1:], draws[:1])
    low, high = np.quantile(filled, [tail, 1 - tail], axis=0)
    return np.minimum(low, draws[0]), np.maximum(high, draws[0])


def _touchpoints(survey: Survey, draws: Draws, weight: Floats, floor: float, own: Params) -> pd.DataFrame:
    codes, names = pd.factorize(survey.items["touchpoint"])
    belongs = (codes[:, None] == np.arange(len(names))).astype(float)
    rows = survey.at()
    weights, given = survey.weights[rows], survey.ratings["experience"][rows]
    answered = (~np.isnan(given)).astype(float)
    under = np.nan_to_num((given < floor) * answered) @ belongs
    shares = under / np.where(answered @ belongs > 0, answered @ belongs, np.nan)
    asked = (answered + survey.not_experienced[rows]) @ belongs > 0
    if not survey.not_experienced.any():  # a blank may mean either: count those who answered anything at all
        asked = answered.any(axis=1, keepdims=True)
    met = np.where(asked, (answered @ belongs > 0).astype(float), np.nan)
    below, reach = draws.means(shares, weights, rows), draws.means(met, weights, rows)
    told = np.isfinite(weight).astype(float) @ belongs > 0
    sums = np.where(told, np.nan_to_num(weight) @ belongs, np.nan)
    moment = sums * below * reach
    held = np.where(np.isnan(shares), 0.0, weights[:, None])
    n_eff = effective_n(held)
    moment[:, n_eff < own.min_neff] = np.nan
    columns = {"n_eff": n_eff, "moment_of_truth": moment[0], **_named(moment, "moment", own)}
    columns |= {"weight": sums[0], **_named(sums, "weight", own)}
    columns |= {"below_floor": below[0], **_wilson(below[0], n_eff, "below", own)}
    columns |= {"reach": reach[0], **_wilson(reach[0], effective_n(weights), "reach", own)}
    first = survey.items.groupby("touchpoint", sort=False)["stage"].first().reindex(names)
    ranked = _ranked(moment, own)
    frame = pd.DataFrame({"touchpoint": names, "stage": first.to_numpy()}).assign(**columns)
    return _hidden(frame.assign(rank=ranked["rank"], p_top3=ranked["p_top3"]), own)


def _named(draws: Floats, name: str, own: Params) -> dict[str, Floats]:
    return {f"{name}_{end}": value for end, value in zip(ENDS, _ends(draws, own), strict=True)}


def _wilson(shares: Floats, n_eff: Floats, name: str, own: Params) -> dict[str, list[float]]:
    sizes = np.broadcast_to(n_eff, shares.shape)
    ends = [
        wilson_interval(float(share * size), float(size), own.confidence)
        if np.isfinite(share)
        else (np.nan,) * 2
        for share, size in zip(shares, sizes, strict=True)
    ]
    return {f"{name}_{end}": [pair[at] for pair in ends] for at, end in enumerate(ENDS)}


def _hidden(frame: pd.DataFrame, own: Params) -> pd.DataFrame:
    """Blank what rests on too few answers; importance and reach rest on all."""
    few = frame["n_eff"] < own.min_neff
    told = ["below_floor", "below_low", "below_high"]
    frame[told] = frame[told].mask(few)
    return frame
