"""The two further answers: how many customers there are, and what winning them returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.analyses.readiness.acquisition import Acquisition
    from cerm_nb.analyses.readiness.identity import Identity
    from cerm_nb.analyses.readiness.parameters import Params

Caveat = tuple[str, "Mapping[str, object]"]

WIDE = 0.1  # width of an interval, in parts of the number, from which it is no number to plan by
HALF = 0.5
UNMEASURED = 0.25  # share of the spend without measurable return from which the rest says little


@dataclass(frozen=True)
class Conclusion:
    """An answer with its verdict.

    Parameters
    ----------
    value, low, high
        Estimate with its interval; NaN where undetermined.
    n
        What it rests on: records, or customers.
    verdict, reason
        ``go``, ``watch``, ``stop`` or ``not_enough_data``, and why; empty for ``go``.
    caveats
        (key, values) in the order to be shown.
    break_even
        Share of revenue that must be kept for the spend to have paid back, of a return.
    """

    value: float
    low: float
    high: float
    n: int
    verdict: str
    reason: str
    caveats: tuple[Caveat, ...]
    break_even: float = np.nan


def customer_count(identity: Identity) -> Conclusion:
    """Judge how well the number of customers is known.

    Parameters
    ----------
    identity
        From `resolve`.

    Returns
    -------
    Conclusion
        ``watch`` where the interval is wider than a tenth of the number (``interval_wide``), or how records
        err had to be assumed (``errors_uncertain``); ``not_enough_data`` where there is no interval; else
        ``go``.
    """
    count, caveats = identity.count, tuple(identity.caveats)
    if count.reason or np.isnan(count.value):
        return Conclusion(np.nan, np.nan, np.nan, count.n, "not_enough_data", count.reason, caveats)
    rules = (
        ("watch", "interval_wide", count.high - count.low > WIDE * count.value),
        ("watch", "errors_uncertain", not identity.sure),
    )
    verdict, reason = next(((name, why) for name, why, applies in rules if applies), ("go", ""))
    return Conclusion(count.value, count.low, count.high, count.n, verdict, reason, caveats)


def acquisition_return(won: Acquisition, own: Params) -> Conclusion:
    """Judge what winning customers returns.

    Parameters
    ----------
    won
        From `acquisition`.
    own
        margin and min_group are used.

    Returns
    -------
    Conclusion
        ``not_enough_data`` where fewer than min_group customers can be attributed (``few_won``); ``stop``
        (``loss``) where the interval of the whole return lies below 0, or nothing was brought at all;
        ``watch`` where more than a quarter of the spend has no measurable return (``unmeasured``), the
        interval holds 0 (``unproven``), less than half of the spend has paid back activity by activity
        (``few_activities``), or all revenue is counted as profit (``margin_unknown``); else ``go``.
    """
    n = 0 if won.reason else int(won.total["n"])
    reason = won.reason or ("few_won" if n < own.min_group else "")
    if reason:
        return Conclusion(np.nan, np.nan, np.nan, n, "not_enough_data", reason, won.caveats)
    value, low, high = (float(won.total[name]) for name in ("roi", "low", "high"))
    rules = (
        ("stop", "loss", high < 0 or value <= -1),
        ("watch", "unmeasured", won.unmeasurable_share > UNMEASURED),
        ("watch", "unproven", not low > 0),
        ("watch", "few_activities", won.gain_share < HALF),
        ("watch", "margin_unknown", own.margin == 1),
    )
    verdict, reason = next(((name, why) for name, why, applies in rules if applies), ("go", ""))
    break_even = own.margin / (1 + value) if value > -1 else np.nan
    caveats = (*_spend(won), *won.caveats)
    return Conclusion(value, low, high, n, verdict, reason, caveats, break_even)


def _spend(won: Acquisition) -> tuple[Caveat, ...]:
    if not won.unmeasurable_share > 0:
        return ()
    return (("spend_unmeasurable", {"share": won.unmeasurable_share, "spend": won.spend}),)
