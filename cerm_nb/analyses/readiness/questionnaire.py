"""What people say of their own maturity: the questions, and their answers per dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from cerm_nb.analyses.readiness.parameters import DIMENSIONS, HIGHEST, LOWEST
from cerm_nb.errors import DataError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

QUESTIONS = {
    "data": ("one_number", "fields_kept", "errors_corrected", "experience_recorded"),
    "systems": ("one_view", "linked", "machine_readable", "at_hand"),
    "process": ("kept_current", "duplicates_merged", "recorded_at_contact", "rules_written"),
    "organisation": ("owner", "used_in_decisions", "skills", "shared_across_units"),
    "customer_strategy": ("targets_named", "value_known", "return_measured", "promise_stated"),
}
"""Four questions per dimension, each answered from 1 (not at all) to 5 (throughout)."""

DECLARED = ["dimension", "declared", "declared_low", "declared_high", "declared_n"]
_STEP_VARIANCE = 1 / 12  # an answer in whole steps stands for half a step either way


def declared(
    answers: pd.DataFrame | None, given: Mapping[str, Sequence[float]], confidence: float
) -> pd.DataFrame:
    """Average the answers to the questionnaire.

    Parameters
    ----------
    answers
        dimension, question, answer (1–5), respondent; None where there is no table. Answers left out, or
        of no dimension, are not counted; an answer without respondent counts as one respondent.
    given
        Answers from the params: dimension → answers, each counted as one respondent.
    confidence
        Coverage, above 0 and below 1.

    Returns
    -------
    DataFrame
        Columns `DECLARED`, one row per dimension: mean of the respondents' means, with the interval of
        Student's t cut to the scale; the whole scale where only one answered, NaN where nobody did.

    Raises
    ------
    DataError
        With every answer outside the scale and every unknown dimension.
    """
    people = _by_respondent(answers, given)
    rows = [_mean(people.loc[people["dimension"] == name, "answer"], confidence) for name in DIMENSIONS]
    return pd.DataFrame(rows, columns=DECLARED[1:]).assign(dimension=list(DIMENSIONS))[DECLARED]


def _by_respondent(answers: pd.DataFrame | None, given: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    pairs = [(dimension, float(answer)) for dimension in given for answer in given[dimension]]
    alone = pd.DataFrame(pairs, columns=["dimension", "answer"])
    if answers is None:
        return alone
    _check(answers)
    told = answers[answers["answer"].notna() & answers["dimension"].notna()]
    who = (
        told["respondent"].astype("object") if "respondent" in told else pd.Series(None, told.index, "object")
    )
    nameless = pd.Series([("", row) for row in range(len(told))], told.index, dtype="object")
    person = who.where(who.notna(), nameless)
    means = told.groupby(["dimension", person])["answer"].mean()
    return pd.concat([alone, means.rename_axis(["dimension", None]).reset_index(level=0)])


def _check(answers: pd.DataFrame) -> None:
    known, numbers = answers["dimension"].isin([*DIMENSIONS, None, np.nan]), answers["answer"]
    on_scale = numbers.between(LOWEST, HIGHEST) | numbers.isna()
    wrong = answers[~known | ~on_scale]
    problems = [
        Problem(
            f"maturity → {dimension} → {question}",
            f"got {answer:g}",
            f"an answer from {LOWEST} to {HIGHEST} in one of {', '.join(DIMENSIONS)}",
        )
        for dimension, question, answer in zip(
            wrong["dimension"], wrong["question"], wrong["answer"], strict=True
        )
    ]
    if problems:
        raise DataError(problems)


def _mean(people: pd.Series[float], confidence: float) -> tuple[float, float, float, int]:
    n = len(people)
    if not n:
        return np.nan, np.nan, np.nan, 0
    mean = float(people.mean())
    if n == 1:
        return mean, float(LOWEST), float(HIGHEST), n
    spread = np.sqrt(max(float(people.var()), _STEP_VARIANCE) / n)
    half = float(stdtrit(n - 1, (1 + confidence) / 2) * spread)
    return mean, max(LOWEST, mean - half), min(HIGHEST, mean + half), n
