from __future__ import annotations

import pytest
from pydantic import ValidationError

from cerm_nb.analyses.value import Params


def test_every_parameter_tells_its_meaning():
    assert all(field.description for field in Params.model_fields.values())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("holdout_weeks", -4),
        ("horizon_months", 61),
        ("annual_discount", 1.1),
        ("margin", 0),
        ("target_share", 1),
        ("tier_shares", [0.5, 0.4]),
        ("tier_shares", [1.2, -0.2]),
        ("rfm_bins", 1),
        ("no_such_parameter", 1),
    ],
)
def test_a_value_out_of_range_is_refused(name, value):
    with pytest.raises(ValidationError):
        Params(**{name: value})


def test_tier_shares_of_thirds_add_up():
    assert Params(tier_shares=[1 / 3, 1 / 3, 1 / 3]).tier_shares[0] == 1 / 3
