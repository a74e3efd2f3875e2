"""Types of arrays."""

from __future__ import annotations

import numpy as np

Floats = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Integers = np.ndarray[tuple[int, ...], np.dtype[np.int64]]
Truths = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
