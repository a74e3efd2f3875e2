"""Resolve 100,000 customer records, against Splink alone with the same settings on the same records.

``python benchmarks/identity.py [RECORDS [ROUNDS]]``; each side runs in a process of its own, one after the
other and in turn first, and tells its time and the most memory it held; the middle of the rounds is shown.
Splink alone is what a user of Splink does: bring the lists to one spelling (by the package's own code, for
Splink compares texts as they are), train, predict and cluster. Ours adds declared numbers, guards against
merged households, golden records, agreement and the interval of the true number of customers. The time of
spelling is told by itself, so that the ratio without it can be had too.
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


def told(
    found: np.ndarray, truth: np.ndarray, spent: tuple[float, float], **more: object
) -> dict[str, object]:
    """Put time, memory, precision and recall of pairs together."""
    both = pairs_of(found, truth)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    quality = {"precision": both / pairs_of(found), "recall": both / pairs_of(truth)}
    return {"seconds": spent[0], "cpu": spent[1], "memory": memory, **quality, **more}


def ours(frame: pd.DataFrame) -> dict[str, object]:
    """Time the package's own work from lists to golden records."""
    import splink  # noqa: F401  # both sides have it loaded before the clock starts

    from cerm_nb.analyses.readiness.identity import resolve
    from cerm_nb.analyses.readiness.parameters import Params

    truth = frame.set_index(["entry", "record_id"])["person"]
    start = time.perf_counter(), time.process_time()
    identity = resolve(frame.drop(columns="person"), Params())
    spent = time.perf_counter() - start[0], time.process_time() - start[1]
    order = truth.loc[pd.MultiIndex.from_frame(identity.links[["entry", "record_id"]])].to_numpy()
    count = identity.count
    more = {"people": [int(truth.nunique()), count.value, count.low, count.high]}
    return told(identity.links["customer_id"].to_numpy(), order, spent, **more)


def theirs(frame: pd.DataFrame) -> dict[str, object]:
    """Time Splink alone: the model the package would train, predictions and clusters."""
    from splink import DuckDBAPI, Linker

    from cerm_nb.analyses.readiness.identity import splinking
    from cerm_nb.analyses.readiness.identity.records import read

    truth = frame.set_index(["entry", "record_id"])["person"]
    start = time.perf_counter(), time.process_time()
    held = read(frame.drop(columns="person"))
    spelling = time.process_time() - start[1]
    connection = held.connection
    connection.execute("CREATE TABLE linkable AS SELECT * FROM known")
    trained = splinking.train(connection, 1)
    with splinking.quiet():
        held_by = DuckDBAPI(connection).register("linkable")
        linker = Linker(held_by, trained, validate_settings=False, log_level=None)
        scored = linker.inference.predict(threshold_match_probability=0.5)
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, 0.5)
        found = clusters.as_duckdbpyrelation().df()
    spent = time.perf_counter() - start[0], time.process_time() - start[1]
    order = truth.loc[pd.MultiIndex.from_frame(held.recorded[["entry", "record_id"]])].to_numpy()
    return told(found.sort_values("row")["cluster_id"].to_numpy(), order, spent, spelling=spelling)


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


def main(records: int, rounds: int) -> None:
    frame = lists(int(records * PEOPLE_PER_RECORD), seed=1)
    print(f"{len(frame):,} records of {frame['person'].nunique():,} persons, {rounds} rounds")
    runs: dict[str, list[dict]] = {"theirs": [], "ours": []}
    for nth in range(rounds):
        for side in list(runs)[:: 1 if nth % 2 == 0 else -1]:
            runs[side].append(alone(side, frame))
    table = {side: pd.DataFrame(got) for side, got in runs.items()}
    for side, got in table.items():
        middle = got.drop(columns="people", errors="ignore").median()
        print(
            f"{side:>8}: {middle['seconds']:.1f} s, {middle['cpu']:.1f} s of CPU, {middle['memory']:.2f} GB, "
            f"precision {middle['precision']:.4f}, recall {middle['recall']:.4f}"
        )
    print(f"true number and estimate: {runs['ours'][0]['people']}")
    print(f"of theirs, {table['theirs']['spelling'].median():.1f} s of CPU bring the lists to one spelling")
    for name in ("seconds", "cpu", "memory"):
        ratio = (table["ours"][name] / table["theirs"][name]).sort_values()
        each = ", ".join(f"{value:.2f}" for value in ratio)
        print(f"{name}: ours takes {ratio.median():.2f} of theirs (rounds: {each})")


if __name__ == "__main__":
    asked = [int(word) for word in sys.argv[1:]]
    main(*(asked + [100_000, 5][len(asked) :]))
