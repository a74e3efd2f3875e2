"""The few rows of a result that one figure or table shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.experience.frames import to_best
from cerm_nb.analyses.experience.importance import TOP
from cerm_nb.analyses.experience.verdict import CLEAR
from cerm_nb.surveys import item_names

if TYPE_CHECKING:
    from cerm_nb.analyses.experience.classes import Classes
    from cerm_nb.analyses.experience.drivers import Drivers
    from cerm_nb.analyses.experience.importance import Importance
    from cerm_nb.analyses.experience.levels import Levels
    from cerm_nb.analyses.experience.needs import Needs
    from cerm_nb.analyses.experience.parameters import Params
    from cerm_nb.analyses.experience.priorities import Priorities
    from cerm_nb.surveys import Survey

MOST = 12  # rows of a figure
SIDE_BY_SIDE, RIVALS = 8, 3  # attributes and competitors set side by side


@dataclass(frozen=True, eq=False)
class Standing:
    """Differences that many comparisons leave standing.

    Parameters
    ----------
    kind
        ``both``, ``behind``, ``ahead`` or ``alike``: which differences remain after adjusting p.
    behind, ahead, compared
        How many attributes are worse, better, and compared at all.
    lowest, highest
        The attributes with the clearest difference downward and upward, as 'touchpoint / attribute'; empty
        where none remains.
    frame
        item, difference, low, high, n, p_adjusted: the clearest, at most `MOST`, from the lowest up.
    """

    kind: str
    behind: int
    ahead: int
    compared: int
    lowest: str
    highest: str
    frame: pd.DataFrame

    @property
    def counts(self) -> dict[str, int]:
        """Numbers of differences, for a title."""
        return {"behind": self.behind, "ahead": self.ahead, "compared": self.compared}


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """Put 'touchpoint / attribute' into a column ``item``."""
    return frame.assign(item=item_names(frame))


def moments(first: Priorities) -> pd.DataFrame:
    """List touchpoints along the journey with ``low`` and ``high`` of below_floor, and the moments of truth.

    A moment of truth is among the first three in at least `CLEAR` of the draws; see `among_first` for where
    there are too few touchpoints for it.
    """
    frame = first.touchpoints.rename(columns={"below_low": "low", "below_high": "high"})
    return frame.assign(is_moment=frame["p_top3"] >= CLEAR)


def moments_kind(touchpoints: pd.DataFrame) -> str:
    """Tell what can be said of moments of truth: ``clear``, ``unclear``, or why nothing can.

    ``few`` touchpoints (fewer than twice the first three), or their weight is ``unknown``.
    """
    ranked = int(touchpoints["rank"].notna().sum())
    if not ranked:
        return "unknown"
    if ranked < 2 * TOP:
        return "few"
    return "clear" if touchpoints["is_moment"].any() else "unclear"


def stated_and_derived(found: Importance, levels: Levels, survey: Survey) -> pd.DataFrame:
    """Put derived importance beside what respondents say, the highest derived first.

    Returns
    -------
    DataFrame
        item, importance_stated (missing where not asked), importance_derived, low, high, p_top3; no rows
        where nobody was asked or nothing could be derived.
    """
    stated = levels.of(survey.own_brand)["importance_stated"]
    if found.reason or stated.isna().all():
        return pd.DataFrame(columns=["item", "importance_stated", "importance_derived"])
    both = named(found.frame).rename(columns={"share": "importance_derived"})
    both = both.assign(importance_stated=stated).dropna(subset=["importance_derived"])
    return both.sort_values("importance_derived", ascending=False, kind="stable", ignore_index=True)


def worst_gaps(survey: Survey, levels: Levels) -> tuple[pd.DataFrame, int, int]:
    """Pick our lowest gaps.

    Returns
    -------
    lowest : DataFrame
        item, gap, low, high, n: at most `MOST`, from the lowest up.
    short, known : int
        Attributes whose interval lies below 0, and those whose gap is known.
    """
    gaps = named(levels.of(survey.own_brand)).dropna(subset=["gap"])
    told = gaps[["item", "gap", "gap_low", "gap_high", "n"]].sort_values("gap", kind="stable").head(MOST)
    lowest = told.rename(columns={"gap_low": "low", "gap_high": "high"}).reset_index(drop=True)
    return lowest, int((gaps["gap_high"] < 0).sum()), len(gaps)


def standing(differences: pd.DataFrame, own: Params) -> Standing:
    """Tell which differences remain; see `Standing`.

    Parameters
    ----------
    differences
        touchpoint, attribute (or competitor alone), difference, low, high, n, p, p_adjusted. Of the
        competitors an attribute's best (`is_best`) is compared, by p_best.
    own
        confidence is used: an adjusted p below 1 less that remains.
    """
    if "is_best" in differences:
        differences = to_best(differences)
    known = differences.dropna(subset=["difference"])
    known = known.rename(columns={"competitor": "item"}) if "touchpoint" not in known else named(known)
    clear = known[known["p_adjusted"] < own.significance]
    worse, better = clear[clear["difference"] < 0], clear[clear["difference"] > 0]
    kinds = {(True, True): "both", (True, False): "behind", (False, True): "ahead"}
    shown = known.sort_values(["p_adjusted", "p"], kind="stable").head(MOST)
    return Standing(
        kinds.get((len(worse) > 0, len(better) > 0), "alike"),
        len(worse),
        len(better),
        len(known),
        _first(worse.sort_values("difference")["item"]),
        _first(better.sort_values("difference", ascending=False)["item"]),
        shown.sort_values("difference", kind="stable", ignore_index=True),
    )


def _first(values: pd.Series[str]) -> str:
    return str(values.iloc[0]) if len(values) else ""


def side_by_side(survey: Survey, levels: Levels, first: Priorities) -> pd.DataFrame:
    """Set expectation, our experience and the competitors' side by side for the attributes that come first.

    Returns
    -------
    DataFrame
        item, expectation (where anything was expected), a column for each brand, own_low and own_high.
    """
    ranked = first.attributes.dropna(subset=["priority"]).sort_values("rank", kind="stable")
    rows = ranked.index[:SIDE_BY_SIDE]
    ours = named(levels.of(survey.own_brand)).loc[rows]
    brands = survey.brands[: RIVALS + 1]
    table = ours[["item", "expectation"]].dropna(axis=1, how="all")
    experience = {brand: levels.of(brand).loc[rows, "experience"] for brand in brands}
    ends = {"own_low": ours["experience_low"], "own_high": ours["experience_high"]}
    taken = {*table, *ends}  # a brand of such a name cannot be drawn
    known = {name: each for name, each in experience.items() if each.notna().any() and name not in taken}
    return table.assign(**known, **ends).reset_index(drop=True)


def feeling(found: Drivers, own: Params) -> pd.DataFrame:
    """Tell the share of feeling in each overall judgement, the chosen outcome first.

    Returns
    -------
    DataFrame
        outcome, share, low, high, n, difference (share of feeling less that of reason), difference_low,
        difference_high, tendency: ``feeling``, ``reason``, or ``undetermined`` where the interval of the
        difference holds 0.
    """
    gaps = found.feeling.rename(columns={"low": "difference_low", "high": "difference_high"})
    shares = found.frame[(found.frame["grouping"] == "nature") & (found.frame["group"] == "emotional")]
    both = shares.merge(gaps.drop(columns=["n", "n_eff"]), on="outcome")
    leans = np.where(both["difference_low"] > 0, "feeling", "undetermined")
    leans = np.where(both["difference_high"] < 0, "reason", leans)
    both = both.assign(tendency=leans, is_other=both["outcome"] != own.outcome)
    return both.sort_values("is_other", kind="stable", ignore_index=True).drop(columns="is_other")


def untold(survey: Survey, found: Drivers, own: Params, otherwise: str) -> str:
    """Say why there are no shares of reason and feeling, or of dimensions and stages.

    `otherwise` is the reason where the survey has an overall judgement and other shares are there.
    """
    if (own.outcome, "overall") not in survey.outcomes:
        return "no_outcome"
    return "too_few_respondents" if found.frame.empty else otherwise


def carriers(found: Drivers, own: Params) -> pd.DataFrame:
    """Pick the shares of dimensions and of stages in the chosen outcome, each from the largest down."""
    frame = found.frame[(found.frame["outcome"] == own.outcome) & (found.frame["grouping"] != "nature")]
    return frame.sort_values(["grouping", "share"], ascending=[True, False], ignore_index=True)


def leads(shares: pd.DataFrame) -> bool:
    """Tell whether the first of some shares, from the largest down, outweighs all others for certain."""
    return bool(len(shares) > 1 and (shares["low"].iloc[0] > shares["high"].iloc[1:]).all())


def clear_classes(found: Classes) -> pd.DataFrame:
    """Pick attributes with a class, the surest first: item, class, class_probability, penalty, reward."""
    clear = found.frame[found.frame["class"] != "undetermined"]
    ranked = clear.sort_values("class_probability", ascending=False, kind="stable", ignore_index=True)
    return named(ranked)[["item", "class", "class_probability", "penalty", "reward"]]


def headline(loyalty: pd.DataFrame, survey: Survey, own: Params) -> pd.DataFrame:
    """Pick the outcome of each brand in the wave told of, the best first."""
    chosen = (loyalty["measure"] == own.outcome) & (loyalty["wave"] == survey.wave)
    known = loyalty[chosen].dropna(subset=["value"])
    return known.sort_values("value", ascending=False, kind="stable", ignore_index=True)


def themes_table(found: Needs) -> pd.DataFrame:
    """Lay out themes: those most wished for first, their terms in one text."""
    frame = found.frame.assign(terms=[", ".join(terms) for terms in found.frame["terms"]])
    frame = frame[frame["terms"] != ""]  # no term that enough respondents share
    ordered = frame.sort_values(["is_unmet", "respondents"], ascending=False, kind="stable")
    ordered = ordered.rename(columns={"low": "share_low", "high": "share_high"})
    kept = ["terms", "touchpoint", "respondents", "share", "share_low", "share_high", "wish_share"]
    return ordered[kept].reset_index(drop=True)


def furthest_apart(found: pd.DataFrame, own: Params) -> pd.DataFrame:
    """Pick attributes on which a group differs for certain from all others, the clearest `MOST`."""
    if "p_adjusted" not in found:
        return found.copy()
    clear = named(found[found["p_adjusted"] < own.significance])
    nearest = clear.sort_values(["p_adjusted", "p"], kind="stable").head(MOST)
    return nearest.sort_values(["grouping", "group", "difference"], kind="stable", ignore_index=True)


def start(survey: Survey, first: Priorities) -> dict[str, object]:
    """Choose what the twin begins with: the attribute that comes first, at the level aimed at."""
    ranked = named(first.attributes).sort_values("rank", kind="stable").iloc[0]
    level = ranked["target"] if np.isfinite(ranked["target"]) else survey.scale[1]
    return {"item": str(ranked["item"]), "level": float(np.round(level, 1))}
