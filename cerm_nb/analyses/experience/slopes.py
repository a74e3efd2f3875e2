"""Points of an overall judgement for a point of each rating, all others held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.stats import weighted_means
from cerm_nb.stats.threads import one_thread

if TYPE_CHECKING:
    from cerm_nb.analyses.experience.draws import Draws
    from cerm_nb.analyses.experience.survey import Survey
    from cerm_nb.stats import Floats, Integers

RIDGE = 1e-8  # on correlations: collinear columns share one slope, others do not notice


def cells(survey: Survey, rows: Integers) -> Integers:
    """Give wave and brand of each row a number."""
    number = survey.rows.iloc[rows].groupby(["wave", "brand"], sort=True).ngroup()
    return np.asarray(number, dtype=np.int64)


def within(values: Floats, weights: Floats, cell: Integers) -> Floats:
    """Take the weighted mean of its cell from every value, shape (rows, columns), NaN where there is none."""
    centred = np.empty_like(values)
    for at in pd.Series(cell).groupby(cell, sort=True).indices.values():
        centred[at] = values[at] - weighted_means(values[at], weights[at]).mean
    return centred


def slopes(values: Floats, weights: Floats, rows: Integers, draws: Draws) -> Floats:
    """Regress the last column on the others in the sample and in each draw.

    Parameters
    ----------
    values
        About their means, shape (rows, p + 1), the outcome last. Where a rating is missing its mean stands
        in: what a respondent did not live through neither costs nor earns anything.
    weights, rows
        Shape (rows,), and positions of the rows in the survey.
    draws
        From `draw_respondents`.

    Returns
    -------
    ndarray
        Shape (1 + draws, p); 0 for a column that does not vary in a draw.
    """
    x = np.nan_to_num(values)
    size = x.shape[1]
    products = np.empty((len(draws.times), size, size))
    for at in range(size):
        held = (weights * x[:, at])[:, None] * x[:, at:]
        products[:, at, at:] = products[:, at:, at] = draws.total(held, rows)
    n = draws.total(weights[:, None], rows)[:, :, None]
    mean = draws.total(weights[:, None] * x, rows) / n[:, :, 0]
    covariances = products / n - mean[:, :, None] * mean[:, None, :]
    spread = np.sqrt(np.maximum(np.einsum("bii->bi", covariances), 0.0))
    scale = np.where(spread > 1e-9, 1 / np.where(spread > 1e-9, spread, 1.0), 0.0)
    correlations = covariances * scale[:, :, None] * scale[:, None, :]
    ridge = np.eye(size - 1) * RIDGE + np.eye(size - 1) * (scale[:, None, :-1] == 0)
    with one_thread():
        found = np.linalg.solve(correlations[:, :-1, :-1] + ridge, correlations[:, :-1, -1:])[..., 0]
    return np.asarray(found * scale[:, :-1] * spread[:, -1:])
