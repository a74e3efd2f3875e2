"""Indicators and forecasts written in their own unit: tables, sentences, latest values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from cerm_nb.tables import show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cerm_nb.exhibits import Exhibits
    from cerm_nb.tables import Table
    from cerm_nb.words import Words


def unit_table(
    run: Exhibits,
    frame: pd.DataFrame,
    columns: Sequence[str],
    measured: Sequence[str],
    words: Words,
    differences: Sequence[str] = (),
) -> Table:
    """Show a table whose numbers are in the unit of their row.

    Parameters
    ----------
    run
        Whose words and formats.
    frame
        At most 12 rows, with a column `unit`.
    columns
        Those shown, in this order.
    measured
        Those of them that are in the row's own unit.
    words
        The wording.
    differences
        Those of them that are differences, effects or rates: of shares in percentage points.
    """
    units = [text(unit) for unit in frame["unit"]]
    written = {
        name: [
            run.messages.measured(float(value), unit, difference=name in differences)
            for value, unit in zip(frame[name], units, strict=True)
        ]
        for name in measured
    }
    shown = frame.assign(**written)[list(columns)]
    formats = {
        name: run.format_of(name) for name in columns if name not in written and run.messages.format_of(name)
    }
    return show(shown, words=words, formats=formats, numbers=list(written))


def said(run: Exhibits, rows: pd.DataFrame) -> list[str]:
    """Write "we said …, it was …", a sentence for each row of `scorecard.said`.

    Parameters
    ----------
    run
        Whose words.
    rows
        kind, question, quantity, measure (what readers call the subject), unit, and what the sentence speaks
        of.
    """
    return [
        run.text(
            f"said.{row['kind']}",
            row,
            what=run.messages.about(row["quantity"], row["measure"], row["question"]),
            **{
                name: run.messages.measured(float(row[name]), text(row["unit"]))
                for name in ("forecast", "low", "high", "actual")
            },
        )
        for _, row in rows.iterrows()
    ]


def latest(run: Exhibits, indicators: pd.DataFrame) -> list[str]:
    """Write the latest value of each indicator with its period, empty where there is none: "5.5% · 2026-06".

    Parameters
    ----------
    run
        Whose formats.
    indicators
        `latest`, `period`, `unit`.
    """
    values = zip(indicators["latest"], indicators["unit"], strict=True)
    told = [measured(run, value, text(unit)) for value, unit in values]
    days = [written_period(period) for period in indicators["period"]]
    return [f"{value} · {day}" if value and day else value for value, day in zip(told, days, strict=True)]


def measured(run: Exhibits, value: Any, unit: str) -> str:
    """Write a value in its unit; empty where it is unknown."""
    return run.messages.measured(float(value), unit) if pd.notna(value) else ""


def written_period(period: Any) -> str:
    """Write a period by its first day: the month, or the day where months do not begin there."""
    return "" if pd.isna(period) else f"{period:%Y-%m}" if period.day == 1 else f"{period:%Y-%m-%d}"


def text(value: Any) -> str:
    """Give a text of a table; a missing one as empty."""
    return "" if value is None or pd.isna(value) else str(value)
