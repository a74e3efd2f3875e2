"""The answer, its verdict and its caveats, all as numbers and keys: the wording lives elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

    from cerm_nb.analyses.experience.classes import Classes
    from cerm_nb.analyses.experience.importance import Importance
    from cerm_nb.analyses.experience.levels import Levels
    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.analyses.experience.priorities import Priorities
    from cerm_nb.surveys import Survey

Caveat = tuple[str, "Mapping[str, object]"]

CLEAR = 0.8  # chance to be among the first from which an attribute is one of them


@dataclass(frozen=True, eq=False)
class Answer:
    """What matters, where we stand, and what first.

    Parameters
    ----------
    value, low, high
        Gap of the attribute that comes first: its experience less what was expected of it, points of the
        scale (less the level aimed at, where the params name one or nothing was expected); NaN where it could
        not be told.
    gap_from
        ``expectation``, ``params`` (the level aimed at) or ``best_competitor``: what the gap is to; empty
        where unknown.
    n
        Respondents who rated it.
    n_eff
        Equal ones they are worth.
    verdict, reason
        ``go``, ``watch``, ``stop`` or ``not_enough_data``, and why (empty for ``go``): see `verdict`.
    touchpoint, attribute
        What comes first; empty where unknown.
    p_top3
        Chance that it is among the first three; NaN where fewer than six are ranked.
    share
        Its share of importance.
    against
        Our experience of it less the best competitor's; NaN where there is none.
    against_p
        Its p, adjusted for the choice of the best and for all attributes.
    caveats
        (key, values) in the order to be shown.
    """

    value: float
    low: float
    high: float
    gap_from: str
    n: int
    n_eff: float
    verdict: str
    reason: str
    touchpoint: str
    attribute: str
    p_top3: float
    share: float
    against: float
    against_p: float
    caveats: tuple[Caveat, ...]

    @property
    def lead(self) -> float:
        """Lead of the best competitor there, points."""
        return -self.against


def answer(
    survey: Survey,
    table: pd.DataFrame,
    found: Importance,
    levels: Levels,
    kinds: Classes,
    first: Priorities,
    own: Params,
) -> Answer:
    """Put the answer together.

    Parameters
    ----------
    survey, table, found, levels, kinds, first
        From `read_survey`, `attributes_table`, `derive`, `levels`, `classes` and `priorities`.
    own
        confidence is used.
    """
    caveats = (*survey.caveats, *found.caveats, *levels.caveats, *_caveats(survey, found, kinds, first))
    ranked = first.attributes.dropna(subset=["priority"]).sort_values("rank", kind="stable")
    if ranked.empty:
        aimless = bool(first.source) and (first.attributes["target_from"] == "").all()
        reason = "no_target" if aimless else found.reason or "too_few_answers"
        unknown = (np.nan, np.nan, np.nan)
        return Answer(*unknown, "", 0, 0.0, "not_enough_data", reason, "", "", *unknown, np.nan, caveats)
    row = ranked.iloc[0]
    touchpoint, attribute = str(row["touchpoint"]), str(row["attribute"])
    at = survey.find(touchpoint, attribute)
    ours = table[table["brand"] == survey.own_brand].iloc[at]
    level = levels.of(survey.own_brand).iloc[at]
    aimed = row["target_from"] == "params" or not np.isfinite(level["gap"])
    gap = _to_target(level, row) if aimed else _to_expectation(level)
    against = float(ours["difference_vs_best"]), float(ours["p_adjusted"])
    sure = float(row["p_first"]) >= CLEAR or len(ranked) == 1
    decision, reason = verdict(found, gap, against, own, sure=sure)
    told = float(row["p_top3"]), float(row["weight"])
    n, n_eff = int(level["n"]), float(level["n_eff"])
    source = str(row["target_from"]) if aimed else "expectation"
    return Answer(*gap, source, n, n_eff, decision, reason, touchpoint, attribute, *told, *against, caveats)


def _to_expectation(level: pd.Series[float]) -> tuple[float, float, float]:
    return float(level["gap"]), float(level["gap_low"]), float(level["gap_high"])


def _to_target(level: pd.Series[float], row: pd.Series[Any]) -> tuple[float, float, float]:
    """Gap to the level aimed at; the best competitor's is no fixed one, so its interval is that to any."""
    ends = ("experience", "experience_low", "experience_high")
    value, low, high = (float(level[name]) - float(row["target"]) for name in ends)
    if row["target_from"] != "best_competitor":
        return value, low, high
    return value, float(row["against_low"]), float(row["against_high"])


def verdict(
    found: Importance,
    gap: tuple[float, float, float],
    against: tuple[float, float],
    own: Params,
    *,
    sure: bool,
) -> tuple[str, str]:
    """Judge whether we are good where it matters.

    Parameters
    ----------
    found
        From `derive`.
    gap
        Gap of the first attribute, low and high.
    against
        Our lead on the best competitor there, and its adjusted p.
    own
        confidence is used: the best competitor is ahead where the adjusted p is below 1 less that.
    sure
        Whether the attribute is among the first three, or the first half of fewer than six, in at least
        `CLEAR` of the draws; or the only one.

    Returns
    -------
    tuple of str
        Verdict and reason, the first that applies:

        - ``stop``, mend before anything new is promised: the first attribute falls short and the best
        competitor
          is ahead on it (``behind_where_it_matters``);
        - ``watch``: importance is only what respondents say (``importance_stated_only``), the first attribute
          falls short (``gap_where_it_matters``), which comes first is unclear (``first_unclear``), or its gap
          may be one (``gap_unclear``);
        - ``go``: the first attribute is at the level expected or above.
    """
    short = gap[2] < 0
    lost = against[0] < 0 and against[1] < own.significance
    rules = (
        ("stop", "behind_where_it_matters", short and lost and sure),
        ("watch", "importance_stated_only", bool(found.reason)),
        ("watch", "first_unclear", not sure),
        ("watch", "gap_where_it_matters", short),
        ("watch", "gap_unclear", gap[1] < 0),
    )
    return next(((name, reason) for name, reason, applies in rules if applies), ("go", ""))


def _caveats(survey: Survey, found: Importance, kinds: Classes, first: Priorities) -> Iterator[Caveat]:
    if found.reason:
        yield "importance_not_derived", {"reason": found.reason, "n": found.n}
    else:
        yield (
            "importance_is_association",
            {"r_squared": found.r_squared, "n": found.n, "method": found.method},
        )
    open_classes = int((kinds.frame["class"] == "undetermined").sum())
    if open_classes:
        yield "classes_undetermined", {"n": open_classes, "items": len(kinds.frame)}
    if len(survey.brands) < 2:
        yield "no_competitors", {}
    if len(survey.waves) < 2:
        yield "one_wave", {"wave": survey.wave}
    if first.attributes["target_from"].eq("").any():
        yield "target_unknown", {"n": int(first.attributes["target_from"].eq("").sum())}
