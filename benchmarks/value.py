"""Fit and score against lifetimes, as ratios measured in one run.

lifetimes is archived and needs older libraries, so it lives in an environment of its own::

    python3.11 -m venv lifetimes-env
    lifetimes-env/bin/pip install "lifetimes==0.11.3" "pandas<2" "numpy<1.25" "scipy<1.12"
    python benchmarks/value.py lifetimes-env/bin/python

Both sides get the same customers in a CSV file: CDNOW's 1/10 sample, CDNOW, and a million simulated ones.
Times are the best of the runs, of the work alone: no start of Python, no reading. The fit is BG/NBD; scoring
is the discounted value of 12 months for every customer, Gamma-Gamma parameters given.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PEER = """
import json, sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter
frame, runs = pd.read_csv(sys.argv[1]), int(sys.argv[2])
x, recency, age, money = (frame[name] for name in ("frequency", "recency", "age", "monetary_value"))
fits, scores = [], []
for _ in range(runs):
    start = time.perf_counter()
    model = BetaGeoFitter().fit(x, recency, age)
    fits.append(time.perf_counter() - start)
spend = GammaGammaFitter()
spend.params_ = pd.Series({"p": 6.25, "q": 3.74, "v": 15.44})
for _ in range(runs):
    start = time.perf_counter()
    value = spend.customer_lifetime_value(
        model, x, recency, age, money, time=12, discount_rate=0.008, freq="W"
    )
    scores.append(time.perf_counter() - start)
told = {"fit": min(fits), "score": min(scores), "parameters": list(model.params_), "value": value.sum()}
print(json.dumps(told))
"""


def cdnow(file: str):
    """Summary of CDNOW at the end of calibration."""
    import pandas as pd

    sample = "sample" in file
    names = [*(["master"] if sample else []), "customer_id", "date", "cds", "spend"]
    path = Path(__file__).parents[1] / "data" / "cdnow" / file
    rows = pd.read_csv(path, sep=r"\s+", header=None, names=names, skiprows=0 if sample else 1)
    rows["day"] = pd.to_datetime(rows["date"].astype(str), format="%Y%m%d")
    rows = rows[rows["day"] <= "1997-09-30"]
    days = rows.groupby(["customer_id", "day"], as_index=False)["spend"].sum()
    first = days.groupby("customer_id")["day"].transform("min")
    grouped = days.groupby("customer_id")["day"]
    frame = pd.DataFrame({"frequency": grouped.size() - 1})
    frame["recency"] = (grouped.max() - grouped.min()).dt.days / 7
    frame["age"] = (pd.Timestamp("1997-09-30") - grouped.min()).dt.days / 7
    again = days[days["day"] > first].groupby("customer_id")["spend"].mean()
    return frame.assign(monetary_value=again.reindex(frame.index).fillna(0.0))


def simulated(n: int):
    """Customers by the BG/NBD process with CDNOW's parameters, acquired over a year, seen for up to two."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(1)
    rate, stop = random.gamma(0.2426, 1 / 4.414, n), random.beta(0.793, 2.426, n)
    age = random.integers(365, 730, n) / 7
    last, now, frequency = np.zeros(n), np.zeros(n), np.zeros(n, dtype=int)
    alive = np.arange(n)
    while alive.size:
        now[alive] += random.exponential(1, alive.size) / np.maximum(rate[alive], 1e-300)
        alive = alive[now[alive] <= age[alive]]
        last[alive] = now[alive]
        frequency[alive] += 1
        alive = alive[random.random(alive.size) >= stop[alive]]
    recency = np.rint(last * 7) / 7
    money = np.where(frequency > 0, random.gamma(6, 6, n), 0.0)
    columns = {"frequency": frequency, "recency": recency, "age": age, "monetary_value": money}
    return pd.DataFrame(columns)


def ours(frame, runs: int) -> dict[str, object]:
    """Time the package's own fit and scoring."""
    import numpy as np

    from cerm_nb.analyses.value.clv import customer_value
    from cerm_nb.analyses.value.purchases import BgNbd, fit_purchases
    from cerm_nb.analyses.value.spend import GammaGamma

    spend = GammaGamma(np.array([6.25, 3.74, 15.44]), np.zeros((3, 3)), 0.0, 1)
    fits, scores = [], []
    for _ in range(runs):
        start = time.perf_counter()
        model = fit_purchases(BgNbd, frame)
        fits.append(time.perf_counter() - start)
        start = time.perf_counter()
        value = customer_value(model, spend, frame, months=12, annual_discount=0.10, margin=1.0)
        scores.append(time.perf_counter() - start)
    parameters = model.estimates.tolist()
    return {"fit": min(fits), "score": min(scores), "parameters": parameters, "value": float(value.sum())}


def theirs(python: str, frame, runs: int) -> dict[str, object]:
    """Time lifetimes in its own environment."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "customers.csv"
        frame.to_csv(file, index=False)
        command = [python, "-c", PEER, str(file), str(runs)]
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(python: str) -> None:
    """Print one line per data set."""
    print(f"{'customers':>10} {'':>6} {'ours, s':>9} {'lifetimes, s':>13} {'ratio':>6}")
    sets = [(cdnow("CDNOW_sample.txt"), 5), (cdnow("CDNOW_master.txt"), 3), (simulated(1_000_000), 1)]
    for frame, runs in sets:
        own, peer = ours(frame, max(runs, 3)), theirs(python, frame, runs)
        for job in ("fit", "score"):
            times = f"{own[job]:>9.4f} {peer[job]:>13.3f} {peer[job] / own[job]:>5.0f}×"
            print(f"{len(frame):>10,} {job:>6} {times}")
        both = [[round(value, 4) for value in side["parameters"]] for side in (own, peer)]
        print(f"{'':>10} parameters {both[0]} and {both[1]};", end="")
        print(f" value {own['value']:,.0f} and {peer['value']:,.0f}")


if __name__ == "__main__":
    main(sys.argv[1])
