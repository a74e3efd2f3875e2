"""What the model of preference is published and drawn as, each with the reason where it cannot be told."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from cerm_nb.analyses.promise.choice_holdout import judge
from cerm_nb.analyses.promise.holdout_shares import share_error
from cerm_nb.analyses.promise.models import ready
from cerm_nb.analyses.promise.records import TODAY
from cerm_nb.analyses.promise.scenarios import number
from cerm_nb.analyses.promise.shares import RULES, shares
from cerm_nb.analyses.promise.simulator import single_changes
from cerm_nb.analyses.promise.turf import turf_of_items
from cerm_nb.analyses.promise.willingness import willingness_to_pay
from cerm_nb.errors import NotEnoughData
from cerm_nb.surveys import said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cerm_nb.analyses.promise.choice_tasks import Tasks
    from cerm_nb.analyses.promise.models import Model
    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.analyses.promise.scenarios import Profiles
    from cerm_nb.analyses.promise.shares import Market
    from cerm_nb.surveys import Survey

PART_WORTHS = ["attribute", "level", "estimate", "std_error", "importance", "low", "high"]
PART_WORTHS += ["importance_low", "importance_high", "n", "r_hat", "method"]
SHARES = ["scenario", "brand", "rule", "share", "low", "high", "n", "n_eff", "left_out"]
WILLINGNESS = ["attribute", "level", "reference", "value", "low", "high"]
WILLINGNESS += ["first_quartile", "median", "third_quartile", "n"]
CHANGES = ["rank", "attribute", "level", "from_level", "share", "change", "low", "high", "p_first"]
SETS = ["size", "rank", "items", "reach", "low", "high", "frequency", "frequency_low", "frequency_high"]
SETS += ["p_best", "n"]
FORECASTS = ["sample", "model", "measure", "estimate", "low", "high", "respondents", "choices", "left_out"]
MOST, LARGEST = 12, 4  # rows of a figure, and items of a set


@dataclass(frozen=True, eq=False)
class Told:
    """A table, or why there is none.

    Parameters
    ----------
    frame
        The table; without rows where there is a reason.
    reason
        Empty, or a reason of `NotEnoughData`.
    caveats
        (key, values) in the order to be shown.
    """

    frame: pd.DataFrame
    reason: str = ""
    caveats: tuple[tuple[str, Mapping[str, object]], ...] = field(default=())


def told_or_why(tell: Callable[[], Told], columns: list[str]) -> Told:
    """Tell, or keep the reason why the data cannot bear it."""
    try:
        return tell()
    except NotEnoughData as error:
        return Told(pd.DataFrame(columns=columns), error.reason)


def part_worths(*models: Model) -> pd.DataFrame:
    """Lay out the part-worths of all models for publishing.

    Parameters
    ----------
    *models
        From `fit_preferences` and `fit_items`; those without estimates are left out.

    Returns
    -------
    DataFrame
        attribute, level, estimate (logits; of ratings points), std_error, importance (of the attribute, 0–1)
        with importance_low and importance_high, low and high of the estimate, n, r_hat, method.
    """
    parts = [_part_worths(model) for model in models if model.market is not None]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=PART_WORTHS)


def _part_worths(model: Model) -> pd.DataFrame:
    names = {"low": "importance_low", "high": "importance_high"}
    kept = ["attribute", "importance", *names]
    importance = model.worths.importance[kept].rename(columns=names)
    r_hat = model.worths.diagnostics[["attribute", "level", "r_hat"]].astype({"r_hat": float})
    told = model.worths.levels.merge(importance, on="attribute", how="left")
    told = told.merge(r_hat, on=["attribute", "level"], how="left")
    return told.assign(method=model.method)[PART_WORTHS]


def level_names(frame: pd.DataFrame, price: str = "") -> pd.DataFrame:
    """Put 'attribute: level' into a column ``item``; the levels of the price as amounts."""
    pairs = zip(frame["attribute"], frame["level"], strict=True)
    names = [f"{one}: {_amount(level) if one == price else level}" for one, level in pairs]
    return frame.assign(item=names)


def _amount(level: str) -> str:
    value = number(level)
    return level if value is None else f"{value:,.2f}".removesuffix(".00")


def forecasts(model: Model, own: Params) -> Told:
    """Hold forecasts against the choices kept back: `judge`; ``no_holdout_choices`` where there are none.

    Where the same sets were shown to enough respondents, the mean absolute error of shares is told too, as
    measure ``share_error`` (of equal shares as ``chance``; `gain`: how much less it is).
    """

    def tell() -> Told:
        market = ready(model)
        if model.tasks is None or model.method != "choice" or not model.tasks.holdout.any():
            raise NotEnoughData("no_holdout_choices")
        judged = judge(model.tasks, model.worths, own.confidence)
        return Told(pd.concat([judged, _share_errors(market, model.tasks)], ignore_index=True))

    return told_or_why(tell, FORECASTS)


def _share_errors(market: Market, tasks: Tasks) -> pd.DataFrame:
    """Lay out how far shares of the sets kept back are missed; empty where no set bears it."""
    try:
        found = share_error(market, tasks)
    except NotEnoughData:
        return pd.DataFrame(columns=FORECASTS)
    choices = int(found.frame.groupby("task")["n"].first().sum())
    told = {
        "individual": (found.error, found.low, found.high),
        "chance": (found.equal, found.equal_low, found.equal_high),
        "gain": (found.gain, found.gain_low, found.gain_high),
    }
    rows = [("holdout", model, "share_error", *ends, found.n, choices, 0) for model, ends in told.items()]
    return pd.DataFrame(rows, columns=FORECASTS)


def hit_rates(found: Told) -> pd.DataFrame:
    """Pick the hit rates of the choices kept back: model, hit_rate, low, high, respondents, choices."""
    frame = found.frame
    chosen = (frame["sample"] == "holdout") & (frame["measure"] == "hit_rate") & (frame["model"] != "gain")
    return frame[chosen].rename(columns={"estimate": "hit_rate"}).reset_index(drop=True)


def gain_of(found: Told) -> pd.Series[float]:
    """Pick what individual part-worths add to the hit rate of pooled ones: estimate, low, high."""
    frame = found.frame
    chosen = (frame["sample"] == "holdout") & (frame["measure"] == "hit_rate") & (frame["model"] == "gain")
    return frame[chosen].iloc[0]


def willingness(model: Model, own: Params) -> Told:
    """Tell what levels are worth in money against today's: the frame of `willingness_to_pay`."""

    def tell() -> Told:
        if model.method == "rating":
            raise NotEnoughData("price_of_ratings")
        found = willingness_to_pay(ready(model), own.own_profile)
        return Told(found.frame[WILLINGNESS], found.reason, found.caveats)

    return told_or_why(tell, WILLINGNESS)


