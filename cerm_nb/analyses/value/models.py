"""The models a client's value rests on: fitted to all that may be seen, chosen on the calibration weeks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.value.candidates import Candidates, Refusal, fit_candidates, parameters_frame
from cerm_nb.analyses.value.spend import GammaGamma, fit_spend, spend_dependence
from cerm_nb.errors import NotEnoughData

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.value.holdout import Backtest
    from cerm_nb.analyses.value.parameters import Params
    from cerm_nb.analyses.value.purchases import PurchaseModel


@dataclass(frozen=True, eq=False)
class Models:
    """The fitted models and how far they can be trusted.

    Parameters
    ----------
    purchases, spend
        The chosen purchase model and the spend model, None where one could not be fitted.
    candidates
        All purchase models fitted to all data.
    refusals
        Models that could not be fitted, and why.
    backtest
        The check on the weeks held back.
    dependence
        Correlation of frequency and mean spend with its interval: the spend model assumes 0.
    frame
        sample, model, parameter, estimate, std_error, low, high, log_likelihood, n, chosen.
    """

    purchases: PurchaseModel | None
    spend: GammaGamma | None
    candidates: Candidates
    refusals: tuple[Refusal, ...]
    backtest: Backtest
    dependence: tuple[float, float, float]
    frame: pd.DataFrame

    @property
    def used(self) -> pd.DataFrame:
        """What values customers: model, parameter, estimate, std_error, n, log_likelihood."""
        rows = self.frame[(self.frame["sample"] == "all") & self.frame["chosen"]]
        return rows[["model", "parameter", "estimate", "std_error", "n", "log_likelihood"]]

    @property
    def refusal(self) -> Refusal | None:
        """Why lifetime value cannot be told, the purchase model's reason first; None where it can."""
        if self.purchases is None:
            return self.refusals[0]
        return self.refusals[-1] if self.spend is None else None

    @property
    def reason(self) -> str:
        """Key of the wording of `refusal`; empty where lifetime value can be told."""
        return self.refusal.reason if self.refusal else ""


def fit_models(summary: pd.DataFrame, params: Params, backtest: Backtest) -> Models:
    """Fit the purchase models and the spend model to all data up to the last day.

    Parameters
    ----------
    summary
        One row per customer: frequency, recency, age (weeks), monetary_value.
    params
        confidence is used.
    backtest
        The check, whose calibration fits choose between the purchase models: it ended before the data that
        judges it. Without a check the fits to all data choose.

    Returns
    -------
    Models
        Never raises for poor data: a model that cannot be fitted is None, and `Models.reason` says why.
    """
    candidates = fit_candidates(summary)
    purchases = candidates.named(backtest.model) or candidates.best
    refusals = list(candidates.refusals)
    spend, dependence = None, (np.nan, np.nan, np.nan)
    try:
        spend = fit_spend(summary)
        dependence = spend_dependence(summary, params.confidence)
    except NotEnoughData as error:
        refusals.append(Refusal(GammaGamma.name, error.reason, dict(error.values)))
    chosen = purchases.name if purchases else ""
    listed = [("calibration", fit, fit.name == chosen) for fit in backtest.candidates.fits]
    listed += [("all", fit, fit.name == chosen) for fit in candidates.fits]
    frame = parameters_frame(
        [*listed, *([("all", spend, True)] if spend is not None else [])], params.confidence
    )
    return Models(purchases, spend, candidates, tuple(refusals), backtest, dependence, frame)
