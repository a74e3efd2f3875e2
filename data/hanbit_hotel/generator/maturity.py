"""Six managers' answers to the readiness questionnaire: a planted level, leniency, difficulty and chance."""

from __future__ import annotations

import numpy as np
import pandas as pd

from generator import planted
from generator.random import stream

MANAGERS = ("총지배인", "마케팅 이사", "정보시스템 팀장", "객실 팀장", "고객만족 팀장", "재무 이사")
QUESTIONS = {
    "data": ("one_number", "fields_kept", "errors_corrected", "experience_recorded"),
    "systems": ("one_view", "linked", "machine_readable", "at_hand"),
    "process": ("kept_current", "duplicates_merged", "recorded_at_contact", "rules_written"),
    "organisation": ("owner", "used_in_decisions", "skills", "shared_across_units"),
    "customer_strategy": ("targets_named", "value_known", "return_measured", "promise_stated"),
}
"""Keys of the readiness questionnaire by dimension."""


def answers(seed: int) -> pd.DataFrame:
    """Draw every manager's answer from 1 to 5: dimension, question, answer, respondent."""
    rng = stream(seed, "maturity")
    spread = planted.MATURITY_SPREAD
    leniency = rng.normal(0, spread["manager"], len(MANAGERS))
    rows = []
    for dimension, level in planted.MATURITY.items():
        for question in QUESTIONS[dimension]:
            centre = level + rng.normal(0, spread["question"]) + leniency
            given = np.clip(np.rint(centre + rng.normal(0, spread["answer"], len(MANAGERS))), 1, 5)
            rows += [
                {
                    "dimension": dimension,
                    "question": f"{dimension}.{question}",
                    "answer": int(one),
                    "respondent": manager,
                }
                for one, manager in zip(given, MANAGERS, strict=True)
            ]
    return pd.DataFrame(rows)
