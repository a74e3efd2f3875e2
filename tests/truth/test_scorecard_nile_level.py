"""The local level of the Nile, as published: Durbin & Koopman 2012, sections 2.2 to 2.10."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cerm_nb.analyses.scorecard import memory_filter

NILE = Path(__file__).parents[2] / "data" / "series" / "nile.csv"
NOISE, STEPS = 15098.5, 1469.1  # variances by maximum likelihood


@pytest.fixture
def seen(monkeypatch):
    share = STEPS / (NOISE + STEPS)
    for name, value in (("MEMORIES", [[share, 0.0]]), ("MOVING", [share]), ("LASTING", [0.0])):
        monkeypatch.setattr(memory_filter, name, np.array(value))
    flow = pd.read_csv(NILE).select_dtypes("number").iloc[:, -1].to_numpy(dtype=float)
    assert len(flow) == 100
    return next(memory_filter.filtered(flow[None], np.ones((100, 1)), np.array([99])))


def test_the_level_of_1970_and_its_variance(seen):
    first = seen.products[0, 0, 0] / seen.squares[0, 0, 0, 0]
    away = 1 - seen.level_of[0, 0, 0]
    assert seen.level[0, 0] + away * first == pytest.approx(798.4, abs=0.1)
    doubt = seen.doubt[0, 0, 0] + away**2 / seen.squares[0, 0, 0, 0]
    assert doubt * (NOISE + STEPS) == pytest.approx(4032, abs=1)


def test_the_likelihood(seen):
    total = NOISE + STEPS
    squares = seen.total[0, 0] - seen.products[0, 0, 0] ** 2 / seen.squares[0, 0, 0, 0]
    # 99 errors of one step ahead; the first value is used up by the first level.
    logs = seen.logs[0, 0] + np.log(seen.squares[0, 0, 0, 0]) + 99 * np.log(total) + squares / total
    assert -0.5 * (logs + 99 * np.log(2 * np.pi)) == pytest.approx(-632.54, abs=0.05)
