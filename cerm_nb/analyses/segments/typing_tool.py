"""Find the fewest fields by which a new customer's segment can be told."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

from cerm_nb.analyses.segments.finding import labels
from cerm_nb.analyses.segments.typing_model import Asked, TypingModel, encoded, posteriors_of
from cerm_nb.stats import effective_n, wilson_interval
from cerm_nb.stats.threads import one_thread

if TYPE_CHECKING:
    from cerm_nb.analyses.segments.finding import Segments
    from cerm_nb.analyses.segments.inputs import Base
    from cerm_nb.analyses.segments.parameters import Params
    from cerm_nb.stats import Floats, Integers, Truths

FOLDS = 5
FEWEST = 2 * FOLDS  # members of a segment below which it cannot be learnt and checked
LEAST_VARIANCE = 1e-3
LARGE = 10_000  # units the tool is fitted to at most; more would not change it
REACHED = 10  # units beyond either end of a field that is not an answer
STEPS = 4  # to a standard deviation: such ends stand on a grid, so that the file tells nobody's own value
TYPING = [
    "step", "field", "accuracy", "low", "high", "assigned_share", "accuracy_assigned", "assigned_low",
    "assigned_high", "n", "chosen",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class TypingTool:
    """A typing tool and how well it does.

    Parameters
    ----------
    frame
        One row per field in the order they were taken, columns `TYPING`: cross-validated accuracy with so
        many fields, for all units and for those it assigns; chosen marks the fields of the tool.
    model
        The tool, ready to be written as JSON; empty where there is none. `apply_typing` uses it.
    accuracy, low, high
        Share of units whose segment it tells, in folds that neither chose nor fitted it; Wilson by n_eff.
    largest_share
        What naming the largest segment every time would reach.
    n
        Units it was fitted to and checked on.
    reason
        Why there is no tool: ``no_segments``, ``segment_too_small``; empty where there is one.
    """

    frame: pd.DataFrame
    model: dict[str, Any]
    accuracy: float
    low: float
    high: float
    largest_share: float
    n: int
    reason: str = ""

    @property
    def fields(self) -> list[str]:
        """Names of the fields asked."""
        return [field["name"] for field in self.model.get("fields", [])]


def fit_typing(segments: Segments, own: Params) -> TypingTool:
    """Choose the fields and fit the tool.

    Parameters
    ----------
    segments
        From `find_segments`.
    own
        max_fields, min_posterior, confidence and seed are used.

    Returns
    -------
    TypingTool
        Fields are taken one by one, each time the one that tells most units' segments in cross-validated
        naive Bayes; as many are kept as come within a standard error of the best accuracy. The tool itself
        is a multinomial logistic regression on them. Accuracy is cross-validated around the whole: the
        held-out fold takes no part in choosing fields.
    """
    base, chosen = segments.base, segments.chosen
    if chosen is None:
        return _none("no_segments", base.n)
    label, share = labels(segments), float(chosen.solution.shares[0])
    if np.bincount(label).min() < FEWEST:
        return _none("segment_too_small", base.n)
    if base.n > LARGE:
        rows = np.sort(np.random.default_rng([own.seed, 11]).choice(base.n, LARGE, replace=False))
        base, label = base.part(rows), label[rows]
    with one_thread():
        steps = min(own.max_fields, base.raw.shape[1])
        fold = _folds(label, np.random.default_rng([own.seed, 9]))
        held_out = _cross_validated(base, label, fold, steps)
        order = _selected(base, label, fold, steps)
        frame = _curve(held_out, base, label, own)
        kept = _fewest(frame, base)
        told = [float(frame[name].iloc[kept - 1]) for name in ("accuracy", "low", "high")]
        names = [str(base.raw.columns[at]) for at in order]
        frame = frame.assign(field=names, chosen=np.arange(steps) < kept)[TYPING]
        tool = _fitted(base, label, order[:kept], np.ones(base.n, dtype=bool), segments.names)
    model = tool.model_copy(
        update={
            "threshold": own.min_posterior,
            "accuracy": round(told[0], 6),
            "accuracy_low": round(told[1], 6),
            "accuracy_high": round(told[2], 6),
        }
    )
    return TypingTool(frame, model.model_dump(), told[0], told[1], told[2], share, base.n)


def _none(reason: str, n: int) -> TypingTool:
    return TypingTool(pd.DataFrame(columns=TYPING), {}, np.nan, np.nan, np.nan, np.nan, n, reason)


def _folds(label: Integers, random: np.random.Generator) -> Integers:
    """Deal each segment's members out to the folds evenly."""
    order = np.lexsort((random.permutation(label.size), label))
    fold = np.empty(label.size, dtype=np.int64)
    fold[order] = np.arange(label.size) % FOLDS
    return fold


