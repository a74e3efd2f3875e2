"""What every run keeps of its forecasts, so that a later run can hold them against what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from cerm_nb.stats import normal_quantile
from cerm_nb.surveys import item_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date
    from typing import Any


COLUMNS = ["made_at", "question", "source", "quantity", "subject", "unit", "due"]
COLUMNS += ["forecast", "low", "high", "probability", "confidence", "n"]
KEPT = "scorecard.forecasts"
MONTHS = (1, 3, 6, 9, 12, 18, 24, 36, 48, 60)  # ends kept: those between tell hardly anything more
LAST_WAVE, GAIN = "last_wave", "expected_gain"
JUDGEMENT, GAP = "judgement", "gap"
POINTS = "points"


class Results(Protocol):
    """What has been published for a client at one day."""

    @property
    def day(self) -> pd.Timestamp:
        """The last day it saw."""

    def has_published(self, address: str) -> bool:
        """Tell whether a table is there."""

    def published(self, address: str) -> pd.DataFrame:
        """Read one of its tables."""

    def params(self, question: str) -> Mapping[str, Any]:
        """Give the parameters a question was answered with."""


def keep(
    today: Results,
    others: Iterable[pd.DataFrame] = (),
    *,
    currency: str,
    confidence: float = 0.95,
    min_group: int = 10,
) -> pd.DataFrame:
    """Bring the forecasts of all questions into one form.

    Parameters
    ----------
    today
        What the questions have published at the day the forecasts are made.
    others
        Forecasts that have the form already, columns `COLUMNS`: those of indicators.
    currency
        Unit of revenue and lifetime value.
    confidence
        Coverage of the intervals of what a survey is to show; the others bring theirs.
    min_group
        Forecasts of smaller groups are not kept.

    Returns
    -------
    DataFrame
        One row per forecast, columns `COLUMNS`:

        - ``value``: purchases and revenue of the target customers and of all, up to the ends of `MONTHS`, and
          at the end of the horizon the lifetime value (``clv``) of each tier;
        - ``experience``: each overall judgement and each attribute's gap as they will be in the next wave,
          which has no day yet (due is NaT), if nothing changes (source ``last_wave``);
        - ``roadmap``: the overall judgement at the end of the roadmap with the gain expected of its
          initiatives (source ``expected_gain``);
        - what `others` hold.

    Notes
    -----
    A next wave of the same size errs as the last one did, so the interval of an unchanged level is √2 as wide
    as that of the level. To the gain of a roadmap comes whether each initiative succeeds, a variance of
    impact²·s(1 − s) at a chance of success s.
    """
    frames = [
        *_value(today, currency, min_group),
        *_waves(today, confidence, min_group),
        *_roadmap(today, confidence),
    ]
    told = [each.assign(made_at=today.day).reindex(columns=COLUMNS) for each in frames]
    told += [each.reindex(columns=COLUMNS) for each in others]
    return typed(pd.concat([each for each in told if len(each)] or [pd.DataFrame(columns=COLUMNS)]))


def remembered(
    earlier: Iterable[Results], *, currency: str, confidence: float = 0.95, min_group: int = 10
) -> pd.DataFrame:
    """Gather what earlier runs have kept; where one did not, what it would have kept.

    Parameters
    ----------
    earlier
        Earlier runs.
    currency, confidence, min_group
        As in `keep`.

    Returns
    -------
    DataFrame
        Columns `COLUMNS`.
    """
    frames = [
        run.published(KEPT)
        if run.has_published(KEPT)
        else keep(run, currency=currency, confidence=confidence, min_group=min_group)
        for run in earlier
    ]
    return typed(pd.concat([each for each in frames if len(each)] or [pd.DataFrame(columns=COLUMNS)]))


def typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of forecasts their types, whatever a file or an empty frame made of them."""
    found = frame.reindex(columns=COLUMNS).reset_index(drop=True)
    days = {name: pd.to_datetime(found[name]).astype("datetime64[us]") for name in ("made_at", "due")}
    numbers = ["forecast", "low", "high", "probability", "confidence", "n"]
    texts = {
        name: found[name].astype(object) for name in ("question", "source", "quantity", "subject", "unit")
    }
    return found.assign(**days, **texts, **{name: found[name].astype(float) for name in numbers})


def to_count(kept: pd.DataFrame, today: Results) -> tuple[tuple[date, date], ...]:
    """List the stretches of time whose purchases have to be counted: after one day, up to another.

    Parameters
    ----------
    kept
        From `remembered`.
    today
        What is published at the day that is seen; nothing is counted where the value question was not
        answered.
    """
    if not today.has_published("value.customers"):
        return ()
    rows = kept[(kept["question"] == "value") & (kept["due"] <= today.day)]
    ends = rows[["made_at", "due"]].drop_duplicates().sort_values(["made_at", "due"])
    return tuple((made.date(), due.date()) for made, due in ends.itertuples(index=False))


def own_judgements(loyalty: pd.DataFrame) -> pd.DataFrame:
    """Rows of the own brand, which comes first, in its latest wave with a value."""
    known = loyalty[loyalty["brand"] == loyalty["brand"].iloc[0]] if len(loyalty) else loyalty
    known = known.dropna(subset=["value"])
    return known[known["wave"] == known["wave"].iloc[-1]] if len(known) else known


