"""How many customers there truly are: what was linked, put right by what the planted records tell."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.analyses.readiness.identity.planted import LOOK_ALIKE, Planted
from cerm_nb.stats import percentile_interval

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from cerm_nb.analyses.readiness.identity.persons import Persons
    from cerm_nb.analyses.readiness.parameters import Params
    from cerm_nb.stats import Floats

UNKNOWN = (
    1 / 2
)  # the share missed is known no better than to this part of itself, however many copies are planted
HOME = "coalesce(phone, address || postcode)"
LEAST_FILLED = 0.1  # share of persons who can be compared; with fewer the others are not guessed from them
TWICE = 2  # joins keys missed may be so many times the estimate: errors in several fields go together
LEAST_FOUND = 0.02  # share of planted copies found under which linking finds nothing that could be counted


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Parameters
    ----------
    value, low, high
        Estimate and interval; NaN where undetermined.
    n
        What it rests on.
    reason
        Why it is undetermined, as a key; empty otherwise.
    """

    value: float
    low: float
    high: float
    n: int
    reason: str = ""


@dataclass(frozen=True)
class Census:
    """The true number of customers, and how well records were linked.

    Parameters
    ----------
    count
        Customers; n is records.
    recall
        Share of the pairs to be found, beyond those declared, that were found; n is planted copies.
    precision
        Share of the links made, beyond those declared, that are right; n is planted look-alikes.
    """

    count: Estimate
    recall: Estimate
    precision: Estimate


def undetermined(found: float, n: int, reason: str) -> Census:
    """Tell what was found where its error cannot be."""
    unknown = Estimate(np.nan, np.nan, np.nan, 0, reason)
    return Census(Estimate(found, np.nan, np.nan, n, reason), unknown, unknown)


def take(
    persons: Persons, planted: Planted | None, look_alikes: dict[str, int], unidentifiable: int, own: Params
) -> Census:
    """Estimate the true number of customers.

    Parameters
    ----------
    persons
        Records gathered into persons.
    planted
        What became of the planted records.
    look_alikes
        Pairs of different persons in the lists that resemble each other, per kind; from `resemblances`.
    unidentifiable
        Records that say too little to be told apart; the low end takes each for somebody already counted.
    own
        confidence, bootstrap and seed are used.

    Notes
    -----
    Of M true joins between declared groups a share r (recall) was made, and F joins were made that are wrong;
    with m joins made, M = (m - F) / r, and customers are groups - M. r is the share found of planted copies.
    Half of them repeat a linked pair, with its fields and its errors: these flatter, since the pairs that
    were linked are the easier ones. Half are of any record of the one list, filled like any of the other,
    with errors of several pairs: these are the harder ones, since customers in several lists are better known
    and errors go together. The estimate is the middle. The interval takes recall to lie anywhere between the
    two, or as far from the middle as half the share missed where
    that is more. F counts pairs of look-alikes times the share of planted ones that were merged. The interval
    draws both shares from their Jeffreys posteriors, and the joins missed from a negative binomial.

    Errors that no linked pair shows widen it: where they come from other keys' pairs, the low end takes twice
    the joins missed (`TWICE`), the high end at least the persons found; where they are assumed, the high end
    is at least the declared groups, as if no join were right.
    """
    if planted is None:
        return undetermined(persons.count, len(persons.person), "errors_unknown")
    random = np.random.default_rng(own.seed)
    made, groups = len(persons.ties), int(persons.group.max()) + 1
    recalls = _recall(planted, own.bootstrap, random)
    if recalls[0] < LEAST_FOUND:
        return undetermined(persons.count, len(persons.person), "nothing_found")
    wrong = np.minimum(_wrong(planted, look_alikes, own.bootstrap, random), made)
    right = made - wrong
    missed = np.append(right[0] * (1 / recalls[0] - 1), random.negative_binomial(right[1:] + 1, recalls[1:]))
    customers = np.clip(groups - right - missed, 1, groups)
    count = _estimate(customers, own, len(persons.person))
    low, high = count.low, float(np.ceil(count.high))
    if planted.errors == "other_keys":  # how errors go together is not known, so perhaps nothing was missed
        fewest = np.clip(groups - right - TWICE * missed, 1, groups)
        low, high = _estimate(fewest, own, count.n).low, max(high, float(persons.count))
    if planted.errors == "assumed":
        high = float(groups)
    told = Estimate(round(count.value), max(1.0, float(np.floor(low)) - unidentifiable), high, count.n)
    tried = sum(n for n, _ in planted.merged.values())
    precision = (
        _estimate(right / made, own, tried) if made else Estimate(np.nan, np.nan, np.nan, 0, "no_links")
    )
    return Census(told, _estimate(recalls, own, len(planted.found)), precision)


