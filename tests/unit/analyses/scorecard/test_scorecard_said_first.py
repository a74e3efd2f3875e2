"""Which forecast of a question is told: of the target customers first, of others the most telling."""

from __future__ import annotations

import pandas as pd
import pytest

from cerm_nb.analyses import scorecard


def scored(question: str) -> pd.DataFrame:
    """Two forecasts, that of the subject `target` held better than the other."""
    rows = pd.DataFrame(
        {
            "made_at": pd.Timestamp("2025-06-30"), "due": pd.Timestamp("2025-12-31"), "question": question,
            "source": "model", "quantity": "revenue", "subject": ["target", "wait"], "unit": "",
            "forecast": 10.0, "low": 8.0, "high": 12.0, "probability": float("nan"), "confidence": 0.95,
            "n": 1.0, "actual": [10.5, 20.0], "reason": "",
        }
    )  # fmt: skip
    return scorecard.score(rows.reindex(columns=[*dict.fromkeys([*COLUMNS, *rows])]))


COLUMNS = ["made_at", "question", "source", "quantity", "subject", "unit", "due"]


@pytest.mark.parametrize(("question", "first"), [("value", "target"), ("scorecard", "wait")])
def test_an_indicator_called_target_does_not_go_before_others(question: str, first: str) -> None:
    assert list(scorecard.said(scored(question))["subject"]) == [first]
