"""How much each attribute matters, as derived from overall judgements and as customers say themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.simultaneous import simultaneous
from cerm_nb.stats import weighted_means
from cerm_nb.surveys import ITEM

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.stats import Floats, Integers, Truths
    from cerm_nb.surveys import Draws, Survey

Caveat = tuple[str, "Mapping[str, object]"]

SOURCES = ("derived", "stated")
NUMBERS = ["importance_derived", "low", "high"]


@dataclass(frozen=True, eq=False)
class Weights:
    """Importance of attributes, each as multiple of the average attribute's.

    Parameters
    ----------
    frame
        touchpoint, attribute, derived with derived_low and derived_high, stated with stated_low and
        stated_high, stated_n_eff, class (of the published attributes), matters: ``more`` than the average
        attribute (by either measure), ``less`` (by every measure known), ``undetermined``, or empty where
        neither is known.
    stated
        Mean importance stated, points of the scale, in the sample and each draw, shape (1 + draws, items).
    stated_by
        ``target_customers``, ``all``, or empty where importance was not asked.
    respondents
        Respondents whose stated importance counts.
    caveats
        (key, values) in the order to be shown.
    """

    frame: pd.DataFrame
    stated: Floats
    stated_by: str
    respondents: int
    caveats: tuple[Caveat, ...]


def weigh_attributes(
    survey: Survey,
    draws: Draws,
    attributes: pd.DataFrame | None,
    target_respondents: Collection[str] | None,
    own: Params,
) -> Weights:
    """Tell how much attributes matter.

    Parameters
    ----------
    survey, draws
        From `read_survey` and `draw_respondents`.
    attributes
        Published by the experience question, or None.
    target_respondents
        Respondents who are target customers, or None where they are not known. Where too few of them said
        how important attributes are, all respondents count.
    own
        min_neff and confidence are used.
    """
    rows, who, caveats = _asked(survey, target_respondents, own)
    given, weights = survey.ratings["importance"][rows], survey.weights[rows]
    n_eff = weighted_means(given, weights).n_eff
    shown = n_eff >= own.min_neff
    stated = np.where(shown, draws.means(given, weights, rows), np.nan)
    ratio = _ratio(stated, shown)
    found = simultaneous(ratio, n_eff, own.confidence)
    frame = survey.items[ITEM].merge(_derived(survey, attributes), on=ITEM, how="left")
    frame["class"] = frame["class"].fillna("")
    columns = {
        "stated": found.value,
        "stated_low": found.low,
        "stated_high": found.high,
        "stated_n_eff": n_eff,
    }
    frame = frame.assign(**columns)
    frame["matters"] = _matters(frame)
    if not np.isfinite(frame["derived"]).any():
        caveats.append(("importance_not_derived", {}))
    who = who if shown.any() else ""
    return Weights(frame, stated, who, survey.rows["respondent"].iloc[rows].nunique(), tuple(caveats))


def _asked(
    survey: Survey, target_respondents: Collection[str] | None, own: Params
) -> tuple[Integers, str, list[Caveat]]:
    """Rows of the target customers, or of everybody where too few of them answered."""
    rows = survey.at()
    said = np.isfinite(survey.ratings["importance"][rows]).any(axis=1)
    if target_respondents is None:
        return rows[said], "all", [("target_customers_unknown", {})] if said.any() else []
    chosen = survey.rows["respondent"].iloc[rows].isin(set(target_respondents)).to_numpy() & said
    given = survey.ratings["importance"][rows[chosen]]
    enough = weighted_means(given, survey.weights[rows[chosen]]).n_eff.max(initial=0.0) >= own.min_neff
    if enough:
        return rows[chosen], "target_customers", []
    few: Caveat = ("target_customers_few", {"n": int(chosen.sum()), "least": own.min_neff})
    return rows[said], "all", [few] if said.any() else []


def _ratio(stated: Floats, shown: Truths) -> Floats:
    """Multiples of the average attribute's importance in the sample and each draw."""
    kept = np.isfinite(stated) & shown
    total, size = np.where(kept, stated, 0.0).sum(axis=1), kept.sum(axis=1)
    average = np.where(total > 0, total / np.maximum(size, 1), np.nan)
    return np.asarray(stated / average[:, None])


def _derived(survey: Survey, attributes: pd.DataFrame | None) -> pd.DataFrame:
    """Take published shares of importance as multiples of an equal share."""
    columns = [*ITEM, "derived", "derived_low", "derived_high", "class"]
    if attributes is None or attributes.empty:
        return pd.DataFrame(columns=columns).astype(dict.fromkeys(columns[2:5], float))
    ours = attributes[attributes["brand"] == survey.own_brand].drop_duplicates(ITEM)
    known = int(ours["importance_derived"].notna().sum())
    named = dict(zip(NUMBERS, columns[2:5], strict=True))
    told = ours[[*ITEM, *NUMBERS, "class"]].rename(columns=named)
    return told.assign(**{name: told[name].astype(float) * known for name in columns[2:5]})


def _matters(frame: pd.DataFrame) -> np.ndarray:
    known = [np.isfinite(frame[name].to_numpy(dtype=float)) for name in SOURCES]
    more = [(frame[f"{name}_low"] > 1).to_numpy() for name in SOURCES]
    less = [(frame[f"{name}_high"] < 1).to_numpy() for name in SOURCES]
    every = (less[0] | ~known[0]) & (less[1] | ~known[1])
    rules = [~known[0] & ~known[1], more[0] | more[1], every]
    return np.asarray(np.select(rules, ["", "more", "less"], "undetermined"), dtype=object)
