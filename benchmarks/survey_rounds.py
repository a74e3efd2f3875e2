"""Rounds of two sides, each in a process of its own, one after the other and in turn first; part of `survey`.

The machine may be shared: time of the processor says what a side costs, time on the wall how long it took.
The middle of the ratios of the rounds is told, with the least and the largest.
"""

from __future__ import annotations

import json
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

CLOCK = """
import time
start = time.perf_counter(), time.process_time()
def spent():
    return {"seconds": time.perf_counter() - start[0], "cpu": time.process_time() - start[1]}
"""  # for peers, whose interpreters do not know the package


@contextmanager
def clock() -> Iterator[dict]:
    """Fill in the time of what stands under it."""
    told: dict = {}
    start = time.perf_counter(), time.process_time()
    yield told
    told.update(seconds=time.perf_counter() - start[0], cpu=time.process_time() - start[1])


def rounds(times: int, **sides: list) -> dict[str, pd.DataFrame]:
    """Run the commands of the sides, and take what each tells as JSON in its last line."""
    told: dict[str, list[dict]] = {side: [] for side in sides}
    for nth in range(times):
        for side in list(sides)[:: 1 if nth % 2 == 0 else -1]:
            command = [str(word) for word in sides[side]]
            done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            told[side].append(json.loads(done.stdout.splitlines()[-1]))
    return {side: pd.DataFrame(got) for side, got in told.items()}


def compare(name: str, ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    """Print how many times as much time theirs takes."""
    line = f"{name}: ours {ours['cpu'].median():.3g} s of a processor, theirs {theirs['cpu'].median():.3g};"
    for measure, called in (("cpu", "processor"), ("seconds", "wall")):
        each = theirs[measure] / ours[measure]
        line += f" {called} {each.median():.1f}× ({each.min():.1f}–{each.max():.1f})"
    print(line, flush=True)
