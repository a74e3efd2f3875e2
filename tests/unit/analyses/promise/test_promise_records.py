"""The promise as a record: what it may hold, and names the client's tables do not know, all told at once."""

import numpy as np
import pytest
from promise_surveys import management, read, simulated
from pydantic import ValidationError

from cerm_nb import params
from cerm_nb.analyses.promise.parameters import Params
from cerm_nb.analyses.promise.record_checks import check_promises
from cerm_nb.analyses.promise.records import Promise
from cerm_nb.errors import ParamsError

SHOWN = {"breakfast": ["none", "basic"], "price": ["100", "150", "200"]}
CARRIER = {"touchpoint": "t0", "attribute": "a0", "level": 5.0}


@pytest.fixture(scope="module")
def survey():
    return read(simulated(np.random.default_rng(1), np.full((2, 4), 4.0), 40), Params(own_brand="us"))[0]


def wrong(own, *tables):
    with pytest.raises(ParamsError) as told:
        check_promises(own, *tables)
    return [str(problem) for problem in told.value.problems]


def test_a_record_survives_the_params_file_and_back():
    written = {
        "promises": [
            {
                "name": "warm",
                "title": {"en": "Warm", "ko": "따뜻하게"},
                "levels": {"price": 150},
                "carriers": [{**CARRIER, "level": 5, "feasibility": 4, "cost": 10}],
            }
        ]
    }
    own = params.select(Params, written)
    assert params.select(Params, params.dump(own)) == own
    assert own.promises[0].levels == {"price": "150"}
    assert own.promises[0].carriers[0].level == 5.0


def test_wrong_records_are_refused_with_all_that_is_wrong():
    carrier = {
        "touchpoint": "t0",
        "attribut": "a0",
        "level": "high",
        "feasibility": 9,
        "cost": -1,
        "proof": 3,
    }
    with pytest.raises(ValidationError) as told:
        Promise(name="two words", title=["x"], carriers=[carrier])
    places = {error["loc"] for error in told.value.errors()}
    names = ("attribut", "attribute", "level", "feasibility", "cost", "proof")
    assert places == {("name",), ("title",), *(("carriers", 0, name) for name in names)}


def test_a_margin_of_nothing_is_refused():
    with pytest.raises(ValidationError, match="greater than 0"):
        Params(parity_margin=0.0)


def test_names_nobody_knows_are_told_from_the_outside_in_with_the_nearest_name(survey):
    carriers = [
        CARRIER,
        {**CARRIER, "touchpoint": "t00"},
        {**CARRIER, "attribute": "a3"},
        {**CARRIER, "attribute": "a1", "level": 11.0, "metric": "turnovr"},
    ]
    own = Params(own_brand="us", promises=[{"name": "p", "carriers": carriers}, {"name": "p"}])
    told = wrong(own, survey, None, management("indicators"))
    assert len(told) == 5
    assert told[0].startswith("promises: 2 are called 'p'")
    assert told[1].startswith("promises[0] → carriers[1] → touchpoint: 't00' is not known")
    assert "did you mean 't0'" in told[1]
    assert told[2].startswith("promises[0] → carriers[2] → attribute: 'a3' is not known")
    assert "an attribute of t0 in the survey: a0, a1" in told[2]
    assert told[3].startswith("promises[0] → carriers[3] → level: got 11")
    assert told[4].startswith("promises[0] → carriers[3] → metric: 'turnovr' is not known")
    assert "did you mean 'turnover'" in told[4]


def test_one_attribute_carries_a_promise_once(survey):
    own = Params(own_brand="us", promises=[{"name": "p", "carriers": [CARRIER, {**CARRIER, "level": 6.0}]}])
    assert "promises[0] → carriers[1]: t0 / a0 is named twice" in wrong(own, survey)[0]


def test_levels_that_were_never_shown_are_refused_but_prices_between_are_not(survey):
    own = Params(
        price_attribute="price",
        promises=[{"name": "p", "levels": {"price": 120, "brekfast": "basic", "breakfast": "local"}}],
        own_profile={"breakfast": "basic", "price": "250"},
        scenarios={"rival": {"breakfast": "none"}},
    )
    told = wrong(own, survey, SHOWN)
    assert len(told) == 4
    assert told[0].startswith("promises[0] → levels → brekfast: 'brekfast' is not known")
    assert "did you mean 'breakfast'" in told[0]
    assert told[1].startswith("promises[0] → levels → breakfast: 'local' is not known")
    assert told[2].startswith("own_profile → price: '250' is not known")
    assert told[3].startswith("scenarios → rival: has no level of price")
    assert "price_attribute: 'cost' is not known" in wrong(Params(price_attribute="cost"), None, SHOWN)[0]


def test_what_is_right_passes_and_what_has_no_table_is_let_pass(survey):
    promise = {"name": "p", "levels": {"breakfast": "basic"}, "carriers": [{**CARRIER, "metric": "turnover"}]}
    own = Params(own_brand="us", promises=[promise], own_profile={"breakfast": "none", "price": "100"})
    check_promises(own, survey, SHOWN, management("indicators"))
    check_promises(own)
    check_promises(Params(), survey, SHOWN)


def test_parameters_are_flat_described_and_plain():
    for name, field in Params.model_fields.items():
        assert field.description, name
        assert isinstance(
            field.get_default(call_default_factory=True), (bool, int, float, str, list, dict)
        ), name
