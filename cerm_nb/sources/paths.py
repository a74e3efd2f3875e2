"""Which files ``from`` names, how they are told to people, and what they are."""

from __future__ import annotations

import glob
import hashlib
import os
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from cerm_nb.errors import DataError, Problem
from cerm_nb.schemas import nearest
from cerm_nb.sources.spec import Format

if TYPE_CHECKING:
    from cerm_nb.sources.spec import TableSpec

_ENDINGS: dict[str, Format] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".txt": "fixed",
    ".dat": "fixed",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_LONGEST_NAME = 200  # told of a name
_JOURNALS = (".wal", "-wal", "-journal")  # of DuckDB, and two of SQLite


@dataclass(frozen=True)
class SourceFile:
    """One file of a client.

    Parameters
    ----------
    path
        Where it lies.
    told
        How it is told to people: relative to the project, or where it lies outside the name, with as many
        folders before it as tell it from the table's other files.
    """

    path: Path
    told: str

    def fingerprint(self) -> dict[str, str | int]:
        """Name, size in bytes and SHA-256 of the file."""
        return {"path": self.told, "bytes": self.path.stat().st_size, "sha256": self.sha256()}

    def sha256(self) -> str:
        """SHA-256 of the file."""
        with self.path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


def resolve(spec: TableSpec, root: Path, *, label: str) -> list[SourceFile]:
    """List the files an entry names, in order, each once, by however many names and links it is reached.

    Relative paths and globs start at the project's root; absolute ones are allowed, since clients' data often
    lie elsewhere.

    Raises
    ------
    DataError
        With every location that is missing, empty, a folder, unreadable or a copy of one before.
    """
    problems: list[Problem] = []
    found: list[Path] = []
    for location in spec.locations:
        paths = _expand(location, root)
        if not paths:
            problems.append(_missing(location, root, label))
        for path in paths:
            problem = _unusable(path, _told(path, root), label)
            problems += [problem] if problem else []
            found += [path]
    if problems:
        raise DataError(problems)
    files = [SourceFile(path, told) for path, told in _told_apart(_each_once(found), root).items()]
    refuse_copies(files)
    return files


def refuse_copies(files: list[SourceFile]) -> None:
    """Refuse files that are the same, byte by byte: their rows would count twice.

    Raises
    ------
    DataError
        With every copy.
    """
    sizes = Counter(file.path.stat().st_size for file in files)
    seen: dict[str, SourceFile] = {}
    problems: list[Problem] = []
    for file in files:
        if sizes[file.path.stat().st_size] > 1:  # to read the others would be in vain
            first = seen.setdefault(file.sha256(), file)
            got = f"{first.told} and {file.told} are the same file, byte by byte"
            problems += [Problem(file.told, got, next_step="leave one out")] if first is not file else []
    if problems:
        raise DataError(problems)


def database_files(path: Path, root: Path, *, label: str) -> list[SourceFile]:
    """List a database's file, and behind it the journals of rows that were not yet moved into it.

    Raises
    ------
    DataError
        If the file is missing, empty, a folder or unreadable.
    """
    told = _told(path, root)
    is_there = os.path.exists(path)  # noqa: PTH110  # as in `_expand`, which globs
    problem = _unusable(path, told, label) if is_there else _missing(str(path), root, label)
    if problem:
        raise DataError(problem)
    journals = [suffix for suffix in _JOURNALS if _is_filled(path.with_name(path.name + suffix))]
    return [SourceFile(path.with_name(path.name + suffix), told + suffix) for suffix in ("", *journals)]


def format_of(spec: TableSpec, files: list[SourceFile], *, label: str) -> Format:
    """Take the format the params state, else the one the files' endings tell.

    Raises
    ------
    DataError
        If the endings are unknown, differ, or tell of fixed width without ``fields``.
    """
    endings = {file.path.suffix.lower() for file in files}
    formats = {_ENDINGS.get(ending) for ending in endings}
    if spec.format is not None:
        return spec.format
    if spec.fields:
        return "fixed"
    allowed = ", ".join(get_args(Format))
    if ".xls" in endings:
        next_step = "open it in a spreadsheet and save it as .xlsx, or as csv"
        raise DataError(
            Problem(f"{label}.from", "workbooks of the old kind (.xls) are not read", allowed, next_step)
        )
    if len(formats) > 1 or None in formats:
        told = ", ".join(sorted(endings)) or "none"
        got = f"the format does not follow from the ending ({told})"
        raise DataError(Problem(f"{label}.from", got, allowed, "state `format`"))
    if formats == {"fixed"}:
        next_step = 'state format: fixed with fields such as {customer: "1-6"}, or another format'
        raise DataError(Problem(f"{label}.from", f"{files[0].told} is a text file", allowed, next_step))
    return cast("Format", formats.pop())


