"""Intervals for totals: the parameters' uncertainty, widened by what the backtest got wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from cerm_nb.analyses.value.clv import horizon_weeks, weekly_rate
from cerm_nb.analyses.value.forecast import active, while_active
from cerm_nb.analyses.value.purchases import histories
from cerm_nb.analyses.value.spend import GammaGamma, expected_spend
from cerm_nb.stats import percentile_interval

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.value.models import Models
    from cerm_nb.analyses.value.parameters import Params
    from cerm_nb.analyses.value.purchases import PurchaseModel
    from cerm_nb.analyses.value.surfaces import Histories
    from cerm_nb.stats import Floats, Integers

PER_STRATUM = 50  # customers whose value is drawn again; their stratum's total moves with them
PRIOR_ERROR, PRIOR_CHECKS = 0.10, 2  # log error of a total before any check is seen, and its weight (ours)
NODES = 10  # integration nodes a draw: six digits


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Draws of the value of groups of customers.

    Parameters
    ----------
    strata
        One row per (tier, is_target) that has customers: tier, is_target, clv.
    clv
        Draws of the strata's totals from the parameters' uncertainty and chance, shape (draws, strata).
    error, share_error
        The models' own error, each of shape (draws,): factors of totals, and shifts of a share's logit.
    confidence
        Coverage of the intervals.
    """

    strata: pd.DataFrame
    clv: Floats
    error: Floats
    share_error: Floats
    confidence: float

    def total_clv(self, chosen: pd.Series[bool] | None = None) -> tuple[float, float]:
        """Low and high of the value of the chosen strata, of all where None."""
        taken = np.ones(len(self.strata), dtype=bool) if chosen is None else chosen.to_numpy(dtype=bool)
        return percentile_interval(self.clv[:, taken].sum(1) * self.error, self.confidence)

    def target_share(self) -> tuple[float, float]:
        """Low and high of the target customers' share of all value."""
        target = self.strata["is_target"].to_numpy(dtype=bool)
        share = self.clv[:, target].sum(1) / self.clv.sum(1)
        return percentile_interval(expit(logit(share) + self.share_error), self.confidence)


def uncertainty(scores: pd.DataFrame, models: Models, params: Params) -> Uncertainty | None:
    """Draw the totals that a page shows.

    Parameters
    ----------
    scores
        The customers as `score` gives them.
    models
        Fitted models with their backtest.
    params
        horizon_months, annual_discount, margin, bootstrap (draws), seed and confidence are used.

    Returns
    -------
    Uncertainty or None
        None where lifetime value could not be told.

    Notes
    -----
    Three sources of uncertainty are put together:

    1. *The parameters.* Each draw takes both models' parameters from their large-sample distribution (normal
       on the log scale) and values up to 50 customers of each stratum again, spread over its range; the
       stratum's total moves in proportion.
    2. *Chance.* What customers then do differs from what is expected of them: see `_chance`.
    3. *The model.* The models are wrong in ways no parameter shows: on CDNOW a 95 % interval from the
       parameters alone misses the actual total by 12 %. So every draw is multiplied by exp(error). The
       check gives one error e = |log(actual / expected)|; one is little to judge a spread by, so it is
       joined with a prior of `PRIOR_ERROR` that counts as two checks, which gives a t distribution with
       3 degrees of freedom and scale √((2·prior² + e²)/3); without a check, 2 degrees of freedom and the
       prior. The forecast itself is not shifted: one error does not tell a direction. For a share the same
       is done on the logit scale, with the error of the share the best-ranked held.
    """
    if models.purchases is None or models.spend is None:
        return None
    strata, sample, stratum = _strata(scores)
    random = np.random.default_rng(params.seed)
    purchase_fits = models.purchases.draw(params.bootstrap, random)
    spend_fits = models.spend.draw(params.bootstrap, random)
    data, size = histories(sample), len(strata)
    start = _discounted(models.purchases, data, params) * expected_spend(models.spend, sample)
    clv = np.empty((params.bootstrap, size))
    for row, (purchase_fit, spend_fit) in enumerate(zip(purchase_fits, spend_fits, strict=True)):
        drawn = _discounted(purchase_fit, data, params) * expected_spend(spend_fit, sample)
        clv[row] = np.bincount(stratum, drawn, minlength=size)
    clv *= strata["clv"].to_numpy() / np.bincount(stratum, start, minlength=size)
    luck = random.standard_normal((params.bootstrap, size))
    clv = np.maximum(clv + luck * _chance(scores, models.purchases, models.spend), 0.0)
    missed = [
        _missed(error, params.bootstrap, random)
        for error in (models.backtest.log_error, models.backtest.logit_share_error)
    ]
    return Uncertainty(strata, clv, np.exp(missed[0]), missed[1], params.confidence)


