"""Shares of importance by LMG and their bootstrap against dominance-analysis; part of `survey.py`.

Both sides get the same ratings in a CSV file: 1,000 simulated respondents, 10 attributes and an outcome.
Times are of the work alone: no start of Python, no reading. Ours is from the ratings, correlations included,
the middle of many fits, as one is too short to be timed.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from survey_rounds import CLOCK, clock, compare, rounds

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 5
PEER = f"""
import json, sys, warnings
warnings.filterwarnings("ignore")
import pandas as pd
import bokeh.io
bokeh.io.output_notebook = lambda: None  # it draws on import, which newer IPython refuses
from dominance_analysis import Dominance
frame = pd.read_csv(sys.argv[1])
{CLOCK}
model = Dominance(data=frame, target="y", top_k=frame.shape[1] - 1, objective=1)
found = model.incremental_rsquare()
told = spent()
print()
print(json.dumps(told | {{"shares": {{name: float(value) for name, value in found.items()}}}}))
"""


def ratings(respondents: int, attributes: int) -> pd.DataFrame:
    """Ratings that share a respondent's mood, and what follows from them."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((respondents, attributes)) + 0.6 * rng.standard_normal((respondents, 1))
    y = x @ np.linspace(1, 0, attributes) + 2 * rng.standard_normal(respondents)
    return pd.DataFrame({**{f"a{at:02d}": x[:, at] for at in range(attributes)}, "y": y})


def middle_of(runs: int, work: Callable[[], object]) -> dict:
    """Time the middle of several runs."""
    times = []
    for _ in range(runs):
        with clock() as told:
            work()
        times.append(told)
    return pd.DataFrame(times).median().to_dict()


def once(file: str) -> dict:
    """Time one fit."""
    from cerm_nb.analyses.experience.shapley import lmg

    table = pd.read_csv(file)
    values = table.to_numpy()
    shares = dict(zip(table.columns[:-1], lmg(np.corrcoef(values.T)).tolist(), strict=True))
    return middle_of(101, lambda: lmg(np.corrcoef(values.T))) | {"shares": shares}


def thousand(file: str) -> dict:
    """Time 1,000 bootstraps."""
    from cerm_nb.analyses.experience.shapley import lmg
    from cerm_nb.surveys import Draws, pairwise

    values = pd.read_csv(file).to_numpy()
    everybody = np.arange(len(values))
    drawn = np.random.default_rng(1).multinomial(
        len(values), np.full(len(values), 1 / len(values)), size=1_000
    )
    draws = Draws(everybody, np.vstack([np.ones(len(values)), drawn]))
    return middle_of(1, lambda: lmg(pairwise(values, np.ones(len(values)), everybody, draws).correlations))


def against_dominance_analysis(python: str) -> None:
    """Print times of one fit and of 1,000 bootstraps."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ratings.csv"
        ratings(1_000, 10).to_csv(file, index=False, float_format="%.17g")
        mine = {each.__name__: [sys.executable, __file__, each.__name__, file] for each in (once, thousand)}
        told = rounds(ROUNDS, **mine, theirs=[python, "-c", PEER, file])
    compare("LMG at p = 10", told["once"], told["theirs"])
    compare("1,000 bootstraps of it, to one fit of theirs", told["thousand"], told["theirs"])
    shares = [told[side]["shares"].iloc[0] for side in ("once", "theirs")]
    print(f"  largest difference {max(abs(shares[0][name] - shares[1][name]) for name in shares[0]):.1e}")


if __name__ == "__main__":
    print(json.dumps({"once": once, "thousand": thousand}[sys.argv[1]](sys.argv[2])))
