"""What a purchase of a customer is worth: the Gamma-Gamma model by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from cerm_nb.analyses.value.newton import Fit, Surface, climb, maximise, on_log_scale
from cerm_nb.analyses.value.purchases import FEWEST_REPEATERS
from cerm_nb.errors import NotEnoughData
from cerm_nb.stats import correlation_interval

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.stats import Floats, Integers

SUBSAMPLE = 10_000  # customers that find the neighbourhood of the maximum


@dataclass(frozen=True, eq=False)
class GammaGamma(Fit):
    """Gamma-Gamma model of the money spent per purchase.

    1. A customer's purchases vary at random around that customer's own mean (Gamma with shape p).
    2. Means differ between customers (the Gamma's rate is itself Gamma with shape q and rate v).
    3. A customer's mean does not change over time.
    4. Mean spend is independent of how often a customer buys and when the customer stops.

    Money is of purchases worth more than 0, in the data's currency. Fader & Hardie (2013), "The Gamma-Gamma
    model of monetary value", note 025.
    """

    name: ClassVar[str] = "Gamma-Gamma"
    names: ClassVar[tuple[str, ...]] = ("p", "q", "v")


def spenders(summary: pd.DataFrame) -> pd.DataFrame:
    """Take the customers the spend model can use: with a repeat purchase and a mean spend above 0.

    Raises
    ------
    NotEnoughData
        ``negative_spend``: a mean spend below 0, so returns have not been netted.
    """
    negative = int((summary["monetary_value"] < 0).sum())
    if negative:
        raise NotEnoughData("negative_spend", customers=negative)
    return summary[(summary["frequency"] > 0) & (summary["monetary_value"] > 0)]


def fit_spend(summary: pd.DataFrame) -> GammaGamma:
    """Fit the Gamma-Gamma model by maximum likelihood.

    Parameters
    ----------
    summary
        One row per customer: frequency, monetary_value (mean net spend per repeat purchase day).

    Raises
    ------
    NotEnoughData
        ``negative_spend``, ``too_few_repeat_spenders``, ``spend_all_equal``, ``spend_not_identified`` or
        ``spend_mean_infinite`` (q of 1 or less: so heavy a tail that a mean does not exist).
    """
    used = spenders(summary)
    money = used["monetary_value"].to_numpy(dtype=float)
    frequency = used["frequency"].to_numpy(dtype=np.int64)
    if money.size < FEWEST_REPEATERS:
        raise NotEnoughData("too_few_repeat_spenders", found=money.size, needed=FEWEST_REPEATERS)
    if np.ptp(money) <= 1e-9 * money.max():
        raise NotEnoughData("spend_all_equal", customers=money.size)
    scale = float(np.median(money))  # a heavy tail has no mean
    scaled, start = money / scale, np.log(np.array([3.0, 3.0, 1.0]))
    if money.size > 2 * SUBSAMPLE:
        every = money.size // SUBSAMPLE
        start, _ = climb(lambda logs: surface(frequency[::every], scaled[::every], logs), start)
    try:
        logs, covariance, value = maximise(
            lambda logs: surface(frequency, scaled, logs), start, GammaGamma.name
        )
    except NotEnoughData as error:
        raise NotEnoughData("spend_not_identified", **error.values) from None
    estimates = np.exp(logs) * np.array([1.0, 1.0, scale])
    if estimates[1] <= 1:
        raise NotEnoughData("spend_mean_infinite", q=float(estimates[1]))
    return GammaGamma(estimates, covariance, value - money.size * np.log(scale), money.size)


def surface(frequency: Integers, money: Floats, logs: Floats) -> Surface:
    """Log-likelihood with exact gradient and Hessian by the logarithms of p, q, v.

    Parameters
    ----------
    frequency, money
        Repeat purchases above 0 and their mean spend above 0, each of shape (customers,).
    logs
        Logarithms of the parameters, shape (3,).
    """
    parameters = np.exp(logs)
    with np.errstate(all="ignore"):  # far-off trial steps may overflow: the line search refuses them
        value, gradient, hessian = _counts_part(frequency, parameters)
        money_part = _money_part(frequency, money, parameters)
    return on_log_scale(value + money_part[0], gradient + money_part[1], hessian + money_part[2], parameters)


def _counts_part(frequency: Integers, parameters: Floats) -> tuple[float, Floats, Floats]:
    p, q, v = parameters
    customers = np.bincount(frequency)
    x = np.flatnonzero(customers)
    w, n, shape = customers[x], frequency.size, p * x + q
    value = w @ (gammaln(shape) - gammaln(p * x) + p * x * np.log(x)) - n * gammaln(q) + n * q * np.log(v)
    slope = w @ (x * (digamma(shape) - digamma(p * x) + np.log(x)))
    gradient = np.array([slope, w @ digamma(shape) - n * digamma(q) + n * np.log(v), n * q / v])
    bend = polygamma(1, shape)
    hessian = np.zeros((3, 3))
    hessian[0, 0] = w @ (x**2 * (bend - polygamma(1, p * x)))
    hessian[0, 1] = hessian[1, 0] = w @ (x * bend)
    hessian[1, 1] = w @ bend - n * polygamma(1, q)
    hessian[1, 2] = hessian[2, 1] = n / v
    hessian[2, 2] = -n * q / v**2
    return float(value), gradient, hessian


def _money_part(frequency: Integers, money: Floats, parameters: Floats) -> tuple[float, Floats, Floats]:
    p, q, v = parameters
    x, total = frequency, frequency * money + v
    log_money, log_total, shape = np.log(money), np.log(total), p * frequency + q
    value = (p * x - 1) @ log_money - shape @ log_total
    gradient = np.array([x @ (log_money - log_total), -log_total.sum(), -(shape / total).sum()])
    hessian = np.zeros((3, 3))
    hessian[0, 2] = hessian[2, 0] = -(x / total).sum()
    hessian[1, 2] = hessian[2, 1] = -(1 / total).sum()
    hessian[2, 2] = (shape / total**2).sum()
    return float(value), gradient, hessian


def expected_spend(model: GammaGamma, summary: pd.DataFrame) -> Floats:
    """Estimate spend per purchase, between the customer's own mean and everybody's.

    Parameters
    ----------
    model
        A fitted Gamma-Gamma.
    summary
        One row per customer: frequency, monetary_value.

    Returns
    -------
    ndarray
        Money per purchase, shape (customers,); everybody's mean where nothing is known.
    """
    p, q, v = model.estimates
    money = summary["monetary_value"].to_numpy(dtype=float)
    known = np.where(money > 0, summary["frequency"].to_numpy(dtype=float), 0.0)
    return np.asarray(p * (v + money * known) / (p * known + q - 1))


def spend_dependence(summary: pd.DataFrame, confidence: float) -> tuple[float, float, float]:
    """Correlation of frequency and mean spend: the spend model assumes none.

    Parameters
    ----------
    summary
        One row per customer: frequency, monetary_value.
    confidence
        Coverage of the interval.

    Returns
    -------
    tuple of float
        Correlation, low, high, of the logarithms, as both columns have long tails.
    """
    used = spenders(summary)
    return correlation_interval(np.log(used["frequency"]), np.log(used["monetary_value"]), confidence)
