"""How large the next pilots must be, from what the pilots done told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.stats import size_for_means

if TYPE_CHECKING:
    from cerm_nb.analyses.roadmap.pilots import Pilots

PLANS = [
    "initiative",
    "effect",
    "spread",
    "intraclass",
    "units_per_cluster",
    "clusters_per_arm",
    "n_per_arm",
    "power",
    "reason",
]


def plan_pilots(
    initiatives: pd.DataFrame,
    done: Pilots,
    *,
    spread: float = 0.0,
    confidence: float = 0.95,
    power: float = 0.8,
) -> pd.DataFrame:
    """Plan the size of pilots of initiatives that no pilot has decided on.

    Parameters
    ----------
    initiatives
        The client table ``initiatives``; the effect expected there is the one to be found.
    done
        From `pilots`; spread, intraclass correlation and units per cluster are their medians.
    spread
        Standard deviation of units, where no pilot tells it.
    confidence, power
        1 − two-sided level of the test, and chance to find the effect.

    Returns
    -------
    DataFrame
        Columns `PLANS`; sizes are NaN with a reason: ``no_effect_expected`` or ``spread_unknown``. A mean
        before the change, which the analysis adjusts for, makes what is planned here more than enough.
    """
    known = done.frame[["spread", "intraclass", "units_per_cluster"]].median()
    usual = float(known["spread"]) if np.isfinite(known["spread"]) else spread
    intraclass = float(np.nan_to_num(known["intraclass"]))
    size = round(float(known["units_per_cluster"])) if known["units_per_cluster"] > 1 else 0
    decided = done.frame.loc[done.frame["verdict"] != "undetermined", "initiative"]
    open_ones = initiatives[~initiatives["initiative"].isin(decided)]
    rows = []
    for initiative, effect in zip(open_ones["initiative"], open_ones["effect"].astype(float), strict=True):
        reason = "no_effect_expected" if not effect > 0 else "spread_unknown" if not usual > 0 else ""
        told = (np.nan, np.nan, np.nan)
        if not reason:
            plan = size_for_means(
                effect, usual, power=power, confidence=confidence, cluster_size=size, intraclass=intraclass
            )
            told = (plan.clusters_treated or np.nan, plan.treated, plan.power)
        rows.append((initiative, effect, usual or np.nan, intraclass, size, *told, reason))
    return pd.DataFrame(rows, columns=PLANS)
