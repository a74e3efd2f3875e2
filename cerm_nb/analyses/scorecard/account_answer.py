"""Did earlier forecasts come true: the answer, as numbers and keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.scorecard.accountability import SEPARATE, windows
from cerm_nb.stats import wilson_interval

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

Caveat = tuple[str, "Mapping[str, object]"]

HALF = 0.5
TOGETHER = ["question", "source", "made_at", "due"]


@dataclass(frozen=True, eq=False)
class Account:
    """Whether earlier forecasts came true.

    Parameters
    ----------
    value, low, high
        Share of the forecasts with an interval whose interval held what came, with Wilson's interval; NaN
        where none has come due.
    n
        Forecasts it rests on: stretches of time that do not overlap, each question's forecasts as one.
    verdict, reason
        ``not_enough_data`` (``no_earlier_run``, ``nothing_due``), ``stop`` (``mostly_missed``: even the upper
        end is below a half), ``watch`` (``models_drift``, ``covered_too_few``: the upper end is below what
        was promised, ``one_stretch``: it is, but all forecasts that came due were made on one day, so one
        surprise may have caught all of them) or ``go``.
    promised
        Mean coverage that was promised.
    runs, due
        Earlier runs, and forecasts that have come due.
    drifting
        Questions whose forecasts drift.
    caveats
        (key, values) in the order to be shown.
    """

    value: float
    low: float
    high: float
    n: int
    verdict: str
    reason: str
    promised: float
    runs: int
    due: int
    drifting: tuple[str, ...]
    caveats: tuple[Caveat, ...]


def account(
    scored: pd.DataFrame, drifting: pd.DataFrame, runs: int, caveats: Iterable[Caveat] = ()
) -> Account:
    """Tell whether earlier forecasts came true.

    Parameters
    ----------
    scored
        From `cerm_nb.analyses.scorecard.accountability.score`.
    drifting
        From `cerm_nb.analyses.scorecard.drift.drift`.
    runs
        Earlier runs of the client.
    caveats
        Those found on the way, such as earlier results that are not whole.
    """
    told = _together(scored)
    n, held = len(told), float(told["held"].sum())
    low, high = wilson_interval(held, n) if n else (np.nan, np.nan)
    promised = float(told["confidence"].mean()) if n else np.nan
    named = tuple(dict.fromkeys(drifting.loc[drifting["drifts"].astype(bool), "question"]))
    verdict, reason = _verdict(runs, told["made_at"].nunique(), high, promised, bool(named))
    return Account(
        value=held / n if n else np.nan,
        low=low,
        high=high,
        n=n,
        verdict=verdict,
        reason=reason,
        promised=promised,
        runs=runs,
        due=int(scored["actual"].notna().sum()),
        drifting=named,
        caveats=(*caveats, *_unknown(scored)),
    )


def _together(scored: pd.DataFrame) -> pd.DataFrame:
    """Count forecasts that err together as one: share held and confidence, by source and stretch of time.

    What one model says of purchases and revenue, of all customers and of some, rests on the same surprises;
    indicators are series of their own.
    """
    told = windows(scored)
    told = told[told["covered"].notna()]
    alone = told["subject"].where(told["question"] == SEPARATE, "")
    rows = told.assign(alone=alone, held=told["covered"].astype(float))
    return rows.groupby([*TOGETHER, "alone"], sort=True, as_index=False)[["held", "confidence"]].mean()


def _verdict(runs: int, stretches: int, high: float, promised: float, drifts: bool) -> tuple[str, str]:
    rules = (
        ("not_enough_data", "no_earlier_run", runs == 0),
        ("not_enough_data", "nothing_due", stretches == 0),
        ("stop", "mostly_missed", high < HALF and stretches > 1),
        ("watch", "models_drift", drifts),
        ("watch", "covered_too_few", high < promised and stretches > 1),
        ("watch", "one_stretch", high < promised),
    )
    return next(((name, reason) for name, reason, applies in rules if applies), ("go", ""))


def _unknown(scored: pd.DataFrame) -> list[Caveat]:
    """Tell of what happened it cannot be known, and why."""
    lost = scored[scored["actual"].isna()]
    counts = lost["reason"].value_counts().sort_index()
    return [("outcomes_unknown", {"n": int(n), "reason": str(reason)}) for reason, n in counts.items()]
