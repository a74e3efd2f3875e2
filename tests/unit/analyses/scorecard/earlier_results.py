"""Results of runs as the scorecard reads them, made by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd


@dataclass
class Published:
    """What questions published at one day."""

    day: pd.Timestamp
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)

    def has_published(self, address: str) -> bool:
        return address in self.tables

    def published(self, address: str) -> pd.DataFrame:
        return self.tables[address]

    def params(self, question: str) -> dict[str, Any]:
        return self.parameters.get(question, {})

    def verdicts(self) -> dict[str, str]:
        return self.told


def run(day: str, **tables: pd.DataFrame) -> Published:
    """Name tables ``value__customers`` for ``value.customers``."""
    return Published(pd.Timestamp(day), {name.replace("__", "."): frame for name, frame in tables.items()})


def value_run(day: str, **changes: Any) -> Published:
    """A run that forecast a year for four customers, two of them targets."""
    made = pd.Timestamp(day)
    customers = pd.DataFrame(
        {
            "customer_id": ["a", "b", "c", "d"],
            "is_target": [True, True, False, False],
            "tier": ["A", "A", "B", "B"],
            "clv": [40.0, 30.0, 20.0, 10.0],
            "expected_purchases": [4.0, 3.0, 2.0, 1.0],
        }
    )
    months = pd.DataFrame({"months": range(1, 13)})
    ahead = pd.DataFrame({"group": ["target", "all"], "customers": [2, 4], "rate": [1.0, 2.0]}).merge(
        months, how="cross"
    )
    ahead["due"] = [made + pd.DateOffset(months=int(month)) for month in ahead["months"]]
    ahead["purchases"] = ahead["rate"] * ahead["months"]
    ahead["revenue"] = 10 * ahead["purchases"]
    for name in ("purchases", "revenue"):
        ahead[f"{name}_low"], ahead[f"{name}_high"] = ahead[name] * 0.5, ahead[name] * 1.5
    ahead = ahead.assign(confidence=0.95, model="BG/NBD")
    tiers = pd.DataFrame(
        {
            "tier": ["A", "B"],
            "customers": [2, 2],
            "clv": [70.0, 30.0],
            "low": [50.0, 20.0],
            "high": [90.0, 40.0],
        }
    )
    found = run(day, value__customers=customers, value__forecasts=ahead, value__tiers=tiers)
    found.parameters["value"] = {"annual_discount": 0.1, "margin": 0.5, "target_share": 0.5}
    found.told["value"] = "go"
    for name, table in changes.items():
        found.tables[name.replace("__", ".")] = table
    return found


def loyalty(
    wave: str, value: float, half: float = 0.2, earlier: tuple[str, float] | None = None
) -> pd.DataFrame:
    """Judgements of us and of a competitor by wave."""
    waves = [earlier, (wave, value)] if earlier else [(wave, value)]
    rows = [
        (brand, name, level + off) for brand, off in (("us", 0.0), ("them", 0.3)) for name, level in waves
    ]
    frame = pd.DataFrame(rows, columns=["brand", "wave", "value"])
    return frame.assign(
        measure="satisfaction", low=frame["value"] - half, high=frame["value"] + half, n=200.0
    )


def attributes(gaps: dict[str, float], half: float = 0.2) -> pd.DataFrame:
    """Our gaps by attribute of the desk, and a competitor's rows without any."""
    ours = pd.DataFrame(
        {
            "touchpoint": "desk",
            "attribute": list(gaps),
            "brand": "us",
            "n_eff": 150.0,
            "experience": 4.0,
            "gap": list(gaps.values()),
        }
    )
    ours = ours.assign(gap_low=ours["gap"] - half, gap_high=ours["gap"] + half)
    return pd.concat([ours, ours.assign(brand="them", gap=float("nan"))], ignore_index=True)


def bought(last: str = "2025-12-31", **purchases: tuple[int, float]) -> pd.DataFrame:
    """Who bought how often, for how much."""
    frame = pd.DataFrame(
        [(name, *pair) for name, pair in purchases.items()], columns=["customer_id", "purchases", "revenue"]
    )
    frame.attrs["last_day"] = pd.Timestamp(last).date()
    return frame
