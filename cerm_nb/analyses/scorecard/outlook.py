"""Where each indicator is going: the chance of its target by its date, and forecasts to be kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.chances import chances
from cerm_nb.analyses.scorecard.levels import Levels, aligned, shared_out
from cerm_nb.analyses.scorecard.memory_filter import TOGETHER, filtered
from cerm_nb.analyses.scorecard.outlook_backtest import HORIZONS, widening_at
from cerm_nb.analyses.scorecard.outlook_forecasts import FORECASTS, forecasts
from cerm_nb.analyses.scorecard.outlook_targets import calendar, targets
from cerm_nb.analyses.scorecard.predictive import (
    Predictive,
    fixed_columns,
    predictive,
    scaled,
    value_rows,
)
from cerm_nb.analyses.scorecard.run_rate import Estimate, due_now, needed_rate, on_path, pace, run_rate
from cerm_nb.stats import student_quantile

if TYPE_CHECKING:
    from cerm_nb.analyses.scorecard.outlook_backtest import Backtest
    from cerm_nb.analyses.scorecard.outlook_targets import Targets
    from cerm_nb.analyses.scorecard.panels import Panel
    from cerm_nb.stats import Floats, Integers

DAY = pd.Timedelta(days=1)
MOST_WIDENED = 3.0  # ours: beyond it a chance would only mean that nothing is known
COLUMNS = [
    "indicator",
    "n",
    "due",
    "steps",
    "expected",
    "low",
    "high",
    "p_hit",
    "p_hit_low",
    "p_hit_high",
    "hit_then",
    "run_rate",
    "run_rate_low",
    "run_rate_high",
    "needed_rate",
    "pace",
    "due_now",
    "on_path",
    "widened",
    "reason",
]


@dataclass(frozen=True, eq=False)
class Outlook:
    """What is to be expected of the series of one panel.

    Parameters
    ----------
    frame
        One row per series, columns `COLUMNS`: see `outlook`.
    forecasts
        One row per series and day forecast, columns `FORECASTS`: values 1, 3, 6 and 12 periods ahead and in
        the period of the target, and whether the target is met (quantity ``hit``, its chance as forecast and
        as probability).
    """

    frame: pd.DataFrame
    forecasts: pd.DataFrame


class _Setting(NamedTuple):
    """What all series share."""

    last: int
    season: int
    draws: int
    seed: int
    confidence: float


class _Found(NamedTuple):
    """What is found of some series, in their own unit."""

    ahead: Floats  # forecast, low and high at each horizon, shape (series, horizons, 3)
    at_target: Floats  # the same in the target's period, shape (series, 3)
    chance: Floats  # and the chance with its interval, shape (series, 3)
    rate: Floats  # change per period with its interval, shape (series, 3)
    widened: Floats  # what the interval at the target is widened by, shape (series,)


def outlook(
    panel: Panel,
    phase: Integers,
    records: pd.DataFrame,
    now: Levels,
    backtested: Backtest,
    *,
    as_of: pd.Timestamp,
    draws: int = 2000,
    seed: int = 1,
    confidence: float = 0.95,
    min_points: int = 12,
) -> Outlook:
    """Tell the chance that each target is met by its date, and how quickly the indicator would have to move.

    Parameters
    ----------
    panel, phase
        Series of one frequency, and number of the phase each value belongs to, shape (series, periods).
    records
        What they are to reach.
    now, backtested
        The level they have, and what their intervals are widened by.
    as_of
        The last day that is seen.
    draws, seed
        Draws of what is not known of each series, and the seed that makes them repeatable.
    confidence
        Coverage of intervals.
    min_points
        Values a forecast needs.

    Returns
    -------
    Outlook
        ``p_hit`` is the chance that the value of the period which holds the target's day meets the target,
        with an interval from what is not known of the series (memory, level, slope, season, variance).
        ``due`` is the last day of that period, ``steps`` how many periods ahead it is; no forecast
        is beyond what is possible of counts, rates and shares; ``expected``, ``low``
        and ``high`` forecast its value. ``needed_rate`` is the change per period from the level now to the
        target, ``run_rate`` the change so far (within phases), ``pace`` and ``on_path`` what follows (see
        `cerm_nb.analyses.scorecard.run_rate`). Reasons why there is no
        chance: ``no_record``, ``no_values``, ``no_target``, ``no_date``, ``target_past`` (``hit_then`` says
        whether it was met, 1 or 0), ``too_few_points``, ``constant``, ``values_old`` (three
        periods or more have ended since the latest value), ``target_too_far`` (further ahead than there are
        values), ``forecasts_failed`` (earlier ones so far ahead were so far off that intervals had to be
        widened more than threefold: the forecast is told, its chance is not).

    Notes
    -----
    A local level and an autoregressive rest, with a slope and a season where they are clear, averaged: see
    `cerm_nb.analyses.scorecard.predictive`. All series share one set of random numbers, so what one series is
    told does not depend on the others, but for the widening.
    """
    if not panel.names or not len(panel.periods):
        return Outlook(pd.DataFrame(columns=COLUMNS), pd.DataFrame(columns=FORECASTS))
    aimed, last = targets(panel, records, as_of, min_points), len(panel.periods) - 1
    setting = _Setting(last, panel.season, draws, seed, confidence)
    columns = fixed_columns(np.arange(last + 1), panel.season)
    parts, values = [], np.asarray(panel.values)
    for start in range(0, len(panel.names), TOGETHER):
        part = slice(start, start + TOGETHER)
        mine, widening = aimed.some(part), backtested.widening[part]
        parts.append(_found(aligned(values[part], phase[part]), columns, mine, widening, setting))
    found = _Found(*map(np.concatenate, zip(*parts, strict=True)))
    ends = calendar(panel)[1:] - DAY
    frame = _frame(panel, aimed, found, now, setting, ends)
    due = ends[last + np.array(HORIZONS)]
    kept = forecasts(frame, aimed, found.ahead, due, as_of=as_of, confidence=confidence)
    return Outlook(frame, kept)


def _found(
    straight: tuple[Floats, Floats],
    columns: Floats,
    aimed: Targets,
    widening: Floats,
    setting: _Setting,
) -> _Found:
    y, middle, spread = scaled(straight[0])
    unit = np.where(spread > 0, spread, 1.0)
    seen = next(filtered(y, columns, np.array([setting.last])))
    told, untold = aimed.reason == "", np.where(aimed.bare == "", 1.0, np.nan)[:, None]
    own = np.where(told, aimed.steps, 1)
    steps = np.union1d(HORIZONS, own)
    row, here = np.searchsorted(steps, own), np.arange(len(own))
    wider = widening_at(widening, steps)
    rows = value_rows(setting.last, steps, setting.season)
    model = shared_out(predictive(seen, rows, setting.season), straight[1])
    chance = chances(
        model,
        row,
        (aimed.target - middle[:, 0]) / unit[:, 0],
        aimed.sign,
        wider[here, row],
        draws=setting.draws,
        seed=setting.seed,
        confidence=setting.confidence,
    )
    ahead = _interval(model, wider, setting.confidence) * unit[..., None] + middle[..., None]
    ahead = np.clip(ahead, aimed.least[:, None, None], aimed.most[:, None, None]) * untold[..., None]
    rate = np.stack(run_rate(seen, setting.season, setting.confidence), axis=-1) * unit
    only = np.where(told, 1.0, np.nan)[:, None]
    return _Found(
        ahead=ahead[:, np.searchsorted(steps, HORIZONS)],
        at_target=ahead[here, row] * only,
        chance=np.stack(chance, axis=-1) * only,
        rate=rate * untold,
        widened=wider[here, row] * only[:, 0],
    )


def _interval(told: Predictive, widened: Floats, confidence: float) -> Floats:
    """Forecast, low and high, shape (series, rows, 3)."""
    mean, scale, degrees = told.summary()
    half = widened * student_quantile(confidence, degrees) * scale
    return np.stack([mean, mean - half, mean + half], axis=-1)


def _frame(
    panel: Panel, aimed: Targets, found: _Found, now: Levels, setting: _Setting, ends: pd.DatetimeIndex
) -> pd.DataFrame:
    known = ~np.isnan(panel.values)
    dated = (aimed.place >= 0) & (aimed.place < len(ends))
    due = pd.Series(ends[np.where(dated, aimed.place, 0)]).where(dated)
    first = np.argmax(known, axis=1)
    way = np.where(aimed.place > first, aimed.place - first, 1)
    elapsed = np.where(aimed.place >= 0, (len(panel.periods) - 1 - first) / way, np.nan)
    half, rate = now.half(setting.confidence), Estimate(*found.rate.T)
    level = Estimate(now.mean, now.mean - half, now.mean + half)
    needed = needed_rate(level.value, aimed.target, np.where(aimed.reason == "", aimed.steps, 0))
    asked = due_now(aimed.baseline, aimed.target, elapsed, aimed.path)
    columns: dict[str, object] = {"indicator": panel.names, "n": aimed.points, "due": due}
    columns |= {"steps": pd.array(np.where(dated, aimed.steps, 0), dtype="Int64")}
    columns |= _three(found.at_target, "expected", "low", "high")
    failed = (aimed.reason == "") & (found.widened > MOST_WIDENED)
    chance = np.where(failed[:, None], np.nan, found.chance)
    columns |= _three(chance, "p_hit", "p_hit_low", "p_hit_high")
    columns |= {"hit_then": aimed.hit_then}
    columns |= _three(found.rate, "run_rate", "run_rate_low", "run_rate_high")
    columns |= {"needed_rate": needed, "pace": pace(rate, needed, aimed.sign)}
    columns |= {"due_now": asked, "on_path": on_path(level, asked, aimed.sign)}
    columns |= {"widened": found.widened, "reason": np.where(failed, "forecasts_failed", aimed.reason)}
    frame = pd.DataFrame(columns)[COLUMNS]
    frame.loc[~dated, "steps"] = pd.NA
    return frame


def _three(values: Floats, *names: str) -> dict[str, object]:
    return dict(zip(names, values.T, strict=True))
