"""Whether indicators rise or fall steadily: Mann-Kendall's S, Sen's slope, and p where values remember."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.trend_chance import PHI, chance
from cerm_nb.analyses.scorecard.whitening import seasonal
from cerm_nb.stats import benjamini_hochberg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.analyses.scorecard.panels import Panel, Panels
    from cerm_nb.stats import Floats, Integers

COLUMNS = ["indicator", "n", "s", "z", "slope", "low", "high", "autocorrelation", "seasonal"]
COLUMNS += ["p", "p_adjusted", "trend", "reason"]
CHUNK = 3_000_000  # slopes held at a time
SEASONS = 3  # seasons from which values are compared with those of the same season only


@dataclass(frozen=True, eq=False)
class _Told:
    """S of many series, shape (series,), and what belongs to it."""

    s: Floats
    z: Floats
    pairs: Integers
    slopes: Floats  # each in ascending order, NaN at the end, shape (series, pairs)


def trends(
    found: Panels, *, min_points: int = 12, confidence: float = 0.95, draws: int = 2000, seed: int = 1
) -> pd.DataFrame:
    """Tell which indicators rise or fall steadily.

    Parameters
    ----------
    found
        From `cerm_nb.analyses.scorecard.panels.panels`.
    min_points
        Values needed.
    confidence
        Coverage of intervals.
    draws, seed
        Courses without a trend that are drawn, and the seed of the draws.

    Returns
    -------
    DataFrame
        One row per indicator with values, columns `COLUMNS`: n values; s and z of Mann and Kendall (z as if
        values were independent, with ties); slope per period (Sen) with its interval; autocorrelation of what
        is left (bias-corrected, 0 to .95); seasonal: whether values were only compared with those of the same
        season; p, p_adjusted (Benjamini-Hochberg); trend ``rising``, ``falling`` or ``undetermined``; reason
        ``too_few``, ``constant`` or "".

    Notes
    -----
    Mann 1945, Kendall 1975, Sen 1968; Hirsch, Slack & Smith 1982 where there is a season. p by a sieve
    bootstrap of an AR(1) without a trend (Bühlmann 1997): since S depends on ranks only, normal draws serve
    every series of one length and autocorrelation. The interval holds the slopes that the same test does not
    refuse, so p and interval agree.
    """
    rng = np.random.default_rng(seed)
    parts = [_of_panel(panel, min_points, confidence, draws, rng) for panel in found.panels]
    frame = pd.concat([pd.DataFrame(columns=COLUMNS), *parts]) if not parts else pd.concat(parts)
    frame["p_adjusted"] = benjamini_hochberg(frame["p"].to_numpy(dtype=float))
    sure = frame["p_adjusted"].to_numpy(dtype=float) < 1 - confidence
    up = frame["slope"].to_numpy(dtype=float) > 0
    frame["trend"] = np.select([sure & up, sure], ["rising", "falling"], "undetermined")
    return frame[COLUMNS].reset_index(drop=True)


def _of_panel(
    panel: Panel, min_points: int, confidence: float, draws: int, rng: np.random.Generator
) -> pd.DataFrame:
    values = np.asarray(panel.values)
    n = (~np.isnan(values)).sum(axis=1)
    waves = seasonal(values, panel.season) & (n >= SEASONS * panel.season)
    parts = []
    for apart, here in ((1, ~waves), (max(panel.season, 1), waves)):
        rows = np.flatnonzero(here)
        for some in _chunks(rows, values.shape[1], apart):
            part = _of_rows(values[some], apart, (min_points, confidence, draws), rng)
            parts.append(part.assign(indicator=np.asarray(panel.names, dtype=object)[some], place=some))
    return pd.concat(parts).sort_values("place").assign(n=n)


def _chunks(rows: Integers, periods: int, apart: int) -> Iterator[Integers]:
    size = max(1, CHUNK // max(periods * periods // (2 * apart), 1))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _of_rows(
    values: Floats, apart: int, settings: tuple[int, float, int], rng: np.random.Generator
) -> pd.DataFrame:
    min_points, confidence, draws = settings
    told = _told(values, apart)
    n = (~np.isnan(values)).sum(axis=1)
    still = np.nan_to_num(np.nanmax(np.abs(told.slopes), axis=1, initial=0.0)) == 0
    enough = (n >= min_points) & (told.pairs > 0) & ~still
    slope = _ranked(told, told.pairs / 2 - 0.5)
    phi = _memory(values, slope, apart)
    p, limit = chance(
        values, np.where(enough, told.s, np.nan), told.pairs, phi, apart, confidence, draws, rng
    )
    low = _ranked(told, np.ceil((told.pairs - limit) / 2) - 1)
    high = _ranked(told, np.floor((told.pairs + limit) / 2))
    frame = pd.DataFrame({"s": told.s, "z": told.z, "slope": slope, "low": low, "high": high})
    frame = frame.assign(autocorrelation=phi, p=p)
    frame.loc[~enough] = np.nan
    reason = np.select([n < min_points, ~enough], ["too_few", "constant"], "")
    return frame.assign(seasonal=apart > 1, reason=reason)


def _told(values: Floats, apart: int) -> _Told:
    """Compare every value with every later one (of its season): signs, ties and slopes."""
    series, periods = values.shape
    known = ~np.isnan(values)
    lags = range(apart, periods, apart)
    s = np.zeros(series)
    there, same = known.astype(float), known.astype(float)  # of each value: those compared, those equal
    slopes = []
    for lag in lags:
        away = values[:, lag:] - values[:, :-lag]
        slopes.append(away / lag)
        s += np.nansum(np.sign(away), axis=1)
        both, equal = ~np.isnan(away), away == 0
        there[:, lag:] += both
        there[:, :-lag] += both
        same[:, lag:] += equal
        same[:, :-lag] += equal
    every = np.sort(np.concatenate(slopes, axis=1) if slopes else np.empty((series, 0)), axis=1)
    terms = (there - 1) * (2 * there + 5) - (same - 1) * (2 * same + 5)
    variance = np.where(known, terms, 0.0).sum(axis=1) / 18
    z = (s - np.sign(s)) / np.sqrt(np.where(variance > 0, variance, np.nan))
    return _Told(s, z, (~np.isnan(every)).sum(axis=1), every)


def _ranked(told: _Told, rank: Floats) -> Floats:
    """Slope at a rank counted from 0; the mean of the two next to it where it lies between."""
    if not told.slopes.shape[1]:
        return np.full(len(told.s), np.nan)
    top = np.maximum(told.pairs - 1, 0)
    ends = [np.clip(np.nan_to_num(step(rank)), 0, top).astype(int) for step in (np.floor, np.ceil)]
    both = [np.take_along_axis(told.slopes, end[:, None], axis=1)[:, 0] for end in ends]
    return np.asarray((both[0] + both[1]) / 2)


def _memory(values: Floats, slope: Floats, apart: int) -> Floats:
    """Lag-one correlation of what slope and season leave; it falls short by (2 + 4 r) / n, which is added."""
    rest = values - slope[:, None] * np.arange(values.shape[1])
    for start in range(apart):
        rest[:, start::apart] -= _mean(rest[:, start::apart])
    known = ~np.isnan(rest)
    held = np.where(known, rest, 0.0)
    pairs = known[:, 1:] & known[:, :-1]
    share = pairs.sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    total = (held**2).sum(axis=1) * np.where(share > 0, share, 1.0)
    r = (held[:, 1:] * held[:, :-1]).sum(axis=1) / np.where(total > 0, total, np.nan)
    n = np.maximum(known.sum(axis=1), 1)
    return np.asarray(np.clip(np.nan_to_num(r + (2 + 4 * r) / n), PHI[0], PHI[-1]))


def _mean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    n = known.sum(axis=1, keepdims=True)
    return np.asarray(np.where(known, values, 0.0).sum(axis=1, keepdims=True) / np.maximum(n, 1))
