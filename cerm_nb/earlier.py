"""What runs of a client left: the results of several days that stand side by side under ``out/<client>/``.

Only what is whole is followed: a result with its manifest, made for this client and day, whose tables and
findings are those the manifest tells of. Anything else is named, and left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from cerm_nb import artifacts, findings, manifest
from cerm_nb.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Caveat = tuple[str, Mapping[str, object]]

FINDINGS = "findings.json"


@dataclass(frozen=True, eq=False)
class EarlierRun:
    """The results of one client on one day.

    Parameters
    ----------
    as_of
        The last day they saw.
    folders
        Question → folder of its result.
    made
        Question → its manifest.
    """

    as_of: date
    folders: Mapping[str, Path] = field(repr=False)
    made: Mapping[str, Mapping[str, Any]] = field(repr=False)

    @property
    def day(self) -> pd.Timestamp:
        """The last day they saw, as frames hold days."""
        return pd.Timestamp(self.as_of)

    def has_published(self, address: str) -> bool:
        """Tell whether a table, such as ``value.customers``, was published on that day."""
        question, _, table = address.partition(".")
        return question in self.folders and artifacts.has_table(self.folders[question], table)

    def published(self, address: str) -> pd.DataFrame:
        """Read a table as it was published on that day.

        Raises
        ------
        OutputError
            When it is not there.
        """
        question, _, table = address.partition(".")
        if question not in self.folders:
            raise OutputError(f"{self.as_of}: {question} has no whole result; ask `has_published` first")
        return artifacts.read_table(self.folders[question], table)

    def params(self, question: str) -> Mapping[str, Any]:
        """Give the parameters a question was answered with on that day; none where it has no result."""
        return self.made[question]["params"] if question in self.made else {}

    def findings(self, question: str) -> list[findings.Finding]:
        """Give what a question found on that day, the main answer first; nothing where it has no result."""
        return _findings(self.folders[question]) if question in self.folders else []

    def verdicts(self) -> dict[str, str]:
        """Give each question's verdict on that day, that of its main answer."""
        told = {question: self.findings(question) for question in self.folders}
        return {question: found[0].verdict for question, found in told.items() if found}


@dataclass(frozen=True, eq=False)
class EarlierRuns:
    """Earlier runs, oldest first, and what was found that is none.

    Parameters
    ----------
    runs
        Whole ones.
    caveats
        ``earlier_damaged`` with as_of and what: a result that is not whole; ``earlier_foreign`` with as_of
        and what: one made for another client or day.
    """

    runs: tuple[EarlierRun, ...]
    caveats: tuple[Caveat, ...]


def earlier_runs(folder: Path, client: str, as_of: date) -> EarlierRuns:
    """Read what stands under a client's folder for days before one.

    Parameters
    ----------
    folder
        ``out/<client>``; it need not exist.
    client
        The client's name, which the manifests must bear.
    as_of
        Only results of earlier days are read.
    """
    runs: list[EarlierRun] = []
    caveats: list[Caveat] = []
    for day, place in sorted(_days(folder).items()):
        if day < as_of:
            run, odd = results_on(place, client, day)
            caveats += odd
            runs += [run] if run.folders else []
    return EarlierRuns(tuple(runs), tuple(caveats))


def results_on(place: Path, client: str, day: date, *, but: str = "") -> tuple[EarlierRun, list[Caveat]]:
    """Read the whole results of one day, but those of one question, and name what is not whole.

    Parameters
    ----------
    place
        ``out/<client>/<as_of>``; it need not exist.
    client, day
        What the manifests must tell.
    but
        A question that is left out.
    """
    folders: dict[str, Path] = {}
    known: dict[str, Mapping[str, Any]] = {}
    caveats: list[Caveat] = []
    for result in sorted(one for one in place.glob("[0-9]*_*") if one.is_dir()):
        question = result.name.partition("_")[2]
        if question == but:
            continue
        made = manifest.read(result)
        wrong = _wrong(result, made, client, day)
        if wrong:
            caveats.append((wrong, {"as_of": day, "what": result.name}))
        elif made is not None:
            folders[question], known[question] = result, made
    return EarlierRun(day, folders, known), caveats


def told_by(run: EarlierRun) -> dict[str, Any]:
    """Say of a day's results, for a hash, all that can be read from them: tables, findings and parameters."""
    return {
        question: {"files": _read_files(made), "params": made["params"]}
        for question, made in run.made.items()
    }


def _days(folder: Path) -> dict[date, Path]:
    days: dict[date, Path] = {}
    for place in folder.iterdir() if folder.is_dir() else ():
        try:
            day = date.fromisoformat(place.name)
        except ValueError:
            continue  # a note or a copy somebody laid there is no run
        if place.name == day.isoformat() and place.is_dir():
            days[day] = place
    return days


def _wrong(result: Path, made: Mapping[str, Any] | None, client: str, day: date) -> str:
    if made is None or not isinstance(made.get("params"), dict) or not isinstance(made.get("outputs"), dict):
        return "earlier_damaged"
    if (made.get("client"), made.get("as_of"), made.get("notebook")) != (
        client,
        day.isoformat(),
        result.name,
    ):
        return "earlier_foreign"
    return "" if _whole(result, _read_files(made)) else "earlier_damaged"


def _read_files(made: Mapping[str, Any]) -> dict[str, str]:
    """Files that are read of a result, with their hashes; the notebook may have been opened and saved."""
    return {
        name: str(hashed)
        for name, hashed in sorted(made["outputs"].items())
        if name == FINDINGS or (name.startswith("tables/") and name.endswith(".parquet"))
    }


def _whole(result: Path, wanted: Mapping[str, str]) -> bool:
    there = {file.relative_to(result).as_posix() for file in result.glob("tables/*.parquet")} | {FINDINGS}
    if there != set(wanted):
        return False
    try:
        same = all(artifacts.sha256(result / name) == hashed for name, hashed in wanted.items())
        _findings(result)
    except (OSError, OutputError):
        return False
    return same


def _findings(result: Path) -> list[findings.Finding]:
    return findings.from_json((result / FINDINGS).read_text(encoding="utf-8"))
