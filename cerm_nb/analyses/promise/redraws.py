"""Intervals over respondents and over what is not known of each: both are redrawn together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.errors import NotEnoughData
from cerm_nb.stats import effective_n

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cerm_nb.stats import Floats, Integers
    from cerm_nb.surveys import SurveyParams

DRAWS = 100  # draws of the part-worths that are used; redraws of respondents vary more than they do


@dataclass(frozen=True, eq=False)
class Redraws:
    """Weights of respondents in the sample and in each redraw of it.

    Parameters
    ----------
    weights
        Shape (1 + redraws, respondents), each row adding up to 1; the first row is the sample.
    draw
        Which draw of the part-worths each redraw takes, shape (redraws,).
    n, n_eff
        Respondents with a weight, and equal ones they are worth.
    confidence
        Coverage of the intervals.
    """

    weights: Floats
    draw: Integers
    n: int
    n_eff: float
    confidence: float

    def means(self, values: Floats) -> Floats:
        """Mean over respondents, of the sample (over all draws of the part-worths) and of each redraw.

        Parameters
        ----------
        values
            Shape (draws, respondents, columns); (1, respondents, columns) where they are no draws.

        Returns
        -------
        ndarray
            Shape (1 + redraws, columns).
        """
        if len(values) == 1:
            return np.asarray(self.weights @ values[0])
        drawn = np.empty((len(self.draw), values.shape[2]))
        for draw in range(len(values)):  # a product of matrices for each draw, without copying values
            taken = self.draw == draw
            drawn[taken] = self.weights[1:][taken] @ values[draw]
        return np.vstack([self.weights[0] @ values.mean(axis=0), drawn])

    def interval(self, drawn: Floats) -> tuple[Floats, Floats]:
        """Cut the same share of redraws off either end, by column.

        Parameters
        ----------
        drawn
            Shape (1 + redraws, columns), the sample first, as from `means`.

        Returns
        -------
        tuple of ndarray
            Low and high, shape (columns,); the sample's value always lies between. NaN where there is one
            respondent, who tells nothing of others.
        """
        if self.n < 2:
            return (np.full(drawn.shape[1], np.nan),) * 2
        tails = [(1 - self.confidence) / 2, (1 + self.confidence) / 2]
        low, high = np.quantile(drawn[1:], tails, axis=0)
        return np.minimum(low, drawn[0]), np.maximum(high, drawn[0])


def spaced(draws: int) -> Integers:
    """Take at most 100 of so many draws of part-worths, evenly."""
    return np.unique(np.linspace(0, draws - 1, min(draws, DRAWS)).round().astype(np.int64))


def redraw(weights: ArrayLike, draws: int, own: SurveyParams) -> Redraws:
    """Redraw respondents with replacement, and a draw of the part-worths with each redraw.

    Parameters
    ----------
    weights
        0 or more, shape (respondents,).
    draws
        Draws of the part-worths there are; 1 where they are estimates without draws.
    own
        bootstrap, seed and confidence are used.

    Raises
    ------
    NotEnoughData
        ``no_respondents`` where nobody has a weight.
    """
    held = np.nan_to_num(np.asarray(weights, dtype=float))
    some = np.flatnonzero(held > 0)
    if not some.size:
        raise NotEnoughData("no_respondents", found=0)
    rng = np.random.default_rng(own.seed)
    times = np.zeros((1 + own.bootstrap, len(held)))
    times[0] = held
    drawn = rng.multinomial(some.size, np.full(some.size, 1 / some.size), size=own.bootstrap)
    times[1:, some] = drawn * held[some]
    which = rng.permutation(np.arange(own.bootstrap) % draws).astype(np.int64)
    total = times.sum(axis=1, keepdims=True)
    return Redraws(times / total, which, some.size, float(effective_n(held)), own.confidence)
