import numpy as np
import pandas as pd
import pytest
import roadmap_data as data

from cerm_nb.analyses import roadmap
from cerm_nb.analyses.roadmap import Job, timetable

OWN = roadmap.Params(bootstrap=100)


def scheduled(own: roadmap.Params = OWN, **columns: object) -> pd.DataFrame:
    found = data.valued([1.0] * len(columns["months"]), **columns)
    return roadmap.schedule(found, roadmap.select(found, own), "2026-06-30", own).set_index("initiative")


def test_dependencies_and_slack_by_hand():
    jobs = [Job("a", 3, 1.0), Job("b", 2, 1.0, ("a",)), Job("c", 1, 1.0), Job("d", 2, 1.0, ("c",))]
    made = timetable(jobs, np.inf)
    assert made.start == {"a": 0, "b": 3, "c": 0, "d": 1}
    assert made.slack == {"a": 0, "b": 0, "c": 2, "d": 2}
    assert made.end == 5


def test_staff_is_levelled_by_hand():
    # a and b take two each of three there are: b waits; c takes one and fits beside either
    jobs = [Job("a", 3, 2.0), Job("b", 2, 2.0), Job("c", 1, 1.0)]
    made = timetable(jobs, 3.0)
    assert made.start == {"a": 0, "b": 3, "c": 0}
    assert made.slack == {"a": 0, "b": 0, "c": 4}
    assert timetable(jobs, np.inf).end == 3


@pytest.mark.parametrize("seed", range(25))
def test_no_month_has_more_staff_at_work_than_there_is(seed):
    rng = np.random.default_rng(seed)
    jobs = [
        Job(f"j{at}", int(rng.integers(1, 7)), float(rng.uniform(0.2, 2)), needs, int(rng.integers(0, 3)))
        for at in range(9)
        for needs in [tuple(f"j{one}" for one in range(at) if rng.random() < 0.2)]
    ]
    busy = rng.uniform(0, 1.5, 4)
    made = timetable(jobs, 2.5, busy)
    for shift in (dict.fromkeys(made.start, 0), made.slack):
        used = np.zeros(200)
        used[:4] += busy
        at = {name: made.start[name] + shift[name] for name in made.start}
        for job in jobs:
            used[at[job.name] : at[job.name] + job.months] += job.staff
            assert at[job.name] >= job.ready
            assert all(at[need] + _months(jobs, need) <= at[job.name] for need in job.needs)
        assert used.max() <= 2.5 + 1e-9
        assert max(at[job.name] + job.months for job in jobs) == made.end
    assert min(made.slack.values()) == 0


def _months(jobs: list[Job], name: str) -> int:
    return next(job.months for job in jobs if job.name == name)


def test_months_are_those_after_the_day_seen():
    told = scheduled(months=[2.0, 1.5], needs=[(), ("I1",)])
    assert told.loc["I1", ["start", "end"]].tolist() == [
        pd.Timestamp("2026-07-01"),
        pd.Timestamp("2026-08-31"),
    ]
    assert told.loc["I2", ["start", "end"]].tolist() == [
        pd.Timestamp("2026-09-01"),
        pd.Timestamp("2026-10-31"),
    ]
    assert told["critical"].all()
    later = scheduled(OWN.model_copy(update={"start_month": "2027-01"}), months=[2.0])
    assert later.loc["I1", "start"] == pd.Timestamp("2027-01-01")


def test_who_takes_more_staff_than_there_is_takes_longer():
    own = OWN.model_copy(update={"staff_per_month": 1.5})
    told = scheduled(own, months=[2.0, 2.0], staff=[6.0, 3.0])
    assert told["months"].to_dict() == {"I1": 4, "I2": 2}
    assert told["stretched"].to_dict() == {"I1": True, "I2": False}
    assert told["staff_per_month"].max() == 1.5
    assert told.loc["I2", "start"] == pd.Timestamp("2026-11-01")


def test_what_runs_goes_on_and_is_waited_for():
    own = OWN.model_copy(update={"staff_per_month": 1.0})
    told = scheduled(
        own,
        months=[6.0, 1.0, 1.0],
        staff=[6.0, 1.0, 0.5],
        state=["running", "planned", "planned"],
        start=[pd.Timestamp("2026-03-15"), pd.NaT, pd.NaT],
        needs=[(), (), ("I1",)],
    )
    assert told.loc["I1", ["start", "end"]].tolist() == [
        pd.Timestamp("2026-03-15"),
        pd.Timestamp("2026-09-14"),
    ]
    assert np.isnan(told.loc["I1", "slack"])
    assert told.loc["I2", "start"] == pd.Timestamp("2026-10-01")  # its staff is free only then
    assert told.loc["I3", "start"] >= pd.Timestamp("2026-10-01")


def test_where_nothing_is_selected_nothing_is_scheduled():
    told = roadmap.schedule(data.valued([]), roadmap.select(data.valued([]), OWN), "2026-06-30", OWN)
    assert told.empty
    assert timetable([], 1.0).end == 0
    one = scheduled(months=[np.nan], staff=[np.nan])
    assert one.loc["I1", "end"] == pd.Timestamp("2026-07-31")
