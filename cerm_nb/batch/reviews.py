"""Verdicts that a later look at the forecasts lowered: how an index and a page tell of it.

The question's own ``findings.json`` stays as it was; what is lowered is shown where its page and the index
are drawn.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from cerm_nb import artifacts, manifest
from cerm_nb.findings import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cerm_nb.messages import Messages

    Review = Mapping[str, Any]

NAME = "reviews.json"
_TEXTS = ("from", "to", "reason", "quantity", "subject", "unit", "made_at", "due")
_REASONS = ("too_high", "too_low", "too_narrow")
_NUMBERS = ("forecast", "low", "high", "actual")


def read(folder: Path) -> dict[str, Review]:
    """Read the reviews that a whole result of a run holds; what is damaged, or somebody's own, is none.

    Parameters
    ----------
    folder
        ``out/<client>/<as_of>``.

    Returns
    -------
    dict
        Question → review, as `cerm_nb.analyses.scorecard.reviews` gives it, and its ``question``.
    """
    for path in sorted(folder.glob(f"[0-9]*_*/{NAME}")):
        made = manifest.read(path.parent)
        if made is None or made.get("outputs", {}).get(NAME) != artifacts.sha256(path):
            continue
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue
        if isinstance(told, dict):
            return {
                question: review | {"question": question}
                for question, review in told.items()
                if _is_whole(review)
            }
    return {}


def _is_whole(review: object) -> bool:
    if not isinstance(review, dict):
        return False
    texts = all(isinstance(review.get(name), str) for name in _TEXTS)
    numbers = all(isinstance(review.get(name), float | int) for name in _NUMBERS)
    known = {review.get("from"), review.get("to")} <= set(VERDICTS) and review.get("reason") in _REASONS
    return texts and numbers and known and _is_day(review["made_at"]) and _is_day(review["due"])


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def lowered(
    found: Sequence[Mapping[str, Any]], review: Review | None, messages: Messages
) -> list[dict[str, Any]]:
    """Give findings as a page shows them: the main one with the verdict lowered, and why, first of all.

    Parameters
    ----------
    found
        As in ``findings.json``, the main answer first.
    review
        The question's review; None where there is none.
    messages
        The reader's wording.
    """
    shown = [dict(finding) for finding in found]
    if review is not None and shown and shown[0]["verdict"] == review["from"]:
        caveats = [sentence(review, messages), *shown[0]["caveats"]]
        shown[0] |= {"caveats": caveats} | _ruling(review, messages)
    return shown


def lowered_row(row: Mapping[str, Any], review: Review | None, messages: Messages) -> dict[str, Any]:
    """Give a row of the index as it is shown: with the verdict lowered, and why after the answer."""
    if review is None or row.get("verdict") != review["from"]:
        return dict(row)
    told = f"{row.get('sentence', '')} {sentence(review, messages)}".strip()
    return dict(row) | {"sentence": told} | _ruling(review, messages)


def _ruling(review: Review, messages: Messages) -> dict[str, str]:
    if review["from"] == review["to"]:
        return {}
    return {"verdict": review["to"], "action": messages("review.action")}


def sentence(review: Review, messages: Messages) -> str:
    """Say what was forecast, what happened, and what that does to the verdict."""
    numbers = {name: messages.measured(review[name], str(review["unit"])) for name in _NUMBERS}
    days = {name: date.fromisoformat(review[name]) for name in ("made_at", "due")}
    what = messages.about(review["quantity"], review["subject"], review["question"])
    told = messages("review.told", what=what, **days, **numbers)
    reason = messages(f"review.reason.{review['reason']}")
    before, after = (messages(f"verdict.{review[name]}") for name in ("from", "to"))
    if review["from"] == review["to"]:
        return messages("review.kept", before=before, reason=reason, told=told)
    return messages("review.lowered", before=before, after=after, reason=reason, told=told)
