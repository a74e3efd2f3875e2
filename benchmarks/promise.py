r"""Multinomial logit against xlogit and statsmodels, and the time of hierarchical Bayes.

xlogit lives in an environment of its own, so that it is no dependency of the package::

    python3.11 -m venv xlogit-env
    xlogit-env/bin/pip install "xlogit==0.2.7"
    python benchmarks/promise.py xlogit-env/bin/python

Without it (``-`` in its place) the rest is measured. All get the same 500 respondents × 12 tasks × 3
alternatives × 10 columns as an array, on one processor; the middle of some rounds is told for us and xlogit,
one round of statsmodels. Times are of the processor. Log-likelihoods are compared, or the ratio would mean
nothing. Hierarchical Bayes has 240 respondents × 10 tasks × 3 alternatives, 2 chains, 2,000 draws after a
burn-in of 500 sweeps. As many respondents, with four attributes of three levels and a price, are asked for
the shares of a promise and two rivals by each rule: what the simulator does at each change of a level.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")  # before the libraries that read them

import numpy as np  # noqa: E402

PEOPLE, TASKS, ALTERNATIVES, COLUMNS, ROUNDS = 500, 12, 3, 10, 9
LEVELS = {f"a{at}": ("low", "middle", "high") for at in range(4)} | {"price": ("100", "150", "200")}
PEER = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np
from xlogit import MultinomialLogit
told = np.load(sys.argv[1])
rows, chosen, rounds = told["rows"], told["chosen"], int(sys.argv[2])
tasks, width, columns = rows.shape
names = [f"x{at}" for at in range(columns)]
times = []
for _ in range(rounds):
    model = MultinomialLogit()
    start = time.process_time()
    model.fit(
        rows.reshape(-1, columns), chosen.ravel(), varnames=names, alts=np.tile(np.arange(width), tasks),
        ids=np.repeat(np.arange(tasks), width), verbose=0,
    )
    times.append(time.process_time() - start)
print(json.dumps({"time": float(np.median(times)), "fit": float(model.loglikelihood)}))
"""


def draw(people: int, tasks: int, columns: int, spread: float, seed: int = 0):
    """Draw columns and choices, shape (tasks, alternatives, columns) and (tasks, alternatives)."""
    random = np.random.default_rng(seed)
    rows = random.choice([-1.0, 0.0, 1.0], size=(people * tasks, ALTERNATIVES, columns))
    worths = np.linspace(-0.8, 0.8, columns) + random.normal(0, spread, (people, columns))
    utility = np.einsum("tak,tk->ta", rows, np.repeat(worths, tasks, axis=0))
    best = (utility + random.gumbel(size=utility.shape)).argmax(axis=1)
    return rows, (np.arange(ALTERNATIVES) == best[:, None]).astype(float), np.repeat(np.arange(people), tasks)


def ours(rows, chosen, respondent) -> tuple[float, float]:
    """Time laying out, the fit and both kinds of standard errors."""
    from cerm_nb.analyses.promise.logit import logit
    from cerm_nb.analyses.promise.logit_stages import stages

    shown, times = np.ones(chosen.shape, bool), []
    for _ in range(ROUNDS):
        start = time.process_time()
        found = logit(stages(rows, shown, chosen, respondent))
        times.append(time.process_time() - start)
    return float(np.median(times)), found.log_likelihood


def statsmodels(rows, chosen) -> tuple[float, float]:
    """Time the conditional logit of statsmodels once."""
    from statsmodels.discrete.conditional_models import ConditionalLogit

    groups = np.repeat(np.arange(len(rows)), ALTERNATIVES)
    start = time.process_time()
    found = ConditionalLogit(chosen.ravel().astype(int), rows.reshape(-1, COLUMNS), groups=groups).fit(
        disp=False
    )
    return time.process_time() - start, float(found.llf)


