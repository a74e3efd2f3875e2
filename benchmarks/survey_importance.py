"""Shares of importance by LMG and their bootstrap against dominance-analysis; part of `survey.py`.

Both sides get the same ratings in a CSV file: 1,000 simulated respondents, 10 attributes and an outcome.
Times are of the work alone: no start of Python, no reading. Ours is from the ratings, correlations included.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

PEER = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
import bokeh.io
bokeh.io.output_notebook = lambda: None  # it draws on import, which newer IPython refuses
from dominance_analysis import Dominance
frame = pd.read_csv(sys.argv[1])
start = time.perf_counter()
model = Dominance(data=frame, target="y", top_k=frame.shape[1] - 1, objective=1)
found = model.incremental_rsquare()
taken = time.perf_counter() - start
with open(sys.argv[2], "w") as told:
    json.dump({"fit": taken, "shares": {name: float(value) for name, value in found.items()}}, told)
"""


def ratings(respondents: int, attributes: int) -> pd.DataFrame:
    """Ratings that share a respondent's mood, and what follows from them."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((respondents, attributes)) + 0.6 * rng.standard_normal((respondents, 1))
    y = x @ np.linspace(1, 0, attributes) + 2 * rng.standard_normal(respondents)
    return pd.DataFrame({**{f"a{at:02d}": x[:, at] for at in range(attributes)}, "y": y})


def theirs(python: str, table: pd.DataFrame) -> dict:
    """Time dominance-analysis in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        data, told = Path(folder) / "ratings.csv", Path(folder) / "told.json"
        table.to_csv(data, index=False, float_format="%.17g")
        subprocess.run([python, "-c", PEER, data, told], check=True, stdout=subprocess.DEVNULL)
        return json.loads(told.read_text())


def best_of(runs: int, work: Callable[[], object]) -> float:
    """Time the quickest of several runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def against_dominance_analysis(python: str) -> None:
    """Print times of one fit and of 1,000 bootstraps."""
    from cerm_nb.analyses.experience.shapley import lmg
    from cerm_nb.surveys import Draws, pairwise

    table = ratings(1_000, 10)
    peer = theirs(python, table)
    values = table.to_numpy()
    rng = np.random.default_rng(1)
    drawn = rng.multinomial(1_000, np.full(1_000, 1e-3), size=1_000)
    draws = Draws(np.arange(1_000), np.vstack([np.ones(1_000), drawn]))

    def bootstrap() -> None:
        lmg(pairwise(values, np.ones(1_000), np.arange(1_000), draws).correlations)

    once = best_of(20, lambda: lmg(np.corrcoef(values.T)))
    thousand = best_of(3, bootstrap)
    apart = np.abs(lmg(np.corrcoef(values.T)) - [peer["shares"][name] for name in table.columns[:-1]]).max()
    print(f"dominance-analysis, one fit at p = 10: {peer['fit']:.2f} s")
    print(f"ours: {once * 1e3:.2f} ms, {peer['fit'] / once:,.0f} times; largest difference {apart:.1e}")
    print(f"1,000 bootstraps at p = 10: {thousand:.2f} s, {peer['fit'] / thousand:.1f} to one fit of theirs")
