"""Which forecasts drift: miss by more, or in one direction more often, than their intervals allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import chdtrc, ndtr

from cerm_nb.analyses.scorecard.accountability import SOURCE, windows
from cerm_nb.analyses.scorecard.forecasts import GAIN, LAST_WAVE
from cerm_nb.stats import holm

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = [*SOURCE, "subject"]
DRIFT = [*KEY, "windows", "relative_bias", "p_bias", "p_spread", "p_adjusted", "tendency"]
DRIFT += ["drifts"]
MATTERS = 0.10  # relative error of purchases and money below which a drift is of no consequence (ours)
UNCHANGED = {LAST_WAVE}  # what it is told of is meant to change: a measuring rod, not a model
PROMISED = {GAIN}  # more than was promised is no fault
TOLD = ["source", "quantity", "subject", "unit", "forecast", "low", "high", "actual"]
LOWER = {"go": "watch", "watch": "watch", "stop": "stop"}


def drift(scored: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Judge every forecast that was made again and again.

    Parameters
    ----------
    scored
        From `accountability.score`.
    confidence
        1 less the chance that a source (a model of a question) is said to drift though it is right.

    Returns
    -------
    DataFrame
        One row per question, source, quantity and subject, columns `DRIFT`: windows that do not overlap,
        relative_bias over them, p_bias, p_spread, p_adjusted (the smaller of the two after Holm), tendency
        (``too_high``, ``too_low`` on the whole, or ``too_narrow``: off by more than the interval allows, to
        either side) and whether it drifts.

    Notes
    -----
    With z the errors in standard deviations of the forecast, of R windows that do not overlap
    (`accountability.windows`), Σz/√R is standard normal and Σz² chi-squared with R degrees of freedom where
    the intervals are right. Both p of all quantities and subjects of a source are adjusted together by Holm,
    which holds however they depend on one another: purchases of all and of the target customers do. A
    drift counts from an adjusted p below 1 − confidence on, and for purchases and money from a mean relative
    error of `MATTERS` on, since with many customers no model is right to the last per cent. What the last
    wave showed is no model, and a roadmap that brought more than it promised does not drift.
    """
    apart = windows(scored)
    apart = apart[~apart["source"].isin(UNCHANGED)]
    if apart.empty:
        return pd.DataFrame(columns=DRIFT)
    z = apart["standardised"]
    sizes = {"z": z, "square": z**2, "size": apart["actual"].abs(), "off": apart["error"].abs()}
    grouped = apart.assign(**sizes).groupby(KEY, sort=True)
    sums = grouped[["z", "square", "size", "off", "error"]].sum()
    sums["windows"] = grouped.size()
    frame = sums.reset_index()
    mean = frame["z"] / np.sqrt(frame["windows"])
    frame["p_bias"] = 2 * ndtr(-mean.abs().to_numpy())
    once = frame["windows"] < 2  # both would be the same test
    frame["p_spread"] = np.where(once, np.nan, chdtrc(frame["windows"], frame["square"]))
    frame["relative_bias"] = frame["error"] / frame["size"].where(frame["size"] > 0)
    adjusted = frame[["p_bias", "p_spread"]].copy()
    for _, rows in adjusted.groupby([frame["question"], frame["source"]], sort=False):
        adjusted.loc[rows.index] = holm(rows.to_numpy())
    is_bias = ~(adjusted["p_spread"] < adjusted["p_bias"])
    side = np.where(frame["z"] < 0, "too_high", "too_low")
    frame["p_adjusted"] = adjusted.min(axis=1)
    frame["tendency"] = np.where(is_bias, side, "too_narrow").astype(object)
    matters = (frame["off"] >= MATTERS * frame["size"]) | (frame["question"] != "value")
    harmless = frame["source"].isin(PROMISED) & (frame["z"] > 0)
    frame["drifts"] = (frame["p_adjusted"] < 1 - confidence) & matters & ~harmless
    return frame[DRIFT]


def reviews(
    drifting: pd.DataFrame, scored: pd.DataFrame, verdicts: Mapping[str, str]
) -> dict[str, dict[str, object]]:
    """Lower the verdicts of questions whose forecasts drift.

    Parameters
    ----------
    drifting
        From `drift`.
    scored
        From `accountability.score`.
    verdicts
        Question → today's verdict.

    Returns
    -------
    dict
        Question → ``from`` and ``to`` (``go`` becomes ``watch``; ``watch`` and ``stop`` stay, and are told
        why), ``reason`` (the tendency), windows, and of the forecast that missed by most made_at, due,
        source, quantity, subject, unit, forecast, low, high, actual: what `Run.publish_json` writes as
        ``reviews.json``. Only questions with a verdict that drift.
    """
    found: dict[str, dict[str, object]] = {}
    worst = drifting[drifting["drifts"].astype(bool)].sort_values("p_adjusted", kind="stable")
    apart = windows(scored).assign(missed=lambda frame: frame["standardised"].abs())
    for row in worst.drop_duplicates("question").to_dict("records"):
        before = verdicts.get(row["question"], "")
        if before not in LOWER:
            continue
        same = (apart[KEY] == [row[name] for name in KEY]).all(axis=1)
        one = apart[same].sort_values("missed").to_dict("records")[-1]
        found[row["question"]] = {
            "from": before,
            "to": LOWER[before],
            "reason": row["tendency"],
            "windows": int(row["windows"]),
            **{name: one[name].date().isoformat() for name in ("made_at", "due")},
            **{name: one[name] for name in TOLD},
        }
    return found
