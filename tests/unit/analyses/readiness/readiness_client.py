"""A simulated client whose true shares are known, as the profile of its tables would tell them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

AS_OF = date(2025, 6, 30)
TRUE = {"filled": 0.8, "readable": 0.97, "plausible": 0.95, "fresh": 0.6, "duplicated": 0.1, "agree": 0.85}


@dataclass
class Resolution:
    """What the identity resolution gives, made by hand."""

    links: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"entry": [], "customer_id": []}, dtype="str")
    )
    customers: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"customer_id": [], "customer_id_from": []}, dtype="str")
    )
    agreement: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame({"entry": [], "field": [], "pairs": [], "agree": []}).astype(
            {"pairs": float, "agree": float}
        )
    )
    reason: str = ""
    caveats: tuple = ()


def table(entry: str, canonical: str, source: str | None, rows: int, **more: object) -> dict[str, object]:
    return {
        "entry": entry,
        "table": canonical,
        "source": source,
        "rows": rows,
        "columns_there": 10,
        "columns_used": 8,
        "dated": rows,
        "recent": rows,
        "future": 0,
        "ancient": 0,
        "first_day": date(2022, 7, 1),
        "last_day": AS_OF,
        "key_column": None,
        "keyed": 0,
        "distinct_keys": 0,
        "used_by": ("value",),
    } | more


def cell(entry: str, column: str, rows: int, filled: int, unreadable: int = 0, invalid: int = 0) -> dict:
    return {
        "entry": entry,
        "column": column,
        "required": False,
        "rows": rows,
        "filled": filled,
        "unreadable": unreadable,
        "invalid": invalid,
    }


def no_keys() -> pd.DataFrame:
    return pd.DataFrame({"entry": [], "source": [], "rows": [], "with_key": [], "linked": []})


def simulated_list(
    seed: int, rows: int = 400, columns: int = 5
) -> tuple[pd.DataFrame, pd.DataFrame, Resolution]:
    """One list drawn from `TRUE`, beside an operations list that knows 70 % of its persons."""
    random = np.random.default_rng(seed)
    filled = random.random((rows, columns)) < TRUE["filled"]
    unreadable = filled & (random.random((rows, columns)) > TRUE["readable"])
    invalid = filled & ~unreadable & (random.random((rows, columns)) > TRUE["plausible"])
    fresh = random.random(rows) < TRUE["fresh"]
    cells = [
        cell(
            "cards", f"column{at}", rows, *(int(each[:, at].sum()) for each in (filled, unreadable, invalid))
        )
        for at in range(columns)
    ]
    repeated = random.random(rows) < TRUE["duplicated"]
    person = np.where(repeated, 0, np.arange(rows))
    person = np.maximum.accumulate(person)  # a repeated record is one more of the person before it
    known = random.random(rows) < 0.7
    number = np.array([f"p{each}" for each in person])
    links = pd.DataFrame({"entry": "cards", "customer_id": number})
    operations = pd.DataFrame({"entry": "operations", "customer_id": np.unique(number[known[person]])})
    agree = random.binomial(300, TRUE["agree"])
    resolution = Resolution(
        pd.concat([links, operations], ignore_index=True),
        pd.DataFrame({"customer_id": np.unique(number)}).assign(customer_id_from=None),
        pd.DataFrame({"entry": ["cards"], "field": ["phone"], "pairs": [300.0], "agree": [float(agree)]}),
    )  # fmt: skip
    tables = pd.DataFrame(
        [
            table("cards", "customers", "cards", rows, recent=int(fresh.sum())),
            table("operations", "customers", "operations", len(operations)),
        ]
    )
    return tables, pd.DataFrame(cells), resolution
