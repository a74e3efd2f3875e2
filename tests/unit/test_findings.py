import math

import pytest

from cerm_nb.errors import OutputError
from cerm_nb.findings import Finding, from_json, to_json


def finding(**changes: object) -> Finding:
    values: dict[str, object] = {
        "id": "target_value", "question": "Who?", "verdict": "go", "answer": "These.",
        "value": 10.0, "low": 8.0, "high": 12.0, "n": 100, "basis": "100 customers", "unit": "USD",
    }  # fmt: skip
    return Finding(**(values | changes))  # type: ignore[arg-type]


def test_findings_survive_writing_and_reading() -> None:
    written = [
        finding(caveats=["고객 <b>"]),
        finding(id="other", value=math.nan, low=math.nan, high=math.nan),
    ]
    read = from_json(to_json(written))
    assert read[0] == written[0]
    assert math.isnan(read[1].value)
    assert '"value": null' in to_json(written)


def test_an_interval_must_hold_its_estimate() -> None:
    with pytest.raises(ValueError, match="does not hold"):
        finding(low=11.0)


def test_an_unknown_verdict_is_refused() -> None:
    with pytest.raises(ValueError, match="not one of"):
        finding(verdict="maybe")


def test_damaged_findings_say_what_to_do() -> None:
    with pytest.raises(OutputError, match="run the notebook again"):
        from_json('[{"id": "x"}]')


def test_the_repr_is_the_same_in_every_run() -> None:
    assert repr(finding()) == "Finding target_value: go"
