"""The golden record: for each person and field the best value there is, and the list that gave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.readiness.identity.records import COLUMNS

if TYPE_CHECKING:
    from cerm_nb.analyses.readiness.identity.records import Records
    from cerm_nb.stats import Integers

NAMING = ("entry", "source", "record_id", "customer_id", "other_id")  # what tells the record, not the person
FIELDS = [name for name in COLUMNS if name not in NAMING]
ONE_SPELLING = {"birth_date": "birthday", "phone": "phone_right", "email": "email_right", "gender": "gender"}
"""Fields shown in the one spelling where they are valid; what cannot be read is shown as recorded."""
COMPARED = {"address": "address", "city": "city", "postcode": "postcode"}
"""Fields whose spellings count as one value, shown as the best record has them."""


def golden_records(records: Records, person: Integers, weight: np.ndarray) -> pd.DataFrame:
    """Make one row per person.

    Parameters
    ----------
    records
        The records.
    person
        Per record, the number of its person.
    weight
        Per record, the weight of the tie that holds it; infinite where it is certain.

    Returns
    -------
    DataFrame
        A row per person, in their order: customer_id and customer_id_from (the list that declared it; missing
        where it was made here), each golden field with ``<field>_from``, records, lists, sources (how many),
        and weight (of the weakest tie).

    Notes
    -----
    A value is chosen in this order: valid before invalid, the one most records agree on, the most recently
    updated, the earlier list, the earlier record. ``updated`` is the latest, ``acquired_on`` the earliest
    with its ``acquired_by``: what won a customer came first.
    """
    frame = records.recorded
    golden: dict[str, object] = {}
    recent = -frame["updated"].to_numpy(dtype="datetime64[D]").astype(np.int64)
    recent = np.where(frame["updated"].isna(), np.iinfo(np.int64).max, recent)
    golden |= _numbers(records, person)
    for field in FIELDS:
        shown, value, valid = _values(records, field)
        there = np.flatnonzero(value.notna())
        many = np.bincount(person[there], minlength=1)[person[there]] > 1
        ranked = _rank(field, frame, value, valid, recent, person, there[many])
        best = np.concatenate([there[~many], _firsts(ranked, person)])  # most persons have nothing to rank
        golden |= _column(field, shown, frame["entry"], best, person)
    counts = frame.assign(person=person, weight=weight).groupby("person")
    golden["records"] = counts.size().to_numpy()
    golden["lists"] = counts["entry"].nunique().to_numpy()
    golden["sources"] = counts["source"].nunique().to_numpy()
    golden["weight"] = counts["weight"].min().to_numpy()
    return pd.DataFrame(golden)


def _column(
    field: str, shown: pd.Series, entry: pd.Series, best: Integers, person: Integers
) -> dict[str, object]:
    rows = pd.Series(best, index=person[best]).reindex(np.arange(person.max() + 1))
    there = rows.notna().to_numpy()
    taken = rows[there].astype(np.int64).to_numpy()
    place = np.full(len(rows), -1)
    place[there] = taken
    return {
        field: shown.take(np.maximum(place, 0)).where(there).reset_index(drop=True),
        f"{field}_from": entry.take(np.maximum(place, 0)).where(there).reset_index(drop=True),
    }


def _values(records: Records, field: str) -> tuple[pd.Series, pd.Series, np.ndarray]:
    """Return what is shown of a field, what is compared, and whether it is valid."""
    recorded = records.recorded[field]
    if field in ONE_SPELLING:
        spelled = records.known[ONE_SPELLING[field]]
        shown = spelled.where(spelled.notna(), recorded)
        return shown, shown, spelled.notna().to_numpy()
    compared = records.known[COMPARED[field]] if field in COMPARED else recorded
    return recorded, compared.where(compared.notna(), recorded), recorded.notna().to_numpy()


def _firsts(ranked: Integers, person: Integers) -> Integers:
    """Take the first row of each person from rows in order of persons."""
    return ranked[np.append(True, person[ranked][1:] != person[ranked][:-1])] if len(ranked) else ranked


def _rank(
    field: str,
    frame: pd.DataFrame,
    value: pd.Series,
    valid: np.ndarray,
    recent: Integers,
    person: Integers,
    rows: Integers,
) -> Integers:
    """Order rows that have a value by person, the best of each first."""
    who = person[rows]
    if field in ("updated", "acquired_on"):
        day = value.to_numpy(dtype="datetime64[D]").astype(np.int64)[rows]
        return rows[np.lexsort((rows, day if field == "acquired_on" else -day, who))]
    if field == "acquired_by":
        first = frame["acquired_on"].to_numpy(dtype="datetime64[D]")[rows]
        known = np.isnat(first)
        return rows[np.lexsort((rows, np.where(known, 0, first.astype(np.int64)), known, who))]
    said = pd.factorize(value.iloc[rows])[0].astype(np.int64)
    key = pd.factorize(who * (said.max(initial=0) + 1) + said)[0]
    agreed = np.bincount(key)[key] if len(key) else key
    return rows[np.lexsort((rows, recent[rows], -agreed, ~valid[rows], who))]


def _numbers(records: Records, person: Integers) -> dict[str, object]:
    """Give each person a number: the one most records declare, the smallest of them; else made."""
    declares = records.known["customer_id"]  # without the values that stand for "no number"
    there = np.flatnonzero(declares.notna())
    declared = declares.iloc[there]
    said = pd.factorize(declared, sort=True)[0].astype(np.int64)
    key = pd.factorize(person[there] * (said.max(initial=0) + 1) + said)[0]
    agreed = np.bincount(key)[key] if len(key) else key
    ranked = there[np.lexsort((there, said, -agreed, person[there]))]
    best = _firsts(ranked, person)
    column = _column("customer_id", declares, records.recorded["entry"], best, person)
    number = pd.Series(column["customer_id"])
    made = number.where(number.notna(), _made(records, person))
    return column | {"customer_id": made}


def _made(records: Records, person: Integers) -> pd.Series:
    """Make numbers out of the lists' and records' own, the same whatever else the lists hold."""
    total = np.zeros(int(person.max()) + 1, dtype=np.uint64)
    np.add.at(total, person, records.known["mark"].to_numpy(dtype=np.uint64))
    made = pd.Series(total).map("P{:016x}".format)
    again = made.groupby(made).cumcount()  # records of one name that are two persons
    made = made.where(again == 0, made + "-" + again.astype(str))
    return made.where(~made.isin(records.recorded["customer_id"].dropna()), "P" + made)
