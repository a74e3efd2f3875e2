"""Stability of k-means against a plain scikit-learn loop, latent classes against StepMix: part of `survey`.

The loop is what an analyst writes: for k = 2 … 8 and 100 pairs of bootstrap samples, KMeans on either sample
(as many starts as ours, and one), predict all units, adjusted_rand_score. It is timed on a part of the pairs
and counted up. The latent classes are of a survey of 5,000 people and 11 questions, 30 starts on either side,
each with StepMix's own tolerance; a second set has few patterns. Times are of the work alone: no start of
Python, no reading.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

PAIRS, TIMED, STARTS, NUMBERS = 100, 4, 5, range(2, 9)
PEER = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np
from stepmix.stepmix import StepMix
codes, k = np.load(sys.argv[1]), int(sys.argv[2])
model = StepMix(
    n_components=k, measurement="categorical", n_init=30, max_iter=1000, abs_tol=1e-7, rel_tol=0,
    random_state=0, verbose=0, progress_bar=0,
)
start = time.perf_counter()
model.fit(codes)
print(json.dumps({"time": time.perf_counter() - start, "fit": float(model.score(codes) * len(codes))}))
"""


def survey(n: int, columns: int, levels: int, seed: int = 0):
    """Draw answers of four classes."""
    random = np.random.default_rng(seed)
    rates = random.dirichlet(np.ones(levels), size=(4, columns)).cumsum(axis=-1)
    label = random.integers(0, 4, n)
    return (random.random((n, columns, 1)) > rates[label]).sum(axis=-1).astype(np.int64)


def points(kind: str, n: int = 5000, columns: int = 11):
    """Four clouds that touch, or one."""
    random = np.random.default_rng(0)
    cloud = random.normal(size=(n, columns))
    centres = random.normal(0, 1.2, (4, columns)) if kind == "clouds" else np.zeros((4, columns))
    return cloud + centres[random.integers(0, 4, n)]


def our_stability(data):
    """Time all numbers of segments and pairs."""
    import pandas as pd

    from cerm_nb.analyses.segments import base_of
    from cerm_nb.analyses.segments.methods import KMeans
    from cerm_nb.analyses.segments.stability import resamples, stability
    from cerm_nb.stats.threads import one_thread

    base = base_of(pd.DataFrame(data).rename(columns=str))
    start, told = time.perf_counter(), {}
    with one_thread():
        method = KMeans(base)
        counts = resamples(base.n, PAIRS, np.random.default_rng(1))
        for k in NUMBERS:
            random = np.random.default_rng(k)
            labels = next(method.resampled(counts[:1], k, random))
            told[k] = stability(method, labels, k, counts, random).median
    return time.perf_counter() - start, told


def plain_stability(data, starts: int):
    """Time the loop on a part of the pairs, counted up to all of them."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    random = np.random.default_rng(1)
    start, told = time.perf_counter(), {}
    for k in NUMBERS:
        found = []
        for pair in range(TIMED):
            labels = []
            for half in range(2):
                rows = random.integers(0, len(data), len(data))
                model = KMeans(k, n_init=starts, random_state=2 * pair + half).fit(data[rows])
                labels.append(model.predict(data))
            found.append(adjusted_rand_score(*labels))
        told[k] = float(np.median(found))
    return (time.perf_counter() - start) * PAIRS / TIMED, told


def our_classes(codes, k: int):
    """Time 30 starts of latent classes."""
    from cerm_nb.analyses.segments.mixtures import Classes, best_of, run
    from cerm_nb.stats.threads import one_thread

    start = time.perf_counter()
    with one_thread():
        patterns, weights = np.unique(codes, axis=0, return_counts=True)
        family, held = Classes(patterns), weights.astype(float)
        ends = run(family, np.tile(held, (30, 1)), k, np.random.default_rng(0))
        best, _ = best_of(family, held, ends)
    return time.perf_counter() - start, float(best.log_likelihood[0])


def their_classes(python: str, codes, k: int) -> dict[str, float]:
    """Time StepMix in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "codes.npy"
        np.save(file, codes)
        command = [python, "-c", PEER, str(file), str(k)]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def against_scikit_learn() -> None:
    """Print one line per cloud and number of starts."""
    print(f"{'':>34} {'ours, s':>9} {'theirs, s':>10} {'ratio':>6}")
    for kind in ("clouds", "one cloud"):
        data = points(kind)
        mine, told = our_stability(data)
        for starts in (STARTS, 1):
            theirs, others = plain_stability(data, starts)
            name = f"stability, {kind}, {starts} starts"
            print(f"{name:>34} {mine:>9.2f} {theirs:>10.1f} {theirs / mine:>5.1f}×")
        print(f"{'':>34} medians {[round(told[k], 2) for k in NUMBERS]}", end="")
        print(f" and {[round(others[k], 2) for k in NUMBERS]}")


def against_stepmix(python: str) -> None:
    """Print one line per survey and number of classes."""
    print(f"{'':>34} {'ours, s':>9} {'theirs, s':>10} {'ratio':>6}")
    for name, codes in (
        ("5,000 × 11, 5 levels", survey(5000, 11, 5)),
        ("5,000 × 7, 2 levels", survey(5000, 7, 2)),
    ):
        for k in (3, 4):
            mine, fit = our_classes(codes, k)
            peer = their_classes(python, codes, k)
            line = f"classes, {name}, k = {k}"
            print(f"{line:>34} {mine:>9.3f} {peer['time']:>10.2f} {peer['time'] / mine:>5.1f}×", end="")
            print(f"  log-likelihood {fit:.4f} and {peer['fit']:.4f}")
