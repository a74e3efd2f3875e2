"""Choices drawn from known part-worths."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.choice_tasks import Tasks

LEVELS = {"checkin": ("desk", "mobile", "room"), "gift": ("no", "tea"), "rate": ("100", "150", "200", "250")}
WORTHS = {"checkin": (-0.6, 0.1, 0.5), "gift": (-0.3, 0.3), "rate": (0.9, 0.3, -0.3, -0.9)}
"""Mean part-worths, zero-sum; that of the rate is linear."""


class Drawn(NamedTuple):
    """Tasks, mean part-worths by label, and those of respondents."""

    tasks: Tasks
    mean: np.ndarray
    individual: np.ndarray


def draw_tasks(
    people=100,
    tasks=10,
    alternatives=3,
    spread=0.5,
    seed=0,
    holdout=0,
    best_worst=False,
    levels=LEVELS,
    worths=WORTHS,
    none=None,
):
    """Draw tasks of random designs; respondents' part-worths have standard deviation `spread` by column."""
    rng = np.random.default_rng(seed)
    sizes = [len(one) for one in levels.values()]
    mean = np.concatenate([worths[name] for name in levels])
    individual = mean + np.column_stack([_spread(rng, people, name, levels[name], spread) for name in levels])
    shape = (people, tasks + holdout, alternatives)
    design = np.stack([rng.integers(size, size=shape) for size in sizes], axis=-1)
    design[:, tasks:] = design[:1, tasks:]
    starts = np.cumsum([0, *sizes[:-1]])
    rows = np.arange(people)[:, None, None, None]
    utility = individual[rows, starts + design].sum(axis=-1)
    absent = np.zeros(shape, bool)
    if none is not None:
        absent[..., -1] = True
        utility[..., -1] = none
        design[absent] = -1
    chosen = _choose(rng, utility, best_worst)
    flat = people * (tasks + holdout)
    drawn = Tasks(
        "best_worst" if best_worst else "choice",
        tuple(levels),
        tuple(levels.values()),
        "rate" if "rate" in levels else "",
        np.array([f"r{at:04}" for at in range(people)], dtype=object),
        np.repeat(np.arange(people), tasks + holdout),
        np.tile([f"t{at:02}" for at in range(tasks + holdout)], people),
        np.tile(np.arange(tasks + holdout) >= tasks, people),
        design.reshape(flat, alternatives, len(sizes)),
        np.ones((flat, alternatives), bool),
        absent.reshape(flat, alternatives),
        chosen.reshape(flat, alternatives),
    )
    return Drawn(drawn, mean, individual)


def _spread(rng, people, name, levels, spread):
    if name == "rate":
        line = np.array(levels, dtype=float)
        return rng.normal(0, spread, (people, 1)) * (line - line.mean()) / (np.ptp(line) / 2)
    away = rng.normal(0, spread, (people, len(levels)))
    return away - away.mean(axis=1, keepdims=True)


def _choose(rng, utility, best_worst):
    chosen = np.zeros(utility.shape)
    best = (utility + rng.gumbel(size=utility.shape)).argmax(axis=-1)[..., None]
    np.put_along_axis(chosen, best, 1.0, axis=-1)
    if best_worst:
        against = rng.gumbel(size=utility.shape) - utility
        np.put_along_axis(against, best, -np.inf, axis=-1)
        np.put_along_axis(chosen, against.argmax(axis=-1)[..., None], -1.0, axis=-1)
    return chosen


def as_rows(tasks: Tasks) -> pd.DataFrame:
    """Write tasks as the client table."""
    task, place, attribute = np.nonzero(np.broadcast_to(tasks.shown[..., None], tasks.design.shape))
    code = tasks.design[task, place, attribute]
    level = [tasks.levels[at][one] if one >= 0 else "" for at, one in zip(attribute, code, strict=True)]
    return pd.DataFrame(
        {
            "respondent": tasks.respondents[tasks.respondent[task]],
            "method": tasks.method,
            "task": tasks.task[task],
            "alternative": (place + 1).astype(str),
            "attribute": np.array(tasks.attributes, dtype=object)[attribute],
            "level": level,
            "chosen": tasks.chosen[task, place],
            "holdout": np.where(tasks.holdout[task], "yes", "no"),
        }
    )
