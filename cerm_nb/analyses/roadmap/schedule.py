"""When to begin what: months, dependencies, and no more staff at work in a month than there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cerm_nb.analyses.roadmap.parameters import NO_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from cerm_nb.analyses.roadmap.initiatives import Initiatives
    from cerm_nb.analyses.roadmap.parameters import Params
    from cerm_nb.analyses.roadmap.selection import Selection
    from cerm_nb.stats import Floats

COLUMNS = ["initiative", "name", "area", "state", "start", "end", "months", "staff_per_month", "slack"]
COLUMNS += ["critical", "stretched"]
SLACK = 1e-9


@dataclass(frozen=True, eq=False)
class Job:
    """One initiative in the schedule.

    Parameters
    ----------
    name
        Its identifier.
    months
        How long it takes, 1 or more.
    staff
        Staff at work on it in each month.
    needs
        Jobs that must be over first.
    ready
        First month it could begin in, from 0.
    """

    name: str
    months: int
    staff: float
    needs: tuple[str, ...] = ()
    ready: int = 0


@dataclass(frozen=True, eq=False)
class Timetable:
    """Month each job begins in, from 0, and months it can be late without the whole ending later."""

    start: Mapping[str, int]
    slack: Mapping[str, int]
    end: int


def timetable(jobs: Sequence[Job], limit: float, busy: Floats | None = None) -> Timetable:
    """Put jobs as early as what they wait for and the staff allow.

    Parameters
    ----------
    jobs
        Jobs of 1 month or more, none taking more staff than the limit.
    limit
        Staff there is each month; infinite: no limit.
    busy
        Staff at work elsewhere in each month from the first.

    Notes
    -----
    Serial schedule generation, the job with the longest chain behind it first (Kolisch 1996, *European
    Journal of Operational Research* 90); slack by shifting all as late as they can go (Li & Willis 1992).
    Good, not always the shortest there is.
    """
    latest = max((job.ready for job in jobs), default=0)
    used = _Load(limit, busy, latest + sum(job.months for job in jobs))
    after = {job.name: [other for other in jobs if job.name in other.needs] for job in jobs}
    tails = _tails(jobs, after)
    start: dict[str, int] = {}
    waiting = sorted(jobs, key=lambda job: (-tails[job.name], job.name))
    months = {job.name: job.months for job in jobs}
    while waiting:
        job = next(one for one in waiting if all(need in start for need in one.needs))
        over = max((start[need] + months[need] for need in job.needs), default=0)
        start[job.name] = used.place(job, max(over, job.ready))
        waiting.remove(job)
    end = max((start[job.name] + job.months for job in jobs), default=0)
    return Timetable(start, _slack(jobs, after, start, end, used), end)


def _tails(jobs: Sequence[Job], after: Mapping[str, list[Job]]) -> dict[str, int]:
    """Months from a job's begin to the end of the longest chain behind it."""
    tails: dict[str, int] = {}
    left = list(jobs)
    while left:
        ready = [job for job in left if all(one.name in tails for one in after[job.name])]
        for job in ready:
            tails[job.name] = job.months + max((tails[one.name] for one in after[job.name]), default=0)
        left = [job for job in left if job.name not in tails]
    return tails


def _slack(
    jobs: Sequence[Job], after: Mapping[str, list[Job]], start: Mapping[str, int], end: int, used: _Load
) -> dict[str, int]:
    late: dict[str, int] = {}
    for job in sorted(jobs, key=lambda one: (-(start[one.name] + one.months), one.name)):
        latest = min((late[one.name] for one in after[job.name]), default=end) - job.months
        used.take(job, start[job.name], -1.0)
        late[job.name] = next(at for at in range(latest, start[job.name] - 1, -1) if used.fits(job, at))
        used.take(job, late[job.name])
    return {name: late[name] - start[name] for name in start}


class _Load:
    """Staff at work in each month."""

    def __init__(self, limit: float, busy: Floats | None, months: int) -> None:
        already = np.zeros(0) if busy is None else busy
        self.limit = limit
        self.used = np.concatenate([already, np.zeros(months)])

    def fits(self, job: Job, at: int) -> bool:
        return bool((self.used[at : at + job.months] + job.staff <= self.limit + SLACK).all())

    def take(self, job: Job, at: int, sign: float = 1.0) -> None:
        self.used[at : at + job.months] += sign * job.staff

    def place(self, job: Job, ready: int) -> int:
        """Find the first month from which there is staff enough; behind all others there always is."""
        at = next(one for one in range(ready, len(self.used)) if self.fits(job, one))
        self.take(job, at)
        return at


