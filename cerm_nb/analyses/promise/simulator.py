"""The simulator: build a promise, see its share move against competitors, and what moves it most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.scenarios import encode, number
from cerm_nb.analyses.promise.shares import share_draws
from cerm_nb.errors import DataError, NotEnoughData, Problem

if TYPE_CHECKING:
    from cerm_nb.analyses.promise.coding import Coding
    from cerm_nb.analyses.promise.scenarios import Profile, Profiles
    from cerm_nb.analyses.promise.shares import Market
    from cerm_nb.stats import Floats

PRICES = 25  # prices at which shares are worked out, the rest by lines between them
PROMISE = "promise"
SAME = 1e-9  # up to which two shares are one


def simulate(
    market: Market, promise: Profile, rivals: Profiles, rule: str = "logit", name: str = PROMISE
) -> pd.DataFrame:
    """Tell the shares of preference of a promise and its rivals.

    Parameters
    ----------
    market
        From `prepare`, once for any number of promises.
    promise
        Level by attribute.
    rivals
        Brand → attribute → level.
    rule
        One of ``shares.RULES``.
    name
        Name of the promise in what is returned.

    Returns
    -------
    DataFrame
        brand, share (0–1), low, high: the promise first.

    Raises
    ------
    DataError
        For attributes and levels nobody was asked about, or a rival of the promise's name; all at once.
    NotEnoughData
        ``one_brand`` where there is no rival.
    """
    if name in rivals:
        raise DataError(Problem(f"rivals → {name}", "is the promise's own name", "", "rename the rival"))
    scenario = encode(market.part_worths.coding, {name: {name: promise, **rivals}})[0]
    drawn = share_draws(market, scenario, rule)
    low, high = market.drawn.interval(drawn)
    return pd.DataFrame({"brand": scenario.brands, "share": drawn[0], "low": low, "high": high})


def single_changes(market: Market, promise: Profile, rivals: Profiles, rule: str = "logit") -> pd.DataFrame:
    """Rank all changes of one level of a promise by the share they win.

    Parameters
    ----------
    market, promise, rivals, rule
        As in `simulate`.

    Returns
    -------
    DataFrame
        rank, attribute, level (changed to), from_level, share (after the change), change (in share), low,
        high (of the change, in the same redraws), p_first (share of redraws in which it wins most).

    Raises
    ------
    DataError, NotEnoughData
        As in `simulate`; ``no_change`` where the promise names no attribute that varies.
    """
    coding = market.part_worths.coding
    changes = [
        (attribute, level)
        for attribute, level in coding.labels
        if attribute in promise and not _same(coding, attribute, promise[attribute], level)
    ]
    now = encode(coding, {PROMISE: {PROMISE: promise, **rivals}})
    if not changes:
        raise NotEnoughData("no_change", attributes=len(promise))
    after = encode(
        coding,
        {str(at): {PROMISE: {**promise, name: level}, **rivals} for at, (name, level) in enumerate(changes)},
    )
    encoded = [*now, *after]
    drawn = np.column_stack([share_draws(market, one, rule)[:, 0] for one in encoded])
    change = drawn[:, 1:] - drawn[:, :1]
    low, high = market.drawn.interval(change)
    best = change[1:] >= change[1:].max(axis=1, keepdims=True) - SAME
    frame = pd.DataFrame(changes, columns=["attribute", "level"])
    frame["from_level"] = [str(promise[attribute]) for attribute, _ in changes]
    frame = frame.assign(share=drawn[0, 1:], change=change[0], low=low, high=high)
    frame["p_first"] = (best / best.sum(axis=1, keepdims=True)).mean(axis=0)
    frame = frame.sort_values("change", ascending=False, kind="stable", ignore_index=True)
    frame.insert(0, "rank", np.arange(1, len(frame) + 1))
    return frame


def _same(coding: Coding, attribute: str, one: object, other: object) -> bool:
    return number(one) == number(other) if attribute == coding.price else str(one) == str(other)


@dataclass(frozen=True, eq=False)
class BreakEven:
    """The price at which a changed promise has the share it had before.

    Parameters
    ----------
    price, low, high
        NaN where it lies outside the prices tested, or where the share does not fall as the price rises.
    extra
        Price less the price before.
    share
        Share that is kept.
    reason
        ``above_tested_prices``, ``below_tested_prices``, ``price_without_effect``, or empty.
    found
        Share of redraws in which it lies within the prices tested; the interval's ends are cut off at those
        prices in the rest.
    line
        price, share, low, high of the changed promise.
    """

    price: float
    low: float
    high: float
    extra: float
    share: float
    reason: str
    found: float
    line: pd.DataFrame


def break_even_price(
    market: Market,
    before: Profile,
    after: Profile,
    rivals: Profiles,
    rule: str = "logit",
) -> BreakEven:
    """Find the price at which a changed promise keeps the share of the one before.

    Parameters
    ----------
    market, rivals, rule
        As in `simulate`.
    before, after
        The promise without and with the change; the price of `after` is what is looked for.

    Raises
    ------
    DataError
        As in `simulate`, and where the promise before has no price.
    NotEnoughData
        ``no_price`` where no price varies in the tasks.
    """
    coding = market.part_worths.coding
    tested = [number(level) for attribute, level in coding.labels if attribute == coding.price]
    ends = [price for price in tested if price is not None]
    if not coding.price or len(ends) < 2:
        raise NotEnoughData("no_price", found=0)
    if number(before.get(coding.price)) is None:
        raise DataError(Problem(f"promise → {coding.price}", "has no price", "a number", "give its price"))
    prices = np.linspace(min(ends), max(ends), PRICES)
    priced = [{**after, coding.price: float(price)} for price in prices]
    now = encode(
        coding, {name: {PROMISE: one, **rivals} for name, one in (("before", before), ("after", priced[0]))}
    )
    line = encode(coding, {str(at): {PROMISE: one, **rivals} for at, one in enumerate(priced)})
    encoded = [now[0], *line]
    drawn = np.column_stack([share_draws(market, one, rule)[:, 0] for one in encoded])
    return _break_even(market, prices, drawn, float(number(before[coding.price]) or 0.0))


def _break_even(market: Market, prices: Floats, drawn: Floats, was: float) -> BreakEven:
    kept, line = drawn[:, :1], drawn[:, 1:]
    at = _crossing(prices, _log_odds(line) - _log_odds(kept))
    low, high = market.drawn.interval(np.clip(at, prices[0], prices[-1])[:, None])
    line_low, line_high = market.drawn.interval(line)
    frame = pd.DataFrame({"price": prices, "share": line[0], "low": line_low, "high": line_high})
    reason = _outside(float(at[0]), line[0])
    told = (np.nan,) * 3 if reason else (float(at[0]), float(low[0]), float(high[0]))
    found = float(np.isfinite(at[1:]).mean())
    return BreakEven(*told, told[0] - was, float(kept[0, 0]), reason, found, frame)


def _outside(at: float, line: Floats) -> str:
    if np.ptp(line) < SAME:
        return "price_without_effect"
    return {np.inf: "above_tested_prices", -np.inf: "below_tested_prices"}.get(at, "")


def _log_odds(share: Floats) -> Floats:
    """Write shares on the scale on which prices move them most evenly."""
    kept = np.clip(share, SAME, 1 - SAME)
    return np.asarray(np.log(kept / (1 - kept)))


def _crossing(prices: Floats, above: Floats) -> Floats:
    """Price at which each row first falls below 0; infinite where it never does, −infinite where at once."""
    below = above < -SAME
    last = np.abs(above[:, -1]) <= SAME
    first = below.argmax(axis=1)
    rows = np.arange(len(above))
    left = np.maximum(first - 1, 0)
    fall = above[rows, left] - above[rows, first]
    part = np.where(fall > 0, above[rows, left] / np.where(fall > 0, fall, 1.0), 0.0)
    at = prices[left] + part * (prices[first] - prices[left])
    return np.asarray(
        np.where(~below.any(axis=1), np.where(last, prices[-1], np.inf), np.where(below[:, 0], -np.inf, at))
    )