def beyond_today(frame: pd.DataFrame, own: Params) -> pd.DataFrame:
    """Leave out levels that are their own reference; the value as ``worth``, the dearest first."""
    kept = frame[frame["level"] != frame["reference"]].sort_values("value", ascending=False, kind="stable")
    return level_names(kept).rename(columns={"value": "worth"}).head(MOST).reset_index(drop=True)


def scenarios_of(survey: Survey, own: Params) -> dict[str, Profiles]:
    """Lay out today's scenario and that of each promise with levels, by the promise's name.

    Raises
    ------
    NotEnoughData
        ``no_scenarios`` where the params tell no profile of ours or none of a competitor.
    """
    if not own.own_profile or not own.scenarios:
        raise NotEnoughData("no_scenarios")
    profiles = {TODAY: own.own_profile}
    profiles |= {one.name: {**own.own_profile, **one.levels} for one in own.promises if one.levels}
    return {name: {survey.own_brand: profile, **own.scenarios} for name, profile in profiles.items()}


def preference_shares(model: Model, survey: Survey, own: Params) -> Told:
    """Tell shares of preference today and with each promise, by every rule that fits: `SHARES`."""

    def tell() -> Told:
        market = ready(model)
        scenarios = scenarios_of(survey, own)
        found = shares(market, scenarios, [model.rule, *(rule for rule in RULES[:3] if rule != model.rule)])
        return Told(found.frame[SHARES], "", found.caveats)

    return told_or_why(tell, SHARES)


def our_shares(found: Told, survey: Survey, own: Params, lang: str, today: str) -> pd.DataFrame:
    """Set our shares side by side: scenario (as readers know it), candidate, a column by rule, low, high, n.

    Parameters
    ----------
    found
        From `preference_shares`; low and high are those of its first rule.
    survey, own
        Our brand; titles of the promises.
    lang, today
        The reader's language, and today's name in it.
    """
    ours = found.frame[found.frame["brand"] == survey.own_brand]
    if ours.empty:
        return pd.DataFrame(columns=["scenario", "candidate", "low", "high", "n"])
    rules = list(dict.fromkeys(ours["rule"]))
    by_rule = ours.pivot_table(index="scenario", columns="rule", values="share", sort=False)
    first = ours[ours["rule"] == rules[0]].set_index("scenario")
    names = {TODAY: today, **titles(own, lang)}
    order = list(dict.fromkeys(ours["scenario"]))
    columns = {rule: by_rule[rule].reindex(order) for rule in rules}
    told: pd.DataFrame = first[["low", "high", "n"]].reindex(order).assign(**columns)
    return told.reset_index(drop=True).assign(candidate=order, scenario=[names[name] for name in order])


def titles(own: Params, lang: str) -> dict[str, str]:
    """Name promises as readers know them."""
    return {one.name: said(one.title, lang) or one.name for one in own.promises}


def best_changes(model: Model, own: Params) -> Told:
    """Rank single changes of our profile of today by the share they win: `single_changes`."""

    def tell() -> Told:
        market = ready(model)
        if not own.own_profile or not own.scenarios:
            raise NotEnoughData("no_scenarios")
        return Told(single_changes(market, own.own_profile, own.scenarios, model.rule))

    return told_or_why(tell, CHANGES)


def sets_of_items(items: Model, own: Params) -> Told:
    """Tell the sets of items that reach most: `turf_of_items`, up to four items."""

    def tell() -> Told:
        size = min(LARGEST, len(items.worths.coding.labels))
        ready(items)
        found = turf_of_items(items.worths, size, own)
        return Told(found.sets.assign(n=found.n)[SETS], "", found.caveats)

    return told_or_why(tell, SETS)


def best_sets(found: Told) -> pd.DataFrame:
    """Pick the best set of each size."""
    return found.frame[found.frame["rank"] == 1].reset_index(drop=True)
