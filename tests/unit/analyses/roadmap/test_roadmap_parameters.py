import pytest
from pydantic import ValidationError

from cerm_nb.analyses.roadmap import Params


@pytest.mark.parametrize("limit", ["budget", "staff", "staff_per_month"])
def test_a_limit_of_zero_has_one_clear_answer(limit):
    with pytest.raises(ValidationError) as error:
        Params(**{limit: 0})
    assert error.value.error_count() == 1
    assert "nothing can be done with 0, or -1 for no limit" in str(error.value)
    with pytest.raises(ValidationError, match="more than 0, or -1"):
        Params(**{limit: -5})
    assert getattr(Params(), limit) == -1


@pytest.mark.parametrize("month", ["2026-13", "2026", "July", "2026-07-01"])
def test_a_start_that_is_no_month_is_refused(month):
    with pytest.raises(ValidationError, match="a year and a month"):
        Params(start_month=month)


@pytest.mark.parametrize("chances", [[0.5], [0.1, 0.2, 0.3, 0.4, 1.1], [0.5, 0.4, 0.6, 0.7, 0.8]])
def test_chances_of_success_must_be_five_and_rise(chances):
    with pytest.raises(ValidationError, match="five chances"):
        Params(feasibility=chances)


def test_a_record_of_the_blueprint_knows_its_columns():
    with pytest.raises(ValidationError, match="secenario"):
        Params(blueprint=[{"touchpoint": "p", "secenario": "a smile"}])
    with pytest.raises(ValidationError, match="first_time"):
        Params(blueprint=[{"touchpoint": "p", "customer": "new"}])
    with pytest.raises(ValidationError, match=r"scenario\n.*one for each language"):
        Params(blueprint=[{"touchpoint": "p", "scenario": {"en": 3}}])
    (cell,) = Params(
        blueprint=[{"touchpoint": "p", "scenario": {"en": "a smile", "ko": "미소"}, "role": "all"}]
    ).blueprint
    assert cell.scenario == {"en": "a smile", "ko": "미소"}
    assert cell.role == {"": "all"}
    assert cell.process == {}
