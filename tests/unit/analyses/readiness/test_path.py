"""Each thing put right lifts the whole as far as the next weakest lets it."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.readiness.path import path


def state(levels: dict[str, float], told: tuple[float, ...] = ()) -> SimpleNamespace:
    return SimpleNamespace(
        evidence=pd.DataFrame({"evidence": list(levels), "level": list(levels.values())}, dtype=None).astype(
            {"level": float}
        ),
        frame=pd.DataFrame(
            {"measured": [1.0] * len(levels) + [np.nan] * len(told), "level": [*levels.values(), *told]}
        ),
    )


def test_the_weakest_comes_first_and_the_next_weakest_decides() -> None:
    found = path(state({"validity": 3.5, "timeliness": 1.0, "used_share": 2.0}), 0.85, 1)
    assert list(found.steps["level"]) == [1.0, 2.0, 3.5, 4.0]
    assert list(found.steps["evidence"]) == ["", "timeliness", "used_share", "validity"]
    assert (found.start, found.reached, found.needed, found.first) == (1.0, 2.0, 2.0, "timeliness")


def test_nothing_is_made_worse_and_more_than_all_is_all() -> None:
    found = path(state({"validity": 5.0, "timeliness": 4.5}), 0.7, 9)
    assert list(found.steps["level"]) == [4.5, 4.5, 4.5]
    assert (found.fixed, found.needed) == (2, 0.0)


def test_what_is_only_said_limits_what_measuring_can_reach() -> None:
    found = path(state({"validity": 1.0}, told=(2.5,)), 0.95, 1)
    assert list(found.steps["level"]) == [1.0, 2.5]
    assert np.isnan(found.needed)


@pytest.mark.parametrize("told", [(), (3.0,)])
def test_without_evidence_there_is_no_path(told: tuple[float, ...]) -> None:
    assert path(state({}, told), 0.85, 2).reason == "nothing_measured"