def _expand(location: str, root: Path) -> list[Path]:
    """Find the files of one location; a name with brackets in it that exists is a name, not a glob."""
    path = _composed(root / location)
    is_there = os.path.exists(path)  # noqa: PTH110  # pathlib raises where a name is too long
    if is_there or not glob.has_magic(location):
        return [path] if is_there else []
    return sorted(Path(name) for name in glob.glob(str(path), recursive=True))  # noqa: PTH207  # absolute too


def _composed(path: Path) -> Path:
    """Take a path as it is, or as it lies there: macOS writes a Korean syllable as its letters."""
    forms = (str(path), *(unicodedata.normalize(form, str(path)) for form in ("NFC", "NFD")))
    return next((Path(form) for form in forms if os.path.exists(form)), path)  # noqa: PTH110  # as above


def _each_once(paths: list[Path]) -> list[Path]:
    """Leave out what is a file named before: its rows would count twice."""
    found: dict[Path, Path] = {}
    for path in paths:
        found.setdefault(path.resolve(), path)
    return list(found.values())


def _is_filled(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _told(path: Path, root: Path) -> str:
    resolved, base = path.resolve(), root.resolve()
    return resolved.relative_to(base).as_posix() if resolved.is_relative_to(base) else path.name


def _told_apart(paths: list[Path], root: Path) -> dict[Path, str]:
    """Tell each file by a name of its own: two files told as one would share a hash."""
    told = {path: _told(path, root) for path in paths}
    for depth in range(2, max(len(path.resolve().parts) for path in paths)):
        counts = Counter(told.values())
        outside = [path for path in paths if not path.resolve().is_relative_to(root.resolve())]
        for path in (path for path in outside if counts[told[path]] > 1):
            told[path] = "/".join(path.resolve().parts[-depth:])
    return _numbered(told)


def _numbered(told: dict[Path, str]) -> dict[Path, str]:
    """Give numbers to what is still told alike, such as a/shop.csv in the project and /a/shop.csv outside."""
    seen: Counter[str] = Counter()
    for path, name in told.items():
        seen[name] += 1
        told[path] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return told


def _missing(location: str, root: Path, label: str) -> Problem:
    if glob.has_magic(location):
        next_step = "check the pattern and the folder"
        location = location[:_LONGEST_NAME]
        return Problem(f"{label}.from", f"no file matches {location!r}", next_step=next_step)
    path = root / location
    try:
        path.stat()
        siblings: list[str] = []
    except FileNotFoundError:
        siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    except (OSError, ValueError) as error:  # a name too long, a NUL in it, a folder that is closed to us
        told = getattr(error, "strerror", None) or str(error)
        return Problem(f"{label}.from", f"{location[:_LONGEST_NAME]!r} cannot be opened: {told}")
    near = nearest(path.name, siblings) or "paths start at the project's folder"
    return Problem(f"{label}.from", f"there is no file {location!r}", next_step=near)


def _unusable(path: Path, told: str, label: str) -> Problem | None:
    where = f"{label}.from"
    if path.is_dir():
        return Problem(where, f"{told} is a folder", "files", f"name the files, such as {told}/*.csv")
    if not path.is_file():  # opening a pipe or a device may wait for ever
        return Problem(where, f"{told} is a pipe, a device or another thing that is no file", "files")
    try:
        with path.open("rb") as stream:
            is_empty = not stream.read(1)
    except OSError as error:
        return Problem(where, f"{told} cannot be opened: {error.strerror}")
    return Problem(where, f"{told} is empty (0 bytes)", "a file with rows") if is_empty else None