def schedule(found: Initiatives, chosen: Selection, as_of: date | str, own: Params) -> pd.DataFrame:
    """Schedule what is selected; what runs already goes on and its staff with it.

    Parameters
    ----------
    found, chosen
        From `initiatives` and `select`.
    as_of
        Last day that is seen.
    own
        start_month and staff_per_month are used.

    Returns
    -------
    DataFrame
        initiative, name, area, state, start and end (first day of its first month, last day of its last),
        months, staff_per_month, slack (months it may be late; missing where it runs already), critical (a
        delay of it delays the end), stretched (it takes longer than told, since there is less staff a month
        than it would take), in order of start.
    """
    first = _first_month(as_of, own)
    limit = np.inf if own.staff_per_month == NO_LIMIT else own.staff_per_month
    running = found.frame[found.frame["state"] == "running"]
    left = {row["initiative"]: _months_left(row, first) for _, row in running.iterrows()}
    picked = found.frame[chosen.chosen]
    jobs = [_job(row, limit, left, set(picked["initiative"])) for _, row in picked.iterrows()]
    made = timetable(jobs, limit, _busy(running, left))
    rows = [_row(row, job, first, made) for (_, row), job in zip(picked.iterrows(), jobs, strict=True)]
    rows += [_going_on(row) for _, row in running.iterrows()]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    return frame.sort_values(["start", "end", "initiative"], kind="stable", ignore_index=True)


def _first_month(as_of: date | str, own: Params) -> pd.Timestamp:
    if own.start_month:
        return pd.Timestamp(f"{own.start_month}-01")
    return pd.Timestamp(as_of) + pd.offsets.MonthBegin(1)


def _length(row: pd.Series[Any]) -> int:
    """Whole months an initiative takes; one where nobody says."""
    return max(1, int(np.ceil(row["months"]))) if np.isfinite(row["months"]) else 1


def _months_left(row: pd.Series[Any], first: pd.Timestamp) -> int:
    over = row["start"] + pd.DateOffset(months=_length(row))
    gone = (over.year - first.year) * 12 + over.month - first.month
    return max(0, int(gone) + int(over.day > 1))


def _job(row: pd.Series[Any], limit: float, left: Mapping[str, int], picked: set[str]) -> Job:
    staff = float(np.nan_to_num(row["staff"]))
    months = max(_length(row), int(np.ceil(staff / limit - SLACK)))
    needs = tuple(need for need in row["needs"] if need in picked)
    ready = max((left.get(need, 0) for need in row["needs"]), default=0)
    return Job(row["initiative"], months, staff / months, needs, ready)


def _busy(running: pd.DataFrame, left: Mapping[str, int]) -> Floats:
    used = np.zeros(max(left.values(), default=0))
    for _, row in running.iterrows():
        used[: left[row["initiative"]]] += float(np.nan_to_num(row["staff"])) / _length(row)
    return used


def _row(row: pd.Series[Any], job: Job, first: pd.Timestamp, made: Timetable) -> dict[str, object]:
    start = first + pd.DateOffset(months=made.start[job.name])
    slack = made.slack[job.name]
    told: dict[str, object] = {"start": start, "end": _last_day(start, job.months), "months": job.months}
    told |= {"staff_per_month": job.staff, "slack": float(slack), "critical": slack == 0}
    return {**_named(row), **told, "stretched": job.months > _length(row)}


def _going_on(row: pd.Series[Any]) -> dict[str, object]:
    months = _length(row)
    told: dict[str, object] = {
        "start": row["start"],
        "end": _last_day(row["start"], months),
        "months": months,
    }
    told |= {"staff_per_month": float(np.nan_to_num(row["staff"])) / months, "slack": np.nan}
    return {**_named(row), **told, "critical": False, "stretched": False}


def _named(row: pd.Series[Any]) -> dict[str, object]:
    return {name: row[name] for name in ("initiative", "name", "area", "state")}


def _last_day(start: pd.Timestamp, months: int) -> pd.Timestamp:
    return start + pd.DateOffset(months=months) - pd.Timedelta(days=1)
