"""Every reason, caveat, verdict, segment and column the value analysis can give has a wording."""

import re
from pathlib import Path

import pytest

from cerm_nb import findings, messages
from cerm_nb.analyses import value

ROOM = Path(value.__file__).parent
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOM.glob("*.py")))


def found(pattern: str) -> list[str]:
    keys = sorted(set(re.findall(pattern, SOURCE)))
    assert keys, f"nothing matches {pattern}: the scan is out of date"
    return keys


REASONS = found(r'NotEnoughData\(\s*"(\w+)"') + found(r'Backtest\(\s*"(\w+)"') + ["no_revenue", "few_targets"]
CAVEATS = (
    found(r'yield "(\w+)", \{')
    + found(r'yield \(\s*"(\w+)",')
    + ["totals_underpredicted", "totals_overpredicted", "models_close", "models_close_before_check"]
)
RULINGS = found(r'\("(?:stop|watch)", "(\w+)"')


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_for_not_enough_data_is_worded(reason: str) -> None:
    assert f"not_enough.{reason}" in messages.catalogue()


@pytest.mark.parametrize("caveat", CAVEATS)
def test_a_caveat_is_worded(caveat: str) -> None:
    assert f"value.caveat.{caveat}" in messages.catalogue()


@pytest.mark.parametrize("ruling", [*RULINGS, "sound", "few_targets"])
def test_a_verdict_says_why(ruling: str) -> None:
    assert f"value.verdict.{ruling}" in messages.catalogue()


@pytest.mark.parametrize("verdict", findings.VERDICTS)
def test_a_verdict_has_an_action(verdict: str) -> None:
    assert f"value.action.{verdict}" in messages.catalogue()


@pytest.mark.parametrize("name", [*value.SEGMENTS.values(), *value.Params.model_fields])
def test_segments_and_parameters_have_names(name: str) -> None:
    assert f"label.{name}" in messages.catalogue()
