"""How often customers buy and when they stop: BG/NBD, MBG/NBD and NBD by maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeVar

import numpy as np

from cerm_nb.analyses.value.newton import Fit, climb, maximise
from cerm_nb.analyses.value.surfaces import Histories, nbd_surface, surface
from cerm_nb.errors import NotEnoughData
from cerm_nb.stats import weighted_patterns

if TYPE_CHECKING:
    import pandas as pd

    from cerm_nb.analyses.value.newton import Surface
    from cerm_nb.stats import Floats

DAYS_PER_WEEK = 7
FEWEST_CUSTOMERS = 50  # below these a model of four parameters is a guess
FEWEST_REPEATERS = 10
SUBSAMPLE = 1_500  # patterns that find the neighbourhood of the maximum


@dataclass(frozen=True, eq=False)
class PurchaseModel(Fit):
    """What the purchase models share; time in weeks, recency from the first purchase."""

    names: ClassVar[tuple[str, ...]] = ("r", "alpha", "a", "b")
    shift: ClassVar[int] = 0  # chances to stop before the first repeat purchase

    @property
    def process(self) -> Floats:
        """The parameters r, α, a, b, shape (4,)."""
        return self.estimates

    @classmethod
    def surface(cls, data: Histories, logs: Floats) -> Surface:
        """Log-likelihood and its derivatives at logarithms of the parameters."""
        return surface(cls.shift, data, logs)


@dataclass(frozen=True, eq=False)
class BgNbd(PurchaseModel):
    """Beta-geometric / negative binomial model of repeat purchases.

    1. While active, a customer buys at random at a constant rate λ (Poisson).
    2. Rates differ between customers as Gamma(r, rate α).
    3. After each repeat purchase a customer stops for good with probability p.
    4. Probabilities differ between customers as Beta(a, b).
    5. Rate and stopping probability are independent.

    So a customer who never came back counts as active: assumption 3 gives no chance to stop after the
    first purchase. Fader, Hardie & Lee (2005), Marketing Science 24(2).
    """

    name: ClassVar[str] = "BG/NBD"


@dataclass(frozen=True, eq=False)
class MbgNbd(PurchaseModel):
    """Modified BG/NBD: as BG/NBD, and a customer can also stop right after the first purchase.

    1. While active, a customer buys at random at a constant rate λ (Poisson).
    2. Rates differ between customers as Gamma(r, rate α).
    3. After **every** purchase, the first too, a customer stops for good with probability p.
    4. Probabilities differ between customers as Beta(a, b).
    5. Rate and stopping probability are independent.

    Batislam, Denizel & Filiztekin (2007), International Journal of Research in Marketing 24(3).
    """

    name: ClassVar[str] = "MBG/NBD"
    shift: ClassVar[int] = 1


@dataclass(frozen=True, eq=False)
class Nbd(PurchaseModel):
    """Negative binomial model of repeat purchases: the limit of the others where nobody stops.

    1. Every customer buys at random at a constant rate λ (Poisson), for good.
    2. Rates differ between customers as Gamma(r, rate α).

    Where a window is too short to show anyone stopping, the others' likelihood rises towards this limit
    (a → 0) without a maximum. Ehrenberg (1959), Applied Statistics 8(1).
    """

    name: ClassVar[str] = "NBD"
    names: ClassVar[tuple[str, ...]] = ("r", "alpha")

    @property
    def process(self) -> Floats:
        """The parameters r, α, and a = 0 with any b: a probability to stop of 0, shape (4,)."""
        return np.append(self.estimates, [0.0, 1.0])

    @classmethod
    def surface(cls, data: Histories, logs: Floats) -> Surface:
        """Log-likelihood and its derivatives at logarithms of the parameters."""
        return nbd_surface(data, logs)


Model = TypeVar("Model", bound=PurchaseModel)


def histories(summary: pd.DataFrame) -> Histories:
    """Collapse customers with the same frequency, recency and age.

    Parameters
    ----------
    summary
        One row per customer: frequency, recency and age in weeks (whole days / 7).

    Raises
    ------
    ValueError
        A negative value, or a recency beyond the age.
    """
    frequency = summary["frequency"].to_numpy(dtype=np.int64)
    recency = np.rint(summary["recency"].to_numpy(dtype=float) * DAYS_PER_WEEK).astype(np.int64)
    age = np.rint(summary["age"].to_numpy(dtype=float) * DAYS_PER_WEEK).astype(np.int64)
    if min(frequency.min(initial=0), recency.min(initial=0)) < 0 or np.any(recency > age):
        raise ValueError("frequency and recency must be 0 or more, and recency at most the age")
    rows, inverse, weights = weighted_patterns(frequency, recency, age)
    weeks = recency[rows] / DAYS_PER_WEEK, age[rows] / DAYS_PER_WEEK
    return Histories(frequency[rows], *weeks, weights, inverse)


def fit_purchases(model: type[Model], summary: pd.DataFrame) -> Model:
    """Fit one purchase model by maximum likelihood.

    Parameters
    ----------
    model
        `BgNbd`, `MbgNbd` or `Nbd`.
    summary
        One row per customer: frequency, recency, age.

    Raises
    ------
    NotEnoughData
        ``too_few_customers``, ``no_repeat_purchases``, ``too_few_repeat_customers``, ``no_time_observed``
        or ``model_not_identified``.
    """
    _refuse_if_poor(summary)
    data = histories(summary)
    scale = float(np.average(data.age, weights=data.weights))
    # in units of the mean age every parameter is free of scale, and so are start and limits
    scaled = data._replace(recency=data.recency / scale, age=data.age / scale)
    start = np.log(np.array([0.5, 0.5, 0.8, 2.0]))[: len(model.names)]
    if data.weights.size > 2 * SUBSAMPLE:
        every = data.weights.size // SUBSAMPLE
        part = scaled._replace(**{name: getattr(scaled, name)[::every] for name in scaled._fields[:4]})
        start, _ = climb(lambda logs: model.surface(part, logs), start)
    logs, covariance, value = maximise(lambda logs: model.surface(scaled, logs), start, model.name)
    estimates = np.exp(logs) * np.array([1.0, scale, 1.0, 1.0])[: len(model.names)]
    repeats = float(data.weights @ data.frequency)
    return model(estimates, covariance, value - repeats * np.log(scale), int(data.weights.sum()))


def _refuse_if_poor(summary: pd.DataFrame) -> None:
    repeaters = int((summary["frequency"] > 0).sum())
    if len(summary) < FEWEST_CUSTOMERS:
        raise NotEnoughData("too_few_customers", found=len(summary), needed=FEWEST_CUSTOMERS)
    if repeaters == 0:
        raise NotEnoughData("no_repeat_purchases", customers=len(summary))
    if repeaters < FEWEST_REPEATERS:
        raise NotEnoughData("too_few_repeat_customers", found=repeaters, needed=FEWEST_REPEATERS)
    if not summary["age"].max() > 0:
        raise NotEnoughData("no_time_observed", customers=len(summary))
