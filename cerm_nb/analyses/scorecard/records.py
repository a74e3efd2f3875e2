"""The indicators of the scorecard as records: the client's own, and those other questions give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.errors import DataError, ParamsError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cerm_nb.analyses.scorecard.parameters import Params

Caveat = tuple[str, "Mapping[str, object]"]

WHERE = "data.indicators"
NAMED = 12  # names a caveat tells
TEXTS = ("name", "perspective", "kind", "unit", "direction", "measure", "path", "owner", "formula", "drives")
NUMBERS = ("baseline", "floor", "target")
COLUMNS = ["indicator", *TEXTS[:-1], *NUMBERS, "target_date", "drives", "source"]


def records(own_table: pd.DataFrame | None, given: pd.DataFrame, own: Params) -> pd.DataFrame:
    """Bring the client's indicators and those other questions give into one list.

    Parameters
    ----------
    own_table
        Client table ``indicators``; None where there is none.
    given
        Indicators of other questions: see `cerm_nb.analyses.scorecard.derived.derived`. Where the client
        lists one of them too, what it says of it counts: so a target is set.
    own
        importance, known_events and campaign_indicators must name indicators there are.

    Returns
    -------
    DataFrame
        One row per indicator, columns `COLUMNS`: texts are "" and numbers NaN where nothing is told, drives
        is a tuple of indicators, source is ``kpis`` or the question it comes from.

    Raises
    ------
    DataError
        For an indicator listed twice.
    ParamsError
        For params that name an indicator nobody lists.
    """
    refuse_repeats(own_table)
    listed = _laid_out(own_table)
    others = _laid_out(given)
    told = listed.merge(others[["indicator", "source"]], on="indicator", how="left", suffixes=("", "_given"))
    listed["source"] = told["source_given"].fillna("kpis").to_numpy()
    both = listed.set_index("indicator").replace("", np.nan).combine_first(others.set_index("indicator"))
    order = [
        *listed["indicator"],
        *(name for name in others["indicator"] if name not in set(listed["indicator"])),
    ]
    found = both.reindex(order).rename_axis("indicator").reset_index()
    found[list(TEXTS)] = found[list(TEXTS)].fillna("").astype(str)
    found["name"] = found["name"].where(found["name"] != "", found["indicator"])
    found["drives"] = [_names(text) for text in found["drives"]]
    found = found.reindex(columns=COLUMNS)
    _refuse_unknown(set(found["indicator"]), own)
    return found


def record_caveats(found: pd.DataFrame, as_of: pd.Timestamp) -> tuple[Caveat, ...]:
    """Tell what is odd about the records.

    Parameters
    ----------
    found
        From `records`.
    as_of
        The last day that is seen.

    Returns
    -------
    tuple
        (key, values), each with n and the first twelve names: ``targets_missing``, ``owners_missing``,
        ``baselines_missing`` (a target, but no level it starts from), ``targets_past`` (due by `as_of`),
        ``targets_behind`` (the target is no better than the level it starts from).
    """
    zero = found["floor"].fillna(found["baseline"])
    gain = (found["target"] - zero).where(found["direction"] != "lower", zero - found["target"])
    odd = {
        "targets_missing": found["target"].isna(),
        "owners_missing": found["owner"] == "",
        "baselines_missing": found["target"].notna() & zero.isna(),
        "targets_past": found["target_date"].notna() & (found["target_date"] <= as_of),
        "targets_behind": gain <= 0,
    }
    names = {key: tuple(found.loc[rows, "name"]) for key, rows in odd.items()}
    return tuple((key, {"n": len(those), "names": those[:NAMED]}) for key, those in names.items() if those)


def _laid_out(table: pd.DataFrame | None) -> pd.DataFrame:
    columns = ["indicator", *TEXTS, *NUMBERS, "target_date", "source"]
    found = (pd.DataFrame() if table is None else table).reindex(columns=columns)
    texts = ["indicator", *TEXTS, "source"]
    found[texts] = found[texts].astype(object).where(found[texts].notna(), "")
    found[list(NUMBERS)] = found[list(NUMBERS)].astype(float)
    return found.assign(target_date=pd.to_datetime(found["target_date"])).reset_index(drop=True)


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (part.strip() for part in text.split(";")))))


def refuse_repeats(own_table: pd.DataFrame | None) -> None:
    """Refuse indicators that the client lists more than once, all at once (`DataError`)."""
    counts = _laid_out(own_table)["indicator"].value_counts()
    problems = [
        Problem(f"{WHERE} → {name}", f"is listed {n} times", "one row per indicator", "leave one of them")
        for name, n in counts[counts > 1].items()
    ]
    if problems:
        raise DataError(problems)


def _refuse_unknown(known: Iterable[str], own: Params) -> None:
    there = sorted(known)
    told = (
        f"one of {', '.join(there[:12])}{' …' if len(there) > 12 else ''}"
        if there
        else "no indicator is listed"
    )
    named = [("importance", name, name) for name in own.importance]
    named += [("known_events", name, name) for name in own.known_events]
    named += [("campaign_indicators", campaign, name) for campaign, name in own.campaign_indicators.items()]
    problems = [
        Problem(f"{key} → {entry}", f"{name} is no indicator", told)
        for key, entry, name in named
        if name not in there
    ]
    if problems:
        raise ParamsError(problems)
