"""The answer, its verdict and its caveats, all as numbers and keys: the wording lives elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.value.candidates import CLEAR_LEAD
from cerm_nb.analyses.value.clv import horizon_weeks
from cerm_nb.analyses.value.purchases import BgNbd, Nbd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from cerm_nb.analyses.value.inequality import Concentration
    from cerm_nb.analyses.value.intervals import Uncertainty
    from cerm_nb.analyses.value.models import Models
    from cerm_nb.analyses.value.parameters import Params
    from cerm_nb.analyses.value.purchases import PurchaseModel

Caveat = tuple[str, dict[str, object]]
Ruling = tuple[str, str]

WORTH_TELLING = 0.05  # a total missed by less is not a caveat
WATCH_ERROR, STOP_ERROR = 0.20, 0.50  # error of the backtest's total
IDLE_WEEKS = 8.0  # so long after anybody's last purchase, the data rather than the customers have stopped
ANCIENT_WEEKS = 50 * 52.18  # a first purchase longer ago is rather a mistyped year
WIDEST = 0.50  # half the interval over the value
TOO_LARGE = 1.5  # target customers over those asked for


@dataclass(frozen=True, eq=False)
class Answer:
    """Who the target customers are and what they are worth.

    Parameters
    ----------
    value, low, high
        Discounted margin expected of the target customers over the horizon, money; NaN where it could not be
        told.
    n, customers
        Target customers, and all customers.
    share, share_low, share_high
        The target customers' share of all customers' lifetime value.
    revenue_share
        Their share of the revenue so far.
    verdict, reason
        ``go``, ``watch``, ``stop`` or ``not_enough_data``, and why (empty for ``go``): see `verdict`.
    caveats
        (key, values) in the order to be shown.
    """

    value: float
    low: float
    high: float
    n: int
    customers: int
    share: float
    share_low: float
    share_high: float
    revenue_share: float
    verdict: str
    reason: str
    caveats: tuple[Caveat, ...]

    @property
    def hidden(self) -> str:
        """Why nothing may be said of the target group itself; empty where it may."""
        return "few_targets" if self.n and self.reason == "few_targets" else ""

    @property
    def target_share(self) -> float:
        """The target customers' share of all customers: as asked for, or more where values tie at the cut."""
        return self.n / self.customers


def answer(
    scores: pd.DataFrame,
    models: Models,
    draws: Uncertainty | None,
    spread: Concentration,
    params: Params,
    returned_share: float = 0.0,
) -> Answer:
    """Put the answer together.

    Parameters
    ----------
    scores, models, draws, spread
        From `score`, `fit_models`, `uncertainty` and `concentration`.
    params
        target_share, min_group and horizon_months are used.
    returned_share
        Share of gross revenue that came back, 0–1, for a caveat.
    """
    target = scores["is_target"].to_numpy(dtype=bool)
    clv, spend = scores["clv"].to_numpy(dtype=float), scores["spend"].clip(lower=0).to_numpy(dtype=float)
    unknown = (np.nan, np.nan)
    low, high = draws.total_clv(draws.strata["is_target"]) if draws else unknown
    value = float(clv[target].sum()) if draws else np.nan
    weeks = float(scores["age"].max())
    groups = int(target.sum()), len(scores)
    decision, reason = verdict(models, (value, low, high), groups, weeks, params)
    if reason == "few_targets":  # a group too small to be shown has no number either
        value, low, high, draws = np.nan, np.nan, np.nan, None
    return Answer(
        value,
        low,
        high,
        int(target.sum()),
        len(scores),
        value / float(clv.sum()) if draws else np.nan,
        *(draws.target_share() if draws else unknown),
        float(spend[target].sum() / spend.sum()) if spend.sum() else np.nan,
        decision,
        reason,
        (*_data_caveats(scores, spread, params, returned_share), *_model_caveats(models, scores, params)),
    )


def verdict(
    models: Models, told: tuple[float, float, float], groups: tuple[int, int], weeks: float, params: Params
) -> Ruling:
    """Judge whether the target customers can be acted on.

    Parameters
    ----------
    models
        Fitted models with their backtest.
    told
        Value of the target customers, low and high.
    groups
        Target customers, and all customers.
    weeks
        Longest history of a customer, weeks.
    params
        target_share, min_group and horizon_months are used.

    Returns
    -------
    tuple of str
        Verdict and reason, the first that applies:

        - ``not_enough_data``: a model could not be fitted (its reason), or fewer target customers than
          `min_group` (``few_targets``);
        - ``stop``: in the backtest the customers ranked best bought no more than their number alone would
          have (``ranking_failed``), or the total was missed by more than 50 % (``forecast_failed``);
        - ``watch``: there was no backtest (``no_backtest``), the total was missed by more than 20 %
          (``forecast_off``), so many customers are of equal value at the cut that the target is half as large
          again as asked for (``target_too_large``), the interval reaches further than 50 % of the value
          (``interval_wide``), the horizon is longer than any history (``short_history``), or the data show
          nobody stopping, so the value counts no lost customers (``nobody_seen_to_stop``);
        - ``go``.
    """
    backtest, (value, low, high), (n, customers) = models.backtest, told, groups
    checked = not backtest.reason
    rules = (
        ("not_enough_data", models.reason, bool(models.reason)),
        ("not_enough_data", "few_targets", n < params.min_group),
        ("stop", "ranking_failed", checked and backtest.target_actual <= params.target_share),
        ("stop", "forecast_failed", checked and abs(backtest.error) > STOP_ERROR),
        ("watch", "no_backtest", not checked),
        ("watch", "forecast_off", checked and abs(backtest.error) > WATCH_ERROR),
        ("watch", "target_too_large", n > TOO_LARGE * params.target_share * customers),
        ("watch", "interval_wide", (high - low) / 2 > WIDEST * value),
        ("watch", "short_history", horizon_weeks(params.horizon_months) > weeks),
        ("watch", "nobody_seen_to_stop", isinstance(models.purchases, Nbd)),
    )
    return next(((name, reason) for name, reason, applies in rules if applies), ("go", ""))


