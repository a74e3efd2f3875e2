"""The scorecard of one day: records, series, status, outlook and links, brought together."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cerm_nb.analyses.scorecard.arrows import arrows
from cerm_nb.analyses.scorecard.derived import derived
from cerm_nb.analyses.scorecard.indicators import indicators, measure
from cerm_nb.analyses.scorecard.links import links
from cerm_nb.analyses.scorecard.panels import NAMED, Panels, panels
from cerm_nb.analyses.scorecard.records import record_caveats, records, refuse_repeats
from cerm_nb.analyses.scorecard.status import Named, chart_caveats
from cerm_nb.analyses.scorecard.strategy_map import strategy_map
from cerm_nb.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cerm_nb.analyses.scorecard.derived import Results
    from cerm_nb.analyses.scorecard.indicators import Measured
    from cerm_nb.analyses.scorecard.links import Links
    from cerm_nb.analyses.scorecard.parameters import Params
    from cerm_nb.analyses.scorecard.strategy_map import StrategyMap
    from cerm_nb.errors import Problem

Caveat = tuple[str, "Mapping[str, object]"]

FEW = 3  # indicators with the same caveat that are told one by one
KPIS = ["indicator", "period", "value", "denominator"]


@dataclass(frozen=True, eq=False)
class Scorecard:
    """What is known of all indicators at one day.

    Parameters
    ----------
    day
        The last day that is seen.
    records
        One row per indicator: what it is, and what it is to reach.
    series
        Series of the client's own indicators.
    given
        What other questions found, by indicator and day.
    measured
        Charts, forecasts and proposals.
    links
        Evidence for what is believed to drive what.
    map
        The same, laid out.
    indicators
        One row per indicator with all that is found of it.
    """

    day: pd.Timestamp
    records: pd.DataFrame
    series: Panels
    given: pd.DataFrame
    measured: Measured
    links: Links
    map: StrategyMap
    indicators: pd.DataFrame

    @property
    def focus(self) -> pd.DataFrame:
        """Indicators in focus, the first one first."""
        chosen = self.indicators[self.indicators["in_focus"]]
        return chosen.sort_values(["place", "indicator"], ignore_index=True)

    @property
    def ranked(self) -> pd.DataFrame:
        """All indicators, those in focus first, then by their score."""
        return self.indicators.sort_values(
            ["in_focus", "place", "indicator"], ascending=[False, True, True], ignore_index=True
        )

    def caveats(self, more: Iterable[Caveat] = ()) -> tuple[Caveat, ...]:
        """Tell what the reader must know before using it, see the parts; indicators go by their names.

        Parameters
        ----------
        more
            Caveats of what was found besides, which go by names as well.
        """
        names = dict(zip(self.records["indicator"], self.records["name"], strict=True))
        found = [*record_caveats(self.records, self.day), *self.series.caveats, *self._charted()]
        found += [*self.links.caveats, *self._mapped(), *more]
        return tuple(_gathered([(key, _called(values, names)) for key, values in found]))

    def _mapped(self) -> Iterator[Caveat]:
        """Tell what is odd about the map, where one was drawn; what other questions give is on none."""
        own = set(self.records.loc[self.records["source"] == "kpis", "name"])
        for key, values in self.map.caveats if len(self.links.frame) else ():
            names = values.get("names")
            mine = tuple(name for name in names if name in own) if isinstance(names, tuple | list) else None
            if mine is None:
                yield key, values
            elif mine:
                yield key, dict(values) | {"n": len(mine), "names": mine}

    def _charted(self) -> Iterator[Caveat]:
        """Tell which indicators have no values, and what their charts cannot bear."""
        own = self.records.loc[self.records["source"] == "kpis", "indicator"]
        if without := tuple(name for name in own if name in self.series.reasons):
            yield "values_missing", {"n": len(without), "names": without}
        told: dict[str, list[Named]] = {}
        for each in self.measured.charts:
            for key, values in chart_caveats(each, self.records, self.day):
                told.setdefault(key, []).append(values)
        for key, parts in told.items():
            names = tuple(name for values in parts for name in values["names"])
            yield key, {"n": sum(values["n"] for values in parts), "names": names[:NAMED]}


def read_scorecard(
    listed: pd.DataFrame | None,
    kpis: pd.DataFrame | None,
    results: Sequence[Results],
    own: Params,
    called: Mapping[str, str],
) -> Scorecard:
    """Bring together what is known of all indicators.

    Parameters
    ----------
    listed, kpis
        Client tables ``indicators`` and ``kpis``; None where there is none.
    results
        What has been published for the client, the earliest first; the last is that of today.
    own
        The question's parameters.
    called
        What readers call the indicators that other questions give.

    Raises
    ------
    DataError
        With every problem of the tables: indicators listed twice, values that cannot be, arrows to nowhere
        or in a circle.
    ParamsError
        For params that name what is not there.
    """
    day = results[-1].day
    values = (pd.DataFrame() if kpis is None else kpis).reindex(columns=KPIS)
    values["period"] = pd.to_datetime(values["period"])
    numbers = ["value", "denominator"]
    values[numbers] = values[numbers].astype(float)
    extra, given = derived(results, measured=set(values["indicator"].dropna()), min_group=own.min_group)
    known, series = _checked(listed, values, extra.assign(name=extra["indicator"].map(called)), day, own)
    measured = measure(series, known, given, day, own)
    linked = links(series, known, max_lag=own.max_lag, min_points=own.min_points, confidence=own.confidence)
    told = indicators(measured, linked, own)
    return Scorecard(day, known, series, given, measured, linked, strategy_map(known, linked), told)


def _checked(
    listed: pd.DataFrame | None, values: pd.DataFrame, given: pd.DataFrame, day: pd.Timestamp, own: Params
) -> tuple[pd.DataFrame, Panels]:
    """Give records and series; what is wrong with either is told at once."""
    problems: list[Problem] = []
    with _collected(problems):
        refuse_repeats(listed)
    once = None if listed is None else listed.drop_duplicates("indicator")
    known, series = records(once, given, own), Panels(())
    with _collected(problems):
        arrows(known)
    with _collected(problems):
        series = panels(values, known, day)
    if problems:
        raise DataError(problems)
    return known, series


@contextmanager
def _collected(problems: list[Problem]) -> Iterator[None]:
    """Keep what is wrong, to be told with what else is."""
    try:
        yield
    except DataError as error:
        problems += error.problems


def _gathered(found: Sequence[Caveat]) -> Iterator[Caveat]:
    """Tell of a few indicators, or links, one by one, of many at once: ``<key>_many`` with n and names."""
    by_key: dict[str, list[Mapping[str, object]]] = {}
    for key, values in found:
        by_key.setdefault(key, []).append(values)
    for key, told in by_key.items():
        names = [name for name in map(_about, told) if name]
        if len(names) > FEW:
            yield f"{key}_many", {"n": len(names), "names": tuple(names[:NAMED])}
        else:
            yield from ((key, values) for values in told)


def _about(values: Mapping[str, object]) -> str:
    """Name the indicator, or the link, a caveat tells of; empty where it tells of several."""
    if "from" in values:
        return f"{values['from']} → {values['to']}"
    return str(values.get("indicator", ""))


def _called(values: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    """Put the names readers know into the places of identifiers; of many, the first of them."""
    found = dict(values)
    for key in ("indicator", "from", "to"):
        if key in found:
            found[key] = names.get(str(found[key]), found[key])
    if isinstance(many := found.get("names"), tuple | list):
        found["names"] = tuple(names.get(str(one), one) for one in many[:NAMED])
    return found
