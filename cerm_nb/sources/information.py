"""All that a client knows about its customers, table by table, as readiness judges it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from cerm_nb import schemas
from cerm_nb.errors import DataError
from cerm_nb.sources import purchases
from cerm_nb.sources.engine import collect
from cerm_nb.sources.profile import Profile, profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from ibis.expr import types

    from cerm_nb.errors import Problem
    from cerm_nb.sources.load import Provenance
    from cerm_nb.sources.spec import TableSpec

LISTS = "customers"
PERSON_KEYS = ("customer_id", "phone", "email")
_DAYS = [meaning.name for meaning in schemas.describe(LISTS) if meaning.kind == "date"]


@dataclass(frozen=True)
class CustomerInformation:
    """What a client's tables hold about customers.

    Parameters
    ----------
    tables
        One row per entry of ``data``: entry, table, source (missing where it is mapped to none), rows,
        columns_there, columns_used, dated, recent, ancient, first_day, last_day, key_column, keyed,
        distinct_keys, and future: events after the last day, which are left out of everything else but
        the cells.
    cells
        One row per entry and canonical column that is stated: entry, column, required, rows, filled,
        unreadable, invalid.
    records
        One row per record of a customer list: entry, source, and the columns of the table ``customers``.
    keys
        One row per entry that is no list and combination of person keys in it: entry, source, customer_id,
        phone, email, rows.
    provenance
        Entry → where it came from.
    profiles
        Entry → its profile, with the rows themselves.
    """

    tables: pd.DataFrame
    cells: pd.DataFrame
    records: pd.DataFrame
    keys: pd.DataFrame
    provenance: dict[str, Provenance]
    profiles: dict[str, Profile] = field(repr=False)

    def frame(self, table: str) -> pd.DataFrame | None:
        """Bring a small table into memory: the rows of all entries that are read as it.

        Returns
        -------
        DataFrame or None
            Cells that cannot be read are empty. None where the client has no such table.
        """
        found = [collect(each.seen) for each in self._read_as(table)]
        return pd.concat(found, ignore_index=True) if found else None

    def spend(self, as_of: date) -> pd.DataFrame | None:
        """Add up what each customer has brought, in the engines that hold the transactions.

        Rows that lack a customer, a day or an amount are left out.

        Returns
        -------
        DataFrame or None
            customer_id, spend (net of returns); None without transactions.
        """
        sums = [_spend(each.seen, as_of) for each in self._read_as("transactions")]
        if not sums:
            return None
        return pd.concat(sums).groupby("customer_id", sort=True)["spend"].sum().reset_index()

    def _read_as(self, table: str) -> list[Profile]:
        return [each for each in self.profiles.values() if each.facts["table"] == table]


def _spend(rows: types.Table, as_of: date) -> pd.DataFrame:
    whole = rows.drop_null(["customer_id", "date", "amount"])
    return purchases.summary(purchases.purchase_days(whole, as_of), as_of)[["customer_id", "spend"]]


def customer_information(
    data: Mapping[str, TableSpec], root: Path, *, labels: str, as_of: date, fresh_months: int
) -> CustomerInformation:
    """Profile every table a client has, and bring who is in them.

    Parameters
    ----------
    data
        The params' ``data``.
    root
        The project's folder.
    labels
        How errors name an entry, with ``{}`` for its name.
    as_of, fresh_months
        As for `profile`.

    Raises
    ------
    DataError
        With every problem of every table that cannot be read at all.
    """
    profiles: dict[str, Profile] = {}
    problems: list[Problem] = []
    for entry, spec in data.items():
        try:
            profiles[entry] = profile(
                entry, spec, root, label=labels.format(entry), as_of=as_of, fresh_months=fresh_months
            )
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    lists = [found for found in profiles.values() if found.facts["table"] == LISTS]
    others = [found for found in profiles.values() if found.facts["table"] != LISTS]
    columns = [meaning.name for meaning in schemas.describe(LISTS)]
    return CustomerInformation(
        tables=pd.DataFrame([found.facts for found in profiles.values()]),
        cells=_stacked([found.cells for found in profiles.values()], []),
        records=_stacked([_records(found, columns) for found in lists], ["entry", "source", *columns]),
        keys=_stacked([_keys(found) for found in others], ["entry", "source", *PERSON_KEYS, "rows"]),
        provenance={entry: found.loaded.provenance for entry, found in profiles.items()},
        profiles=profiles,
    )


def _records(found: Profile, columns: list[str]) -> pd.DataFrame:
    frame = collect(found.loaded.table).reindex(columns=columns)
    frame[_DAYS] = frame[_DAYS].apply(pd.to_datetime)
    return _told(found, frame)


def _keys(found: Profile) -> pd.DataFrame:
    """Count the rows of each combination of person keys, in the engine: there are fewer of them than rows."""
    table = found.seen
    there = [name for name in PERSON_KEYS if name in table.columns]
    if not there:
        return pd.DataFrame()
    counted = collect(table.group_by(there).aggregate(rows=table.count()).order_by(there))
    return _told(found, counted.reindex(columns=[*PERSON_KEYS, "rows"]))


def _told(found: Profile, frame: pd.DataFrame) -> pd.DataFrame:
    frame.insert(0, "entry", found.facts["entry"])
    frame.insert(1, "source", found.facts["source"])
    return frame


def _stacked(frames: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Put frames below each other; columns that are nowhere filled stay, as objects without a value."""
    filled = [frame for frame in frames if not frame.empty]
    if not filled:
        return pd.DataFrame(columns=columns)
    parts: list[dict[str, Any]] = [
        {name: frame[name].astype(object) for name in frame.columns} for frame in filled
    ]
    whole = pd.concat([pd.DataFrame(part) for part in parts], ignore_index=True)
    return whole.infer_objects()
