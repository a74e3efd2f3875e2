"""What an intervention did to a series: a structural time series fitted before it, forecast after it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import stdtr

from cerm_nb.stats.intervention.model import SAME, Model, fit, forecast, mean_likelihood, whitened
from cerm_nb.stats.weighting import student_quantile

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cerm_nb.stats.arrays import Floats

FREE = 8  # points beyond the coefficients that a fit needs
SHOWN = 3  # periods after a change that are judged at the least, where there are as many
PLACEBOS = 5  # placebo interventions that calibrate an interval at the least
AT_MOST = 60  # and at the most: more of them overlap too much to add anything
STRONG = 6.0  # BIC by which a structure must beat the plain level (Kass & Raftery 1995: strong evidence)


class Structure(NamedTuple):
    """What stands beside the level in the model.

    Parameters
    ----------
    slope
        Whether there is a slope.
    harmonics
        Pairs of sine and cosine of the season.
    """

    slope: bool
    harmonics: int


@dataclass(frozen=True)
class Intervention:
    """What a series did after a change, less what it would have done without.

    Parameters
    ----------
    effect, low, high
        Mean effect over the periods judged and its calibrated interval; NaN where undetermined.
    cumulative, cumulative_low, cumulative_high
        The same, summed over the periods judged.
    p
        Two-sided, from the same calibration.
    expected
        Mean of the forecast over the periods judged.
    before, after
        Values before the change and after it.
    judged
        Values after the change the effect is told of: no more than the time before can calibrate.
    placebos, widened
        Placebo interventions before the change, and what their errors widened the interval by (1: nothing).
    structure
        What the model holds beside its level; None where undetermined.
    reason, needed
        Why it is undetermined (empty where it is not), and the values needed before the change.
    """

    effect: float
    low: float
    high: float
    cumulative: float
    cumulative_low: float
    cumulative_high: float
    p: float
    expected: float
    before: int
    after: int
    judged: int
    placebos: int
    widened: float
    structure: Structure | None
    reason: str
    needed: int


def intervention_effect(
    values: ArrayLike,
    start: int,
    *,
    controls: ArrayLike | None = None,
    season: int = 0,
    confidence: float = 0.95,
) -> Intervention:
    """Tell what a change did to a series.

    Parameters
    ----------
    values
        Shape (periods,), evenly spaced, NaN for gaps.
    start
        Position of the first period after the change, 0 to periods.
    controls
        Series the change cannot have touched, shape (periods,) or (periods, controls), without gaps;
        one that never moved before it tells nothing and is left out.
    season
        Periods of a season (12 for months); 0 for none.
    confidence
        Coverage of the interval.

    Returns
    -------
    Intervention
        With ``reason`` ``too_few_before`` (and ``needed``), ``none_after`` or ``constant_before`` where the
        effect is undetermined.

    Raises
    ------
    ValueError
        For a start outside the series, or controls with gaps or of another length.

    Notes
    -----
    A local level and an autoregressive rest, with fixed slope, harmonics and controls (Harvey 1989; Brodersen
    et al. 2015), by generalised least squares. How long the series remembers is never certain from a few
    dozen values, so forecasts are averaged over `MEMORIES`, each weighted by its likelihood; the error of the
    mean forecast includes that of the coefficients and of the memory. Slope and harmonics are those of
    smallest BIC on the values before the change, where they beat a plain level clearly.

    Calibrated by placebo in time: the same is done at earlier points, where nothing happened, with as many
    periods after each. The interval is widened until the nominal share of these placebos lies inside it, and
    never made narrower. With fewer than `PLACEBOS` of them nothing is told.
    """
    y, others = _arranged(values, start, controls)
    at = np.flatnonzero(~np.isnan(y))
    before = int((at < start).sum())
    after = len(at) - before
    least = FREE + others.shape[1] + PLACEBOS + min(max(after, 1), SHOWN)
    reason = _reason(y[at[:before]], before, after, least)
    if reason:
        return _undetermined(reason, before, after, least)
    seasons = season // 2 if season > 1 and before >= 2 * season else 0
    model = whitened(at - at[0], y[at], others[at], season, seasons)
    structure, columns = _choose(model, before, seasons, others.shape[1])
    judged = min(after, before - FREE - len(columns) - PLACEBOS + 1)
    widened, placebos = _widening(model, columns, before, judged, confidence)
    found = forecast(model, columns, before, judged)
    half = widened * student_quantile(confidence, found.degrees).item() * found.error
    effect = float(model.known[before : before + judged].mean()) - found.expected
    low, high = effect - half, effect + half
    return Intervention(
        effect=effect,
        low=low,
        high=high,
        cumulative=judged * effect,
        cumulative_low=judged * low,
        cumulative_high=judged * high,
        p=float(2 * stdtr(found.degrees, -abs(effect) / (widened * found.error))),
        expected=found.expected,
        before=before,
        after=after,
        judged=judged,
        placebos=placebos,
        widened=widened,
        structure=structure,
        reason="",
        needed=least,
    )


def _arranged(values: ArrayLike, start: int, controls: ArrayLike | None) -> tuple[Floats, Floats]:
    y = np.asarray(values, dtype=float)
    if not 0 <= start <= len(y):
        raise ValueError(f"start {start} is outside the series of {len(y)} periods")
    others = np.empty((len(y), 0)) if controls is None else np.asarray(controls, dtype=float)
    others = others[:, None] if others.ndim == 1 else others
    if len(others) != len(y) or not np.isfinite(others).all():
        raise ValueError(f"controls must be {len(y)} periods long and have no gaps")
    if not start:
        return y, others
    past = others[:start]
    moved = np.ptp(past, axis=0) > SAME * np.abs(past).max(axis=0)
    return y, (others[:, moved] - past[:, moved].mean(axis=0)) / past[:, moved].std(axis=0)


def _reason(known: Floats, before: int, after: int, least: int) -> str:
    if not after:
        return "none_after"
    if before < least:
        return "too_few_before"
    return "constant_before" if np.ptp(known) <= SAME * np.abs(known).max() else ""


def _undetermined(reason: str, before: int, after: int, needed: int) -> Intervention:
    unknown = (np.nan,) * 8
    return Intervention(*unknown, before, after, 0, 0, np.nan, None, reason, needed)


def _choose(model: Model, before: int, harmonics: int, controls: int) -> tuple[Structure, list[int]]:
    """Take the structure of smallest BIC among those the values before the change can carry."""
    width = model.fixed.shape[1]
    criteria: dict[Structure, float] = {}
    columns: dict[Structure, list[int]] = {}
    for pairs, slope in product(range(harmonics + 1), (False, True)):
        structure = Structure(slope, pairs)
        seasonal = range(2, min(2 + 2 * pairs, width - controls))
        used = [0, *([1] if slope else []), *seasonal, *range(width - controls, width)]
        if before >= FREE + PLACEBOS + SHOWN - 1 + len(used) or not criteria:
            likelihood = mean_likelihood(fit(model, used, before))
            criteria[structure], columns[structure] = len(used) * np.log(before) - 2 * likelihood, used
    plain, best = next(iter(criteria)), min(criteria, key=criteria.__getitem__)
    best = best if criteria[plain] - criteria[best] > STRONG else plain
    return best, columns[best]


def _widening(
    model: Model, columns: list[int], before: int, judged: int, confidence: float
) -> tuple[float, int]:
    """Widening that brings the nominal share of the placebos into the interval, and how many there are."""
    first, last = FREE + len(columns), before - judged
    cuts = np.unique(np.linspace(first, last, min(last - first + 1, AT_MOST)).round().astype(int))
    found = [forecast(model, columns, int(cut), judged) for cut in cuts]
    actual = np.array([model.known[cut : cut + judged].mean() for cut in cuts])
    half = np.array([student_quantile(confidence, each.degrees).item() * each.error for each in found])
    ratio = np.abs(actual - [each.expected for each in found]) / half
    return max(1.0, float(np.quantile(ratio, confidence, method="inverted_cdf"))), len(cuts)
