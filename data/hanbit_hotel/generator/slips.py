"""Slips of people who type names, numbers and addresses, made on whole columns at once.

Texts are taken apart into a matrix of code points, shape (texts, longest), so that a slip is arithmetic.
"""

from __future__ import annotations

import numpy as np

_FIRST_SYLLABLE = 0xAC00
_LAST_SYLLABLE = 0xD7A3
_VOWELS, _FINALS = 21, 28
_CONFUSED_VOWELS = np.arange(_VOWELS)
for _one, _other in ((1, 5), (4, 8), (6, 12), (13, 18), (0, 4), (20, 16), (2, 6), (10, 11)):
    _CONFUSED_VOWELS[_one] = _other
    if _CONFUSED_VOWELS[_other] == _other:
        _CONFUSED_VOWELS[_other] = _one
_CONFUSED_VOWELS[8] = 4


def codes(texts: np.ndarray) -> np.ndarray:
    """Take texts apart into code points, shape (texts, longest), zero behind the end."""
    fixed = np.asarray(texts, dtype=str)
    if fixed.size == 0:
        return np.zeros((0, 1), dtype=np.uint32)
    return np.ascontiguousarray(fixed).view(np.uint32).reshape(len(fixed), -1).copy()


def texts(matrix: np.ndarray) -> np.ndarray:
    """Put texts together again, shape (texts,)."""
    if len(matrix) == 0:
        return np.zeros(0, dtype=object)
    rows = np.ascontiguousarray(matrix, dtype=np.uint32)
    return rows.view(f"<U{matrix.shape[1]}").ravel().astype(object)


def slip_name(names: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Change one letter of each name: a Korean vowel for a confusable one, else two letters swapped."""
    matrix = codes(names)
    rows = np.arange(len(matrix))
    lengths = np.maximum((matrix > 0).sum(axis=1), 1)
    at = rng.integers(0, lengths)
    letter = matrix[rows, at].astype(np.int64)
    is_korean = (letter >= _FIRST_SYLLABLE) & (letter <= _LAST_SYLLABLE)
    index = letter - _FIRST_SYLLABLE
    vowel = index // _FINALS % _VOWELS
    changed = letter + (_CONFUSED_VOWELS[vowel] - vowel) * _FINALS
    changed = np.where(
        changed == letter, letter + np.where(index % _FINALS == 0, 4, -(index % _FINALS)), changed
    )
    matrix[rows[is_korean], at[is_korean]] = changed[is_korean].astype(np.uint32)
    _swap(matrix, np.flatnonzero(~is_korean & (lengths > 2)), 1)
    return texts(matrix)


def slip_digits(numbers: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Swap two neighbouring digits among the last four; where they are equal, raise the second by one."""
    matrix = codes(numbers)
    rows = np.arange(len(matrix))
    lengths = (matrix > 0).sum(axis=1)
    at = lengths - rng.integers(2, 5, len(rows))
    left, right = matrix[rows, at].copy(), matrix[rows, at + 1].copy()
    zero = ord("0")
    matrix[rows, at] = right
    matrix[rows, at + 1] = np.where(left == right, (left - zero + 1) % 10 + zero, left)
    return texts(matrix)


def slip_email(addresses: np.ndarray) -> np.ndarray:
    """Swap the second and third letter of each address; where they are equal, double the first."""
    matrix = codes(addresses)
    if matrix.shape[1] > 2:
        same = matrix[:, 1] == matrix[:, 2]
        _swap(matrix, np.flatnonzero(~same), 1)
        matrix[same, 1] = matrix[same, 0]
    return texts(matrix)


def _swap(matrix: np.ndarray, rows: np.ndarray, at: int) -> None:
    matrix[rows[:, None], [at, at + 1]] = matrix[rows[:, None], [at + 1, at]]
