"""Basic, performance and excitement attributes: what a poor rating costs and a good one earns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr

from cerm_nb.analyses.experience.slopes import cells, slopes, within
from cerm_nb.stats import benjamini_hochberg, weighted_means
from cerm_nb.surveys import ITEM

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats, Integers, Truths
    from cerm_nb.surveys import Draws, Survey

CLASSES = ("basic", "performance", "excitement")
LOPSIDED = 1 / 3  # asymmetry from which one side weighs at least twice the other
SPARE = 2  # respondents there must be for each slope


@dataclass(frozen=True, eq=False)
class Classes:
    """Classes of attributes.

    Parameters
    ----------
    reason
        Empty, or why there are none: ``no_outcome``, ``ratings_constant`` or ``too_few_respondents``; then
        every class is ``undetermined``.
    frame
        touchpoint, attribute, turn (the rating in the middle), penalty (points of the outcome lost by a
        rating one below the turn) with penalty_low and penalty_high, reward (points won by one above) with
        reward_low and reward_high, asymmetry (reward less penalty over both, −1 to 1), p_basic,
        p_performance, p_excitement (shares of the draws; what is left to 1 is no effect), class
        (``undetermined`` where none is likely enough, or where, by Benjamini–Hochberg over all attributes,
        its effect may be nothing or both sides of a lopsided one alike) and class_probability (of the
        likeliest).
    n
        Rows it rests on.
    """

    reason: str
    frame: pd.DataFrame
    n: int = 0


def classes(survey: Survey, draws: Draws, own: Params) -> Classes:
    """Tell basic, performance and excitement attributes apart.

    Parameters
    ----------
    survey, draws
        From `read_survey` and `draw_respondents`.
    own
        outcome, min_neff, class_probability and confidence are used.

    Notes
    -----
    Penalty–reward contrasts (Brandt 1987; Matzler & Sauerwein 2002) with the points below and above the
    middle rating in place of two dummies, all attributes at once: y = β₀ + Σ(β⁻ low + β⁺ high), asymmetry
    (|β⁺| − |β⁻|) / (|β⁺| + |β⁻|). Where the larger effect has the wrong sign there is no class.
    """
    outcome = survey.outcomes.get((own.outcome, "overall"))
    if outcome is None:
        return Classes("no_outcome", _undetermined(survey))
    rows = np.flatnonzero(~np.isnan(outcome) & (survey.rows["brand"] == survey.own_brand).to_numpy())
    if not len(rows):
        return Classes("too_few_respondents", _undetermined(survey))
    weights, ratings = survey.weights[rows], survey.ratings["experience"][rows]
    turns = weighted_medians(ratings, weights)
    away = ratings - turns
    below, above = np.minimum(away, 0.0), np.maximum(away, 0.0)
    used = _used(below, above, weights, own)
    people = survey.rows["respondent"].iloc[rows].nunique()
    if (np.nanmax(ratings, axis=0, initial=-np.inf) <= np.nanmin(ratings, axis=0, initial=np.inf)).all():
        return Classes("ratings_constant", _undetermined(survey).assign(turn=turns), len(rows))
    if not used.any() or people < 2 * used.sum() * SPARE:
        return Classes("too_few_respondents", _undetermined(survey).assign(turn=turns), len(rows))
    values = np.column_stack([below[:, used], above[:, used], outcome[rows]])
    found = slopes(within(values, weights, cells(survey, rows)), weights, rows, draws)
    lost, won = (np.full((len(found), len(used)), np.nan) for _ in range(2))
    lost[:, used], won[:, used] = np.hsplit(found, 2)
    return Classes("", _frame(survey, turns, lost, won, used, own), len(rows))


def weighted_medians(values: Floats, weights: Floats) -> Floats:
    """Weighted median down each column; NaN where there is no answer."""
    order = np.argsort(values, axis=0)  # NaN last, with no weight
    ranked = np.take_along_axis(values, order, axis=0)
    held = np.where(np.isnan(ranked), 0.0, weights[order]).cumsum(axis=0)
    first = (held >= held[-1] / 2).argmax(axis=0)
    return np.asarray(np.take_along_axis(ranked, first[None], axis=0)[0])


def _used(below: Floats, above: Floats, weights: Floats, own: Params) -> Truths:
    """Attributes with answers enough on both sides of the turn."""
    sides = (weighted_means(np.where(side != 0, side, np.nan), weights).n_eff for side in (below, above))
    answered = [n_eff >= own.min_neff for n_eff in sides]
    return np.asarray(answered[0] & answered[1])


def _undetermined(survey: Survey) -> pd.DataFrame:
    numbers = ["turn", "penalty", "penalty_low", "penalty_high", "reward", "reward_low", "reward_high"]
    numbers += ["asymmetry", *(f"p_{name}" for name in CLASSES)]
    frame = survey.items[ITEM].reindex(columns=[*ITEM, *numbers])
    unknown: dict[str, Any] = {"class": "undetermined", "class_probability": np.nan}
    return frame.assign(**unknown)


def _frame(
    survey: Survey, turns: Floats, lost: Floats, won: Floats, used: Truths, own: Params
) -> pd.DataFrame:
    tails = [(1 - own.confidence) / 2, (1 + own.confidence) / 2]
    columns: dict[str, Any] = {"turn": turns}
    for name, side in (("penalty", lost), ("reward", won)):
        low, high = np.quantile(np.nan_to_num(side[1:]), tails, axis=0)
        ends = {
            name: side[0],
            f"{name}_low": np.minimum(low, side[0]),
            f"{name}_high": np.maximum(high, side[0]),
        }
        columns |= {key: np.where(used, value, np.nan) for key, value in ends.items()}
    balance = asymmetry(lost, won)
    shares = np.stack([in_class(balance[1:], name).mean(axis=0) for name in CLASSES])
    columns |= {"asymmetry": balance[0]}
    columns |= {
        f"p_{name}": np.where(used, share, np.nan) for name, share in zip(CLASSES, shares, strict=True)
    }
    likeliest = shares.argmax(axis=0).astype(np.int64)
    chance = benjamini_hochberg(np.where(used, _by_chance(lost, won, likeliest), np.nan))
    clear = used & (chance < own.significance) & (shares.max(axis=0) >= own.class_probability)
    named = np.where(clear, np.array(CLASSES, dtype=object)[likeliest], "undetermined")
    columns |= {"class": named, "class_probability": np.where(used, shares.max(axis=0), np.nan)}
    return survey.items[ITEM].assign(**columns)


def _by_chance(lost: Floats, won: Floats, likeliest: Integers) -> Floats:
    """Find p that what makes the likeliest class is none.

    Of a lopsided class that its side outweighs the other, whatever the other's sign: the larger p of both
    (Berger 1982), twice, since the answers chose the side. Of performance that both together are above 0.
    """
    more, both = _above_0(lost - won), _above_0(lost + won)
    less = _above_0(won - lost)
    of_class = np.stack([2 * np.maximum(more, both), both, 2 * np.maximum(less, both)])
    return np.asarray(np.minimum(of_class[likeliest, np.arange(lost.shape[1])], 1.0))


def _above_0(drawn: Floats) -> Floats:
    """One-sided p that the first row is 0, by the spread of the others; NaN where they do not vary."""
    spread = drawn[1:].std(axis=0)
    return np.asarray(ndtr(-drawn[0] / np.where(spread > 0, spread, np.nan)))


def asymmetry(lost: Floats, won: Floats) -> Floats:
    """Compare what is won with what is lost: −1 only lost, 1 only won, NaN where the larger has a wrong sign.

    The smaller counts by its size: a wrong sign makes no attribute more lopsided than none would.
    """
    down, up = np.abs(lost), np.abs(won)
    both, right = down + up, np.where(up > down, won, lost) > 0
    return np.where(right, (up - down) / np.where(both > 0, both, 1.0), np.nan)


def in_class(balance: Floats, name: str) -> Truths:
    """Whether an asymmetry is one of a class."""
    ends = {"basic": balance < -LOPSIDED, "excitement": balance > LOPSIDED}
    return ends[name] if name in ends else np.abs(balance) <= LOPSIDED
