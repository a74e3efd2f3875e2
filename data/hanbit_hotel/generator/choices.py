"""Choice tasks: a choice-based conjoint with a price, and best-worst tasks, from individual part-worths.

A respondent's part-worths are the segment's plus a normal draw; the chosen alternative has the highest
utility after Gumbel errors of scale 1. Of best and worst the best is drawn first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from generator.random import stream

TASKS, ALTERNATIVES, HOLDOUTS = 10, 3, 2
BEST_WORST_TASKS, SHOWN = 9, 4
SPREAD = 0.35
"""Standard deviation of part-worths and item utilities between respondents of a segment; none in price."""
PRICE_UNIT = 100_000
PRICES = (180_000, 230_000, 280_000, 330_000)
PRICE_PART_WORTH = {"convenience": -0.9, "family": -1.3, "experience": -0.7, "value": -2.2}
"""Utility of 100,000 KRW more a night."""

PART_WORTHS = {
    "체크인": {
        "프런트": (0.0, 0.0, 0.0, 0.0),
        "모바일": (1.0, 0.3, -0.2, 0.4),
        "객실에서 맞이": (0.5, 0.5, 1.2, 0.1),
    },
    "조식": {
        "없음": (0.0, 0.0, 0.0, 0.0),
        "기본": (0.4, 1.0, 0.5, 0.8),
        "지역 특선": (0.5, 1.3, 1.3, 0.7),
    },
    "체크아웃": {
        "11시": (0.0, 0.0, 0.0, 0.0),
        "13시": (0.5, 0.6, 0.5, 0.3),
        "15시": (0.8, 0.9, 0.9, 0.4),
    },
    "환영": {
        "없음": (0.0, 0.0, 0.0, 0.0),
        "환영 차": (0.1, 0.3, 0.7, 0.1),
        "지역 체험 초대": (0.0, 0.7, 1.4, 0.1),
    },
}
"""Attribute → level → utility against its first level, by segment in the order of `planted.SEGMENTS`."""

ITEMS = {
    "빠른 체크인": (1.4, 0.2, 0.0, 0.4),
    "끊기지 않는 무선인터넷": (1.5, 0.4, 0.1, 0.6),
    "조용한 객실": (0.9, 0.8, 0.7, 0.5),
    "깨끗한 객실": (1.2, 1.3, 1.0, 1.2),
    "아이와 함께하는 시설": (-1.2, 1.6, -0.7, -0.2),
    "지역을 느끼는 음식": (-0.4, 0.3, 1.5, -0.3),
    "나를 기억하는 직원": (0.2, 0.1, 1.6, -0.3),
    "따뜻한 배웅": (-0.5, 0.0, 0.9, -0.4),
    "낮은 요금": (0.0, 0.5, -0.6, 1.9),
    "포인트 혜택": (0.5, 0.0, -0.5, 0.9),
    "멋진 전망": (-0.4, 0.6, 1.2, 0.0),
    "늦은 체크아웃": (0.0, 0.0, 0.0, 0.0),
}
"""Item → utility by segment; the last one is the reference."""


class Utilities(NamedTuple):
    """Individual utilities: respondents, part-worths (columns of `levels`, then price), items."""

    respondents: np.ndarray
    part_worths: np.ndarray
    items: np.ndarray


def levels() -> list[tuple[str, str]]:
    """List attribute and level of every part-worth but that of price."""
    return [(attribute, level) for attribute, worth in PART_WORTHS.items() for level in worth]


def utilities(seed: int, respondents: np.ndarray, segment: np.ndarray) -> Utilities:
    """Draw each respondent's part-worths and item utilities."""
    rng = stream(seed, "utilities")
    kind = pd.Categorical(segment, categories=list(PRICE_PART_WORTH)).codes
    means = np.array([PART_WORTHS[attribute][level] for attribute, level in levels()]).T[kind]
    reference = np.array([level == next(iter(PART_WORTHS[attribute])) for attribute, level in levels()])
    worths = means + rng.normal(0, SPREAD, means.shape) * ~reference
    price = np.array(list(PRICE_PART_WORTH.values()))[kind]
    items = np.array(list(ITEMS.values())).T[kind]
    items = items + rng.normal(0, SPREAD, items.shape) * (np.arange(len(ITEMS)) < len(ITEMS) - 1)
    return Utilities(respondents, np.column_stack([worths, price]), items)


def conjoint(seed: int, worth: Utilities) -> pd.DataFrame:
    """Draw the choice-based conjoint; the hold-out tasks are the same for everybody."""
    rng = stream(seed, "conjoint")
    people, tasks, attributes = len(worth.respondents), TASKS + HOLDOUTS, len(PART_WORTHS)
    shape = (people, tasks, ALTERNATIVES, attributes + 1)
    design = np.empty(shape, dtype=np.int64)
    # the alternatives of a task take different levels of every attribute
    for at, choice in enumerate([*(len(one) for one in PART_WORTHS.values()), len(PRICES)]):
        order = np.argsort(rng.random((people, tasks, max(choice, ALTERNATIVES))), axis=-1)
        design[..., at] = order[..., :ALTERNATIVES] % choice
    design[:, TASKS:] = design[:1, TASKS:]
    chosen = (_utility(design, worth) + rng.gumbel(size=shape[:3])).argmax(axis=-1)
    return _conjoint_rows(design, chosen, worth.respondents)


