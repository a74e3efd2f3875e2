"""Individual part-worths: multinomial logit with a normal distribution of part-worths between respondents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.promise.hierarchical_chains import effective_draws, r_hat
from cerm_nb.analyses.promise.hierarchical_panel import panel
from cerm_nb.analyses.promise.hierarchical_sampler import Sampler, sample
from cerm_nb.analyses.promise.hierarchical_summaries import importances, named, summary
from cerm_nb.analyses.promise.logit import logit
from cerm_nb.analyses.promise.logit_stages import stages_of
from cerm_nb.errors import NotEnoughData
from cerm_nb.stats.threads import one_thread

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.promise.choice_tasks import Tasks
    from cerm_nb.analyses.promise.coding import Coding
    from cerm_nb.stats import Floats

FEWEST = 5
"""Respondents below which there is no distribution between respondents to speak of."""
AGREED = 1.1


@dataclass(frozen=True, eq=False)
class PartWorths:
    """Part-worths of each respondent as draws.

    Parameters
    ----------
    coding
        What the columns mean; ``coding.to_levels(draws)`` are part-worths of levels.
    respondents
        Identifiers, shape (respondents,).
    draws
        Kept draws of the coefficients of every respondent, chain after chain, float32, shape (kept,
        respondents, columns).
    population
        Draws of the mean of the population, all after burn-in, shape (chains, draws, columns).
    levels
        attribute, level, estimate, std_error, low, high, n: mean part-worth in the population these
        respondents stand for, in logits, zero-sum within an attribute.
    importance
        attribute, importance, std_error, low, high, n: mean over respondents of the individual range of an
        attribute's part-worths as share (0–1) of all ranges; "none" has none.
    diagnostics
        attribute, level, r_hat, effective_draws of the population's mean part-worths.
    converged
        Whether every r_hat is at most 1.1.
    """

    coding: Coding
    respondents: np.ndarray
    draws: np.ndarray
    population: Floats
    levels: pd.DataFrame
    importance: pd.DataFrame
    diagnostics: pd.DataFrame
    converged: bool


def hierarchical(
    tasks: Tasks,
    coding: Coding,
    *,
    draws: int = 2000,
    burn_in: int = 500,
    chains: int = 2,
    thin: int = 5,
    confidence: float = 0.95,
    seed: int = 0,
) -> PartWorths:
    """Fit individual part-worths to choice or best-worst tasks; hold-out tasks are not used.

    Parameters
    ----------
    tasks
        From `read_tasks`.
    coding
        From `coding_of`.
    draws
        Draws of all chains together, after burn-in.
    burn_in
        Sweeps of each chain in which its steps are settled.
    chains, thin
        Chains of 2 or more, and sweeps between two kept draws of respondents.
    confidence
        Posterior probability of the intervals.
    seed
        Makes the draws repeatable.

    Raises
    ------
    NotEnoughData
        ``too_few_respondents``; or why there is no pooled estimate: ``one_level``, ``too_few_choices``,
        ``collinear_levels``, ``separated`` with the attributes.

    Notes
    -----
    Train 2009, chapter 12; Rossi, Allenby & McCulloch 2005. Part-worths are normal between respondents, with
    a flat prior of the mean and half-t priors of standard deviations (Huang & Wand 2013), so that respondents
    who are alike are not drawn apart by the prior. A respondent whose choices are perfectly separated, or
    who has none, borrows from the rest. In sample the individual model fits far better than it forecasts:
    judge it by `judge`.
    """
    choices = stages_of(tasks.fitting, coding)
    found = len(np.unique(choices.respondent))
    if found < FEWEST:
        raise NotEnoughData("too_few_respondents", found=found, needed=FEWEST)
    with one_thread():
        pooled = logit(choices).require(coding)
        random = np.random.default_rng(seed)
        data = panel(choices, len(tasks.respondents), pooled.coefficients)
        drawn = sample(Sampler(data, pooled, chains, random), burn_in, draws // chains, thin)
    worths = coding.to_levels(drawn.population)
    agreement = r_hat(worths)
    return PartWorths(
        coding,
        tasks.respondents,
        drawn.individuals,
        drawn.population,
        summary(named(coding), worths.reshape(-1, len(coding.labels)), confidence, found),
        importances(coding, drawn.individuals, confidence, random),
        named(coding).assign(r_hat=agreement, effective_draws=effective_draws(worths)),
        bool((agreement <= AGREED).all()),
    )