def _selected(base: Base, label: Integers, fold: Integers, steps: int) -> list[int]:
    """Take fields one by one by their cross-validated accuracy in naive Bayes."""
    k = int(label.max()) + 1
    logs = np.zeros((base.raw.shape[1], label.size, k))
    so_far = np.zeros((label.size, k))
    for each in np.unique(fold):
        test = fold == each
        so_far[test] = np.log(np.maximum(_masses(base.weights[~test], label[~test], k), 1e-12))
        for at, column in enumerate(base.raw.columns):
            logs[at][test] = _densities(base, column, label, test, k)
    taken: list[int] = []
    for _ in range(steps):
        right = ((so_far + logs).argmax(axis=2) == label) @ base.weights
        right[taken] = -1
        taken.append(int(right.argmax()))
        so_far = so_far + logs[taken[-1]]
    return taken


def _masses(weights: Floats, label: Integers, k: int) -> Floats:
    return np.asarray(np.bincount(label, weights, k) / weights.sum())


def _densities(base: Base, column: str, label: Integers, test: Truths, k: int) -> Floats:
    """Log density of held-out values of a field in each segment; 0 where empty."""
    values, weights = base.raw[column], base.weights
    if not pd.api.types.is_numeric_dtype(values):
        codes, levels = pd.factorize(values)
        there = ~test & (codes >= 0)
        key = label[there] * len(levels) + codes[there]
        counts = np.bincount(key, weights[there], k * len(levels)).reshape(k, -1) + 1
        rates = np.log(counts / counts.sum(axis=1, keepdims=True))
        return np.where(codes[test, None] >= 0, rates[:, codes[test]].T, 0.0)
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    numbers = np.log1p(numbers.clip(min=0)) if base.scales[column] == "log" else numbers
    there = ~test & ~np.isnan(numbers)
    mass = np.bincount(label[there], weights[there], k) + 1e-12
    mean = np.bincount(label[there], weights[there] * numbers[there], k) / mass
    away = np.bincount(label[there], weights[there] * (numbers[there] - mean[label[there]]) ** 2, k) / mass
    variance = np.maximum(away, LEAST_VARIANCE * max(float(numbers[there].var()), 1e-12))
    logs = -0.5 * ((numbers[test, None] - mean) ** 2 / variance + np.log(variance))
    return np.asarray(np.where(np.isnan(logs), 0.0, logs))


def _cross_validated(base: Base, label: Integers, fold: Integers, steps: int) -> Floats:
    """Posteriors of held-out units with 1, 2, … fields, shape (steps, units, k)."""
    k = int(label.max()) + 1
    names = [str(at) for at in range(k)]
    told = np.empty((steps, label.size, k))
    for each in np.unique(fold):
        train = fold != each
        inside = base.part(train)
        order = _selected(inside, label[train], fold[train], steps)
        for step in range(steps):
            tool = _fitted(base, label, order[: step + 1], train, names)
            told[step][~train] = posteriors_of(tool, base.raw[~train])
    return told


