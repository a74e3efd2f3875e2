"""Whether chains agree, and how many independent draws they are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cerm_nb.stats import Floats


def r_hat(draws: Floats) -> Floats:
    """Tell the potential scale reduction of chains cut in halves; 1 where they agree.

    Parameters
    ----------
    draws
        Shape (chains, draws, quantities), at least 4 draws.

    Returns
    -------
    ndarray
        Shape (quantities,); 1 for a quantity that never moves.

    Notes
    -----
    Gelman et al. 2013, Bayesian Data Analysis, section 11.4.
    """
    halves = _halves(draws)
    within, total = _variances(halves)
    return np.sqrt(np.divide(total, within, out=np.ones_like(total), where=within > 0))


def effective_draws(draws: Floats) -> Floats:
    """Tell how many independent draws are worth as much, shape (quantities,).

    Parameters
    ----------
    draws
        Shape (chains, draws, quantities), at least 4 draws.

    Notes
    -----
    Gelman et al. 2013, section 11.5: autocorrelations are summed in pairs until a pair falls below 0, and no
    pair counts more than the one before (Geyer 1992).
    """
    halves = _halves(draws)
    chains, length, _ = halves.shape
    within, total = _variances(halves)
    safe = np.where(total > 0, total, 1.0)
    correlation = 1 - (within - _autocovariance(halves).mean(axis=0) * length / (length - 1)) / safe
    pairs = correlation[: length // 2 * 2].reshape(length // 2, 2, -1).sum(axis=1)
    positive = np.minimum.accumulate(pairs > 0, axis=0)
    summed = (np.minimum.accumulate(pairs, axis=0) * positive).sum(axis=0)
    number = chains * length
    return np.where(total > 0, number / np.maximum(2 * summed - 1, 1 / np.log10(max(number, 10))), number)


def _halves(draws: Floats) -> Floats:
    half = draws.shape[1] // 2
    return np.concatenate([draws[:, :half], draws[:, -half:]])


def _variances(halves: Floats) -> tuple[Floats, Floats]:
    length = halves.shape[1]
    within = halves.var(axis=1, ddof=1).mean(axis=0)
    between = halves.mean(axis=1).var(axis=0, ddof=1)
    return within, within * (length - 1) / length + between


def _autocovariance(halves: Floats) -> Floats:
    length = halves.shape[1]
    centred = halves - halves.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(centred, 2 * length, axis=1)) ** 2
    return np.asarray(np.fft.irfft(power, 2 * length, axis=1)[:, :length] / length)
