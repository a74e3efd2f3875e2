"""Why customers turn to us: reasons of contacts from the most frequent down, and the vital few of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.errors import DataError, Problem
from cerm_nb.stats import bootstrap_interval
from cerm_nb.surveys.draws import GROUPS

if TYPE_CHECKING:
    from datetime import date

    from cerm_nb.analyses.roadmap.parameters import Params
    from cerm_nb.stats import Floats, Integers

COLUMNS = ["reason", "touchpoint", "n", "share", "share_low", "share_high"]
COLUMNS += ["cumulative", "cumulative_low", "cumulative_high", "rank", "vital"]


@dataclass(frozen=True, eq=False)
class Pareto:
    """Reasons of contacts.

    Parameters
    ----------
    reason
        Empty, or why there is none: ``no_contacts``, ``no_reasons`` (none is told, or none of the months
        counted), ``too_few_contacts`` (no reason has `min_group`).
    frame
        reason (empty: those named in fewer than `min_group` contacts together), touchpoint (where it is named
        most; empty where none is), n (contacts), share and cumulative with their intervals, rank, vital
        (whether it is one of the vital few); the most frequent first, the rest last.
    vital, vital_low, vital_high
        Reasons, from the most frequent down, that make up `vital_share` of the contacts, and its interval.
    n, customers
        Contacts counted, and customers they are of at most: one of nobody known counts for a customer.
    """

    reason: str
    frame: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COLUMNS))
    vital: int = 0
    vital_low: int = 0
    vital_high: int = 0
    n: int = 0
    customers: int = 0


def pareto(contacts: pd.DataFrame | None, as_of: date | str, own: Params) -> Pareto:
    """Rank the reasons for which customers turn to us.

    Parameters
    ----------
    contacts
        Client table ``contacts``; None where there is none.
    as_of
        Last day that is seen.
    own
        contact_months, reasons_left_out, vital_share, min_group, bootstrap, confidence and seed are used.

    Raises
    ------
    DataError
        For reasons to be left out that nobody gave.

    Notes
    -----
    Customers are redrawn with all their contacts, as one who calls three times about one fault is one fault's
    customer. A contact of nobody known counts as a customer of its own.
    """
    if contacts is None or contacts.empty:
        return Pareto("no_contacts")
    if "reason" not in contacts or not contacts["reason"].notna().any():
        return Pareto("no_reasons")
    known = set(contacts["reason"].dropna().astype("str"))
    _refuse_unknown(known, own)
    counted = _counted(contacts, as_of, own)
    if counted.empty:
        return Pareto("no_reasons")
    reason = counted["reason"].astype("str")
    often = reason.value_counts()
    named = [
        name
        for name in sorted(often.index, key=lambda one: (-often[one], one))
        if often[name] >= own.min_group
    ]
    if not named:
        return Pareto("too_few_contacts", n=len(counted))
    places = reason.map({name: at for at, name in enumerate(named)}).fillna(len(named))
    code = np.asarray(places, dtype=np.int64)
    return _ranked(counted, code, named, own)


def _refuse_unknown(known: set[str], own: Params) -> None:
    wrong = [name for name in own.reasons_left_out if name not in known]
    if wrong:
        got, expected = f"nobody gave the reason {', '.join(map(repr, wrong))}", ", ".join(sorted(known)[:12])
        raise DataError(Problem("reasons_left_out", got, f"reasons of contacts, such as {expected}"))


def _counted(contacts: pd.DataFrame, as_of: date | str, own: Params) -> pd.DataFrame:
    """Contacts with a reason, of the last months."""
    wanted = contacts["reason"].notna() & ~contacts["reason"].astype("str").isin(own.reasons_left_out)
    if "date" in contacts and contacts["date"].notna().any():
        last = pd.Timestamp(as_of) + pd.Timedelta(days=1)
        day = pd.to_datetime(contacts["date"])
        wanted &= (day < last) & (day >= last - pd.DateOffset(months=own.contact_months))
    return contacts[wanted].reset_index(drop=True)


def _ranked(counted: pd.DataFrame, code: Integers, named: list[str], own: Params) -> Pareto:
    person = _person(counted)
    rest = bool((code == len(named)).any())
    size = len(named) + rest
    found, low, high = _redrawn(_grouped(person, code, size, own), len(named), own)
    vital, few, many = (int(np.rint(one[-1])) for one in (found, low, high))
    names, sums = [*named, ""][:size], slice(size, size + len(named))
    frame = pd.DataFrame({"reason": names, "touchpoint": _touchpoints(counted, code, names)})
    frame = frame.assign(n=np.bincount(code, minlength=size), rank=np.arange(1, size + 1))
    for end, values in (("", found), ("_low", low), ("_high", high)):
        frame[f"share{end}"] = values[:size]
        frame[f"cumulative{end}"] = np.append(values[sums], [1.0] * rest)
    frame = frame.assign(vital=(frame["rank"] <= vital) & (frame["reason"] != ""))
    return Pareto("", frame[COLUMNS], vital, few, many, len(counted), int(person.max()) + 1)


def _grouped(person: Integers, code: Integers, size: int, own: Params) -> Floats:
    """Contacts by random group of customers, redrawn as respondents are, and reason; (groups, reasons)."""
    people = int(person.max()) + 1
    groups = min(people, GROUPS)
    place = np.random.default_rng(own.seed).permutation(people) % groups
    table = np.bincount(place[person] * size + code, minlength=groups * size)
    return table.reshape(groups, size).astype(float)


def _redrawn(table: Floats, named: int, own: Params) -> tuple[Floats, Floats, Floats]:
    """Shares, their sums from the largest down, and the number of the vital few, with their intervals."""

    def statistic(times: Integers) -> Floats:
        totals = times @ table
        shares = totals / totals.sum(axis=1, keepdims=True)
        # the reason on a place may be another in each draw: what so many reasons make up is asked
        sums = np.cumsum(-np.sort(-shares[:, :named], axis=1), axis=1)
        return np.hstack([shares, sums, _vital(sums, own.vital_share)[:, None]])

    once = np.ones(len(table), dtype=np.int64)
    found = statistic(once[None, :])[0]
    ends = bootstrap_interval(once, statistic, draws=own.bootstrap, confidence=own.confidence, seed=own.seed)
    low, high = (np.array(side) for side in zip(*ends, strict=True))
    return found, np.minimum(low, found), np.maximum(high, found)


def _person(counted: pd.DataFrame) -> Integers:
    alone = pd.Series([f"\x00{at}" for at in range(len(counted))])
    given = (
        counted["customer_id"].astype(object)
        if "customer_id" in counted
        else pd.Series(None, range(len(counted)), dtype=object)
    )
    return np.asarray(pd.factorize(given.where(given.notna(), alone))[0], dtype=np.int64)


def _vital(sums: Floats, share: float) -> Floats:
    """How many from the first on reach the share; all of them where even they do not."""
    reached = sums >= share - 1e-12
    return np.where(reached.any(axis=1), reached.argmax(axis=1) + 1, sums.shape[1]).astype(float)


def _touchpoints(counted: pd.DataFrame, code: Integers, names: list[str]) -> list[str]:
    if "touchpoint" not in counted:
        return [""] * len(names)
    told = counted.assign(code=code).dropna(subset=["touchpoint"])
    often = told.groupby("code")["touchpoint"].agg(lambda one: sorted(one.mode())[0])
    return [str(often.get(at, "")) if name else "" for at, name in enumerate(names)]
