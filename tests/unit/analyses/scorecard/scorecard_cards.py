"""Whole scorecards for the tests of what is made of them: a small club, and what stands published for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from earlier_results import Published

from cerm_nb.analyses import scorecard

if TYPE_CHECKING:
    from cerm_nb.findings import Finding

TODAY = pd.Timestamp("2024-12-31")
STEP = pd.Timestamp("2024-03-01")
CALLED = {"target_customers": "Target customers", "customer_retention": "Customers who stay"}


@dataclass
class Answered(Published):
    """What one day's questions left, with their findings."""

    found: dict[str, list[Finding]] = field(default_factory=dict)

    def findings(self, question: str) -> list[Finding]:
        return self.found.get(question, [])


def day(text: str = "2024-12-31", targets: int = 0) -> Answered:
    """A day at which the value question told of so many target customers, or was not asked."""
    everyone = pd.DataFrame({"is_target": np.arange(4 * targets) < targets, "age": 10.0, "recency": 2.0})
    return Answered(pd.Timestamp(text), {"value.customers": everyone} if targets else {})


def listed(**rows: dict[str, Any]) -> pd.DataFrame:
    """Rows of the client table ``indicators``."""
    usual = {"perspective": "customer", "kind": "lagging", "direction": "higher", "owner": "Kim"}
    frame = pd.DataFrame([usual | {"indicator": name} | row for name, row in rows.items()])
    return frame.assign(target_date=pd.to_datetime(frame.get("target_date")))


def monthly(last: str = "2024-12-01", **series: Any) -> pd.DataFrame:
    """Rows of the client table ``kpis``: values that end with one month."""
    rows = [
        pd.DataFrame(
            {
                "indicator": name,
                "period": pd.date_range(end=last, periods=len(values), freq="MS"),
                "value": np.asarray(values, dtype=float),
            }
        )
        for name, values in series.items()
    ]
    return pd.concat(rows, ignore_index=True)


def own(**changes: Any) -> scorecard.Params:
    """Parameters, with few simulated courses."""
    return scorecard.Params(**({"simulations": 400} | changes))


def read(
    indicators: pd.DataFrame | None = None,
    kpis: pd.DataFrame | None = None,
    *results: Answered,
    **changes: Any,
) -> scorecard.Scorecard:
    """Bring together what is known at the end of 2024."""
    return scorecard.read_scorecard(indicators, kpis, results or (day(),), own(**changes), CALLED)


def noise(seed: int, n: int = 36) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.random.default_rng(seed).normal(size=n)


@cache
def club() -> scorecard.Scorecard:
    """Visits well above their target; a wait that became worse, and misses its own; few and no values."""
    due = {"target_date": "2025-06-30"}
    indicators = listed(
        visits={"name": "Visits", "target": 15.0, "baseline": 12.0, "unit": "visits", **due},
        wait={
            "name": "Waiting time",
            "target": 6.0,
            "baseline": 12.0,
            "unit": "min",
            **due,
            "direction": "lower",
            "perspective": "process",
            "kind": "leading",
            "drives": "visits",
        },
        skills={
            "name": "Skills",
            "target": 5.0,
            "baseline": 1.0,
            "drives": "wait",
            "kind": "leading",
            "perspective": "people_information",
        },
        complaints={"name": "Complaints", "direction": "lower", "unit": "letters", "owner": None},
        target_customers={"target": 90.0, "target_date": "2025-12-31", "baseline": 60.0},
    )
    months = pd.date_range(end="2024-12-01", periods=36, freq="MS")
    kpis = monthly(visits=20 + noise(1), wait=10 + noise(2) + 5 * (months >= STEP), skills=3 + noise(3, 8))
    return read(indicators, kpis, day("2023-12-31", 60), day("2024-12-31", 75), focus=3)
