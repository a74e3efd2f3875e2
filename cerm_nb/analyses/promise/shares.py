"""Shares of preference in scenarios, by four rules, with intervals over respondents and draws."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses.promise.redraws import redraw, spaced
from cerm_nb.analyses.promise.scenarios import encode
from cerm_nb.errors import DataError, NotEnoughData, Problem
from cerm_nb.stats import effective_n

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike

    from cerm_nb.analyses.promise.hierarchical import PartWorths
    from cerm_nb.analyses.promise.redraws import Redraws
    from cerm_nb.analyses.promise.scenarios import Profiles, Scenario
    from cerm_nb.stats import Floats, Integers
    from cerm_nb.surveys import SurveyParams

RULES = ("logit", "first_choice", "randomised_first_choice", "btl")
PAIRS = 100_000  # random first choices behind a share, over all respondents and draws, each with its opposite
FEWEST, MOST = 4, 500  # of them for one respondent in one draw
POOL = 32_768  # errors of levels they are taken from
TIE = 1e-9  # up to which two utilities are one
PRODUCT_ERROR = 0.1  # part of the variance of the errors that is the product's own


@dataclass(frozen=True, eq=False)
class Market:
    """Part-worths ready for any number of scenarios.

    Parameters
    ----------
    part_worths
        As estimated.
    coefficients
        Draws of individual coefficients, shape (draws, respondents, columns).
    intercept
        Of ratings, shape (draws, respondents); None where part-worths rest on choices.
    drawn
        Redraws of respondents and draws, the same for every scenario, so that differences are paired.
    own
        The parameters.
    """

    part_worths: PartWorths
    coefficients: Floats
    intercept: Floats | None
    drawn: Redraws
    own: SurveyParams

    @cached_property
    def errors(self) -> tuple[Floats, Integers]:
        """Normal errors of levels (labels, pool), and which of them a draw's respondents take (pairs, …)."""
        coding = self.part_worths.coding
        deviation = np.sqrt((1 - PRODUCT_ERROR) * np.pi**2 / 6 / max(len(coding.attributes), 1))
        rng = np.random.default_rng(self.own.seed)
        cells = self.coefficients.shape[0] * self.coefficients.shape[1]
        pairs = int(np.clip(PAIRS // cells, FEWEST, MOST))
        errors = rng.normal(0.0, deviation, (len(coding.labels), POOL))
        return errors, rng.integers(0, POOL, (pairs, cells))

    def of(self, kept: ArrayLike) -> Market:
        """Keep some respondents, by truth or weight, redrawn among themselves."""
        weights = self.drawn.weights[0] * np.asarray(kept, dtype=float)
        return replace(self, drawn=redraw(weights, len(self.coefficients), self.own))


@dataclass(frozen=True, eq=False)
class Shares:
    """Shares of preference, which are not market shares.

    Parameters
    ----------
    frame
        group (empty: all), scenario, brand, rule, share (0–1), low, high, n (respondents), n_eff, left_out
        (further respondents with a utility below 0, for whom ``btl`` has no share).
    caveats
        (key, values).
    """

    frame: pd.DataFrame
    caveats: tuple[tuple[str, Mapping[str, object]], ...]


def prepare(part_worths: PartWorths, own: SurveyParams, weights: ArrayLike | None = None) -> Market:
    """Make part-worths ready for scenarios.

    Parameters
    ----------
    part_worths
        From choices or ratings.
    own
        bootstrap, seed and confidence are used.
    weights
        Of the respondents of the part-worths, in their order; 1 where unset.

    Raises
    ------
    DataError
        Where weights are not one for each respondent.
    NotEnoughData
        ``no_respondents`` where nobody has a weight.
    """
    people = len(part_worths.respondents)
    held = np.ones(people) if weights is None else np.asarray(weights, dtype=float)
    if held.shape != (people,):
        raise DataError(Problem("weights of respondents", f"{held.size}", f"one for each of {people}"))
    taken = spaced(len(part_worths.draws))
    intercept = getattr(part_worths, "intercept", None)
    return Market(
        part_worths,
        np.asarray(part_worths.draws[taken], dtype=float),
        None if intercept is None else np.asarray(intercept, dtype=float)[None],
        redraw(held, len(taken), own),
        own,
    )


def shares(
    market: Market,
    scenarios: Mapping[str, Profiles],
    rules: Sequence[str] = RULES[:3],
    *,
    exponent: float = 1.0,
    groups: pd.Series[str] | None = None,
) -> Shares:
    """Tell how preference divides among the alternatives of each scenario.

    Parameters
    ----------
    market
        From `prepare`.
    scenarios
        Scenario → brand → attribute → level.
    rules
        Some of `RULES`.
    exponent
        Utilities are multiplied by it; only one calibrated on hold-out tasks may differ from 1.
    groups
        Group of each respondent, in the order of the part-worths; shares are told of all and of each group.
        Part-worths of a hierarchical model, which knows of no groups, are drawn towards the mean of all, and
        so are differences between groups: estimate each group by itself where they matter.

    Raises
    ------
    DataError
        For rules, attributes and levels that are not known, all at once.
    NotEnoughData
        ``one_brand``; ``no_positive_utilities`` where ``btl`` has nobody left.

    Notes
    -----
    Logit: McFadden 1974. First choice: all of a respondent's preference goes to what is best, in equal parts
    to equals. Randomised first choice (Orme & Huber 2000): a normal error on every level, shared by all
    alternatives that have it, and a Gumbel error on each alternative; both together have the variance that
    the logit model has between alternatives alike in nothing. Alternatives that are alike take share from
    each other first, which logit cannot tell. Bradley–Terry–Luce: in proportion to utility, so only for
    ratings.
    """
    _check_rules(market, rules)
    encoded = encode(market.part_worths.coding, scenarios)
    parts = {"": market}
    if groups is not None:
        named = groups.fillna("").astype(str).to_numpy()
        parts |= {name: market.of(named == name) for name in sorted(set(named) - {""})}
    frames = [
        _frame(part, scenario, rule, exponent).assign(group=name)
        for name, part in parts.items()
        for scenario in encoded
        for rule in rules
    ]
    caveats = [("share_of_preference", {}), *(caveat for one in encoded for caveat in one.caveats)]
    if groups is not None and len(market.coefficients) > 1:
        caveats.append(("groups_shrunk", {}))
    if exponent != 1.0:
        caveats.append(("exponent_calibrated", {"exponent": exponent}))
    frame = pd.concat(frames, ignore_index=True)
    return Shares(frame[["group", *frame.columns.drop("group")]], tuple(caveats))


def share_draws(market: Market, scenario: Scenario, rule: str, exponent: float = 1.0) -> Floats:
    """Shares of a scenario in the sample and in each redraw, shape (1 + redraws, alternatives).

    Parameters
    ----------
    market, scenario
        From `prepare` and `encode`.
    rule
        One of `RULES`.
    exponent
        Utilities are multiplied by it.
    """
    return _over_respondents(market, probabilities(market, scenario, rule, exponent))


def _over_respondents(market: Market, each: Floats) -> Floats:
    """Average over those who have shares, which is all but by ``btl``."""
    found = market.drawn.means(each)
    total = found.sum(axis=1, keepdims=True)
    if not total[0] > 0:
        raise NotEnoughData("no_positive_utilities", n=market.drawn.n)
    return np.asarray(found / np.where(total > 0, total, np.nan))


def probabilities(market: Market, scenario: Scenario, rule: str, exponent: float = 1.0) -> Floats:
    """Each respondent's shares in each draw, shape (draws, respondents, alternatives); 0 for who has none."""
    _check_rules(market, [rule])
    draws, people, columns = market.coefficients.shape
    # alternatives first: they are few, and sums over a short last axis are slow
    utility = exponent * scenario.design @ market.coefficients.reshape(-1, columns).T
    if rule == "logit":
        found = _softmax(utility)
    elif rule == "first_choice":
        best = (utility >= utility.max(axis=0) - TIE).astype(float)
        found = best / best.sum(axis=0)
    elif rule == "btl":
        found = _proportional(utility + (0.0 if market.intercept is None else market.intercept.ravel()))
    else:
        found = _randomised(utility, scenario, market)
    return np.moveaxis(found.reshape(-1, draws, people), 0, -1)


def _softmax(utility: Floats) -> Floats:
    raised = np.exp(utility - utility.max(axis=0))
    return np.asarray(raised / raised.sum(axis=0))


def _proportional(utility: Floats) -> Floats:
    total = utility.sum(axis=0)
    defined = (utility >= 0).all(axis=0) & (total > 0)
    return np.asarray(np.where(defined, utility, 0.0) / np.where(defined, total, 1.0))


def _randomised(utility: Floats, scenario: Scenario, market: Market) -> Floats:
    """Average over random errors of levels, each with its opposite, and exactly over those of products."""
    every, places = market.errors
    scale = np.sqrt(PRODUCT_ERROR)
    errors, worth = (scenario.labels @ every / scale).astype(np.float32), (utility / scale).astype(np.float32)
    found = np.zeros(utility.shape)
    for place in places:
        error = errors[:, place]
        found += _softmax(worth + error) + _softmax(worth - error)
    return found / (2 * len(places))


def _check_rules(market: Market, rules: Sequence[str]) -> None:
    known = f"one of {', '.join(RULES)}"
    problems = [Problem("rule", f"{rule!r} is not known", known) for rule in rules if rule not in RULES]
    if "btl" in rules and market.intercept is None:
        step = "take logit or randomised_first_choice"
        problems.append(Problem("rule", "btl needs part-worths from ratings", "", step))
    if problems:
        raise DataError(problems)


def _frame(market: Market, scenario: Scenario, rule: str, exponent: float) -> pd.DataFrame:
    each = probabilities(market, scenario, rule, exponent)
    drawn = _over_respondents(market, each)
    low, high = market.drawn.interval(drawn)
    told = {"scenario": scenario.name, "brand": scenario.brands, "rule": rule, "share": drawn[0]}
    held = market.drawn.weights[0] * (each.sum(axis=(0, 2)) > 0)
    n = int((held > 0).sum())
    counted = {"n": n, "n_eff": float(effective_n(held)), "left_out": market.drawn.n - n}
    return pd.DataFrame(told | {"low": low, "high": high} | counted)
