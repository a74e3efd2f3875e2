"""Which files were read is told with the days of what happened in them."""

from __future__ import annotations

from datetime import date

import pytest

from cerm_nb import cards
from cerm_nb.messages import Messages
from cerm_nb.sources import Provenance


def read(name: str) -> Provenance:
    source = {"path": f"{name}.csv", "bytes": 9, "sha256": "a" * 64}
    return Provenance(name, [source], {}, "", 3, 3, date(2026, 12, 31), date(2026, 12, 31), 0, ())


@pytest.mark.parametrize(("table", "dated"), [("kpis", True), ("transactions", True), ("indicators", False)])
def test_days_of_targets_are_not_told_as_days_of_data(table: str, dated: bool) -> None:
    told = cards.read_sources({table: read(table)}, Messages("en")).text
    assert "3 rows read, 3 used" in told
    assert ("31 December 2026" in told) is dated
