"""What a fitted purchase model says of a customer: still active, and how many purchases to come."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import hyp2f1

from cerm_nb.analyses.value.purchases import histories
from cerm_nb.analyses.value.surfaces import Histories, alive_odds
from cerm_nb.stats import weighted_patterns

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.value.purchases import PurchaseModel
    from cerm_nb.stats import Floats, Integers

NODES = 24  # of the Gauss–Legendre rule over the horizon: ten digits and more


def p_alive(model: PurchaseModel, summary: pd.DataFrame) -> Floats:
    """Probability that a customer is still active at the end of the window.

    Parameters
    ----------
    model
        A fitted purchase model.
    summary
        One row per customer: frequency, recency and age in weeks.

    Returns
    -------
    ndarray
        Shape (customers,), 0–1.

    Notes
    -----
    Fader & Hardie (2008), "Computing P(alive) using the BG/NBD model"; on the log scale, so that
    hundreds of purchases do not overflow.
    """
    data = histories(summary)
    return np.asarray(active(model, data)[data.inverse])


def active(model: PurchaseModel, data: Histories) -> Floats:
    """`p_alive` of collapsed histories, shape (patterns,)."""
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(alive_odds(model.shift, data, model.process))))


def expected_purchases(
    model: PurchaseModel, summary: pd.DataFrame, weeks: float, weekly_discount: float = 0.0
) -> Floats:
    """Forecast each customer's purchases in the weeks to come.

    Parameters
    ----------
    model
        A fitted purchase model.
    summary
        One row per customer: frequency, recency and age in weeks.
    weeks
        Horizon, 0 or more.
    weekly_discount
        Discount rate a week; above 0 each purchase counts less the later it comes, continuously
        in time: (1 + rate)⁻ˢ at week s.

    Returns
    -------
    ndarray
        Shape (customers,).

    Notes
    -----
    Fader, Hardie & Lee (2005), equation 10, which divides by a − 1 and overflows at many purchases. Here
    its derivative, the purchase rate at week s, is integrated, which does neither (see `purchase_rate`).
    """
    data = histories(summary)
    return np.asarray(forecast(model, data, weeks, weekly_discount)[data.inverse])


def forecast(model: PurchaseModel, data: Histories, weeks: float, weekly_discount: float = 0.0) -> Floats:
    """`expected_purchases` of collapsed histories, shape (patterns,)."""
    days = np.rint(data.age * 7).astype(np.int64)
    rows, inverse, _ = weighted_patterns(data.frequency, days)
    future = while_active(model, data.frequency[rows], data.age[rows], weeks, weekly_discount)
    return np.asarray(future[inverse] * active(model, data))


def while_active(
    model: PurchaseModel,
    frequency: Integers,
    age: Floats,
    weeks: float | Floats,
    weekly_discount: float = 0.0,
    nodes: int = NODES,
) -> Floats:
    """Forecast the purchases of customers known to be active now.

    Parameters
    ----------
    model
        A fitted purchase model.
    frequency, age
        Repeat purchases and age in weeks, each of shape (patterns,).
    weeks
        Horizon, one for all or of shape (patterns,).
    weekly_discount
        Discount rate a week.
    nodes
        Nodes of the integration rule.

    Notes
    -----
    The rate falls like a power of 1 + s/(α+T), so the rule runs over the logarithm of that.
    """
    points, rule = _rule(nodes)
    start = (model.process[1] + age)[:, None]
    length = np.log1p(np.broadcast_to(weeks, age.shape)[:, None] / start)
    stretched = length * (points + 1) / 2
    later = start * np.expm1(stretched)
    rate = purchase_rate(model, frequency[:, None], age[:, None], later)
    counted = rate * np.exp(stretched - np.log1p(weekly_discount) * later) * start
    return np.asarray((counted @ rule) * length[:, 0] / 2)


@cache
def _rule(nodes: int) -> tuple[Floats, Floats]:
    return np.polynomial.legendre.leggauss(nodes)


def purchase_rate(model: PurchaseModel, frequency: Integers, age: Floats, later: Floats) -> Floats:
    """Purchases a week, `later` weeks from now, of a customer known to be active now.

    Notes
    -----
    E[λ (…)] over λ ~ Gamma(r+x, α+T) and p ~ Beta(a, b+m) of λ·exp(−λps) is
    (r+x)/(α+T) · ₂F₁(r+x+1, a; a+b+m; −s/(α+T)). After Pfaff's transformation (DLMF 15.8.1) x is left in the
    third argument only, so the series stays small at any number of purchases.
    """
    r, alpha, a, b = model.process
    start = alpha + age
    bottom = a + b + model.shift
    series = hyp2f1(a, bottom - 1 - r, bottom + frequency, later / (start + later))
    return np.asarray((r + frequency) / start * (1 + later / start) ** -a * series)


def expected_repeats(model: PurchaseModel, weeks: Floats) -> Floats:
    """Repeat purchases expected of a new customer within some weeks of the first purchase.

    Parameters
    ----------
    model
        A fitted purchase model.
    weeks
        Weeks since the first purchase, shape (n,); below 0 gives 0.

    Returns
    -------
    ndarray
        Shape (n,).
    """
    none = np.zeros(weeks.size, dtype=np.int64)
    start = Histories(none[:1], np.zeros(1), np.zeros(1), none[:1] + 1, none[:1])
    future = while_active(model, none, np.zeros(weeks.size), np.maximum(weeks, 0.0))
    return np.asarray(future * active(model, start)[0])