def _fitted(base: Base, label: Integers, order: list[int], train: Truths, names: list[str]) -> TypingModel:
    fields = [_asked(base, base.raw.columns[at], train) for at in order]
    columns, weights = encoded(fields, base.raw[train]), base.weights[train]
    model = LogisticRegression(C=1.0, max_iter=500)
    with warnings.catch_warnings():
        # the last digits do not matter: what the tool is worth is told by held-out units
        warnings.filterwarnings("ignore", message="lbfgs failed to converge")
        model.fit(columns, label[train], sample_weight=weights)
    slopes, starts = np.atleast_2d(model.coef_), np.atleast_1d(model.intercept_)
    if len(names) == 2:
        slopes, starts = np.vstack([-slopes / 2, slopes / 2]), np.concatenate([-starts / 2, starts / 2])
    return TypingModel(
        fields=fields,
        segments=names,
        intercepts=np.round(starts, 6).tolist(),
        coefficients=np.round(slopes, 6).tolist(),
        threshold=0.0,
        accuracy=0.0,
        accuracy_low=0.0,
        accuracy_high=0.0,
        n=int(train.sum()),
    )


def _asked(base: Base, column: str, train: Truths) -> Asked:
    values, how = base.raw[column], base.scales[column]
    if not pd.api.types.is_numeric_dtype(values):
        return Asked(name=str(column), kind="text", levels=sorted(values.dropna().astype(str).unique()))
    moved = _moved(values[train], how)
    scale = max(round(float(moved.std()), 6), 1e-6)
    low, high = _ends(base, column, scale / STEPS)
    return Asked(
        name=str(column),
        kind="number",
        transform="log" if how == "log" else "identity",
        outside="refuse" if how == "answer" else "clip",
        low=low,
        high=high,
        centre=round(float(moved.mean()), 6),
        scale=scale,
    )


def _moved(values: pd.Series, how: str) -> Floats:
    """Give what is known of a field as it is used."""
    numbers = values.dropna().to_numpy(dtype=float)
    return np.asarray(np.log1p(numbers.clip(min=0)) if how == "log" else numbers)


def _ends(base: Base, column: str, step: float) -> tuple[float, float]:
    """Tell the range of a field: of answers their scale, of others what several units reach, in whole steps.

    Steps are of the field as it is used, and rounding goes outward.
    """
    if base.scales[column] == "answer":
        # answers share one scale, whose ends may have been ticked on other questions only
        alike = base.raw[[name for name, scale in base.scales.items() if scale == "answer"]]
        return float(alike.min().min()), float(alike.max().max())
    values = np.sort(_moved(base.raw[column], base.scales[column]))
    inside = min(REACHED, len(values) // 2)
    ends = np.array([np.floor(values[inside] / step), np.ceil(values[-1 - inside] / step)]) * step
    low, high = np.round(np.expm1(ends) if base.scales[column] == "log" else ends, 6)
    return float(low), float(high)


def _curve(posteriors: Floats, base: Base, label: Integers, own: Params) -> pd.DataFrame:
    rows = []
    for step, told in enumerate(posteriors, start=1):
        right = told.argmax(axis=1) == label
        sure = told.max(axis=1) >= own.min_posterior
        all_units = _share(right, base.weights, own.confidence)
        assigned = _share(right[sure], base.weights[sure], own.confidence)
        rows.append(
            (step, *all_units, float(base.weights[sure].sum() / base.weights.sum()), *assigned, base.n)
        )
    columns = [name for name in TYPING if name not in ("field", "chosen")]
    return pd.DataFrame(rows, columns=columns)


def _share(right: Truths, weights: Floats, confidence: float) -> tuple[float, float, float]:
    if not right.size:
        return np.nan, np.nan, np.nan
    share, n = float(weights @ right / weights.sum()), float(effective_n(weights))
    share = min(share, 1.0)  # sums in another order may differ in the last digit
    low, high = wilson_interval(share * n, n, confidence)
    return share, min(low, share), max(high, share)


def _fewest(frame: pd.DataFrame, base: Base) -> int:
    """Fields that come within a standard error of the best accuracy."""
    best = float(frame["accuracy"].max())
    error = np.sqrt(best * (1 - best) / base.n_eff)
    return int(frame.loc[frame["accuracy"] >= best - error, "step"].iloc[0])
