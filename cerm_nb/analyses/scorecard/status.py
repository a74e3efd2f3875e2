"""Status of each indicator: what its variation says, and whether it can be trusted to meet its target."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.ages import OLD, missing_since
from cerm_nb.analyses.scorecard.charts import CAUSES, CHARTS, RESIDUAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.analyses.scorecard.charts import Charts
    from cerm_nb.stats import Floats, Integers, Truths

    Texts = np.ndarray[tuple[int, ...], np.dtype[np.str_]]

NAMED = 12  # names a caveat tells
FAR = 10.0  # robust standard deviations from the median of its phase from which a value is extreme
MAD_TO_SIGMA = 1.4826  # of a normal distribution
UNFIT = 0.5  # share of a phase's values outside its own limits above which these are no limits


class Named(TypedDict):
    """How many indicators a caveat tells of, and the first of their identifiers."""

    n: int
    names: tuple[str, ...]


Caveat = tuple[str, Named]
COLUMNS = [
    "indicator",
    "period",
    "level",
    "mean",
    "lower",
    "upper",
    "n",
    "phase",
    "chart",
    "correlation",
    "special_cause",
    "signal",
    "variation",
    "variation_reason",
    "assurance",
    "assurance_reason",
]


def status(charted: Charts, records: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Tell variation and assurance of each indicator of a panel.

    Parameters
    ----------
    charted
        From `cerm_nb.analyses.scorecard.charts.charts`.
    records
        Columns indicator, direction (``higher`` or ``lower`` is better) and target (NaN for none).
    as_of
        The last day that is seen.

    Returns
    -------
    DataFrame
        One row per indicator, columns `COLUMNS`: period and level are those of its latest value; mean, lower,
        upper, n, phase, chart and correlation (NaN where points are too few) those of its latest phase, where
        lower and upper are the limits the values themselves stay within. variation is ``improvement`` or
        ``concern`` where the latest value
        has a special cause on the good or the bad side, else ``common``; assurance ``passes`` where both
        limits are as good as the target or better, ``fails`` where both are worse, else ``hit_and_miss``.
        Each is ``undetermined`` with a reason: ``too_few_points`` in the latest phase, ``limits_unfit`` (more
        than half of its values lie outside its own limits), of variation ``values_old`` (three periods or
        more have ended since the latest value), of assurance ``no_target``.

    Notes
    -----
    NHS England, "Making data count": icons of variation and of assurance.
    """
    listed = records.set_index("indicator").loc[list(charted.panel.names)]
    row = np.arange(len(charted.panel.names))
    values = charted.panel.values  # noqa: PD011  # an array of ours
    latest = _latest(charted)
    at = row, latest
    better = np.where(listed["direction"] == "lower", -1, 1)
    lower, upper, short = charted.process_lower[at], charted.process_upper[at], charted.short[at]
    unfit, old = _unfit(charted, latest), missing_since(charted.panel, as_of, OLD)
    untold = {"too_few_points": short, "limits_unfit": unfit}
    signal, target = charted.causes.direction[at], listed["target"].to_numpy(dtype=float)
    frame = pd.DataFrame(
        {
            "indicator": list(charted.panel.names),
            "period": charted.panel.periods[latest],
            "level": values[at],
            "mean": charted.process_mean[at],
            "lower": lower,
            "upper": upper,
            "n": charted.n[at],
            "phase": charted.phase[at],
            "chart": np.array(CHARTS)[charted.chart[at]],
            "correlation": np.where(short, np.nan, charted.correlation[at]),
            "special_cause": np.array(CAUSES)[charted.cause[at]],
            "signal": signal,
            "variation": _variation(signal * better, short | unfit | old),
            "variation_reason": _first(untold | {"values_old": old}),
            "assurance": _assurance(lower, upper, target, better, short | unfit),
            "assurance_reason": _first({"no_target": np.isnan(target)} | untold),
        }
    )
    return frame[COLUMNS]


