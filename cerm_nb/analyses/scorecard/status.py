"""Status of each indicator: what its variation says, and whether it can be trusted to meet its target."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.charts import CAUSES, CHARTS, RESIDUAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.analyses.scorecard.charts import Charts
    from cerm_nb.stats import Floats, Integers, Truths

    Texts = np.ndarray[tuple[int, ...], np.dtype[np.str_]]

Caveat = tuple[str, "Mapping[str, object]"]

NAMED = 12  # names a caveat tells
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


def status(charted: Charts, records: pd.DataFrame) -> pd.DataFrame:
    """Tell variation and assurance of each indicator of a panel.

    Parameters
    ----------
    charted
        From `cerm_nb.analyses.scorecard.charts.charts`.
    records
        Columns indicator, direction (``higher`` or ``lower`` is better) and target (NaN for none).

    Returns
    -------
    DataFrame
        One row per indicator, columns `COLUMNS`: period and level are those of its latest value; mean, lower,
        upper, n, phase, chart and correlation (NaN where points are too few) those of its latest phase, where
        lower and upper are the limits the values themselves stay within. variation is ``improvement`` or
        ``concern`` where the latest value
        has a special cause on the good or the bad side, else ``common``; assurance ``passes`` where both
        limits are as good as the target or better, ``fails`` where both are worse, else ``hit_and_miss``.
        Each is ``undetermined`` with a reason: ``too_few_points`` in the latest phase, or ``no_target``.

    Notes
    -----
    NHS England, "Making data count": icons of variation and of assurance.
    """
    listed = records.set_index("indicator").loc[list(charted.panel.names)]
    row = np.arange(len(charted.panel.names))
    values = charted.panel.values  # noqa: PD011  # an array of ours
    known = ~np.isnan(values)
    latest = known.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    at = row, latest
    better = np.where(listed["direction"] == "lower", -1, 1)
    lower, upper, short = charted.process_lower[at], charted.process_upper[at], charted.short[at]
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
            "variation": _variation(signal * better, short),
            "variation_reason": np.where(short, "too_few_points", ""),
            "assurance": _assurance(lower, upper, target, better, short),
            "assurance_reason": np.select([np.isnan(target), short], ["no_target", "too_few_points"], ""),
        }
    )
    return frame[COLUMNS]


def chart_caveats(charted: Charts, records: pd.DataFrame) -> tuple[Caveat, ...]:
    """Tell what charts of a panel cannot bear, and what they are made of.

    Parameters
    ----------
    charted, records
        As given to `status`; of records, column measure.

    Returns
    -------
    tuple
        (key, values), each with n and the first twelve names: ``points_few`` (fewer values in the latest
        phase than limits need), ``residual_charts`` (limits move with the value before), ``values_old`` (the
        latest value is older than the panel's latest period), ``denominators_missing`` (rates and shares
        charted as plain values, as not every value tells what it rests on).
    """
    listed = records.set_index("indicator").loc[list(charted.panel.names)]
    latest = _latest(charted)
    at = np.arange(len(latest)), latest
    values = charted.panel.values  # noqa: PD011  # an array of ours
    unknown = (~np.isnan(values) & np.isnan(charted.panel.denominators)).any(axis=1)
    flags = {
        "points_few": charted.short[at],
        "residual_charts": charted.chart[at] == RESIDUAL,
        "values_old": latest < latest.max(initial=0),
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


def _variation(good: Integers, short: Truths) -> Texts:
    told = [short, good > 0, good < 0]
    return np.asarray(np.select(told, ["undetermined", "improvement", "concern"], "common"))


def _assurance(lower: Floats, upper: Floats, target: Floats, better: Integers, short: Truths) -> Texts:
    worst, best = np.where(better > 0, lower, -upper), np.where(better > 0, upper, -lower)
    aim = better * target
    told = [short | np.isnan(aim) | np.isnan(worst), worst >= aim, best < aim]
    return np.asarray(np.select(told, ["undetermined", "passes", "fails"], "hit_and_miss"))
