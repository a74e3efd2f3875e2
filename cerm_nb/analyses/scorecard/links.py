"""What the data say about the links the client believes in, and which links nobody drew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.arrows import arrows
from cerm_nb.analyses.scorecard.grids import APART, NOWHERE, on_grid, places
from cerm_nb.analyses.scorecard.lead_lag import POWER, detectable, lead_lag, needed, power
from cerm_nb.analyses.scorecard.whitening import surprises
from cerm_nb.stats import holm

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cerm_nb.analyses.scorecard.grids import Places
    from cerm_nb.analyses.scorecard.lead_lag import LeadLag
    from cerm_nb.analyses.scorecard.panels import Panel, Panels
    from cerm_nb.stats import Floats, Integers, Truths

Caveat = tuple[str, "Mapping[str, object]"]

NUMBERS = ["estimate", "low", "high", "effect", "effect_low", "effect_high", "p"]
COLUMNS = ["from", "to", "lag", "ahead", "ahead_unit", *NUMBERS[:-1], "n", "lags", "p", "p_adjusted", "power"]
COLUMNS += ["detectable", "needed", "expected", "evidence", "reason"]
RELATION = 0.5  # correlation a link is asked to show at the least: a large one (Cohen 1988)
MOST_PAIRS = 100_000  # pairs looked through for links nobody drew
SIGNS = {"higher": 1, "lower": -1}


class _Settings(TypedDict):
    max_lag: int
    min_points: int
    confidence: float


@dataclass(frozen=True, eq=False)
class Links:
    """Evidence for the links.

    Parameters
    ----------
    frame
        One row per arrow, columns `COLUMNS`, in the order of the records.
    undrawn
        Links nobody drew that the data show, smallest p first; same columns.
    pairs
        Pairs that were tested for these.
    caveats
        (key, values): ``links_aggregated`` (n: pairs of different frequency, the finer one averaged),
        ``undrawn_not_sought`` (pairs, most: more pairs than are looked through),
        ``steps_removed`` (n, names: indicators with a change of level, which counts for no link).
    """

    frame: pd.DataFrame
    undrawn: pd.DataFrame
    pairs: int
    caveats: tuple[Caveat, ...]


def links(
    found: Panels,
    records: pd.DataFrame,
    *,
    max_lag: int = 6,
    min_points: int = 12,
    confidence: float = 0.95,
    relation: float = RELATION,
) -> Links:
    """Tell which of the client's arrows the data bear out, and which links they show that nobody drew.

    Parameters
    ----------
    found
        From `cerm_nb.analyses.scorecard.panels.panels`.
    records
        Columns indicator, kind, direction ("higher" or "lower" where one is better) and drives (a tuple).
    max_lag
        Longest lag, periods of the coarser of the two.
    min_points
        Periods in which both say something new, from which a link is tested.
    confidence
        Coverage of intervals; 1 - confidence is the chance of any false link among all.
    relation
        Correlation of surprises a link is asked to show: where one of this size would have been found with a
        chance of 80 %, finding none tells against the link.

    Returns
    -------
    Links
        Evidence ``supported`` (adjusted p below 1 - confidence, and good goes with good by the directions of
        both), ``contradicted`` (the same with the other sign), ``not_supported`` (not found, though `power`
        is .8 or more) or ``too_short`` (not found, and it could not have been), with a reason:
        ``frequency_differs`` (periods equally long that begin on other days), ``no_values`` or another of
        `Panels.reasons`, ``too_few`` (values both have), ``constant``, ``same_period`` (they move
        together, so neither leads), ``not_after_adjustment`` (found, were it the only link), else "".

    Raises
    ------
    DataError
        For arrows to nowhere, to themselves or in a circle.

    Notes
    -----
    Pre-whitened on both sides, Bonferroni over lags (`lead_lag`), Holm over links, apart for those believed
    and those nobody drew, which are sought from leading to lagging indicators. A link is one between
    surprises: that two trends, seasons or changes of level go together proves nothing and is left out.
    """
    table = arrows(records)
    index = pd.Index(records["indicator"])
    drawn = np.stack([index.get_indexer(pd.Index(table[end])) for end in ("from", "to")])
    others, caveats = _others(records["kind"].to_numpy(), drawn)
    where = places(found.panels, list(index))
    settings: _Settings = {"max_lag": max_lag, "min_points": min_points, "confidence": confidence}
    told, steps = _tested(found.panels, where, np.concatenate([drawn, others], axis=1), settings)
    told = told.assign(**_ends(records, np.concatenate([drawn, others], axis=1)))
    frame, sought = (
        _judged(part, found.reasons, 1 - confidence, relation)
        for part in (told[: len(table)], told[len(table) :])
    )
    shown = sought["evidence"].isin(["supported", "contradicted"])
    undrawn = sought[shown].sort_values(["p", "from", "to"], kind="stable", ignore_index=True)
    shifted = tuple(index[steps])
    mixed = where.mixed(*drawn)
    caveats += [("links_aggregated", {"n": mixed})] if mixed else []
    caveats += [("steps_removed", {"n": len(shifted), "names": shifted})] if shifted else []
    return Links(frame, undrawn, int(sought["p"].notna().sum()), tuple(caveats))


def _ends(records: pd.DataFrame, pairs: Integers) -> dict[str, np.ndarray[tuple[int, ...], Any]]:
    """Name the ends of pairs, and tell the sign by which good goes with good; 0 where nobody says what is."""
    names = records["indicator"].to_numpy()
    sign = records["direction"].map(SIGNS).fillna(0).to_numpy(dtype=np.int64)
    return {"from": names[pairs[0]], "to": names[pairs[1]], "expected": sign[pairs[0]] * sign[pairs[1]]}


def _others(kind: np.ndarray[tuple[int, ...], Any], drawn: Integers) -> tuple[Integers, list[Caveat]]:
    """Pairs nobody drew, from indicators that may lead to those that may lag, shape (2, pairs)."""
    first, second = np.flatnonzero(kind != "lagging"), np.flatnonzero(kind != "leading")
    n = len(first) * len(second)
    if n > MOST_PAIRS:
        return np.empty((2, 0), dtype=np.int64), [("undrawn_not_sought", {"pairs": n, "most": MOST_PAIRS})]
    pairs = np.stack([each.ravel() for each in np.meshgrid(first, second, indexing="ij")])
    known = np.isin(pairs[0] * len(kind) + pairs[1], drawn[0] * len(kind) + drawn[1])
    return pairs[:, ~known & (pairs[0] != pairs[1])], []


def _tested(
    panels: Sequence[Panel], where: Places, ends: Integers, settings: _Settings
) -> tuple[pd.DataFrame, Truths]:
    """Test all pairs, those of one grid at a time; also which indicators changed their level."""
    grid = where.grid(panels, ends[0], ends[1])
    told = pd.DataFrame(np.nan, index=range(len(grid)), columns=[*NUMBERS, "p_together", "free"])
    told[["lag", "n", "lags", "ahead"]] = 0
    told["ahead_unit"] = ""
    told["reason"] = np.select([grid == NOWHERE, grid == APART], ["no_values", "frequency_differs"], "")
    steps = np.zeros(len(where.panel), dtype=bool)
    for each in np.unique(grid[grid >= 0]):
        here = np.flatnonzero(grid == each)
        used, rows = np.unique(ends[:, here], return_inverse=True)
        values = on_grid(panels, where, used.tolist(), int(each))
        new = surprises(values, panels[each].season)
        steps[used] |= (new.steps >= 0).any(axis=1)
        pairs = rows.reshape(2, -1)
        got = lead_lag(new, pairs[0], pairs[1], **settings)
        part = _of_grid(panels[each], values, got, pairs)
        told.loc[here, list(part)] = part.to_numpy()
    return told.astype({"lag": int, "n": int, "lags": int, "ahead": int}), steps


def _of_grid(panel: Panel, values: Floats, got: LeadLag, rows: Integers) -> pd.DataFrame:
    columns = [*NUMBERS, "p_together", "free", "lag", "n", "lags"]
    unit, size = _unit(panel)
    still = _constant(values)[rows].any(axis=0)
    reason = np.select([got.lags > 0, still], ["", "constant"], "too_few")
    part = pd.DataFrame({name: getattr(got, name) for name in columns})
    return part.assign(ahead=got.lag * size, ahead_unit=unit, reason=reason)


def _unit(panel: Panel) -> tuple[str, int]:
    """Tell the unit of a lag, and how many of it a period has."""
    for unit in ("months", "days"):
        if unit in panel.length.kwds:
            return unit, int(panel.length.kwds[unit])
    return "periods", 1


def _constant(values: Floats) -> Truths:
    known = ~np.isnan(values)
    high = np.where(known, values, -np.inf).max(axis=1, initial=-np.inf)
    return np.asarray(
        known.any(axis=1) & (high == np.where(known, values, np.inf).min(axis=1, initial=np.inf))
    )


def _judged(
    told: pd.DataFrame, reasons: Mapping[str, str], significance: float, relation: float
) -> pd.DataFrame:
    """Adjust p over the links of one family, and say what each comes to."""
    tested = told["p"].notna().to_numpy()
    tests = (told["lags"] * tested.sum()).to_numpy(dtype=float)
    free = told["free"].to_numpy()
    told = told.assign(
        p_adjusted=holm(told["p"].to_numpy()),
        power=power(relation, free, tests, significance),
        needed=(told["n"] - free) + needed(relation, tests, significance),
        detectable=detectable(free, tests, significance),
    )
    sign = np.sign(told["estimate"].fillna(0.0)) * told["expected"]
    found = (told["p_adjusted"] < significance).to_numpy()
    told["evidence"] = np.select(
        [found & (sign >= 0), found, told["power"] >= POWER],
        ["supported", "contradicted", "not_supported"],
        "too_short",
    )
    alone = ~found & (told["p"] < significance)
    together = ~found & (told["p_together"] * tested.sum() < significance)
    missing = (told["reason"] == "no_values").to_numpy()
    told["reason"] = told["reason"].mask(alone, "not_after_adjustment").mask(together, "same_period")
    told.loc[missing, "reason"] = list(_missing(told[missing], reasons))
    return told[COLUMNS]


def _missing(told: pd.DataFrame, reasons: Mapping[str, str]) -> Iterator[str]:
    for pair in zip(told["from"], told["to"], strict=True):
        yield next((reasons[name] for name in pair if name in reasons), "no_values")
