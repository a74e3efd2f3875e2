"""The truth about the customers: what was planted, and what the draws made of it."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

from generator import planted

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from generator.stays import Stays

_INNERMOST = re.compile(r"\{[^{}\[\]]*\}|\[[^{}\[\]]*\]")


def process(simulated: Stays, segments: pd.Series) -> dict[str, object]:
    """Tell the purchase process and each segment's share of it."""
    table = segments.to_frame("segment").reset_index(drop=True)
    table["stays_a_year"] = simulated.rate * 365.25 / 7
    table["mean_spend"] = simulated.mean
    by_segment = table.groupby("segment").agg(
        guests=("segment", "size"), stays_a_year=("stays_a_year", "mean"), mean_spend=("mean_spend", "mean")
    )
    return {
        "model": "BG/NBD, unit weeks, by person",
        **planted.PURCHASES,
        "guests": len(table),
        "stays": len(simulated.stays),
        "cancelled_share": planted.CANCELLED_SHARE,
        "mistaken_share": planted.MISTAKEN_SHARE,
        "segments": {
            name: {
                "ko": one["ko"],
                "en": one["en"],
                "guests": int(by_segment.loc[name, "guests"]),
                "stays_a_year": round(float(by_segment.loc[name, "stays_a_year"]), 4),
                "mean_spend": round(float(by_segment.loc[name, "mean_spend"])),
            }
            for name, one in planted.SEGMENTS.items()
        },
    }


def spend(simulated: Stays) -> dict[str, object]:
    """Tell the spend process."""
    money = planted.SPEND
    return {
        "model": "Gamma-Gamma, KRW a stay",
        **money,
        "mean": round(money["p"] * money["v"] / (money["q"] - 1)),
        "total": float(simulated.stays["amount"].sum()),
    }


def identity(
    lists: dict[str, pd.DataFrame], persons: pd.DataFrame, numbers: pd.DataFrame
) -> dict[str, object]:
    """Tell which record belongs to which person, the errors planted, and how many happened."""
    records = {name: dict(zip(one["record_id"], one["person"], strict=True)) for name, one in lists.items()}
    listed = {person for one in records.values() for person in one.values()}
    guests = persons["person"].to_numpy()[: len(numbers)]
    split = numbers["second_number"] != ""
    households = persons[persons["household"] >= 0].groupby("household")["person"].apply(list)
    return {
        "true_persons_in_lists": len(listed),
        "true_guests": len(numbers),
        "records": {name: len(one) for name, one in lists.items()},
        "planted": {name: asdict(planted.LISTS[name]) for name in lists},
        "found": {name: _found(one) for name, one in lists.items()},
        "persons_of_customer_id": {
            **dict(zip(numbers["number"], guests, strict=True)),
            **dict(zip(numbers["second_number"][split], guests[split], strict=True)),
        },
        "households_not_to_be_merged": list(households),
        "persons_of_records": records,
    }


def _found(table: pd.DataFrame) -> dict[str, int]:
    errors = {name[3:]: int(table[name].sum()) for name in table.columns if name.startswith("is_")}
    return {"persons": int(table["person"].nunique()), "records": len(table), **errors}


def write(truth: dict[str, object], path: Path) -> None:
    """Write the truth as JSON to be read by people too: innermost lists and records stand on one line."""
    text = json.dumps(truth, ensure_ascii=False, indent=1, default=_plain)
    flat = _INNERMOST.sub(lambda found: re.sub(r"\n\s*", " ", found[0]), text)
    path.write_text(flat + "\n", encoding="utf-8")


def _plain(value: object) -> object:
    return value.item()  # type: ignore[attr-defined]  # numbers of NumPy
