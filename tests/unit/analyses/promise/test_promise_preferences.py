"""What a promise adds to our share of preference, against the same competitors."""

import numpy as np
import pytest
from conjoint_data import part_worths

from cerm_nb.analyses.promise.parameters import Params
from cerm_nb.analyses.promise.preference import preferences
from cerm_nb.analyses.promise.shares import prepare
from cerm_nb.analyses.promise.simulator import simulate

OURS = {"checkin": "desk", "breakfast": "none", "price": "150"}
RIVALS = {"dodam": {"checkin": "room", "breakfast": "local", "price": "200"}}
PROMISES = [
    {"name": "better", "levels": {"checkin": "room"}},
    {"name": "dearer", "levels": {"price": "200"}},
    {"name": "words"},
]


def market(own):
    worth = np.random.default_rng(1).normal(0, 0.3, (150, 9)) * [1, 1, 1, 1, 1, 1, 0, 0, 0]
    return prepare(part_worths(np.array([-0.5, 0.2, 0.3, 0.0, 0.6, -0.6, 0.8, 0.0, -0.8]) + worth), own)


def test_the_change_is_that_of_two_simulations_and_has_its_sign():
    own = Params(promises=PROMISES, own_profile=OURS, scenarios=RIVALS, bootstrap=200)
    found = preferences(market(own), own)
    assert list(found["candidate"]) == ["better", "dearer"]
    now, then = (
        simulate(market(own), one, RIVALS)["share"][0] for one in (OURS, {**OURS, "checkin": "room"})
    )
    assert found["preference"][0] == pytest.approx(then - now)
    assert 0 < found["preference_low"][0] < found["preference"][0] < found["preference_high"][0]
    assert found["preference_high"][1] < 0


@pytest.mark.parametrize("left_out", ["promises", "own_profile", "scenarios"])
def test_without_levels_or_competitors_nothing_is_told(left_out):
    told = {"promises": PROMISES, "own_profile": OURS, "scenarios": RIVALS}
    own = Params(**{name: value for name, value in told.items() if name != left_out}, bootstrap=200)
    assert preferences(market(own), own).empty
