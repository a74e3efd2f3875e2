"""The value curve: attributes of our brand and of each competitor, and what can be said of their distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.simultaneous import simultaneous
from cerm_nb.analyses.promise.standing import against_best, standings
from cerm_nb.stats import benjamini_hochberg, weighted_means
from cerm_nb.stats.equivalence import equivalence
from cerm_nb.surveys import ITEM

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.stats import Floats
    from cerm_nb.surveys import Draws, Survey

Caveat = tuple[str, "Mapping[str, object]"]


@dataclass(frozen=True, eq=False)
class ValueCurve:
    """Levels of all brands in the wave told of, and our distance to each competitor.

    Parameters
    ----------
    frame
        One row per attribute and brand, the own brand first: touchpoint, attribute, brand, n, n_eff, state
        (empty, ``few``: under `clear_neff`, ``hidden``: under `min_neff`, all numbers NaN), mean with low and
        high; difference (ours less theirs) with diff_low, diff_high, p_adjusted, p_parity and standing:
        ``ahead``, ``behind``, ``parity`` (surely within the margin), ``undetermined``, or empty where either
        is hidden. In the rows of the own brand they are against the best competitor, whichever that is, and
        `best` names the one whose mean is the highest. Means are one family of simultaneous intervals,
        differences another.
    means
        Mean of each brand in the sample and in each draw, shape (brands, 1 + draws, items), NaN where
        hidden.
    n_eff
        Effective answers behind them, shape (brands, items).
    margin
        Difference that does not matter.
    caveats
        (key, values) in the order to be shown.
    """

    frame: pd.DataFrame
    means: Floats
    n_eff: Floats
    margin: float
    caveats: tuple[Caveat, ...]

    def of(self, brand: str) -> pd.DataFrame:
        """Rows of a brand, in the order of the survey's items."""
        return self.frame[self.frame["brand"] == brand].reset_index(drop=True)

    @property
    def own(self) -> pd.DataFrame:
        """Rows of the own brand."""
        return self.frame.iloc[: self.means.shape[2]].reset_index(drop=True)


def value_curve(survey: Survey, draws: Draws, own: Params) -> ValueCurve:
    """Compare brands attribute by attribute.

    Parameters
    ----------
    survey, draws
        From `read_survey` and `draw_respondents`.
    own
        parity_margin, min_neff, clear_neff and confidence are used.

    Notes
    -----
    Parity is two one-sided tests against the margin (Schuirmann 1987), adjusted after Benjamini & Hochberg
    over the grid, and goes before difference: what surely lies within the margin does not matter. Ahead and
    behind are told where the simultaneous interval of the difference leaves out 0. Everything else is
    undetermined: no difference found is no parity.
    """
    means, n, n_eff = _means(survey, draws, own)
    level = simultaneous(np.moveaxis(means, 0, 1), n_eff, own.confidence)
    frame = pd.concat([survey.items[ITEM].assign(brand=brand) for brand in survey.brands], ignore_index=True)
    few = np.where(n_eff < own.clear_neff, "few", "")
    columns = {"n": n, "n_eff": n_eff, "state": np.where(n_eff < own.min_neff, "hidden", few)}
    columns |= {"mean": level.value, "low": level.low, "high": level.high}
    columns |= _differences(means, n_eff, own)
    frame = frame.assign(**{name: np.ravel(value) for name, value in columns.items()})
    frame["best"] = np.concatenate([_best(means, survey.brands), np.full(n[1:].size, "", dtype=object)])
    return ValueCurve(frame, means, n_eff, own.parity_margin, tuple(_caveats(frame, survey, own)))


def _means(survey: Survey, draws: Draws, own: Params) -> tuple[Floats, Floats, Floats]:
    means, n, n_eff = [], [], []
    for brand in survey.brands:
        rows = survey.at(brand)
        given, weights = survey.ratings["experience"][rows], survey.weights[rows]
        found = weighted_means(given, weights)
        means.append(np.where(found.n_eff >= own.min_neff, draws.means(given, weights, rows), np.nan))
        n.append(found.n)
        n_eff.append(found.n_eff)
    return np.array(means), np.array(n), np.array(n_eff)


def _differences(means: Floats, n_eff: Floats, own: Params) -> dict[str, np.ndarray]:
    """Ours less each competitor's, shape (brands, items), and in the first row less the best one's."""
    apart = np.moveaxis(means[:1] - means[1:], 0, 1)
    smaller = np.minimum(n_eff[:1], n_eff[1:])
    found = simultaneous(apart, smaller, own.confidence)
    tested = equivalence(found.value, found.error, found.degrees, own.parity_margin)
    best = against_best(found, tested)
    parity = np.vstack([best["p_parity"], tested.p])
    # two families: each competitor by itself, and the best of them
    parity = np.vstack([benjamini_hochberg(parity[:1]), benjamini_hochberg(parity[1:])])
    columns = {"difference": found.value, "diff_low": found.low, "diff_high": found.high}
    columns |= {"p_adjusted": found.p_adjusted}
    joined = {name: np.vstack([best[name], value]) for name, value in columns.items()}
    joined["p_parity"] = parity
    level = 1 - own.confidence
    return {**joined, "standing": standings(joined["diff_low"], joined["diff_high"], parity, level)}


def _best(means: Floats, brands: tuple[str, ...]) -> np.ndarray:
    """Name of the competitor with the highest mean of each attribute; empty where there is none."""
    names = np.array(["", *brands[1:]], dtype=object)
    rivals = np.nan_to_num(means[1:, 0], nan=-np.inf)
    if not len(rivals):
        return np.full(means.shape[2], "", dtype=object)
    return np.asarray(np.where(np.isfinite(rivals.max(axis=0)), names[1 + rivals.argmax(axis=0)], ""))


def _caveats(frame: pd.DataFrame, survey: Survey, own: Params) -> Iterator[Caveat]:
    asked = frame[frame["n"] > 0]
    for state, key in (("hidden", "cells_hidden"), ("few", "cells_few")):
        n = int((asked["state"] == state).sum())
        if n:
            least = own.min_neff if state == "hidden" else own.clear_neff
            yield key, {"n": n, "cells": len(asked), "least": least}
    if len(survey.brands) < 2:
        yield "no_competitors", {}
        return
    told = frame[(frame["brand"] != survey.own_brand) & (frame["standing"] != "")]
    unknown = int((told["standing"] == "undetermined").sum())
    if unknown:
        yield "standings_undetermined", {"n": unknown, "cells": len(told), "margin": own.parity_margin}
