"""What customers will buy, month by month, in a form that can be held against what they then buy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import gammaincinv

from cerm_nb.analyses.value.forecast import expected_purchases
from cerm_nb.analyses.value.scores import is_top
from cerm_nb.analyses.value.spend import expected_spend, fit_spend
from cerm_nb.analyses.value.totals import Totals, uncertain_totals
from cerm_nb.errors import NotEnoughData

if TYPE_CHECKING:
    from datetime import date

    from cerm_nb.analyses.value.models import Models
    from cerm_nb.analyses.value.parameters import Params
    from cerm_nb.stats import Floats

COLUMNS = ["group", "months", "due", "purchases", "purchases_low", "purchases_high", "revenue", "revenue_low"]
COLUMNS += ["revenue_high", "customers", "confidence", "purchases_widened", "revenue_widened", "model"]
GROUPS = ("target", "all")


def forecasts(
    summary: pd.DataFrame,
    held_back: tuple[pd.DataFrame | None, pd.DataFrame | None],
    scores: pd.DataFrame,
    models: Models,
    as_of: date,
    params: Params,
) -> pd.DataFrame:
    """Forecast what the target customers, and all, buy up to the end of each month to come.

    Parameters
    ----------
    summary
        One row per customer: frequency, recency, age (weeks), monetary_value.
    held_back
        The summary at the end of calibration, and what its customers bought afterwards (customer_id, actual,
        spend); None where nothing was held back.
    scores
        The same customers as `score` gives them, in the same order.
    models
        Fitted models with their backtest.
    as_of
        Last day seen; month m ends m calendar months later, of a month's last day on a month's last day.
    params
        horizon_months, target_share and confidence are used.

    Returns
    -------
    DataFrame
        One row per group (``target``, ``all``) and month, no rows where nothing could be fitted: group,
        months, due (last day that counts), purchases (purchase days after ``as_of``, cumulative) with low and
        high, revenue likewise (before margin and discount; NaN where spend could not be modelled), customers,
        confidence, purchases_widened and revenue_widened (factors by which the check on the weeks held back
        widened the interval, 1 for nothing; NaN without a check), model.

    Notes
    -----
    A total T has the variance Σ Var(customer) + (slopes of log T)ᵀ Σ̂ (slopes) T²: customers are independent
    and each spreads as in `intervals`; the parameters' part is linear on the scale of their logarithms, on
    which their large-sample distribution is normal. Its distribution is a Gamma with that mean and variance,
    which holds for a handful of purchases as for many; of purchases, which are whole, low is rounded down and
    high up.

    The interval is right where the model is. So the same forecast is made at the end of calibration for
    the weeks held back; where what happened lies outside its interval, intervals are widened, on the log
    scale, until it would have lain inside, and never made narrower.
    """
    if models.purchases is None:
        return pd.DataFrame(columns=COLUMNS)
    due = _ends(as_of, params.horizon_months)
    weeks = (due - pd.Timestamp(as_of)).days.to_numpy() / 7
    groups = np.vstack([scores["is_target"].to_numpy(dtype=bool), np.ones(len(scores), dtype=bool)])
    mean, variance = uncertain_totals(models.purchases, models.spend, summary, groups, weeks)
    widened = _widening(models, held_back, params)
    low, high = interval(mean, variance, params.confidence, widened)
    columns = {"purchases": (mean, low, high), "revenue": (mean, low, high)}
    rows = []
    for row, group in enumerate(GROUPS):
        frame = pd.DataFrame({"group": group, "months": np.arange(1, len(due) + 1), "due": due})
        for place, (name, ends) in enumerate(columns.items()):
            for suffix, values in zip(("", "_low", "_high"), ends, strict=True):
                frame[f"{name}{suffix}"] = values[row, place]
            frame[f"{name}_widened"] = widened[row, place]
        frame["purchases_low"] = np.floor(frame["purchases_low"])
        frame["purchases_high"] = np.ceil(frame["purchases_high"])
        frame["revenue_low"] = frame["revenue_low"].mask(frame["purchases_low"] == 0, 0.0 * frame["revenue"])
        rows.append(frame.assign(customers=int(groups[row].sum())))
    found = pd.concat(rows, ignore_index=True)
    return found.assign(confidence=params.confidence, model=models.purchases.name)[COLUMNS]


def _ends(as_of: date, months: int) -> pd.DatetimeIndex:
    day = pd.Timestamp(as_of)
    later = [day + pd.DateOffset(months=month) for month in range(1, months + 1)]
    return pd.DatetimeIndex([one + pd.offsets.MonthEnd(0) for one in later] if day.is_month_end else later)


def interval(
    mean: Floats, variance: Floats, confidence: float, widened: Floats | None = None
) -> tuple[Floats, Floats]:
    """Take low and high of Gamma distributions with some means and variances, widened on the log scale.

    Parameters
    ----------
    mean, variance
        Any shape; NaN gives NaN.
    confidence
        Coverage.
    widened
        Factors of the distance to the mean on the log scale, of the shape of the first dimensions.
    """
    tail = (1 - confidence) / 2
    shape = mean**2 / variance
    factor = 1.0 if widened is None else np.nan_to_num(widened, nan=1.0)[..., None]
    ends = []
    for share in (tail, 1 - tail):
        with np.errstate(divide="ignore"):
            distance = np.log(gammaincinv(shape, share) / shape)
        ends.append(mean * np.exp(factor * distance))
    return np.asarray(ends[0]), np.asarray(ends[1])


def _widening(
    models: Models, held_back: tuple[pd.DataFrame | None, pd.DataFrame | None], params: Params
) -> Floats:
    """Factors by which intervals would have had to be wider to hold what happened, shape (groups, 2)."""
    unknown = np.full((len(GROUPS), 2), np.nan)
    calibration, bought = held_back
    model = models.backtest.candidates.named(models.backtest.model)
    if model is None or calibration is None or bought is None or models.backtest.reason:
        return unknown
    try:
        spend = fit_spend(calibration) if models.spend is not None else None
    except NotEnoughData:
        spend = None
    weeks = np.array([float(models.backtest.weeks)])
    actual = bought.set_index("customer_id").reindex(calibration["customer_id"]).fillna(0.0)
    worth = expected_purchases(model, calibration, weeks[0])
    worth = worth if spend is None else worth * expected_spend(spend, calibration)
    groups = np.vstack([is_top(worth, params.target_share), np.ones(len(worth), dtype=bool)])
    expected = uncertain_totals(model, spend, calibration, groups, weeks)
    happened = groups @ actual[["actual", "spend"]].to_numpy(dtype=float)
    return needed(expected, happened, params.confidence)


def needed(expected: Totals, happened: Floats, confidence: float) -> Floats:
    """Factors by which intervals must be wider to hold what happened, at least 1, shape (groups, 2).

    Nothing bought at all is taken for half a purchase, whose logarithm exists, and half of what one costs.
    """
    mean = expected.mean[..., 0]
    low, high = (ends[..., 0] for ends in interval(expected.mean, expected.variance, confidence))
    one = mean / mean[:, :1]  # what a purchase costs; 1 in purchases
    off = np.log(np.maximum(happened, 0.5 * one) / mean)
    room = np.where(off < 0, np.log(low / mean), np.log(high / mean))
    return np.asarray(np.maximum(off / room, 1.0) + 0.0 * mean)
