"""Streams of random numbers: one per module, so that a change in one leaves the others as they were."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def stream(seed: int, name: str) -> np.random.Generator:
    """Open the stream of random numbers of a module."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def pick(rng: np.random.Generator, weights: Mapping[str, float], size: int) -> np.ndarray:
    """Draw names with probabilities in proportion to their weights, shape (size,)."""
    names = np.array(list(weights), dtype=object)
    shares = np.array(list(weights.values()), dtype=float)
    return names[rng.choice(len(names), size=size, p=shares / shares.sum())]


def pick_row(rng: np.random.Generator, weights: np.ndarray) -> np.ndarray:
    """Draw a column for each row with probabilities in proportion to the row's weights, shape (rows,)."""
    steps = np.cumsum(weights, axis=1)
    drawn = rng.random(len(weights)) * steps[:, -1]
    return (steps < drawn[:, None]).sum(axis=1)


def some(rng: np.random.Generator, size: int, share: float) -> np.ndarray:
    """Draw which of the rows something happens to, shape (size,)."""
    return rng.random(size) < share


def among(rng: np.random.Generator, names: Sequence[str], size: int) -> np.ndarray:
    """Draw names with equal probabilities, shape (size,)."""
    return np.array(names, dtype=object)[rng.integers(0, len(names), size)]