def _missed(error: float, draws: int, random: np.random.Generator) -> Floats:
    """Draw errors to come from the one seen (NaN: none) and the prior."""
    seen = np.array([error] if np.isfinite(error) else [])
    freedom = PRIOR_CHECKS + seen.size
    scale = np.sqrt((PRIOR_CHECKS * PRIOR_ERROR**2 + (seen**2).sum()) / freedom)
    return np.asarray(scale * random.standard_t(freedom, draws))


def count_variance(alive: Floats, shape: Floats) -> tuple[Floats, Floats]:
    """Variance of a customer's purchases, as what stands before F and F².

    F is what the customer buys while active, `alive` the chance to be active, `shape` that of the Gamma rate:
    with E = alive·F the variance is E + E²((1 + 1/shape)/alive − 1).
    """
    return alive, alive * (1 + 1 / shape) - alive**2


def value_variance(
    spend: GammaGamma, frequency: Floats, worth: Floats, alive: Floats, counts: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Variance of what a customer spends, as what stands before F and F²; see `_chance`.

    `worth` is the spend expected of a purchase, `counts` from `count_variance`.
    """
    p, q, _ = spend.estimates
    unknown = 1 / np.maximum(p * frequency + q - 2, 0.1)  # a heavier tail has no variance
    linear = worth**2 * (1 + unknown) * (counts[0] + alive / p)
    return linear, worth**2 * ((1 + unknown) * counts[1] + unknown * alive**2)


def _chance(scores: pd.DataFrame, purchases: PurchaseModel, spend: GammaGamma) -> Floats:
    """Tell how far, by stratum, customers' value spreads around what is expected (standard deviations).

    Of one customer with chance P to be active and E purchases expected, purchases have the variance
    E + E²((1 + 1/k)/P − 1), k = r + x: active or not, a Gamma rate with shape k, and Poisson counts. Spend
    adds the spread of purchases (squared coefficient of variation 1/p) and what is not known of the
    customer's mean (1/(px + q − 2)). Customers are independent, so variances add up.
    """
    names = ("frequency", "expected_purchases", "clv")
    x, expected, clv = (scores[name].to_numpy(dtype=float) for name in names)
    alive = np.maximum(scores["p_alive"].to_numpy(dtype=float), 1e-12)
    worth = np.divide(clv, expected, out=np.zeros_like(x), where=expected > 0)
    counts = count_variance(alive, purchases.process[0] + x)
    linear, squared = value_variance(spend, x, worth, alive, counts)
    future = expected / alive  # while active
    value = linear * future + squared * future**2
    stratum = scores.groupby(["tier", "is_target"], sort=True).ngroup().to_numpy()
    return np.asarray(np.sqrt(np.bincount(stratum, value)))


def _discounted(model: PurchaseModel, data: Histories, params: Params) -> Floats:
    """Expect purchases over the horizon, discounted, per customer of the sample."""
    weeks, rate = horizon_weeks(params.horizon_months), weekly_rate(params.annual_discount)
    expected = while_active(model, data.frequency, data.age, weeks, rate, NODES) * active(model, data)
    return np.asarray(expected[data.inverse])


def _strata(scores: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, Integers]:
    grouped = scores.groupby(["tier", "is_target"], sort=True)
    strata = grouped[["clv"]].sum().reset_index()
    ordered = scores.assign(stratum=grouped.ngroup()).sort_values(["stratum", "clv"], kind="stable")
    place = ordered.groupby("stratum").cumcount()
    size = ordered.groupby("stratum")["clv"].transform("size")
    # systematic: the places where the count of customers taken so far steps up
    taken = (place + 1) * PER_STRATUM // size > place * PER_STRATUM // size
    sample = ordered[taken | (size <= PER_STRATUM)]
    return strata, sample, sample["stratum"].to_numpy(dtype=np.int64)
