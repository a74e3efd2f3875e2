"""Choices as stages: of each the chosen alternative against its rivals, the one form all models here read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.choice_tasks import Tasks
    from cerm_nb.analyses.promise.coding import Coding
    from cerm_nb.stats import Floats, Integers, Truths


@dataclass(frozen=True, eq=False)
class Stages:
    """Single choices. A best-worst task has two: the best of all, then the worst of the rest.

    Parameters
    ----------
    contrasts
        Columns of each rival less those of the chosen alternative; of the worst the other way round, since
        there utility counts against; 0 in padding; shape (stages, rivals, columns).
    rivals
        Whether the rival exists, shape (stages, rivals).
    respondent
        Index of the respondent of each stage, ascending, shape (stages,).
    """

    contrasts: Floats
    rivals: Truths
    respondent: Integers

    @property
    def chances(self) -> Floats:
        """Probability of the choice where all alternatives are alike, shape (stages,)."""
        return np.asarray(1.0 / (1.0 + self.rivals.sum(axis=1)))

    def where(self, kept: Truths) -> Stages:
        """Keep some of the stages."""
        return Stages(self.contrasts[kept], self.rivals[kept], self.respondent[kept])


class Shares(NamedTuple):
    """Logarithm of the chosen alternative's probability, (…), and its rivals' probabilities, (…, rivals)."""

    log_chosen: Floats
    rivals: Floats


def stages_of(tasks: Tasks, coding: Coding) -> Stages:
    """Turn choice or best-worst tasks into stages."""
    return stages(coding.rows(tasks), tasks.shown, tasks.chosen, tasks.respondent)


def stages(rows: Floats, shown: Truths, chosen: Floats, respondent: Integers) -> Stages:
    """Turn tasks, laid out as columns, into stages.

    Parameters
    ----------
    rows
        Columns of every alternative, shape (tasks, alternatives, columns).
    shown, chosen, respondent
        As in `Tasks`.
    """
    tasks, width, columns = rows.shape
    place = np.arange(tasks)[:, None]
    best = chosen.argmax(axis=1)[:, None]
    others = (best + np.arange(1, width)) % width
    against = rows[place, others] - rows[place, best]
    rival = shown[place, others]
    found = Stages(np.where(rival[..., None], against, 0.0), rival, respondent)
    if not (chosen < 0).any():
        return found
    worst = chosen.argmin(axis=1)[:, None]
    left: Truths = np.asarray(rival & (others != worst))
    below = np.where(left[..., None], rows[place, worst] - rows[place, others], 0.0)
    both = Stages(
        np.stack([found.contrasts, below], axis=1).reshape(2 * tasks, width - 1, columns),
        np.stack([rival, left], axis=1).reshape(2 * tasks, width - 1),
        np.repeat(respondent, 2),
    )
    return both.where(
        np.asarray(both.rivals.any(axis=1))
    )  # of two alternatives the worst is no choice any more


def shares(utility: Floats, rivals: Truths) -> Shares:
    """Turn utilities of rivals, relative to the chosen alternative, into probabilities.

    Parameters
    ----------
    utility
        Shape (…, rivals).
    rivals
        Whether the rival exists, broadcast against `utility`.
    """
    held = np.where(rivals, utility, -np.inf)
    top = np.maximum(held.max(axis=-1, initial=0.0, keepdims=True), 0.0)
    odds = np.exp(held - top)
    total = np.exp(-top) + odds.sum(axis=-1, keepdims=True)
    return Shares(-(top + np.log(total))[..., 0], odds / total)
