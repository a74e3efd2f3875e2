"""Text files in any encoding Python knows, given to the engine as UTF-8."""

from __future__ import annotations

import codecs
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.sources.paths import SourceFile

LONGEST_LINE = 2 << 20
"""Characters a line of a table may have: what DuckDB takes by itself, and far beyond any table's."""

FaultKind = Literal["undecodable", "nul", "long"]
_CHUNK = 1 << 20
_NUL = "\0"
_TRIED = ("utf-8", "cp949")  # what clients' files are, most likely first
_PACKED = (b"\x1f\x8b", b"PK\x03")
_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Fault:
    """Where a file stops being text in an encoding.

    Parameters
    ----------
    line
        Counted from 1.
    kind
        Whether a byte cannot be decoded, is a NUL, or the line is longer than can be held.
    offset
        Byte of the file that cannot be decoded, counted from 0.
    """

    line: int
    kind: FaultKind = "undecodable"
    offset: int = 0


@contextmanager
def as_utf8(
    file: SourceFile, encoding: str, *, longest: int = LONGEST_LINE, without_mark: bool = False
) -> Iterator[Path]:
    """Give the file's path, or that of a temporary UTF-8 copy made a chunk at a time.

    Parameters
    ----------
    file
        A text file.
    encoding
        As the params state it.
    longest
        Characters a line may have.
    without_mark
        Whether the reader takes no byte order mark; a copy is then made of a file that has one.

    Raises
    ------
    DataError
        If the file is not in the encoding the params state, holds a NUL, or a line that is too long.
    """
    fault = first_fault(file.path, encoding, longest)
    if fault is not None:
        raise DataError(_told(fault, file, encoding, longest))
    if decoder(encoding) == "utf-8-sig" and not (
        without_mark and _starts_with(file.path, (codecs.BOM_UTF8,))
    ):
        yield file.path
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "decoded"
        rewrite(file.path, copy, encoding, newline="")
        yield copy


def rewrite(path: Path, copy: Path, encoding: str, *, newline: str | None) -> None:
    """Copy a text file into UTF-8; ``newline`` None makes every line ending one, an empty one keeps them."""
    with (
        path.open(encoding=decoder(encoding), newline=newline) as old,
        copy.open("w", encoding="utf-8", newline="") as new,
    ):
        while chunk := old.read(_CHUNK):
            new.write(chunk)


def undecodable(file: SourceFile, encoding: str) -> Problem:
    """Say where a file stops being in its encoding, and which one would fit."""
    return _told(first_fault(file.path, encoding) or Fault(1), file, encoding, LONGEST_LINE)


def first_fault(path: Path, encoding: str, longest: int = LONGEST_LINE) -> Fault | None:
    """Find where a file stops being text of lines that can be held; None where all of it is."""
    incremental = codecs.getincrementaldecoder(encoding)(errors="strict")
    read = lines = length = 0
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            waiting = len(incremental.getstate()[0])  # bytes of a character that straddles two chunks
            try:
                text = incremental.decode(chunk, final=not chunk)
            except UnicodeError as error:
                start = getattr(error, "start", 0) - waiting
                before = chunk[: max(start, 0)]
                kind: FaultKind = "nul" if b"\0" in before else "undecodable"
                return Fault(lines + before.count(b"\n") + 1, kind, read + start)
            if _NUL in text:
                return Fault(lines + text[: text.index(_NUL)].count("\n") + 1, "nul")
            first, last = _line_ends(text)
            if length + first > longest:
                return Fault(lines + 1, "long")
            if not chunk:
                return None
            length = len(text) - last - 1 if last >= 0 else length + len(text)
            read += len(chunk)
            lines += text.count("\n")


def _line_ends(text: str) -> tuple[int, int]:
    """Positions of the first and the last line end; the text's length and -1 where there is none."""
    found = [place for place in (text.find("\n"), text.find("\r")) if place >= 0]
    return min(found, default=len(text)), max(text.rfind("\n"), text.rfind("\r"))


def _told(fault: Fault, file: SourceFile, encoding: str, longest: int) -> Problem:
    where = f"{file.told}, line {fault.line}"
    if fault.kind == "long":
        return Problem(where, f"longer than {longest:,} characters", "shorter cells", "export the file again")
    is_wide = fault.kind == "nul" or _starts_with(file.path, _MARKS)
    tried = ("utf-16", _wide_order(file.path)) if is_wide else _TRIED
    fitting = next((name for name in tried if _is_text_in(file.path, name)), None)
    if fault.kind == "nul":
        next_step = (
            f"it can be read with encoding: {fitting}" if fitting else "export the file again without it"
        )
        return Problem(where, "holds a NUL byte, which no text does", next_step=next_step)
    if _starts_with(file.path, _PACKED):
        got, next_step = "is a packed file or a workbook, whatever its name", "unpack it, or name it as it is"
        return Problem(file.told, got, "text", next_step)
    got = f"not {encoding}: byte {fault.offset} of the file cannot be decoded"
    next_step = f"it can be read with encoding: {fitting}" if fitting else "state its `encoding`"
    return Problem(where, got, next_step=next_step)


def _is_text_in(path: Path, encoding: str) -> bool:
    """Whether a file is text in an encoding; nearly anything is UTF-16, but nonsense has no line ends."""
    if first_fault(path, encoding) is not None:
        return False
    with path.open("rb") as stream:
        text = stream.read(_CHUNK).decode(encoding, errors="ignore")
    return bool(set(text) & set("\r\n"))


def decoder(encoding: str) -> str:
    """Name of the decoder: UTF-8 with or without a byte order mark, else as stated."""
    return "utf-8-sig" if codecs.lookup(encoding).name in ("utf-8", "utf-8-sig") else encoding


def _wide_order(path: Path) -> str:
    """Tell by the first NUL in which order the two bytes of a wide character stand."""
    with path.open("rb") as stream:
        return "utf-16-le" if stream.read(_CHUNK).find(b"\0") % 2 else "utf-16-be"


def _starts_with(path: Path, marks: tuple[bytes, ...]) -> bool:
    with path.open("rb") as stream:
        return stream.read(3).startswith(marks)
