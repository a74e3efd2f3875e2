"""Series of different frequencies on the periods of the coarser one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cerm_nb.analyses.scorecard.panels import Panel
    from cerm_nb.stats import Floats, Integers


NOWHERE, APART = -1, -2  # in place of a grid: one has no values; periods equally long on other days


@dataclass(frozen=True, eq=False)
class Places:
    """Where indicators and pairs of them stand.

    Parameters
    ----------
    panel
        Position of each indicator's panel, -1 where it has none, shape (indicators,).
    row
        Its row there.
    """

    panel: Integers
    row: Integers

    def grid(self, panels: Sequence[Panel], first: Integers, second: Integers) -> Integers:
        """Position of the panel a pair is compared on, the coarser one; else `NOWHERE` or `APART`."""
        days = np.array([_days(panel) for panel in panels] + [np.nan])
        one, other = self.panel[first], self.panel[second]
        coarser = np.where(days[one] >= days[other], one, other)
        apart = (one != other) & (days[one] == days[other])
        return np.where((one < 0) | (other < 0), NOWHERE, np.where(apart, APART, coarser))

    def mixed(self, first: Integers, second: Integers) -> int:
        """Pairs of different frequency."""
        one, other = self.panel[first], self.panel[second]
        return int(((one != other) & (one >= 0) & (other >= 0)).sum())


def places(panels: Sequence[Panel], names: Sequence[str]) -> Places:
    """Find indicators in panels.

    Parameters
    ----------
    panels
        All panels.
    names
        Indicators, in the order they are counted in.
    """
    position = {name: at for at, name in enumerate(names)}
    panel, row = np.full(len(names), -1), np.zeros(len(names), dtype=np.int64)
    for each, one in enumerate(panels):
        found = [(position[name], at) for at, name in enumerate(one.names) if name in position]
        for where, at in found:
            panel[where], row[where] = each, at
    return Places(panel, row)


def on_grid(panels: Sequence[Panel], where: Places, used: Collection[int], grid: int) -> Floats:
    """Lay indicators out on the periods of one panel, shape (indicators used, periods).

    Parameters
    ----------
    panels, where
        All panels, and from `places`.
    used
        Indicators, none of a coarser panel.
    grid
        Position of the panel.
    """
    chosen = np.asarray(list(used), dtype=np.int64)
    found = np.full((len(chosen), len(panels[grid].periods)), np.nan)
    for each in np.unique(where.panel[chosen]):
        here = where.panel[chosen] == each
        values = np.asarray(panels[each].values)
        part = values if each == grid else aggregated(values, panels[each], panels[grid])
        found[here] = part[where.row[chosen[here]]]
    return found


def aggregated(values: Floats, fine: Panel, coarse: Panel) -> Floats:
    """Mean over the finer periods that begin in each coarser one; NaN where one of them is missing.

    Parameters
    ----------
    values
        Of the finer panel, shape (indicators, its periods).
    fine, coarse
        Panels.
    """
    ends = coarse.periods + coarse.length
    bins = np.asarray(coarse.periods.searchsorted(fine.periods, side="right")) - 1
    inside = (bins >= 0) & (fine.periods < ends[np.maximum(bins, 0)])
    member = np.zeros((len(fine.periods), len(coarse.periods)))
    member[np.flatnonzero(inside), bins[inside]] = 1.0
    whole = (fine.periods[0] - fine.length < coarse.periods) & (fine.periods[-1] + fine.length >= ends)
    known = (~np.isnan(values)).astype(float) @ member
    total = np.nan_to_num(values) @ member
    complete = (known == member.sum(axis=0)) & (known > 0) & np.asarray(whole)
    return np.where(complete, total / np.maximum(known, 1.0), np.nan)


def _days(panel: Panel) -> float:
    """Days of a period; months of unequal length count alike."""
    months = panel.length.kwds.get("months", 0) + 12 * panel.length.kwds.get("years", 0)
    start = pd.Timestamp("2001-01-01")
    return months * 30.4375 if months else float((start + panel.length - start) / pd.Timedelta(days=1))
