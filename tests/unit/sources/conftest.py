"""A shop in a temporary project, and a way to open it in one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from cerm_nb.errors import DataError
from cerm_nb.sources import Loaded, TableSpec, collect, open_table

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

LABEL = "params/shop.yml → data.transactions"

COLUMNS = {"customer_id": "customer", "date": "day", "amount": "price"}

Open = Callable[..., Loaded]
Refuse = Callable[..., str]


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of the project, as text in some encoding or as bytes."""

    def _write(name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode(encoding) if isinstance(content, str) else content)
        return path

    return _write


@pytest.fixture
def open_shop(tmp_path: Path) -> Open:
    """Open a table of the project by the keys of its entry."""

    def _open(location: Any, **keys: Any) -> Loaded:
        keys.setdefault("columns", COLUMNS)
        spec = TableSpec.model_validate({"from": location, **keys})
        return open_table("transactions", spec, tmp_path, label=LABEL)

    return _open


@pytest.fixture
def refuse(open_shop: Open) -> Refuse:
    """Open a table that must be refused and give the message."""

    def _refuse(location: Any, **keys: Any) -> str:
        with pytest.raises(DataError) as caught:
            open_shop(location, **keys)
        return str(caught.value)

    return _refuse


@pytest.fixture
def rows() -> Callable[[Loaded], list[tuple[str, str, float]]]:
    """Give customer, date in ISO form and amount of every row, in order of the source."""

    def _rows(loaded: Loaded) -> list[tuple[str, str, float]]:
        frame: pd.DataFrame = collect(loaded.table)
        days = [day.isoformat() for day in frame["date"]]
        return list(zip(frame["customer_id"], days, frame["amount"], strict=True))

    return _rows
