"""The scorecard's charts of many indicators against a plain pandas loop over them.

    python benchmarks/scorecard.py [INDICATORS [PERIODS [SAMPLE]]]

Both take the same long table of monthly values. Ours lays it out, looks for changes of level and for values
that remember, chooses a chart for each indicator, makes limits, finds special causes and tells variation and
assurance. The loop does less: for each indicator by itself, limits of individual values with screened
ranges, the four rules, and variation and assurance of the latest value. It runs over a sample of the
indicators, and its time is scaled up. Where ours chose a chart of individual values, every special cause and
every status must be the same; the rest are told. Last, the whole scorecard of the same indicators is read,
with outlook, backtest, trends, links of every second to the next, and focus: CPU, time and memory.
"""

from __future__ import annotations

import resource
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cerm_nb.analyses import scorecard
from cerm_nb.analyses.scorecard.charts import charts, points
from cerm_nb.analyses.scorecard.panels import panels
from cerm_nb.analyses.scorecard.status import status

if TYPE_CHECKING:
    from collections.abc import Callable

AS_OF = pd.Timestamp("2026-06-30")


def invented(indicators: int, periods: int, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make values of indicators: stable ones, a tenth that steps, and rows in no order; and their records."""
    rng = np.random.default_rng(seed)
    values = rng.normal(50, 5, (indicators, periods))
    values[::10, periods * 2 // 3 :] += 12
    names = np.array([f"k{at:05d}" for at in range(indicators)])
    months = pd.date_range(end=AS_OF, periods=periods, freq="ME").to_period("M").to_timestamp()
    kpis = pd.DataFrame(
        {
            "indicator": np.repeat(names, periods),
            "period": np.tile(months, indicators),
            "value": values.ravel(),
        }
    )
    records = pd.DataFrame(
        {
            "indicator": names,
            "unit": "",
            "measure": "",
            "direction": np.where(np.arange(indicators) % 2, "higher", "lower"),
            "target": rng.normal(50, 12, indicators),
        }
    )
    return kpis.sample(frac=1, random_state=seed), records


def ours(kpis: pd.DataFrame, records: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Chart everything with the package."""
    (panel,) = panels(kpis, records, AS_OF).panels
    charted = charts(panel, records)
    return points(charted), status(charted, records, AS_OF)


def _marked(hit: pd.Series, width: int) -> pd.Series:
    """Every point of a window that ends where it hits."""
    return hit[::-1].rolling(width, min_periods=1).max()[::-1] > 0


def one_chart(group: pd.DataFrame) -> pd.DataFrame:
    """Chart one indicator as one would in a notebook."""
    values = group.sort_values("period").set_index("period")["value"]
    ranges = values.diff().abs()
    usual = ranges[ranges <= 3.267 * ranges.mean()].mean()
    mean = values.mean()
    found = pd.DataFrame(
        {"value": values, "mean": mean, "lower": mean - 2.66 * usual, "upper": mean + 2.66 * usual}
    )
    cause, signal = pd.Series("", index=values.index), pd.Series(0, index=values.index)
    side, steps = np.sign(values - mean), np.sign(values.diff())
    outer = (values - mean).abs().between(2 / 3 * 2.66 * usual, 2.66 * usual, inclusive="right")
    for sign in (1, -1):
        beyond = (values > found["upper"]) if sign > 0 else (values < found["lower"])
        rules = {
            "outside": beyond,
            "run": _marked((side == sign).rolling(7).sum() == 7, 7),
            "trend": _marked((steps == sign).rolling(6).sum() == 6, 7),
            "near": _marked((outer & (side == sign)).rolling(3).sum() >= 2, 3) & outer & (side == sign),
        }
        for name, holds in rules.items():
            free = holds & ((cause == "") | (cause.map(ORDER) > ORDER[name]))
            cause[free], signal[free] = name, sign
    return found.assign(special_cause=cause, signal=signal)


ORDER = {"outside": 0, "run": 1, "trend": 2, "near": 3, "": 4}


def loop(kpis: pd.DataFrame, records: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Chart one indicator after another."""
    parts, rows = [], []
    by_name = records.set_index("indicator")
    for name, group in kpis.groupby("indicator"):
        chart, record = one_chart(group), by_name.loc[name]
        last, better = chart.iloc[-1], 1 if record["direction"] == "higher" else -1
        good = last["signal"] * better
        worst, best = sorted([better * last["lower"], better * last["upper"]])
        aim = better * record["target"]
        rows.append(
            {
                "indicator": name,
                "variation": "improvement" if good > 0 else "concern" if good < 0 else "common",
                "assurance": "passes" if worst >= aim else "fails" if best < aim else "hit_and_miss",
            }
        )
        parts.append(chart.assign(indicator=name))
    return pd.concat(parts).reset_index(), pd.DataFrame(rows)


def timed(
    work: Callable[[pd.DataFrame, pd.DataFrame], tuple[pd.DataFrame, pd.DataFrame]],
    kpis: pd.DataFrame,
    records: pd.DataFrame,
) -> tuple[float, tuple[pd.DataFrame, pd.DataFrame]]:
    """Give the time of a processor that work takes, and what it returns."""
    start = time.process_time()
    found = work(kpis, records)
    return time.process_time() - start, found


def compared(one: tuple[pd.DataFrame, ...], other: tuple[pd.DataFrame, ...]) -> tuple[int, int]:
    """Count the indicators both chart alike, and those compared: all with charts of individual values."""
    plain = set(one[1].loc[one[1]["chart"] == "xmr", "indicator"]) & set(other[1]["indicator"])
    columns = ["indicator", "period", "special_cause", "signal"]
    sides = [
        each[0][each[0]["indicator"].isin(plain)].sort_values(columns[:2])[columns].reset_index(drop=True)
        for each in (one, other)
    ]
    wrong = set(sides[0].loc[(sides[0] != sides[1]).any(axis=1), "indicator"])
    told = one[1].merge(other[1], on="indicator", suffixes=("", "_loop"))
    for name in ("variation", "assurance"):
        wrong |= set(told.loc[told[name] != told[f"{name}_loop"], "indicator"]) & plain
    return len(plain - wrong), len(plain)


class NothingBefore:
    """A client of whom no question has published anything."""

    day = AS_OF

    def has_published(self, address: str) -> bool:
        """Tell that it has not."""
        return False

    def findings(self, question: str) -> list[object]:
        """Give none."""
        return []


def whole(kpis: pd.DataFrame, records: pd.DataFrame) -> str:
    """Read the whole scorecard and tell what it took."""
    names = records["indicator"].to_numpy()
    drives = np.where(np.arange(len(names)) % 2, "", np.roll(names, -1))
    added = {"perspective": "process", "baseline": 40.0, "target_date": AS_OF + pd.DateOffset(years=1)}
    listed = records.assign(kind=np.where(drives == "", "lagging", "leading"), drives=drives, **added)
    cpu, clock = time.process_time(), time.perf_counter()
    card = scorecard.read_scorecard(listed, kpis, [NothingBefore()], scorecard.Params(), {})
    found = scorecard.answer(card.indicators, card.caveats())
    cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return f"{cpu:.1f} s of CPU, {clock:.1f} s, {peak:.1f} GB at most; {found.n:,} chances, {found.verdict}"


def main(indicators: int = 10_000, periods: int = 120, sample: int = 500) -> None:
    """Run both and tell the ratio."""
    kpis, records = invented(indicators, periods)
    few = records.head(sample)
    part = kpis[kpis["indicator"].isin(few["indicator"])]
    ours(part, few)  # what is simulated once for all is there
    mine, found = timed(ours, kpis, records)
    theirs, plain = timed(loop, part, few)
    scaled = theirs * indicators / sample
    same, both = compared(found, plain)
    kinds = found[1]["chart"].value_counts().to_dict()
    print(f"{indicators:,} indicators × {periods} periods; charts {kinds}")
    print(
        f"ours {mine:.1f} s, loop {theirs:.1f} s for {sample:,}, so {scaled:.0f} s: {scaled / mine:.0f} times"
    )
    print(f"the same special causes and status: {same:,} of {both:,} compared")
    print(f"the whole scorecard: {whole(kpis, records)}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
