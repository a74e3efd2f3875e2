"""One answer to one question, with its verdict: what a notebook concludes and a reviewer reads first."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from cerm_nb.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable

VERDICTS = ("go", "watch", "stop", "not_enough_data")


@dataclass(frozen=True)
class Finding:
    """One answer: a number with its interval and n, a verdict, and what to do next.

    Parameters
    ----------
    id
        Stable name within the notebook, for example ``"target_value"``.
    question
        The question answered, in the reader's language.
    verdict
        One of ``go``, ``watch``, ``stop``, ``not_enough_data``.
    answer
        One sentence with the number in it, in the reader's language.
    value, low, high
        Estimate and interval in ``unit``; NaN where undetermined.
    n
        Number of units the estimate rests on.
    basis
        The same in the reader's words, ``"472 of 2,357 customers"``.
    unit
        Unit of the estimate: a currency code, ``"share"``, ``"customers"`` and so on.
    caveats
        What the reader must know before using the number, generated from the data.
    action, owner
        What to do next, and who does it.

    Raises
    ------
    ValueError
        For an unknown verdict, or an interval that does not hold its estimate.
    """

    id: str
    question: str
    verdict: str
    answer: str
    value: float
    low: float
    high: float
    n: int
    basis: str
    unit: str
    caveats: list[str] = field(default_factory=list)
    action: str = ""
    owner: str = ""

    def __post_init__(self) -> None:
        if self.verdict not in VERDICTS:
            raise ValueError(f"verdict {self.verdict!r} is not one of {list(VERDICTS)}")
        known = not any(math.isnan(number) for number in (self.value, self.low, self.high))
        if known and not self.low <= self.value <= self.high:
            raise ValueError(f"{self.id}: the interval [{self.low}, {self.high}] does not hold {self.value}")

    def __repr__(self) -> str:
        # Constant between runs that find the same, and short: the page shows the card, nbval compares this.
        return f"Finding {self.id}: {self.verdict}"


def to_json(findings: Iterable[Finding]) -> str:
    """Write findings as JSON text: sorted keys, undetermined numbers as null, a newline at the end."""
    plain = [{name: _finite(value) for name, value in asdict(finding).items()} for finding in findings]
    return json.dumps(plain, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"


def from_json(text: str) -> list[Finding]:
    """Read findings back.

    Raises
    ------
    OutputError
        When the text was not written by `to_json`.
    """
    try:
        names = {entry.name for entry in fields(Finding)}
        return [
            Finding(**{name: _number(name, value) for name, value in entry.items() if name in names})
            for entry in json.loads(text)
        ]
    except (ValueError, TypeError) as error:
        raise OutputError(f"findings.json is damaged: {error}; run the notebook again") from error


def _finite(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _number(name: str, value: Any) -> Any:
    return math.nan if value is None and name in {"value", "low", "high"} else value
