"""The truth about the survey: latent plantings, and the means of answers that follow from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from generator import comments
from generator import questionnaire as q
from generator.attributes import ATTRIBUTES
from generator.survey import column, expected, needs, own_means

if TYPE_CHECKING:
    from collections.abc import Mapping

    from generator.respondents import Asked


def tell(asked: Asked, answers: pd.DataFrame) -> dict[str, object]:
    """Tell everything planted in the survey.

    Parameters
    ----------
    asked
        Respondents and the segment shares of those they stand for.
    answers
        The open answers with their themes.
    """
    table = asked.table
    return {
        "waves": list(q.WAVES),
        "scale": [1, 7],
        "codes": {"not_experienced": q.NOT_EXPERIENCED, "no_answer": q.NO_ANSWER},
        "brands": {"own": q.OWN, "competitors": {name: one["en"] for name, one in q.COMPETITORS.items()}},
        "segment_shares": asked.shares,
        "segments_of_respondents": dict(zip(table["respondent"], table["segment"], strict=True)),
        "touchpoints": {name: one._asdict() for name, one in q.TOUCHPOINTS.items()},
        "attributes": [_attribute(at, asked.shares) for at in range(len(ATTRIBUTES))],
        "needs_of_segments": q.SEGMENT_NEEDS,
        "experience_of_segments": [
            {"segment": segment, "touchpoint": touchpoint, "attribute": attribute, "shift": shift}
            for (segment, touchpoint, attribute), shift in q.SEGMENT_EXPERIENCE.items()
        ],
        "circumstances": {name: one._asdict() for name, one in q.CIRCUMSTANCES.items()},
        "outcomes": {
            "levels": q.OUTCOME_LEVELS,
            "weights": q.OUTCOME_WEIGHTS,
            "noise": q.OUTCOME_NOISE,
        },
        "themes": {
            name: {"en": one.en, "unmet": one.unmet, "comments": int((answers["theme"] == name).sum())}
            for name, one in comments.THEMES.items()
        },
    }


def _attribute(at: int, shares: Mapping[str, Mapping[str, float]]) -> dict[str, object]:
    one = ATTRIBUTES[at]
    means = {wave: _means(at, wave, shares[wave]) for wave in q.WAVES}
    return {
        "touchpoint": one.touchpoint,
        "attribute": one.ko,
        "en": one.en,
        "dimension": one.dimension,
        "nature": one.nature,
        "slope": one.slope,
        "class": one.role or "none",
        "turn": one.turn,
        "latent_change": one.change,
        "expected": {
            wave: {
                **{name: round(value, 4) for name, value in found.items()},
                "gap": round(found["experience"] - found["expectation"], 4),
                "ahead": {
                    brand: round(found["experience"] - float(expected(_rival(one, place), "experience")), 4)
                    for place, brand in enumerate(q.COMPETITORS)
                },
            }
            for wave, found in means.items()
        },
    }


def _rival(one: q.Attribute, place: int) -> np.ndarray:
    return np.array(one.experience - one.ahead[place])


def _means(at: int, wave: str, shares: Mapping[str, float]) -> dict[str, float]:
    """Mean answers over the segments as they are among the guests who could have been asked."""
    segments = pd.DataFrame({"segment": list(shares), "wave": wave})
    weights = np.array(list(shares.values()))
    importance = expected(column("importance") + needs(segments["segment"]), "importance")[:, at]
    experience = expected(own_means(segments), "experience")[:, at]
    return {
        "importance": float(weights @ importance),
        "expectation": float(expected(column("expectation"), "expectation")[at]),
        "experience": float(weights @ experience),
    }
