"""What a level is worth in money against another: ratios of part-worths to the price slope."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.scenarios import number, unknown_name
from cerm_nb.errors import DataError, NotEnoughData
from cerm_nb.stats import normal_quantile, student_quantile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.analyses.promise.coding import Coding
    from cerm_nb.analyses.promise.logit import Fit
    from cerm_nb.analyses.promise.redraws import Redraws
    from cerm_nb.analyses.promise.shares import Market
    from cerm_nb.errors import Problem
    from cerm_nb.stats import Floats

QUARTILES = (0.25, 0.5, 0.75)
SAME = 1e-9  # up to which two shares are one


@dataclass(frozen=True, eq=False)
class Willingness:
    """Willingness to pay.

    Parameters
    ----------
    frame
        attribute, level, reference, value (mean part-worth over the reference, by the mean price slope), low,
        high (Fieller), median, first_quartile, third_quartile (of individual values, of those whose price
        slope is sure), n.
    slope, slope_low, slope_high
        Mean utility of one unit of money more.
    reason
        ``price_slope_unclear`` where the slope's interval reaches 0, ``price_slope_positive`` where it lies
        above, so that no value is told; else empty.
    unsure
        Share of respondents whose own price slope is not surely below 0; NaN where part-worths are no draws.
    caveats
        (key, values).
    """

    frame: pd.DataFrame
    slope: float
    slope_low: float
    slope_high: float
    reason: str
    unsure: float
    caveats: tuple[tuple[str, Mapping[str, object]], ...]


def willingness_to_pay(market: Market, references: Mapping[str, str] | None = None) -> Willingness:
    """Tell what each level is worth in money.

    Parameters
    ----------
    market
        From `prepare`. Hierarchical part-worths of a group within it are drawn towards the mean of all: take
        `pooled_willingness` of the group's choices for that.
    references
        Level that the others of an attribute are held against; unset: its first.

    Raises
    ------
    DataError
        For attributes and levels nobody was asked about; all at once.
    NotEnoughData
        ``no_price`` where no price varies, ``one_respondent`` where no interval can be told.

    Notes
    -----
    The population's value is a ratio of means, its interval Fieller's with covariances of the redraws:
    means of individual ratios have no variance where a slope comes near 0 (Sonnier, Ainslie & Otter 2007).
    """
    coding = market.part_worths.coding
    slope = price_slope(coding)
    at = _references(coding, references or {})
    if market.drawn.n < 2:
        raise NotEnoughData("one_respondent", found=market.drawn.n)
    turn = _against(coding, at)
    cost = -(market.coefficients @ slope)
    worth = market.coefficients @ turn.T
    drawn = market.drawn.means(np.concatenate([worth, cost[..., None]], axis=2))
    t = float(student_quantile(market.drawn.confidence, max(market.drawn.n_eff - 1, 1.0)))
    sure = _surely_negative(cost, market)
    found = _ratios(coding, at, drawn[0], np.cov(drawn[1:], rowvar=False), t)
    frame = found.frame.assign(**_individual(worth, cost, sure, market.drawn), n=market.drawn.n)
    unsure = float(1 - market.drawn.weights[0] @ sure) if len(cost) > 1 else np.nan
    caveats = (("individual_slopes_unsure", {"share": unsure}),) if unsure > SAME else ()
    return replace(found, frame=frame, unsure=unsure, caveats=caveats)


def pooled_willingness(
    coding: Coding, fit: Fit, confidence: float = 0.95, references: Mapping[str, str] | None = None
) -> Willingness:
    """Tell what each level is worth in money to all together, as the pooled logit has it.

    Parameters
    ----------
    coding, fit
        Of the pooled logit, of all respondents or of a group.
    confidence
        Coverage of the intervals, which rest on errors robust to a respondent's choices being alike.
    references
        As in `willingness_to_pay`.

    Raises
    ------
    DataError, NotEnoughData
        As in `willingness_to_pay`, and where the fit has no estimates.
    """
    slope = price_slope(coding)
    at = _references(coding, references or {})
    turn = np.vstack([_against(coding, at), -slope])
    covariance = turn @ fit.require(coding).robust @ turn.T
    found = _ratios(coding, at, turn @ fit.coefficients, covariance, normal_quantile(confidence))
    return replace(found, frame=found.frame.assign(n=fit.respondents))


def _ratios(
    coding: Coding, references: Mapping[str, int], means: Floats, covariance: Floats, t: float
) -> Willingness:
    """Divide differences of levels by, last among the means, what a unit of money costs in utility."""
    value, low, high = fieller(means[:-1], float(means[-1]), covariance, t)
    told = [label for label in coding.labels if label[0] in references]
    frame = pd.DataFrame(told, columns=["attribute", "level"])
    names = {name: coding.labels[at][1] for name, at in references.items()}
    frame = frame.assign(reference=frame["attribute"].map(names), value=value, low=low, high=high)
    frame = frame.assign(first_quartile=np.nan, median=np.nan, third_quartile=np.nan)
    slope, half = -float(means[-1]), t * float(np.sqrt(covariance[-1, -1]))
    unclear = "price_slope_positive" if slope - half > 0 else "price_slope_unclear"
    reason = "" if slope + half < 0 else unclear
    if reason:
        frame[["value", "low", "high"]] = np.nan
    return Willingness(frame, slope, slope - half, slope + half, reason, np.nan, ())


def price_slope(coding: Coding) -> Floats:
    """Weights of the columns whose sum is the utility of one unit of money more, shape (columns,).

    Raises
    ------
    NotEnoughData
        ``no_price`` where there is none, or its levels are no numbers.

    Notes
    -----
    Where prices have part-worths of their own it is the least-squares line through them.
    """
    labels = [at for at, (attribute, _) in enumerate(coding.labels) if attribute == coding.price]
    prices = [number(coding.labels[at][1]) for at in labels]
    if not coding.price or len(labels) < 2 or None in prices:
        raise NotEnoughData("no_price", found=0)
    away = np.array(prices, dtype=float)
    away -= away.mean()
    return np.asarray(away @ coding.basis[labels] / (away @ away))


def _references(coding: Coding, references: Mapping[str, str]) -> dict[str, int]:
    """Tell the label each attribute is held against."""
    names = [name for name in coding.attributes if name != coding.price]
    levels: dict[str, dict[str, int]] = {name: {} for name in names}
    for at, (attribute, level) in enumerate(coding.labels):
        if attribute in levels:
            levels[attribute][level] = at
    problems: list[Problem] = []
    found = {name: next(iter(levels[name].values())) for name in names}
    for name, level in references.items():
        if name in levels and level in levels[name]:
            found[name] = levels[name][level]
        elif name in levels:
            problems.append(unknown_name(f"reference → {name}", level, list(levels[name]), "the level"))
        elif name not in (coding.price, *coding.constant):
            problems.append(unknown_name("reference", name, names, "the attribute"))
    if problems:
        raise DataError(problems)
    return found


def _against(coding: Coding, references: Mapping[str, int]) -> Floats:
    """Columns' weights of each level less its reference, shape (levels, columns)."""
    rows = [
        coding.basis[at] - coding.basis[references[attribute]]
        for at, (attribute, _) in enumerate(coding.labels)
        if attribute in references
    ]
    return np.array(rows).reshape(len(rows), coding.columns)


