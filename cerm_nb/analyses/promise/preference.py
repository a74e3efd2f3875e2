"""Whether customers would prefer what is promised to what we are today."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.candidates import PREFERENCE
from cerm_nb.analyses.promise.scenarios import encode
from cerm_nb.analyses.promise.shares import share_draws

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.analyses.promise.shares import Market

OURS = "own"


def preferences(market: Market, own: Params, rule: str = "logit") -> pd.DataFrame:
    """Tell what each promise adds to our share of preference.

    Parameters
    ----------
    market
        From `prepare`.
    own
        promises, own_profile and scenarios (checked by `check_promises`) are used.
    rule
        One of ``shares.RULES``.

    Returns
    -------
    DataFrame
        candidate, preference (share with the promised levels in the place of today's, less that of today,
        against the same competitors), preference_low and preference_high, of the same redraws; a row for
        each promise that promises levels. Empty where today's levels or the competitors are not told.
    """
    columns = ["candidate", *PREFERENCE]
    promised = [one for one in own.promises if one.levels]
    if not promised or not own.own_profile or not own.scenarios:
        return pd.DataFrame(columns=columns)
    profiles = [own.own_profile, *({**own.own_profile, **one.levels} for one in promised)]
    scenarios = {str(at): {OURS: profile, **own.scenarios} for at, profile in enumerate(profiles)}
    encoded = encode(market.part_worths.coding, scenarios)
    drawn = np.column_stack([share_draws(market, one, rule)[:, 0] for one in encoded])
    change = drawn[:, 1:] - drawn[:, :1]
    low, high = market.drawn.interval(change)
    names = [one.name for one in promised]
    return pd.DataFrame(dict(zip(columns, (names, change[0], low, high), strict=True)))
