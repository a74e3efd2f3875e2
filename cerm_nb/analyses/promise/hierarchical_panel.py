"""Choices laid out by respondent, and the likelihood of every respondent in all chains at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cerm_nb.analyses.promise.logit_stages import shares

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.logit_stages import Stages
    from cerm_nb.stats import Floats


class Likelihood(NamedTuple):
    """Log-likelihood (chains, respondents) and its gradient (chains, respondents, columns)."""

    value: Floats
    gradient: Floats


@dataclass(frozen=True, eq=False)
class Panel:
    """Stages by respondent, padded to the longest.

    Parameters
    ----------
    contrasts
        Shape (respondents, rivals × stages, columns).
    offset
        0 where the rival exists and minus infinity where not, shape (respondents, rivals, stages, 1).
    information
        Of each respondent at the pooled estimate, shape (respondents, columns, columns).
    """

    contrasts: Floats
    offset: Floats
    information: Floats

    def likelihood(self, worths: Floats) -> Likelihood:
        """Sum over each respondent's choices at coefficients (chains, respondents, columns)."""
        utility = np.matmul(self.contrasts, np.ascontiguousarray(worths.transpose(1, 2, 0)))
        odds = utility.reshape(*self.offset.shape[:3], -1) + self.offset
        np.exp(np.minimum(odds, 500.0, out=odds), out=odds)  # so unlikely a choice is never accepted anyway
        total = odds.sum(axis=1, keepdims=True)
        value = -np.log1p(total).sum(axis=(1, 2)).T
        odds /= 1.0 + total
        gradient = -np.matmul(self.contrasts.transpose(0, 2, 1), odds.reshape(utility.shape))
        return Likelihood(value, np.ascontiguousarray(gradient.transpose(2, 0, 1)))


def panel(choices: Stages, respondents: int, coefficients: Floats) -> Panel:
    """Lay stages out by respondent.

    Parameters
    ----------
    choices
        From `stages_of`.
    respondents
        Number of respondents; those without a stage get the population's distribution.
    coefficients
        The pooled estimate, shape (columns,).
    """
    count = np.bincount(choices.respondent, minlength=respondents)
    place = np.arange(len(choices.respondent)) - np.repeat(np.cumsum(count) - count, count)
    width, columns = choices.contrasts.shape[1:]
    contrasts = np.zeros((respondents, width, count.max(initial=0), columns))
    contrasts[choices.respondent, :, place] = choices.contrasts
    offset = np.full((*contrasts.shape[:3], 1), -np.inf)
    offset[choices.respondent, :, place, 0] = np.where(choices.rivals, 0.0, -np.inf)
    information = np.zeros((respondents, columns, columns))
    np.add.at(information, choices.respondent, _information(choices, coefficients))
    return Panel(contrasts.reshape(respondents, -1, columns), offset, information)


def _information(choices: Stages, coefficients: Floats) -> Floats:
    rivals = shares(choices.contrasts @ coefficients, choices.rivals).rivals
    weighted = choices.contrasts * rivals[..., None]
    mean = weighted.sum(axis=1)
    within = np.matmul(weighted.transpose(0, 2, 1), choices.contrasts)
    return np.asarray(within - mean[:, :, None] * mean[:, None])
