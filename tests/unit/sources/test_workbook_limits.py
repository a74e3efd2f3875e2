"""Workbooks that would not fit into memory are refused before they are read."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def workbook(tmp_path: Path):
    """Write a workbook with cells at some places."""

    def _workbook(cells: dict[str, object]) -> Path:
        book = openpyxl.Workbook()
        for place, value in cells.items():
            book.active[place] = value
        path = tmp_path / "shop.xlsx"
        book.save(path)
        return path

    return _workbook


HEADER = {"A1": "customer", "B1": "day", "C1": "price"}
ROW = {"A2": "007", "B2": "2011-06-30", "C2": 1.5}


def with_sheet(path: Path, change) -> None:
    """Write a workbook again with the XML of its sheet changed."""
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if "worksheets/" in name else content)
    path.write_bytes(packed.getvalue())


def test_a_cell_in_the_last_corner_is_refused(workbook, refuse) -> None:
    workbook(HEADER | ROW | {"XFD1048576": "x"})
    told = refuse("shop.xlsx")
    assert "shop.xlsx: a sheet reaches to row 1,048,576 and column 16,384; expected at most" in told
    assert "delete what stands far out" in told


def test_two_cells_that_are_far_out_each_in_its_own_way(workbook, refuse) -> None:
    workbook(HEADER | ROW | {"XFD1": "x", "A1048576": "y"})
    assert "reaches to row 1,048,576 and column 16,384" in refuse("shop.xlsx")


def test_other_quotes_in_the_xml_hide_nothing(workbook, refuse) -> None:
    path = workbook(HEADER | ROW | {"XFD1048576": "x"})
    with_sheet(path, lambda content: re.sub(rb'r="(\w+)"', rb"r='\1'", content))
    assert "reaches to row 1,048,576" in refuse("shop.xlsx")


def test_a_far_column_or_a_far_row_alone_is_read(workbook, open_shop, rows) -> None:
    workbook(HEADER | ROW | {"ALL1": "note"})
    assert rows(open_shop("shop.xlsx")) == [("007", "2011-06-30", 1.5)]
    workbook(HEADER | {"A60000": "007", "B60000": "2011-06-30", "C60000": 1.5})
    assert rows(open_shop("shop.xlsx")) == [("007", "2011-06-30", 1.5)]


def test_a_workbook_that_is_a_bomb_is_refused(workbook, refuse) -> None:
    path = workbook(HEADER | ROW)
    with_sheet(path, lambda content: content + b" " * (80 << 20))
    assert "shop.xlsx: unpacks to more than 64 MiB" in refuse("shop.xlsx")


def test_a_damaged_workbook_is_left_to_its_reader(write, refuse) -> None:
    write("shop.xlsx", b"PK\3\4")
    assert "shop.xlsx: cannot be read as a workbook" in refuse("shop.xlsx")
