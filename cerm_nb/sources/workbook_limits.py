"""Is a workbook small enough to be held? Its reader makes room for every cell between first and last."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import TYPE_CHECKING

from cerm_nb.errors import DataError, Problem
from cerm_nb.sources.unpacking import Meter, pieces

if TYPE_CHECKING:
    from cerm_nb.sources.paths import SourceFile

_LARGEST = 2 << 30  # bytes of XML; a full sheet of 26 columns has about 1.5 GiB
_MOST_ROWS = 1_048_576  # of a sheet
_MOST_CELLS = 32 * _MOST_ROWS  # about 1 GiB in the reader before a single value
_FAR_COLUMN = re.compile(rb"""\br=["']([A-Z]{2,3})[0-9]""")
_ROW = re.compile(rb"""\br=["'][A-Z]{0,3}([0-9]+)["']""")
_LONGEST_MATCH = 32


def refuse_too_large(file: SourceFile) -> None:
    """Unpack a workbook without keeping it, and count what it would take.

    Parameters
    ----------
    file
        An .xlsx or .xlsm file; another kind, and a damaged one, is left to the reader.

    Raises
    ------
    DataError
        If it unpacks to more than can be honest, or a sheet has a cell so far out that the cells before it
        cannot be held.
    """
    meter = Meter(file.told, file.path.stat().st_size, _LARGEST)
    try:
        with zipfile.ZipFile(file.path) as book:
            for member in book.infolist():
                columns = _farthest(book, member, _FAR_COLUMN, meter)
                if columns * _MOST_ROWS <= _MOST_CELLS:
                    continue
                rows = _farthest(book, member, _ROW, Meter(file.told, meter.packed, _LARGEST))
                if columns * rows > _MOST_CELLS:
                    got = f"a sheet reaches to row {rows:,} and column {columns:,}"
                    next_step = "delete what stands far out, or export the sheet as csv"
                    raise DataError(Problem(file.told, got, f"at most {_MOST_CELLS:,} cells", next_step))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        return


def _farthest(
    book: zipfile.ZipFile, member: zipfile.ZipInfo, pattern: re.Pattern[bytes], meter: Meter
) -> int:
    """Find the greatest row or column number a member's XML names; 0 where it names none."""
    greatest, kept = 0, b""
    with book.open(member) as packed:
        for piece in pieces(packed, meter):
            text = kept + piece
            greatest = max((greatest, *map(_number, set(pattern.findall(text)))))
            kept = text[-_LONGEST_MATCH:]
    return greatest


def _number(reference: bytes) -> int:
    """Read the number of a row, or of a column named by letters."""
    if reference.isdigit():
        return int(reference)
    number = 0
    for letter in reference:
        number = number * 26 + letter - ord("A") + 1
    return number
