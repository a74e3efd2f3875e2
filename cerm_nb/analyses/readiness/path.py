"""The way to readiness: how far each thing put right would lift the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.readiness.fixes import READY
from cerm_nb.analyses.readiness.maturity import level_of

if TYPE_CHECKING:
    from cerm_nb.analyses.readiness.maturity import Maturity


@dataclass(frozen=True, eq=False)
class Path:
    """Levels reached when the weakest evidence is put right, one piece after the other.

    Parameters
    ----------
    reason
        Empty, or ``nothing_measured``.
    steps
        fixed (how many pieces, from 0), level (overall, 1–5), evidence (what was put right in this step).
    start, reached
        Level now, and after `fixed` pieces.
    fixed, share
        How many pieces are put right, and to which share.
    needed
        Pieces to be put right until level 3 is reached; NaN where even all of them do not suffice.
    first
        The piece to begin with; empty where there is none.
    """

    reason: str
    steps: pd.DataFrame
    start: float
    reached: float
    fixed: int
    share: float
    needed: float
    first: str

    @property
    def kind(self) -> str:
        """``there`` where level 3 is reached, ``ready`` where putting right reaches it, else ``never``."""
        if np.isnan(self.needed):
            return "never"
        return "ready" if self.needed else "there"


def path(state: Maturity, share: float, fixed: int) -> Path:
    """Put the weakest evidence right again and again.

    Parameters
    ----------
    state
        From `maturity`.
    share
        Share, 0–1, to which each piece of evidence is brought.
    fixed
        How many pieces are put right.

    Notes
    -----
    Dimensions known by answers alone stay as they are: what is only said cannot be put right by measuring.
    """
    told = state.frame[state.frame["measured"].isna()]["level"].dropna()
    evidence = state.evidence.sort_values(["level", "evidence"], kind="stable", ignore_index=True)
    if evidence.empty:
        empty = pd.DataFrame({"fixed": [], "level": [], "evidence": []})
        return Path("nothing_measured", empty, np.nan, np.nan, 0, share, np.nan, "")
    levels = evidence["level"].to_numpy(dtype=float)
    better = np.maximum(levels, float(level_of(share)))
    ceiling = float(told.min()) if len(told) else np.inf
    # The weakest first: after k steps the first k are better, and the lowest of all decides.
    untouched = np.append(levels, np.inf)
    touched = np.minimum.accumulate(np.append(np.inf, better))
    overall = np.minimum(np.minimum(untouched, touched), ceiling)
    steps = pd.DataFrame({"fixed": np.arange(len(overall)), "level": overall})
    steps["evidence"] = ["", *evidence["evidence"]]
    at = min(fixed, len(levels))
    ready = np.flatnonzero(overall >= READY)
    return Path(
        "",
        steps,
        float(overall[0]),
        float(overall[at]),
        at,
        share,
        float(ready[0]) if len(ready) else np.nan,
        str(evidence["evidence"].iloc[0]),
    )