def wave_of(results: Results) -> str | None:
    """Name the latest wave in which the own brand was judged; None where it was not."""
    loyalty = table(results, "experience.loyalty")
    ours = own_judgements(loyalty) if loyalty is not None else pd.DataFrame()
    return str(ours["wave"].iloc[0]) if len(ours) else None


def table(results: Results, address: str) -> pd.DataFrame | None:
    """Read a table that may be absent, or without rows."""
    found = results.published(address) if results.has_published(address) else None
    return found if found is not None and len(found) else None


def _value(today: Results, currency: str, min_group: int) -> list[pd.DataFrame]:
    told, tiers = table(today, "value.forecasts"), table(today, "value.tiers")
    if told is None:
        return []
    last = told["months"].max()
    rows = told[(told["months"].isin(MONTHS) | (told["months"] == last)) & (told["customers"] >= min_group)]
    shared = rows[["due", "confidence"]].assign(
        question="value", source=rows["model"], subject=rows["group"], n=rows["customers"]
    )
    frames = [
        shared.assign(
            quantity=name,
            unit=unit,
            forecast=rows[name],
            low=rows[f"{name}_low"],
            high=rows[f"{name}_high"],
        ).dropna(subset=["forecast"])
        for name, unit in (("purchases", "purchases"), ("revenue", currency))
    ]
    if tiers is not None:
        first = told.iloc[0]
        known = tiers[tiers["clv"].notna() & (tiers["customers"] >= min_group)]
        renamed = known.rename(columns={"tier": "subject", "clv": "forecast", "customers": "n"})
        same = {"question": "value", "source": first["model"], "quantity": "clv", "unit": currency}
        frames.append(renamed.assign(**same, due=told["due"].max(), confidence=first["confidence"]))
    return frames


def _waves(today: Results, confidence: float, min_group: int) -> list[pd.DataFrame]:
    """Forecast that the next wave shows what the last one did."""
    loyalty, attributes = table(today, "experience.loyalty"), table(today, "experience.attributes")
    frames = []
    if loyalty is not None:
        ours = own_judgements(loyalty)
        n = ours.get("n", pd.Series(np.nan, index=ours.index))
        frames.append(_unchanged(ours, "measure", ["value", "low", "high"], JUDGEMENT, n))
    if attributes is not None:
        ours = attributes[attributes["brand"] == attributes["brand"].iloc[0]].dropna(subset=["gap"])
        ours = ours[ours["n_eff"] >= min_group]
        named = ours.assign(item=item_names(ours))
        frames.append(_unchanged(named, "item", ["gap", "gap_low", "gap_high"], GAP, ours["n_eff"]))
    return [each.assign(confidence=confidence) for each in frames]


def _unchanged(
    rows: pd.DataFrame, subject: str, columns: list[str], quantity: str, n: pd.Series[float]
) -> pd.DataFrame:
    value, low, high = (rows[name].astype(float) for name in columns)
    return pd.DataFrame(
        {
            "question": "experience",
            "source": LAST_WAVE,
            "quantity": quantity,
            "subject": rows[subject],
            "unit": POINTS,
            "due": pd.NaT,
            "forecast": value,
            "low": value - np.sqrt(2) * (value - low),
            "high": value + np.sqrt(2) * (high - value),
            "n": n,
        }
    )


def _roadmap(today: Results, confidence: float) -> list[pd.DataFrame]:
    """Forecast the overall judgement at the end of the roadmap."""
    initiatives, loyalty = table(today, "roadmap.initiatives"), table(today, "experience.loyalty")
    if initiatives is None or loyalty is None:
        return []
    measure = str(today.params("roadmap").get("outcome", "satisfaction"))
    level = own_judgements(loyalty).query("measure == @measure")
    begun = initiatives["selected"].astype(bool) | (initiatives["state"] == "running")
    worked_on = initiatives[begun & initiatives["gain"].notna() & initiatives["end"].notna()]
    if level.empty or worked_on.empty:
        return []
    now = level.iloc[0]
    success = worked_on["success"].astype(float)
    gain = float(worked_on["gain"].sum())
    luck = (
        float((worked_on["impact"] ** 2 * success * (1 - success)).sum()) * normal_quantile(confidence) ** 2
    )
    forecast = float(now["value"]) + gain
    ends = []
    for end in ("low", "high"):
        doubt = float((worked_on[end] * success).sum()) - gain  # as if all impacts erred the same way
        ends.append(np.sqrt(2 * (float(now[end]) - float(now["value"])) ** 2 + doubt**2 + luck))
    row = {
        "question": "roadmap",
        "source": GAIN,
        "quantity": JUDGEMENT,
        "subject": measure,
        "unit": POINTS,
        "due": pd.Timestamp(worked_on["end"].max()),
        "forecast": forecast,
        "low": forecast - ends[0],
        "high": forecast + ends[1],
        "confidence": confidence,
        "n": len(worked_on),
    }
    return [pd.DataFrame([row])]
