"""Names and levels in the promises that the client's tables do not know, all told at once."""

from __future__ import annotations

from collections import Counter
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cerm_nb.analyses.promise.records import TODAY
from cerm_nb.errors import ParamsError, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    import pandas as pd

    from cerm_nb.analyses.promise.parameters import Params
    from cerm_nb.analyses.promise.records import Carrier
    from cerm_nb.surveys import Survey

    Levels = Mapping[str, Collection[str]]

MOST_NAMES = 12  # so many names are told where one is wrong, of more only the nearest


def check_promises(
    own: Params,
    survey: Survey | None = None,
    shown_levels: Levels | None = None,
    indicators: pd.DataFrame | None = None,
) -> None:
    """Refuse promises and profiles that name what the client's tables do not have.

    Parameters
    ----------
    own
        promises, own_profile, scenarios and price_attribute are checked.
    survey
        From `read_survey`, for touchpoints, attributes and the scale; None where there is none.
    shown_levels
        Attribute of the choice tasks → its levels; None where there are no choice tasks.
    indicators
        The client table, for metrics; None where there is none.

    Raises
    ------
    ParamsError
        With every problem, each told from the outside in: ``promises[0] → carriers[2] → touchpoint``. What
        has no table to be checked against is let pass.
    """
    problems = [*_names(own), *_scenarios(own, survey), *_carriers(own, survey, indicators)]
    if shown_levels is not None:
        problems += _profiles(own, shown_levels)
    if problems:
        raise ParamsError(problems)


def _names(own: Params) -> Iterator[Problem]:
    for name, times in Counter(promise.name for promise in own.promises).items():
        if times > 1:
            yield Problem(
                "promises", f"{times} are called {name!r}", "names that differ", "rename all but one"
            )


def _scenarios(own: Params, survey: Survey | None) -> Iterator[Problem]:
    """Scenarios are the competitors'; `today` is what our own is called."""
    if survey is not None and survey.own_brand in own.scenarios:
        step = "write our levels into own_profile"
        yield Problem(f"scenarios → {survey.own_brand}", "is our own brand", "competitors", step)
    for at, promise in enumerate(own.promises):
        if promise.name == TODAY:
            step = "choose another name"
            yield Problem(f"promises[{at}] → name", f"{TODAY!r} is what we are now called", "", step)


def _carriers(own: Params, survey: Survey | None, indicators: pd.DataFrame | None) -> Iterator[Problem]:
    known = None if indicators is None else {str(name) for name in indicators["indicator"]}
    for at, promise in enumerate(own.promises):
        seen: set[tuple[str, str]] = set()
        for place, carrier in enumerate(promise.carriers):
            where = f"promises[{at}] → carriers[{place}]"
            if survey is not None:
                yield from _place(where, carrier, survey)
            if (carrier.touchpoint, carrier.attribute) in seen:
                got = f"{carrier.touchpoint} / {carrier.attribute} is named twice"
                yield Problem(where, got, "each attribute once in a promise", "remove one of them")
            seen.add((carrier.touchpoint, carrier.attribute))
            if known is not None and carrier.metric and carrier.metric not in known:
                yield _unknown(f"{where} → metric", carrier.metric, known, "an indicator")


def _place(where: str, carrier: Carrier, survey: Survey) -> Iterator[Problem]:
    touchpoints = list(dict.fromkeys(survey.items["touchpoint"]))
    there = survey.items.loc[survey.items["touchpoint"] == carrier.touchpoint, "attribute"]
    if carrier.touchpoint not in touchpoints:
        yield _unknown(f"{where} → touchpoint", carrier.touchpoint, touchpoints, "a touchpoint of the survey")
    elif carrier.attribute not in set(there):
        told = f"an attribute of {carrier.touchpoint} in the survey"
        yield _unknown(f"{where} → attribute", carrier.attribute, list(there), told)
    low, high = survey.scale
    if not low <= carrier.level <= high:
        yield Problem(f"{where} → level", f"got {carrier.level:g}", f"a rating from {low:g} to {high:g}")


def _profiles(own: Params, shown: Levels) -> Iterator[Problem]:
    if own.price_attribute and own.price_attribute not in shown:
        yield _unknown("price_attribute", own.price_attribute, shown, "an attribute of the choice tasks")
    for at, promise in enumerate(own.promises):
        yield from _levels(f"promises[{at}] → levels", promise.levels, shown, own.price_attribute)
    whole = {"own_profile": own.own_profile}
    whole |= {f"scenarios → {brand}": levels for brand, levels in own.scenarios.items()}
    for where, levels in whole.items():
        yield from _levels(where, levels, shown, own.price_attribute)
        missing = [name for name in shown if name not in levels]
        if missing and (levels or where != "own_profile"):
            yield Problem(where, f"has no level of {', '.join(missing)}", "a level of every attribute")


def _levels(where: str, levels: Mapping[str, str], shown: Levels, price: str) -> Iterator[Problem]:
    for name, level in levels.items():
        if name not in shown:
            yield _unknown(f"{where} → {name}", name, shown, "an attribute of the choice tasks")
        elif level not in shown[name] and not (name == price and _between(level, shown[name])):
            yield _unknown(f"{where} → {name}", level, shown[name], "a level that was shown")


def _between(price: str, shown: Collection[str]) -> bool:
    """Whether a price lies between those that were shown."""
    try:
        prices = [float(level) for level in shown]
        return min(prices) <= float(price) <= max(prices)
    except ValueError:
        return False


def _unknown(where: str, name: str, known: Collection[str], what: str) -> Problem:
    names = sorted(known)
    close = get_close_matches(name, names, 3, 0.4)
    listed = ": " + ", ".join(names) if 0 < len(names) <= MOST_NAMES else ""
    step = f"did you mean {' or '.join(map(repr, close))}?" if close else ""
    return Problem(where, f"{name!r} is not known", f"{what}{listed}", step)
