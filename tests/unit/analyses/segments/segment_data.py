"""Data with segments that are known."""

import numpy as np
import pandas as pd

from cerm_nb.analyses.segments import Params

QUICK = Params(bootstrap_pairs=20, max_segments=5, segment_methods=["kmeans"])


def clouds(n=400, k=3, columns=5, *, distance=3.0, seed=1):
    """Draw k round clouds, each far out on a column of its own: the units, and the cloud of each."""
    random = np.random.default_rng(seed)
    label = random.integers(0, k, n)
    points = distance * np.eye(k, columns)[label] + random.normal(size=(n, columns))
    return frame_of(points), label


def noise(n=400, columns=5, seed=2):
    """One round cloud."""
    return frame_of(np.random.default_rng(seed).normal(size=(n, columns)))


def frame_of(points):
    index = pd.Index([f"c{row:05d}" for row in range(len(points))], name="customer_id")
    return pd.DataFrame(points, index=index, columns=[f"x{at}" for at in range(points.shape[1])])
