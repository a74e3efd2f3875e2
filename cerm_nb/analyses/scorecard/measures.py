"""What the unit of an indicator says of its values: how much all of it is, and what one event counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.stats import Floats

PERCENT = ("%", "％", "percent", "per cent", "pct", "퍼센트")
SHARE = ("share", "proportion")
PER = r"per ([\d,]*\d)"  # "complaints per 1,000 stays"


def whole(records: pd.DataFrame) -> Floats:
    """Give the value that means all of it, shape (indicators,): 100 for percent, 1 for shares, else NaN.

    Parameters
    ----------
    records
        Columns unit and measure.
    """
    unit = records["unit"].str.strip().str.lower()
    share = unit.isin(SHARE) | (records["measure"] == "share")
    return np.asarray(np.select([unit.isin(PERCENT), share], [100.0, 1.0], np.nan))


def one_event(records: pd.DataFrame) -> Floats:
    """Give what one event among one unit counts, shape (indicators,): 100 for percent, 1,000 for "per 1,000".

    Parameters
    ----------
    records
        Columns unit and measure.

    Notes
    -----
    A value times its denominator divided by this is the number of events; 1 where the unit tells nothing.
    """
    unit = records["unit"].str.strip().str.lower()
    per = unit.str.extract(PER, expand=False).str.replace(",", "").astype(float).fillna(1.0)
    return np.asarray(np.where(unit.isin(PERCENT), 100.0, np.maximum(per, 1.0)))
