"""Intervals for totals: the parameters' uncertainty, widened by what the backtest got wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit

from cerm_nb.analyses.value.clv import horizon_weeks, weekly_rate
from cerm_nb.analyses.value.forecast import active, while_active
from cerm_nb.analyses.value.purchases import histories
from cerm_nb.analyses.value.spend import expected_spend
from cerm_nb.stats import percentile_interval

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.value.models import Models
    from cerm_nb.analyses.value.parameters import Params
    from cerm_nb.analyses.value.purchases import PurchaseModel
    from cerm_nb.analyses.value.surfaces import Histories
    from cerm_nb.stats import Floats, Integers

PER_STRATUM = 50  # customers whose value is drawn again; their stratum's total moves with them
NODES = 10  # integration nodes a draw: six digits


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Draws of the value of groups of customers.

    Parameters
    ----------
    strata
        One row per (tier, is_target) that has customers: tier, is_target, clv, expected_purchases.
    clv, purchases
        Draws of the strata's totals from the parameters' uncertainty, each of shape (draws, strata).
    error, share_error
        From the backtest's error, each of shape (draws,): factors of totals, and shifts of a share's logit.
    confidence
        Coverage of the intervals.
    """

    strata: pd.DataFrame
    clv: Floats
    purchases: Floats
    error: Floats
    share_error: Floats
    confidence: float

    def total_clv(self, chosen: pd.Series[bool] | None = None) -> tuple[float, float]:
        """Low and high of the value of the chosen strata, of all where None."""
        return self._total(self.clv, chosen)

    def total_purchases(self, chosen: pd.Series[bool] | None = None) -> tuple[float, float]:
        """Low and high of the expected purchases of the chosen strata, of all where None."""
        return self._total(self.purchases, chosen)

    def target_share(self) -> tuple[float, float]:
        """Low and high of the target customers' share of all value."""
        target = self.strata["is_target"].to_numpy(dtype=bool)
        share = self.clv[:, target].sum(1) / self.clv.sum(1)
        return percentile_interval(expit(logit(share) + self.share_error), self.confidence)

    def _total(self, draws: Floats, chosen: pd.Series[bool] | None) -> tuple[float, float]:
        taken = np.ones(len(self.strata), dtype=bool) if chosen is None else chosen.to_numpy(dtype=bool)
        return percentile_interval(draws[:, taken].sum(1) * self.error, self.confidence)


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
    Each draw takes both models' parameters from their large-sample distribution (normal on the log scale) and
    values up to 50 customers of each stratum again, spread over its range; the stratum's total moves in
    proportion. Such intervals are far too narrow for totals, as the models themselves are wrong in ways no
    parameter shows: on CDNOW a 95 % interval misses the actual total by 12 %. So every draw is multiplied by
    exp(e·z), z standard normal, with e = |log(actual / expected)| of the backtest: one error observed, taken
    as the spread of errors to come. The forecast itself is not shifted: one error does not tell a direction.
    For a share the same is done on the logit scale, with the error of the share the best-ranked
    held. Without a backtest nothing is widened and the answer says so.
    """
    if models.purchases is None or models.spend is None:
        return None
    strata, sample, stratum = _strata(scores)
    random = np.random.default_rng(params.seed)
    purchase_fits = models.purchases.draw(params.bootstrap, random)
    spend_fits = models.spend.draw(params.bootstrap, random)
    data, size = histories(sample), len(strata)
    first = _values(models.purchases, data, params)
    start = first[0] * expected_spend(models.spend, sample), first[1]
    clv, purchases = np.empty((params.bootstrap, size)), np.empty((params.bootstrap, size))
    for row, (purchase_fit, spend_fit) in enumerate(zip(purchase_fits, spend_fits, strict=True)):
        discounted, plain = _values(purchase_fit, data, params)
        clv[row] = np.bincount(stratum, discounted * expected_spend(spend_fit, sample), minlength=size)
        purchases[row] = np.bincount(stratum, plain, minlength=size)
    clv *= strata["clv"].to_numpy() / np.bincount(stratum, start[0], minlength=size)
    purchases *= strata["expected_purchases"].to_numpy() / np.bincount(stratum, start[1], minlength=size)
    errors = np.nan_to_num([models.backtest.log_error, models.backtest.logit_share_error])
    missed = errors * random.standard_normal((params.bootstrap, 2))
    return Uncertainty(strata, clv, purchases, np.exp(missed[:, 0]), missed[:, 1], params.confidence)


def _values(model: PurchaseModel, data: Histories, params: Params) -> tuple[Floats, Floats]:
    weeks, rate = horizon_weeks(params.horizon_months), weekly_rate(params.annual_discount)
    alive = active(model, data)
    both = [
        (while_active(model, data.frequency, data.age, weeks, each, NODES) * alive)[data.inverse]
        for each in (rate, 0.0)
    ]
    return both[0], both[1]


def _strata(
    scores: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, Integers]:
    grouped = scores.groupby(["tier", "is_target"], sort=True)
    strata = grouped[["clv", "expected_purchases"]].sum().reset_index()
    ordered = scores.assign(stratum=grouped.ngroup()).sort_values(["stratum", "clv"], kind="stable")
    place = ordered.groupby("stratum").cumcount()
    size = ordered.groupby("stratum")["clv"].transform("size")
    # systematic: the places where the count of customers taken so far steps up
    taken = (place + 1) * PER_STRATUM // size > place * PER_STRATUM // size
    sample = ordered[taken | (size <= PER_STRATUM)]
    return strata, sample, sample["stratum"].to_numpy(dtype=np.int64)