def _data_caveats(
    scores: pd.DataFrame, spread: Concentration, params: Params, returned_share: float
) -> Iterator[Caveat]:
    n, once = len(scores), int((scores["frequency"] == 0).sum())
    if once > n / 2:
        yield "many_one_time_buyers", {"share": once / n, "customers": once, "n": n}
    if returned_share >= 0.01:
        yield "returns", {"share": returned_share}
    if spread.negative_customers:
        yield (
            "negative_revenue_customers",
            {"customers": spread.negative_customers, "revenue": spread.negative_revenue},
        )
    largest = float(scores["spend"].max())
    if spread.revenue > 0 and n > 1 and largest > WORTH_TELLING * spread.revenue:
        yield "one_customer_dominates", {"share": largest / spread.revenue}
    yield from _day_caveats(scores)
    weeks, horizon = float(scores["age"].max()), horizon_weeks(params.horizon_months)
    if horizon > weeks:
        yield "short_history", {"weeks": weeks, "horizon_weeks": horizon}
    targets = int(scores["is_target"].sum())
    if targets > params.target_share * n + 1:
        yield "ties_at_the_cut", {"wanted": params.target_share, "got": targets / n}


def _day_caveats(scores: pd.DataFrame) -> Iterator[Caveat]:
    """Days that look like errors of entry, and purchases that end long before the last day."""
    ancient = scores["age"] > ANCIENT_WEEKS
    if ancient.any():
        years = float(scores["age"].max()) * 7 / 365.25
        yield "ancient_purchases", {"customers": int(ancient.sum()), "years": years}
    idle = float((scores["age"] - scores["recency"]).min())
    if idle > IDLE_WEEKS:
        yield "no_recent_purchases", {"weeks": idle}


def _model_caveats(models: Models, scores: pd.DataFrame, params: Params) -> Iterator[Caveat]:
    for refusal in models.refusals:
        yield "model_not_fitted", {"reason": refusal.reason, **refusal.details, "model": refusal.model}
    if models.reason:
        yield "ranked_by_revenue", {"reason": models.reason}
        return
    if params.margin == 1:
        yield "value_is_revenue", {}
    yield from _backtest_caveats(models)
    once = int((scores["frequency"] == 0).sum())
    if once and isinstance(models.purchases, BgNbd):
        yield "one_time_buyers_count_as_active", {"customers": once, "n": len(scores)}
    yield from _assumption_caveats(models)


def _assumption_caveats(models: Models) -> Iterator[Caveat]:
    name = models.purchases.name if models.purchases else ""
    if name == Nbd.name:
        yield "nobody_seen_to_stop", {"model": name}
    if models.backtest.model not in ("", name):
        yield "model_changed", {"checked": models.backtest.model, "used": name}
    r, low, high = models.dependence
    if low > 0 or high < 0:
        n = models.spend.n if models.spend else 0
        yield "spend_depends_on_frequency", {"correlation": r, "low": low, "high": high, "n": n}
    for sample, fits in (("calibration", models.backtest.candidates.fits), ("all", models.candidates.fits)):
        yield from _rivals(name, sample, fits)


def _rivals(name: str, sample: str, fits: Sequence[PurchaseModel]) -> Iterator[Caveat]:
    """Tell of a model that fits a sample about as well as the one used, or better."""
    levels = {fit.name: fit.log_likelihood for fit in fits}
    if len(levels) < 2 or name not in levels:
        return
    level = levels.pop(name)
    other = max(levels, key=lambda each: levels[each])
    lead = float(levels[other] - level)
    values: dict[str, object] = {"chosen": name, "other": other, "difference": abs(lead)}
    if abs(lead) < CLEAR_LEAD:
        yield ("models_close_before_check" if sample == "calibration" else "models_close"), values
    elif lead > 0:
        yield "other_model_fits_better", values


def _backtest_caveats(models: Models) -> Iterator[Caveat]:
    backtest = models.backtest
    if backtest.reason:
        yield "no_backtest", {"reason": backtest.reason, **backtest.details}
        return
    if abs(backtest.error) > WORTH_TELLING:
        key = "totals_underpredicted" if backtest.error < 0 else "totals_overpredicted"
        yield (
            key,
            {
                "actual": backtest.actual,
                "expected": backtest.expected,
                "error": backtest.error,
                "weeks": backtest.weeks,
            },
        )
    model, past = (float(backtest.lift[name].iloc[0]) for name in ("model", "past_frequency"))
    if model - past < WORTH_TELLING:
        yield "ranking_close_to_past_frequency", {"model": model, "past_frequency": past}
    yield "interval_widened", {"error": abs(backtest.error), "weeks": backtest.weeks}
