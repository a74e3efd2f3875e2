"""Where each brand stands on each attribute: importance stated, expectation, experience, and the gap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.stats import normal_quantile, paired, weighted_means
from cerm_nb.surveys import ITEM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.stats import Floats, Integers, Truths
    from cerm_nb.surveys import Survey

Caveat = tuple[str, "Mapping[str, object]"]


@dataclass(frozen=True, eq=False)
class Levels:
    """Levels in the wave told of.

    Parameters
    ----------
    frame
        One row per attribute and brand, the own brand first: touchpoint, attribute, brand, n, n_eff (answers
        on experience), state (empty, ``few``: under `clear_neff`, ``hidden``: under `min_neff`, all numbers
        NaN), importance_stated with stated_low and stated_high, expectation, experience with experience_low
        and experience_high, gap (experience less expectation, of those who gave both) with gap_low, gap_high,
        gap_n_eff, effect (gap in standard deviations of the paired differences) with effect_low, effect_high,
        gap_relative (gap less the brand's mean gap) and gap_rank (1 the worst).
    all_gaps_negative
        Whether experience falls short of expectation everywhere, so that only relative gaps tell apart.
    caveats
        (key, values) in the order to be shown.
    """

    frame: pd.DataFrame
    all_gaps_negative: bool
    caveats: tuple[Caveat, ...]

    def of(self, brand: str) -> pd.DataFrame:
        """Rows of a brand, in the order of the survey's items."""
        return self.frame[self.frame["brand"] == brand].reset_index(drop=True)


def levels(survey: Survey, own: Params) -> Levels:
    """Tell levels by attribute and brand.

    Parameters
    ----------
    survey
        From `read_survey`.
    own
        min_neff, clear_neff and confidence are used.
    """
    parts = [brand_levels(survey, survey.at(brand), own).assign(brand=brand) for brand in survey.brands]
    frame = pd.concat(parts, ignore_index=True)
    frame.insert(2, "brand", frame.pop("brand"))
    gaps = frame.loc[frame["brand"] == survey.own_brand, "gap"].dropna()
    negative = bool(len(gaps) > 1 and (gaps < 0).all())
    caveats: list[Caveat] = [("all_gaps_negative", {"n": len(gaps), "mean": gaps.mean()})] if negative else []
    cells = frame[np.concatenate([_asked(survey, brand) for brand in survey.brands])]
    for state, key in (("hidden", "cells_hidden"), ("few", "cells_few")):
        n = int((cells["state"] == state).sum())
        if n:
            least = own.min_neff if state == "hidden" else own.clear_neff
            caveats.append((key, {"n": n, "cells": len(cells), "least": least}))
    return Levels(frame, negative, tuple(caveats))


def _asked(survey: Survey, brand: str) -> Truths:
    """Attributes that somebody rated of a brand, or said not to have experienced."""
    rows = survey.at(brand)
    given = ~np.isnan(survey.ratings["experience"][rows]) | survey.not_experienced[rows]
    return np.asarray(given.any(axis=0))


def brand_levels(survey: Survey, rows: Integers, own: Params) -> pd.DataFrame:
    """Levels of some rows of one brand, one row per attribute; see `Levels` for the columns."""
    weights = survey.weights[rows]
    given = {name: values[rows] for name, values in survey.ratings.items()}
    experience = weighted_means(given["experience"], weights)
    gap = paired(given["experience"], given["expectation"], weights)
    shown = gap.n_eff >= own.min_neff
    columns: dict[str, Floats] = {"n": experience.n, "n_eff": experience.n_eff}
    columns |= _means(given["importance"], weights, "importance_stated", "stated", own)
    columns |= {"expectation": _means(given["expectation"], weights, "mean", "mean", own)["mean"]}
    columns |= _means(given["experience"], weights, "experience", "experience", own)
    low, high = gap.interval(own.confidence)
    columns |= {"gap": gap.difference, "gap_low": low, "gap_high": high}
    columns |= effect_size(gap.difference, gap.spread, gap.n_eff, own.confidence)
    kept = {
        name: np.where(shown, columns[name], np.nan) for name in columns if name.startswith(("gap", "effect"))
    }
    frame = survey.items[ITEM].assign(**columns | kept, gap_n_eff=gap.n_eff)
    frame.insert(4, "state", cell_states(experience.n_eff, own))
    hidden = frame["state"] == "hidden"
    told = ["experience", "experience_low", "experience_high"]
    frame[told] = frame[told].mask(hidden)
    return frame.assign(gap_relative=frame["gap"] - frame["gap"].mean(), gap_rank=frame["gap"].rank())


def cell_states(n_eff: Floats, own: Params) -> list[str]:
    """Say which cells are hidden, and which rest on few answers."""
    few = np.where(n_eff < own.clear_neff, "few", "")
    return [str(state) for state in np.where(n_eff < own.min_neff, "hidden", few)]


def _means(values: Floats, weights: Floats, name: str, ends: str, own: Params) -> dict[str, Floats]:
    found = weighted_means(values, weights)
    shown = found.n_eff >= own.min_neff
    low, high = found.interval(own.confidence)
    named = {name: found.mean, f"{ends}_low": low, f"{ends}_high": high}
    return {key: np.where(shown, value, np.nan) for key, value in named.items()}


def effect_size(mean: Floats, spread: Floats, n_eff: Floats, confidence: float) -> dict[str, Floats]:
    """Standardise paired differences: d = mean / spread, with its large-sample interval.

    Notes
    -----
    Variance of d: 1/n + d²/(2n) (Becker 1988). NaN where differences do not vary.
    """
    varies = spread > 0
    d = np.where(varies, mean / np.where(varies, spread, 1.0), np.nan)
    half = normal_quantile(confidence) * np.sqrt((1 + d**2 / 2) / np.maximum(n_eff, 1.0))
    return {"effect": d, "effect_low": d - half, "effect_high": d + half}
