"""The tables a reader looks at: solutions by number, profiles in brief, segments by value."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.segments.profiles import CLEAR
from cerm_nb.analyses.segments.stability import adjusted_rand, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cerm_nb.analyses.segments.finding import Segments
    from cerm_nb.analyses.segments.parameters import Params

MOST_ROWS = 12  # of a table
MOST_TOLD = 2  # of one segment there


def by_number(segments: Segments) -> pd.DataFrame:
    """Tell every number of segments that was tried by the chosen method, or else by the most stable one.

    Parameters
    ----------
    segments
        From `find_segments`.

    Returns
    -------
    DataFrame
        Rows of `Segments.frame` in the order of k, with low and high (the 10th and 90th percentile of the
        adjusted Rand index, widened to hold its median) and ruling: the reason, or ``chosen``.
    """
    frame, best = segments.frame, segments.best
    mine = frame[frame["method"] == (best.solution.method if best else "")].reset_index(drop=True)
    return mine.assign(
        low=mine[["ari_q10", "ari_median"]].min(axis=1),
        high=mine[["ari_q90", "ari_median"]].max(axis=1),
        ruling=mine["reason"].where(mine["reason"] != "", "chosen"),
    )


@dataclass(frozen=True)
class Agreement:
    """How alike methods divide the same units.

    Parameters
    ----------
    k
        Number of segments, that of the chosen solution or else of the most stable; 0 where nothing was tried.
    method
        How that was found.
    methods
        Methods that were tried with so many.
    lowest
        Least adjusted Rand index of two of them; NaN of a single one.
    """

    k: int
    method: str
    methods: int
    lowest: float

    @property
    def variant(self) -> str:
        """``several`` methods or a ``single`` one."""
        return "several" if self.methods > 1 else "single"


def agreement(segments: Segments) -> Agreement:
    """Compare the divisions that the methods make into as many segments as were chosen.

    Parameters
    ----------
    segments
        From `find_segments`.
    """
    if segments.best is None:
        return Agreement(0, "", 0, np.nan)
    k = segments.best.solution.k
    found = [tried.solution.labels for (_, number), tried in segments.tried.items() if number == k]
    tables = [table(one, other, k).astype(float) for one, other in combinations(found, 2)]
    pairs = [float(adjusted_rand(each)) for each in tables]
    return Agreement(k, segments.best.solution.method, len(found), min(pairs, default=np.nan))


def telling_tiles(profile: pd.DataFrame, own: Params) -> pd.DataFrame:
    """Cross what tells segments apart with the segments.

    Parameters
    ----------
    profile
        From `profiles`.
    own
        confidence: differences that do not hold after adjustment are left empty.

    Returns
    -------
    DataFrame
        attribute, level, segment and effect (standard deviations from the rest), the attributes of the first
        segment first.
    """
    keys = ["attribute", "level"]
    order = profile[profile["telling"] > 0].sort_values(["segment", "telling"])[keys].drop_duplicates()
    tiles = order.merge(profile, on=keys, how="left", sort=False)
    holds = (tiles["p_adjusted"] <= 1 - own.confidence) & (tiles["effect"].abs() >= CLEAR)
    return tiles.assign(effect=tiles["effect"].where(holds))[[*keys, "segment", "effect"]]


def telling_rows(profile: pd.DataFrame) -> pd.DataFrame:
    """List what tells each segment apart, in no more rows than a table has.

    Parameters
    ----------
    profile
        From `profiles`.

    Returns
    -------
    DataFrame
        segment, attribute, level, mean, mean_rest, difference, low, high, n; most telling first.
    """
    segments = max(1, profile["segment"].nunique())
    most = min(MOST_TOLD, max(1, MOST_ROWS // segments))
    rows = profile[profile["telling"].between(1, most)].sort_values(["segment", "telling"], ignore_index=True)
    return rows[["segment", "attribute", "level", "mean", "mean_rest", "difference", "low", "high", "n"]]


def value_rows(sizes: pd.DataFrame) -> pd.DataFrame:
    """Give the value of each segment with its interval as low and high, for a figure of its own."""
    columns = {"value_low": "low", "value_high": "high"}
    return sizes.drop(columns=["low", "high"]).rename(columns=columns)


def worth(customers: pd.DataFrame | None) -> pd.Series | None:
    """Give what each customer is worth.

    Parameters
    ----------
    customers
        Table ``value.customers``.

    Returns
    -------
    Series or None
        Lifetime value (named ``clv``), or spend so far (``spend``) where no lifetime value could be told, by
        customer_id; None without customers.
    """
    if customers is None:
        return None
    told = "clv" if "clv" in customers and customers["clv"].notna().any() else "spend"
    return customers.set_index(customers["customer_id"].astype(str))[told]


def worded(
    rows: pd.DataFrame, names: Mapping[str, str], attributes: Mapping[tuple[str, str], str]
) -> pd.DataFrame:
    """Put the readers' names in the place of segments and of attributes with their levels."""
    told = [attributes[key] for key in zip(rows["attribute"], rows["level"], strict=True)]
    return rows.assign(attribute=told, segment=rows["segment"].replace(dict(names)))