def xlogit(python: str, rows, chosen) -> tuple[float, float]:
    """Time xlogit in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "choices.npz"
        np.savez(file, rows=rows, chosen=chosen)
        command = [python, "-c", PEER, str(file), str(ROUNDS)]
        told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return told["time"], told["fit"]


def individual() -> None:
    """Time hierarchical Bayes and tell what its draws are worth."""
    from cerm_nb.analyses.promise.hierarchical_chains import effective_draws, r_hat
    from cerm_nb.analyses.promise.hierarchical_panel import panel
    from cerm_nb.analyses.promise.hierarchical_sampler import Sampler, sample
    from cerm_nb.analyses.promise.logit import logit
    from cerm_nb.analyses.promise.logit_stages import stages

    rows, chosen, respondent = draw(240, 10, COLUMNS, 0.7)
    start = time.process_time()
    choices = stages(rows, np.ones(chosen.shape, bool), chosen, respondent)
    pooled = logit(choices)
    data = panel(choices, 240, pooled.coefficients)
    drawn = sample(Sampler(data, pooled, 2, np.random.default_rng(0)), 500, 1000, 5).population
    print(f"hierarchical Bayes, 2,000 draws: {time.process_time() - start:.2f} s", end="")
    print(f", r_hat at most {r_hat(drawn).max():.3f}, effective draws of means", end=" ")
    print(f"{effective_draws(drawn).min():.0f} to {effective_draws(drawn).max():.0f}")


def tasks():
    """Invent the choices of 240 respondents in 10 tasks as a client's table."""
    import pandas as pd

    random = np.random.default_rng(0)
    levels = random.integers(0, 3, (240, 10, ALTERNATIVES, len(LEVELS)))
    worths = np.array([-0.6, 0.0, 0.6]) + random.normal(0, 0.7, (240, 1, len(LEVELS), 3))
    worths[:, :, -1] = np.array([0.6, 0.0, -0.6])
    utility = np.take_along_axis(worths[:, :, None], levels[..., None], axis=-1).sum(axis=(-2, -1))
    best = (utility + random.gumbel(size=utility.shape)).argmax(axis=2)
    person, task, alternative, attribute = (each.ravel() for each in np.indices(levels.shape))
    names = np.array(list(LEVELS))
    return pd.DataFrame(
        {
            "respondent": pd.Series(person).map("r{:03}".format),
            "method": "choice",
            "task": pd.Series(task).map("t{:02}".format),
            "alternative": alternative.astype(str),
            "attribute": names[attribute],
            "level": np.array(list(LEVELS.values()))[attribute, levels.ravel()],
            "chosen": (best[person, task] == alternative).astype(int),
            "holdout": "no",
        }
    )


def simulator() -> None:
    """Time the shares of three brands by each rule."""
    from cerm_nb.analyses.promise import coding_of, hierarchical, prepare, read_tasks, simulate
    from cerm_nb.surveys import SurveyParams

    read = read_tasks(tasks(), "choice", "price")
    market = prepare(hierarchical(read, coding_of(read)), SurveyParams())
    ours, *rivals = ({name: kinds[at] for name, kinds in LEVELS.items()} for at in range(3))
    for rule in ("logit", "first_choice", "randomised_first_choice"):
        times = []
        for _ in range(1 + ROUNDS):
            start = time.process_time()
            simulate(market, ours, dict(zip(("one", "other"), rivals, strict=True)), rule)
            times.append(time.process_time() - start)
        draws, people = market.coefficients.shape[:2]
        print(f"simulate, {people} respondents x 3 brands, {draws} draws, {rule}:", end=" ")
        print(f"{np.median(times[1:]) * 1e3:.1f} ms, the first time {times[0] * 1e3:.1f} ms")


def main(peer: str = "-") -> None:
    """Print one line per peer."""
    rows, chosen, respondent = draw(PEOPLE, TASKS, COLUMNS, 0.0)
    mine, fit = ours(rows, chosen, respondent)
    print(f"ours {mine * 1e3:.1f} ms, log-likelihood {fit:.8f}")
    others = {"statsmodels": statsmodels(rows, chosen)}
    if peer != "-":
        others["xlogit"] = xlogit(peer, rows, chosen)
    for name, (theirs, value) in others.items():
        print(f"{name} {theirs * 1e3:.1f} ms, {theirs / mine:.1f}×, log-likelihood {value:.8f}")
    individual()
    simulator()


if __name__ == "__main__":
    main(*sys.argv[1:])
