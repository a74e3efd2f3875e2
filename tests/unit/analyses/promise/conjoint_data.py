"""Part-worths and tasks made up for tests."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.choice_tasks import read_tasks
from cerm_nb.analyses.promise.coding import coding_of
from cerm_nb.analyses.promise.hierarchical import PartWorths
from cerm_nb.surveys import SurveyParams

LEVELS = {
    "checkin": ["desk", "mobile", "room"],
    "breakfast": ["basic", "local", "none"],
    "price": ["100", "150", "200"],
}
OWN = SurveyParams(bootstrap=200, seed=3)


COLUMNS = ["respondent", "method", "task", "alternative", "attribute", "level", "chosen", "holdout"]


def choice_rows(people=12, tasks=6, seed=1, none=False, holdout=0, utility=None):
    """Rows of the client table: three alternatives at random, chosen by utility (respondent, codes)."""
    rng = np.random.default_rng(seed)
    sizes = [len(one) for one in LEVELS.values()]
    fixed = rng.integers(0, sizes, (holdout, 3, len(sizes)))
    rows = []
    for person in range(people):
        for task, codes in enumerate([*rng.integers(0, sizes, (tasks, 3, len(sizes))), *fixed]):
            worth = [0.0 if utility is None else utility(person, one) for one in codes]
            best = int(np.argmax(np.array(worth) + rng.gumbel(size=3)))
            start, kept = (f"r{person:03}", "choice", f"t{task:02}"), "yes" if task >= tasks else "no"
            for alternative, one in enumerate(codes):
                shown = [levels[code] for levels, code in zip(LEVELS.values(), one, strict=True)]
                end = int(alternative == best), kept
                rows += [(*start, str(alternative), *both, *end) for both in zip(LEVELS, shown, strict=True)]
            rows += [(*start, "none", name, "", 0, kept) for name in LEVELS if none]
    return pd.DataFrame(rows, columns=COLUMNS)


def rating_rows(profiles, ratings):
    """Rows of rating tasks: profiles (profiles of attribute → level), ratings (respondents, profiles)."""
    rows = [
        (f"r{person:03}", "rating", f"t{at:02}", "1", name, level, float(ratings[person][at]), "no")
        for person in range(len(ratings))
        for at, profile in enumerate(profiles)
        for name, level in profile.items()
        if not np.isnan(ratings[person][at])
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def coding(price="price", linear=True, **told):
    """Coding of tasks that show all levels."""
    return coding_of(read_tasks(choice_rows(people=20, **told), "choice", price), linear_price=linear)


def part_worths(levels, given=None):
    """Part-worths of respondents from those of their levels, shape (draws if any, respondents, labels)."""
    given = given or coding()
    worths = np.asarray(levels, dtype=float)
    worths = worths[None] if worths.ndim == 2 else worths
    draws = worths @ np.linalg.pinv(given.basis).T
    empty = pd.DataFrame()
    names = np.array([f"r{at:03}" for at in range(draws.shape[1])])
    mean = draws.mean(axis=(0, 1))[None, None]
    return PartWorths(given, names, draws, mean, empty, empty, empty, True)
