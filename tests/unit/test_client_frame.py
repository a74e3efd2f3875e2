"""A client table may come from several entries: all are read, and all their problems are told at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from cerm_nb.client_data import ClientData
from cerm_nb.errors import DataError
from cerm_nb.params import CommonParams
from cerm_nb.project import Project

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "respondent,touchpoint,attribute,measure,value\n"
FIRST = HEADER + "r1,food,taste,experience,5\nr2,food,taste,experience,3\n"
SECOND = HEADER.replace("value", "value,brand") + "s1,food,taste,importance,4,us\n"
SCALE = {"scale": {"value": [1, 5]}}


def client(folder: Path, entries: dict[str, dict[str, Any]], **files: str) -> ClientData:
    """Write files and open a client that has them."""
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    values = {"client": "shop", "as_of": "2024-12-31", "data": entries}
    here = Project(folder, folder / "out")
    return ClientData(CommonParams.model_validate(values), date(2024, 12, 31), here)


def entry(name: str, **keys: object) -> dict[str, Any]:
    return {"as": "survey", "from": f"{name}.csv", **SCALE, **keys}


def test_entries_of_one_table_are_put_below_each_other(tmp_path: Path) -> None:
    shop = client(tmp_path, {"asked": entry("first"), "again": entry("second")}, first=FIRST, second=SECOND)
    found = shop.frame("survey")
    assert found is not None
    assert found["respondent"].tolist() == ["r1", "r2", "s1"]
    assert found["value"].tolist() == [5.0, 3.0, 4.0]
    assert found["brand"].isna().tolist() == [True, True, False]
    assert found.index.tolist() == [0, 1, 2]


def test_one_entry_is_read_as_it_is_and_its_source_is_told(tmp_path: Path) -> None:
    shop = client(tmp_path, {"survey": {"from": "first.csv", **SCALE}}, first=FIRST)
    found = shop.frame("survey")
    assert found is not None
    assert len(found) == 2
    assert list(shop._sources) == ["survey"]


def test_a_table_without_an_entry_is_absent_rather_than_an_error(tmp_path: Path) -> None:
    shop = client(tmp_path, {"survey": {"from": "first.csv", **SCALE}}, first=FIRST)
    assert shop.frame("outcomes") is None
    assert client(tmp_path, {}).frame("survey") is None


def test_problems_of_all_entries_come_at_once_with_their_entry(tmp_path: Path) -> None:
    off = HEADER + "r1,food,taste,experience,11\nr2,food,taste,experience,-99\n"
    shop = client(
        tmp_path,
        {"asked": entry("off"), "missing": entry("nowhere"), "fine": entry("first")},
        off=off,
        first=FIRST,
    )
    with pytest.raises(DataError) as refused:
        shop.frame("survey")
    told = str(refused.value)
    assert "params/shop.yml → data.asked" in told
    assert "11" in told
    assert "-99" in told
    assert "params/shop.yml → data.missing" in told
    assert "there is no file 'nowhere.csv'" in told
    assert "data.fine" not in told


def test_scales_declared_come_with_the_answers_by_measure_and_entry(tmp_path: Path) -> None:
    plain = {"as": "survey", "from": "third.csv"}
    shop = client(
        tmp_path,
        {"asked": entry("first"), "again": entry("second"), "plain": plain},
        first=FIRST,
        second=SECOND,
        third=FIRST,
    )
    found = shop.frame("survey")
    assert found is not None
    label = "params/shop.yml → data."
    assert found.attrs["scales"] == {
        "experience": {f"{label}asked": (1.0, 5.0), f"{label}plain": None},
        "importance": {f"{label}again": (1.0, 5.0)},
    }
