"""What control charts are drawn from: each series with its limits, its special causes judged good or bad."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib import dates as matplotlib_dates

from cerm_nb.figures import scales, states

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.words import Words

    Numbers = np.ndarray[Any, np.dtype[np.float64]]

_dates: Any = matplotlib_dates  # matplotlib's dates carry no types
_BETTER = {"higher": 1.0, "lower": -1.0}
_ENDS = ("upper", "mean", "lower", "target")


class Chart(NamedTuple):
    """One series, in order: its points, its scales, and the words around them."""

    name: str
    state: str
    word: str
    times: Numbers
    values: Numbers
    mean: Numbers
    lower: Numbers
    upper: Numbers
    phases: Numbers
    causes: np.ndarray[Any, Any]  # "improvement", "concern" or "" of each point
    moving: bool
    target: float
    breaks: list[tuple[float, str]]
    limits: tuple[float, float]  # of the vertical scale
    span: tuple[float, float]  # of the time all share
    ends: tuple[str, ...]  # names of upper limit, mean, lower limit and target
    alone: bool


def charts(
    points: pd.DataFrame, panels: pd.DataFrame, breaks: pd.DataFrame | None, words: Words
) -> list[Chart]:
    """Read the charts, in the order of the panels.

    Parameters
    ----------
    points, panels, breaks, words
        As `control_charts.control_charts` takes them.

    Raises
    ------
    ValueError
        For an indicator without points or without a number, an unknown state or direction.
    """
    shown = points[points["indicator"].isin(panels["indicator"])]
    times = scales.numbers(shown["period"])
    span = scales.span(times) if len(times) else (0.0, 1.0)
    found = dict(list(shown.assign(at=times).groupby("indicator", sort=False)))
    missing = [str(name) for name in panels["indicator"] if name not in found]
    if missing:
        raise ValueError(f"nothing to draw: no points of {missing}")
    notes = _notes(breaks)
    alone = len(panels) == 1
    return [
        _chart(found[row["indicator"]], row, notes, span, words, alone=alone)
        for row in panels.to_dict("records")
    ]


def _chart(
    mine: pd.DataFrame,
    row: Mapping[Any, Any],
    notes: Mapping[tuple[str, float], str],
    span: tuple[float, float],
    words: Words,
    *,
    alone: bool,
) -> Chart:
    states.mark(row["state"])
    if row["direction"] not in _BETTER:
        raise ValueError(f"direction {row['direction']!r} is not one of {list(_BETTER)}")
    times = mine["at"].to_numpy(dtype=float)
    values, mean, lower, upper = (
        mine[name].to_numpy(dtype=float) for name in ("value", "mean", "lower", "upper")
    )
    phases = mine["phase"].to_numpy(dtype=float)
    judged = mine["signal"].to_numpy(dtype=float) * _BETTER[row["direction"]]
    special = mine["special_cause"].fillna("").to_numpy() != ""
    target = float(row.get("target", np.nan))
    opens = np.flatnonzero(np.diff(phases) != 0) + 1
    return Chart(
        name=str(row.get("name", row["indicator"])),
        state=row["state"],
        word=words.label(row["state"]),
        times=times,
        values=values,
        mean=mean,
        lower=lower,
        upper=upper,
        phases=phases,
        causes=np.select([special & (judged > 0), special & (judged < 0)], ["improvement", "concern"], ""),
        moving=bool((mine["chart"] == "residual").any()),
        target=target,
        breaks=[
            (float(times[at - 1 : at + 1].mean()), notes.get((row["indicator"], float(times[at])), ""))
            for at in opens
        ],
        limits=scales.span(values, mean, lower, upper, [target]),
        span=span,
        ends=tuple(words.label(name) for name in _ENDS),
        alone=alone,
    )


def _notes(breaks: pd.DataFrame | None) -> dict[tuple[str, float], str]:
    if breaks is None or breaks.empty:
        return {}
    at = scales.numbers(breaks["period"])
    return {
        (name, float(day)): str(text)
        for name, day, text in zip(breaks["indicator"], at, breaks["text"], strict=True)
    }


def dates(span: tuple[float, float], most: int) -> tuple[list[float], list[str]]:
    """Choose days to write below a time, and write them: years and months, days only where they matter."""
    days = scales.date_ticks(*span, max(2, most))
    found = pd.DatetimeIndex([pd.Timestamp(_dates.num2date(day)).tz_localize(None) for day in days])
    pattern = "%Y-%m" if (found.day == 1).all() else "%Y-%m-%d"
    return days, list(found.strftime(pattern))


def short(value: float) -> str:
    """Write a number with three digits that count."""
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:,.1f}" if size >= 10 else f"{value:,.2f}"
