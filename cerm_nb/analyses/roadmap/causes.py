"""Analyse: what lies behind low ratings, contacts and unmet needs, in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.roadmap.aims import floor_of
from cerm_nb.analyses.roadmap.circumstances import Conditions, conditions, grid
from cerm_nb.stats import benjamini_hochberg

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cerm_nb.analyses.roadmap.parameters import Params
    from cerm_nb.analyses.roadmap.pareto import Pareto
    from cerm_nb.surveys import Survey

Caveat = tuple[str, "Mapping[str, object]"]

COLUMNS = ["kind", "cause", "touchpoint", "attribute", "n", "n_eff", "estimate", "low", "high", "per_unit"]
COLUMNS += ["spread", "below", "below_low", "below_high", "p", "p_adjusted"]
COLUMNS += ["share", "share_low", "share_high", "cumulative", "cumulative_low", "cumulative_high", "vital"]
FOUND = 0.05  # adjusted p under which a variable counts as a cause
ALIKE = 0.8  # correlation from which two variables can hardly be told apart
UNMET = 0.5  # share of wishes from which a theme is an unmet need


@dataclass(frozen=True, eq=False)
class Causes:
    """What lies behind what is missing.

    Parameters
    ----------
    frame
        One row per cause, the columns of `COLUMNS`: kind ``variable`` (estimate: points of the rating for
        one spread of the variable; below: change of the share below the floor), ``reason`` (of contacts) or
        ``need`` (unmet, of open answers); what does not belong to a kind is missing.
    tested
        Pairs of variable and attribute that were tested.
    reason
        Empty, or why no variable was: ``no_circumstances``, ``too_few_answers``.
    caveats
        (key, values) in the order to be shown.
    """

    frame: pd.DataFrame
    tested: int
    reason: str
    caveats: tuple[Caveat, ...]

    @property
    def found(self) -> pd.DataFrame:
        """Variables and attributes that go together beyond chance, the strongest first."""
        rows = self.frame[(self.frame["kind"] == "variable") & (self.frame["p_adjusted"] < FOUND)]
        return rows.reindex(rows["estimate"].abs().sort_values(ascending=False, kind="stable").index)


def causes(
    survey: Survey,
    circumstances: pd.DataFrame | None,
    reasons: Pareto,
    needs: pd.DataFrame | None,
    own: Params,
) -> Causes:
    """Put causes of every kind into one table.

    Parameters
    ----------
    survey, reasons
        From `read_survey` and `pareto`.
    circumstances
        Client table of this name; None where there is none.
    needs
        Published table ``experience.needs``; None where there is none.
    own
        floor, min_neff and confidence are used.
    """
    empty = circumstances is None or circumstances.empty
    met = None if circumstances is None or empty else conditions(survey, circumstances)
    variables = _variables(survey, met, own) if met is not None and len(met.names) else pd.DataFrame()
    tested = int(variables["p"].notna().sum()) if len(variables) else 0
    reason = "" if tested else ("no_circumstances" if met is None else "too_few_answers")
    parts = [variables, _reasons(reasons), _needs(needs)]
    frame = pd.concat(
        [part.reindex(columns=COLUMNS) for part in parts if len(part)] or [pd.DataFrame(columns=COLUMNS)]
    )
    frame["vital"] = frame["vital"].isin([True])
    caveats = () if met is None or not tested else tuple(_caveats(survey, met, variables, own))
    return Causes(frame.reset_index(drop=True), tested, reason, caveats)


def _variables(survey: Survey, met: Conditions, own: Params) -> pd.DataFrame:
    found = grid(survey, met, own)
    hidden = found["n_eff"] < own.min_neff
    found[["n", "n_eff"]] = found[["n", "n_eff"]].mask(hidden)
    told = found.assign(kind="variable", p_adjusted=benjamini_hochberg(found["p"]))
    return told.sort_values(["p_adjusted", "p"], kind="stable", na_position="last")


def _reasons(found: Pareto) -> pd.DataFrame:
    return found.frame.rename(columns={"reason": "cause"}).assign(kind="reason", attribute="")


def _needs(needs: pd.DataFrame | None) -> pd.DataFrame:
    if needs is None:
        return pd.DataFrame(columns=["kind"])
    unmet = needs[needs["wish_share"] > UNMET]
    return unmet.rename(columns={"terms": "cause", "respondents": "n"}).assign(kind="need", attribute="")


def _caveats(survey: Survey, met: Conditions, variables: pd.DataFrame, own: Params) -> Iterator[Caveat]:
    yield "causes_are_associations", {"tested": int(variables["p"].notna().sum()), "n": len(met.rows)}
    if met.constant:
        yield "variables_constant", {"variables": met.constant, "n": len(met.constant)}
    alike = np.triu(np.abs(pd.DataFrame(met.facts).corr().to_numpy()) >= ALIKE, 1)
    for first, second in zip(*np.nonzero(alike), strict=True):
        yield "variables_alike", {"first": met.names[first], "second": met.names[second]}
    if variables["below"].isna().all():
        yield "nobody_below_floor", {"floor": floor_of(survey, own)}
