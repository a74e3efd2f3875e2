"""Totals that groups of customers are expected to reach, with their variance."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from cerm_nb.analyses.value.forecast import active, purchase_rate
from cerm_nb.analyses.value.intervals import count_variance, value_variance
from cerm_nb.analyses.value.newton import Fit
from cerm_nb.analyses.value.purchases import histories
from cerm_nb.analyses.value.spend import expected_spend
from cerm_nb.stats import weighted_patterns

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from cerm_nb.analyses.value.purchases import PurchaseModel
    from cerm_nb.analyses.value.spend import GammaGamma
    from cerm_nb.stats import Floats, Integers, Truths

NODES = 4  # of the rule over each stretch of the horizon: seven digits
STEP = 0.02  # of a logarithm of a parameter, for slopes
SAMPLE = 2_000  # customers whose slopes stand for those of all
Model = TypeVar("Model", bound=Fit)


class Totals(NamedTuple):
    """Expected totals of groups and their variance by chance, each of shape (groups, 2, ends).

    The two are purchases and revenue.
    """

    mean: Floats
    variance: Floats


def uncertain_totals(
    purchases: PurchaseModel, spend: GammaGamma | None, summary: pd.DataFrame, groups: Truths, weeks: Floats
) -> Totals:
    """Expect totals; the variance holds chance and the parameters' uncertainty."""
    found = totals(purchases, spend, summary, groups, weeks)
    order = np.argsort(summary["monetary_value"].to_numpy() * summary["frequency"].to_numpy(), kind="stable")
    doubt = np.zeros_like(found.mean)
    for row, chosen in enumerate(groups):
        mine = order[chosen[order]]
        some = summary.iloc[mine[:: max(-(-mine.size // SAMPLE), 1)]]  # spread over those who spent most
        doubt[row] = _parameter_variance(purchases, spend, some, weeks)
    return Totals(found.mean, found.variance + doubt * found.mean**2)


def _parameter_variance(
    purchases: PurchaseModel, spend: GammaGamma | None, summary: pd.DataFrame, weeks: Floats
) -> Floats:
    """Variance of the logarithms of totals from the parameters, shape (2, ends)."""
    everybody = np.ones((1, len(summary)), dtype=bool)

    def logs(bought: PurchaseModel, spent: GammaGamma | None) -> Floats:
        return np.asarray(np.log(totals(bought, spent, summary, everybody, weeks).mean[0]))

    variance = _carried(purchases, lambda fit: logs(fit, spend), STEP)
    if spend is None:
        return variance
    step = min(STEP, float(np.log(spend.estimates[1])) / 2)  # q must stay above 1
    return variance + _carried(spend, lambda fit: logs(purchases, fit), step)


def _carried(fit: Model, logs: Callable[[Model], Floats], step: float) -> Floats:
    """Carry a fit's covariance over to logarithms of totals by their slopes."""
    steps = step * np.eye(len(fit.estimates))
    slopes = np.array(
        [
            logs(replace(fit, estimates=fit.estimates * np.exp(one)))
            - logs(replace(fit, estimates=fit.estimates * np.exp(-one)))
            for one in steps
        ]
    ) / (2 * step)
    return np.asarray(np.einsum("iqm,ij,jqm->qm", slopes, fit.covariance, slopes))


def totals(
    purchases: PurchaseModel, spend: GammaGamma | None, summary: pd.DataFrame, groups: Truths, weeks: Floats
) -> Totals:
    """Expect purchases and revenue of groups up to some weeks, and their variance by chance.

    Parameters
    ----------
    purchases, spend
        Fitted models; without one for spend, revenue is NaN.
    summary
        One row per customer: frequency, recency, age (weeks), monetary_value.
    groups
        Who is in each group, shape (groups, customers).
    weeks
        Ends, rising, shape (ends,).

    Notes
    -----
    What a customer buys up to an end is expected to be P·F, P being the chance to be active and F what an
    active one buys, which depends on frequency and age alone. Mean and variance are sums of P, F and F²
    (see `intervals.count_variance` and `value_variance`), so customers alike in these two are taken together.
    """
    data = histories(summary)
    x = data.frequency[data.inverse]
    alive = np.maximum(active(purchases, data), 1e-12)[data.inverse]
    days = np.rint(data.age * 7).astype(np.int64)[data.inverse]
    rows, pattern, _ = weighted_patterns(x, days)
    future = cumulative(purchases, x[rows], days[rows] / 7, weeks)
    linear, squared = count_variance(alive, purchases.process[0] + x)
    weights = [alive, linear, squared]
    if spend is not None:
        worth = expected_spend(spend, summary)
        weights += [alive * worth, *value_variance(spend, x.astype(float), worth, alive, (linear, squared))]
    sums = np.array([[_by(pattern, one * chosen, len(rows)) for one in weights] for chosen in groups])
    once, twice = sums @ future, sums @ future**2
    mean, variance = once[:, 0::3], once[:, 1::3] + twice[:, 2::3]
    if spend is None:
        unknown = np.full_like(mean, np.nan)
        mean, variance = np.hstack([mean, unknown]), np.hstack([variance, unknown])
    return Totals(mean, variance)


def _by(pattern: Integers, values: Floats, size: int) -> Floats:
    return np.bincount(pattern, values, minlength=size).astype(float)


def cumulative(model: PurchaseModel, frequency: Integers, age: Floats, weeks: Floats) -> Floats:
    """Forecast the purchases of customers known to be active now, up to several ends.

    Parameters
    ----------
    model
        A fitted purchase model.
    frequency, age
        Repeat purchases and age in weeks, each of shape (patterns,).
    weeks
        Ends, rising, above 0, shape (ends,).

    Returns
    -------
    ndarray
        Shape (patterns, ends).

    Notes
    -----
    As `forecast.while_active`, one stretch between ends after another.
    """
    points, rule = np.polynomial.legendre.leggauss(NODES)
    start = (model.process[1] + age)[:, None]
    ends = np.log1p(weeks / start)
    begins = np.hstack([np.zeros_like(start), ends[:, :-1]])
    half = (ends - begins)[..., None] / 2
    stretched = begins[..., None] + half * (points + 1)
    later = start[..., None] * np.expm1(stretched)
    rate = purchase_rate(model, frequency[:, None, None], age[:, None, None], later)
    counted = (rate * np.exp(stretched) * half) @ rule * start
    return np.asarray(np.cumsum(counted, axis=1))
