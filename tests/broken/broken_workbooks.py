"""Workbooks that are no workbooks, or hold what no table holds."""

from __future__ import annotations

import io
import re
import zipfile
from functools import partial
from typing import TYPE_CHECKING

import openpyxl
from broken_case import GOOD, Case, of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COMPOUND = bytes.fromhex("d0cf11e0a1b11ae1")
"""First bytes of old Office files, and of new ones with a password."""

_PAGE = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>ROWS</sheetData></worksheet>"
)
_SHEET = "xl/worksheets/sheet1.xml"
_MADE = re.compile(rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")

HEAD = ["customer", "day", "money"]
FIRST = ["c1", "2024-01-05", "10"]


def workbook(path: Path, rows: Sequence[Sequence[object]], *, merged: str = "", error: str = "") -> None:
    """Write a workbook of one sheet.

    Parameters
    ----------
    path, rows
        Where, and what.
    merged
        Cells that become one.
    error
        A cell that holds an error, as a deleted reference leaves it.
    """
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if merged:
        book.active.merge_cells(merged)
    if error:
        book.active[error].data_type = "e"
    book.save(path)
    repack(path)


def repack(path: Path, page: bytes = b"") -> None:
    """Write a workbook anew without the time it was made, and with another page of XML where one is given."""
    packed = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = page if page and name == _SHEET else old.read(name)
            member = zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0))
            new.writestr(member, _MADE.sub(b"2024-01-01T00:00:00Z", content), zipfile.ZIP_DEFLATED)


def sheet_of(rows: str) -> bytes:
    """Write a sheet's XML."""
    return _PAGE.replace("ROWS", rows).encode()


def row_of(number: int, texts: Sequence[str]) -> str:
    """Write a row's XML."""
    cells = (
        f'<c r="{letter}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for letter, text in zip("ABC", texts, strict=True)
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def far_cell(path: Path, *, last: str) -> None:
    """Write a small workbook whose last filled cell lies at the edge of the sheet."""
    workbook(path, [HEAD, FIRST])
    edge = f'<row r="1048576"><c r="{last}1048576" t="inlineStr"><is><t> </t></is></c></row>'
    repack(path, sheet_of(row_of(1, HEAD) + row_of(2, FIRST) + edge))


def bomb(path: Path, *, mebibytes: int) -> None:
    """Write a small workbook whose only long cell is endless when unpacked."""
    workbook(path, [HEAD, FIRST])
    repack(path, sheet_of(row_of(1, HEAD) + row_of(2, ["x" * (mebibytes << 20), *FIRST[1:]])))


def entities(path: Path) -> None:
    """Write a workbook whose sheet declares entities that multiply by ten, nine times."""
    workbook(path, [HEAD, FIRST])
    declared = '<!ENTITY e0 "xxxxxxxxxx">' + "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10)
    )
    page = sheet_of(row_of(1, HEAD) + row_of(2, ["&e9;", *FIRST[1:]])).decode()
    repack(path, page.replace("?>", f"?><!DOCTYPE worksheet [{declared}]>", 1).encode())


def cases() -> list[Case]:
    """List the cases."""
    page = "<html><body><table><tr><td>customer</td></tr></table></body></html>"

    def one(name: str, content: object, **expected: object) -> Case:
        return of(name, "shop.xlsx", content, **expected)  # type: ignore[arg-type]

    def rows(*listed: Sequence[object], **more: str) -> object:
        return partial(workbook, rows=listed, **more)

    return [
        one("workbook_bomb", partial(bomb, mebibytes=200), error=("shop.xlsx",), megabytes=1500),
        one("workbook_of_entities", entities, error=("shop.xlsx",)),
        one("workbook_is_a_csv", GOOD, error=("shop.xlsx", "cannot be read as a workbook")),
        one("workbook_is_a_page", page, error=("shop.xlsx", "cannot be read as a workbook")),
        one("workbook_with_a_password", COMPOUND + bytes(2048), error=("shop.xlsx", "without a password")),
        one(
            "workbook_is_a_zip_of_nothing",
            b"PK\x05\x06" + bytes(18),
            error=("shop.xlsx", "cannot be read as a workbook"),
        ),
        one("workbook_of_nothing", rows(), error=("shop.xlsx", "the sheet is empty")),
        one(
            "workbook_with_merged_header",
            rows(["Sales", None, None], HEAD, ["c1", "2024-01-05", 10], merged="A1:C1"),
            error=("columns.customer_id", "no column 'customer'", "Sales, column_2, column_3"),
        ),
        one(
            "workbook_with_merged_header_skipped",
            rows(["Sales", None, None], HEAD, ["c1", "2024-01-05", 10], merged="A1:C1"),
            keys={"skip": 1},
            holds={"customer_id": ["c1"], "amount": [10.0]},
        ),
        one(
            "workbook_of_formulas_never_calculated",
            rows(HEAD, ["c1", "2024-01-05", "=5*2"]),
            error=("columns.amount", "no value"),
        ),
        one(
            "workbook_with_error_cells",
            rows(HEAD, FIRST, ["c2", "2024-01-06", "#REF!"], error="C3"),
            error=("columns.amount", "row 3"),
        ),
        one(
            "workbook_with_a_cell_far_down",
            partial(far_cell, last="C"),
            megabytes=1500,
            holds={"customer_id": ["c1"], "amount": [10.0]},
        ),
        one(
            "workbook_with_a_cell_at_the_edge",
            partial(far_cell, last="XFD"),
            megabytes=1500,
            error=("shop.xlsx",),
        ),
        of(
            "workbook_of_the_old_kind",
            "shop.xls",
            COMPOUND + bytes(2048),
            error=("data.transactions.from", "(.xls)", "save it as .xlsx"),
        ),
        of("workbook_renamed_csv", "shop.csv", rows(HEAD, ["c1", "2024-01-05", 10]), error=("shop.csv",)),
        one(
            "workbook_without_the_sheet",
            rows(HEAD),
            keys={"sheet": "Shee"},
            error=("data.transactions.sheet", "did you mean 'Sheet'"),
        ),
    ]