def widened(taken: Census, fewer: int, more: int) -> Census:
    """Widen the interval by what the threshold of linking decides.

    Parameters
    ----------
    taken
        From `take`.
    fewer, more
        By how many persons there would be fewer had doubtful pairs been linked, and more had they not.

    Notes
    -----
    Records of one kind are alike in what they say, so a whole kind of pairs can stand near the threshold, and
    a model trained a little differently moves all of them across it. Planted copies move with them.
    """
    count = taken.count
    if count.reason:
        return taken
    return replace(taken, count=replace(count, low=max(1.0, count.low - fewer), high=count.high + more))


def _estimate(draws: Floats, own: Params, n: int) -> Estimate:
    """Take the first draw for the estimate and the rest for its interval."""
    low, high = percentile_interval(draws[1:], own.confidence)
    value = float(draws[0])
    return Estimate(value, min(low, value), max(high, value), n)


def _recall(planted: Planted, draws: int, random: np.random.Generator) -> Floats:
    """Estimate recall, then draw it again and again."""
    halves = np.split(planted.found, 2)
    whole, mixed = (random.beta(half.sum() + 0.5, (~half).sum() + 0.5, draws) for half in halves)
    middle = (whole + mixed) / 2
    apart = np.maximum(np.abs(whole - mixed) / 2, UNKNOWN * (1 - middle))
    drawn = np.append(planted.found.mean(), middle + random.uniform(-1, 1, draws) * apart)
    return np.asarray(np.clip(drawn, 1e-9, 1 - 1e-9), dtype=float)


def _wrong(planted: Planted, look_alikes: dict[str, int], draws: int, random: np.random.Generator) -> Floats:
    """Estimate how many joins are wrong, then draw it again and again."""
    total = np.zeros(draws + 1)
    for kind, (n, merged) in planted.merged.items():
        if n:
            share = np.append(merged / (n + 1), random.beta(merged + 0.5, n - merged + 0.5, draws))
            total += look_alikes.get(kind, 0) * share
    return total


def resemblances(connection: duckdb.DuckDBPyConnection, persons: pd.DataFrame) -> dict[str, int]:
    """Estimate how many pairs of different persons share a household, or a name.

    Parameters
    ----------
    connection
        Database with the table ``known``.
    persons
        Columns row and person.

    Notes
    -----
    Counted are pairs that are surely different: other given names in a household, with one family name or
    several, other birthdays under one name. Pairs that cannot be compared are taken to be as many more as the
    fields' missing values tell.
    """
    connection.register("persons", persons)
    home = _pairs(connection, HOME, "given")
    family = _pairs(connection, f"family || {HOME}", "given")
    name = _pairs(connection, "whole", "birth")
    connection.unregister("persons")
    return dict(zip(LOOK_ALIKE, (family, max(home - family, 0), name), strict=True))


def _pairs(connection: duckdb.DuckDBPyConnection, face: str, told_by: str) -> int:
    """Count pairs of persons with the same face who differ in what tells them apart."""
    faces = f"SELECT DISTINCT {face} AS face, person, {told_by} AS told FROM known JOIN persons USING (row)"  # noqa: S608
    differing = "(sum(n) ** 2 - sum(n ** 2)) / 2 AS n"
    counted = connection.execute(
        f"WITH faces AS (SELECT * FROM ({faces}) WHERE face IS NOT NULL), "  # noqa: S608
        "among AS (SELECT face, told, count(*) AS n FROM faces WHERE told IS NOT NULL GROUP BY ALL), "
        "within AS (SELECT face, person, told, count(*) AS n FROM faces WHERE told IS NOT NULL "
        "GROUP BY ALL), "
        f"all_pairs AS (SELECT {differing} FROM among GROUP BY face), "
        f"own AS (SELECT {differing} FROM within GROUP BY face, person) "
        "SELECT (SELECT coalesce(sum(n), 0) FROM all_pairs) - (SELECT coalesce(sum(n), 0) FROM own), "
        "(SELECT count(DISTINCT (face, person)) FILTER (told IS NOT NULL) / greatest(count(DISTINCT "
        "(face, person)), 1) FROM faces)"
    ).fetchall()
    pairs, filled = counted[0]
    return round(float(pairs) / max(float(filled), LEAST_FILLED) ** 2)
