"""Build a promise and see the shares of preference: the interactive twin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.models import ready
from cerm_nb.analyses.promise.scenarios import number
from cerm_nb.analyses.promise.simulator import PROMISE, simulate
from cerm_nb.analyses.promise.wanted import level_names
from cerm_nb.errors import NotEnoughData

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.analyses.promise.models import Model
    from cerm_nb.analyses.promise.parameters import Params

STEPS = 30  # prices a slider stops at


@dataclass(frozen=True, eq=False)
class Built:
    """A promise against the competitors' scenarios.

    Parameters
    ----------
    reason
        Empty, or why it cannot be told: that of the model, or ``no_scenarios``.
    share, low, high
        Share of preference of the promise.
    today
        Share of preference of our profile of today; NaN where it is not told.
    n
        Respondents.
    frame
        brand, share, low, high: the promise first.
    levels
        The promise's levels as readers know them, such as ``Check-out: 3 pm``.
    """

    reason: str
    share: float = np.nan
    low: float = np.nan
    high: float = np.nan
    today: float = np.nan
    n: int = 0
    frame: pd.DataFrame | None = None
    levels: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """Whether today is known to compare with: ``against_today`` or ``alone``."""
        return "against_today" if np.isfinite(self.today) else "alone"


def build(model: Model, own: Params, levels: Mapping[str, object]) -> Built:
    """Tell the shares of preference of a promise of these levels against the scenarios.

    Parameters
    ----------
    model
        From `fit_preferences`.
    own
        scenarios are the competitors, own_profile is today.
    levels
        Level by attribute of the tasks.

    Raises
    ------
    DataError
        For levels nobody was asked about.
    """
    try:
        market = ready(model)
        if not own.scenarios:
            raise NotEnoughData("no_scenarios")
        frame = simulate(market, levels, own.scenarios, model.rule)
        today = np.nan
        if own.own_profile:
            today = float(simulate(market, own.own_profile, own.scenarios, model.rule)["share"].iloc[0])
    except NotEnoughData as error:
        return Built(error.reason)
    share, low, high = (float(frame[name].iloc[0]) for name in ("share", "low", "high"))
    chosen = pd.DataFrame({"attribute": list(levels), "level": [str(level) for level in levels.values()]})
    named = tuple(level_names(chosen, own.price_attribute)["item"])
    return Built("", share, low, high, today, market.drawn.n, frame, named)


def shown_as(built: Built, name: str) -> pd.DataFrame:
    """Give the shares with the promise under a reader's name."""
    frame = pd.DataFrame() if built.frame is None else built.frame
    return frame.assign(brand=[name if brand == PROMISE else brand for brand in frame["brand"]])


def choices_of(model: Model) -> dict[str, list[str] | tuple[float, float, float]]:
    """List what can be chosen: levels by attribute; of a price lowest, highest and step."""
    if model.market is None:
        return {}
    coding = model.worths.coding
    found: dict[str, list[str] | tuple[float, float, float]] = {}
    for name in coding.attributes:
        levels = [level for attribute, level in coding.labels if attribute == name]
        found[name] = _prices(levels) if name == coding.price else levels
    return found


def _prices(levels: list[str]) -> tuple[float, float, float]:
    """Lowest and highest price that was shown, and a step of a round amount; whole numbers where they are."""
    prices = [price for price in map(number, levels) if price is not None]
    low, high = min(prices), max(prices)
    step = float(f"{(high - low) / STEPS:.0e}") or 1.0
    whole = all(price == int(price) for price in (low, high, step))
    return (int(low), int(high), int(step)) if whole else (low, high, step)


def start_of(model: Model, own: Params) -> dict[str, object]:
    """Choose what the twin begins with: the first promise with levels, else today, else first levels."""
    promised = next((one.levels for one in own.promises if one.levels), {})
    profile: dict[str, str] = {**own.own_profile, **promised}
    return {name: _begin(choices, profile.get(name)) for name, choices in choices_of(model).items()}


def _begin(choices: list[str] | tuple[float, float, float], given: str | None) -> object:
    if isinstance(choices, list):
        return given if given in choices else choices[0]
    price = number(given)
    if price is None:
        return choices[0]
    return int(price) if isinstance(choices[0], int) and price == int(price) else float(price)
