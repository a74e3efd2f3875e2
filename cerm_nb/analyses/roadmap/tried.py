"""Did it work: pilots and indicators of what has been tried, brought into one judgement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.roadmap.control import Control, control
from cerm_nb.analyses.roadmap.names import called, readers_names
from cerm_nb.analyses.roadmap.pilot_plans import plan_pilots
from cerm_nb.analyses.roadmap.pilots import Pilots, pilots
from cerm_nb.errors import ParamsError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from cerm_nb.analyses.roadmap.parameters import Params

Caveat = tuple[str, "Mapping[str, object]"]

OBSERVED = ["initiative", "unit", "cluster", "arm", "phase", "date", "value"]
LISTED = ["initiative", "name", "indicator", "effect", "start"]
MEASURED = ["indicator", "period", "value"]
# What counts where a pilot and an indicator speak of one initiative: harm first, then a known end.
WORSE, NONE, WORKED, OPEN = "worsened", "no_effect", "worked", "undetermined"
ORDER = (WORSE, NONE, WORKED, OPEN)


@dataclass(frozen=True, eq=False)
class Tried:
    """Whether what has been tried worked.

    Parameters
    ----------
    value
        Share of the initiatives tried that were shown to work; NaN where nothing can be judged.
    low, high
        The same if none, or if all, of those undetermined work: bounds and no sample's interval.
    n
        Initiatives tried: piloted, or started with an indicator.
    verdict, reason
        ``not_enough_data`` (``nothing_tried``, ``nothing_judged``), ``stop`` (``something_worsened``),
        ``watch`` (``something_without_effect``, ``something_undetermined``) or ``go``.
    frame
        initiative, name, pilot and since_start (verdict of each, empty where there is none), outcome: the
        first of `ORDER` that one of the two is, but undetermined where the pilot is and only the indicator,
        which has no control, rose.
    caveats
        (key, values) in the order to be shown.
    """

    value: float
    low: float
    high: float
    n: int
    verdict: str
    reason: str
    frame: pd.DataFrame
    caveats: tuple[Caveat, ...]

    def names(self, outcome: str) -> tuple[str, ...]:
        """Names of the initiatives with an outcome of `ORDER`."""
        return tuple(self.frame.loc[self.frame["outcome"] == outcome, "name"])

    @property
    def worked(self) -> tuple[str, ...]:
        """Names of those that worked."""
        return self.names(WORKED)

    @property
    def undetermined(self) -> tuple[str, ...]:
        """Names of those of which it cannot be told."""
        return self.names(OPEN)

    @property
    def failed(self) -> tuple[str, ...]:
        """Names of those without an effect worth having, and of those that made it worse."""
        return (*self.names(WORSE), *self.names(NONE))


def judge_pilots(table: pd.DataFrame | None, as_of: date | str, own: Params) -> Pilots:
    """Analyse the pilots seen up to a day.

    Parameters
    ----------
    table
        Client table ``pilots``; None where there is none.
    as_of
        Last day that is seen.
    own
        pilot_margin, pilot_shares, lower_is_better, power and confidence are used.

    Raises
    ------
    ParamsError
        For initiatives named in the params of which there is no pilot.
    """
    seen = _seen(table, OBSERVED, "date", as_of)
    _refuse_unknown(set(seen["initiative"]), own, known=table is not None)
    return pilots(
        seen,
        margin=own.pilot_margin,
        confidence=own.confidence,
        power=own.power,
        planned=own.pilot_shares,
        lower_is_better=own.lower_is_better,
    )


def plan_open(initiatives: pd.DataFrame | None, done: Pilots, as_of: date | str, own: Params) -> pd.DataFrame:
    """Plan pilots of what has not begun and no pilot has decided on: see `plan_pilots`; name is added."""
    listed = _begun(initiatives, as_of)
    planned = plan_pilots(
        listed[listed["start"].isna()],
        done,
        spread=own.pilot_spread,
        confidence=own.confidence,
        power=own.power,
    )
    planned.insert(1, "name", planned["initiative"].map(readers_names(listed, "initiative")))
    return planned


def watch_indicators(
    initiatives: pd.DataFrame | None,
    indicators: pd.DataFrame | None,
    kpis: pd.DataFrame | None,
    as_of: date | str,
    own: Params,
) -> Control:
    """Tell limits and effects of the indicators as far as they are seen: see `control`.

    Without a table of indicators nothing tells which way is better, and nothing is judged.
    """
    listed = _begun(initiatives, as_of)
    if indicators is None:
        listed = listed.assign(indicator=None)
        indicators = pd.DataFrame({"indicator": [], "direction": []})
    return control(listed, indicators, _seen(kpis, MEASURED, "period", as_of), confidence=own.confidence)


def judge(initiatives: pd.DataFrame | None, piloted: Pilots, watched: Control, as_of: date | str) -> Tried:
    """Bring pilots and indicators into one judgement.

    Parameters
    ----------
    initiatives
        Client table of this name; None where there is none.
    piloted, watched
        From `judge_pilots` and `watch_indicators`.
    as_of
        Last day that is seen.
    """
    names = readers_names(None if initiatives is None else _begun(initiatives, as_of), "initiative")
    frame = _outcomes(names, piloted, watched)
    counts = {name: int((frame["outcome"] == name).sum()) for name in ORDER}
    n = len(frame)
    decision, reason = _verdict(counts, n)
    known = decision != "not_enough_data"
    shares = (counts[WORKED] / n, (counts[WORKED] + counts[OPEN]) / n) if known else (np.nan, np.nan)
    told = (*piloted.caveats, *watched.caveats, *_without_control(frame))
    caveats = called(told, names)
    return Tried(shares[0], shares[0], shares[1], n, decision, reason, frame, caveats)


def _outcomes(names: Mapping[str, str], piloted: Pilots, watched: Control) -> pd.DataFrame:
    """Judge each initiative that was tried."""
    started = watched.frame[watched.frame["start"].notna()]
    pilot, since = _verdicts(piloted.frame), _verdicts(started)
    tried = [name for name in dict.fromkeys([*names, *pilot]) if name in pilot or name in since]
    rows = [
        {
            "initiative": name,
            "name": names.get(name, name),
            "pilot": pilot.get(name, ""),
            "since_start": since.get(name, ""),
        }
        for name in tried
    ]
    frame = pd.DataFrame(rows, columns=["initiative", "name", "pilot", "since_start"])
    both = zip(frame["pilot"], frame["since_start"], strict=True)
    return frame.assign(outcome=[_outcome(pair) for pair in both])


def _outcome(pair: tuple[str, str]) -> str:
    """Bring both into one; a pilot that its control leaves open is not decided by a rise without control."""
    return OPEN if pair == (OPEN, WORKED) else next(one for one in ORDER if one in pair)


def _without_control(frame: pd.DataFrame) -> Iterator[Caveat]:
    """Tell which are held to work by what their indicator did since, which nothing was held against."""
    alone = frame.loc[(frame["outcome"] == WORKED) & (frame["pilot"] != WORKED), "initiative"]
    if len(alone):
        yield "without_control", {"n": len(alone), "initiatives": tuple(alone)}


def _verdicts(frame: pd.DataFrame) -> dict[str, str]:
    """Map initiatives to verdicts, where a pilot's harm is called as an indicator's is."""
    told = frame["verdict"].mask(frame["reason"] == "harmful", WORSE)
    return dict(zip(frame["initiative"].astype(str), told.astype(str), strict=True))


def _verdict(counts: Mapping[str, int], n: int) -> tuple[str, str]:
    rules = (
        ("not_enough_data", "nothing_tried", n == 0),
        ("not_enough_data", "nothing_judged", counts[OPEN] == n),
        ("stop", "something_worsened", counts[WORSE] > 0),
        ("watch", "something_without_effect", counts[NONE] > 0),
        ("watch", "something_undetermined", counts[OPEN] > 0),
    )
    return next(((name, reason) for name, reason, applies in rules if applies), ("go", ""))


def _seen(table: pd.DataFrame | None, columns: list[str], day: str, as_of: date | str) -> pd.DataFrame:
    """Rows up to a day; what has no day is kept."""
    given = (pd.DataFrame() if table is None else table).reindex(columns=columns)
    days = pd.to_datetime(given[day])
    return given[~(days >= pd.Timestamp(as_of) + pd.Timedelta(days=1))].assign(**{day: days})


def _begun(initiatives: pd.DataFrame | None, as_of: date | str) -> pd.DataFrame:
    """Lay out the initiatives; one that starts later has not started."""
    given = (pd.DataFrame() if initiatives is None else initiatives).reindex(columns=LISTED)
    start = pd.to_datetime(given["start"])
    return given.assign(start=start.mask(start > pd.Timestamp(as_of)))


def _refuse_unknown(piloted: set[str], own: Params, *, known: bool) -> None:
    if not known:
        return
    given = {key: getattr(own, key) for key in ("pilot_shares", "lower_is_better", "pilots_in_points")}
    problems = [
        Problem(
            f"{key} → {name}",
            "no pilot is of this initiative",
            f"one of {', '.join(sorted(piloted)[:12])}" if piloted else "nothing, as nobody was piloted",
        )
        for key, named in given.items()
        for name in named
        if name not in piloted
    ]
    if problems:
        raise ParamsError(problems)