def fieller(above: Floats, below: float, covariance: Floats, t: float) -> tuple[Floats, Floats, Floats]:
    """Ratios to one denominator and their intervals.

    Parameters
    ----------
    above, below
        Numerators, shape (columns,), and the denominator.
    covariance
        Of the numerators and, last, the denominator, shape (columns + 1, columns + 1).
    t
        Quantile of the two-sided interval.

    Returns
    -------
    tuple of ndarray
        Ratio, low, high; all NaN where the denominator's interval reaches 0.

    Notes
    -----
    Fieller 1954.
    """
    square = below**2 - t**2 * covariance[-1, -1]
    if square <= 0:
        return (np.full(len(above), np.nan),) * 3
    middle = above * below - t**2 * covariance[:-1, -1]
    beyond = above**2 - t**2 * np.diag(covariance)[:-1]
    half = np.sqrt(np.maximum(middle**2 - square * beyond, 0.0))
    return above / below, (middle - half) / square, (middle + half) / square


def _surely_negative(cost: Floats, market: Market) -> Floats:
    """Whether each respondent's slope is below 0 in nearly all draws; the estimate, where there is one."""
    needed = (1 + market.drawn.confidence) / 2 if len(cost) > 1 else 1.0
    return np.asarray(((cost > 0).mean(axis=0) >= needed).astype(float))


def _individual(worth: Floats, cost: Floats, sure: Floats, drawn: Redraws) -> dict[str, Floats]:
    """Weighted quartiles of the values of respondents whose slope is sure."""
    kept = np.flatnonzero((sure > 0) & (drawn.weights[0] > 0))
    names = ("first_quartile", "median", "third_quartile")
    if not kept.size:
        return {name: np.full(worth.shape[2], np.nan) for name in names}
    value = worth.mean(axis=0)[kept] / cost.mean(axis=0)[kept, None]
    order = np.argsort(value, axis=0)
    reached = np.cumsum(drawn.weights[0][kept][order], axis=0)
    reached /= reached[-1]
    ordered = np.take_along_axis(value, order, axis=0)
    rows = [(reached < quantile - 1e-12).sum(axis=0) for quantile in QUARTILES]
    return {name: ordered[row, np.arange(len(row))] for name, row in zip(names, rows, strict=True)}
