"""What segments are found on: one row per customer or respondent, cleaned, on one scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.errors import DataError, Problem
from cerm_nb.stats import quantile_scores

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cerm_nb.stats import Floats, Integers, Truths

MOST_MISSING = 0.5  # a row or a column that lacks more is left out
FEW_LEVELS = 5  # a number with no more values is used as it is by latent classes; others by thirds
MANY_LEVELS = 20  # a text with more is no property but a name
SCALES = ("standard", "log", "answer")


@dataclass(frozen=True, eq=False)
class Base:
    """Units on which segments are found, sorted by their identifiers.

    Parameters
    ----------
    ids
        Identifiers, one row per unit.
    raw
        The columns that may be asked of a new customer, as they were given, empty cells included.
    numbers
        The same on one scale, empty cells filled with the column's mean: what k-means and mixtures see,
        shape (units, numbers).
    codes
        The same as levels 0, 1, …; −1 where empty: what latent classes see, shape (units, columns).
    weights
        Weight of each unit, mean 1.
    kind
        ``behaviour``, ``needs``, ``both`` or ``given``.
    scales
        Column → how it was scaled: see `base_of`.
    imputed_share
        Share of the cells that were empty.
    left_out
        Columns left out, each with its reason: ``constant``, ``mostly_missing``, ``too_many_levels``.
    dropped
        Units left out: most of their cells were empty, or their weight was 0.
    reason
        Why there are no units: what was asked for is not known of anybody; empty otherwise.
    """

    ids: pd.DataFrame
    raw: pd.DataFrame
    numbers: Floats
    codes: Integers
    weights: Floats
    kind: str
    scales: dict[str, str]
    imputed_share: float
    left_out: tuple[tuple[str, str], ...]
    dropped: int
    reason: str = ""

    @property
    def n(self) -> int:
        """Units."""
        return len(self.raw)

    @property
    def n_eff(self) -> float:
        """Effective number of units under the weights (Kish 1965): (Σw)² / Σw²."""
        return float(self.weights.sum() ** 2 / np.square(self.weights).sum()) if self.n else 0.0

    def part(self, rows: Integers | Truths) -> Base:
        """Take some of the units, as they are scaled."""
        return replace(
            self,
            ids=self.ids.iloc[rows].reset_index(drop=True),
            raw=self.raw.iloc[rows].reset_index(drop=True),
            numbers=self.numbers[rows],
            codes=self.codes[rows],
            weights=self.weights[rows] / self.weights[rows].mean(),
        )

    @property
    def all_numeric(self) -> bool:
        """Whether every column is a number."""
        return all(pd.api.types.is_numeric_dtype(kind) for kind in self.raw.dtypes)


def base_of(
    frame: pd.DataFrame,
    weights: pd.Series | None = None,
    *,
    scales: Mapping[str, str] | None = None,
    kind: str = "given",
) -> Base:
    """Clean a table of units and put its columns on one scale.

    Parameters
    ----------
    frame
        One row per unit, indexed by its identifiers; a column is a number, or else a text of few levels.
    weights
        Weight per unit in the order of `frame`, 0 or more; all alike where unset.
    scales
        Column → ``standard`` (mean 0, variance 1; the default), ``log`` (the same after log(1 + x)), or
        ``answer``: answers on one rating scale, less the unit's mean over all of them, since people differ in
        how high they answer at all. Where answers stand beside others each kind weighs the same in all.
    kind
        Name of the choice, for what is told.

    Raises
    ------
    DataError
        For an identifier that stands twice, infinite numbers, and weights that are missing or negative.
    """
    how = {column: (scales or {}).get(column, "standard") for column in frame.columns}
    given = np.ones(len(frame)) if weights is None else weights.to_numpy(dtype=float)
    _refuse(frame, given, how)
    order = _order(frame.index)
    frame, given = frame.iloc[order], given[order]
    kept, left_out = _columns(frame)
    missing = frame[kept].isna().to_numpy()
    there = given > 0
    if kept:
        there &= missing.mean(axis=1) <= MOST_MISSING
    raw, share = frame.loc[there, kept], float(missing[there].mean()) if missing[there].size else 0.0
    again, constant = _columns(raw)  # a column may be constant among the units that stay
    weighed = given[there] / given[there].mean() if there.any() else given[there]
    raw = raw[again]
    return Base(
        ids=raw.index.to_frame(index=False),
        raw=raw.reset_index(drop=True),
        numbers=numbers_of(raw, weighed, how),
        codes=_codes(raw),
        weights=weighed,
        kind=kind,
        scales={column: how[column] for column in again},
        imputed_share=share,
        left_out=(*left_out, *constant),
        dropped=int((~there).sum()),
    )


def _order(index: pd.Index) -> Integers:
    """Order by identifier, so that no result hangs on the order of the rows."""
    keys = index.to_frame(index=False).astype(str)
    return np.lexsort([keys[name].to_numpy(dtype=str) for name in keys.columns[::-1]])


def _refuse(frame: pd.DataFrame, weights: Floats, how: Mapping[str, str]) -> None:
    problems = list(_problems(frame, weights))
    problems += [
        Problem(str(column), f"scale {scale!r}", f"one of {', '.join(SCALES)}")
        for column, scale in how.items()
        if scale not in SCALES
    ]
    if problems:
        raise DataError(problems)


def _problems(frame: pd.DataFrame, weights: Floats) -> Iterator[Problem]:
    twice = int(frame.index.duplicated().sum())
    if twice:
        yield Problem("identifiers", f"{twice} stand more than once", "one row per unit")
    wrong = int((~np.isfinite(weights) | (weights < 0)).sum())
    if wrong:
        yield Problem("weight", f"{wrong} missing, infinite or negative", "0 or more", "set them to 0 or 1")
    for column in frame.select_dtypes("number"):
        endless = int(np.isinf(frame[column].to_numpy(dtype=float, na_value=np.nan)).sum())
        if endless:
            yield Problem(str(column), f"{endless} infinite values", "finite numbers", "leave them empty")


def _columns(frame: pd.DataFrame) -> tuple[list[str], tuple[tuple[str, str], ...]]:
    """Columns that can tell units apart, and why the others cannot."""
    kept, left_out = [], []
    for column in frame.columns:
        values = frame[column]
        levels = values.nunique()
        if values.isna().mean() > MOST_MISSING:
            left_out.append((column, "mostly_missing"))
        elif levels < 2:
            left_out.append((column, "constant"))
        elif levels > MANY_LEVELS and not pd.api.types.is_numeric_dtype(values):
            left_out.append((column, "too_many_levels"))
        else:
            kept.append(column)
    return kept, tuple(left_out)


def numbers_of(raw: pd.DataFrame, weights: Floats, how: Mapping[str, str]) -> Floats:
    """Put columns on one scale: `Base.numbers`.

    Parameters
    ----------
    raw
        One row per unit.
    weights
        Shape (units,).
    how
        Column → its scale: see `base_of`.
    """
    answers = [column for column in raw.columns if how[column] == "answer"]
    others = [column for column in raw.columns if how[column] != "answer"]
    blocks = []
    if answers:
        given = raw[answers].to_numpy(dtype=float, na_value=np.nan)
        blocks.append(_filled(given - np.nanmean(given, axis=1, keepdims=True), weights, pooled=True))
    if others:
        columns = [scaled(raw[column], how[column]) for column in others]
        blocks.append(np.column_stack([_filled(each, weights, pooled=False) for each in columns]))
    if len(blocks) == 2:
        blocks = [block / np.sqrt(block.shape[1]) for block in blocks]
    return np.column_stack(blocks) if blocks else np.empty((len(raw), 0))


def scaled(column: pd.Series, how: str) -> Floats:
    """Column as numbers, shape (units, 1), or one 0/1 column per level of a text, empty where it is."""
    if not pd.api.types.is_numeric_dtype(column):
        levels = sorted(column.dropna().astype(str).unique())
        held = (column.astype(str).to_numpy()[:, None] == np.array(levels)).astype(float)
        held[column.isna().to_numpy()] = np.nan
        return np.asarray(held / np.sqrt(2))  # two units that differ then differ by 1, not by 2
    numbers = column.to_numpy(dtype=float, na_value=np.nan)[:, None]
    return np.asarray(np.log1p(numbers.clip(min=0)) if how == "log" else numbers)


def smeared(base: Base, random: np.random.Generator) -> Floats:
    """Give `Base.numbers` without steps: each value anywhere up to half-way to the next in its column.

    Parameters
    ----------
    base
        The units, every column a number.
    random
        Source of the places.

    Returns
    -------
    ndarray
        Shape (units, numbers): ratings and counts as if they had been rounded, so that the steps of a scale
        do not look like clumps.
    """
    how = {name: "answer" if scale == "answer" else "standard" for name, scale in base.scales.items()}
    columns = {name: _smeared(scaled(base.raw[name], base.scales[name])[:, 0], random) for name in how}
    return numbers_of(pd.DataFrame(columns, index=base.raw.index), base.weights, how)


def _smeared(values: Floats, random: np.random.Generator) -> Floats:
    levels, place = np.unique(values, return_inverse=True)  # empty cells are one level, the last
    known = levels[~np.isnan(levels)]
    edges = (known[1:] + known[:-1]) / 2
    ends = 2 * known[[0, -1]] - edges[[0, -1]]  # the outer levels reach as far out as in
    edges = np.concatenate([ends[:1], edges, ends[1:], [np.nan]])
    return np.asarray(edges[place] + np.diff(edges)[place] * random.random(values.size))


def _filled(block: Floats, weights: Floats, *, pooled: bool) -> Floats:
    """Centre and scale by what is there; an empty cell becomes the mean, which is 0."""
    there = ~np.isnan(block)
    held = weights[:, None] * there
    zeroed = np.where(there, block, 0.0)
    mass = held.sum(axis=0)
    centred = np.where(there, zeroed - (held * zeroed).sum(axis=0) / mass, 0.0)
    variance = (held * centred**2).sum(axis=0) / mass
    spread = np.sqrt(variance.mean() if pooled or block.shape[1] > 1 else variance)
    return np.asarray(centred / np.where(spread > 0, spread, 1.0))


def _codes(raw: pd.DataFrame) -> Integers:
    columns = []
    for name in raw.columns:
        values = raw[name]
        if pd.api.types.is_numeric_dtype(values) and values.nunique() > FEW_LEVELS:
            there = values.notna().to_numpy()
            codes = np.full(len(raw), -1)
            codes[there] = quantile_scores(values[there].to_numpy(dtype=float), 3)
            # thirds that ties leave empty are no levels
            levels = np.unique(codes[there])
            codes[there] = np.searchsorted(levels, codes[there])
        else:
            codes = pd.factorize(values, sort=True)[0]
        columns.append(codes)
    return np.column_stack(columns).astype(np.int64) if columns else np.empty((len(raw), 0), dtype=np.int64)
