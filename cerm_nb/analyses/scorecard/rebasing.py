"""Limits made anew where the level changed: as accepted in params, and as proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.errors import ParamsError, Problem
from cerm_nb.stats import holm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cerm_nb.analyses.scorecard.change_points import Changes
    from cerm_nb.analyses.scorecard.charts import Charts
    from cerm_nb.analyses.scorecard.panels import Panel, Panels
    from cerm_nb.stats import Floats, Integers

    Rebase = Mapping[str, Sequence[Mapping[str, object]]]

PROPOSALS = {
    "indicator": "str",
    "period": "datetime64[us]",
    "n_before": "int64",
    "n_after": "int64",
    "before": "float64",
    "after": "float64",
    "difference": "float64",
    "low": "float64",
    "high": "float64",
    "p": "float64",
    "p_adjusted": "float64",
}
"""Columns of `proposals`."""


def check_rebase(rebase: Rebase, found: Panels) -> None:
    """Refuse rebasing of what is no series, or outside its periods.

    Parameters
    ----------
    rebase
        Indicator → changes of level accepted, each with ``from`` (a day) and ``reason``.
    found
        From `cerm_nb.analyses.scorecard.panels.panels`.

    Raises
    ------
    ParamsError
        With every problem of every indicator.
    """
    ends = {name: each for panel in found.panels for name, each in _ends(panel, rebase)}
    problems = [problem for name in rebase for problem in _problems(name, rebase[name], ends, found)]
    if problems:
        raise ParamsError(problems)


def phases(panel: Panel, rebase: Rebase) -> Integers:
    """Tell the phase of each period of each series, counted from 0.

    Parameters
    ----------
    panel
        Series of one frequency.
    rebase
        As given to `check_rebase`; what it says of other panels' series is passed over.

    Returns
    -------
    ndarray
        Shape (indicators, periods). A phase begins with the first period that begins on its day or later.
    """
    found = np.zeros((len(panel.names), len(panel.periods)), dtype=np.int64)
    for at, name in enumerate(panel.names):
        for day in sorted({_day(entry) for entry in rebase.get(name, ())}):
            found[at, panel.periods.searchsorted(day) :] += 1
    return found


def proposals(charted: Sequence[Charts], *, significance: float = 0.05) -> pd.DataFrame:
    """List the changes of level that are found within phases.

    Parameters
    ----------
    charted
        Of every panel, from `cerm_nb.analyses.scorecard.charts.charts`.
    significance
        p up to which a change is proposed; it holds for each phase, not for all together.

    Returns
    -------
    DataFrame
        Columns `PROPOSALS`, smallest p first: the first period of the new level, values and means on either
        side, their difference with its interval, p, and p_adjusted (Holm over all phases of all series that
        were tested). The strongest of each phase: once it is accepted, the next is looked for. A steady slope
        is not proposed, as no limits would fit it.
    """
    tested = [(each.panel, found) for each in charted for found in each.changes]
    if not tested:
        return pd.DataFrame(columns=list(PROPOSALS)).astype(PROPOSALS)
    adjusted = holm(np.concatenate([found.p for _, found in tested]))
    ends = np.cumsum([len(found.p) for _, found in tested])
    shared = np.split(adjusted, ends[:-1])
    parts = [_proposed(*each, p, significance) for each, p in zip(tested, shared, strict=True)]
    whole = pd.concat(parts, ignore_index=True)[list(PROPOSALS)].astype(PROPOSALS)
    return whole.sort_values(["p", "indicator", "period"], ignore_index=True)


def _proposed(panel: Panel, found: Changes, adjusted: Floats, significance: float) -> pd.DataFrame:
    rows = np.flatnonzero((np.nan_to_num(found.p, nan=1.0) <= significance) & found.step)
    return pd.DataFrame(
        {
            "indicator": [panel.names[at] for at in rows],
            "period": panel.periods.take(found.at[rows]),  # noqa: PD008  # an array of ours
            **{name: getattr(found, name)[rows] for name in _COPIED},
            "difference": (found.after - found.before)[rows],
            "p_adjusted": adjusted[rows],
        }
    )


_COPIED = ("n_before", "n_after", "before", "after", "low", "high", "p")


def _day(entry: Mapping[str, object]) -> pd.Timestamp:
    return pd.Timestamp(str(entry["from"]))


def _ends(panel: Panel, rebase: Rebase) -> Iterator[tuple[str, tuple[pd.Timestamp, pd.Timestamp]]]:
    """First and last period of the series that are to be rebased."""
    for at, name in enumerate(panel.names):
        if name in rebase:
            known = np.flatnonzero(~np.isnan(panel.values[at]))  # noqa: PD011  # an array of ours
            yield name, (panel.periods[known[0]], panel.periods[known[-1]])


def _problems(
    name: str,
    entries: Sequence[Mapping[str, object]],
    ends: Mapping[str, tuple[pd.Timestamp, pd.Timestamp]],
    found: Panels,
) -> Iterator[Problem]:
    where = f"rebase → {name}"
    if name not in ends:
        reason = "has no values" if name in found.reasons else "is no indicator"
        names = sorted(one for panel in found.panels for one in panel.names)
        told = f"one of {', '.join(names[:12])}{' …' if len(names) > 12 else ''}" if names else ""
        yield Problem(where, reason, told, "mend the name or leave it out")
        return
    first, last = ends[name]
    for number, entry in enumerate(entries):
        day = _day(entry)
        if not first < day <= last:
            allowed = f"a day after {first:%Y-%m-%d} and up to {last:%Y-%m-%d}"
            step = "limits are made anew from a day within the series"
            yield Problem(f"{where} → {number} → from", f"got {day:%Y-%m-%d}", allowed, step)
