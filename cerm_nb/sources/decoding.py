"""Text files in any encoding Python knows, given to the engine as UTF-8."""

from __future__ import annotations

import codecs
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.sources.paths import SourceFile

_CHUNK = 1 << 20
_TRIED = ("utf-8", "cp949")  # what clients' files are, most likely first


@contextmanager
def as_utf8(file: SourceFile, encoding: str) -> Iterator[Path]:
    """Give the file's path, or that of a temporary UTF-8 copy made a chunk at a time.

    Raises
    ------
    DataError
        If the file is not in the encoding the params state; the byte is told.
    """
    if decoder(encoding) == "utf-8-sig":
        if first_undecodable(file.path, encoding) is not None:
            raise DataError(undecodable(file, encoding))
        yield file.path
        return
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "decoded"
        try:
            rewrite(file.path, copy, encoding, newline="")
        except UnicodeError:
            raise DataError(undecodable(file, encoding)) from None
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
    offset, line = first_undecodable(file.path, encoding) or (0, 1)
    fitting = [name for name in _TRIED if first_undecodable(file.path, name) is None]
    next_step = f"it can be read with encoding: {fitting[0]}" if fitting else "state its `encoding`"
    got = f"not {encoding}: byte {offset} of the file cannot be decoded"
    return Problem(f"{file.told}, line {line}", got, next_step=next_step)


def first_undecodable(path: Path, encoding: str) -> tuple[int, int] | None:
    """Byte offset (from 0) and line (from 1) at which a file cannot be decoded; None where all of it can."""
    incremental = codecs.getincrementaldecoder(encoding)(errors="strict")
    read = lines = 0
    with path.open("rb") as stream:
        while True:
            chunk = stream.read(_CHUNK)
            waiting = len(incremental.getstate()[0])  # bytes of a character that straddles two chunks
            try:
                incremental.decode(chunk, final=not chunk)
            except UnicodeError as error:
                start = getattr(error, "start", 0) - waiting
                return read + start, lines + chunk[: max(start, 0)].count(b"\n") + 1
            if not chunk:
                return None
            read += len(chunk)
            lines += chunk.count(b"\n")


def decoder(encoding: str) -> str:
    """Name of the decoder: UTF-8 with or without a byte order mark, else as stated."""
    return "utf-8-sig" if codecs.lookup(encoding).name in ("utf-8", "utf-8-sig") else encoding
