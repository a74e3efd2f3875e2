"""How well a client's tables are kept: counts per table and cell, made by the engine that has the rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from cerm_nb import schemas
from cerm_nb.sources.engine import collect
from cerm_nb.sources.entries import source_of, table_of
from cerm_nb.sources.load import open_table
from cerm_nb.sources.plausible import ANCIENT, implausible

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from ibis.expr import types

    from cerm_nb.sources.load import Loaded
    from cerm_nb.sources.spec import TableSpec

_INVALID = "invalid_"
# What names a row of a table, so that it should not be there twice.
_KEYS = {"customers": "record_id", "contacts": "contact_id", "activities": "activity", "offers": "offer"}


@dataclass(frozen=True)
class Profile:
    """What one entry of ``data`` holds, counted.

    Parameters
    ----------
    loaded
        The table, read leniently: what cannot be read is empty in it.
    seen
        Its rows, those of events after the last day left out.
    facts
        One row of `CustomerInformation.tables`.
    cells
        One row per canonical column that is stated: entry, column, required, rows, filled, unreadable,
        invalid.
    """

    loaded: Loaded
    seen: types.Table
    facts: dict[str, Any]
    cells: pd.DataFrame


def profile(
    entry: str, spec: TableSpec, root: Path, *, label: str, as_of: date, fresh_months: int
) -> Profile:
    """Count what a table holds, without refusing cells.

    Parameters
    ----------
    entry, spec
        Name and content of the entry of ``data``.
    root, label
        As for `open_table`.
    as_of
        The last day the analysis may see.
    fresh_months
        A row dated within so many months before ``as_of`` counts as recent.

    Raises
    ------
    DataError
        When the table cannot be read at all.
    """
    table = table_of(entry, spec)
    loaded = open_table(table, spec, root, label=label, lenient=True)
    seen, future = _seen(table, loaded.table, as_of)
    counted = _count(table, seen, as_of, fresh_months)
    facts = {
        "entry": entry,
        "table": table,
        "source": source_of(entry, spec),
        "columns_there": len(loaded.columns_there),
        "columns_used": len(loaded.columns_used),
        "future": future,
    } | {name: number for name, number in counted.items() if not name.startswith(_INVALID)}
    return Profile(loaded, seen, facts, _cells(entry, table, loaded, counted))


def _seen(table: str, rows: types.Table, as_of: date) -> tuple[types.Table, int]:
    """Leave out events after the last day, and count them."""
    day = _day(table, rows)
    if table not in schemas.EVENTS or day is None:
        return rows, 0
    later = (rows[day] > as_of).fill_null(False)
    return rows.filter(~later), int(collect(rows.aggregate(later=rows.count(where=later)))["later"].iloc[0])


def _day(table: str, rows: types.Table) -> str | None:
    """Name the column that tells how old a row is: of a list the last change, not the day of acquisition."""
    if table == "customers":
        return "updated" if "updated" in rows.columns else None
    return next((name for name, kind in rows.schema().items() if kind.is_date()), None)


def _count(table: str, rows: types.Table, as_of: date, fresh_months: int) -> dict[str, Any]:
    """Count rows, dated and recent ones, keys, and implausible cells, in one question."""
    none, day = ibis.literal(0), _day(table, rows)
    key = _KEYS.get(table) if _KEYS.get(table) in rows.columns else None
    wanted: dict[str, Any] = {"rows": rows.count()}
    wanted |= dict.fromkeys(("dated", "recent", "ancient", "keyed", "distinct_keys"), none)
    ends: dict[str, Any] = {}
    if day is not None:
        fresh_from = (pd.Timestamp(as_of) - pd.DateOffset(months=fresh_months)).date()
        known = rows[day] <= as_of
        wanted["dated"] = rows[day].count()
        wanted["recent"] = rows.count(where=rows[day] > fresh_from)
        wanted["ancient"] = rows.count(where=rows[day] < ANCIENT)
        ends = {"first_day": rows[day].min(), "last_day": rows[day].max(where=known)}
    if key is not None:
        wanted |= {"keyed": rows[key].count(), "distinct_keys": rows[key].nunique()}
    tests = implausible(rows, as_of)
    wanted |= {f"{_INVALID}{column}": rows.count(where=test) for column, test in tests.items()}
    answered = collect(rows.aggregate(**wanted, **ends)).iloc[0]
    days = {
        name: None if pd.isna(answered.get(name)) else answered[name] for name in ("first_day", "last_day")
    }
    return {"key_column": key} | days | {name: int(answered[name]) for name in wanted}


def _cells(entry: str, table: str, loaded: Loaded, counted: dict[str, Any]) -> pd.DataFrame:
    rows = loaded.provenance.rows_kept
    stated = [meaning for meaning in schemas.describe(table) if meaning.name in loaded.empty]
    return pd.DataFrame(
        {
            "entry": entry,
            "column": [meaning.name for meaning in stated],
            "required": [meaning.required for meaning in stated],
            "rows": rows,
            "filled": [rows - loaded.empty[meaning.name] for meaning in stated],
            "unreadable": [loaded.unreadable[meaning.name] for meaning in stated],
            "invalid": [
                counted.get(f"{_INVALID}{meaning.name}", 0) + loaded.undeclared.get(meaning.name, 0)
                for meaning in stated
            ],
        }
    )
