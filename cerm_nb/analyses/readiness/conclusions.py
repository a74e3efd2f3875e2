"""The two further answers: how many customers there are, and what winning them returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.analyses.readiness.acquisition import Acquisition
    from cerm_nb.analyses.readiness.identity import Identity

Caveat = tuple[str, "Mapping[str, object]"]

WIDE = 0.1  # width of an interval, in parts of the number, from which it is no number to plan by
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
    """

    value: float
    low: float
    high: float
    n: int
    verdict: str
    reason: str
    caveats: tuple[Caveat, ...]


def customer_count(identity: Identity) -> Conclusion:
    """Judge how well the number of customers is known.

    Parameters
    ----------
    identity
        From `resolve`.

    Returns
    -------
    Conclusion
        ``go`` where the interval is no wider than a tenth of the number, else ``watch``
        (``interval_wide``); ``not_enough_data`` where there is no interval.
    """
    count, caveats = identity.count, tuple(identity.caveats)
    if count.reason or np.isnan(count.value):
        return Conclusion(np.nan, np.nan, np.nan, count.n, "not_enough_data", count.reason, caveats)
    wide = count.high - count.low > WIDE * count.value
    verdict, reason = ("watch", "interval_wide") if wide else ("go", "")
    return Conclusion(count.value, count.low, count.high, count.n, verdict, reason, caveats)


def acquisition_return(won: Acquisition) -> Conclusion:
    """Judge what winning customers returns.

    Parameters
    ----------
    won
        From `acquisition`.

    Returns
    -------
    Conclusion
        ``stop`` (``loss``) where the interval of the whole return lies below 0; ``watch`` where more than a
        quarter of the spend has no measurable return (``unmeasured``) or the interval holds 0
        (``unproven``); else ``go``.
    """
    if won.reason:
        return Conclusion(np.nan, np.nan, np.nan, 0, "not_enough_data", won.reason, won.caveats)
    value, low, high = (float(won.total[name]) for name in ("roi", "low", "high"))
    rules = (
        ("stop", "loss", high < 0),
        ("watch", "unmeasured", won.unmeasurable_share > UNMEASURED),
        ("watch", "unproven", not low > 0),
    )
    verdict, reason = next(((name, why) for name, why, applies in rules if applies), ("go", ""))
    return Conclusion(value, low, high, int(won.total["n"]), verdict, reason, (*_spend(won), *won.caveats))


def _spend(won: Acquisition) -> tuple[Caveat, ...]:
    if not won.unmeasurable_share > 0:
        return ()
    return (("spend_unmeasurable", {"share": won.unmeasurable_share, "spend": won.spend}),)
