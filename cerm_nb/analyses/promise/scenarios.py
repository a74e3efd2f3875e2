"""Scenarios, alternatives with levels and a price, in the columns of a model; what is wrong in them."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.promise.choice_tasks import NONE
from cerm_nb.errors import DataError, NotEnoughData, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cerm_nb.analyses.promise.coding import Coding
    from cerm_nb.stats import Floats, Integers, Truths

    Profile = Mapping[str, object]
    Profiles = Mapping[str, Profile]


@dataclass(frozen=True, eq=False)
class Scenario:
    """Alternatives among which respondents are thought to choose.

    Parameters
    ----------
    name
        The scenario's.
    brands
        Names of the alternatives.
    labels
        How much of each label of the coding an alternative has, shape (alternatives, labels): 1 at its
        level; a price between two tested ones has a part of either.
    design
        The alternatives in the columns of the model, shape (alternatives, columns).
    caveats
        (key, values).
    """

    name: str
    brands: tuple[str, ...]
    labels: Floats
    design: Floats
    caveats: tuple[tuple[str, Mapping[str, object]], ...]


def encode(coding: Coding, scenarios: Mapping[str, Profiles]) -> list[Scenario]:
    """Write scenarios in the labels and columns of a model.

    Parameters
    ----------
    coding
        Of the part-worths.
    scenarios
        Scenario → brand → attribute → level. An attribute that no alternative of a scenario names is taken to
        be alike in all; the price may be any number. Alternative ``none`` is that of the tasks.

    Raises
    ------
    DataError
        For attributes and levels nobody was asked about, with the nearest names, and for attributes that only
        some alternatives name; all problems of all scenarios at once.
    NotEnoughData
        ``one_brand`` where a scenario has fewer than two alternatives.
    """
    known = _Known(coding)
    problems = [
        problem for name, profiles in scenarios.items() for problem in _problems(known, name, profiles)
    ]
    if problems:
        raise DataError(problems)
    for name, profiles in scenarios.items():
        if len(profiles) < 2:
            raise NotEnoughData("one_brand", scenario=name, found=len(profiles))
    return [_encoded(known, name, profiles) for name, profiles in scenarios.items()]


def of_task(coding: Coding, design: Integers, none: Truths) -> Scenario:
    """Write the alternatives of a task as a scenario.

    Parameters
    ----------
    coding
        Of the part-worths.
    design, none
        Codes of the levels, shape (alternatives, attributes), and whether it is "none of these".
    """
    labels = np.zeros((len(design), len(coding.labels)))
    for at, label in enumerate(coding.label_of):
        found = label[design[:, at]]
        labels[np.flatnonzero(found >= 0), found[found >= 0]] = 1.0
    if coding.none:
        labels[none, -1] = 1.0
    brands = tuple(str(at + 1) for at in range(len(design)))
    return Scenario("", brands, labels, labels @ coding.basis, ())


class _Known:
    """What the model knows: labels by attribute, and prices as numbers."""

    def __init__(self, coding: Coding) -> None:
        self.coding = coding
        self.at = {label: at for at, label in enumerate(coding.labels)}
        self.levels: dict[str, list[str]] = {name: [] for name in coding.attributes}
        for attribute, level in coding.labels:
            if attribute in self.levels:
                self.levels[attribute].append(level)
        self.prices = np.array([], dtype=float)
        prices = [number(price) for price in self.levels.get(coding.price, [])]
        if None not in prices:
            self.prices = np.array(prices, dtype=float)

    def priced(self, attribute: str) -> bool:
        return attribute == self.coding.price and len(self.prices) > 0


def number(text: object) -> float | None:
    """Read a price; None where it is none."""
    try:
        value = float(str(text).replace(",", ""))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def unknown_name(where: str, got: str, names: Sequence[str], what: str) -> Problem:
    """Tell of a name nobody was asked about, with the nearest one."""
    close = get_close_matches(got, names, 3, 0.4)
    step = f"did you mean {' or '.join(map(repr, close))}?" if close else f"take {what} from the choice tasks"
    return Problem(where, f"{got!r} is in no choice task", f"one of {', '.join(names)}", step)


def _problems(known: _Known, name: str, profiles: Profiles) -> Iterator[Problem]:
    where = f"scenario {name}"
    named = {attribute for profile in profiles.values() for attribute in profile} & set(known.levels)
    for brand, profile in profiles.items():
        if brand == NONE:
            yield from _none_problems(known, where, profile)
            continue
        yield from _profile_problems(known, f"{where} → {brand}", profile)
        missing = [attribute for attribute in known.levels if attribute in named and attribute not in profile]
        if missing:
            told = ", ".join(missing)
            step = "name it for every alternative, or for none where it is alike"
            yield Problem(f"{where} → {brand}", f"no level of {told}", "", step)


def _none_problems(known: _Known, where: str, profile: Profile) -> Iterator[Problem]:
    if (NONE, NONE) not in known.at:
        yield Problem(f"{where} → {NONE}", "the choice tasks offered no such alternative", "", "leave it out")
    if profile:
        yield Problem(f"{where} → {NONE}", "has levels", "none", "leave them out, or rename the brand")


def _profile_problems(known: _Known, where: str, profile: Profile) -> Iterator[Problem]:
    for attribute, level in profile.items():
        place = f"{where} → {attribute}"
        if attribute in known.coding.constant:
            continue
        if attribute not in known.levels:
            yield unknown_name(where, attribute, [*known.levels, *known.coding.constant], "the attribute")
        elif known.priced(attribute):
            yield from _price_problems(known, place, level)
        elif (attribute, str(level)) not in known.at:
            yield unknown_name(place, str(level), known.levels[attribute], "the level")


def _price_problems(known: _Known, place: str, level: object) -> Iterator[Problem]:
    value = number(level)
    low, high = known.prices.min(), known.prices.max()
    tested = f"a number; {low:,.0f} to {high:,.0f} were tested"
    if value is None:
        yield Problem(place, f"{level!r} is no price", tested)
    elif known.coding.slope < 0 and not low <= value <= high:
        yield Problem(place, f"{value:,.0f} lies outside the prices tested", tested)


def _encoded(known: _Known, name: str, profiles: Profiles) -> Scenario:
    labels = np.zeros((len(profiles), len(known.coding.labels)))
    for row, (brand, profile) in enumerate(profiles.items()):
        if brand == NONE:
            labels[row, known.at[NONE, NONE]] = 1.0
        for attribute, level in profile.items():
            if known.priced(attribute):
                _put_price(known, labels[row], float(number(level) or 0.0))
            elif attribute in known.levels:
                labels[row, known.at[attribute, str(level)]] = 1.0
    caveats = tuple(_caveats(known, name, profiles))
    return Scenario(name, tuple(profiles), labels, labels @ known.coding.basis, caveats)


def _put_price(known: _Known, row: Floats, price: float) -> None:
    """Share a price between the tested ones it lies between; where it is linear, between the ends."""
    order = np.argsort(known.prices)
    sorted_prices = known.prices[order]
    if known.coding.slope >= 0:
        left, right = 0, len(order) - 1
    else:
        right = int(np.clip(np.searchsorted(sorted_prices, price), 1, len(order) - 1))
        left = right - 1
    part = (price - sorted_prices[left]) / (sorted_prices[right] - sorted_prices[left])
    levels = known.levels[known.coding.price]
    for end, share in ((left, 1 - part), (right, part)):
        row[known.at[known.coding.price, levels[order[end]]]] += share


def _caveats(known: _Known, name: str, profiles: Profiles) -> Iterator[tuple[str, Mapping[str, object]]]:
    branded: Iterable[Profile] = [profile for brand, profile in profiles.items() if brand != NONE]
    named = {attribute for profile in branded for attribute in profile}
    equal = [attribute for attribute in known.levels if attribute not in named]
    if known.coding.price in equal:
        yield "scenario_without_price", {"scenario": name}
    rest = [attribute for attribute in equal if attribute != known.coding.price]
    if rest:
        yield "attributes_left_equal", {"scenario": name, "attributes": rest}
    untested = sorted(named & set(known.coding.constant))
    if untested:
        yield "attributes_without_effect", {"scenario": name, "attributes": untested}
    if len(known.prices):
        prices = [number(profile.get(known.coding.price)) for profile in branded]
        outside = [p for p in prices if p is not None and not known.prices.min() <= p <= known.prices.max()]
        if outside:
            yield "price_extrapolated", {"scenario": name, "prices": sorted(set(outside))}
