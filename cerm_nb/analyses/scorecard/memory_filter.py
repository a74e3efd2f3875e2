"""Many series filtered at once under every memory: all that forecasts from any of their points rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.stats import Floats, Integers

# How a series remembers: share of a random walk in what moves it, and lag-one correlation of the rest.
# A level that stays, one that moves by little steps, and nothing but steps.
MEMORIES = np.array(
    [(0.0, 0.0), (0.0, 0.25), (0.0, 0.5), (0.0, 0.7), (0.0, 0.85), (0.0, 0.94)]
    + [(moving, lasting) for moving in (0.02, 0.1, 0.4) for lasting in (0.0, 0.5)]
    + [(1.0, 0.0)]
)
MOVING, LASTING = MEMORIES.T
KEPT = 60  # periods whose whitened values are kept before they are summed
TOGETHER = 250  # series worth filtering at a time: they fit into the processor's cache


class Filtered(NamedTuple):
    """What the values up to one period tell; series with the same gaps share what has no value in it.

    Parameters
    ----------
    at
        Position of the last period that was seen.
    group
        Pattern of gaps of each series, shape (series,).
    known
        Values seen, shape (patterns,).
    doubt
        Variances of level and rest and their covariance, in units of the series' variance, shape
        (3, patterns, memories).
    logs
        Sum of logs of the variances of one step ahead, shape (patterns, memories).
    level_of, rest_of
        State of the fixed columns, shape (patterns, memories, columns).
    squares
        Sums of products of whitened fixed columns, shape (patterns, memories, columns, columns).
    level, rest
        State of the values, shape (series, memories).
    total
        Sum of squares of whitened values, shape (series, memories).
    products
        Sums of products of whitened columns with whitened values, shape (series, memories, columns).
    """

    at: int
    group: Integers
    known: Integers
    doubt: Floats
    logs: Floats
    level_of: Floats
    rest_of: Floats
    squares: Floats
    level: Floats
    rest: Floats
    total: Floats
    products: Floats


def filtered(values: Floats, columns: Floats, stops: Integers) -> Iterator[Filtered]:
    """Run through all series in time, and tell at some periods what has been seen so far.

    Parameters
    ----------
    values
        Shape (series, periods), NaN for gaps, best near 0 and of spread 1.
    columns
        Fixed columns, the first of them ones, shape (periods, columns).
    stops
        Positions at which to tell.

    Notes
    -----
    The Kalman filter of a local level and an autoregressive rest of known memory, the fixed columns filtered
    by the same gains and their coefficients left to least squares (the augmented filter of de Jong 1991): one
    pass gives the exact fit to the values before every period. Gains, variances and filtered columns are
    worked out once for all series with the same gaps.
    """
    patterns, group = np.unique(~np.isnan(values), axis=0, return_inverse=True)
    y, seen = np.nan_to_num(values), patterns.astype(float)
    now = _begin(np.asarray(group, dtype=np.int64).reshape(-1), len(patterns), columns.shape[1])
    white: list[tuple[Floats, Floats]] = []
    wanted = set(stops.tolist())
    for at in range(int(stops.max(initial=-1)) + 1):
        now, *new = _see(now._replace(at=at), y[:, at, None], columns[at], seen[:, at, None])
        white.append((new[0], new[1]))
        if at in wanted or len(white) == KEPT:
            now, white = _summed(now, *map(np.array, zip(*white, strict=True))), []
        if at in wanted:
            yield now
        now = _step(now)


def _begin(group: Integers, patterns: int, k: int) -> Filtered:
    s, m = len(group), len(MEMORIES)
    start = np.array([MOVING, 1 - MOVING, 0 * MOVING])
    return Filtered(
        at=0,
        group=group,
        known=np.zeros(patterns, dtype=np.int64),
        doubt=np.repeat(start[:, None], patterns, axis=1),
        logs=np.zeros((patterns, m)),
        level_of=np.zeros((patterns, m, k)),
        rest_of=np.zeros((patterns, m, k)),
        squares=np.zeros((patterns, m, k, k)),
        level=np.zeros((s, m)),
        rest=np.zeros((s, m)),
        total=np.zeros((s, m)),
        products=np.zeros((s, m, k)),
    )


def _see(now: Filtered, value: Floats, row: Floats, seen: Floats) -> tuple[Filtered, Floats, Floats]:
    """Take in the values of one period, and give them and the columns whitened; gaps change nothing."""
    of_level, of_rest, both = now.doubt
    ahead = of_level + of_rest + 2 * both
    gain, gain_rest = seen * (of_level + both) / ahead, seen * (of_rest + both) / ahead
    error = (value - now.level - now.rest) * seen[now.group]
    error_of = (row - now.level_of - now.rest_of) * seen[..., None]
    doubt = [of_level - gain * (of_level + both), of_rest - gain_rest * (of_rest + both)]
    later = now._replace(
        known=now.known + seen[:, 0].astype(np.int64),
        doubt=np.stack([*doubt, both - gain * (of_rest + both)]),
        logs=now.logs + seen * np.log(ahead),
        level_of=now.level_of + gain[..., None] * error_of,
        rest_of=now.rest_of + gain_rest[..., None] * error_of,
        level=now.level + gain[now.group] * error,
        rest=now.rest + gain_rest[now.group] * error,
    )
    root = np.sqrt(ahead)
    return later, error_of / root[..., None], error / root[now.group]


def _summed(now: Filtered, white_of: Floats, white: Floats) -> Filtered:
    """Add whitened columns (periods, patterns, memories, columns) and values (periods, series, memories)."""
    of, told = np.moveaxis(white_of, 0, -1), np.moveaxis(white, 0, -1)
    if len(of) == 1:
        products = np.moveaxis(of[0] @ white.transpose(2, 0, 1), -1, 0)
    else:
        products = (of[now.group] @ told[..., None])[..., 0]
    return now._replace(
        squares=now.squares + of @ of.swapaxes(-1, -2),
        products=now.products + products,
        total=now.total + (told**2).sum(axis=-1),
    )


def _step(now: Filtered) -> Filtered:
    """Go one period on."""
    of_level, of_rest, both = now.doubt
    later = [of_level + MOVING, of_rest * LASTING**2 + (1 - MOVING) * (1 - LASTING**2), both * LASTING]
    rest, rest_of = now.rest * LASTING, now.rest_of * LASTING[:, None]
    return now._replace(doubt=np.stack(later), rest=rest, rest_of=rest_of)
