"""A finding as the reader meets it: verdict, sentence, number with interval and n, next action."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from cerm_nb.palette import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.report.words import PageWords


def chip(verdict: str, words: PageWords) -> dict[str, str]:
    """Name a verdict's sign, word and style.

    Raises
    ------
    ValueError
        For a verdict that is not one of `palette.VERDICTS`.
    """
    if verdict not in VERDICTS:
        raise ValueError(f"verdict {verdict!r} is not one of {list(VERDICTS)}")
    return {"verdict": verdict, "sign": VERDICTS[verdict][0], "word": words.verdicts[verdict]}


def answer(finding: Mapping[str, Any], words: PageWords) -> dict[str, Any]:
    """Lay out one finding for the template.

    Parameters
    ----------
    finding
        As in ``findings.json``: `verdict`, `answer` (the sentence), `value`, `low`, `high`, `n`, `unit`,
        `caveats`, `action`, `owner`. A number is written by `words.number`, a text is shown as it is.
    words
        The page's wording.

    Returns
    -------
    dict
        ``chip``, ``sentence``, ``question``, ``facts`` and ``steps`` (name, text), ``caveats``.
    """
    unit = str(finding.get("unit") or "")
    low, high = (_write(finding.get(end), unit, words) for end in ("low", "high"))
    facts = [
        (words.value, _write(finding.get("value"), unit, words)),
        (words.interval, f"{low} – {high}" if low and high else ""),
        (words.n, _write(finding.get("n"), "", words)),
    ]
    steps = [(words.action, finding.get("action")), (words.owner, finding.get("owner"))]
    return {
        "chip": chip(str(finding["verdict"]), words),
        "sentence": str(finding.get("answer") or ""),
        "question": str(finding.get("question") or ""),
        "facts": [(name, text) for name, text in facts if text],
        "steps": [(name, str(text)) for name, text in steps if text],
        "caveats": [str(caveat) for caveat in finding.get("caveats") or []],
    }


def _write(value: Any, unit: str, words: PageWords) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return value if isinstance(value, str) else words.number(value, unit)