def chart_caveats(charted: Charts, records: pd.DataFrame, as_of: pd.Timestamp) -> tuple[Caveat, ...]:
    """Tell what charts of a panel cannot bear, and what they are made of.

    Parameters
    ----------
    charted, records, as_of
        As given to `status`; of records, column measure.

    Returns
    -------
    tuple
        (key, values), each with n and the first twelve names: ``points_few`` (fewer values in the latest
        phase than limits need), ``residual_charts`` (limits move with the value before), ``values_old`` (a
        period has ended since the latest value), ``values_extreme`` (a value so far from the median of its
        phase that it may be a slip), ``denominators_missing`` (rates and shares
        charted as plain values, as not every value tells what it rests on).
    """
    listed = records.set_index("indicator").loc[list(charted.panel.names)]
    at = np.arange(len(listed)), _latest(charted)
    values = charted.panel.values  # noqa: PD011  # an array of ours
    unknown = (~np.isnan(values) & np.isnan(charted.panel.denominators)).any(axis=1)
    flags = {
        "points_few": charted.short[at],
        "residual_charts": charted.chart[at] == RESIDUAL,
        "values_old": missing_since(charted.panel, as_of, 1),
        "values_extreme": _extreme(charted).any(axis=1),
        "denominators_missing": listed["measure"].isin(("rate", "share")).to_numpy() & unknown,
    }
    names = {key: np.array(charted.panel.names)[flag] for key, flag in flags.items()}
    return tuple(
        (key, {"n": len(those), "names": tuple(map(str, those[:NAMED]))})
        for key, those in names.items()
        if len(those)
    )


def _latest(charted: Charts) -> Integers:
    """Position of each indicator's latest value."""
    known = ~np.isnan(charted.panel.values)  # an array of ours
    return np.asarray(known.shape[1] - 1 - known[:, ::-1].argmax(axis=1))


def _unfit(charted: Charts, latest: Integers) -> Truths:
    """Whether more than half of the values of the latest phase lie outside its limits."""
    values = charted.panel.values  # noqa: PD011  # an array of ours
    phase = charted.phase
    here = ~np.isnan(values) & (phase == phase[np.arange(len(phase)), latest][:, None])
    outside = here & ((values < charted.process_lower) | (values > charted.process_upper))
    return np.asarray(outside.sum(axis=1) > UNFIT * here.sum(axis=1))


def _extreme(charted: Charts) -> Truths:
    """Whether each value is far from the median of its phase, by the median distance from it."""
    values = np.where(charted.short, np.nan, charted.panel.values)  # of few values none is extreme
    found = np.zeros(values.shape, dtype=bool)
    for each in np.unique(charted.phase):
        own = np.where(charted.phase == each, values, np.nan)
        away = np.abs(own - _median(own))
        spread = MAD_TO_SIGMA * _median(away)
        found |= (away > FAR * spread) & (spread > 0)
    return found


def _median(values: Floats) -> Floats:
    """Median of each row's known values, shape (rows, 1); NaN where there is none."""
    n = (~np.isnan(values)).sum(axis=1)[:, None]
    order = np.sort(values, axis=1)  # NaN last
    ends = [np.take_along_axis(order, np.maximum(place, 0), axis=1) for place in ((n - 1) // 2, n // 2)]
    return np.where(n > 0, (ends[0] + ends[1]) / 2, np.nan)


def _first(reasons: Mapping[str, Truths]) -> Texts:
    return np.asarray(np.select(list(reasons.values()), list(reasons), ""))


def _variation(good: Integers, untold: Truths) -> Texts:
    told = [untold, good > 0, good < 0]
    return np.asarray(np.select(told, ["undetermined", "improvement", "concern"], "common"))


def _assurance(lower: Floats, upper: Floats, target: Floats, better: Integers, untold: Truths) -> Texts:
    worst, best = np.where(better > 0, lower, -upper), np.where(better > 0, upper, -lower)
    aim = better * target
    told = [untold | np.isnan(aim) | np.isnan(worst), worst >= aim, best < aim]
    return np.asarray(np.select(told, ["undetermined", "passes", "fails"], "hit_and_miss"))
