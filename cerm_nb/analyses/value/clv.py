"""Customer lifetime value over a horizon: purchases to come, discounted, times spend, times margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cerm_nb.analyses.value.forecast import expected_purchases
from cerm_nb.analyses.value.spend import expected_spend

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.value.purchases import PurchaseModel
    from cerm_nb.analyses.value.spend import GammaGamma
    from cerm_nb.stats import Floats

WEEKS_PER_YEAR = 365.25 / 7


def horizon_weeks(months: int) -> float:
    """Weeks in some months of a mean year: 52.1786 in 12."""
    return months / 12 * WEEKS_PER_YEAR


def weekly_rate(annual: float) -> float:
    """Discount rate a week that compounds to an annual rate: .001828 for .10."""
    return float((1 + annual) ** (1 / WEEKS_PER_YEAR) - 1)


def customer_value(
    purchases: PurchaseModel,
    spend: GammaGamma,
    summary: pd.DataFrame,
    *,
    months: int,
    annual_discount: float,
    margin: float,
) -> Floats:
    """Discounted margin expected of each customer over the horizon.

    Parameters
    ----------
    purchases, spend
        Fitted models.
    summary
        One row per customer: frequency, recency, age (weeks), monetary_value.
    months
        Horizon in months.
    annual_discount
        Discount rate a year; converted to the models' week and applied continuously, each purchase at the
        time it is expected.
    margin
        Share of revenue kept, applied after the spend model, which needs revenue before margin.

    Returns
    -------
    ndarray
        Money, shape (customers,).

    Notes
    -----
    Fader, Hardie & Lee (2005), "RFM and CLV", Journal of Marketing Research 42(4), for a finite horizon.
    """
    weeks, rate = horizon_weeks(months), weekly_rate(annual_discount)
    return margin * expected_purchases(purchases, summary, weeks, rate) * expected_spend(spend, summary)
