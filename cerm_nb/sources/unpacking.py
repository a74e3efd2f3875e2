"""Packed files: gz and zip are unpacked into a temporary folder, a piece at a time and up to a limit.

A member of a zip is written under a number of our own: nothing in its name decides where it lies.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from cerm_nb.errors import DataError, Problem
from cerm_nb.sources.paths import SourceFile, refuse_copies

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import SupportsRead

ENDINGS = (".gz", ".zip")

LARGEST = 8 << 30
"""Bytes one file may unpack to: far more than a table of customers, and what a disk can bear."""

_ALWAYS_ALLOWED = 64 << 20  # short files of few different rows pack very well
_MOST_TIMES = 200  # real tables pack 3 to 30 times, deflate at most 1,032
_MOST_MEMBERS = 1_000
_PIECE = 1 << 20
_ENCRYPTED = 0x1
_NAME_IS_UTF8 = 0x800
_OF_THE_SYSTEM = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_BROKEN = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
)


@dataclass
class Meter:
    """Counts what one packed file unpacks to, and stops it where that cannot be honest.

    Parameters
    ----------
    told
        The file, for people.
    packed
        Its size in bytes.
    largest
        Bytes it may unpack to at all.
    """

    told: str
    packed: int
    largest: int = LARGEST
    unpacked: int = 0

    def add(self, size: int) -> None:
        """Count bytes that were unpacked.

        Raises
        ------
        DataError
            When the limit is passed.
        """
        self.unpacked += size
        allowed = min(self.largest, max(_ALWAYS_ALLOWED, _MOST_TIMES * self.packed))
        if self.unpacked > allowed:
            got = f"unpacks to more than {allowed >> 20:,} MiB, from {self.packed:,} bytes"
            expected = (
                f"at most {self.largest >> 30:,} GiB, and beyond {_ALWAYS_ALLOWED >> 20} MiB at most "
                f"{_MOST_TIMES} times the packed size"
            )
            raise DataError(Problem(self.told, got, expected, "where it is honest, unpack it by hand"))


def is_packed(file: SourceFile) -> bool:
    """Whether a file is a gz or zip by its ending."""
    return file.path.suffix.lower() in ENDINGS


def unpack(files: list[SourceFile], folder: Path) -> list[SourceFile]:
    """Unpack what is packed; other files stay as they are.

    Parameters
    ----------
    files
        In reading order.
    folder
        Empty folder that lives as long as the files are read.

    Returns
    -------
    list of SourceFile
        In reading order; a member of a zip is told with the zip's name before its own.

    Raises
    ------
    DataError
        With every file that is broken, encrypted, packed twice, unpacks to more than the limits allow, or
        is a copy of another.
    """
    found: list[SourceFile] = []
    problems: list[Problem] = []
    for file in files:
        place = folder / str(len(found) + len(problems))
        try:
            found += _unpacked(file, place) if is_packed(file) else [file]
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    refuse_copies(found)
    return found


def _unpacked(file: SourceFile, place: Path) -> list[SourceFile]:
    place.mkdir()
    meter = Meter(file.told, file.path.stat().st_size)
    try:
        return (
            _from_gz(file, place, meter)
            if file.path.suffix.lower() == ".gz"
            else _from_zip(file, place, meter)
        )
    except _BROKEN as error:
        got = f"cannot be unpacked: {error or type(error).__name__}"
        raise DataError(Problem(file.told, got, "a whole file", "copy or export it again")) from None


def _from_gz(file: SourceFile, place: Path, meter: Meter) -> list[SourceFile]:
    inner = file.path.stem
    _refuse_packed_twice(inner, file.told)
    target = place / f"0{Path(inner).suffix}"
    with gzip.open(file.path, "rb") as packed:
        _write(packed, target, meter)
    return [SourceFile(target, file.told)]


def _from_zip(file: SourceFile, place: Path, meter: Meter) -> list[SourceFile]:
    with zipfile.ZipFile(file.path) as archive:
        members = _members(archive, file)
        found: list[SourceFile] = []
        for position, (name, member) in enumerate(sorted(members.items())):
            target = place / f"{position}{PurePosixPath(name).suffix}"
            with archive.open(member) as packed:
                _write(packed, target, meter)
            found.append(SourceFile(target, f"{file.told} → {name}"))
    return found


def _members(archive: zipfile.ZipFile, file: SourceFile) -> dict[str, zipfile.ZipInfo]:
    """List the data files of a zip by the names people know."""
    listed = [
        (name, member)
        for name, member in ((_name(member), member) for member in archive.infolist())
        if not member.is_dir() and not name.startswith(_OF_THE_SYSTEM) and not name.endswith(_OF_THE_SYSTEM)
    ]
    members = dict(listed)
    if len(members) < len(listed):
        doubles = [name for name, number in Counter(name for name, _ in listed).items() if number > 1]
        got, next_step = f"the zip holds {', '.join(map(repr, doubles[:3]))} more than once", "pack it again"
        raise DataError(Problem(file.told, got, "each name once", next_step))
    if not members:
        raise DataError(
            Problem(file.told, "the zip holds no file", "one data file, or several of the same columns")
        )
    if len(members) > _MOST_MEMBERS:
        raise DataError(
            Problem(file.told, f"the zip holds {len(members):,} files", f"at most {_MOST_MEMBERS:,}")
        )
    for name, member in members.items():
        if member.flag_bits & _ENCRYPTED:
            next_step = "unpack it by hand, or pack it without one"
            raise DataError(
                Problem(f"{file.told} → {name}", "needs a password", "a zip without one", next_step)
            )
        _refuse_packed_twice(name, f"{file.told} → {name}")
    return members


def _name(member: zipfile.ZipInfo) -> str:
    """Give a member's name; Korean Windows writes CP949 without saying so, which zipfile takes for CP437."""
    if member.flag_bits & _NAME_IS_UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("cp949")
    except UnicodeError:
        return member.filename


def _refuse_packed_twice(name: str, told: str) -> None:
    if name.lower().endswith((*ENDINGS, ".7z", ".rar", ".bz2", ".xz", ".tar", ".tgz")):
        raise DataError(Problem(told, "is packed inside a packed file", "a data file", "unpack it by hand"))


def _write(packed: SupportsRead[bytes], target: Path, meter: Meter) -> None:
    with target.open("xb") as plain:
        for piece in pieces(packed, meter):
            plain.write(piece)
    if not target.stat().st_size:
        raise DataError(Problem(meter.told, "holds a file of 0 bytes", "a file with rows"))


def pieces(packed: SupportsRead[bytes], meter: Meter) -> Iterator[bytes]:
    """Unpack a piece at a time, each counted before it is given.

    Raises
    ------
    DataError
        When the meter's limit is passed.
    """
    while piece := packed.read(_PIECE):
        meter.add(len(piece))
        yield piece
