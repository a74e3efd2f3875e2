"""Check the forecast on weeks the models have not seen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import logit

from cerm_nb.analyses.value.candidates import Candidates, fit_candidates
from cerm_nb.analyses.value.forecast import expected_purchases, expected_repeats
from cerm_nb.stats import captured

if TYPE_CHECKING:
    from cerm_nb.analyses.value.parameters import Params
    from cerm_nb.analyses.value.purchases import PurchaseModel
    from cerm_nb.stats import Floats

NONE_FITTED = Candidates((), ())
MOST_OFTEN = 7  # customers with 7 and more repeat purchases are one group
CLOSE = 0.05  # relative error of a total that counts as met
TRACKING = ["period", "phase", "actual", "expected", "cumulative_actual", "cumulative_expected"]


@dataclass(frozen=True, eq=False)
class Backtest:
    """Forecast against what happened in the weeks held back.

    Parameters
    ----------
    reason, details
        Empty, or why there was no check: ``no_holdout``, ``nothing_bought_in_holdout``, or the reason no
        model could be fitted, with what its wording needs; then numbers are NaN and frames empty.
    candidates
        The fits to the calibration weeks.
    model
        Name of the model chosen on the calibration weeks: see `Candidates.best`.
    weeks, customers
        Weeks held back; customers acquired before them.
    actual, expected
        Purchase days in those weeks: what happened, and the sum of the customers' conditional expectations.
    tracked
        As `expected`, without using the customers' histories (the curve of `frame`).
    mean_absolute_error, bias
        Per customer: mean of |expected − actual|, and of expected − actual.
    target_actual, target_expected
        Share of all purchases by the best `target_share` of customers as ranked by the forecast: what
        happened, and what was expected.
    frame
        One row a week: period, phase (``calibration``, ``holdout``), actual, expected, cumulative_actual,
        cumulative_expected.
    lift
        decile (1 the best tenth … 10, cumulative): share_of_customers, model, past_frequency: the share of
        purchases that fell on the customers ranked best by either. Equal scores share evenly.
    groups
        frequency (0 … 7, 7 = 7 or more), customers, actual, expected: means per customer.
    """

    reason: str
    details: dict[str, object]
    candidates: Candidates = NONE_FITTED
    model: str = ""
    weeks: int = 0
    customers: int = 0
    actual: float = np.nan
    expected: float = np.nan
    tracked: float = np.nan
    mean_absolute_error: float = np.nan
    bias: float = np.nan
    target_actual: float = np.nan
    target_expected: float = np.nan
    frame: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=TRACKING))
    lift: pd.DataFrame = field(default_factory=pd.DataFrame)
    groups: pd.DataFrame = field(default_factory=pd.DataFrame)

    @property
    def error(self) -> float:
        """Relative error of the total: expected / actual − 1, below 0 where the forecast was too low."""
        return self.expected / self.actual - 1

    @property
    def miss(self) -> float:
        """Size of the relative error of the total."""
        return abs(self.error)

    @property
    def tendency(self) -> str:
        """``close`` where the total was met within 5 %, else ``low`` or ``high``."""
        if self.miss < CLOSE:
            return "close"
        return "low" if self.error < 0 else "high"

    @property
    def habit(self) -> str:
        """``rising`` where those who had bought most often bought more afterwards than the others."""
        means = self.groups["actual"]
        return "rising" if means.iloc[-1] > means.iloc[0] else "not_rising"

    @property
    def last_calibration_week(self) -> int:
        """The last week the models saw."""
        return int(self.frame.loc[self.frame["phase"] == "calibration", "period"].max())

    @property
    def log_error(self) -> float:
        """|log(actual / expected)| of the total; NaN without a check."""
        return float(abs(np.log(self.actual / self.expected)))

    @property
    def logit_share_error(self) -> float:
        """|logit(actual) − logit(expected)| of the share the best-ranked hold; NaN without a check."""
        return float(abs(logit(self.target_actual) - logit(self.target_expected)))


def check_forecast(
    calibration: pd.DataFrame | None, actual: pd.DataFrame | None, weekly: pd.DataFrame | None, params: Params
) -> Backtest:
    """Fit on the calibration weeks, forecast the weeks held back, compare.

    Parameters
    ----------
    calibration
        Summary at the end of calibration: customer_id, first_day, frequency, recency, age (weeks).
    actual
        customer_id and actual (purchase days in the holdout); a customer without a row bought nothing.
    weekly
        week (1 … over calibration and holdout, week 1 from the first day of the data), repeats.
    params
        holdout_weeks and target_share are used.

    Returns
    -------
    Backtest
        With a reason instead of numbers where the check cannot be made.
    """
    if not params.holdout_weeks or calibration is None or actual is None or weekly is None:
        return Backtest("no_holdout", {})
    candidates = fit_candidates(calibration)
    if candidates.best is None:
        refusal = candidates.refusals[0]
        return Backtest(refusal.reason, refusal.details, candidates)
    bought = calibration["customer_id"].map(actual.set_index("customer_id")["actual"]).fillna(0)
    outcome = bought.to_numpy(dtype=float)
    if not outcome.sum():
        return Backtest("nothing_bought_in_holdout", {"weeks": params.holdout_weeks}, candidates)
    return _compare(candidates, candidates.best, calibration, outcome, weekly, params)


def _compare(
    candidates: Candidates,
    model: PurchaseModel,
    calibration: pd.DataFrame,
    outcome: Floats,
    weekly: pd.DataFrame,
    params: Params,
) -> Backtest:
    expected = expected_purchases(model, calibration, params.holdout_weeks)
    length = _length(calibration)
    total = repeats_by_day(model, calibration, length + np.array([0, 7 * params.holdout_weeks]))
    share = params.target_share
    return Backtest(
        "",
        {},
        candidates,
        model=model.name,
        weeks=params.holdout_weeks,
        customers=len(calibration),
        actual=float(outcome.sum()),
        expected=float(expected.sum()),
        tracked=float(total[1] - total[0]),
        mean_absolute_error=float(np.abs(expected - outcome).mean()),
        bias=float((expected - outcome).mean()),
        target_actual=float(captured(expected, outcome, share)),
        target_expected=float(captured(expected, expected, share)),
        frame=_tracking(model, calibration, weekly, length, params.holdout_weeks),
        lift=_lift(expected, calibration["frequency"].to_numpy(), outcome),
        groups=_groups(calibration["frequency"], outcome, expected),
    )


def _length(calibration: pd.DataFrame) -> int:
    """Days of calibration, the first and the last included."""
    ends = calibration["first_day"] + pd.to_timedelta((calibration["age"] * 7).round(), unit="D")
    return int((ends.max() - calibration["first_day"].min()).days) + 1


def repeats_by_day(model: PurchaseModel, calibration: pd.DataFrame, days: Floats) -> Floats:
    """Repeat purchases expected up to some days by all customers together.

    Parameters
    ----------
    model
        A fitted purchase model.
    calibration
        One row per customer: first_day.
    days
        Days that have passed at the end of each period, counted from the morning of the first day of the
        data: 7 at the end of week 1, shape (days,).

    Returns
    -------
    ndarray
        Shape (days,): the sum over customers of E[X(time since the first purchase)].
    """
    born = (calibration["first_day"] - calibration["first_day"].min()).dt.days.to_numpy(dtype=np.int64)
    arrivals = np.bincount(born)
    since = np.asarray(days)[:, None] - np.flatnonzero(arrivals)
    lengths, inverse = np.unique(since, return_inverse=True)
    curve = expected_repeats(model, lengths / 7)
    return np.asarray(curve[inverse.reshape(since.shape)] @ arrivals[arrivals > 0])


def _tracking(
    model: PurchaseModel, calibration: pd.DataFrame, weekly: pd.DataFrame, length: int, holdout_weeks: int
) -> pd.DataFrame:
    days_in_all = length + 7 * holdout_weeks
    # weeks at the end in which nobody bought count too; the last may be cut short by the end of the data
    week = np.arange(1, -(-days_in_all // 7) + 1)
    ends = np.minimum(7 * week, days_in_all)
    starts = np.minimum(7 * (week - 1), ends)
    days = repeats_by_day(model, calibration, np.append(starts, ends))
    frame = pd.DataFrame({"period": week, "phase": np.where(starts < length, "calibration", "holdout")})
    frame["actual"] = weekly.set_index("week")["repeats"].reindex(week, fill_value=0).to_numpy(dtype=np.int64)
    frame["expected"] = days[week.size :] - days[: week.size]
    frame["cumulative_actual"] = frame["actual"].cumsum()
    frame["cumulative_expected"] = frame["expected"].cumsum()
    return frame


def _lift(expected: Floats, frequency: Floats, outcome: Floats) -> pd.DataFrame:
    shares = np.arange(1, 11) / 10
    frame = pd.DataFrame({"decile": np.arange(1, 11), "share_of_customers": shares})
    frame["model"] = captured(expected, outcome, shares)
    return frame.assign(past_frequency=captured(frequency, outcome, shares))


def _groups(frequency: pd.Series[int], outcome: Floats, expected: Floats) -> pd.DataFrame:
    frame = pd.DataFrame(
        {"frequency": frequency.clip(upper=MOST_OFTEN).to_numpy(), "actual": outcome, "expected": expected}
    )
    grouped = frame.groupby("frequency")
    means = grouped[["actual", "expected"]].mean()
    means.insert(0, "customers", grouped.size())
    return means.reset_index()
