"""A shop in a temporary project, and a way to open it in one line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from cerm_nb.errors import DataError
from cerm_nb.sources import Loaded, PurchaseHistory, TableSpec, collect, open_table, purchase_history

PROJECT = Path(__file__).parents[3]

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


@dataclass(frozen=True)
class Sample:
    """A shipped client's purchases in a Parquet file, as some other engine may be given them."""

    path: Path
    keys: dict[str, Any]
    as_of: date
    holdout_weeks: int

    def history(self, location: str, root: Path, **keys: Any) -> PurchaseHistory:
        """Open the same purchases somewhere and summarise them there."""
        spec = TableSpec.model_validate({"from": location, **self.keys, **keys})
        loaded = open_table("transactions", spec, root, label=LABEL)
        return purchase_history(loaded, self.as_of, self.holdout_weeks)


@pytest.fixture(scope="session")
def samples(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    """Give the CDNOW sample, typed, and some of Online Retail's customers, all of whose columns are texts."""
    fields = {"customer": "2-6", "day": "13-20", "dollars": "24-31"}
    columns = {"customer_id": "customer", "date": "strptime(day, '%Y%m%d')", "amount": "dollars"}
    entry = {"from": "data/cdnow/CDNOW_sample.txt", "format": "fixed", "fields": fields, "columns": columns}
    cdnow = open_table("transactions", TableSpec.model_validate(entry), PROJECT, label=LABEL)
    folder = tmp_path_factory.mktemp("samples")
    collect(cdnow.table).to_parquet(folder / "cdnow.parquet")
    retail = yaml.safe_load((PROJECT / "params" / "online_retail.yml").read_text("utf-8"))
    mapped = retail["data"]["transactions"]
    lines = pd.read_parquet(PROJECT / mapped.pop("from"))
    nobody = lines["CustomerID"].isna()
    kept = lines["CustomerID"].str.endswith("77") | (nobody & (nobody.cumsum() % 500 == 0))
    lines[kept.fillna(False)].to_parquet(folder / "retail.parquet")
    return [
        Sample(folder / "cdnow.parquet", {}, date(1998, 6, 30), 39),
        Sample(
            folder / "retail.parquet", mapped, date.fromisoformat(retail["as_of"]), retail["holdout_weeks"]
        ),
    ]


@pytest.fixture
def assert_same() -> Callable[[PurchaseHistory, PurchaseHistory], None]:
    """Hold two engines' summaries of the same purchases together, to 1e-9."""

    def _assert_same(one: PurchaseHistory, other: PurchaseHistory) -> None:
        for name in ("summary", "calibration", "holdout", "weekly"):
            assert len(getattr(one, name)) > 0
            pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), rtol=1e-9, atol=1e-9)
        assert asdict(one.money) == pytest.approx(asdict(other.money), rel=1e-9)

    return _assert_same
