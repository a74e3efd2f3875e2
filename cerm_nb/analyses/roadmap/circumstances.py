"""What happened to a respondent, and how her ratings go with it: regressions on operational variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.special import stdtr

from cerm_nb.analyses.roadmap.aims import floor_of
from cerm_nb.stats import effective_n, student_quantile
from cerm_nb.stats.threads import one_thread

if TYPE_CHECKING:
    from cerm_nb.analyses.roadmap.parameters import Params
    from cerm_nb.stats import Floats, Integers, Truths
    from cerm_nb.surveys import Survey

NONE = 1e-9  # up to which a spread is rounding


@dataclass(frozen=True, eq=False)
class Conditions:
    """Operational variables beside the survey's rows.

    Parameters
    ----------
    names
        The variables that vary.
    constant
        Those that do not.
    rows
        Rows of the survey with the own brand and at least one variable, of all waves.
    facts
        Shape (rows, variables); NaN where unknown.
    """

    names: tuple[str, ...]
    constant: tuple[str, ...]
    rows: Integers
    facts: Floats


@dataclass(frozen=True, eq=False)
class Slopes:
    """Change of a mean for one standard deviation of a variable, others held; shapes (variables, items).

    Parameters
    ----------
    estimate, error
        Points of the rating (or share below the floor), and its standard error; NaN where undetermined.
    degrees
        Degrees of freedom.
    """

    estimate: Floats
    error: Floats
    degrees: Floats

    def interval(self, confidence: float) -> tuple[Floats, Floats]:
        """Low and high end by Student's t."""
        half = student_quantile(confidence, self.degrees) * self.error
        return self.estimate - half, self.estimate + half

    def p_values(self) -> Floats:
        """Two-sided p."""
        ratio = np.abs(self.estimate) / self.error
        return np.asarray(2 * stdtr(np.maximum(self.degrees, 1.0), -ratio))


def conditions(survey: Survey, circumstances: pd.DataFrame) -> Conditions:
    """Lay the client table ``circumstances`` beside the survey; a fact told twice counts with its mean."""
    facts = circumstances.dropna(subset=["respondent", "variable", "value"])
    keys = ["respondent", "wave"] if "wave" in facts and facts["wave"].notna().any() else ["respondent"]
    facts = facts.assign(**{name: facts[name].astype("str").fillna("") for name in keys})
    wide = facts.pivot_table(index=keys, columns="variable", values="value", aggfunc="mean", sort=True)
    ours = np.flatnonzero(survey.rows["brand"] == survey.own_brand)
    who = survey.rows.iloc[ours]
    found = wide.reindex(pd.MultiIndex.from_frame(who[keys]) if len(keys) > 1 else who["respondent"])
    values = found.to_numpy(dtype=float).reshape(len(ours), wide.shape[1])
    known = (~np.isnan(values)).any(axis=1)
    values = values[known]
    spans = [np.ptp(column[~np.isnan(column)]) if (~np.isnan(column)).any() else 0.0 for column in values.T]
    varies = np.array(spans) > NONE if spans else np.zeros(0, dtype=bool)
    names = [str(name) for name in wide.columns]
    told = tuple(name for name, one in zip(names, varies, strict=True) if one)
    constant = tuple(name for name, one in zip(names, varies, strict=True) if not one)
    return Conditions(told, constant, ours[known], values[:, varies])


def grid(survey: Survey, met: Conditions, own: Params) -> pd.DataFrame:
    """Regress each attribute's rating, and whether it fails, on the variables.

    Parameters
    ----------
    survey, met
        From `read_survey` and `conditions`.
    own
        floor, min_neff and confidence are used.

    Returns
    -------
    DataFrame
        cause, touchpoint, attribute, n, n_eff, spread (standard deviation of the variable), estimate (points
        of the rating for one of it) with low and high, per_unit (points for one unit), p, below (change of
        the share below the floor) with below_low and below_high: one row per variable and attribute, those
        with fewer than `min_neff` effective answers missing their numbers.

    Notes
    -----
    Weighted least squares within waves, all variables together, so that one does not stand for another it
    goes with; where another is unknown its mean stands in. Errors are robust and count a respondent of
    several waves once (Liang & Zeger 1986). Association, not proof: nobody drew lots for who waits.
    """
    given = survey.ratings["experience"][met.rows]
    weights = survey.weights[met.rows]
    under = np.where(np.isnan(given), np.nan, (given < floor_of(survey, own)).astype(float))
    spread = _spread(met.facts, weights)
    x = met.facts / spread
    rated, below = (_slopes(survey, met.rows, x, values, own) for values in (given, under))
    low, high = rated.interval(own.confidence)
    below_low, below_high = below.interval(own.confidence)
    counted = (~np.isnan(met.facts)).astype(float).T
    n = counted @ (~np.isnan(given)).astype(float)
    numbers = {
        "n": n,
        "n_eff": _effective(met.facts, given, weights),
        "spread": np.broadcast_to(spread[:, None], n.shape),
        "estimate": rated.estimate,
        "low": low,
        "high": high,
        "per_unit": rated.estimate / spread[:, None],
        "p": rated.p_values(),
        "below": below.estimate,
        "below_low": below_low,
        "below_high": below_high,
    }
    places = np.tile(np.arange(len(survey.items)), len(met.names))
    frame = survey.items[["touchpoint", "attribute"]].iloc[places].reset_index(drop=True)
    frame.insert(0, "cause", np.repeat(np.array(met.names, dtype=object), len(survey.items)))
    return frame.assign(**{name: value.ravel() for name, value in numbers.items()})


