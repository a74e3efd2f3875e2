"""What the page shows of the results: rows and columns taken from them, nothing computed anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cerm_nb.analyses.scorecard.accountability import SEPARATE, windows
from cerm_nb.analyses.scorecard.levels import straightened
from cerm_nb.analyses.scorecard.outlook_backtest import COVERAGE
from cerm_nb.analyses.scorecard.outlook_reliability import reliability

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cerm_nb.analyses.scorecard.changes import Changes
    from cerm_nb.analyses.scorecard.interventions import Interventions
    from cerm_nb.analyses.scorecard.outlook_reliability import Reliability
    from cerm_nb.analyses.scorecard.parameters import Params
    from cerm_nb.analyses.scorecard.reading import Scorecard
    from cerm_nb.analyses.scorecard.verdict import Answer

MOST = 12  # rows a table or figure shows
HELD = {"covered": "coverage", "low": "coverage_low", "high": "coverage_high"}
ORDER = {"supported": 0, "contradicted": 1, "not_supported": 2, "too_short": 3}


def counts(found: Answer) -> dict[str, int]:
    """Count the indicators that get better or worse, and those that meet or miss their target."""
    return {
        "improved": len(found.improving),
        "worsened": len(found.concerned),
        "passed": len(found.passing),
        "failed": len(found.failing),
    }


def breaks(own: Params) -> pd.DataFrame:
    """List the changes of level that were accepted: indicator, period and text (the reason)."""
    rows = [(name, pd.Timestamp(one.start), one.reason) for name, days in own.rebase.items() for one in days]
    return pd.DataFrame(rows, columns=["indicator", "period", "text"])


def named(frame: pd.DataFrame, card: Scorecard, column: str = "indicator") -> pd.DataFrame:
    """Add to rows about indicators what readers call them (measure) and, where it is not told, their unit."""
    told = card.records.set_index("indicator")
    found = frame.assign(measure=frame[column].map(told["name"]).fillna(frame[column]))
    return found if "unit" in frame else found.assign(unit=frame[column].map(told["unit"]).fillna(""))


def chances_shown(card: Scorecard) -> pd.DataFrame:
    """List the indicators with a chance, the best first, its interval in low and high."""
    told = card.indicators[card.indicators["p_hit"].notna()]
    first = told.sort_values(["p_hit", "indicator"], ascending=[False, True]).head(MOST)
    return first.assign(low=first["p_hit_low"], high=first["p_hit_high"]).reset_index(drop=True)


def backtested(card: Scorecard, own: Params) -> tuple[pd.DataFrame, Reliability | None]:
    """How the forecasts of the frequency with most indicators would have held at earlier periods.

    Returns
    -------
    coverage
        One row per number of periods ahead with a forecast to hold, at the confidence of the params; columns
        of `COVERAGE`, covered and its interval as coverage, coverage_low and coverage_high.
    reliability
        The same of chances; None where nothing could be forecast.
    """
    pairs = list(zip(card.measured.charts, card.measured.backtests, strict=True))
    if not pairs:
        return pd.DataFrame(columns=COVERAGE).rename(columns=HELD), None
    chart, tested = max(pairs, key=lambda pair: len(pair[0].panel.names))
    rows = tested.coverage[np.isclose(tested.coverage["confidence"].astype(float), own.confidence)]
    held = reliability(straightened(chart.panel, chart.phase), tested, min_points=own.min_points)
    return rows[rows["n"] > 0].rename(columns=HELD).reset_index(drop=True), held if held.n else None


def links_shown(card: Scorecard, links: pd.DataFrame | None = None) -> pd.DataFrame:
    """List links (those drawn, unless told) by evidence, the clearest first, with the names of both ends."""
    frame = card.links.frame if links is None else links
    names = card.records.set_index("indicator")["name"]
    told = frame.assign(
        from_name=frame["from"].map(names), to_name=frame["to"].map(names), place=frame["evidence"].map(ORDER)
    )
    return told.sort_values(["place", "p", "from", "to"], ignore_index=True)


def interventions_shown(found: Interventions, card: Scorecard) -> pd.DataFrame:
    """List what was begun, with the indicator's name and unit; decided ones first."""
    frame = found.frame[found.frame["verdict"] != "not_started"]
    told = named(frame, card).assign(activity=frame["name"])
    order = told["verdict"].map({"worsened": 0, "worked": 1}).fillna(2)
    return told.assign(place=order).sort_values(["place", "p", "id"], ignore_index=True)


def errors_shown(scored: pd.DataFrame, card: Scorecard) -> pd.DataFrame:
    """Tell forecasts relative to what came, of stretches of time that do not overlap.

    Returns
    -------
    DataFrame
        The columns of `scored` with off, low and high: forecast and interval as shares of the actual, less
        1, so that 0 is what came; and inside: whether the interval held it. Indicators come last.
    """
    told = windows(scored)
    told = told[told["actual"].notna() & (told["actual"] != 0) & told["covered"].notna()]
    size = told["actual"].abs()
    ends = {
        end: (told[name] - told["actual"]) / size
        for end, name in (("off", "forecast"), ("low", "low"), ("high", "high"))
    }
    last = told["question"] == SEPARATE
    found = told.assign(
        **ends, inside=told["covered"].astype(bool), last=last, far=-told["relative_error"].abs()
    )
    return named(
        found.sort_values(["last", "question", "far"], kind="stable", ignore_index=True), card, "subject"
    )


def news(found: Changes, card: Scorecard) -> Iterator[tuple[str, pd.Series[Any]]]:
    """Give what has changed since the last run, in the order told, with its kind.

    Yields
    ------
    tuple
        ``verdict`` (question, then, now), ``gap`` (item, then, now, difference, low, high, change),
        ``status`` (measure, aspect, then, now) or ``list`` (entry, list, change), and its row.
    """
    parts = {
        "verdict": found.verdicts[found.verdicts["change"].isin(("better", "worse", "told", "untold"))],
        "gap": found.gaps[found.gaps["change"].fillna("") != ""],
        "status": named(found.indicators, card),
        "list": found.lists,
    }
    for kind, rows in parts.items():
        for _, row in rows.head(MOST).iterrows():
            yield kind, row
