"""Fit the purchase models that compete, choose between them, and list every parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cerm_nb.analyses.value.purchases import BgNbd, MbgNbd, Nbd, PurchaseModel, fit_purchases
from cerm_nb.errors import NotEnoughData
from cerm_nb.stats import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cerm_nb.analyses.value.newton import Fit

COMPETING: tuple[type[PurchaseModel], ...] = (BgNbd, MbgNbd)
CLEAR_LEAD = 2.0  # log-likelihood: an odds ratio of 7, where two fits begin to differ noticeably
COLUMNS = [
    "sample", "model", "parameter", "estimate", "std_error", "low", "high", "log_likelihood", "n", "chosen",
]  # fmt: skip


class Refusal(NamedTuple):
    """Why a model could not be fitted: the key of its wording and what the wording needs."""

    model: str
    reason: str
    details: dict[str, object]


class Candidates(NamedTuple):
    """The purchase models that could be fitted to one sample, and why the others could not."""

    fits: tuple[PurchaseModel, ...]
    refusals: tuple[Refusal, ...]

    @property
    def best(self) -> PurchaseModel | None:
        """The reference model, BG/NBD, unless another describes the data clearly better.

        The models have equally many parameters, so log-likelihoods compare directly. A lead of less than
        `CLEAR_LEAD` is no reason to leave the model whose behaviour is known best.
        """
        highest = max(self.fits, key=lambda fit: fit.log_likelihood, default=None)
        reference = self.named(BgNbd.name)
        if highest is None or reference is None:
            return highest
        return highest if highest.log_likelihood - reference.log_likelihood > CLEAR_LEAD else reference

    def named(self, name: str) -> PurchaseModel | None:
        """Return the fit of a model by its name."""
        return next((fit for fit in self.fits if fit.name == name), None)


def fit_candidates(summary: pd.DataFrame) -> Candidates:
    """Fit every competing purchase model; one that cannot be fitted is told, not raised.

    Where none of them is identified nobody has been seen to stop, and their common limit, the NBD, is fitted.
    """
    fitted = _fit_each(COMPETING, summary)
    if fitted.fits or any(refusal.reason != "model_not_identified" for refusal in fitted.refusals):
        return fitted
    limit = _fit_each((Nbd,), summary)
    return Candidates(limit.fits, fitted.refusals + limit.refusals)


def _fit_each(models: Iterable[type[PurchaseModel]], summary: pd.DataFrame) -> Candidates:
    fits, refusals = [], []
    for model in models:
        try:
            fits.append(fit_purchases(model, summary))
        except NotEnoughData as error:
            refusals.append(Refusal(model.name, error.reason, dict(error.values)))
    return Candidates(tuple(fits), tuple(refusals))


def parameters_frame(samples: Iterable[tuple[str, Fit, bool]], confidence: float) -> pd.DataFrame:
    """List the parameters of fits.

    Parameters
    ----------
    samples
        Per fit its sample (``calibration`` or ``all``), the fit, and whether it is the chosen one.
    confidence
        Coverage of the intervals, which are normal on the log scale and so stay above 0.

    Returns
    -------
    DataFrame
        One row per parameter, columns `COLUMNS`.
    """
    z, rows = normal_quantile(confidence), []
    for sample, fit, chosen in samples:
        logs = np.sqrt(np.diag(fit.covariance))
        for name, value, error, log in zip(fit.names, fit.estimates, fit.std_errors, logs, strict=True):
            ends = value * np.exp(-z * log), value * np.exp(z * log)
            rows.append((sample, fit.name, name, value, error, *ends, fit.log_likelihood, fit.n, chosen))
    return pd.DataFrame(rows, columns=COLUMNS)
