"""Whether earlier forecasts came true: each one, each source of them, and a sentence per question."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.forecasts import COLUMNS
from cerm_nb.stats import normal_quantile, wilson_interval

if TYPE_CHECKING:
    from typing import Any

    from cerm_nb.stats import Floats

SCORED = [*COLUMNS, "actual", "error", "relative_error", "covered", "standardised", "score", "reason"]
SOURCE = ["question", "source", "quantity"]
SOURCES = [*SOURCE, "unit", "n", "unknown", "runs", "windows", "subjects", "bias", "bias_low", "bias_high"]
SOURCES += ["relative_bias", "mean_absolute_error", "coverage", "coverage_low", "coverage_high", "nominal"]
SOURCES += ["brier", "brier_base", "first_made_at", "last_due"]
SEPARATE = "scorecard"  # the question whose subjects are series of their own
CUSTOMERS = "value"  # the question whose subjects are customers
LEAST_CHANCES = 10  # chances from which the share that came true is told as their rod
TELLING = {"revenue": 0, "purchases": 1}  # quantities told first


def score(due: pd.DataFrame) -> pd.DataFrame:
    """Hold forecasts against what happened.

    Parameters
    ----------
    due
        From `happened.happened`.

    Returns
    -------
    DataFrame
        `due` with columns `SCORED`: error (forecast less actual; below 0 where it was too low),
        relative_error (of the size of the actual; NaN where that is 0, and of chances), covered (whether the
        interval held it; missing for chances and unknown ones), standardised (−error in standard deviations
        of that side of the interval), score: of a chance its squared error (Brier 1950), else the interval
        score (Gneiting & Raftery 2007, *Journal of the American Statistical Association* 102), the width
        plus 2/(1 − confidence) times the distance by which the interval was missed. Lower is better.
    """
    names = ("forecast", "low", "high", "probability", "actual", "confidence")
    forecast, low, high, chance, actual, confidence = (due[name].to_numpy(dtype=float) for name in names)
    is_chance = ~np.isnan(chance)
    error = np.where(is_chance, chance, forecast) - actual
    size = np.where(is_chance | (actual == 0), np.nan, np.abs(actual))
    known = ~np.isnan(error) & ~is_chance & ~np.isnan(low) & ~np.isnan(high)
    inside = (low <= actual) & (actual <= high)
    beyond = np.maximum(low - actual, 0.0) + np.maximum(actual - high, 0.0)
    z = np.array([normal_quantile(one) for one in confidence])
    side = np.where(error > 0, forecast - low, high - forecast)
    with np.errstate(divide="ignore", invalid="ignore"):
        standardised = np.where(error == 0, 0.0, -error / (side / z))
        interval_score = high - low + 2 / (1 - confidence) * beyond
    found = due.assign(
        error=error,
        relative_error=error / size,
        covered=pd.arrays.BooleanArray(inside, ~known),
        standardised=np.where(known, standardised, np.nan),
        score=np.where(is_chance, error**2, np.where(known, interval_score, np.nan)),
    )
    return found[SCORED].sort_values(["question", "made_at", "due", "quantity", "subject"], ignore_index=True)


def windows(scored: pd.DataFrame) -> pd.DataFrame:
    """Choose forecasts that tell of different stretches of time.

    Parameters
    ----------
    scored
        From `score`.

    Returns
    -------
    DataFrame
        Of each question, source, quantity and subject, from the oldest run on, the forecast up to the next
        run (the longest that ends by then, else the longest), then that of the first run made after its end.
        Forecasts without an interval, and those of which nothing is known, are left out.

    Notes
    -----
    Forecasts of one run for several ends, and of two runs whose stretches overlap, err together: counting
    each would take one surprise for many.
    """
    known = scored[scored["standardised"].notna()]
    made = np.sort(scored["made_at"].unique())
    after = dict(pairwise(made))
    following = pd.to_datetime(known["made_at"].map(after))
    known = known.assign(in_time=(known["due"] <= following) | following.isna())
    order = ["made_at", "in_time", "due"]
    known = known.sort_values(order, ascending=[True, False, False], kind="stable")
    per_run = known.drop_duplicates([*SOURCE, "subject", "made_at"])
    group = per_run.groupby([*SOURCE, "subject"], sort=False).ngroup().to_numpy()
    begins, ends = (per_run[name].to_numpy() for name in ("made_at", "due"))
    over = np.full(group.max(initial=-1) + 1, np.datetime64("1700-01-01", "us"))
    chosen = np.zeros(len(per_run), dtype=bool)
    for day in np.unique(begins):  # one run after another, all subjects at once
        mine = np.flatnonzero((begins == day) & (over[group] <= day))
        chosen[mine] = True
        over[group[mine]] = ends[mine]
    return per_run[chosen].drop(columns="in_time").sort_index()


def by_source(scored: pd.DataFrame, confidence: float = 0.95) -> pd.DataFrame:
    """Sum up how the forecasts of each question, source and quantity have held.

    Parameters
    ----------
    scored
        From `score`.
    confidence
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        Columns `SOURCES`: n forecasts of which is known what happened and ``unknown`` others, of how many
        runs and subjects, and ``windows``, how many stretches of time that do not overlap (see `windows`).
        bias (mean error) with low and high, in `unit` (NaN where units differ) and over the windows, relative
        to the actual in relative_bias; mean_absolute_error; coverage of the intervals of these stretches with
        low and high, beside the nominal one; of chances the mean squared error ``brier`` beside that of
        always telling the share that came true, ``brier_base`` (NaN below `LEAST_CHANCES`).

    Notes
    -----
    Forecasts of one run for several ends and groups err together, so the interval of the bias takes one
    error a window, and the coverage's Wilson interval counts windows, not forecasts. Indicators are series of
    their own, each of which counts.
    """
    if scored.empty:
        return pd.DataFrame(columns=SOURCES)
    apart = windows(scored)
    rows = []
    for key, frame in scored.groupby(SOURCE, sort=True):
        same = (apart[SOURCE] == list(key)).all(axis=1)
        rows.append(dict(zip(SOURCE, key, strict=True)) | _summed(frame, apart[same], confidence))
    return pd.DataFrame(rows, columns=SOURCES)


def _summed(frame: pd.DataFrame, apart: pd.DataFrame, confidence: float) -> dict[str, object]:
    known = frame[frame["actual"].notna()]
    one_unit = len(set(frame["unit"])) == 1
    told = known[known["covered"].notna()]
    counted = apart[apart["covered"].notna()]
    covered = float(counted["covered"].astype(float).mean())
    series = len(apart) if SEPARATE in set(frame["question"]) else apart["made_at"].nunique()
    ends = wilson_interval(covered * series, series, confidence) if len(counted) else (np.nan, np.nan)
    bias = _bias(apart) if one_unit else (np.nan,) * 3
    chances = known[known["probability"].notna()]
    happened = chances["actual"].to_numpy(dtype=float)
    size = float(apart["actual"].abs().sum())
    return {
        "unit": frame["unit"].iloc[0] if one_unit else "",
        "n": len(known),
        "unknown": len(frame) - len(known),
        "runs": known["made_at"].nunique(),
        "windows": apart["made_at"].nunique(),
        "subjects": known["subject"].nunique(),
        "bias": bias[0],
        "bias_low": bias[1],
        "bias_high": bias[2],
        "relative_bias": float(apart["error"].sum()) / size if size else np.nan,
        "mean_absolute_error": float(told["error"].abs().mean()) if one_unit else np.nan,
        "coverage": covered,
        "coverage_low": ends[0],
        "coverage_high": ends[1],
        "nominal": float(counted["confidence"].mean()),
        "brier": float(chances["score"].mean()),
        "brier_base": _variance(happened),
        "first_made_at": frame["made_at"].min(),
        "last_due": frame["due"].max(),
    }


def _bias(apart: pd.DataFrame) -> tuple[float, float, float]:
    """Mean error of windows that do not overlap, groups of one window erring together."""
    if apart.empty:
        return np.nan, np.nan, np.nan
    ends = apart.assign(down=apart["forecast"] - apart["low"], up=apart["high"] - apart["forecast"])
    each = ends.groupby("made_at")[["error", "down", "up"]].mean()
    bias, down, up = float(each["error"].mean()), each["down"], each["up"]
    return (
        bias,
        bias - float(np.sqrt((down**2).sum())) / len(each),
        bias + float(np.sqrt((up**2).sum())) / len(each),
    )


def _variance(happened: Floats) -> float:
    return float(happened.mean() * (1 - happened.mean())) if happened.size >= LEAST_CHANCES else np.nan


def said(scored: pd.DataFrame) -> pd.DataFrame:
    """Choose one forecast of each question that tells most: "we said …, it was …".

    Parameters
    ----------
    scored
        From `score`.

    Returns
    -------
    DataFrame
        One row per question with a forecast that is known to have come true or not: the columns of `scored`,
        and ``kind``: ``held``, ``too_high`` or ``too_low``; for chances ``likely`` or ``unlikely`` (told to
        be, a half or more) with ``_came`` or ``_failed`` behind it. Target customers go first, then the
        longest stretch of time, revenue before purchases, and what was missed by most.
    """
    known = scored[scored["actual"].notna()]
    keys: dict[str, pd.Series[Any]] = {
        "chance": known["probability"].notna(),
        "others": (known["question"] != CUSTOMERS) | (known["subject"] != "target"),
        "ahead": -(known["due"] - known["made_at"]).dt.days.fillna(0),
        "place": known["quantity"].map(TELLING).fillna(len(TELLING)),
        "missed": -known["standardised"].abs().fillna(0.0),
        "age": -known["made_at"].astype("int64"),
    }
    order = known.assign(**keys).sort_values(list(keys), kind="stable")
    first = order.drop_duplicates("question").drop(columns=list(keys)).sort_values("question")
    likely = np.where(first["probability"] >= 0.5, "likely", "unlikely") + np.where(
        first["actual"] == 1, "_came", "_failed"
    ).astype(object)
    held = np.where(first["error"] > 0, "too_high", "too_low")
    held = np.where(first["covered"].fillna(value=False).astype(bool), "held", held)
    kind = np.where(first["probability"].notna(), likely, held)
    return first.assign(kind=kind.astype(object)).reset_index(drop=True)
