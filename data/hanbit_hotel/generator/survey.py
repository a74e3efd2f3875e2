"""Ratings of a two-wave experience survey: importance, expectation, and experience of us and of competitors.

A latent answer is the planted mean, what the respondent adds to all answers of the measure, what the segment
and the circumstances add, and chance; it is rounded and cut to 1 to 7. Whether a touchpoint is met does not
depend on how it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from generator import questionnaire as q
from generator.attributes import ATTRIBUTES
from generator.random import some, stream

LOWEST, HIGHEST = 1, 7
_WAVES = list(q.WAVES)


@dataclass(frozen=True, eq=False)
class Ratings:
    """Answers as matrices, one row per respondent and wave, one column per attribute.

    Parameters
    ----------
    importance, expectation
        About no brand and about ours.
    experience
        Brand → answers; codes where there is none.
    circumstances
        Variable → value, one per respondent and wave.
    """

    importance: np.ndarray
    expectation: np.ndarray
    experience: dict[str, np.ndarray]
    circumstances: dict[str, np.ndarray]


def rate(seed: int, respondents: pd.DataFrame) -> Ratings:
    """Draw all answers."""
    rng = stream(seed, "survey")
    size = len(respondents)
    scores = {name: rng.standard_normal(size) for name in q.CIRCUMSTANCES}
    importance = _answers(rng, "importance", column("importance") + needs(respondents["segment"]))
    expectation = _answers(rng, "expectation", np.tile(column("expectation"), (size, 1)))
    own = own_means(respondents)
    for name, one in q.CIRCUMSTANCES.items():
        if one.attribute:
            own[:, position(one.touchpoint, one.attribute)] += one.effect * scores[name]
    reach = np.array([q.TOUCHPOINTS[one.touchpoint].reach for one in ATTRIBUTES])
    experience = {q.OWN: _met(rng, _answers(rng, "experience", own, _noise()), reach)}
    for at, (brand, known) in enumerate(q.COMPETITORS.items()):
        means = np.tile([one.experience - one.ahead[at] for one in ATTRIBUTES], (size, 1))
        rated = _met(rng, _answers(rng, "experience", means), reach * q.COMPETITOR_REACH)
        rated[~some(rng, size, known["known"])] = 0
        experience[brand] = rated
    return Ratings(importance, expectation, experience, _circumstances(scores))


def column(name: str) -> np.ndarray:
    """Give a planted value of every attribute, shape (attributes,)."""
    return np.array([getattr(one, name) for one in ATTRIBUTES])


def position(touchpoint: str, attribute: str) -> int:
    """Place of an attribute in the questionnaire."""
    return next(
        at for at, one in enumerate(ATTRIBUTES) if (one.touchpoint, one.ko) == (touchpoint, attribute)
    )


def needs(segment: pd.Series) -> np.ndarray:
    """Give what segments find more or less important, shape (respondents, attributes)."""
    table = {
        name: [shifts.get(one.touchpoint, 0.0) for one in ATTRIBUTES]
        for name, shifts in q.SEGMENT_NEEDS.items()
    }
    return np.array([table[name] for name in table])[pd.Categorical(segment, categories=list(table)).codes]


def own_means(respondents: pd.DataFrame) -> np.ndarray:
    """Latent mean of the experience of us, by wave and segment, shape (respondents, attributes)."""
    second = (respondents["wave"] == _WAVES[1]).to_numpy()
    means = column("experience") + np.outer(second, column("change"))
    for (segment, touchpoint, attribute), shift in q.SEGMENT_EXPERIENCE.items():
        mine = (respondents["segment"] == segment).to_numpy()
        means[mine, position(touchpoint, attribute)] += shift
    return means


def _noise() -> np.ndarray:
    """Give the standard deviation of chance by attribute: circumstances take their part of it."""
    spread = np.full(len(ATTRIBUTES), q.ANSWER_SPREAD["experience"])
    for one in q.CIRCUMSTANCES.values():
        if one.attribute:
            at = position(one.touchpoint, one.attribute)
            spread[at] = np.sqrt(spread[at] ** 2 - one.effect**2)
    return spread


def _answers(
    rng: np.random.Generator, measure: str, means: np.ndarray, noise: np.ndarray | None = None
) -> np.ndarray:
    person = rng.normal(0, q.PERSON_SPREAD[measure], (len(means), 1))
    spread = q.ANSWER_SPREAD[measure] if noise is None else noise
    latent = means + person + rng.standard_normal(means.shape) * spread
    answers = np.clip(np.rint(latent), LOWEST, HIGHEST).astype(np.int64)
    answers[some(rng, answers.size, q.NO_ANSWER_SHARE).reshape(answers.shape)] = q.NO_ANSWER
    return answers


def _met(rng: np.random.Generator, answers: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Mark touchpoints a respondent has not met; all attributes of a touchpoint together."""
    touchpoint = pd.factorize(np.array([one.touchpoint for one in ATTRIBUTES]))[0]
    drawn = rng.random((len(answers), touchpoint.max() + 1))[:, touchpoint]
    return np.where(drawn < reach, answers, q.NOT_EXPERIENCED)


def _circumstances(scores: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {
        name: np.round(one.median * np.exp(one.spread * scores[name]), 1)
        for name, one in q.CIRCUMSTANCES.items()
    }


def expected(mean: np.ndarray, measure: str) -> np.ndarray:
    """Mean of the answers that a latent mean gives, exactly: the sum over the scale of P(answer above)."""
    spread = np.hypot(q.PERSON_SPREAD[measure], q.ANSWER_SPREAD[measure])
    steps = np.arange(LOWEST, HIGHEST) + 0.5
    return LOWEST + norm.sf((steps - np.asarray(mean)[..., None]) / spread).sum(axis=-1)


def long(respondents: pd.DataFrame, ratings: Ratings) -> pd.DataFrame:
    """Lay the ratings out long, one row per answer, with the codes of what is none."""
    parts = [
        _part(respondents, "", "importance", ratings.importance),
        _part(respondents, q.OWN, "expectation", ratings.expectation),
    ]
    parts += [
        _part(respondents, brand, "experience", answers) for brand, answers in ratings.experience.items()
    ]
    table = pd.concat(parts, ignore_index=True)
    return table[table["answer"] > 0].reset_index(drop=True)


def _part(respondents: pd.DataFrame, brand: str, measure: str, answers: np.ndarray) -> pd.DataFrame:
    size, width = answers.shape
    attributes = pd.DataFrame(
        [
            {
                "stage": q.TOUCHPOINTS[one.touchpoint].stage,
                "touchpoint": one.touchpoint,
                "attribute": one.ko,
                "dimension": one.dimension,
                "nature": one.nature,
            }
            for one in ATTRIBUTES
        ]
    )
    table = pd.DataFrame(
        {
            "respondent": np.repeat(respondents["respondent"].to_numpy(), width),
            "wave": np.repeat(respondents["wave"].to_numpy(), width),
            "brand": brand,
        }
    )
    table[list(attributes.columns)] = attributes.to_numpy()[np.tile(np.arange(width), size)]
    return table.assign(measure=measure, answer=answers.ravel().astype(np.int16))
