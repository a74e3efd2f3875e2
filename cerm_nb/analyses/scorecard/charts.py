"""Control charts of many series at once: which kind each needs, its limits, and its special causes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.attribute_charts import COUNT, RATE, SHARE, attribute
from cerm_nb.analyses.scorecard.change_points import Changes, changes
from cerm_nb.analyses.scorecard.measures import one_event
from cerm_nb.analyses.scorecard.rebasing import phases
from cerm_nb.analyses.scorecard.residual_charts import expected, memory
from cerm_nb.stats import ControlLimits, SpecialCauses, control_limits, special_causes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cerm_nb.analyses.scorecard.panels import Panel
    from cerm_nb.analyses.scorecard.rebasing import Rebase
    from cerm_nb.stats import Floats, Integers, Truths

CHARTS = ("xmr", "residual", "c", "u", "p", "laney_u", "laney_p")
XMR, RESIDUAL, C, U, P, LANEY_U, LANEY_P = range(len(CHARTS))
CAUSES = ("", "outside", "run", "trend", "near")
MEASURES = {"count": COUNT, "rate": RATE, "share": SHARE}
SIGMAS = 3.0


@dataclass(frozen=True, eq=False)
class Charts:
    """Charts of the series of one panel; every array has the shape (indicators, periods).

    Parameters
    ----------
    panel
        The series.
    mean, lower, upper
        What a value is expected to be and its limits: moving in charts of residuals, and by what a value
        rests on in those of rates and shares. NaN where fewer than two values of a phase make limits.
    process_mean, process_lower, process_upper
        Where the values themselves lie while nothing changes: mean and limits, but in charts of residuals
        those around the mean of the phase.
    causes
        Special causes by rule.
    residual
        Value less what was expected, of equal spread everywhere; NaN but in charts of residuals.
    phase
        Number of the phase.
    chart
        Position in `CHARTS`.
    n
        Values of the phase.
    short
        Whether they are too few for limits to be trusted.
    correlation
        With the value before, corrected for bias, in the phase.
    changes
        The strongest change of level, one for each phase.
    """

    panel: Panel
    mean: Floats
    lower: Floats
    upper: Floats
    process_mean: Floats
    process_lower: Floats
    process_upper: Floats
    causes: SpecialCauses
    residual: Floats
    phase: Integers
    chart: Integers
    n: Integers
    short: Truths
    correlation: Floats
    changes: tuple[Changes, ...]

    @property
    def cause(self) -> Integers:
        """Position in `CAUSES` of the first rule that holds."""
        rules = [getattr(self.causes, name) != 0 for name in CAUSES[1:]]
        return np.asarray(np.select(rules, range(1, len(CAUSES)), 0))


def charts(
    panel: Panel,
    records: pd.DataFrame,
    *,
    rebase: Rebase | None = None,
    min_points: int = 12,
    confidence: float = 0.95,
) -> Charts:
    """Chart every series of a panel.

    Parameters
    ----------
    panel
        Series of one frequency.
    records
        Columns indicator, unit and measure.
    rebase
        Changes of level accepted, checked by `cerm_nb.analyses.scorecard.rebasing.check_rebase`.
    min_points
        Values of a phase from which its limits are trusted.
    confidence
        1 − the level of the tests that choose a chart, and coverage of intervals.

    Returns
    -------
    Charts

    Notes
    -----
    The kind of chart, for each phase: ``residual`` where values demonstrably remember the ones before; else
    ``c`` (counts), ``u`` (rates) or ``p`` (shares) where values vary as chance makes counted events vary;
    else ``laney_u`` or ``laney_p``, whose limits are widened by how much more (or less) they do (Laney 2002);
    else, and for all other measures, ``xmr``. Counts that vary more have an ``xmr`` chart, which is Laney's
    where all values rest on the same. Rules and screening as in `cerm_nb.stats.special_causes`.
    """
    values, significance = panel.values, 1 - confidence  # noqa: PD011  # an array of ours
    phase = phases(panel, rebase or {})
    correlation, demands, found = _memories(values, phase, min_points, confidence)
    listed = records.set_index("indicator").loc[list(panel.names)]
    measure = np.asarray(listed["measure"].map(MEASURES).fillna(0), dtype=np.int64)
    event = one_event(listed)
    chance = attribute(values, panel.denominators, phase, measure, event, significance=significance)
    chart = _kinds(measure, demands, chance.usable, chance.fits)
    guess = expected(values, phase, correlation)
    centre = np.select([chart == XMR, chart == RESIDUAL], [0.0, guess.level], chance.mean)
    spread = np.select([chart == XMR, chart == RESIDUAL], [1.0, guess.spread], chance.spread)
    scores = (values - centre) / spread
    limits = _limits(scores, phase, chart)
    mean, lower, upper = (centre + spread * one for one in (limits.mean, limits.lower, limits.upper))
    counted = chart >= C
    lower = np.where(counted, np.maximum(lower, 0.0), lower)
    share = (chart == P) | (chart == LANEY_P)
    upper = np.where(share, np.minimum(upper, one_event(listed)[:, None]), upper)
    half = limits.upper / np.sqrt(1 - correlation**2)  # the residuals' mean is 0
    process = [
        np.where(chart == RESIDUAL, guess.mean + sign * half, one) for sign, one in ((-1, lower), (1, upper))
    ]
    return Charts(
        panel=panel,
        mean=mean,
        lower=lower,
        upper=upper,
        process_mean=np.where(chart == RESIDUAL, guess.mean, mean),
        process_lower=process[0],
        process_upper=process[1],
        causes=special_causes(scores, limits, groups=phase),
        residual=np.where(chart == RESIDUAL, guess.residual, np.nan),
        phase=phase,
        chart=chart,
        n=limits.n,
        short=limits.n < min_points,
        correlation=correlation,
        changes=found,
    )


def points(charted: Charts) -> pd.DataFrame:
    """Lay the charts out, one row per indicator and period from its first value to its last.

    Returns
    -------
    DataFrame
        Columns indicator, period, value (NaN for a gap), mean, lower, upper, special_cause (``outside``,
        ``run``, ``trend``, ``near``, or empty), signal (1 high or rising, -1 low or falling, 0), phase,
        chart, residual.
    """
    values = charted.panel.values  # noqa: PD011  # an array of ours
    known = ~np.isnan(values)
    inside = np.maximum.accumulate(known, axis=1) & np.maximum.accumulate(known[:, ::-1], axis=1)[:, ::-1]
    row, column = np.nonzero(inside)
    return pd.DataFrame(
        {
            "indicator": _named(row, charted.panel.names),
            "period": charted.panel.periods[column],
            "value": values[inside],
            "mean": charted.mean[inside],
            "lower": charted.lower[inside],
            "upper": charted.upper[inside],
            "special_cause": _named(charted.cause[inside], CAUSES),
            "signal": charted.causes.direction[inside],
            "phase": charted.phase[inside],
            "chart": _named(charted.chart[inside], CHARTS),
            "residual": charted.residual[inside],
        }
    )


def _named(codes: Integers, names: Sequence[str]) -> pd.Series:
    return pd.Series(pd.array(list(names), dtype="str").take(codes))


def _memories(
    values: Floats, phase: Integers, least: int, confidence: float
) -> tuple[Floats, Truths, tuple[Changes, ...]]:
    """Correlation with the value before and whether it demands a chart of residuals, by phase."""
    correlation, demands = np.zeros(values.shape), np.zeros(values.shape, dtype=bool)
    found = []
    for each in range(int(phase.max(initial=0)) + 1):
        here = phase == each
        part = np.where(here, values, np.nan)
        found.append(changes(part, confidence=confidence))
        told = memory(part, found[-1], least=least, significance=1 - confidence)
        np.copyto(correlation, told.correlation[:, None], where=here)
        np.copyto(demands, told.demands[:, None], where=here)
    return correlation, demands, tuple(found)


def _kinds(measure: Integers, demands: Truths, usable: Truths, fits: Truths) -> Integers:
    counts, rates, shares = ((measure == each)[:, None] for each in (COUNT, RATE, SHARE))
    kinds = [
        (demands, RESIDUAL),
        (~usable, XMR),
        (counts & fits, C),
        (rates & fits, U),
        (shares & fits, P),
        (rates, LANEY_U),
        (shares, LANEY_P),
    ]
    return np.asarray(np.select([each for each, _ in kinds], [kind for _, kind in kinds], XMR))


def _limits(scores: Floats, phase: Integers, chart: Integers) -> ControlLimits:
    """Limits of scores: by moving ranges, or three sigmas where chance alone gives the spread."""
    found = control_limits(scores, groups=phase)
    half = np.where((chart == C) | (chart == U) | (chart == P), SIGMAS, (found.upper - found.lower) / 2)
    centred = np.where(chart == XMR, found.mean, np.where(found.n > 0, 0.0, np.nan))
    return ControlLimits(centred, centred - half, centred + half, found.n)
