"""What another number of segments, or another method, would be like."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.analyses.segments.finding import Segments, Tried

OVERLAPS = ["segment", "n", "share", "overlap", "low", "high"]


@dataclass(frozen=True, eq=False)
class WhatIf:
    """Another number of segments, or another method.

    Parameters
    ----------
    method, k
        What was asked for.
    ari_median, ari_q10, ari_q90
        Its stability.
    shares, stability
        Weighted share of each segment, and its mean overlap with resamples, the largest first.
    reason
        Why it was not chosen; empty where it was, ``not_tried`` where there is no such solution.
    frame
        One row per segment, columns `OVERLAPS`: units among those it was tried on, share, mean overlap with
        the segment most like it in resamples, and its 10th and 90th percentile.
    """

    method: str
    k: int
    ari_median: float
    ari_q10: float
    ari_q90: float
    shares: tuple[float, ...]
    stability: tuple[float, ...]
    reason: str
    frame: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=OVERLAPS))

    @property
    def untold(self) -> str:
        """``not_tried`` where there is nothing to show; empty otherwise."""
        return self.reason if self.frame.empty else ""

    @property
    def ruling(self) -> str:
        """Whether it is ``chosen``, ``refused`` (it does not come back, or is too small) or ``possible``."""
        refused = {"unstable", "segment_unstable", "too_small"}
        return "refused" if self.reason in refused else "possible" if self.reason else "chosen"

    def named(self, names: Mapping[str, str], number: str = "{}") -> pd.DataFrame:
        """Give the frame with segments called as readers call the chosen ones; others by their number."""
        known = names if self.ruling == "chosen" else {}
        return self.frame.assign(segment=[known.get(at, number.format(at)) for at in self.frame["segment"]])


def what_if(segments: Segments, k: int, method: str = "") -> WhatIf:
    """Tell what another number of segments would be like.

    Parameters
    ----------
    segments
        From `find_segments`.
    k
        Number of segments.
    method
        How; that of the chosen solution, or else of the most stable, where unset.
    """
    best, unknown = segments.best, (np.nan, np.nan, np.nan)
    how = method or (best.solution.method if best else "")
    tried = segments.tried.get((how, k))
    if tried is None:
        return WhatIf(how, k, *unknown, (), (), "not_tried")
    row = segments.frame[(segments.frame["method"] == how) & (segments.frame["k"] == k)].iloc[0]
    if row["chosen"] and segments.chosen:
        tried = segments.chosen  # of all units, where it was found on a sample
    stable = tried.stability
    return WhatIf(
        how,
        k,
        stable.median,
        stable.q10,
        stable.q90,
        tuple(float(share) for share in tried.solution.shares),
        tuple(float(share) for share in stable.jaccard.mean(axis=0)),
        str(row["reason"]),
        _overlaps(tried, k),
    )


def _overlaps(tried: Tried, k: int) -> pd.DataFrame:
    overlaps = tried.stability.jaccard
    low, high = np.quantile(overlaps, [0.1, 0.9], axis=0)
    mean = overlaps.mean(axis=0)
    return pd.DataFrame(
        {
            "segment": [str(at + 1) for at in range(k)],
            "n": np.bincount(tried.solution.labels, minlength=k),
            "share": tried.solution.shares,
            "overlap": mean,
            "low": np.minimum(low, mean),
            "high": np.maximum(high, mean),
        }
    )
