"""One model of what customers prefer, from whatever tasks the client has; or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.choice_tasks import METHODS, read_tasks
from cerm_nb.analyses.promise.coding import coding_of
from cerm_nb.analyses.promise.hierarchical import AGREED, hierarchical
from cerm_nb.analyses.promise.preference import preferences
from cerm_nb.analyses.promise.ratings import rate
from cerm_nb.analyses.promise.shares import prepare
from cerm_nb.errors import DataError, NotEnoughData
from cerm_nb.surveys import published_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.analyses.promise.choice_tasks import Tasks
    from cerm_nb.analyses.promise.hierarchical import PartWorths
    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.analyses.promise.shares import Market
    from cerm_nb.errors import Problem
    from cerm_nb.stats import Floats
    from cerm_nb.surveys import Survey

PROFILES = ("choice", "rating")
"""Methods that show whole offers, the one that is taken first."""
ITEMS = "best_worst"
RULES_OF = {"choice": "logit", "rating": "first_choice"}


@dataclass(frozen=True, eq=False)
class Model:
    """What tasks of one method tell.

    Parameters
    ----------
    reason
        Empty, or why nothing is told: ``no_choices`` (of that kind), or a reason of `hierarchical` or `rate`.
    method
        ``choice``, ``rating`` or ``best_worst``; empty without tasks.
    tasks, market
        As read, and ready for scenarios; None where there is a reason (tasks: where there are none).
    caveats
        (key, values) in the order to be shown.
    """

    reason: str
    method: str = ""
    tasks: Tasks | None = None
    market: Market | None = None
    caveats: tuple[tuple[str, Mapping[str, object]], ...] = ()

    @property
    def rule(self) -> str:
        """Rule of shares that fits: ratings have no scale of choices, so the best profile wins there."""
        return RULES_OF.get(self.method, "logit")

    @property
    def worths(self) -> PartWorths:
        """Part-worths of the model.

        Raises
        ------
        NotEnoughData
            With the reason, where there is no model.
        """
        return ready(self).part_worths


def ready(model: Model) -> Market:
    """Give the market of a model.

    Raises
    ------
    NotEnoughData
        With the reason, where there is no model.
    """
    if model.market is None:
        raise NotEnoughData(model.reason)
    return model.market


def read_methods(choices: pd.DataFrame | None, own: Params) -> dict[str, Tasks]:
    """Read the tasks of every method there is.

    Parameters
    ----------
    choices
        The client table; None where there is none.
    own
        price_attribute is used.

    Raises
    ------
    DataError
        With the problems of all methods.
    """
    found: dict[str, Tasks] = {}
    problems: list[Problem] = []
    if choices is None:
        return found
    given = set(choices["method"].astype("str"))
    for method in (name for name in METHODS if name in given):
        price = own.price_attribute if method in PROFILES else ""
        try:
            found[method] = read_tasks(choices, method, price)
        except DataError as error:
            problems += error.problems
    if problems:
        raise DataError(problems)
    return found


def levels_shown(tasks: Mapping[str, Tasks]) -> dict[str, tuple[str, ...]] | None:
    """Tell the levels that profiles had, by attribute; None where no profiles were shown."""
    profiles = next((tasks[name] for name in PROFILES if name in tasks), None)
    return dict(zip(profiles.attributes, profiles.levels, strict=True)) if profiles else None


def fit_preferences(tasks: Mapping[str, Tasks], survey: Survey, own: Params) -> Model:
    """Fit what customers prefer of whole offers: from choices, else from ratings.

    Parameters
    ----------
    tasks
        From `read_methods`.
    survey
        From `read_survey`, for the weights of respondents.
    own
        hb_draws, hb_burn_in, confidence, bootstrap and seed are used.
    """
    method = next((name for name in PROFILES if name in tasks), "")
    return _fitted(tasks[method], survey, own) if method else Model("no_choices")


def fit_items(tasks: Mapping[str, Tasks], survey: Survey, own: Params) -> Model:
    """Fit what matters most and least of the items of best–worst tasks; parameters as `fit_preferences`."""
    return _fitted(tasks[ITEMS], survey, own) if ITEMS in tasks else Model("no_choices")


def gains(model: Model, own: Params) -> pd.DataFrame | None:
    """Tell what each promise adds to our share of preference (see `preferences`); None without a model."""
    return None if model.market is None else preferences(model.market, own, model.rule)


def _fitted(tasks: Tasks, survey: Survey, own: Params) -> Model:
    held = _weights(survey, tasks)
    try:
        worths, caveats = _estimated(tasks, own, held)
        at = pd.Index(tasks.respondents).get_indexer(worths.respondents)
        return Model("", tasks.method, tasks, prepare(worths, own, held[at]), caveats)
    except NotEnoughData as error:
        return Model(error.reason, tasks.method, tasks)


def _estimated(
    tasks: Tasks, own: Params, held: Floats
) -> tuple[PartWorths, tuple[tuple[str, Mapping[str, object]], ...]]:
    if tasks.method == "rating":
        rated = rate(tasks, own.confidence, held)
        return rated, rated.caveats
    found = hierarchical(
        tasks,
        coding_of(tasks),
        draws=own.hb_draws,
        burn_in=own.hb_burn_in,
        confidence=own.confidence,
        seed=own.seed,
    )
    if found.converged:
        return found, ()
    r_hat = float(found.diagnostics["r_hat"].max())
    return found, (("chains_disagree", {"method": tasks.method, "r_hat": r_hat, "most": AGREED}),)


def _weights(survey: Survey, tasks: Tasks) -> Floats:
    """Weights of respondents in the survey; the mean of them for who answered the tasks alone."""
    by_person = pd.Series(survey.weights).groupby(survey.rows["respondent"].to_numpy()).mean()
    held = by_person.reindex(tasks.respondents)
    return np.asarray(held.fillna(held.mean()).fillna(1.0), dtype=float)


def target_respondents(survey: Survey, customers: pd.DataFrame | None) -> set[str] | None:
    """Find the respondents who are target customers.

    Parameters
    ----------
    survey
        From `read_survey`.
    customers
        Published by the value question (customer_id, is_target); None where it is not.

    Returns
    -------
    set of str, or None
        None where they cannot be known.
    """
    if customers is None or "customer_id" not in survey.respondents:
        return None
    people = survey.rows["respondent"].unique().tolist()
    target = published_of(survey, people, customers, "is_target")
    return set(target.index[target == "True"])
