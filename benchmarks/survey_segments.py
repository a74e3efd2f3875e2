"""Stability of k-means against a plain scikit-learn loop, latent classes against StepMix: part of `survey`.

The loop is what an analyst writes: for k = 2 … 8 and 100 pairs of bootstrap samples, KMeans on either sample
(5 starts, and 1), predict all units, adjusted_rand_score. It is timed on a part of the pairs and counted up.
Ours has as many starts as the package would take, 5 to 40; how many it takes follows from the solutions of
all units, which are there before. The latent classes are of a survey of 5,000 people and 11 questions, 30
starts on either side, each with StepMix's own tolerance; a second set has few patterns. Times are of the work
alone: no start of Python, no reading.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from survey_rounds import CLOCK, clock, compare, rounds

PAIRS, TIMED, NUMBERS, ROUNDS = 100, 4, range(2, 9), 3
PEER = f"""
import json, sys, warnings
warnings.filterwarnings("ignore")
import numpy as np
from stepmix.stepmix import StepMix
codes, k = np.load(sys.argv[1]), int(sys.argv[2])
model = StepMix(
    n_components=k, measurement="categorical", n_init=30, max_iter=1000, abs_tol=1e-7, rel_tol=0,
    random_state=0, verbose=0, progress_bar=0,
)
{CLOCK}
model.fit(codes)
told = spent()
print(json.dumps(told | {{"fit": float(model.score(codes) * len(codes))}}))
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


def our_stability(kind: str) -> dict:
    """Time all numbers of segments and pairs."""
    import pandas as pd

    from cerm_nb.analyses.segments import Params, base_of
    from cerm_nb.analyses.segments.methods import KMeans, tries_for
    from cerm_nb.analyses.segments.stability import resamples, stability
    from cerm_nb.stats.threads import one_thread

    base, own = base_of(pd.DataFrame(points(kind)).rename(columns=str)), Params()
    with one_thread():
        method = KMeans(base)
        solved = {k: method.solve(k, own, np.random.default_rng(k)) for k in NUMBERS}
        with clock() as told:
            counts = resamples(base.n, PAIRS, np.random.default_rng(1))
            found = [
                stability(method, each.labels, k, counts, np.random.default_rng(k), each.best_restart_share)
                for k, each in solved.items()
            ]
    starts = [tries_for(each.best_restart_share) for each in solved.values()]
    return told | {"medians": [each.median for each in found], "starts": starts}


def plain_stability(kind: str, starts: str) -> dict:
    """Time the loop on a part of the pairs, counted up to all of them."""
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    random, data, medians = np.random.default_rng(1), points(kind), []
    with clock() as told:
        for k in NUMBERS:
            found = []
            for pair in range(TIMED):
                labels = []
                for half in range(2):
                    rows = random.integers(0, len(data), len(data))
                    model = KMeans(k, n_init=int(starts), random_state=2 * pair + half).fit(data[rows])
                    labels.append(model.predict(data))
                found.append(adjusted_rand_score(*labels))
            medians.append(float(np.median(found)))
    return {name: value * PAIRS / TIMED for name, value in told.items()} | {"medians": medians}


def our_classes(file: str, k: str) -> dict:
    """Time 30 starts of latent classes, patterns included."""
    from cerm_nb.analyses.segments.families import Classes
    from cerm_nb.analyses.segments.mixtures import best_of, run
    from cerm_nb.stats.threads import one_thread

    codes = np.load(file)
    with one_thread(), clock() as told:
        patterns, weights = np.unique(codes, axis=0, return_counts=True)
        family, held = Classes(patterns), weights.astype(float)
        ends = run(family, np.tile(held, (30, 1)), int(k), np.random.default_rng(0))
        best, _ = best_of(family, held, ends)
    return told | {"fit": float(best.log_likelihood[0])}


def against_scikit_learn() -> None:
    """Print one line per cloud and number of starts."""
    for kind in ("clouds", "one cloud"):
        mine = [sys.executable, __file__, "our_stability", kind]
        loops = {f"loop_{n}": [sys.executable, __file__, "plain_stability", kind, n] for n in (5, 1)}
        told = rounds(ROUNDS, ours=mine, **loops)
        for n in (5, 1):
            compare(f"stability, {kind}, loop of {n} starts", told["ours"], told[f"loop_{n}"])
        first = told["ours"].iloc[0]
        medians = (first["medians"], told["loop_5"]["medians"].iloc[0])
        print(f"  our starts {first['starts']}", end="; medians ")
        print(" and ".join(str([round(value, 2) for value in each]) for each in medians))


def against_stepmix(python: str) -> None:
    """Print one line per survey and number of classes."""
    for n, columns, levels in ((5000, 11, 5), (5000, 7, 2)):
        for k in (3, 4):
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "codes.npy"
                np.save(file, survey(n, columns, levels))
                mine = [sys.executable, __file__, "our_classes", file, k]
                told = rounds(ROUNDS, ours=mine, theirs=[python, "-c", PEER, file, k])
            compare(f"classes, {n:,} × {columns} of {levels} levels, k = {k}", told["ours"], told["theirs"])
            fits = [told[side]["fit"].median() for side in ("ours", "theirs")]
            print(f"  log-likelihood {fits[0]:.4f} and {fits[1]:.4f}")


if __name__ == "__main__":
    side = {each.__name__: each for each in (our_stability, plain_stability, our_classes)}[sys.argv[1]]
    print(json.dumps(side(*sys.argv[2:])))
