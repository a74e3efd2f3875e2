"""What the survey says of each attribute that is to carry a promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.stats import weighted_means

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.analyses.promise.value_curve import ValueCurve
    from cerm_nb.analyses.promise.weights import Weights
    from cerm_nb.stats import Floats
    from cerm_nb.surveys import Survey

COLUMNS = ["promise", "touchpoint", "attribute", "stage", "dimension", "item", "level", "n", "n_eff", "today"]
COLUMNS += ["today_low", "today_high", "reserve", "reserve_low", "reserve_high", "floor_reached", "stretch"]
COLUMNS += ["matters", "derived", "stated", "difference", "diff_low", "diff_high", "standing"]
COLUMNS += ["promised", "promised_low", "promised_high", "promised_standing", "feasibility", "cost"]


def floor_of(survey: Survey, own: Params) -> float:
    """Rating below which an experience fails: that of the params, else the middle of the scale."""
    return own.floor or sum(survey.scale) / 2


def check_carriers(survey: Survey, curve: ValueCurve, weights: Weights, own: Params) -> pd.DataFrame:
    """Look at everything that carries a promise.

    Parameters
    ----------
    survey, curve, weights
        From `read_survey`, `value_curve` and `weigh_attributes`.
    own
        promises (checked by `check_promises`), floor, min_neff and confidence are used.

    Returns
    -------
    DataFrame
        One row per promise and carrier, in the order of the params: promise, touchpoint, attribute, stage,
        dimension, item (position in the survey's items), level (promised), n, n_eff, today (mean rating)
        with low and high, reserve (today less the floor) with low and high, floor_reached (``yes``: the low
        end reaches the floor, ``no``: the high end stays under it, ``unproven``, or ``unknown`` where
        answers are too few), stretch (level less today), matters, derived and stated (see `Weights`),
        difference, diff_low, diff_high and standing of today against the best competitor (see `ValueCurve`),
        promised (level less the best competitor's mean) with low, high and promised_standing, feasibility
        and cost (NaN where not said).

    Notes
    -----
    A promise is credible only where every carrier reaches the floor, so each is tested at the whole level
    (Berger 1982): intervals of today are those of one attribute. The level promised is compared with the
    simultaneous intervals of all competitors, so the best one may be picked by looking.
    """
    rows = [
        {"promise": promise.name, "item": survey.find(one.touchpoint, one.attribute), **one.model_dump()}
        for promise in own.promises
        for one in promise.carriers
    ]
    frame = pd.DataFrame(rows, columns=["promise", "item", "level", "feasibility", "cost"])
    for name in ("feasibility", "cost"):  # 0 stands for what nobody said
        frame[name] = frame[name].astype(float).mask(frame[name] == 0)
    at = frame["item"].to_numpy(dtype=np.int64)
    for part in (survey.items, weights.frame, curve.own):
        told = part.iloc[at].reset_index(drop=True)
        frame = frame.assign(**{name: told[name] for name in told if name in COLUMNS and name not in frame})
    frame = frame.assign(**_today(survey, own, at))
    frame["stretch"] = frame["level"] - frame["today"]
    return frame.assign(**_promised(curve, at, frame["level"].to_numpy(dtype=float)))[COLUMNS]


def _today(survey: Survey, own: Params, at: np.ndarray) -> dict[str, np.ndarray]:
    rows = survey.at()
    found = weighted_means(survey.ratings["experience"][rows], survey.weights[rows])
    shown = found.n_eff >= own.min_neff
    low, high = found.interval(own.confidence)
    floor = floor_of(survey, own)
    told = {"today": found.mean, "today_low": low, "today_high": high}
    told |= {"reserve": found.mean - floor, "reserve_low": low - floor, "reserve_high": high - floor}
    columns = {name: np.where(shown, value, np.nan)[at] for name, value in told.items()}
    rules = [~shown, low >= floor, high < floor]
    reached = np.select(rules, ["unknown", "yes", "no"], "unproven")
    return {**columns, "n": found.n[at], "n_eff": found.n_eff[at], "floor_reached": reached[at]}


def _promised(curve: ValueCurve, at: np.ndarray, level: Floats) -> dict[str, np.ndarray]:
    """Level promised less the best competitor's, whichever that is."""
    ends = {}
    for name in ("mean", "low", "high"):
        values = curve.frame[name].to_numpy(dtype=float).reshape(curve.n_eff.shape)[1:, at]
        best = np.where(np.isfinite(values), values, -np.inf).max(axis=0, initial=-np.inf)
        ends[name] = np.where(np.isfinite(best), best, np.nan)
    apart, low, high = level - ends["mean"], level - ends["high"], level - ends["low"]
    rules = [~np.isfinite(apart), (low > -curve.margin) & (high < curve.margin), low > 0, high < 0]
    standing = np.select(rules, ["", "parity", "ahead", "behind"], "undetermined")
    told = {"promised": apart, "promised_low": low, "promised_high": high}
    return {**told, "promised_standing": standing}
