"""Files of fixed width whose positions count bytes, as programs older than Unicode write them."""

from __future__ import annotations

import codecs
import tempfile
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.sources.paths import SourceFile

FILLER = "\x02"
"""Stands behind a character for each of its bytes but the first; no table holds it."""

_CHUNK = 1 << 20


class _Widened(dict[int, str]):
    """Character → itself and a filler for each further byte it has in an encoding."""

    def __init__(self, encoding: str) -> None:
        super().__init__()
        self._encoding = encoding

    def __missing__(self, code: int) -> str:
        sign = chr(code)
        # one of two, since some encodings put a mark before the first
        width = len((2 * sign).encode(self._encoding)) - len(sign.encode(self._encoding))
        self[code] = sign + FILLER * (width - 1)
        return self[code]


@contextmanager
def widened(path: Path, encoding: str) -> Iterator[Path]:
    """Give a temporary copy of a UTF-8 file in which characters stand where their bytes stood.

    Parameters
    ----------
    path
        The file as UTF-8.
    encoding
        The one whose bytes are counted.
    """
    table = _Widened(encoding)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "widened"
        with (
            path.open(encoding="utf-8-sig", newline="") as old,
            copy.open("w", encoding="utf-8", newline="") as new,
        ):
            while chunk := old.read(_CHUNK):
                new.write(chunk.translate(table))
        yield copy


def refuse_unstated(file: SourceFile, encoding: str, skip: int) -> None:
    """Refuse a file whose lines are equally long in bytes but not in characters: its positions are bytes.

    Raises
    ------
    DataError
        With the advice to say so.
    """
    if codecs.lookup(encoding).name.startswith("utf"):  # of our time: its programs count characters
        return
    in_bytes: set[int] = set()
    in_characters: set[int] = set()
    with file.path.open("rb") as stream:
        for line in (line.rstrip(b"\r\n") for line in islice(stream, skip, None)):
            if line.strip():
                in_bytes.add(len(line))
                in_characters.add(len(line.decode(encoding, errors="replace")))
            if len(in_bytes) > 1:
                return
    if len(in_characters) > 1:
        got = f"every line has {in_bytes.pop():,} bytes, but not every one as many characters"
        next_step = "state `widths: bytes` if `fields` counts bytes, else `widths: characters`"
        raise DataError(Problem(file.told, got, "positions that count what the file counts", next_step))
