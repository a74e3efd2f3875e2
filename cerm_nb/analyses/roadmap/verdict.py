"""The answer, its verdict and its caveats, all as numbers and keys: the wording lives elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.roadmap.names import called, readers_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cerm_nb.analyses.roadmap.causes import Causes
    from cerm_nb.analyses.roadmap.initiatives import Initiatives
    from cerm_nb.analyses.roadmap.parameters import Params
    from cerm_nb.analyses.roadmap.selection import Selection
    from cerm_nb.analyses.roadmap.worth import Worth
    from cerm_nb.surveys import Survey

Caveat = tuple[str, "Mapping[str, object]"]

CLEAR = 0.5  # share of the draws in which every selected initiative must be selected
TABLE = [
    "initiative",
    "name",
    "area",
    "touchpoint",
    "attribute",
    "indicator",
    "state",
    "impact",
    "low",
    "high",
]
TABLE += [
    "gap",
    "success",
    "priority",
    "priority_low",
    "priority_high",
    "rank",
    "p_top3",
    "gain",
    "cost",
    "staff",
]
TABLE += ["months", "depends_on", "p_selected", "selected", "start", "end", "critical", "measured"]


@dataclass(frozen=True, eq=False)
class Answer:
    """What must change inside, and what it is expected to bring.

    Parameters
    ----------
    value, low, high
        Points of the outcome the selected initiatives are expected to bring together; NaN where unknown.
    n
        Respondents' rows it rests on.
    verdict, reason
        ``go``, ``watch``, ``stop`` or ``not_enough_data``, and why (empty for ``go``): see `verdict`.
    selected, candidates
        Number of initiatives selected, and of those not begun.
    cost, staff
        Money and staff months they take.
    first, first_name
        Initiative selected with the highest priority; empty where none is.
    p_top3, p_selected
        Its chance to be among the first three, and to be selected.
    begins
        First month of the schedule, ``2026-07``; empty where nothing is.
    ends
        Last month of it.
    caveats
        (key, values) in the order to be shown.
    """

    value: float
    low: float
    high: float
    n: int
    verdict: str
    reason: str
    selected: int
    candidates: int
    cost: float
    staff: float
    first: str
    first_name: str
    p_top3: float
    p_selected: float
    begins: str
    ends: str
    caveats: tuple[Caveat, ...]


def initiatives_table(found: Initiatives, chosen: Selection, plan: pd.DataFrame) -> pd.DataFrame:
    """Lay out initiatives: those not begun by priority, then those running, then those done.

    Parameters
    ----------
    found, chosen, plan
        From `initiatives`, `select` and `schedule`.

    Returns
    -------
    DataFrame
        The columns of `TABLE`; start and end are those of the schedule, or of what has begun.
    """
    frame = found.frame.assign(selected=chosen.chosen, p_selected=chosen.p_selected)
    dates = frame[["initiative"]].merge(plan[["initiative", "start", "end", "critical"]], how="left")
    begun = frame["state"] != "planned"
    start = pd.to_datetime(dates["start"]).set_axis(frame.index).mask(begun, frame["start"])
    critical = dates["critical"].fillna(value=False).astype(bool)
    frame = frame.assign(
        start=start.to_numpy(), end=pd.to_datetime(dates["end"]).to_numpy(), critical=critical
    )
    order = frame["state"].map({"planned": 0, "running": 1, "done": 2})
    keys = frame.assign(order=order).sort_values(["order", "rank", "initiative"], na_position="last").index
    return frame.loc[keys, TABLE].reset_index(drop=True)


def answer(
    survey: Survey,
    worth: Worth,
    causes: Causes,
    found: Initiatives,
    chosen: Selection,
    plan: pd.DataFrame,
    own: Params,
) -> Answer:
    """Put the answer together.

    Parameters
    ----------
    survey, worth, causes, found, chosen, plan
        From `read_survey`, `worth_of`, `causes`, `initiatives`, `select` and `schedule`.
    own
        gain_margin is used.
    """
    decision, reason = verdict(worth, found, chosen, own)
    known = decision != "not_enough_data"
    numbers = (chosen.gain, chosen.gain_low, chosen.gain_high) if known else (np.nan,) * 3
    picked = found.frame[chosen.chosen].assign(p_selected=chosen.p_selected[chosen.chosen])
    first = picked.sort_values(["rank", "initiative"], na_position="last").head(1)
    begun = plan[plan["state"] == "planned"]
    mine = called(_caveats(causes, found, chosen), readers_names(found.frame, "initiative"))
    caveats = (*survey.caveats, *worth.caveats, *causes.caveats, *mine)
    return Answer(
        *numbers,
        n=worth.n,
        verdict=decision,
        reason=reason,
        selected=int(chosen.chosen.sum()),
        candidates=int(found.open.sum()),
        cost=chosen.cost,
        staff=chosen.staff,
        first=str(first["initiative"].iloc[0]) if len(first) else "",
        first_name=str(first["name"].iloc[0]) if len(first) else "",
        p_top3=float(first["p_top3"].iloc[0]) if len(first) else np.nan,
        p_selected=float(first["p_selected"].iloc[0]) if len(first) else np.nan,
        begins=f"{begun['start'].min():%Y-%m}" if len(begun) else "",
        ends=f"{begun['end'].max():%Y-%m}" if len(begun) else "",
        caveats=caveats,
    )


def verdict(worth: Worth, found: Initiatives, chosen: Selection, own: Params) -> tuple[str, str]:
    """Judge whether to begin.

    Parameters
    ----------
    worth, found, chosen
        From `worth_of`, `initiatives` and `select`.
    own
        gain_margin is used.

    Returns
    -------
    tuple of str
        Verdict and reason, the first that applies:

        - ``not_enough_data``: there are no initiatives (``no_initiatives``) or none is left to begin
          (``all_begun``), what a point is worth is unknown (the reason of `worth_of`), or what every
          initiative improves (``no_impact_known``);
        - ``stop``: nothing is missing where they work (``nothing_missing``), or none of those that bring
          something fits the limits (``nothing_fits``);
        - ``watch``: the interval of the gain reaches 0 (``gain_unclear``), the gain is smaller than what is
          worth beginning for (``gain_small``), or a selected initiative is not selected in most draws
          (``selection_unclear``);
        - ``go``.
    """
    open_ones = found.frame[found.open]
    worthwhile = (open_ones["priority"] > 0).any()
    rules = (
        ("not_enough_data", "no_initiatives", found.frame.empty),
        ("not_enough_data", "all_begun", open_ones.empty),
        ("not_enough_data", worth.reason, bool(worth.reason)),
        ("not_enough_data", "no_impact_known", not open_ones["priority"].notna().any()),
        ("stop", "nothing_missing", not worthwhile),
        ("stop", "nothing_fits", not chosen.chosen.any()),
        ("watch", "gain_unclear", not chosen.gain_low > 0),
        ("watch", "gain_small", chosen.gain < own.gain_margin),
        ("watch", "selection_unclear", bool((chosen.p_selected[chosen.chosen] < CLEAR).any())),
    )
    return next(((name, reason) for name, reason, applies in rules if applies), ("go", ""))


def _caveats(causes: Causes, found: Initiatives, chosen: Selection) -> Iterator[Caveat]:
    if causes.reason:
        yield "causes_not_tested", {"reason": causes.reason}
    judged = int((found.open & (found.frame["measured"] != "effect")).sum())
    if judged:
        yield "effects_are_judged", {"n": judged}
    yield from found.caveats
    if chosen.chosen.any() and chosen.limits.empty:
        yield "no_limits", {"n": int(chosen.chosen.sum())}
