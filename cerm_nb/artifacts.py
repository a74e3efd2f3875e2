"""Read, write and hash what a run publishes; nothing is ever half-written.

Results are written into a hidden folder beside their place and moved there once they are whole, so that a
reader, a crash, Ctrl-C or a full disk meets either the old result or the new one.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cerm_nb.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CSV_UP_TO_ROWS = 10_000
_STAGING = ".staging-"
_FORMULA = re.compile(r"[=+\-@\t\r]")  # with which a spreadsheet takes a cell for one
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def sha256(path: Path) -> str:
    """Hash a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(content: object) -> str:
    """Hash anything JSON can hold, independent of key order."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return text_hash(text)


def write_table(frame: pd.DataFrame, folder: Path, name: str) -> None:
    """Write one published table as Parquet, and as CSV too where it is small enough to be opened by hand.

    Parameters
    ----------
    frame
        The table; its index is not written.
    folder
        The notebook's result folder; the table goes into ``tables/`` below it.
    name
        The table's name.
    """
    target = folder / "tables"
    target.mkdir(parents=True, exist_ok=True)
    frame.to_parquet(target / f"{name}.parquet", index=False, compression="zstd")
    if len(frame) < CSV_UP_TO_ROWS:
        (target / f"{name}.csv").write_bytes(csv_text(frame).encode("utf-8"))


def csv_text(frame: pd.DataFrame) -> str:
    """Write a table as CSV that a spreadsheet opens as it is: its letters marked as UTF-8, no formulas."""
    safe = _defused(frame).rename(columns=lambda name: f"'{name}" if _FORMULA.match(str(name)) else name)
    return "\ufeff" + str(safe.to_csv(index=False, lineterminator="\n"))


def write_json(document: Mapping[str, Any], folder: Path, name: str) -> None:
    """Write one published document as ``<name>.json`` into the notebook's result folder."""
    (folder / f"{name}.json").write_bytes(json_text(document).encode("utf-8"))


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Read one published table.

    Raises
    ------
    OutputError
        When it was not published, or the file is damaged.
    """
    try:
        return pd.read_parquet(_table(folder, name))
    except (OSError, ValueError) as error:
        raise OutputError(
            f"table {folder.name}/{name} cannot be read ({error}); run its notebook again"
        ) from error


def has_table(folder: Path, name: str) -> bool:
    """Tell whether a table was published."""
    return _table(folder, name).is_file()


def _table(folder: Path, name: str) -> Path:
    return folder / "tables" / f"{name}.parquet"


def json_text(content: object) -> str:
    """Write JSON the same way every time: sorted keys, real Unicode, a newline at the end."""
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def text_hash(text: str) -> str:
    """Hash a text as its UTF-8 file would be."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def hash_files(folder: Path, *, but: str = "") -> dict[str, str]:
    """Hash every file below a folder, but for those of one name."""
    files = sorted(file for file in folder.rglob("*") if file.is_file() and file.name != but)
    return {file.relative_to(folder).as_posix(): sha256(file) for file in files}


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Give a hidden folder to write into; on success it takes the target's place, on failure it is removed.

    Parameters
    ----------
    target
        The result folder, existing or not.

    Yields
    ------
    Path
        An empty folder on the same file system.

    Raises
    ------
    OutputError
        When the folder cannot be written, or the disk is full.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clear_left_over(target.parent)
        folder = Path(tempfile.mkdtemp(prefix=f"{_STAGING}{os.getpid()}-", dir=target.parent))
    except OSError as error:
        raise OutputError(_cannot_write(target, error)) from error
    try:
        yield folder
        folder.chmod(0o755)  # mkdtemp makes it private; results are for whoever may read out/
        _swap(folder, target)
    except OSError as error:
        raise OutputError(_cannot_write(target, error)) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def replace_file(path: Path, text: str, *, option: str = "--out") -> None:
    """Put a text file in place at once.

    Parameters
    ----------
    path, text
        The file and what it is to hold.
    option
        Option of the command line by which another place is chosen, for the error.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    beside = path.with_name(f"{_STAGING}{os.getpid()}-{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise OutputError(_cannot_write(path, error, option)) from error
    finally:
        beside.unlink(missing_ok=True) if beside.parent.is_dir() else None


def _cannot_write(target: Path, error: OSError, option: str = "--out") -> str:
    told = error.strerror or error
    return f"{target}: cannot be written ({told}); choose another place with {option}, or free space"


def _defused(frame: pd.DataFrame) -> pd.DataFrame:
    """Quote text a spreadsheet would run as a formula: the CSV is made to be opened in one."""
    texts = frame.select_dtypes(include=["object", "string"]).columns
    safe = {
        name: frame[name].where(
            ~frame[name].astype("string").str.match(_FORMULA).fillna(False),
            "'" + frame[name].astype("string"),
        )
        for name in texts
    }
    return frame.assign(**safe)


def _swap(folder: Path, target: Path) -> None:
    """Move a whole folder into place.

    Linux exchanges the two names in one step. Elsewhere the old result steps aside first; were the process
    killed between the two renames, the step would have no result and simply run again.
    """
    if not target.exists():
        folder.rename(target)
    elif not _exchange(folder, target):
        aside = folder.with_name(folder.name + "-old")
        target.rename(aside)
        folder.rename(target)
        shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    if sys.platform != "linux":
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)


def _clear_left_over(parent: Path) -> None:
    """Remove what killed runs left; the name holds the process that made it."""
    for left in parent.glob(f"{_STAGING}*"):
        owner = left.name.removeprefix(_STAGING).partition("-")[0]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    if sys.platform == "win32":  # there, signal 0 would end the process instead of asking for it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
