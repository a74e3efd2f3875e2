"""A client's purchases as the value models need them: all, and with the last weeks held back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from cerm_nb.sources import purchases
from cerm_nb.sources.load import check_as_of

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from cerm_nb.sources.load import Loaded


@dataclass(frozen=True)
class PurchaseHistory:
    """Customers' purchases up to a day, summarised by the engine that holds them.

    Parameters
    ----------
    summary
        One row per customer, all data: see `purchases.summary`.
    calibration
        The same at the end of calibration, seeing nothing later; None where nothing is held back or the
        data begins within the weeks held back.
    holdout, weekly
        What the customers of the calibration bought afterwards, and repeat purchases by week; None likewise.
    money
        Gross, returned and unmatched amounts.
    """

    summary: pd.DataFrame
    calibration: pd.DataFrame | None
    holdout: pd.DataFrame | None
    weekly: pd.DataFrame | None
    money: purchases.Money


def purchase_history(loaded: Loaded, as_of: date, holdout_weeks: int) -> PurchaseHistory:
    """Summarise a client's transactions.

    Parameters
    ----------
    loaded
        The checked transactions.
    as_of
        The last day seen.
    holdout_weeks
        Weeks before ``as_of`` held back to check a forecast; 0 holds nothing back.

    Raises
    ------
    DataError
        When the data begins after ``as_of``.
    """
    check_as_of(loaded, as_of, where="as_of")
    table = loaded.table
    days = purchases.purchase_days(table, as_of)
    summary = purchases.summary(days, as_of)
    money = purchases.money(table, as_of)
    calibration_end = as_of - timedelta(weeks=holdout_weeks)
    first_day = loaded.provenance.first_day
    if holdout_weeks == 0 or first_day is None or first_day >= calibration_end:
        return PurchaseHistory(summary, None, None, None, money)
    calibration = purchases.summary(purchases.purchase_days(table, calibration_end), calibration_end)
    if calibration.empty:
        return PurchaseHistory(summary, None, None, None, money)
    return PurchaseHistory(
        summary,
        calibration,
        purchases.holdout(table, calibration_end, as_of),
        # Weeks count from the first purchase that was kept, as the customers' ages do.
        purchases.weekly(days, calibration["first_day"].min().date(), calibration_end),
        money,
    )
