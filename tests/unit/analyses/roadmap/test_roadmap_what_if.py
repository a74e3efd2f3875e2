"""Other budgets and staff: the look-up gives what the solver would, and never what does not fit."""

import numpy as np
import pandas as pd
import pytest
import roadmap_data as data

from cerm_nb.analyses import roadmap


def made(size, seed, **columns):
    """Initiatives of random worth and size, every fourth waiting for the one before."""
    rng = np.random.default_rng(seed)
    needs = [(f"I{at}",) if at % 4 == 3 else () for at in range(size)]
    values = list(rng.uniform(0.1, 1.0, size))
    given = {"cost": rng.integers(1, 30, size).astype(float), "staff": rng.integers(1, 9, size).astype(float)}
    frame = {"priority": values, "rank": pd.Series(values).rank(ascending=False), "needs": needs}
    return data.valued(values, **given | frame | columns)


def chosen(found, **limits):
    return roadmap.select(found, roadmap.Params(bootstrap=100, **limits))


@pytest.mark.parametrize("seed", range(6))
def test_the_look_up_chooses_as_the_solver_does(seed):
    found = made(9, seed)
    own = roadmap.Params(bootstrap=100)
    given = roadmap.options(found, chosen(found), own)
    for budget, staff in [(10, 5), (40, 20), (90, 12), (25, 60), (1e6, 1e6)]:
        solved = chosen(found, budget=budget, staff=staff)
        told = roadmap.what_if(given, budget, staff)
        assert told.names == tuple(found.frame.loc[solved.chosen, "name"])
        assert (told.gain, told.cost, told.staff_used) == pytest.approx(
            (solved.gain, solved.cost, solved.staff)
        )


def test_of_many_initiatives_nothing_is_chosen_that_does_not_fit_or_waits():
    found = made(16, 3)
    own = roadmap.Params(bootstrap=100, budget=60, staff=25)
    selected = roadmap.select(found, own)
    given = roadmap.options(found, selected, own)
    for budget, staff in [(0, 0), (7, 9), (60, 25), (100, 40), (500, 500)]:
        told = roadmap.what_if(given, budget, staff)
        rows = found.frame[found.frame["name"].isin(told.names)]
        assert rows["cost"].sum() <= budget
        assert rows["staff"].sum() <= staff
        assert set().union(*rows["needs"]) <= set(rows["initiative"])
        if (budget, staff) == (60, 25):  # at the limits of the params it is the selection itself
            assert told.gain == pytest.approx(selected.gain)


def test_nothing_is_always_allowed():
    found = made(4, 1)
    told = roadmap.what_if(roadmap.options(found, chosen(found), roadmap.Params(bootstrap=100)), 0, 0, "all")
    assert told.names == ()
    assert (told.gain, told.cost) == (0, 0)
    assert told.frame["name"].tolist()[0] == "all"
    assert len(told.frame) == 5


def test_initiatives_stand_by_priority():
    found = made(5, 2)
    told = roadmap.what_if(roadmap.options(found, chosen(found), roadmap.Params(bootstrap=100)), 10, 10)
    assert told.frame["gain"].iloc[1:].is_monotonic_decreasing


def test_sliders_begin_at_the_limits_and_reach_what_everything_takes():
    found = made(3, 1, cost=[2e8, 3e8, 1.5e8], staff=[2.0, 3.5, 1.0])
    limited = roadmap.Params(bootstrap=100, budget=4e8, staff=3)
    given = roadmap.options(found, roadmap.select(found, limited), limited)
    assert given.ranges["budget"] == (0, 650_000_000, 10_000_000)
    assert given.ranges["staff"] == (0.0, 6.5, 0.1)
    assert given.start(limited) == {"budget": 400_000_000, "staff": 3.0}
    assert given.start(roadmap.Params()) == {"budget": 650_000_000, "staff": 6.5}
    assert isinstance(given.start(limited)["budget"], int)


def test_without_costs_or_worth_there_is_nothing_to_choose():
    own = roadmap.Params(bootstrap=100)
    for found, reason in [
        (made(3, 1, cost=[1.0, np.nan, 1.0]), "costs_untold"),
        (made(3, 1, state="done"), "nothing_to_choose"),
        (made(3, 1, priority=np.nan), "nothing_to_choose"),
    ]:
        given = roadmap.options(found, chosen(made(3, 1)), own)
        assert given.reason == reason
        assert given.ranges["budget"][1] > 0  # a slider needs a range all the same
        assert given.start(own) == {"budget": 0, "staff": 0}


def test_the_hotel_s_look_up_is_its_selection(found, own):
    selected = roadmap.select(found, own)
    given = roadmap.options(found, selected, own)
    told = roadmap.what_if(given, **given.start(own))
    assert told.names == tuple(found.frame.loc[selected.chosen, "name"])
    assert (told.gain, told.low, told.high) == pytest.approx(
        (selected.gain, selected.gain_low, selected.gain_high)
    )
