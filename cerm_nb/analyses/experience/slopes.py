"""Points of an overall judgement for a point of each rating, all others held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.experience.shapley import nearest_correlation
from cerm_nb.stats import weighted_means
from cerm_nb.stats.threads import one_thread
from cerm_nb.surveys import Draws, pairwise

if TYPE_CHECKING:
    from cerm_nb.stats import Floats, Integers
    from cerm_nb.surveys import Survey

RIDGE = 1e-8  # on correlations: collinear columns share one slope, others do not notice
AT_ONCE = 500  # respondents predicted at a time


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
        About their means, shape (rows, p + 1), the outcome last; NaN where there is no answer: what the
        others let expect stands in, see `predicted`.
    weights, rows
        Shape (rows,), and positions of the rows in the survey.
    draws
        From `draw_respondents`.

    Returns
    -------
    ndarray
        Shape (1 + draws, p); 0 for a column that does not vary in a draw.
    """
    x = np.column_stack([predicted(values[:, :-1], weights, rows, draws), values[:, -1]])
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


def predicted(values: Floats, weights: Floats, rows: Integers, draws: Draws) -> Floats:
    """Put what a respondent's other answers let expect where one is missing.

    Parameters
    ----------
    values
        About their means, shape (rows, columns), NaN where there is none.
    weights, rows, draws
        As for `slopes`.

    Notes
    -----
    Least squares on such predictions, made without the outcome, has the slopes that complete answers would
    have (Little 1992), which means in their place have not. The predictions are linear, by the sample's
    pairwise correlations, which are mended and shrunk by columns / rows so that few answers do not overfit.
    """
    gaps = np.flatnonzero(np.isnan(values).any(axis=1))
    if not gaps.size:
        return values
    found = pairwise(values, weights, rows, Draws(draws.group, draws.times[:1]))
    matrix, _ = nearest_correlation(found.correlations[0])
    spread = np.where(found.spread[0] > 1e-9, found.spread[0], 1.0)
    diagonal = np.eye(len(matrix))
    matrix += diagonal * len(matrix) / len(values)
    filled = values.copy()
    for some in np.array_split(gaps, 1 + gaps.size // AT_ONCE):
        missing = np.isnan(values[some])
        z = np.where(missing, 0.0, values[some] / spread)
        both = missing[:, :, None] | missing[:, None, :]
        with one_thread():
            part = np.linalg.solve(np.where(both, diagonal, matrix), z[:, :, None])[..., 0]
        filled[some] = np.where(missing, (part @ matrix) * spread, values[some])
    return filled
