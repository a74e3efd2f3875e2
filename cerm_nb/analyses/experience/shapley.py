"""Shares of explained variance: LMG (Shapley) over all subsets, and Johnson's relative weights."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

import numpy as np

from cerm_nb.stats.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cerm_nb.stats import Floats

EXPLAINED = 1e-10  # a variable that keeps less of its variance is a combination of those before it
BLOCK = 15  # attributes whose subsets are taken all at once: what they need stays in the processor's cache
AT_ONCE = 2**15  # subsets held at a time


def lmg(correlations: Floats, groups: Sequence[int] | None = None) -> Floats:
    """Share out R² by averaging each attribute's gain over all orders of entry.

    Parameters
    ----------
    correlations
        Correlation matrices, positive semidefinite, the outcome last: shape (…, p + 1, p + 1).
    groups
        Group of each attribute, 0, 1, …: whole groups enter instead of single attributes. Unset: each on
        its own.

    Returns
    -------
    ndarray
        Parts of R² that add up to it, shape (…, p) or (…, groups).

    Notes
    -----
    Lindeman, Merenda & Gold 1980; Budescu 1993; Owen 1977 for groups. All 2^p subsets come out of one
    recursion: each attribute in turn is either swept out of the matrices (a Schur complement, and what the
    outcome loses is the gain) or dropped from them. An attribute that is a combination of others gains
    nothing after them, so equal attributes get equal parts.
    """
    matrices = np.asarray(correlations, dtype=float)
    if groups is not None:
        order = np.argsort(groups, kind="stable")
        matrices = matrices[..., [*order, -1], :][..., [*order, -1]]
        sizes = np.bincount(groups).tolist()
    else:
        sizes = [1] * (matrices.shape[-1] - 1)
    flat = matrices.reshape(-1, *matrices.shape[-2:])
    rows = max(1, AT_ONCE >> min(len(sizes), BLOCK))
    stacks = (flat[at : at + rows].transpose(1, 2, 0) for at in range(0, len(flat), rows))
    parts = [_shapley(_explained(np.ascontiguousarray(stack), sizes)) for stack in stacks]
    return np.concatenate(parts).reshape(*matrices.shape[:-2], len(sizes))


def _explained(matrices: Floats, sizes: Sequence[int]) -> Floats:
    """R² of every subset of groups, shape (2^groups, matrices), for matrices on the last axis.

    The last BLOCK groups are the lower binary digits, the first of them the lowest; the first group of all is
    the highest.
    """
    if len(sizes) <= BLOCK:
        return _block(matrices, sizes)
    swept, gain = _sweep(matrices[:, :, None], sizes[0])
    without = matrices[sizes[0] :, sizes[0] :]
    return np.concatenate([_explained(without, sizes[1:]), _explained(swept[:, :, 0], sizes[1:]) + gain])


def _block(matrices: Floats, sizes: Sequence[int]) -> Floats:
    # subsets and matrices on the last axes: they are many, the variables left are few
    left, found = matrices[:, :, None], np.zeros((1, matrices.shape[2]))
    for size in sizes:
        swept, gain = _sweep(left, size)
        found = np.concatenate([found, found + gain])
        left = np.concatenate([left[size:, size:], swept], axis=2)
    return found


def _sweep(left: Floats, size: int) -> tuple[Floats, Floats]:
    """Take the first variables out of the others, and tell what the last one loses."""
    gain = np.zeros(left.shape[2:])
    for _ in range(size):
        pivot, first = left[0, 0], left[0, 1:]
        with np.errstate(divide="ignore"):
            scaled = first * np.where(pivot > EXPLAINED, 1 / pivot, 0.0)
        left = left[1:, 1:] - scaled[:, None] * first
        gain += scaled[-1] * first[-1]
    return left, gain


def _shapley(explained: Floats) -> Floats:
    count = len(explained).bit_length() - 1
    members = np.zeros(1, dtype=np.int64)
    for _ in range(count - 1):
        members = np.concatenate([members, members + 1])
    weight = np.array([1 / (count * comb(count - 1, size)) for size in range(count)])[members]
    parts = np.empty((explained.shape[1], count))
    early = max(count - BLOCK, 0)
    for at, which in enumerate([*range(early, count), *range(early)[::-1]]):
        split = explained.reshape(-1, 2, 2**at, explained.shape[1])
        gains = (split[:, 1] - split[:, 0]).reshape(weight.size, -1)
        parts[:, which] = (gains * weight[:, None]).sum(0)  # a matrix product would wake threads for little
    return parts


def relative_weights(correlations: Floats) -> Floats:
    """Share out R² by way of the nearest orthogonal variables.

    Parameters
    ----------
    correlations
        Correlation matrices, positive semidefinite, the outcome last: shape (…, p + 1, p + 1).

    Returns
    -------
    ndarray
        Parts of R² that add up to it, shape (…, p).

    Notes
    -----
    Johnson 2000: close to LMG, and its cost grows with p³ instead of 2^p.
    """
    matrices = np.asarray(correlations, dtype=float)
    with one_thread():
        values, vectors = np.linalg.eigh(matrices[..., :-1, :-1])
    roots = np.sqrt(np.maximum(values, 0.0))
    with np.errstate(divide="ignore"):
        inverse = np.where(roots > np.sqrt(EXPLAINED), 1 / roots, 0.0)
    turned = np.swapaxes(vectors, -1, -2) @ matrices[..., :-1, -1:]
    slopes = vectors @ (inverse[..., None] * turned)
    loadings = (vectors * roots[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    return np.asarray((loadings**2 @ slopes**2)[..., 0])


def nearest_correlation(matrices: Floats, least: float = 1e-6) -> tuple[Floats, Floats]:
    """Mend matrices of pairwise correlations that no complete data could have.

    Parameters
    ----------
    matrices
        Symmetric, ones on the diagonal, shape (…, p, p).
    least
        Smallest eigenvalue that is left.

    Returns
    -------
    matrices : ndarray
        With eigenvalues of at least about `least`; those that had them are untouched.
    moved : ndarray
        Largest change of any correlation, shape (…).

    Notes
    -----
    Eigenvalues cut off and the diagonal brought back to one (Rebonato & Jäckel 2000).
    """
    flat = np.asarray(matrices, dtype=float).reshape(-1, *matrices.shape[-2:])
    with one_thread():
        values, vectors = np.linalg.eigh(flat)
    bad = np.flatnonzero(values[:, 0] < min(least, 0.0) - 1e-12)
    mended, moved = flat.copy(), np.zeros(len(flat))
    if bad.size:
        kept = (vectors[bad] * np.maximum(values[bad], least)[:, None, :]) @ np.swapaxes(vectors[bad], -1, -2)
        scale = 1 / np.sqrt(np.einsum("bii->bi", kept))
        mended[bad] = kept * scale[:, :, None] * scale[:, None, :]
        moved[bad] = np.abs(mended[bad] - flat[bad]).max(axis=(1, 2))
    return mended.reshape(matrices.shape), moved.reshape(matrices.shape[:-2])
