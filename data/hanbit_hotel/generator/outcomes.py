"""Overall judgements of each brand, made of the ratings by planted slopes.

Rational (emotional) satisfaction is its level plus slope × (rating less its expected mean) over the
rational (emotional) attributes met; a rating counts only below the attribute's `turn` where it is basic
and only above it where it is excitement. Overall satisfaction, loyalty and recommendation follow from both.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from generator import questionnaire as q
from generator import survey
from generator.attributes import ATTRIBUTES
from generator.random import stream

_MEASURES = {
    "rational": ("satisfaction", "rational"),
    "emotional": ("satisfaction", "emotional"),
    "overall": ("satisfaction", "overall"),
    "loyalty": ("loyalty", "overall"),
    "recommendation": ("recommendation", "overall"),
}
_SCALES = {name: (0, 10) if name == "recommendation" else (1, 7) for name in _MEASURES}


def judge(seed: int, respondents: pd.DataFrame, ratings: survey.Ratings) -> pd.DataFrame:
    """Draw the judgements: respondent, wave, brand, measure, nature, answer."""
    rng = stream(seed, "outcomes")
    parts = []
    for brand, answers in ratings.experience.items():
        rated = np.flatnonzero(answers.max(axis=1) > 0)
        who = respondents.iloc[rated][["respondent", "wave"]]
        for name, values in _latent(rng, answers[rated]).items():
            lowest, highest = _SCALES[name]
            measure, nature = _MEASURES[name]
            given = np.clip(np.rint(values), lowest, highest).astype(np.int16)
            parts.append(who.assign(brand=brand, measure=measure, nature=nature, answer=given))
    return pd.concat(parts, ignore_index=True)


def _latent(rng: np.random.Generator, answers: np.ndarray) -> dict[str, np.ndarray]:
    felt = {}
    for nature in ("rational", "emotional"):
        added = contributions(answers)[:, [one.nature == nature for one in ATTRIBUTES]].sum(axis=1)
        felt[nature] = added + rng.normal(0, q.OUTCOME_NOISE[nature], len(answers))
    found = dict(felt)
    for name, weights in q.OUTCOME_WEIGHTS.items():
        added = sum(weight * felt[nature] for nature, weight in weights.items())
        found[name] = added + rng.normal(0, q.OUTCOME_NOISE[name], len(answers))
    return {name: q.OUTCOME_LEVELS[name] + values for name, values in found.items()}


def contributions(answers: np.ndarray) -> np.ndarray:
    """Tell the points of satisfaction each rating adds to the level; 0 where there is none."""
    given = (answers >= survey.LOWEST) & (answers <= survey.HIGHEST)
    found = np.zeros(answers.shape)
    for at, one in enumerate(ATTRIBUTES):
        if one.slope:
            worth = _bent(answers[:, at], one) - _usual(one)
            found[:, at] = np.where(given[:, at], one.slope * worth, 0.0)
    return found


def _bent(rating: np.ndarray, one: q.Attribute) -> np.ndarray:
    if one.role == "basic":
        return np.minimum(rating, one.turn)
    return np.maximum(rating, one.turn) if one.role == "excitement" else rating


def _usual(one: q.Attribute) -> float:
    """Mean of what counts of our ratings in the first wave."""
    spread = np.hypot(q.PERSON_SPREAD["experience"], q.ANSWER_SPREAD["experience"])
    scale = np.arange(survey.LOWEST, survey.HIGHEST + 1)
    above = norm.sf((scale[1:] - 0.5 - one.experience) / spread)
    shares = -np.diff(np.concatenate([[1.0], above, [0.0]]))
    return float(shares @ _bent(scale, one))
