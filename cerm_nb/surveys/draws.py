"""Bootstrap of respondents: every statistic comes from sums over them, and only the sums are redrawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Integers
    from cerm_nb.surveys.parameters import SurveyParams
    from cerm_nb.surveys.survey import Survey

GROUPS = 1_000  # respondents beyond that are redrawn in random groups of them


@dataclass(frozen=True, eq=False)
class Draws:
    """How often each respondent is drawn.

    Parameters
    ----------
    group
        Group of each row of the survey; a respondent's rows, of all waves and brands, are one draw.
    times
        How often each group is drawn, shape (1 + draws, groups); the first row is the sample itself.
    """

    group: Integers
    times: Floats

    @property
    def groups(self) -> int:
        """Groups that are drawn."""
        return int(self.times.shape[1])

    def total(self, columns: Floats, rows: Integers) -> Floats:
        """Sum columns over the rows of each draw.

        Parameters
        ----------
        columns
            Shape (rows, columns), without NaN.
        rows
            Positions of the rows in the survey, shape (rows,).

        Returns
        -------
        ndarray
            Shape (1 + draws, columns).
        """
        group = self.group[rows]
        alone = len(rows) <= self.groups and len(np.unique(group)) == len(rows)
        if alone or len(self.times) == 1:
            return np.asarray(self.times[:, group] @ columns)
        there, place = np.unique(group, return_inverse=True)
        belongs = csr_matrix((np.ones(len(rows)), (place, np.arange(len(rows)))), (len(there), len(rows)))
        return np.asarray(self.times[:, there] @ (belongs @ columns))

    def means(self, values: Floats, weights: Floats, rows: Integers) -> Floats:
        """Weighted means of columns in each draw, NaN where nobody drawn has an answer.

        Parameters
        ----------
        values, weights
            Shapes (rows, columns) with NaN where there is no answer, and (rows,).
        rows
            Positions of the rows in the survey.
        """
        given = ~np.isnan(values)
        held = np.where(given, weights[:, None], 0.0)
        total = self.total(np.hstack([held, held * np.where(given, values, 0.0)]), rows)
        below, above = np.hsplit(total, 2)
        return np.where(below > 0, above, np.nan) / np.where(below > 0, below, np.nan)


def draw_respondents(survey: Survey, own: SurveyParams) -> Draws:
    """Draw respondents with replacement.

    Parameters
    ----------
    survey
        From `read_survey`.
    own
        bootstrap and seed are used.

    Notes
    -----
    Beyond 1,000 respondents random groups of equal size are redrawn instead (Wolter 2007, ch. 2): the
    variance has 999 degrees of freedom and the cost no longer grows with the survey.
    """
    person, names = pd.factorize(survey.rows["respondent"], sort=True)
    rng = np.random.default_rng(own.seed)
    groups = min(len(names), GROUPS)
    place = rng.permutation(len(names)) % groups
    drawn = rng.multinomial(groups, np.full(groups, 1 / groups), size=own.bootstrap)
    return Draws(place[person].astype(np.int64), np.vstack([np.ones(groups), drawn]))


@dataclass(frozen=True, eq=False)
class Pairwise:
    """Correlations of columns, each from the respondents who answered both.

    Parameters
    ----------
    correlations
        Shape (1 + draws, columns, columns); 0 where a pair has nobody or a column does not vary.
    spread
        Standard deviation of each column, shape (1 + draws, columns).
    n_eff
        Effective number of answers behind each pair of the sample, shape (columns, columns).
    """

    correlations: Floats
    spread: Floats
    n_eff: Floats


def pairwise(values: Floats, weights: Floats, rows: Integers, draws: Draws) -> Pairwise:
    """Correlate columns with answers missing here and there.

    Parameters
    ----------
    values, weights
        Shapes (rows, columns) with NaN where there is no answer, and (rows,).
    rows
        Positions of the rows in the survey.
    draws
        From `draw_respondents`.
    """
    given = (~np.isnan(values)).astype(float)
    # about their means, so that the sums of squares lose no digits
    x = np.where(given > 0, values - np.nanmean(np.where(given.any(0), values, 0.0), axis=0), 0.0)
    size = values.shape[1]
    found = np.tile(np.eye(size), (len(draws.times), 1, 1))
    spread = np.zeros((len(draws.times), size))
    n_eff = np.zeros((size, size))
    for at in range(size):
        ours, theirs = x[:, at:], given[:, at:]
        held = (weights * given[:, at])[:, None]
        mine = held * x[:, [at]]
        parts = [
            held * theirs,
            held * ours,
            held * ours**2,
            mine * theirs,
            mine * x[:, [at]] * theirs,
            mine * ours,
        ]
        sums = np.split(draws.total(np.hstack(parts), rows), 6, axis=1)
        r, deviation = _correlation(*sums)
        found[:, at, at:] = found[:, at:, at] = r
        spread[:, at] = deviation[:, 0]
        squares = (held**2 * theirs).sum(0)
        n_eff[at, at:] = n_eff[at:, at] = sums[0][0] ** 2 / np.where(squares > 0, squares, 1.0)
    diagonal = np.arange(size)
    found[:, diagonal, diagonal] = 1.0
    return Pairwise(found, spread, n_eff)


def _correlation(
    n: Floats, first: Floats, squares: Floats, second: Floats, second_squares: Floats, products: Floats
) -> tuple[Floats, Floats]:
    """Correlations of pairs, and the second variable's standard deviation."""
    some = np.where(n > 0, n, 1.0)
    variance = np.maximum(squares / some - (first / some) ** 2, 0.0)
    other = np.maximum(second_squares / some - (second / some) ** 2, 0.0)
    shared = products / some - first * second / some**2
    varies = (variance > 1e-12) & (other > 1e-12)
    scale = np.sqrt(np.where(varies, variance * other, 1.0))
    return np.where(varies, np.clip(shared / scale, -1.0, 1.0), 0.0), np.sqrt(other)