def _utility(design: np.ndarray, worth: Utilities) -> np.ndarray:
    person = np.arange(len(worth.respondents))[:, None, None]
    total = worth.part_worths[:, -1][:, None, None] * np.array(PRICES)[design[..., -1]] / PRICE_UNIT
    first = 0
    for at, one in enumerate(PART_WORTHS.values()):
        total = total + worth.part_worths[person, first + design[..., at]]
        first += len(one)
    return total


def _conjoint_rows(design: np.ndarray, chosen: np.ndarray, respondents: np.ndarray) -> pd.DataFrame:
    width = design.shape[-1]
    person, task, alternative = (
        part.ravel() for part in np.meshgrid(*map(np.arange, design.shape[:3]), indexing="ij")
    )
    names = [*PART_WORTHS, "요금"]
    texts = [list(one) for one in PART_WORTHS.values()] + [[str(price) for price in PRICES]]
    flat = design.reshape(-1, width)
    parts = [
        pd.DataFrame(
            {
                "respondent": respondents[person],
                "method": "choice",
                "task": "C" + pd.Series(task + 1).astype(str).str.zfill(2),
                "alternative": (alternative + 1).astype(str),
                "attribute": name,
                "level": np.array(texts[at], dtype=object)[flat[:, at]],
                "chosen": (chosen[person, task] == alternative).astype(np.int8),
                "holdout": np.where(task >= TASKS, "yes", "no"),
            }
        )
        for at, name in enumerate(names)
    ]
    return pd.concat(parts, ignore_index=True).sort_values(
        ["respondent", "task", "alternative"], kind="stable", ignore_index=True
    )


def best_worst(seed: int, worth: Utilities) -> pd.DataFrame:
    """Draw the best-worst tasks: every item is shown equally often to everybody."""
    rng = stream(seed, "best worst")
    people = len(worth.respondents)
    rounds = BEST_WORST_TASKS * SHOWN // len(ITEMS)
    order = np.argsort(rng.random((people, rounds, len(ITEMS))), axis=-1)
    shown = order.reshape(people, BEST_WORST_TASKS, SHOWN)
    utility = np.take_along_axis(worth.items[:, None, :], shown, axis=-1)
    best = (utility + rng.gumbel(size=shown.shape)).argmax(axis=-1)[..., None]
    against = -utility + rng.gumbel(size=shown.shape)
    np.put_along_axis(against, best, -np.inf, axis=-1)
    worst = against.argmax(axis=-1)[..., None]
    place = np.arange(SHOWN)
    chosen = (place == best).astype(np.int8) - (place == worst).astype(np.int8)
    person, task, alternative = (
        part.ravel() for part in np.meshgrid(*map(np.arange, shown.shape), indexing="ij")
    )
    item = np.array(list(ITEMS), dtype=object)[shown.ravel()]
    return pd.DataFrame(
        {
            "respondent": worth.respondents[person],
            "method": "best_worst",
            "task": "B" + pd.Series(task + 1).astype(str).str.zfill(2),
            "alternative": (alternative + 1).astype(str),
            "attribute": "항목",
            "level": item,
            "chosen": chosen.ravel(),
            "holdout": "no",
        }
    )


def willingness_to_pay() -> dict[str, dict[str, dict[str, float]]]:
    """Tell what each level is worth against the attribute's first, KRW a night, by segment."""
    return {
        segment: {
            attribute: {level: round(worth[at] / -price * PRICE_UNIT) for level, worth in one.items()}
            for attribute, one in PART_WORTHS.items()
        }
        for at, (segment, price) in enumerate(PRICE_PART_WORTH.items())
    }


def truth(worth: Utilities) -> dict[str, object]:
    """Tell part-worths, items and willingness to pay, by segment and by respondent."""
    columns = [f"{attribute}: {level}" for attribute, level in levels()]
    return {
        "part_worths": {
            "model": "multinomial logit, error scale 1; level 1 of each attribute is 0",
            "price_unit": PRICE_UNIT,
            "spread_between_respondents": SPREAD,
            "segments": {
                segment: {
                    "요금": price,
                    **{
                        attribute: {level: values[at] for level, values in one.items()}
                        for attribute, one in PART_WORTHS.items()
                    },
                }
                for at, (segment, price) in enumerate(PRICE_PART_WORTH.items())
            },
            "columns_of_respondents": [*columns, "요금"],
            "respondents": dict(zip(worth.respondents, worth.part_worths.round(4).tolist(), strict=True)),
        },
        "best_worst": {
            "items": {
                segment: {item: values[at] for item, values in ITEMS.items()}
                for at, segment in enumerate(PRICE_PART_WORTH)
            },
            "columns_of_respondents": list(ITEMS),
            "respondents": dict(zip(worth.respondents, worth.items.round(4).tolist(), strict=True)),
        },
        "willingness_to_pay": willingness_to_pay(),
    }
