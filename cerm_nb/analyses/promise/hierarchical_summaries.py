"""Part-worths and importance of groups of respondents, from draws of their part-worths."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.coding import Coding
    from cerm_nb.stats import Floats


def named(coding: Coding) -> pd.DataFrame:
    """Start a frame with one row per part-worth: attribute, level."""
    return pd.DataFrame(list(coding.labels), columns=["attribute", "level"])


def summary(names: pd.DataFrame, draws: Floats, confidence: float, n: int) -> pd.DataFrame:
    """Add estimate, std_error, low, high and n to `names`.

    Parameters
    ----------
    names
        One row per quantity.
    draws
        Shape (draws, quantities).
    confidence
        Share of the draws between low and high.
    n
        Respondents behind them.
    """
    low, high = np.quantile(draws, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return names.assign(
        estimate=draws.mean(axis=0), std_error=draws.std(axis=0, ddof=1), low=low, high=high, n=n
    )


def level_means(
    coding: Coding,
    draws: np.ndarray,
    confidence: float,
    random: np.random.Generator,
    weights: Floats | None = None,
) -> pd.DataFrame:
    """Tell mean part-worths of some respondents, such as a segment.

    Parameters
    ----------
    coding, draws
        As in `PartWorths`; draws of the respondents meant, shape (kept, respondents, columns).
    confidence
        Posterior probability of the intervals.
    random
        Source of the redraws of respondents.
    weights
        Of the respondents; 1 where not given.

    Returns
    -------
    DataFrame
        As `PartWorths.levels`. Individual part-worths are drawn towards the mean of all respondents, and so
        are those of a segment: where a segment matters in its own right, fit it alone.

    Notes
    -----
    Each draw weighs respondents anew (Bayesian bootstrap, Rubin 1981), so the interval holds both how little
    is known of each and that they are a sample.
    """
    share = _shares(draws, random, weights)
    means = coding.to_levels(np.einsum("dr,drk->dk", share, draws))
    return summary(named(coding), means, confidence, draws.shape[1])


def importances(
    coding: Coding,
    draws: np.ndarray,
    confidence: float,
    random: np.random.Generator,
    weights: Floats | None = None,
) -> pd.DataFrame:
    """Tell the mean of individual importances; parameters as of `level_means`.

    Returns
    -------
    DataFrame
        As `PartWorths.importance`.
    """
    worth = [coding.basis[part].astype(draws.dtype) for part in coding.parts]
    ranges = np.stack([np.ptp(draws @ one.T, axis=2) for one in worth], axis=2)
    total = ranges.sum(axis=2, keepdims=True)
    means = np.einsum("dr,dra->da", _shares(draws, random, weights), ranges / total)
    names = pd.DataFrame({"attribute": list(coding.attributes)})
    told = summary(names, means, confidence, draws.shape[1])
    return told.rename(columns={"estimate": "importance"})


def _shares(draws: np.ndarray, random: np.random.Generator, weights: Floats | None) -> Floats:
    drawn = random.exponential(size=draws.shape[:2]) * (1.0 if weights is None else weights)
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))