def _spread(values: Floats, weights: Floats) -> Floats:
    held = np.where(np.isnan(values), 0.0, weights[:, None])
    mean = (held * np.nan_to_num(values)).sum(0) / held.sum(0)
    away = np.where(np.isnan(values), 0.0, values - mean)
    return np.asarray(np.sqrt((held * away**2).sum(0) / held.sum(0)))


def _effective(values: Floats, given: Floats, weights: Floats) -> Floats:
    both = (~np.isnan(values)).astype(float).T, (~np.isnan(given)).astype(float)
    once = both[0] @ (both[1] * weights[:, None])
    twice = both[0] @ (both[1] * weights[:, None] ** 2)
    return np.where(twice > 0, once**2 / np.where(twice > 0, twice, 1.0), 0.0)


def _slopes(survey: Survey, rows: Integers, x: Floats, y: Floats, own: Params) -> Slopes:
    """Slopes of every variable; variables known of the same rows share their regressions."""
    shape = (x.shape[1], y.shape[1])
    found = Slopes(np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape))
    known = ~np.isnan(x)
    _, pattern = np.unique(known, axis=1, return_inverse=True)
    wave = pd.get_dummies(survey.rows["wave"].iloc[rows]).to_numpy(dtype=float)
    person = pd.factorize(survey.rows["respondent"].iloc[rows])[0].astype(np.int64)
    for number in np.unique(pattern):
        mine = np.flatnonzero(pattern.ravel() == number)
        here = known[:, mine[0]]
        design = np.column_stack([_centred(x[here], survey.weights[rows][here]), wave[here]])
        fitted = _fit(design, y[here], survey.weights[rows][here], person[here], mine, own)
        for part, whole in zip(fitted, (found.estimate, found.error, found.degrees), strict=True):
            whole[mine] = part
    return found


def _centred(x: Floats, weights: Floats) -> Floats:
    held = np.where(np.isnan(x), 0.0, weights[:, None])
    total = held.sum(0)
    mean = (held * np.nan_to_num(x)).sum(0) / np.where(total > 0, total, 1.0)
    return np.where(np.isnan(x), 0.0, x - mean)


def _fit(
    design: Floats, y: Floats, weights: Floats, person: Integers, wanted: Integers, own: Params
) -> tuple[Floats, Floats, Floats]:
    """Coefficients, cluster-robust errors and degrees of freedom of the variables wanted; (wanted, items)."""
    given = ~np.isnan(y)
    held = np.where(given, weights[:, None], 0.0)
    size = design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(len(design), size * size)
    with one_thread():
        bread = np.linalg.pinv((held.T @ products).reshape(-1, size, size), rcond=1e-9, hermitian=True)
        moment = (held * np.where(given, y, 0.0)).T @ design
        beta = np.einsum("aij,aj->ai", bread, moment)
    residual = held * np.where(given, y - design @ beta.T, 0.0)
    clusters = _clusters(given, person)
    degrees = np.broadcast_to(clusters - size, (len(wanted), y.shape[1]))
    enough = (degrees >= 1) & (effective_n(held) >= own.min_neff) & _varies(y, given)
    error = np.empty((len(wanted), y.shape[1]))
    for at, column in enumerate(wanted):
        parts = np.zeros((int(person.max(initial=-1)) + 1, y.shape[1]))
        np.add.at(parts, person, (design @ bread[:, :, column].T) * residual)
        error[at] = np.sqrt((parts**2).sum(0) * clusters / np.maximum(clusters - 1, 1))
    told = enough & (error > NONE)
    return np.where(told, beta[:, wanted].T, np.nan), np.where(told, error, np.nan), degrees.astype(float)


def _clusters(given: Truths, person: Integers) -> Floats:
    there = np.zeros((int(person.max(initial=-1)) + 1, given.shape[1]))
    np.add.at(there, person, given.astype(float))
    return np.asarray((there > 0).sum(0).astype(float))


def _varies(y: Floats, given: Truths) -> Truths:
    low = np.where(given, y, np.inf).min(0, initial=np.inf)
    return np.asarray(np.where(given, y, -np.inf).max(0, initial=-np.inf) > low)
