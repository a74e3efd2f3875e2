"""The scorecard's pictures in the reader's words: map, control charts, sparklines, the board's page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from cerm_nb import figures
from cerm_nb.exhibits.units import measured, text, written_period
from cerm_nb.messages import MISSING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cerm_nb.cards import Shown
    from cerm_nb.exhibits import Exhibits
    from cerm_nb.words import Words

    Row = Mapping[Any, Any]

PERSPECTIVES = ("financial", "customer", "process", "people_information")
_TOLD = ("supported", "contradicted")  # links whose lag and size are written on the map


def sparklines(run: Exhibits, indicators: pd.DataFrame, points: pd.DataFrame) -> pd.Series[Any]:
    """Draw the course of each indicator, with its target and the limits it has now.

    Parameters
    ----------
    run
        Whose words and formats.
    indicators
        `indicator`, `unit`, and `target` where it has one.
    points
        `indicator`, `value`, `lower`, `upper`, in the order of the periods.

    Returns
    -------
    Series of Sparkline
        For a column of a table, on the index of `indicators`; each described by the message ``sparkline``.
    """
    found = dict(list(points.groupby("indicator", sort=False)))
    none = points.head(0)
    drawn = [_sparkline(run, row, found.get(row["indicator"], none)) for row in indicators.to_dict("records")]
    return pd.Series(drawn, index=indicators.index, dtype=object)


def _sparkline(run: Exhibits, row: Row, mine: pd.DataFrame) -> figures.Sparkline:
    values = mine["value"].to_numpy(dtype=float)
    known = values[np.isfinite(values)]
    ends = (known[0], known[-1], known.min(), known.max()) if known.size else (np.nan,) * 4
    target = float(row.get("target", np.nan))
    told = {
        name: run.messages.measured(float(value), text(row["unit"]))
        for name, value in zip(("first", "last", "low", "high", "target"), (*ends, target), strict=True)
    }
    lower, upper = (float(mine[name].iloc[-1]) if len(mine) else np.nan for name in ("lower", "upper"))
    alt = run.text("sparkline", n=int(known.size), **told)
    return figures.Sparkline([float(value) for value in values], alt, target, lower, upper)


def strategy_map(
    run: Exhibits, indicators: pd.DataFrame, links: pd.DataFrame, words: Words
) -> figures.Figure | Shown:
    """Draw what is to drive what and the evidence for it (see `figures.strategy_map`).

    Parameters
    ----------
    run
        Whose words and formats.
    indicators
        `indicator`, `perspective`, `variation`, and where there is one `name`. Where they are more than a map
        holds, those with the most links are drawn, and the note says how many are not (``left_out``).
    links
        `from`, `to`, `evidence`, and what the message ``map_link`` speaks of, which words the note at a link
        that is supported or contradicted.
    words
        The wording.
    """
    if indicators.empty:
        return run.unknown("no_scorecard")
    linked = indicators["indicator"].map(pd.concat([links["from"], links["to"]]).value_counts()).fillna(0)
    chosen = linked.sort_values(ascending=False, kind="stable").index[: figures.MOST_ON_MAP]
    nodes = _named(indicators.loc[indicators.index.isin(chosen)])
    nodes = nodes.rename(columns={"perspective": "layer", "variation": "state"})
    there = links["from"].isin(nodes["indicator"]) & links["to"].isin(nodes["indicator"])
    edges = links[there].assign(
        note=[
            run.text("map_link", link) if link["evidence"] in _TOLD else ""
            for _, link in links[there].iterrows()
        ]
    )
    words = _left_out(run, words, len(indicators) - len(nodes))
    return figures.strategy_map(
        nodes[["indicator", "name", "layer", "state"]], edges, layers=PERSPECTIVES, words=words
    )


def control_charts(
    run: Exhibits, points: pd.DataFrame, indicators: pd.DataFrame, words: Words, breaks: pd.DataFrame | None
) -> figures.Figure | Shown:
    """Draw control charts of the first 12 indicators with points (see `figures.control_charts`).

    Parameters
    ----------
    run
        Whose words.
    points, breaks
        As `figures.control_charts` takes them.
    indicators
        `indicator`, `variation`, `direction`, and where there is one `name` and `target`.
    words
        The wording.
    """
    charted = points.loc[points["value"].notna(), "indicator"]
    known = _named(indicators[indicators["indicator"].isin(charted)])
    if known.empty:
        return run.unknown("no_scorecard")
    panels = known.head(figures.MOST_CHARTS).rename(columns={"variation": "state"})
    words = _left_out(run, words, len(known) - len(panels))
    columns = [name for name in ("indicator", "name", "state", "direction", "target") if name in panels]
    return figures.control_charts(points, panels[columns], words=words, breaks=breaks)


def board(
    run: Exhibits,
    indicators: pd.DataFrame,
    points: pd.DataFrame,
    words: Words,
    said: Sequence[str],
    actions: Sequence[str],
) -> figures.Board | Shown:
    """Lay out the board's page of the indicators in focus (see `figures.board`).

    Parameters
    ----------
    run
        Whose words and formats.
    indicators
        `indicator`, `perspective`, `unit`, `latest`, `period`, `level`, `target`, `attainment`,
        `attainment_low`, `attainment_high`, `variation`, `assurance`, and where there is one `name`,
        `target_date`, `p_hit`, `p_hit_low`, `p_hit_high`, `owner`; the first 7 are shown.
    points
        `indicator`, `value`, `lower`, `upper`, in the order of the periods.
    words
        The wording; the title is the sentence about all of them, the subtitle names client and day.
    said, actions
        Sentences beside the indicators, the first 4 of each.
    """
    if indicators.empty:
        return run.unknown("no_scorecard")
    focus = _named(indicators.head(figures.MOST_ON_BOARD))
    tiles = pd.DataFrame([_tile(run, row) for row in focus.to_dict("records")])
    tiles["trend"] = sparklines(run, focus, points).to_numpy()
    words = _left_out(run, words, len(indicators) - len(focus))
    most = figures.MOST_TEXTS
    return figures.board(
        tiles, perspectives=PERSPECTIVES, words=words, said=list(said)[:most], actions=list(actions)[:most]
    )


def _tile(run: Exhibits, row: Row) -> dict[str, Any]:
    share, chance = run.format("number.0"), run.format("percent")
    unit, date = text(row["unit"]), row.get("target_date")
    latest, level, goal = (measured(run, row[name], unit) for name in ("latest", "level", "target"))
    due = f" ({date:%Y-%m})" if goal and pd.notna(date) else ""
    kept = (
        "name",
        "perspective",
        "variation",
        "assurance",
        "attainment",
        "attainment_low",
        "attainment_high",
    )
    return {
        **{name: row[name] for name in kept},
        "latest": latest or MISSING,
        "period": written_period(row["period"]) if latest else "",
        "level": "" if level == latest else level,
        "target": goal + due,
        "attained": _interval(row, "attainment", share),
        "p_hit": _interval(row, "p_hit", chance),
        "owner": text(row.get("owner")),
    }


def _interval(row: Row, name: str, write: Any) -> str:
    """Write an estimate with its interval; empty where it is unknown."""
    value, low, high = (float(row.get(column, np.nan)) for column in (name, f"{name}_low", f"{name}_high"))
    if not np.isfinite(value):
        return ""
    # A space that does not break: the three numbers are one.
    interval = f"\u00a0({write(low)}–{write(high)})" if np.isfinite([low, high]).all() else ""
    return f"{write(value)}{interval}"


def _named(indicators: pd.DataFrame) -> pd.DataFrame:
    """Give indicators without a name their identifier as one."""
    if "name" not in indicators:
        return indicators.assign(name=indicators["indicator"])
    unnamed = indicators["name"].isna() | (indicators["name"] == "")
    return indicators.assign(name=indicators["name"].mask(unnamed, indicators["indicator"]))


def _left_out(run: Exhibits, words: Words, count: int) -> Words:
    """Say in the note how many there was no room for."""
    told = run.text("left_out", n=count) if count > 0 else ""
    return replace(words, note=f"{words.note} {told}".strip())
