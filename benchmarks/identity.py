"""Resolve 100,000 customer records, against Splink alone with the same settings on the same records.

``python benchmarks/identity.py [RECORDS]``; each side runs in a process of its own, one after the other, and
tells its time and the most memory it held. Splink alone gets the records in one spelling already, trains,
predicts and clusters. Ours starts from the lists as they are and adds spelling, declared numbers, guards
against merged households, golden records, agreement and the interval of the true number of customers.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import time
from typing import TYPE_CHECKING

import pandas as pd
from people import lists

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    import numpy as np

PEOPLE_PER_RECORD = 0.53


def pairs_of(*labels: np.ndarray) -> int:
    """Count the pairs that agree on all labels."""
    sizes = pd.DataFrame(dict(enumerate(labels))).value_counts().to_numpy()
    return int((sizes * (sizes - 1) // 2).sum())


def told(found: np.ndarray, truth: np.ndarray, seconds: float, **more: object) -> dict[str, object]:
    """Put time, memory, precision and recall of pairs together."""
    both = pairs_of(found, truth)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    quality = {"precision": both / pairs_of(found), "recall": both / pairs_of(truth)}
    return {"seconds": seconds, "memory": memory, **quality, **more}


def ours(frame: pd.DataFrame) -> dict[str, object]:
    """Time the package's own work from lists to golden records."""
    from cerm_nb.analyses.readiness.identity import resolve
    from cerm_nb.analyses.readiness.parameters import Params

    truth = frame.set_index(["entry", "record_id"])["person"]
    start = time.perf_counter()
    identity = resolve(frame.drop(columns="person"), Params())
    seconds = time.perf_counter() - start
    order = truth.loc[pd.MultiIndex.from_frame(identity.links[["entry", "record_id"]])].to_numpy()
    count = identity.count
    more = {"people": [int(truth.nunique()), count.value, count.low, count.high]}
    return told(identity.links["customer_id"].to_numpy(), order, seconds, **more)


def theirs(frame: pd.DataFrame) -> dict[str, object]:
    """Time Splink alone: the model the package would train, predictions and clusters."""
    import duckdb
    from splink import DuckDBAPI, Linker

    from cerm_nb.analyses.readiness.identity import splinking
    from cerm_nb.analyses.readiness.identity.records import read

    truth = frame.set_index(["entry", "record_id"])["person"]
    held = read(frame.drop(columns="person"))
    order = truth.loc[pd.MultiIndex.from_frame(held.recorded[["entry", "record_id"]])].to_numpy()
    connection = duckdb.connect()
    connection.register("spelled", held.known)
    connection.execute("CREATE TABLE linkable AS SELECT * FROM spelled")
    start = time.perf_counter()
    trained = splinking.train(connection, 1)
    with splinking.quiet():
        linker = Linker(DuckDBAPI(connection).register("linkable"), trained, log_level=None)
        scored = linker.inference.predict(threshold_match_probability=0.5)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, 0.5)
        found = clusters.as_duckdbpyrelation().df()
    seconds = time.perf_counter() - start
    return told(found.sort_values("row")["cluster_id"].to_numpy(), order, seconds)


def alone(side: str, frame: pd.DataFrame) -> dict[str, object]:
    """Run one side in a process of its own, so that memory is its own too."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=report, args=(side, frame, there))
    process.start()
    result = here.recv()
    process.join()
    return json.loads(result)


def report(side: str, frame: pd.DataFrame, pipe: Connection) -> None:
    pipe.send(json.dumps(ours(frame) if side == "ours" else theirs(frame)))


def main(records: int) -> None:
    frame = lists(int(records * PEOPLE_PER_RECORD), seed=1)
    print(f"{len(frame):,} records of {frame['person'].nunique():,} persons")
    sides = {side: alone(side, frame) for side in ("theirs", "ours")}
    for side, got in sides.items():
        print(
            f"{side:>8}: {got['seconds']:.1f} s, {got['memory']:.2f} GB, "
            f"precision {got['precision']:.4f}, recall {got['recall']:.4f}"
        )
    print(f"true number and estimate: {sides['ours']['people']}")
    for name in ("seconds", "memory"):
        print(f"{name}: ours takes {sides['ours'][name] / sides['theirs'][name]:.2f} of theirs")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
