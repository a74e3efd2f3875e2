"""How well forecasts hold: choices kept back, forecast by individual part-worths, pooled ones, and chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.logit import logit
from cerm_nb.analyses.promise.logit_stages import shares, stages_of
from cerm_nb.errors import NotEnoughData
from cerm_nb.stats import student_quantile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.analyses.promise.choice_tasks import Tasks
    from cerm_nb.analyses.promise.hierarchical import PartWorths
    from cerm_nb.analyses.promise.logit_stages import Stages
    from cerm_nb.stats import Floats

MEASURES = ("hit_rate", "log_likelihood")


def judge(tasks: Tasks, worths: PartWorths, confidence: float = 0.95) -> pd.DataFrame:
    """Compare forecasts of choices, above all of those kept back.

    Parameters
    ----------
    tasks
        All tasks; those with levels no fitting task shows are left out.
    worths
        From `hierarchical` on the same tasks.
    confidence
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        sample (``holdout``, ``fitting``), model (``individual``, ``pooled``, ``chance``, and ``gain``:
        individual less pooled), measure (``hit_rate``: share of choices the model thought most likely;
        ``log_likelihood``: mean logarithm of the probability it gave to what was chosen), estimate, low, high
        (respondents as clusters), respondents, choices, left_out (tasks). Of ``fitting`` nothing follows: the
        individual model has seen those choices.

    Raises
    ------
    NotEnoughData
        ``no_holdout_tasks``; ``unknown_levels`` where all of them show levels no fitting task shows.
    """
    if not tasks.holdout.any():
        raise NotEnoughData("no_holdout_tasks", tasks=len(tasks.task))
    pooled = logit(stages_of(tasks.fitting, worths.coding)).require(worths.coding).coefficients
    known = worths.coding.known(tasks)
    if not (known & tasks.holdout).any():
        raise NotEnoughData("unknown_levels", tasks=int(tasks.holdout.sum()))
    rows: list[dict[str, object]] = []
    for sample, part in (("holdout", tasks.holdout), ("fitting", ~tasks.holdout)):
        choices = stages_of(tasks.where(part & known), worths.coding)
        left_out = {"left_out": int((part & ~known).sum())}
        rows += [{"sample": sample} | row | left_out for row in _rows(choices, worths, pooled, confidence)]
    return pd.DataFrame(rows)


def _rows(
    choices: Stages, worths: PartWorths, pooled: Floats, confidence: float
) -> Iterator[dict[str, object]]:
    one = shares(choices.contrasts @ pooled, choices.rivals)
    alike = shares(np.zeros(choices.rivals.shape), choices.rivals)
    scored = {
        "individual": _scores(*_predictive(choices, worths.draws)),
        "pooled": _scores(np.exp(one.log_chosen), one.rivals),
        "chance": _scores(np.exp(alike.log_chosen), alike.rivals),
    }
    scored["gain"] = scored["individual"] - scored["pooled"]
    for model, scores in scored.items():
        for measure, values in zip(MEASURES, scores.T, strict=True):
            told = _mean(values, choices, confidence)
            if measure == "hit_rate" and model != "gain":
                told |= {"low": max(told["low"], 0.0), "high": min(told["high"], 1.0)}
            yield {"model": model, "measure": measure, **told}


def _predictive(choices: Stages, draws: np.ndarray) -> tuple[Floats, Floats]:
    """Average probabilities over draws: of the chosen, (stages,), and of rivals, (stages, rivals)."""
    chosen, rivals = np.zeros(choices.rivals.shape[0]), np.zeros(choices.rivals.shape)
    for draw in draws:  # one at a time: all at once would not fit into memory
        own = draw[choices.respondent].astype(float)
        found = shares(np.einsum("srk,sk->sr", choices.contrasts, own), choices.rivals)
        chosen += np.exp(found.log_chosen) / len(draws)
        rivals += found.rivals / len(draws)
    return chosen, rivals


def _scores(chosen: Floats, rivals: Floats) -> Floats:
    """Tell hit and log-probability of each choice; of equals each is a hit in equal part; (stages, 2)."""
    best = np.maximum(rivals.max(axis=1), chosen)
    equals = (rivals > best[:, None] - 1e-12).sum(axis=1) + (chosen > best - 1e-12)
    hit = np.where(chosen > best - 1e-12, 1.0 / equals, 0.0)
    return np.column_stack([hit, np.log(np.maximum(chosen, 1e-300))])


def _mean(values: Floats, choices: Stages, confidence: float) -> dict[str, float]:
    """Tell the mean with an interval from the sums of respondents (a ratio of two sums)."""
    mean, n = float(values.mean()), len(values)
    sums = np.bincount(choices.respondent, values - mean)
    people = len(np.unique(choices.respondent))
    half = np.inf
    if people > 1:
        error = np.sqrt((sums**2).sum() * people / (people - 1)) / n
        half = float(student_quantile(confidence, people - 1) * error)
    return {"estimate": mean, "low": mean - half, "high": mean + half, "respondents": people, "choices": n}
